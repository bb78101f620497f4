//! Which files Vitest takes for tests: `include`, `exclude`, `dir` and projects, and the words of the command.

use std::collections::BTreeSet;

use super::{NAMES, TEST_INCLUDE, known, major, members_of, settings};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::coverage::flags::{self, Run, Wraps};
use crate::read::coverage::settings::{text, texts, truth, untold};
use crate::read::coverage::survey::{Survey, below, place};
use crate::read::coverage::walk::Walk;
use crate::read::javascript::{self, World};
use crate::read::json::{Object, Value};
use crate::read::tests::selection::{Filter, Selected};
use crate::undecided::Undecided;

const SWITCHES: [&str; 13] = [
    "coverage",
    "run",
    "watch",
    "w",
    "ui",
    "globals",
    "passWithNoTests",
    "coverage.enabled",
    "coverage.all",
    "update",
    "u",
    "silent",
    "typecheck",
];

/// What each run of Vitest selects.
pub(in crate::read) fn selected(survey: &Survey<'_>) -> Vec<Selected> {
    let (mut found, mut members) = (Vec::new(), BTreeSet::new());
    let mut dirs: BTreeSet<&str> = survey.packages.iter().map(|package| package.dir.as_str()).collect();
    dirs.extend(survey.files.iter().filter(|p| p.name().starts_with("vitest.config.")).map(|p| p.dir()));
    dirs.extend(survey.folders("vitest"));
    for dir in dirs {
        let mut runs = survey.starts(dir, "vitest");
        runs.retain(|run| !matches!(run.words.first().map(String::as_str), Some("bench" | "init" | "list")));
        let started = !runs.is_empty();
        if !started && let Some(at) = configured(survey, dir) {
            runs.push(Run::bare(&at));
        }
        let of_dir = members_of(survey, dir);
        for run in &runs {
            found.push((started, of_run(survey, dir, run)));
        }
        members.extend(of_dir);
    }
    let apart = |(started, selected): &(bool, Selected)| {
        *started || !selected.config.first().is_some_and(|path| members.contains(path))
    };
    found.into_iter().filter(apart).map(|(_, selected)| selected).collect()
}

/// The configuration that makes a folder one of Vitest's, or its manifest where that depends on it.
fn configured(survey: &Survey<'_>, dir: &str) -> Option<RepoPath> {
    let file = survey.first(dir, &NAMES);
    if let Some(file) = &file {
        let speaks = file.name().starts_with("vitest")
            || survey.range(dir, "vitest").is_some()
                && settings(survey, dir, Some(file), &Value::Null).is_ok_and(|s| s.get("test").is_some());
        if speaks {
            return Some(file.clone());
        }
    }
    let package = survey.packages.iter().find(|package| package.dir == dir)?;
    (survey.packages.len() == 1 && package.dependency("vitest").is_some()).then(|| package.path.clone())
}

fn of_run(survey: &Survey<'_>, dir: &str, run: &Run) -> Selected {
    let mut selected = Selected::new("vitest", dir);
    match read(survey, dir, run, &mut selected) {
        Ok(files) => selected.files = files,
        Err(undecided) => selected.undecided = Some(undecided),
    }
    if !selected.config.contains(&run.at) {
        selected.config.push(run.at.clone());
    }
    selected.started_by(run)
}

fn read(
    survey: &Survey<'_>,
    dir: &str,
    run: &Run,
    selected: &mut Selected,
) -> Result<BTreeSet<RepoPath>, Undecided> {
    let aliases = [("c", "config"), ("r", "root"), ("t", "testNamePattern")];
    let flags = flags::flags(&run.words, &SWITCHES, &aliases, Wraps::Nothing);
    let root = text(&flags, "root")?.and_then(|root| place(dir, &root)).unwrap_or_else(|| dir.to_owned());
    let file = match text(&flags, "config")? {
        Some(named) => place(&root, &named).and_then(|p| p.parse().ok()).filter(|p| survey.tree.contains(p)),
        None if major(survey, &root) < 5 => ancestors(&root).find_map(|dir| survey.first(dir, &NAMES)),
        None => survey.first(&root, &NAMES),
    };
    selected.config.extend(file.iter().cloned());
    let settings = settings(survey, &root, file.as_ref(), &flags)?;
    let test = with_flags(settings.get("test").unwrap_or(Value::Null), &flags);
    selected.lax =
        [&flags, &test].iter().any(|s| truth(s, "passWithNoTests").is_ok_and(|on| on == Some(true)));
    if let Some(pattern) = text(&flags, "testNamePattern")?.or(text(&test, "testNamePattern")?) {
        selected.filter = Filter::named(&pattern)?;
    }
    let mut files = BTreeSet::new();
    for (root, test) in projects(survey, &root, &settings, test)? {
        files.extend(of_project(survey, &root, &test)?);
    }
    let named = operands(&run.words);
    files.retain(|path: &RepoPath| {
        named.is_empty() || named.iter().any(|n| path.as_str().contains(n.trim_start_matches("./")))
    });
    Ok(files)
}

