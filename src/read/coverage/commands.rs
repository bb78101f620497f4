//! Command lines that start a coverage tool: scripts of a manifest, recipes of a Makefile, commands of tox.

use std::collections::BTreeMap;

use super::survey::{Package, Survey};
use crate::ids::RepoPath;
use crate::read::json::{Object, Value};
use crate::read::shell;

/// Scripts that call scripts are followed this far.
const MAX_CALLS: usize = 5;

/// One start of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// The file that holds the command line.
    pub(super) at: RepoPath,
    /// The words behind the tool's name.
    pub(super) words: Vec<String>,
}

/// What starts the tool in a package's scripts.
pub(super) fn in_scripts(package: &Package, tool: &str) -> Vec<Run> {
    let scripts = package.scripts();
    let lines = scripts.values().flat_map(|line| started(line, tool, &scripts, 0));
    runs(&package.path, lines)
}

/// What starts the tool in the Makefile and tox.ini of a folder.
pub(super) fn in_recipes(survey: &Survey<'_>, dir: &str, tool: &str) -> Vec<Run> {
    let mut found = Vec::new();
    for path in ["GNUmakefile", "makefile", "Makefile", "tox.ini"] {
        let Some(path) = survey.first(dir, &[path]) else { continue };
        let Ok(Some(text)) = survey.tree.text(&path) else { continue };
        let text = text.replace("\\\n", " ");
        let recipe = |line: &&str| line.starts_with([' ', '\t']) || line.starts_with("commands");
        let lines = text.lines().filter(recipe).map(|l| l.trim_start_matches("commands"));
        let lines = lines.map(|l| l.trim_start_matches([' ', '\t', '@', '-', '+', '=']));
        found.extend(runs(&path, lines.flat_map(|line| started(line, tool, &BTreeMap::new(), 0))));
    }
    found
}

fn runs(at: &RepoPath, lines: impl Iterator<Item = Vec<String>>) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    for words in lines {
        let run = Run { at: at.clone(), words };
        if !found.contains(&run) {
            found.push(run);
        }
    }
    found
}

fn started(line: &str, tool: &str, scripts: &BTreeMap<String, String>, depth: usize) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for shell::Command { words: command, .. } in shell::commands(line) {
        if let Some(at) = command.iter().position(|w| w.rsplit('/').next() == Some(tool))
            && command[..at].iter().all(|word| launches(word))
        {
            found.push(command[at + 1..].to_vec());
        } else if depth < MAX_CALLS
            && let Some((script, more)) = called(&command, scripts)
        {
            let inner = started(script, tool, scripts, depth + 1);
            found.extend(inner.into_iter().map(|words| [words, more.to_vec()].concat()));
        }
    }
    found
}

/// Whether a word before the tool's name only starts it.
fn launches(word: &str) -> bool {
    const LAUNCHERS: [&str; 30] = [
        "npx",
        "yarn",
        "pnpm",
        "npm",
        "bunx",
        "bun",
        "exec",
        "run",
        "dlx",
        "x",
        "node",
        "cross-env",
        "env",
        "dotenv",
        "--",
        "uv",
        "poetry",
        "pdm",
        "hatch",
        "rye",
        "pipenv",
        "python",
        "python3",
        "-m",
        "time",
        "sudo",
        "command",
        "c8",
        "nyc",
        "env-cmd",
    ];
    let name = word.rsplit('/').next().unwrap_or(word);
    LAUNCHERS.contains(&name) || word.starts_with('-') || word.contains('=') || word.starts_with('$')
}

/// The script that a command calls, with the words that it hands on.
fn called<'a>(
    command: &'a [String],
    scripts: &'a BTreeMap<String, String>,
) -> Option<(&'a str, &'a [String])> {
    let at = command.iter().position(|w| matches!(w.as_str(), "npm" | "pnpm" | "yarn" | "bun"))?;
    let mut rest = &command[at + 1..];
    while let [first, more @ ..] = rest
        && (matches!(first.as_str(), "run" | "run-script") || first.starts_with('-'))
    {
        rest = more;
    }
    let (name, more) = rest.split_first()?;
    let name = if name == "t" { "test" } else { name };
    let more = if more.first().is_some_and(|w| w == "--") { &more[1..] } else { more };
    Some((scripts.get(name)?, more))
}

