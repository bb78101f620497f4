//! What a tree holds: its files, its packages and what they depend on. Read once for all tools.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::flags::Run;
use super::locked::Locks;
use crate::change::{Kind, Tree};
use crate::ids::{RepoPath, folder};
use crate::read::commands::{self, Command, Scripts};
use crate::read::javascript::ROOT;
use crate::read::json::{self, Object, Value};
use crate::read::yaml;
use crate::undecided::Undecided;

pub(in crate::read) use crate::ids::folder::below;

pub(in crate::read) const NEEDS: [&str; 2] = ["**/package.json", "**/pnpm-workspace.yaml"];

/// A folder with a manifest.
pub(in crate::read) struct Package {
    /// The folder; empty for the root.
    pub(in crate::read) dir: String,
    /// `package.json`.
    pub(in crate::read) path: RepoPath,
    /// Its content; an error where it can't be read.
    pub(in crate::read) manifest: Result<Value, Undecided>,
}

impl Package {
    /// The range in which the package depends on another.
    pub(in crate::read) fn dependency(&self, name: &str) -> Option<String> {
        let manifest = self.manifest.as_ref().ok()?;
        ["devDependencies", "dependencies", "peerDependencies"]
            .iter()
            .find_map(|kind| Some(manifest.at(&[kind, name])?.as_text().unwrap_or_default().to_owned()))
    }

    /// The scripts by name.
    pub(in crate::read) fn scripts(&self) -> BTreeMap<String, String> {
        let Some(Value::Object(scripts)) = self.manifest.as_ref().ok().and_then(|m| m.get("scripts")) else {
            return BTreeMap::new();
        };
        let script = |name: &&str| Some(((*name).to_owned(), scripts.get(name)?.as_text()?.to_owned()));
        scripts.keys().iter().filter_map(script).collect()
    }
}

/// What is parsed of a tree, once for all surveys of it.
struct Automation {
    packages: Arc<[Package]>,
    commands: Arc<[Command]>,
    /// The places of the commands that run in a folder.
    by_dir: Arc<BTreeMap<String, Vec<usize>>>,
    catalogs: Arc<[Value]>,
}

/// A tree with its packages.
pub(in crate::read) struct Survey<'t> {
    pub(in crate::read) tree: &'t Tree,
    /// Files that are no link and stand in no `node_modules`.
    pub(in crate::read) files: Vec<&'t RepoPath>,
    pub(in crate::read) packages: Arc<[Package]>,
    /// Every command line of the repository's automation.
    pub(in crate::read) commands: Arc<[Command]>,
    /// The places of those that run in a folder.
    by_dir: Arc<BTreeMap<String, Vec<usize>>>,
    catalogs: Arc<[Value]>,
    pub(super) locks: Locks,
}

impl Automation {
    fn of(tree: &Tree, files: &[&RepoPath]) -> Self {
        let manifest = |path: &RepoPath| Package {
            dir: path.dir().to_owned(),
            path: path.clone(),
            manifest: read(tree, path).map(|v| v.unwrap_or(Value::Null)),
        };
        let packages: Vec<Package> =
            files.iter().copied().filter(|p| p.name() == "package.json").map(manifest).collect();
        let scripts = |package: &Package| Scripts {
            at: package.path.clone(),
            dir: package.dir.clone(),
            by_name: package.scripts(),
        };
        let commands = commands::commands(tree, &packages.iter().map(scripts).collect::<Vec<_>>());
        let catalogs = files.iter().filter(|p| p.name() == "pnpm-workspace.yaml");
        let mut by_dir: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, command) in commands.iter().enumerate() {
            by_dir.entry(command.dir.clone()).or_default().push(at);
        }
        Self {
            packages: packages.into(),
            commands: commands.into(),
            by_dir: by_dir.into(),
            catalogs: catalogs.filter_map(|p| yaml(tree.text(p).ok()??)).collect(),
        }
    }
}

impl<'t> Survey<'t> {
    pub(in crate::read) fn of(tree: &'t Tree) -> Self {
        let foreign = |path: &RepoPath| path.as_str().split('/').any(|part| part == "node_modules");
        let files: Vec<&RepoPath> = tree
            .entries()
            .filter(|(path, entry)| entry.kind == Kind::File && !foreign(path))
            .map(|(path, _)| path)
            .collect();
        let automation = tree.derived(|tree| Automation::of(tree, &files));
        Self {
            tree,
            files,
            packages: automation.packages.clone(),
            commands: automation.commands.clone(),
            by_dir: automation.by_dir.clone(),
            catalogs: automation.catalogs.clone(),
            locks: Locks::default(),
        }
    }

