//! Rust: items, methods and imports that one module, `impl` or trait names twice, which the compiler refuses.

use super::{Fate, Names, Place, Reading, Repeated, Sort};
use crate::read::rust::syn::spanned::Spanned;
use crate::read::rust::syn::{self, Attribute, Ident, Item, UseTree};
use crate::read::rust::{self, File};
use crate::undecided::Undecided;

pub(super) fn read(text: &str) -> Result<Reading, Undecided> {
    let repeated = rust::with_file(text, |file| {
        let mut reader = Reader { file, found: Vec::new() };
        reader.items(&file.syntax.items, &mut Vec::new());
        reader.found.sort_by_key(|r| r.places[1].name.start);
        reader.found
    })?;
    Ok(match repeated {
        Ok(repeated) => Reading { repeated, is_sound: true },
        Err(_) => Reading::default(),
    })
}

struct Reader<'f> {
    file: &'f File,
    found: Vec<Repeated>,
}

/// Types, values and modules have names of their own each; imports may bring all of them.
type Key = (&'static str, String);

impl Reader<'_> {
    fn items(&mut self, items: &[Item], scope: &mut Vec<String>) {
        let mut names = Names::new();
        for item in items {
            let Some((space, sort, ident, attributes)) = named(item) else {
                if let Item::Use(item) = item
                    && !is_conditional(&item.attrs)
                {
                    self.uses(&item.tree, &mut names);
                }
                self.inside(item, scope);
                continue;
            };
            if !is_conditional(attributes) {
                let place =
                    Place { range: self.file.range(item.span()), name: self.file.range(ident.span()) };
                names.add((space, ident.to_string()), sort, place);
            }
            self.inside(item, scope);
        }
        self.report(&names, scope);
    }

    /// What stands in the braces of an item.
    fn inside(&mut self, item: &Item, scope: &mut Vec<String>) {
        let mut names = Names::new();
        let name = match item {
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    scope.push(module.ident.to_string());
                    self.items(items, scope);
                    scope.pop();
                }
                return;
            }
            Item::Impl(block) => {
                for item in &block.items {
                    if let syn::ImplItem::Fn(method) = item
                        && !is_conditional(&method.attrs)
                    {
                        self.method(&mut names, item.span(), &method.sig.ident);
                    }
                }
                match &*block.self_ty {
                    syn::Type::Path(path) => {
                        path.path.segments.last().map_or(String::new(), |last| last.ident.to_string())
                    }
                    _ => String::new(),
                }
            }
            Item::Trait(block) => {
                for item in &block.items {
                    if let syn::TraitItem::Fn(method) = item
                        && !is_conditional(&method.attrs)
                    {
                        self.method(&mut names, item.span(), &method.sig.ident);
                    }
                }
                block.ident.to_string()
            }
            _ => return,
        };
        scope.push(name);
        self.report(&names, scope);
        scope.pop();
    }

    fn method(&self, names: &mut Names<Key>, span: proc_macro2::Span, ident: &Ident) {
        let place = Place { range: self.file.range(span), name: self.file.range(ident.span()) };
        names.add(("value", ident.to_string()), Sort::Method, place);
    }

    fn uses(&self, tree: &UseTree, names: &mut Names<Key>) {
        let mut open = vec![(tree, String::new())];
        while let Some((tree, front)) = open.pop() {
            let (path, ident) = match tree {
                UseTree::Path(path) => {
                    open.push((&path.tree, format!("{front}{}::", path.ident)));
                    continue;
                }
                UseTree::Group(group) => {
                    open.extend(group.items.iter().rev().map(|tree| (tree, front.clone())));
                    continue;
                }
                UseTree::Name(name) => (format!("{front}{}", name.ident), &name.ident),
                UseTree::Rename(renamed) if renamed.rename != "_" => {
                    (format!("{front}{} as {}", renamed.ident, renamed.rename), &renamed.rename)
                }
                _ => continue,
            };
            let range = self.file.range(ident.span());
            names.add(("use", path), Sort::Import, Place { range: range.clone(), name: range });
        }
    }

    fn report(&mut self, names: &Names<Key>, scope: &[String]) {
        for ((_, name), places) in names.twice() {
            self.found.push(Repeated {
                scope: scope.join("."),
                name: name.clone(),
                sort: places[1].0,
                fate: Fate::Refused,
                places: places.iter().map(|(_, place)| place.clone()).collect(),
            });
        }
    }
}

fn named(item: &Item) -> Option<(&'static str, Sort, &Ident, &[Attribute])> {
    Some(match item {
        Item::Fn(item) => ("value", Sort::Function, &item.sig.ident, &item.attrs),
        Item::Const(item) if item.ident != "_" => ("value", Sort::Variable, &item.ident, &item.attrs),
        Item::Static(item) => ("value", Sort::Variable, &item.ident, &item.attrs),
        Item::Struct(item) => ("type", Sort::Type, &item.ident, &item.attrs),
        Item::Enum(item) => ("type", Sort::Type, &item.ident, &item.attrs),
        Item::Union(item) => ("type", Sort::Type, &item.ident, &item.attrs),
        Item::Type(item) => ("type", Sort::Type, &item.ident, &item.attrs),
        Item::Trait(item) => ("type", Sort::Type, &item.ident, &item.attrs),
        Item::Mod(item) => ("type", Sort::Type, &item.ident, &item.attrs),
        _ => return None,
    })
}

/// `#[cfg(…)]`, and attributes of other crates, which may take the item away or rename it.
fn is_conditional(attributes: &[Attribute]) -> bool {
    const HARMLESS: [&str; 14] = [
        "allow",
        "cold",
        "deny",
        "deprecated",
        "derive",
        "doc",
        "expect",
        "inline",
        "must_use",
        "non_exhaustive",
        "repr",
        "should_panic",
        "test",
        "warn",
    ];
    attributes.iter().any(|a| !HARMLESS.iter().any(|name| a.path().is_ident(name)))
}
