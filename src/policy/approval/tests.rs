//! Whose approval counts, and each near miss.

use super::*;
use crate::change::{Additions, Commit, Effect, Evidence, PullRequest, Tree};
use crate::ids::Sha;

fn sha(digit: &str) -> Sha {
    digit.repeat(40).parse().unwrap()
}

fn person(login: &str, id: u64) -> Person {
    Person { login: login.into(), id: Some(id), ..Person::default() }
}

/// Kim, who may push and wrote nothing, approves head.
fn approval() -> Approval {
    Approval {
        person: person("kim", 8),
        is_bot: false,
        permission: Permission::Write,
        sha: Some(sha("a")),
        state: ReviewState::Approved,
    }
}

/// Robin's pull request with a commit of robin's with that message.
fn change(approvals: Vec<Approval>, message: &str) -> Change {
    let git =
        Person { name: "Robin Example".into(), email: "robin@example.com".into(), ..person("robin", 7) };
    let commit = Commit {
        sha: sha("a"),
        parents: 1,
        author: git.clone(),
        committer: git,
        message: message.into(),
        effect: Effect::NotKnown,
        additions: Additions::NotLoaded,
    };
    Change {
        pr: PullRequest { author: person("robin", 7), ..PullRequest::default() },
        base_sha: sha("b"),
        head_sha: sha("a"),
        base: Tree::default(),
        head: Tree::default(),
        files: vec![].into(),
        commits: vec![commit],
        history: Default::default(),
        evidence: Evidence { approvals, ..Evidence::default() },
    }
}

fn verdict(approvals: Vec<Approval>) -> Result<String, String> {
    by_a_person(&change(approvals, "Fix")).map(|person| person.login.clone())
}

fn why(approval: Approval) -> String {
    let why = verdict(vec![approval]).unwrap_err();
    why.split_once(": ").unwrap().1.to_owned()
}

#[test]
fn a_person_with_write_access_who_wrote_none_of_it_approves() {
    assert_eq!(verdict(vec![approval()]), Ok("kim".into()));
    assert!(verdict(vec![]).unwrap_err().ends_with("has approved this commit"));
}

#[test]
fn an_approval_of_another_commit_does_not_count() {
    assert_eq!(why(Approval { sha: Some(sha("c")), ..approval() }), "kim approved commit cccccccccc");
    assert!(why(Approval { sha: None, ..approval() }).contains("no longer names"));
}

#[test]
fn the_newest_opinion_of_a_person_counts() {
    let with = |state| Approval { state, ..approval() };
    for state in [ReviewState::ChangesRequested, ReviewState::Dismissed] {
        assert!(verdict(vec![approval(), with(state)]).is_err(), "{state:?}");
        assert!(verdict(vec![with(state), approval()]).is_ok(), "{state:?}");
    }
    let renamed =
        Approval { person: person("kim-new", 8), state: ReviewState::ChangesRequested, ..approval() };
    assert!(verdict(vec![approval(), renamed]).is_err(), "the same account under a new name");
    let older = Approval { sha: Some(sha("c")), ..approval() };
    assert!(verdict(vec![older, approval()]).is_ok());
}

#[test]
fn one_persons_request_for_changes_is_not_anothers() {
    let lee = Approval { person: person("lee", 9), state: ReviewState::ChangesRequested, ..approval() };
    assert_eq!(verdict(vec![lee, approval()]), Ok("kim".into()));
}

#[test]
fn write_access_must_be_known() {
    assert_eq!(why(Approval { permission: Permission::Read, ..approval() }), "kim has no write access");
    for permission in [Permission::Unknown, Permission::NotAsked] {
        assert!(why(Approval { permission, ..approval() }).starts_with("kim has a permission"));
    }
}

#[test]
fn bots_and_agents_never_count() {
    assert_eq!(why(Approval { is_bot: true, ..approval() }), "kim is a bot");
    let by = |login: &str, id: u64| why(Approval { person: person(login, id), ..approval() });
    assert_eq!(by("helper[bot]", 99), "helper[bot] is a bot");
    assert_eq!(by("cursoragent", 1), "cursoragent is an agent");
    assert_eq!(by("someone", 198_982_749), "someone is an agent");
    let human = Approval { person: person("claude", 55), ..approval() };
    assert_eq!(verdict(vec![human]), Ok("claude".into()), "a person may be called like an agent");
}

#[test]
fn who_opened_it_or_wrote_a_commit_does_not_count() {
    assert_eq!(why(Approval { person: person("robin", 7), ..approval() }), "robin opened the pull request");
    let mut change = change(vec![approval()], "Fix");
    change.pr.author = person("lee", 9);
    assert!(by_a_person(&change).is_ok());
    change.commits[0].committer = person("kim", 8);
    assert!(by_a_person(&change).unwrap_err().ends_with("kim wrote a part of it"));
    change.commits[0].committer = person("renamed", 8);
    assert!(by_a_person(&change).is_err(), "by id");
    change.commits[0].committer = Person { login: "KIM".into(), ..Person::default() };
    assert!(by_a_person(&change).is_err(), "by login, whatever its case");
    change.commits[0].committer = person("kim", 88);
    assert!(by_a_person(&change).is_ok(), "another account");
}

#[test]
fn who_is_named_as_co_author_does_not_count() {
    let with = |trailer: &str| {
        let message = format!("Fix\n\nCo-authored-by: {trailer}\n");
        by_a_person(&change(vec![approval()], &message)).is_ok()
    };
    for theirs in [
        "K <8+kim@users.noreply.github.com>",
        "K <8+old-name@users.noreply.github.com>",
        "K <kim@users.noreply.github.com>",
        "K <Kim@Users.Noreply.GitHub.com>",
        "K <kim@example.com>",
        "kim <someone@example.com>",
        "Kim",
    ] {
        assert!(!with(theirs), "{theirs}");
    }
    for anothers in [
        "L <9+kim@users.noreply.github.com>",
        "L <9+lee@users.noreply.github.com>",
        "Lee <lee@example.com>",
        "Claude Opus 4.5 <noreply@anthropic.com>",
        "Kimberly <kimberly@example.com>",
    ] {
        assert!(with(anothers), "{anothers}");
    }
}

#[test]
fn permissions_are_asked_for_only_where_an_approval_may_count() {
    let asked = |approvals| {
        let change = change(approvals, "Fix");
        candidates(&change).iter().map(|a| a.person.login.clone()).collect::<Vec<_>>()
    };
    let unasked = Approval { permission: Permission::NotAsked, ..approval() };
    assert_eq!(asked(vec![unasked.clone()]), ["kim"]);
    let robin = Approval { person: person("robin", 7), ..unasked.clone() };
    let stale = Approval { person: person("lee", 9), sha: Some(sha("c")), ..unasked };
    assert!(asked(vec![robin, stale]).is_empty());
}
