//! JaCoCo's Maven plugin: `report` and `check` with their patterns, rules and switches.

use std::collections::{BTreeMap, BTreeSet};

use super::{Limit, Read, Rule};
use crate::ids::RepoPath;
use crate::read::coverage::jvm::{Filter, Pattern, Source, sources};
use crate::read::coverage::settings::untold;
use crate::read::coverage::survey::Survey;
use crate::read::coverage::{Gate, Scope};
use crate::read::maven::{self, Dom, Execution, Given, Plugin, Project};
use crate::undecided::Undecided;

const PLUGIN: &str = "jacoco-maven-plugin";

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let (given, by_name) = given(survey);
    let projects = maven::projects(survey.tree, &given, wants);
    let known: Vec<&Project> = projects.iter().filter_map(|project| project.as_ref().ok()).collect();
    let mut found = Vec::new();
    for project in &projects {
        match project {
            Ok(project) => {
                let managed = || project.managed.iter().find(|plugin| by_name && plugin.artifact == PLUGIN);
                if let Some(plugin) = project.plugin(PLUGIN).or_else(managed) {
                    found.extend(module(survey, project, plugin, &known));
                }
            }
            // Others will tell of a file that can't be read; what stood in it is not known here.
            Err(undecided) => {
                if let Some(path) = &undecided.path
                    && survey.tree.text(path).is_ok_and(|text| text.is_some_and(|t| t.contains(PLUGIN)))
                {
                    let scope = Scope::new("jacoco", path.dir(), vec![path.clone()]);
                    found.push(scope.measured(Err(undecided.clone())).gated(Err(undecided.clone())));
                }
            }
        }
    }
    found
}

/// A profile that brings JaCoCo in counts even where nothing in the tree activates it; one that only skips it does not.
fn wants(profile: &Dom) -> bool {
    fn any(dom: &Dom, of: &impl Fn(&Dom) -> bool) -> bool {
        of(dom) || dom.children.iter().any(|child| any(child, of))
    }
    any(profile, &|dom| dom.name == "artifactId" && dom.value == PLUGIN)
        && !any(profile, &|dom| matches!(dom.name.as_str(), "jacoco.skip" | "skip") && dom.value == "true")
}

/// What the commands of the tree give Maven: profiles that any names, properties that all that verify agree on. And
/// whether a goal of JaCoCo's is called by name.
fn given(survey: &Survey<'_>) -> (Given, bool) {
    let mut given = Given::default();
    let mut by_name = false;
    let mut agreed: Option<BTreeMap<String, String>> = None;
    for command in survey.commands.iter() {
        let Some(words) = ["mvn", "mvnw", "mvnd"].iter().find_map(|tool| command.start(tool)) else {
            continue;
        };
        by_name |=
            words.iter().any(|word| word.starts_with("jacoco:") || word.contains(&format!("{PLUGIN}:")));
        let (mut properties, mut verifies) = (BTreeMap::new(), false);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let value = |rest: &str, words: &mut std::slice::Iter<'_, String>| {
                if rest.is_empty() { words.next().cloned() } else { Some(rest.to_owned()) }
            };
            if let Some(rest) = word.strip_prefix("-D") {
                let Some(pair) = value(rest, &mut words) else { continue };
                let (name, text) = pair.split_once('=').unwrap_or((&pair, "true"));
                properties.insert(name.to_owned(), text.to_owned());
            } else if let Some(rest) = word.strip_prefix("-P") {
                let ids = value(rest, &mut words).unwrap_or_default();
                given.profiles.extend(ids.split(',').map(|id| id.trim_start_matches(['+', '?']).to_owned()));
            }
            verifies |= matches!(word.as_str(), "verify" | "install" | "deploy" | "jacoco:check");
        }
        if verifies {
            agreed = Some(match agreed {
                None => properties,
                Some(before) => {
                    before.into_iter().filter(|(name, v)| properties.get(name) == Some(v)).collect()
                }
            });
        }
    }
    given.properties = agreed.unwrap_or_default();
    (given, by_name)
}

