//! The totals that coverage tools print, pasted into a text: Istanbul's tables and summaries, coverage.py's `TOTAL`,
//! `coverage: … of statements` of Go, and tables of LLVM, .NET, bun and deno.

use super::super::super::{ClaimKind, CoverageClaim, Covered, Metric, Percent};
use super::super::asserts;
use super::{figures, metrics, names};

/// A longer output is no summary.
const MAX_LINES: usize = 5_000;
/// The languages that a fence with a tool's output is marked with.
const LANGUAGES: [&str; 14] = [
    "",
    "text",
    "txt",
    "plain",
    "plaintext",
    "console",
    "shell",
    "sh",
    "bash",
    "zsh",
    "log",
    "output",
    "terminal",
    "shell-session",
];

/// A total, and the line of the output that it stands on, counted from 0.
pub(in crate::claims) struct Total {
    pub(in crate::claims) line: usize,
    pub(in crate::claims) kind: ClaimKind,
}

/// Whether a fence of that mark may hold a tool's output.
pub(in crate::claims) fn is_output(info: &str) -> bool {
    let language = info.split([' ', ',', '{']).next().unwrap_or_default();
    LANGUAGES.contains(&language.to_ascii_lowercase().as_str())
}

/// The totals in a tool's output. Where a command in it asks for a part, they are of a part.
pub(in crate::claims) fn totals(text: &str, part: bool) -> Vec<Total> {
    let part = part || text.lines().take(MAX_LINES).any(asks_for_a_part);
    let of = if part { Covered::Part } else { Covered::Unsaid };
    let mut totals: Vec<Total> = Vec::new();
    let mut header: Option<Vec<Option<Metric>>> = None;
    let mut columns = Columns::None;
    for (line, text) in text.lines().enumerate().take(MAX_LINES) {
        let text = text.trim();
        if let Some(found) = barred_header(text) {
            header = Some(found);
        } else if let Some(found) = spaced_header(text) {
            columns = found;
        }
        let found = header.as_deref().and_then(|header| barred(text, header));
        let found = found.or_else(|| spaced(text, columns)).or_else(|| summary(text)).unwrap_or_default();
        totals.extend(found.into_iter().map(|(metrics, now)| {
            let claim = CoverageClaim { now, before: None, metrics, of: of.clone(), in_words: false };
            Total { line, kind: ClaimKind::Coverage(claim) }
        }));
    }
    disagree(&mut totals);
    totals
}

type Figures = Vec<(Vec<Metric>, Percent)>;

/// Two totals of one metric that differ are of two parts, or of two times.
fn disagree(totals: &mut [Total]) {
    let claims: Vec<CoverageClaim> = totals
        .iter()
        .filter_map(|total| match &total.kind {
            ClaimKind::Coverage(claim) => Some(claim.clone()),
            _ => None,
        })
        .collect();
    let agree = |claim: &CoverageClaim| {
        claims.iter().take(64).all(|c| c.metrics != claim.metrics || c.now == claim.now)
    };
    if claims.iter().take(64).all(agree) && claims.len() <= 64 {
        return;
    }
    for total in totals {
        if let ClaimKind::Coverage(claim) = &mut total.kind {
            claim.of = Covered::Part;
        }
    }
}

/// A command line with a path, a filter or a package.
fn asks_for_a_part(line: &str) -> bool {
    let Some(command) = line.trim_start().strip_prefix("$ ").or_else(|| line.trim_start().strip_prefix("> "))
    else {
        return false;
    };
    command.split_whitespace().skip(1).any(|word| {
        word.contains(['/', '=']) && word != "./..."
            || word.contains(".test.")
            || matches!(word, "-t" | "-k" | "--filter" | "-p" | "-F" | "-w")
    })
}

/// `File | % Stmts | % Branch | % Funcs | % Lines | …`, `| Module | Line | Branch | Method |`.
fn barred_header(line: &str) -> Option<Vec<Option<Metric>>> {
    let cells: Vec<&str> = cells(line);
    let columns: Vec<Option<Metric>> = cells
        .iter()
        .map(|cell| {
            metrics::label(cell).filter(|_| !cell.contains('#') && !cell.to_lowercase().contains("uncovered"))
        })
        .collect();
    (columns.iter().flatten().count() >= 2).then_some(columns)
}

