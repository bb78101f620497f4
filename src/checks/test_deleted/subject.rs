//! What a test of base tests: the product's file and names that it uses, and whether they are still there at head.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::candidates;
use crate::change::Change;
use crate::checks::modules::{Found, Target, View};
use crate::checks::sources::{self, Family};
use crate::checks::{Wanted, product, suites};
use crate::ids::RepoPath;
use crate::read::identifiers;
use crate::read::symbols::{Imported, Sort};
use crate::read::tests::difference::{Difference, Place};
use crate::read::tests::{Test, is_test_file};
use crate::span::{Location, Side};

/// Shorter names are in every file.
const MIN_NAME: usize = 3;

/// What a test tests, as far as its imports, its package or its file's name tell.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// The product's file at base.
    path: RepoPath,
    /// Its names that the test uses; none where only the file is known.
    names: BTreeSet<String>,
    /// Where the file stands at head.
    head: Option<RepoPath>,
    /// What the test calls of the product, as it writes it.
    calls: BTreeSet<String>,
    /// Nothing but the name of the file of tests tells it.
    by_name: bool,
    still: bool,
}

impl Subject {
    /// Whether the file and every name of it that the test uses are there at head.
    pub(super) fn is_still_there(&self) -> bool {
        self.still
    }

    /// Whether another test uses one of the names, or calls the product in the same way.
    pub(super) fn is_named_by(&self, test: &Test) -> bool {
        !self.names.is_disjoint(&test.names) || !self.calls.is_disjoint(&test.calls)
    }

    /// Whether nothing but the name of the file of tests tells it: then any new test of that file may be about it.
    pub(super) fn is_by_name(&self) -> bool {
        self.by_name
    }

    /// How a sentence names it.
    pub(super) fn words(&self) -> String {
        let path = self.head.as_ref().unwrap_or(&self.path);
        match self.names.iter().next() {
            Some(name) => format!("`{name}` of `{path}`"),
            None => format!("`{path}`"),
        }
    }

    /// Where it stands at head.
    pub(super) fn location(&self, change: &Change) -> Option<Location> {
        let path = self.head.as_ref()?;
        let text = sources::text(change, Side::Head, path).ok().flatten()?;
        let symbols = sources::symbols(change, Side::Head, path).ok().flatten();
        let range = symbols.and_then(|symbols| {
            let mut named = symbols.definitions.iter().filter(|d| self.names.contains(&d.name));
            named.next().map(|definition| definition.name_range.clone())
        });
        Some(match range {
            Some(range) => Location::bytes(Side::Head, path, text, range),
            None => Location::file(Side::Head, path),
        })
    }
}

/// A name that the tests of a file can use of the product.
#[derive(Debug, Clone)]
struct Known {
    /// As the tests call it.
    local: String,
    /// As the product's file does; empty where it stands for the file.
    name: String,
    path: RepoPath,
}

/// The subjects of tests, each file of tests read once.
pub(super) struct Subjects<'c> {
    change: &'c Change,
    difference: &'c Difference,
    known: RefCell<BTreeMap<usize, Rc<Vec<Known>>>>,
}

impl<'c> Subjects<'c> {
    pub(super) fn of(change: &'c Change, difference: &'c Difference) -> Self {
        Self { change, difference, known: RefCell::default() }
    }

    /// What a test of base tests; nothing where it can't be told.
    pub(super) fn of_test(&self, place: Place) -> Option<Subject> {
        let test = self.difference.base(place);
        let known = self.known(place.file);
        let mut used: Vec<&Known> = known.iter().filter(|known| test.names.contains(&known.local)).collect();
        // What the test calls tells more than what it merely mentions.
        let is_called = |known: &&Known| {
            test.calls.iter().any(|call| call.split(['.', ':']).next() == Some(known.local.as_str()))
        };
        used.sort_by_key(|known| (!is_called(known), &known.path, &known.local));
        let named_after = namesake(self.change, &test.path);
        let path = match used.first() {
            Some(first) => {
                let same = used.iter().find(|known| Some(&known.path) == named_after.as_ref());
                same.unwrap_or(first).path.clone()
            }
            None => named_after?,
        };
        let mut names: BTreeSet<String> = used
            .iter()
            .filter(|known| known.path == path && !known.name.is_empty())
            .map(|known| known.name.clone())
            .collect();
        if used.is_empty() {
            names.extend(self.eponyms(&path));
        }
        let still = used.iter().all(|known| self.is_defined(&known.path, &known.name))
            && self.keeps_names(&path, test)
            && used.iter().all(|known| self.keeps_names(&known.path, test));
        let is_product = |call: &&String| {
            let head = call.split(['.', ':']).next();
            used.iter().any(|known| head == Some(known.local.as_str()))
        };
        let calls = test.calls.iter().filter(is_product).cloned().collect();
        Some(Subject {
            head: self.change.at_head(&path),
            path,
            names,
            calls,
            by_name: used.is_empty(),
            still,
        })
    }

