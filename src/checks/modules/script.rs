//! Modules of JavaScript and TypeScript.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::change::Tree;
use crate::ids::{RepoPath, folder};
use crate::read::json;
use crate::read::symbols::{self, Imported, Symbols};

use super::{Found, Target, View, has_top, here};

/// The configurations that name modules anew.
pub(in crate::checks) const CONFIGS: &str = "**/{ts,js}config*.json";

const ENDINGS: [&str; 10] = ["ts", "tsx", "d.ts", "mts", "cts", "js", "jsx", "mjs", "cjs", "json"];

/// Longer chains of configurations are not followed.
const MAX_EXTENDS: usize = 5;

pub(super) fn resolve(view: &View<'_>, from: &RepoPath, module: &str) -> Target {
    // A loader's query gives a file another meaning.
    if module.contains(['?', '!', '#']) && !module.starts_with('#') {
        return Target::Unknown;
    }
    if module.starts_with("./") || module.starts_with("../") || module == "." || module == ".." {
        return folder::resolved(from.dir(), module).map_or(Target::Unknown, |stem| at(view, &stem));
    }
    let aliases: Arc<Aliases> = view.tree().derived(Aliases::of);
    aliases.targets(from.dir(), module).map_or(Target::Unknown, |stems| {
        let found: Vec<Target> = stems.iter().map(|stem| at(view, stem)).collect();
        let file = found.iter().find(|target| matches!(target, Target::File(_)));
        match file {
            Some(file) => file.clone(),
            None if found.iter().all(|target| *target == Target::Missing) => Target::Missing,
            None => Target::Unknown,
        }
    })
}

/// The file that a path without or with its ending means.
fn at(view: &View<'_>, stem: &str) -> Target {
    let tree = view.tree();
    let exact = |path: &str| path.parse::<RepoPath>().ok().filter(|path| tree.contains(path));
    let judged = |path: RepoPath| {
        let declares = path.as_str().ends_with(".d.ts");
        let reads = symbols::language(&path).is_some() && !declares;
        if reads { Target::File(path) } else { Target::Unknown }
    };
    if let Some(path) = exact(stem) {
        return judged(path);
    }
    // Sources are imported under the name of what they compile to.
    let compiled =
        [(".js", ["ts", "tsx"]), (".jsx", ["tsx", "ts"]), (".mjs", ["mts", "ts"]), (".cjs", ["cts", "ts"])];
    for (ending, sources) in compiled {
        let Some(plain) = stem.strip_suffix(ending) else { continue };
        let found = sources.iter().find_map(|source| exact(&format!("{plain}.{source}")));
        if let Some(path) = found {
            return judged(path);
        }
    }
    let beside = ENDINGS.iter().map(|ending| format!("{stem}.{ending}"));
    let inside = ENDINGS.iter().map(|ending| {
        if stem.is_empty() { format!("index.{ending}") } else { format!("{stem}/index.{ending}") }
    });
    if let Some(path) = beside.chain(inside).find_map(|path| exact(&path)) {
        return judged(path);
    }
    let bare = compiled.iter().find_map(|(ending, _)| stem.strip_suffix(ending)).unwrap_or(stem);
    if is_anything(tree, bare) { Target::Unknown } else { Target::Missing }
}

