//! What pytest collects: `testpaths`, `python_files`, `norecursedirs`, `addopts`, and what conftest files leave out.

mod conftest;
mod options;

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use conftest::Conftests;
use options::Options;

use super::Selected;
use super::filter::{Expression, Filter, Pytest};
use super::launch::{Launch, is_open};
use crate::ids::RepoPath;
use crate::ids::folder::{ancestors, below};
use crate::read::coverage::flags::words;
use crate::read::coverage::survey::{Survey, place, relative};
use crate::read::ini;
use crate::read::json::Value;
use crate::read::tests::python::Conventions;
use crate::undecided::Undecided;

/// The names in which pytest looks for settings, the deciding one first.
const FILES: [&str; 7] =
    ["pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"];
const NOT_ENTERED: [&str; 9] =
    ["*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "[{]arch[}]"];
/// The modules that Python itself has, one a line.
const STANDARD: &str = include_str!("../../../../rules/languages/python/stdlib.txt");
/// Settings of a folder.
struct Settings {
    at: RepoPath,
    value: Value,
}

/// What a folder's own file says, where it holds settings of pytest.
fn settings(survey: &Survey<'_>, dir: &str) -> Option<Settings> {
    FILES.iter().find_map(|name| {
        let at = survey.first(dir, &[name])?;
        let text = survey.tree.text(&at).ok()??;
        let table = || Some(Value::from(toml::from_str::<toml::Table>(text).ok()?));
        let value = match *name {
            "pyproject.toml" => {
                let table = table()?;
                let native = table.at(&["tool", "pytest"])?;
                native.get("ini_options").or_else(|| native.get("testpaths").is_some().then_some(native))
            }
            "pytest.toml" | ".pytest.toml" => Some(table()?.get("pytest").unwrap_or(Value::Null)),
            "pytest.ini" | ".pytest.ini" => Some(ini::parse(text).get("pytest").unwrap_or(Value::Null)),
            "setup.cfg" => ini::parse(text).get("tool:pytest"),
            _ => ini::parse(text).get("pytest"),
        };
        Some(Settings { at, value: value? })
    })
}

impl Settings {
    /// The words of a setting: a list, or a text with blanks between them.
    fn words(&self, key: &str) -> Option<Vec<String>> {
        match self.value.get(key)? {
            Value::Text(line) => Some(line.lines().flat_map(words).collect()),
            list => list.texts().ok(),
        }
    }
}

/// Which functions and classes are collected in a folder, by the settings of the nearest folder that has some.
pub(super) fn conventions(survey: &Survey<'_>, dir: &str) -> Conventions {
    let known = Conventions::default();
    let Some(found) = ancestors(dir).find_map(|dir| settings(survey, dir)) else { return known };
    Conventions {
        functions: found.words("python_functions").unwrap_or(known.functions),
        classes: found.words("python_classes").unwrap_or(known.classes),
    }
}

pub(super) fn selected(survey: &Survey<'_>) -> Vec<Selected> {
    let python: Vec<&RepoPath> =
        survey.files.iter().copied().filter(|path| path.extension() == "py").collect();
    if python.is_empty() {
        return Vec::new();
    }
    let dirs: BTreeSet<&str> = python.iter().flat_map(|path| ancestors(path.dir())).collect();
    let mut runs: Vec<Selected> = Vec::new();
    for dir in dirs {
        let Some(found) = settings(survey, dir) else { continue };
        runs.push(run(survey, dir, Some(found)));
    }
    if runs.iter().all(|run| !run.dir.is_empty()) {
        let has = python.iter().any(|path| is_named(&defaults(), path));
        runs.extend(has.then(|| run(survey, "", None)));
    }
    runs
}

fn defaults() -> Vec<GlobMatcher> {
    globs(["test_*.py".to_owned(), "*_test.py".to_owned()])
}

/// Patterns as Python's `fnmatch` has them: `*` takes `/` too.
fn globs(patterns: impl IntoIterator<Item = String>) -> Vec<GlobMatcher> {
    let build = |pattern: String| {
        Some(GlobBuilder::new(&pattern).literal_separator(false).build().ok()?.compile_matcher())
    };
    patterns.into_iter().filter_map(build).collect()
}

fn is_named(patterns: &[GlobMatcher], path: &RepoPath) -> bool {
    patterns.iter().any(|glob| match glob.glob().glob().contains('/') {
        true => glob.is_match(path.as_str()) || glob.is_match(format!("/{path}")),
        false => glob.is_match(path.name()),
    })
}

/// Where a run starts to look.
#[derive(Default)]
struct Starts {
    places: Vec<String>,
    /// Node ids that alone are run.
    only: Vec<String>,
}

impl Starts {
    /// What these words name, seen from a folder.
    fn of(survey: &Survey<'_>, dir: &str, named: &[String]) -> Self {
        let mut found = Self::default();
        for named in named {
            let (file, inner) =
                named.split_once("::").map_or((named.as_str(), None), |(file, rest)| (file, Some(rest)));
            let Some(at) = place(dir, file) else { continue };
            if let Some(inner) = inner {
                found.only.push(format!("{at}::{inner}"));
            }
            found.places.extend(expanded(survey, &at));
        }
        found
    }
}

fn run(survey: &Survey<'_>, dir: &str, found: Option<Settings>) -> Selected {
    let of = |key: &str| found.as_ref().and_then(|found| found.words(key));
    let options = Options::read(of("addopts").unwrap_or_default());
    let from =
        if options.paths.is_empty() { of("testpaths").unwrap_or_default() } else { options.paths.clone() };
    let mut starts = Starts::of(survey, dir, &from);
    if starts.places.is_empty() {
        starts.places.push(dir.to_owned());
    }
    // What a command names is run too, wherever the settings look by themselves.
    for run in survey.starts(dir, "pytest") {
        let named = Options::read(run.words).paths;
        let files = named.iter().map(|named| named.split("::").next().unwrap_or(named));
        starts.places.extend(files.filter_map(|file| place(dir, file)).flat_map(|at| expanded(survey, &at)));
    }
    let absent = absent(survey, dir);
    collected(survey, dir, found.as_ref(), &options, starts, absent)
}

/// What each command that starts pytest runs, by its own words and the settings that it finds.
pub(super) fn commanded(survey: &Survey<'_>, launches: &[Launch<'_>]) -> Vec<Selected> {
    let mut found = Vec::new();
    for launch in launches {
        let Some(words) = launch.behind(&["pytest", "py.test"]) else { continue };
        const NO_RUN: [&str; 8] =
            ["--collect-only", "--co", "--version", "-V", "-h", "--help", "--fixtures", "--markers"];
        if words.iter().any(|word| NO_RUN.contains(&word.as_str())) {
            continue;
        }
        found.push(of_command(survey, launch, words));
    }
    found
}

