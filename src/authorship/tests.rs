//! Every row of the roster proves its agent, and nothing else does.

use super::*;
use crate::change::tree::Tree;
use crate::change::{Additions, Effect, Evidence, PullRequest};

fn change(pr: PullRequest, commits: Vec<Commit>) -> Change {
    let sha: crate::ids::Sha = "a".repeat(40).parse().unwrap();
    Change {
        pr,
        base_sha: sha.clone(),
        head_sha: sha,
        base: Tree::default(),
        head: Tree::default(),
        files: vec![].into(),
        commits,
        history: Default::default(),
        evidence: Evidence::default(),
    }
}

fn commit(name: &str, email: &str, message: &str) -> Commit {
    let person = Person { name: name.into(), email: email.into(), ..Person::default() };
    Commit {
        sha: "b".repeat(40).parse().unwrap(),
        parents: 1,
        author: person.clone(),
        committer: person,
        message: message.into(),
        effect: Effect::NotKnown,
        additions: Additions::NotLoaded,
    }
}

fn by_commit(name: &str, email: &str, message: &str) -> Authorship {
    identify(&change(PullRequest::default(), vec![commit(name, email, message)]))
}

fn by_person(login: &str, id: Option<u64>) -> Authorship {
    let author = Person { login: login.into(), id, ..Person::default() };
    identify(&change(PullRequest { author, ..PullRequest::default() }, vec![]))
}

fn by_body(body: &str) -> Authorship {
    identify(&change(PullRequest { body: body.into(), ..PullRequest::default() }, vec![]))
}

#[test]
fn every_account_of_the_roster_proves_its_agent() {
    for agent in &ROSTER.agents {
        for login in &agent.logins {
            assert_eq!(by_person(login, None).agent.as_ref(), Some(&agent.id), "{login}");
        }
        for id in &agent.ids {
            assert_eq!(by_person("someone", Some(*id)).agent.as_ref(), Some(&agent.id), "{id}");
            let email = format!("{id}+whoever@users.noreply.github.com");
            let wanted = (!agent.reviews).then_some(&agent.id);
            assert_eq!(by_commit("x", &email, "Fix").agent.as_ref(), wanted, "{email}");
        }
    }
}

#[test]
fn every_commit_identity_and_trailer_proves_its_agent() {
    for agent in &ROSTER.agents {
        let id = Some(&agent.id);
        for email in &agent.emails {
            assert_eq!(by_commit("x", email, "Fix").agent.as_ref(), id, "{email}");
            let message = format!("Fix\n\nCo-authored-by: Any Name <{email}>\n");
            assert_eq!(by_commit("x", "x@example.com", &message).agent.as_ref(), id, "{email}");
        }
        for ending in &agent.names {
            assert_eq!(by_commit(&format!("Robin{ending}"), "x@example.com", "Fix").agent.as_ref(), id);
        }
        for start in &agent.subjects {
            assert_eq!(by_commit("x", "x@example.com", &format!("{start} fix")).agent.as_ref(), id);
        }
        for trailer in &agent.trailers {
            let value = trailer.value.as_deref().unwrap_or("anything");
            let message = format!("Fix\n\n{}: {value}\n", trailer.key);
            assert_eq!(by_commit("x", "x@example.com", &message).agent.as_ref(), id, "{message}");
        }
        for marker in &agent.markers {
            assert_eq!(by_body(&format!("Words.\n\n{marker}")).agent.as_ref(), id, "{marker}");
        }
    }
}

#[test]
fn every_agent_has_at_least_one_proof() {
    for a in &ROSTER.agents {
        let proofs = a.logins.len() + a.ids.len() + a.emails.len() + a.markers.len() + a.trailers.len();
        assert!(proofs > 0, "{}", a.id);
    }
}

#[test]
fn what_proves_nothing_is_not_even_a_signal() {
    for entry in &ROSTER.no_proof {
        for email in &entry.emails {
            assert_eq!(by_commit("x", email, "Fix"), Authorship::default(), "{email}");
        }
        for id in &entry.ids {
            assert_eq!(by_person("", Some(*id)), Authorship::default(), "{id}");
            let message = format!("Fix\n\nCo-authored-by: Copilot <{id}+x@users.noreply.github.com>");
            assert_eq!(by_commit("x", "x@example.com", &message), Authorship::default(), "{id}");
        }
        for login in &entry.logins {
            assert_eq!(by_person(login, None), Authorship::default(), "{login}");
        }
        for marker in &entry.markers {
            assert_eq!(by_body(marker), Authorship::default(), "{marker}");
        }
    }
}

