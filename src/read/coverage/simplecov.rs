//! SimpleCov: what a Ruby project's test helpers and `.simplecov` tell it.
//!
//! Ruby is not run: what a literal or a named constant writes out is followed, anything else leaves the scope or the
//! gates undecided with the expression named.

mod filters;
mod operations;
mod plan;
mod values;

use std::collections::BTreeSet;

use regex::Regex;

use super::survey::{Survey, below, place};
use super::{Mode, Scope};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::undecided::Undecided;
use filters::Generation;
use operations::{Operation, Reading};
use plan::Plan;

pub(super) const NEEDS: &[&str] = &[
    "**/.simplecov",
    "**/{spec,test,tests}/*helper*.rb",
    "**/{spec,test,tests}/{support,config,helpers,}/*cov*.rb",
    "**/features/support/env.rb",
    "**/{Rakefile,Gemfile,Gemfile.lock}",
    "**/*.gemspec",
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let helpers = survey.files.iter().copied().filter(|path| root(path).is_some());
    let mut by_root: std::collections::BTreeMap<&str, Vec<&RepoPath>> = std::collections::BTreeMap::new();
    for path in helpers {
        by_root.entry(root(path).unwrap_or_default()).or_default().push(path);
    }
    by_root.into_iter().flat_map(|(root, helpers)| of_root(survey, root, &helpers)).collect()
}

/// The folder that a run starts in whose helper this is.
fn root(path: &RepoPath) -> Option<&str> {
    let name = path.name();
    if matches!(name, ".simplecov" | "Rakefile") {
        return Some(path.dir());
    }
    let helper =
        path.extension() == "rb" && (name.contains("helper") || name.contains("cov") || name == "env.rb");
    let folders = ["spec", "test", "tests", "features"];
    let mut dir = path.dir();
    // A helper stands in the folder of the tests or in one below it.
    for _ in 0..2 {
        let (above, last) = dir.rsplit_once('/').unwrap_or(("", dir));
        if helper && folders.contains(&last) {
            return Some(above);
        }
        dir = above;
    }
    None
}

fn of_root(survey: &Survey<'_>, root: &str, helpers: &[&RepoPath]) -> Vec<Scope> {
    let dotfile = ancestors(root).find_map(|dir| survey.first(dir, &[".simplecov"]));
    let mut readings: Vec<(&RepoPath, Result<Reading, Undecided>)> = Vec::new();
    for path in helpers.iter().copied().filter(|path| path.name() != ".simplecov") {
        let text = survey.tree.text(path).map(Option::unwrap_or_default);
        readings.push((path, text.and_then(operations::read)));
    }
    readings.retain(|(_, reading)| reading.as_ref().map_or(true, |reading| reading.speaks));
    let own = dotfile.as_ref().is_some_and(|path| path.dir() == root);
    if readings.is_empty() && !own {
        return Vec::new();
    }
    let shared = dotfile.as_ref().map(|path| {
        let text = survey.tree.text(path).map(Option::unwrap_or_default);
        (path, text.and_then(operations::read))
    });
    // Helpers that start SimpleCov are runs of their own; others only add to it, or load the file of the project.
    let starts = |reading: &Result<Reading, Undecided>| {
        reading.as_ref().is_ok_and(|reading| reading.operations.contains(&Operation::Start))
    };
    let started: Vec<_> = readings.iter().filter(|(_, reading)| starts(reading)).collect();
    let others: Vec<_> = readings.iter().filter(|(_, reading)| !starts(reading)).collect();
    let mut runs: Vec<Vec<&(&RepoPath, Result<Reading, Undecided>)>> = Vec::new();
    for run in &started {
        runs.push(std::iter::once(*run).collect());
    }
    if runs.is_empty() {
        runs.push(others);
    }
    let of = |run: Vec<&(&RepoPath, Result<Reading, Undecided>)>| {
        let all: Vec<(&RepoPath, &Result<Reading, Undecided>)> = shared
            .iter()
            .map(|(path, reading)| (*path, reading))
            .chain(run.into_iter().map(|(path, r)| (*path, r)))
            .collect();
        scope(survey, root, &all)
    };
    runs.into_iter().flat_map(of).collect()
}

