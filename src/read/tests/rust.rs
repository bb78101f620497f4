//! Tests of Rust: functions under `#[test]` and its kin.

use crate::read::rust::syn::punctuated::Punctuated;
use crate::read::rust::syn::spanned::Spanned;
use crate::read::rust::syn::visit::{self, Visit};
use crate::read::rust::syn::{self, Attribute, Item, ItemFn, Meta, Token};
use crate::read::rust::{File, with_file};
use crate::read::tests::{Lines, Mark, State, Test};
use crate::undecided::Undecided;

/// The last segment of attributes that make a function a test.
const TESTS: [&str; 8] = [
    "test",
    "rstest",
    "test_case",
    "wasm_bindgen_test",
    "quickcheck",
    "gpui_test",
    "property_test",
    "sqlx_test",
];

/// The tests of a file. One that is no Rust has none that could be listed: undecided.
pub(super) fn inventory(text: &str) -> Result<Vec<Test>, Undecided> {
    if !text.contains("#[") {
        return Ok(Vec::new());
    }
    let read = |file: &File| {
        let mut list = List { file, lines: Lines::of(text), tests: Vec::new() };
        list.items(&file.syntax.items, &[], &Mark::RUNS);
        list.tests
    };
    with_file(text, read)?.map_err(|broken| {
        Undecided::new(format!("its tests can't be listed, since it is no Rust: {}", broken.message))
    })
}

struct List<'a> {
    file: &'a File,
    lines: Lines,
    tests: Vec<Test>,
}

impl List<'_> {
    fn items(&mut self, items: &[Item], path: &[String], outer: &Mark) {
        for item in items {
            match item {
                Item::Fn(function) => self.function(function, path, outer),
                Item::Mod(module) => {
                    let Some((_, items)) = &module.content else { continue };
                    let mark = self.mark(&module.attrs).under(outer);
                    let mut path = path.to_vec();
                    path.push(module.ident.to_string());
                    self.items(items, &path, &mark);
                }
                _ => {}
            }
        }
    }

    fn function(&mut self, function: &ItemFn, path: &[String], outer: &Mark) {
        if !function.attrs.iter().any(is_test) {
            return;
        }
        let mark = self.mark(&function.attrs).under(outer);
        let mut assertions = Assertions(0);
        assertions.visit_block(&function.block);
        let range = self.file.range(function.span());
        let mut name = path.to_vec();
        name.push(function.sig.ident.to_string());
        self.tests.push(Test {
            name,
            line: self.lines.at(range.start),
            end_line: self.lines.at(range.end),
            state: mark.state,
            range,
            assertions: assertions.0,
            statements: function.block.stmts.len(),
            marker: mark.at,
        });
    }

    fn mark(&self, attributes: &[Attribute]) -> Mark {
        attributes.iter().fold(Mark::RUNS, |mark, attribute| {
            let state = state(&attribute.meta);
            Mark::new(state, self.file.range(attribute.span())).under(&mark)
        })
    }
}

fn is_test(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| TESTS.iter().any(|name| segment.ident == name))
}

fn state(meta: &Meta) -> State {
    let path = meta.path();
    if path.is_ident("ignore") {
        return State::Skipped;
    }
    if path.is_ident("should_panic") {
        return State::Inverted;
    }
    let Meta::List(list) = meta else { return State::Runs };
    let Ok(arguments) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
        return State::Runs;
    };
    let Some(condition) = arguments.first() else { return State::Runs };
    if path.is_ident("cfg") {
        return match truth(condition) {
            Some(true) => State::Runs,
            Some(false) => State::Skipped,
            None => State::Conditional,
        };
    }
    let ignores = arguments.iter().skip(1).any(|meta| meta.path().is_ident("ignore"));
    match truth(condition) {
        _ if !path.is_ident("cfg_attr") || !ignores => State::Runs,
        Some(true) => State::Skipped,
        Some(false) => State::Runs,
        None => State::Conditional,
    }
}

/// Whether a configuration predicate holds in every test build, in none, or in some.
fn truth(condition: &Meta) -> Option<bool> {
    if condition.path().is_ident("test") {
        return Some(true);
    }
    let Meta::List(list) = condition else { return None };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
    let mut truths = parts.iter().map(truth);
    if condition.path().is_ident("any") {
        return if parts.is_empty() { Some(false) } else { truths.any(|t| t == Some(true)).then_some(true) };
    }
    if condition.path().is_ident("all") {
        return truths.all(|t| t == Some(true)).then_some(true);
    }
    condition.path().is_ident("not").then(|| truths.next().flatten().map(|t| !t)).flatten()
}

struct Assertions(usize);

impl<'ast> Visit<'ast> for Assertions {
    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        let last = node.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        if last.starts_with("assert") || last.starts_with("prop_assert") || last.starts_with("debug_assert") {
            self.0 += 1;
        }
        visit::visit_macro(self, node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_conditional_and_nested_tests_are_told_apart() {
        let source = "#[test]\nfn a() { assert!(true); assert_eq!(1, 1); }\n\
            #[cfg(test)]\nmod t {\n  #[test]\n  #[ignore = \"slow\"]\n  fn b() {}\n  \
            #[cfg_attr(miri, ignore)]\n  #[tokio::test(flavor = \"x\")]\n  async fn c() {}\n  \
            #[cfg(any())]\n  #[test]\n  fn d() {}\n  #[cfg(windows)]\n  #[test]\n  fn e() {}\n  \
            #[test]\n  #[should_panic]\n  fn f() {}\n}\nfn helper() {}\n";
        let tests = inventory(source).unwrap();
        let found: Vec<(String, State)> = tests.iter().map(|t| (t.title(), t.state)).collect();
        let expected = [
            ("a", State::Runs),
            ("t > b", State::Skipped),
            ("t > c", State::Conditional),
            ("t > d", State::Skipped),
            ("t > e", State::Conditional),
            ("t > f", State::Inverted),
        ];
        assert_eq!(found, expected.map(|(n, s)| (n.to_owned(), s)));
        assert_eq!(tests[0].assertions, 2);
        assert_eq!(&source[tests[1].marker.clone().unwrap()], "#[ignore = \"slow\"]");
    }

    #[test]
    fn what_is_no_rust_is_undecided_and_not_empty() {
        assert!(inventory("#[test]\nfn a( {}").unwrap_err().why.contains("no Rust"));
    }
}
