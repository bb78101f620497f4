//! Whole texts in: what is read, from where, and within which time.

use super::*;
use crate::change::{Additions, Commit, Effect, Evidence, Person, PullRequest, Tree};

pub(crate) fn change(title: &str, body: &str, messages: &[&str]) -> Change {
    let sha = |digit: usize| format!("{digit:040x}").parse::<Sha>().unwrap();
    let commit = |(i, message): (usize, &&str)| Commit {
        sha: sha(i + 1),
        parents: if message.starts_with("Merge") { 2 } else { 1 },
        author: Person::default(),
        committer: Person::default(),
        message: (*message).to_owned(),
        effect: Effect::NotKnown,
        additions: Additions::NotLoaded,
    };
    Change {
        pr: PullRequest { title: title.into(), body: body.into(), ..PullRequest::default() },
        base_sha: sha(0),
        head_sha: sha(messages.len()),
        base: Tree::default(),
        head: Tree::default(),
        files: Vec::new().into(),
        commits: messages.iter().enumerate().map(commit).collect(),
        history: Default::default(),
        evidence: Evidence::default(),
    }
}

fn read_all(title: &str, body: &str, messages: &[&str]) -> Vec<(&'static str, Part, usize)> {
    let claims = read(&change(title, body, messages));
    claims.list.into_iter().map(|c| (c.kind.id(), c.at.part, c.at.line)).collect()
}

#[test]
fn a_title_said_again_by_a_commit_is_one_claim() {
    let title = "Bring test coverage to 100%";
    assert_eq!(
        read_all(title, "", &[title, "Coverage is 90%."]),
        [("coverage", Part::Title, 1), ("coverage", Part::Commit(format!("{:040x}", 2).parse().unwrap()), 1),]
    );
}

#[test]
fn claims_come_in_the_order_of_title_body_and_commits_with_their_lines() {
    let body = "## Verification\n\n- [x] All tests pass\n- [ ] Add tests\n\nCoverage is 91%.\n";
    let first: Sha = format!("{:040x}", 1).parse().unwrap();
    assert_eq!(
        read_all("Docs only change", body, &["Fix\n\nAdd tests for it."]),
        [
            ("docs-only", Part::Title, 1),
            ("tests-pass", Part::Body, 3),
            ("coverage", Part::Body, 6),
            ("tests-added", Part::Commit(first), 3),
        ]
    );
}

#[test]
fn texts_that_quote_others_make_no_claims_and_keep_their_sentences() {
    for (title, message) in [
        ("Revert \"Add tests\"", "Revert \"Add tests\"\n\nAll tests pass."),
        ("Bump lodash from 4.1.0 to 4.2.0", "Bump lodash from 4.1.0 to 4.2.0\n\nAdd tests."),
        ("chore(deps): update x", "chore(deps): update x\n\nAdd tests."),
        ("Release 1.2.0", "chore: release 1.2.0\n\nAdd tests."),
        ("v2.0.1", "v2.0.1\n\nAdd tests."),
        ("Merge branch 'main'", "Merge branch 'main' into x\n\nAdd tests."),
    ] {
        assert_eq!(read_all(title, "All tests pass.\n\nAdd tests.", &[message]), [], "{title}");
    }
    let claims = read(&change("Release 1.2.0", "Add tests.", &[]));
    assert_eq!(claims.sentences.len(), 2);
}

#[test]
fn a_bots_texts_make_no_claims() {
    let mut by_bot = change("Fix", "All tests pass.", &[]);
    by_bot.pr.author.login = "dependabot[bot]".into();
    assert!(read(&by_bot).list.is_empty());
    by_bot.pr.author.login = "robin".into();
    assert_eq!(read(&by_bot).list.len(), 1);
}

