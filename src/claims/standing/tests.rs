//! Claims against made-up changes: what is refuted, what is confirmed, and what stays open.

use super::super::tests::change;
use super::super::{read, weigh};
use super::*;
use crate::change::{CheckResult, EvidenceFile, Status, Tree};

mod kinds;
mod names;

type Files<'a> = &'a [(&'a str, &'a str)];

/// A change from one set of files to another, told in these words.
fn told(body: &str, base: Files<'_>, head: Files<'_>) -> Change {
    let mut change = change("Change it", body, &["Change it"]);
    let tree = |files: Files<'_>| Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    (change.base, change.head) = (tree(base), tree(head));
    let on = |files: Files<'_>, path: &str| {
        files.iter().find(|(p, _)| *p == path).map(|(_, text)| text.to_string())
    };
    let mut paths: Vec<&str> = base.iter().chain(head).map(|(path, _)| *path).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut changed = Vec::new();
    for path in paths {
        let (old, new) = (on(base, path), on(head, path));
        let status = match (&old, &new) {
            (Some(a), Some(b)) if a == b => continue,
            (Some(_), Some(_)) => Status::Modified,
            (None, _) => Status::Added,
            (_, None) => Status::Deleted,
        };
        let name = |side: &Option<String>| side.as_ref().map(|_| path.parse().unwrap());
        changed.push(crate::change::FileChange { status, base: name(&old), head: name(&new) });
    }
    change.files = changed.into();
    change
}

fn standings(change: &Change) -> Vec<Standing> {
    weigh(change, &read(change)).into_iter().map(|judged| judged.standing).collect()
}

#[track_caller]
fn stands(change: &Change, standing: Standing) {
    let claims = read(change);
    let found = weigh(change, &claims);
    assert!(
        !found.is_empty() && found.iter().all(|j| j.standing == standing),
        "{:?}\n{found:?}",
        claims.list
    );
}

use Standing::{Contradicted, Supported, Unproven};

#[test]
fn added_tests_need_a_test_of_whatever_kind() {
    let base = [("a.ts", "let a = 1;\n")];
    let with = |file: (&'static str, &'static str)| [("a.ts", "let a = items.reduce(sum);\n"), file];
    for file in [
        ("a.test.ts", "x"),
        ("spec/a.rb", "x"),
        ("e2e/a.ts", "x"),
        ("src/__snapshots__/a.snap", "x"),
        ("features/a.feature", "x"),
        ("b.rs", "#[test]\nfn a() {}\n"),
        ("b.zig", "test \"a\" {}\n"),
        ("b.py", "def f():\n    \"\"\"\n    >>> f()\n    1\n    \"\"\"\n"),
        ("b.ts", "it.each([1])('x', () => {});\n"),
    ] {
        stands(&told("Add tests.", &base, &with(file)), Supported);
    }
    stands(&told("Add tests.", &base, &with(("b.ts", "let it = 1;\n"))), Contradicted);
    stands(&told("Add tests.", &base, &with(("notes.json", "{\"tests\": \"described\"}"))), Contradicted);
    stands(&told("Add tests.", &base, &base), Unproven);
    stands(&told("Add tests.", &[("SKILL.md", "a")], &[("SKILL.md", "b")]), Unproven);
    stands(&told("Add tests.", &base, &with(("a.bin", "\0"))), Unproven);
}

#[test]
fn one_commit_of_several_and_a_step_of_a_squash_are_never_refuted() {
    let (base, head) = ([("a.ts", "let a = 1;\n")], [("a.ts", "let a = 2;\n")]);
    let mut change = told("", &base, &head);
    let commit = |message: &str| super::super::tests::change("", "", &[message]).commits.remove(0);
    change.commits = vec![commit("Add tests"), commit("Tidy up")];
    assert_eq!(standings(&change), [Unproven]);
    change.commits = vec![commit("Add tests"), commit("Merge branch 'main'")];
    assert_eq!(standings(&change), [Contradicted]);
    change.commits = vec![commit("Do it (#1)\n\n* Add tests\n\n* Drop them\n")];
    assert_eq!(standings(&change), [Unproven]);
}

fn with_evidence(body: &str, junit: &str, checks: &[(&str, &str)]) -> Change {
    let mut change = told(body, &[], &[("a.ts", "a")]);
    if !junit.is_empty() {
        change.evidence.tests.push(EvidenceFile { name: "junit.xml".into(), bytes: junit.into() });
    }
    let run = |(name, conclusion): &(&str, &str)| CheckResult {
        name: (*name).into(),
        conclusion: Some((*conclusion).into()),
        ..CheckResult::default()
    };
    change.evidence.checks = checks.iter().map(run).collect();
    change
}

fn junit(passed: usize, failed: usize) -> String {
    let failing = "<testcase name='f'><failure/></testcase>".repeat(failed);
    format!("<testsuite>{}{failing}</testsuite>", "<testcase name='p'/>".repeat(passed))
}

