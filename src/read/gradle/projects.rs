//! The projects of a Gradle build with everything that configures each of them.
//!
//! A project is configured by its own script, by the `allprojects`, `subprojects` and `project(…)` blocks of the
//! projects above it, by scripts that are applied with `apply from`, and by precompiled script plugins of the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Action, Frame, Item, Names, parse};
use crate::change::{Kind, Tree};
use crate::ids::{RepoPath, folder};
use crate::read::json::Value;
use crate::undecided::Undecided;

/// Scripts applied by scripts beyond this are not followed.
const MAX_APPLIED: usize = 6;
/// Stands for the absolute folder of the repository.
const ROOT: &str = "/\u{1}";

/// A folder with a `settings.gradle`, or a project of its own.
#[derive(Debug, Clone)]
pub struct Build {
    /// The folder; empty for the root.
    pub dir: String,
    /// Its projects, the root first.
    pub projects: Vec<Project>,
}

/// One project with what configures it.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder; empty for the root.
    pub dir: String,
    /// `:a:b`; `:` for the root.
    pub path: String,
    /// Its own script, as far as it has one.
    pub script: Option<RepoPath>,
    /// Everything that configures it, in order; blocks that only choose the project or the moment are left out.
    pub items: Vec<Item>,
    /// The plugins applied to it, by id.
    pub plugins: BTreeSet<String>,
    /// Scripts that could not be read.
    pub undecided: Vec<Undecided>,
}

/// The files that [`builds`] reads, as globs over whole paths.
pub const FILES: [&str; 3] = ["**/*.gradle", "**/*.gradle.kts", "**/{gradle.properties,libs.versions.toml}"];

/// Every build of a tree, read once.
pub fn builds(tree: &Tree) -> Arc<Vec<Build>> {
    tree.derived(read)
}

fn read(tree: &Tree) -> Vec<Build> {
    let files = tree.entries().filter(|(_, entry)| entry.kind == Kind::File).map(|(path, _)| path);
    let scripts: Vec<&RepoPath> = files
        .filter(|path| matches!(path.extension(), "gradle" | "kts"))
        .filter(|p| script_stem(p).is_some())
        .collect();
    let mut conventions = BTreeMap::new();
    for path in &scripts {
        let inside = ["/src/main/kotlin/", "/src/main/groovy/", "/src/main/java/"];
        if inside.iter().any(|part| path.as_str().contains(part)) {
            conventions.insert(script_stem(path).unwrap_or_default(), *path);
        }
    }
    let named = |stem: &str| {
        scripts.iter().filter(|p| script_stem(p) == Some(stem)).map(|p| p.dir()).collect::<BTreeSet<&str>>()
    };
    let (settings, own) = (named("settings"), named("build"));
    let nearest = |dir: &str| {
        settings
            .iter()
            .filter(|s| dir == **s || folder::below(s, dir).is_some())
            .max_by_key(|s| s.len())
            .copied()
    };
    let mut found = Vec::new();
    for dir in &settings {
        let below: Vec<&str> =
            own.iter().copied().filter(|d| nearest(d) == Some(*dir) && !in_build_logic(dir, d)).collect();
        found.push(Reader { tree, conventions: &conventions, dir }.build(&below));
    }
    for dir in &own {
        if nearest(dir).is_none_or(|settings| in_build_logic(settings, dir)) {
            found.push(Reader { tree, conventions: &conventions, dir }.build(&[*dir]));
        }
    }
    found
}

/// Whether a folder belongs to `buildSrc`, which is a build of its own.
fn in_build_logic(root: &str, dir: &str) -> bool {
    dir.strip_prefix(root).unwrap_or(dir).split('/').any(|part| part == "buildSrc")
}

/// `build` of `build.gradle.kts`.
fn script_stem(path: &RepoPath) -> Option<&str> {
    let name = path.name();
    name.strip_suffix(".gradle").or_else(|| name.strip_suffix(".gradle.kts")).filter(|stem| !stem.is_empty())
}

struct Reader<'a> {
    tree: &'a Tree,
    conventions: &'a BTreeMap<&'a str, &'a RepoPath>,
    dir: &'a str,
}

/// What reading a project's scripts brings together.
#[derive(Default)]
struct Reading {
    names: Names,
    items: Vec<Item>,
    undecided: Vec<Undecided>,
    applied: BTreeSet<RepoPath>,
}

