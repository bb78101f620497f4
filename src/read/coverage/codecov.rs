//! Codecov: what its configuration leaves out of the reports that are uploaded, and the statuses that it sets.
//!
//! Site and owner settings come first in the service and are not in the repository: an account may have a `project`
//! status without a word of it in the file. A status that the file does not name is taken for the service's default
//! only where all accounts have the same one, which is `patch`.

mod gates;
mod patterns;

use std::collections::BTreeSet;

use super::actions;
use super::settings::texts;
use super::sources::sources;
use super::survey::Survey;
use super::{Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::read::json::{Object, Value};
use crate::read::yaml;
use crate::undecided::Undecided;
use patterns::Patterns;

pub(super) const NEEDS: &[&str] = &["{,.github/,dev/}{codecov,.codecov}.{yml,yaml}"];

/// The order in which the service finds them: by name, the root first.
const NAMES: [&str; 4] = [".codecov.yaml", ".codecov.yml", "codecov.yaml", "codecov.yml"];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let Some(path) = ["", ".github", "dev"].iter().find_map(|dir| survey.first(dir, &NAMES)) else {
        return Vec::new();
    };
    let settings = settings(survey, &path);
    let uploads = uploads(survey);
    let mut config = vec![path];
    for upload in uploads.iter().filter(|upload| upload.flags.is_some()) {
        if !config.contains(&upload.at) {
            config.push(upload.at.clone());
        }
    }
    let mut scope = Scope::new("codecov", "", config);
    scope.stage = Stage::Report;
    vec![match settings {
        Ok(settings) => {
            let gates = gates::gates(&settings);
            scope.measured(measured(survey, &settings, &uploads)).gated(gates)
        }
        Err(undecided) => scope.measured(Err(undecided.clone())).gated(Err(undecided)),
    }]
}

/// The file's settings, with what stands under `coverage` by an older habit put where it belongs.
fn settings(survey: &Survey<'_>, path: &RepoPath) -> Result<Value, Undecided> {
    let text = survey.tree.text(path)?.unwrap_or_default();
    let documents = yaml::parse(text)
        .map_err(|error| Undecided::new(format!("is not readable as YAML: {error}")).at(path))?;
    let mut settings = match documents.first().map(convert) {
        Some(Value::Object(settings)) => settings,
        _ => Object::default(),
    };
    let coverage = settings.get("coverage").unwrap_or(Value::Null);
    for key in ["ignore", "flags", "parsers"] {
        if let Some(value) = coverage.get(key) {
            settings.set(key, value);
        }
    }
    Ok(Value::Object(settings))
}

/// YAML 1.1, as the service reads it: `off` is false.
fn convert(node: &yaml::Node) -> Value {
    match &node.value {
        yaml::Value::List(items) => Value::List(items.iter().map(convert).collect()),
        yaml::Value::Map(entries) => {
            let entry =
                |(key, value): &(yaml::Node, yaml::Node)| Some((key.text()?.to_owned(), convert(value)));
            Value::Object(entries.iter().filter_map(entry).collect())
        }
        yaml::Value::Scalar { .. } if node.is_null() => Value::Null,
        yaml::Value::Scalar { text, plain } => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" if *plain => Value::Bool(true),
            "false" | "no" | "off" if *plain => Value::Bool(false),
            lower => match lower.parse::<f64>() {
                Ok(number) if *plain && number.is_finite() => Value::Number(number),
                _ => Value::Text(text.clone()),
            },
        },
    }
}

/// One upload of reports.
struct Upload {
    at: RepoPath,
    /// Its flags; `None` where it has none, or where only the run could tell.
    flags: Option<Vec<String>>,
}

/// The uploads of the automation, as far as a workflow or a command line shows them.
fn uploads(survey: &Survey<'_>) -> Vec<Upload> {
    let mut found = Vec::new();
    for (path, step) in actions::steps(survey, &["codecov/codecov-action"]) {
        let flags = actions::input(&step, "flags").and_then(|value| named([value]));
        found.push(Upload { at: path, flags });
    }
    for command in survey.commands.iter() {
        let starts = ["codecov", "codecovcli"].into_iter().find_map(|tool| command.start(tool));
        let Some(words) = starts else { continue };
        let mut given = Vec::new();
        for (at, word) in words.iter().enumerate() {
            if matches!(word.as_str(), "-F" | "--flag" | "--flags") {
                given.extend(words.get(at + 1).map(String::as_str));
            } else if let Some(value) = word.strip_prefix("--flag=").or_else(|| word.strip_prefix("--flags="))
            {
                given.push(value);
            }
        }
        found.push(Upload { at: command.at.clone(), flags: named(given) });
    }
    found
}

fn named<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Vec<String>> {
    let flags = texts.into_iter().flat_map(|text| text.split([',', '\n'])).map(|flag| flag.trim().to_owned());
    let flags: Vec<String> = flags.filter(|flag| !flag.is_empty()).collect();
    (!flags.is_empty() && flags.iter().all(|flag| !flag.contains('$'))).then_some(flags)
}

fn measured(
    survey: &Survey<'_>,
    settings: &Value,
    uploads: &[Upload],
) -> Result<(Mode, BTreeSet<RepoPath>), Undecided> {
    let ignored = texts(settings, "ignore")?.unwrap_or_default();
    let mut rules = Vec::new();
    let plain = uploads.is_empty() || uploads.iter().any(|upload| upload.flags.is_none());
    if plain {
        rules.push(Patterns::new(ignored.iter().map(String::as_str), [])?);
    }
    let flagged = uploads.iter().filter_map(|upload| upload.flags.as_ref()).filter(|_| !plain);
    for flags in flagged.collect::<BTreeSet<_>>() {
        let (mut ignored, mut paths) = (ignored.clone(), Vec::new());
        for flag in flags {
            let flag = gates::flag(settings, flag);
            ignored.extend(texts(&flag, "ignore")?.unwrap_or_default());
            paths.extend(texts(&flag, "paths")?.unwrap_or_default());
        }
        rules.push(Patterns::new(ignored.iter().map(String::as_str), paths.iter().map(String::as_str))?);
    }
    let kept = |path: &&RepoPath| rules.iter().any(|rules| rules.keeps(path.as_str()));
    Ok((Mode::Loaded, sources(survey, "").filter(kept).cloned().collect()))
}

#[cfg(test)]
mod tests;
