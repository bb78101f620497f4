//! A condition that failed the test, and now skips it.

use super::compared::{Kind, Loss};
use crate::change::{Change, line_diff};
use crate::read::tests::Test;
use crate::span::Side;

/// What fails a test where it stands, and what skips it, by file extension.
const CALLS: [(&str, &[&str], &[&str]); 3] = [
    (
        "go",
        &["t.Fatal(", "t.Fatalf(", "t.FailNow(", "t.Error(", "t.Errorf("],
        &["t.Skip(", "t.Skipf(", "t.SkipNow("],
    ),
    (
        "py",
        &["pytest.fail(", "self.fail(", "raise "],
        &["pytest.skip(", "self.skipTest(", "raise SkipTest", "raise unittest.SkipTest"],
    ),
    ("rb", &["flunk", "raise ", "fail "], &["skip", "pending"]),
];

/// The places where a line that fails was replaced by one that skips, under the same condition.
pub(super) fn failures(change: &Change, base: &Test, head: &Test) -> Vec<Loss> {
    let Some((_, fails, skips)) = CALLS.iter().find(|(extension, ..)| *extension == head.path.extension())
    else {
        return Vec::new();
    };
    let side = |side: Side, test: &Test| {
        let text = change.text(side, &test.path).ok().flatten()?;
        text.get(test.range.clone())
    };
    let (Some(was), Some(is)) = (side(Side::Base, base), side(Side::Head, head)) else { return Vec::new() };
    let (old, new): (Vec<&str>, Vec<&str>) = (was.lines().collect(), is.lines().collect());
    let starts = |line: &str, words: &[&str]| words.iter().any(|word| line.trim_start().starts_with(word));
    let mut found = Vec::new();
    for hunk in line_diff(was, is).hunks {
        let lines = |all: &[&str], range: &std::ops::Range<usize>| -> Vec<String> {
            let part = all.get(range.start.saturating_sub(1)..range.end.saturating_sub(1));
            part.unwrap_or_default().iter().map(|line| (*line).to_owned()).collect()
        };
        let (removed, added) = (lines(&old, &hunk.base), lines(&new, &hunk.head));
        let failed = removed.iter().any(|line| starts(line, fails) && !starts(line, skips));
        // The condition itself stays: a guard of its own is another matter.
        let keeps_condition = removed.len() == added.len() && is_condition(&old, hunk.base.start);
        let Some(at) = added.iter().position(|line| starts(line, skips)) else { continue };
        if failed && keeps_condition {
            let line_start = |text: &str, line: usize| -> usize {
                text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum()
            };
            let here = line_start(is, hunk.head.start + at);
            let there = line_start(was, hunk.base.start);
            found.push(Loss {
                kind: Kind::Softened,
                was: Some(base.range.start + there..base.range.start + there + removed[0].len()),
                now: Some(head.range.start + here..head.range.start + here + added[at].len()),
                lost: Vec::new(),
                text: added[at].trim().to_owned(),
            });
        }
    }
    found
}

/// Whether the line above opens a branch.
fn is_condition(lines: &[&str], line: usize) -> bool {
    let above = line.checked_sub(2).and_then(|at| lines.get(at));
    above.is_some_and(|line| {
        let line = line.trim();
        ["if ", "} else", "else", "elif ", "unless ", "except", "rescue"]
            .iter()
            .any(|word| line.starts_with(word))
    })
}
