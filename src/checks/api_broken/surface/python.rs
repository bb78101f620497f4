//! Python: the public names of the modules of a package.

use crate::checks::modules::{Found, View};
use crate::ids::{RepoPath, folder};
use crate::read::symbols::{Definition, Imported, Sort, Symbols, Visibility};

use super::super::packages::Package;
use super::{Break, compared};

pub(super) fn breaks(base: &View<'_>, head: &View<'_>, package: &Package, path: &RepoPath) -> Vec<Break> {
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
