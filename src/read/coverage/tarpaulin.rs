//! cargo-tarpaulin: its configuration file with the flags of the command that starts it.

use std::collections::{BTreeMap, BTreeSet};

use glob::Pattern;

use super::cargo::{Selection, Targets, Workspace};
use super::flags::{self, Run, Wraps};
use super::settings::{text, texts, truth, untold};
use super::survey::{Survey, below, place};
use super::{Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::json::{Object, Value};
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/Cargo.toml", "**/{tarpaulin,.tarpaulin}.toml", "**/*tarpaulin*.toml"];

const FILES: [&str; 2] = ["tarpaulin.toml", ".tarpaulin.toml"];
const SWITCHES: [&str; 34] = [
    "ignoreConfig",
    "noFailFast",
    "ignoreTests",
    "noDeadCode",
    "includeTests",
    "ignorePanics",
    "count",
    "ignored",
    "line",
    "skipClean",
    "forceClean",
    "branch",
    "forward",
    "noDefaultFeatures",
    "allFeatures",
    "all",
    "workspace",
    "followExec",
    "release",
    "noRun",
    "implicitTestThreads",
    "locked",
    "frozen",
    "offline",
    "avoidCfgTarpaulin",
    "failImmediately",
    "benches",
    "doc",
    "allTargets",
    "lib",
    "bins",
    "examples",
    "tests",
    "verbose",
];
const ALIASES: [(&str, &str); 8] = [
    ("p", "packages"),
    ("e", "exclude"),
    ("t", "timeout"),
    ("o", "out"),
    ("r", "root"),
    ("i", "ignored"),
    ("l", "line"),
    ("v", "verbose"),
];
/// Flags that take any number of values.
const LISTS: [&str; 6] = ["packages", "package", "exclude", "excludeFiles", "includeFiles", "out"];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut dirs = survey.folders("cargo");
    dirs.extend(survey.folders("cargo-tarpaulin"));
    dirs.extend(survey.files.iter().filter(|path| FILES.contains(&path.name())).map(|path| path.dir()));
    dirs.into_iter().flat_map(|dir| of_folder(survey, dir)).collect()
}

fn of_folder(survey: &Survey<'_>, dir: &str) -> Vec<Scope> {
    let mut runs: Vec<Run> = survey.starts(dir, "cargo-tarpaulin");
    for run in survey.starts(dir, "cargo") {
        let at = usize::from(run.words.first().is_some_and(|word| word.starts_with('+')));
        if run.words.get(at).is_some_and(|word| word == "tarpaulin") {
            runs.push(Run { words: run.words[at + 1..].to_vec(), ..run });
        }
    }
    if runs.is_empty() {
        runs.extend(survey.first(dir, &FILES).map(|path| Run::bare(&path)));
    }
    runs.iter().map(|run| scope(survey, dir, run)).collect()
}

fn scope(survey: &Survey<'_>, dir: &str, run: &Run) -> Scope {
    let words = flags::repeated(&run.words, &LISTS);
    let flags = flags::flags(&words, &SWITCHES, &ALIASES, Wraps::Nothing);
    let file = file(survey, dir, &flags);
    let mut config: Vec<RepoPath> = file.as_ref().ok().and_then(Clone::clone).into_iter().collect();
    config.extend((!config.contains(&run.at)).then(|| run.at.clone()));
    let scope = Scope::new("tarpaulin", dir, config);
    match file.and_then(|file| tables(survey, file.as_ref())) {
        Err(undecided) => scope.measured(Err(undecided.clone())).gated(Err(undecided)),
        Ok(tables) => scope.measured(measured(survey, dir, &tables, &flags)).gated(gates(&tables, &flags)),
    }
}

/// The configuration file that counts in a folder.
fn file(survey: &Survey<'_>, dir: &str, flags: &Value) -> Result<Option<RepoPath>, Undecided> {
    if truth(flags, "ignoreConfig")?.unwrap_or(false) {
        return Ok(None);
    }
    if let Some(named) = text(flags, "config")? {
        let path = place(dir, &named).and_then(|path| path.parse().ok());
        return path
            .filter(|path| survey.tree.contains(path))
            .map(Some)
            .ok_or_else(|| untold("config", &named));
    }
    let at = project(dir, flags)?;
    Ok(survey.first(&at, &FILES))
}

/// The folder whose manifest tarpaulin takes.
fn project(dir: &str, flags: &Value) -> Result<String, Undecided> {
    let manifest = text(flags, "manifestPath")?;
    let named = manifest.as_deref().map(|path| path.strip_suffix("Cargo.toml").unwrap_or(path).to_owned());
    let named = if named.is_some() { named } else { text(flags, "root")? };
    let Some(named) = named else { return Ok(dir.to_owned()) };
    place(dir, &named).ok_or_else(|| untold("root", &named))
}

/// The tables of the file by name; one without a name where there is none.
fn tables(survey: &Survey<'_>, file: Option<&RepoPath>) -> Result<Vec<(String, Value)>, Undecided> {
    let bare = || vec![(String::new(), Value::Object(Object::default()))];
    let Some(path) = file else { return Ok(bare()) };
    let text = survey.tree.text(path)?.unwrap_or_default();
    let table: toml::Table = toml::from_str(text)
        .map_err(|e| Undecided::new(format!("is not readable as TOML: {}", e.message())).at(path))?;
    let tables: Vec<_> = table.into_iter().map(|(name, value)| (name, Value::from(value))).collect();
    Ok(if tables.is_empty() { bare() } else { tables })
}

/// A list of the file and of the flags together.
fn list(table: &Value, flags: &Value, key: &str) -> Result<Vec<String>, Undecided> {
    let mut all = texts(table, key)?.unwrap_or_default();
    let mut parts = key.split('-');
    let mut flag = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| flag.push_str(&(part[..1].to_uppercase() + &part[1..])));
    all.extend(texts(flags, &flag)?.unwrap_or_default());
    Ok(all)
}

fn on(table: &Value, flags: &Value, keys: &[&str]) -> Result<bool, Undecided> {
    for key in keys {
        if truth(table, key)?.unwrap_or(false) || truth(flags, key)?.unwrap_or(false) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn gates(tables: &[(String, Value)], flags: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    let number = |value: Option<Value>| -> Result<Option<f64>, Undecided> {
        let read = |value: Value| match &value {
            Value::Number(number) => Ok(*number),
            Value::Text(text) => text.parse().map_err(|_| untold("fail-under", text)),
            _ => Err(untold("fail-under", "what is no number")),
        };
        value.map(read).transpose()
    };
    let flag = number(flags.get("failUnder"))?;
    let mut gates = BTreeMap::new();
    for (name, table) in tables {
        let own = number(table.get("fail-under"))?;
        // A flag only counts where it asks for less.
        let least = own.map_or(flag, |own| Some(flag.map_or(own, |flag| own.min(flag))));
        let key = if tables.len() == 1 { "fail-under".to_owned() } else { format!("{name}.fail-under") };
        gates.extend(least.map(|least| (key, Gate::AtLeast(least))));
    }
    Ok(gates)
}

fn measured(
    survey: &Survey<'_>,
    dir: &str,
    tables: &[(String, Value)],
    flags: &Value,
) -> Result<(Mode, BTreeSet<RepoPath>), Undecided> {
    let project = project(dir, flags)?;
    let mut files = BTreeSet::new();
    for (name, table) in tables {
        // A table of this name reports what the others ran.
        if name == "report" && tables.len() > 1 {
            continue;
        }
        let at = match text(table, "manifest-path")? {
            Some(path) => place(&project, path.strip_suffix("Cargo.toml").unwrap_or(&path)),
            None => Some(project.clone()),
        };
        let at = at.ok_or_else(|| untold("manifest-path", "a path outside of the repository"))?;
        let Some(workspace) = Workspace::of(survey, &at)? else { continue };
        files.extend(of_run(survey, &workspace, table, flags)?);
    }
    Ok((Mode::Matching, files))
}

fn of_run(
    survey: &Survey<'_>,
    workspace: &Workspace,
    table: &Value,
    flags: &Value,
) -> Result<BTreeSet<RepoPath>, Undecided> {
    let mut packages = list(table, flags, "packages")?;
    packages.extend(texts(flags, "package")?.unwrap_or_default());
    let selection = Selection {
        workspace: on(table, flags, &["all", "workspace"])?,
        packages,
        exclude: list(table, flags, "exclude")?,
    };
    let chosen = workspace.selected(&selection)?;
    let kinds: Vec<String> =
        list(table, flags, "run-types")?.iter().map(|kind| kind.to_lowercase()).collect();
    let library = on(&Value::Null, flags, &["lib"])? || kinds.iter().any(|kind| kind == "lib");
    let more = kinds.iter().any(|kind| kind != "lib" && kind != "doctests")
        || on(&Value::Null, flags, &["bins", "tests", "allTargets", "examples", "benches"])?;
    let targets = if library && !more { Targets::Library } else { Targets::All };
    let tests = on(table, flags, &["include-tests", "includeTests"])?;
    let mut files = workspace.sources(survey, &chosen, &targets);
    if tests {
        let of_chosen = |path: &&RepoPath| {
            path.extension() == "rs"
                && in_tests(survey, workspace, path).is_some_and(|package| chosen.contains(&package))
        };
        files.extend(survey.files.iter().copied().filter(of_chosen).cloned());
    }
    let (exclude, include) = (list(table, flags, "exclude-files")?, list(table, flags, "include-files")?);
    let (exclude, include) = (patterns(&exclude)?, patterns(&include)?);
    files.retain(|path| {
        let Some(inside) = below(&workspace.root, path.as_str()) else { return false };
        let hidden = inside.split('/').any(|part| part.starts_with('.'));
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(inside));
        !hidden
            && (tests || in_tests(survey, workspace, path).is_none())
            && !any(&exclude)
            && (include.is_empty() || any(&include))
    });
    Ok(files)
}

/// The package in whose `tests` folder the file stands.
fn in_tests(survey: &Survey<'_>, workspace: &Workspace, path: &RepoPath) -> Option<String> {
    let tests = ancestors(path.dir())
        .take_while(|dir| *dir != workspace.root && !dir.is_empty())
        .find(|dir| dir.rsplit('/').next() == Some("tests"))?;
    let dir = ancestors(tests).nth(1)?;
    let source = place(dir, "src")?;
    let package = survey.first(dir, &["Cargo.toml"]).is_some() && survey.under(&source).next().is_some();
    package.then(|| dir.to_owned())
}

/// Patterns in which a `*` also crosses folders. One that is not well formed counts for nothing.
fn patterns(texts: &[String]) -> Result<Vec<Pattern>, Undecided> {
    if let Some(text) = texts.iter().find(|text| text.contains('$')) {
        return Err(untold("exclude-files", text));
    }
    Ok(texts.iter().filter_map(|text| Pattern::new(text).ok()).collect())
}
