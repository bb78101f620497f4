//! scoverage as sbt runs it: what its plug-in leaves out, and the figures below which a build fails.
//!
//! A source stands for the class of its own name in the package that its folder spells: what it is compiled to is
//! known to the compiler only.

mod sbt;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::expression;
use super::settings::untold;
use super::survey::{Survey, below, place};
use super::{Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::read::javascript::ROOT;
use crate::read::json::Value;
use crate::undecided::Undecided;
use sbt::{Build, Owner};

pub(super) const NEEDS: &[&str] = &["**/*.sbt", "**/project/*.scala"];

/// The figures; the first was the name of the second in earlier versions.
const FIGURES: [&str; 7] = [
    "coverageMinimum",
    "coverageMinimumStmtTotal",
    "coverageMinimumBranchTotal",
    "coverageMinimumStmtPerPackage",
    "coverageMinimumBranchPerPackage",
    "coverageMinimumStmtPerFile",
    "coverageMinimumBranchPerFile",
];

/// Settings by their keys; the last one counts.
type Settings = BTreeMap<String, Value>;

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut builds: Vec<(&RepoPath, Build)> = Vec::new();
    let mut plugged: Option<&RepoPath> = None;
    for path in survey.files.iter().copied() {
        let inner = path.dir().split('/').any(|part| part == "project");
        // `project/*.sbt` define the build of the build; its sources hold settings for whichever project takes them.
        let read = match (path.extension(), inner) {
            ("sbt", false) => sbt::read,
            ("scala", true) if path.dir().ends_with("project") => sbt::shared,
            ("sbt", true) => {
                let names = |text: &str| text.contains("sbt-scoverage");
                let here = survey.tree.text(path).is_ok_and(|text| text.is_some_and(names));
                plugged = plugged.or(here.then_some(path));
                continue;
            }
            _ => continue,
        };
        if let Ok(Some(text)) = survey.tree.text(path) {
            builds.push((path, read(text)));
        }
    }
    let mut projects = projects(&builds);
    let dirs: Vec<String> = projects.keys().cloned().collect();
    // The plug-in measures without a word on it, too.
    match plugged {
        Some(plugin) => projects.values_mut().for_each(|project| project.config.push(plugin.clone())),
        None => projects.retain(|_, project| !project.settings.is_empty()),
    }
    projects.into_iter().map(|(dir, project)| scope(survey, &dir, &dirs, project)).collect()
}

/// A project with what was said of it.
#[derive(Default)]
struct Project {
    config: Vec<RepoPath>,
    settings: Settings,
}

/// The folder whose project a file defines.
fn root(path: &RepoPath) -> &str {
    if path.extension() == "sbt" {
        return path.dir();
    }
    path.dir().strip_suffix("project").unwrap_or(path.dir()).trim_end_matches('/')
}

/// The projects by their folders: those that a definition names, and that of each definition's own folder.
fn projects(builds: &[(&RepoPath, Build)]) -> BTreeMap<String, Project> {
    let mut found: BTreeMap<String, Project> = BTreeMap::new();
    for (path, build) in builds {
        found.entry(root(path).to_owned()).or_default();
        let named = build.projects.values().filter_map(|folder| place(root(path), folder));
        named.for_each(|dir| {
            found.entry(dir).or_default();
        });
    }
    // What holds for a build comes first, what a project says itself goes over it.
    for whole in [true, false] {
        for (path, build) in builds {
            for setting in build.settings.iter().filter(|s| (s.of == Owner::Build) == whole) {
                let own = match &setting.of {
                    Owner::Build => None,
                    Owner::Here => Some(root(path).to_owned()),
                    Owner::Project(name) => build.projects.get(name).and_then(|dir| place(root(path), dir)),
                };
                let meant = |dir: &str| match &own {
                    Some(own) => own == dir,
                    None => dir == root(path) || below(root(path), dir).is_some(),
                };
                for (_, project) in found.iter_mut().filter(|(dir, _)| meant(dir)) {
                    project.settings.insert(setting.key.clone(), setting.value.clone());
                    if !project.config.contains(path) {
                        project.config.push((*path).clone());
                    }
                }
            }
        }
    }
    found
}

fn scope(survey: &Survey<'_>, dir: &str, dirs: &[String], project: Project) -> Scope {
    let Project { config, settings } = project;
    let inner: Vec<&String> =
        dirs.iter().filter(|other| *other != dir && below(dir, other).is_some()).collect();
    let files = Excluded::of(&settings).map(|excluded| {
        let own = |path: &&RepoPath| {
            path.extension() == "scala"
                && !inner.iter().any(|other| below(other, path.as_str()).is_some())
                && is_main(below(dir, path.as_str()).unwrap_or(path.as_str()))
                && !excluded.holds(path)
        };
        (Mode::Matching, survey.under(dir).filter(own).cloned().collect::<BTreeSet<_>>())
    });
    let scope = Scope::new("scoverage", dir, config).configured(!settings.is_empty());
    scope.measured(files).gated(gates(&settings))
}

/// Whether a source is compiled for the product: neither a test nor a part of the build.
fn is_main(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    !folders.split('/').any(|part| matches!(part, "test" | "it" | "project" | "target" | "multi-jvm"))
}

/// What is left out.
struct Excluded {
    classes: Vec<Regex>,
    files: Vec<Regex>,
}

impl Excluded {
    fn of(settings: &Settings) -> Result<Self, Undecided> {
        let list = |key: &str| -> Result<Vec<Regex>, Undecided> {
            let value = settings.get(key).unwrap_or(&Value::Null);
            let texts = value.texts().map_err(|expression| untold(key, &expression))?;
            let parts = texts.iter().flat_map(|text| text.split(';')).filter(|part| !part.is_empty());
            parts.map(|part| expression::compile(&format!(r"\A(?:{part})\z"))).collect()
        };
        Ok(Self { classes: list("coverageExcludedPackages")?, files: list("coverageExcludedFiles")? })
    }

