//! Whether a gate's failure holds anything up: what a script, a step and a job do with it.

use crate::read::shell::Command;
use crate::read::workflow::{Flag, Job, Lines, Place, Step, expression};

/// What becomes of a gate's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hold {
    /// It fails the job.
    Strict,
    /// It may or may not: an expression decides, or later commands do. In a few words.
    Soft(String),
    /// It is thrown away.
    Lax(Laxity),
}

/// How a failure is thrown away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Laxity {
    /// The words that do it, as written: `|| true`, `continue-on-error: true`.
    pub(super) by: String,
    /// Where they stand.
    pub(super) lines: Lines,
}

impl Laxity {
    /// What it does, in a few words.
    pub(super) fn effect(&self) -> &'static str {
        if self.by.starts_with("if:") { "never runs" } else { "its failure is thrown away here" }
    }
}

/// Of a command in a script whose first line is line `first` of its file.
pub(super) fn of_command(commands: &[Command], at: usize, first: usize) -> Hold {
    let command = &commands[at];
    let line = first + command.line - 1;
    let lax = |by: &str| Hold::Lax(Laxity { by: by.to_owned(), lines: Lines { first: line, last: line } });
    let looked_at = looks_at_status(&commands[at + 1..]);
    if command.condition {
        return if looked_at { Hold::Strict } else { Hold::Soft("steers a condition".into()) };
    }
    if let Some(last) = command.fallback.last() {
        let by = format!("|| {}", last.join(" "));
        return match quiet(last) {
            _ if !command.fallback.iter().all(|c| quiet(c).is_some()) => Hold::Strict,
            None => Hold::Strict,
            Some(_) if looked_at => Hold::Soft(format!("`{by}`, and later commands look at the outcome")),
            Some(Quiet::Empty) => lax(&by),
            Some(Quiet::Words) => Hold::Soft(format!("`{by}`")),
        };
    }
    let last = at + 1 == commands.len();
    if !last && !errexit(&commands[..at]) && !looked_at { lax("set +e") } else { Hold::Strict }
}

enum Quiet {
    Empty,
    Words,
}

/// Whether a command succeeds whatever happens, and whether it at least says something.
fn quiet(words: &[String]) -> Option<Quiet> {
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["true" | ":"] | ["exit" | "return", "0"] => Some(Quiet::Empty),
        ["echo" | "printf", ..] => Some(Quiet::Words),
        _ => None,
    }
}

/// Whether commands that follow ask how an earlier one ended, or end the script themselves with a failure.
fn looks_at_status(commands: &[Command]) -> bool {
    commands.iter().any(|c| {
        let first = c.words.first().map(String::as_str);
        let fails = matches!(first, Some("exit" | "return")) && c.words.get(1).is_none_or(|code| code != "0");
        fails
            || first == Some("false")
            || c.words.iter().any(|w| w.contains("$?") || w.contains("PIPESTATUS"))
    })
}

/// Whether `set -e`, which GitHub's shells begin with, is still on after these commands.
fn errexit(commands: &[Command]) -> bool {
    let mut on = true;
    for command in commands.iter().filter(|c| c.words.first().is_some_and(|w| w == "set")) {
        for (at, word) in command.words.iter().enumerate().skip(1) {
            let flags = |sign| word.strip_prefix(sign).is_some_and(|f: &str| f.contains('e'));
            let named = word == "errexit";
            if named {
                on = command.words[at - 1] == "-o";
            } else if flags('+') {
                on = false;
            } else if flags('-') {
                on = true;
            }
        }
    }
    on
}

/// Of a step: the worse of its own switches and its job's.
pub(super) fn of_step(job: &Job, step: Option<&Step>, source: &str) -> Hold {
    let continues = step.and_then(|s| s.continue_on_error.as_ref());
    let reads_outcome = step.and_then(|s| s.id.as_deref()).is_some_and(|id| {
        source.contains(&format!("steps.{id}.outcome")) || source.contains(&format!("steps['{id}'].outcome"))
    });
    let hold = switch(continues, "continue-on-error: true");
    if reads_outcome && matches!(hold, Hold::Lax(_)) {
        return Hold::Soft("continues on error, and its outcome is looked at".into());
    }
    let conditions = [job.condition.as_ref(), step.and_then(|s| s.condition.as_ref())];
    let never = conditions.into_iter().flatten().find(|c| is_never(&c.value));
    let never = never.map_or(Hold::Strict, |c| lax(c, &format!("if: {}", c.value.trim())));
    worse(worse(never, hold), switch(job.continue_on_error.as_ref(), "continue-on-error: true"))
}

fn switch(flag: Option<&Place<Flag>>, by: &str) -> Hold {
    match flag {
        Some(place) => match &place.value {
            Flag::On => lax(place, by),
            Flag::Off => Hold::Strict,
            Flag::Expression(e) => Hold::Soft(format!("continue-on-error: {e}")),
        },
        None => Hold::Strict,
    }
}

fn lax<T>(place: &Place<T>, by: &str) -> Hold {
    Hold::Lax(Laxity { by: by.to_owned(), lines: place.lines })
}

fn is_never(condition: &str) -> bool {
    let text = expression(condition);
    text == "false" || text.starts_with("false &&") || text.ends_with("&& false") && !text.contains("||")
}

/// The one that holds less; of two alike, the first.
pub(super) fn worse(one: Hold, other: Hold) -> Hold {
    let rank = |hold: &Hold| match hold {
        Hold::Strict => 0,
        Hold::Soft(_) => 1,
        Hold::Lax(_) => 2,
    };
    if rank(&other) > rank(&one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::shell;

    fn hold(script: &str) -> Hold {
        let commands = shell::commands(script);
        let at = commands.iter().position(|c| c.words[0] == "gate").unwrap();
        of_command(&commands, at, 1)
    }

    #[test]
    fn a_swallowed_failure_is_told_from_a_handled_one() {
        for script in [
            "gate || true",
            "gate a && b || :",
            "gate || exit 0",
            "set +e\ngate\necho done",
            "{ gate; } || true",
        ] {
            assert!(matches!(hold(script), Hold::Lax(_)), "{script}");
        }
        for script in [
            "gate",
            "gate || exit 1",
            "gate || { echo no; exit 1; }",
            "gate || gate",
            "set +e\ngate",
            "set +e\ngate\ncode=$?\necho x\nexit $code",
            "set +e\nprepare\nset -e\ngate\necho",
            "rm x || true\ngate",
            "if ! gate; then echo no; exit 1; fi",
            "set -euo pipefail\ngate\necho",
        ] {
            assert_eq!(hold(script), Hold::Strict, "{script}");
        }
        for script in
            ["gate || echo failed", "gate || true\nif [ -f bad ]; then exit 1; fi", "if gate; then x; fi"]
        {
            assert!(matches!(hold(script), Hold::Soft(_)), "{script}");
        }
    }
}
