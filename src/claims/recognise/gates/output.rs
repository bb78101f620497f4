//! The results of commands in a pasted output: "24 passed in 1.32s", "test result: ok. 12 passed", and lines of
//! commands with a comment, such as "cargo test  # 88 passed".

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::ClaimKind;
use super::super::clause;
use super::super::number;
use super::{HARMLESS, UNDONE, command};

/// A longer output is no summary.
const MAX_LINES: usize = 5_000;
const MAX_LINE: usize = 500;

/// The lines in which test runners sum up: pytest, Jest, Vitest, cargo, Mocha, RSpec, PHPUnit, .NET, Go's gotestsum.
static SUMMARY: LazyLock<[Regex; 7]> = LazyLock::new(|| {
    [
        r"^=*\s*(?:\d+ failed, )?(?P<n>\d+) passed(?:, \d+ \w+)*(?: in [\d.]+\s?s.*)?\s*=*$",
        r"^Tests:\s+(?:\d+ \w+, )*(?P<n>\d+) passed, \d+ total$",
        r"^Tests\s+(?:\d+ failed \| )?(?P<n>\d+) passed(?: \| \d+ \w+)* \(\d+\)$",
        r"^test result: (?:ok|FAILED)\. (?P<n>\d+) passed; \d+ failed;.*$",
        r"^(?P<n>\d+) passing(?: \([\d.]+m?s\))?$",
        r"^(?P<n>\d+) examples?, 0 failures(?:, \d+ pending)?$",
        r"^(?:OK \((?P<n>\d+) tests?, .*\)|Passed!\s+-\s+Failed:\s+0, Passed:\s+(?P<m>\d+),.*|DONE (?P<k>\d+) tests.*)$",
    ]
    .map(|pattern| Regex::new(pattern).expect("literal"))
});
static FAILED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b[1-9]\d* (?:failed|failing|failures|errors?)\b|\bFAILED\b|^error(?:\[|:)|^E\s{3}|^FAIL\b|Failed:\s+[1-9]").expect("literal")
});

/// What the lines of an output say passed, each with its line, counted from 0. An output in which anything failed says
/// nothing.
pub(in crate::claims) fn results(text: &str) -> Vec<(usize, ClaimKind)> {
    let lines = || text.lines().enumerate().take(MAX_LINES).filter(|(_, line)| line.len() <= MAX_LINE);
    if lines().any(|(_, line)| FAILED.is_match(&HARMLESS.replace_all(line.trim(), ""))) {
        return Vec::new();
    }
    let mut found: Vec<(usize, ClaimKind)> = Vec::new();
    for (at, line) in lines() {
        if let Some(passed) = summary(line.trim()) {
            found.push((at, ClaimKind::TestsPass { passed: Some(passed), command: None }));
        } else if line.contains(" # ") && !UNDONE.is_match(line) {
            let start = line.len() - line.trim_start().len();
            let kinds = command::claims(line, &clause::without_code(line), start, false);
            found.extend(kinds.into_iter().map(|kind| (at, kind)));
        }
    }
    let sums =
        found.iter().filter(|(_, kind)| matches!(kind, ClaimKind::TestsPass { command: None, .. })).count();
    if sums > 1 {
        // Each of several is a part, and none says how many passed in all.
        let mut first = true;
        found.retain_mut(|(_, kind)| match kind {
            ClaimKind::TestsPass { passed, command: None } => {
                *passed = None;
                std::mem::replace(&mut first, false)
            }
            _ => true,
        });
    }
    found
}

fn summary(line: &str) -> Option<u64> {
    let found = SUMMARY.iter().find_map(|pattern| pattern.captures(line))?;
    let n = ["n", "m", "k"].into_iter().find_map(|name| found.name(name))?;
    number(n.as_str()).filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_runners_are_read_and_failures_say_nothing() {
        for (text, count) in [
            ("===== 24 passed, 1 skipped in 1.32s =====", 24),
            ("Tests:       31 passed, 31 total", 31),
            ("      Tests  57 passed (57)", 57),
            ("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", 12),
            ("  9 passing (20ms)", 9),
            ("120 examples, 0 failures", 120),
            ("OK (8 tests, 20 assertions)", 8),
        ] {
            let passed = ClaimKind::TestsPass { passed: Some(count), command: None };
            assert_eq!(results(text), [(0, passed)], "{text}");
        }
        for text in
            ["Tests: 2 failed, 40 passed, 42 total", "24 passed\nFAILED tests/a.py", "0 passed", "cargo test"]
        {
            assert_eq!(results(text), [], "{text}");
        }
        let twice = results("test result: ok. 1 passed; 0 failed;\ntest result: ok. 2 passed; 0 failed;");
        assert_eq!(twice, [(0, ClaimKind::TestsPass { passed: None, command: None })]);
    }
}
