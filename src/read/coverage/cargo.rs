//! Cargo workspaces: their packages, what those depend on, and the files that each is compiled from.

use std::collections::{BTreeMap, BTreeSet};

use glob::{MatchOptions, Pattern};
use toml::{Table, Value};

use super::settings::untold;
use super::survey::{Survey, below, place};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::undecided::Undecided;

/// A `*` in `members` stands for one folder's name.
const FOLDERS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// One package.
#[derive(Debug)]
pub(super) struct Crate {
    /// Its folder; empty for the root.
    pub(super) dir: String,
    /// Its name.
    pub(super) name: String,
    manifest: Table,
    /// The folders of the packages that it depends on by path.
    depends: BTreeSet<String>,
}

/// A workspace, or a package that is none.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Its folder; empty for the root.
    pub(super) root: String,
    /// `Cargo.toml` there.
    pub(super) manifest: RepoPath,
    /// Packages by folder: the members, and whatever they depend on by path.
    pub(super) crates: BTreeMap<String, Crate>,
    /// The members' folders.
    pub(super) members: BTreeSet<String>,
    /// What cargo takes where no package is named at the root.
    default: BTreeSet<String>,
    /// The folder of the package that the command runs in, where it runs in one.
    current: Option<String>,
}

/// Which packages a command takes.
#[derive(Debug, Default, Clone)]
pub(super) struct Selection {
    /// `--workspace`.
    pub(super) workspace: bool,
    /// `--package`.
    pub(super) packages: Vec<String>,
    /// `--exclude`.
    pub(super) exclude: Vec<String>,
}

/// Which targets of the chosen packages are built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Targets {
    /// The library and all binaries.
    All,
    /// The library alone.
    Library,
    /// The library and these binaries.
    Binaries(Vec<String>),
}

impl Workspace {
    /// The workspace that a command in a folder works on; `None` without a manifest there or above.
    pub(super) fn of(survey: &Survey<'_>, dir: &str) -> Result<Option<Self>, Undecided> {
        let Some((at, here)) = above(survey, dir)?.into_iter().next() else { return Ok(None) };
        let named = here.get("package").and_then(|p| p.get("workspace")).and_then(Value::as_str);
        let (root, table) = if here.contains_key("workspace") {
            (at.clone(), here.clone())
        } else if let Some(root) = named.and_then(|named| place(&at, named)) {
            (root.clone(), manifest(survey, &root)?.unwrap_or_default())
        } else {
            let claims = |(root, table): &(String, Table)| {
                table.get("workspace").is_some_and(|workspace| !excluded(workspace, root, &at))
            };
            above(survey, &at)?.into_iter().find(claims).unwrap_or_else(|| (at.clone(), here.clone()))
        };
        let manifest = RepoPath::join(&root, "Cargo.toml").map_err(|_| untold("members", &root))?;
        let mut workspace = Self {
            root,
            manifest,
            crates: BTreeMap::new(),
            members: BTreeSet::new(),
            default: BTreeSet::new(),
            current: here.contains_key("package").then_some(at),
        };
        workspace.fill(survey, &table)?;
        Ok(Some(workspace))
    }

    fn fill(&mut self, survey: &Survey<'_>, table: &Table) -> Result<(), Undecided> {
        let workspace = table.get("workspace");
        let shared = workspace.and_then(|w| w.get("dependencies")).and_then(Value::as_table);
        let mut named: BTreeSet<String> = self.folders(survey, workspace, "members")?;
        named.extend(table.contains_key("package").then(|| self.root.clone()));
        let mut queue: Vec<String> = named.iter().cloned().collect();
        while let Some(dir) = queue.pop() {
            if self.crates.contains_key(&dir) {
                continue;
            }
            let Some(package) = self.package(survey, &dir, shared)? else { continue };
            queue.extend(package.depends.iter().cloned());
            self.crates.insert(dir, package);
        }
        let joins = |dir: &&String| {
            let inside = self.root == **dir || below(&self.root, dir).is_some();
            let out = || workspace.is_none_or(|workspace| excluded(workspace, &self.root, dir));
            named.contains(*dir) || inside && !out()
        };
        self.members = self.crates.keys().filter(joins).cloned().collect();
        let default = self.folders(survey, workspace, "default-members")?;
        self.default = match (default.is_empty(), table.contains_key("package")) {
            (false, _) => default,
            (true, true) => BTreeSet::from([self.root.clone()]),
            (true, false) => self.members.clone(),
        };
        Ok(())
    }

