//! What a package offers at base that head no longer has, or has with other parameters.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::checks::modules::{Found, View, only};
use crate::checks::product;
use crate::checks::sources::Family;
use crate::ids::{RepoPath, folder};
use crate::read::json::Value;
use crate::read::symbols::{Definition, Imported, Parameter, Passing, Sort, Symbols, Visibility};
use crate::span::{Location, Side};

use super::packages::Package;

/// Longer chains of modules are not followed.
const MAX_DEPTH: usize = 12;

/// One break.
#[derive(Debug, Clone)]
pub(super) struct Break {
    pub(super) name: String,
    /// What happened, behind its name.
    pub(super) what: String,
    pub(super) at: Location,
    /// Whether the package says itself that the name is for others.
    pub(super) is_stated: bool,
}

/// The breaks of a package, given its changed files at base.
pub(super) fn breaks(change: &Change, package: &Package, files: &[&RepoPath]) -> Vec<Break> {
    let (base, head) = (View { change, side: Side::Base }, View { change, side: Side::Head });
    match package.family {
        Family::Script => script(&base, &head, package),
        Family::Python => files.iter().flat_map(|path| python(&base, &head, package, path)).collect(),
        Family::Rust => files.iter().flat_map(|path| rust(&base, &head, package, path)).collect(),
        Family::Go | Family::Ruby => Vec::new(),
    }
}

fn script(base: &View<'_>, head: &View<'_>, package: &Package) -> Vec<Break> {
    let mut found = Vec::new();
    for entry in entries(base, package) {
        let Some(now) = base.change.at_head(&entry).filter(|now| *now == entry) else { continue };
        for name in offered(base, &entry, MAX_DEPTH) {
            let item = if name == "default" { Imported::Default } else { Imported::Name(name.clone()) };
            let was = base.provides(&entry, &item);
            let Found::Here(path, definition) = &was else { continue };
            found.extend(compared(
                base,
                head,
                package.family,
                (path, definition),
                &head.provides(&now, &item),
                &name,
                true,
            ));
        }
    }
    found
}

/// The sources of what `package.json` names as entry points.
fn entries(view: &View<'_>, package: &Package) -> BTreeSet<RepoPath> {
    let mut named: Vec<String> = Vec::new();
    let mut open: Vec<Value> = ["main", "module", "types", "typings", "exports"]
        .iter()
        .filter_map(|key| package.values.get(key))
        .collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Text(text) if !text.contains('*') => named.push(text),
            Value::Object(object) => open.extend(object.keys().into_iter().filter_map(|key| object.get(key))),
            Value::List(list) => open.extend(list),
            _ => {}
        }
    }
    named.iter().filter_map(|name| source(view, package.dir(), name)).collect()
}

/// The file of the tree that an entry point is, or that it is built from.
fn source(view: &View<'_>, dir: &str, name: &str) -> Option<RepoPath> {
    const BUILT: [&str; 9] = ["dist", "lib", "build", "out", "cjs", "esm", "es", "types", "umd"];
    let stem = name.trim_start_matches("./");
    let plain = [".d.ts", ".d.mts", ".d.cts"].iter().find_map(|end| stem.strip_suffix(end));
    let plain = plain.or_else(|| stem.rsplit_once('.').map(|(plain, _)| plain)).unwrap_or(stem);
    let rest: Vec<&str> = plain.split('/').skip_while(|part| BUILT.contains(part)).collect();
    let was_built = rest.len() < plain.split('/').count();
    let stems = if was_built {
        vec![format!("src/{}", rest.join("/")), rest.join("/")]
    } else {
        vec![plain.to_owned()]
    };
    let paths = stems
        .iter()
        .flat_map(|stem| ["ts", "tsx", "mts", "js", "mjs", "cjs", "jsx"].map(|end| format!("{stem}.{end}")));
    let found = paths.filter_map(|path| RepoPath::join(dir, &path).ok());
    found.into_iter().find(|path| view.tree().contains(path))
}

/// The names that a module offers, with those that it hands on as a whole.
fn offered(view: &View<'_>, path: &RepoPath, depth: usize) -> BTreeSet<String> {
    let (mut names, mut open, mut seen) = (BTreeSet::new(), vec![(path.clone(), depth)], BTreeSet::new());
    while let Some((path, depth)) = open.pop() {
        let Some(symbols) = view.symbols(&path).filter(|_| seen.insert(path.clone())) else { continue };
        names.extend(symbols.exports.iter().map(|export| export.name.clone()));
        for import in
            symbols.imports.iter().filter(|i| i.is_reexported && i.item == Imported::All && depth > 0)
        {
            if let crate::checks::modules::Target::File(file) = view.resolve(&path, &import.module) {
                open.push((file, depth - 1));
            }
        }
    }
    names
}

