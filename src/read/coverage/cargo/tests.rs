//! Facts about workspaces, each seen in what cargo-llvm-cov 0.8 and cargo-tarpaulin 0.35 reported.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use crate::change::Tree;
use crate::read::coverage::{Gate, Scope, scopes};

const MANIFESTS: [(&str, &str); 5] = [
    (
        "Cargo.toml",
        "[workspace]\nmembers = [\"a\", \"[bc]\"]\nexclude = [\"out\"]\n[package]\nname = \"top\"\n[dependencies]\na = { path = \"a\" }\n",
    ),
    (
        "a/Cargo.toml",
        "[package]\nname = \"a\"\n[dependencies]\nb = { path = \"../b\" }\nout = { path = \"../out\" }\n",
    ),
    ("b/Cargo.toml", "[package]\nname = \"b\"\n"),
    ("c/Cargo.toml", "[package]\nname = \"c\"\n"),
    ("out/Cargo.toml", "[package]\nname = \"out\"\n"),
];
const SOURCES: [&str; 17] = [
    "a/build.rs",
    "a/examples/ex.rs",
    "a/fixtures/x.rs",
    "a/src/bin/two.rs",
    "a/src/dead.rs",
    "a/src/inner/mod.rs",
    "a/src/lib.rs",
    "a/src/main.rs",
    "a/src/tests/mod.rs",
    "a/src/util_tests.rs",
    "a/tests/int.rs",
    "b/src/lib.rs",
    "c/src/lib.rs",
    "out/src/lib.rs",
    "src/lib.rs",
    "tests/it.rs",
    ".hid/h.rs",
];

fn all(files: &[(&str, &str)]) -> Vec<Scope> {
    let mut files: Vec<(&str, &str)> = files.iter().chain(&MANIFESTS).copied().collect();
    files.extend(SOURCES.map(|path| (path, "")));
    scopes(&Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))))
}

fn run(script: &str) -> Scope {
    let scopes = all(&[("ci.sh", script)]);
    assert_eq!(scopes.len(), 1, "{script}: {scopes:?}");
    scopes.into_iter().next().unwrap()
}

fn names(scope: &Scope) -> String {
    assert_eq!(scope.undecided, None);
    scope.files.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
}

fn measured(script: &str) -> String {
    names(&run(script))
}

const A: &str = "a/src/bin/two.rs a/src/dead.rs a/src/inner/mod.rs a/src/lib.rs a/src/main.rs";

#[test]
fn llvm_cov_reports_the_chosen_members() {
    let workspace = format!("{A} b/src/lib.rs c/src/lib.rs src/lib.rs");
    assert_eq!(measured("cargo llvm-cov"), "src/lib.rs");
    assert_eq!(
        measured("cargo +nightly llvm-cov nextest --workspace --lcov --output-path l.info"),
        workspace
    );
    assert_eq!(measured("cargo llvm-cov -p a"), A);
    assert_eq!(measured("cargo llvm-cov -p a --lib"), "a/src/dead.rs a/src/inner/mod.rs a/src/lib.rs");
    assert_eq!(measured("cargo llvm-cov -p a --bin two"), A.replace(" a/src/main.rs", ""));
    assert_eq!(measured("cargo llvm-cov --workspace --exclude b"), workspace.replace(" b/src/lib.rs", ""));
    assert_eq!(measured("cargo llvm-cov --workspace --exclude-from-test b"), workspace);
    assert_eq!(
        measured("cargo llvm-cov --workspace --exclude-from-report=b"),
        workspace.replace(" b/src/lib.rs", "")
    );
    assert_eq!(measured("cd a && cargo llvm-cov"), A);
    assert_eq!(measured("cargo llvm-cov --manifest-path b/Cargo.toml"), "b/src/lib.rs");
}

#[test]
fn llvm_cov_ignores_by_a_regular_expression() {
    let of_workspace =
        |regex: &str| measured(&format!("cargo llvm-cov --workspace --ignore-filename-regex '{regex}'"));
    assert_eq!(
        of_workspace("b/src|dead"),
        "a/src/bin/two.rs a/src/inner/mod.rs a/src/lib.rs a/src/main.rs c/src/lib.rs src/lib.rs"
    );
    assert_eq!(of_workspace("^a/"), format!("{A} b/src/lib.rs c/src/lib.rs src/lib.rs"));
    assert!(of_workspace("(inner|bin)/.*\\.rs$").starts_with("a/src/dead.rs a/src/lib.rs a/src/main.rs b"));
    let everything = measured("cargo llvm-cov -p a --no-default-ignore-filename-regex");
    assert!(everything.contains("a/src/tests/mod.rs") && everything.contains("a/src/util_tests.rs"));
    assert!(run("cargo llvm-cov --ignore-filename-regex \"$SKIP\"").undecided.unwrap().why.contains("$SKIP"));
}

