//! "Added `parse()`", "Removed `src/old.js`", "Rename a.ts to b.ts": names marked as code, or unmistakable.

use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::WORDS;
use super::super::{ClaimKind, Subject};

const OPENING: &str =
    r"(?i)^[^\w`]{0,4}(?:`[^`]+`\s*(?::|—|–|-)\s+)?(?:[\w./-]+(?:\([^)]*\))?!?:\s+)?(?:also\s+)?";
static ADDED: LazyLock<Regex> =
    LazyLock::new(|| opening("adds?|added|creates?|created|introduces?|introduced|implements?|implemented"));
static NEW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"{OPENING}new\b(?:\s+(?:file|files|module|helper|function|class|component|hook|script|method|test file|migration))*\s*[:*]*\s+(?P<object>`.+)$"
    ))
    .expect("literal")
});
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    opening("updates?|updated|modif(?:y|ies|ied)|changes?|changed|edits?|edited|refactors?|refactored")
});
/// A name first, and then what became of it.
static PASSIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^[^\w`]{0,4}(?P<name>`[^`]+`)\s*(?:file\s+|function\s+|class\s+)?",
        r"(?:(?:was|were|is now|has been|have been|is)\s+(?P<verb>removed|deleted|added|created|updated|modified)|(?:\(|—\s*|–\s*|-\s+|:\s*)(?P<note>new file|new|created|deleted|removed|modified|updated)\)?)",
        r"\s*(?:$|[.;:!—–]|-\s|\)\s*[:—–-])"
    ))
    .expect("literal")
});
static MOVED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[^\w`]{0,4}(?P<from>`[^`]+`)\s+(?:was\s+|has been\s+)?renamed\s+(?P<to>(?:to|→|->)\s+.+)$",
    )
    .expect("literal")
});
static REMOVED: LazyLock<Regex> =
    LazyLock::new(|| opening("removes?|removed|deletes?|deleted|drops?|dropped"));
static RENAMED: LazyLock<Regex> = LazyLock::new(|| opening("renames?|renamed"));
static ARTICLES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:files?|modules?|functions?):\s+)?(?:(?:a|an|the|files|new|old|unused|dead|obsolete|deprecated|legacy|redundant|stale|private|public|internal|small|shared|pure|static|async|temporary|helper|function|method|class|struct|file|component|hook|interface|enum|constant|script)\s+)*")
        .expect("literal")
});
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[A-Za-z_$][\w$]*(?:::|\.|#))*(?P<last>[A-Za-z_$][\w$]*)(?P<call>\([^()]*\))?$")
        .expect("literal")
});
static BARE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[A-Za-z_.][\w./:-]*[\w](?:\(\))?").expect("literal"));
static PATH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\w@.\[\]()+-]+(?:/[\w@.\[\]()+-]+)*$").expect("literal"));
static TO: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(?:to|->|→|=>|into)\s+").expect("literal"));
static AND: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:,\s*and\s+|,\s*|\s+and\s+|\s*&\s*|\s*\+\s*)`").expect("literal"));
static ENDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:$|[.!;),:(\u{2014}\u{2013}]|-\s|(?:since|because|which|that|as it|in favou?r of|entirely|completely|now that)\b)")
        .expect("literal")
});
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s+(?:to|for|in|with|that|which|containing|covering|documenting|so|as)\b")
        .expect("literal")
});
/// What is moved to a figure is a setting or a dependency.
static VERSIONED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^\s*(?:from\s+\S+\s+)?to\s+[`v]?\d").expect("literal"));
static POSTPONED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:later|soon|eventually|follow-?up|todo|future|separate|separately|instead|temporarily|re-?add|restore|recreate|regenerate|regenerated)\b")
        .expect("literal")
});

fn opening(verbs: &str) -> Regex {
    Regex::new(&format!(r"{OPENING}(?:{verbs})\s+(?P<object>.+)$")).expect("literal")
}

