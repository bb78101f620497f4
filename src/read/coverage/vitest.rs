//! Vitest: `vitest.config.*`, `vite.config.*` and the flags of scripts.
//!
//! Up to version 3 every file is measured unless excluded (`test-exclude`'s rules); from 4 on only what tests load,
//! unless `coverage.include` is set. Version 4 looks for `exclude` anywhere in the absolute path, 5 does not.

mod selected;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use super::flags::{self, Run, Wraps};
use super::istanbul::{Rules, loadable};
use super::loaded::Loading;
use super::locked;
use super::settings::{figures, globs, text, texts, truth};
use super::survey::{Survey, below, place};
use super::walk::Walk;
use super::{Collects, Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::{self, ARGUMENT, ROOT, TOOL, World};
use crate::read::json::{Object, Value};
use crate::undecided::Undecided;

pub(in crate::read) use self::settings::settings as configured;
pub(in crate::read) use selected::selected;

/// Taken where neither manifest nor catalog names a version.
const NEWEST: u32 = 5;

const EXTENSIONS: [&str; 11] =
    [".js", ".cjs", ".mjs", ".ts", ".mts", ".tsx", ".jsx", ".vue", ".svelte", ".marko", ".astro"];
/// Files that are no code, of which Vite makes modules with nothing to cover.
const ASSETS: [&str; 26] = [
    ".json", ".json5", ".css", ".svg", ".png", ".apng", ".bmp", ".jpg", ".jpeg", ".gif", ".ico", ".webp",
    ".avif", ".mp4", ".webm", ".ogg", ".mp3", ".wav", ".flac", ".woff", ".woff2", ".ttf", ".otf", ".txt",
    ".pdf", ".wasm",
];
const TEST_INCLUDE: &str = "**/*.{test,spec}.?(c|m)[jt]s?(x)";
const CONFIGS: &str =
    "**/{karma,rollup,webpack,vite,vitest,jest,ava,babel,nyc,cypress,tsup,build,eslint,prettier}.config.*";
const COVERAGE_EXCLUDE: [&str; 15] = [
    "coverage/**",
    "dist/**",
    "**/node_modules/**",
    "**/[.]**",
    "packages/*/test?(s)/**",
    "**/*.d.ts",
    "**/virtual:*",
    "**/__x00__*",
    "cypress/**",
    "test?(s)/**",
    "test?(-*).?(c|m)[jt]s?(x)",
    "**/*{.,-}{test,spec,bench,benchmark}?(-d).?(c|m)[jt]s?(x)",
    "**/__tests__/**",
    CONFIGS,
    "**/vitest.{workspace,projects}.[jt]s?(on)",
];
const RC_EXCLUDE: &str = "**/.{eslint,mocha,prettier}rc.{?(c|m)js,yml}";
const NAMES: [&str; 12] = [
    "vitest.config.ts",
    "vitest.config.mts",
    "vitest.config.cts",
    "vitest.config.js",
    "vitest.config.mjs",
    "vitest.config.cjs",
    "vite.config.ts",
    "vite.config.mts",
    "vite.config.cts",
    "vite.config.js",
    "vite.config.mjs",
    "vite.config.cjs",
];

pub(super) const NEEDS: &[&str] = &[
    "**/{vitest,vite}{.,-,_}*.{js,cjs,mjs,ts,mts,cts,json}",
    "**/*.vitest.{js,cjs,mjs,ts,mts,cts,json}",
    "**/{vitest,vite}/{index,base,config,shared}.{js,cjs,mjs,ts,mts,cts,json}",
    "**/vitest/*.{js,cjs,mjs,ts,mts,cts,json}",
    "*.{js,cjs,mjs,ts,mts,cts}",
    "**/{config,configs,.config}/*.{js,cjs,mjs,ts,mts,cts,json}",
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let (mut found, mut members) = (Vec::new(), BTreeSet::new());
    let mut seen = BTreeSet::new();
    for package in survey.packages.iter() {
        seen.insert(package.dir.as_str());
        let mut runs = survey.starts(&package.dir, "vitest");
        runs.retain(|run| !matches!(run.words.first().map(String::as_str), Some("bench" | "init" | "list")));
        let covering: Vec<Run> =
            runs.iter().filter(|r| r.words.iter().any(|w| w.starts_with("--cov"))).cloned().collect();
        let runs = if covering.is_empty() { runs.into_iter().take(1).collect() } else { covering };
        if runs.is_empty() {
            found.extend(unstarted(survey, &package.dir, &package.path).map(|scope| (true, scope)));
        }
        members.extend(members_of(survey, &package.dir));
        found.extend(runs.iter().map(|run| (false, scope(survey, &package.dir, run))));
    }
    for path in &survey.files {
        if path.name().starts_with("vitest.config.") && seen.insert(path.dir()) {
            found.extend(unstarted(survey, path.dir(), path).map(|scope| (true, scope)));
        }
    }
    // A configuration that a run in a folder below takes is that run's.
    let started = found.iter().filter(|(unstarted, _)| !unstarted);
    members.extend(started.filter_map(|(_, scope)| scope.config.first().cloned()));
    // A project of another configuration runs as a part of it, and by that one's patterns.
    let apart = |(unstarted, scope): &(bool, Scope)| {
        !(*unstarted && scope.config.first().is_some_and(|path| members.contains(path)))
    };
    found.into_iter().filter(apart).map(|(_, scope)| scope).collect()
}

/// The configurations of the projects that the one of a folder takes in.
fn members_of(survey: &Survey<'_>, dir: &str) -> Vec<RepoPath> {
    const WORKSPACES: [&str; 8] = [
        "vitest.workspace.ts",
        "vitest.workspace.mts",
        "vitest.workspace.js",
        "vitest.workspace.mjs",
        "vitest.workspace.json",
        "vitest.projects.ts",
        "vitest.projects.js",
        "vitest.projects.json",
    ];
    let Some(file) = survey.first(dir, &NAMES).or_else(|| survey.first(dir, &WORKSPACES)) else {
        return Vec::new();
    };
    let settings = settings(survey, dir, Some(&file), &Value::Null).unwrap_or(Value::Null);
    let test = settings.get("test").unwrap_or(Value::Null);
    let beside = || {
        let path = survey.first(dir, &WORKSPACES)?;
        let known = |package: &str, name: &str| known(NEWEST, package, name);
        javascript::config(World { tree: survey.tree, known: &known }, &path).ok().flatten()
    };
    let listed =
        test.get("projects").or_else(|| test.get("workspace")).or_else(beside).unwrap_or(Value::Null);
    let Value::List(items) = listed else { return Vec::new() };
    let patterns: Vec<&str> = items.iter().filter_map(Value::as_text).collect();
    let patterns = patterns.into_iter().filter_map(|pattern| place(dir, pattern));
    let patterns: Vec<Glob> = patterns.filter_map(|p| Glob::new(&p, Dialect::Tinyglobby).ok()).collect();
    let member = |path: &&&RepoPath| {
        let config = path.name().starts_with("vitest.config.") || path.name().starts_with("vite.config.");
        config
            && **path != &file
            && patterns.iter().any(|glob| glob.is_match(path.as_str()) || glob.is_match(path.dir()))
    };
    survey.files.iter().filter(member).map(|path| (*path).clone()).collect()
}

/// A configuration that no script of its package starts: the root of the repository may.
fn unstarted(survey: &Survey<'_>, dir: &str, at: &RepoPath) -> Option<Scope> {
    let file = survey.first(dir, &NAMES)?;
    let run = Run::bare(at);
    let own = file.name().starts_with("vitest");
    if !own {
        // A `vite.config` is Vitest's only where it says so.
        survey.range(dir, "vitest")?;
        let settings = settings(survey, dir, Some(&file), &Value::Null).ok()?;
        settings.get("test")?;
    }
    Some(scope(survey, dir, &run).collects(Collects::Unstarted))
}

fn scope(survey: &Survey<'_>, dir: &str, run: &Run) -> Scope {
    const SWITCHES: [&str; 9] = [
        "coverage",
        "run",
        "watch",
        "w",
        "ui",
        "globals",
        "passWithNoTests",
        "coverage.enabled",
        "coverage.all",
    ];
    let flags = flags::flags(&run.words, &SWITCHES, &[("c", "config"), ("r", "root")], Wraps::Nothing);
    let root = text(&flags, "root")
        .ok()
        .flatten()
        .and_then(|root| place(dir, &root))
        .unwrap_or_else(|| dir.to_owned());
    let file = match text(&flags, "config").ok().flatten() {
        Some(named) => {
            place(&root, &named).and_then(|path| path.parse().ok()).filter(|path| survey.tree.contains(path))
        }
        // Up to version 4 it is looked for in the folders above too.
        None if major(survey, &root) < 5 => ancestors(&root).find_map(|dir| survey.first(dir, &NAMES)),
        None => survey.first(&root, &NAMES),
    };
    let config = file.iter().cloned().chain([run.at.clone()]);
    let config = config.fold(Vec::new(), |mut all, path| {
        if !all.contains(&path) {
            all.push(path);
        }
        all
    });
    let scope = Scope::new("vitest", dir, config);
    match settings(survey, &root, file.as_ref(), &flags) {
        Ok(settings) => {
            let coverage = settings.at(&["test", "coverage"]).unwrap_or(Value::Null);
            let keys = matches!(&coverage, Value::Object(o) if !o.keys().is_empty() || o.unknown().is_some());
            let asked = run.words.iter().any(|w| w.starts_with("--cov"));
            let measures = if asked { Ok(Some(true)) } else { truth(&coverage, "enabled") };
            scope
                .configured(keys || asked)
                .collects(Collects::of(measures.map(Option::unwrap_or_default).ok()))
                .measured_or_loaded(measured(survey, &root, file.as_ref(), &settings, &coverage))
                .gated(thresholds(&coverage))
        }
        Err(undecided) => scope.measured(Err(undecided.clone())).gated(Err(undecided)),
    }
}

/// The configuration with the flags over it.
fn settings(
    survey: &Survey<'_>,
    dir: &str,
    file: Option<&RepoPath>,
    flags: &Value,
) -> Result<Value, Undecided> {
    let major = major(survey, dir);
    let known = |package: &str, name: &str| known(major, package, name);
    let world = World { tree: survey.tree, known: &known };
    let config =
        file.map(|path| javascript::config(world, path)).transpose()?.flatten().unwrap_or(Value::Null);
    let mut test = Object::default();
    test.spread(config.get("test").unwrap_or(Value::Null));
    let mut coverage = Object::default();
    coverage.spread(config.at(&["test", "coverage"]).unwrap_or(Value::Null));
    let mut gates = Object::default();
    gates.spread(config.at(&["test", "coverage", "thresholds"]).unwrap_or(Value::Null));
    if let Value::Object(flags) = flags {
        for key in flags.keys() {
            let value = flags.get(key).unwrap_or(Value::Null);
            if let Some(gate) = key.strip_prefix("coverage.thresholds.") {
                gates.set(gate, value);
            } else if let Some(name) = key.strip_prefix("coverage.") {
                coverage.set(name, value);
            }
        }
    }
    if !gates.keys().is_empty() || gates.unknown().is_some() {
        coverage.set("thresholds", Value::Object(gates));
    }
    test.set("coverage", Value::Object(coverage));
    let mut all = Object::default();
    all.spread(config.clone());
    if config.get("test").is_some() || *flags != Value::Null {
        all.set("test", Value::Object(test));
    }
    Ok(Value::Object(all))
}

/// Vitest's major version: from the lock file, or else from the range of the nearest manifest that has one.
fn major(survey: &Survey<'_>, dir: &str) -> u32 {
    let range = survey.range(dir, "vitest");
    let locked = locked::version(survey, dir, "vitest", range.as_deref());
    let range = locked.or(range).unwrap_or_default();
    let last = range.rsplit("||").next().unwrap_or_default().trim();
    let digits: String =
        last.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(NEWEST)
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::Text((*item).to_owned())).collect())
}

