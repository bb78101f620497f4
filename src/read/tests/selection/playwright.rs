//! What Playwright takes for tests: `testDir`, `testMatch` and `testIgnore` of its configuration and of each project.

use std::collections::BTreeSet;

use super::Selected;
use crate::ids::RepoPath;
use crate::read::coverage::settings::{text, texts, untold};
use crate::read::coverage::survey::{Survey, place};
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::{self, ROOT, World};
use crate::read::json::Value;
use crate::undecided::Undecided;

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
