//! What the runners of a tree select: the test inventory of a commit, each test with what its configuration makes of it.

mod cargo;
mod classes;
mod commanded;
mod dotnet;
mod filter;
mod go;
mod gradle;
mod launch;
mod maven;
mod mocha;
mod nextest;
mod node;
mod phpunit;
mod playwright;
mod pytest;
mod rspec;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::python::{self, Conventions};
use super::{State, Test, is_test_file, reads};
use crate::change::{Kind, Tree};
use crate::ids::RepoPath;
use crate::ids::folder::below;
use crate::read::coverage::flags::Run;
use crate::read::coverage::survey::Survey;
use crate::read::coverage::{self, jest, vitest};
use crate::read::syntax::{self, Language};
use crate::undecided::Undecided;

pub use commanded::{Lister, commanded, wanted};
pub use filter::Filter;

/// The tests of a tree.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Each test, by path and in the order of the text.
    pub tests: Vec<Test>,
    /// What each run selects, as far as its configuration and command tell.
    pub runs: Vec<Selected>,
    /// Files whose tests could not be listed, and runs that could not be resolved.
    pub undecided: Vec<Undecided>,
}

/// What one run of a test runner selects.
#[derive(Debug, Clone)]
pub struct Selected {
    /// The runner: `jest`, `pytest`.
    pub runner: &'static str,
    /// The folder that it speaks for; empty for the root.
    pub dir: String,
    /// The files that decide, the configuration first.
    pub config: Vec<RepoPath>,
    /// The files that it takes for tests.
    pub files: BTreeSet<RepoPath>,
    /// Which tests of these files.
    pub filter: Filter,
    /// One focused test anywhere keeps all others of the run from running.
    pub focuses_all: bool,
    /// Folders in which a hook decides at the run what is taken and what is skipped.
    pub hooked: Vec<String>,
    /// The command that starts it; none for what runs where nothing is said.
    pub command: Option<Started>,
    /// Whether a word that only the run can tell may make it take more than this.
    pub open: bool,
    /// Whether it passes where it finds no test.
    pub lax: bool,
    /// Why the files can't be told.
    pub undecided: Option<Undecided>,
}

/// A command that starts a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The file that holds it.
    pub at: RepoPath,
    /// Its line there, counted from 1, where the format tells.
    pub line: Option<usize>,
    /// Its words, the runner's name first.
    pub words: String,
}

impl Selected {
    /// A run that selects nothing yet.
    pub(in crate::read) fn new(runner: &'static str, dir: &str) -> Self {
        Self {
            runner,
            dir: dir.to_owned(),
            config: Vec::new(),
            files: BTreeSet::new(),
            filter: Filter::All,
            focuses_all: false,
            hooked: Vec::new(),
            command: None,
            open: false,
            lax: false,
            undecided: None,
        }
    }

    /// The same with the command that starts it, as far as there is one.
    pub(in crate::read) fn started_by(mut self, run: &Run) -> Self {
        if run.is_told {
            let words = std::iter::once(self.runner).chain(run.words.iter().map(String::as_str));
            let words = words.collect::<Vec<_>>().join(" ");
            self.command = Some(Started { at: run.at.clone(), line: run.line, words });
            // A word that names what is taken, and that only the run can tell.
            self.open |= run.words.iter().any(|word| !word.starts_with('-') && launch::is_open(word));
        }
        self
    }

    /// Whether tests of such a file are this runner's matter.
    pub fn speaks_for(&self, path: &RepoPath) -> bool {
        let inside = self.dir.is_empty() || below(&self.dir, path.as_str()).is_some();
        let of_language = match self.runner {
            "pytest" => path.extension() == "py",
            "cargo" | "nextest" => path.extension() == "rs",
            "go" => path.extension() == "go",
            "maven" | "gradle" => matches!(path.extension(), "java" | "kt" | "groovy" | "scala"),
            "dotnet" => path.extension() == "cs",
            "phpunit" => path.extension() == "php",
            "rspec" => path.extension() == "rb",
            _ => is_script(path) && !path.name().contains(".cy."),
        };
        inside && of_language
    }
}

fn is_script(path: &RepoPath) -> bool {
    matches!(Language::of(path), Some(Language::JavaScript | Language::TypeScript | Language::Tsx))
}

/// The files that [`inventory`] reads besides sources, as globs over whole paths; some stand here twice.
pub fn needs() -> impl Iterator<Item = &'static str> {
    let own = [
        "**/Cargo.toml",
        "**/conftest.py",
        "**/*requirements*",
        "**/{setup.py,Pipfile,noxfile.py}",
        "**/{pytest,.pytest}.{ini,toml}",
        "**/{setup.cfg,tox.ini}",
    ];
    let scripts = ["**/.mocharc.*", "**/playwright.config.*"];
    coverage::needs().chain(own).chain(scripts)
}

/// What the runs of a tree select.
pub fn selected(tree: &Tree) -> Vec<Selected> {
    let survey = Survey::of(tree);
    let mut runs = jest::selected(&survey);
    runs.extend(vitest::selected(&survey));
    runs.extend(mocha::selected(&survey));
    runs.extend(node::selected(&survey));
    runs.extend(playwright::selected(&survey));
    runs.extend(others(&survey));
    runs.extend(pytest::selected(&survey));
    runs.extend(cargo::selected(&survey));
    runs
}

