//! What Kover reports and verifies: `kover { }` of 0.6 and from 0.8 on, `koverReport { }` of 0.7.
//!
//! Filters that go by annotation or ancestor exclude nothing here: what bears an annotation stands in the sources. An
//! include that goes by them leaves the scope undecided.

use std::collections::{BTreeMap, BTreeSet};

use super::jvm::{Filter, Pattern, Source, sources, spelled};
use super::settings::untold;
use super::survey::Survey;
use super::{Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::read::gradle::{self, Action, Build, Item, Project};
use crate::read::json::Value;
use crate::undecided::Undecided;

/// The files that [`scopes`] reads.
pub(super) const NEEDS: &[&str] = &crate::read::gradle::FILES;

const PLUGIN: &str = "org.jetbrains.kotlinx.kover";

/// Every scope of Kover in a tree.
pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let called =
        survey.commands.iter().filter(|c| ["gradle", "gradlew"].iter().any(|tool| c.start(tool).is_some()));
    let verified = called
        .flat_map(|c| c.words.iter())
        .any(|w| w.rsplit(':').next().is_some_and(|w| w.starts_with("koverVerify")));
    let mut found = Vec::new();
    for build in gradle::builds(survey.tree).iter() {
        let read: Vec<(&Project, Option<Reading>)> =
            build.projects.iter().map(|project| (project, Reading::of(project))).collect();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for (project, reading) in &read {
            if let Some(reading) = reading {
                taken.extend(reading.others(build, project));
            }
        }
        for (project, reading) in &read {
            let Some(reading) = reading else { continue };
            // A project that another one's report takes in, and that says nothing of its own, has no scope of its own.
            if taken.contains(&project.path) && !reading.spoken {
                continue;
            }
            found.extend(reading.scope(survey, build, project, verified));
        }
    }
    found
}

/// One set of rules with its bounds.
#[derive(Debug, Clone, Default)]
struct Rule {
    disabled: bool,
    grouped: Option<String>,
    bounds: BTreeMap<usize, Bound>,
}

#[derive(Debug, Clone, Default)]
struct Bound {
    minimum: Option<String>,
    maximum: Option<String>,
    units: Option<String>,
    aggregation: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct Reading {
    common: Filter,
    /// The filters of one report, which stand in the place of the common ones.
    own: BTreeMap<String, Filter>,
    rules: BTreeMap<usize, Rule>,
    switches: BTreeMap<String, Gate>,
    dropped_sets: Vec<String>,
    no_java: bool,
    off: bool,
    projects: Vec<Value>,
    everything_below: bool,
    spoken: bool,
    files: Option<Undecided>,
    gates: Option<Undecided>,
    config: Vec<RepoPath>,
}

impl Reading {
    fn of(project: &Project) -> Option<Self> {
        let mut reading = Self::default();
        for item in &project.items {
            reading.take(item);
        }
        let used = project.plugins.contains(PLUGIN) || project.plugins.contains("kover") || reading.spoken;
        used.then_some(reading)
    }

