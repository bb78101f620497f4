//! How each sort of required evidence stands before and after its deadline.

use super::*;
use crate::change::{Deployment, Evidence, EvidenceFile, PullRequest, Tree};
use crate::ids::Sha;
use crate::policy::Policy;

fn sha(digit: &str) -> Sha {
    digit.repeat(40).parse().unwrap()
}

fn change(evidence: Evidence) -> Change {
    Change {
        pr: PullRequest::default(),
        base_sha: sha("b"),
        head_sha: sha("a"),
        base: Tree::default(),
        head: Tree::default(),
        files: vec![].into(),
        commits: vec![],
        history: Default::default(),
        evidence,
    }
}

fn weigh(require: &str, evidence: &Evidence, outlook: Outlook) -> (State, String) {
    let policy = Policy::parse("gainsay.toml", &format!("[evidence]\nrequire = [\"{require}\"]\n")).unwrap();
    let change = change(Evidence { outlook, ..evidence.clone() });
    let required = policy.evidence.demands.weigh(&change).pop().unwrap();
    (required.state, required.because)
}

/// A check run of head: its name, its conclusion and the minute at which it began.
fn check(name: &str, conclusion: &str, minute: u32) -> CheckResult {
    CheckResult {
        name: name.into(),
        conclusion: Some(conclusion).filter(|c| !c.is_empty()).map(str::to_owned),
        head_sha: Some(sha("a")),
        started: Some(format!("2026-01-01T10:{minute:02}:00Z")),
        ..CheckResult::default()
    }
}

fn checks(checks: &[CheckResult]) -> Evidence {
    Evidence { checks: checks.to_vec(), ..Evidence::default() }
}

fn state(require: &str, evidence: &Evidence) -> State {
    weigh(require, evidence, Outlook::Open).0
}

#[test]
fn what_is_not_there_is_awaited_and_then_missing() {
    for require in ["check:e2e", "deployment:preview", "junit", "approval:human"] {
        let at = |outlook| weigh(require, &Evidence::default(), outlook).0;
        assert_eq!([at(Outlook::Starting), at(Outlook::Open)], [State::Awaited; 2], "{require}");
        assert_eq!(at(Outlook::Over), State::Missing, "{require}");
        let handed_in = if require == "junit" { State::Missing } else { State::Unseen };
        assert_eq!(at(Outlook::HandedIn), handed_in, "{require}");
    }
}

#[test]
fn a_check_is_met_by_success_alone() {
    for (conclusion, wanted) in [
        ("success", State::Met),
        ("failure", State::Refused),
        ("error", State::Refused),
        ("timed_out", State::Refused),
        ("startup_failure", State::Refused),
        ("neutral", State::Awaited),
        ("skipped", State::Awaited),
        ("cancelled", State::Awaited),
        ("action_required", State::Awaited),
        ("stale", State::Awaited),
        ("", State::Awaited),
    ] {
        assert_eq!(state("check:e2e", &checks(&[check("e2e", conclusion, 1)])), wanted, "{conclusion}");
    }
    assert_eq!(state("check:e2e", &checks(&[check("e2e-other", "success", 1)])), State::Awaited);
}

#[test]
fn what_says_no_blocks_before_the_deadline_too() {
    let failed = checks(&[check("e2e", "failure", 1)]);
    for outlook in [Outlook::Starting, Outlook::Open, Outlook::Over, Outlook::HandedIn] {
        assert_eq!(weigh("check:e2e", &failed, outlook).0, State::Refused, "{outlook:?}");
    }
}

#[test]
fn of_one_name_the_newest_run_counts_in_any_order() {
    let both = |first: CheckResult, second: CheckResult| {
        let states =
            [[first.clone(), second.clone()], [second, first]].map(|c| state("check:e2e", &checks(&c)));
        assert_eq!(states[0], states[1]);
        states[0]
    };
    assert_eq!(both(check("e2e", "failure", 1), check("e2e", "success", 2)), State::Met);
    assert_eq!(both(check("e2e", "success", 1), check("e2e", "failure", 2)), State::Refused);
    assert_eq!(both(check("e2e", "failure", 1), check("e2e", "", 2)), State::Awaited);
    assert_eq!(both(check("e2e", "failure", 1), check("e2e", "success", 1)), State::Refused);
}

#[test]
fn of_a_glob_every_name_must_succeed() {
    let of = |second: &str| {
        state("check:e2e*", &checks(&[check("e2e (a)", "success", 1), check("e2e (b)", second, 1)]))
    };
    assert_eq!([of("success"), of(""), of("failure")], [State::Met, State::Awaited, State::Refused]);
}

#[test]
fn evidence_of_another_commit_never_counts() {
    let stale = CheckResult { head_sha: Some(sha("c")), ..check("e2e", "success", 1) };
    let (state, because) = weigh("check:e2e", &checks(&[stale]), Outlook::Open);
    assert_eq!(state, State::Awaited);
    assert!(because.contains("another commit, which does not count"), "{because}");
    let unsaid = CheckResult { head_sha: None, ..check("e2e", "success", 1) };
    assert_eq!(weigh("check:e2e", &checks(&[unsaid]), Outlook::HandedIn).0, State::Met);
    let of = |digit| {
        weigh("deployment:preview", &deployments(&[("preview", Some("success"), digit)]), Outlook::Open).0
    };
    assert_eq!([of("a"), of("c")], [State::Met, State::Awaited]);
}

fn deployments(all: &[(&str, Option<&str>, &str)]) -> Evidence {
    let one = |(environment, state, digit): &(&str, Option<&str>, &str)| Deployment {
        environment: (*environment).into(),
        state: state.map(str::to_owned),
        sha: Some(sha(digit)),
        url: None,
    };
    Evidence { deployments: all.iter().map(one).collect(), ..Evidence::default() }
}

#[test]
fn a_deployment_is_met_by_one_success_of_this_commit() {
    let of = |states: &[Option<&'static str>]| {
        let all: Vec<_> = states.iter().map(|state| ("Preview", *state, "a")).collect();
        state("deployment:preview", &deployments(&all))
    };
    assert_eq!(of(&[Some("success")]), State::Met);
    assert_eq!(of(&[Some("failure"), Some("success")]), State::Met);
    assert_eq!(of(&[Some("failure")]), State::Refused);
    assert_eq!(of(&[Some("failure"), Some("in_progress")]), State::Awaited);
    assert_eq!(of(&[None]), State::Awaited);
    assert_eq!(of(&[Some("inactive")]), State::Awaited);
    let elsewhere = deployments(&[("production", Some("success"), "a")]);
    assert_eq!(state("deployment:preview", &elsewhere), State::Awaited);
}

#[test]
fn a_test_report_counts_if_it_can_be_read() {
    let report = |text: &str| Evidence {
        tests: vec![EvidenceFile { name: "junit.xml".into(), bytes: text.as_bytes().to_vec() }],
        ..Evidence::default()
    };
    let good = report("<testsuite name=\"a\" tests=\"1\"><testcase name=\"b\"/></testsuite>");
    assert_eq!(state("junit", &good), State::Met);
    assert_eq!(state("junit", &report("no report")), State::Awaited);
    assert_eq!(weigh("junit", &report("no report"), Outlook::Over).0, State::Missing);
}