/// Runners of scripts whose configuration is not read: nothing that looks like their tests is taken away.
fn others(survey: &Survey<'_>) -> Vec<Selected> {
    const RUNNERS: [&str; 12] = [
        "ava",
        "borp",
        "cypress",
        "jasmine",
        "karma",
        "lab",
        "qunit",
        "tap",
        "tape",
        "uvu",
        "web-test-runner",
        "wtr",
    ];
    let mut found = Vec::new();
    for runner in RUNNERS {
        for dir in survey.folders(runner) {
            let mut selected = Selected::new(runner, dir);
            let tests = survey.under(dir).filter(|path| is_script(path) && is_test_file(path));
            selected.files = tests.cloned().collect();
            let run = survey.starts(dir, runner).into_iter().next();
            found.push(match run {
                Some(run) => selected.started_by(&run),
                None => selected,
            });
        }
    }
    found
}

/// The inventory of a tree, made once for all that ask.
pub fn shared(tree: &Tree) -> Arc<Inventory> {
    tree.derived(inventory)
}

/// The tests of a tree with what becomes of each. Where no run speaks for a file, the runners' defaults do.
pub fn inventory(tree: &Tree) -> Inventory {
    let survey = Survey::of(tree);
    let runs = selected(tree);
    let crates = cargo::Modules::of(&survey);
    let mut found = Inventory::default();
    let mut rules: BTreeMap<&str, Conventions> = BTreeMap::new();
    found.undecided.extend(runs.iter().filter_map(|run| run.undecided.clone()));
    let chosen: BTreeSet<&RepoPath> = runs.iter().flat_map(|run| &run.files).collect();
    for (path, entry) in tree.entries() {
        let candidate = chosen.contains(path) || is_test_file(path) && !is_foreign(path);
        if entry.kind != Kind::File || !reads(path) || !candidate {
            continue;
        }
        let tests =
            tree.text(path).and_then(|text| read(&survey, &mut rules, path, text.unwrap_or_default()));
        let mut tests = match tests {
            Ok(tests) => tests,
            Err(undecided) => {
                found.undecided.push(undecided);
                continue;
            }
        };
        crates.place(path, &mut tests);
        let of_file: Vec<&Selected> = runs.iter().filter(|run| run.speaks_for(path)).collect();
        for test in &mut tests {
            // Node.js does not even enter a suite that is skipped.
            let unentered = test.state == State::Skipped
                && !test.decides_itself()
                && of_file.iter().any(|run| run.runner == "node");
            if unentered || !of_file.is_empty() && !is_selected(&of_file, path, test) {
                (test.state, test.marker) = (State::Unselected, None);
            }
        }
        let within = |dir: &String| dir.is_empty() || below(dir, path.as_str()).is_some();
        if of_file.iter().any(|run| run.hooked.iter().any(within)) {
            tests.iter_mut().filter(|t| t.state == State::Runs).for_each(|t| t.state = State::Conditional);
        }
        found.tests.extend(tests);
    }
    focus(&runs, &mut found.tests);
    found.runs = runs;
    found
}

fn is_foreign(path: &RepoPath) -> bool {
    path.as_str().split('/').any(|part| matches!(part, "node_modules" | "vendor" | "site-packages"))
}

fn read<'t>(
    survey: &Survey<'_>,
    rules: &mut BTreeMap<&'t str, Conventions>,
    path: &'t RepoPath,
    text: &str,
) -> Result<Vec<Test>, Undecided> {
    if path.extension() != "py" {
        return super::read(path, text);
    }
    let tree = syntax::parse(Language::Python, text).map_err(|u| u.at(path))?;
    let rules = rules.entry(path.dir()).or_insert_with(|| pytest::conventions(survey, path.dir()));
    Ok(python::inventory(path, &tree, text, rules))
}

/// Whether a run takes the test, or can't be told not to.
fn is_selected(runs: &[&Selected], path: &RepoPath, test: &Test) -> bool {
    runs.iter().any(|run| run.undecided.is_some() || run.files.contains(path) && run.filter.takes(test))
}

/// Where a runner's focus reaches beyond its file.
fn focus(runs: &[Selected], tests: &mut [Test]) {
    let focused: BTreeSet<RepoPath> =
        tests.iter().filter(|test| test.state == State::Focused).map(|test| test.path.clone()).collect();
    if focused.is_empty() {
        return;
    }
    let mut places: BTreeMap<RepoPath, Vec<usize>> = BTreeMap::new();
    for (at, test) in tests.iter().enumerate() {
        places.entry(test.path.clone()).or_default().push(at);
    }
    for run in runs.iter().filter(|run| run.focuses_all && !run.files.is_disjoint(&focused)) {
        for at in run.files.iter().flat_map(|path| places.get(path).into_iter().flatten()) {
            if tests[*at].state < State::Focused {
                tests[*at].state = State::Silenced;
            }
        }
    }
}

#[cfg(test)]
#[path = "selection/facts.rs"]
mod facts;
