//! Lock files against the manifests that they were made from: what a frozen installation would stop at.
//!
//! Only what both files say is compared. Names that an override, a patch or the repository itself answers for are left
//! alone, and so is every version that is not plainly a range.

mod bun;
mod cargo;
mod composer;
mod go;
mod npm;
mod pnpm;
mod python;
mod range;
mod yarn;

use std::collections::BTreeSet;

use crate::ids::RepoPath;
use crate::read::manifest::{self, Dependency};
use crate::undecided::Undecided;

#[cfg(test)]
mod tests;

/// What tells that manifest and lock file disagree about a dependency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The lock file does not have it.
    Missing,
    /// The lock file has it at a version, or recorded for a range, that the manifest does not admit.
    Refused {
        /// What the lock file has.
        locked: String,
    },
    /// The lock file still has it as a dependency of this manifest, which no longer lists it.
    Surplus,
}

/// A dependency about which manifest and lock file disagree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disagreement {
    /// Its name as the manifest has it.
    pub name: String,
    /// What the manifest asks for; empty where it no longer does.
    pub asked: String,
    /// What is wrong.
    pub fault: Fault,
}

impl Disagreement {
    fn missing(name: &str, asked: &str) -> Self {
        Self { name: name.to_owned(), asked: asked.to_owned(), fault: Fault::Missing }
    }

    fn refused(name: &str, asked: &str, locked: &str) -> Self {
        let fault = Fault::Refused { locked: locked.to_owned() };
        Self { name: name.to_owned(), asked: asked.to_owned(), fault }
    }

    fn surplus(name: &str) -> Self {
        Self { name: name.to_owned(), asked: String::new(), fault: Fault::Surplus }
    }
}

/// A format of lock files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// package-lock.json and npm-shrinkwrap.json.
    Npm,
    /// yarn.lock, classic and berry.
    Yarn,
    /// pnpm-lock.yaml.
    Pnpm,
    /// bun.lock.
    Bun,
    /// Cargo.lock.
    Cargo,
    /// uv.lock.
    Uv,
    /// poetry.lock.
    Poetry,
    /// pdm.lock.
    Pdm,
    /// go.sum.
    Go,
    /// composer.lock.
    Composer,
}

/// All formats with the names of their files.
pub const NAMES: [(&str, Format); 11] = [
    ("package-lock.json", Format::Npm),
    ("npm-shrinkwrap.json", Format::Npm),
    ("yarn.lock", Format::Yarn),
    ("pnpm-lock.yaml", Format::Pnpm),
    ("bun.lock", Format::Bun),
    ("Cargo.lock", Format::Cargo),
    ("uv.lock", Format::Uv),
    ("poetry.lock", Format::Poetry),
    ("pdm.lock", Format::Pdm),
    ("go.sum", Format::Go),
    ("composer.lock", Format::Composer),
];

/// The format of a path, if it is a lock file.
pub fn format(path: &RepoPath) -> Option<Format> {
    NAMES.iter().find(|(name, _)| *name == path.name()).map(|(_, format)| *format)
}

impl Format {
    /// The kind of manifest that it locks.
    pub fn kind(self) -> manifest::Kind {
        match self {
            Self::Npm | Self::Yarn | Self::Pnpm | Self::Bun => manifest::Kind::Npm,
            Self::Cargo => manifest::Kind::Cargo,
            Self::Uv | Self::Poetry | Self::Pdm => manifest::Kind::PyProject,
            Self::Go => manifest::Kind::Go,
            Self::Composer => manifest::Kind::Composer,
        }
    }

    /// The command that refuses to go on where the two disagree.
    pub fn command(self) -> &'static str {
        match self {
            Self::Npm => "npm ci",
            Self::Yarn => "yarn install --frozen-lockfile",
            Self::Pnpm => "pnpm install --frozen-lockfile",
            Self::Bun => "bun install --frozen-lockfile",
            Self::Cargo => "cargo build --locked",
            Self::Uv => "uv sync --locked",
            Self::Poetry => "poetry install",
            Self::Pdm => "pdm install --check",
            Self::Go => "go build",
            Self::Composer => "composer install",
        }
    }

    /// Whether the file also serves manifests in folders below its own.
    pub fn serves_below(self) -> bool {
        !matches!(self, Self::Go | Self::Poetry | Self::Pdm | Self::Composer)
    }
}

/// A manifest and the lock file that serves it.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'t> {
    /// The manifest's text.
    pub manifest: &'t str,
    /// The text of the manifest beside the lock file: the workspace's, or the same one.
    pub root: &'t str,
    /// The lock file's text.
    pub lock: &'t str,
    /// The manifest's folder as seen from the lock file's; empty where they stand side by side.
    pub below: &'t str,
    /// The names of packages of the same repository.
    pub local: &'t BTreeSet<String>,
}

/// Where the two disagree; `None` where the lock file does not serve the manifest, or a tool rewrites what it asks for.
pub fn disagreements(format: Format, pair: Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let found = match format {
        Format::Npm => npm::compare(&pair),
        Format::Yarn => yarn::compare(&pair),
        Format::Pnpm => pnpm::compare(&pair),
        Format::Bun => bun::compare(&pair),
        Format::Cargo => cargo::compare(&pair),
        Format::Uv => python::compare_uv(&pair),
        Format::Poetry | Format::Pdm => python::compare_list(&pair),
        Format::Go => go::compare(&pair),
        Format::Composer => composer::compare(&pair),
    }?;
    Ok(found.map(|mut list| {
        list.sort();
        list.dedup();
        list
    }))
}

/// What a manifest asks for by itself, without peers and parts of the repository.
fn asked(kind: manifest::Kind, pair: &Pair<'_>) -> Result<Vec<Dependency>, Undecided> {
    let listed =
        manifest::read(kind, pair.manifest).ok_or_else(|| Undecided::new("is not readable as a manifest"))?;
    Ok(listed.into_iter().filter(|d| !d.local && !d.soft && !pair.local.contains(&d.name)).collect())
}

/// Every name that a manifest lists, peers too.
fn listed(kind: manifest::Kind, pair: &Pair<'_>) -> BTreeSet<String> {
    manifest::read(kind, pair.manifest).into_iter().flatten().map(|d| d.name).collect()
}

/// The names that the manifest beside the lock file gives other versions than those asked for.
fn overridden(root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Ok(json) = serde_json::from_str::<serde_json::Value>(root.trim_start_matches('\u{feff}')) else {
        return found;
    };
    let tables = [json.get("overrides"), json.get("resolutions"), json.pointer("/pnpm/overrides")];
    for (key, inner) in tables.into_iter().flatten().filter_map(|table| table.as_object()).flatten() {
        found.insert(last_name(key));
        found.extend(inner.as_object().into_iter().flatten().map(|(name, _)| last_name(name)));
    }
    found
}

/// The package at the end of a selector: `a>b`, `**/b`, `b@1` are all about `b`.
fn last_name(selector: &str) -> String {
    let inner = selector.rsplit('>').next().unwrap_or(selector).trim();
    let own = match inner.rfind("/@") {
        Some(at) => &inner[at + 1..],
        None if inner.starts_with('@') => inner,
        None => inner.rsplit('/').next().unwrap_or(inner),
    };
    let version = own.get(1..).and_then(|rest| rest.find('@'));
    version.map_or(own, |at| &own[..at + 1]).to_owned()
}
