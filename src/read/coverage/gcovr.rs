//! gcovr: its configuration file with the flags of its command.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::flags::{self, Run, Wraps};
use super::native::{rooted, sources, written};
use super::posix::{self, Syntax};
use super::settings::{text, texts, untold};
use super::survey::{Survey, below, place, relative};
use super::{Gate, Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::read::javascript::ROOT;
use crate::read::json::{Object, Value};
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/*gcovr*", "**/pyproject.toml"];

const FILES: [&str; 3] = ["gcovr.cfg", "gcovr.toml", "pyproject.toml"];
const ALIASES: [(&str, &str); 8] = [
    ("r", "root"),
    ("f", "filter"),
    ("e", "exclude"),
    ("o", "output"),
    ("j", "gcovParallel"),
    ("x", "xml"),
    ("i", "include"),
    ("a", "addTracefile"),
];
/// Options that say which figure is asked for, as a flag and by what it is called here.
const GATES: [(&str, &str); 6] = [
    ("fail-under-line", "failUnderLine"),
    ("fail-under-branch", "failUnderBranch"),
    ("fail-under-function", "failUnderFunction"),
    ("fail-under-decision", "failUnderDecision"),
    ("fail-under-condition", "failUnderCondition"),
    ("fail-under-condition-or-decision", "failUnderConditionOrDecision"),
];
const VALUED: [&str; 14] = [
    "root",
    "filter",
    "exclude",
    "output",
    "gcovParallel",
    "include",
    "addTracefile",
    "config",
    "excludeDirectories",
    "excludeDirectory",
    "gcovExclude",
    "gcovFilter",
    "objectDirectory",
    "gcovExecutable",
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut dirs = survey.folders("gcovr");
    let own = survey.files.iter().filter(|path| FILES[..2].contains(&path.name()));
    let own: Vec<&str> = own.map(|path| path.dir()).filter(|dir| !started(survey, dir)).collect();
    dirs.extend(own);
    let mut found = Vec::new();
    for dir in dirs {
        let mut runs = survey.starts(dir, "gcovr");
        if runs.is_empty() {
            runs.extend(survey.first(dir, &FILES[..2]).map(|path| Run::bare(&path)));
        }
        found.extend(runs.iter().map(|run| scope(survey, dir, run)));
    }
    found
}

/// Whether some command takes the configuration of a folder.
fn started(survey: &Survey<'_>, dir: &str) -> bool {
    survey.folders("gcovr").into_iter().any(|at| {
        survey.starts(at, "gcovr").iter().any(|run| root(at, &flags(run)).is_ok_and(|root| root == dir))
    })
}

fn flags(run: &Run) -> Value {
    let switch = |word: &&String| {
        let flag = word.trim_start_matches('-').split('=').next().unwrap_or_default();
        let long = ALIASES.iter().find(|(short, _)| *short == flag).map_or(flag, |(_, long)| long);
        word.starts_with('-')
            && !long.starts_with("fail")
            && !VALUED.iter().any(|v| v.eq_ignore_ascii_case(&long.replace('-', "")))
    };
    let switches: Vec<String> =
        run.words.iter().filter(switch).map(|word| camel(word.trim_start_matches('-'))).collect();
    let switches: Vec<&str> = switches.iter().map(String::as_str).collect();
    flags::flags(&run.words, &switches, &ALIASES, Wraps::Nothing)
}

fn camel(flag: &str) -> String {
    let mut parts = flag.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut chars = part.chars();
        let upper = chars.next().map(|c| c.to_ascii_uppercase());
        name + &upper.map_or(String::new(), String::from) + chars.as_str()
    })
}

fn root(dir: &str, flags: &Value) -> Result<String, Undecided> {
    let named = written(flags, "root").pop().unwrap_or_else(|| ".".to_owned());
    place(dir, &rooted(dir, "root", &named)?).ok_or_else(|| untold("root", &named))
}

fn scope(survey: &Survey<'_>, dir: &str, run: &Run) -> Scope {
    let flags = flags(run);
    let file = file(survey, dir, &flags);
    let mut config: Vec<RepoPath> =
        file.as_ref().ok().and_then(|f| f.as_ref()).map(|(path, _)| path.clone()).into_iter().collect();
    config.extend((!config.contains(&run.at)).then(|| run.at.clone()));
    let mut scope = Scope::new("gcovr", dir, config);
    scope.stage = Stage::Report;
    match file {
        Err(undecided) => scope.measured(Err(undecided.clone())).gated(Err(undecided)),
        Ok(file) => {
            let measured = measured(survey, dir, file.as_ref(), &flags);
            scope.measured(measured.map(|files| (Mode::Loaded, files))).gated(gates(file.as_ref(), &flags))
        }
    }
}

type File = (RepoPath, Value);

