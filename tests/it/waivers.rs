//! What the waivers of a policy do to a verdict, and how long a fingerprint keeps to its matter.

use serde_json::Value;

use crate::bad_input::{Ran, check, commit, repo};

/// Conflict markers between these lines.
fn conflict(above: &str, inside: &str, below: &str) -> String {
    format!("{above}<<<<<<< ours\n{inside}=======\nb\n>>>>>>> theirs\n{below}")
}

fn judged(policy: &str, text: &str, format: &str) -> Ran {
    let mut stream = commit("base", 1, &[], &[("100644", b".github/gainsay.toml", policy.as_bytes())]);
    stream.extend(commit("head", 2, &[1], &[("100644", b"docs/b.txt", text.as_bytes())]));
    check(repo(&stream).path(), "base", "head", &["--format", format])
}

fn under(policy: &str, text: &str) -> (i32, Value) {
    let ran = judged(policy, text, "json");
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.out)))
}

fn fingerprint(text: &str) -> String {
    under("", text).1["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

fn waiver(fingerprint: &str, more: &str) -> String {
    format!("[[waivers]]\nfingerprint = \"{fingerprint}\"\nreason = \"a sample of markers\"\n{more}")
}

#[test]
fn a_waived_finding_is_shown_and_blocks_nothing() {
    let text = conflict("", "a\n", "");
    let policy = waiver(&fingerprint(&text), "by = \"robin\"\n");
    let (code, verdict) = under(&policy, &text);
    assert_eq!((code, verdict["ruling"].as_str()), (0, Some("pass")));
    let finding = &verdict["findings"][0];
    assert_eq!(finding["level"], "block", "a waiver changes what it does and not what it is");
    let waived = &finding["waived"];
    assert_eq!((&waived["by"], &waived["line"]), (&"robin".into(), &2.into()));
    let shown = judged(&policy, &text, "terminal").out;
    let wanted = "accepted: by robin in .github/gainsay.toml:2: a sample of markers";
    assert!(shown.contains(wanted), "{shown}");
}

#[test]
fn a_waiver_follows_its_matter_and_dies_with_it() {
    let policy = waiver(&fingerprint(&conflict("", "a\n", "")), "");
    for moved in [conflict("one\ntwo\n\n", "a\n", ""), conflict("", "a\n", "more\n")] {
        assert_eq!(under(&policy, &moved).0, 0, "{moved}");
    }
    let changed = conflict("", "another line\n", "");
    let second = conflict("", "a\n", &conflict("", "c\n", ""));
    for changed in [changed, second] {
        assert_eq!(under(&policy, &changed).0, 1, "{changed}");
    }
}

#[test]
fn a_waiver_ends_after_its_last_day_and_says_so() {
    let text = conflict("", "a\n", "");
    let print = fingerprint(&text);
    for until in ["until = 9999-12-31\n", "until = \"9999-12-31\"\n"] {
        assert_eq!(under(&waiver(&print, until), &text).0, 0, "{until}");
    }
    let lapsed = waiver(&print, "until = 2020-02-29\n");
    let (code, verdict) = under(&lapsed, &text);
    assert_eq!((code, &verdict["findings"][0]["waived"]), (1, &Value::Null));
    assert_eq!(verdict["findings"][0]["lapsed"]["until"], "2020-02-29");
    let shown = judged(&lapsed, &text, "terminal").out;
    assert!(shown.contains("until 2020-02-29, which has passed: a sample of markers"), "{shown}");
}

#[test]
fn a_waiver_of_something_else_is_no_noise() {
    let text = conflict("", "a\n", "");
    let (code, verdict) = under(&waiver("0123456789abcdef", ""), &text);
    assert_eq!(code, 1);
    assert!(!verdict.to_string().contains("0123456789abcdef"));
    let second = format!("{}-2", fingerprint(&text));
    assert_eq!(under(&waiver(&second, ""), &text).0, 1, "one of several is not the first of them");
}

#[test]
fn a_waiver_in_head_accepts_nothing() {
    let text = conflict("", "a\n", "");
    let policy = waiver(&fingerprint(&text), "");
    let mut stream = commit("base", 1, &[], &[("100644", b"a.txt", b"a")]);
    let files: [(&str, &[u8], &[u8]); 2] =
        [("100644", b"docs/b.txt", text.as_bytes()), ("100644", b".github/gainsay.toml", policy.as_bytes())];
    stream.extend(commit("head", 2, &[1], &files));
    assert_eq!(check(repo(&stream).path(), "base", "head", &[]).code, 1);
}

#[test]
fn a_decisive_undecided_matter_is_accepted_as_it_stands_and_no_longer_when_its_file_changes() {
    let broken = |policy: &str, text: &str| {
        let mut stream = commit("base", 1, &[], &[("100644", b".github/gainsay.toml", policy.as_bytes())]);
        stream.extend(commit("head", 2, &[1], &[("100644", b"gainsay.toml", text.as_bytes())]));
        let ran = check(repo(&stream).path(), "base", "head", &["--format", "json"]);
        (ran.code, serde_json::from_str::<Value>(&ran.out).unwrap())
    };
    let (code, verdict) = broken("", "subjekt = 1\n");
    assert_eq!(code, 3, "{verdict}");
    let print = verdict["undecided"][0]["fingerprint"].as_str().unwrap();
    let (code, verdict) = broken(&waiver(print, ""), "subjekt = 1\n");
    assert_eq!((code, verdict["undecided"][0]["waived"]["source"].as_str()), (0, Some("policy")));
    assert_eq!(broken(&waiver(print, ""), "subjekt = 2\n").0, 3, "these bytes nobody looked at");
}

#[test]
fn required_evidence_can_not_be_waived() {
    let text = conflict("", "a\n", "");
    let policy = format!("[evidence]\nrequire = [\"junit\"]\n{}", waiver(&fingerprint(&text), ""));
    let (code, verdict) = under(&policy, &text);
    assert_eq!((code, verdict["required"][0]["state"].as_str()), (1, Some("missing")), "{verdict}");
}

#[test]
fn a_fingerprint_is_told_how_it_is_explained() {
    let ran = crate::bad_input::gainsay(&["explain", "14b695a33f348377"]);
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(said.contains("`/gainsay explain 14b695a33f348377`"), "{said}");
}
