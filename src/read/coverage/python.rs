//! coverage.py: its configuration files, `coverage run`, and pytest-cov's options.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::flags::{self, Run, Wraps};
use super::loaded::Loading;
use super::settings::{figures, text, texts, truth};
use super::survey::{Survey, below, place};
use super::{Collects, Gate, Mode, Scope, pytest};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::ini;
use crate::read::javascript::ROOT;
use crate::read::json::{Object, Value};
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &[
    "**/{.coveragerc,.coveragerc.toml,setup.cfg,tox.ini,pytest.ini,.pytest.ini,pytest.toml,.pytest.toml}",
    "**/*cov*.{ini,cfg,toml}",
    "**/.coveragerc*",
    "**/pyproject.toml",
];

const FILES: [&str; 5] = [".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml"];
const LISTS: [(&str, &str); 7] = [
    ("run", "source"),
    ("run", "source_pkgs"),
    ("run", "source_dirs"),
    ("run", "include"),
    ("run", "omit"),
    ("report", "include"),
    ("report", "omit"),
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut dirs = survey.folders("pytest");
    dirs.extend(survey.folders("coverage"));
    for path in &survey.files {
        if FILES.contains(&path.name()) || pytest::FILES.contains(&path.name()) {
            dirs.insert(path.dir());
        }
    }
    dirs.into_iter().flat_map(|dir| of_folder(survey, dir)).collect()
}

/// How coverage.py is started: what overrides its configuration.
#[derive(Default, Clone, PartialEq)]
struct Start {
    /// The files that say so.
    at: Vec<RepoPath>,
    config: Option<String>,
    /// What `--source` or `--cov` name, where they name anything.
    source: Option<Vec<String>>,
    include: Option<Vec<String>>,
    omit: Option<Vec<String>>,
    fail_under: Option<f64>,
    /// The programs that it runs.
    programs: BTreeSet<RepoPath>,
    seen: bool,
}

fn of_folder(survey: &Survey<'_>, dir: &str) -> Vec<Scope> {
    let file = configured(survey, dir);
    let mut starts = by_pytests(survey, dir);
    for run in survey.starts(dir, "coverage") {
        starts.extend(by_coverage(survey, dir, &run));
    }
    if starts.is_empty() && file.is_some() {
        starts.push(Start::default());
    }
    let collects = |start: &Start| match start.seen {
        true => Collects::Yes,
        false if survey.starts(dir, "pytest").is_empty() => Collects::Unstarted,
        false => Collects::No,
    };
    let scope = |start: &Start| scope(survey, dir, file.as_ref(), start).collects(collects(start));
    starts.iter().map(scope).collect()
}

/// The runs of pytest that measure; what a command line says comes behind `addopts`.
fn by_pytests(survey: &Survey<'_>, dir: &str) -> Vec<Start> {
    let speaks = |words: &[String]| words.iter().any(|word| word.starts_with("--cov"));
    let mut starts: Vec<Start> = Vec::new();
    for run in survey.starts(dir, "pytest") {
        let (mut at, mut words) = (Vec::new(), Vec::new());
        for (path, more) in pytest::options(survey, dir, &run.words).into_iter().chain([(run.at, run.words)])
        {
            at.extend(speaks(&more).then_some(path));
            words.extend(more);
        }
        let start = by_pytest(at, &words);
        let known = starts.iter().any(|known| Start { at: start.at.clone(), ..known.clone() } == start);
        starts.extend(Some(start).filter(|start| start.seen && !known));
    }
    if starts.is_empty()
        && let Some((path, words)) = pytest::own_options(survey, dir)
    {
        starts.extend(Some(by_pytest(vec![path], &words)).filter(|start| start.seen));
    }
    starts
}

fn by_pytest(at: Vec<RepoPath>, words: &[String]) -> Start {
    let mut start = Start { at, ..Start::default() };
    let (mut source, mut everything) = (Vec::new(), false);
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let (name, mut value) =
            word.split_once('=').map_or((word.as_str(), None), |(n, v)| (n, Some(v.to_owned())));
        if !name.starts_with("--cov") && name != "--no-cov" {
            continue;
        }
        if value.is_none() && !matches!(name, "--cov-append" | "--cov-branch" | "--no-cov" | "--cov-reset") {
            value = words.next_if(|next| !next.starts_with('-')).cloned();
        }
        match (name, value) {
            ("--cov", Some(value)) => {
                start.seen = true;
                source.push(value);
            }
            ("--cov", None) => (start.seen, everything) = (true, true),
            ("--cov-reset", _) => source.clear(),
            ("--cov-config", Some(value)) => start.config = Some(value),
            ("--cov-fail-under", Some(value)) => start.fail_under = value.parse().ok(),
            ("--no-cov", _) => return Start::default(),
            _ => {}
        }
    }
    start.source = (start.seen && !everything).then_some(source);
    start
}