    fn known(&self, file: usize) -> Rc<Vec<Known>> {
        let mut known = self.known.borrow_mut();
        let known = known.entry(file).or_insert_with(|| {
            let path = self.difference.files[file].base_path.as_ref();
            Rc::new(path.map(|path| read(self.change, self.difference, file, path)).unwrap_or_default())
        });
        known.clone()
    }

    /// What a file is likely to define by its own name: `Cart` of `Cart.java`, `cart.rb` and `cart.ts`.
    fn eponyms(&self, path: &RepoPath) -> Vec<String> {
        let stem = path.name().split('.').next().unwrap_or_default();
        let capital = |part: &str| -> String {
            let mut chars = part.chars();
            chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
        };
        let pascal: String = stem.split(['_', '-']).map(capital).collect();
        let text = sources::text(self.change, Side::Base, path).ok().flatten().unwrap_or_default();
        [stem.to_owned(), pascal].into_iter().filter(|name| identifiers::holds(text, name)).collect()
    }

    /// Whether the file of base defines or hands on the name at head; any file does for no name.
    fn is_defined(&self, path: &RepoPath, name: &str) -> bool {
        let Some(head) = self.change.at_head(path) else { return false };
        if name.is_empty() {
            return true;
        }
        // In Go a name may stand in any file of its package.
        if Family::of(&head) == Some(Family::Go) {
            let files = package(self.change, Side::Head, head.dir());
            return files.iter().any(|path| defines(self.change, Side::Head, path, name));
        }
        defines(self.change, Side::Head, &head, name)
    }

    /// Whether every name of the test that the product's file holds at base is in it at head too.
    fn keeps_names(&self, path: &RepoPath, test: &Test) -> bool {
        let text = |side: Side, path: &RepoPath| sources::text(self.change, side, path).ok().flatten();
        let Some(base) = text(Side::Base, path) else { return false };
        let Some(head) = self.change.at_head(path) else { return false };
        let Some(head) = text(Side::Head, &head) else { return false };
        let written = text(Side::Base, &test.path).and_then(|text| text.get(test.range.clone()));
        let written = suites::names(&test.path, written.unwrap_or_default(), |_| true);
        let mut names = test.names.union(&written).filter(|name| name.len() >= MIN_NAME);
        base == head || names.all(|name| !identifiers::holds(base, name) || identifiers::holds(head, name))
    }
}

fn defines(change: &Change, side: Side, path: &RepoPath, name: &str) -> bool {
    match sources::symbols(change, side, path).ok().flatten() {
        Some(symbols) => {
            symbols.definitions.iter().any(|definition| definition.name == name)
                || symbols.exports.iter().any(|export| export.name == name)
        }
        None => sources::text(change, side, path).ok().flatten().is_some_and(|t| identifiers::holds(t, name)),
    }
}

/// What the tests of a file can use of the product.
fn read(change: &Change, difference: &Difference, file: usize, path: &RepoPath) -> Vec<Known> {
    let mut found = match Family::of(path) {
        Some(Family::Script | Family::Python) => imported(change, path),
        Some(Family::Go) => {
            let files = package(change, Side::Base, path.dir());
            files.iter().flat_map(|path| defined(change, path, |_| true)).collect()
        }
        _ if path.extension() == "rs" => {
            let tests = &difference.files[file].base;
            let is_product = |at: usize| tests.iter().all(|test| !test.range.contains(&at));
            defined(change, path, is_product)
        }
        _ => Vec::new(),
    };
    found.retain(|known| known.local.len() >= MIN_NAME);
    found
}

/// What the imports of a file name of the product's files.
fn imported(change: &Change, path: &RepoPath) -> Vec<Known> {
    let base = View { change, side: Side::Base };
    let Some(symbols) = base.symbols(path) else { return Vec::new() };
    let mut found = Vec::new();
    for import in &symbols.imports {
        let (Target::File(target), there) = base.follow(path, import) else { continue };
        let Some(local) = import.local.clone() else { continue };
        let (target, name) = match there {
            Found::Here(at, definition) => (at, definition.name),
            Found::Module(at) => (at, String::new()),
            _ => match &import.item {
                Imported::Name(name) => (target, name.clone()),
                _ => (target, String::new()),
            },
        };
        if product::kind(&target).is_none() {
            found.push(Known { local, name, path: target });
        }
    }
    found
}