#[test]
fn a_report_refutes_all_and_counts_and_never_a_part() {
    let by = |body: &str, passed, failed| with_evidence(body, &junit(passed, failed), &[]);
    stands(&by("All tests pass.", 3, 1), Contradicted);
    stands(&by("All unit tests pass.", 3, 1), Contradicted);
    stands(&by("All existing tests continue to pass.", 3, 1), Contradicted);
    stands(&by("4/4 tests pass", 3, 1), Contradicted);
    stands(&by("3/3 tests pass", 3, 1), Unproven);
    stands(&by("4 tests passed", 3, 1), Contradicted);
    stands(&by("All 9 tests pass.", 4, 0), Unproven);
    stands(&by("All 9 tests pass.", 4, 1), Contradicted);
    stands(&by("All 2 tests pass.", 4, 1), Unproven);
    stands(&by("9 tests passed", 3, 1), Unproven);
    stands(&by("All 3 tests pass.", 4, 0), Unproven);
    stands(&by("All 4 tests pass.", 4, 0), Supported);
    stands(&by("All CLI tests pass.", 3, 1), Unproven);
    stands(&by("3 tests passed", 3, 1), Unproven);
    stands(&with_evidence("All tests pass.", "<broken", &[]), Unproven);
    let wider = junit(3, 1).replace("<testsuite>", "<testsuite name='e2e'>");
    stands(&with_evidence("All unit tests pass.", &wider, &[]), Unproven);
}

#[test]
fn a_failed_test_job_refutes_and_other_jobs_do_not() {
    let by = |checks: &[(&str, &str)]| with_evidence("All tests pass.", "", checks);
    for name in ["test", "unit (20)", "pytest / linux", "e2e"] {
        stands(&by(&[(name, "failure")]), Contradicted);
    }
    for name in [
        "CI",
        "build",
        "lint",
        "CI / lint",
        "deploy preview",
        "Build docs",
        "codecov/patch",
        "test coverage",
        "attest",
    ] {
        stands(&by(&[(name, "failure")]), Unproven);
    }
    stands(&by(&[("test", "failure"), ("test", "success")]), Unproven);
    stands(&by(&[("test", "success"), ("lint", "failure")]), Supported);
    stands(&by(&[("test", "cancelled")]), Unproven);
    let mut stale = by(&[("test", "failure")]);
    stale.evidence.checks[0].head_sha = Some("f".repeat(40).parse().unwrap());
    stands(&stale, Unproven);
    stands(&with_evidence("All tests pass.", &junit(4, 0), &[("build", "failure")]), Supported);
}

#[test]
fn a_coverage_figure_is_refuted_only_above_what_every_report_measured() {
    let by = |body: &str, hits: &[(u32, u32)]| {
        let mut change = told(body, &[], &[("a.ts", "a")]);
        for (hit, found) in hits {
            let lines: String = (1..=*found).map(|n| format!("DA:{n},{}\n", u32::from(n <= *hit))).collect();
            let bytes = format!("SF:a.ts\n{lines}end_of_record\n").into();
            change.evidence.coverage.push(EvidenceFile { name: "lcov.info".into(), bytes });
        }
        change
    };
    stands(&by("Coverage is 90%.", &[(8, 10)]), Contradicted);
    stands(&by("Coverage is 67%.", &[(2, 3)]), Supported);
    stands(&by("Coverage is 66.6%.", &[(2, 3)]), Supported);
    stands(&by("Coverage is 66.8%.", &[(2, 3)]), Contradicted);
    stands(&by("Coverage is 60%.", &[(8, 10)]), Unproven);
    stands(&by("Coverage is 90%.", &[(8, 10), (9, 10)]), Supported);
    stands(&by("Branch coverage is 90%.", &[(8, 10)]), Unproven);
    stands(&by("Coverage of the parser is 90%.", &[(8, 10)]), Unproven);
    stands(&by("Coverage is 90%.", &[]), Unproven);
}

#[test]
fn a_typed_line_is_held_to_the_whole_change() {
    let to = |path: &'static str, text: &'static str| {
        move |body: &str| told(body, &[], &[(path, text), ("README.md", "All of it.\n")])
    };
    let (code, page) = (to("src/a.rs", "fn a() {}\n"), to("docs/a.md", "What it does.\n"));
    for (line, code_stands) in [("docs-only = true", Contradicted), ("tests-only = true", Contradicted)] {
        stands(&code(&format!("```gainsay\n{line}\n```\n")), code_stands);
    }
    stands(&page("```gainsay\ndocs-only = true\n```\n"), Supported);
    stands(&code("The first commit is docs only.\n\n```gainsay\ntests-added = 2\n```\n"), Contradicted);
    stands(&code("```gainsay\nno-new-dependencies = true\n```\n"), Supported);
}

