//! What Maven runs: surefire's and failsafe's patterns and groups, and the switches of a command.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::Selected;
use super::classes::{Source, pattern, sources};
use super::filter::{Filter, Names};
use super::launch::{Launch, is_open};
use crate::ids::folder::below;
use crate::read::coverage::survey::{Survey, place};
use crate::read::glob::Glob;
use crate::read::maven::{self, Dom, Given, Project};
use crate::undecided::Undecided;

const SUREFIRE: [&str; 4] = ["**/Test*", "**/*Test", "**/*Tests", "**/*TestCase"];
const FAILSAFE: [&str; 3] = ["**/IT*", "**/*IT", "**/*ITCase"];
/// Phases from the one in which surefire runs, and those from the one in which failsafe does.
const TESTING: [&str; 10] = [
    "test",
    "prepare-package",
    "package",
    "pre-integration-test",
    "integration-test",
    "post-integration-test",
    "verify",
    "install",
    "deploy",
    "surefire:test",
];
const INTEGRATION: [&str; 5] = ["integration-test", "post-integration-test", "verify", "install", "deploy"];
/// Maven's files are put together for so many different commands.
const MAX_GIVEN: usize = 12;

/// The words of one command.
#[derive(Default)]
struct Words {
    goals: Vec<String>,
    given: Given,
    modules: Vec<String>,
    file: Option<String>,
}

impl Words {
    fn read(words: &[String]) -> Self {
        let mut read = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value =
                |rest: &str| if rest.is_empty() { words.next().cloned() } else { Some(rest.to_owned()) };
            if let Some(rest) = word.strip_prefix("-D") {
                let Some(pair) = value(rest) else { continue };
                let (name, text) = pair.split_once('=').unwrap_or((&pair, "true"));
                read.given.properties.insert(name.to_owned(), text.to_owned());
            } else if let Some(rest) = word.strip_prefix("-pl").or_else(|| word.strip_prefix("--projects")) {
                let list = value(rest.trim_start_matches('=')).unwrap_or_default();
                read.modules.extend(list.split(',').map(str::to_owned));
            } else if let Some(rest) = word.strip_prefix("-P") {
                let ids = value(rest).unwrap_or_default();
                read.given
                    .profiles
                    .extend(ids.split(',').map(|id| id.trim_start_matches(['+', '?']).to_owned()));
            } else if matches!(word.as_str(), "-f" | "--file") {
                read.file = words.next().cloned();
            } else if matches!(word.as_str(), "-s" | "--settings" | "-T" | "--threads" | "-gs" | "-t") {
                words.next();
            } else if !word.starts_with('-') {
                read.goals.push(word.clone());
            }
        }
        read
    }

    fn is(&self, phases: &[&str]) -> bool {
        self.goals.iter().any(|goal| phases.contains(&goal.as_str()))
    }
}

/// What each command that starts Maven runs; where none runs tests, what `mvn verify` would.
pub(super) fn commanded(survey: &Survey<'_>, launches: &[Launch<'_>]) -> Vec<Selected> {
    if !survey.files.iter().any(|path| path.name() == "pom.xml") {
        return Vec::new();
    }
    let mut known: BTreeMap<String, Vec<Result<Project, Undecided>>> = BTreeMap::new();
    let (mut found, mut is_started) = (Vec::new(), false);
    let mut run = |dir: &str, words: &Words| {
        let key = format!("{:?}", words.given);
        if known.len() >= MAX_GIVEN && !known.contains_key(&key) {
            return Vec::new();
        }
        let projects =
            known.entry(key).or_insert_with(|| maven::projects(survey.tree, &words.given, |_| false));
        of_command(survey, projects, dir, words)
    };
    for launch in launches {
        let Some(words) = launch.behind(&["mvn", "mvnw", "mvnd"]) else { continue };
        let read = Words::read(words);
        if !read.is(&TESTING) {
            continue;
        }
        let names =
            |name: &str| name.to_lowercase().contains("test") || name.to_lowercase().contains("groups");
        let given = read.given.properties.iter().filter(|(name, _)| names(name)).map(|(_, value)| value);
        let choosing: Vec<&String> =
            given.chain(&read.modules).chain(&read.goals).chain(&read.given.profiles).collect();
        is_started = true;
        for mut selected in run(launch.dir, &read) {
            selected.open |= choosing.iter().any(|word| is_open(word));
            found.push(launch.starts(selected));
        }
    }
    if !is_started {
        found = run("", &Words { goals: vec!["verify".to_owned()], ..Words::default() });
    }
    found
}

fn of_command(
    survey: &Survey<'_>,
    projects: &[Result<Project, Undecided>],
    dir: &str,
    words: &Words,
) -> Vec<Selected> {
    let file = words.file.as_ref().and_then(|named| place(dir, named));
    let home = match &file {
        Some(at) => at.strip_suffix("pom.xml").map_or(at.as_str(), |dir| dir.trim_end_matches('/')),
        None => dir,
    };
    let mut found = Vec::new();
    for project in projects {
        let project = match project {
            Ok(project) => project,
            Err(undecided) => {
                let at = undecided.path.as_ref().map_or("", |path| path.dir());
                let mut selected = Selected::new("maven", at);
                selected.undecided = Some(undecided.clone());
                found.push(selected);
                continue;
            }
        };
        let inside = home.is_empty() || project.dir == home || below(home, &project.dir).is_some();
        if inside && is_named(project, home, &words.modules) {
            found.extend(of_project(survey, project, words));
        }
    }
    found
}

