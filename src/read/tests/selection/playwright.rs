//! What Playwright takes for tests: `testDir`, `testMatch` and `testIgnore` of its configuration and of each project.

use std::collections::BTreeSet;

use regex::Regex;

use super::Selected;
use super::filter::{Filter, Names};
use super::launch::is_open;
use crate::ids::RepoPath;
use crate::read::coverage::flags::Run;
use crate::read::coverage::settings::{text, texts, untold};
use crate::read::coverage::starts::{Options, Until};
use crate::read::coverage::survey::{Survey, place};
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::{self, ROOT, World};
use crate::read::json::Value;
use crate::undecided::Undecided;

/// Options that take the next word.
const VALUED: [&str; 18] = [
    "browser",
    "c",
    "config",
    "g",
    "global-timeout",
    "grep",
    "grep-invert",
    "gv",
    "j",
    "max-failures",
    "output",
    "project",
    "repeat-each",
    "reporter",
    "retries",
    "shard",
    "timeout",
    "workers",
];
const MATCH: &str = "**/*.@(spec|test).?(c|m)[jt]s?(x)";

pub(super) fn selected(survey: &Survey<'_>) -> Vec<Selected> {
    let configs = survey.files.iter().filter(|path| path.name().starts_with("playwright.config."));
    let run = |path: &&RepoPath| {
        let mut selected = Selected::new("playwright", path.dir());
        selected.config.push((*path).clone());
        selected.focuses_all = true;
        match files(survey, path) {
            Ok(files) => selected.files = files,
            Err(undecided) => selected.undecided = Some(undecided),
        }
        selected
    };
    configs.map(run).collect()
}

/// The same for each command that starts Playwright: the words of one choose among files and names.
pub(super) fn commanded(survey: &Survey<'_>) -> Vec<Selected> {
    let mut found = Vec::new();
    for selected in selected(survey) {
        let dir = selected.dir.clone();
        let runs = survey.starts(&dir, "playwright");
        let mut runs =
            runs.into_iter().filter(|run| run.words.first().is_some_and(|word| word == "test")).peekable();
        if runs.peek().is_none() {
            found.push(selected);
            continue;
        }
        found.extend(runs.map(|run| of_command(selected.clone(), &run)));
    }
    found
}

fn of_command(mut selected: Selected, run: &Run) -> Selected {
    let options = Options::read(&run.words[1..], &VALUED, Until::End);
    // A command may name another configuration: which files that takes is told where that one stands.
    selected.open |= options.has("c") || options.has("config");
    let chosen = ["grep", "g", "grep-invert", "gv", "project"].iter().flat_map(|name| options.values(name));
    selected.open |= options.rest.iter().map(String::as_str).chain(chosen).any(is_open);
    let named: Vec<Regex> = options.rest.iter().filter_map(|word| Regex::new(word).ok()).collect();
    if !named.is_empty() {
        selected.files.retain(|path| named.iter().any(|regex| regex.is_match(path.as_str())));
    }
    let pattern = |names: [&'static str; 2]| {
        names.iter().find_map(|name| options.value(name)).and_then(|text| Regex::new(text).ok())
    };
    let names =
        Names { only: pattern(["grep", "g"]), not: pattern(["grep-invert", "gv"]), ..Names::default() };
    if names.only.is_some() || names.not.is_some() {
        selected.filter = Filter::Names(Box::new(names));
    }
    if !selected.config.contains(&run.at) {
        selected.config.push(run.at.clone());
    }
    selected.started_by(run)
}

fn files(survey: &Survey<'_>, path: &RepoPath) -> Result<BTreeSet<RepoPath>, Undecided> {
    let known = |_: &str, _: &str| None;
    let config = javascript::config(World { tree: survey.tree, known: &known }, path)?.unwrap_or(Value::Null);
    let projects = match config.get("projects") {
        None => vec![Value::Null],
        Some(Value::List(items)) => items,
        Some(other) => return Err(untold("projects", &other.texts().err().unwrap_or_default())),
    };
    let mut found = BTreeSet::new();
    for project in projects {
        let of = |key: &str| -> Result<Option<Vec<String>>, Undecided> {
            texts(&project, key).and_then(|own| own.map_or_else(|| texts(&config, key), |own| Ok(Some(own))))
        };
        let dir = text(&project, "testDir")?.or(text(&config, "testDir")?).unwrap_or_else(|| ".".to_owned());
        let Some(dir) = place(path.dir(), &dir) else { continue };
        let read = |patterns: Vec<String>| -> Result<Vec<Glob>, Undecided> {
            let rooted = |p: &String| {
                if p.starts_with("**") || p.starts_with(ROOT) { p.clone() } else { format!("**/{p}") }
            };
            patterns.iter().map(|p| Glob::new(&rooted(p), Dialect::Minimatch)).collect()
        };
        let taken = read(of("testMatch")?.unwrap_or_else(|| vec![MATCH.to_owned()]))?;
        let ignored = read(of("testIgnore")?.unwrap_or_default())?;
        let any = |globs: &[Glob], path: &RepoPath| {
            globs.iter().any(|glob| glob.is_match(&format!("{ROOT}/{path}")))
        };
        let tests = survey.under(&dir).filter(|path| any(&taken, path) && !any(&ignored, path));
        found.extend(tests.cloned());
    }
    Ok(found)
}
