//! What Mocha takes for tests: `spec`, `ignore`, `extension` and `recursive` of `.mocharc` or the command.

use std::collections::BTreeSet;

use super::{Filter, Selected};
use crate::ids::RepoPath;
use crate::read::coverage::flags::{self, Run, Wraps};
use crate::read::coverage::settings::{globs, text, texts};
use crate::read::coverage::survey::{Survey, place, read};
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::{self, World};
use crate::read::json::{Object, Value};
use crate::undecided::Undecided;

const NAMES: [&str; 6] =
    [".mocharc.js", ".mocharc.cjs", ".mocharc.yaml", ".mocharc.yml", ".mocharc.jsonc", ".mocharc.json"];
const SWITCHES: [&str; 14] = [
    "recursive",
    "exit",
    "bail",
    "b",
    "color",
    "colors",
    "watch",
    "w",
    "parallel",
    "p",
    "check-leaks",
    "checkLeaks",
    "full-trace",
    "forbidOnly",
];
const ALIASES: [(&str, &str); 6] =
    [("g", "grep"), ("f", "fgrep"), ("r", "require"), ("R", "reporter"), ("t", "timeout"), ("u", "ui")];

pub(super) fn selected(survey: &Survey<'_>) -> Vec<Selected> {
    let mut dirs: BTreeSet<&str> = survey.folders("mocha");
    dirs.extend(survey.files.iter().filter(|path| NAMES.contains(&path.name())).map(|path| path.dir()));
    let mut found = Vec::new();
    for dir in dirs {
        let mut runs = survey.starts(dir, "mocha");
        let file = survey.first(dir, &NAMES);
        if runs.is_empty() {
            runs.extend(file.as_ref().map(Run::bare));
        }
        for run in &runs {
            let mut selected = Selected::new("mocha", dir);
            selected.focuses_all = true;
            selected.config.extend(file.iter().cloned().chain([run.at.clone()]));
            match files(survey, dir, file.as_ref(), run, &mut selected.filter) {
                Ok(files) => selected.files = files,
                Err(undecided) => selected.undecided = Some(undecided),
            }
            found.push(selected.started_by(run));
        }
    }
    found
}

fn files(
    survey: &Survey<'_>,
    dir: &str,
    file: Option<&RepoPath>,
    run: &Run,
    filter: &mut Filter,
) -> Result<BTreeSet<RepoPath>, Undecided> {
    let flags = flags::flags(&run.words, &SWITCHES, &ALIASES, Wraps::Nothing);
    let own = match file {
        Some(path) if matches!(path.extension(), "js" | "cjs") => {
            let known = |_: &str, _: &str| None;
            javascript::config(World { tree: survey.tree, known: &known }, path)?.unwrap_or(Value::Null)
        }
        Some(path) if path.extension() != "jsonc" => read(survey.tree, path)?.unwrap_or(Value::Null),
        Some(path) => javascript_like(survey, path)?,
        None => {
            let manifest = survey.packages.iter().find(|package| package.dir == dir);
            manifest.and_then(|m| m.manifest.as_ref().ok()?.get("mocha")).unwrap_or(Value::Null)
        }
    };
    let mut settings = Object::default();
    settings.spread(own.clone());
    settings.spread(flags.clone());
    let settings = Value::Object(settings);
    if let Some(pattern) = text(&settings, "grep")? {
        *filter = Filter::named(&pattern)?;
    }
    let endings =
        texts(&settings, "extension")?.unwrap_or_else(|| ["js", "cjs", "mjs"].map(str::to_owned).to_vec());
    let recursive = settings.get("recursive").is_some_and(|v| v.truth().unwrap_or(false));
    let mut specs = texts(&own, "spec")?.unwrap_or_default();
    specs.extend(texts(&flags, "spec")?.unwrap_or_default());
    specs.extend(operands(&run.words));
    if specs.is_empty() {
        specs.push("./test".to_owned());
    }
    let ignored = texts(&settings, "ignore")?.or(texts(&settings, "exclude")?).unwrap_or_default();
    let ignored: Vec<String> = ignored.iter().filter_map(|pattern| place(dir, pattern)).collect();
    let ignored = globs(&ignored, Dialect::Minimatch)?;
    let has_ending = |path: &RepoPath| {
        endings.iter().any(|e| path.as_str().ends_with(&format!(".{}", e.trim_start_matches('.'))))
    };
    let mut found = BTreeSet::new();
    for spec in &specs {
        let Some(at) = place(dir, spec) else { continue };
        let folder: Vec<&RepoPath> = survey.under(&at).filter(|path| has_ending(path)).collect();
        if !folder.is_empty() {
            found.extend(folder.into_iter().filter(|path| recursive || path.dir() == at).cloned());
            continue;
        }
        let glob = Glob::new(&at, Dialect::Minimatch)?;
        found.extend(
            survey.files.iter().filter(|path| glob.is_match(path.as_str())).map(|path| (*path).clone()),
        );
    }
    found.retain(|path| !ignored.iter().any(|glob| glob.is_match(path.as_str())));
    Ok(found)
}

fn javascript_like(survey: &Survey<'_>, path: &RepoPath) -> Result<Value, Undecided> {
    let text = survey.tree.text(path)?.unwrap_or_default();
    crate::read::json::parse(text).map_err(|u| u.at(path))
}

/// The words that are no flags and belong to none.
fn operands(words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut takes = false;
    for word in words {
        match word.strip_prefix('-') {
            Some(flag) => {
                let name = flag.trim_start_matches('-');
                takes = !word.contains('=') && !SWITCHES.contains(&name) && !name.starts_with("no-");
            }
            None if takes => takes = false,
            None => found.push(word.clone()),
        }
    }
    found
}
