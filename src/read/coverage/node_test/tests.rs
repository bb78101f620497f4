//! What Node.js measures; `tests/it/oracle_runtimes.rs` compares with Node.js itself.

use proptest::prelude::*;

use crate::change::Tree;
use crate::read::coverage::{self, Gate, Mode, Scope};

const SOURCES: [&str; 9] = [
    "lib/x.js",
    "web/src/.h.js",
    "web/src/a.js",
    "web/src/a.test.js",
    "web/src/b.ts",
    "web/src/deep/c.mjs",
    "web/src/t.d.ts",
    "web/src/v.tsx",
    "web/test/helper.js",
];

fn scopes(files: &[(&str, &str)]) -> Vec<Scope> {
    let sources = SOURCES.iter().map(|path| (*path, ""));
    let all = files.iter().copied().chain(sources);
    let tree = Tree::of_files(all.map(|(path, text)| (path, text.as_bytes())));
    coverage::scopes(&tree).into_iter().filter(|scope| scope.tool == "node:test").collect()
}

fn run(flags: &str) -> Scope {
    let manifest =
        format!(r#"{{"scripts": {{"test": "node --test --experimental-test-coverage {flags}"}}}}"#);
    scopes(&[("web/package.json", &manifest)]).remove(0)
}

fn files(scope: &Scope) -> String {
    scope.files.iter().map(|p| p.as_str().trim_start_matches("web/")).collect::<Vec<_>>().join(" ")
}

fn measured(flags: &str) -> String {
    files(&run(flags))
}

#[test]
fn tests_are_left_out_where_nothing_else_is() {
    assert_eq!(measured(""), "src/.h.js src/a.js src/b.ts src/deep/c.mjs");
    assert_eq!(
        measured("--test-coverage-exclude=src/deep/**"),
        "src/.h.js src/a.js src/a.test.js src/b.ts test/helper.js"
    );
    assert!(scopes(&[("web/package.json", r#"{"scripts": {"test": "node --test"}}"#)]).is_empty());
}

#[test]
fn patterns_are_held_against_the_path_from_the_folder_and_the_whole_path() {
    assert_eq!(measured("--test-coverage-include 'src/*.js'"), "src/.h.js src/a.js");
    assert_eq!(measured("--test-coverage-include='**/web/src/*.js'"), "src/a.js");
    assert_eq!(measured("--test-coverage-include=./src/**"), "");
    assert_eq!(measured("--test-coverage-include=../lib/**"), "lib/x.js");
    assert_eq!(measured("--test-coverage-include=$PWD/src/deep/*"), "src/deep/c.mjs");
    assert!(run("--test-coverage-include=/srv/src/**").undecided.is_some());
    assert!(run("--test-coverage-include=$DIR/**").undecided.is_some());
}

#[test]
fn options_behind_the_first_operand_are_the_programs_own() {
    assert_eq!(measured("test/ --test-coverage-include=src/deep/*"), measured(""));
    let manifest = r#"{"scripts": {"test": "node --test test/ --experimental-test-coverage"}}"#;
    assert!(scopes(&[("web/package.json", manifest)]).is_empty());
}

#[test]
fn loaders_bring_more_kinds_of_files_and_one_switch_those_that_nothing_loads() {
    assert_eq!(measured("--import tsx --test-coverage-include=**/*.tsx"), "src/v.tsx");
    let found = scopes(&[(
        "web/package.json",
        r#"{"scripts": {"test": "node --test --experimental-test-coverage --test-coverage-include-all"}}"#,
    )]);
    assert_eq!((found[0].mode, found[1].mode), (Mode::Matching, Mode::Loaded));
    assert_eq!(files(&found[0]), "src/a.js src/b.ts src/deep/c.mjs src/t.d.ts");
    assert_eq!(files(&found[1]), "src/.h.js");
}

#[test]
fn node_22_leaves_no_test_out_and_no_wildcard_finds_a_dot() {
    let manifest =
        r#"{"engines": {"node": "^22"}, "scripts": {"test": "node --test --experimental-test-coverage"}}"#;
    assert_eq!(
        files(&scopes(&[("web/package.json", manifest)])[0]),
        "src/.h.js src/a.js src/a.test.js src/b.ts src/deep/c.mjs test/helper.js"
    );
    let manifest =
        r#"{"scripts": {"test": "node --test --experimental-test-coverage --test-coverage-include=src/*"}}"#;
    let found = scopes(&[("web/package.json", manifest), (".nvmrc", "v22.11.0\n")]);
    assert_eq!(files(&found[0]), "src/a.js src/a.test.js src/b.ts");
}

#[test]
fn a_file_of_settings_adds_patterns_and_the_command_line_wins_the_rest() {
    let config = r#"{"test": {"experimental-test-coverage": true, "test-coverage-include": ["src/deep/**"], "test-coverage-lines": 90}}"#;
    let manifest = r#"{"scripts": {"test": "node --test --experimental-default-config-file --test-coverage-include=src/a.js --test-coverage-lines=80.9"}}"#;
    let found = scopes(&[("web/package.json", manifest), ("web/node.config.json", config)]);
    assert_eq!(files(&found[0]), "src/a.js src/deep/c.mjs");
    assert_eq!(found[0].thresholds["lines"], Gate::AtLeast(80.0));
    assert_eq!(found[0].config[0].as_str(), "web/node.config.json");
    let variable = r#"{"scripts": {"test": "NODE_OPTIONS='--test-coverage-include=src/a.js' node --test --experimental-test-coverage"}}"#;
    assert_eq!(files(&scopes(&[("web/package.json", variable)])[0]), "src/a.js");
}

#[test]
fn a_threshold_of_nothing_is_none() {
    let scope = run("--test-coverage-branches=0 --test-coverage-functions 70");
    assert_eq!(scope.thresholds.len(), 1);
    assert!(run("--test-coverage-lines=$MIN").unknown_thresholds.is_some());
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\*|/|--|test|-coverage|-include|=|\\{|\\}|,|é|\\$|\\(|\\)| |\\.\\.|22|<){0,30}") {
        let start = "node --test --experimental-test-coverage --test-coverage-include=";
        scopes(&[("Makefile", &format!("t:\n\t{start}{text}\n")), (".nvmrc", &text), ("node.config.json", &text)]);
    }
}