    fn holds(&self, path: &RepoPath) -> bool {
        let any = |all: &[Regex], text: &str| all.iter().any(|regex| regex.is_match(text));
        let file = format!("{ROOT}/{path}").replace(".scala", "");
        let class = class(path.as_str());
        // A package that is left out takes along what is in it.
        let packages = class.match_indices('.').map(|(at, _)| &class[..at]);
        any(&self.files, &file) || packages.chain([class.as_str()]).any(|name| any(&self.classes, name))
    }
}

/// The class of a source by its place: behind `src/main/scala`, or `app` as Play has it.
fn class(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let root = |part: &str| matches!(part, "app" | "java") || part.split('-').next() == Some("scala");
    let from = parts.iter().position(|part| root(part)).map_or(0, |at| at + 1);
    let inside = parts.get(from..).unwrap_or_default().join(".");
    inside.strip_suffix(".scala").unwrap_or(&inside).to_owned()
}

/// The figures count only where a build fails on them, which is off unless it is switched on.
fn gates(settings: &Settings) -> Result<BTreeMap<String, Gate>, Undecided> {
    let fails = settings.get("coverageFailOnMinimum").unwrap_or(&Value::Bool(false));
    let fails = fails.truth().map_err(|expression| untold("coverageFailOnMinimum", &expression))?;
    let mut found = BTreeMap::new();
    for key in FIGURES {
        let name = if key == "coverageMinimum" { FIGURES[1] } else { key };
        match settings.get(key) {
            Some(Value::Number(figure)) if fails => {
                found.insert(name.to_owned(), Gate::AtLeast(*figure));
            }
            Some(Value::Unknown(expression)) if fails => return Err(untold(key, expression)),
            _ => {}
        }
    }
    if FIGURES.iter().any(|key| settings.contains_key(*key)) {
        found.insert("coverageFailOnMinimum".to_owned(), Gate::On(fails));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::change::Tree;
    use crate::read::coverage::scopes;

    const SOURCES: [(&str, &str); 5] = [
        ("core/src/main/scala/com/acme/Cart.scala", ""),
        ("core/src/main/scala/com/acme/legacy/Tax.scala", ""),
        ("core/src/test/scala/com/acme/CartSpec.scala", ""),
        ("app/controllers/Home.scala", ""),
        ("project/Deps.scala", ""),
    ];

    fn told(build: &str) -> Vec<String> {
        of(&[("build.sbt", build)])
    }

    fn of(files: &[(&str, &str)]) -> Vec<String> {
        let files = SOURCES.into_iter().chain(files.iter().copied());
        let found = scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))));
        let told = |scope: &Scope| {
            let names: Vec<&str> = scope.files.iter().map(|path| path.name()).collect();
            let names = scope.undecided.as_ref().map_or_else(|| names.join(" "), |u| u.why.clone());
            let gates = scope.thresholds.iter().map(|(name, gate)| format!("{name} {gate}"));
            format!("{}: {names}; {}", scope.package, gates.collect::<Vec<_>>().join(", "))
        };
        found.iter().map(told).collect()
    }

    const CORE: &str = "lazy val core = project\n";

    #[test]
    fn expressions_match_whole_classes_packages_and_paths() {
        let out =
            |packages: &str| told(&format!("{CORE}ThisBuild / coverageExcludedPackages := \"{packages}\"\n"));
        assert_eq!(out("<empty>;acme"), [".: Home.scala; ", "core: Cart.scala Tax.scala; "]);
        assert_eq!(out("com\\\\.acme\\\\.legacy;controllers\\\\..*"), [".: ; ", "core: Cart.scala; "]);
        assert_eq!(out(".*\\\\.Cart"), [".: Home.scala; ", "core: Tax.scala; "]);
        let files = "coverageExcludedFiles in ThisBuild := \".*/legacy/.*;Home\"\n";
        assert_eq!(told(&format!("{CORE}{files}")), [".: Home.scala; ", "core: Cart.scala; "]);
        assert!(told("coverageExcludedPackages := excluded.value\n")[0].contains("`excluded`"));
        let settings = "object Settings {\n  val shared = Seq(coverageMinimum := 70, coverageFailOnMinimum := true)\n}\n";
        let found = of(&[("build.sbt", CORE), ("project/Settings.scala", settings)]);
        assert_eq!(
            found[1],
            "core: Cart.scala Tax.scala; coverageFailOnMinimum on, coverageMinimumStmtTotal 70"
        );
    }

    #[test]
    fn figures_count_only_where_the_build_fails_on_them() {
        let min = "coverageMinimum := 80\n";
        assert_eq!(told(min), [".: Home.scala Cart.scala Tax.scala; coverageFailOnMinimum off"]);
        assert_eq!(
            told(&format!("{min}coverageFailOnMinimum := true\n")),
            [".: Home.scala Cart.scala Tax.scala; coverageFailOnMinimum on, coverageMinimumStmtTotal 80"]
        );
        let core = "lazy val core = project.settings(coverageMinimumStmtTotal := 60)\nThisBuild / coverageMinimumStmtTotal := 90\n\
                    ThisBuild / coverageFailOnMinimum := true\n";
        assert_eq!(
            told(core),
            [
                ".: Home.scala; coverageFailOnMinimum on, coverageMinimumStmtTotal 90",
                "core: Cart.scala Tax.scala; coverageFailOnMinimum on, coverageMinimumStmtTotal 60"
            ]
        );
    }
}
