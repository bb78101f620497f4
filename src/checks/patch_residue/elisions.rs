//! Comments that stand in for code: `// ... existing code ...` where the code was.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::RegexSet;
use serde::Deserialize;

use super::ground::{self, Ground};
use crate::checks::Finding;
use crate::claims::Claims;
use crate::read::comments::{self, Kind, Piece};
use crate::span::{Lines, Location, Side};
use crate::vocabularies;

use super::{Edited, RULE};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vocabulary {
    noun: String,
    same: String,
    determiner: String,
    named: Vec<String>,
    dotted: Vec<String>,
}

struct Phrases {
    named: RegexSet,
    dotted: RegexSet,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let words: Vocabulary =
        toml::from_str(vocabularies::ELISIONS).expect("a test reads the vocabulary of elisions");
    let set = |patterns: &[String]| {
        let whole = |p: &String| {
            let p = p.replace("{noun}", &words.noun).replace("{same}", &words.same);
            format!("^(?:{})$", p.replace("{determiner}", &words.determiner))
        };
        RegexSet::new(patterns.iter().map(whole)).expect("a test compiles the vocabulary of elisions")
    };
    Phrases { named: set(&words.named), dotted: set(&words.dotted) }
});

/// How plainly a comment says that code is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// In words.
    Said,
    /// In everyday words within brackets.
    Bracketed,
    /// By dots alone.
    Dots,
}

pub(super) fn find(edited: &Edited<'_>, claims: &Claims) -> Vec<Finding> {
    if ground::of(edited.path) != Ground::Live || edited.diff.hunks.is_empty() {
        return Vec::new();
    }
    let Some(pieces) = comments::scan(edited.path, &edited.head) else { return Vec::new() };
    let candidates = pieces.iter().filter(|p| p.kind == Kind::Comment).filter_map(|piece| {
        let kept = elision(&edited.head[piece.inner.clone()])?;
        Some((piece, kept))
    });
    let mut around = Surroundings::of(edited, &pieces);
    candidates.filter_map(|(piece, kept)| judge(&mut around, claims, piece, kept)).collect()
}

/// What candidates are held against, worked out once for a file and once for each of its hunks.
struct Surroundings<'e> {
    edited: &'e Edited<'e>,
    pieces: &'e [Piece],
    lines: Lines,
    base: Option<Base<'e>>,
    exchange: Option<(usize, Exchange)>,
}

/// What base held.
struct Base<'e> {
    pieces: Vec<Piece>,
    /// The texts of its comments.
    comments: HashSet<String>,
    /// The lines of head: what stands there is not lost.
    standing: HashSet<&'e str>,
}

/// Code that a hunk took and gave.
#[derive(Clone)]
struct Exchange {
    /// The lines of base that stand nowhere at head.
    lost: Vec<usize>,
    /// How many lines of code head has there.
    gained: usize,
}

impl<'e> Surroundings<'e> {
    fn of(edited: &'e Edited<'e>, pieces: &'e [Piece]) -> Self {
        Self { edited, pieces, lines: Lines::of(&edited.head), base: None, exchange: None }
    }

    fn base(&mut self) -> &Base<'e> {
        let edited = self.edited;
        self.base.get_or_insert_with(|| {
            let path = edited.base_path.unwrap_or(edited.path);
            let pieces = comments::scan(path, &edited.base).unwrap_or_default();
            let comments = pieces.iter().filter(|p| p.kind == Kind::Comment);
            let comments = comments.map(|p| normal(&edited.base[p.inner.clone()])).collect();
            Base { pieces, comments, standing: edited.head.lines().map(str::trim).collect() }
        })
    }

    /// The exchange of the hunk with that number; candidates come in order, so the last one is kept.
    fn exchange(&mut self, number: usize) -> Exchange {
        if let Some((known, exchange)) = &self.exchange
            && *known == number
        {
            return exchange.clone();
        }
        let (edited, pieces) = (self.edited, self.pieces);
        let hunk = &edited.diff.hunks[number];
        let base = self.base();
        let was = code(&edited.base, hunk.base.clone(), &base.pieces).into_iter();
        let lost = was.filter(|(_, line)| !base.standing.contains(line)).map(|(number, _)| number).collect();
        let gained = code(&edited.head, hunk.head.clone(), pieces).len();
        let exchange = Exchange { lost, gained };
        self.exchange = Some((number, exchange.clone()));
        exchange
    }
}