    /// The files below a folder.
    pub(in crate::read) fn under<'s>(&'s self, dir: &'s str) -> impl Iterator<Item = &'t RepoPath> + 's {
        let front = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        // A tree's paths come in their order, so that a folder is one run of them.
        let from = self.files.partition_point(|path| path.as_str() < front.as_str());
        self.files[from..].iter().copied().take_while(move |path| path.as_str().starts_with(&front))
    }

    /// The first of these names that the folder holds.
    pub(in crate::read) fn first(&self, dir: &str, names: &[&str]) -> Option<RepoPath> {
        names.iter().find_map(|name| RepoPath::join(dir, name).ok().filter(|path| self.tree.contains(path)))
    }

    /// Every start of a tool in a folder, each once; those of the package's own scripts first.
    pub(in crate::read) fn starts(&self, dir: &str, tool: &str) -> Vec<Run> {
        let mut found: Vec<Run> = Vec::new();
        for &at in self.by_dir.get(dir).into_iter().flatten() {
            let command = &self.commands[at];
            let Some(words) = command.start(tool) else { continue };
            if found.iter().all(|run| run.words != words || run.at != command.at) {
                found.push(Run {
                    at: command.at.clone(),
                    line: command.line,
                    words: words.to_vec(),
                    is_told: true,
                });
            }
        }
        found
    }

    /// The folders in which a tool is started.
    pub(in crate::read) fn folders(&self, tool: &str) -> BTreeSet<&str> {
        let starting = self.commands.iter().filter(|command| command.start(tool).is_some());
        starting.map(|command| command.dir.as_str()).collect()
    }

    /// The package of a folder, then those of the folders above it.
    pub(in crate::read) fn packages_above<'s>(
        &'s self,
        dir: &'s str,
    ) -> impl Iterator<Item = &'s Package> + 's {
        self.packages
            .iter()
            .rev()
            .filter(move |package| dir == package.dir || below(&package.dir, dir).is_some())
    }

    /// The range in which a folder's package, or one above it, depends on another.
    pub(in crate::read) fn range(&self, dir: &str, name: &str) -> Option<String> {
        let range = self.packages_above(dir).find_map(|package| package.dependency(name))?;
        let Some(catalog) = range.strip_prefix("catalog:") else { return Some(range) };
        let of = |value: &Value| match catalog {
            "" | "default" => {
                value.at(&["catalog", name]).or_else(|| value.at(&["catalogs", "default", name]))
            }
            named => value.at(&["catalogs", named, name]),
        };
        Some(self.catalogs.iter().find_map(of).and_then(|v| v.as_text().map(str::to_owned)).unwrap_or(range))
    }
}

/// The path relative to a folder, with `../` where it is outside.
pub(in crate::read) fn relative(dir: &str, path: &str) -> String {
    let (mut dir, mut ups) = (dir, String::new());
    loop {
        if let Some(inside) = below(dir, path) {
            return format!("{ups}{inside}");
        }
        ups.push_str("../");
        dir = dir.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// A folder or file that a configuration names, seen from `dir`. `None` where it is outside of the repository.
pub(in crate::read) fn place(dir: &str, named: &str) -> Option<String> {
    let from_root = named.strip_prefix(ROOT).map(|rest| rest.trim_start_matches('/'));
    let (dir, named) = from_root.map_or((dir, named), |rest| ("", rest));
    if from_root.is_none() && named.starts_with('/') {
        return None;
    }
    folder::resolved(dir, named)
}

/// A JSON or YAML file by its ending; `None` where it isn't there.
pub(in crate::read) fn read(tree: &Tree, path: &RepoPath) -> Result<Option<Value>, Undecided> {
    let Some(text) = tree.text(path)? else { return Ok(None) };
    if matches!(path.extension(), "yml" | "yaml") {
        return yaml(text).map(Some).ok_or_else(|| Undecided::new("is not readable as YAML").at(path));
    }
    json::parse(text).map(Some).map_err(|u| u.at(path))
}

fn yaml(text: &str) -> Option<Value> {
    Some(yaml::parse(text).ok()?.first().map_or(Value::Null, convert))
}

fn convert(node: &yaml::Node) -> Value {
    match &node.value {
        yaml::Value::List(items) => Value::List(items.iter().map(convert).collect()),
        yaml::Value::Map(entries) => {
            let mut object = Object::default();
            for (key, value) in entries {
                if let Some(key) = key.text() {
                    object.set(key, convert(value));
                }
            }
            Value::Object(object)
        }
        yaml::Value::Scalar { .. } if node.is_null() => Value::Null,
        yaml::Value::Scalar { text, plain } => match (node.bool(), text.parse()) {
            (Some(truth), _) => Value::Bool(truth),
            (None, Ok(number)) if *plain => Value::Number(number),
            _ => Value::Text(text.clone()),
        },
    }
}
