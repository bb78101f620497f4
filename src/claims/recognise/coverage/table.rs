//! Tables of coverage in Markdown: a metric, a file or a package a row, or a metric a column.

use super::super::super::vocabulary::WORDS;
use super::super::super::{ClaimKind, CoverageClaim, Covered, Metric, Percent};
use super::figures::{self, Sort};
use super::{COVERAGE, Near, metrics, names};

/// A row with what its table's header says of each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::claims) struct Row {
    pub(in crate::claims) header: Vec<String>,
    pub(in crate::claims) cells: Vec<String>,
    /// How many rows of this table begin with a metric.
    pub(in crate::claims) metric_rows: usize,
}

const NOW: [&str; 12] = [
    "after", "now", "new", "head", "current", "coverage", "value", "result", "actual", "this", "cover",
    "percent",
];
const BEFORE: [&str; 8] = ["before", "base", "old", "previous", "was", "main", "master", "from"];
const APART: [&str; 22] = [
    "delta",
    "change",
    "diff",
    "difference",
    "δ",
    "status",
    "missing",
    "missed",
    "miss",
    "uncovered",
    "tests",
    "passed",
    "threshold",
    "target",
    "goal",
    "minimum",
    "min",
    "required",
    "gate",
    "limit",
    "expected",
    "improvement",
];
const TOTALS: [&str; 8] = ["total", "totals", "overall", "all", "project", "everything", "sum", "combined"];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Now,
    Before,
    Of(Metric),
    Apart,
    Unknown,
}

/// Whether a cell is the name of a metric.
pub(in crate::claims) fn is_metric(cell: &str) -> bool {
    metrics::label(cell).is_some()
}

/// The figures that a row claims.
pub(in crate::claims) fn claims(row: &Row, near: Near) -> Vec<ClaimKind> {
    let claims = figures_of(row, near);
    if !claims.is_empty() {
        return claims;
    }
    // A cell may hold a sentence of its own.
    let first = row.cells.first().map_or("", String::as_str);
    let near = Near { part: near.part || super::extent::heads_a_part(first), ..Near::default() };
    let texts = row.cells.iter().filter(|cell| cell.len() <= 1_000 && COVERAGE.is_match(cell));
    texts.flat_map(|cell| super::claims(cell.trim(), near)).collect()
}

fn figures_of(row: &Row, near: Near) -> Vec<ClaimKind> {
    let columns: Vec<Column> = row.header.iter().map(|head| column(head)).collect();
    let metric_columns = columns.iter().filter(|c| matches!(c, Column::Of(_))).count();
    let headed =
        row.header.iter().any(|head| COVERAGE.is_match(head) && !WORDS.coverage_of_others.is_match(head));
    let spoken_of = headed
        || near.coverage
        || metric_columns > 1
        || row.metric_rows > 1
        || row.cells.first().is_some_and(|first| COVERAGE.is_match(first));
    let Some((first, rest)) = row.cells.split_first().filter(|_| spoken_of) else { return Vec::new() };
    let metric = metrics::label(first);
    let Some(of) = (if metric.is_some() { Some(unnamed(near)) } else { code(first, near) }) else {
        return Vec::new();
    };
    let bound = |text: &str| WORDS.coverage_bounds.is_match(text) || WORDS.unsure.is_match(text);
    if bound(first) || WORDS.coverage_of_others.is_match(first) {
        return Vec::new();
    }
    let mut levels = Vec::new();
    let mut before = None;
    for (cell, (head, column)) in rest.iter().zip(row.header.iter().zip(&columns).skip(1)) {
        let Some((now, from)) = level(cell, head) else { continue };
        match column {
            Column::Apart => {}
            Column::Before => before = Some(now),
            Column::Of(of_column) => levels.push((vec![*of_column], now, from)),
            Column::Now => levels.push((metric.into_iter().collect(), now, from)),
            Column::Unknown => return Vec::new(),
        }
    }
    // Two columns of the same sort would be two answers to one question.
    let twice = |index: usize| levels[..index].iter().any(|(metrics, ..)| *metrics == levels[index].0);
    if (0..levels.len()).any(twice) {
        return Vec::new();
    }
    let claim = |(metrics, now, from): (Vec<Metric>, Percent, Option<Percent>)| {
        let before = from.or(before.filter(|_| metric_columns == 0));
        ClaimKind::Coverage(CoverageClaim { now, before, metrics, of: of.clone(), in_words: false })
    };
    levels.into_iter().map(claim).collect()
}

fn column(head: &str) -> Column {
    if let Some(metric) = metrics::label(head) {
        return Column::Of(metric);
    }
    let lower = head.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let any = |list: &[&str]| words.clone().any(|word| list.contains(&word));
    if any(&APART) || lower.contains('#') {
        Column::Apart
    } else if any(&BEFORE) {
        Column::Before
    } else if any(&NOW) || lower.trim() == "%" || words.next().is_none() {
        Column::Now
    } else {
        Column::Unknown
    }
}

/// The figure of a cell that holds nothing else, with the one before an arrow.
fn level(cell: &str, head: &str) -> Option<(Percent, Option<Percent>)> {
    let figures = figures::read(cell);
    let levels: Vec<_> = figures.iter().filter(|f| f.sort != Sort::Difference).collect();
    match levels.as_slice() {
        [one] if one.sort == Sort::Level => Some((one.now, one.before)),
        // A bare number counts under a head with `%`.
        [] if figures.is_empty() && head.contains('%') => {
            figures::percent(cell.trim()).map(|now| (now, None))
        }
        _ => None,
    }
}

fn unnamed(near: Near) -> Covered {
    if near.part { Covered::Part } else { Covered::Unsaid }
}

/// The code that a row's first cell names; `None` where a row is no row of code.
fn code(first: &str, near: Near) -> Option<Covered> {
    let names = names::read(first);
    if !names.paths.is_empty() {
        return (!names.others).then_some(Covered::Named(names.paths));
    }
    let lower = first.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let total = words.first().is_some_and(|word| TOTALS.contains(word));
    let plain = words.iter().all(|word| super::extent::is_plain(word));
    match (total && plain, words.is_empty(), plain) {
        (true, ..) if near.part => Some(Covered::Part),
        (true, ..) => Some(Covered::Whole),
        (_, true, _) => None,
        (_, _, true) if words.contains(&"coverage") => Some(unnamed(near)),
        _ => Some(Covered::Part),
    }
}