impl Reader<'_> {
    fn build(&self, own: &[&str]) -> Build {
        let catalog = self.catalog();
        let mut names = Names::default();
        names.extra.extend(self.properties(self.dir));
        names.extra.insert("rootDir".to_owned(), absolute(self.dir));
        names.extra.insert("rootProject.projectDir".to_owned(), absolute(self.dir));
        let mut places = self.included(&names, own);
        places.insert(":".to_owned(), self.dir.to_owned());
        let mut read: BTreeMap<String, (Option<RepoPath>, Reading)> = BTreeMap::new();
        // A project comes after those above it: they set what it inherits.
        for (path, dir) in &places {
            let above = parent(path).and_then(|p| read.get(p)).map(|(_, r)| r.names.clone());
            let mut reading = Reading { names: above.unwrap_or_else(|| names.clone()), ..Reading::default() };
            reading.names.extra.extend(self.properties(dir));
            reading.names.extra.insert("projectDir".to_owned(), absolute(dir));
            let script = ["build.gradle.kts", "build.gradle"]
                .iter()
                .find_map(|name| RepoPath::join(dir, name).ok().filter(|path| self.tree.contains(path)));
            if let Some(script) = &script {
                let items = self.script(script, dir, &mut reading, &[], 0);
                reading.items.extend(items);
            }
            read.insert(path.clone(), (script, reading));
        }
        let projects = places.iter().map(|(path, dir)| self.project(path, dir, &read, &catalog)).collect();
        Build { dir: self.dir.to_owned(), projects }
    }

    fn project(
        &self,
        path: &str,
        dir: &str,
        read: &BTreeMap<String, (Option<RepoPath>, Reading)>,
        catalog: &BTreeMap<String, String>,
    ) -> Project {
        let mut above: Vec<&str> = Vec::new();
        let mut at = path;
        while let Some(parent) = parent(at) {
            above.push(parent);
            at = parent;
        }
        let mut items = Vec::new();
        for parent in above.iter().rev() {
            let Some((_, reading)) = read.get(*parent) else { continue };
            items.extend(reading.items.iter().filter_map(|item| handed_down(item, path)));
        }
        let (script, mut undecided) = match read.get(path) {
            Some((script, reading)) => {
                items.extend(reading.items.iter().filter_map(own));
                (script.clone(), reading.undecided.clone())
            }
            None => (None, Vec::new()),
        };
        undecided.extend(above.iter().filter_map(|p| read.get(*p)).flat_map(|(_, r)| r.undecided.clone()));
        let items: Vec<Item> = items.into_iter().map(plain).collect();
        let mut plugins = plugins(&items, catalog);
        let (mut items, mut plugins_known) = (items, BTreeSet::new());
        // Precompiled script plugins apply others in their turn.
        for _ in 0..MAX_APPLIED {
            let fresh: Vec<&String> = plugins.difference(&plugins_known).collect();
            let mut reading = Reading::default();
            let mut more = Vec::new();
            for id in fresh {
                let Some(script) = self.conventions.get(id.as_str()) else { continue };
                more.extend(self.script(script, dir, &mut reading, &[], 1));
            }
            undecided.extend(reading.undecided);
            plugins_known = plugins.clone();
            if more.is_empty() {
                break;
            }
            // What the project's own script says comes later and wins.
            let more: Vec<Item> = more.into_iter().filter_map(|item| own(&item)).map(plain).collect();
            items.splice(0..0, more);
            plugins = self::plugins(&items, catalog);
        }
        Project { dir: dir.to_owned(), path: path.to_owned(), script, items, plugins, undecided }
    }

    /// What a script does, with the scripts that it applies put in where it applies them.
    fn script(
        &self,
        path: &RepoPath,
        dir: &str,
        reading: &mut Reading,
        within: &[Frame],
        depth: usize,
    ) -> Vec<Item> {
        let script = match self.tree.text(path) {
            Ok(Some(text)) => parse(path, text),
            Ok(None) => return Vec::new(),
            Err(undecided) => Err(undecided),
        };
        let script = match script {
            Ok(script) => script,
            Err(undecided) => {
                reading.undecided.push(undecided);
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for mut item in script.items(&mut reading.names) {
            item.within.splice(0..0, within.iter().cloned());
            let applied = match &item.action {
                Action::Call(name, values, _) if name.rsplit('.').next() == Some("apply") => {
                    values.iter().find_map(|value| value.get("from")?.as_text().map(str::to_owned))
                }
                _ => None,
            };
            let at = applied.and_then(|text| self.place(dir, &text));
            found.push(item.clone());
            if let Some(at) = at
                && depth < MAX_APPLIED
                && reading.applied.insert(at.clone())
            {
                found.extend(self.script(&at, dir, reading, &item.within, depth + 1));
            }
        }
        found
    }

    /// The file of the tree that a script names; below the project first, then below the root.
    fn place(&self, dir: &str, named: &str) -> Option<RepoPath> {
        let candidates = match named.strip_prefix(ROOT) {
            Some(rest) => vec![rest.trim_start_matches('/').to_owned()],
            None => vec![format!("{dir}/{named}"), format!("{}/{named}", self.dir)],
        };
        candidates
            .iter()
            .find_map(|text| RepoPath::join("", text).ok().filter(|path| self.tree.contains(path)))
    }

    /// `gradle.properties` of a folder.
    fn properties(&self, dir: &str) -> Vec<(String, Value)> {
        let path = RepoPath::join(dir, "gradle.properties").ok();
        let text = path.and_then(|path| self.tree.text(&path).ok().flatten()).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', '!']));
        let pair = |line: &str| {
            let (key, value) = line.split_once(['=', ':'])?;
            Some((key.trim().to_owned(), Value::Text(value.trim().to_owned())))
        };
        lines.filter_map(pair).collect()
    }

    /// The plugins of the version catalogue: accessor and id.
    fn catalog(&self) -> BTreeMap<String, String> {
        let path = RepoPath::join(self.dir, "gradle/libs.versions.toml").ok();
        let text = path.and_then(|path| self.tree.text(&path).ok().flatten()).unwrap_or_default();
        let table: toml::Table = toml::from_str(text).unwrap_or_default();
        let Some(toml::Value::Table(plugins)) = table.get("plugins") else { return BTreeMap::new() };
        let id = |value: &toml::Value| match value {
            toml::Value::String(text) => text.split(':').next().map(str::to_owned),
            toml::Value::Table(table) => table.get("id").and_then(|id| id.as_str()).map(str::to_owned),
            _ => None,
        };
        let accessor = |key: &str| format!("libs.plugins.{}", key.replace(['-', '_'], "."));
        plugins.iter().filter_map(|(key, value)| Some((accessor(key), id(value)?))).collect()
    }

    /// The projects that the settings include, by path. Where the settings are not all understood, every folder with a
    /// script counts.
    fn included(&self, names: &Names, own: &[&str]) -> BTreeMap<String, String> {
        let below = |path: &str| {
            let inner = path.trim_start_matches(':').replace(':', "/");
            [self.dir, &inner].iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join("/")
        };
        let mut places = BTreeMap::new();
        let mut sound = false;
        let settings = ["settings.gradle.kts", "settings.gradle"]
            .iter()
            .find_map(|name| RepoPath::join(self.dir, name).ok().filter(|path| self.tree.contains(path)));
        if let Some(path) = settings {
            let mut reading = Reading { names: names.clone(), ..Reading::default() };
            let items = self.script(&path, self.dir, &mut reading, &[], 0);
            sound = reading.undecided.is_empty();
            for item in &items {
                match &item.action {
                    Action::Call(name, values, _) if name == "include" || name.ends_with(".include") => {
                        let texts = Value::List(values.clone()).texts();
                        sound &= texts.is_ok()
                            && !item.within.iter().any(|frame| {
                                frame.conditional || frame.last() == "each" || frame.last() == "forEach"
                            });
                        for text in texts.unwrap_or_default() {
                            let path = format!(":{}", text.trim_start_matches(':').replace('/', ":"));
                            // Including `:a:b` includes `:a`.
                            for (at, _) in path.match_indices(':').skip(1) {
                                places.entry(path[..at].to_owned()).or_insert_with(|| below(&path[..at]));
                            }
                            places.insert(path.clone(), below(&path));
                        }
                    }
                    Action::Call(name, _, _) if name.ends_with("includeFlat") => sound = false,
                    Action::Unread(text) => sound &= !text.contains("include"),
                    _ => {}
                }
            }
            for item in &items {
                let (Action::Set(name, Value::Text(dir)), Some(frame)) = (&item.action, item.within.last())
                else {
                    continue;
                };
                let project = frame.arguments.iter().find_map(|value| value.as_text());
                if let ("projectDir", Some(project)) = (name.as_str(), project)
                    && places.contains_key(project)
                {
                    let dir = dir.strip_prefix(ROOT).unwrap_or(dir).trim_matches('/');
                    places.insert(project.to_owned(), below(dir).trim_start_matches("./").to_owned());
                }
            }
        }
        if !sound {
            for dir in own.iter().filter(|dir| **dir != self.dir) {
                let inner = dir.strip_prefix(self.dir).unwrap_or(dir).trim_start_matches('/');
                if !places.values().any(|known| known == dir) {
                    places.insert(format!(":{}", inner.replace('/', ":")), (*dir).to_owned());
                }
            }
        }
        places
    }
}

fn absolute(dir: &str) -> Value {
    Value::Text(format!("{ROOT}/{dir}").trim_end_matches('/').to_owned())
}

/// The path of the project above; `:` above all others.
fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once(':')? {
        ("", "") => None,
        ("", _) => Some(":"),
        (above, _) => Some(above),
    }
}

