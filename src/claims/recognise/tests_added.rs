//! "Added 6 regression tests", "tests were added".

use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::WORDS;
use super::super::{ClaimKind, Subject};
use super::{asserts, named, number};

static ACTIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?P<verb>add|adds|added|create|creates|created|includes|included|introduces?|introduced|writes?|wrote)\s+",
        r"(?P<mid>(?:[^\s.;:!?`]+\s+){0,6}?)",
        r"(?P<noun>tests|(?:regression|unit|integration|e2e|end-to-end|property|functional|contract|snapshot)[ -]tests?",
        r"|test[ -](?:cases?|coverage|suites?)|test[ -]files?|test(?P<about> (?:for|covering|pinning|ensuring|verifying|that|to (?:ensure|verify|check|cover|assert|confirm|prove|make sure))\b))",
        r"(?P<rest>.*)"
    ))
    .expect("literal")
});
static PASSIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:tests?|test cases?|test coverage)\s+(?:(?:were|was|are|have been|has been|also)\s+){0,2}(?:added|included|written)\b(?P<rest>.*)")
        .expect("literal")
});
/// The word before the verb makes it a wish, a duty or a denial.
static WISHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:to|must|can|cannot|please|you|not|never|no|without|let's|who|which|and then|issue|task|i'd|they|he|she)\s+$")
        .expect("literal")
});
/// The tests come at another time, or from elsewhere.
static DEFERRED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:once|when|if|later|next|as needed|where|in a (?:follow|separate|later|future)|in (?:pr )?#\d|by #\d|in [0-9a-f]{7,40}\b)")
        .expect("literal")
});
/// A commit type under which tests are spoken of, not written.
static OTHER_TYPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:docs?|ci|build|chore\(ci\)|chore\(docs\))(?:\([^)]*\))?!?:").expect("literal")
});
/// "New regression test for …", "6 new tests", "Covered by new unit tests".
static NEW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^[^\w`]{0,4}(?:tests?:\s+)?(?:(?P<n>\d[\d,]*)\s+|(?:two|three|four|five|six|seven|eight|nine|ten|several|some|with|includes|plus)\s+|covered by\s+(?:\d+\s+)?)?",
        r"new\s+(?:(?:unit|integration|regression|e2e|end-to-end|property|snapshot|focused|comprehensive|dedicated|table-driven)\s+){0,3}",
        r"(?:tests?|test cases?|test suites?|test files?)\s*(?:$|[.:,;(—–]|(?:for|covering|covers?|that|to|verify|verifies|exercise|assert|asserts|ensure|ensures|check|checks|pin|pins)\b)"
    ))
    .expect("literal")
});
static ABOUT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\btests?(?: cases?| coverage| suites?| files?)?\s+(?:for|covering|of)\s+(?:the\s+)?(?:new\s+)?`(?P<code>[^`]+)`\s*(?:$|[.;:!)(]|\s(?:function|method|class|module|helper|hook|component)s?\b)")
        .expect("literal")
});
static COUNT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(\d[\d,]*)\s").expect("literal"));

/// The claim that tests were added, if the sentence makes it.
pub(super) fn claim(sentence: &str) -> Option<ClaimKind> {
    if OTHER_TYPE.is_match(sentence) || WORDS.test_workflows.is_match(sentence) {
        return None;
    }
    let kind = active(sentence).or_else(|| passive(sentence)).or_else(|| fresh(sentence))?;
    let ClaimKind::TestsAdded { count, .. } = kind else { return Some(kind) };
    Some(ClaimKind::TestsAdded { count, of: about(sentence) })
}

/// What the tests are for, where one piece of code names it and nothing follows that could change what is meant.
fn about(sentence: &str) -> Option<Subject> {
    let mut found = ABOUT.captures_iter(sentence);
    let (first, second) = (found.next()?, found.next());
    if second.is_some() { None } else { named(&format!("`{}`", &first["code"])) }
}

fn active(sentence: &str) -> Option<ClaimKind> {
    ACTIVE.captures_iter(sentence).find_map(|found| {
        let (mid, rest) = (&found["mid"], &found["rest"]);
        let before = &sentence[..found.get(0).expect("group 0 is the match").start()];
        let another_thing =
            rest.starts_with(['-', '_', '/', '.', '`', '\'', '’', ':']) && !ends_plainly(rest);
        let other = WORDS.test_breaks.is_match(mid) || WORDS.test_things.is_match(rest) || another_thing;
        let where_from = found["verb"].to_lowercase().starts_with("includ")
            && ["in ", "into ", "from ", "to "].iter().any(|word| rest.trim_start().starts_with(word));
        let glued = rest.starts_with(char::is_alphanumeric);
        if other
            || where_from
            || glued
            || WISHED.is_match(before)
            || DEFERRED.is_match(rest)
            || !asserts(before)
        {
            return None;
        }
        let count = COUNT.captures(mid).and_then(|c| number(&c[1]));
        Some(ClaimKind::TestsAdded { count, of: None })
    })
}

fn passive(sentence: &str) -> Option<ClaimKind> {
    let found = PASSIVE.captures(sentence)?;
    let before = &sentence[..found.get(0)?.start()];
    let denied = WISHED.is_match(before) || WORDS.negations.is_match(before) || !asserts(before);
    let elsewhere = DEFERRED.is_match(&found["rest"]) || before.trim_end().to_lowercase().ends_with("no new");
    if denied || elsewhere { None } else { Some(ClaimKind::TestsAdded { count: None, of: None }) }
}

fn fresh(sentence: &str) -> Option<ClaimKind> {
    let found = NEW.captures(sentence)?;
    let after = &sentence[found.get(0)?.end()..];
    let held_back =
        DEFERRED.is_match(after) || WORDS.unsure.is_match(sentence) || WORDS.negations.is_match(after);
    let count = found.name("n").and_then(|n| number(n.as_str()));
    (!held_back).then_some(ClaimKind::TestsAdded { count, of: None })
}

/// A full stop or colon that ends the words rather than begins a file name.
fn ends_plainly(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('.' | ':')) && chars.next().is_none_or(char::is_whitespace)
}