fn of_command(survey: &Survey<'_>, launch: &Launch<'_>, words: &[String]) -> Selected {
    let own = Options::read(words.iter().flat_map(|word| told(word)).collect());
    let open = |word: &String| is_open(word) || word.starts_with('@');
    let named: Vec<String> = own.paths.iter().filter(|word| !open(word)).cloned().collect();
    let named = Starts::of(survey, launch.dir, &named);
    let nearest = |dir: &str| ancestors(dir).find_map(|dir| Some((dir.to_owned(), settings(survey, dir)?)));
    let from = named.places.first().map(|place| place.as_str());
    let (dir, settings) = match nearest(launch.dir).or_else(|| nearest(from?)) {
        Some((dir, settings)) => (dir, Some(settings)),
        None => (launch.dir.to_owned(), None),
    };
    let of = |key: &str| settings.as_ref().and_then(|found| found.words(key));
    let mut options = Options::read(of("addopts").unwrap_or_default());
    let mut starts = named;
    if starts.places.is_empty() && own.paths.iter().all(open) {
        let here = dir == launch.dir;
        let paths = Some(options.paths.clone()).filter(|paths| !paths.is_empty());
        let paths = paths.or_else(|| of("testpaths").filter(|_| here)).unwrap_or_default();
        starts = Starts::of(survey, &dir, &paths);
        if starts.places.is_empty() {
            starts.places.push(launch.dir.to_owned());
        }
    }
    let seen = |path: &String| place(launch.dir, path).map(|at| relative(&dir, &at));
    options.ignored.extend(own.ignored.iter().filter_map(seen));
    options.ignored_globs.extend(own.ignored_globs.iter().filter_map(seen));
    let seen_id = |id: &String| {
        let (file, rest) = id.split_once("::").map_or((id.as_str(), ""), |(file, rest)| (file, rest));
        let file = seen(&file.to_owned())?;
        Some(if rest.is_empty() { file } else { format!("{file}::{rest}") })
    };
    options.deselected.extend(own.deselected.iter().filter_map(seen_id));
    let unread = |text: &Option<String>| text.as_ref().is_some_and(|text| is_open(text));
    let opened = own.paths.iter().any(open)
        || unread(&own.keyword)
        || unread(&own.mark)
        || words.iter().any(|word| matches!(word.as_str(), "-c" | "-o" | "--override-ini" | "--pyargs"));
    options.keyword = own.keyword.filter(|text| !is_open(text)).or(options.keyword);
    options.mark = own.mark.filter(|text| !is_open(text)).or(options.mark);
    let mut selected = collected(survey, &dir, settings.as_ref(), &options, starts, Vec::new());
    selected.open = opened;
    launch.starts(selected)
}