    /// The folders with a manifest that a list of globs names.
    fn folders(
        &self,
        survey: &Survey<'_>,
        workspace: Option<&Value>,
        key: &str,
    ) -> Result<BTreeSet<String>, Undecided> {
        let list = workspace.and_then(|w| w.get(key)).and_then(Value::as_array);
        let mut found = BTreeSet::new();
        for text in list.into_iter().flatten().filter_map(Value::as_str) {
            let named = text.trim_end_matches('/').trim_start_matches("./");
            let Some(folder) = place(&self.root, named) else { continue };
            let pattern = Pattern::new(&folder).map_err(|_| untold(key, text).at(&self.manifest))?;
            let manifests = survey.files.iter().filter(|path| path.name() == "Cargo.toml");
            let matching = manifests.map(|path| path.dir()).filter(|dir| pattern.matches_with(dir, FOLDERS));
            found.extend(matching.map(str::to_owned));
        }
        Ok(found)
    }

    fn package(
        &self,
        survey: &Survey<'_>,
        dir: &str,
        shared: Option<&Table>,
    ) -> Result<Option<Crate>, Undecided> {
        let Some(manifest) = manifest(survey, dir)? else { return Ok(None) };
        let Some(name) = manifest.get("package").and_then(|p| p.get("name")).and_then(Value::as_str) else {
            return Ok(None);
        };
        let mut depends = BTreeSet::new();
        for (key, entry) in dependencies(&manifest) {
            let own = entry.get("path").and_then(Value::as_str).map(|path| (dir, path));
            let of_workspace = || {
                entry.get("workspace")?.as_bool().filter(|inherits| *inherits)?;
                Some((self.root.as_str(), shared?.get(key)?.get("path")?.as_str()?))
            };
            depends.extend(own.or_else(of_workspace).and_then(|(from, path)| place(from, path)));
        }
        Ok(Some(Crate { dir: dir.to_owned(), name: name.to_owned(), depends, manifest }))
    }

    /// The folders of the members that a command takes. `members_by_default` where the tool passes over
    /// `default-members`.
    pub(super) fn selected(&self, selection: &Selection) -> Result<BTreeSet<String>, Undecided> {
        let mut chosen: BTreeSet<String> = if selection.workspace {
            self.members.clone()
        } else if !selection.packages.is_empty() {
            self.named(&selection.packages)?
        } else {
            match &self.current {
                Some(current) if *current != self.root => BTreeSet::from([current.clone()]),
                _ => self.default.clone(),
            }
        };
        let out = self.named(&selection.exclude)?;
        chosen.retain(|dir| !out.contains(dir));
        Ok(chosen)
    }

    /// The members that package specifications name: `name`, `name@version`, or a pattern.
    pub(super) fn named(&self, specifications: &[String]) -> Result<BTreeSet<String>, Undecided> {
        let mut found = BTreeSet::new();
        for text in specifications {
            if text.contains('$') {
                return Err(untold("package", text));
            }
            let name = text.rsplit(['#', '/']).next().unwrap_or(text);
            let name = name.split(['@', ':']).next().unwrap_or(name);
            let pattern = Pattern::new(name).map_err(|_| untold("package", text))?;
            let matching = |dir: &&String| pattern.matches(&self.crates[*dir].name);
            found.extend(self.members.iter().filter(matching).cloned());
        }
        Ok(found)
    }

    /// The folder of the package that the command runs in, unless that is the root of the workspace.
    pub(super) fn current(&self) -> Option<&str> {
        self.current.as_deref()
    }

    /// These packages and all that they depend on by path.
    pub(super) fn closure(&self, dirs: &BTreeSet<String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut queue: Vec<&String> = dirs.iter().collect();
        while let Some(dir) = queue.pop() {
            let Some(package) = self.crates.get(dir) else { continue };
            if found.insert(dir.clone()) {
                queue.extend(&package.depends);
            }
        }
        found
    }

    /// The files that the chosen packages and those that they depend on are compiled from. Which of them the modules
    /// name is not looked at.
    pub(super) fn sources(
        &self,
        survey: &Survey<'_>,
        chosen: &BTreeSet<String>,
        targets: &Targets,
    ) -> BTreeSet<RepoPath> {
        let mut found = BTreeSet::new();
        for dir in self.closure(chosen) {
            let targets = if chosen.contains(&dir) { targets } else { &Targets::Library };
            found.extend(self.crates[&dir].sources(survey, targets));
        }
        found
    }
}

impl Crate {
    fn sources(&self, survey: &Survey<'_>, targets: &Targets) -> BTreeSet<RepoPath> {
        let nested: Vec<&str> = survey
            .under(&self.dir)
            .filter(|path| path.name() == "Cargo.toml" && path.dir() != self.dir)
            .map(|path| path.dir())
            .collect();
        let foreign = |path: &RepoPath| nested.iter().any(|dir| below(dir, path.as_str()).is_some());
        let own: Vec<&RepoPath> =
            survey.under(&self.dir).filter(|path| path.extension() == "rs" && !foreign(path)).collect();
        let binaries = self.binaries(&own);
        let library = self.target("lib").and_then(|lib| self.path(lib)).or_else(|| self.join("src/lib.rs"));
        let library = library.filter(|path| own.contains(&path));
        let taken = |path: &RepoPath| match targets {
            Targets::All => true,
            Targets::Library => false,
            Targets::Binaries(names) => {
                binaries.iter().any(|(name, root)| owns(root, path) && names.contains(name))
            }
        };
        let of_package = own.into_iter().filter(|path| {
            let of_binary = binaries.iter().any(|(_, root)| owns(root, path));
            let of_library = !of_binary && library.as_ref().is_some_and(|root| self.belongs(root, path))
                || library.is_none() && targets != &Targets::Library && self.main(&binaries, path);
            of_library || of_binary && taken(path)
        });
        of_package.cloned().collect()
    }

