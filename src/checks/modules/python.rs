//! Modules of Python.

use crate::change::Tree;
use crate::ids::{RepoPath, folder};
use crate::read::symbols::{Imported, Symbols};

use super::{Found, Target, View, has_top, here};

pub(super) fn resolve(view: &View<'_>, from: &RepoPath, module: &str) -> Target {
    let dots = module.len() - module.trim_start_matches('.').len();
    let parts: Vec<&str> = module.split('.').filter(|part| !part.is_empty()).collect();
    if dots > 0 {
        let dir = folder::ancestors(from.dir()).nth(dots - 1);
        return dir.map_or(Target::Unknown, |dir| at(view.tree(), &joined(dir, &parts)));
    }
    let roots = folder::ancestors(from.dir())
        .flat_map(|dir| ["", "src", "lib"].map(|root| folder::resolved(dir, root)))
        .flatten()
        // Inside of a package nothing is found by an absolute name.
        .filter(|root| !is_package(view.tree(), root));
    let mut found: Vec<Target> = Vec::new();
    for root in roots {
        let first = parts.first().map(|part| joined(&root, &[part])).unwrap_or_default();
        if is_package(view.tree(), &first) || file(view.tree(), &first).is_some() {
            let target = at(view.tree(), &joined(&root, &parts));
            if !found.contains(&target) {
                found.push(target);
            }
        }
    }
    match found.as_slice() {
        [only] => only.clone(),
        _ => Target::Unknown,
    }
}

fn joined(dir: &str, parts: &[&str]) -> String {
    let dir = Some(dir).filter(|dir| !dir.is_empty());
    dir.into_iter().chain(parts.iter().copied()).collect::<Vec<_>>().join("/")
}

fn file(tree: &Tree, stem: &str) -> Option<RepoPath> {
    format!("{stem}.py").parse().ok().filter(|path| tree.contains(path))
}

fn init(tree: &Tree, stem: &str) -> Option<RepoPath> {
    let name = if stem.is_empty() { "__init__.py".to_owned() } else { format!("{stem}/__init__.py") };
    name.parse().ok().filter(|path| tree.contains(path))
}

fn is_package(tree: &Tree, dir: &str) -> bool {
    init(tree, dir).is_some()
}

/// The file of a module's path.
fn at(tree: &Tree, stem: &str) -> Target {
    if let Some(path) = init(tree, stem).or_else(|| file(tree, stem)) {
        return Target::File(path);
    }
    if is_anything(tree, stem) { Target::Unknown } else { Target::Missing }
}

/// Whether something of that name is there that is no plain module: a folder, a stub, a compiled module.
fn is_anything(tree: &Tree, stem: &str) -> bool {
    if stem.is_empty() || tree.under(stem).next().is_some() {
        return true;
    }
    let dir = stem.rsplit_once('/').map_or("", |(dir, _)| dir);
    tree.under(dir).any(|path| path.as_str().strip_prefix(stem).is_some_and(|rest| rest.starts_with('.')))
}

pub(super) fn provides(view: &View<'_>, path: &RepoPath, item: &Imported, hops: &mut usize) -> Found {
    let name = match item {
        Imported::Module => return Found::Module(path.clone()),
        Imported::All | Imported::Default => return Found::Somewhere,
        Imported::Name(name) => name,
    };
    let Some(left) = hops.checked_sub(1) else { return Found::Unknown };
    *hops = left;
    let Some(symbols) = view.symbols(path) else { return Found::Unknown };
    if has_top(&symbols, name) {
        return here(path, &symbols, name);
    }
    let imported = symbols.imports.iter().find(|import| import.local.as_deref() == Some(name));
    if let Some(import) = imported {
        return match resolve(view, path, &import.module) {
            // Whoever hands on a missing name is at fault, not whoever takes it from there.
            Target::File(file) if import.item != Imported::Module => {
                match provides(view, &file, &import.item, hops) {
                    Found::No | Found::Unknown => Found::Somewhere,
                    found => found,
                }
            }
            _ => Found::Somewhere,
        };
    }
    if is_everywhere(name) || symbols.bindings.iter().any(|binding| binding.name == *name) {
        return Found::Somewhere;
    }
    if path.name() == "__init__.py" {
        match at(view.tree(), &joined(path.dir(), &[name])) {
            Target::File(file) => return Found::Module(file),
            Target::Unknown => return Found::Unknown,
            Target::Missing => {}
        }
    }
    if is_dynamic(&symbols) {
        return Found::Unknown;
    }
    let mut found = Found::No;
    for import in symbols.imports.iter().filter(|import| import.item == Imported::All) {
        let inner = match resolve(view, path, &import.module) {
            Target::File(file) => provides(view, &file, item, hops),
            _ => Found::Unknown,
        };
        match inner {
            Found::No => {}
            Found::Unknown => found = Found::Unknown,
            there => return there,
        }
    }
    found
}

/// What every module has.
fn is_everywhere(name: &str) -> bool {
    name.starts_with("__") && name.ends_with("__")
}

fn is_dynamic(symbols: &Symbols) -> bool {
    // An open `__all__` says nothing about what can be imported by name; `globals()` and its like do.
    let writes = symbols.calls.iter().any(|call| {
        let first = call.callee.first().map(String::as_str);
        matches!(first, Some("globals" | "exec" | "vars" | "setattr"))
    });
    writes || (symbols.is_open && symbols.exports.is_empty()) || has_top(symbols, "__getattr__")
}
