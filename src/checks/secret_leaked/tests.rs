//! Facts about what of a change is searched and what is said of it.

use crate::change::{
    AddedLines, Additions, Change, Commit, Effect, Evidence, FileChange, Person, PullRequest, Status, Tree,
};
use crate::checks::{Check, Examination, Level};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::secrets::template::make;
use crate::undecided::{Undecided, Weight};

use super::SecretLeaked;

fn path(text: &str) -> RepoPath {
    text.parse().unwrap()
}

fn commit(digit: char, additions: Additions) -> Commit {
    let who = Person::default();
    let sha = digit.to_string().repeat(40).parse().unwrap();
    let (author, effect) = (who.clone(), Effect::Something);
    Commit { sha, parents: 1, author, committer: who, message: "Work".into(), effect, additions }
}

fn added(file: &str, lines: &[(usize, &str)]) -> Additions {
    let lines = lines.iter().map(|(n, line)| (*n, (*line).to_owned())).collect();
    Additions::Loaded(vec![AddedLines { path: path(file), lines: Ok(lines) }])
}

/// A change of one file, whose base may be missing.
fn change(file: &str, base: Option<&str>, head: &str, commits: Vec<Commit>) -> Change {
    let tree = |text: Option<&str>| Tree::of_files(text.map(|text| (file, text.as_bytes())));
    let status = if base.is_some() { Status::Modified } else { Status::Added };
    Change {
        pr: PullRequest::default(),
        base_sha: "b".repeat(40).parse().unwrap(),
        head_sha: "c".repeat(40).parse().unwrap(),
        base: tree(base),
        head: tree(Some(head)),
        files: vec![FileChange { status, base: base.map(|_| path(file)), head: Some(path(file)) }].into(),
        commits,
        history: Default::default(),
        evidence: Evidence::default(),
    }
}

fn run(change: &Change) -> Examination {
    SecretLeaked.run(change, &Claims::default())
}

#[test]
fn a_key_replaced_between_its_first_and_last_line_is_found() {
    let (old, new) = (make("{pem:RSA PRIVATE KEY:1190}", "old"), make("{pem:RSA PRIVATE KEY:1190}", "new"));
    let examination = run(&change("server.key", Some(&old), &new, Vec::new()));
    assert_eq!(examination.findings.len(), 1);
    assert_eq!(examination.findings[0].level, Level::Block);
}

#[test]
fn a_re_wrapped_key_of_base_is_silent() {
    let old = make("{pem:RSA PRIVATE KEY:1190}", "old");
    let new = format!("key: \"{}\"\n", old.replace('\n', "\\n"));
    let examination = run(&change("server.yaml", Some(&old), &new, Vec::new()));
    let levels: Vec<Level> = examination.findings.iter().map(|finding| finding.level).collect();
    assert_eq!(levels, [Level::Note], "it is base's, and worth a note");
    assert!(examination.findings[0].headline.ends_with("in the base branch already"));
}

#[test]
fn what_base_held_as_a_note_is_not_told_again() {
    let line = make("k = 'sk_test_{an:24}'\n", "a");
    assert_eq!(run(&change("a.py", None, &line, Vec::new())).findings.len(), 1);
    assert!(run(&change("a.py", Some(&line), &format!("\n{line}"), Vec::new())).findings.is_empty());
}

#[test]
fn an_added_comment_for_scanners_is_told_and_not_obeyed() {
    let line = |seed: &str| make("k = 'sk_live_{an:24}'  # gitleaks:allow\n", seed);
    let levels = |base: Option<&str>, head: &str| {
        let examination = run(&change("a.py", base, head, Vec::new()));
        examination.findings.iter().map(|finding| finding.level).collect::<Vec<_>>()
    };
    assert_eq!(levels(None, &line("a")), [Level::Block, Level::Note]);
    assert_eq!(levels(Some(&line("a")), &line("a")), [Level::Note], "the comment was there before");
    assert!(levels(None, "ALLOW = 'gitleaks:allow'\n").is_empty(), "a string is no comment");
    assert_eq!(levels(None, "x = 1  # Pragma: allowlist secret\n"), [Level::Note]);
}

#[test]
fn a_pair_is_found_around_a_line_that_stays() {
    let (id, secret) = (make("id = AKIA{b32:16}", "a"), make("secret = {b64:40}", "a"));
    let lines = [(1, id.as_str()), (3, secret.as_str())];
    let examination = run(&change("a.ini", None, "gone", vec![commit('1', added("a.ini", &lines))]));
    let finding = &examination.findings[0];
    assert_eq!((examination.findings.len(), finding.level, finding.primary.line), (1, Level::Block, 3));
    assert!(finding.primary.label.contains("1111111111") && finding.explanation.contains("git reset --soft"));
}

#[test]
fn one_value_in_two_commits_and_at_head_is_one_finding() {
    let line = make("t = 'ghp_{an:30}{crc}'", "a");
    let commits = vec![commit('1', added("a.py", &[(1, &line)])), commit('2', added("b.py", &[(7, &line)]))];
    let examination = run(&change("a.py", None, &line, commits));
    let finding = &examination.findings[0];
    assert_eq!((examination.findings.len(), finding.related.len()), (1, 1));
    assert_eq!(finding.related[0].path, path("b.py"));
    assert!(finding.primary.excerpt.is_none());
}

#[test]
fn what_was_not_loaded_is_decisive_and_a_large_picture_is_shown() {
    let unread = |name: &str| {
        let lines = Err(Undecided::new("has many bytes"));
        Additions::Loaded(vec![AddedLines { path: path(name), lines }])
    };
    let weights = |additions: Additions| {
        let examination = run(&change("a.py", None, "x", vec![commit('1', additions)]));
        examination.undecided.iter().map(|u| u.weight).collect::<Vec<_>>()
    };
    assert_eq!(weights(Additions::NotLoaded), [Weight::Decisive]);
    assert_eq!(weights(unread("dump.sql")), [Weight::Decisive]);
    assert_eq!(weights(unread("intro.mp4")), [Weight::Shown]);
}

#[test]
fn a_leak_in_words_names_its_line_and_says_that_the_file_only_stands_in() {
    let mut change = change("docs/a.txt", None, "x", Vec::new());
    change.pr.body = make("one\ntwo ghp_{an:30}{crc}", "a");
    let finding = &run(&change).findings[0];
    assert_eq!(finding.words.as_ref().map(|source| source.line), Some(2));
    assert!(finding.headline.ends_with("line 2 of the pull request's body"));
    assert!(finding.primary.label.ends_with("not in this file"));
}

#[test]
fn a_file_named_like_a_token_is_found() {
    let file = make("keys/ghp_{an:30}{crc}.txt", "a");
    let finding = &run(&change(&file, None, "x", Vec::new())).findings[0];
    assert!(finding.headline.ends_with("a file's name"));
}

#[test]
fn the_fingerprint_stays_when_lines_move_and_differs_between_values() {
    let print = |seed: &str, before: &str| {
        let text = format!("{before}{}", make("ghp_{an:30}{crc}", seed));
        run(&change("a.py", None, &text, Vec::new())).findings[0].fingerprint.clone()
    };
    assert_eq!(print("a", ""), print("a", "\n\nx = "));
    assert_ne!(print("a", ""), print("b", ""));
}