#[test]
fn a_templates_own_lines_are_nobodys_claim_and_a_ticked_box_is_its_authors() {
    let template = "All tests pass.\n- [ ] I have added tests that prove it\n";
    let mut change = change("Fix", "All tests pass.\n- [x] I have added tests that prove it\n", &[]);
    change.base = Tree::of_files([(".github/PULL_REQUEST_TEMPLATE.md", template.as_bytes())]);
    let kinds: Vec<_> = read(&change).list.iter().map(|c| c.kind.id()).collect();
    assert_eq!(kinds, ["tests-added"]);
}

#[test]
fn a_block_of_typed_claims_is_read_line_by_line_wherever_it_stands() {
    let body = "## Background\n\n```gainsay\n# a comment\ntests-pass = 12\nsize = { files = 2 }\nall fine\nran = 3\n```\n";
    let claims = read_body(body);
    let found: Vec<_> = claims.list.iter().map(|c| (c.kind.id(), c.at.line, c.quote.as_str())).collect();
    assert_eq!(found, [("tests-pass", 5, "tests-pass = 12"), ("size", 6, "size = { files = 2 }")]);
    let unread: Vec<_> = claims.unread.iter().map(|line| (line.at.line, line.quote.as_str())).collect();
    assert_eq!(unread, [(7, "all fine"), (8, "ran = 3")]);
    for hidden in ["> ```gainsay\n> docs-only = true\n> ```", "<!--\n```gainsay\ndocs-only = true\n```\n-->"]
    {
        let claims = read_body(hidden);
        assert!(claims.list.is_empty() && claims.unread.is_empty(), "{hidden}");
    }
}

#[test]
fn a_templates_lines_in_the_block_are_nobodys_claim() {
    let block = |line: &str| format!("```gainsay\ndocs-only = true\n{line}\n```\n");
    let mut change = change("Fix", &block("tests-added = 2"), &[]);
    change.base = Tree::of_files([(".github/PULL_REQUEST_TEMPLATE.md", block("").as_bytes())]);
    let kinds: Vec<_> = read(&change).list.iter().map(|c| (c.kind.id(), c.at.line)).collect();
    assert_eq!(kinds, [("tests-added", 3)]);
}

#[test]
fn a_text_over_the_limit_is_cut_and_says_so() {
    let body = format!("{}\n\nAll tests pass.\n", "é. ".repeat(100_000));
    let claims = read(&change("Fix", &body, &[]));
    assert_eq!((claims.list.len(), claims.cut), (0, vec![Part::Body]));
}

#[test]
fn hostile_texts_come_to_an_end_and_claim_nothing() {
    let mega = 1024 * 1024;
    for unit in
        ["[", "> ", "*", "- ", "`", "<details>", "<!--", "![", "_a", "1. ", "a.", "\n> ", "|", "~~", "&"]
    {
        let text = unit.repeat(mega / unit.len());
        let claims = read(&change(&text[..1_000], &text, &[&text]));
        assert_eq!((claims.list.len(), claims.cut.len()), (0, 2), "{unit:?}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]
    #[test]
    fn any_text_is_read_and_weighed_without_a_panic(title: String, body: String, message: String) {
        let change = change(&title, &body, &[&message]);
        let claims = read(&change);
        assert_eq!(weigh(&change, &claims).len(), claims.list.len());
    }

    #[test]
    fn texts_made_of_claims_and_marks_keep_lines_in_range(
        body in "(All 12 tests pass|Add tests|`a\\.js`|Removed |Renamed |to |coverage |90%|é|\\*\\*|[>#\\-\\[\\]x` .\n]|<details>|</details>|<summary>Issue</summary>|```\n|```gainsay\n|tests-pass = |true\n|`cargo test` |✅ |No breaking changes|, and |: |0 errors|Fixes #|12|通过|所有测试|テスト|[$] ){0,40}"
    ) {
        let claims = read(&change("", &body, &[&body]));
        for claim in &claims.list {
            assert!(claim.at.line >= 1 && claim.at.line <= body.lines().count().max(1));
        }
    }
}
