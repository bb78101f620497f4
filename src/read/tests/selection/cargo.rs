//! What `cargo test` compiles: the targets of each package with their modules, and the features that are on.

mod commands;

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::{Filter, Selected};
use crate::ids::RepoPath;
use crate::ids::folder::below;
use crate::read::coverage::survey::{Survey, place};
use crate::read::rust::syn::{self, Expr, Item, Lit, Meta};
use crate::read::rust::with_file;
use crate::read::tests::Test;

pub(super) use commands::{commanded, full_name};

/// Deeper nested modules are not followed.
const MAX_DEPTH: usize = 64;

/// Where each file stands among the modules of the targets that compile it.
#[derive(Debug, Default)]
pub(super) struct Modules {
    /// The names of the modules around a file's items, outermost first.
    names: BTreeMap<RepoPath, Vec<String>>,
}

impl Modules {
    pub(super) fn of(survey: &Survey<'_>) -> Self {
        let mut found = Self::default();
        for package in packages(survey) {
            for target in package.targets(survey) {
                found.follow(survey, &target.root);
            }
        }
        found
    }

    /// Names the tests of a file as `cargo test` does.
    pub(super) fn place(&self, path: &RepoPath, tests: &mut [Test]) {
        let Some(names) = self.names.get(path).filter(|names| !names.is_empty()) else { return };
        for test in tests {
            test.name.splice(0..0, names.iter().cloned());
        }
    }

    /// Follows the modules of a target from its root.
    fn follow(&mut self, survey: &Survey<'_>, root: &RepoPath) {
        let mut open = vec![(root.clone(), Vec::new(), root.dir().to_owned())];
        while let Some((path, names, folder)) = open.pop() {
            if names.len() > MAX_DEPTH || self.names.contains_key(&path) {
                continue;
            }
            let declared = declared(survey, &path, &folder);
            self.names.insert(path, names.clone());
            for (at, module, folder) in declared {
                let mut names = names.clone();
                names.extend(module);
                open.push((at, names, folder));
            }
        }
    }
}

type Declared = (RepoPath, Vec<String>, String);

/// The files that a file's `mod x;` name, each with the names of its modules and the folder of its own.
fn declared(survey: &Survey<'_>, path: &RepoPath, folder: &str) -> Vec<Declared> {
    let Ok(Some(text)) = survey.tree.text(path) else { return Vec::new() };
    if !text.contains("mod ") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let read = with_file(text, |file| {
        let mut found = Vec::new();
        collect(&file.syntax.items, &[], &mut found);
        found
    });
    let Ok(Ok(modules)) = read else { return found };
    for (names, named) in modules {
        let (inline, last) = names.split_at(names.len() - 1);
        let inside = inline.iter().fold(folder.to_owned(), |dir, name| join(&dir, name));
        let mut places = Vec::new();
        match named {
            // `#[path]` counts from the file's own folder, in a module within it from that module's.
            Some(named) if inline.is_empty() => places.extend(place(path.dir(), &named)),
            Some(named) => places.extend(place(&inside, &named)),
            None => {
                places.push(join(&inside, &format!("{}.rs", last[0])));
                places.push(join(&inside, &format!("{}/mod.rs", last[0])));
            }
        }
        let at = places
            .into_iter()
            .filter_map(|at| at.parse::<RepoPath>().ok())
            .find(|at| survey.tree.contains(at));
        let Some(at) = at else { continue };
        let own = if at.name() == "mod.rs" { at.dir().to_owned() } else { join(&inside, &last[0]) };
        found.push((at, names, own));
    }
    found
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// Modules without a body, with what `#[path]` names.
fn collect(items: &[Item], within: &[String], found: &mut Vec<(Vec<String>, Option<String>)>) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        let mut names = within.to_vec();
        names.push(module.ident.to_string());
        match &module.content {
            Some((_, items)) if names.len() < MAX_DEPTH => collect(items, &names, found),
            Some(_) => {}
            None => found.push((names, module.attrs.iter().find_map(|a| path_of(&a.meta)))),
        }
    }
}

fn path_of(meta: &Meta) -> Option<String> {
    let Meta::NameValue(pair) = meta else { return None };
    match &pair.value {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) if meta.path().is_ident("path") => {
            Some(text.value())
        }
        _ => None,
    }
}

struct Package {
    dir: String,
    at: RepoPath,
    manifest: Table,
}

/// What cargo compiles with the test harness.
struct Target {
    root: RepoPath,
    /// Whether `cargo test` runs it where nothing is said on the command line.
    is_tested: bool,
    features: Vec<String>,
}

