//! Rust: what a crate offers under public paths, imports that hand on included.

use crate::checks::modules::View;
use crate::ids::RepoPath;
use crate::read::public::rust::{Item, Kind, Member, Method};
use crate::span::{Location, Side};

use super::super::packages::Package;
use super::Break;
use super::crates::{Crate, Looked, Module};
use super::rust_types::{Context, differ, is_alike};

/// The breaks of a crate, given its changed files at base.
pub(super) fn breaks(base: &View<'_>, head: &View<'_>, package: &Package, files: &[&RepoPath]) -> Vec<Break> {
    let (Some(old), Some(new)) = (Crate::of(*base, package), Crate::of(*head, package)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in files {
        let Some(file) = old.file(path) else { continue };
        let pair = Pair { old: &old, new: &new, path };
        for item in file.items.iter().filter(|i| is_offered(&i.place)) {
            found.extend(pair.item(item));
        }
        for taken in file.uses.iter().filter(|u| is_offered(&u.place) && !u.local.is_empty()) {
            let Some(module) = old.module_of(path, &taken.place.module) else { continue };
            found.extend(pair.handed_on(&module, &taken.local, &taken.place.range));
        }
        let later = new.file(path);
        let stays = |method: &Method| {
            later.as_ref().is_some_and(|file| file.methods.iter().any(|m| is_same(m, method)))
        };
        for method in &file.methods {
            let is_own = method.of_trait.is_none() && is_offered(&method.place) && !stays(method);
            found.extend(is_own.then(|| pair.method(method)).flatten());
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|b: &Break| seen.insert((b.name.clone(), b.what.clone())));
    found
}

fn is_offered(place: &crate::read::public::rust::Place) -> bool {
    place.is_public && !place.is_conditional && !place.is_hidden
}

/// Whether a method is as it was, so that the rest of the crate need not be asked for it.
fn is_same(one: &Method, other: &Method) -> bool {
    one.owner == other.owner
        && one.name == other.name
        && one.of_trait == other.of_trait
        && one.signature == other.signature
        && one.place.module == other.place.module
        && is_offered(&one.place)
}

/// Both sides of the crate, seen from a file of base.
struct Pair<'a, 'c> {
    old: &'a Crate<'c>,
    new: &'a Crate<'c>,
    path: &'a RepoPath,
}

impl Pair<'_, '_> {
    fn was(&self, range: &std::ops::Range<usize>) -> Location {
        let source = self.old.text(self.path);
        Location::bytes(Side::Base, self.path, source, range.clone()).label("it was here")
    }

    fn broken(&self, name: String, what: &str, at: Location) -> Break {
        Break { name, what: what.to_owned(), at, is_stated: true }
    }

    /// What became of an item under each of its public paths.
    fn item(&self, item: &Item) -> Vec<Break> {
        let Some(module) = self.old.module_of(self.path, &item.place.module) else { return Vec::new() };
        // Types, values and modules have names of their own each; one of several is not told from the others.
        if self.old.count(&module, &item.name) != 1 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (module, name) in self.old.public_paths(&module, &item.name) {
            let path = joined(&module, &name);
            match self.new.lookup(&module, &name) {
                Looked::No => {
                    found.push(self.broken(path, "is no longer offered", self.was(&item.place.range)));
                }
                Looked::Here(place, now) => {
                    found.extend(self.compared(&path, item, &place, &now));
                    break;
                }
                Looked::Somewhere | Looked::Unknown => {}
            }
        }
        found
    }

    /// What became of a name that an import hands on.
    fn handed_on(&self, module: &Module, name: &str, range: &std::ops::Range<usize>) -> Option<Break> {
        let (module, name) = self.old.public_paths(module, name).into_iter().next()?;
        let gone = matches!(self.new.lookup(&module, &name), Looked::No);
        gone.then(|| self.broken(joined(&module, &name), "is no longer offered", self.was(range)))
    }

    fn compared(&self, path: &str, old: &Item, place: &RepoPath, new: &Item) -> Vec<Break> {
        let now = |range: &std::ops::Range<usize>| {
            Location::bytes(Side::Head, place, self.new.text(place), range.clone())
        };
        let context = Context::of(self.old, self.new, "");
        match (&old.kind, &new.kind) {
            (Kind::Function(before), Kind::Function(after)) => {
                let what = differ(&context, before, after);
                what.map(|what| self.broken(path.to_owned(), what, now(&new.place.range)))
                    .into_iter()
                    .collect()
            }
            (Kind::Struct(before), Kind::Struct(after)) => {
                let changed = |old: &Member, new: &Member| {
                    (!is_alike(&context, &old.written, &new.written)).then_some("has another type")
                };
                self.members(path, ".", before, after, changed, &now)
            }
            (Kind::Enum(before), Kind::Enum(after)) => {
                let changed = |old: &Member, new: &Member| {
                    (old.written != new.written).then_some("holds something else")
                };
                self.members(path, "::", before, after, changed, &now)
            }
            (Kind::Trait { methods: before, above: was }, Kind::Trait { methods: after, above: is }) => {
                let mut found = Vec::new();
                let may_be_above = is.iter().any(|name| !was.contains(name));
                for (member, signature) in before {
                    let name = format!("{path}::{}", member.name);
                    match after.iter().find(|(now, _)| now.name == member.name) {
                        // A trait above it may have the method now.
                        None if may_be_above => {}
                        None => {
                            found.push(self.broken(name, "is no longer offered", self.was(&member.range)))
                        }
                        Some((member, later)) => {
                            let what = differ(&context, signature, later);
                            found.extend(what.map(|what| self.broken(name, what, now(&member.range))));
                        }
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }

    fn members(
        &self,
        path: &str,
        mark: &str,
        before: &[Member],
        after: &[Member],
        changed: impl Fn(&Member, &Member) -> Option<&'static str>,
        now: &impl Fn(&std::ops::Range<usize>) -> Location,
    ) -> Vec<Break> {
        let mut found = Vec::new();
        for member in before {
            let name = format!("{path}{mark}{}", member.name);
            match after.iter().find(|now| now.name == member.name) {
                None => found.push(self.broken(name, "is no longer offered", self.was(&member.range))),
                Some(later) => {
                    let what = changed(member, later);
                    found.extend(what.map(|what| self.broken(name, what, now(&later.range))));
                }
            }
        }
        found
    }

    fn method(&self, method: &Method) -> Option<Break> {
        let module = self.old.module_of(self.path, &method.place.module)?;
        let home = self.old.home(&module, &method.owner)?;
        let (module, owner) = self.old.public_paths(&home, &method.owner).into_iter().next()?;
        let Looked::Here(place, now) = self.new.lookup(&module, &owner) else { return None };
        if !matches!(now.kind, Kind::Struct(_) | Kind::Enum(_) | Kind::Other) {
            return None;
        }
        let before = self.old.lookup(&module, &owner);
        let is_made = |name: &String| !matches!(&before, Looked::Here(_, old) if old.makers.contains(name));
        let name = format!("{}::{}", joined(&module, &owner), method.name);
        let later = self.new.methods(&now.name, &method.name);
        match later.as_slice() {
            [] => {
                let hidden =
                    now.makers.iter().any(is_made) || self.new.may_have(&place, &now.name, &method.name);
                (!hidden).then(|| self.broken(name, "is no longer offered", self.was(&method.place.range)))
            }
            [(path, later)] if later.of_trait.is_none() && !later.place.is_conditional => {
                let at = Location::bytes(Side::Head, path, self.new.text(path), later.place.range.clone());
                if !later.place.is_public {
                    return Some(self.broken(name, "is no longer public", at));
                }
                let context = Context::of(self.old, self.new, &now.name);
                differ(&context, &method.signature, &later.signature).map(|what| self.broken(name, what, at))
            }
            _ => None,
        }
    }
}

fn joined(module: &Module, name: &str) -> String {
    module.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("::")
}
