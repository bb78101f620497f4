//! Go: exported declarations of the packages that others can import.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::checks::modules::View;
use crate::checks::product;
use crate::ids::{RepoPath, folder};
use crate::read::public::go::{self, File, Form, Item, Kind, Signature};
use crate::span::{Location, Side};

use super::super::packages::{self, Package};
use super::Break;

/// The files to load: those at the top of the module at base, and at head all beside the changed ones.
pub(in super::super) fn wanted(
    change: &Change,
    package: &Package,
    files: &[&RepoPath],
) -> (Vec<RepoPath>, Vec<RepoPath>) {
    let dirs: BTreeSet<&str> = files.iter().map(|path| path.dir()).collect();
    let beside = dirs.into_iter().flat_map(|dir| sources(&change.head, dir));
    (packages::roots(&change.base, package).into_iter().cloned().collect(), beside.cloned().collect())
}

/// The files of a folder that are built into its package, generated ones too.
fn sources<'c>(tree: &'c crate::change::Tree, dir: &str) -> Vec<&'c RepoPath> {
    let is_built = |path: &&RepoPath| {
        path.dir() == dir && path.extension() == "go" && !path.name().ends_with("_test.go")
    };
    tree.under(dir).filter(is_built).collect()
}

pub(super) fn breaks(base: &View<'_>, head: &View<'_>, package: &Package, files: &[&RepoPath]) -> Vec<Break> {
    if !packages::is_library(base.change, package) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for path in files {
        let Some((source, file)) = read(base, path).filter(|(source, file)| {
            file.is_sound
                && !file.is_constrained
                && file.package != "main"
                && !product::is_machine_made(source)
        }) else {
            continue;
        };
        if is_for_one_system(path) || same(&file, head, path) {
            continue;
        }
        let Some(now) = Now::of(head, path.dir()) else { continue };
        for item in file.items.iter().filter(|item| item.is_exported()) {
            let Some((what, at)) = now.compared(item) else { continue };
            let gone = || Location::bytes(Side::Base, path, source, item.range.clone()).label("it was here");
            let name = format!("{}.{}", file.package, item.path());
            found.push(Break { name, what: what.to_owned(), at: at.unwrap_or_else(gone), is_stated: true });
        }
    }
    found
}

fn read<'c>(view: &View<'c>, path: &RepoPath) -> Option<(&'c str, File)> {
    let source = view.text(path)?;
    Some((source, go::read(source).ok()?))
}

/// Whether the file declares at head under the same path what it did: then the rest of its package need not be read.
fn same(file: &File, head: &View<'_>, path: &RepoPath) -> bool {
    let Some((_, now)) = read(head, path) else { return false };
    let has = |item: &Item| {
        now.items.iter().any(|n| n.owner == item.owner && n.name == item.name && n.kind == item.kind)
    };
    file.items.iter().filter(|item| item.is_exported()).all(has)
}

/// A file that its name binds to a system.
fn is_for_one_system(path: &RepoPath) -> bool {
    const SYSTEMS: [&str; 32] = [
        "386",
        "aix",
        "amd64",
        "android",
        "arm",
        "arm64",
        "darwin",
        "dragonfly",
        "freebsd",
        "illumos",
        "ios",
        "js",
        "linux",
        "loong64",
        "mips",
        "mips64",
        "mips64le",
        "mipsle",
        "netbsd",
        "openbsd",
        "plan9",
        "ppc64",
        "ppc64le",
        "riscv64",
        "s390x",
        "solaris",
        "unix",
        "wasip1",
        "wasm",
        "windows",
        "zos",
        "cgo",
    ];
    let stem = path.name().strip_suffix(".go").unwrap_or_default();
    stem.rsplit_once('_').is_some_and(|(_, last)| SYSTEMS.contains(&last))
}

/// A package at head.
struct Now<'c> {
    files: Vec<(&'c RepoPath, &'c str, File)>,
}

impl<'c> Now<'c> {
    /// `None` where the folder holds no package of this module any more, or not all of it can be read.
    fn of(head: &View<'c>, dir: &str) -> Option<Self> {
        let nested = folder::ancestors(dir).filter_map(|dir| RepoPath::join(dir, "go.mod").ok());
        let is_new = |path: &RepoPath| head.tree().contains(path) && !head.change.base.contains(path);
        let paths = sources(head.tree(), dir);
        if paths.is_empty() || nested.into_iter().any(|path| is_new(&path)) {
            return None;
        }
        let files: Option<Vec<_>> = paths
            .into_iter()
            .map(|path| read(head, path).map(|(source, file)| (path, source, file)))
            .collect();
        Some(Self { files: files? })
    }

