//! Comments that hide their own line, the next one, or what stands between two of them.

use std::cell::LazyCell;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::masked::{block_end, without};
use super::regions::{Regions, Turn};
use super::{Hides, Marker, lines_of};
use crate::ids::RepoPath;
use crate::read::comments::{self, Kind, Piece};
use crate::span::Lines;

/// What a comment of a family does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Line,
    NextLine,
    Region(Turn),
    /// The same for branches.
    BranchLine,
    BranchRegion(Turn),
    File,
    Function,
}

/// One tool's comments: the languages' endings, the expression over a comment without its marks, and what each word
/// that it captures does.
struct Family {
    tool: &'static str,
    endings: &'static [&'static str],
    expression: Regex,
    acts: &'static [(&'static str, Act)],
}

const NATIVE: [&str; 13] = ["c", "cc", "cpp", "cxx", "h", "hh", "hpp", "m", "mm", "rs", "zig", "d", "cu"];
const GCOV: [(&str, Act); 12] = [
    ("EXCL_LINE", Act::Line),
    ("EXCL_START", Act::Region(Turn::Start)),
    ("EXCL_STOP", Act::Region(Turn::Stop)),
    ("EXCL_FUNCTION", Act::Function),
    ("EXCL_BR_LINE", Act::BranchLine),
    ("EXCL_BR_START", Act::BranchRegion(Turn::Start)),
    ("EXCL_BR_STOP", Act::BranchRegion(Turn::Stop)),
    ("EXCL_EXCEPTION_BR_LINE", Act::BranchLine),
    ("EXCL_BR_SOURCE", Act::BranchLine),
    ("UNREACHABLE_LINE", Act::Line),
    ("UNREACHABLE_START", Act::Region(Turn::Start)),
    ("UNREACHABLE_STOP", Act::Region(Turn::Stop)),
];

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| {
    let family = |tool, endings, expression, acts| {
        let expression = Regex::new(expression).expect("a literal expression compiles");
        Family { tool, endings, expression, acts }
    };
    vec![
        family("lcov", &NATIVE, r"\b(?:[GL]COVR?|GRCOV)_(EXCL_[A-Z_]+|UNREACHABLE_[A-Z]+)\b", &GCOV),
        family("SimpleCov", &["rb", "rake"], r"^\s*(:nocov:)", &[(":nocov:", Act::Region(Turn::Toggle))]),
        family(
            "PHPUnit",
            &["php"],
            r"^[/*\s]*@(codeCoverageIgnore(?:Start|End)?)[/*\s]*$",
            &[
                ("codeCoverageIgnore", Act::Line),
                ("codeCoverageIgnoreStart", Act::Region(Turn::Start)),
                ("codeCoverageIgnoreEnd", Act::Region(Turn::Stop)),
            ],
        ),
        family(
            "Dart",
            &["dart"],
            r"^\s*coverage:ignore-(line|start|end|file)[\w\s]*$",
            &[
                ("line", Act::Line),
                ("start", Act::Region(Turn::Start)),
                ("end", Act::Region(Turn::Stop)),
                ("file", Act::File),
            ],
        ),
        family(
            "ExCoveralls",
            &["ex", "exs"],
            r"coveralls-ignore-(start|stop|next-line)",
            &[
                ("start", Act::Region(Turn::Start)),
                ("stop", Act::Region(Turn::Stop)),
                ("next-line", Act::NextLine),
            ],
        ),
        family(
            "scoverage",
            &["scala"],
            r"^\s*\$COVERAGE-(OFF|ON)\$",
            &[("OFF", Act::Region(Turn::Start)), ("ON", Act::Region(Turn::Stop))],
        ),
        family(
            "covr",
            &["r", "R"],
            r"^\s*nocov\s*(start|end)?",
            &[("", Act::Line), ("start", Act::Region(Turn::Start)), ("end", Act::Region(Turn::Stop))],
        ),
        family(
            "Julia",
            &["jl"],
            r"\bCOV_EXCL_(LINE|START|STOP)\b",
            &[("LINE", Act::Line), ("START", Act::Region(Turn::Start)), ("STOP", Act::Region(Turn::Stop))],
        ),
        family(
            "V8",
            &["vue", "svelte"],
            r"^\s*(?:[cv]8|istanbul)\s+ignore\s+(next|start|stop|file)(?:\W|$)",
            &[
                ("next", Act::NextLine),
                ("start", Act::Region(Turn::Start)),
                ("stop", Act::Region(Turn::Stop)),
                ("file", Act::File),
            ],
        ),
    ]
});

