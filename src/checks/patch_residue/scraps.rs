//! Scraps of the answer that a file was taken from: the fence around it, a model's words, a patch's own lines, the
//! last line of a here-document.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::ground::{self, Ground};
use super::{Edited, RULE};
use crate::checks::Finding;
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::comments::{self, Kind, Piece};
use crate::read::identifiers;
use crate::span::{Location, Side};
use crate::vocabularies;

/// Words around the code stand at most so many written lines from a file's edge.
const EDGE: usize = 3;

/// Languages in which none of the scraps is anything but a mistake, outside strings and comments.
const CODE: [&str; 42] = [
    "astro", "bash", "c", "cc", "cjs", "cpp", "cs", "css", "cts", "cxx", "dart", "ex", "exs", "go", "h",
    "hh", "hpp", "java", "js", "jsx", "kt", "kts", "less", "m", "mjs", "mts", "php", "proto", "py", "pyi",
    "rb", "rs", "scala", "scss", "sh", "sol", "sql", "swift", "toml", "ts", "tsx", "zig",
];
/// Those in which a text may stand by itself, and `EOF` too.
const SHELLS: [&str; 2] = ["bash", "sh"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vocabulary {
    thing: String,
    lead: String,
    made: String,
    lines: Vec<String>,
}

static CHATTER: LazyLock<regex::RegexSet> = LazyLock::new(|| {
    let words: Vocabulary = toml::from_str(vocabularies::CHATTER).expect("a test reads the words of chatter");
    let whole = |line: &String| {
        let line = line.replace("{thing}", &words.thing).replace("{lead}", &words.lead);
        format!("^(?:{})$", line.replace("{made}", &words.made))
    };
    regex::RegexSet::new(words.lines.iter().map(whole)).expect("a test compiles the words of chatter")
});

static HUNK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^@@ -[0-9]+(?:,[0-9]+)? \+[0-9]+(?:,[0-9]+)? @@").expect("a literal pattern compiles")
});

/// A written line.
#[derive(Clone, Copy)]
struct Line<'t> {
    number: usize,
    start: usize,
    text: &'t str,
}

/// What kind of scrap a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scrap {
    Fence,
    Chatter,
    Patch,
    HereDocument,
}

impl Scrap {
    fn what(self) -> (&'static str, &'static str) {
        match self {
            Self::Fence => (
                "the fence of a Markdown code block stands at the file's edge",
                "The fence belongs to the answer that the code was taken from, not to the code.",
            ),
            Self::Chatter => (
                "a model's words about the code stand in the file",
                "The line speaks to whoever asked for the code; no compiler or reader of the file is meant.",
            ),
            Self::Patch => (
                "the text of a patch stands in the file",
                "The lines tell a patch tool what to change; they were written into the file instead of being applied.",
            ),
            Self::HereDocument => (
                "the last line of a here-document stands at the file's end",
                "The word ends the text in the shell command that wrote the file; it went into the file with it.",
            ),
        }
    }
}

pub(super) fn find(edited: &Edited<'_>, claims: &Claims) -> Option<Finding> {
    if ground::of(edited.path) != Ground::Live || edited.diff.hunks.is_empty() || !is_code(edited.path) {
        return None;
    }
    let lines = written(&edited.head);
    let candidates = edges(&lines, edited.path).into_iter().chain(patches(&lines));
    let added = candidates.filter(|(line, _)| edited.diff.is_added(line.number));
    let added: Vec<(Line<'_>, Scrap)> = added.collect();
    if added.is_empty() {
        return None;
    }
    let pieces = comments::scan(edited.path, &edited.head)?;
    let (line, scrap) = added.into_iter().find(|(line, scrap)| stands_bare(*line, *scrap, &pieces))?;
    let (headline, explanation) = scrap.what();
    let at = Location::of_lines(Side::Head, edited.path, &edited.head, line.number, line.number);
    let finding = Finding::new(
        &RULE,
        at.label("this is no code"),
        format!("{}: {headline}", edited.path.name()),
        line.text,
    );
    Some(
        finding
            .explain(explanation)
            .disclosed(claims.disclosure(Some(edited.path), &["code fence", "fence"])),
    )
}

fn is_code(path: &RepoPath) -> bool {
    CODE.contains(&path.extension().to_ascii_lowercase().as_str())
}

fn written(text: &str) -> Vec<Line<'_>> {
    let (mut lines, mut start) = (Vec::new(), 0);
    for (index, raw) in text.split_inclusive('\n').enumerate() {
        let text = raw.trim_end();
        if !text.is_empty() {
            lines.push(Line { number: index + 1, start, text });
        }
        start += raw.len();
    }
    lines
}