fn object(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn coverage_exclude(major: u32) -> Vec<&'static str> {
    if major < 4 { COVERAGE_EXCLUDE.into_iter().chain([RC_EXCLUDE]).collect() } else { Vec::new() }
}

fn known(major: u32, package: &str, name: &str) -> Option<Value> {
    let coverage = || object([("exclude", list(&coverage_exclude(major))), ("extension", list(&EXTENSIONS))]);
    let exclude = || match major {
        ..4 => list(&[
            "**/node_modules/**",
            "**/dist/**",
            "**/cypress/**",
            "**/.{idea,git,cache,output,temp}/**",
            CONFIGS,
        ]),
        _ => list(&["**/node_modules/**", "**/.git/**"]),
    };
    let defaults =
        || object([("coverage", coverage()), ("exclude", exclude()), ("include", list(&[TEST_INCLUDE]))]);
    match (package, name) {
        (TOOL, ARGUMENT) => Some(object([
            ("mode", Value::Text("test".to_owned())),
            ("command", Value::Text("serve".to_owned())),
            ("isSsrBuild", Value::Bool(false)),
            ("isPreview", Value::Bool(false)),
        ])),
        ("vitest/config" | "vitest/node", "coverageConfigDefaults") => Some(coverage()),
        ("vitest/config" | "vitest/node", "configDefaults") => Some(defaults()),
        ("vitest/config", "defaultExclude") => Some(exclude()),
        ("vitest/config", "defaultInclude") => Some(list(&[TEST_INCLUDE])),
        ("vitest/config", "*" | "default") => {
            Some(object([("coverageConfigDefaults", coverage()), ("configDefaults", defaults())]))
        }
        _ => None,
    }
}