/// A word with what stands in for it where tox or nox is given none.
fn told(word: &str) -> Vec<String> {
    match word.strip_prefix("{posargs:").and_then(|rest| rest.strip_suffix('}')) {
        Some(words) => self::words(words),
        None if word == "{posargs}" => Vec::new(),
        None => vec![word.to_owned()],
    }
}

/// What is collected below the starts.
fn collected(
    survey: &Survey<'_>,
    dir: &str,
    found: Option<&Settings>,
    options: &Options,
    starts: Starts,
    absent: Vec<String>,
) -> Selected {
    let Starts { places: starts, only } = starts;
    let mut selected = Selected::new("pytest", dir);
    selected.config.extend(found.map(|found| found.at.clone()));
    let of = |key: &str| found.and_then(|found| found.words(key));
    let named = of("python_files").map_or_else(defaults, globs);
    let closed = of("norecursedirs").unwrap_or_else(|| NOT_ENTERED.map(str::to_owned).to_vec());
    let closed = globs(closed);
    let seen = |pattern: &String| place(dir, pattern);
    let ignored: Vec<String> = options.ignored.iter().filter_map(seen).collect();
    let ignored_globs = globs(options.ignored_globs.iter().filter_map(seen));
    let conftest = Conftests::of(survey, dir);
    let is_left_out = |path: &str| {
        ignored.iter().any(|at| at == path || below(at, path).is_some())
            || ignored_globs
                .iter()
                .any(|glob| ancestors(path).any(|above| !above.is_empty() && glob.is_match(above)))
            || conftest.ignores(path)
    };
    for start in &starts {
        let file = start.parse::<RepoPath>().ok().filter(|path| survey.tree.contains(path));
        let inside = survey.under(start).filter(|path| path.extension() == "py" && is_named(&named, path));
        let entered = |path: &&&RepoPath| {
            let rest = below(start, path.as_str()).unwrap_or(path.as_str());
            let folders = rest.match_indices('/').map(|(at, _)| &rest[..at]);
            !folders.into_iter().any(|folder| {
                let name = folder.rsplit('/').next().unwrap_or(folder);
                name == "__pycache__"
                    || closed.iter().any(|glob| glob.is_match(name) || glob.is_match(folder))
            })
        };
        let inside: Vec<&RepoPath> = inside.collect();
        selected.files.extend(inside.iter().filter(entered).map(|path| (*path).clone()));
        selected.files.extend(file);
    }
    selected.files.retain(|path| !is_left_out(path.as_str()));
    selected.hooked = conftest.hooked;
    selected.undecided = conftest.undecided;
    let expression =
        |text: &Option<String>| text.as_ref().map(|text| Expression::read(text).ok_or(text.clone()));
    match (expression(&options.keyword).transpose(), expression(&options.mark).transpose()) {
        (Ok(keyword), Ok(mark)) => {
            let deselected = options.deselected.iter().filter_map(|id| {
                let (file, inner) = id.split_once("::").unwrap_or((id, ""));
                let file = place(dir, file)?;
                Some(if inner.is_empty() { file } else { format!("{file}::{inner}") })
            });
            let pytest = Pytest { keyword, mark, deselected: deselected.collect(), absent, only };
            selected.filter = Filter::Pytest(Box::new(pytest));
        }
        (Err(text), _) | (_, Err(text)) => {
            let why = format!("selects tests by {text:?}, which is not read");
            selected.undecided = Some(Undecided::new(why));
        }
    }
    selected
}