    fn take(&mut self, item: &Item) {
        let name = match &item.action {
            Action::Set(name, _) | Action::Add(name, _) | Action::Call(name, ..) => name.as_str(),
            Action::Unread(_) => "",
        };
        let frames = item.within.iter().flat_map(|frame| frame.name.split('.').map(|word| (word, frame.id)));
        let words: Vec<(&str, usize)> =
            frames.chain(name.split('.').map(|word| (word, usize::MAX))).collect();
        let root = words.iter().position(|(w, _)| {
            matches!(
                *w,
                "kover" | "koverReport" | "koverMerged" | "KoverProjectExtension" | "KoverReportExtension"
            )
        });
        let by_type = || {
            item.within
                .iter()
                .any(|f| f.given("KoverProjectExtension") || f.given("KoverReportExtension"))
                .then_some(0)
        };
        let Some(root) = root.or_else(by_type) else { return };
        let value = match &item.action {
            Action::Set(_, value) | Action::Add(_, value) => value.clone(),
            Action::Call(_, values, _) if values.len() == 1 => values[0].clone(),
            Action::Call(_, values, _) => Value::List(values.clone()),
            Action::Unread(text) => {
                let shown: String = text.chars().take(80).collect();
                let undecided =
                    Undecided::new(format!("line {} is not understood: `{shown}`", item.line)).at(&item.at);
                self.gates.get_or_insert(undecided.clone());
                self.files.get_or_insert(undecided);
                self.config.push(item.at.clone());
                return;
            }
        };
        if words.first().is_some_and(|(w, _)| *w == "dependencies") {
            self.projects.push(value);
            self.config.push(item.at.clone());
            return;
        }
        if words.iter().any(|(w, _)| *w == "plugins" || *w == "libs") || words.len() == 1 {
            return;
        }
        self.config.push(item.at.clone());
        let conditional = item.within.iter().any(|frame| frame.conditional);
        let words = &words[root + 1..];
        let has = |word: &str| words.iter().position(|(w, _)| *w == word);
        let last = words.last().map_or("", |(w, _)| *w);
        if last == "disable" {
            self.off = true;
        } else if let Some(at) = has("filters").or_else(|| has("filtersAppend")) {
            self.spoken = true;
            self.filter(item, words, at, &value, conditional);
        } else if let Some(at) = has("rule") {
            self.spoken = true;
            self.rule(item, words, at, &value, conditional);
        } else if has("verify").is_some() || has("verifyAppend").is_some() {
            self.spoken = true;
            match (last, &value) {
                ("warningInsteadOfFailure", Value::Bool(warns)) => {
                    self.switches.insert("failure".to_owned(), Gate::On(!warns));
                }
                ("onCheck", Value::Bool(on)) => {
                    self.switches.insert("onCheck".to_owned(), Gate::On(*on));
                }
                _ => {}
            }
        } else if has("sources").is_some() || has("excludeSourceSets").is_some() {
            match (last, value.texts()) {
                ("excludeJava", _) => self.no_java |= value == Value::Bool(true),
                ("excludedSourceSets" | "addAll" | "add" | "names" | "excludeSourceSets", Ok(texts)) => {
                    self.spoken = true;
                    self.dropped_sets.extend(texts);
                }
                _ => {}
            }
        } else if has("merge").is_some() && matches!(last, "subprojects" | "allProjects") {
            self.everything_below = true;
        } else if has("merge").is_some() && last == "projects" {
            self.projects.push(value);
        }
    }

    fn filter(&mut self, item: &Item, words: &[(&str, usize)], at: usize, value: &Value, conditional: bool) {
        let before: Vec<&str> = words[..at].iter().map(|(w, _)| *w).collect();
        let report = before.iter().find(|w| {
            matches!(
                **w,
                "total"
                    | "variant"
                    | "defaults"
                    | "androidReports"
                    | "xmlReport"
                    | "htmlReport"
                    | "xml"
                    | "html"
            )
        });
        let filter = match report {
            Some(report) => {
                let common = self.common.clone();
                let fresh = || {
                    if words[at].0 == "filtersAppend" || *report != "total" {
                        common
                    } else {
                        Filter::default()
                    }
                };
                self.own.entry((*report).to_owned()).or_insert_with(fresh)
            }
            None => &mut self.common,
        };
        let rest: Vec<&str> = words[at + 1..].iter().map(|(w, _)| *w).collect();
        // 0.6 has it the other way round: `filters { classes { excludes += … } }`.
        let excludes = rest.contains(&"excludes");
        if !excludes && !rest.contains(&"includes") {
            return;
        }
        let list = if excludes { &mut filter.excludes } else { &mut filter.includes };
        let kind = rest.iter().find(|w| {
            matches!(
                **w,
                "classes"
                    | "packages"
                    | "annotatedBy"
                    | "annotations"
                    | "inheritedFrom"
                    | "className"
                    | "packageName"
            )
        });
        let suffix = match kind {
            Some(&("classes" | "className")) => "",
            Some(&("packages" | "packageName")) => ".*",
            Some(_) if excludes => return,
            Some(kind) => {
                self.files
                    .get_or_insert(untold(kind, "what bears an annotation or an ancestor").at(&item.at));
                return;
            }
            None => return,
        };
        if matches!(&item.action, Action::Call(_, values, true) if values.is_empty()) {
            return;
        }
        match value.texts() {
            Ok(texts) if !conditional => {
                list.extend(texts.iter().map(|text| Pattern::Wild(format!("{text}{suffix}"))))
            }
            Ok(_) => drop(self.files.get_or_insert(untold("filters", "a condition").at(&item.at))),
            Err(expression) => drop(self.files.get_or_insert(untold("filters", &expression).at(&item.at))),
        }
    }

