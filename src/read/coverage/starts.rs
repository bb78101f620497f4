//! Starts of a runtime with its options as the runtime itself splits them, in every folder where it is started.

use std::collections::BTreeSet;

use super::settings::untold;
use super::survey::Survey;
use crate::ids::RepoPath;
use crate::read::javascript::ROOT;
use crate::undecided::Undecided;

/// One start of a runtime.
pub(in crate::read) struct Start<'s> {
    /// The file that holds the command line.
    pub(in crate::read) at: &'s RepoPath,
    /// Its line there, counted from 1, where the format tells.
    pub(in crate::read) line: Option<usize>,
    /// The folder it runs in; empty for the root.
    pub(in crate::read) dir: &'s str,
    /// The words before its name: launchers and variables.
    pub(in crate::read) before: &'s [String],
    /// The words behind its name.
    pub(in crate::read) words: &'s [String],
}

impl Start<'_> {
    /// A variable that the command line itself sets.
    pub(in crate::read) fn variable(&self, name: &str) -> Option<&str> {
        self.before.iter().rev().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }
}

/// Every start of a tool, each once.
pub(in crate::read) fn starts<'s>(survey: &'s Survey<'_>, tool: &str) -> Vec<Start<'s>> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for command in survey.commands.iter() {
        let Some(words) = command.start(tool) else { continue };
        let before = &command.words[..command.words.len() - words.len() - 1];
        if seen.insert((&command.at, &command.dir, &command.words)) {
            found.push(Start { at: &command.at, line: command.line, dir: &command.dir, before, words });
        }
    }
    found
}

/// Options and what stands between them, in the order of the words.
#[derive(Default)]
pub(in crate::read) struct Options {
    named: Vec<(String, Option<String>)>,
    /// The words that are neither options nor their values.
    pub(in crate::read) rest: Vec<String>,
}

/// Where the reading of options ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Until {
    /// At the first word that is none.
    Operand,
    /// At `--` only.
    End,
}

impl Options {
    /// Reads options; those of `valued` take the next word where they hold no `=`. Names are told without dashes in
    /// front, `_` is `-`.
    pub(in crate::read) fn read(words: &[String], valued: &[&str], until: Until) -> Self {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(flag) = word.strip_prefix('-').filter(|flag| !flag.is_empty()) else {
                options.rest.push(word.clone());
                if until == Until::Operand {
                    break;
                }
                continue;
            };
            if word == "--" {
                break;
            }
            let flag = flag.strip_prefix('-').unwrap_or(flag);
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (flag, None),
            };
            let name = name.replace('_', "-");
            let value =
                value.or_else(|| if valued.contains(&name.as_str()) { words.next().cloned() } else { None });
            options.named.push((name, value));
        }
        options
    }

    /// Whether a switch is on; the last `--x` or `--no-x` decides.
    pub(in crate::read) fn on(&self, switch: &str) -> bool {
        let said = |(name, _): &(String, Option<String>)| match name.strip_prefix("no-") {
            Some(off) if off == switch => Some(false),
            _ => (name == switch).then_some(true),
        };
        self.named.iter().rev().find_map(said).unwrap_or(false)
    }

    /// Whether the option stands there, with a value or without.
    pub(in crate::read) fn has(&self, name: &str) -> bool {
        self.named.iter().any(|(known, _)| known == name)
    }

    /// The values of an option.
    pub(in crate::read) fn values<'o>(
        &'o self,
        name: &'o str,
    ) -> impl DoubleEndedIterator<Item = &'o str> + 'o {
        self.named.iter().filter(move |(known, _)| known == name).filter_map(|(_, value)| value.as_deref())
    }

    /// The last value of an option.
    pub(in crate::read) fn value<'o>(&'o self, name: &'o str) -> Option<&'o str> {
        self.values(name).next_back()
    }
}

/// A value with the folder of the run put in for `$PWD`. `Undecided` where the shell puts anything else in.
pub(in crate::read) fn told(key: &str, value: &str, dir: &str) -> Result<String, Undecided> {
    let here = if dir.is_empty() { ROOT.to_owned() } else { format!("{ROOT}/{dir}") };
    let mut text = value.to_owned();
    for name in ["${PWD}", "$(pwd)", "`pwd`"] {
        text = text.replace(name, &here);
    }
    text = text.replace("$PWD/", &format!("{here}/"));
    if super::flags::expands(&text) { Err(untold(key, value)) } else { Ok(text) }
}

/// A percentage that an option names; `Undecided` where only a run can tell.
pub(in crate::read) fn percent(key: &str, value: &str) -> Result<f64, Undecided> {
    value.trim().parse().map_err(|_| untold(key, value))
}

/// Whether a file is source text that a JavaScript runtime loads.
pub(in crate::read) fn loadable(path: &RepoPath) -> bool {
    const EXTENSIONS: [&str; 8] = ["js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx"];
    EXTENSIONS.contains(&path.extension()) && !declares(path)
}

/// Whether a file holds declarations of types alone; no runtime loads it.
pub(in crate::read) fn declares(path: &RepoPath) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|ending| path.as_str().ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn an_option_takes_the_next_word_only_where_it_needs_one() {
        let options =
            Options::read(&words("--test -r x --a_b=1 --a-b 2 --no-c t --d"), &["r", "a-b"], Until::Operand);
        assert!(options.on("test") && !options.on("c") && !options.has("d"));
        assert_eq!(options.values("a-b").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((options.value("r"), options.rest.as_slice()), (Some("x"), &["t".to_owned()][..]));
    }

    #[test]
    fn the_folder_of_the_run_is_known_and_other_variables_are_not() {
        assert_eq!(told("x", "$PWD/src/**", "web").unwrap(), format!("{ROOT}/web/src/**"));
        assert_eq!(told("x", "src/**", "").unwrap(), "src/**");
        assert!(told("x", "$DIR/**", "").is_err());
    }
}