fn by_coverage(survey: &Survey<'_>, dir: &str, run: &Run) -> Option<Start> {
    let (command, words) = run.words.split_first()?;
    if command != "run" {
        return None;
    }
    const SWITCHES: [&str; 8] = ["branch", "parallelMode", "p", "append", "a", "m", "timid", "pylib"];
    let flags = flags::flags(words, &SWITCHES, &[], Wraps::Command);
    let list = |key: &str| {
        let last = texts(&flags, key).ok().flatten()?.pop()?;
        Some(last.split(',').map(|t| t.trim().to_owned()).collect())
    };
    let programs = words.iter().filter_map(|word| place(dir, word)?.parse::<RepoPath>().ok());
    let programs = programs.filter(|path| path.extension() == "py" && survey.tree.contains(path));
    Some(Start {
        at: vec![run.at.clone()],
        programs: programs.collect(),
        config: text(&flags, "rcfile").ok().flatten(),
        source: list("source"),
        include: list("include"),
        omit: list("omit"),
        seen: true,
        ..Start::default()
    })
}

/// The file that coverage.py takes its settings from, with the settings.
pub(super) type File = (RepoPath, Result<Value, Undecided>);

pub(super) fn configured(survey: &Survey<'_>, dir: &str) -> Option<File> {
    FILES.iter().find_map(|name| {
        let path = survey.first(dir, &[name])?;
        let settings = settings(survey, &path);
        let own = name.starts_with(".coveragerc");
        match &settings {
            Ok(value) if !own && *value == Value::Null => None,
            // A file that is not coverage.py's own is passed over where it can't be read: others read it too.
            Err(_) if !own => None,
            _ => Some((path, settings)),
        }
    })
}

/// The settings as `run` and `report` with lists; `null` where the file has none.
fn settings(survey: &Survey<'_>, path: &RepoPath) -> Result<Value, Undecided> {
    let text = survey.tree.text(path)?.unwrap_or_default();
    if path.extension() == "toml" {
        let table: toml::Table = toml::from_str(text)
            .map_err(|e| Undecided::new(format!("is not readable as TOML: {}", e.message())).at(path))?;
        let value = Value::from(table);
        let tool = value.at(&["tool", "coverage"]);
        return Ok(if path.name() == "pyproject.toml" {
            tool.unwrap_or(Value::Null)
        } else {
            tool.unwrap_or(value)
        });
    }
    let ini = ini::parse(text);
    let says =
        |section: &str| matches!(ini.get(section), Some(Value::Object(keys)) if !keys.keys().is_empty());
    let spoken = matches!(&ini, Value::Object(all)
        if all.keys().iter().any(|section| section.starts_with("coverage:") && says(section)));
    let shared = matches!(path.name(), "setup.cfg" | "tox.ini");
    let mut settings = Object::default();
    for name in ["run", "report"] {
        let section =
            ini.get(&format!("coverage:{name}")).or_else(|| if shared { None } else { ini.get(name) });
        let Some(Value::Object(section)) = section else { continue };
        let mut read = Object::default();
        for key in section.keys() {
            let value = section.get(key).unwrap_or(Value::Null);
            let text = value.as_text().unwrap_or_default();
            if LISTS.contains(&(name, key)) {
                read.set(key, expanded(text).map_or_else(|| Value::Unknown(text.to_owned()), |t| listed(&t)));
            } else if matches!(text.to_lowercase().as_str(), "false" | "no" | "off" | "0") {
                read.set(key, Value::Bool(false));
            } else {
                read.set(key, value);
            }
        }
        settings.set(name, Value::Object(read));
    }
    // A section of any other kind, such as that of a report's format, makes the file the deciding one too.
    Ok(if shared && !spoken { Value::Null } else { Value::Object(settings) })
}

/// The items of a setting that holds a list.
fn listed(text: &str) -> Value {
    let items = text.split(['\n', ',']).map(str::trim).filter(|item| !item.is_empty());
    Value::List(items.map(|item| Value::Text(item.to_owned())).collect())
}

/// The text with the defaults of `${NAME-default}` put in. `None` where a variable has no default: only the run has it.
fn expanded(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').count();
        rest = if let Some(more) = after.strip_prefix('$') {
            out.push('$');
            more
        } else if let Some((inner, more)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            let (name, default) = inner.split_once('-')?;
            out.push_str(Some(default).filter(|_| word(name) == name.chars().count())?);
            more
        } else if word(after) > 0 {
            return None;
        } else {
            out.push('$');
            after
        };
    }
    out.push_str(rest);
    Some(out)
}

