//! Kind by kind: gates, commands, sizes, dependencies and what nothing measures.

use super::super::super::{Dependency, Size, Subject};
use super::*;
use crate::change::{JobStep, WorkflowJob};

/// One claim of a kind, in these words.
fn claim(kind: ClaimKind, quote: &str) -> Claims {
    let at = crate::claims::Source { part: Part::Body, line: 1 };
    Claims { list: vec![Claim { kind, quote: quote.into(), at }], ..Claims::default() }
}

#[track_caller]
fn is(change: &Change, kind: ClaimKind, quote: &str, standing: Standing, because: &str) {
    let judged = weigh(change, &claim(kind, quote)).remove(0);
    assert_eq!((judged.standing, judged.because.as_str()), (standing, because), "{quote}");
}

fn job(name: &str, conclusion: &str, steps: &[(&str, &str)]) -> WorkflowJob {
    let step = |(name, conclusion): &(&str, &str)| JobStep {
        name: (*name).into(),
        conclusion: Some((*conclusion).into()),
    };
    WorkflowJob {
        name: name.into(),
        conclusion: Some(conclusion.into()),
        steps: steps.iter().map(step).collect(),
        ..WorkflowJob::default()
    }
}

const WORKFLOW: &str = "name: CI
on: pull_request
jobs:
  checks:
    name: checks (${{ matrix.os }})
    strategy: {matrix: {os: [linux, windows]}}
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - name: Lint
        run: npm run lint
      - name: Unit tests
        run: |
          npm test
      - name: Types and build
        run: npx tsc --noEmit && npm run build
      - name: Loose
        run: cargo clippy || true
";

fn with_jobs(jobs: &[WorkflowJob]) -> Change {
    let mut change = told("", &[], &[("a.ts", "a"), (".github/workflows/ci.yml", WORKFLOW)]);
    change.evidence.jobs = jobs.to_vec();
    change
}

#[test]
fn a_step_tells_which_command_ran_and_how_it_ended() {
    let run = |lint: &str, tests: &str| {
        let steps = [("Run npm ci", "success"), ("Lint", lint), ("Unit tests", tests), ("Loose", "success")];
        with_jobs(&[job("checks (linux)", "failure", &steps)])
    };
    let ran = || ClaimKind::Ran("npm run test".into());
    is(
        &run("success", "success"),
        ran(),
        "Ran it.",
        Supported,
        "the step `Unit tests` of `checks (linux)` ran `npm run test` and succeeded on this commit",
    );
    is(
        &run("success", "failure"),
        ran(),
        "Ran it.",
        Contradicted,
        "the step `Unit tests` of `checks (linux)` ran `npm run test` and failed on this commit",
    );
    is(
        &run("failure", "skipped"),
        ran(),
        "Ran it.",
        Unproven,
        "the step `Unit tests` of `checks (linux)` runs `npm run test`, and was skipped on this commit",
    );
    let other = || ClaimKind::Ran("pytest".into());
    is(
        &run("success", "success"),
        other(),
        "Ran it.",
        Unproven,
        "no step of this commit's workflow jobs is known to run `pytest`",
    );
    let two = [
        job("checks (linux)", "success", &[("Unit tests", "success")]),
        job("checks (windows)", "failure", &[("Unit tests", "failure")]),
    ];
    is(
        &with_jobs(&two),
        ran(),
        "Ran it.",
        Unproven,
        "the step `Unit tests` of `checks (linux)` succeeded and the step `Unit tests` of `checks (windows)` failed on this commit",
    );
    let lint = ClaimKind::LintPasses;
    is(
        &run("failure", "skipped"),
        lint.clone(),
        "Lint passes.",
        Contradicted,
        "the step `Lint` of `checks (linux)` failed on this commit",
    );
    is(
        &run("success", "failure"),
        lint.clone(),
        "Lint passes.",
        Supported,
        "the step `Lint` of `checks (linux)` succeeded on this commit",
    );
    is(
        &run("failure", "skipped"),
        lint.clone(),
        "Lint passes in the parser.",
        Unproven,
        "the step `Lint` of `checks (linux)` failed on this commit, and the text may speak of a part",
    );
    let loose = "the step `Loose` of `checks (linux)` throws failures away, so its success tells nothing";
    is(
        &with_jobs(&[job("checks (linux)", "success", &[("Loose", "success")])]),
        lint,
        "Lint passes.",
        Unproven,
        loose,
    );
    let both = with_jobs(&[job("checks (linux)", "failure", &[("Types and build", "failure")])]);
    is(
        &both,
        ClaimKind::TypesPass,
        "Types check.",
        Unproven,
        "the step `Types and build` of `checks (linux)` failed on this commit, and it does more than one thing",
    );
    is(
        &both,
        ClaimKind::Builds,
        "It builds.",
        Unproven,
        "the step `Types and build` of `checks (linux)` failed on this commit, and it does more than one thing",
    );
}