type Measured = Result<(Mode, BTreeSet<RepoPath>, Vec<Loading>), Undecided>;

fn measured(
    survey: &Survey<'_>,
    dir: &str,
    file: Option<&RepoPath>,
    settings: &Value,
    coverage: &Value,
) -> Measured {
    let major = major(survey, dir);
    let test = settings.get("test").unwrap_or(Value::Null);
    let root = match text(&test, "root")?.or(text(settings, "root")?) {
        Some(root) => {
            place(dir, &root).ok_or_else(|| Undecided::new("`root` is outside of the repository"))?
        }
        None => dir.to_owned(),
    };
    let mut exclude: Vec<String> = texts(coverage, "exclude")?
        .unwrap_or_else(|| coverage_exclude(major).into_iter().map(str::to_owned).collect());
    for setup in texts(&test, "setupFiles").unwrap_or_default().unwrap_or_default() {
        exclude.extend(place(&root, &setup).and_then(|path| below(&root, &path).map(str::to_owned)));
    }
    let tests = texts(&test, "include").unwrap_or_default().unwrap_or_else(|| vec![TEST_INCLUDE.to_owned()]);
    let walk = Walk::new(&root, &tests, &texts(&test, "exclude").unwrap_or_default().unwrap_or_default())?;
    let started = || {
        let found = survey.under(&root).filter(|p| below(&root, p.as_str()).is_some_and(|p| walk.finds(p)));
        found.cloned().collect()
    };
    exclude.extend(tests.into_iter().filter(|p| major < 5 || !p.starts_with('!')));
    let include = texts(coverage, "include")?;
    if major < 4 {
        return early(survey, &root, major, &include.unwrap_or_default(), &exclude, coverage, started);
    }
    exclude.extend(file.map(|path| format!("{ROOT}/{path}")));
    late(survey, &root, major, include, exclude, started)
}

