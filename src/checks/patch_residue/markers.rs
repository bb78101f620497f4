//! Conflict markers that a merge left behind.

use super::ground::{self, Ground};
use crate::checks::Finding;
use crate::claims::Claims;
use crate::read::comments::{self, Kind, Piece};
use crate::span::{Location, Side, line_start};

use super::{Edited, RULE};

/// A conflict's lines, counted from 1.
struct Conflict {
    ours: usize,
    middle: usize,
    theirs: usize,
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
    let (conflicts, open) = conflicts(edited);
    let added = |c: &Conflict| [c.ours, c.middle, c.theirs].into_iter().any(|l| edited.diff.is_added(l));
    let conflicts: Vec<_> = conflicts.into_iter().filter(added).collect();
    let pieces = comments::scan(edited.path, &edited.head).unwrap_or_default();
    let is_shown = |c: &Conflict| is_quoted(c, &pieces, &edited.head) && !broke_in(c, edited);
    let (shown, live): (Vec<_>, Vec<_>) = conflicts.into_iter().partition(is_shown);
    let mut findings = Vec::new();
    if let Some(first) = live.first() {
        findings.push(report(edited, claims, first, live.len()));
    } else if let Some(line) = open.filter(|l| edited.diff.is_added(*l) && shown.is_empty()) {
        findings.extend(half(edited, line, &pieces));
    }
    findings
}

fn report(edited: &Edited<'_>, claims: &Claims, first: &Conflict, count: usize) -> Finding {
    let at = |line, label: &str| {
        Location::of_lines(Side::Head, edited.path, &edited.head, line, line).label(label.to_owned())
    };
    let headline = match count {
        1 => format!("{} holds an unresolved merge conflict", edited.path.name()),
        n => format!("{} holds {n} unresolved merge conflicts", edited.path.name()),
    };
    let finding = Finding::new(&RULE, at(first.ours, "one side begins"), headline, "conflict")
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

fn half(edited: &Edited<'_>, line: usize, pieces: &[Piece]) -> Option<Finding> {
    let offset = line_start(&edited.head, line);
    if ground::of(edited.path) != Ground::Live || string_at(pieces, offset).is_some() {
        return None;
    }
    let at = Location::of_lines(Side::Head, edited.path, &edited.head, line, line)
        .label("its other markers are missing");
    let headline = format!("{} holds part of a merge conflict's markers", edited.path.name());
    let finding = Finding::new(&RULE, at, headline, "half a conflict");
    Some(
        finding
            .explain("This marker belongs to a conflict whose other markers are not here, or not in order.")
            .note(),
    )
}

/// The complete conflicts, and the line of a marker that begins or ends none of them.
fn conflicts(edited: &Edited<'_>) -> (Vec<Conflict>, Option<usize>) {
    let fenced =
        matches!(edited.path.extension(), "md" | "mdx" | "markdown" | "mdc" | "qmd" | "rst" | "adoc" | "txt");
    let (mut found, mut open, mut fence) = (Vec::new(), None, None);
    let (mut ours, mut middle) = (None, None);
    for (index, line) in edited.head.lines().enumerate() {
        let number = index + 1;
        if fenced {
            fence = next_fence(fence, line);
            if fence.is_some() {
                (ours, middle) = (None, None);
                continue;
            }
        }
        match (mark(line), ours, middle) {
            (Some(Mark::Ours), _, _) => (ours, middle) = (Some(number), None),
            (Some(Mark::Middle), Some(_), None) => middle = Some(number),
            (Some(Mark::Theirs), Some(from), Some(mid)) => {
                found.push(Conflict { ours: from, middle: mid, theirs: number });
                (ours, middle) = (None, None);
            }
            (Some(Mark::Theirs), None, _) => open = open.or(Some(number)),
            _ => {}
        }
    }
    if let Some(line) = ours {
        open.get_or_insert(line);
    }
    (found, open)
}

fn mark(line: &str) -> Option<Mark> {
    let line = line.strip_suffix('\r').unwrap_or(line);
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
    let label = edited.head.lines().nth(conflict.ours - 1).unwrap_or_default();
    let foreign = ["SEARCH", "ORIGINAL", "OLD"].iter().any(|l| label.contains(l));
    let marks = [conflict.ours, conflict.middle, conflict.theirs].into_iter().all(added);
    marks && !foreign && (conflict.ours..conflict.theirs).any(|line| !added(line))
}

/// Whether the conflict is the content of one string: a test of merge tooling, a prompt, an inline snapshot.
fn is_quoted(conflict: &Conflict, pieces: &[Piece], head: &str) -> bool {
    let string = |line| string_at(pieces, line_start(head, line)).filter(|p| p.closed).map(|p| p.range.start);
    let first = string(conflict.ours);
    first.is_some() && first == string(conflict.middle) && first == string(conflict.theirs)
}

/// The string that a line's first byte is inside of or opens with.
fn string_at(pieces: &[Piece], offset: usize) -> Option<&Piece> {
    let next = pieces.partition_point(|p| p.range.end <= offset);
    pieces.get(next).filter(|p| p.kind == Kind::String && p.range.start <= offset)
}