fn cells(line: &str) -> Vec<&str> {
    let bars = ['|', '│', '┃'];
    if !line.contains(bars) {
        return Vec::new();
    }
    line.trim_matches(|c: char| bars.contains(&c) || c.is_whitespace()).split(bars).map(str::trim).collect()
}

fn barred(line: &str, header: &[Option<Metric>]) -> Option<Figures> {
    let cells = cells(line);
    let first = cells.first()?.to_lowercase();
    if !matches!(first.as_str(), "all files" | "total" | "all") {
        return None;
    }
    let figures = cells.iter().zip(header).filter_map(|(cell, metric)| {
        let now = figures::percent(cell.trim_end_matches('%').trim())?;
        Some((vec![(*metric)?], now))
    });
    Some(figures.collect())
}

/// Which columns of figures a table without bars has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Columns {
    None,
    /// coverage.py: one, over lines, or over lines and branches.
    Cover,
    /// llvm-cov: regions, functions, lines and, where it measures them, branches.
    Llvm {
        branches: bool,
    },
}

fn spaced_header(line: &str) -> Option<Columns> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["Name", "Stmts", "Miss", rest @ ..] if rest.contains(&"Cover") => Some(Columns::Cover),
        ["Filename", "Regions", rest @ ..] => Some(Columns::Llvm { branches: rest.contains(&"Branches") }),
        _ => None,
    }
}

fn spaced(line: &str, columns: Columns) -> Option<Figures> {
    let mut words = line.split_whitespace();
    if words.next()? != "TOTAL" {
        return None;
    }
    let figures: Vec<Percent> =
        words.clone().filter_map(|word| figures::percent(word.strip_suffix('%')?)).collect();
    let counts = words.clone().filter(|word| word.bytes().all(|b| b.is_ascii_digit())).count();
    let of_llvm = [Metric::Regions, Metric::Functions, Metric::Lines, Metric::Branches];
    match (columns, figures.as_slice()) {
        (Columns::Llvm { branches }, several) if several.len() == 3 + usize::from(branches) => {
            Some(several.iter().zip(of_llvm).map(|(now, metric)| (vec![metric], *now)).collect())
        }
        // `TOTAL 120 3 98%` is known without its header.
        (Columns::Cover | Columns::None, [now]) if matches!(counts, 2 | 4) => Some(vec![(Vec::new(), *now)]),
        _ => None,
    }
}

/// `Statements   : 92.3% ( 120/130 )`, `Line Coverage: 98.5% (197 / 200)`, `total: (statements) 48.7%`,
/// `87.50% coverage, 7/8 lines covered`.
fn summary(line: &str) -> Option<Figures> {
    if let Some(rest) = line.strip_prefix("total:") {
        let now = rest.trim().strip_prefix("(statements)")?.trim().strip_suffix('%')?;
        return Some(vec![(vec![Metric::Statements], figures::percent(now)?)]);
    }
    if let Some((now, rest)) = line.split_once("% coverage, ")
        && rest.ends_with("lines covered")
    {
        return Some(vec![(vec![Metric::Lines], figures::percent(now)?)]);
    }
    let (label, rest) = line.split_once(':')?;
    let metric = metrics::label(label.trim())?;
    let (now, rest) = rest.trim().split_once('%')?;
    let rest = rest.trim();
    let counted = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let fraction = counted.is_some_and(|counts| {
        counts.split_once('/').is_some_and(|(hit, found)| {
            [hit, found].iter().all(|n| !n.trim().is_empty() && n.trim().bytes().all(|b| b.is_ascii_digit()))
        })
    });
    fraction.then(|| figures::percent(now.trim())).flatten().map(|now| vec![(vec![metric], now)])
}

/// Whether a text before an output says that it is of a part or of another time.
pub(in crate::claims) fn leads_to_a_part(text: &str) -> bool {
    let names = names::read(text);
    !names.paths.is_empty() || names.others || !asserts(text)
}
