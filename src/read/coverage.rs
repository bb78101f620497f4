//! Coverage configurations, resolved to the set of files that the tool measures.
//!
//! One [`Scope`] is one way in which a tool is run in one package: its configuration file with the flags of the script
//! that starts it. What the tool would do with a file is decided as the tool itself decides it; a configuration that
//! depends on what only a run could tell leaves the scope undecided, with the expression named.

mod actions;
mod bun;
mod cargo;
mod changed;
mod codecov;
mod collects;
mod coveralls;
mod coverlet;
mod cypress;
mod dart;
mod deno;
mod elixir;
mod expression;
pub(in crate::read) mod flags;
mod gate;
mod gcovr;
mod go;
mod grcov;
mod ignored;
mod inline;
mod istanbul;
mod jacoco;
pub(in crate::read) mod jest;
mod jvm;
mod karma;
mod kover;
mod lcov;
mod llvm_cov;
mod loaded;
mod locked;
mod native;
mod node_test;
mod phpunit;
mod posix;
mod pytest;
mod python;
mod python_reports;
mod scoverage;
mod scripted;
pub(in crate::read) mod settings;
mod shell_glob;
mod simplecov;
mod sonar;
mod sources;
pub(in crate::read) mod starts;
pub(in crate::read) mod survey;
mod tarpaulin;
pub(in crate::read) mod vitest;
pub(in crate::read) mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use crate::change::Tree;
use crate::ids::RepoPath;
use crate::undecided::Undecided;
use survey::Survey;

pub use changed::{changed_lines, touches};
pub use collects::Collects;
pub use gate::Gate;
pub use ignored::ignores_file;
pub use inline::Inline;
pub use loaded::{Loading, with_loaded};
pub use scripted::{ScriptedGate, scripted_gates};

/// A tool: what it measures in a tree, and the files that tell, as globs over whole paths.
struct Tool {
    scopes: fn(&Survey<'_>) -> Vec<Scope>,
    needs: &'static [&'static str],
}

const TOOLS: [Tool; 28] = [
    Tool { scopes: bun::scopes, needs: bun::NEEDS },
    Tool { scopes: codecov::scopes, needs: codecov::NEEDS },
    Tool { scopes: coveralls::scopes, needs: coveralls::NEEDS },
    Tool { scopes: coverlet::scopes, needs: coverlet::NEEDS },
    Tool { scopes: cypress::scopes, needs: cypress::NEEDS },
    Tool { scopes: dart::scopes, needs: dart::NEEDS },
    Tool { scopes: deno::scopes, needs: deno::NEEDS },
    Tool { scopes: elixir::scopes, needs: elixir::NEEDS },
    Tool { scopes: gcovr::scopes, needs: gcovr::NEEDS },
    Tool { scopes: go::scopes, needs: go::NEEDS },
    Tool { scopes: go::test_coverage::scopes, needs: go::test_coverage::NEEDS },
    Tool { scopes: grcov::scopes, needs: grcov::NEEDS },
    Tool { scopes: istanbul::scopes, needs: istanbul::NEEDS },
    Tool { scopes: jacoco::scopes, needs: jacoco::NEEDS },
    Tool { scopes: jest::scopes, needs: jest::NEEDS },
    Tool { scopes: karma::scopes, needs: karma::NEEDS },
    Tool { scopes: kover::scopes, needs: kover::NEEDS },
    Tool { scopes: lcov::scopes, needs: lcov::NEEDS },
    Tool { scopes: llvm_cov::scopes, needs: llvm_cov::NEEDS },
    Tool { scopes: node_test::scopes, needs: node_test::NEEDS },
    Tool { scopes: phpunit::scopes, needs: phpunit::NEEDS },
    Tool { scopes: python::scopes, needs: python::NEEDS },
    Tool { scopes: python_reports::scopes, needs: python_reports::NEEDS },
    Tool { scopes: scoverage::scopes, needs: scoverage::NEEDS },
    Tool { scopes: simplecov::scopes, needs: simplecov::NEEDS },
    Tool { scopes: sonar::scopes, needs: sonar::NEEDS },
    Tool { scopes: tarpaulin::scopes, needs: tarpaulin::NEEDS },
    Tool { scopes: vitest::scopes, needs: vitest::NEEDS },
];

/// Every file that [`scopes`] reads, as globs over whole paths; some stand here twice.
pub fn needs() -> impl Iterator<Item = &'static str> {
    let tools = TOOLS.iter().flat_map(|tool| tool.needs.iter().copied());
    survey::NEEDS
        .into_iter()
        .chain(crate::read::commands::NEEDS)
        .chain(scripted::NEEDS)
        .chain(locked::NEEDS)
        .chain(tools)
}

/// The source files in which a comment can take the whole file out of the measurement.
pub const SOURCES: &str = "**/*.{js,cjs,mjs,jsx,ts,cts,mts,tsx}";