fn scope(survey: &Survey<'_>, dir: &str, file: Option<&File>, start: &Start) -> Scope {
    let named: Option<File> =
        start.config.as_deref().filter(|name| *name != ".coveragerc").and_then(|name| {
            let path: RepoPath = place(dir, name)?.parse().ok()?;
            survey.tree.contains(&path).then(|| (path.clone(), settings(survey, &path)))
        });
    let file = named.as_ref().or(file);
    let mut config: Vec<RepoPath> = file.iter().map(|(path, _)| path.clone()).collect();
    config.extend(start.at.iter().filter(|at| !config.contains(at)).cloned().collect::<Vec<_>>());
    let scope = Scope::new("coverage.py", dir, config);
    let settings = match file {
        Some((_, Err(undecided))) => {
            return scope.measured(Err(undecided.clone())).gated(Err(undecided.clone()));
        }
        Some((_, Ok(settings))) => settings.clone(),
        None => Value::Null,
    };
    let gates = gates(&settings, start);
    scope.measured_or_loaded(measured(survey, dir, &settings, start)).gated(gates)
}

fn gates(settings: &Value, start: &Start) -> Result<BTreeMap<String, Gate>, Undecided> {
    let configured = settings.at(&["report", "fail_under"]);
    let configured = configured.map(|value| figures(&value, "fail_under")).transpose()?;
    let figure = start.fail_under.map(Gate::AtLeast).or(configured.and_then(|f| f.into_values().next()));
    Ok(figure.map(|figure| ("fail_under".to_owned(), figure)).into_iter().collect())
}

/// What decides of a file: where it is looked for, and the patterns.
struct Rules {
    include: Option<Vec<Regex>>,
    omit: Vec<Regex>,
    report_include: Option<Vec<Regex>>,
    report_omit: Vec<Regex>,
}

impl Rules {
    fn measures(&self, path: &RepoPath) -> bool {
        let absolute = format!("{ROOT}/{path}");
        let any = |patterns: &[Regex]| patterns.iter().any(|regex| regex.is_match(&absolute));
        self.include.as_deref().is_none_or(any)
            && !any(&self.omit)
            && self.report_include.as_deref().is_none_or(any)
            && !any(&self.report_omit)
    }
}

fn measured(
    survey: &Survey<'_>,
    dir: &str,
    settings: &Value,
    start: &Start,
) -> Result<(Mode, BTreeSet<RepoPath>, Vec<Loading>), Undecided> {
    let run = settings.get("run").unwrap_or(Value::Null);
    let report = settings.get("report").unwrap_or(Value::Null);
    let list = |section: &Value, key: &str| texts(section, key);
    let named = match &start.source {
        Some(source) => source.clone(),
        None => list(&run, "source")?.unwrap_or_default(),
    };
    let packages = list(&run, "source_pkgs")?.unwrap_or_default();
    let folders = list(&run, "source_dirs")?.unwrap_or_default();
    let sources = named.iter().chain(&folders).map(|name| (name, true));
    let sources = sources.chain(packages.iter().map(|name| (name, false)));
    let sources: Vec<(&String, bool)> = sources.filter(|(name, _)| !name.is_empty()).collect();
    let compiled = |texts: Option<Vec<String>>| texts.map(|texts| patterns(dir, &texts)).transpose();
    let include = start.include.clone().map_or_else(|| list(&run, "include"), |i| Ok(Some(i)))?;
    let omit = start.omit.clone().map_or_else(|| list(&run, "omit"), |o| Ok(Some(o)))?;
    let rules = Rules {
        include: compiled(include.filter(|patterns| sources.is_empty() && !patterns.is_empty()))?,
        omit: compiled(omit)?.unwrap_or_default(),
        report_include: compiled(list(&report, "include")?.filter(|patterns| !patterns.is_empty()))?,
        report_omit: compiled(list(&report, "omit")?)?.unwrap_or_default(),
    };
    let importable = |path: &&RepoPath| {
        let stem = path.name().strip_suffix(".py").or_else(|| path.name().strip_suffix(".pyw"));
        stem.is_some_and(|stem| !stem.is_empty() && !stem.contains(|c| ".#~!$@%^&*()+=,".contains(c)))
    };
    let namespaces = truth(&report, "include_namespace_packages")?.unwrap_or(false);
    let mut files = BTreeSet::new();
    if sources.is_empty() {
        files.extend(survey.under(dir).filter(importable).filter(|path| rules.measures(path)).cloned());
        return Ok((Mode::Loaded, files, Vec::new()));
    }
    // What is in no package is found by no walk, but a test may load it.
    let mut loadable = BTreeSet::new();
    let places: Vec<Place> =
        sources.iter().filter_map(|(name, folder)| Place::of(survey, dir, name, *folder)).collect();
    for Place { at, walked } in &places {
        let reached = |path: &&RepoPath| *walked && (namespaces || packaged(survey, at, path));
        let itself = survey.files.binary_search_by(|path| path.as_str().cmp(at)).ok();
        let below = survey.under(at).chain(itself.map(|at| survey.files[at]));
        for path in below.filter(importable).filter(|path| rules.measures(path)) {
            if reached(&path) {
                files.insert(path.clone());
            } else {
                loadable.insert(path.clone());
            }
        }
    }
    if !places.is_empty() && places.iter().all(|place| !place.walked) {
        return Ok((Mode::Loaded, loadable, Vec::new()));
    }
    let started = || tests(survey, dir).into_iter().chain(start.programs.iter().cloned()).collect();
    let loading = Loading::beyond(&files, loadable, started);
    Ok((Mode::Matching, files, vec![loading]))
}

