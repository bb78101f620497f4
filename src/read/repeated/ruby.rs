//! Ruby: methods that one body of a class or module defines twice. Classes are reopened at will.

use super::{Fate, Names, Repeated, Sort, place, scope_of};
use crate::read::syntax::{self, Node, parts};

pub(super) fn read(root: Node<'_>, text: &str) -> Vec<Repeated> {
    let mut found = Vec::new();
    let scopes = syntax::below(root).filter(|node| {
        let of_class = |p: Node<'_>| matches!(p.kind(), "class" | "module" | "singleton_class");
        node.kind() == "program" || node.kind() == "body_statement" && node.parent().is_some_and(of_class)
    });
    for body in scopes {
        let statements: Vec<Node<'_>> = parts(body).collect();
        let mut names = Names::new();
        for method in statements.iter().filter(|n| n.kind().ends_with("method")) {
            if let Some(name) = method.child_by_field_name("name") {
                let key = (method.kind(), syntax::text(name, text));
                names.add(key, Sort::Method, place(*method, name));
            }
        }
        for ((_, name), places) in names.twice() {
            let span = places[0].1.range.end..places[places.len() - 1].1.range.start;
            // `alias_method` keeps the first under another name.
            let is_used = statements.iter().any(|s| {
                span.contains(&s.start_byte())
                    && !s.kind().ends_with("method")
                    && syntax::text(*s, text)
                        .split(|c: char| !c.is_alphanumeric() && !"_?!=".contains(c))
                        .any(|w| w == *name)
            });
            if !is_used {
                found.push(Repeated {
                    scope: scope_of(body, text),
                    name: (*name).to_owned(),
                    sort: Sort::Method,
                    fate: Fate::LastWins,
                    places: places.iter().map(|(_, place)| place.clone()).collect(),
                });
            }
        }
    }
    found
}