fn packages(survey: &Survey<'_>) -> Vec<Package> {
    let manifests = survey.files.iter().filter(|path| path.name() == "Cargo.toml");
    let read = |path: &&RepoPath| {
        let manifest: Table = toml::from_str(survey.tree.text(path).ok()??).ok()?;
        manifest.contains_key("package").then(|| Package {
            dir: path.dir().to_owned(),
            at: (*path).clone(),
            manifest,
        })
    };
    manifests.filter_map(read).collect()
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Package {
    fn automatic(&self, key: &str) -> bool {
        let said = self.manifest.get("package").and_then(|p| p.get(key)).and_then(Value::as_bool);
        said.unwrap_or(true)
    }

    fn targets(&self, survey: &Survey<'_>) -> Vec<Target> {
        let mut found: BTreeMap<RepoPath, Target> = BTreeMap::new();
        let is = |path: &RepoPath| survey.tree.contains(path);
        let at = |named: &str| place(&self.dir, named).and_then(|p| p.parse::<RepoPath>().ok()).filter(is);
        let mut add = |root: RepoPath, is_tested: bool, features: Vec<String>| {
            found.insert(root.clone(), Target { root, is_tested, features });
        };
        for (kind, folder, auto, tested) in [
            ("bin", "src/bin", "autobins", true),
            ("test", "tests", "autotests", true),
            ("example", "examples", "autoexamples", false),
            ("bench", "benches", "autobenches", false),
        ] {
            if self.automatic(auto) {
                let dir = join(&self.dir, folder);
                let inside = survey.under(&dir).filter(|path| path.extension() == "rs");
                let is_root = |path: &&RepoPath| match below(&dir, path.as_str()) {
                    Some(seen) => {
                        !seen.contains('/') || seen.split_once('/').is_some_and(|(_, rest)| rest == "main.rs")
                    }
                    None => false,
                };
                inside.filter(is_root).for_each(|path| add(path.clone(), tested, Vec::new()));
                if kind == "bin" {
                    at("src/main.rs").into_iter().for_each(|path| add(path, true, Vec::new()));
                }
            }
            for table in self.manifest.get(kind).and_then(Value::as_array).into_iter().flatten() {
                let name = table.get("name").and_then(Value::as_str).unwrap_or_default();
                let named = table.get("path").and_then(Value::as_str).map(str::to_owned);
                let places = named.map_or_else(
                    || {
                        vec![
                            format!("{folder}/{name}.rs"),
                            format!("{folder}/{name}/main.rs"),
                            "src/main.rs".to_owned(),
                        ]
                    },
                    |named| vec![named],
                );
                let said = |key: &str| table.get(key).and_then(Value::as_bool);
                let is_tested = said("test").unwrap_or(tested) && said("harness").unwrap_or(true);
                let root = places.iter().filter(|p| kind == "bin" || *p != "src/main.rs").find_map(|p| at(p));
                if let Some(root) = root {
                    add(root, is_tested, strings(table.get("required-features")));
                }
            }
        }
        let library = self.manifest.get("lib");
        let said = |key: &str| library.and_then(|l| l.get(key));
        let root = at(said("path").and_then(Value::as_str).unwrap_or("src/lib.rs"));
        if let Some(root) = root {
            let on = |key: &str| said(key).and_then(Value::as_bool).unwrap_or(true);
            add(root, on("test") && on("harness"), Vec::new());
        }
        found.into_values().collect()
    }

    /// The features that are on where the command says nothing.
    fn features(&self) -> Vec<String> {
        let table = self.manifest.get("features").and_then(Value::as_table);
        let of = |name: &str| strings(table.and_then(|t| t.get(name)));
        let mut on: Vec<String> = vec!["default".to_owned()];
        let mut at = 0;
        while at < on.len() && on.len() < 10_000 {
            let more = of(&on[at].clone());
            on.extend(more.into_iter().filter(|name| !on.contains(name)).collect::<BTreeSet<_>>());
            at += 1;
        }
        on
    }
}

/// What `cargo test` runs of each package.
pub(super) fn selected(survey: &Survey<'_>) -> Vec<Selected> {
    let commands = survey.commands.iter().filter_map(|command| command.start("cargo"));
    let featured = commands.into_iter().any(|words| {
        words
            .iter()
            .any(|word| word.starts_with("--all-features") || word.starts_with("--features") || word == "-F")
    });
    let all = packages(survey);
    let mut everywhere = survey.commands.iter().filter_map(|command| command.start("cargo"));
    let wide = everywhere.any(|words| {
        const WIDE: [&str; 5] = ["--workspace", "--all", "-p", "--package", "nextest"];
        words.iter().any(|word| WIDE.contains(&word.split('=').next().unwrap_or(word)))
    });
    // Where the root of a workspace is a package, cargo takes that one alone unless it is told otherwise.
    let alone = !wide
        && all.iter().any(|package| {
            let workspace = package.manifest.get("workspace").and_then(Value::as_table);
            package.dir.is_empty() && workspace.is_some_and(|w| !w.contains_key("default-members"))
        });
    let mut runs = Vec::new();
    for package in all {
        if alone && !package.dir.is_empty() {
            continue;
        }
        let mut run = Selected::new("cargo", &package.dir);
        run.config.push(package.at.clone());
        let on = package.features();
        let of_target = |target: &Target| featured || target.features.iter().all(|name| on.contains(name));
        for target in package.targets(survey).iter().filter(|target| target.is_tested && of_target(target)) {
            let mut modules = Modules::default();
            modules.follow(survey, &target.root);
            run.files.extend(modules.names.into_keys());
        }
        run.filter = Filter::Features(if featured { None } else { Some(on) });
        runs.push(run);
    }
    runs
}