/// Up to version 3.
fn early(
    survey: &Survey<'_>,
    root: &str,
    major: u32,
    include: &[String],
    exclude: &[String],
    coverage: &Value,
    tests: impl FnOnce() -> BTreeSet<RepoPath>,
) -> Measured {
    let extensions = texts(coverage, "extension")?.unwrap_or_else(|| EXTENSIONS.map(str::to_owned).to_vec());
    let rules = Rules::new(include, exclude, extensions, true)?;
    let absolute = truth(coverage, "allowExternal")?.unwrap_or(false);
    let all = truth(coverage, "all")?.unwrap_or(major >= 1);
    let loadable = loadable(survey, root, &rules, absolute);
    if !all {
        return Ok((Mode::Loaded, loadable, Vec::new()));
    }
    let found =
        |path: &&RepoPath| below(root, path.as_str()).is_some_and(|seen| !rules.passed_over(path, seen));
    let walked: BTreeSet<RepoPath> = loadable.iter().filter(found).cloned().collect();
    let loading = Loading::beyond(&walked, loadable, tests);
    Ok((Mode::Matching, walked, vec![loading]))
}

/// From version 4 on.
fn late(
    survey: &Survey<'_>,
    root: &str,
    major: u32,
    include: Option<Vec<String>>,
    mut exclude: Vec<String>,
    tests: impl FnOnce() -> BTreeSet<RepoPath>,
) -> Measured {
    exclude.extend(["**/virtual:*", "**/__x00__*", "**/node_modules/**"].map(str::to_owned));
    let include = include.map(|include| match major {
        4 => include,
        _ => include
            .iter()
            .map(|pattern| if dynamic(pattern) { pattern.clone() } else { folder(pattern) })
            .collect(),
    });
    let walk = include.as_deref().map(|include| Walk::new(root, include, &exclude)).transpose()?;
    let dialect = if major == 4 { Dialect::PicomatchContains } else { Dialect::Picomatch };
    let (include, exclude) =
        (include.map(|include| globs(&include, dialect)).transpose()?, globs(&exclude, dialect)?);
    let any = |globs: &[Glob], path: &str| globs.iter().any(|glob| glob.is_match(path));
    let loaded = |path: &&RepoPath| {
        let Some(seen) = below(root, path.as_str()) else { return false };
        let looked_at = if major == 4 { format!("{ROOT}/{path}") } else { seen.to_owned() };
        instrumented(seen)
            && include.as_deref().is_none_or(|include| any(include, &looked_at))
            && !any(&exclude, &looked_at)
    };
    let loaded: BTreeSet<RepoPath> = survey.under(root).filter(loaded).cloned().collect();
    let Some(walk) = walk else {
        let code = loaded.into_iter().filter(|path| !is_asset(path.as_str()));
        return Ok((Mode::Loaded, code.collect(), Vec::new()));
    };
    let walked = loaded.iter().filter(|path| below(root, path.as_str()).is_some_and(|seen| walk.finds(seen)));
    let walked: BTreeSet<RepoPath> = walked.cloned().collect();
    let loading = Loading::beyond(&walked, loaded, tests);
    let (empty, files) = walked.into_iter().partition(|path| is_asset(path.as_str()));
    Ok((Mode::Matching, files, vec![Loading { empty, ..loading }]))
}

