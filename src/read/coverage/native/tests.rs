//! Facts about the filters of reports, each seen in what lcov 1.16, gcovr 8.8 and grcov 0.10 wrote.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use crate::change::Tree;
use crate::read::coverage::{Gate, Scope, Stage, scopes};

const SOURCES: [&str; 5] =
    ["include/h.h", "src/core/a.c", "src/core/unused.c", "src/third_party/z/z.c", "tests/t.c"];
const ALL: &str = "include/h.h src/core/a.c src/core/unused.c src/third_party/z/z.c tests/t.c";
const NO_Z: &str = "include/h.h src/core/a.c src/core/unused.c tests/t.c";

fn all(files: &[(&str, &str)]) -> Vec<Scope> {
    let files = files.iter().copied().chain(SOURCES.map(|path| (path, "")));
    scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))))
}

fn run(script: &str) -> Scope {
    let scopes = all(&[("ci.sh", script)]);
    assert_eq!(scopes.len(), 1, "{script}: {scopes:?}");
    scopes.into_iter().next().unwrap()
}

fn names(scope: &Scope) -> String {
    assert_eq!((&scope.undecided, scope.stage), (&None, Stage::Report));
    scope.files.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
}

fn left(script: &str) -> String {
    names(&run(script))
}

#[test]
fn grcovs_globs_cross_folders_and_begin_at_the_source_folder() {
    let grcov = |flags: &str| left(&format!("grcov . -s . -t lcov {flags} -o l.info"));
    for nothing in [
        "",
        "--ignore 'third_party/*'",
        "--ignore '/*'",
        "--ignore src",
        "--ignore '../*'",
        "--ignore-not-existing",
    ] {
        assert_eq!(grcov(nothing), ALL, "{nothing}");
    }
    assert_eq!(grcov("--ignore '*/third_party/*'"), NO_Z);
    assert_eq!(
        grcov("--ignore 'src/*/z.c' --ignore \"tests/*\""),
        "include/h.h src/core/a.c src/core/unused.c"
    );
    assert_eq!(grcov("--keep-only 'src/*' --ignore 'src/{core,x}/*'"), "src/third_party/z/z.c");
    assert_eq!(left("grcov . -s src --ignore 'core/*'"), "include/h.h src/third_party/z/z.c tests/t.c");
    assert!(run("grcov . --filter covered").undecided.is_some());
}

#[test]
fn gcovrs_expressions_match_from_the_start_of_the_path() {
    let gcovr = |flags: &str| left(&format!("gcovr --xml-pretty {flags} -o c.xml"));
    for nothing in ["", "-e third_party", "-e /src/", "--exclude-directories build"] {
        assert_eq!(gcovr(nothing), ALL, "{nothing}");
    }
    assert_eq!(gcovr("--filter src/"), "src/core/a.c src/core/unused.c src/third_party/z/z.c");
    assert_eq!((gcovr("-f core/").as_str(), gcovr("-f ./src/").as_str()), ("", ""));
    assert_eq!(gcovr("-f '.*core/'"), "src/core/a.c src/core/unused.c");
    assert_eq!(gcovr("-f src/core -f include/"), "include/h.h src/core/a.c src/core/unused.c");
    assert_eq!(gcovr("-e '.*/third_party/.*'"), NO_Z);
    assert_eq!(
        gcovr("--exclude=^src/core/a"),
        "include/h.h src/core/unused.c src/third_party/z/z.c tests/t.c"
    );
    assert_eq!(gcovr("-f \"$(pwd)/src/\""), "src/core/a.c src/core/unused.c src/third_party/z/z.c");
    assert!(run("gcovr --gcov-exclude '.*z.*'").undecided.is_some());
    assert!(run("gcovr -e \"$EXCLUDE\"").undecided.unwrap().why.contains("$EXCLUDE"));
}

#[test]
fn gcovrs_file_and_flags_count_together() {
    let cfg = "filter = src/\nexclude = src/third # not ours\nfail-under-line = 80\nfail-under-branch=50\n";
    let scopes = all(&[("gcovr.cfg", cfg), ("ci.sh", "gcovr -e src/core/unused --fail-under-line 75")]);
    assert_eq!((scopes.len(), names(&scopes[0]).as_str()), (1, "src/core/a.c"));
    assert_eq!(scopes[0].thresholds["fail-under-line"], Gate::AtLeast(75.0));
    assert_eq!(scopes[0].thresholds["fail-under-branch"], Gate::AtLeast(50.0));
}

#[test]
fn lcov_takes_whole_names_out_of_what_it_captured() {
    let lcov = |patterns: &str| {
        left(&format!("lcov -c -d . -o all.info\nlcov --remove all.info {patterns} -o left.info"))
    };
    for nothing in ["'/usr/*'", "'*/core/[ab].c'", "'*/a.h'"] {
        assert_eq!(lcov(nothing), ALL, "{nothing}");
    }
    assert_eq!(lcov("'/usr/*' '*/third_party/*'"), NO_Z);
    assert_eq!(lcov("'*core/?.c'"), "include/h.h src/core/unused.c src/third_party/z/z.c tests/t.c");
    assert_eq!(
        left("lcov -c -d . -o a.info; lcov -e a.info \"$PWD/src/*\" -o a.info"),
        "src/core/a.c src/core/unused.c src/third_party/z/z.c"
    );
    assert_eq!(
        left("lcov --capture --directory . --exclude '*/core/*' --output-file a.info"),
        "include/h.h src/third_party/z/z.c tests/t.c"
    );
    assert_eq!(
        left(
            "lcov -c -i -d . -o 0.info\nlcov -c -d . -o 1.info\nlcov -a 0.info -a 1.info -o t.info\nlcov -r t.info '*.h' -o f.info"
        ),
        ALL.replace("include/h.h ", "")
    );
}

#[test]
fn a_pattern_that_two_versions_of_lcov_read_differently_is_named() {
    for pattern in ["third_party/*", "*z", "*/core"] {
        let scope = run(&format!("lcov -c -d . -o a.info; lcov -r a.info '{pattern}' -o b.info"));
        assert!(scope.undecided.unwrap().why.contains(pattern));
    }
}

#[test]
fn lcovs_gate_is_read_and_a_mere_summary_is_no_report() {
    let scope = run("lcov -c -d . -o a.info --fail-under-lines 90");
    assert_eq!(scope.thresholds["fail-under-lines"], Gate::AtLeast(90.0));
    assert!(all(&[("ci.sh", "lcov --list a.info; apt-get install lcov")]).is_empty());
}

proptest! {
    #[test]
    fn any_flags_are_read_without_panic(text in "[a-c*?./\\[\\](){}|\"' $-]{0,24}") {
        all(&[("ci.sh", &format!("lcov -r a {text} -o b\ngcovr -e {text}\ngrcov . --ignore {text}")), ("gcovr.cfg", &text)]);
    }
}
