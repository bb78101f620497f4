//! Conflict markers that a merge left behind.

use super::ground::{self, Ground};
use crate::checks::Finding;
use crate::claims::Claims;
use crate::read::comments::{self, Kind, Piece};
use crate::span::{Location, Side, line_start};

use super::{Edited, RULE};

/// A line of marks: its number, counted from 1, and its first byte.
#[derive(Clone, Copy)]
struct Line {
    number: usize,
    start: usize,
}

struct Conflict {
    ours: Line,
    middle: Line,
    theirs: Line,
}

impl Conflict {
    fn marks(&self) -> [Line; 3] {
        [self.ours, self.middle, self.theirs]
    }
}

/// A mark that belongs to no whole conflict.
#[derive(Clone, Copy)]
enum Stray {
    Begins(Line),
    Ends(Line),
}

impl Stray {
    fn line(self) -> Line {
        match self {
            Self::Begins(line) | Self::Ends(line) => line,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Ours,
    Ancestor,
    Middle,
    Theirs,
}

pub(super) fn find(edited: &Edited<'_>, claims: &Claims) -> Vec<Finding> {
    // Nearly no file has one: the cheap look first.
    if !(edited.head.contains("<<<<<<< ") || edited.head.contains(">>>>>>> "))
        || edited.path.extension() == "patch"
        || edited.path.extension() == "diff"
    {
        return Vec::new();
    }
    let (conflicts, stray) = conflicts(edited);
    let added = |c: &Conflict| c.marks().iter().any(|line| edited.diff.is_added(line.number));
    let conflicts: Vec<_> = conflicts.into_iter().filter(added).collect();
    let pieces = comments::scan(edited.path, &edited.head).unwrap_or_default();
    let is_shown = |c: &Conflict| is_quoted(c, &pieces) && !broke_in(c, edited);
    let (shown, live): (Vec<_>, Vec<_>) = conflicts.into_iter().partition(is_shown);
    let mut findings = Vec::new();
    if !live.is_empty() {
        findings.push(report(edited, claims, &live));
    } else if let Some(stray) = stray.filter(|s| edited.diff.is_added(s.line().number) && shown.is_empty()) {
        findings.extend(half(edited, stray, &pieces));
    }
    findings
}

fn report(edited: &Edited<'_>, claims: &Claims, live: &[Conflict]) -> Finding {
    let first = &live[0];
    let at = |line: Line, label: &str| {
        Location::of_lines(Side::Head, edited.path, &edited.head, line.number, line.number).label(label)
    };
    let headline = match live.len() {
        1 => format!("{} holds an unresolved merge conflict", edited.path.name()),
        n => format!("{} holds {n} unresolved merge conflicts", edited.path.name()),
    };
    let lines = |conflict: &Conflict| {
        let end = line_start(&edited.head, conflict.theirs.number + 1);
        edited.head[conflict.ours.start..end.max(conflict.ours.start)].to_owned()
    };
    let matter: Vec<String> = live.iter().map(lines).collect();
    let finding = Finding::new(&RULE, at(first.ours, "one side begins"), headline, &matter.join("\n"))
        .explain(
            "Git wrote these lines where it could not merge, and they were committed as they stood. Both sides of \
             the conflict are in the file; whoever reads it gets neither.",
        )
        .related(at(first.middle, "the other side begins"))
        .related(at(first.theirs, "the conflict ends"))
        .disclosed(claims.disclosure(None, &["conflict marker", "conflict markers"]));
    let about =
        ["conflict", "merge", "rebase"].iter().any(|w| edited.path.as_str().to_lowercase().contains(w));
    if ground::of(edited.path) == Ground::Sample || about { finding.note() } else { finding }
}

fn half(edited: &Edited<'_>, stray: Stray, pieces: &[Piece]) -> Option<Finding> {
    let line = stray.line();
    if ground::of(edited.path) != Ground::Live || string_at(pieces, line.start).is_some() {
        return None;
    }
    let (label, explanation) = match stray {
        Stray::Begins(_) => {
            ("begins and never ends", "A conflict begins here and its other markers do not follow in order.")
        }
        Stray::Ends(_) => ("ends what never began", "A conflict ends here and none begins before it."),
    };
    let at = Location::of_lines(Side::Head, edited.path, &edited.head, line.number, line.number).label(label);
    let headline = format!("{} holds part of a merge conflict's markers", edited.path.name());
    Some(Finding::new(&RULE, at, headline, "half a conflict").explain(explanation).note())
}

/// The complete conflicts, and the first mark that belongs to none.
fn conflicts(edited: &Edited<'_>) -> (Vec<Conflict>, Option<Stray>) {
    let fenced =
        matches!(edited.path.extension(), "md" | "mdx" | "markdown" | "mdc" | "qmd" | "rst" | "adoc" | "txt");
    let (mut found, mut stray, mut fence) = (Vec::new(), None, None);
    let (mut ours, mut middle) = (None, None);
    let mut next = 0;
    for (index, line) in edited.head.split_inclusive('\n').enumerate() {
        let here = Line { number: index + 1, start: next };
        next += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        if fenced {
            fence = next_fence(fence, line);
            if fence.is_some() {
                (ours, middle) = (None, None);
                continue;
            }
        }
        match (mark(line), ours, middle) {
            (Some(Mark::Ours), _, _) => (ours, middle) = (Some(here), None),
            (Some(Mark::Middle), Some(_), None) => middle = Some(here),
            (Some(Mark::Theirs), Some(ours_at), Some(middle_at)) => {
                found.push(Conflict { ours: ours_at, middle: middle_at, theirs: here });
                (ours, middle) = (None, None);
            }
            (Some(Mark::Theirs), None, _) => stray = stray.or(Some(Stray::Ends(here))),
            _ => {}
        }
    }
    (found, stray.or(ours.map(Stray::Begins)))
}

fn mark(line: &str) -> Option<Mark> {
    let labelled =
        |mark: &str| line.strip_prefix(mark).is_some_and(|l| l.starts_with(' ') && !l.trim().is_empty());
    match line {
        "=======" => Some(Mark::Middle),
        "|||||||" => Some(Mark::Ancestor),
        _ if labelled("<<<<<<<") => Some(Mark::Ours),
        _ if labelled("|||||||") => Some(Mark::Ancestor),
        _ if labelled(">>>>>>>") => Some(Mark::Theirs),
        _ => None,
    }
}

/// The fence that is open behind a line of Markdown: its mark and length.
fn next_fence(open: Option<(char, usize)>, line: &str) -> Option<(char, usize)> {
    let text = line.trim_start();
    let Some(mark) = text.chars().next().filter(|c| matches!(c, '`' | '~')) else { return open };
    let length = text.len() - text.trim_start_matches(mark).len();
    match open {
        None if length >= 3 => Some((mark, length)),
        Some((c, n)) if c == mark && length >= n && text.trim_matches(mark).trim().is_empty() => None,
        open => open,
    }
}

/// Whether git wrote the conflict into a text that stood at base: new marks around old lines. A string that was
/// written to show a conflict is new as a whole; `SEARCH` and its like are the labels of edit formats, not git's.
fn broke_in(conflict: &Conflict, edited: &Edited<'_>) -> bool {
    let added = |line| edited.diff.is_added(line);
    let label = edited.head[conflict.ours.start..].lines().next().unwrap_or_default();
    let foreign = ["SEARCH", "ORIGINAL", "OLD"].iter().any(|l| label.contains(l));
    let marks = conflict.marks().iter().all(|line| added(line.number));
    marks && !foreign && (conflict.ours.number..conflict.theirs.number).any(|line| !added(line))
}

/// Whether the conflict is the content of one string: a test of merge tooling, a prompt, an inline snapshot.
fn is_quoted(conflict: &Conflict, pieces: &[Piece]) -> bool {
    let string = |line: Line| string_at(pieces, line.start).filter(|p| p.closed).map(|p| p.range.start);
    let [first, middle, last] = conflict.marks().map(string);
    first.is_some() && first == middle && first == last
}

/// The string that a line's first byte is inside of or opens with.
fn string_at(pieces: &[Piece], offset: usize) -> Option<&Piece> {
    comments::at(pieces, offset).filter(|piece| piece.kind == Kind::String)
}