#[test]
fn a_test_job_that_fails_beside_its_tests_refutes_nothing() {
    let failing = |step: &str| {
        let mut change =
            with_jobs(&[job("test", "failure", &[("Set up job", "success"), (step, "failure")])]);
        change.pr.body = "All tests pass.".into();
        change
    };
    stands(&failing("Run actions/upload-artifact@v4"), Unproven);
    stands(&failing("Run npm run lint"), Unproven);
    stands(&failing("Run ./run.sh"), Contradicted);
    stands(&failing("Run pytest -q"), Unproven);
    stands(&failing("Unit tests"), Contradicted);
    let mut idle =
        with_jobs(&[job("test", "success", &[("Set up job", "success"), ("Run pytest", "skipped")])]);
    idle.pr.body = "All tests pass.".into();
    stands(&idle, Unproven);
}

#[test]
fn gates_are_told_by_check_runs_of_their_kind() {
    let by = |checks: &[(&str, &str)]| with_evidence("", "", checks);
    let lint = || ClaimKind::LintPasses;
    is(
        &by(&[("eslint", "failure")]),
        lint(),
        "Lint is clean.",
        Contradicted,
        "the check run `eslint` failed on this commit",
    );
    is(
        &by(&[("rustfmt", "failure")]),
        lint(),
        "Lint is clean.",
        Unproven,
        "the check run `rustfmt` failed on this commit, and the text names another tool",
    );
    is(
        &by(&[("ruff", "failure")]),
        lint(),
        "ESLint is clean.",
        Unproven,
        "the check run `ruff` failed on this commit, and the text names another tool",
    );
    is(
        &by(&[("lint", "failure"), ("lint", "success")]),
        lint(),
        "Lint is clean.",
        Unproven,
        "the check run `lint` both failed and succeeded on this commit",
    );
    is(
        &by(&[("typecheck", "success")]),
        ClaimKind::TypesPass,
        "No type errors.",
        Supported,
        "the check run `typecheck` succeeded on this commit",
    );
    is(
        &by(&[("build", "failure")]),
        ClaimKind::Builds,
        "It builds.",
        Contradicted,
        "the check run `build` failed on this commit",
    );
    is(
        &by(&[("build", "cancelled")]),
        ClaimKind::Builds,
        "It builds.",
        Unproven,
        "the check run `build` ended as cancelled on this commit",
    );
    is(
        &by(&[]),
        ClaimKind::Builds,
        "It builds.",
        Unproven,
        "no check run and no job of this commit is known to build it",
    );
    let mut named = by(&[("verify", "failure")]);
    named.evidence.kinds.add("verify", CheckKind::Build).unwrap();
    is(&named, ClaimKind::Builds, "It builds.", Contradicted, "the check run `verify` failed on this commit");
    let mut stale = by(&[("build", "failure")]);
    stale.evidence.checks[0].head_sha = Some("f".repeat(40).parse().unwrap());
    is(
        &stale,
        ClaimKind::Builds,
        "It builds.",
        Unproven,
        "the check run `build` is of commit ffffffffff and not of this one, so it does not count",
    );
}

#[test]
fn the_size_is_refuted_only_far_from_the_difference() {
    let base = [("a.ts", "a\n"), ("package-lock.json", "1\n"), ("b.ts", "b\n")];
    let many: String = (0..100).map(|n| format!("line {n}\n")).collect();
    let head = [("a.ts", many.as_str()), ("package-lock.json", "2\n"), ("b.ts", "b2\n")];
    let change = told("", &base, &head);
    let real = "by the difference 3 files changed, with 102 lines added and 3 lines removed";
    let files = |n| ClaimKind::Size(Size { files: Some(n), ..Size::default() });
    let added = |n| ClaimKind::Size(Size { added: Some(n), ..Size::default() });
    is(&change, files(3), "", Supported, real);
    is(&change, files(2), "", Unproven, real);
    is(&change, files(12), "", Contradicted, real);
    is(&change, added(101), "", Supported, real);
    is(&change, added(120), "", Unproven, real);
    is(&change, added(10), "", Contradicted, real);
    is(&change, added(1_000), "", Contradicted, real);
}

#[test]
fn tests_only_is_refuted_by_code_without_tests() {
    let by = |path: &str, old: &str, new: &str| told("", &[(path, old)], &[(path, new)]);
    let whole = "Tests-only change.";
    let of = |change: &Change| weigh(change, &claim(ClaimKind::TestsOnly, whole)).remove(0).standing;
    assert_eq!(of(&by("a.test.ts", "a", "b")), Supported);
    assert_eq!(of(&by("src/a.rs", "fn a() {}", "fn b() {}")), Contradicted);
    assert_eq!(of(&by("src/a.rs", "// one\nfn a() {}", "// two\nfn a() {}")), Unproven);
    assert_eq!(
        of(&by("src/a.rs", "fn a() {}\n#[cfg(test)]\nmod tests {}", "fn b() {}\n#[cfg(test)]\nmod tests {}")),
        Unproven
    );
    assert_eq!(of(&by("package.json", "{}", "{\"a\":1}")), Unproven);
}

