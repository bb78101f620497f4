//! The SQL migrations of a tree: which there are, and what each does, read once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::sql::{self, Step};
use super::{Form, form, is_down, order, root};
use crate::change::Tree;
use crate::ids::{RepoPath, Sha};
use crate::undecided::Undecided;

/// The SQL migrations of a root in the order in which they run, without those that take others back.
pub fn of_root<'t>(tree: &'t Tree, dir: &str) -> Vec<&'t RepoPath> {
    let is_one = |path: &&RepoPath| form(path) == Some(Form::Sql) && root(path) == dir && !is_down(path);
    let mut paths: Vec<&RepoPath> = tree.under(dir).filter(is_one).collect();
    paths.sort_by_cached_key(|path| order(path));
    paths
}

type Steps = Arc<Result<Vec<Step>, Undecided>>;

/// The steps by the id of the file's content.
#[derive(Default)]
struct Read(Mutex<BTreeMap<Sha, Steps>>);

/// What a migration of the tree does forwards; `None` where there is no such file.
pub fn steps(tree: &Tree, path: &RepoPath) -> Result<Option<Steps>, Undecided> {
    let Some(entry) = tree.entry(path) else { return Ok(None) };
    let Some(text) = tree.text(path)? else { return Ok(None) };
    let read = tree.lasting(Read::default);
    let known = read.0.lock().unwrap_or_else(PoisonError::into_inner).get(&entry.id).cloned();
    if let Some(known) = known {
        return Ok(Some(known));
    }
    let steps: Steps = Arc::new(sql::steps(sql::forwards(text)));
    read.0.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.id.clone(), steps.clone());
    Ok(Some(steps))
}
