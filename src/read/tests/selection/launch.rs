//! Starts of test runners: the commands of a tree without what merely launches them.

use std::collections::BTreeSet;

use super::{Selected, Started};
use crate::ids::RepoPath;
use crate::read::coverage::flags::expands;
use crate::read::coverage::survey::Survey;
use crate::read::gates;

/// The programs that run tests, as commands name them.
const PROGRAMS: [&str; 20] = [
    "artisan",
    "cargo",
    "cargo-nextest",
    "composer",
    "dotnet",
    "go",
    "gotestsum",
    "gradle",
    "gradlew",
    "mvn",
    "mvnd",
    "mvnw",
    "paratest",
    "pest",
    "phpunit",
    "py.test",
    "pytest",
    "rake",
    "rspec",
    "simple-phpunit",
];

/// One start of a program.
pub(super) struct Launch<'s> {
    /// The file that holds it.
    pub(super) at: &'s RepoPath,
    /// Its line there, where the format tells.
    pub(super) line: Option<usize>,
    /// The folder it runs in; empty for the root.
    pub(super) dir: &'s str,
    /// Its words, the program first.
    pub(super) words: Vec<String>,
}

impl Launch<'_> {
    /// The words behind the name where it starts one of these programs.
    pub(super) fn behind(&self, programs: &[&str]) -> Option<&[String]> {
        let (first, rest) = self.words.split_first()?;
        let name = first.rsplit('/').next().unwrap_or(first);
        programs.contains(&name).then_some(rest)
    }

    /// The run with this command as what starts it.
    pub(super) fn starts(&self, mut selected: Selected) -> Selected {
        if !selected.config.contains(self.at) {
            selected.config.push(self.at.clone());
        }
        let words = self.words.join(" ");
        selected.command = Some(Started { at: self.at.clone(), line: self.line, words });
        selected
    }
}

/// Every start of a program that runs tests, each once.
pub(super) fn launches<'s>(survey: &'s Survey<'_>) -> Vec<Launch<'s>> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let names = |word: &String| PROGRAMS.contains(&word.rsplit('/').next().unwrap_or(word));
    for command in survey.commands.iter().filter(|command| command.words.iter().any(names)) {
        if seen.insert((&command.at, &command.dir, &command.words)) {
            let mut words = gates::unwrapped(&command.words);
            if words.first().is_some_and(|word| word == "php") {
                words.remove(0);
            }
            if words.first().is_some_and(names) {
                found.push(Launch { at: &command.at, line: command.line, dir: &command.dir, words });
            }
        }
    }
    found
}

/// Whether the word holds what only the run can tell: a variable, an expression of a service, a placeholder.
pub(in crate::read) fn is_open(word: &str) -> bool {
    let arguments = ["$@", "$*", "$1", "%*"];
    expands(word)
        || arguments.iter().any(|text| word.contains(text))
        || word.contains("{{")
        || word.contains("{env")
        || word.contains("{posargs")
}