/// The files that pytest takes for tests by default.
fn tests(survey: &Survey<'_>, dir: &str) -> BTreeSet<RepoPath> {
    let is_test = |name: &str| {
        let stem = name.strip_suffix(".py").unwrap_or_default();
        stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest"
    };
    survey.under(dir).filter(|path| is_test(path.name())).cloned().collect()
}

/// Where a source is.
struct Place {
    /// A folder or a file.
    at: String,
    /// Whether it is looked through for files that no test loads.
    walked: bool,
}

impl Place {
    /// A folder, or a package or module found from the root of the run or its `src`. Of a package without a file of
    /// its own, which is one that only names others, nothing is looked for.
    fn of(survey: &Survey<'_>, dir: &str, source: &str, folder: bool) -> Option<Self> {
        let named = place(dir, source)?;
        if folder && (named.is_empty() || survey.under(&named).next().is_some()) {
            return Some(Self { at: named, walked: true });
        }
        let module = source.replace('.', "/");
        let roots = ["", "src", "lib", "python"];
        let mut places =
            roots.iter().filter_map(|root| place(dir, format!("{root}/{module}").trim_start_matches('/')));
        places.find_map(|at| {
            if survey.under(&at).next().is_some() {
                let walked = survey.first(&at, &["__init__.py"]).is_some();
                return Some(Self { at, walked });
            }
            let file = format!("{at}.py");
            let found = file.parse().is_ok_and(|path| survey.tree.contains(&path));
            found.then_some(Self { at: file, walked: true })
        })
    }
}

/// Whether every folder between the source and the file is a package.
fn packaged(survey: &Survey<'_>, source: &str, path: &RepoPath) -> bool {
    ancestors(path.dir())
        .take_while(|dir| *dir != source && below(source, dir).is_some())
        .all(|dir| survey.first(dir, &["__init__.py"]).is_some())
}

/// Patterns as coverage.py reads them: those that start with no wildcard also count from the folder of the run.
pub(super) fn patterns(dir: &str, texts: &[String]) -> Result<Vec<Regex>, Undecided> {
    let mut found = Vec::new();
    for text in texts {
        found.push(pattern(text)?);
        if !text.starts_with(['*', '?']) {
            let absolute = place(dir, text).map(|at| format!("{ROOT}/{at}"));
            let kept = if text.ends_with('/') { "/" } else { "" };
            found.extend(absolute.map(|at| pattern(&format!("{at}{kept}"))).transpose()?);
        }
    }
    Ok(found)
}

fn pattern(text: &str) -> Result<Regex, Undecided> {
    let unread = || Undecided::new(format!("holds the pattern {text:?}, which coverage.py does not accept"));
    let text = text.replace('\\', "/");
    let text = if text.contains('/') { text } else { format!("**/{text}") };
    let mut out = String::from("^(?:");
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let stars = rest.len() - rest.trim_start_matches('*').len();
        let first = rest.len() == text.len();
        let after = &rest[stars..];
        let (regex, len) = match c {
            '*' if stars > 2 => return Err(unread()),
            '*' if first && after.starts_with('/') => ("(?:.*[/\\\\])?".to_owned(), stars + 1),
            '*' if stars == 2 && after.starts_with("/**") => return Err(unread()),
            '*' if stars == 2 && after.starts_with('/') => ("(?:.*[/\\\\])?".to_owned(), 3),
            '*' if stars == 2 && !after.is_empty() => return Err(unread()),
            '*' => ("[^/\\\\]*".to_owned(), 1),
            '/' => {
                let tail = rest[1..].trim_start_matches('*');
                let ends = tail.is_empty() && rest.len() > 1;
                if ends { ("[/\\\\].*".to_owned(), rest.len()) } else { ("[/\\\\]".to_owned(), 1) }
            }
            '?' => ("[^/\\\\]".to_owned(), 1),
            '[' => {
                let close = rest.find(']').ok_or_else(unread)?;
                (rest[..=close].to_owned(), close + 1)
            }
            ']' => return Err(unread()),
            c => (regex::escape(&c.to_string()), c.len_utf8()),
        };
        out.push_str(&regex);
        rest = &rest[len..];
    }
    out.push_str(")$");
    Regex::new(&out).map_err(|_| unread())
}
