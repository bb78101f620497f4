//! Packages that are published: what their manifest says.

use crate::change::{Change, Tree};
use crate::checks::sources::Family;
use crate::ids::{RepoPath, folder};
use crate::read::json::{self, Value};
use crate::span::Side;

mod go_modules;

pub(super) use go_modules::{is_library, is_source, roots};

/// The manifests that tell.
pub(super) const MANIFESTS: [&str; 4] =
    ["**/package.json", "**/pyproject.toml", "**/Cargo.toml", "**/go.mod"];

/// A package that others can take from a registry.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) family: Family,
    pub(super) manifest: RepoPath,
    pub(super) name: String,
    pub(super) values: Value,
}

impl Package {
    /// The folder of the package.
    pub(super) fn dir(&self) -> &str {
        self.manifest.dir()
    }

    /// The published package at base that a file belongs to.
    pub(super) fn of(change: &Change, path: &RepoPath) -> Option<Self> {
        let family = Family::of(path)?;
        let file = match family {
            Family::Script => "package.json",
            Family::Python => "pyproject.toml",
            Family::Rust => "Cargo.toml",
            Family::Go => "go.mod",
            Family::Ruby => return None,
        };
        let manifest = folder::ancestors(path.dir())
            .filter_map(|dir| RepoPath::join(dir, file).ok())
            .find(|path| change.base.contains(path))?;
        let values = values(&change.base, &manifest)?;
        let name = published(family, &values)?;
        let package = Self { family, manifest, name, values };
        (package.holds(path) && !package.is_program(&change.base)).then_some(package)
    }

    /// Whether a file is part of what is published. Python's build tools take the folder that has the package's name,
    /// or what stands in `src`; beside it stand scripts and experiments.
    fn holds(&self, path: &RepoPath) -> bool {
        let plain = |name: &str| name.to_lowercase().replace(['-', '.', '_'], "");
        let inside = path.as_str().strip_prefix(self.dir()).unwrap_or_default().trim_start_matches('/');
        let first = inside.split('/').next().unwrap_or_default();
        match self.family {
            Family::Python => first == "src" || plain(first).starts_with(&plain(&self.name)),
            Family::Go => is_source(path),
            _ => true,
        }
    }

    /// Whether a file is one of those that tell what the package offers.
    pub(super) fn may_read(&self, path: &RepoPath) -> bool {
        let inside = folder::below(self.dir(), path.as_str());
        inside.is_some_and(|inside| self.family != Family::Rust || inside.starts_with("src/"))
    }

    /// Whether the package is a crate with a program: its library is there for that, and for its tests.
    fn is_program(&self, tree: &Tree) -> bool {
        let at = |path: &str| RepoPath::join(self.dir(), path).ok();
        let has_main = at("src/main.rs").is_some_and(|path| tree.contains(&path));
        let has_more = at("src/bin").is_some_and(|dir| tree.under(dir.as_str()).next().is_some());
        self.family == Family::Rust && (has_main || has_more || self.values.get("bin").is_some())
    }

    /// Whether the change raises the version in a way that allows breaks: the first number, or the second below 1.0.
    pub(super) fn is_raised(&self, change: &Change) -> bool {
        let after = change.at_head(&self.manifest).and_then(|path| values(change.tree(Side::Head), &path));
        if self.family == Family::Go {
            return after.is_some_and(|after| after != self.values);
        }
        let versions =
            (version(self.family, &self.values), after.and_then(|values| version(self.family, &values)));
        let (Some(before), Some(after)) = versions else { return false };
        let numbers = |version: &str| {
            let mut parts = version.split(['.', '-', '+']).map(|part| part.parse::<u64>().unwrap_or(0));
            (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
        };
        let (before, after) = (numbers(&before), numbers(&after));
        after.0 > before.0 || (before.0 == 0 && after > before)
    }
}

fn values(tree: &Tree, manifest: &RepoPath) -> Option<Value> {
    let text = tree.text(manifest).ok().flatten()?;
    match manifest.extension() {
        "json" => return json::parse(text).ok(),
        "mod" => return go_modules::path(text).map(Value::Text),
        _ => {}
    }
    text.parse::<toml::Table>().ok().map(Value::from)
}

fn version(family: Family, values: &Value) -> Option<String> {
    let keys: &[&[&str]] = match family {
        Family::Script => &[&["version"]],
        Family::Rust => &[&["package", "version"]],
        _ => &[&["project", "version"], &["tool", "poetry", "version"]],
    };
    keys.iter().find_map(|keys| values.at(keys)?.as_text().map(str::to_owned))
}

/// The name of a package that its manifest describes for a registry.
fn published(family: Family, values: &Value) -> Option<String> {
    let has = |keys: &[&str]| values.at(keys).is_some();
    let text = |keys: &[&str]| values.at(keys).and_then(|value| value.as_text().map(str::to_owned));
    match family {
        // A module that others can ask for is named by the host that it is fetched from.
        Family::Go => {
            let name = values.as_text()?;
            let host = name.split('/').next().unwrap_or_default();
            (host.contains('.') && host != "example.com").then(|| name.to_owned())
        }
        Family::Script => {
            let private = values.get("private").is_some_and(|private| private != Value::Bool(false));
            let offers = ["main", "module", "exports", "types", "typings"].iter().any(|key| has(&[key]));
            text(&["name"]).filter(|_| has(&["version"]) && !private && offers)
        }
        Family::Rust => {
            let closed =
                values.at(&["package", "publish"]).is_some_and(|publish| publish == Value::Bool(false));
            let described = has(&["package", "description"]) && has(&["package", "version"]);
            let licensed = has(&["package", "license"]) || has(&["package", "license-file"]);
            text(&["package", "name"]).filter(|_| described && licensed && !closed)
        }
        _ => {
            let private =
                |value: Value| value.texts().is_ok_and(|all| all.iter().any(|c| c.starts_with("Private ::")));
            let kept = values.at(&["project", "classifiers"]).is_some_and(private);
            let poetry = has(&["tool", "poetry", "classifiers"]) || has(&["tool", "poetry", "repository"]);
            let described = has(&["project", "classifiers"]) || has(&["project", "urls"]) || poetry;
            let name = text(&["project", "name"]).or_else(|| text(&["tool", "poetry", "name"]));
            name.filter(|_| described && has(&["build-system"]) && !kept)
        }
    }
}
