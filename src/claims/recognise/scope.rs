//! Claims about the extent of a change, and how far a claim of any kind reaches.

use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::WORDS;
use super::asserts;

/// Of how much of the project a sentence speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::claims) enum Extent {
    /// All of it.
    All,
    /// Its unit tests.
    Unit,
    /// As many as the sentence counts.
    Counted,
    /// Some of it, or it is not clear how much.
    Part,
}

/// Which dependencies a sentence speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::claims) enum DependencyExtent {
    /// All.
    All,
    /// Those that are shipped.
    Runtime,
    /// Some kind that can't be told apart by manifests.
    Part,
}

static DOCS_ONLY: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    let name = "(?:docs?|documentation|markdown|readme)";
    let what = "(?:change|changes|pr|update|updates|edit|edits|commit|pull request)";
    [
        format!(r"(?i)^(?:n/a\s*[-—–:]\s*)?(?:this (?:pr |change |pull request |commit )?is )?(?:a |an )?(?:purely |strictly )?{name}[- ]only(?: {what})?\s*(?:[.,;:!)—–]|-\s|$)"),
        format!(r"(?i)^(?:this (?:pr|change|pull request|commit) )?only (?:touches|changes|updates|modifies|affects) (?:the )?(?:{name})(?: files)?\s*(?:[.,;!)]|$)"),
        format!(r"(?i)^(?:only )?{name}(?: files)? (?:changes? only|(?:were|was|is|are) (?:changed|touched|modified|updated))\s*(?:[.,;!)]|$)"),
        format!(r"(?i)\({name}(?:[- ]only(?: {what})?| changes? only)\)"),
    ]
    .map(|pattern| Regex::new(&pattern).expect("literal"))
});
static NO_DEPENDENCIES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:(?:no|zero)\s+(?:new|additional|extra)\s+",
        r"|without\s+(?:any\s+new|adding(?:\s+any)?(?:\s+new)?|new|introducing(?:\s+any)?(?:\s+new)?)\s+",
        r"|(?:does(?:\s+not|n['’]t)|did(?:\s+not|n['’]t))\s+(?:add|introduce)\s+(?:any\s+)?(?:new\s+)?",
        r"|(?:adds|introduces|added|introduced)\s+no\s+(?:new\s+)?)",
        r"(?P<kind>[\w/-]+\s+)?(?:dependency|dependencies|deps)\b(?P<rest>.*)"
    ))
    .expect("literal")
});
static ALL_TESTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:^|[,;:.!—–✅✓✔-]\s*|\b(?:and|that|verified|confirmed|with)\s+)",
        r"(?:all|the (?:full|entire|whole)|full|entire)\s+(?:of\s+the\s+)?(?:\d[\d,]*\s+)?(?P<unit>unit\s+)?(?:existing\s+)?",
        r"(?:tests|test suite|test cases|specs)\s*(?:\(\d[^)]*\)\s*)?(?:now\s+|still\s+|are\s+|is\s+|have\s+|continues?\s+to\s+)*",
        r"(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?)\s*(?:$|[.,;:!)✅🎉—–-]|\(\d[\d,/]*[^)]*\)|now\b|and\b|\(all)"
    ))
    .expect("literal")
});
static COUNTED_TESTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:\W{0,4}|tests?:\s*|result:\s*|results:\s*)?(?:\d[\d,]*(?:/\d[\d,]*)?\s+(?:unit\s+)?tests?,?\s+(?:all\s+)?(?:pass(?:ed|es|ing)?|green)",
        r"|\d[\d,]* passed)\s*(?:$|[.,;:!)(—–])"
    ))
    .expect("literal")
});
/// "Docs only."
pub(super) fn docs_only(sentence: &str) -> bool {
    DOCS_ONLY.iter().any(|pattern| pattern.is_match(sentence))
        && !WORDS.unsure.is_match(sentence)
        && !WORDS.conditions.is_match(&sentence.to_lowercase().replace("n/a", ""))
}

/// "No new dependencies."
pub(super) fn no_new_dependencies(sentence: &str) -> bool {
    NO_DEPENDENCIES.captures(sentence).is_some_and(|found| {
        let before = &sentence[..found.get(0).expect("group 0 is the match").start()];
        asserts(before)
            && !WORDS.unsure.is_match(&found["rest"])
            && !WORDS.exceptions.is_match(
                &found["rest"].split(['(', ';', '.']).next().unwrap_or_default().replace("only", ""),
            )
    })
}

/// Which dependencies a sentence that claims none are new speaks of.
pub(in crate::claims) fn dependencies(sentence: &str) -> DependencyExtent {
    let kind = NO_DEPENDENCIES.captures(sentence);
    let kind = kind.as_ref().and_then(|c| c.name("kind")).map_or("", |kind| kind.as_str().trim());
    match kind.to_lowercase().as_str() {
        "" | "external" | "third-party" | "package" => DependencyExtent::All,
        "runtime" | "production" | "prod" => DependencyExtent::Runtime,
        _ => DependencyExtent::Part,
    }
}

/// How many of the tests a sentence that claims they pass speaks of.
pub(in crate::claims) fn tests(sentence: &str) -> Extent {
    // A typed claim is of all tests, unless it names a command.
    if let Some(value) =
        sentence.strip_prefix("tests-pass").and_then(|rest| rest.trim_start().strip_prefix('='))
    {
        return if value.contains(['"', '\'']) { Extent::Part } else { Extent::All };
    }
    match ALL_TESTS.captures(sentence) {
        Some(found) if sentence.to_lowercase().contains("locally") || sentence.contains('`') => {
            drop(found);
            Extent::Part
        }
        Some(found) if found.name("unit").is_some() => Extent::Unit,
        Some(_) => Extent::All,
        None if COUNTED_TESTS.is_match(sentence) => Extent::Counted,
        None => Extent::Part,
    }
}