    /// Whether a file that no binary owns stands with the main binary of a package without a library.
    fn main(&self, binaries: &[(String, RepoPath)], path: &RepoPath) -> bool {
        binaries.iter().any(|(_, root)| self.belongs(root, path))
    }

    /// Whether a file stands where the modules of a root file are looked for.
    fn belongs(&self, root: &RepoPath, path: &RepoPath) -> bool {
        const OTHERS: [&str; 4] = ["tests", "examples", "benches", "build.rs"];
        let Some(inside) = below(root.dir(), path.as_str()) else { return false };
        let first = inside.split('/').next().unwrap_or_default();
        root.dir() != self.dir || !OTHERS.contains(&first)
    }

    /// The binaries by name, each with its root file.
    fn binaries(&self, own: &[&RepoPath]) -> Vec<(String, RepoPath)> {
        let listed = self.manifest.get("bin").and_then(Value::as_array).into_iter().flatten();
        let listed = listed.filter_map(Value::as_table);
        let mut found: Vec<(String, RepoPath)> =
            listed.filter_map(|bin| Some((bin.get("name")?.as_str()?.to_owned(), self.path(bin)?))).collect();
        let package = self.target("package");
        if package.and_then(|p| p.get("autobins")).and_then(Value::as_bool) == Some(false) {
            return found;
        }
        for path in own {
            let Some(inside) = below(&self.dir, path.as_str()) else { continue };
            let name = match inside.strip_prefix("src/bin/") {
                Some(rest) => rest.strip_suffix("/main.rs").or_else(|| rest.strip_suffix(".rs")),
                None => (inside == "src/main.rs").then_some(self.name.as_str()),
            };
            if let Some(name) = name.filter(|name| !name.contains('/'))
                && found.iter().all(|(_, root)| root != *path)
            {
                found.push((name.to_owned(), (*path).clone()));
            }
        }
        found
    }

    fn target(&self, key: &str) -> Option<&Table> {
        self.manifest.get(key)?.as_table()
    }

    fn path(&self, target: &Table) -> Option<RepoPath> {
        self.join(target.get("path")?.as_str()?)
    }

    fn join(&self, path: &str) -> Option<RepoPath> {
        place(&self.dir, path)?.parse().ok()
    }
}

/// Whether a file is a binary's own: its root, or below the folder that is the binary's alone.
fn owns(root: &RepoPath, path: &RepoPath) -> bool {
    let own_folder = root.name() == "main.rs" && root.dir().rsplit('/').nth(1) == Some("bin");
    root == path || own_folder && below(root.dir(), path.as_str()).is_some()
}

fn excluded(workspace: &Value, root: &str, dir: &str) -> bool {
    let list = workspace.get("exclude").and_then(Value::as_array);
    let named = list.into_iter().flatten().filter_map(Value::as_str).filter_map(|text| place(root, text));
    named.into_iter().any(|out| out == dir || below(&out, dir).is_some())
}

/// The manifests of a folder and of those above it, the nearest first.
fn above(survey: &Survey<'_>, dir: &str) -> Result<Vec<(String, Table)>, Undecided> {
    let mut found = Vec::new();
    for dir in ancestors(dir) {
        found.extend(manifest(survey, dir)?.map(|table| (dir.to_owned(), table)));
    }
    Ok(found)
}

fn manifest(survey: &Survey<'_>, dir: &str) -> Result<Option<Table>, Undecided> {
    let Ok(path) = RepoPath::join(dir, "Cargo.toml") else { return Ok(None) };
    let Some(text) = survey.tree.text(&path)? else { return Ok(None) };
    let unread = |e: toml::de::Error| Undecided::new(format!("is not readable as TOML: {}", e.message()));
    toml::from_str(text).map(Some).map_err(|e| unread(e).at(&path))
}

fn dependencies(manifest: &Table) -> Vec<(&str, &Value)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let platforms = manifest.get("target").and_then(Value::as_table);
    let platforms = platforms.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    let tables = std::iter::once(manifest).chain(platforms);
    let lists = tables.flat_map(|table| KINDS.iter().filter_map(|kind| table.get(*kind)?.as_table()));
    lists.flat_map(|list| list.iter().map(|(key, entry)| (key.as_str(), entry))).collect()
}

#[cfg(test)]
mod tests;
