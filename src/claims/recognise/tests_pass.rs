//! "All 244 tests pass", "241 passed, 7 skipped".

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::super::ClaimKind;
use super::super::vocabulary::WORDS;
use super::{asserts, number};

const VERB: &str = r"(?:(?:now|still|all|both|have|has|had|are|is|been|continue to|successfully|locally|currently|also|100%)\s+){0,3}(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?|succeeding)\b";
const NOUN: &str = r"\b(?:tests|test suites?|specs|test cases|suites?)\b";

/// The noun, what it is about, and the verb; `rest` must not begin with an object of "pass".
static PASSES: LazyLock<Regex> = LazyLock::new(|| {
    let about = r"(?:\s*\([^)]*\))?(?:\s+(?:in|for|of|under|across)\s+[^.,;:]{1,60}?)?";
    Regex::new(&format!(r"(?i){NOUN}{about}\s*[,:—–-]?\s*{VERB}(?P<rest>.*)")).expect("literal")
});
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)\b\d[\d,]*\s+(?:tests?\s*,?\s*)?{VERB}(?P<rest>.*)")).expect("literal")
});
static PASSES_ALL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bpass(?:es|ed|ing)?\s+(?:all|the (?:full|entire|whole))\s+(?:\d[\d,]*\s+)?(?:(?:existing|unit|of the)\s+)?(?:tests|test suite)\b(?P<rest>.*)").expect("literal")
});
static FOLLOWS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:$|[.,;:!)\]\u{2014}\u{2013}(✅🎉✓✔|/-]|(?:and|with|on|in|at|locally|now|successfully|for|against|after|under|unchanged|unmodified|again|across|including|cleanly|as expected|both|w/)\b)").expect("literal")
});
/// Somebody or something is to make the tests pass.
static CAUSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:make|makes|making|made|get|gets|getting|let|lets|help|helps|keep|keeps|keeping|have|having|want|force|forces|cause|causes|to see|to have|show|shows|report|reports|reported|says|said|mark|marks|marked)\s+(?:[\w-]+\s+){0,4}$").expect("literal")
});
static TESTS_SPOKEN_OF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:tests?|pytest|vitest|jest|specs?|suites?|cargo|junit|skipped)\b").expect("literal")
});
static COUNTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?P<of>\d[\d,]*)/(?P<all>\d[\d,]*)\b|\b(?P<n>\d[\d,]*)\s+(?:(?:[\w-]+\s+){0,3}?tests?\b|(?:passed|passing|pass)\b)")
        .expect("literal")
});

/// The claim that tests pass, if the sentence makes it.
pub(super) fn claim(sentence: &str) -> Option<ClaimKind> {
    let numbered = NUMBERED.captures(sentence).filter(|_| TESTS_SPOKEN_OF.is_match(sentence));
    let found = [PASSES.captures(sentence), PASSES_ALL.captures(sentence), numbered];
    let follows = |c: &regex::Captures<'_>| FOLLOWS.is_match(&c["rest"]);
    let found = found.into_iter().flatten().find(follows)?;
    let start = found.get(0).expect("group 0 is the match").start();
    let exact = WORDS.exceptions.is_match(&WORDS.harmless.replace_all(sentence, ""));
    if !asserts(sentence) || exact || CAUSED.is_match(&sentence[..start]) {
        return None;
    }
    let done = sentence.contains("passed");
    if WORDS.instructions.is_match(sentence) && !done {
        return None;
    }
    Some(ClaimKind::TestsPass { passed: count(sentence)?, command: None })
}

/// `Some(None)` where no single count is named; `None` where the sentence itself says that not all passed.
#[expect(clippy::option_option, reason = "no count and no claim are different answers")]
pub(super) fn count(sentence: &str) -> Option<Option<u64>> {
    let mut counts = BTreeSet::new();
    for found in COUNTS.captures_iter(sentence) {
        if let (Some(of), Some(all)) = (found.name("of"), found.name("all")) {
            let (of, all) = (number(of.as_str())?, number(all.as_str())?);
            if of < all {
                return None;
            }
            counts.insert(of);
        } else if let Some(n) = found.name("n").and_then(|n| number(n.as_str())) {
            counts.insert(n);
        }
    }
    Some(if counts.len() == 1 { counts.pop_first() } else { None })
}
