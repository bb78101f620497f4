//! Deno's coverage: `deno test --coverage`, which measures, and `deno coverage`, which filters what was measured.

use std::collections::{BTreeMap, BTreeSet};

use regex::{Regex, RegexBuilder};

use super::settings::untold;
use super::starts::{Options, Start, Until, loadable, percent, starts, told};
use super::survey::{Survey, below, place, read};
use super::{Gate, Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::ROOT;
use crate::read::json::Value;
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/deno.{json,jsonc}", "**/*deno*.{json,jsonc}"];

/// Options that take the next word; all others of Deno hold their value behind `=`.
const VALUED: [&str; 12] = [
    "c",
    "config",
    "coverage-threshold",
    "ext",
    "filter",
    "import-map",
    "junit-path",
    "location",
    "output",
    "reporter",
    "seed",
    "threshold",
];
const METRICS: [&str; 3] = ["branches", "functions", "lines"];
const EVERYTHING: &str = "^file:";
const TESTS: &str = r"test\.(js|mjs|ts|jsx|tsx)$";
const MAX_REGEX: usize = 1 << 20;

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    starts(survey, "deno").iter().filter_map(|start| started(survey, start)).collect()
}

fn started(survey: &Survey<'_>, start: &Start<'_>) -> Option<Scope> {
    let options = Options::read(start.words, &VALUED, Until::End);
    let folder = || options.has("coverage") || start.variable("DENO_COVERAGE_DIR").is_some();
    let (tool, stage, threshold) = match options.rest.first()?.as_str() {
        "test" if folder() => ("deno", Stage::Run, "coverage-threshold"),
        "coverage" => ("deno coverage", Stage::Report, "threshold"),
        _ => return None,
    };
    let mut config = configs(survey, start, &options);
    if !config.contains(start.at) {
        config.push(start.at.clone());
    }
    let scope = Scope { stage, ..Scope::new(tool, start.dir, config) };
    let files = match stage {
        Stage::Run => Ok(Filter::default()),
        Stage::Report => Filter::new(&options, start.dir),
    };
    let measured = files.map(|filter| {
        let keep = |path: &&RepoPath| loadable(path) && !is_test(path) && filter.keeps(path);
        (Mode::Loaded, survey.under(start.dir).filter(keep).cloned().collect::<BTreeSet<_>>())
    });
    let raw = stage == Stage::Run && options.has("coverage-raw-data-only");
    let gates = if raw { Ok(BTreeMap::new()) } else { gates(survey, &scope.config, &options, threshold) };
    Some(scope.measured(measured).gated(gates))
}

/// The configuration of the folder, and that of the workspace it belongs to.
fn configs(survey: &Survey<'_>, start: &Start<'_>, options: &Options) -> Vec<RepoPath> {
    if options.on("no-config") {
        return Vec::new();
    }
    if let Some(named) = options.value("config").or_else(|| options.value("c")) {
        let path = place(start.dir, named).and_then(|path| path.parse().ok());
        return path.filter(|path| survey.tree.contains(path)).into_iter().collect();
    }
    let mut found: Vec<RepoPath> = Vec::new();
    for dir in ancestors(start.dir) {
        if let Some(path) = survey.first(dir, &["deno.json", "deno.jsonc"]) {
            let gathers =
                || matches!(read(survey.tree, &path), Ok(Some(value)) if value.get("workspace").is_some());
            if found.is_empty() || gathers() {
                found.push(path);
            }
        }
    }
    found
}

/// Whether Deno takes a file for a test, whose coverage it never writes down.
fn is_test(path: &RepoPath) -> bool {
    let name = path.name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem == "test"
        || stem.ends_with(".test")
        || stem.ends_with("_test")
        || path.dir().split('/').any(|folder| folder == "__tests__")
}

/// What `deno coverage` keeps: expressions looked for in the address of a file, and files that are passed over.
#[derive(Default)]
struct Filter {
    include: Vec<Regex>,
    exclude: Vec<Regex>,
    ignored: Vec<String>,
    globs: Vec<Glob>,
}

impl Filter {
    fn new(options: &Options, dir: &str) -> Result<Self, Undecided> {
        // A repeated option and commas in its value are the same.
        let all = |key: &str| -> Result<Vec<String>, Undecided> {
            let values = options.values(key).flat_map(|value| value.split(','));
            values.map(|value| told(&format!("--{key}"), value, dir)).collect()
        };
        let expressions = |key: &str, default: &str| -> Result<Vec<Regex>, Undecided> {
            let mut texts = all(key)?;
            // An option without a value takes the default away.
            if !options.has(key) {
                texts.push(default.to_owned());
            }
            texts.iter().map(|text| expression(key, text)).collect()
        };
        let (mut ignored, mut globs) = (Vec::new(), Vec::new());
        for named in all("ignore")? {
            if named.contains(['*', '?', '[', '{']) {
                let here = if dir.is_empty() { String::new() } else { format!("{dir}/") };
                globs.push(Glob::new(&format!("{here}{named}"), Dialect::Minimatch)?);
            } else {
                ignored.extend(place(dir, &named));
            }
        }
        Ok(Self {
            include: expressions("include", EVERYTHING)?,
            exclude: expressions("exclude", TESTS)?,
            ignored,
            globs,
        })
    }

    fn keeps(&self, path: &RepoPath) -> bool {
        let address = format!("file://{ROOT}/{path}");
        let any = |expressions: &[Regex]| expressions.iter().any(|regex| regex.is_match(&address));
        let inside = |folder: &String| folder == path.as_str() || below(folder, path.as_str()).is_some();
        (self.include.is_empty() || any(&self.include))
            && !any(&self.exclude)
            && !self.ignored.iter().any(inside)
            && !self.globs.iter().any(|glob| glob.is_match(path.as_str()))
    }
}

fn expression(key: &str, text: &str) -> Result<Regex, Undecided> {
    let key = format!("--{key}");
    // Where the repository stands on the machine is not known here.
    let placed = text.split_once("file:///").is_some_and(|(_, rest)| !rest.starts_with(['\u{1}', '.']));
    if placed && !text.contains(ROOT) {
        return Err(untold(&key, text));
    }
    let regex = RegexBuilder::new(text).size_limit(MAX_REGEX).build();
    regex.map_err(|_| {
        Undecided::new(format!("`{key}` holds `{text:.120}`, which is not read as an expression"))
    })
}

fn gates(
    survey: &Survey<'_>,
    config: &[RepoPath],
    options: &Options,
    threshold: &str,
) -> Result<BTreeMap<String, Gate>, Undecided> {
    if let Some(value) = options.value(threshold) {
        let figure = percent(&format!("--{threshold}"), value)?;
        return Ok(METRICS.map(|metric| (metric.to_owned(), Gate::AtLeast(figure))).into_iter().collect());
    }
    for path in config.iter().filter(|path| matches!(path.extension(), "json" | "jsonc")) {
        if path.name() == "package.json" {
            continue;
        }
        let value = read(survey.tree, path)?.unwrap_or(Value::Null);
        let Some(thresholds) = value.at(&["coverage", "thresholds"]) else { continue };
        let figure = |metric: &str| match thresholds.get(metric) {
            Some(Value::Number(figure)) => Some((metric.to_owned(), Gate::AtLeast(figure))),
            _ => None,
        };
        return Ok(METRICS.into_iter().filter_map(figure).collect());
    }
    Ok(BTreeMap::new())
}

#[cfg(test)]
mod tests;