#[test]
fn a_file_said_to_be_changed_must_differ() {
    let base = [("src/a.ts", "a"), ("src/b.ts", "b"), ("x/c.ts", "c"), ("y/c.ts", "c")];
    let head = [("src/a.ts", "a2"), ("src/b.ts", "b"), ("x/c.ts", "c"), ("y/c.ts", "c")];
    let change = told("", &base, &head);
    let file = |name: &str| ClaimKind::Changed(Subject::File(name.into()));
    is(&change, file("src/a.ts"), "", Supported, "src/a.ts changed");
    is(&change, file("b.ts"), "", Contradicted, "src/b.ts is the same at base and head");
    is(&change, file("c.ts"), "", Unproven, "several files are called c.ts, and none of them changed");
    is(&change, file("d.ts"), "", Unproven, "no d.ts is in the tree");
    let by = |old: &str, new: &str| told("", &[("a.ts", old)], &[("a.ts", new)]);
    let symbol = || ClaimKind::Changed(Subject::Symbol("total".into()));
    is(
        &by("function total() { a }", "function total() { b }"),
        symbol(),
        "",
        Supported,
        "`total` stands in changed lines of a.ts",
    );
    is(&by("total()\na", "total()\nb"), symbol(), "", Unproven, "no changed line names `total`");
}

#[test]
fn a_dependency_is_told_by_manifests_and_lock_files() {
    let npm = |names: &str| format!("{{\"dependencies\":{{{names}}}}}");
    let by = |old: &str, new: &str, lock: &str| {
        told("", &[("package.json", old), ("yarn.lock", "")], &[("package.json", new), ("yarn.lock", lock)])
    };
    let (one, two) = (npm("\"a\":\"^1.2.0\""), npm("\"a\":\"^1.2.0\",\"b\":\"2.0.0\""));
    let added = || ClaimKind::Dependency(Dependency::Added("b".into()));
    let removed = || ClaimKind::Dependency(Dependency::Removed("b".into()));
    is(&by(&one, &two, "x"), added(), "", Supported, "package.json lists `b`, and did not before");
    is(&by(&two, &two, "x"), added(), "", Unproven, "package.json listed `b` before");
    let zod = || ClaimKind::Dependency(Dependency::Added("zod".into()));
    is(
        &by(&one, &two, "x"),
        zod(),
        "",
        Contradicted,
        "no manifest lists `zod`, and no changed file names it",
    );
    is(&by(&one, &two, "zod@1"), zod(), "", Unproven, "no manifest that is read here lists `zod`");
    is(&by(&two, &one, "x"), removed(), "", Supported, "package.json no longer lists `b`");
    is(&by(&two, &two, "x"), removed(), "", Contradicted, "package.json still lists `b`");
    let bumped = |to: &str| {
        let name = "a".into();
        ClaimKind::Dependency(Dependency::Bumped { name, from: None, to: to.into() })
    };
    is(
        &by(&npm("\"a\":\"^1.1.0\""), &one, "x"),
        bumped("1.2"),
        "",
        Supported,
        "package.json asks for `a` 1.2",
    );
    is(
        &by(&one, &one, "x"),
        bumped("1.3.0"),
        "",
        Contradicted,
        "package.json asks for `a` ^1.2.0, and no changed file speaks of 1.3.0",
    );
    is(
        &by(&one, &one, "a@^1.2.0:\n  version \"1.3.0\""),
        bumped("v1.3.0"),
        "",
        Supported,
        "yarn.lock has `a` at 1.3.0",
    );
    is(
        &by(&one, &one, "c 1.3.0"),
        bumped("1.3.0"),
        "",
        Unproven,
        "no manifest that is read here asks for `a` 1.3.0",
    );
}

#[test]
fn a_migration_is_looked_for_where_tools_keep_them() {
    let by = |path: &str, text: &str| told("", &[], &[(path, text)]);
    let of = |change: &Change| weigh(change, &claim(ClaimKind::MigrationIncluded, "")).remove(0).standing;
    for path in
        ["db/migrate/1_a.rb", "shop/migrations/0002_b.py", "src/V2__orders.sql", "1700000000_a.up.sql"]
    {
        assert_eq!(of(&by(path, "x")), Supported, "{path}");
    }
    assert_eq!(of(&by("src/a.ts", "let a = 1;")), Contradicted);
    assert_eq!(of(&by("src/a.ts", "await migrate(db);")), Unproven);
    assert_eq!(of(&by("tables.sql", "x")), Unproven);
}

#[test]
fn what_nothing_measures_is_unproven_with_the_reason() {
    let code = told("", &[("a.ts", "a")], &[("a.ts", "b")]);
    is(&code, ClaimKind::Fixes(7), "", Unproven, "only the issue #7 itself tells what closes it");
    is(
        &code,
        ClaimKind::BehaviourUnchanged,
        "",
        Unproven,
        "a.ts changed, and nothing that was given compares what it does",
    );
    let words = told("", &[("a.md", "a"), ("tests/a.ts", "a")], &[("a.md", "b"), ("tests/a.ts", "b")]);
    is(&words, ClaimKind::NoBreakingChange, "", Supported, "only tests and documentation changed");
}