fn scope(survey: &Survey<'_>, dir: &str, files: &[(&RepoPath, &Result<Reading, Undecided>)]) -> Vec<Scope> {
    let mut config: Vec<RepoPath> = files.iter().map(|(path, _)| (*path).clone()).collect();
    config.dedup();
    let scope = Scope::new("simplecov", dir, config);
    let mut operations = Vec::new();
    let mut profiles = std::collections::BTreeMap::new();
    for (path, reading) in files {
        match reading {
            Ok(reading) => {
                operations.extend(reading.operations.iter().cloned());
                profiles.extend(reading.profiles.clone());
            }
            Err(undecided) => {
                let undecided = undecided.clone().at(path);
                return vec![scope.measured(Err(undecided.clone())).gated(Err(undecided))];
            }
        }
    }
    let generation = generation(survey, dir, &operations);
    let plan = Plan::new(generation, &operations, &profiles);
    if !plan.started {
        // It is loaded and measures nothing.
        return vec![scope.measured(Ok((Mode::Loaded, BTreeSet::new())))];
    }
    let scope = scope.gated(plan.gates());
    let sets = plan.rules().map(|rules| measured(survey, dir, &plan, &rules));
    match sets {
        Err(undecided) => vec![scope.measured(Err(undecided))],
        Ok((loaded, tracked)) if tracked.is_empty() => vec![scope.measured(Ok((Mode::Loaded, loaded)))],
        Ok((loaded, tracked)) if loaded.is_subset(&tracked) => {
            vec![scope.measured(Ok((Mode::Matching, tracked)))]
        }
        // Files that are looked for count without a test that loads them, others only with one.
        Ok((loaded, tracked)) => {
            let second = scope.clone().gated(Ok(Default::default()));
            vec![scope.measured(Ok((Mode::Loaded, loaded))), second.measured(Ok((Mode::Matching, tracked)))]
        }
    }
}

/// The files that count where a test loads them, and those of them that count anyhow.
fn measured(
    survey: &Survey<'_>,
    dir: &str,
    plan: &Plan,
    rules: &plan::Rules,
) -> (BTreeSet<RepoPath>, BTreeSet<RepoPath>) {
    let root = plan.root.as_deref().and_then(|named| place(dir, named)).unwrap_or_else(|| dir.to_owned());
    let any = |all: &[Regex], path: &str| all.iter().any(|regex| regex.is_match(path));
    let (mut loaded, mut tracked) = (BTreeSet::new(), BTreeSet::new());
    for path in survey.under(&root).filter(|path| path.extension() == "rb") {
        let Some(seen) = below(&root, path.as_str()) else { continue };
        let covered = rules.cover.is_empty() || any(&rules.cover, seen);
        if !covered || rules.filters.iter().any(|filter| filter.matches(seen, plan.generation)) {
            continue;
        }
        let looked_for = below(dir, path.as_str()).is_some_and(|seen| any(&rules.track, seen));
        if looked_for || any(&rules.cover, seen) {
            tracked.insert(path.clone());
        }
        loaded.insert(path.clone());
    }
    (loaded, tracked)
}

/// The generation by the lock file, or by a range, or else by the words that only one of them knows.
fn generation(survey: &Survey<'_>, dir: &str, operations: &[Operation]) -> Generation {
    for dir in ancestors(dir) {
        let text =
            |name: &str| survey.first(dir, &[name]).and_then(|path| survey.tree.text(&path).ok().flatten());
        let locked = text("Gemfile.lock").and_then(|lock| {
            let version =
                lock.lines().find_map(|line| line.trim().strip_prefix("simplecov (")).map(str::trim_start);
            version.and_then(|version| {
                version.trim_start_matches(['=', '~', '>', ' ']).split('.').next()?.parse::<u32>().ok()
            })
        });
        let ranged = text("Gemfile").and_then(|gemfile| {
            let line = gemfile.lines().map(str::trim).find(|line| {
                line.starts_with("gem ") && line.contains("simplecov\"")
                    || line.starts_with("gem 'simplecov'")
            })?;
            let range = line.split(',').nth(1)?.trim().trim_matches(['"', '\'', ' ']);
            range.trim_start_matches(['=', '~', '>', ' ']).split('.').next()?.parse::<u32>().ok()
        });
        if let Some(major) = locked.or(ranged) {
            return if major == 0 { Generation::Old } else { Generation::New };
        }
    }
    let new = operations.iter().any(|operation| matches!(operation, Operation::Cover(_)));
    if new { Generation::New } else { Generation::Old }
}

#[cfg(test)]
mod tests;