/// The modules that tests ask for with `importorskip` and that neither Python, the tree nor its requirements have.
fn absent(survey: &Survey<'_>, dir: &str) -> Vec<String> {
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for path in survey.under(dir).filter(|path| path.extension() == "py") {
        let Ok(Some(text)) = survey.tree.text(path) else { continue };
        for rest in text.split("importorskip(").skip(1) {
            let named = rest.trim_start().trim_start_matches(['"', '\'']);
            let end = named.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(named.len());
            asked.insert(named[..end].to_owned());
        }
    }
    asked.retain(|name| !name.is_empty() && !STANDARD.lines().any(|known| known == name));
    let local = |name: &String| {
        survey.files.iter().any(|path| {
            path.name().strip_suffix(".py") == Some(name) || path.dir().rsplit('/').next() == Some(name)
        })
    };
    asked.retain(|name| !local(name));
    if asked.is_empty() {
        return Vec::new();
    }
    let declares = |path: &&&RepoPath| {
        matches!(
            path.name(),
            "pyproject.toml" | "setup.py" | "setup.cfg" | "Pipfile" | "tox.ini" | "noxfile.py"
        ) || path.name().contains("requirements")
            || path.name().starts_with("environment")
            || matches!(path.extension(), "lock" | "yml" | "yaml")
    };
    for path in survey.files.iter().filter(declares) {
        // A file that was not loaded may declare any of them.
        let Ok(Some(text)) = survey.tree.text(path) else {
            if !matches!(path.extension(), "lock" | "yml" | "yaml") {
                asked.clear();
            }
            continue;
        };
        let text = text.to_ascii_lowercase().replace('-', "_");
        asked.retain(|name| !text.contains(&name.to_ascii_lowercase()));
    }
    asked.into_iter().collect()
}

/// The folders and files that a path or glob of `testpaths` names.
fn expanded(survey: &Survey<'_>, at: &str) -> Vec<String> {
    if at.is_empty()
        || survey.under(at).next().is_some()
        || survey.files.iter().any(|path| path.as_str() == at)
    {
        return vec![at.to_owned()];
    }
    let Ok(glob) = GlobBuilder::new(at).literal_separator(true).build() else { return Vec::new() };
    let glob = glob.compile_matcher();
    let folders: BTreeSet<&str> = survey.files.iter().flat_map(|path| ancestors(path.dir())).collect();
    let files = survey.files.iter().map(|path| path.as_str());
    folders.into_iter().chain(files).filter(|path| glob.is_match(path)).map(str::to_owned).collect()
}
