//! "Replaced `a` with `b`", "Fixed the typo `a` → `b`": both marked as code, and neither a plain word.

use std::sync::LazyLock;

use regex::Regex;

use super::super::ClaimKind;

const OPENING: &str = r"(?i)^[^\w`]{0,4}(?:[\w./-]+(?:\([^)]*\))?!?:\s+)?(?:also\s+)?";
const NOUNS: &str = r"(?:(?:the|all|an?|every|old|hard-?coded|use of|uses of|usages? of|calls? to|calls? of|occurrences of|instances of|references to|string|text|call|literal)\s+)*";
const BEHIND: &str =
    r"(?:\s+(?:function|method|class|call|calls|string|text|literal|hook|helper|type|macro|constant)s?)?";

static PATTERNS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let pair = |seam: &str| {
        format!(r"{NOUNS}`(?P<from>[^`]+)`{BEHIND}\s*{seam}\s*{NOUNS}`(?P<to>[^`]+)`(?P<rest>.*)$")
    };
    let replaced = r"(?:replaces?|replaced|swaps?|swapped|substitutes?|substituted)\s+";
    let typo = r"(?:fix(?:es|ed)?|corrects?|corrected)\s+(?:the\s+|an?\s+)?(?:typo|spelling|misspelling)s?:?\s+(?:of\s+|in\s+)?";
    [
        format!("{OPENING}{replaced}{}", pair(r"(?:with|by|for)\b")),
        format!("{OPENING}{typo}{}", pair("(?:→|->|=>|to\\b|with\\b)")),
    ]
    .map(|pattern| Regex::new(&pattern).expect("literal"))
});
static ENDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:$|[.!;),:(\u{2014}\u{2013}]|-\s|(?:in|across|throughout|everywhere|since|because|so that|to|for|which)\b)")
        .expect("literal")
});
static POSTPONED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:later|soon|eventually|follow-?up|todo|future|separate|separately|temporarily|where|some|most|several|partially|optionally|generated|docs|documentation|readme|comment|comments)\b")
        .expect("literal")
});

/// What a sentence says it replaced.
pub(super) fn claim(sentence: &str, plain: &str) -> Option<ClaimKind> {
    if POSTPONED.is_match(plain) {
        return None;
    }
    let found = PATTERNS.iter().find_map(|pattern| pattern.captures(sentence))?;
    let (from, to) = (found["from"].trim(), found["to"].trim());
    let sound = from != to && is_telling(from) && is_telling(to) && ENDS.is_match(&found["rest"]);
    sound.then(|| ClaimKind::Replaced { from: from.to_owned(), to: to.to_owned() })
}

/// Whether a piece of code can be looked for: more than a word of the language, and nothing in it left open.
fn is_telling(code: &str) -> bool {
    let open = code.contains("...") || code.contains(['<', '>', '*', '…']);
    let letters = code.chars().filter(|c| c.is_alphanumeric()).count();
    let joined = code.trim_matches(|c: char| !c.is_alphanumeric()).contains(|c: char| !c.is_alphanumeric());
    letters >= 5
        && !open
        && code.len() <= 200
        && (joined || super::subjects::is_compound(code) || code.ends_with(')'))
}
