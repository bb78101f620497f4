//! Karma: what its preprocessors instrument, and what `karma-coverage` and `karma-coverage-istanbul-reporter` ask for.
//!
//! Where a bundler instruments, the bundle's own configuration decides of the files; then only the gates are told.

mod check;
mod files;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::settings::{text, texts, truth};
use super::survey::{Survey, place};
use super::{Gate, Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::read::javascript::{self, World};
use crate::read::json::Value;
use crate::undecided::Undecided;
use files::Files;

pub(super) const NEEDS: &[&str] = &["**/*karma*.{js,cjs,mjs,ts}"];

/// What `karma start` takes without being told, in its order.
const NAMES: [&str; 6] = [
    "karma.conf.js",
    "karma.conf.cjs",
    "karma.conf.ts",
    ".config/karma.conf.js",
    ".config/karma.conf.cjs",
    ".config/karma.conf.ts",
];

/// One run: its configuration, the command that starts it, and the reporters that the command names.
struct Run {
    config: RepoPath,
    at: Option<RepoPath>,
    reporters: Option<Vec<String>>,
}

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut runs: Vec<Run> = Vec::new();
    for command in survey.commands.iter() {
        let Some([start, words @ ..]) = command.start("karma") else { continue };
        if start != "start" {
            continue;
        }
        let named = words.first().filter(|word| !word.starts_with('-'));
        let named = named.and_then(|named| place(&command.dir, named)?.parse().ok());
        let config = named.or_else(|| survey.first(&command.dir, &NAMES));
        let Some(config) = config.filter(|path| survey.tree.contains(path)) else { continue };
        runs.push(Run { config, at: Some(command.at.clone()), reporters: reporters(words) });
    }
    for path in &survey.files {
        let default = NAMES.contains(&path.name());
        if default && !runs.iter().any(|run| run.config == **path) {
            runs.push(Run { config: (*path).clone(), at: None, reporters: None });
        }
    }
    let mut found: Vec<Scope> = runs.iter().flat_map(|run| of_run(survey, run)).collect();
    found.dedup();
    found
}

/// The reporters of a command line.
fn reporters(words: &[String]) -> Option<Vec<String>> {
    let mut named: Option<Vec<String>> = None;
    for (at, word) in words.iter().enumerate() {
        let value = match word.strip_prefix("--reporters") {
            Some("") => words.get(at + 1).map(String::as_str),
            Some(value) => value.strip_prefix('='),
            None => None,
        };
        if let Some(value) = value {
            named.get_or_insert_default().extend(value.split(',').map(str::to_owned));
        }
    }
    named
}

fn of_run(survey: &Survey<'_>, run: &Run) -> Vec<Scope> {
    let dir = run.config.dir().trim_end_matches(".config").trim_end_matches('/');
    let config: Vec<RepoPath> = std::iter::once(&run.config).chain(&run.at).cloned().collect();
    let scope = Scope::new("karma", dir, config.clone());
    let world = World { tree: survey.tree, known: &|_, _| None };
    let settings = javascript::config(world, &run.config).map(|value| value.unwrap_or(Value::Null));
    let told = settings.and_then(|settings| Ok((Settings::read(&settings, run)?, settings)));
    let (told, settings) = match told {
        Ok(told) => told,
        Err(undecided) => return vec![scope.measured(Err(undecided.clone())).gated(Err(undecided))],
    };
    if !told.covers() {
        return vec![scope.measured(Ok((Mode::Loaded, BTreeSet::new())))];
    }
    let base = match folder(run.config.dir(), &settings) {
        Ok(base) => base,
        Err(undecided) => return vec![scope.measured(Err(undecided.clone())).gated(Err(undecided))],
    };
    let reporter = settings.get("coverageReporter").unwrap_or(Value::Null);
    let files = Files::of(survey, &base, &settings, &reporter);
    let known: BTreeSet<RepoPath> = files.as_ref().map(Files::all).unwrap_or_default();
    let gates = told.gates(&settings, &base, &known);
    let mut found = Vec::new();
    match files {
        Err(undecided) => found.push(scope.measured(Err(undecided)).gated(gates)),
        Ok(Files { matching, loaded }) => {
            let both = !matching.is_empty() && !loaded.is_empty();
            if both {
                found.push(scope.clone().measured(Ok((Mode::Loaded, loaded.clone()))));
            }
            let (mode, set) =
                if matching.is_empty() { (Mode::Loaded, loaded) } else { (Mode::Matching, matching) };
            found.push(scope.measured(Ok((mode, set))).gated(gates));
        }
    }
    if let Some(judged) = check::judged(&reporter, &base, &known).filter(|_| told.checks) {
        let mut scope = Scope::new("karma check", dir, config);
        scope.stage = Stage::Report;
        found.push(scope.measured(judged.map(|files| (Mode::Loaded, files))));
    }
    found
}

/// The folder that patterns are seen from.
fn folder(dir: &str, settings: &Value) -> Result<String, Undecided> {
    let named = text(settings, "basePath")?.unwrap_or_default();
    Ok(place(dir, &named).unwrap_or_else(|| dir.to_owned()))
}

/// Which reporters a run has.
struct Settings {
    /// `karma-coverage`.
    checks: bool,
    /// `karma-coverage-istanbul-reporter`.
    istanbul: bool,
}

impl Settings {
    fn read(settings: &Value, run: &Run) -> Result<Self, Undecided> {
        let named = match &run.reporters {
            Some(named) => named.clone(),
            None => texts(settings, "reporters")?.unwrap_or_default(),
        };
        // Angular's builder adds the reporter itself when it is asked for coverage.
        let frameworks = texts(settings, "frameworks").ok().flatten().unwrap_or_default();
        let angular = frameworks.iter().any(|name| name.starts_with("@angular"));
        let has = |name: &str| named.iter().any(|reporter| reporter == name);
        let istanbul =
            has("coverage-istanbul") || (angular && settings.get("coverageIstanbulReporter").is_some());
        Ok(Self { checks: has("coverage") || angular, istanbul })
    }

    fn covers(&self) -> bool {
        self.checks || self.istanbul
    }

    fn gates(&self, settings: &Value, base: &str, files: &BTreeSet<RepoPath>) -> check::Gates {
        let mut found = std::collections::BTreeMap::new();
        if self.checks
            && let Some(check) = settings.at(&["coverageReporter", "check"])
        {
            check::gates(&check, base, files, Gate::of_istanbul, &mut found)?;
        }
        if self.istanbul
            && let Some(thresholds) = settings.at(&["coverageIstanbulReporter", "thresholds"])
            && !truth(&thresholds, "emitWarning")?.unwrap_or(false)
        {
            check::gates(&check::told_apart(thresholds), base, files, Gate::AtLeast, &mut found)?;
        }
        Ok(found)
    }
}