#[test]
fn llvm_cov_hides_behind_aliases_and_leaves_the_rest_to_its_report() {
    let config = (".cargo/config.toml", "[alias]\ncov = \"llvm-cov --workspace --fail-under-lines 80\"\n");
    let scopes = all(&[config, ("ci.sh", "cargo cov --exclude b --fail-uncovered-lines=3")]);
    assert!(!names(&scopes[0]).contains("b/src"));
    assert_eq!(scopes[0].thresholds["fail-under-lines"], Gate::AtLeast(80.0));
    assert_eq!(scopes[0].thresholds["fail-uncovered-lines"], Gate::Uncovered(3.0));
    assert_eq!(
        measured("cargo llvm-cov --no-report\ncargo llvm-cov clean\ncargo llvm-cov report -p b"),
        "b/src/lib.rs"
    );
    assert!(all(&[("ci.sh", "cargo install cargo-llvm-cov; cargo test")]).is_empty());
}

const A_TOO: &str = "a/src/tests/mod.rs a/src/util_tests.rs";

#[test]
fn tarpaulin_measures_what_the_chosen_packages_are_built_from() {
    assert_eq!(
        measured("cargo tarpaulin"),
        format!(
            "a/src/dead.rs a/src/inner/mod.rs a/src/lib.rs {A_TOO} b/src/lib.rs out/src/lib.rs src/lib.rs"
        )
    );
    assert_eq!(
        measured("cargo tarpaulin --workspace"),
        format!("{A} {A_TOO} b/src/lib.rs c/src/lib.rs out/src/lib.rs src/lib.rs")
    );
    assert_eq!(measured("cargo tarpaulin -p a"), format!("{A} {A_TOO} b/src/lib.rs out/src/lib.rs"));
    assert_eq!(measured("cargo tarpaulin --include-tests"), format!("a/src/dead.rs a/src/inner/mod.rs a/src/lib.rs {A_TOO} b/src/lib.rs out/src/lib.rs src/lib.rs tests/it.rs").replace("tests/it.rs", "tests/it.rs"));
}

#[test]
fn tarpaulins_patterns_cross_folders_and_begin_at_the_workspace() {
    let left = |flags: &str| measured(&format!("cargo tarpaulin {flags}"));
    assert_eq!(left("--exclude-files 'a/*'"), "b/src/lib.rs out/src/lib.rs src/lib.rs");
    assert!(left("--exclude-files 'inner/*' --exclude-files a/src/inner/").contains("inner"));
    assert!(!left("--exclude-files '*/lib.rs'").contains("lib.rs"));
    assert_eq!(
        left("--include-files 'a/**/*.rs' 'b/*'"),
        format!("a/src/dead.rs a/src/inner/mod.rs a/src/lib.rs {A_TOO} b/src/lib.rs")
    );
    assert!(!measured("cd a && cargo tarpaulin --exclude-files 'a/src/*'").contains("a/src"));
}

#[test]
fn tarpaulins_file_and_flags_count_together() {
    let one = ("tarpaulin.toml", "[run]\npackages = [\"b\"]\nexclude-files = [\"c/*\"]\nfail-under = 70\n");
    let scopes = all(&[one, ("ci.sh", "cargo tarpaulin -p c --fail-under 60")]);
    assert_eq!(
        (names(&scopes[0]).as_str(), scopes[0].thresholds["fail-under"]),
        ("b/src/lib.rs", Gate::AtLeast(60.0))
    );
    let two =
        ("tarpaulin.toml", "[x]\npackages = [\"b\"]\n[y]\npackages = [\"c\"]\n[report]\nfail-under = 50.5\n");
    let scopes = all(&[two]);
    assert_eq!(names(&scopes[0]), "b/src/lib.rs c/src/lib.rs");
    assert_eq!(scopes[0].thresholds["report.fail-under"], Gate::AtLeast(50.5));
    assert!(all(&[("tarpaulin.toml", "[x")])[0].undecided.is_some());
}

proptest! {
    #[test]
    fn any_flags_and_manifests_are_read_without_panic(text in "[a-c*./\\[\\]{}=\"' $-]{0,24}") {
        all(&[("ci.sh", &format!("cargo tarpaulin {text}\ncargo llvm-cov {text}")), ("c/Cargo.toml", &text), ("tarpaulin.toml", &text)]);
    }
}
