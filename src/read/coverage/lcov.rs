//! lcov: what it captures, and the files that its commands take out of a report.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::native::{rooted, sources};
use super::settings::untold;
use super::survey::Survey;
use super::{Gate, Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::read::commands::Command;
use crate::read::javascript::ROOT;
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/{.lcovrc,lcovrc,*.lcovrc}"];

/// Flags that take a value and say nothing of the files.
const VALUED: [&str; 16] = [
    "-d",
    "--directory",
    "-b",
    "--base-directory",
    "-t",
    "--test-name",
    "--gcov-tool",
    "--ignore-errors",
    "--rc",
    "--config-file",
    "-k",
    "--kernel-directory",
    "--from-package",
    "--to-package",
    "-j",
    "--filter",
];

type Content = Result<BTreeSet<RepoPath>, Undecided>;

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut found = Vec::new();
    let started: Vec<(&Command, &[String])> =
        survey.commands.iter().filter_map(|command| Some((command, command.start("lcov")?))).collect();
    let mut groups: BTreeMap<(&str, &RepoPath), Vec<&[String]>> = BTreeMap::new();
    for (command, words) in started {
        groups.entry((command.dir.as_str(), &command.at)).or_default().push(words);
    }
    for ((dir, at), runs) in groups {
        let mut reports = Reports { survey, dir, by_name: BTreeMap::new(), consumed: BTreeSet::new() };
        let mut gates = Ok(BTreeMap::new());
        for words in runs {
            let run = read(words);
            for (flag, name) in
                [("--fail-under-lines", "fail-under-lines"), ("--fail-under-branches", "fail-under-branches")]
            {
                let Some(value) = run.value(flag) else { continue };
                match (value.parse(), &mut gates) {
                    (Ok(figure), Ok(gates)) => drop(gates.insert(name.to_owned(), Gate::AtLeast(figure))),
                    (Err(_), _) => gates = Err(untold(name, value)),
                    _ => {}
                }
            }
            reports.run(&run);
        }
        let Some(files) = reports.result() else { continue };
        let mut scope = Scope::new("lcov", dir, vec![at.clone()]);
        scope.stage = Stage::Report;
        found.push(scope.measured(files.map(|files| (Mode::Loaded, files))).gated(gates));
    }
    found
}

/// One command: its flags with their values, and what stands without a flag.
#[derive(Default)]
struct Run<'w> {
    flags: Vec<(&'w str, &'w str)>,
    plain: Vec<&'w str>,
}

impl<'w> Run<'w> {
    fn value(&self, name: &str) -> Option<&'w str> {
        self.flags.iter().find(|(flag, _)| *flag == name).map(|(_, value)| *value)
    }

    fn values(&self, names: [&str; 2]) -> Vec<&'w str> {
        self.flags.iter().filter(|(flag, _)| names.contains(flag)).map(|(_, value)| *value).collect()
    }
}

fn read(words: &[String]) -> Run<'_> {
    const OWN: [&str; 14] = [
        "-r",
        "--remove",
        "-e",
        "--extract",
        "-a",
        "--add-tracefile",
        "-o",
        "--output-file",
        "--exclude",
        "--include",
        "--fail-under-lines",
        "--fail-under-branches",
        "--diff",
        "--summary",
    ];
    let mut run = Run::default();
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if !word.starts_with('-') || word == "-" {
            run.plain.push(word);
        } else if let Some((flag, value)) = word.split_once('=') {
            run.flags.push((flag, value));
        } else if OWN.contains(&word) || VALUED.contains(&word) {
            run.flags.push((word, words.next().unwrap_or_default()));
        } else {
            run.flags.push((word, ""));
        }
    }
    run
}

struct Reports<'s, 't> {
    survey: &'s Survey<'t>,
    dir: &'s str,
    by_name: BTreeMap<String, Content>,
    consumed: BTreeSet<String>,
}

