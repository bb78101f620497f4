//! Sonar: which sources its coverage is computed over, from its properties file, a build file or a command line.

mod gradle;
mod properties;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::settings::untold;
use super::sources::sources;
use super::survey::{Survey, below, place};
use super::{Gate, Mode, Scope, Stage, actions};
use crate::ids::RepoPath;
use crate::read::{shell, xml};
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] =
    &["**/sonar-project.properties", "**/pom.xml", "**/{build,settings}.gradle{,.kts}"];

/// The properties that decide what is measured, and the one that makes a scanner wait for the gate.
const KEYS: [&str; 9] = [
    "sonar.sources",
    "sonar.tests",
    "sonar.inclusions",
    "sonar.exclusions",
    "sonar.coverage.exclusions",
    "sonar.test.inclusions",
    "sonar.test.exclusions",
    "sonar.qualitygate.wait",
    "sonar.modules",
];

/// Properties by name.
type Properties = BTreeMap<String, String>;

/// What is said in one folder.
#[derive(Default)]
struct Settings {
    config: Vec<RepoPath>,
    properties: Properties,
    /// Whether a build tool names the sources by default: those of `src/main` in each module.
    built: bool,
    failed: Option<Undecided>,
}

impl Settings {
    fn take(&mut self, at: &RepoPath, properties: Properties) {
        self.properties.extend(properties);
        if !self.config.contains(at) {
            self.config.push(at.clone());
        }
    }
}

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut by_dir: BTreeMap<String, Settings> = BTreeMap::new();
    for path in &survey.files {
        let found = match path.name() {
            "sonar-project.properties" => {
                Some(text(survey, path).map(|text| (properties::read(text), false)))
            }
            "pom.xml" => of_pom(survey, path),
            "build.gradle" | "build.gradle.kts" => {
                let found = text(survey, path).and_then(|text| gradle::properties(path, text, &KEYS));
                found
                    .as_ref()
                    .map_or(true, |found| !found.is_empty())
                    .then(|| found.map(|found| (found, true)))
            }
            _ => None,
        };
        let Some(found) = found else { continue };
        let settings = by_dir.entry(path.dir().to_owned()).or_default();
        match found {
            Ok((properties, built)) => {
                settings.built |= built;
                settings.take(path, properties);
            }
            Err(undecided) => {
                settings.config.push((*path).clone());
                settings.failed = Some(undecided);
            }
        }
    }
    for command in survey.commands.iter() {
        of_words(&mut by_dir, &command.at, &command.dir, &command.words);
    }
    for (path, step) in actions::steps(survey, &["sonarsource/"]) {
        let dir = actions::input(&step, "projectBaseDir").and_then(|dir| place("", dir)).unwrap_or_default();
        let words = shell::commands(actions::input(&step, "args").unwrap_or_default());
        let words: Vec<String> = words.into_iter().flat_map(|command| command.words).collect();
        of_words(&mut by_dir, &path, &dir, &words);
    }
    by_dir.into_iter().map(|(dir, settings)| scope(survey, &dir, settings)).collect()
}

fn text<'t>(survey: &Survey<'t>, path: &RepoPath) -> Result<&'t str, Undecided> {
    Ok(survey.tree.text(path)?.unwrap_or_default())
}

/// The properties of Sonar that a pom of Maven sets; `None` where it sets none.
fn of_pom(survey: &Survey<'_>, path: &RepoPath) -> Option<Result<(Properties, bool), Undecided>> {
    let source = match text(survey, path) {
        Ok(source) if source.contains("sonar.") => source,
        Ok(_) => return None,
        Err(undecided) => return Some(Err(undecided)),
    };
    let document = match xml::parse(source) {
        Ok(document) => document,
        Err(why) => return Some(Err(Undecided::new(why).at(path))),
    };
    let section = xml::child(document.root_element(), "properties");
    let set = section.into_iter().flat_map(|section| section.children().filter(roxmltree::Node::is_element));
    let found: Properties = set
        .filter(|node| KEYS.contains(&node.tag_name().name()))
        .map(|node| (node.tag_name().name().to_owned(), node.text().unwrap_or_default().trim().to_owned()))
        .collect();
    (!found.is_empty()).then_some(Ok((found, true)))
}

/// What the words of a command set: `-Dsonar.x=y`, or `/d:sonar.x=y` of the scanner for .NET.
fn of_words(by_dir: &mut BTreeMap<String, Settings>, at: &RepoPath, dir: &str, words: &[String]) {
    let set = words.iter().filter_map(|word| {
        let (name, value) =
            ["-D", "/d:", "-d:"].iter().find_map(|flag| word.strip_prefix(flag))?.split_once('=')?;
        KEYS.contains(&name).then(|| (name.to_owned(), value.to_owned()))
    });
    let set: Properties = set.collect();
    if !set.is_empty() {
        let settings = by_dir.entry(dir.to_owned()).or_default();
        let name = words.iter().find_map(|word| word.rsplit('/').next().filter(|name| BUILDS.contains(name)));
        settings.built |= name.is_some() && settings.config.is_empty();
        settings.take(at, set);
    }
}