fn with_flags(test: Value, flags: &Value) -> Value {
    let mut object = Object::default();
    object.spread(test.clone());
    if let Some(dir) = flags.get("dir") {
        object.set("dir", dir);
    }
    // `--exclude` adds to the list.
    if let Some(more) = flags.get("exclude").and_then(|v| v.texts().ok()) {
        let known = test.get("exclude").and_then(|v| v.texts().ok());
        let all = known.unwrap_or_else(excluded).into_iter().chain(more).map(Value::Text);
        object.set("exclude", Value::List(all.collect()));
    }
    Value::Object(object)
}

fn excluded() -> Vec<String> {
    ["**/node_modules/**", "**/.git/**"].map(str::to_owned).to_vec()
}

/// The folders and settings of a configuration's projects; its own where it has none.
fn projects(
    survey: &Survey<'_>,
    root: &str,
    settings: &Value,
    test: Value,
) -> Result<Vec<(String, Value)>, Undecided> {
    const WORKSPACES: [&str; 6] = [
        "vitest.workspace.ts",
        "vitest.workspace.mts",
        "vitest.workspace.js",
        "vitest.workspace.mjs",
        "vitest.workspace.json",
        "vitest.projects.ts",
    ];
    let beside = || {
        let path = survey.first(root, &WORKSPACES)?;
        let known = |package: &str, name: &str| known(super::NEWEST, package, name);
        javascript::config(World { tree: survey.tree, known: &known }, &path).ok().flatten()
    };
    let listed = test.get("projects").or_else(|| test.get("workspace")).or_else(beside);
    let items = match listed {
        None | Some(Value::Null) => return Ok(vec![(own_root(root, settings, &test)?, test)]),
        Some(Value::List(items)) => items,
        Some(other) => return Err(untold("projects", &other.texts().err().unwrap_or_default())),
    };
    let mut found = Vec::new();
    for item in items {
        match item {
            Value::Text(pattern) => {
                for dir in folders(survey, root, &pattern)? {
                    let file = survey.first(&dir, &NAMES);
                    let settings = super::settings(survey, &dir, file.as_ref(), &Value::Null)?;
                    let test = settings.get("test").unwrap_or(Value::Null);
                    found.push((own_root(&dir, &settings, &test)?, test));
                }
            }
            Value::Object(_) => {
                let own = item.get("test").unwrap_or(Value::Null);
                let mut merged = Object::default();
                if item.get("extends").is_some_and(|e| e.truth().unwrap_or(false)) {
                    merged.spread(test.clone());
                }
                merged.spread(own);
                let merged = Value::Object(merged);
                found.push((own_root(root, &item, &merged)?, merged));
            }
            other => return Err(untold("projects", &other.texts().err().unwrap_or_default())),
        }
    }
    Ok(found)
}

fn own_root(dir: &str, settings: &Value, test: &Value) -> Result<String, Undecided> {
    let named = text(test, "root")?.or(text(settings, "root")?);
    let outside = || Undecided::new("`root` is outside of the repository");
    named.map_or_else(|| Ok(dir.to_owned()), |named| place(dir, &named).ok_or_else(outside))
}

/// The folders that an entry of `projects` names.
fn folders(survey: &Survey<'_>, root: &str, pattern: &str) -> Result<BTreeSet<String>, Undecided> {
    use crate::read::glob::{Dialect, Glob};
    let Some(placed) = place(root, pattern) else { return Ok(BTreeSet::new()) };
    let glob = Glob::new(&placed, Dialect::Tinyglobby)?;
    let holds = |path: &&&RepoPath| {
        let config = path.name().starts_with("vitest.config.") || path.name().starts_with("vite.config.");
        (config || path.name() == "package.json")
            && path.dir() != root
            && (glob.is_match(path.dir()) || glob.is_match(path.as_str()) || path.dir() == placed)
    };
    Ok(survey.files.iter().filter(holds).map(|path| path.dir().to_owned()).collect())
}

fn of_project(survey: &Survey<'_>, root: &str, test: &Value) -> Result<BTreeSet<RepoPath>, Undecided> {
    let include = texts(test, "include")?.unwrap_or_else(|| vec![TEST_INCLUDE.to_owned()]);
    let exclude = texts(test, "exclude")?.unwrap_or_else(excluded);
    let in_source = texts(test, "includeSource")?.unwrap_or_default();
    let dir = text(test, "dir")?.and_then(|dir| place(root, &dir)).unwrap_or_else(|| root.to_owned());
    let mut taken = include;
    if truth(test, "typecheck.enabled").ok().flatten().unwrap_or(false) {
        taken.push("**/*.{test,spec}-d.?(c|m)[jt]s?(x)".to_owned());
    }
    taken.extend(in_source);
    let walk = Walk::new(&dir, &taken, &exclude)?;
    let found = survey.under(&dir).filter(|p| below(&dir, p.as_str()).is_some_and(|seen| walk.finds(seen)));
    Ok(found.cloned().collect())
}

/// The words that name files.
fn operands(words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut takes = false;
    for (at, word) in words.iter().enumerate() {
        match word.strip_prefix('-') {
            Some(flag) => {
                let name = flag.trim_start_matches('-');
                let switch =
                    SWITCHES.contains(&name) || name.starts_with("no-") || name.starts_with("coverage");
                takes = !word.contains('=') && !switch;
            }
            None if takes => takes = false,
            None if at == 0 && matches!(word.as_str(), "run" | "watch" | "dev" | "related") => {}
            None if !word.contains('$') => found.push(word.clone()),
            None => {}
        }
    }
    found
}