    fn rule(&mut self, item: &Item, words: &[(&str, usize)], at: usize, value: &Value, conditional: bool) {
        let id = words[at].1;
        if id == usize::MAX {
            return;
        }
        let rule = self.rules.entry(id).or_default();
        let rest = &words[at + 1..];
        let Some((last, _)) = rest.last() else { return };
        let fresh = rule.bounds.len() + 1_000_000;
        let bound_at =
            rest.iter().find(|(w, frame)| *w == "bound" && *frame != usize::MAX).map(|(_, id)| *id);
        let unknown = match value {
            Value::Unknown(expression) => Some(expression.clone()),
            Value::Either(_) => Some("a condition".to_owned()),
            _ if conditional => Some("a condition".to_owned()),
            _ => None,
        };
        let constant = |value: &Value| match value {
            Value::Unknown(text) => text.rsplit('.').next().map(str::to_owned),
            other => spelled(other),
        };
        let figure =
            matches!(*last, "minBound" | "maxBound" | "bound" | "minValue" | "maxValue" | "min" | "max");
        if let (true, Some(expression)) = (figure, &unknown) {
            self.gates.get_or_insert(untold(last, expression).at(&item.at));
            return;
        }
        match (*last, bound_at) {
            ("disabled", _) => rule.disabled = *value == Value::Bool(true),
            ("isEnabled" | "enabled", None) => rule.disabled = *value == Value::Bool(false),
            ("groupBy" | "entity" | "target", _) => rule.grouped = constant(value),
            ("minValue" | "min", Some(id)) => rule.bounds.entry(id).or_default().minimum = spelled(value),
            ("maxValue" | "max", Some(id)) => rule.bounds.entry(id).or_default().maximum = spelled(value),
            ("coverageUnits" | "metric" | "counter", Some(id)) => {
                rule.bounds.entry(id).or_default().units = constant(value)
            }
            ("aggregationForGroup" | "aggregation" | "valueType", Some(id)) => {
                rule.bounds.entry(id).or_default().aggregation = constant(value);
            }
            ("minBound" | "maxBound", None) => {
                let values = match value {
                    Value::List(values) => values.clone(),
                    one => vec![one.clone()],
                };
                let number =
                    values.iter().find(|v| matches!(v, Value::Number(_) | Value::Text(_))).and_then(spelled);
                let named = |part: &str| {
                    let words: Vec<String> = values
                        .iter()
                        .filter_map(|value| match value {
                            Value::Unknown(text) if text.contains(part) => constant(value),
                            Value::Object(_) => None,
                            _ => None,
                        })
                        .collect();
                    words.into_iter().next()
                };
                let mut bound = Bound {
                    units: named("CoverageUnit").or_else(|| named("MetricType")),
                    aggregation: named("AggregationType"),
                    ..Bound::default()
                };
                match *last {
                    "minBound" => bound.minimum = number,
                    _ => bound.maximum = number,
                }
                rule.bounds.insert(fresh, bound);
            }
            _ => {}
        }
    }

    /// The projects that its report takes in.
    fn others(&self, build: &Build, project: &Project) -> Vec<String> {
        let plain = |text: &str| text.replace(['-', '_', '.', ':'], "").to_lowercase();
        let mut found: Vec<String> = Vec::new();
        let mut named = Vec::new();
        for value in &self.projects {
            let values = match value {
                Value::List(values) => values.clone(),
                one => vec![one.clone()],
            };
            named.extend(values);
        }
        for value in &named {
            let path = match value {
                Value::Text(path) => plain(path),
                Value::Object(_) => {
                    value.get("path").and_then(|p| p.as_text().map(plain)).unwrap_or_default()
                }
                Value::Unknown(text) => text.strip_prefix("projects.").map(plain).unwrap_or_default(),
                _ => String::new(),
            };
            found.extend(
                build
                    .projects
                    .iter()
                    .filter(|p| !path.is_empty() && plain(&p.path) == path)
                    .map(|p| p.path.clone()),
            );
        }
        if self.everything_below {
            let front = format!("{}:", project.path.trim_end_matches(':'));
            let below = |p: &&Project| p.path != project.path && p.path.starts_with(&front);
            found.extend(build.projects.iter().filter(below).map(|p| p.path.clone()));
        }
        found
    }

