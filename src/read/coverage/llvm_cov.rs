//! cargo-llvm-cov: the flags of its commands.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::cargo::{Selection, Targets, Workspace};
use super::flags::{self, Run, Wraps};
use super::posix::{self, Syntax};
use super::settings::{text, texts, truth, untold};
use super::survey::{Survey, below, place};
use super::{Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::javascript::ROOT;
use crate::read::json::Value;
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/Cargo.toml", "**/.cargo/{config,config.toml}"];

const SWITCHES: [&str; 36] = [
    "workspace",
    "all",
    "lib",
    "bins",
    "examples",
    "tests",
    "benches",
    "allTargets",
    "doc",
    "doctests",
    "json",
    "lcov",
    "cobertura",
    "codecov",
    "text",
    "html",
    "open",
    "summaryOnly",
    "branch",
    "mcdc",
    "release",
    "noDefaultIgnoreFilenameRegex",
    "disableDefaultIgnoreFilenameRegex",
    "showMissingLines",
    "ignoreRunFail",
    "allFeatures",
    "noDefaultFeatures",
    "locked",
    "offline",
    "frozen",
    "includeFfi",
    "includeBuildScript",
    "showInstantiations",
    "hideInstantiations",
    "verbose",
    "quiet",
];
const ALIASES: [(&str, &str); 4] = [("p", "package"), ("F", "features"), ("j", "jobs"), ("r", "release")];
const GATES: [(&str, &str, bool); 7] = [
    ("failUnderLines", "fail-under-lines", true),
    ("failUnderRegions", "fail-under-regions", true),
    ("failUnderFunctions", "fail-under-functions", true),
    ("failUnderFileLines", "fail-under-file-lines", true),
    ("failUncoveredLines", "fail-uncovered-lines", false),
    ("failUncoveredRegions", "fail-uncovered-regions", false),
    ("failUncoveredFunctions", "fail-uncovered-functions", false),
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut dirs = survey.folders("cargo");
    dirs.extend(survey.folders("cargo-llvm-cov"));
    dirs.into_iter().flat_map(|dir| of_folder(survey, dir)).collect()
}

fn of_folder(survey: &Survey<'_>, dir: &str) -> Vec<Scope> {
    let mut found = Vec::new();
    for run in survey.starts(dir, "cargo").into_iter().chain(survey.starts(dir, "cargo-llvm-cov")) {
        let at = usize::from(run.words.first().is_some_and(|word| word.starts_with('+')));
        let Some(first) = run.words.get(at) else { continue };
        let (words, config) = match aliased(survey, dir, first) {
            _ if first == "llvm-cov" => (run.words[at + 1..].to_vec(), None),
            Some((mut words, config)) => {
                words.extend(run.words[at + 1..].iter().cloned());
                (words, Some(config))
            }
            None => continue,
        };
        // These measure nothing, or leave it to `report` to say what counts.
        if words.iter().any(|word| word == "--no-report")
            || words
                .first()
                .is_some_and(|word| matches!(word.as_str(), "clean" | "show-env" | "help" | "--version"))
        {
            continue;
        }
        let run = Run { words, ..run };
        found.push(scope(survey, dir, &run, config));
    }
    found
}

/// What an alias of Cargo's configuration stands for, where that is llvm-cov.
fn aliased(survey: &Survey<'_>, dir: &str, name: &str) -> Option<(Vec<String>, RepoPath)> {
    for dir in ancestors(dir) {
        if let Some(path) = survey.first(dir, &[".cargo/config.toml", ".cargo/config"]) {
            let table: Option<toml::Table> =
                survey.tree.text(&path).ok()?.and_then(|text| toml::from_str(text).ok());
            let alias = table.as_ref().and_then(|table| table.get("alias")?.get(name));
            let words: Option<Vec<String>> = match alias {
                Some(toml::Value::String(line)) => Some(line.split_whitespace().map(str::to_owned).collect()),
                Some(toml::Value::Array(words)) => {
                    Some(words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect())
                }
                _ => None,
            };
            if let Some(words) = words {
                let (first, rest) = words.split_first()?;
                return (first == "llvm-cov").then(|| (rest.to_vec(), path));
            }
        }
    }
    None
}

fn scope(survey: &Survey<'_>, dir: &str, run: &Run, config: Option<RepoPath>) -> Scope {
    let flags = flags::flags(&run.words, &SWITCHES, &ALIASES, Wraps::Nothing);
    let config = config.into_iter().chain(Some(run.at.clone())).collect();
    let scope = Scope::new("cargo-llvm-cov", dir, config);
    scope.measured(measured(survey, dir, run, &flags)).gated(gates(&flags))
}

fn gates(flags: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    let mut gates = BTreeMap::new();
    for (flag, name, percent) in GATES {
        let Some(value) = text(flags, flag)? else { continue };
        let figure: f64 = value.parse().map_err(|_| untold(name, &value))?;
        let gate = if percent { Gate::AtLeast(figure) } else { Gate::Uncovered(figure) };
        gates.insert(name.to_owned(), gate);
    }
    Ok(gates)
}

fn measured(
    survey: &Survey<'_>,
    dir: &str,
    run: &Run,
    flags: &Value,
) -> Result<(Mode, BTreeSet<RepoPath>), Undecided> {
    let list = |key: &str| texts(flags, key).map(Option::unwrap_or_default);
    let on = |keys: &[&str]| {
        keys.iter().try_fold(false, |all, key| Ok::<_, Undecided>(all || truth(flags, key)?.unwrap_or(false)))
    };
    let at = match text(flags, "manifestPath")? {
        Some(path) => place(dir, path.strip_suffix("Cargo.toml").unwrap_or(&path))
            .ok_or_else(|| untold("manifest-path", &path))?,
        None => dir.to_owned(),
    };
    let Some(workspace) = Workspace::of(survey, &at)? else { return Ok((Mode::Matching, BTreeSet::new())) };
    let everything = on(&["workspace", "all"])?;
    let report_only = run.words.first().is_some_and(|word| word == "report");
    let packages = list("package")?;
    let tested = [list("exclude")?, list("excludeFromTest")?].concat();
    let selection = Selection { workspace: everything || report_only, packages, exclude: tested };
    let chosen = workspace.selected(&selection)?;
    let out = workspace.named(&[list("exclude")?, list("excludeFromReport")?].concat())?;
    let picked = workspace.named(&selection.packages)?;
    let kept = |dir: &String| match (everything, selection.packages.is_empty(), workspace.current()) {
        (true, _, _) => true,
        (false, false, _) => picked.contains(dir),
        (false, true, Some(current)) => dir == current,
        _ => true,
    };
    let report: Vec<&String> =
        workspace.members.iter().filter(|dir| kept(dir) && !out.contains(*dir)).collect();
    let names = list("bin")?;
    let targets = match (on(&["lib"])?, on(&["bins", "tests", "allTargets"])? || !list("test")?.is_empty()) {
        (true, false) if names.is_empty() => Targets::Library,
        (_, false) if !names.is_empty() => Targets::Binaries(names),
        _ => Targets::All,
    };
    let mut files = workspace.sources(survey, &chosen, &targets);
    let owner = |path: &RepoPath| {
        let around = workspace.crates.keys().filter(|dir| below(dir, path.as_str()).is_some());
        around.max_by_key(|dir| dir.len()).cloned()
    };
    let ignored = ignored(flags)?;
    let by_default = !on(&["noDefaultIgnoreFilenameRegex", "disableDefaultIgnoreFilenameRegex"])?
        && flags.get("defaultIgnoreFilenameRegex") != Some(Value::Bool(false));
    files.retain(|path| {
        let reported = owner(path).is_some_and(|dir| report.contains(&&dir));
        let regex = ignored.as_ref().is_some_and(|regex| regex.is_match(&format!("{ROOT}/{path}")));
        reported && !regex && !(by_default && is_test(&workspace, path))
    });
    Ok((Mode::Matching, files))
}

fn ignored(flags: &Value) -> Result<Option<Regex>, Undecided> {
    let Some(text) = text(flags, "ignoreFilenameRegex")?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let open = text.find('$').is_some_and(|at| {
        text[at + 1..].starts_with(['(', '{'])
            || text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic())
    });
    if open {
        return Err(untold("--ignore-filename-regex", &text));
    }
    posix::regex(&text, Syntax::Llvm, false).map(Some)
}

/// Whether the tool leaves the file out by its name.
fn is_test(workspace: &Workspace, path: &RepoPath) -> bool {
    let folder = |dir: &str| matches!(dir, "tests" | "examples" | "benches");
    let inside = below(&workspace.root, path.dir()).unwrap_or(if path.dir() == workspace.root {
        ""
    } else {
        path.dir()
    });
    let name = path.name();
    let stem = name.strip_suffix("tests.rs").unwrap_or("x");
    let plain = stem.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let named = stem.is_empty() || stem.len() > 1 && plain && stem.ends_with(['_', '-']);
    inside.split('/').any(folder) || named
}
