//! Gates by their names: "lint, type-check and build are green", "no clippy warnings", "compiles cleanly".

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::ClaimKind;
use super::super::super::vocabulary::ENGLISH;
use super::super::clause;
use super::super::tests_pass;
use super::asserts;

/// The words of success.
pub(in super::super) const GOOD: &str = concat!(
    r"(?:all\s+)?(?:checks?\s+)?pass(?:es|ed|ing)?\b|green\b|clean(?:ly)?\b|succeed(?:s|ed|ing)?\b|success(?:ful(?:ly)?)?\b|ok(?:ay)?\b|✅|✔|✓|☑|🟢|nothing\b",
    r"|(?:with\s+|found\s+|has\s+|have\s+|finds?\s+|shows?\s+|reports?\s+)?(?:0|no|zero)\s+(?:[\w-]+\s+){0,2}?(?:errors?|warnings?|issues?|problems?|violations?|findings|failures?|vulnerabilities|diagnostics)(?:\(s\))?",
    r"|(?:without|w/o)\s+(?:any\s+)?(?:errors?|warnings?|issues?|problems?|failures?)|error[- ]free\b|warning[- ]free\b|exit(?:s|ed)?\s+(?:with\s+)?(?:code\s+|status\s+)?0\b|\d[\d,]*(?:/\d[\d,]*)?\s+(?:tests?\s+)?pass(?:ed|ing)?\b"
);
const LINK: &str = r"(?:(?:is|are|was|were|both|all|now|still|also|have|has|been|run|runs|ran|exits?|exited|remains?|stays?|reports?|reported|finds?|found|completes?|completed|finished|finishes|comes?|back|currently|again|locally|fully|continue|continues|to|jobs?|status|result|results)\s+){0,4}";
const SEAM: &str = r"(?i)(?:^|[,;:.(|•—–\n]\s*|\s-\s+|\b(?:and|that|verified|confirmed|confirms|where|while|plus|with|ran)\s+)";
const REST: &str = r"(?P<rest>.*)$";

static FOLLOWS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:$|[.,;:!)\]\u{2014}\u{2013}\u{2026}(✅🎉✓✔|/+&—–\-\u{fe0f}]|(?:and|with|on|in|at|for|across|after|again|under|against|locally|now|too|as well|as expected|both|w/|found|reported|remain|remaining|overall|everywhere|via|using|from|throughout|successfully)\b)").expect("literal")
});
static BAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:not run|not executed|not tested|not available|n/a|skipped|skip|skips|tbd|pending|unknown|red|todo|couldn.t|unable|hangs?|killed|cancell?ed|(?:[1-9]\d*|some|many|few|several)\s+(?:[\w-]+\s+){0,2}?(?:errors?|warnings?|failures?|failed|failing|issues|problems|high|violations?)(?:\(s\))?|stale|blocked|partial|partially|attempted|tried)\b").expect("literal")
});
static SKIPPED_COUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b\d[\d,]*\s+(?:tests?\s+)?(?:skipped|skip|ignored|todo|pending)\b").expect("literal")
});

static ITEM: LazyLock<String> = LazyLock::new(|| {
    let gates = ENGLISH.gates.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join("|");
    format!(
        r"(?:(?:{})\s+){{0,4}}(?:`[^`]*`|(?:{gates}))(?:\s+(?:checks?|check|runs?|suites?|rules|step|jobs))?(?:\s*\([^()]*\))?",
        ENGLISH.modifiers
    )
});
static PASSES: LazyLock<Regex> = LazyLock::new(|| {
    let item = &*ITEM;
    let about = r"(?:\s+(?:in|for|on|across|of|against|under|over)\s+[^.,;:—–]+?)?";
    let mark = r"\s*(?:[:=—–#|-]+|→|⇒|->|=>)?\s*";
    let text = format!(
        r"{SEAM}(?P<items>{item}(?:\s*(?:,\s*and\s|,|/|\+|&|\sand\s|\splus\s)\s*(?:both\s+)?{item})*){about}{mark}{LINK}(?P<good>{GOOD}){REST}"
    );
    Regex::new(&text).expect("a test compiles the words of gates")
});
/// The same gates after a verdict: "No lint errors", "zero warnings from clippy", "0 type errors".
static NONE: LazyLock<Regex> = LazyLock::new(|| {
    let item = &*ITEM;
    let things =
        r"(?:errors?|warnings?|issues?|problems?|violations?|complaints|findings|diagnostics|failures?)";
    let text = format!(
        r"{SEAM}(?:there\s+(?:are|were)\s+|(?:has|have|introduces?|reports?|shows?)\s+)?(?:no|zero|0)\s+(?:(?:new|remaining|additional)\s+)?(?:(?P<items>{item}(?:\s*(?:,|/|or|and|,\s*or)\s*{item})*)\s+{things}(?:\s*(?:or|and|/)\s*{things})?|{things}\s+(?:from|in|by|with)\s+(?P<from>{item})){REST}"
    );
    Regex::new(&text).expect("a test compiles the words of gates")
});
static BUILDS: LazyLock<Regex> = LazyLock::new(|| {
    let good = r"(?:successfully|cleanly|fine|ok|without\s+(?:any\s+)?(?:errors?|warnings?|issues?|problems?)|with\s+(?:no|0|zero)\s+(?:new\s+)?(?:errors?|warnings?|issues))";
    let text = format!(
        r"{SEAM}(?P<what>(?:[\w.@/`-]+\s+){{0,5}}?)(?:(?:now|still|also|both|all)\s+)?(?:builds?|compiles?|built|compiled)(?:\s+and\s+links?)?\s+{good}{REST}"
    );
    Regex::new(&text).expect("literal")
});
static SUCCESSFUL_BUILD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^\W*(?:successful (?:build|compilation))\W*$").expect("literal"));
static ALONE: LazyLock<Regex> = LazyLock::new(|| {
    let item = &*ITEM;
    let text = format!(r"(?i)^\W*(?P<items>{item}(?:\s*(?:,\s*and\s|,|/|\+|&|\sand\s)\s*{item})*)\W*$");
    Regex::new(&text).expect("a test compiles the words of gates")
});
static KIND: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let whole = |(kind, words): &(String, String)| {
        let kind: &'static str = match kind.as_str() {
            "lint-passes" => "lint-passes",
            "types-pass" => "types-pass",
            "builds" => "builds",
            _ => "tests-pass",
        };
        let text = format!(r"(?i)(?:^|\s)(?:{words})(?:\s+(?:checks?|runs?|suites?|rules|step|jobs))?$");
        (kind, Regex::new(&text).expect("a test compiles the words of gates"))
    };
    ENGLISH.gates.iter().map(whole).collect()
});
static ITEMS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*(?:,\s*and\s|,\s*or\s|,|/|\+|&|\sand\s|\splus\s|\sor\s)\s*").expect("literal")
});
static BRACKET: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s*\([^()]*\)\s*").expect("literal"));

