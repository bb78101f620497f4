//! Rust: `pub` items in modules that are public.

use crate::checks::modules::{Found, View, only};
use crate::ids::{RepoPath, folder};
use crate::read::symbols::{Imported, Sort, Symbols, Visibility};

use super::super::packages::Package;
use super::{Break, MAX_DEPTH, compared};

/// Public items by the module that they are in; a module counts where every one on the way is `pub`.
pub(super) fn breaks(base: &View<'_>, head: &View<'_>, package: &Package, path: &RepoPath) -> Vec<Break> {
    let Some(module) = module(package, path).filter(|module| is_public(base, package, module)) else {
        return Vec::new();
    };
    let Some(symbols) = base.symbols(path) else { return Vec::new() };
    let now = files(package, &module).into_iter().find(|path| head.tree().contains(path));
    let mut found = Vec::new();
    for definition in
        symbols.definitions.iter().filter(|d| d.scope.is_empty() && d.visibility == Visibility::Public)
    {
        let hidden = definition.decorators.iter().any(|d| d.starts_with("doc") && d.contains("hidden"));
        let is_item = !matches!(definition.sort, Sort::Module | Sort::Macro);
        if hidden || !is_item || definition.is_conditional {
            continue;
        }
        let after = match &now {
            None => Found::Unknown,
            Some(now) => match head.symbols(now) {
                None => Found::Unknown,
                Some(symbols) => in_rust(&symbols, now, &definition.name),
            },
        };
        found.extend(compared(
            base,
            head,
            package.family,
            (path, definition),
            &after,
            &definition.name,
            true,
        ));
    }
    found
}

fn in_rust(symbols: &Symbols, path: &RepoPath, name: &str) -> Found {
    if let Some(definition) = only(symbols, name) {
        return match definition.visibility {
            Visibility::Public => Found::Here(path.clone(), Box::new(definition.clone())),
            _ => Found::No,
        };
    }
    let has = symbols.definitions.iter().any(|d| d.scope.is_empty() && d.name == name);
    let taken = symbols.imports.iter().any(|i| i.local.as_deref() == Some(name) || i.item == Imported::All);
    if has || taken || symbols.is_open { Found::Somewhere } else { Found::No }
}

/// The path of a file's module below `src`, empty for the root of the library.
fn module(package: &Package, path: &RepoPath) -> Option<Vec<String>> {
    let inside = folder::below(package.dir(), path.as_str())?.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut parts: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    match parts.as_slice() {
        [root] if root == "lib" => Some(Vec::new()),
        [first, ..] if first == "main" || first == "bin" => None,
        _ => Some(parts),
    }
}

fn files(package: &Package, module: &[String]) -> Vec<RepoPath> {
    let stem = module.join("/");
    let names = if module.is_empty() {
        vec!["src/lib.rs".to_owned()]
    } else {
        vec![format!("src/{stem}.rs"), format!("src/{stem}/mod.rs")]
    };
    names.iter().filter_map(|name| RepoPath::join(package.dir(), name).ok()).collect()
}

fn is_public(view: &View<'_>, package: &Package, module: &[String]) -> bool {
    (0..module.len()).take(MAX_DEPTH).all(|at| {
        let above = files(package, &module[..at]).into_iter().find(|path| view.tree().contains(path));
        let symbols = above.and_then(|path| view.symbols(&path));
        symbols.is_some_and(|symbols| {
            let declared = only(&symbols, &module[at]);
            declared.is_some_and(|d| {
                d.sort == Sort::Module && d.visibility == Visibility::Public && !d.is_conditional
            })
        })
    })
}