impl Reports<'_, '_> {
    fn run(&mut self, run: &Run<'_>) {
        let output = run.values(["-o", "--output-file"]).first().copied();
        let Some(output) = output.map(|file| file.trim_start_matches("./")) else { return };
        let removed = run.values(["-r", "--remove"]);
        let extracted = run.values(["-e", "--extract"]);
        let added = run.values(["-a", "--add-tracefile"]);
        let captures = run.flags.iter().any(|(flag, _)| matches!(*flag, "-c" | "--capture"));
        let mut inputs: Vec<&str> = removed.iter().chain(&extracted).chain(&added).copied().collect();
        inputs.iter_mut().for_each(|file| *file = file.trim_start_matches("./"));
        let mut content = if captures {
            Ok(sources(self.survey, "", false))
        } else if inputs.is_empty() {
            return;
        } else {
            self.open(&inputs)
        };
        let patterns: Vec<&str> = run.plain.clone();
        if !removed.is_empty() {
            content = self.filtered(content, &patterns, false);
        } else if !extracted.is_empty() {
            content = self.filtered(content, &patterns, true);
        }
        content = self.filtered(content, &run.values(["--exclude", "--exclude"]), false);
        let include = run.values(["--include", "--include"]);
        if !include.is_empty() {
            content = self.filtered(content, &include, true);
        }
        self.consumed.extend(inputs.iter().filter(|file| **file != output).map(|file| (*file).to_owned()));
        self.consumed.remove(output);
        self.by_name.insert(output.to_owned(), content);
    }

    /// A report that no command here made is another tool's.
    fn open(&self, files: &[&str]) -> Content {
        let mut found = BTreeSet::new();
        for file in files {
            match self.by_name.get(*file) {
                Some(content) => found.extend(content.clone()?),
                None => found.extend(sources(self.survey, self.dir, true)),
            }
        }
        Ok(found)
    }

    fn filtered(&self, content: Content, patterns: &[&str], keeps: bool) -> Content {
        let mut files = content?;
        let patterns: Vec<Pattern> =
            patterns.iter().map(|text| Pattern::of(self.dir, text)).collect::<Result<_, _>>()?;
        for path in files.clone() {
            let mut hit = false;
            for pattern in &patterns {
                hit |= pattern.matches(&path)?;
            }
            if hit != keeps {
                files.remove(&path);
            }
        }
        Ok(files)
    }

    /// What is in the reports that no other was made from; `None` where no report is made.
    fn result(self) -> Option<Content> {
        let Self { by_name, consumed, .. } = self;
        let left: Vec<Content> = by_name
            .into_iter()
            .filter(|(name, _)| !consumed.contains(name))
            .map(|(_, content)| content)
            .collect();
        let all: Result<Vec<_>, _> = left.into_iter().collect();
        all.map(|all| (!all.is_empty()).then(|| all.into_iter().flatten().collect())).transpose()
    }
}

/// `*` and `?` also cross folders; nothing else is special. lcov 1 matches the whole name, lcov 2 any part of it.
struct Pattern {
    whole: Regex,
    part: Regex,
    text: String,
}

impl Pattern {
    fn of(dir: &str, text: &str) -> Result<Self, Undecided> {
        let rooted = rooted(dir, "the pattern of lcov", text)?;
        let body = regex::escape(&rooted).replace(r"\*", ".*").replace(r"\?", ".");
        let regex = |text: &str| Regex::new(text).map_err(|_| untold("the pattern of lcov", &rooted));
        Ok(Self { whole: regex(&format!("^{body}$"))?, part: regex(&body)?, text: text.to_owned() })
    }

    fn matches(&self, path: &RepoPath) -> Result<bool, Undecided> {
        let absolute = format!("{ROOT}/{path}");
        let whole = self.whole.is_match(&absolute);
        if !whole && self.part.is_match(&absolute) {
            let why = format!(
                "the pattern `{}` takes `{path}` out under lcov 2, not under lcov 1; begin it with `*/` or a folder from the root",
                self.text
            );
            return Err(Undecided::new(why));
        }
        Ok(whole)
    }
}
