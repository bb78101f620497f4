//! The same lines twice in a row.

use std::ops::Range;

use super::ground::Ground;
use super::{Edited, RULE};
use crate::checks::Finding;
use crate::ids::RepoPath;
use crate::read::alike::doubled::{self, Doubled};
use crate::read::alike::lines::{self, Line};
use crate::read::symbols;
use crate::read::syntax;
use crate::span::{Lines, Location, Side, line_start};
use crate::undecided::Undecided;

/// The files that are looked through, as a glob over whole paths.
pub(super) const FILES: &str = "**/{*.{bash,c,cc,cjs,cpp,cs,css,cts,dart,ex,exs,go,h,hpp,java,js,jsx,kt,kts,less,\
    md,mdx,mjs,mts,php,proto,py,rb,rs,scala,scss,sh,sql,swift,tf,ts,tsx,yaml,yml},Dockerfile,Makefile}";
const EXTENSIONS: [&str; 40] = [
    "bash", "c", "cc", "cjs", "cpp", "cs", "css", "cts", "dart", "ex", "exs", "go", "h", "hpp", "java", "js",
    "jsx", "kt", "kts", "less", "md", "mdx", "mjs", "mts", "php", "proto", "py", "rb", "rs", "scala", "scss",
    "sh", "sql", "swift", "tf", "ts", "tsx", "yaml", "yml", "zsh",
];
/// A run is sizeable from here on.
const MIN_LINES: usize = 4;
const MIN_TOKENS: usize = 40;
const MIN_WORDS: usize = 14;
const MIN_DISTINCT: usize = 4;
/// Written lines that may stand between the two.
const GAP: usize = 1;

/// Whether the file is looked through.
pub(super) fn reads(path: &RepoPath) -> bool {
    EXTENSIONS.contains(&path.extension()) || matches!(path.name(), "Dockerfile" | "Makefile")
}

/// The longest block that this change doubled.
pub(super) fn find(edited: &Edited<'_>) -> Result<Option<Finding>, Undecided> {
    if !reads(edited.path) {
        return Ok(None);
    }
    let head = lines::written(edited.head);
    let stretches = edited.diff.hunks.iter().map(|hunk| lines::within(&head, &hunk.head));
    let doubled = stretches.filter(|s| s.len() >= MIN_LINES).filter_map(|stretch| {
        let found = doubled::near(&head, &stretch, GAP)?;
        is_sizeable(&head[found.first.clone()]).then_some(found)
    });
    let base = lines::written(edited.base);
    let new = doubled.filter(|found| came(edited, &head, &base, found));
    let Some(found) = new.max_by_key(|found| found.first.len()) else { return Ok(None) };
    // Cases of a test follow one another and differ in a word.
    if edited.ground != Ground::Live {
        return Ok(None);
    }
    let Some(language) = symbols::language(edited.path) else {
        let finding = told(edited, &numbers(&head, &found.first), &numbers(&head, &found.second));
        return Ok(Some(finding.note()));
    };
    // Outside of statements, in markup and tables, people repeat themselves on purpose.
    let tree = syntax::parse(language, edited.head)?;
    let reach = line_start(edited.head, head[found.first.start].number)
        ..line_start(edited.head, head[found.second.end - 1].number + 1);
    let Some((first, second)) = doubled::statements(tree.root(), edited.head, &reach) else {
        return Ok(None);
    };
    if !is_sizeable(&lines::written(&edited.head[first.clone()])) {
        return Ok(None);
    }
    let at = Lines::of(edited.head);
    let lines = |bytes: &Range<usize>| at.at(bytes.start)..at.at(bytes.end.saturating_sub(1)) + 1;
    Ok(Some(told(edited, &lines(&first), &lines(&second))))
}

/// Whether the lines are many and different enough not to be met twice by chance.
fn is_sizeable(lines: &[Line]) -> bool {
    let mut hashes: Vec<u64> = lines.iter().filter(|l| l.words > 0).map(|l| l.hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let sum = |of: fn(&Line) -> usize| lines.iter().map(of).sum::<usize>();
    lines.len() >= MIN_LINES
        && hashes.len() >= MIN_DISTINCT
        && sum(|l| l.tokens) >= MIN_TOKENS
        && sum(|l| l.words) >= MIN_WORDS
}

/// Whether this change made two of one: enough lines are new here, and base had the run less often.
fn came(edited: &Edited<'_>, head: &[Line], base: &[Line], found: &Doubled) -> bool {
    let both = &head[found.first.start..found.second.end];
    let new = both.iter().filter(|line| edited.diff.is_added(line.number)).count();
    let run: Vec<u64> = head[found.first.clone()].iter().map(|l| l.hash).collect();
    let count = |lines: &[Line]| {
        lines.windows(run.len()).filter(|w| w.iter().map(|l| l.hash).eq(run.iter().copied())).count()
    };
    new >= run.len() && count(head) > count(base) && count(base) < 2
}

fn numbers(lines: &[Line], positions: &Range<usize>) -> Range<usize> {
    lines[positions.start].number..lines[positions.end - 1].number + 1
}

fn told(edited: &Edited<'_>, first: &Range<usize>, second: &Range<usize>) -> Finding {
    let place = |lines: &Range<usize>| {
        Location::of_lines(Side::Head, edited.path, edited.head, lines.start, lines.end - 1)
    };
    let text = &edited.head[line_start(edited.head, second.start)..line_start(edited.head, second.end)];
    let count = second.len();
    let headline = format!("{count} lines of `{}` stand twice in a row", edited.path.name());
    let matter = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Finding::new(&RULE, place(second).label("the same again"), headline, &matter)
        .explain(
            "Two equal blocks follow one another where base has one at most: an insertion that was applied twice. \
             Both run, and the next edit will change only one of them.",
        )
        .related(place(first).label("stands here already"))
}
