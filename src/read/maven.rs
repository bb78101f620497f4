//! Maven projects, as far as the tree tells: each `pom.xml` with what its parents in the tree hand down.
//!
//! Inheritance, plugin management, profiles and properties are put together in Maven's order. A parent that lies
//! outside of the tree hands down nothing; an expression without a value stays as it is written, with its `${`.

mod dom;
mod inherit;
mod model;

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Kind, Tree};
use crate::ids::{RepoPath, folder};
use crate::undecided::Undecided;

pub use dom::Dom;
pub use model::{Execution, Plugin};

/// The files that [`projects`] reads, as a glob over whole paths.
pub const FILES: &str = "**/pom.xml";

/// Parents of parents beyond this are not followed.
const MAX_PARENTS: usize = 16;

/// What a run of Maven is given besides the files.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Profiles, by id (`-P`).
    pub profiles: BTreeSet<String>,
    /// User properties (`-D`).
    pub properties: BTreeMap<String, String>,
}

/// One project after inheritance.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its folder; empty for the root.
    pub dir: String,
    /// Its own file, then those of its parents.
    pub files: Vec<RepoPath>,
    /// Its group, where it or its parent names one.
    pub group: String,
    /// Its name.
    pub artifact: String,
    /// `jar` where nothing else is said; `pom` has no classes.
    pub packaging: String,
    /// Where its sources are, relative to its folder, where it says so.
    pub source_directory: Option<String>,
    /// The plugins of its build, with what is managed of them; their configuration is that of the plugin alone.
    pub plugins: Vec<Plugin>,
    /// The plugins that are only managed: they count where a goal is called by name.
    pub managed: Vec<Plugin>,
    /// Its properties, those that the run is given included.
    pub properties: BTreeMap<String, String>,
    /// Group, name and scope of what it depends on.
    pub dependencies: Vec<[String; 3]>,
}

impl Project {
    /// A plugin of the build by its name.
    pub fn plugin(&self, artifact: &str) -> Option<&Plugin> {
        self.plugins.iter().find(|plugin| plugin.artifact == artifact)
    }
}

/// Every project of a tree, by path. `wants` tells whether a profile that nothing activates counts all the same.
pub fn projects(tree: &Tree, given: &Given, wants: fn(&Dom) -> bool) -> Vec<Result<Project, Undecided>> {
    let files = tree.entries().filter(|(path, entry)| entry.kind == Kind::File && path.name() == "pom.xml");
    let mut models = BTreeMap::new();
    for (path, _) in files {
        let read = tree.text(path).and_then(|text| model::read(path, text.unwrap_or_default()));
        models.insert(path.clone(), read);
    }
    let project = |path: &RepoPath| {
        let mut chain = Vec::new();
        let mut at = path.clone();
        loop {
            let model = match &models[&at] {
                Ok(model) => model,
                // A parent that can't be read hands down nobody knows what.
                Err(undecided) => return Err(undecided.clone()),
            };
            chain.push(model);
            let parent = model.parent.as_ref().and_then(|parent| place(model.path.dir(), &parent.relative));
            match parent
                .filter(|parent| models.contains_key(parent) && chain.iter().all(|m| m.path != *parent))
            {
                // The file there counts only if it is the parent that is named.
                Some(parent) if chain.len() < MAX_PARENTS && names(&models[&parent], model) => at = parent,
                _ => break,
            }
        }
        Ok(inherit::project(&chain, given, wants))
    };
    models.keys().map(project).collect()
}

fn names(parent: &Result<model::Model, Undecided>, child: &model::Model) -> bool {
    let named = child.parent.as_ref().map(|parent| parent.artifact.as_str());
    parent.as_ref().map_or(true, |model| Some(model.artifact.as_str()) == named)
}

/// The file that a relative path means: a folder stands for its `pom.xml`.
fn place(dir: &str, relative: &str) -> Option<RepoPath> {
    let at = folder::resolved(dir, &relative.replace('\\', "/"))?;
    if at.ends_with(".xml") { at.parse().ok() } else { RepoPath::join(&at, "pom.xml").ok() }
}

#[cfg(test)]
mod tests;
