//! Figures against reports of head and base: what refutes, what confirms, and what stays open.

use super::super::super::tests::change;
use super::super::super::{read, weigh};
use super::*;
use crate::change::{EvidenceFile, FileChange, Tree};
use Standing::{Contradicted, Supported, Unproven};

/// A file in a report: its path, and how many of its first lines ran of how many.
type Ran<'t> = (&'t str, u32, u32);

fn lcov(files: &[Ran<'_>]) -> EvidenceFile {
    let mut text = String::new();
    for (path, hit, found) in files {
        let lines: String = (1..=*found).map(|n| format!("DA:{n},{}\n", u32::from(n <= *hit))).collect();
        text.push_str(&format!("SF:{path}\n{lines}end_of_record\n"));
    }
    EvidenceFile { name: "coverage.info".into(), bytes: text.into() }
}

fn summary(lines: (u32, u32), branches: (u32, u32)) -> EvidenceFile {
    let one = |(hit, found)| format!(r#"{{"total":{found},"covered":{hit},"skipped":0,"pct":0}}"#);
    let all = format!(r#"{{"lines":{},"branches":{}}}"#, one(lines), one(branches));
    EvidenceFile {
        name: "coverage-summary.json".into(),
        bytes: format!(r#"{{"total":{all},"/r/src/a.ts":{all}}}"#).into(),
    }
}

/// A change that turns `src/a.ts` of ten lines into one whose last two lines are new.
fn told(body: &str, reports: Vec<EvidenceFile>) -> Change {
    let mut change = change("Change it", body, &["Change it"]);
    let a = |last: &str| {
        (1..=10)
            .map(|n| if n > 8 { format!("{last}{n}\n") } else { format!("line{n}\n") })
            .collect::<String>()
    };
    let (old, new) = (a("old"), a("new"));
    let ten = a("ten");
    let rest = [
        ("src/b.ts", ten.as_str()),
        ("src/deep/c.ts", &ten),
        ("lib/c.ts", &ten),
        ("pkg/one/package.json", "{}"),
        ("pkg/one/d.ts", &ten),
    ];
    let tree = |own: &str| {
        Tree::of_files(rest.iter().copied().chain([("src/a.ts", own)]).map(|(p, t)| (p, t.as_bytes())))
    };
    (change.base, change.head) = (tree(&old), tree(&new));
    let path: Option<RepoPath> = Some("src/a.ts".parse().unwrap());
    change.files = vec![FileChange { status: Status::Modified, base: path.clone(), head: path }].into();
    change.evidence.coverage = reports;
    change
}

#[track_caller]
fn stands(body: &str, reports: Vec<EvidenceFile>, standing: Standing) -> String {
    judged(&told(body, reports), standing)
}

#[track_caller]
fn judged(change: &Change, standing: Standing) -> String {
    let found = weigh(change, &read(change));
    assert!(
        !found.is_empty() && found.iter().all(|j| j.standing == standing),
        "{}: {found:?}",
        change.pr.body
    );
    found[0].because.clone()
}

#[test]
fn a_named_file_is_weighed_alone() {
    let report = || vec![lcov(&[("src/a.ts", 10, 10), ("src/b.ts", 5, 10), ("src/deep/c.ts", 8, 10)])];
    stands("`src/a.ts` has 100% coverage.", report(), Supported);
    let because = stands("`src/b.ts` has 100% coverage.", report(), Contradicted);
    assert_eq!(because, "the report coverage.info says 50.0 % of the lines of `src/b.ts`");
    stands("`b.ts` has 100% coverage.", report(), Contradicted);
    stands("`src/b.ts` is fully covered.", report(), Contradicted);
    stands("`src/deep` is at 80% coverage.", report(), Supported);
    stands("`src/deep/` is at 90% coverage.", report(), Contradicted);
    stands("`src/a.ts` and `src/b.ts` have 100% coverage.", report(), Contradicted);
    stands("`src/a.ts` and `src/b.ts` have 75% coverage.", report(), Supported);
    // Not in the report, or more than one file of the tree.
    stands("`src/gone.ts` has 100% coverage.", report(), Unproven);
    stands("`c.ts` has 100% coverage.", report(), Unproven);
    // The whole says nothing of a part, nor a part of the whole.
    stands("`parse` has 100% coverage.", report(), Unproven);
    stands("Coverage is 50%.", report(), Unproven);
}

#[test]
fn the_changed_lines_are_weighed_alone() {
    let by = |hit| vec![lcov(&[("src/a.ts", hit, 10), ("src/b.ts", 10, 10)])];
    stands("Coverage of the changed lines is 100 %.", by(10), Supported);
    let because = stands("Coverage of the changed lines is 100 %.", by(8), Contradicted);
    assert_eq!(because, "by the report coverage.info 0 of the 2 changed lines that it measures ran, 0.0 %");
    stands("All new code is fully covered.", by(9), Contradicted);
    stands("Patch coverage: 50%", by(9), Supported);
    // Of the file that the new code stands in it is true.
    stands("New code has 80% coverage.", by(8), Unproven);
    stands("New branches and changed code have 100% branch coverage.", by(8), Unproven);
    stands("Patch coverage is 100%.", vec![lcov(&[("src/b.ts", 1, 10)])], Unproven);
    stands("Patch coverage is 100%.", vec![summary((8, 10), (1, 2))], Unproven);
    stands("Patch coverage is 100%.", vec![lcov(&[("src/a.ts", 10, 40)])], Unproven);
}

#[test]
fn several_reports_refute_only_together() {
    let (one, two) = (lcov(&[("src/a.ts", 5, 10)]), lcov(&[("src/b.ts", 9, 10)]));
    let both = || vec![one.clone(), two.clone()];
    stands("Coverage is 70%.", both(), Supported);
    stands("Coverage is 90%.", both(), Supported);
    stands("Coverage is 95%.", both(), Contradicted);
    // Two runs of one file ran different halves of it.
    let half = |text: &str| EvidenceFile { name: "half.info".into(), bytes: text.into() };
    let halves = vec![
        half("SF:src/a.ts\nDA:1,1\nDA:2,0\nDA:3,0\nDA:4,0\nend_of_record\n"),
        half("SF:src/a.ts\nDA:1,0\nDA:2,1\nDA:3,1\nDA:4,0\nend_of_record\n"),
    ];
    stands("Coverage is 75%.", halves.clone(), Supported);
    stands("Coverage is 90%.", halves, Contradicted);
    let sums = || vec![summary((5, 10), (1, 4)), summary((6, 10), (2, 4))];
    stands("Line coverage is 100%.", sums(), Unproven);
    let broken = EvidenceFile { name: "broken".into(), bytes: b"?".to_vec() };
    stands("Coverage is 95%.", vec![one, broken], Unproven);
}

#[test]
fn a_package_may_be_meant_where_nothing_is_said() {
    let report = || vec![lcov(&[("src/a.ts", 2, 10), ("pkg/one/d.ts", 9, 10)])];
    stands("Coverage is 90%.", report(), Unproven);
    stands("Overall coverage is 90%.", report(), Contradicted);
    stands("Coverage is 95%.", report(), Contradicted);
}

#[test]
fn metrics_are_weighed_each_and_any_where_none_is_named() {
    let report = || vec![summary((9, 10), (6, 10))];
    stands("Branch coverage is 60%.", report(), Supported);
    stands("Branch coverage is 90%.", report(), Contradicted);
    stands("Coverage is 60%.", report(), Supported);
    stands("Coverage is 75%.", report(), Supported);
    stands("Coverage is 95%.", report(), Contradicted);
    stands("Line and branch coverage are 90%.", report(), Contradicted);
    stands("Region coverage is 95%.", report(), Unproven);
    stands("| Metric | Coverage |\n|---|---|\n| Lines | 90% |\n| Branches | 60% |\n", report(), Supported);
    stands("```\nLines        : 95% ( 19/20 )\nBranches     : 70% ( 7/10 )\n```\n", report(), Contradicted);
}

#[test]
fn full_coverage_in_words_is_refuted_by_one_line_and_only_of_everything() {
    let report = || vec![lcov(&[("src/a.ts", 10, 10), ("src/b.ts", 9, 10)])];
    stands("Everything is fully covered.", report(), Contradicted);
    stands("Full coverage.", report(), Unproven);
    stands("Full coverage.", vec![lcov(&[("src/a.ts", 10, 10)])], Supported);
}

#[test]
fn a_rise_is_weighed_at_both_ends() {
    let with = |body: &str, base: &[Ran<'_>]| {
        let mut change = told(body, vec![lcov(&[("src/a.ts", 8, 10)])]);
        change.evidence.base_coverage = vec![lcov(base)];
        change
    };
    judged(&with("Coverage: 50% → 80%", &[("src/a.ts", 5, 10)]), Supported);
    let because = judged(&with("Coverage: 50% → 80%", &[("src/a.ts", 7, 10)]), Contradicted);
    assert!(because.ends_with("at base the report coverage.info says 70.0 % of the lines"), "{because}");
    judged(&with("Coverage: 75% → 80%", &[("src/a.ts", 7, 10)]), Unproven);
    judged(&with("Coverage: 50% → 90%", &[("src/a.ts", 5, 10)]), Contradicted);
    judged(&with("Coverage: 90% → 80%", &[("src/a.ts", 5, 10)]), Unproven);
    judged(&with("Parser coverage: 50% → 80%", &[("src/a.ts", 7, 10)]), Unproven);
    judged(&with("`src/a.ts` coverage: 50% → 80%", &[("src/a.ts", 5, 10)]), Supported);
}