fn judge(around: &mut Surroundings<'_>, claims: &Claims, piece: &Piece, kept: Kept) -> Option<Finding> {
    let edited = around.edited;
    let line = around.lines.at(piece.range.start);
    let hunk = edited.diff.hunks.partition_point(|h| h.head.end <= line);
    if !edited.diff.is_added(line) || !piece.stands_alone(&edited.head) {
        return None;
    }
    let text = &edited.head[piece.inner.clone()];
    if around.base().comments.contains(&normal(text)) {
        return None;
    }
    let Exchange { lost, gained } = around.exchange(hunk);
    let replaced = match kept {
        Kept::Said | Kept::Bracketed => lost.len() > gained,
        Kept::Dots => lost.len() >= 3 && gained == 0,
    };
    let hollow = kept == Kept::Said && is_hollow(&edited.head, &piece.range);
    if kept != Kept::Said && !replaced {
        return None;
    }
    let at = Location::bytes(Side::Head, edited.path, &edited.head, piece.range.clone());
    let said = text.trim();
    let gone = |number: &usize| edited.base.lines().nth(number - 1).unwrap_or_default();
    let gone: Vec<&str> = lost.iter().filter(|_| replaced).map(gone).collect();
    let matter = format!("{said} {}", gone.join("\n"));
    let finding = Finding::new(&RULE, at.label("stands where code belongs"), String::new(), &matter);
    let finding =
        finding.disclosed(claims.disclosure(Some(edited.path), &["placeholder", "elided", "omitted"]));
    Some(if replaced {
        let (first, last) = (lost[0], lost[lost.len() - 1]);
        let path = edited.base_path.unwrap_or(edited.path);
        let was = Location::of_lines(Side::Base, path, &edited.base, first, last).label("stood here before");
        let plural = if lost.len() == 1 { "line of code is" } else { "lines of code are" };
        Finding { headline: format!("code was replaced by the placeholder {said:?}"), ..finding }
            .explain(format!(
                "{} {plural} gone and a comment stands there that says they are left out. The edit put the \
                 abridged text into the file instead of merging it.",
                lost.len()
            ))
            .related(was)
    } else if hollow {
        Finding { headline: format!("a body holds nothing but the placeholder {said:?}"), ..finding }
            .explain("The comment says that code stands here, and none does.")
    } else {
        Finding { headline: format!("a comment reads like a placeholder: {said:?}"), ..finding }
            .explain("It reads as if code had been left out here; no lost code was found at this place.")
            .note()
    })
}

/// The lines of a range that hold code: not blank, not a comment, not mere closing brackets.
fn code<'t>(text: &'t str, lines: Range<usize>, pieces: &[Piece]) -> Vec<(usize, &'t str)> {
    let mut found = Vec::new();
    let mut at = crate::span::line_start(text, lines.start);
    for (number, raw) in (lines.start..lines.end).zip(text[at..].split_inclusive('\n')) {
        let line = raw.trim();
        let start = at + raw.len() - raw.trim_start().len();
        at += raw.len();
        let comment = comments::at(pieces, start).is_some_and(|piece| piece.kind == Kind::Comment);
        if !comment && line.chars().any(char::is_alphanumeric) {
            found.push((number, line));
        }
    }
    found
}

/// Whether nothing but the comment stands between `{` and `}`.
fn is_hollow(text: &str, comment: &Range<usize>) -> bool {
    let before = text[..comment.start].trim_end();
    let after = text[comment.end..].trim_start();
    before.ends_with('{') && after.starts_with('}') && !before.ends_with("={")
}

/// Whether a comment's text is a placeholder.
fn elision(comment: &str) -> Option<Kept> {
    if comment.len() > 160 {
        return None;
    }
    let text = normal(comment);
    let dots = |t: &str| t.starts_with("...") || t.ends_with("...");
    let edge = |c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '"' | '`');
    let inner = text.trim_matches(edge);
    let bare = text.trim_matches(|c: char| edge(c) && c != '.');
    if inner.is_empty() {
        return (bare.len() >= 3 && bare.chars().all(|c| c == '.')).then_some(Kept::Dots);
    }
    let bracketed = |t: &str| {
        [('(', ')'), ('[', ']'), ('<', '>')].iter().any(|(a, b)| t.starts_with(*a) && t.ends_with(*b))
    };
    if PHRASES.named.is_match(inner) {
        return Some(Kept::Said);
    }
    let kept = if dots(bare) { Some(Kept::Said) } else { bracketed(&text).then_some(Kept::Bracketed) };
    kept.filter(|_| PHRASES.dotted.is_match(inner))
}

/// Lower case, `…` as dots, white space and the marks of block comments' lines as single spaces.
fn normal(comment: &str) -> String {
    let words = comment.replace('…', "...").to_lowercase();
    words.split_whitespace().filter(|w| *w != "*").collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_comments() {
        for text in [
            "... existing code ...",
            " ... rest of the file unchanged ...",
            "rest of code remains the same",
            "Rest of the component remains unchanged.",
            "... (rest of the implementation)",
            "[... existing imports ...]",
            "… other methods …",
            "... unchanged ...",
            "--- existing code here ---",
            "Keep existing code as is",
            "remaining methods unchanged",
            "code omitted for brevity",
            "... rest of handleSubmit function",
            "... same as before",
            "... previous tests ...",
        ] {
            assert_eq!(elision(text), Some(Kept::Said), "{text}");
        }
        assert_eq!(elision(" ... "), Some(Kept::Dots));
        for text in ["(same as before)", "[existing code]", " <unchanged> ", "(previous implementation)"] {
            assert_eq!(elision(text), Some(Kept::Bracketed), "{text}");
        }
    }

    #[test]
    fn comments_about_the_rest_of_something_are_no_placeholders() {
        for text in [
            "existing code paths call this twice",
            "The rest of the code assumes UTC.",
            "other methods of the class share this lock",
            "Skip the rest of the line",
            "unchanged",
            "Same as before",
            "existing users keep their id",
            "see the existing tests for how this works",
            "rest",
            "TODO: ...",
            "e.g. foo, bar, ...",
            "keep the existing value unless forced",
            "more cases",
            "",
            "Loading...",
            "(optional)",
            "[deprecated]",
            "same as before (see above)",
        ] {
            assert_eq!(elision(text), None, "{text}");
        }
    }
}
