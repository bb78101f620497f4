//! Facts about what `go test` measures, each seen in what Go 1.21, 1.22 and 1.27 wrote.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::change::Tree;
use crate::read::coverage::{Mode, Scope, scopes};

const SOURCES: [&str; 17] = [
    "a/a.go",
    "a/a_linux.go",
    "a/a_windows.go",
    "a/a_test.go",
    "a/_u.go",
    "a/.h.go",
    "b/b.go",
    "cmd/x/main.go",
    "mocks/m/m.go",
    "sub/s.go",
    "sub/s_test.go",
    "sub/deep/d.go",
    "testdata/t/t.go",
    "vendor/v/v.go",
    "_und/u.go",
    ".hid/h.go",
    "nested/n.go",
];

fn all(files: &[(&str, &str)]) -> Vec<Scope> {
    let mut files = files.to_vec();
    if files.iter().all(|(path, _)| *path != "go.mod") {
        files.push(("go.mod", "module example.com/m\n\ngo 1.22\n"));
    }
    files.push(("nested/go.mod", "module example.com/nested\ngo 1.22\n"));
    files.extend(SOURCES.map(|path| (path, "")));
    scopes(&Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))))
}

fn run(script: &str) -> Scope {
    let scopes = all(&[("ci.sh", script)]);
    assert_eq!(scopes.len(), 1, "{script}: {scopes:?}");
    scopes.into_iter().next().unwrap()
}

fn measured(script: &str) -> String {
    names(&run(script))
}

fn names(scope: &Scope) -> String {
    assert_eq!(scope.undecided, None);
    scope.files.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
}

fn why(script: &str) -> String {
    run(script).undecided.unwrap_or_else(|| panic!("{script} is decided")).why
}

const A: &str = "a/a.go a/a_linux.go a/a_windows.go";
const ALL: &str =
    "a/a.go a/a_linux.go a/a_windows.go b/b.go cmd/x/main.go mocks/m/m.go sub/deep/d.go sub/s.go";

#[test]
fn the_listed_packages_measure_themselves() {
    assert_eq!(measured("go test -cover ./..."), ALL);
    assert_eq!(measured("go test -v -race -coverprofile=c.out ./a"), A);
    assert_eq!(measured("go test -coverprofile c.out ./a ./b/..."), format!("{A} b/b.go"));
    assert_eq!(measured("go test -cover example.com/m/sub/..."), "sub/deep/d.go sub/s.go");
    assert_eq!(measured("go test -cover ./testdata/t"), "testdata/t/t.go");
    assert_eq!(measured("cd nested && go test -cover"), "nested/n.go");
    assert_eq!(measured("go -C nested test -cover ./..."), "nested/n.go");
    assert_eq!(measured("gotestsum --format dots -- -coverprofile=c.out ./a"), A);
    assert!(all(&[("ci.sh", "go test ./...; go build -cover ./...; go test -cover=false ./a")]).is_empty());
}

#[test]
fn before_go_1_22_a_package_without_tests_is_not_measured() {
    let scopes = all(&[("ci.sh", "go test -cover ./..."), ("go.mod", "module example.com/m\ngo 1.21\n")]);
    assert_eq!(names(&scopes[0]), format!("{A} sub/s.go"));
}

#[test]
fn coverpkg_measures_what_it_names_as_far_as_a_test_links_it() {
    let mode = |script: &str| run(script).mode;
    assert_eq!(measured("go test -coverpkg=./... ./..."), ALL);
    assert_eq!(mode("go test -coverpkg=./... ./..."), Mode::Matching);
    assert_eq!(mode("go test -coverpkg=./... ./a"), Mode::Loaded);
    assert_eq!(
        measured("go test -coverpkg=./a,example.com/m/sub/... ./..."),
        format!("{A} sub/deep/d.go sub/s.go")
    );
}

#[test]
fn what_follows_the_packages_belongs_to_the_tests() {
    assert_eq!(measured("go test -cover ./a -v ./b"), A);
    assert_eq!(measured("go test -cover ./a -args -x ./b"), A);
}

