//! What runs around the tests of a tree: the files that runners load before them, what runners are set to, and the
//! commands that start them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::change::Tree;
use crate::ids::RepoPath;
use crate::read::commands::Command;
use crate::read::coverage::flags::{self, Wraps};
use crate::read::coverage::survey::{Survey, place, read};
use crate::read::coverage::{jest, vitest};
use crate::read::javascript::{self, World};
use crate::read::json::Value;

/// One configuration of a runner as it was evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The runner: `jest`, `vitest`.
    pub runner: &'static str,
    /// The file that decides.
    pub at: RepoPath,
    /// The folder that paths in it are seen from; empty for the root.
    pub root: String,
    /// What it says; of Vitest what stands under `test`.
    pub value: Value,
}

/// How a runner comes to load a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The runner.
    pub runner: &'static str,
    /// The key that names the file: `setupFiles`.
    pub key: &'static str,
    /// The configuration that holds the key.
    pub by: RepoPath,
}

/// The keys that name files which run around the tests of Jest, Vitest, Mocha and Playwright.
const KEYS: [&str; 6] =
    ["setupFiles", "setupFilesAfterEnv", "globalSetup", "globalTeardown", "require", "file"];

/// What the runners of scripts are set to in a tree: Jest, Vitest, Mocha, Playwright and Cypress. Told once for all that ask.
pub fn settings(tree: &Tree) -> Arc<Vec<Settings>> {
    tree.derived(|tree| {
        let survey = Survey::of(tree);
        let mut found = jest::settings(&survey);
        found.extend(vitest::configured(&survey));
        found.extend(mocha(&survey));
        found.extend(evaluated(&survey, "playwright", "playwright.config."));
        found.extend(evaluated(&survey, "cypress", "cypress.config."));
        found
    })
}

/// The files that runners of scripts load around their tests, as their configuration names them.
pub fn loaded(tree: &Tree) -> BTreeMap<RepoPath, Loaded> {
    let mut found = BTreeMap::new();
    for settings in settings(tree).iter() {
        for key in KEYS {
            let Some(Ok(named)) = settings.value.get(key).map(|value| value.texts()) else { continue };
            for path in named.iter().filter_map(|named| file(tree, &settings.root, named)) {
                let loaded = Loaded { runner: settings.runner, key, by: settings.at.clone() };
                found.entry(path).or_insert(loaded);
            }
        }
    }
    found
}

/// Every command line of the repository's own automation.
pub fn commands(tree: &Tree) -> Arc<[Command]> {
    Survey::of(tree).commands
}

/// The file of the tree that a configuration names from a folder.
fn file(tree: &Tree, root: &str, named: &str) -> Option<RepoPath> {
    const ENDINGS: [&str; 9] = ["", ".ts", ".js", ".mjs", ".cjs", ".mts", ".tsx", "/index.ts", "/index.js"];
    let named = named.strip_prefix("<rootDir>").map_or(named, |rest| rest.trim_start_matches('/'));
    let at = place(root, named).filter(|at| !at.is_empty())?;
    ENDINGS
        .iter()
        .filter_map(|ending| format!("{at}{ending}").parse().ok())
        .find(|path: &RepoPath| tree.contains(path))
}

fn mocha(survey: &Survey<'_>) -> Vec<Settings> {
    const ALIASES: [(&str, &str); 2] = [("r", "require"), ("t", "timeout")];
    let mut found = Vec::new();
    let of = |at: &RepoPath, value: Value| Settings {
        runner: "mocha",
        at: at.clone(),
        root: at.dir().to_owned(),
        value,
    };
    for path in survey.files.iter().filter(|path| path.name().starts_with(".mocharc.")) {
        let value = if matches!(path.extension(), "js" | "cjs" | "mjs") {
            let known = |_: &str, _: &str| None;
            javascript::config(World { tree: survey.tree, known: &known }, path)
        } else {
            read(survey.tree, path)
        };
        found.extend(value.ok().flatten().map(|value| of(path, value)));
    }
    for package in survey.packages.iter() {
        let own = package.manifest.as_ref().ok().and_then(|manifest| manifest.get("mocha"));
        found.extend(own.map(|value| of(&package.path, value)));
        for run in survey.starts(&package.dir, "mocha") {
            let flags = flags::flags(&run.words, &[], &ALIASES, Wraps::Nothing);
            found.push(Settings { runner: "mocha", at: run.at, root: package.dir.clone(), value: flags });
        }
    }
    found
}

/// Configurations that are one exported object, and the objects in its `projects`.
fn evaluated(survey: &Survey<'_>, runner: &'static str, front: &str) -> Vec<Settings> {
    let known = |_: &str, _: &str| None;
    let world = World { tree: survey.tree, known: &known };
    let mut found = Vec::new();
    for path in survey.files.iter().filter(|path| path.name().starts_with(front)) {
        let Ok(Some(value)) = javascript::config(world, path) else { continue };
        let of = |value: Value| Settings { runner, at: (*path).clone(), root: path.dir().to_owned(), value };
        if let Some(Value::List(projects)) = value.get("projects") {
            found.extend(projects.into_iter().filter(|p| matches!(p, Value::Object(_))).map(of));
        }
        found.push(of(value));
    }
    found
}

#[cfg(test)]
mod facts {
    use super::*;

    #[test]
    fn files_that_runners_load_are_found_by_their_configuration() {
        let tree = Tree::of_files([
            ("package.json", &br#"{"scripts": {"test": "jest"}, "devDependencies": {"jest": "30"}}"#[..]),
            ("jest.config.js", b"module.exports = { setupFilesAfterEnv: ['<rootDir>/test/setup.ts'] };\n"),
            ("test/setup.ts", b"\n"),
            ("web/vitest.config.ts", b"export default { test: { setupFiles: './setup', retry: 2 } };\n"),
            ("web/setup.ts", b"\n"),
            ("api/package.json", br#"{"scripts": {"test": "mocha -r ./hooks.js"}}"#),
            ("api/hooks.js", b"\n"),
            ("other/setup.ts", b"\n"),
        ]);
        let found = loaded(&tree);
        let shown: Vec<String> =
            found.iter().map(|(path, l)| format!("{path} {} {}", l.runner, l.key)).collect();
        assert_eq!(
            shown,
            [
                "api/hooks.js mocha require",
                "test/setup.ts jest setupFilesAfterEnv",
                "web/setup.ts vitest setupFiles"
            ]
        );
    }
}
