//! Flags and settings of runners under which a failed run ends as a success.

use std::collections::BTreeSet;

use super::RULE;
use crate::change::{Change, Tree};
use crate::checks::Finding;
use crate::ids::RepoPath;
use crate::read::commands::Command;
use crate::read::gates;
use crate::read::json::Value;
use crate::read::tests::harness;
use crate::span::{Location, Side};

/// A tool with the words that make its failure a success.
struct Lenient {
    tool: &'static str,
    /// Each as one word, or as a word and the one behind it.
    words: &'static [&'static str],
    /// The goals without which it runs no tests; none where it always does.
    goals: &'static [&'static str],
}

const LENIENT: [Lenient; 6] = [
    Lenient {
        tool: "mvn",
        words: &[
            "-Dmaven.test.failure.ignore",
            "-Dmaven.test.failure.ignore=true",
            "-DtestFailureIgnore",
            "-DtestFailureIgnore=true",
            "-fn",
            "--fail-never",
        ],
        goals: &["test", "package", "integration-test", "verify", "install", "deploy"],
    },
    Lenient { tool: "pytest", words: &["--suppress-tests-failed-exit-code"], goals: &[] },
    Lenient {
        tool: "vitest",
        words: &["--dangerouslyIgnoreUnhandledErrors", "--dangerouslyIgnoreUnhandledErrors=true"],
        goals: &[],
    },
    Lenient { tool: "mocha", words: &["--pass-on-failing-test-suite"], goals: &[] },
    Lenient { tool: "jest", words: &["--testFailureExitCode=0", "--testFailureExitCode 0"], goals: &[] },
    Lenient { tool: "rspec", words: &["--failure-exit-code=0", "--failure-exit-code 0"], goals: &[] },
];

/// Steps that read the reports of a run and fail by them.
const JUDGES: [&str; 5] =
    ["test-reporter", "unit-test-result", "junit-report", "PublishTestResults", "publish-test-results"];

pub(super) fn find(change: &Change) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &change.files {
        let (Some(base), Some(head)) = (&file.base, &file.head) else { continue };
        let text = change.text(Side::Head, head).ok().flatten().unwrap_or_default();
        for lenient in &LENIENT {
            let first = |word: &str| word.split([' ', '=']).next().unwrap_or_default().to_owned();
            if !lenient.words.iter().any(|word| text.contains(&first(word))) || lenient.words.is_empty() {
                continue;
            }
            let (was, now) = (runs(&change.base, base, lenient), runs(&change.head, head, lenient));
            let fewer = now.strict.len() < was.strict.len() && now.lenient.len() > was.lenient.len();
            let Some((command, word)) = now.lenient.first().filter(|_| fewer) else { continue };
            found.push(of_command(head, text, command, word, lenient.tool));
        }
    }
    found.extend(settings(change));
    found
}

#[derive(Default)]
struct Runs {
    strict: Vec<Command>,
    lenient: Vec<(Command, &'static str)>,
}

fn runs(tree: &Tree, path: &RepoPath, lenient: &Lenient) -> Runs {
    let mut found = Runs::default();
    for command in harness::commands(tree).iter().filter(|command| command.at == *path) {
        let words = gates::unwrapped(&command.words);
        let Some((tool, rest)) = words.split_first() else { continue };
        let tests =
            lenient.goals.is_empty() || rest.iter().any(|word| lenient.goals.contains(&word.as_str()));
        if tool != lenient.tool || !tests {
            continue;
        }
        let holds = |wanted: &&&'static str| match wanted.split_once(' ') {
            Some((flag, value)) => rest.windows(2).any(|pair| pair[0] == flag && pair[1] == value),
            None => rest.iter().any(|word| word == **wanted),
        };
        match lenient.words.iter().find(holds) {
            Some(word) => found.lenient.push((command.clone(), word)),
            None => found.strict.push(command.clone()),
        }
    }
    found
}

fn of_command(path: &RepoPath, text: &str, command: &Command, word: &str, tool: &str) -> Finding {
    let start = text.find(word.split(' ').next().unwrap_or(word)).unwrap_or_default();
    let at = match command.line {
        Some(line) => Location::of_lines(Side::Head, path, text, line, line),
        None => Location::bytes(Side::Head, path, text, start..start + word.len()),
    };
    let headline = format!("`{word}` makes `{tool}` succeed when tests fail, in `{}`", path.name());
    let finding = Finding::new(&RULE, at.label("the run no longer fails"), headline, &format!("{tool} {word}")).explain(format!(
        "At base the same file ran `{tool}` without it, and a failed test failed the command; now the command succeeds either way."
    ));
    if JUDGES.iter().any(|judge| text.contains(judge)) { finding.note() } else { finding }
}

/// `dangerouslyIgnoreUnhandledErrors` of Vitest and `testFailureExitCode: 0` of Jest, as evaluated.
fn settings(change: &Change) -> Vec<Finding> {
    const KEYS: [(&str, &str); 2] =
        [("vitest", "dangerouslyIgnoreUnhandledErrors"), ("jest", "testFailureExitCode")];
    let mentions = |key: &str| {
        change.files.iter().filter_map(|file| file.head.as_ref()).any(|path| {
            let text = change.text(Side::Head, path).ok().flatten();
            text.is_some_and(|text| text.contains(key))
        })
    };
    let mut found = Vec::new();
    for (runner, key) in KEYS.into_iter().filter(|(_, key)| mentions(key)) {
        let on = |value: &Value| match value.get(key) {
            Some(Value::Bool(on)) => on,
            Some(Value::Number(code)) => key == "testFailureExitCode" && code == 0.0,
            _ => false,
        };
        let lenient = |tree: &Tree| -> BTreeSet<RepoPath> {
            let all = harness::settings(tree);
            all.iter().filter(|s| s.runner == runner && on(&s.value)).map(|s| s.at.clone()).collect()
        };
        let (was, now) = (lenient(&change.base), lenient(&change.head));
        let was: BTreeSet<RepoPath> = was.iter().filter_map(|path| change.at_head(path)).collect();
        for path in now.difference(&was) {
            let text = change.text(Side::Head, path).ok().flatten().unwrap_or_default();
            let start = text.find(key).unwrap_or_default();
            let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
            let at = Location::bytes(Side::Head, path, text, start..end).label("the run no longer fails");
            let what = if runner == "jest" { "every failed test" } else { "every error outside of a test" };
            let finding = Finding::new(
                &RULE,
                at,
                format!("`{key}` in `{}` makes a failed run of {runner} a success", path.name()),
                key,
            )
            .explain(format!(
                "The configuration is evaluated: at head {what} leaves the exit code 0, at base it did not."
            ));
            found.push(finding);
        }
    }
    found
}
