//! Coverlet and Microsoft's collector: the filters of a `.runsettings` file, of a test project's properties and of the
//! command that runs it.
//!
//! Assemblies are told by their projects. A filter over types is judged by the usual convention, by which a type's name
//! is its project's namespace with its folders and its file: what a file really declares is not read.

mod filter;
mod projects;

use std::collections::{BTreeMap, BTreeSet};

use super::survey::{Survey, below, place};
use super::{Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::xml;
use crate::undecided::Undecided;
use filter::Filter;
use projects::{Project, Properties};

pub(super) const NEEDS: &[&str] =
    &["**/*.{csproj,fsproj,vbproj}", "**/*.runsettings", "**/Directory.Build.{props,targets}"];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let projects = projects::read(survey);
    let mut found = Vec::new();
    for path in survey.files.iter().filter(|path| path.extension() == "runsettings") {
        found.extend(of_run_settings(survey, path, &projects));
    }
    for project in projects.iter().filter(|project| project.is_test) {
        found.extend(of_project(survey, project, &projects));
    }
    found
}

/// A file whose collectors are set up to measure coverage; `None` where it speaks of something else.
fn of_run_settings(survey: &Survey<'_>, path: &RepoPath, projects: &[Project]) -> Option<Scope> {
    let scope = Scope::new("coverlet", path.dir(), vec![path.clone()]);
    let text = match survey.tree.text(path) {
        Ok(text) => text.unwrap_or_default(),
        Err(undecided) => return Some(scope.measured(Err(undecided))),
    };
    let document = match xml::parse(text) {
        Ok(document) => document,
        Err(why) => return Some(scope.measured(Err(Undecided::new(why).at(path)))),
    };
    let named = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    let collector = |name: &str| {
        let is = move |node: &roxmltree::Node<'_, '_>| {
            node.attribute("friendlyName").is_some_and(|given| given.eq_ignore_ascii_case(name))
                && !node.attribute("enabled").is_some_and(|on| on.eq_ignore_ascii_case("false"))
        };
        named("DataCollector").find(is)
    };
    let filter = if let Some(collector) = collector("XPlat code coverage") {
        let settings = xml::child(collector, "Configuration");
        let value = |name: &str| {
            settings.and_then(|settings| xml::text(settings, name)).unwrap_or_default().to_owned()
        };
        Filter::of_coverlet(&value)
    } else {
        Filter::of_collector(collector("Code Coverage")?)
    };
    let all: Vec<&Project> = projects.iter().collect();
    Some(scope.measured(filter.and_then(|filter| measured(survey, &all, &filter))))
}

/// A test project that measures while it is built and run.
fn of_project(survey: &Survey<'_>, project: &Project, projects: &[Project]) -> Option<Scope> {
    let mut properties = project.properties.clone();
    let mut config = vec![project.path.clone()];
    config.extend(project.shared.iter().cloned());
    let mut speaks = KEYS.iter().any(|key| properties.contains_key(*key));
    for command in survey.commands.iter() {
        let Some(words) = command.start("dotnet") else { continue };
        let inside = below(&command.dir, project.path.as_str()).is_some();
        let named = words.iter().filter(|word| word.ends_with("proj"));
        let meant = named.map(|word| place(&command.dir, word)).collect::<Vec<_>>();
        let meant = meant.is_empty() || meant.iter().flatten().any(|at| at == project.path.as_str());
        if words.first().is_some_and(|word| word == "test") && inside && meant {
            let given = given(words);
            if !given.is_empty() && !config.contains(&command.at) {
                config.push(command.at.clone());
            }
            speaks |= !given.is_empty();
            properties.extend(given);
        }
    }
    let collects = properties.get("CollectCoverage").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !speaks || !(collects || KEYS[1..].iter().any(|key| properties.contains_key(*key))) {
        return None;
    }
    let scope = Scope::new("coverlet", project.path.dir(), config);
    let value = |name: &str| properties.get(name).cloned().unwrap_or_default();
    let seen = projects::reached(project, projects);
    let files = Filter::of_coverlet(&value).and_then(|filter| measured(survey, &seen, &filter));
    Some(scope.measured(files).gated(gates(&properties)))
}

/// The properties that are Coverlet's, the one that switches it on first.
const KEYS: [&str; 9] = [
    "CollectCoverage",
    "Exclude",
    "Include",
    "ExcludeByFile",
    "ExcludeByAttribute",
    "Threshold",
    "ThresholdType",
    "ThresholdStat",
    "IncludeTestAssembly",
];

/// What the words of a command set: `/p:Name=value`, with `-p:` and `--property:` for it.
fn given(words: &[String]) -> Properties {
    const FLAGS: [&str; 6] = ["/p:", "-p:", "--p:", "/property:", "-property:", "--property:"];
    let set = words.iter().filter_map(|word| {
        let (name, value) = FLAGS.iter().find_map(|flag| word.strip_prefix(flag))?.split_once('=')?;
        let name = KEYS.iter().find(|key| key.eq_ignore_ascii_case(name))?;
        Some(((*name).to_owned(), value.trim_matches(['"', '\\', '\'']).to_owned()))
    });
    set.collect()
}

/// The figures for lines, branches and methods, and whether each module has to reach them.
fn gates(properties: &Properties) -> Result<BTreeMap<String, Gate>, Undecided> {
    let mut found = BTreeMap::new();
    let Some(figures) = properties.get("Threshold").filter(|text| !text.is_empty()) else { return Ok(found) };
    let kinds = properties.get("ThresholdType").filter(|text| !text.is_empty());
    let kinds = filter::items(kinds.map_or("line,branch,method", String::as_str));
    let figures = filter::items(figures);
    for (at, kind) in kinds.iter().enumerate() {
        let figure = figures.get(at).or(figures.last()).map_or("", String::as_str);
        let figure: f64 = figure.parse().map_err(|_| super::settings::untold("Threshold", figure))?;
        found.insert(format!("threshold.{}", kind.to_lowercase()), Gate::AtLeast(figure));
    }
    let each = properties
        .get("ThresholdStat")
        .is_none_or(|stat| stat.eq_ignore_ascii_case("minimum") || stat.is_empty());
    found.insert("threshold.each-module".to_owned(), Gate::On(each));
    Ok(found)
}

/// The sources of these projects that the filter keeps.
fn measured(
    survey: &Survey<'_>,
    projects: &[&Project],
    filter: &Filter,
) -> Result<(Mode, BTreeSet<RepoPath>), Undecided> {
    let mut files = BTreeSet::new();
    let by_dir: BTreeMap<&str, &&Project> =
        projects.iter().map(|project| (project.path.dir(), project)).collect();
    let all: BTreeSet<&str> = survey
        .files
        .iter()
        .filter(|path| path.extension().ends_with("proj"))
        .map(|path| path.dir())
        .collect();
    for path in survey.files.iter().filter(|path| matches!(path.extension(), "cs" | "fs" | "vb")) {
        let nearest = ancestors(path.dir()).find(|dir| all.contains(dir));
        let Some(project) = nearest.and_then(|dir| by_dir.get(dir)) else { continue };
        let own = !project.is_test || filter.test_assembly;
        if own && filter.keeps(&project.assembly, &project.type_of(path), path.as_str()) {
            files.insert((*path).clone());
        }
    }
    Ok((Mode::Matching, files))
}

#[cfg(test)]
mod tests;
