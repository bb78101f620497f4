//! JavaScript and TypeScript configuration files, evaluated from their syntax tree and never run.
//!
//! What the file itself spells out is followed: literals, constants, spreads, functions that return an object, the
//! helpers of the tools (`defineConfig`, `mergeConfig`), paths, and imports of files of the same tree. Everything else
//! becomes [`Value::Unknown`] with its expression, which matters only where a coverage key depends on it.

mod calls;
mod evaluate;
mod exports;
mod handed;
mod imports;
mod names;
mod parameters;

use std::cell::Cell;
use std::rc::Rc;

use crate::change::Tree;
use crate::ids::RepoPath;
use crate::read::json::{self, Value};
use crate::read::syntax::{self, Language};
use crate::undecided::Undecided;

pub use imports::loads;

/// What stands for the absolute folder of the repository: no real path starts like this.
pub const ROOT: &str = "/\u{1}";

/// In the place of a package: the tool that reads the configuration.
pub const TOOL: &str = "";
/// What the tool calls a configuration with that is a function.
pub const ARGUMENT: &str = "argument";

/// Longer files are not evaluated.
const MAX_LENGTH: usize = 512 * 1024;
/// Imports of imports beyond this are not followed.
const MAX_IMPORTS: usize = 6;
/// Modules evaluated for one configuration before the rest counts as unknown.
const MAX_MODULES: usize = 200;

/// What a package exports that a configuration may use: package, name, value. With the package [`TOOL`] it tells what
/// the tool itself hands to a configuration that is a function, by the name [`ARGUMENT`].
pub type Known<'a> = &'a dyn Fn(&str, &str) -> Option<Value>;

/// The tree that imports are looked up in, and what is known of packages outside it.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The packages.
    pub known: Known<'a>,
}

/// What a configuration file exports by default, a function's result included. `None` where there is no such file.
pub fn config(world: World<'_>, path: &RepoPath) -> Result<Option<Value>, Undecided> {
    let argument = (world.known)(TOOL, ARGUMENT);
    let calls = Calls { arguments: argument.into_iter().collect(), depth: 0, modules: Rc::new(Cell::new(0)) };
    export(world, path, "default", calls)
}

/// How a module comes to be evaluated.
struct Calls {
    /// What its export is called with, where that is a function.
    arguments: Vec<Value>,
    /// Imports of imports that led here.
    depth: usize,
    /// Modules evaluated so far.
    modules: Rc<Cell<usize>>,
}

/// What a module exports; where that is a function, what it returns when it is called with these.
fn export(world: World<'_>, path: &RepoPath, name: &str, calls: Calls) -> Result<Option<Value>, Undecided> {
    let Some(text) = world.tree.text(path)? else { return Ok(None) };
    if path.extension() == "json" {
        let value = json::parse(text).map_err(|u| u.at(path))?;
        return Ok(if name == "default" { Some(value) } else { value.get(name) });
    }
    let tree = parse(path, text)?;
    Ok(Some(evaluate::Module::new(world, path, text, tree.root(), calls).export(name)))
}

/// The syntax tree of a JavaScript or TypeScript file. Errors in it are left in the tree.
fn parse(path: &RepoPath, text: &str) -> Result<syntax::Tree, Undecided> {
    if text.len() > MAX_LENGTH {
        return Err(Undecided::new("is too long for a configuration file to be evaluated").at(path));
    }
    let language = Language::of(path).unwrap_or(Language::JavaScript);
    syntax::parse(language, text).map_err(|undecided| undecided.at(path))
}

/// The file that a relative import means, as far as the tree holds it.
fn resolve(tree: &Tree, from: &RepoPath, source: &str) -> Option<RepoPath> {
    const ENDINGS: [&str; 18] = [
        "",
        ".ts",
        ".mts",
        ".cts",
        ".tsx",
        ".jsx",
        ".js",
        ".mjs",
        ".cjs",
        ".json",
        "/index.ts",
        "/index.mts",
        "/index.js",
        "/index.mjs",
        "/index.cjs",
        "/index.json",
        "/jest-preset.js",
        "/jest-preset.json",
    ];
    if !source.starts_with('.') {
        return None;
    }
    let found = |source: &str| {
        ENDINGS.iter().find_map(|ending| {
            RepoPath::join(from.dir(), &format!("{source}{ending}")).ok().filter(|path| tree.contains(path))
        })
    };
    // TypeScript sources are imported under the name of what they compile to.
    let compiled = [".js", ".mjs", ".cjs"].iter().find_map(|ending| source.strip_suffix(ending));
    found(source).or_else(|| compiled.and_then(found))
}

#[cfg(test)]
mod tests;