static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"^\s*simplecov\s*:\s*(disable|enable)\b(?:\s+((?:line|branch|method)(?:\s*,\s*(?:line|branch|method))*)\b)?";
    Regex::new(words).expect("a literal expression compiles")
});

pub(super) fn read(path: &RepoPath, text: &str) -> Vec<Marker> {
    let families: Vec<&Family> =
        FAMILIES.iter().filter(|family| family.endings.contains(&path.extension())).collect();
    if families.is_empty() {
        return Vec::new();
    }
    let pieces = comments::scan(path, text).unwrap_or_default();
    let lines = Lines::of(text);
    let mut found: Vec<Marker> =
        families.iter().flat_map(|family| family.read(text, &lines, &pieces)).collect();
    if matches!(path.extension(), "rb" | "rake") {
        found.extend(directives(text, &lines, &pieces));
    }
    found
}

impl Family {
    fn read(&self, text: &str, lines: &Lines, pieces: &[Piece]) -> Vec<Marker> {
        let mut regions = Regions::new(self.tool, text);
        let mut branches = Regions::new(self.tool, text).of_branches();
        let masked = LazyCell::new(|| without(text, pieces.iter().map(|piece| piece.range.clone())));
        let mut found = Vec::new();
        for piece in pieces.iter().filter(|piece| piece.kind == Kind::Comment) {
            let Some(words) = self.expression.captures(&text[piece.inner.clone()]) else { continue };
            let word = words.get(1).map_or("", |word| word.as_str());
            let Some((_, act)) = self.acts.iter().find(|(known, _)| *known == word) else { continue };
            let line = lines.at(piece.range.start);
            let hides = match act {
                Act::Line => Some(Hides::Lines(std::iter::once(line..line + 1).collect())),
                Act::NextLine => Some(Hides::Lines(std::iter::once(line + 1..line + 2).collect())),
                Act::BranchLine => Some(Hides::Branches),
                Act::File => Some(Hides::File),
                Act::Function => function(text, lines, &masked, piece).map(|lines| Hides::Lines(vec![lines])),
                // SimpleCov toggles only with a comment that has its line for itself.
                Act::Region(Turn::Toggle) if !piece.stands_alone(text) => None,
                Act::Region(turn) => {
                    regions.turn(*turn, piece.range.clone(), line);
                    None
                }
                Act::BranchRegion(turn) => {
                    branches.turn(*turn, piece.range.clone(), line);
                    None
                }
            };
            found.extend(hides.map(|hides| Marker::new(self.tool, text, piece.range.clone(), hides)));
        }
        found.extend(regions.finish());
        found.extend(branches.finish());
        found
    }
}

/// The function on whose first line the comment stands.
fn function(text: &str, lines: &Lines, masked: &[u8], piece: &Piece) -> Option<Range<usize>> {
    let start = text[..piece.range.start].rfind('\n').map_or(0, |at| at + 1);
    let open = masked.iter().enumerate().skip(start).find(|(_, byte)| matches!(byte, b'{' | b';'))?;
    let end = if *open.1 == b'{' { block_end(masked, open.0)? } else { return None };
    Some(lines_of(lines, &(start..end)))
}

/// SimpleCov's newer comments: a line's own, or a pair.
fn directives(text: &str, lines: &Lines, pieces: &[Piece]) -> Vec<Marker> {
    const TOOL: &str = "SimpleCov";
    let (mut regions, mut found) = (Regions::new(TOOL, text), Vec::new());
    for piece in pieces.iter().filter(|piece| piece.kind == Kind::Comment) {
        let Some(words) = DIRECTIVE.captures(&text[piece.inner.clone()]) else { continue };
        let of_lines = words.get(2).is_none_or(|kinds| kinds.as_str().contains("line"));
        let line = lines.at(piece.range.start);
        let disables = &words[1] == "disable";
        match (piece.stands_alone(text), disables, of_lines) {
            (true, true, true) => regions.turn(Turn::Start, piece.range.clone(), line),
            (true, false, true) => regions.turn(Turn::Stop, piece.range.clone(), line),
            (false, true, true) => {
                let hides = Hides::Lines(std::iter::once(line..line + 1).collect());
                found.push(Marker::new(TOOL, text, piece.range.clone(), hides));
            }
            (_, true, false) => found.push(Marker::new(TOOL, text, piece.range.clone(), Hides::Branches)),
            _ => {}
        }
    }
    found.extend(regions.finish());
    found
}