/// What a sentence says it added, removed or renamed.
pub(super) fn claims(sentence: &str) -> Vec<ClaimKind> {
    if POSTPONED.is_match(sentence) || sentence.to_lowercase().starts_with("todo") {
        return Vec::new();
    }
    let object = |pattern: &Regex| {
        let object = pattern.captures(sentence)?.name("object")?.as_str();
        Some(&object[ARTICLES.find(object).map_or(0, |m| m.end())..])
    };
    if let Some(object) = object(&RENAMED) {
        return renamed(object).into_iter().collect();
    }
    if let Some(found) = MOVED.captures(sentence) {
        return renamed(&format!("{} {}", &found["from"], &found["to"])).into_iter().collect();
    }
    if let Some(object) = object(&ADDED).or_else(|| object(&NEW)) {
        return listed(object, Verb::Added).into_iter().map(ClaimKind::Added).collect();
    }
    if let Some(object) = object(&CHANGED) {
        return listed(object, Verb::Changed).into_iter().map(ClaimKind::Changed).collect();
    }
    if let Some(found) = PASSIVE.captures(sentence) {
        return passive(&found).into_iter().collect();
    }
    let removed = object(&REMOVED).map(|object| listed(object, Verb::Removed)).unwrap_or_default();
    removed.into_iter().map(ClaimKind::Removed).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Added,
    Changed,
    Removed,
}

/// "`a.rs` (new)", "`b.rs` was removed".
fn passive(found: &regex::Captures<'_>) -> Option<ClaimKind> {
    let subject = named(&found["name"])?;
    let verb = found.name("verb").or_else(|| found.name("note"))?.as_str().to_lowercase();
    Some(match verb.as_str() {
        "removed" | "deleted" => ClaimKind::Removed(subject),
        "updated" | "modified" => ClaimKind::Changed(subject),
        _ => ClaimKind::Added(subject),
    })
}

/// The file or symbol that a name between backticks can only be.
pub(in crate::claims) fn named(code: &str) -> Option<Subject> {
    let item = item(code.trim())?;
    file(&item).map(Subject::File).or_else(|| symbol(&item, false).map(Subject::Symbol))
}

/// A name and what stands behind it.
struct Item<'t> {
    text: &'t str,
    marked: bool,
    rest: &'t str,
}

fn item(text: &str) -> Option<Item<'_>> {
    if let Some(code) = text.strip_prefix('`') {
        let (inside, rest) = code.split_once('`')?;
        return Some(Item { text: inside.trim(), marked: true, rest });
    }
    let end = BARE.find(text)?.end();
    let next = text[end..].chars().next();
    let whole = next.is_none_or(|c| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ')' | '!' | ':'));
    whole.then(|| Item { text: &text[..end], marked: false, rest: &text[end..] })
}

