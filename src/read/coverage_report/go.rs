//! Go's cover profiles: blocks of statements, repeated for every package whose tests reach them.

use std::collections::BTreeMap;

use super::{FileCoverage, Format, Lines, Measured, Ratio, Report};

/// So many lines are counted in one report, over all its blocks.
const MAX_LINES: u64 = 20_000_000;

/// Whether a text begins as a profile.
pub(super) fn is(text: &str) -> bool {
    text.starts_with("mode: ")
}

/// Where a block begins and ends: lines and columns.
type Place = (u32, u32, u32, u32);

#[derive(Clone, Copy)]
struct Block {
    statements: u64,
    hit: bool,
}

/// Reads a profile. Profiles that were put behind each other repeat the mode; a block that stands there several times
/// ran if it did anywhere.
pub(super) fn read(text: &str) -> Result<Report, String> {
    let mut files: Vec<(&str, BTreeMap<Place, Block>)> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || matches!(line, "mode: set" | "mode: count" | "mode: atomic") {
            continue;
        }
        let (path, place, block) =
            parse(line).ok_or_else(|| format!("can't be read at line {}", number + 1))?;
        let at = *index.entry(path).or_insert(files.len());
        if at == files.len() {
            files.push((path, BTreeMap::new()));
        }
        let known = files[at].1.entry(place).or_insert(block);
        if known.statements != block.statements {
            return Err(format!("counts the statements of a block differently at line {}", number + 1));
        }
        known.hit |= block.hit;
    }
    let mut budget = MAX_LINES;
    let files =
        files.into_iter().map(|(path, blocks)| Ok((path.to_owned(), coverage(&blocks, &mut budget)?)));
    Ok(Report::new(Format::Go, files.collect::<Result<_, String>>()?))
}

/// `file:line.column,line.column statements count`; a path may hold colons and spaces.
fn parse(line: &str) -> Option<(&str, Place, Block)> {
    let (rest, count) = line.rsplit_once(' ')?;
    let (rest, statements) = rest.rsplit_once(' ')?;
    let (path, place) = rest.rsplit_once(':')?;
    let (from, to) = place.split_once(',')?;
    let point = |text: &str| -> Option<(u32, u32)> {
        let (line, column) = text.split_once('.')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    };
    let ((from_line, from_column), (to_line, to_column)) = (point(from)?, point(to)?);
    let hit = count.parse::<u64>().ok()? > 0;
    let block = Block { statements: statements.parse::<u32>().ok()?.into(), hit };
    (!path.is_empty() && from_line <= to_line).then_some((
        path,
        (from_line, from_column, to_line, to_column),
        block,
    ))
}

/// The profile counts statements and does not say on which lines they stand: a line of several blocks ran if any did.
fn coverage(blocks: &BTreeMap<Place, Block>, budget: &mut u64) -> Result<FileCoverage, String> {
    let (mut lines, mut statements) = (Lines::new(), Ratio::default());
    for ((from, _, to, _), block) in blocks {
        let hit = if block.hit { block.statements } else { 0 };
        statements.add(Ratio { hit, found: block.statements });
        if block.statements == 0 {
            continue;
        }
        *budget = budget
            .checked_sub(u64::from(to - from) + 1)
            .ok_or("speaks of more lines than a report can have")?;
        for line in *from..=*to {
            *lines.entry(line).or_default() |= block.hit;
        }
    }
    let measured = Measured { statements: Some(statements), ..Measured::default() };
    Ok(FileCoverage { measured, lines: Some(lines) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_several_packages_are_merged() {
        let text = "mode: set\nm/a.go:3.2,5.9 2 0\nm/a.go:5.9,6.3 1 0\nmode: set\nm/a.go:3.2,5.9 2 1\nm/b c:d.go:1.1,1.9 1 1\n";
        let report = read(text).unwrap();
        assert_eq!(report.total().statements, Some(Ratio { hit: 3, found: 4 }));
        assert_eq!(report.files[0].1.lines, Some([(3, true), (4, true), (5, true), (6, false)].into()));
        assert_eq!(report.files[1].0, "m/b c:d.go");
        assert_eq!(report.files[0].1.line_ratio(), Some(Ratio { hit: 3, found: 4 }));
    }

    #[test]
    fn a_block_of_endless_lines_and_a_broken_one_are_refused() {
        assert!(read("mode: count\na.go:1.1,4000000000.1 1 1\n").unwrap_err().contains("more lines"));
        for bad in ["a.go:1.1,2.1 1", "a.go:3.1,2.1 1 1", ":1.1,2.1 1 1", "a.go:1,2 1 1", "a.go:1.1,2.1 1 -1"]
        {
            assert!(read(&format!("mode: set\n{bad}\n")).is_err(), "{bad}");
        }
    }
}
