//! The coverage of Node.js' own test runner: `node --test --experimental-test-coverage`.

mod version;

use std::collections::{BTreeMap, BTreeSet};

use super::settings::{text, texts, truth, untold};
use super::starts::{Options, Start, Until, declares, loadable, percent, starts, told};
use super::survey::{Survey, below, place, read, relative};
use super::{Gate, Mode, Scope, flags};
use crate::ids::RepoPath;
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::ROOT;
use crate::read::json::{Object, Value};
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/{.nvmrc,.node-version}", "**/*node*.json"];

const TOOL: &str = "node:test";
const COVERAGE: &str = "experimental-test-coverage";
const INCLUDE: &str = "test-coverage-include";
const EXCLUDE: &str = "test-coverage-exclude";
const ALL: &str = "test-coverage-include-all";
const METRICS: [&str; 3] = ["branches", "functions", "lines"];
/// What Node.js takes for tests, and leaves out where nothing else is said.
const TESTS: &str = "**/{test,test/**/*,test-*,*[._-]test}.{js,mjs,cjs,ts,mts,cts}";

/// Options that take the next word. All others hold their value behind `=`, or have none.
const VALUED: [&str; 34] = [
    "C",
    "conditions",
    "e",
    "env-file",
    "env-file-if-exists",
    "eval",
    "experimental-loader",
    "experimental-test-isolation",
    "icu-data-dir",
    "import",
    "input-type",
    "loader",
    "openssl-config",
    "r",
    "redirect-warnings",
    "require",
    "stack-trace-limit",
    "test-concurrency",
    "test-coverage-branches",
    "test-coverage-exclude",
    "test-coverage-functions",
    "test-coverage-include",
    "test-coverage-lines",
    "test-global-setup",
    "test-isolation",
    "test-name-pattern",
    "test-reporter",
    "test-reporter-destination",
    "test-shard",
    "test-skip-pattern",
    "test-timeout",
    "title",
    "unhandled-rejections",
    "watch-path",
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut found = Vec::new();
    let versions = version::Versions::of(survey);
    for tool in ["node", "tsx"] {
        for start in starts(survey, tool) {
            found.extend(run(survey, &versions, &start, tool == "tsx"));
        }
    }
    found
}

fn run(
    survey: &Survey<'_>,
    versions: &version::Versions<'_, '_>,
    start: &Start<'_>,
    loads_more: bool,
) -> Vec<Scope> {
    let options = Options::read(start.words, &VALUED, Until::Operand);
    let file = config(survey, start, &options);
    // No word of the command starts coverage, and no file of settings could.
    if !options.on(COVERAGE) && file.is_none() {
        return Vec::new();
    }
    let major = versions.major(start.dir);
    let config = file.iter().chain([start.at]).cloned().collect();
    let scope = Scope::new(TOOL, start.dir, config);
    let settings = match settings(survey, start, &options, file.as_ref(), major) {
        Ok(settings) => settings,
        Err(undecided) if options.on(COVERAGE) => {
            return vec![scope.measured(Err(undecided.clone())).gated(Err(undecided))];
        }
        Err(_) => return Vec::new(),
    };
    match truth(&settings, COVERAGE) {
        Ok(Some(true)) => {}
        Ok(_) => return Vec::new(),
        Err(undecided) => return vec![scope.measured(Err(undecided.clone())).gated(Err(undecided))],
    }
    let scope = scope.gated(gates(&settings));
    let loads_more = loads_more
        || ["import", "loader", "experimental-loader", "require", "r"].iter().any(|l| options.has(l));
    let rules = match Rules::new(&settings, start.dir, major) {
        Ok(rules) => rules,
        Err(undecided) => return vec![scope.measured(Err(undecided))],
    };
    let loaded = |path: &&RepoPath| {
        loadable(path)
            && (loads_more || !matches!(path.extension(), "jsx" | "tsx"))
            && rules.keep(start.dir, path)
    };
    let from = if rules.look_outside() { "" } else { start.dir };
    let loaded: BTreeSet<RepoPath> = survey.under(from).filter(loaded).cloned().collect();
    if !matches!(truth(&settings, ALL), Ok(Some(true))) {
        return vec![scope.measured(Ok((Mode::Loaded, loaded)))];
    }
    // The walk passes over names with a dot in front, and takes declarations for source.
    let walked = |path: &&RepoPath| {
        below(start.dir, path.as_str()).is_some_and(|seen| seen.split('/').all(|part| !part.starts_with('.')))
            && (loadable(path) || declares(path))
            && !matches!(path.extension(), "jsx" | "tsx")
            && rules.keep(start.dir, path)
    };
    let walked: BTreeSet<RepoPath> = survey.under(start.dir).filter(walked).cloned().collect();
    let more: BTreeSet<RepoPath> = loaded.difference(&walked).cloned().collect();
    let rest = (!more.is_empty()).then(|| scope.clone().measured(Ok((Mode::Loaded, more))));
    [scope.measured(Ok((Mode::Matching, walked)))].into_iter().chain(rest).collect()
}

/// The file of settings that the command names.
fn config(survey: &Survey<'_>, start: &Start<'_>, options: &Options) -> Option<RepoPath> {
    let named = options.value("experimental-config-file");
    let by_default =
        options.on("experimental-default-config-file") || options.has("experimental-config-file");
    let named = named.or_else(|| by_default.then_some("node.config.json"))?;
    let path = place(start.dir, named)?.parse().ok()?;
    survey.tree.contains(&path).then_some(path)
}