/// Which projects a block of a script configures.
enum Chooses {
    /// That of the script.
    Own,
    /// Those below it.
    Below,
    /// Both.
    All,
    /// One.
    One(String),
    /// Some, as the run decides.
    Some,
}

fn chooses(frame: &Frame) -> Chooses {
    let about = |word: &str| {
        frame.arguments.iter().any(|value| matches!(value, Value::Unknown(text) if text.contains(word)))
    };
    let mut words = frame.name.split('.');
    let first = words
        .find(|word| !matches!(*word, "project" | "rootProject") || *word == frame.name)
        .unwrap_or_default();
    match first {
        "subprojects"
            if frame.name.contains("filter")
                || frame.name.contains("matching")
                || frame.name.contains("findAll") =>
        {
            Chooses::Some
        }
        "subprojects" => Chooses::Below,
        "allprojects" => Chooses::All,
        "configure" if about("filter") || about("findAll") || about("{") => Chooses::Some,
        "configure" if about("subprojects") => Chooses::Below,
        "configure" if about("allprojects") => Chooses::All,
        "configure" if about("project(") => Chooses::Some,
        "project" => match frame.arguments.first() {
            Some(Value::Text(path)) => Chooses::One(path.clone()),
            _ => Chooses::Own,
        },
        _ => Chooses::Own,
    }
}