/// The configuration file with its settings, each a list of texts.
fn file(survey: &Survey<'_>, dir: &str, flags: &Value) -> Result<Option<File>, Undecided> {
    let named = text(flags, "config")?;
    let path = match &named {
        Some(named) => {
            place(dir, named).and_then(|path| path.parse().ok()).filter(|path| survey.tree.contains(path))
        }
        None => survey.first(&root(dir, flags)?, &FILES),
    };
    let Some(path) = path else { return Ok(None) };
    let text = survey.tree.text(&path)?.unwrap_or_default();
    if path.extension() == "toml" {
        let table: toml::Table = toml::from_str(text)
            .map_err(|e| Undecided::new(format!("is not readable as TOML: {}", e.message())).at(&path))?;
        let value = Value::from(table);
        let value = if path.name() == "pyproject.toml" { value.at(&["tool", "gcovr"]) } else { Some(value) };
        return Ok(value.map(|value| (path, value)));
    }
    let mut lists: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in text.lines() {
        let line = if line.starts_with('#') { "" } else { line.split(" #").next().unwrap_or_default() };
        let Some((key, value)) = line.split_once('=') else { continue };
        lists.entry(key.trim().to_owned()).or_default().push(Value::Text(value.trim().to_owned()));
    }
    let settings: Object = lists.into_iter().map(|(key, values)| (key, Value::List(values))).collect();
    Ok(Some((path, Value::Object(settings))))
}

fn gates(file: Option<&File>, flags: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    let mut gates = BTreeMap::new();
    for (name, flag) in GATES {
        let own = file.and_then(|(_, settings)| settings.get(name));
        let value = flags.get(flag).or(own);
        let last = |value: Value| match value {
            Value::List(values) => values.into_iter().last().unwrap_or(Value::Null),
            value => value,
        };
        let gate = match value.map(last) {
            Some(Value::Number(figure)) => figure,
            Some(Value::Text(text)) => text.parse().map_err(|_| untold(name, &text))?,
            _ => continue,
        };
        gates.insert(name.to_owned(), Gate::AtLeast(gate));
    }
    Ok(gates)
}

/// An expression that must match from the start, against the path from a folder or the absolute one.
struct Filter {
    regex: Regex,
    from: Option<String>,
}

impl Filter {
    fn of(from: &str, flag: &str, pattern: &str) -> Result<Self, Undecided> {
        let text = rooted(from, flag, pattern)?;
        let regex = posix::regex(&format!("\\A(?:{text})"), Syntax::Perl, false)?;
        Ok(Self { regex, from: (!text.starts_with('/')).then(|| from.to_owned()) })
    }

    fn matches(&self, path: &str) -> bool {
        match &self.from {
            Some(from) => self.regex.is_match(&relative(from, path)),
            None => self.regex.is_match(&format!("{ROOT}/{path}")),
        }
    }
}

fn measured(
    survey: &Survey<'_>,
    dir: &str,
    file: Option<&File>,
    flags: &Value,
) -> Result<BTreeSet<RepoPath>, Undecided> {
    let filters = |keys: &[(&str, &str)]| -> Result<Vec<Filter>, Undecided> {
        let mut found = Vec::new();
        for (key, flag) in keys {
            for pattern in written(flags, flag) {
                found.push(Filter::of(dir, key, &pattern)?);
            }
            let Some((path, settings)) = file else { continue };
            for pattern in texts(settings, key)?.unwrap_or_default() {
                found.push(Filter::of(path.dir(), key, &pattern)?);
            }
        }
        Ok(found)
    };
    let root = match file.map(|(path, settings)| Ok::<_, Undecided>((path, texts(settings, "root")?))) {
        Some(Ok((path, Some(named)))) if flags.get("root").is_none() && !named.is_empty() => {
            place(path.dir(), &named[0]).ok_or_else(|| untold("root", &named[0]))?
        }
        Some(Err(undecided)) => return Err(undecided),
        _ => root(dir, flags)?,
    };
    let include = filters(&[("filter", "filter")])?;
    let exclude = filters(&[("exclude", "exclude")])?;
    let any = |filters: &[Filter], path: &str| filters.iter().any(|filter| filter.matches(path));
    let mut files = sources(survey, "", false);
    files.retain(|path| {
        let inside = root.is_empty() || below(&root, path.as_str()).is_some();
        let kept = if include.is_empty() { inside } else { any(&include, path.as_str()) };
        kept && !any(&exclude, path.as_str())
    });
    // These are looked for among the compiler's output, which may stand beside the sources or elsewhere.
    let objects =
        filters(&[("exclude-directories", "excludeDirectories"), ("exclude-directory", "excludeDirectory")])?;
    let hit = files.iter().find(|path| any(&objects, path.dir()));
    if let Some(path) = hit {
        return Err(untold("--exclude-directories", &format!("where the objects of {path} are put")));
    }
    for key in ["gcovExclude", "gcovFilter"] {
        if let Some(pattern) = texts(flags, key)?.and_then(|patterns| patterns.into_iter().next()) {
            return Err(untold(key, &pattern));
        }
    }
    Ok(files)
}