/// What stands at the file's edges and belongs to no code.
fn edges<'t>(lines: &[Line<'t>], path: &RepoPath) -> Vec<(Line<'t>, Scrap)> {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Vec::new() };
    let mut found = Vec::new();
    if is_fence(first.text) {
        found.push((*first, Scrap::Fence));
    }
    if matches!(last.text, "```" | "~~~") {
        found.push((*last, Scrap::Fence));
    }
    let near = lines.iter().enumerate().filter(|(n, _)| *n < EDGE || n + EDGE >= lines.len());
    let said = near.map(|(_, line)| *line).filter(|line| is_chatter(line.text));
    found.extend(said.map(|line| (line, Scrap::Chatter)));
    let shell = SHELLS.contains(&path.extension());
    let alone = || lines.iter().filter(|line| identifiers::holds(line.text, last.text)).count() == 1;
    if !shell && is_end_of_here_document(last.text) && alone() {
        found.push((*last, Scrap::HereDocument));
    }
    found
}

/// A fence with at most a language or a file's name behind it.
fn is_fence(line: &str) -> bool {
    let info = line.strip_prefix("```").or_else(|| line.strip_prefix("~~~"));
    info.is_some_and(|info| {
        info.chars().all(|c| c.is_alphanumeric() || "+#-_./: ".contains(c)) && info.len() < 80
    })
}

fn is_chatter(line: &str) -> bool {
    // Prose at the margin; code seldom has so many words.
    if line.len() > 200 || !line.starts_with(|c: char| c.is_ascii_alphabetic()) || line.split(' ').count() < 4
    {
        return false;
    }
    let words = line.to_lowercase().replace('\u{2019}', "'");
    CHATTER.is_match(words.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches([':', '.', '!']))
}

fn is_end_of_here_document(line: &str) -> bool {
    matches!(line, "EOT" | "HEREDOC")
        || line
            .strip_suffix("EOF")
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
}

/// The first lines of patches: `*** Begin Patch`, or the two names before a hunk.
fn patches<'t>(lines: &[Line<'t>]) -> Vec<(Line<'t>, Scrap)> {
    let enveloped = |line: &Line<'_>| line.text == "*** Begin Patch";
    let ended = lines.iter().any(|line| line.text == "*** End Patch");
    let first = lines.iter().filter(|line| ended && enveloped(line));
    let named = lines.windows(3).filter(|next| {
        next[0].text.starts_with("--- ") && next[1].text.starts_with("+++ ") && HUNK.is_match(next[2].text)
    });
    first.chain(named.map(|next| &next[0])).map(|line| (*line, Scrap::Patch)).collect()
}

/// Whether the line is neither in a comment nor in a string. A fence may look like a string's first quote.
fn stands_bare(line: Line<'_>, scrap: Scrap, pieces: &[Piece]) -> bool {
    let Some(piece) = comments::at(pieces, line.start) else { return true };
    scrap == Scrap::Fence && piece.kind == Kind::String && piece.range.start == line.start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_words_are_told_from_code_and_other_prose() {
        for line in [
            "Here is the updated file:",
            "Here's the complete implementation with error handling:",
            "Sure! Here is the corrected code:",
            "I've updated the handler so that it retries.",
            "Let me know if you need anything else!",
            "Below is the full, working script",
        ] {
            assert!(is_chatter(line), "{line}");
        }
        for line in [
            "import here from './code'",
            "# Here is the updated file",
            "here is a file",
            "Here be dragons and other code",
            "return the updated version of your file",
            "let me = know if you need",
            "  Here is the updated file:",
        ] {
            assert!(!is_chatter(line), "{line}");
        }
    }

    #[test]
    fn fences_and_ends_of_here_documents_are_whole_lines() {
        assert!(is_fence("```ts") && is_fence("```") && is_fence("~~~python") && is_fence("```js:src/a.js"));
        assert!(!is_fence("```echo hi```") && !is_fence("`x`") && !is_fence("``` + `"));
        assert!(is_end_of_here_document("EOF") && is_end_of_here_document("PY_EOF"));
        assert!(
            !is_end_of_here_document("eof")
                && !is_end_of_here_document("EOFError")
                && !is_end_of_here_document("x = EOF")
        );
    }
}