    fn items(&self) -> impl Iterator<Item = (&'c RepoPath, &'c str, &Item)> {
        self.files
            .iter()
            .flat_map(|(path, source, file)| file.items.iter().map(|item| (*path, *source, item)))
    }

    fn form(&self, name: &str) -> Option<Form> {
        let mut forms = self.items().filter(|(_, _, item)| item.owner.is_none() && item.name == name);
        match forms.next()?.2.kind {
            Kind::Type(form) => Some(form),
            _ => None,
        }
    }

    /// What became of an item of base, and where at head, unless calls and uses stay right or that can't be told.
    fn compared(&self, item: &Item) -> Option<(&'static str, Option<Location>)> {
        let mut named = self.items().filter(|(_, _, n)| n.owner == item.owner && n.name == item.name);
        let Some((path, source, now)) = named.next() else {
            return self.lacks(item).then_some(("is no longer offered", None));
        };
        let is_certain =
            self.files.iter().any(|(at, _, file)| *at == path && file.is_sound && !file.is_constrained);
        if named.next().is_some() || !is_certain {
            return None;
        }
        let what = match (&item.kind, &now.kind) {
            (Kind::Function(old), Kind::Function(new)) => self.differ(old, new)?,
            (Kind::Field(old), Kind::Field(new)) if !self.is_alike(old, new, &[]) => "has another type",
            (Kind::Function(_), Kind::Field(_)) | (Kind::Field(_), Kind::Function(_)) => return None,
            (Kind::Function(_), Kind::Type(_)) | (Kind::Type(_), Kind::Function(_)) => "is something else",
            _ => return None,
        };
        Some((what, Some(Location::bytes(Side::Head, path, source, now.range.clone()))))
    }

    /// Whether nothing at head can have the name.
    fn lacks(&self, item: &Item) -> bool {
        let unread = self.files.iter().any(|(_, source, file)| !file.is_sound && source.contains(&item.name));
        let owner = item.owner.as_deref().map(|owner| self.form(owner));
        !unread && matches!(owner, None | Some(Some(Form::Whole | Form::Plain)))
    }

    fn differ(&self, old: &Signature, new: &Signature) -> Option<&'static str> {
        let fixed = |list: &[String]| list.iter().filter(|p| !p.starts_with("...")).count();
        let rest = |list: &[String]| list.iter().any(|p| p.starts_with("..."));
        let (before, after) = (fixed(&old.parameters), fixed(&new.parameters));
        let fewer = (after < before || rest(&old.parameters)) && !rest(&new.parameters);
        let generics: Vec<&str> = old.generics.iter().chain(&new.generics).map(String::as_str).collect();
        let takes = |(old, new): (&String, &String)| self.takes(old, new, &generics);
        if after > before || fewer || !old.parameters.iter().zip(&new.parameters).all(takes) {
            return Some("has other parameters");
        }
        // Who asked for no result misses none.
        let (had, has) = (&old.results, &new.results);
        let returns = had.is_empty()
            || (had.len() == has.len()
                && had
                    .iter()
                    .zip(has)
                    .all(|(old, new)| old == "error" || self.is_alike(old, new, &generics)));
        (!returns).then_some("returns something else")
    }

    /// Whether a parameter may take what it took: interfaces take more than they show.
    fn takes(&self, old: &str, new: &str, generics: &[&str]) -> bool {
        let (had, has) = (old.trim_start_matches("..."), new.trim_start_matches("..."));
        let is_plain = go::is_basic(has)
            || has.starts_with(['*', '['])
            || has.starts_with("map")
            || has.starts_with("func");
        let spread = old.starts_with("...") && !new.starts_with("...");
        !spread && (!is_plain || self.is_alike(had, has, generics))
    }

    /// Whether two types may be one, or stand for each other.
    fn is_alike(&self, old: &str, new: &str, generics: &[&str]) -> bool {
        if old == new {
            return true;
        }
        let unsure =
            |word: &str| is_letter(word) || generics.contains(&word) || self.form(word) == Some(Form::Alias);
        let words = |written: &str| {
            written.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect::<Vec<_>>()
        };
        if words(old).iter().chain(&words(new)).any(|word| unsure(word)) {
            return true;
        }
        // A named list, map or function stands for its own shape.
        let is_name = |written: &str| written.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_shape = |written: &str| !is_name(written) && !written.starts_with('*');
        let named = |written: &str| is_name(written) && !go::is_basic(written);
        (named(old) && is_shape(new))
            || (is_shape(old) && named(new))
            || (old.contains("chan ") && new.contains("chan "))
    }
}

/// One capital letter is a type parameter of what stands around.
fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.starts_with(char::is_uppercase)
}
