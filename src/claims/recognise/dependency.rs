//! A dependency that was added, removed or moved to another version.

use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::ENGLISH;
use super::super::{ClaimKind, Dependency};

const OPENING: &str = r"(?i)^[^\w`]{0,4}(?:[\w./-]+(?:\([^)]*\))?!?:\s+)?(?:also\s+)?";
const NAME: &str = r"(?:`(?P<marked>@?[\w][\w./@:-]*)`|(?P<bare>@?[A-Za-z][\w./@-]*))";
const NOUN: &str = r"(?:dependency|dependencies|crate|package|gem|library|module dependency|devdependency|dev-dependency|dev dependency)";
const END: &str =
    r"\s*(?:$|[.,;:!)(—–]|-\s|(?:for|to|in|from|and|with|since|because|which|now|entirely|as)\b.*)";
const VERSION: &str = r"[\^~=>]*v?\d+(?:\.\d+)+[\w.+-]*|v\d+";

static ADDED: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    let verb = r"(?:adds?|added|introduc(?:es?|ed)|pulls?\s+in|brings?\s+in)";
    [
        format!(r"{OPENING}{verb}\s+(?:the\s+|a\s+)?{NAME}(?:\s+(?:crate|package|library|gem))?\s+(?:as\s+(?:an?\s+)?(?:new\s+)?(?:[\w-]+\s+){{0,2}}dependency|to\s+(?:the\s+)?(?:\w+\s+)?(?:dev-?)?dependencies)\b"),
        format!(r"{OPENING}(?:{verb}\s+)?(?:an?\s+|the\s+)?(?:new\s+)?(?:[\w-]+\s+)?dependency\s*(?:on\s+(?:the\s+)?|:\s*|\s)(?P<marked>`@?[\w][\w./@:-]*`)"),
        format!(r"{OPENING}{verb}\s+(?:the\s+|a\s+)?(?:new\s+)?(?P<marked>`@?[\w][\w./@:-]*`)\s+(?:[\w-]+\s+)?{NOUN}{END}"),
        format!(r"{OPENING}{verb}\s+(?:an?\s+)?dependency\s+on\s+(?:the\s+)?{NAME}{END}"),
    ]
    .map(|pattern| Regex::new(&pattern).expect("literal"))
});
static REMOVED: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    let verb = r"(?:removes?|removed|drops?|dropped|deletes?|deleted)";
    [
        format!(r"{OPENING}{verb}\s+(?:the\s+)?(?:now\s+|an?\s+)?(?:(?:unused|unneeded|unnecessary|obsolete|stale|redundant|old)\s+)*{NAME}\s+{NOUN}{END}"),
        format!(r"{OPENING}{verb}\s+(?:the\s+)?{NAME}\s+from\s+(?:the\s+)?(?:\w+\s+)?(?:dev-?)?dependencies\b"),
        format!(r"{OPENING}{verb}\s+(?:the\s+|our\s+)?(?:[\w-]+\s+)?dependency\s+on\s+(?:the\s+)?{NAME}{END}"),
    ]
    .map(|pattern| Regex::new(&pattern).expect("literal"))
});
static BUMPED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"{OPENING}(?:bump(?:s|ed)?|upgrade[sd]?|update[sd]?|downgrade[sd]?|pin(?:s|ned)?)\s+(?:the\s+)?{NAME}(?:\s+(?:{NOUN}))?\s+(?:(?:from\s+)?(?P<from>{VERSION})\s+)?(?:to|→|->|=>)\s+`?(?P<to>{VERSION})`?(?P<rest>.*)$"
    ))
    .expect("literal")
});
/// Words that stand where a name would.
const NO_NAMES: [&str; 66] = [
    "a",
    "an",
    "the",
    "new",
    "all",
    "any",
    "blocking",
    "circular",
    "cyclic",
    "direct",
    "external",
    "implicit",
    "explicit",
    "internal",
    "missing",
    "optional",
    "runtime",
    "shared",
    "some",
    "task",
    "third-party",
    "transitive",
    "typed",
    "version",
    "versions",
    "coverage",
    "timeout",
    "threshold",
    "schema",
    "api",
    "unused",
    "module",
    "modules",
    "project",
    "package",
    "no",
    "this",
    "its",
    "their",
    "more",
    "extra",
    "dev",
    "development",
    "peer",
    "build",
    "test",
    "hard",
    "soft",
    "cross",
    "workspace",
    "release",
    "minimum",
    "min",
    "max",
    "default",
    "it",
    "them",
    "from",
    "to",
    "reference",
    "duplicate",
    "unnecessary",
    "copyright",
    "protocol",
    "badge",
    "changelog",
];

/// What a sentence says became of a dependency.
pub(super) fn claims(sentence: &str, plain: &str) -> Vec<ClaimKind> {
    if ENGLISH.before.is_match(plain) {
        return Vec::new();
    }
    let first = |patterns: &[Regex]| patterns.iter().find_map(|pattern| name(&pattern.captures(sentence)?));
    if let Some(found) = BUMPED.captures(sentence)
        && let Some(name) = name(&found)
    {
        let version =
            |text: &str| text.trim_start_matches(['^', '~', '=', '>']).trim_end_matches('.').to_owned();
        let from = found.name("from").map(|from| version(from.as_str()));
        return vec![ClaimKind::Dependency(Dependency::Bumped { name, from, to: version(&found["to"]) })];
    }
    let added = first(&*ADDED).map(Dependency::Added);
    let removed = || first(&*REMOVED).map(Dependency::Removed);
    added.or_else(removed).map(ClaimKind::Dependency).into_iter().collect()
}

fn name(found: &regex::Captures<'_>) -> Option<String> {
    let marked = found.name("marked").map(|m| m.as_str().trim_matches('`'));
    let bare = found.name("bare").map(|m| m.as_str());
    let name = marked.or(bare)?;
    let dotted_word = bare.is_some() && name.ends_with('.');
    (!NO_NAMES.contains(&name.to_lowercase().as_str()) && !dotted_word).then(|| name.to_owned())
}
