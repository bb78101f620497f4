//! What a policy on base does to a verdict.

use crate::bad_input::{Ran, check, commit, repo};

const MARKERS: &[u8] = b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n";

/// The verdict on conflict markers in `docs/b.txt`, under this policy.
fn under(policy: &str, author: &[&str]) -> Ran {
    let mut stream = commit("base", 1, &[], &[("100644", b".github/gainsay.toml", policy.as_bytes())]);
    stream.extend(commit("head", 2, &[1], &[("100644", b"docs/b.txt", MARKERS)]));
    let mut args = vec!["--format", "json"];
    args.extend(author);
    check(repo(&stream).path(), "base", "head", &args)
}

fn levels(ran: &Ran) -> Vec<(String, String)> {
    let verdict: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let findings = verdict["findings"].as_array().unwrap();
    findings.iter().map(|f| (text(&f["rule"]), text(&f["level"]))).collect()
}

#[test]
fn without_a_policy_every_rule_has_its_own_level() {
    let ran = under("", &[]);
    assert_eq!(ran.code, 1);
    assert_eq!(levels(&ran), [("patch-residue".into(), "block".into())]);
}

#[test]
fn a_rule_set_to_note_is_shown_and_does_not_block() {
    let ran = under("[rules]\npatch-residue = \"note\"\n", &[]);
    assert_eq!(ran.code, 0);
    assert_eq!(levels(&ran), [("patch-residue".into(), "note".into())]);
}

#[test]
fn a_rule_that_is_off_is_left_out_of_what_was_checked() {
    let ran = under("[rules.patch-residue]\nlevel = \"off\"\n", &[]);
    assert_eq!((ran.code, levels(&ran)), (0, vec![]));
    let verdict: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(!verdict["checked"].as_array().unwrap().contains(&"patch-residue".into()));
}

#[test]
fn ignored_paths_are_ignored_for_all_rules_or_for_one() {
    for policy in ["ignore = [\"docs/**\"]\n", "[rules.patch-residue]\nignore = [\"docs/**\"]\n"] {
        let ran = under(policy, &[]);
        assert_eq!((ran.code, levels(&ran)), (0, vec![]), "{policy}");
    }
    assert_eq!(under("ignore = [\"src/**\"]\n", &[]).code, 1);
}

#[test]
fn a_policy_for_agents_leaves_a_persons_pull_request_unjudged_and_says_so() {
    let policy = "subject = \"agents\"\n";
    let person = under(policy, &["--author", "robin"]);
    assert_eq!(person.code, 0);
    assert!(person.out.contains("nothing marks this one as an agent's"), "{}", person.out);
    let agent = under(policy, &["--author", "devin-ai-integration[bot]"]);
    assert_eq!(agent.code, 1, "{}", agent.out);
}
