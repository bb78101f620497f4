//! Tests of Rust: functions under `#[test]` and its kin.

mod assertions;
mod conditions;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::ids::RepoPath;
use crate::read::rust::syn::spanned::Spanned;
use crate::read::rust::syn::{Attribute, Item, ItemFn, ItemMacro, Meta};
use crate::read::rust::{File, with_file};
use crate::read::tests::{Cases, Lines, Mark, State, Test};
use crate::undecided::Undecided;

/// The last segment of attributes that make a function a test.
const TESTS: [&str; 9] = [
    "test",
    "rstest",
    "test_case",
    "wasm_bindgen_test",
    "quickcheck",
    "gpui_test",
    "property_test",
    "sqlx_test",
    "test_matrix",
];

/// The tests of a file. One that is no Rust has none that could be listed: undecided.
pub(super) fn inventory(path: &RepoPath, text: &str) -> Result<Vec<Test>, Undecided> {
    if !text.contains("#[") && !text.contains("proptest!") {
        return Ok(Vec::new());
    }
    let read = |file: &File| {
        let helpers = assertions::helpers(&file.syntax.items);
        let mut list = List { path, text, file, helpers, lines: Lines::of(text), tests: Vec::new() };
        let whole = Above::default().and(list.mark(&file.syntax.attrs), &file.syntax.attrs);
        list.items(&file.syntax.items, &[], &whole);
        list.tests
    };
    with_file(text, read)?.map_err(|broken| {
        Undecided::new(format!("its tests can't be listed, since it is no Rust: {}", broken.message))
    })
}

struct List<'a> {
    path: &'a RepoPath,
    text: &'a str,
    file: &'a File,
    helpers: BTreeSet<String>,
    lines: Lines,
    tests: Vec<Test>,
}

/// What the modules around an item say.
#[derive(Clone)]
struct Above {
    mark: Mark,
    tags: BTreeSet<String>,
}

impl Default for Above {
    fn default() -> Self {
        Self { mark: Mark::RUNS, tags: BTreeSet::new() }
    }
}

impl Above {
    fn and(&self, mark: Mark, attributes: &[Attribute]) -> Self {
        let mut tags = self.tags.clone();
        attributes.iter().for_each(|attribute| conditions::features(&attribute.meta, &mut tags));
        Self { mark: mark.under(&self.mark), tags }
    }
}

impl List<'_> {
    fn items(&mut self, items: &[Item], path: &[String], above: &Above) {
        for item in items {
            match item {
                Item::Fn(function) => self.function(function, path, above),
                Item::Mod(module) => {
                    let Some((_, items)) = &module.content else { continue };
                    let above = above.and(self.mark(&module.attrs), &module.attrs);
                    let mut path = path.to_vec();
                    path.push(module.ident.to_string());
                    self.items(items, &path, &above);
                }
                Item::Macro(invoked) => self.invoked(invoked, path, above),
                _ => {}
            }
        }
    }

    /// `proptest! { #[test] fn holds(x in 0..9) { … } }`.
    fn invoked(&mut self, invoked: &ItemMacro, path: &[String], above: &Above) {
        let last = invoked.mac.path.segments.last();
        if !last.is_some_and(|segment| segment.ident == "proptest" || segment.ident == "quickcheck") {
            return;
        }
        for found in assertions::in_macro(&invoked.mac.tokens) {
            let start = self.file.range(found.start).start;
            let body = self.file.range(found.body);
            let state = if found.is_ignored { State::Skipped } else { State::Runs };
            let mark = Mark { state, at: None }.under(&above.mark);
            let mut test = self.test(path, found.name, start..body.end, body, mark);
            test.tags.extend(above.tags.iter().cloned());
            test.cases = Cases::Computed;
            let inner = self.text.get(test.body.clone()).unwrap_or_default();
            assertions::of_text(inner, test.body.start, &self.helpers, &self.lines, &mut test);
            self.tests.push(test);
        }
    }

    fn test(
        &self,
        path: &[String],
        name: String,
        range: Range<usize>,
        body: Range<usize>,
        mark: Mark,
    ) -> Test {
        let mut names = path.to_vec();
        names.push(name);
        let mut test = Test::at(self.path, names, range, mark);
        (test.line, test.end_line) = (self.lines.at(test.range.start), self.lines.at(test.range.end));
        test.body = body;
        test
    }

    fn function(&mut self, function: &ItemFn, path: &[String], above: &Above) {
        if !function.attrs.iter().any(is_test) {
            return;
        }
        let own = above.and(self.mark(&function.attrs), &function.attrs);
        let (range, body) = (self.file.range(function.span()), self.file.range(function.block.span()));
        let mut test = self.test(path, function.sig.ident.to_string(), range, body, own.mark);
        test.statements = function.block.stmts.len();
        test.tags = own.tags;
        test.cases = cases(&function.attrs);
        for attribute in function.attrs.iter().filter(|a| a.path().is_ident("should_panic")) {
            let range = self.file.range(attribute.span());
            let line = self.lines.at(range.start);
            test.assertions.push(assertions::panics(attribute, range, line, self.text));
        }
        assertions::of_block(&function.block, self.text, self.file, &self.helpers, &self.lines, &mut test);
        self.tests.push(test);
    }

    fn mark(&self, attributes: &[Attribute]) -> Mark {
        attributes.iter().fold(Mark::RUNS, |mark, attribute| {
            let state = conditions::state(&attribute.meta);
            Mark::new(state, self.file.range(attribute.span())).under(&mark)
        })
    }
}

fn is_test(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| TESTS.iter().any(|name| segment.ident == name))
}

/// `#[case(1)]` of rstest, `#[test_case(1)]`.
fn cases(attributes: &[Attribute]) -> Cases {
    let of = |name: &str| {
        attributes.iter().filter(|a| a.path().segments.first().is_some_and(|s| s.ident == name)).count()
    };
    let last = |a: &Attribute| a.path().segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
    match (of("case"), of("test_case")) {
        (0, 0) if attributes.iter().any(|a| last(a) == "rstest" && matches!(a.meta, Meta::List(_))) => {
            Cases::Computed
        }
        (0, 0) if attributes.iter().any(|a| matches!(last(a).as_str(), "quickcheck" | "test_matrix")) => {
            Cases::Computed
        }
        (0, 0) => Cases::One,
        (rows, more) => Cases::Table(rows + more),
    }
}

#[cfg(test)]
#[path = "rust/facts.rs"]
mod facts;