/// Whether `-pl` takes the project: by folder or name; with `!` or `-` in front it leaves it out.
fn is_named(project: &Project, home: &str, modules: &[String]) -> bool {
    let is = |named: &str| {
        let artifact = named.rsplit(':').next().unwrap_or(named);
        place(home, named).is_some_and(|at| at == project.dir) || artifact == project.artifact
    };
    let out = |named: &&String| named.starts_with(['!', '-']);
    let plain: Vec<&String> = modules.iter().filter(|named| !out(named)).collect();
    let left_out = modules.iter().filter(out).any(|named| is(named[1..].trim_start_matches('?')));
    !left_out && (plain.is_empty() || plain.iter().any(|named| is(named)))
}

fn of_project(survey: &Survey<'_>, project: &Project, words: &Words) -> Vec<Selected> {
    let own = sources(survey, &project.dir);
    if own.is_empty() {
        return Vec::new();
    }
    let mut found = vec![of_plugin(project, &own, "maven-surefire-plugin", &SUREFIRE, "skipTests")];
    let failsafe = project.plugin("maven-failsafe-plugin");
    if failsafe.is_some_and(|plugin| !plugin.executions.is_empty()) && words.is(&INTEGRATION) {
        found.push(of_plugin(project, &own, "maven-failsafe-plugin", &FAILSAFE, "skipITs"));
    }
    found
}

fn of_plugin(project: &Project, own: &[Source<'_>], name: &str, defaults: &[&str], switch: &str) -> Selected {
    let mut selected = Selected::new("maven", &project.dir);
    selected.config.extend(project.files.iter().cloned());
    let plugin =
        project.plugin(name).or_else(|| project.managed.iter().find(|plugin| plugin.artifact == name));
    let mut runs: Vec<Dom> = Vec::new();
    if let Some(plugin) = plugin {
        let bound = plugin.executions.iter().filter(|e| e.phase.as_deref() != Some("none"));
        runs.extend(bound.map(|execution| plugin.configured(execution)));
        // Surefire runs by itself besides, unless that run is what is configured.
        let is_default = plugin.executions.iter().any(|e| e.id == "default-test");
        if runs.is_empty() || name.contains("surefire") && !is_default {
            runs.push(plugin.configuration.clone().unwrap_or_default());
        }
    } else {
        runs.push(Dom::default());
    }
    let property = |name: &str| project.properties.get(name).map(String::as_str);
    let mut names = Vec::new();
    for dom in &runs {
        let said = |key: &str, of: &str| dom.text(key).or(property(of)).map(str::to_owned);
        let skips = [
            said("skipTests", "skipTests"),
            said("skip", "maven.test.skip"),
            said(switch, switch),
            property("maven.test.skip").map(str::to_owned),
        ];
        selected.open |= skips.iter().flatten().any(|text| text.contains("${"));
        selected.lax |= said("failIfNoTests", "failIfNoTests").is_some_and(|text| text == "false");
        if skips.iter().flatten().any(|text| text == "true") {
            continue;
        }
        selected.files.extend(files(dom, own, defaults, property("test").filter(|_| switch == "skipTests")));
        let groups = |key: &str| -> Vec<String> {
            let text = said(key, key).unwrap_or_default();
            text.split(&[',', '|', ' '][..]).filter(|t| !t.is_empty()).map(str::to_owned).collect()
        };
        names.push(Names {
            groups: groups("groups"),
            not_groups: groups("excludedGroups"),
            ..Names::default()
        });
    }
    // Of several executions each has its own groups; together they take what any of them takes.
    if let [one] = names.as_slice() {
        let mut one = one.clone();
        let method = property("test").and_then(|test| test.split_once('#')).map(|(_, method)| method);
        one.only = method
            .and_then(|text| Regex::new(&regex::escape(text).replace("\\*", ".*").replace("\\+", "|")).ok());
        selected.filter = Filter::Names(Box::new(one));
    }
    selected
}

fn files(
    dom: &Dom,
    own: &[Source<'_>],
    defaults: &[&str],
    test: Option<&str>,
) -> BTreeSet<crate::ids::RepoPath> {
    let globs = |texts: &[String]| -> Vec<Glob> { texts.iter().filter_map(|text| pattern(text)).collect() };
    let mut included = dom.list("includes");
    if included.is_empty() {
        included = defaults.iter().map(|text| (*text).to_owned()).collect();
    }
    let mut excluded = dom.list("excludes");
    if let Some(test) = test {
        let listed = test.split(',').map(|text| text.split('#').next().unwrap_or(text).replace('.', "/"));
        let (out, only): (Vec<String>, Vec<String>) = listed.partition(|text| text.starts_with('!'));
        excluded = out.iter().map(|text| text[1..].to_owned()).collect();
        if !only.is_empty() {
            included = only;
        }
    }
    // An expression of surefire's own kind can take anything.
    let whole = included.iter().any(|text| text.starts_with('%'));
    let (included, excluded) = (globs(&included), globs(&excluded));
    let any = |globs: &[Glob], source: &Source<'_>| globs.iter().any(|glob| glob.is_match(source.class));
    let taken = own.iter().filter(|source| (whole || any(&included, source)) && !any(&excluded, source));
    taken.map(|source| source.path.clone()).collect()
}
