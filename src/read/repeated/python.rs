//! Python: what a block defines twice, without what decorators, branches or a use in between make legal.

use std::ops::Range;

use super::{Fate, Names, Place, Repeated, Sort, scope_of};
use crate::read::syntax::{self, Node, children, parts};

/// Decorators after which a definition is nothing but what its name holds. All others may have put it somewhere else.
const PLAIN: [&str; 27] = [
    "abc.abstractmethod",
    "abstractmethod",
    "asynccontextmanager",
    "cache",
    "cached_property",
    "classmethod",
    "contextlib.asynccontextmanager",
    "contextlib.contextmanager",
    "contextmanager",
    "dataclass",
    "dataclasses.dataclass",
    "final",
    "functools.cache",
    "functools.cached_property",
    "functools.lru_cache",
    "functools.wraps",
    "lru_cache",
    "mock.patch",
    "mock.patch.dict",
    "mock.patch.object",
    "override",
    "patch",
    "patch.dict",
    "patch.object",
    "property",
    "pytest.fixture",
    "staticmethod",
];

pub(super) fn read(root: Node<'_>, text: &str) -> Vec<Repeated> {
    let mut found = Vec::new();
    for node in syntax::below(root) {
        match node.kind() {
            "module" | "block" => {
                definitions(node, text, &mut found);
                if node.kind() == "module" {
                    imports(node, text, &mut found);
                }
            }
            "dictionary" => dictionary(node, text, &mut found),
            _ => {}
        }
    }
    found
}

fn definitions(block: Node<'_>, text: &str, found: &mut Vec<Repeated>) {
    let statements: Vec<Node<'_>> = parts(block).collect();
    let is_method = block.parent().is_some_and(|p| p.kind() == "class_definition");
    let mut names = Names::new();
    for statement in &statements {
        let Some((definition, name)) = definition(*statement) else { continue };
        let sort = match definition.kind() {
            "class_definition" => Sort::Class,
            _ if is_method => Sort::Method,
            _ => Sort::Function,
        };
        let is_blank = syntax::text(name, text).chars().all(|c| c == '_');
        if !is_blank && is_plain(*statement, text) && !is_excused(*statement, name, text) {
            let place = Place { range: statement.byte_range(), name: name.byte_range() };
            names.add(syntax::text(name, text), sort, place);
        }
    }
    for (name, places) in names.twice() {
        let first = places[0].1.range.start;
        let last = &places[places.len() - 1].1;
        let is_used = statements.iter().any(|s| {
            (first..=last.range.start).contains(&s.start_byte())
                && uses(*s, name, text, s.start_byte() == first)
        });
        if !is_used {
            found.push(Repeated {
                scope: scope_of(block, text),
                name: (*name).to_owned(),
                sort: places[1].0,
                fate: Fate::LastWins,
                places: places.iter().map(|(_, place)| place.clone()).collect(),
            });
        }
    }
}

/// The definition of a statement, decorated or not, and its name.
fn definition(statement: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let inner = match statement.kind() {
        "decorated_definition" => statement.child_by_field_name("definition")?,
        "function_definition" | "class_definition" => statement,
        _ => return None,
    };
    Some((inner, inner.child_by_field_name("name")?))
}

fn is_plain(statement: Node<'_>, text: &str) -> bool {
    let decorators = children(statement).filter(|n| n.kind() == "decorator");
    decorators.into_iter().all(|decorator| {
        let Some(what) = parts(decorator).next() else { return false };
        let callee = what.child_by_field_name("function").filter(|_| what.kind() == "call").unwrap_or(what);
        let name = syntax::text(callee, text);
        PLAIN.contains(&name) || name.starts_with("pytest.mark.")
    })
}

/// Whether its author told the linters that it is meant so.
fn is_excused(statement: Node<'_>, name: Node<'_>, text: &str) -> bool {
    let end = text[name.end_byte()..].find('\n').map_or(text.len(), |n| name.end_byte() + n);
    let head = &text[statement.start_byte()..end];
    head.contains("# noqa") || head.contains("# type: ignore") || head.contains("# pylint: disable")
}

/// Whether a statement uses the name while the block runs. What stands in the bodies of functions runs later.
fn uses(statement: Node<'_>, name: &str, text: &str, is_first: bool) -> bool {
    let mut nodes = syntax::below(statement);
    let own = definition(statement).map(|(_, name)| name.id());
    while let Some(node) = nodes.next() {
        let is_body = node.parent().is_some_and(|p| {
            p.kind() == "function_definition"
                && p.child_by_field_name("body").is_some_and(|body| body.id() == node.id())
        });
        if is_body || node.kind() == "lambda" {
            nodes.skip_children();
        } else if node.kind() == "identifier" && Some(node.id()) != own && syntax::text(node, text) == name {
            return !is_first;
        }
    }
    false
}

fn imports(module: Node<'_>, text: &str, found: &mut Vec<Repeated>) {
    let mut names = Names::new();
    for statement in parts(module) {
        let from = statement.child_by_field_name("module_name");
        if !matches!(statement.kind(), "import_statement" | "import_from_statement")
            || is_excused(statement, statement, text)
        {
            continue;
        }
        let module = from.map_or("", |from| syntax::text(from, text));
        for part in parts(statement).filter(|n| Some(n.id()) != from.map(|f| f.id())) {
            if matches!(part.kind(), "dotted_name" | "aliased_import") {
                let what: String = syntax::text(part, text).split_whitespace().collect::<Vec<_>>().join(" ");
                names.add((module, what), Sort::Import, place_of(part));
            }
        }
    }
    for ((_, name), places) in names.twice() {
        found.push(Repeated {
            scope: String::new(),
            name: name.clone(),
            sort: Sort::Import,
            fate: Fate::Idle,
            places: places.iter().map(|(_, place)| place.clone()).collect(),
        });
    }
}

fn place_of(node: Node<'_>) -> Place {
    Place { range: node.byte_range(), name: node.byte_range() }
}

/// Constant keys of a literal; `**more` between two of them makes the second one an override.
fn dictionary(node: Node<'_>, text: &str, found: &mut Vec<Repeated>) {
    let mut names = Names::new();
    let mut spreads = 0;
    for part in parts(node) {
        if part.kind() == "dictionary_splat" {
            spreads += 1;
        }
        let (Some(key), Some(value)) = (part.child_by_field_name("key"), part.child_by_field_name("value"))
        else {
            continue;
        };
        let range: Range<usize> = key.byte_range();
        let is_plain = key.kind() == "integer"
            || key.kind() == "string"
                && text[range].starts_with(['"', '\''])
                && parts(key).all(|n| n.kind() != "interpolation");
        if part.kind() == "pair" && is_plain {
            let name = syntax::text(key, text);
            let quoted = name.starts_with(['"', '\'']);
            let name = name.trim_matches(['"', '\'']);
            let place = Place { range: value.byte_range(), name: key.byte_range() };
            names.add((spreads, quoted, name), Sort::Key, place);
        }
    }
    for ((_, _, name), places) in names.twice() {
        found.push(Repeated {
            scope: scope_of(node, text),
            name: (*name).to_owned(),
            sort: Sort::Key,
            fate: Fate::LastWins,
            places: places.iter().map(|(_, place)| place.clone()).collect(),
        });
    }
}