/// An item of a project above, as it reaches the project at `path`.
fn handed_down(item: &Item, path: &str) -> Option<Item> {
    let at = item.within.iter().position(|frame| !matches!(chooses(frame), Chooses::Own))?;
    let reaches = match chooses(&item.within[at]) {
        Chooses::Below | Chooses::All => Some(false),
        Chooses::Some => Some(true),
        Chooses::One(chosen) => (format!(":{}", chosen.trim_start_matches(':')) == path).then_some(false),
        Chooses::Own => None,
    }?;
    let mut item = item.clone();
    if reaches {
        item.within[at].name = "if".to_owned();
        item.within[at].conditional = true;
    } else {
        item.within.remove(at);
    }
    Some(item)
}

/// An item of a project's own script, as far as it configures this project.
fn own(item: &Item) -> Option<Item> {
    let mut item = item.clone();
    match item.within.iter().position(|frame| !matches!(chooses(frame), Chooses::Own)) {
        Some(at) if matches!(chooses(&item.within[at]), Chooses::All) => drop(item.within.remove(at)),
        Some(_) => return None,
        None => {}
    }
    Some(item)
}

/// An item without the blocks that only choose the moment.
fn plain(mut item: Item) -> Item {
    item.within.retain(|frame| {
        let moment = matches!(
            frame.last(),
            "afterEvaluate" | "beforeEvaluate" | "projectsEvaluated" | "withPlugin" | "withId" | "whenReady"
        );
        let name = frame.name.strip_prefix("project.").unwrap_or(&frame.name);
        !moment && !name.starts_with("plugins.withType")
    });
    item
}

/// The plugins that items apply.
fn plugins(items: &[Item], catalog: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for item in items {
        let Action::Call(name, values, _) = &item.action else { continue };
        let in_plugins = item.within.first().is_some_and(|frame| frame.name == "plugins");
        let last = name.rsplit('.').next().unwrap_or_default();
        let first = values.first();
        let text = first.and_then(Value::as_text);
        let id = match (last, in_plugins) {
            ("apply", true) if values.contains(&Value::Bool(false)) => {
                for value in item.within.iter().flat_map(|frame| &frame.arguments) {
                    found.remove(&id_of(value, catalog).unwrap_or_default());
                }
                None
            }
            ("version" | "apply", true) => None,
            ("id", true) => text.map(str::to_owned),
            ("alias", true) => first.and_then(|value| id_of(value, catalog)),
            ("kotlin", true) => text.map(|module| format!("org.jetbrains.kotlin.{module}")),
            (plugin, true) if values.is_empty() => Some(plugin.to_owned()),
            ("apply", false) => values.iter().find_map(|value| match value {
                Value::Object(_) => value.get("plugin").and_then(|v| id_of(&v, catalog)),
                other => id_of(other, catalog),
            }),
            _ => None,
        };
        found.extend(id.filter(|id| !id.is_empty()));
    }
    found
}

fn id_of(value: &Value, catalog: &BTreeMap<String, String>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Unknown(text) => {
            let accessor = text.trim_end_matches(".get().pluginId").trim_end_matches(".pluginId");
            if let Some(id) = catalog.get(accessor) {
                return Some(id.clone());
            }
            // A plugin named by its class: `JacocoPlugin`, `JacocoPlugin::class`.
            let class = text.split("::").next().unwrap_or_default().trim_end_matches(".class");
            let class = class.rsplit('.').next().unwrap_or_default().strip_suffix("Plugin")?;
            Some(class.to_lowercase())
        }
        _ => None,
    }
}
