//! JaCoCo's Gradle plugin: report tasks with the classes they are given, verification tasks with their rules.

use std::collections::{BTreeMap, BTreeSet};

use super::{Limit, Read, Rule};
use crate::ids::RepoPath;
use crate::read::coverage::jvm::{Filter, Pattern, sources, spelled};
use crate::read::coverage::settings::untold;
use crate::read::coverage::survey::Survey;
use crate::read::coverage::{Gate, Scope, jvm};
use crate::read::gradle::{self, Action, Item, Project, TREE};
use crate::read::json::Value;
use crate::undecided::Undecided;

/// The plugins that bring `jacocoTestReport` with them once JaCoCo's is applied.
const WITH_REPORT: [&str; 8] = [
    "java",
    "java-library",
    "application",
    "war",
    "groovy",
    "scala",
    "java-gradle-plugin",
    "org.jetbrains.kotlin.jvm",
];
const CHECK: &str = "jacocoTestCoverageVerification";

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let called =
        survey.commands.iter().filter(|c| ["gradle", "gradlew"].iter().any(|tool| c.start(tool).is_some()));
    let called: Vec<&str> =
        called.flat_map(|c| c.words.iter()).filter_map(|w| w.rsplit(':').next()).collect();
    let builds = gradle::builds(survey.tree);
    let projects = builds.iter().flat_map(|build| &build.projects);
    projects.filter_map(|project| module(survey, project, &called)).flatten().collect()
}

/// What a task does with coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Report,
    Check,
}

/// A task of JaCoCo's that an item configures, or all of its kind.
struct Task<'i> {
    kind: Kind,
    name: Option<&'i str>,
    /// The words of the item behind the task's, the item's own last.
    inner: Vec<(&'i str, usize)>,
    conditional: bool,
}

fn task(item: &Item) -> Option<Task<'_>> {
    let name = match &item.action {
        Action::Set(name, _) | Action::Add(name, _) | Action::Call(name, ..) => name.as_str(),
        Action::Unread(_) => "",
    };
    let mut words: Vec<(&str, usize)> = Vec::new();
    for frame in &item.within {
        words.extend(frame.name.split('.').map(|word| (word, frame.id)));
    }
    words.extend(name.split('.').map(|word| (word, usize::MAX)));
    let conditional = item.within.iter().any(|frame| frame.conditional);
    for (at, (word, _)) in words.iter().enumerate() {
        let kind = match *word {
            "jacocoTestReport" => Kind::Report,
            CHECK => Kind::Check,
            _ => continue,
        };
        return Some(Task { kind, name: Some(word), inner: words[at + 1..].to_vec(), conditional });
    }
    let frame = item.within.iter().find(|frame| {
        let first = frame.name.strip_prefix("project.").unwrap_or(&frame.name);
        first.starts_with("task")
    })?;
    let kind = if frame.given("jacocoTestReport")
        || frame.given("JacocoReport")
        || typed(&frame.arguments, "JacocoReport")
    {
        Kind::Report
    } else if frame.given(CHECK)
        || frame.given("JacocoCoverageVerification")
        || typed(&frame.arguments, "JacocoCoverageVerification")
    {
        Kind::Check
    } else {
        return None;
    };
    let name = frame.arguments.iter().filter_map(Value::as_text).next_back();
    let at = words.iter().rposition(|(_, id)| *id == frame.id)?;
    Some(Task { kind, name, inner: words[at + 1..].to_vec(), conditional })
}

/// `type: JacocoReport` among the arguments.
fn typed(arguments: &[Value], class: &str) -> bool {
    arguments.iter().any(|value| {
        value.get("type").is_some_and(|t| {
            matches!(&t, Value::Unknown(text) if text.rsplit('.').next() == Some(class))
                && matches!(value, Value::Object(_))
        })
    })
}

/// The classes that a task looks at.
#[derive(Debug, Clone, Default)]
struct Choice {
    /// What it was given; everything where it was given nothing.
    given: Option<Result<Vec<Filter>, Undecided>>,
    off: bool,
}