#[test]
fn docs_only_is_refuted_by_code_and_not_by_comments() {
    let by = |path: &str, old: &str, new: &str| told("Docs-only change.", &[(path, old)], &[(path, new)]);
    stands(&by("README.md", "a", "b"), Supported);
    stands(&by("docs/conf.py", "a = 1", "a = 2"), Supported);
    stands(&by("a.rs", "/// One.\nfn a() {}", "/// Two.\nfn a() {} // three\n"), Supported);
    stands(
        &by("a.py", "def a():\n    \"\"\"One.\"\"\"\n", "def a():\n    \"\"\"Two.\n    # x\n    \"\"\"\n"),
        Supported,
    );
    stands(&by("a.rs", "fn a() {}", "fn b() {}"), Contradicted);
    stands(&by(".github/workflows/a.yml", "a: 1", "a: 2"), Contradicted);
    stands(&by("data.json", "1", "2"), Unproven);
    stands(&told("This is a documentation-only change.", &[("a.rs", "a")], &[("a.rs", "b")]), Contradicted);
    stands(&told("Rework.\n\n- Docs only.", &[("a.rs", "a")], &[("a.rs", "b")]), Unproven);
}

#[test]
fn a_dependency_is_new_only_where_no_manifest_had_it() {
    let npm = |table: &str, names: &str| format!("{{\"{table}\":{{{names}}}}}");
    let (one, two) = (npm("dependencies", "\"a\":\"1\""), npm("dependencies", "\"a\":\"2\",\"b\":\"1\""));
    let by =
        |body: &str, old: &str, new: &str| told(body, &[("package.json", old)], &[("package.json", new)]);
    stands(&by("No new dependencies.", &one, &two), Contradicted);
    stands(&by("No new dependencies.", &one, &npm("dependencies", "\"a\":\"2\"")), Supported);
    stands(&by("No new runtime dependencies.", &one, &npm("devDependencies", "\"b\":\"1\"")), Supported);
    stands(&by("No new dependencies.", &one, "{"), Unproven);
    stands(&by("No new dependencies.", "{", &two), Unproven);
    let (base, head) = (
        [("package.json", &*two), ("web/package.json", "{}")],
        [("package.json", &*one), ("web/package.json", &*two)],
    );
    stands(&told("No new dependencies.", &base, &head), Supported);
}

#[test]
fn files_are_judged_by_the_trees() {
    let kept = [("src/old.js", "a"), ("b.js", "b")];
    let edited = [("src/old.js", "a"), ("b.js", "c")];
    stands(&told("Removed `src/old.js`.", &kept, &edited), Contradicted);
    stands(&told("Removed `old.js`.", &kept, &[("b.js", "b")]), Supported);
    stands(&told("Removed `gone.js`.", &kept, &edited), Unproven);
    stands(&told("Added `src/new.js`.", &kept, &edited), Contradicted);
    stands(&told("Added `b.js`.", &kept, &edited), Supported);
    let other = [("src/old.js", "a"), ("b.js", "b"), ("lib/newer.js", "a")];
    stands(&told("Added `src/new.js`.", &kept, &other), Unproven);
    let speaks = [("src/old.js", "a"), ("b.js", "load('shop.toml')")];
    stands(&told("Added `shop.toml` for settings.", &kept, &speaks), Unproven);
    stands(&told("Renamed `src/old.js` to `src/new.js`.", &kept, &edited), Contradicted);
    stands(
        &told("Renamed `src/old.js` to `src/new.js`.", &kept, &[("src/new.js", "a"), ("b.js", "b")]),
        Supported,
    );
    let twice = [("x/a.js", "a"), ("y/a.js", "a"), ("b.js", "b")];
    let twice_edited = [("x/a.js", "a"), ("y/a.js", "a"), ("b.js", "c")];
    stands(&told("Removed `a.js`.", &twice, &twice_edited), Unproven);
}

#[test]
fn symbols_are_judged_by_whole_words_in_the_changed_files() {
    let by = |body: &str, old: &str, new: &str| told(body, &[("a.ts", old)], &[("a.ts", new)]);
    stands(&by("Added `toCents()`.", "a", "function toCents() {}"), Supported);
    stands(&by("Added `toCents()`.", "a", "b"), Contradicted);
    stands(&by("Added `toCents()`.", "a", "to_cents"), Unproven);
    stands(&by("Removed `toCents()`.", "function toCents() {}\na", "function toCents() {}\nb"), Contradicted);
    stands(&by("Removed `toCents()`.", "toCents();\na", "toCents();\nb"), Unproven);
    stands(&by("Removed `toCents()`.", "function toCents() {}", "b"), Supported);
    stands(
        &by("Renamed `toCents` to `inCents`.", "function toCents() {}\na", "function toCents() {}\nb"),
        Contradicted,
    );
    stands(
        &by("Renamed `toCents` to `inCents`.", "function toCents() {}", "function inCents() {}"),
        Supported,
    );
    stands(&by("Renamed `toCents` to `inCents`.", "x", "y"), Unproven);
}