/// The functions and types that a file defines, where `counts` says so of their place.
fn defined(change: &Change, path: &RepoPath, counts: impl Fn(usize) -> bool) -> Vec<Known> {
    let Some(symbols) = sources::symbols(change, Side::Base, path).ok().flatten() else { return Vec::new() };
    let is_telling = |sort: Sort| {
        matches!(
            sort,
            Sort::Function
                | Sort::Method
                | Sort::Class
                | Sort::Enum
                | Sort::Interface
                | Sort::Type
                | Sort::Macro
        )
    };
    let in_tests = |scope: &[String]| scope.iter().any(|name| matches!(name.as_str(), "tests" | "test"));
    let definitions = symbols
        .definitions
        .iter()
        .filter(|d| is_telling(d.sort) && counts(d.name_range.start) && !in_tests(&d.scope));
    definitions.map(|d| Known { local: d.name.clone(), name: d.name.clone(), path: path.clone() }).collect()
}

/// The files of a Go package that are no tests.
fn package(change: &Change, side: Side, dir: &str) -> Vec<RepoPath> {
    let paths = change.tree(side).paths();
    paths.filter(|p| p.extension() == "go" && p.dir() == dir && !is_test_file(p)).cloned().collect()
}

/// The only file of the product that a file of tests is named after, the nearest first.
fn namesake(change: &Change, path: &RepoPath) -> Option<RepoPath> {
    let stem = subject_stem(path)?;
    let is_kin = |other: &RepoPath| match path.extension() {
        "java" | "kt" | "kts" => matches!(other.extension(), "java" | "kt"),
        "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "mts" | "cts" => matches!(
            other.extension(),
            "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "mts" | "cts" | "vue" | "svelte"
        ),
        extension => other.extension() == extension,
    };
    let named: Vec<&RepoPath> = change
        .base
        .paths()
        .filter(|other| is_kin(other) && other.name().split('.').next() == Some(stem.as_str()))
        .filter(|other| !is_dotted(other) && product::kind(other).is_none())
        .collect();
    let parent = path.dir().rsplit_once('/').map_or("", |(parent, _)| parent);
    let near: Vec<&&RepoPath> =
        named.iter().filter(|other| other.dir() == path.dir() || other.dir() == parent).collect();
    match (near.as_slice(), named.as_slice()) {
        ([only], _) => Some((**only).clone()),
        ([], [only])
            if !matches!(
                stem.as_str(),
                "index" | "main" | "utils" | "util" | "types" | "mod" | "__init__"
            ) =>
        {
            Some((*only).clone())
        }
        _ => None,
    }
}

fn is_dotted(path: &RepoPath) -> bool {
    path.extension() != "rs" && path.name().matches('.').count() > 1
}

/// The name of what a file of tests is about: `cart` of `cart.test.ts`, `test_cart.py` and `cart_spec.rb`.
fn subject_stem(path: &RepoPath) -> Option<String> {
    let name = path.name();
    let stem = name.split('.').next()?;
    let cut = match path.extension() {
        "py" => stem.strip_prefix("test_").or_else(|| stem.strip_suffix("_test")),
        "go" => stem.strip_suffix("_test"),
        "rb" => stem
            .strip_suffix("_spec")
            .or_else(|| stem.strip_suffix("_test"))
            .or_else(|| stem.strip_prefix("test_")),
        "rs" => None,
        "java" | "kt" | "kts" | "cs" | "php" => ["Tests", "Test", "IT", "Spec", "Specs"]
            .iter()
            .find_map(|end| stem.strip_suffix(end))
            .or_else(|| stem.strip_prefix("Test")),
        _ => Some(stem),
    };
    cut.filter(|cut| !cut.is_empty()).map(str::to_owned)
}

/// The files that tell what the tests that went are about.
pub(super) fn wanted(change: &Change) -> Wanted {
    let difference = Difference::of(change);
    let mut wanted = Wanted::default();
    let files: BTreeSet<usize> = candidates(&difference).iter().map(|place| place.file).collect();
    for file in files {
        let Some(path) = &difference.files[file].base_path else { continue };
        let base = View { change, side: Side::Base };
        let mut targets: Vec<RepoPath> = namesake(change, path).into_iter().collect();
        match Family::of(path) {
            Some(Family::Script | Family::Python) => {
                let symbols = base.symbols(path);
                let imports = symbols.iter().flat_map(|symbols| &symbols.imports);
                targets.extend(imports.filter_map(|import| match base.resolve(path, &import.module) {
                    Target::File(target) => Some(target),
                    _ => None,
                }));
            }
            Some(Family::Go) => {
                wanted.head.extend(package(change, Side::Head, path.dir()));
                targets.extend(package(change, Side::Base, path.dir()));
            }
            _ => {}
        }
        wanted.head.extend(targets.iter().filter_map(|path| change.at_head(path)));
        wanted.base.extend(targets);
    }
    wanted
}