/// The words of an options string, as a shell splits it.
pub(super) fn words(line: &str) -> Vec<String> {
    shell::commands(line).into_iter().flat_map(|command| command.words).collect()
}

/// Flags by name: `--some-name v`, `--someName=v` and an alias `-s v` are one. A repeated flag is a list; a flag without
/// a value is `true`, `--no-x` is `x: false`. Reading stops at the first word that is no flag where `wraps` says that
/// the tool starts another command.
pub(super) fn flags(words: &[String], switches: &[&str], aliases: &[(&str, &str)], wraps: Wraps) -> Value {
    let mut found: Vec<(String, Vec<Value>)> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let Some(flag) = word.strip_prefix('-').filter(|f| !f.is_empty()) else {
            if wraps == Wraps::Command {
                break;
            }
            continue;
        };
        if word == "--" {
            break;
        }
        let (name, mut value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        let name = match (name.strip_prefix('-'), aliases.iter().find(|(short, _)| *short == name)) {
            (Some(long), _) => camel(long),
            (None, Some((_, long))) => (*long).to_owned(),
            (None, None) => name.to_owned(),
        };
        if let Some(off) = word.strip_prefix("--no-") {
            found.push((camel(off), vec![Value::Bool(false)]));
            continue;
        }
        if value.is_none() && !switches.contains(&name.as_str()) {
            value = words.get(at).filter(|next| !next.starts_with('-')).cloned();
            at += usize::from(value.is_some());
        }
        let value = match value.as_deref() {
            None | Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            Some(text) => Value::Text(text.to_owned()),
        };
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => found.push((name, vec![value])),
        }
    }
    let single = |(name, mut values): (String, Vec<Value>)| match values.len() {
        1 => (name, values.remove(0)),
        _ => (name, Value::List(values)),
    };
    Value::Object(found.into_iter().map(single).collect::<Object>())
}

/// What stands behind a tool's flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wraps {
    /// Another command with flags of its own.
    Command,
    /// Nothing but the tool's own words.
    Nothing,
}

/// The words with the name of a flag that takes several values put before each of them.
pub(super) fn repeated(words: &[String], lists: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open: Option<&String> = None;
    let mut values = 0;
    for word in words {
        if word.starts_with('-') {
            open =
                word.strip_prefix("--").is_some_and(|n| lists.contains(&camel(n).as_str())).then_some(word);
            values = 0;
        } else if let Some(flag) = open {
            out.extend((values > 0).then(|| flag.clone()));
            values += 1;
        }
        out.push(word.clone());
    }
    out
}

fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        match c {
            '-' => upper = true,
            c if upper => {
                out.extend(c.to_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str, tool: &str) -> Vec<Vec<String>> {
        let scripts = BTreeMap::from([("test".to_owned(), "FOO=1 npx jest --ci".to_owned())]);
        started(line, tool, &scripts, 0)
    }

    #[test]
    fn a_tool_is_found_where_it_is_started_and_not_where_it_is_named() {
        assert_eq!(found("tsc && cross-env A=b node_modules/.bin/jest 'a b' \"c\"", "jest"), [["a b", "c"]]);
        assert_eq!(found("npm run test -- --coverage", "jest"), [["--ci", "--coverage"]]);
        assert!(found("echo jest", "jest").is_empty() && found("npm i jest-cli", "jest").is_empty());
    }

    #[test]
    fn flags_are_one_under_all_their_spellings() {
        let words =
            words("--collect-coverage-from='a/**' --collectCoverageFrom b -x c --all --no-clean node --x");
        let flags = flags(&words, &["all"], &[("x", "exclude")], Wraps::Command);
        assert_eq!(flags.get("collectCoverageFrom").unwrap().texts().unwrap(), ["a/**", "b"]);
        assert_eq!(flags.get("exclude"), Some(Value::Text("c".into())));
        assert_eq!(
            (flags.get("all"), flags.get("clean")),
            (Some(Value::Bool(true)), Some(Value::Bool(false)))
        );
        assert_eq!(flags.get("x"), None);
    }
}
