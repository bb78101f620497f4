//! Which files Jest takes for tests, told from the same configuration as what it measures.

use std::collections::BTreeSet;

use super::{LISTS, NAMES, config, members_of, projects, root};
use crate::ids::RepoPath;
use crate::read::coverage::flags::{self, Run, Wraps};
use crate::read::coverage::settings::{regexes, texts, truth};
use crate::read::coverage::survey::{Package, Survey};
use crate::read::javascript::ROOT;
use crate::read::json::Value;
use crate::read::tests::selection::{Filter, Selected};
use crate::undecided::Undecided;

/// Flags that take no word, besides those of every tool.
const SWITCHES: [&str; 17] = [
    "coverage",
    "collectCoverage",
    "ci",
    "watch",
    "watchAll",
    "runInBand",
    "i",
    "verbose",
    "silent",
    "passWithNoTests",
    "detectOpenHandles",
    "forceExit",
    "noCache",
    "bail",
    "json",
    "listTests",
    "u",
];

/// What each run of Jest selects.
pub(in crate::read) fn selected(survey: &Survey<'_>) -> Vec<Selected> {
    let (mut found, mut members) = (Vec::new(), BTreeSet::new());
    let lone =
        survey.files.iter().filter(|p| p.name().starts_with("jest.config.") && NAMES.contains(&p.name()));
    let lone = lone.filter(|path| survey.packages.iter().all(|package| package.dir != path.dir()));
    let lone: Vec<Package> = lone
        .map(|path| Package { dir: path.dir().to_owned(), path: (*path).clone(), manifest: Ok(Value::Null) })
        .collect();
    for package in survey.packages.iter().chain(&lone) {
        let mut runs = survey.starts(&package.dir, "jest");
        let own = survey.first(&package.dir, &NAMES[..7]).is_some()
            || package.manifest.as_ref().is_ok_and(|m| m.get("jest").is_some());
        let alone = survey.packages.len() == 1 && package.dependency("jest").is_some();
        let started = !runs.is_empty();
        if runs.is_empty() && (own || alone) {
            runs.push(Run::bare(&package.path));
        }
        for run in &runs {
            members.extend(members_of(survey, package, run));
            found.push((started, of_run(survey, package, run)));
        }
    }
    // A project of another configuration runs as a part of it.
    let apart = |(started, selected): &(bool, Selected)| {
        *started || !selected.config.first().is_some_and(|path| members.contains(path))
    };
    found.into_iter().filter(apart).map(|(_, selected)| selected).collect()
}

fn of_run(survey: &Survey<'_>, package: &Package, run: &Run) -> Selected {
    let mut selected = Selected::new("jest", &package.dir);
    match read(survey, package, run, &mut selected) {
        Ok(files) => selected.files = files,
        Err(undecided) => selected.undecided = Some(undecided),
    }
    if !selected.config.contains(&run.at) {
        selected.config.push(run.at.clone());
    }
    selected.started_by(run)
}

fn read(
    survey: &Survey<'_>,
    package: &Package,
    run: &Run,
    selected: &mut Selected,
) -> Result<BTreeSet<RepoPath>, Undecided> {
    let words = flags::repeated(&run.words, &LISTS);
    let flags = flags::flags(&words, &SWITCHES, &[("c", "config"), ("t", "testNamePattern")], Wraps::Nothing);
    let config = config(survey, package, &flags)?;
    selected.config = config.at.clone();
    selected.lax =
        [&flags, &config.value].iter().any(|s| truth(s, "passWithNoTests").is_ok_and(|on| on == Some(true)));
    if let Some(pattern) = texts(&flags, "testNamePattern")?.and_then(|all| all.into_iter().next()) {
        selected.filter = Filter::named(&format!("(?i){pattern}"))?;
    }
    let mut paths = operands(&run.words);
    for key in ["testPathPattern", "testPathPatterns"] {
        paths.extend(texts(&flags, key)?.unwrap_or_default());
    }
    let paths = regexes(&paths)?;
    let mut files = BTreeSet::new();
    let root = root(&config.value, &config.dir)?;
    for project in projects(survey, &config, &root)? {
        let tests = project.files(survey).filter(|path| project.is_test(path));
        let named = |path: &&RepoPath| {
            paths.is_empty() || paths.iter().any(|regex| regex.is_match(&format!("{ROOT}/{path}")))
        };
        files.extend(tests.filter(named).cloned());
    }
    Ok(files)
}

/// The words that are no flags and belong to none: patterns of paths.
fn operands(words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut takes = false;
    for word in words {
        match word.strip_prefix('-') {
            Some(flag) => {
                let name = flag.trim_start_matches('-');
                takes = !word.contains('=')
                    && !SWITCHES.contains(&name)
                    && !name.starts_with("no-")
                    && !name.is_empty();
            }
            None if takes => takes = false,
            None if !word.contains('$') => found.push(word.clone()),
            None => {}
        }
    }
    found
}
