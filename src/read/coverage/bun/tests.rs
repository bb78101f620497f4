//! What Bun measures; `tests/it/oracle_runtimes.rs` compares with Bun itself.

use proptest::prelude::*;

use crate::change::Tree;
use crate::read::coverage::{self, Gate, Scope};

const SOURCES: [&str; 6] =
    ["src/a.ts", "src/a.test.ts", "src/lib/b.js", "src/g_spec.tsx", "src/types.d.ts", "scripts/run.ts"];

fn scopes(files: &[(&str, &str)]) -> Vec<Scope> {
    let sources = SOURCES.iter().map(|path| (*path, ""));
    let all = files.iter().copied().chain(sources);
    let tree = Tree::of_files(all.map(|(path, text)| (path, text.as_bytes())));
    coverage::scopes(&tree).into_iter().filter(|scope| scope.tool == "bun").collect()
}

fn files(scope: &Scope) -> Vec<&str> {
    scope.files.iter().map(|path| path.as_str()).collect()
}

const SCRIPT: (&str, &str) = ("package.json", r#"{"scripts": {"test": "bun test --coverage"}}"#);

#[test]
fn tests_are_left_out_unless_the_file_says_otherwise() {
    assert_eq!(files(&scopes(&[SCRIPT])[0]), ["scripts/run.ts", "src/a.ts", "src/lib/b.js"]);
    let with = ("bunfig.toml", "[test]\ncoverageSkipTestFiles = false\n");
    assert_eq!(files(&scopes(&[SCRIPT, with])[0]).len(), 5);
}

#[test]
fn patterns_are_held_against_whole_paths_from_the_folder_of_the_run() {
    let measured = |patterns: &str| {
        let config = format!("[test]\ncoverage = true\ncoveragePathIgnorePatterns = {patterns}\n");
        files(&scopes(&[("bunfig.toml", &config)])[0]).join(" ")
    };
    assert_eq!(measured(r#""src/**""#), "scripts/run.ts");
    assert_eq!(measured(r#"["src/*", "scripts/**"]"#), "src/lib/b.js");
    assert_eq!(measured(r#"["src", "./src/**", "a.ts"]"#), "scripts/run.ts src/a.ts src/lib/b.js");
    assert_eq!(measured(r#""!src/**""#), "src/a.ts src/lib/b.js");
}

#[test]
fn coverage_switched_off_in_the_file_goes_before_the_command_line() {
    let off = scopes(&[SCRIPT, ("bunfig.toml", "[test]\ncoverage = false\ncoverageThreshold = 0.9\n")]);
    assert!(off[0].files.is_empty() && off[0].thresholds.is_empty() && off[0].undecided.is_none());
    assert!(scopes(&[("bunfig.toml", "[test]\ncoverage = false\n")]).is_empty());
    assert!(scopes(&[("bunfig.toml", "[test]\ncoverageThreshold = 0.9\n")]).is_empty());
    assert!(scopes(&[("package.json", r#"{"scripts": {"test": "bun test"}}"#)]).is_empty());
}

#[test]
fn a_share_is_told_in_per_cent_and_the_other_metric_has_its_default() {
    let gates = |threshold: &str| {
        let config = format!("[test]\ncoverage = true\ncoverageThreshold = {threshold}\n");
        let scope = scopes(&[("bunfig.toml", &config)]).remove(0);
        ["functions", "lines", "statements"].map(|metric| scope.thresholds.get(metric).copied())
    };
    let at = |percent| Some(Gate::AtLeast(percent));
    assert_eq!(gates("0.855"), [at(85.5), at(85.5), None]);
    assert_eq!(gates("{ lines = 0.5 }"), [at(90.0), at(50.0), None]);
    assert_eq!(gates("{ statements = 0.5 }"), [at(90.0), at(90.0), None]);
    assert_eq!(gates("{ line = 0.5 }"), [None; 3]);
}

#[test]
fn what_bun_refuses_and_what_is_not_followed_is_undecided() {
    let scope = scopes(&[SCRIPT, ("bunfig.toml", "[test]\ncoverageThreshold = \"90%\"\n")]).remove(0);
    assert!(scope.unknown_thresholds.is_some() && scope.undecided.is_none());
    for patterns in ["@(a|b)/**", "{a,b"] {
        let config = format!("[test]\ncoveragePathIgnorePatterns = \"{patterns}\"\n");
        assert!(scopes(&[SCRIPT, ("bunfig.toml", &config)])[0].undecided.is_some());
    }
    assert!(scopes(&[SCRIPT, ("bunfig.toml", "[test")])[0].undecided.is_some());
}

#[test]
fn each_folder_has_its_own_file_and_none_from_above() {
    let files = [
        ("bunfig.toml", "[test]\ncoveragePathIgnorePatterns = \"**\"\n"),
        ("web/package.json", r#"{"scripts": {"test": "bun test --coverage"}}"#),
        ("web/a.ts", ""),
    ];
    let found = scopes(&files);
    assert_eq!((found.len(), found[0].package.as_str(), found[0].files.len()), (1, "web", 1));
}

#[test]
fn a_pattern_of_many_choices_ends() {
    let braces = format!("{{{}}}", ["a"; 60].join(","));
    let config = format!("[test]\ncoveragePathIgnorePatterns = \"{}b\"\n", braces.repeat(8));
    assert!(scopes(&[SCRIPT, ("bunfig.toml", &config)])[0].undecided.is_some());
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\[|\\]|test|coverage|=|\"|\\{|\\}|,|\\*|!|é|\n| |0.9){0,40}") {
        scopes(&[SCRIPT, ("bunfig.toml", &text)]);
        scopes(&[SCRIPT, ("bunfig.toml", &format!("[test]\ncoveragePathIgnorePatterns = '''{text}'''"))]);
    }
}