#[test]
fn a_branch_or_label_alone_is_a_signal_and_no_proof() {
    for branch in ["claude/fix-it", "copilot/fix", "cursor/a-1a2b", "codex/x", "devin/1700000000-x"] {
        let found =
            identify(&change(PullRequest { branch: branch.into(), ..PullRequest::default() }, vec![]));
        let signal = Signal { kind: SignalKind::Branch, value: branch.into() };
        assert_eq!(found, Authorship { agent: None, model: None, signals: vec![signal] });
    }
    let labels = vec!["codex".to_owned(), "bug".to_owned()];
    let found = identify(&change(PullRequest { labels, ..PullRequest::default() }, vec![]));
    assert_eq!((found.agent, found.signals.len()), (None, 1));
}

#[test]
fn people_called_like_agents_are_people() {
    for name in ["Claude", "Devin", "Jules", "Cody", "cursor", "amp", "continue"] {
        let message = format!("Fix\n\nCo-authored-by: {name} <{name}@example.com>\nReviewed-by: {name}");
        assert_eq!(by_commit(name, "someone@example.com", &message), Authorship::default(), "{name}");
        assert_eq!(by_person(name, None), Authorship::default(), "{name}");
    }
    assert_eq!(by_body("Thanks to Claude Code and Devin."), Authorship::default());
    assert_eq!(by_commit("x", "robin@windsurf.com", "Fix").agent, None);
}

#[test]
fn the_account_outweighs_a_commit_and_a_commit_a_marker() {
    let author = Person { login: "devin-ai-integration[bot]".into(), ..Person::default() };
    let body = "chatgpt.com/codex/tasks/task_1".to_owned();
    let commits = vec![commit("x", "noreply@anthropic.com", "Fix")];
    let pr = PullRequest { author, body, ..PullRequest::default() };
    let found = identify(&change(pr.clone(), commits.clone()));
    assert_eq!((found.agent.as_deref(), found.signals.len()), (Some("devin"), 3));
    let found = identify(&change(PullRequest { author: Person::default(), ..pr }, commits));
    assert_eq!(found.agent.as_deref(), Some("claude-code"));
}

#[test]
fn the_model_is_read_from_the_trailer_of_the_newest_commit_that_names_one() {
    let trailer = |name: &str| format!("Fix\n\nCo-Authored-By: {name} <noreply@anthropic.com>");
    let model = |name: &str| by_commit("x", "x@example.com", &trailer(name)).model;
    for (name, wanted) in [
        ("Claude Opus 4.5", Some("Claude Opus 4.5")),
        ("Claude Sonnet 4.6 (1M context)", Some("Claude Sonnet 4.6")),
        ("Claude Haiku 5", Some("Claude Haiku 5")),
        ("Claude 3.5 Sonnet", Some("Claude 3.5 Sonnet")),
        ("Claude", None),
        ("Claude Code", None),
        ("Claude Opus 4.5<b>", None),
        ("Ask Claude Opus 4.5", None),
    ] {
        assert_eq!(model(name).as_deref(), wanted, "{name}");
    }
    let another = "Fix\n\nCo-Authored-By: Claude Opus 4.5 <someone@example.com>";
    assert_eq!(by_commit("x", "noreply@anthropic.com", another).model, None, "another's address");
    let aider = "Fix\n\nCo-authored-by: aider (openrouter/gpt-5) <aider@aider.chat>";
    assert_eq!(by_commit("x", "x@example.com", aider).model.as_deref(), Some("openrouter/gpt-5"));
    let commits = ["Claude Opus 4", "Claude Opus 4.5", "Claude"]
        .map(|name| commit("x", "x@example.com", &trailer(name)))
        .to_vec();
    assert_eq!(identify(&change(PullRequest::default(), commits)).model.as_deref(), Some("Claude Opus 4.5"));
}

#[test]
fn co_authors_are_read_with_name_and_address() {
    let message =
        "Fix\n\nCo-authored-by: Robin Example <robin@example.com>\nco-authored-by: Kim\nReviewed-by: A <a@b>";
    let found: Vec<(String, String)> = co_authors(message).map(|p| (p.name, p.email)).collect();
    let pair = |name: &str, email: &str| (name.to_owned(), email.to_owned());
    assert_eq!(found, [pair("Robin Example", "robin@example.com"), pair("Kim", "")]);
}
