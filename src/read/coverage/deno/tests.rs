//! What Deno measures and reports; `tests/it/oracle_runtimes.rs` compares with Deno itself.

use proptest::prelude::*;

use crate::change::Tree;
use crate::read::coverage::{self, Gate, Scope, Stage};

const SOURCES: [&str; 7] = [
    "src/a.ts",
    "src/a_test.ts",
    "src/latest.ts",
    "src/lib/b.js",
    "src/test.ts",
    "src/__tests__/c.ts",
    "src/x.spec.ts",
];

fn scopes(files: &[(&str, &str)]) -> Vec<Scope> {
    let sources = SOURCES.iter().map(|path| (*path, ""));
    let all = files.iter().copied().chain(sources);
    let tree = Tree::of_files(all.map(|(path, text)| (path, text.as_bytes())));
    coverage::scopes(&tree).into_iter().filter(|scope| scope.tool.starts_with("deno")).collect()
}

fn task(line: &str) -> Scope {
    let config = format!(r#"{{"tasks": {{"cov": {line:?}}}}}"#);
    scopes(&[("deno.json", &config)]).remove(0)
}

fn measured(line: &str) -> String {
    task(line).files.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_run_measures_all_but_what_deno_names_a_test() {
    assert_eq!(measured("deno test -A --coverage=cov"), "src/a.ts src/latest.ts src/lib/b.js src/x.spec.ts");
    assert!(scopes(&[("deno.json", r#"{"tasks": {"t": "deno test"}}"#)]).is_empty());
    let object =
        scopes(&[("deno.jsonc", "{ // c\n\"tasks\": {\"t\": {\"command\": \"deno test --coverage\"}},}")]);
    assert_eq!((object.len(), object[0].stage), (1, Stage::Run));
}

#[test]
fn a_report_keeps_what_its_expressions_find_in_the_address() {
    assert_eq!(measured("deno coverage cov"), "src/a.ts src/lib/b.js src/x.spec.ts");
    assert_eq!(measured("deno coverage cov --include=src/l"), "src/lib/b.js");
    assert_eq!(measured("deno coverage cov --exclude=/lib/,spec"), "src/a.ts src/latest.ts");
    assert_eq!(measured("deno coverage cov --include=\"^file://$PWD/src/lib\""), "src/lib/b.js");
    assert_eq!(measured("deno coverage cov --ignore=src/lib --lcov"), "src/a.ts src/x.spec.ts");
    assert_eq!(task("deno coverage cov").stage, Stage::Report);
}

#[test]
fn a_value_behind_a_space_is_no_expression() {
    assert_eq!(
        measured("deno coverage --exclude src cov"),
        "src/a.ts src/latest.ts src/lib/b.js src/x.spec.ts"
    );
}

#[test]
fn what_the_machine_decides_is_undecided() {
    assert!(task("deno coverage --include=^file:///home/me/src cov").undecided.is_some());
    assert!(task("deno coverage --include=$DIR cov").undecided.is_some());
    assert!(task("deno coverage '--include=(' cov").undecided.is_some());
}

#[test]
fn the_option_goes_before_the_file_and_a_workspace_stands_in() {
    let gates = |files: &[(&str, &str)]| {
        let found = scopes(files);
        found.into_iter().map(|s| s.thresholds.into_iter().collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let lines = |percent| vec![("lines".to_owned(), Gate::AtLeast(percent))];
    let root = r#"{"coverage": {"thresholds": {"lines": 80}}, "workspace": ["web"]}"#;
    let make = ("web/Makefile", "test:\n\tdeno test --coverage\n");
    assert_eq!(gates(&[("deno.json", root), make]), [lines(80.0)]);
    assert_eq!(gates(&[("deno.json", root), ("web/deno.json", "{}"), make]), [lines(80.0)]);
    let own = ("web/deno.json", r#"{"coverage": {"thresholds": {"lines": 70}}}"#);
    assert_eq!(gates(&[("deno.json", root), own, make]), [lines(70.0)]);
    let alone = r#"{"coverage": {"thresholds": {"lines": 80}}}"#;
    assert_eq!(gates(&[("deno.json", alone), ("web/deno.json", "{}"), make]), [vec![]]);
    let option = ("web/Makefile", "test:\n\tdeno test --coverage --coverage-threshold 60\n");
    assert_eq!(gates(&[("deno.json", root), option])[0].len(), 3);
    let raw = ("web/Makefile", "test:\n\tdeno test --coverage --coverage-raw-data-only\n");
    assert_eq!(gates(&[("deno.json", root), raw]), [vec![]]);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\[|\\]|tasks|coverage|:|\"|\\{|\\}|,|\\*|deno|test|--|=|é|\n| ){0,40}") {
        scopes(&[("deno.json", &text)]);
        scopes(&[("Makefile", &format!("t:\n\tdeno coverage --include={text} --ignore={text}\n"))]);
    }
}