/// The build tools whose plugins know the sources.
const BUILDS: [&str; 4] = ["mvn", "mvnw", "gradle", "gradlew"];

fn scope(survey: &Survey<'_>, dir: &str, settings: Settings) -> Scope {
    let mut scope = Scope::new("sonar", dir, settings.config.clone());
    scope.stage = Stage::Report;
    if let Some(undecided) = &settings.failed {
        return scope.measured(Err(undecided.clone())).gated(Err(undecided.clone()));
    }
    let wait = settings.properties.get("sonar.qualitygate.wait").map(|wait| wait.trim());
    let gates = match wait {
        Some(wait) if wait.contains('$') => Err(untold("sonar.qualitygate.wait", wait)),
        Some(wait) => {
            Ok(BTreeMap::from([("qualitygate.wait".to_owned(), Gate::On(wait.eq_ignore_ascii_case("true")))]))
        }
        None => Ok(BTreeMap::new()),
    };
    scope.measured(measured(survey, dir, &settings)).gated(gates)
}

/// The items of a property that holds a list.
fn list(settings: &Settings, key: &str) -> Result<Option<Vec<String>>, Undecided> {
    let Some(text) = settings.properties.get(key) else { return Ok(None) };
    if text.contains('$') {
        return Err(untold(key, text));
    }
    let items = text.split(',').map(|item| item.trim().trim_matches('"').trim().to_owned());
    Ok(Some(items.filter(|item| !item.is_empty()).collect()))
}

fn measured(
    survey: &Survey<'_>,
    dir: &str,
    settings: &Settings,
) -> Result<(Mode, BTreeSet<RepoPath>), Undecided> {
    if let Some(modules) = settings.properties.get("sonar.modules") {
        return Err(untold("sonar.modules", modules));
    }
    let patterns = |key: &str| -> Result<Option<Vec<Regex>>, Undecided> {
        list(settings, key)?.map(|items| items.iter().map(|item| pattern(item)).collect()).transpose()
    };
    let included = patterns("sonar.inclusions")?.filter(|all| !all.is_empty());
    let excluded = [patterns("sonar.exclusions")?, patterns("sonar.coverage.exclusions")?];
    let (tests, tests_not) = (patterns("sonar.test.inclusions")?, patterns("sonar.test.exclusions")?);
    let roots = list(settings, "sonar.sources")?;
    let places = |items: Vec<String>| items.iter().filter_map(|item| place(dir, item)).collect::<Vec<_>>();
    let test_roots = places(list(settings, "sonar.tests")?.unwrap_or_default());
    let roots = roots.map(places);
    let any = |all: &Option<Vec<Regex>>, path: &str| all.iter().flatten().any(|regex| regex.is_match(path));
    let within =
        |places: &[String], path: &str| places.iter().any(|at| at == path || below(at, path).is_some());
    let kept = |path: &&RepoPath| {
        let (path, Some(seen)) = (path.as_str(), below(dir, path.as_str())) else { return false };
        let source = match &roots {
            Some(roots) => within(roots, path),
            None => !settings.built || seen.starts_with("src/main/") || seen.contains("/src/main/"),
        };
        // A folder may hold both, with the tests told by their names.
        let own_roots =
            roots.as_ref().is_some_and(|roots| test_roots.iter().any(|test| roots.contains(test)));
        let test = if tests.is_some() { any(&tests, seen) } else { !own_roots && within(&test_roots, path) };
        source
            && (!test || any(&tests_not, seen))
            && (included.is_none() || any(&included, seen))
            && !excluded.iter().any(|patterns| any(patterns, seen))
    };
    Ok((Mode::Matching, sources(survey, dir).filter(kept).cloned().collect()))
}

/// A pattern over paths from the project's folder: `?` and `*` stay within a name, `**/` is any number of folders.
fn pattern(text: &str) -> Result<Regex, Undecided> {
    let bare = text.strip_prefix("file:").map_or(text, |rest| rest.trim_start_matches('/'));
    let absolute = bare.len() < text.len();
    let chars: Vec<char> = bare.strip_prefix(['/', '\\']).unwrap_or(bare).chars().collect();
    // An absolute pattern names folders that are not in the repository, unless it starts with any.
    let mut out = String::from(if absolute && !bare.starts_with("**") { "^(?:.*/)?" } else { "^" });
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        match c {
            '*' if chars.get(at + 1) == Some(&'*') => {
                let folders = matches!(chars.get(at + 2), Some('/' | '\\'));
                out.push_str(if folders { "(?:.*/|)" } else { ".*" });
                at += if folders { 2 } else { 1 };
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '\\' => out.push('/'),
            c => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
        at += 1;
    }
    out.push('$');
    Regex::new(&out).map_err(|_| untold("sonar.exclusions", text))
}

#[cfg(test)]
mod tests;
