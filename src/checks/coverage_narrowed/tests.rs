//! What no fixture can hold: a tree that other rules block, and filters over reports.

use super::*;
use crate::change::{Evidence, FileChange, PullRequest, Status};
use crate::claims;
use crate::undecided::Weight;

fn path(text: &str) -> RepoPath {
    text.parse().unwrap()
}

/// A change of these files, given with their contents at base and head.
fn change(files: &[(&str, &str, &str)]) -> Change {
    let of =
        |head: bool| Tree::of_files(files.iter().map(|(p, a, b)| (*p, if head { b } else { a }.as_bytes())));
    let differing = files.iter().filter(|(_, base, head)| base != head);
    let differing = differing.map(|(p, _, _)| FileChange {
        status: Status::Modified,
        base: Some(path(p)),
        head: Some(path(p)),
    });
    let sha = "0".repeat(40).parse::<crate::ids::Sha>().unwrap();
    Change {
        pr: PullRequest::default(),
        base_sha: sha.clone(),
        head_sha: sha,
        base: of(false),
        head: of(true),
        files: differing.collect::<Vec<_>>().into(),
        commits: Vec::new(),
        history: Default::default(),
        evidence: Evidence::default(),
    }
}

fn examine(change: &Change) -> Examination {
    CoverageNarrowed.run(change, &claims::read(change))
}

#[test]
fn a_manifest_with_conflict_markers_is_undecided_and_no_file_has_left() {
    let base = r#"{"scripts":{"test":"jest --coverage"},"jest":{"collectCoverageFrom":["src/**/*.js"]}}"#;
    let broken = "<<<<<<< ours\n{\"name\":\"a\"}\n=======\n{\"name\":\"b\"}\n>>>>>>> theirs\n";
    let files = [("package.json", base, broken), ("src/a.js", "f()", "f()"), ("lib/b.js", "1", "2")];
    let examination = examine(&change(&files));
    assert!(examination.findings.is_empty(), "{:?}", examination.findings);
    let undecided = &examination.undecided[0];
    assert_eq!((undecided.path.clone(), undecided.weight), (Some(path("package.json")), Weight::Decisive));
    // Of another package's manifest nothing depends.
    let other =
        [("package.json", base, base), ("src/a.js", "f()", "f()"), ("docs/package.json", "{}", broken)];
    let examination = examine(&change(&other));
    assert!(examination.findings.is_empty() && examination.undecided.is_empty(), "{examination:?}");
}

fn scope(tool: &'static str, stage: Stage, files: &[&str]) -> Scope {
    let mut scope = Scope::new(tool, "", vec![path("codecov.yml")]);
    scope.stage = stage;
    scope.mode = Mode::Matching;
    scope.files = files.iter().map(|p| path(p)).collect();
    scope
}

fn judge(base: &[Scope], head: &[Scope]) -> Vec<String> {
    let change = change(&[("codecov.yml", "1", "2"), ("src/a.js", "f()", "f()"), ("src/b.js", "g()", "g()")]);
    let claims = claims::read(&change);
    let sides = Sides::of(&change, base, head);
    let groups = sides.groups();
    let mut told = BTreeSet::new();
    let findings = groups.iter().filter_map(|group| sides.judge(group, &claims, &mut told));
    findings.map(|finding| finding.headline).collect()
}

#[test]
fn a_filter_over_reports_compares_only_with_itself() {
    let (run, both, one) = (Stage::Run, ["src/a.js", "src/b.js"], ["src/a.js"]);
    let filter = |files: &[&str]| scope("codecov", Stage::Report, files);
    let jest = scope("jest", run, &both);
    // Jest measures all of them at head, and Codecov leaves one out.
    let found = judge(&[jest.clone(), filter(&both)], &[jest.clone(), filter(&one)]);
    assert_eq!(found, ["1 of 2 files left codecov's coverage scope"]);
    // A filter holds nothing in the measurement that the tool itself leaves out.
    let found = judge(&[jest.clone(), filter(&both)], &[scope("jest", run, &one), filter(&both)]);
    assert_eq!(found, ["1 of 2 files left jest's coverage scope"]);
    // Without its filter a report has everything, and another tool can take over from one that ran.
    assert!(judge(&[jest.clone(), filter(&both)], std::slice::from_ref(&jest)).is_empty());
    assert!(judge(&[jest], &[scope("vitest", run, &both)]).is_empty());
}
