//! Flags of the command lines that start a coverage tool.

use crate::ids::RepoPath;
use crate::read::json::{Object, Value};
use crate::read::shell;

/// One start of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) struct Run {
    /// The file that holds the command line.
    pub(in crate::read) at: RepoPath,
    /// Its line there, counted from 1, where the format tells.
    pub(in crate::read) line: Option<usize>,
    /// The words behind the tool's name.
    pub(in crate::read) words: Vec<String>,
    /// Whether a command line tells of it.
    pub(in crate::read) is_told: bool,
}

impl Run {
    /// A start that no command line tells of: the tool's defaults, in the name of the file that speaks of it.
    pub(in crate::read) fn bare(at: &RepoPath) -> Self {
        Self { at: at.clone(), line: None, words: Vec::new(), is_told: false }
    }
}

/// The words of an options string, as a shell splits it.
pub(in crate::read) fn words(line: &str) -> Vec<String> {
    shell::commands(line).into_iter().flat_map(|command| command.words).collect()
}

/// Flags by name: `--some-name v`, `--someName=v` and an alias `-s v` are one. A repeated flag is a list; a flag without
/// a value is `true`, `--no-x` is `x: false`. Reading stops at the first word that is no flag where `wraps` says that
/// the tool starts another command.
pub(in crate::read) fn flags(
    words: &[String],
    switches: &[&str],
    aliases: &[(&str, &str)],
    wraps: Wraps,
) -> Value {
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
        if value.is_none() {
            // A switch takes the next word only where that is a truth.
            let takes = |next: &&String| match switches.contains(&name.as_str()) {
                true => matches!(next.as_str(), "true" | "false"),
                false => !next.starts_with('-'),
            };
            value = words.get(at).filter(takes).cloned();
            at += usize::from(value.is_some());
        }
        let value = match value.as_deref() {
            None | Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            Some(text) if expands(text) => Value::Unknown(text.to_owned()),
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

/// Whether the shell or the service that runs it puts something else in.
pub(in crate::read) fn expands(word: &str) -> bool {
    let behind = |at: usize| word[at + 1..].chars().next();
    let opens = |c: char| c == '{' || c == '(' || c == '_' || c.is_ascii_alphabetic();
    word.match_indices('$').any(|(at, _)| behind(at).is_some_and(opens)) || word.contains('`')
}

/// What stands behind a tool's flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Wraps {
    /// Another command with flags of its own.
    Command,
    /// Nothing but the tool's own words.
    Nothing,
}

/// The words with the name of a flag that takes several values put before each of them.
pub(in crate::read) fn repeated(words: &[String], lists: &[&str]) -> Vec<String> {
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

    #[test]
    fn flags_are_one_under_all_their_spellings() {
        let words = words(
            "--collect-coverage-from='a/**' --collectCoverageFrom b -x c --all --no-clean --per-file false node --x",
        );
        let flags = flags(&words, &["all", "perFile"], &[("x", "exclude")], Wraps::Command);
        assert_eq!(flags.get("collectCoverageFrom").unwrap().texts().unwrap(), ["a/**", "b"]);
        assert_eq!(flags.get("exclude"), Some(Value::Text("c".into())));
        assert_eq!(
            (flags.get("all"), flags.get("clean")),
            (Some(Value::Bool(true)), Some(Value::Bool(false)))
        );
        assert_eq!((flags.get("perFile"), flags.get("x")), (Some(Value::Bool(false)), None));
    }
}