/// What counts, by the names of the options: lists add up, of anything else the later wins.
fn settings(
    survey: &Survey<'_>,
    start: &Start<'_>,
    options: &Options,
    file: Option<&RepoPath>,
    major: Option<u32>,
) -> Result<Value, Undecided> {
    let mut sources: Vec<Value> = Vec::new();
    if let Some(file) = file {
        let value = read(survey.tree, file)?.unwrap_or(Value::Null);
        // Node.js 22 and before know no settings of tests there; `testRunner` is their name of a while.
        let sections: &[&str] =
            if version::upto(major, 22) { &["nodeOptions"] } else { &["nodeOptions", "testRunner", "test"] };
        sources.extend(sections.iter().filter_map(|section| value.get(section)));
    }
    let variable = start.variable("NODE_OPTIONS").map(flags::words).unwrap_or_default();
    let variable = Options::read(&variable, &VALUED, Until::End);
    let lists = [INCLUDE, EXCLUDE];
    let mut all = Object::default();
    for key in lists {
        let mut values: Vec<Value> = Vec::new();
        for source in &sources {
            values.extend(texts(source, key)?.unwrap_or_default().into_iter().map(Value::Text));
        }
        let said = variable.values(key).chain(options.values(key));
        values.extend(said.map(|value| Value::Text(value.to_owned())));
        all.set(key, Value::List(values));
    }
    for key in [COVERAGE, ALL] {
        let told = sources.iter().rev().find_map(|source| source.get(key)).unwrap_or(Value::Bool(false));
        let on = if options.has(key) || options.has(&format!("no-{key}")) {
            Value::Bool(options.on(key))
        } else if variable.has(key) {
            Value::Bool(true)
        } else {
            told
        };
        all.set(key, on);
    }
    for metric in METRICS {
        let key = format!("test-coverage-{metric}");
        let said = options.value(&key).or_else(|| variable.value(&key));
        let said = said.map(|value| Value::Text(value.to_owned()));
        if let Some(value) = said.or_else(|| sources.iter().rev().find_map(|source| source.get(&key))) {
            all.set(key, value);
        }
    }
    Ok(Value::Object(all))
}

fn gates(settings: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    let mut gates = BTreeMap::new();
    for metric in METRICS {
        let key = format!("test-coverage-{metric}");
        let figure = match settings.get(&key) {
            None => continue,
            Some(Value::Number(number)) => number,
            Some(_) => percent(&key, &text(settings, &key)?.unwrap_or_default())?,
        };
        // What stands behind the point is dropped.
        gates.insert(metric.to_owned(), Gate::AtLeast(figure.trunc()));
    }
    gates.retain(|_, gate| !gate.is_open());
    Ok(gates)
}

/// A pattern, held against the path from the folder of the run and against the whole path.
struct Pattern {
    ups: usize,
    relative: Glob,
    absolute: Glob,
    /// Whether it speaks of a place outside of the folder.
    outside: bool,
}

impl Pattern {
    fn new(key: &str, pattern: &str, dir: &str, major: Option<u32>) -> Result<Self, Undecided> {
        let pattern = told(key, pattern, dir)?;
        let rooted = pattern.starts_with(ROOT);
        if pattern.starts_with('/') && !rooted && !pattern.starts_with("/*") {
            return Err(untold(key, &pattern));
        }
        let mut inside = pattern.as_str();
        while let Some(rest) = inside.strip_prefix("../") {
            inside = rest;
        }
        let ups = (pattern.len() - inside.len()) / 3;
        Ok(Self {
            ups,
            relative: Glob::new(inside, Dialect::Node { dot: !version::upto(major, 23) })?,
            absolute: Glob::new(&pattern, Dialect::Node { dot: false })?,
            outside: ups > 0 || rooted,
        })
    }

    fn is_match(&self, seen: &str, path: &RepoPath) -> bool {
        let mut inside = seen;
        while let Some(rest) = inside.strip_prefix("../") {
            inside = rest;
        }
        let ups = (seen.len() - inside.len()) / 3;
        (ups == self.ups && self.relative.is_match(inside))
            || self.absolute.is_match(&format!("{ROOT}/{path}"))
    }
}

struct Rules {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

impl Rules {
    fn new(settings: &Value, dir: &str, major: Option<u32>) -> Result<Self, Undecided> {
        let patterns = |key: &str, default: &[&str]| -> Result<Vec<Pattern>, Undecided> {
            let mut texts = texts(settings, key)?.unwrap_or_default();
            if texts.is_empty() {
                texts = default.iter().map(|&pattern| pattern.to_owned()).collect();
            }
            texts.iter().map(|pattern| Pattern::new(key, pattern, dir, major)).collect()
        };
        let tests: &[&str] = if version::upto(major, 22) { &[] } else { &[TESTS] };
        Ok(Self { include: patterns(INCLUDE, &[])?, exclude: patterns(EXCLUDE, tests)? })
    }

    /// Whether a pattern speaks of files outside of the folder.
    fn look_outside(&self) -> bool {
        self.include.iter().any(|pattern| pattern.outside)
    }

    /// Whether the file counts. Files outside of the folder count only where a pattern speaks of them: without, they
    /// are taken to be measured in their own.
    fn keep(&self, dir: &str, path: &RepoPath) -> bool {
        let inside = below(dir, path.as_str()).is_some();
        if !inside && !self.look_outside() {
            return false;
        }
        let seen = relative(dir, path.as_str());
        let included =
            self.include.iter().any(|pattern| (inside || pattern.outside) && pattern.is_match(&seen, path));
        (self.include.is_empty() || included)
            && !self.exclude.iter().any(|pattern| pattern.is_match(&seen, path))
    }
}

#[cfg(test)]
mod tests;