/// Whether the tree has something of that name: a folder, or a file of another kind or platform.
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
        Imported::All => return Found::Somewhere,
        Imported::Default => "default",
        Imported::Name(name) => name,
    };
    let Some(left) = hops.checked_sub(1) else { return Found::Unknown };
    *hops = left;
    let Some(symbols) = view.symbols(path) else { return Found::Unknown };
    if let Some(export) = symbols.exports.iter().find(|export| export.name == name) {
        let from = export.import.and_then(|at| symbols.imports.get(at));
        let from = from.or_else(|| {
            let named =
                |i: &&symbols::Import| i.local.as_deref() == Some(&export.local) && !export.local.is_empty();
            symbols.imports.iter().find(named).filter(|_| !has_top(&symbols, &export.local))
        });
        return match from {
            Some(import) => match resolve(view, path, &import.module) {
                // Whoever re-exports a missing name is at fault, not whoever takes it from there.
                Target::File(file) => match provides(view, &file, &import.item, hops) {
                    Found::No | Found::Unknown => Found::Somewhere,
                    found => found,
                },
                _ => Found::Somewhere,
            },
            None => here(path, &symbols, &export.local),
        };
    }
    if symbols.is_open || !is_module(&symbols) || names_types_in_comments(view, path) {
        return Found::Unknown;
    }
    // What CommonJS exports is, as a whole, its default.
    if name == "default" && is_common(view, path) {
        return Found::Somewhere;
    }
    let mut found = Found::No;
    for import in
        symbols.imports.iter().filter(|i| i.is_reexported && i.item == Imported::All && name != "default")
    {
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

/// A script without imports and exports is no module: its names may be everybody's.
fn is_module(symbols: &Symbols) -> bool {
    !symbols.exports.is_empty() || symbols.imports.iter().any(|import| import.is_reexported)
}

/// TypeScript takes types that a JavaScript file has in comments only.
fn names_types_in_comments(view: &View<'_>, path: &RepoPath) -> bool {
    let text = view.text(path).unwrap_or_default().as_bytes();
    [&b"@typedef"[..], b"@callback"].iter().any(|word| memchr::memmem::find(text, word).is_some())
}

fn is_common(view: &View<'_>, path: &RepoPath) -> bool {
    let text = view.text(path).unwrap_or_default();
    memchr::memmem::find(text.as_bytes(), b"exports.").is_some()
        || memchr::memmem::find(text.as_bytes(), b"module.exports").is_some()
}

/// The `paths` of every configuration, by the folder that it stands in.
struct Aliases(BTreeMap<String, Vec<(String, Vec<String>)>>);

impl Aliases {
    fn of(tree: &Tree) -> Self {
        let mut found: BTreeMap<String, Vec<(String, Vec<String>)>> = BTreeMap::new();
        let is_config = |name: &str| {
            (name.starts_with("tsconfig") || name.starts_with("jsconfig")) && name.ends_with(".json")
        };
        for path in tree.paths().filter(|path| is_config(path.name())) {
            let paths = paths(tree, path, MAX_EXTENDS);
            found.entry(path.dir().to_owned()).or_default().extend(paths);
        }
        Self(found)
    }

    /// What a module may mean, seen from a folder: the nearest configuration that has `paths` decides.
    fn targets(&self, dir: &str, module: &str) -> Option<Vec<String>> {
        let own = folder::ancestors(dir).filter_map(|dir| self.0.get(dir)).find(|paths| !paths.is_empty())?;
        let fit = |(pattern, targets): &(String, Vec<String>)| {
            let (front, back) = pattern.split_once('*').unwrap_or((pattern, "\0"));
            if pattern == "*" {
                return None;
            }
            if !pattern.contains('*') {
                return (pattern == module).then(|| (pattern.len(), targets.clone()));
            }
            let hole = module.strip_prefix(front)?.strip_suffix(back)?;
            Some((front.len(), targets.iter().map(|target| target.replacen('*', hole, 1)).collect()))
        };
        own.iter().filter_map(fit).max_by_key(|(length, _)| *length).map(|(_, targets)| targets)
    }
}

/// The patterns of a configuration with their targets as paths from the root.
fn paths(tree: &Tree, config: &RepoPath, hops: usize) -> Vec<(String, Vec<String>)> {
    let Some(value) = tree.text(config).ok().flatten().and_then(|text| json::parse(text).ok()) else {
        return Vec::new();
    };
    let options = value.get("compilerOptions");
    let base_url =
        options.as_ref().and_then(|o| o.get("baseUrl")).and_then(|v| v.as_text().map(str::to_owned));
    let root = folder::resolved(config.dir(), base_url.as_deref().unwrap_or("."));
    if let (Some(json::Value::Object(paths)), Some(root)) = (options.and_then(|o| o.get("paths")), root) {
        let targets = |key: &str| {
            let list = paths.get(key).and_then(|list| list.texts().ok()).unwrap_or_default();
            list.iter().filter_map(|target| folder::resolved(&root, target)).collect()
        };
        return paths.keys().into_iter().map(|key| (key.to_owned(), targets(key))).collect();
    }
    let above = value.get("extends").and_then(|v| v.as_text().map(str::to_owned));
    let above = above.filter(|above| above.starts_with('.') && hops > 0);
    let above = above.and_then(|above| {
        let plain = RepoPath::join(config.dir(), &above).ok();
        let ended = RepoPath::join(config.dir(), &format!("{above}.json")).ok();
        [plain, ended].into_iter().flatten().find(|path| tree.contains(path))
    });
    above.map(|above| paths(tree, &above, hops - 1)).unwrap_or_default()
}
