//! What each command of a tree that starts a test runner selects, by its own words.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cargo;
use super::{
    Selected, dotnet, go, gradle, launch, maven, mocha, node, others, phpunit, playwright, pytest, rspec,
};
use crate::change::Tree;
use crate::ids::RepoPath;
use crate::read::commands;
use crate::read::coverage::survey::Survey;
use crate::read::coverage::{jest, vitest};
use crate::read::syntax::{self, Language};
use crate::read::tests::Test;
use crate::read::tests::python::{self, Conventions};
use crate::read::{gradle as gradle_scripts, maven as maven_files};
use crate::undecided::Undecided;

/// The runs of a tree, as one value among those that are kept of it.
struct Runs(Arc<Vec<Selected>>);

/// The files that [`commanded`] reads, as globs over whole paths; some stand here twice.
pub fn wanted() -> impl Iterator<Item = &'static str> {
    let own = [
        "**/.config/nextest.toml",
        "**/go.{mod,work}",
        "**/{phpunit.xml,phpunit.dist.xml,phpunit.xml.dist}",
        "**/.rspec",
        "**/*.{csproj,runsettings}",
        maven_files::FILES,
    ];
    super::needs().chain(commands::NEEDS).chain(gradle_scripts::FILES).chain(own)
}

/// What each command that starts a runner selects, and what runs by itself where no command tells. Made once for all
/// that ask.
pub fn commanded(tree: &Tree) -> Arc<Vec<Selected>> {
    let kept = tree.derived(|tree| Runs(Arc::new(read(tree))));
    kept.0.clone()
}

fn read(tree: &Tree) -> Vec<Selected> {
    let survey = Survey::of(tree);
    let launches = launch::launches(&survey);
    let mut runs = jest::selected(&survey);
    runs.extend(vitest::selected(&survey));
    runs.extend(mocha::selected(&survey));
    runs.extend(node::selected(&survey));
    runs.extend(playwright::commanded(&survey));
    runs.extend(others(&survey));
    let by_command = pytest::commanded(&survey, &launches);
    // Where no command starts pytest, its settings alone decide.
    runs.extend(if by_command.is_empty() { pytest::selected(&survey) } else { by_command });
    let by_command = cargo::commanded(&survey, &launches);
    runs.extend(if by_command.is_empty() { cargo::selected(&survey) } else { by_command });
    runs.extend(go::commanded(&survey, &launches));
    runs.extend(maven::commanded(&survey, &launches));
    runs.extend(gradle::commanded(&survey, &launches));
    runs.extend(dotnet::commanded(&survey, &launches));
    runs.extend(phpunit::commanded(&survey, &launches));
    runs.extend(rspec::commanded(&survey, &launches));
    runs.iter_mut().for_each(doubt);
    runs
}

/// A command whose words name nothing in the tree was not understood: a value was taken for a path.
fn doubt(run: &mut Selected) {
    const BY_PATH: [&str; 10] =
        ["jest", "vitest", "mocha", "node", "bun", "deno", "playwright", "pytest", "rspec", "phpunit"];
    let named = |words: &String| words.split(' ').skip(1).any(|word| !word.starts_with('-'));
    let names = run.command.as_ref().is_some_and(|command| named(&command.words));
    run.open |= names && run.files.is_empty() && run.undecided.is_none() && BY_PATH.contains(&run.runner);
}

/// Lists tests of a tree's files by the conventions that hold where each stands.
pub struct Lister<'t> {
    survey: Survey<'t>,
    rules: BTreeMap<String, Conventions>,
}

impl<'t> Lister<'t> {
    /// For the files of a tree.
    pub fn of(tree: &'t Tree) -> Self {
        Self { survey: Survey::of(tree), rules: BTreeMap::new() }
    }

    /// The tests in a text that stands at a path.
    pub fn list(&mut self, path: &RepoPath, text: &str) -> Result<Vec<Test>, Undecided> {
        if path.extension() != "py" {
            return crate::read::tests::read(path, text);
        }
        let tree = syntax::parse(Language::Python, text).map_err(|u| u.at(path))?;
        Ok(python::inventory(path, &tree, text, self.rules(path.dir())))
    }

    /// The names by which pytest knows tests in a folder: those of functions, then those of classes.
    pub fn names(&mut self, dir: &str) -> [Vec<String>; 2] {
        let rules = self.rules(dir);
        [rules.functions.clone(), rules.classes.clone()]
    }

    fn rules(&mut self, dir: &str) -> &Conventions {
        let survey = &self.survey;
        self.rules.entry(dir.to_owned()).or_insert_with(|| pytest::conventions(survey, dir))
    }
}

#[cfg(test)]
mod facts;