fn python(base: &View<'_>, head: &View<'_>, package: &Package, path: &RepoPath) -> Vec<Break> {
    let inside = folder::below(package.dir(), path.as_str()).unwrap_or_default();
    let stem = inside.strip_suffix(".py").unwrap_or_default();
    let hidden = stem.split('/').any(|part| part.starts_with('_') && part != "__init__");
    let tools =
        stem.split('/').next().is_some_and(|first| matches!(first, "scripts" | "tools" | "setup" | "ci"));
    let in_package = RepoPath::join(path.dir(), "__init__.py").is_ok_and(|init| base.tree().contains(&init));
    let Some(symbols) = base.symbols(path).filter(|_| !hidden && !tools && in_package && !stem.is_empty())
    else {
        return Vec::new();
    };
    let whole = path.as_str().trim_end_matches(".py").trim_end_matches("/__init__");
    let places = [format!("{whole}.py"), format!("{whole}/__init__.py")];
    let now = places
        .iter()
        .filter_map(|place| place.parse::<RepoPath>().ok())
        .find(|path| head.tree().contains(path));
    let mut found = Vec::new();
    for definition in symbols.definitions.iter().filter(|d| is_offered(&symbols, d)) {
        let is_stated = symbols.exports.iter().any(|e| e.name == definition.name)
            || is_handed_on(base, path, &definition.name);
        let item = Imported::Name(definition.name.clone());
        let after = now.as_ref().map_or(Found::No, |now| head.provides(now, &item));
        let of = (path, definition);
        found.extend(compared(base, head, package.family, of, &after, &definition.name, is_stated));
    }
    found
}

fn is_offered(symbols: &Symbols, definition: &Definition) -> bool {
    let listed = symbols.exports.is_empty() || symbols.exports.iter().any(|e| e.name == definition.name);
    let constant = definition.sort == Sort::Variable && definition.name.chars().all(|c| !c.is_lowercase());
    let kind = matches!(definition.sort, Sort::Function | Sort::Class) || constant;
    definition.scope.is_empty()
        && definition.visibility == Visibility::Public
        && listed
        && kind
        && !definition.is_conditional
        && definition.name != "__all__"
        && definition.name != "main"
}

/// Whether the package's own `__init__.py` at the top hands the name on.
fn is_handed_on(view: &View<'_>, path: &RepoPath, name: &str) -> bool {
    let inits = folder::ancestors(path.dir()).filter_map(|dir| RepoPath::join(dir, "__init__.py").ok());
    let Some(top) = inits.take_while(|init| view.tree().contains(init)).last() else { return false };
    let found = view.provides(&top, &Imported::Name(name.to_owned()));
    matches!(found, Found::Here(from, _) if from == *path)
}

/// Public items by the module that they are in; a module counts where every one on the way is `pub`.
fn rust(base: &View<'_>, head: &View<'_>, package: &Package, path: &RepoPath) -> Vec<Break> {
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

/// What became of one item.
fn compared(
    base: &View<'_>,
    head: &View<'_>,
    family: Family,
    (path, before): (&RepoPath, &Definition),
    after: &Found,
    name: &str,
    is_stated: bool,
) -> Option<Break> {
    if product::kind(path).is_some() {
        return None;
    }
    let broken = |what: &str, at: Location| {
        Some(Break { name: name.to_owned(), what: what.to_owned(), at, is_stated })
    };
    match after {
        Found::No => {
            let source = base.text(path)?;
            broken(
                "is no longer offered",
                Location::bytes(Side::Base, path, source, before.name_range.clone()).label("it was here"),
            )
        }
        Found::Here(now, definition) => {
            let plain =
                |d: &Definition| d.written_type.is_empty() && d.decorators.is_empty() && !d.is_conditional;
            let (old, new) = (before.parameters.as_ref()?, definition.parameters.as_ref()?);
            if !plain(before) || !plain(definition) || !differ(family, old, new) {
                return None;
            }
            let source = head.text(now)?;
            broken(
                "has other parameters",
                Location::bytes(Side::Head, now, source, definition.name_range.clone()),
            )
        }
        _ => None,
    }
}

/// Whether a call that was right may be wrong now.
fn differ(family: Family, old: &[Parameter], new: &[Parameter]) -> bool {
    let rest = |list: &[Parameter], passing: Passing| list.iter().any(|p| p.passing == passing);
    let needed = |list: &[Parameter]| list.iter().rposition(|p| !p.is_optional).map_or(0, |at| at + 1);
    match family {
        Family::Script => needed(new) > needed(old) || (new.len() < old.len() && !rest(new, Passing::Rest)),
        Family::Python => {
            let by_name = |p: &Parameter| matches!(p.passing, Passing::Either | Passing::Named);
            let by_place = |p: &Parameter| matches!(p.passing, Passing::Either | Passing::Positional);
            let lost = old
                .iter()
                .filter(|p| by_name(p))
                .any(|p| !new.iter().any(|n| by_name(n) && n.name == p.name));
            let more = new
                .iter()
                .filter(|p| !p.is_optional)
                .any(|p| !old.iter().any(|o| !o.is_optional && o.name == p.name));
            let places = |list: &[Parameter]| {
                list.iter().filter(|p| by_place(p)).map(|p| p.name.clone()).collect::<Vec<_>>()
            };
            let (before, after) = (places(old), places(new));
            let moved = !after.starts_with(&before) && !rest(new, Passing::Rest);
            (lost && !rest(new, Passing::NamedRest)) || more || moved
        }
        Family::Rust | Family::Go => old.len() != new.len(),
        Family::Ruby => false,
    }
}
