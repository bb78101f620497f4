//! What one scope of a text names more than once: definitions, imports, keys.
//!
//! Only names that the language takes for the same thing count: overloads, accessors, branches and merged declarations
//! are told apart by the reader of each language.

pub mod data;
mod go;
mod python;
mod ruby;
mod rust;
mod script;

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use crate::ids::RepoPath;
use crate::read::syntax::{self, Language, Node};
use crate::undecided::Undecided;

/// A name that stands more than once in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// The names of what it stands in, outermost first, joined by dots; empty at the top.
    pub scope: String,
    /// The name.
    pub name: String,
    /// What it names.
    pub sort: Sort,
    /// What readers of the text make of it.
    pub fate: Fate,
    /// Where it stands, in order: two places at least.
    pub places: Vec<Place>,
}

/// One of the places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The bytes of what is named: the whole definition, the import, the key's value.
    pub range: Range<usize>,
    /// The bytes of the name itself.
    pub name: Range<usize>,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A function.
    Function,
    /// A function of a class or a type.
    Method,
    /// A class.
    Class,
    /// Another type.
    Type,
    /// A constant, variable or field.
    Variable,
    /// A name taken from another module.
    Import,
    /// A key of a mapping.
    Key,
}

impl Sort {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Method => "method",
            Self::Class => "class",
            Self::Type => "type",
            Self::Variable => "variable",
            Self::Import => "import",
            Self::Key => "key",
        }
    }
}

/// What becomes of a name that stands twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The last one counts, the others are lost.
    LastWins,
    /// The text is rejected.
    Refused,
    /// It means the same as once.
    Idle,
}

/// What was read of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// What stands more than once, in the order of the second places.
    pub repeated: Vec<Repeated>,
    /// Whether the grammar accepts the whole text. Where not, scopes may be misread.
    pub is_sound: bool,
}

/// The files that [`read`] knows, as globs over whole paths.
pub const FILES: [&str; 4] = [
    "**/*.{cjs,cts,go,js,jsx,mjs,mts,py,rb,rs,ts,tsx}",
    "**/*.{json,jsonc,yaml,yml}",
    "**/{.env,.env.*}",
    "**/*.env",
];

/// Reads a file in a format that is known; `None` for the others.
pub fn read(path: &RepoPath, text: &str) -> Option<Result<Reading, Undecided>> {
    let name = path.name();
    if name == ".env" || name.starts_with(".env.") || path.extension() == "env" {
        return Some(Ok(Reading { repeated: data::environment(text), is_sound: true }));
    }
    if name.ends_with(".d.ts") || name.ends_with(".d.mts") || name.ends_with(".d.cts") {
        return None;
    }
    Some(match path.extension() {
        "json" | "jsonc" => data::json(text),
        "yaml" | "yml" => data::yaml(text),
        "rs" => rust::read(text),
        "rb" => parsed(Language::Ruby, text, ruby::read),
        "pyi" => return None,
        _ => {
            let language = Language::of(path)?;
            let read = match language {
                Language::Python => python::read,
                Language::Go => go::read,
                _ => script::read,
            };
            parsed(language, text, read)
        }
    })
}

fn parsed(
    language: Language,
    text: &str,
    read: fn(Node<'_>, &str) -> Vec<Repeated>,
) -> Result<Reading, Undecided> {
    let tree = syntax::parse(language, text)?;
    let mut repeated = read(tree.root(), text);
    repeated.sort_by_key(|r| r.places[1].name.start);
    Ok(Reading { repeated, is_sound: tree.is_sound() })
}

/// The names of one scope by what may not stand twice.
struct Names<K> {
    order: Vec<K>,
    places: HashMap<K, Vec<(Sort, Place)>>,
}

impl<K: Hash + Eq + Clone> Names<K> {
    fn new() -> Self {
        Self { order: Vec::new(), places: HashMap::new() }
    }

    fn add(&mut self, key: K, sort: Sort, place: Place) {
        let places = self.places.entry(key.clone()).or_default();
        if places.is_empty() {
            self.order.push(key);
        }
        places.push((sort, place));
    }

    /// Those with more than one place.
    fn twice(&self) -> impl Iterator<Item = (&K, &[(Sort, Place)])> {
        self.order.iter().map(|key| (key, self.places[key].as_slice())).filter(|(_, places)| places.len() > 1)
    }
}

fn place(node: Node<'_>, name: Node<'_>) -> Place {
    Place { range: node.byte_range(), name: name.byte_range() }
}

/// The names of the definitions around a node, outermost first.
fn scope_of(node: Node<'_>, text: &str) -> String {
    let mut names = Vec::new();
    let mut next = Some(node);
    while let Some(here) = next {
        let name = ["name", "type", "key", "left"].iter().find_map(|field| here.child_by_field_name(field));
        if let Some(name) = name.filter(|n| n.child_count() == 0 && n.byte_range().len() < 100) {
            names.push(syntax::text(name, text).trim_matches(['"', '\'']).to_owned());
        }
        next = here.parent();
    }
    names.reverse();
    names.join(".")
}

#[cfg(test)]
mod tests;