fn listed(object: &str, verb: Verb) -> Vec<Subject> {
    let mut items = Vec::new();
    let mut text = object;
    loop {
        let Some(item) = item(text) else { return Vec::new() };
        let rest = item.rest;
        items.push(item);
        match AND.find(rest).filter(|_| items.iter().all(|i| i.marked)) {
            Some(and) if items.len() < 20 => text = &rest[and.end() - 1..],
            _ => break,
        }
    }
    let rest = items.last().map_or("", |item| item.rest);
    // `Added x, y handling` and `removed x and its tests' z` say more than the names do.
    if rest.starts_with(',') || rest.trim_start().starts_with("and ") {
        return Vec::new();
    }
    let subjects: Vec<Option<Subject>> = items.iter().map(|i| subject(i, rest, verb)).collect();
    subjects.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn subject(item: &Item<'_>, rest: &str, verb: Verb) -> Option<Subject> {
    if let Some(file) = file(item) {
        let behind = &rest[WORDS.file_nouns.find(rest).map_or(0, |m| m.end())..];
        let goes_on = match verb {
            Verb::Added => GOES_ON.is_match(behind) && !behind.trim_start().starts_with("to "),
            Verb::Changed => {
                GOES_ON.is_match(behind) || behind.starts_with(" into ") || behind.starts_with(" by ")
            }
            Verb::Removed => false,
        };
        return (ENDS.is_match(behind) || goes_on).then_some(Subject::File(file));
    }
    let noun = WORDS.symbol_nouns.find(rest);
    let name = symbol(item, noun.is_some())?;
    let behind = &rest[noun.map_or(0, |m| m.end())..];
    let versioned = verb == Verb::Changed && VERSIONED.is_match(behind);
    // "Added `max_age` to the options" adds a field.
    let field = noun.is_none() && !item.text.ends_with(')') && behind.trim_start().starts_with("to ");
    let goes_on = GOES_ON.is_match(behind)
        && !(field && verb == Verb::Added)
        && (verb != Verb::Removed || noun.is_some())
        && !versioned;
    let from = noun.is_some() && behind.trim_start().starts_with("from ");
    (ENDS.is_match(behind) || goes_on || from).then_some(Subject::Symbol(name))
}

fn file(item: &Item<'_>) -> Option<String> {
    let text = item.text.strip_prefix("./").unwrap_or(item.text);
    let (stem, extension) = text.rsplit_once('.')?;
    let known = WORDS.extensions.iter().any(|e| e == extension);
    let named = !stem.is_empty() && !stem.ends_with('/') && text.len() <= 300;
    let lower = text.to_lowercase();
    let plain = item.marked
        || text.contains('/')
        || !text.starts_with(|c: char| c.is_uppercase())
        || lower == "readme.md";
    let leaves = text.split('/').any(|part| part == ".." || part == ".");
    let file = known && named && plain && !leaves && PATH.is_match(text) && !WORDS.not_files.contains(&lower);
    file.then(|| text.to_owned())
}

/// The last part of an identifier that can't be a plain word: marked and compound or called, or bare with a noun.
fn symbol(item: &Item<'_>, has_noun: bool) -> Option<String> {
    let found = IDENTIFIER.captures(item.text)?;
    let name = &found["last"];
    let called = found.name("call").is_some();
    let compound = is_compound(name);
    let sure = if item.marked { compound || called || has_noun } else { called || compound && has_noun };
    (sure && name.len() > 2).then(|| name.to_owned())
}

/// `camelCase`, `snake_case` or `PascalCase` of several words.
pub(super) fn is_compound(name: &str) -> bool {
    let inner = name.trim_matches('_');
    let humps = inner.as_bytes().windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase());
    inner.contains('_') || humps
}

fn renamed(object: &str) -> Option<ClaimKind> {
    let from = item(object)?;
    let noun = WORDS.symbol_nouns.find(from.rest).or_else(|| WORDS.file_nouns.find(from.rest));
    let behind = &from.rest[noun.map_or(0, |m| m.end())..];
    let to_text = &behind[TO.find(behind)?.end()..];
    let to = item(&to_text[ARTICLES.find(to_text).map_or(0, |m| m.end())..])?;
    if let (Some(from), Some(to)) = (file(&from), file(&to)) {
        return Some(ClaimKind::Renamed { from: Subject::File(from), to: Subject::File(to) });
    }
    let name = |item: &Item<'_>| {
        let found = IDENTIFIER.captures(item.text)?;
        let name = &found["last"];
        (is_compound(name) && name.len() > 2 && file(item).is_none()).then(|| name.to_owned())
    };
    let (from, to) = (name(&from)?, name(&to)?);
    // `TestA_Old to _New` shortens the second name.
    let shortened = to.starts_with('_') && !from.starts_with('_');
    let kind = ClaimKind::Renamed { from: Subject::Symbol(from.clone()), to: Subject::Symbol(to.clone()) };
    (!shortened && from != to).then_some(kind)
}