/// What Vite makes a module of, so that it can be parsed and counted.
fn instrumented(path: &str) -> bool {
    EXTENSIONS.iter().any(|ending| path.ends_with(ending)) || path.ends_with(".cts") || is_asset(path)
}

fn is_asset(path: &str) -> bool {
    ASSETS.iter().any(|ending| path.ends_with(ending))
}

/// Whether `picomatch` takes the pattern for more than a path.
fn dynamic(pattern: &str) -> bool {
    let group = |open: char, close: char| pattern.find(open).is_some_and(|at| pattern[at..].contains(close));
    pattern.starts_with('!')
        || pattern.contains(['*', '?'])
        || group('[', ']')
        || group('(', ')')
        || group('{', '}')
}

fn folder(pattern: &str) -> String {
    if pattern.ends_with('/') { format!("{pattern}**") } else { format!("{pattern}/**") }
}

fn thresholds(coverage: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    let Some(value) = coverage.get("thresholds") else {
        // Before version 1 they stood beside the other keys.
        let early = ["lines", "functions", "branches", "statements"];
        let early = early.iter().filter_map(|key| Some((key.to_string(), coverage.get(key)?)));
        return figures(&Value::Object(early.collect()), "thresholds");
    };
    let mut gates = figures(&value, "thresholds")?;
    let hundreds: Vec<String> = gates
        .iter()
        .filter(|(key, on)| (*key == "100" || key.ends_with(".100")) && !on.is_open())
        .map(|(k, _)| k.clone())
        .collect();
    for key in hundreds {
        let prefix = key.trim_end_matches("100");
        for metric in ["lines", "functions", "branches", "statements"] {
            gates.insert(format!("{prefix}{metric}"), Gate::AtLeast(100.0));
        }
    }
    gates.retain(|key, _| !key.ends_with("100") && key != "autoUpdate");
    Ok(gates)
}