fn module(survey: &Survey<'_>, project: &Project, plugin: &Plugin, known: &[&Project]) -> Vec<Scope> {
    let roots: Vec<String> = project.source_directory.iter().cloned().collect();
    let own = if project.packaging == "pom" { Vec::new() } else { sources(survey, &project.dir, &roots) };
    let runs = |goals: &[&str]| -> Vec<Dom> {
        let bound = |e: &&Execution| {
            e.phase.as_deref() != Some("none") && e.goals.iter().any(|g| goals.contains(&g.as_str()))
        };
        plugin.executions.iter().filter(bound).map(|execution| plugin.configured(execution)).collect()
    };
    let aggregates = runs(&["report-aggregate"]);
    let mut reports = runs(&["report", "report-integration"]);
    if reports.is_empty() && aggregates.is_empty() {
        // Called by name, or by a service that reads what the agent wrote: the plugin's own configuration counts.
        reports.push(plugin.configuration.clone().unwrap_or_default());
    }
    let checks = runs(&["check"]);
    let together: Vec<Source<'_>> = if aggregates.is_empty() {
        Vec::new()
    } else {
        let depends = |other: &&&Project| {
            project
                .dependencies
                .iter()
                .any(|d| d[1] == other.artifact && d[0] == other.group && d[2] != "test")
        };
        known.iter().filter(depends).flat_map(|other| sources(survey, &other.dir, &[])).collect()
    };
    if own.is_empty() && together.is_empty() {
        return Vec::new();
    }
    let report = kept(project, &reports, &own).and_then(|mut files| {
        files.extend(kept(project, &aggregates, &together)?);
        Ok(files)
    });
    let mut switches = BTreeMap::new();
    let mut rules = Vec::new();
    for check in &checks {
        rules.extend(check.child("rules").iter().flat_map(|rules| &rules.children).map(rule));
        let mut switch = |name: &str, on: bool| {
            let before = switches.get(name) == Some(&Gate::On(true));
            switches.insert(name.to_owned(), Gate::On(on || before));
        };
        switch("check", !is(project, check, "skip", "jacoco.skip", false));
        switch("haltOnFailure", is(project, check, "haltOnFailure", "jacoco.haltOnFailure", true));
    }
    let read = Read {
        dir: &project.dir,
        config: project.files.clone(),
        check: (!checks.is_empty()).then(|| {
            // A check that is skipped still says what it would look at; that it is skipped is told as a gate.
            let all: Vec<Dom> = checks.iter().map(|check| check.clone().with("skip", "false")).collect();
            kept(project, &all, &own)
        }),
        sources: &own,
        report,
        rules,
        bundle: &project.artifact,
        switches,
        unknown: None,
    };
    read.scopes()
}

/// A switch of the plugin: its own element, or the property that stands for it.
fn is(project: &Project, dom: &Dom, element: &str, property: &str, default: bool) -> bool {
    let text = dom.text(element).or_else(|| project.properties.get(property).map(String::as_str));
    match text.map(str::trim) {
        Some("true") => true,
        Some("false") => false,
        _ => default,
    }
}

/// The files that any of these runs keeps.
fn kept(project: &Project, runs: &[Dom], sources: &[Source<'_>]) -> Result<BTreeSet<RepoPath>, Undecided> {
    let mut files = BTreeSet::new();
    for run in runs {
        if is(project, run, "skip", "jacoco.skip", false) {
            continue;
        }
        let patterns = |name: &str| -> Result<Vec<Pattern>, Undecided> {
            let texts = run.list(name);
            let texts =
                texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|t| !t.is_empty());
            texts
                .map(|text| match text.strip_prefix("%ant[").and_then(|rest| rest.strip_suffix(']')) {
                    Some(inner) => Ok(Pattern::Ant(inner.to_owned())),
                    None if text.contains("${") || text.starts_with("%regex[") => Err(untold(name, text)),
                    None => Ok(Pattern::Ant(text.trim_start_matches('/').to_owned())),
                })
                .collect()
        };
        let filter = Filter { includes: patterns("includes")?, excludes: patterns("excludes")? };
        files.extend(filter.files(sources));
    }
    Ok(files)
}

fn rule(dom: &Dom) -> Rule {
    let limits = dom.child("limits");
    let limit = |dom: &Dom| {
        let text = |name| dom.text(name).map(str::to_owned);
        Limit {
            counter: text("counter"),
            value: text("value"),
            minimum: text("minimum"),
            maximum: text("maximum"),
        }
    };
    Rule {
        element: dom.text("element").map(str::to_owned),
        includes: dom.list("includes"),
        excludes: dom.list("excludes"),
        limits: limits.iter().flat_map(|limits| &limits.children).map(limit).collect(),
    }
}
