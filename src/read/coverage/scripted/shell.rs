//! Gates in shell text, Makefiles and command lines.

use std::sync::LazyLock;

use regex::Regex;

use super::super::Gate;
use super::ScriptedGate;
use super::words::{figure, promise, speaks};
use crate::ids::RepoPath;
use crate::read::commands::Command;
use crate::read::shell;

/// Tools whose flags are read with their configuration.
const OWN_READER: [&str; 17] = [
    "pytest",
    "jest",
    "vitest",
    "c8",
    "nyc",
    "node",
    "bun",
    "deno",
    "llvm-cov",
    "tarpaulin",
    "lcov",
    "gcovr",
    "grcov",
    "go-test-coverage",
    "pest",
    "dotnet",
    "phpunit",
];

/// A figure compared with a number, either way round. Words can't tell: `[`, `((`, `bc`, awk and others each spell it
/// in their own way.
static COMPARED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix)
        (?: \$?\{?(?P<left>[a-z_]\w*)(?:[%\#:][^}\s]*)?\}?%?["']?\s*(?P<op> <=? | >=? | -lt\b | -le\b | -gt\b | -ge\b)\s*["']?(?P<number>\d{1,3}(?:\.\d+)?)\b )
      | (?: \b(?P<first>\d{1,3}(?:\.\d+)?)["']?\s*(?P<turned> <=? | >=? | -lt\b | -le\b | -gt\b | -ge\b)\s*["']?\$\{?(?P<right>[a-z_]\w*) )"#,
    )
    .expect("the pattern is a constant")
});

/// A branch is looked through this far for its failure.
const MAX_BRANCH: usize = 12;

/// A script of its own.
pub(super) fn script(path: &RepoPath, text: &str) -> Vec<ScriptedGate> {
    gates(path, text, 1, speaks(text) || path.name().contains("cov"))
}

/// The gates of a shell text whose first line is line `first` of the file.
pub(super) fn gates(path: &RepoPath, text: &str, first: usize, around: bool) -> Vec<ScriptedGate> {
    let mut found = Vec::new();
    for command in shell::commands(text) {
        const DECLARE: [&str; 6] = ["export", "readonly", "local", "declare", "typeset", "env"];
        let words =
            command.words.iter().skip_while(|word| DECLARE.contains(&word.as_str()) || word.starts_with('-'));
        for word in words.take_while(|word| word.contains('=')) {
            let Some((name, value)) = word.split_once('=') else { continue };
            let at = Some(first + command.line - 1);
            found.extend(variable(path, at, name, value, around));
        }
    }
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let line = line.split(" #").next().unwrap_or_default();
        if !line.trim_start().starts_with('#') && fails(&lines[number..]) {
            found.extend(comparisons(path, first + number, line, around));
        }
    }
    found
}

/// Whether what hangs on a comparison in the first of these lines ends in a failure; the colour of a badge does not.
fn fails(lines: &[&str]) -> bool {
    static FAILS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\bexit\b|\breturn +[1-9]|\bfalse\b").expect("the pattern is a constant")
    });
    // A test that stands alone is the failure itself.
    let alone = |line: &str| line.trim_start_matches([' ', '\t', '@', '-']).starts_with(['[', '(']);
    let ends = |line: &&&str| matches!(line.trim(), "fi" | "done" | "esac");
    lines.first().is_some_and(|line| alone(line))
        || lines.iter().take(MAX_BRANCH).take_while(|line| !ends(line)).any(|line| FAILS.is_match(line))
}

/// A variable with its value, where its name promises a gate.
pub(super) fn variable(
    path: &RepoPath,
    line: Option<usize>,
    name: &str,
    value: &str,
    around: bool,
) -> Option<ScriptedGate> {
    let valid = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') && !name.is_empty();
    let promise = promise(name, around).filter(|_| valid)?;
    let gate = figure(value)?.map(|figure| promise.gate(figure));
    Some(ScriptedGate::new(path, line, name, gate))
}

fn comparisons(path: &RepoPath, line: usize, text: &str, around: bool) -> Vec<ScriptedGate> {
    let mut found = Vec::new();
    for captures in COMPARED.captures_iter(text) {
        let (name, op, number) = match (captures.name("left"), captures.name("right")) {
            (Some(left), _) => (left, &captures["op"], &captures["number"]),
            (None, Some(right)) => (right, &captures["turned"], &captures["first"]),
            _ => continue,
        };
        let turned = captures.name("right").is_some();
        // The figure is below the number, or reaches it: both spell the same gate.
        let up = matches!(op, "-gt" | "-ge" | ">" | ">=");
        let known = speaks_of_figure(name.as_str(), around);
        let number = number.parse().ok().filter(|number| (1.0..=100.0).contains(number));
        let (true, Some(number)) = (known, number) else { continue };
        let sign = if up != turned { ">" } else { "<" };
        let name = format!("the comparison of `{}` ({sign})", name.as_str());
        found.push(ScriptedGate::new(path, Some(line), name, Ok(Gate::AtLeast(number))));
    }
    found
}

/// Whether a variable that is compared holds a coverage figure.
fn speaks_of_figure(name: &str, around: bool) -> bool {
    let name = name.to_lowercase();
    let figure = ["total", "percent", "percentage", "pct", "actual", "current", "result"];
    name.contains("cov") || (around && figure.iter().any(|word| name.contains(word)))
}

/// Variables of a Makefile or justfile, and what its recipes compare.
pub(super) fn make(path: &RepoPath, text: &str) -> Vec<ScriptedGate> {
    let mut found = Vec::new();
    let around = speaks(text);
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        if line.starts_with([' ', '\t']) {
            if fails(&lines[number..]) {
                found.extend(comparisons(path, number + 1, line, around));
            }
        } else if let Some((name, value)) = line.split_once('=') {
            let name = name.trim().trim_start_matches("export ").trim_end_matches([':', '?', '+', ' ', '\t']);
            let value = value.split(" #").next().unwrap_or_default();
            // A Makefile has variables for more than coverage: the name must say it alone.
            found.extend(variable(path, Some(number + 1), name, value, false));
        }
    }
    found
}

/// The flags of a command that has no reader of its own.
pub(super) fn flags(command: &Command) -> Vec<ScriptedGate> {
    if OWN_READER.iter().any(|tool| command.start(tool).is_some()) {
        return Vec::new();
    }
    let covers = |word: &String| word.to_lowercase().contains("cov");
    if !command.words.iter().any(covers) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, word) in command.words.iter().enumerate() {
        let Some(flag) = word.strip_prefix("--") else { continue };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, command.words.get(at + 1).map(String::as_str)),
        };
        let under = name == "fail-under" || name.starts_with("fail-under-") || name == "cov-fail-under";
        let Some(promise) = promise(name, under) else { continue };
        let Some(figure) = value.and_then(figure) else { continue };
        let gate = figure.map(|figure| promise.gate(figure));
        let name = format!("`{}`", called(&command.words[..at], &format!("--{name}")));
        found.push(ScriptedGate::new(&command.at, command.line, name, gate));
    }
    found
}

/// The command's first words with the flag, without values that may change.
fn called(before: &[String], flag: &str) -> String {
    let plain = |word: &&String| !word.starts_with('-') && !word.contains(['=', '$', '/']);
    let words: Vec<&str> = before.iter().filter(plain).take(2).map(String::as_str).collect();
    [words.as_slice(), &[flag]].concat().join(" ")
}
