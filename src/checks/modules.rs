//! The modules of a tree: which file an import means, and whether that file has the name.
//!
//! What syntax and tree can't tell is `Unknown`, and no check may build on it.

mod go;
mod python;
mod script;

use std::sync::Arc;

use crate::change::{Change, Tree};
use crate::ids::RepoPath;
use crate::read::symbols::{Definition, Import, Imported, Sort, Symbols};
use crate::span::Side;

use super::sources::{self, Family};

pub(super) use script::CONFIGS;

/// Longer chains of re-exports are not followed.
const MAX_HOPS: usize = 12;

/// One side of a change.
#[derive(Clone, Copy)]
pub(super) struct View<'c> {
    pub(super) change: &'c Change,
    pub(super) side: Side,
}

/// What an import means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// This file; of Go any file of the package.
    File(RepoPath),
    /// A place inside the tree at which nothing is.
    Missing,
    /// Something outside the tree, or not to be told.
    Unknown,
}

/// Whether a module has a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// As this definition, the only one of its name in that file.
    Here(RepoPath, Box<Definition>),
    /// As a module of its own.
    Module(RepoPath),
    /// It has it, in a way that is not followed further.
    Somewhere,
    /// It does not.
    No,
    /// Not to be told.
    Unknown,
}

impl Found {
    /// Whether the name is there for certain.
    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Self::No | Self::Unknown)
    }
}

impl<'c> View<'c> {
    pub(super) fn tree(&self) -> &'c Tree {
        self.change.tree(self.side)
    }

    /// The names of a file that can be read as a whole.
    pub(super) fn symbols(&self, path: &RepoPath) -> Option<Arc<Symbols>> {
        let symbols = sources::symbols(self.change, self.side, path).ok().flatten();
        symbols.filter(|symbols| symbols.is_sound)
    }

    pub(super) fn text(&self, path: &RepoPath) -> Option<&'c str> {
        sources::text(self.change, self.side, path).ok().flatten()
    }

    /// The file that an import means.
    pub(super) fn resolve(&self, from: &RepoPath, module: &str) -> Target {
        match Family::of(from) {
            Some(Family::Script) => script::resolve(self, from, module),
            Some(Family::Python) => python::resolve(self, from, module),
            Some(Family::Go) => go::resolve(self, from, module),
            _ => Target::Unknown,
        }
    }

    /// Whether a module has what an import takes.
    pub(super) fn provides(&self, path: &RepoPath, item: &Imported) -> Found {
        let mut hops = MAX_HOPS;
        match Family::of(path) {
            Some(Family::Script) => script::provides(self, path, item, &mut hops),
            Some(Family::Python) => python::provides(self, path, item, &mut hops),
            Some(Family::Go) => go::provides(self, path, item),
            _ => Found::Unknown,
        }
    }

    /// What an import comes to: the module, and whether that has the item.
    pub(super) fn follow(&self, from: &RepoPath, import: &Import) -> (Target, Found) {
        let target = self.resolve(from, &import.module);
        let found = match &target {
            Target::File(path) => self.provides(path, &import.item),
            Target::Missing => Found::No,
            Target::Unknown => Found::Unknown,
        };
        (target, found)
    }
}

/// The definition of that name at the top of a file, where there is only one.
pub(super) fn only<'s>(symbols: &'s Symbols, name: &str) -> Option<&'s Definition> {
    let mut named = symbols.definitions.iter().filter(|d| d.scope.is_empty() && d.name == name);
    let first = named.next()?;
    named.next().is_none().then_some(first)
}

/// Whether anything at the top of the file has that name.
fn has_top(symbols: &Symbols, name: &str) -> bool {
    symbols.definitions.iter().any(|d| d.scope.is_empty() && d.name == name)
}

fn here(path: &RepoPath, symbols: &Symbols, name: &str) -> Found {
    match only(symbols, name).filter(|d| d.sort != Sort::Module) {
        Some(definition) => Found::Here(path.clone(), Box::new(definition.clone())),
        None => Found::Somewhere,
    }
}