#[test]
fn lists_are_put_together_as_the_shell_does() {
    let without_mocks = ALL.replace("mocks/m/m.go ", "");
    for script in [
        "go test -cover $(go list ./... | grep -v mocks)",
        "go test -cover `go list ./... | grep -v mocks`",
        "PKGS=$(go list ./... | egrep -v 'mocks|vendor')\ngo test -cover $PKGS",
        "PKGS=$(go list ./... | egrep -v '/mocks')\ngo test -cover ${PKGS}",
        "go test -coverpkg=$(go list ./... | grep -v -e mocks -e zzz | tr '\\n' ',') ./...",
        "go test -coverpkg=\"$(go list ./... | grep -vE '/(mocks|x/y)' | paste -sd ',' -)\" ./...",
        "go list ./... | grep -v mocks | xargs go test -cover",
    ] {
        assert_eq!(measured(script), without_mocks, "{script}");
    }
    let make = "PKGS := $(shell go list ./... | grep -v mocks)\ntest:\n\tgo test -cover $(PKGS)\n";
    assert_eq!(names(&all(&[("Makefile", make)])[0]), without_mocks);
    let make = "test:\n\t@go test -cover $$(go list ./... | grep -v mocks)\n";
    assert_eq!(names(&all(&[("Makefile", make)])[0]), without_mocks);
    assert_eq!(measured("go test -cover $(pwd)/a"), A);
}

#[test]
fn what_only_a_run_tells_is_named() {
    assert!(why("go test -cover $(./packages.sh)").contains("$(./packages.sh)"));
    assert!(why("go test -cover $PKGS").contains("$PKGS"));
    assert!(why("go test -cover $(go list ./... | awk '/x/')").contains("awk"));
    assert!(why("go test -coverprofile=c.out ./...\nawk '!/mock/' c.out > d.out").contains("awk"));
    assert_eq!(measured("go test $FLAGS -cover ./a"), A);
}

#[test]
fn lines_taken_out_of_the_profile_are_not_measured() {
    let without_mocks = ALL.replace("mocks/m/m.go ", "");
    for filter in [
        "grep -v /mocks/ c.out > d.out",
        "cat c.out | grep -v mocks > d.out",
        "cat c.out | grep -v mocks | grep -vF .pb.go | tee d.out",
        "grep -v mocks < ./c.out > d.out && mv d.out c.out",
        "sed -i '/mocks/d' c.out",
        "sed -i.bak -E -e '/(mocks|gen)\\//d' -e 's|example.com/m/||g' c.out",
        "head -n 1 c.out > d.out; tail -n +2 c.out | grep -v mocks >> d.out",
    ] {
        assert_eq!(
            measured(&format!("go test -coverprofile=c.out ./...\n{filter}")),
            without_mocks,
            "{filter}"
        );
    }
    for other in [
        "go tool cover -func=c.out | grep -v mocks",
        "grep -v mocks other.out > d.out",
        "grep total c.txt",
        "sed -i 's/mocks/x/' c.out",
        "echo mocks >> notes",
        "grep -v '^mode:' c.out >> all.out",
    ] {
        assert_eq!(measured(&format!("go test -coverprofile=c.out ./...\n{other}")), ALL, "{other}");
    }
    let uncovered = "go test -coverprofile=c.out ./...\ngrep -v ' 0$' c.out > d.out";
    assert!(why(uncovered).contains("grep"));
}

#[test]
fn a_workspace_holds_several_modules() {
    let files =
        [("ci.sh", "go test -cover example.com/...\n"), ("go.work", "go 1.22\nuse (\n\t.\n\t./nested\n)\n")];
    assert_eq!(names(&all(&files)[0]), ALL.replace("sub/deep", "nested/n.go sub/deep"));
}

fn files(script: &str) -> BTreeSet<String> {
    all(&[("ci.sh", script)])
        .iter()
        .flat_map(|scope| scope.files.iter().map(|p| p.as_str().to_owned()))
        .collect()
}

proptest! {
    #[test]
    fn any_command_is_read_without_panic(text in "[a-z./$(){}|`'\"=, \\\\-]{0,40}") {
        all(&[("ci.sh", &format!("go test -coverprofile=c.out {text}\ngrep {text} c.out > d\nsed {text} c.out"))]);
    }

    #[test]
    fn another_filter_never_enlarges_the_set(one in "[ab/.]{1,3}", two in "[mocks/]{1,3}") {
        let start = format!("go test -coverprofile=c.out ./...\ngrep -v '{one}' c.out > d.out");
        let more = format!("{start}\ngrep -v '{two}' d.out > e.out");
        prop_assert!(files(&more).is_subset(&files(&start)));
    }
}
