//! What each run of Jest is set to, projects included.

use std::collections::BTreeSet;

use super::{NAMES, config, root};
use crate::ids::RepoPath;
use crate::read::coverage::flags::{self, Run, Wraps};
use crate::read::coverage::survey::{Package, Survey};
use crate::read::json::Value;
use crate::read::tests::harness::Settings;

/// Every configuration of Jest in the tree, each once. One that can't be told is left out.
pub(in crate::read) fn settings(survey: &Survey<'_>) -> Vec<Settings> {
    let with_package: BTreeSet<&str> = survey.packages.iter().map(|p| p.dir.as_str()).collect();
    let named = |path: &&&RepoPath| path.name().starts_with("jest.config.") && NAMES.contains(&path.name());
    let lone = survey.files.iter().filter(named).filter(|path| !with_package.contains(path.dir()));
    let lone = lone.map(|path| Package {
        dir: path.dir().to_owned(),
        path: (*path).clone(),
        manifest: Ok(Value::Null),
    });
    let lone: Vec<Package> = lone.collect();
    let mut found: Vec<Settings> = Vec::new();
    for package in survey.packages.iter().chain(&lone) {
        let mut runs = survey.starts(&package.dir, "jest");
        runs.push(Run::bare(&package.path));
        for run in &runs {
            let flags = flags::flags(&run.words, &[], &[("c", "config")], Wraps::Nothing);
            let Ok(config) = config(survey, package, &flags) else { continue };
            let Some(at) = config.at.first().cloned() else { continue };
            let Ok(root) = root(&config.value, &config.dir) else { continue };
            if config.value == Value::Null
                || found.iter().any(|known| known.at == at && known.value == config.value)
            {
                continue;
            }
            let of = |root: String, value: Value| Settings { runner: "jest", at: at.clone(), root, value };
            if let Some(Value::List(projects)) = config.value.get("projects") {
                for project in projects.into_iter().filter(|p| matches!(p, Value::Object(_))) {
                    let root = self::root(&project, &root).unwrap_or_else(|_| root.clone());
                    found.push(of(root, project));
                }
            }
            found.push(of(root, config.value));
        }
    }
    found
}
