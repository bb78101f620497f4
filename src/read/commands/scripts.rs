//! Scripts of package manifests, and the commands that call them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Command, inside, lines};
use crate::ids::RepoPath;

/// Scripts that call scripts are followed this far, and to this many commands of a package: each script may call two.
const MAX_CALLS: usize = 5;
const MAX_COMMANDS: usize = 2_000;

/// The scripts of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scripts {
    /// The manifest.
    pub at: RepoPath,
    /// The folder they run in; empty for the root.
    pub dir: String,
    /// The command lines by name.
    pub by_name: BTreeMap<String, String>,
}

impl Scripts {
    /// What all of them run. A script that hands more words on to another stands here with those words as well.
    pub(super) fn commands(&self) -> Vec<Command> {
        let mut found = Vec::new();
        for line in self.by_name.values() {
            for command in lines(&self.at, line, None, &self.dir) {
                self.follow(&command.words, 0, &mut found);
                found.push(command);
            }
            if found.len() > MAX_COMMANDS {
                break;
            }
        }
        let mut seen = BTreeSet::new();
        found.retain(|command| seen.insert((command.dir.clone(), command.words.clone())));
        found
    }

    /// What a command line of this package runs through its scripts.
    fn follow(&self, words: &[String], depth: usize, found: &mut Vec<Command>) {
        let Some((script, more)) = self.script(words) else { return };
        for mut command in lines(&self.at, script, None, &self.dir) {
            if depth == MAX_CALLS || found.len() > MAX_COMMANDS {
                return;
            }
            command.words.extend_from_slice(more);
            self.follow(&command.words, depth + 1, found);
            found.push(command);
        }
    }

    /// The script that a command calls, with the words that it hands on.
    fn script<'a>(&'a self, words: &'a [String]) -> Option<(&'a str, &'a [String])> {
        let mut rest = &words[manager(words)? + 1..];
        while let [first, more @ ..] = rest
            && (matches!(first.as_str(), "run" | "run-script") || first.starts_with('-'))
        {
            rest = if takes_folder(first) { more.get(1..)? } else { more };
        }
        let (name, more) = rest.split_first()?;
        let name = if name == "t" { "test" } else { name };
        let more = if more.first().is_some_and(|w| w == "--") { &more[1..] } else { more };
        Some((self.by_name.get(name)?, more))
    }
}

fn manager(words: &[String]) -> Option<usize> {
    words.iter().position(|w| matches!(w.as_str(), "npm" | "pnpm" | "yarn" | "bun"))
}

/// Whether the option of a package manager names the package's folder.
fn takes_folder(word: &str) -> bool {
    matches!(word, "--prefix" | "-C" | "--cwd" | "--dir")
}

/// What a command from outside of the manifests runs by calling a script with words of its own.
pub(super) fn called_with_more(command: &Command, packages: &[Scripts]) -> Vec<Command> {
    let Some(at) = manager(&command.words) else { return Vec::new() };
    let named = command.words[at..].windows(2).find(|pair| takes_folder(&pair[0])).map(|pair| &pair[1]);
    let dir = named.and_then(|named| inside(&command.dir, named)).unwrap_or_else(|| command.dir.clone());
    let Some(package) = packages.iter().find(|package| package.dir == dir) else { return Vec::new() };
    let handed_on = package.script(&command.words).is_some_and(|(_, more)| !more.is_empty());
    if !handed_on {
        return Vec::new();
    }
    let mut found = Vec::new();
    package.follow(&command.words, 0, &mut found);
    let here = |inner| Command { at: command.at.clone(), line: command.line, ..inner };
    found.into_iter().map(here).collect()
}
