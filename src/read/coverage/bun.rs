//! The coverage of Bun's test runner: `bun test --coverage`, and `[test]` of `bunfig.toml`.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::{texts, truth};
use super::starts::{Options, Start, Until, loadable, starts};
use super::survey::{Survey, place};
use super::{Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::read::json::Value;
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/bunfig.toml", "**/*bun*.toml"];

const TOOL: &str = "bun";
const FILE: &str = "bunfig.toml";
/// Options that take the next word.
const VALUED: [&str; 15] = [
    "bail",
    "coverage-dir",
    "coverage-reporter",
    "cwd",
    "define",
    "env-file",
    "filter",
    "preload",
    "r",
    "reporter",
    "reporter-outfile",
    "rerun-each",
    "seed",
    "t",
    "test-name-pattern",
];
/// What each file has to reach where only the other metric is set.
const DEFAULT: f64 = 90.0;
/// A pattern may stand for this many.
const MAX_EXPANSIONS: usize = 1_000;

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let runs: Vec<Scope> = starts(survey, "bun").iter().filter_map(|start| started(survey, start)).collect();
    let files = survey.files.iter().filter(|path| path.name() == FILE);
    let told = |path: &&&RepoPath| runs.iter().any(|run| run.config.first() == Some(**path));
    let silent = files.filter(|path| !told(path)).filter_map(|path| {
        let settings = settings(survey, Some(path));
        let on = settings.as_ref().is_ok_and(|test| matches!(truth(test, "coverage"), Ok(Some(true))));
        on.then(|| scope(survey, path.dir(), vec![(*path).clone()], settings))
    });
    let silent: Vec<Scope> = silent.collect();
    [runs, silent].concat()
}

fn started(survey: &Survey<'_>, start: &Start<'_>) -> Option<Scope> {
    let options = Options::read(start.words, &VALUED, Until::End);
    if options.rest.first().is_none_or(|word| word != "test") {
        return None;
    }
    let dir = match options.value("cwd") {
        Some(named) => place(start.dir, named)?,
        None => start.dir.to_owned(),
    };
    let named = options.value("config").or_else(|| options.value("c"));
    let file = place(&dir, named.unwrap_or(FILE)).and_then(|path| path.parse().ok());
    let file = file.filter(|path| survey.tree.contains(path));
    let settings = settings(survey, file.as_ref());
    let asked = options.has("coverage") || options.has("coverage-reporter");
    let on = match &settings {
        // What the file says of coverage goes before the command line.
        Ok(test) => truth(test, "coverage").ok()?.unwrap_or(asked),
        Err(_) => asked,
    };
    let config = file.into_iter().chain([start.at.clone()]).collect();
    match (on, asked) {
        (true, _) => Some(scope(survey, &dir, config, settings)),
        // Asked for coverage, Bun measures nothing and passes.
        (false, true) => Some(Scope::new(TOOL, &dir, config)),
        (false, false) => None,
    }
}

/// `[test]` of the file.
fn settings(survey: &Survey<'_>, file: Option<&RepoPath>) -> Result<Value, Undecided> {
    let Some(path) = file else { return Ok(Value::Null) };
    let Some(text) = survey.tree.text(path)? else { return Ok(Value::Null) };
    let table: toml::Table = toml::from_str(text)
        .map_err(|e| Undecided::new(format!("is not readable as TOML: {}", e.message())).at(path))?;
    Ok(Value::from(table).get("test").unwrap_or(Value::Null))
}

fn scope(survey: &Survey<'_>, dir: &str, config: Vec<RepoPath>, settings: Result<Value, Undecided>) -> Scope {
    let scope = Scope::new(TOOL, dir, config);
    match settings {
        Ok(test) => scope.measured(measured(survey, dir, &test)).gated(gates(&test)),
        Err(undecided) => scope.measured(Err(undecided.clone())).gated(Err(undecided)),
    }
}

fn measured(survey: &Survey<'_>, dir: &str, test: &Value) -> Result<(Mode, BTreeSet<RepoPath>), Undecided> {
    let ignored = texts(test, "coveragePathIgnorePatterns")?.unwrap_or_default();
    ignored.iter().try_for_each(|pattern| readable(pattern))?;
    let skips_tests = truth(test, "coverageSkipTestFiles")?.unwrap_or(true);
    let keep = |path: &&RepoPath| {
        let seen = super::survey::relative(dir, path.as_str());
        loadable(path)
            && !(skips_tests && is_test(path.name()))
            && !ignored.iter().any(|pattern| fast_glob::glob_match(pattern, &seen))
    };
    Ok((Mode::Loaded, survey.under(dir).filter(keep).cloned().collect()))
}

/// Whether Bun takes a file for a test.
fn is_test(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    [".test", "_test", ".spec", "_spec"].iter().any(|ending| stem.ends_with(ending))
}

/// Whether the pattern is of a kind that is followed, and short enough to be matched in bounded time.
fn readable(pattern: &str) -> Result<(), Undecided> {
    let unread = |why: String| Undecided::new(format!("the pattern {pattern:.120?} {why}"));
    fast_glob::validate(pattern).map_err(|e| unread(format!("is not read: {e}")))?;
    let groups = pattern.as_bytes().windows(2);
    if groups.into_iter().any(|pair| b"?*+@!".contains(&pair[0]) && pair[1] == b'(') {
        return Err(unread("holds a group in parentheses, which is not read".to_owned()));
    }
    let (mut open, mut stands_for): (Vec<usize>, usize) = (Vec::new(), 1);
    for c in pattern.bytes() {
        match c {
            b'{' => open.push(1),
            b',' => open.iter_mut().for_each(|options| *options += 1),
            b'}' => stands_for = stands_for.saturating_mul(open.pop().unwrap_or(1)),
            _ => {}
        }
    }
    if stands_for > MAX_EXPANSIONS || pattern.len() > 4_096 {
        return Err(unread("stands for too many patterns".to_owned()));
    }
    Ok(())
}

/// A share for each metric that every single file has to reach; `statements` is read by Bun and not held against
/// anything.
fn gates(test: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    const KEY: &str = "coverageThreshold";
    let percent = |share: f64| Gate::AtLeast((share * 1e6).round() / 1e4);
    let both =
        |functions, lines| BTreeMap::from([("functions".to_owned(), functions), ("lines".to_owned(), lines)]);
    match test.get(KEY) {
        None => Ok(BTreeMap::new()),
        Some(Value::Number(share)) => Ok(both(percent(share), percent(share))),
        Some(Value::Object(shares)) => {
            let of = |metric: &str| match shares.get(metric) {
                None => Ok(Gate::AtLeast(DEFAULT)),
                Some(Value::Number(share)) => Ok(percent(share)),
                Some(_) => Err(unusable(&format!("{KEY}.{metric}"))),
            };
            let any = ["functions", "lines", "statements"].iter().any(|metric| shares.get(metric).is_some());
            if any { Ok(both(of("functions")?, of("lines")?)) } else { Ok(BTreeMap::new()) }
        }
        Some(_) => Err(unusable(KEY)),
    }
}

fn unusable(key: &str) -> Undecided {
    Undecided::new(format!("`{key}` is no number, which Bun refuses"))
}

#[cfg(test)]
mod tests;
