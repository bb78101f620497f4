//! Which lock file serves which manifest.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, Kind, Tree};
use crate::checks::product;
use crate::ids::RepoPath;
use crate::read::lock::{self, Format};
use crate::read::manifest;
use crate::span::Side;

/// The manifests, as globs.
pub(super) const MANIFESTS: [&str; 6] = [
    "**/package.json",
    "**/Cargo.toml",
    "**/pyproject.toml",
    "**/go.mod",
    "**/requirements*.txt",
    "**/composer.json",
];
/// The lock files, as globs.
pub(super) const LOCKS: [&str; 3] = [
    "**/{package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml,bun.lock}",
    "**/{Cargo.lock,uv.lock,poetry.lock,pdm.lock}",
    "**/{go.sum,composer.lock}",
];

/// A manifest with its lock file, both there on both sides, of which one changed.
pub(super) struct Locked {
    pub(super) format: Format,
    pub(super) manifest: RepoPath,
    pub(super) lock: RepoPath,
    /// The manifest beside the lock file.
    pub(super) root: RepoPath,
    /// The manifest's folder as seen from the lock file's.
    pub(super) below: String,
}

impl Locked {
    pub(super) fn files(&self) -> [&RepoPath; 3] {
        [&self.manifest, &self.root, &self.lock]
    }
}

/// The pairs that the change touches.
pub(super) fn of(change: &Change) -> Vec<Locked> {
    let mut manifests: BTreeSet<RepoPath> = BTreeSet::new();
    for path in change.files.iter().filter_map(|file| file.head.as_ref()) {
        if manifest::kind(path).is_some() {
            manifests.insert(path.clone());
        }
        if let Some(format) = lock::format(path) {
            manifests.extend(join(path.dir(), manifest_name(format)));
        }
    }
    let there = |tree: &Tree, path: &RepoPath| tree.entry(path).is_some_and(|entry| entry.kind == Kind::File);
    manifests.retain(|path| {
        let shown =
            path.as_str().split('/').any(|part| matches!(part, "templates" | "template" | "starters"));
        there(&change.base, path) && there(&change.head, path) && product::kind(path).is_none() && !shown
    });
    let served = manifests.into_iter().filter_map(|path| served(change, path));
    served.filter(|pair| there(&change.base, &pair.lock)).collect()
}

fn manifest_name(format: Format) -> &'static str {
    match format.kind() {
        manifest::Kind::Cargo => "Cargo.toml",
        manifest::Kind::PyProject | manifest::Kind::Requirements => "pyproject.toml",
        manifest::Kind::Go => "go.mod",
        manifest::Kind::Composer => "composer.json",
        manifest::Kind::Npm => "package.json",
    }
}

fn join(dir: &str, name: &str) -> Option<RepoPath> {
    if dir.is_empty() { name.parse().ok() } else { format!("{dir}/{name}").parse().ok() }
}

/// The nearest lock file of the manifest's kind. Two beside each other: nobody knows which one counts.
fn served(change: &Change, manifest: RepoPath) -> Option<Locked> {
    let kind = manifest::kind(&manifest)?;
    if kind == manifest::Kind::Go && has_other_sums(change, &manifest) {
        return None;
    }
    let mut dir = manifest.dir().to_owned();
    loop {
        let here: Vec<(RepoPath, Format)> = lock::NAMES
            .iter()
            .filter(|(_, format)| format.kind() == kind)
            .filter_map(|(name, format)| Some((join(&dir, name)?, *format)))
            .filter(|(path, _)| change.head.contains(path))
            .collect();
        match here.as_slice() {
            [] => {}
            [(lock, format)] if dir == manifest.dir() || format.serves_below() => {
                let below = manifest
                    .dir()
                    .strip_prefix(dir.as_str())
                    .unwrap_or_default()
                    .trim_start_matches('/')
                    .to_owned();
                let root = join(&dir, manifest_name(*format))?;
                return Some(Locked { format: *format, lock: lock.clone(), root, below, manifest });
            }
            _ => return None,
        }
        if dir.is_empty() {
            return None;
        }
        dir = dir.rsplit_once('/').map_or(String::new(), |(parent, _)| parent.to_owned());
    }
}

/// A workspace of Go and a vendor folder keep digests of their own.
fn has_other_sums(change: &Change, manifest: &RepoPath) -> bool {
    let vendored = join(manifest.dir(), "vendor/modules.txt").is_some_and(|path| change.head.contains(&path));
    let mut dir = Some(manifest.dir());
    let mut works = false;
    while let Some(here) = dir {
        works |= join(here, "go.work").is_some_and(|path| change.head.contains(&path));
        dir =
            if here.is_empty() { None } else { Some(here.rsplit_once('/').map_or("", |(parent, _)| parent)) };
    }
    vendored || works
}

/// The names of the repository's own packages of npm.
pub(super) fn local_names(change: &Change, pairs: &[Locked]) -> BTreeSet<String> {
    if pairs.iter().all(|pair| pair.format.kind() != manifest::Kind::Npm) {
        return BTreeSet::new();
    }
    let changed = change.files.iter().filter_map(|file| file.head.as_ref()).map(|path| (Side::Head, path));
    let all = change.base.paths().map(|path| (Side::Base, path)).chain(changed);
    all.filter(|(_, path)| path.name() == "package.json")
        .filter_map(|(side, path)| {
            let json: serde_json::Value = serde_json::from_str(change.text(side, path).ok()??).ok()?;
            Some(json.get("name")?.as_str()?.to_owned())
        })
        .collect()
}

/// The names that manifests of each kind list at base, and those of changed ones at head.
pub(super) fn names_at_base(change: &Change) -> BTreeMap<manifest::Kind, BTreeSet<String>> {
    let mut known: BTreeMap<manifest::Kind, BTreeSet<String>> = BTreeMap::new();
    for path in change.base.paths() {
        let Some(kind) = manifest::kind(path) else { continue };
        let Ok(Some(text)) = change.text(Side::Base, path) else { continue };
        let listed = manifest::read(kind, text).into_iter().flatten().map(|d| d.name);
        known.entry(kind).or_default().extend(listed);
    }
    known
}