    fn scope(&self, survey: &Survey<'_>, build: &Build, project: &Project, verified: bool) -> Option<Scope> {
        let others = self.others(build, project);
        let mut all: Vec<Source<'_>> = sources(survey, &project.dir, &[]);
        for other in build.projects.iter().filter(|p| others.contains(&p.path)) {
            all.extend(sources(survey, &other.dir, &[]));
        }
        if all.is_empty() {
            return None;
        }
        let mut config: Vec<RepoPath> = project.script.iter().cloned().collect();
        config.extend(self.config.iter().cloned());
        let mut seen = BTreeSet::new();
        config.retain(|path| seen.insert(path.clone()));
        let files = match &self.files {
            Some(undecided) => Err(undecided.clone()),
            None => Ok((Mode::Matching, self.measured(&all))),
        };
        let gates = match self.gates.clone().or_else(|| project.undecided.first().cloned()) {
            Some(undecided) => Err(undecided),
            None => self.thresholds(verified),
        };
        Some(Scope::new("kover", &project.dir, config).measured(files).gated(gates))
    }

    fn measured(&self, sources: &[Source<'_>]) -> BTreeSet<RepoPath> {
        if self.off {
            return BTreeSet::new();
        }
        let dropped = |path: &RepoPath| {
            self.no_java && path.extension() == "java"
                || self.dropped_sets.iter().any(|set| path.as_str().contains(&format!("src/{set}/")))
        };
        // The report over everything decides where it has filters of its own.
        let filter =
            ["total", "defaults"].iter().find_map(|name| self.own.get(*name)).unwrap_or(&self.common);
        filter.files(sources).into_iter().filter(|path| !dropped(path)).collect()
    }

    fn thresholds(&self, verified: bool) -> Result<BTreeMap<String, Gate>, Undecided> {
        let mut gates = BTreeMap::new();
        for rule in self.rules.values().filter(|rule| !rule.disabled) {
            for bound in rule.bounds.values() {
                let units = bound.units.as_deref().unwrap_or("LINE");
                let aggregation = bound.aggregation.as_deref().unwrap_or("COVERED_PERCENTAGE");
                let group = rule.grouped.as_deref().filter(|g| !matches!(*g, "APPLICATION" | "ALL"));
                let name =
                    format!("{}{units}.{aggregation}", group.map(|g| format!("{g}.")).unwrap_or_default());
                let number = |text: &Option<String>| match text {
                    Some(text) => text.trim().parse::<f64>().map(Some).map_err(|_| untold(&name, text)),
                    None => Ok(None),
                };
                let gate = match aggregation {
                    "COVERED_PERCENTAGE" => number(&bound.minimum)?.map(Gate::AtLeast),
                    "MISSED_PERCENTAGE" => {
                        number(&bound.maximum)?.map(|missed| Gate::AtLeast(100.0 - missed))
                    }
                    "MISSED_COUNT" => number(&bound.maximum)?.map(Gate::Uncovered),
                    _ => None,
                };
                let Some(gate) = gate else { continue };
                let known: Option<&Gate> = gates.get(&name);
                if known.and_then(|known| known.strictness(gate)) != Some(std::cmp::Ordering::Greater) {
                    gates.insert(name, gate);
                }
            }
        }
        if !gates.is_empty() {
            for (name, gate) in &self.switches {
                let gate = if name == "onCheck" && verified { Gate::On(true) } else { *gate };
                gates.insert(name.clone(), gate);
            }
            for name in ["failure", "onCheck"] {
                gates.entry(name.to_owned()).or_insert(Gate::On(true));
            }
        }
        Ok(gates)
    }
}

#[cfg(test)]
mod tests;