/// The files in which [`with_loaded`] follows what a test loads.
pub const LOADING: [&str; 2] = [SOURCES, "**/*.py"];

/// Whether a file counts without a test that loads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Only files that a test loads are measured; the set holds those that would be *if* loaded.
    Loaded,
    /// Every file of the set is measured, loaded or not.
    Matching,
}

/// When a tool decides what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// While the tests run: it is the one that measures.
    Run,
    /// Afterwards, from what another tool measured: a filter over a report, or a service that judges it.
    Report,
}

/// What one tool measures in one package.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The tool under its own name, such as `jest` or `coverage.py`.
    pub tool: &'static str,
    /// Whether it measures, or judges what another measured.
    pub stage: Stage,
    /// The files that the configuration comes from, the deciding one first.
    pub config: Vec<RepoPath>,
    /// The folder in which the tool runs; `.` for the root.
    pub package: String,
    /// Whether anything of it speaks of coverage; without, it is what the tool would measure by default.
    pub configured: bool,
    /// Whether the repository's automation measures with it.
    pub collects: Collects,
    /// Whether files count without being loaded.
    pub mode: Mode,
    /// The measured files.
    pub files: BTreeSet<RepoPath>,
    /// Where the tool fails, by the tool's own names.
    pub thresholds: BTreeMap<String, Gate>,
    /// Why the files can't be told.
    pub undecided: Option<Undecided>,
    /// Why the thresholds can't be told.
    pub unknown_thresholds: Option<Undecided>,
    /// What comes to be measured only by being loaded; [`with_loaded`] puts it in.
    pub loading: Vec<Loading>,
}

impl Scope {
    /// A scope of a tool that runs in a folder (empty for the root), still without files and gates.
    pub(crate) fn new(tool: &'static str, dir: &str, config: Vec<RepoPath>) -> Self {
        Self {
            tool,
            stage: Stage::Run,
            config,
            package: if dir.is_empty() { ".".to_owned() } else { dir.to_owned() },
            configured: true,
            collects: Collects::Untold,
            mode: Mode::Loaded,
            files: BTreeSet::new(),
            thresholds: BTreeMap::new(),
            undecided: None,
            unknown_thresholds: None,
            loading: Vec::new(),
        }
    }

    /// Takes in what could be told of the files.
    fn measured(mut self, files: Result<(Mode, BTreeSet<RepoPath>), Undecided>) -> Self {
        match files {
            Ok((mode, files)) => (self.mode, self.files) = (mode, files),
            Err(undecided) => self.undecided = Some(self.place(undecided)),
        }
        self
    }

    /// Takes in what could be told of the files, and which of them are measured only because a test loads them.
    fn measured_or_loaded(
        mut self,
        files: Result<(Mode, BTreeSet<RepoPath>, Vec<Loading>), Undecided>,
    ) -> Self {
        let files = files.map(|(mode, files, loading)| {
            self.loading = loading;
            (mode, files)
        });
        self.measured(files)
    }

    /// Takes in what could be told of the thresholds.
    fn gated(mut self, thresholds: Result<BTreeMap<String, Gate>, Undecided>) -> Self {
        match thresholds {
            Ok(thresholds) => self.thresholds = thresholds,
            Err(undecided) => self.unknown_thresholds = Some(self.place(undecided)),
        }
        self
    }

    fn collects(mut self, collects: Collects) -> Self {
        self.collects = collects;
        self
    }

    fn configured(mut self, configured: bool) -> Self {
        self.configured = configured;
        self
    }

    fn place(&self, undecided: Undecided) -> Undecided {
        match (&undecided.path, self.config.first()) {
            (None, Some(config)) => undecided.at(config),
            _ => undecided,
        }
    }
}

/// The same as [`scopes`], resolved once for a tree that several ask about.
pub fn shared(tree: &Tree) -> Arc<Vec<Scope>> {
    tree.derived(scopes)
}

/// What the coverage tools of a tree measure, sorted by tool, package and configuration.
pub fn scopes(tree: &Tree) -> Vec<Scope> {
    let survey = survey::Survey::of(tree);
    let mut scopes: Vec<Scope> = TOOLS.iter().flat_map(|tool| (tool.scopes)(&survey)).collect();
    scopes.sort_by(|a, b| (a.tool, &a.package, &a.config).cmp(&(b.tool, &b.package, &b.config)));
    scopes.dedup();
    scopes
}

/// Takes out of each set the files that a comment of their own takes out, as far as their text is loaded.
pub fn without_ignored(tree: &Tree, scopes: &mut [Scope]) {
    for scope in scopes {
        let tool = scope.tool;
        scope
            .files
            .retain(|path| !tree.text(path).is_ok_and(|text| text.is_some_and(|t| ignores_file(tool, t))));
    }
}

#[cfg(test)]
mod tests;