impl Choice {
    fn files(&self, sources: &[jvm::Source<'_>]) -> Result<BTreeSet<RepoPath>, Undecided> {
        if self.off {
            return Ok(BTreeSet::new());
        }
        match &self.given {
            None => Ok(Filter::default().files(sources)),
            Some(Ok(filters)) => Ok(filters.iter().flat_map(|filter| filter.files(sources)).collect()),
            Some(Err(undecided)) => Err(undecided.clone()),
        }
    }
}

#[derive(Default)]
struct Reading {
    /// By kind and name; those for all tasks of a kind have no name.
    choices: BTreeMap<(Kind, Option<String>), Choice>,
    rules: BTreeMap<usize, (Rule, BTreeMap<usize, Limit>, bool)>,
    switches: BTreeMap<String, Gate>,
    unknown: Option<Undecided>,
    config: Vec<RepoPath>,
}

fn module(survey: &Survey<'_>, project: &Project, called: &[&str]) -> Option<Vec<Scope>> {
    let mut reading = Reading::default();
    for item in &project.items {
        reading.take(item);
    }
    if !project.plugins.contains("jacoco") && reading.choices.is_empty() {
        return None;
    }
    let sources = sources(survey, &project.dir, &source_folders(project));
    if sources.is_empty() {
        return None;
    }
    let mut config: Vec<RepoPath> = project.script.iter().cloned().collect();
    config.extend(reading.config.iter().cloned());
    if config.is_empty() {
        config.extend(project.items.first().map(|item| item.at.clone()));
    }
    let mut seen = BTreeSet::new();
    config.retain(|path| seen.insert(path.clone()));
    let with_report = project.plugins.iter().any(|plugin| WITH_REPORT.contains(&plugin.as_str()));
    let report = reading.files(Kind::Report, "jacocoTestReport", with_report, &sources);
    let has_rules = !reading.rules.is_empty();
    let check = has_rules.then(|| reading.files(Kind::Check, CHECK, true, &sources));
    let mut switches = std::mem::take(&mut reading.switches);
    if has_rules {
        let depends = project.items.iter().any(runs_check);
        let on = depends || called.contains(&CHECK);
        switches.entry(CHECK.to_owned()).or_insert(Gate::On(on));
        switches.entry("failOnViolation".to_owned()).or_insert(Gate::On(true));
    } else {
        switches.clear();
    }
    let rules = reading.rules.into_values().filter(|(_, _, enabled)| *enabled);
    let rules = rules.map(|(rule, limits, _)| Rule { limits: limits.into_values().collect(), ..rule });
    let bundle = project.path.rsplit(':').next().unwrap_or_default();
    let read = Read {
        dir: &project.dir,
        config,
        sources: &sources,
        report,
        check,
        rules: rules.collect(),
        bundle,
        switches,
        unknown: reading.unknown.or_else(|| project.undecided.first().cloned()),
    };
    Some(read.scopes())
}

/// Whether an item makes another task run the check.
fn runs_check(item: &Item) -> bool {
    let (Action::Call(name, values, _) | Action::Add(name, Value::List(values))) = &item.action else {
        return false;
    };
    let after = matches!(name.rsplit('.').next(), Some("dependsOn" | "finalizedBy" | "setDependsOn"));
    fn names(value: &Value) -> bool {
        match value {
            Value::Text(text) | Value::Unknown(text) => {
                text.contains(CHECK) || text.contains("JacocoCoverageVerification")
            }
            Value::List(items) => items.iter().any(names),
            _ => false,
        }
    }
    after && values.iter().any(names)
}

/// The folders that the main source set is given: `sourceSets { main { java { srcDirs = ['src'] } } }`.
fn source_folders(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    for item in &project.items {
        let (name, value) = match &item.action {
            Action::Set(name, value) | Action::Add(name, value) => (name, value.clone()),
            Action::Call(name, values, false) => (name, Value::List(values.clone())),
            _ => continue,
        };
        let mut words: Vec<&str> = item.within.iter().flat_map(|frame| frame.name.split('.')).collect();
        words.extend(name.split('.'));
        let main = words.contains(&"main") || item.within.iter().any(|frame| frame.given("main"));
        if words.contains(&"sourceSets")
            && main
            && !words.contains(&"resources")
            && words.last().is_some_and(|last| matches!(*last, "srcDirs" | "srcDir" | "setSrcDirs"))
        {
            found.extend(value.texts().unwrap_or_default());
        }
    }
    found
}

impl Reading {
    /// The files of all tasks of a kind. The plugin's own task counts where it exists and nothing stands for it.
    fn files(
        &self,
        kind: Kind,
        own: &str,
        exists: bool,
        sources: &[jvm::Source<'_>],
    ) -> Result<BTreeSet<RepoPath>, Undecided> {
        let all = self.choices.get(&(kind, None));
        let named = self.choices.iter().filter(|((k, name), _)| *k == kind && name.is_some());
        let mut named: Vec<(&str, Choice)> =
            named.map(|((_, name), choice)| (name.as_deref().unwrap_or_default(), choice.clone())).collect();
        if !named.iter().any(|(name, _)| *name == own) && (named.is_empty() || kind == Kind::Check) && exists
        {
            named.push((own, Choice::default()));
        }
        if named.is_empty() && all.is_some() {
            named.push((own, Choice::default()));
        }
        let mut files = BTreeSet::new();
        for (_, mut choice) in named {
            if let Some(all) = all {
                choice.given = choice.given.or_else(|| all.given.clone());
                choice.off |= all.off;
            }
            files.extend(choice.files(sources)?);
        }
        Ok(files)
    }

    fn take(&mut self, item: &Item) {
        if let Action::Unread(text) = &item.action {
            let bears = ["jacocoTest", "classDirectories", "violationRules", "JacocoReport"];
            if task(item).is_some() || bears.iter().any(|word| text.contains(word)) {
                self.config.push(item.at.clone());
                let shown: String = text.chars().take(80).collect();
                let why = format!("line {} is not understood: `{shown}`", item.line);
                self.unknown.get_or_insert(Undecided::new(why).at(&item.at));
            }
            return;
        }
        let Some(task) = task(item) else { return };
        self.config.push(item.at.clone());
        let choice = self.choices.entry((task.kind, task.name.map(str::to_owned))).or_default();
        let words: Vec<&str> = task.inner.iter().map(|(word, _)| *word).collect();
        let value = match &item.action {
            Action::Set(_, value) | Action::Add(_, value) => value.clone(),
            Action::Call(_, values, _) if values.len() == 1 => values[0].clone(),
            Action::Call(_, values, _) => Value::List(values.clone()),
            Action::Unread(_) => return,
        };
        if let Some(at) = words.iter().position(|w| {
            matches!(*w, "classDirectories" | "getClassDirectories" | "allClassDirs" | "additionalClassDirs")
        }) {
            let sets = matches!(item.action, Action::Set(..)) || words.get(at + 1) == Some(&"setFrom");
            let read = if task.conditional {
                Err(untold("classDirectories", "a condition"))
            } else {
                filters(&value).map_err(|u| u.at(&item.at))
            };
            choice.given = Some(match (choice.given.take(), read) {
                (Some(Ok(mut before)), Ok(more)) if !sets => {
                    before.extend(more);
                    Ok(before)
                }
                (_, read) => read,
            });
            return;
        }
        if let (["enabled" | "isEnabled" | "setEnabled"], Value::Bool(on)) = (words.as_slice(), &value) {
            match task.kind {
                Kind::Report => choice.off = !on,
                Kind::Check => drop(self.switches.insert(CHECK.to_owned(), Gate::On(*on))),
            }
            return;
        }
        if task.kind == Kind::Check {
            self.rule(item, &task, &value);
        }
    }

    fn rule(&mut self, item: &Item, task: &Task<'_>, value: &Value) {
        let place = |word: &str| task.inner.iter().rposition(|(w, _)| *w == word);
        let last = task.inner.last().map_or("", |(word, _)| *word);
        if matches!(last, "failOnViolation" | "isFailOnViolation" | "setFailOnViolation") {
            if let Value::Bool(on) = value {
                self.switches.insert("failOnViolation".to_owned(), Gate::On(*on));
            }
            return;
        }
        let Some(rule_at) = place("rule") else { return };
        let id = task.inner[rule_at].1;
        if id == usize::MAX {
            return;
        }
        let (rule, limits, enabled) =
            self.rules.entry(id).or_insert_with(|| (Rule::default(), BTreeMap::new(), true));
        let mut unknown = None;
        let mut text = || {
            let text = spelled(value);
            if text.is_none() {
                let shown = match value {
                    Value::Unknown(expression) => expression.clone(),
                    _ => "a condition".to_owned(),
                };
                unknown = Some(untold(last, &shown).at(&item.at));
            }
            text
        };
        match place("limit").filter(|at| *at > rule_at && task.inner[*at].1 != usize::MAX) {
            Some(at) => {
                let limit = limits.entry(task.inner[at].1).or_default();
                match last {
                    "minimum" | "setMinimum" => limit.minimum = text(),
                    "maximum" | "setMaximum" => limit.maximum = text(),
                    "counter" | "setCounter" => limit.counter = text(),
                    "value" | "setValue" => limit.value = text(),
                    _ => {}
                }
            }
            None => match last {
                "element" | "setElement" => rule.element = text(),
                "enabled" | "isEnabled" | "setEnabled" => *enabled = *value != Value::Bool(false),
                "includes" | "setIncludes" | "excludes" | "setExcludes" => match value.texts() {
                    Ok(texts) => {
                        let list = if last.to_lowercase().ends_with("includes") {
                            &mut rule.includes
                        } else {
                            &mut rule.excludes
                        };
                        if matches!(item.action, Action::Add(..)) {
                            list.extend(texts);
                        } else {
                            *list = texts;
                        }
                    }
                    Err(expression) => unknown = Some(untold(last, &expression).at(&item.at)),
                },
                _ => {}
            },
        }
        if let Some(unknown) = unknown {
            self.unknown.get_or_insert(unknown);
        }
    }
}

/// What a task's classes are made of.
fn filters(value: &Value) -> Result<Vec<Filter>, Undecided> {
    let mut found = Vec::new();
    collect(value, 0, &mut found)?;
    Ok(found)
}

fn collect(value: &Value, depth: usize, found: &mut Vec<Filter>) -> Result<(), Undecided> {
    match value {
        Value::List(items) if depth < 16 => {
            for item in items {
                collect(item, depth + 1, found)?;
            }
        }
        Value::Object(tree) if tree.get(TREE[0]).is_some() => {
            let list = |key: &str| match tree.get(key) {
                Some(value) => value.texts().map_err(|e| untold("classDirectories", &e)),
                None => Ok(Vec::new()),
            };
            let ant = |texts: Vec<String>| texts.into_iter().map(Pattern::Ant).collect::<Vec<_>>();
            let filter = Filter { includes: ant(list(TREE[1])?), excludes: ant(list(TREE[2])?) };
            let mut below = Vec::new();
            collect(&tree.get(TREE[0]).unwrap_or(Value::Null), depth + 1, &mut below)?;
            // Filters of filters: the outer one holds for what the inner one leaves.
            for mut inner in below {
                inner.excludes.extend(filter.excludes.iter().cloned());
                if inner.includes.is_empty() {
                    inner.includes.clone_from(&filter.includes);
                }
                found.push(inner);
            }
        }
        Value::Unknown(expression) => {
            let chooses =
                ["filter", "minus", "findAll", "matching", "{", " - ", "?", "condition", "if ", "when "];
            if chooses.iter().any(|word| expression.contains(word)) {
                return Err(untold("classDirectories", expression));
            }
            found.push(Filter::default());
        }
        Value::Either(_) => return Err(untold("classDirectories", "a condition")),
        Value::Null | Value::Bool(_) => {}
        _ => found.push(Filter::default()),
    }
    Ok(())
}