/// The gates that the words say pass.
pub(super) fn claims(sentence: &str, plain: &str, start: usize, marked: bool) -> Vec<ClaimKind> {
    let text = &plain[start..];
    let quoted = |at: usize| clause::is_quoted(plain, &(start + at..start + at));
    let mut kinds = Vec::new();
    for found in [&*PASSES, &*NONE].into_iter().filter_map(|pattern| pattern.captures(text)) {
        let follows = FOLLOWS.is_match(&found["rest"]);
        let at = found.get(0).map_or(0, |m| m.start());
        if follows && !quoted(at) && asserts(text) {
            let items = found.name("items").or_else(|| found.name("from"));
            add(&mut kinds, sentence, items.map_or("", |m| m.as_str()));
        }
    }
    if let Some(found) = BUILDS.captures(text)
        && FOLLOWS.is_match(&found["rest"])
        && asserts(text)
    {
        let typed = found["what"].to_lowercase().contains("typescript");
        push(&mut kinds, if typed { ClaimKind::TypesPass } else { ClaimKind::Builds });
    }
    if SUCCESSFUL_BUILD.is_match(text) {
        push(&mut kinds, ClaimKind::Builds);
    }
    if marked && let Some(found) = ALONE.captures(text) {
        let mut alone = Vec::new();
        add(&mut alone, sentence, &found["items"]);
        // "✅ Tests" may say that there are some.
        let sure = |kind: &ClaimKind| !matches!(kind, ClaimKind::TestsPass { .. });
        alone.into_iter().filter(sure).for_each(|kind| push(&mut kinds, kind));
    }
    kinds
}

/// Whether a cell holds nothing but a result that is good.
pub(super) fn is_result(cell: &str) -> bool {
    static RESULT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(&format!(r"(?i)^\W*{LINK}(?:{GOOD}){REST}")).expect("literal"));
    RESULT
        .captures(cell)
        .is_some_and(|found| FOLLOWS.is_match(&found["rest"]) || found["rest"].trim().starts_with("pass"))
        && asserts(cell)
}

/// Whether a cell holds a result that is none or not good.
pub(super) fn is_bad(text: &str) -> bool {
    BAD.is_match(&SKIPPED_COUNT.replace_all(&super::HARMLESS.replace_all(text, ""), ""))
}

fn add(kinds: &mut Vec<ClaimKind>, sentence: &str, items: &str) {
    let items = BRACKET.replace_all(items, " ");
    for item in ITEMS.split(&items).map(str::trim).filter(|item| !item.starts_with('`')) {
        match KIND.iter().find(|(_, words)| words.is_match(item)).map(|(kind, _)| *kind) {
            Some("lint-passes") => push(kinds, ClaimKind::LintPasses),
            Some("types-pass") => push(kinds, ClaimKind::TypesPass),
            Some("builds") => push(kinds, ClaimKind::Builds),
            Some(_) => {
                if let Some(passed) = tests_pass::count(sentence) {
                    push(kinds, ClaimKind::TestsPass { passed, command: None });
                }
            }
            None => {}
        }
    }
}

fn push(kinds: &mut Vec<ClaimKind>, kind: ClaimKind) {
    if !kinds.contains(&kind) {
        kinds.push(kind);
    }
}
