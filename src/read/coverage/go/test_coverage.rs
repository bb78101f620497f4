//! go-test-coverage: what its configuration leaves out of a profile, and the figures that it asks for.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::modules::Modules;
use crate::ids::RepoPath;
use crate::read::coverage::flags::{self, Wraps};
use crate::read::coverage::settings::{texts, untold};
use crate::read::coverage::survey::{self, Survey, below, place};
use crate::read::coverage::{Gate, Mode, Scope, Stage, actions};
use crate::read::json::Value;
use crate::undecided::Undecided;

pub(in crate::read::coverage) const NEEDS: &[&str] =
    &["**/*{testcov,test-cov,coverage}*.{yml,yaml}", "**/go.mod"];

const ALIASES: [(&str, &str); 5] = [
    ("c", "config"),
    ("s", "sourceDir"),
    ("f", "thresholdFile"),
    ("k", "thresholdPackage"),
    ("t", "thresholdTotal"),
];
/// The figures by their key in the file and by their flag.
const FIGURES: [(&str, &str); 3] =
    [("file", "thresholdFile"), ("package", "thresholdPackage"), ("total", "thresholdTotal")];

/// One run of the tool.
struct Run {
    /// The file that starts it, where one does.
    at: Option<RepoPath>,
    dir: String,
    /// Its flags by their names in camel case; the inputs of the action are the same.
    flags: Value,
}

pub(in crate::read::coverage) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut runs = started(survey);
    runs.extend(steps(survey));
    if runs.is_empty() {
        runs.extend(survey.files.iter().filter(|path| is_default(path.name())).map(|path| unstarted(path)));
    }
    if runs.is_empty() {
        return Vec::new();
    }
    let modules = Modules::of(survey);
    runs.iter().map(|run| scope(survey, &modules, run)).collect()
}

fn is_default(name: &str) -> bool {
    matches!(name, ".testcoverage.yml" | ".testcoverage.yaml")
}

/// A configuration that no command of the tree names.
fn unstarted(path: &RepoPath) -> Run {
    let dir = path.dir();
    let dir = dir.strip_suffix(".github").unwrap_or(dir).trim_end_matches('/').to_owned();
    let named = Value::Text(survey::relative(&dir, path.as_str()));
    Run { at: None, dir, flags: Value::Object([("config".to_owned(), named)].into_iter().collect()) }
}

/// The starts on command lines: the program itself, `go run`, `go tool`, or its image.
fn started(survey: &Survey<'_>) -> Vec<Run> {
    let mut found = Vec::new();
    for command in survey.commands.iter() {
        let named = |word: &String| {
            word.rsplit('/').next() == Some("go-test-coverage")
                || word.contains("vladopajic/go-test-coverage")
        };
        let Some(at) = command.words.iter().position(named) else { continue };
        let before = &command.words[..at];
        let fetched = before.iter().any(|word| matches!(word.as_str(), "install" | "get" | "mod" | "pull"));
        let launched = match before.first().map(String::as_str) {
            None => true,
            Some("go") => before.iter().any(|word| matches!(word.as_str(), "run" | "tool")),
            Some("docker" | "podman") => before.iter().any(|word| word == "run"),
            Some(_) => command.start("go-test-coverage").is_some(),
        };
        if fetched || !launched {
            continue;
        }
        let flags = flags::flags(&command.words[at + 1..], &[], &ALIASES, Wraps::Nothing);
        found.push(Run { at: Some(command.at.clone()), dir: command.dir.clone(), flags });
    }
    found
}

/// The steps that use the action.
fn steps(survey: &Survey<'_>) -> Vec<Run> {
    let mut found = Vec::new();
    for (path, step) in actions::steps(survey, &["vladopajic/go-test-coverage"]) {
        let mut words = Vec::new();
        for name in ["config", "source-dir", "diff-base-breakdown-file-name"] {
            let value = actions::input(&step, name).filter(|value| !value.is_empty());
            words.extend(value.map(|value| format!("--{name}={value}")));
        }
        for name in ["threshold-file", "threshold-package", "threshold-total"] {
            let value = actions::input(&step, name).filter(|value| !value.is_empty() && *value != "-1");
            words.extend(value.map(|value| format!("--{name}={value}")));
        }
        let flags = flags::flags(&words, &[], &[], Wraps::Nothing);
        found.push(Run { at: Some(path.clone()), dir: String::new(), flags });
    }
    found
}

fn scope(survey: &Survey<'_>, modules: &Modules, run: &Run) -> Scope {
    let named = texts(&run.flags, "config").map(|all| all.and_then(|all| all.into_iter().next_back()));
    let path = named.as_ref().ok().and_then(Option::as_ref).and_then(|named| place(&run.dir, named));
    let path: Option<RepoPath> = path.and_then(|path| path.parse().ok());
    let mut config: Vec<RepoPath> = path.iter().cloned().collect();
    config.extend(run.at.iter().cloned());
    let mut scope = Scope::new("go-test-coverage", &run.dir, config);
    scope.stage = Stage::Report;
    let settings = named.and_then(|named| match (&path, named) {
        (Some(path), _) => Ok(survey::read(survey.tree, path)?.unwrap_or(Value::Null)),
        (None, Some(named)) => Err(untold("--config", &named)),
        (None, None) => Ok(Value::Null),
    });
    let names = settings.and_then(|settings| Ok((names(survey, modules, run, &settings)?, settings)));
    match names {
        Ok((names, settings)) => {
            let gates = gates(&settings, &run.flags, &names);
            scope.measured(Ok((Mode::Loaded, names.into_keys().collect()))).gated(gates)
        }
        Err(undecided) => scope.measured(Err(undecided.clone())).gated(Err(undecided)),
    }
}

/// The files that are not left out, with the names under which the tool's expressions see them: from the module on where
/// the folder of the run holds one.
fn names(
    survey: &Survey<'_>,
    modules: &Modules,
    run: &Run,
    settings: &Value,
) -> Result<BTreeMap<RepoPath, String>, Undecided> {
    let source = texts(&run.flags, "sourceDir")?.and_then(|dirs| dirs.into_iter().next_back());
    let source = source.unwrap_or_default();
    let dir = place(&run.dir, &source).ok_or_else(|| untold("--source-dir", &source))?;
    let exclude = settings.get("exclude").and_then(|exclude| exclude.get("paths")).unwrap_or(Value::Null);
    let exclude = exclude.texts().map_err(|e| untold("exclude.paths", &e))?;
    let exclude = exclude.iter().map(|text| expression(text)).collect::<Result<Vec<_>, _>>()?;
    let prefix = module(survey, modules, &dir).map(|module| format!("{module}/")).unwrap_or_default();
    let mut found = BTreeMap::new();
    for (folder, package) in &modules.packages {
        if !dir.is_empty() && *folder != dir && below(&dir, folder).is_none() {
            continue;
        }
        let import = modules.import(folder).unwrap_or_else(|| folder.clone());
        for path in &package.files {
            let name = format!("{import}/{}", path.name());
            let name = name.strip_prefix(&prefix).unwrap_or(&name);
            if !exclude.iter().any(|regex| regex.is_match(name)) {
                found.insert(path.clone(), name.to_owned());
            }
        }
    }
    Ok(found)
}

/// The module in whose terms the tool speaks: that of the folder, or the only one below it.
fn module(survey: &Survey<'_>, modules: &Modules, dir: &str) -> Option<String> {
    if survey.first(dir, &["go.mod"]).is_some() {
        return modules.import(dir);
    }
    let mut below = survey.under(dir).filter(|path| path.name() == "go.mod");
    let only = below.next().filter(|_| below.next().is_none())?;
    modules.import(only.dir())
}

fn expression(text: &str) -> Result<Regex, Undecided> {
    Regex::new(text).map_err(|_| {
        let shown: String = text.chars().take(120).collect();
        Undecided::new(format!("holds the expression {shown:?}, which is not evaluated"))
    })
}

/// The figures over everything, and those of each file and package for which an override asks for another one.
fn gates(
    settings: &Value,
    flags: &Value,
    names: &BTreeMap<RepoPath, String>,
) -> Result<BTreeMap<String, Gate>, Undecided> {
    let mut found = BTreeMap::new();
    for (key, flag) in FIGURES {
        let value = flags.get(flag).or_else(|| settings.at(&["threshold", key]));
        let figure = value.map(|value| figure(key, &value)).transpose()?;
        found.extend(figure.map(|figure| (key.to_owned(), Gate::AtLeast(figure))));
    }
    let general = |key: &str| found.get(key).copied().unwrap_or(Gate::AtLeast(0.0));
    let (of_file, of_package) = (general("file"), general("package"));
    let overrides = overrides(settings)?;
    let set = |name: &str| overrides.iter().find(|(regex, _)| regex.is_match(name)).map(|(_, gate)| *gate);
    let packages: BTreeSet<&str> =
        names.values().map(|name| name.rsplit_once('/').map_or(name.as_str(), |(dir, _)| dir)).collect();
    let mut apart = |kind: &str, name: &str, general: Gate| {
        if let Some(gate) = set(name).filter(|gate| *gate != general) {
            found.insert(format!("{kind} of {name}"), gate);
        }
    };
    names.values().for_each(|name| apart("file", name, of_file));
    packages.into_iter().for_each(|name| apart("package", name, of_package));
    let threshold = settings.at(&["diff", "threshold"]);
    let named = |value: &Value| value.as_text() != Some("");
    let base = flags.get("diffBaseBreakdownFileName").filter(named);
    let base = base.or_else(|| settings.at(&["diff", "base-breakdown-file-name"]).filter(named));
    if let (Some(threshold), Some(_)) = (threshold, base) {
        found.insert("diff".to_owned(), Gate::Drop(-figure("diff.threshold", &threshold)?));
    }
    Ok(found)
}

/// The overrides in their order: the first that matches a name counts.
fn overrides(settings: &Value) -> Result<Vec<(Regex, Gate)>, Undecided> {
    let Some(Value::List(rules)) = settings.get("override") else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for rule in &rules {
        let path = rule.get("path").and_then(|path| path.as_text().map(str::to_owned)).unwrap_or_default();
        let threshold = rule.get("threshold").unwrap_or(Value::Number(0.0));
        found.push((expression(&path)?, Gate::AtLeast(figure("override", &threshold)?)));
    }
    Ok(found)
}

/// A figure; what is written on a command line may hold a variable.
fn figure(key: &str, value: &Value) -> Result<f64, Undecided> {
    match value {
        Value::Number(number) => Ok(*number),
        Value::Text(text) => text.trim().parse().map_err(|_| untold(key, text)),
        Value::List(values) => values.last().map_or(Ok(0.0), |value| figure(key, value)),
        Value::Unknown(expression) => Err(untold(key, expression)),
        _ => Ok(0.0),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use crate::change::Tree;
    use crate::read::coverage::{Gate, Scope, Stage, scopes};

    const SOURCES: [(&str, &str); 6] = [
        ("go.mod", "module example.com/shop\n\ngo 1.24\n"),
        ("main.go", "package main\n"),
        ("pkg/bar/bar.go", "package bar\n"),
        ("pkg/bar/bar_test.go", "package bar\n"),
        ("pkg/lib/foo/foo.go", "package foo\n"),
        ("pkg/lib/foo/foo.pb.go", "package foo\n"),
    ];

    fn all(files: &[(&str, &str)]) -> Vec<Scope> {
        let files = files.iter().copied().chain(SOURCES);
        let mut found = scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))));
        found.retain(|scope| scope.tool == "go-test-coverage");
        found
    }

    fn one(files: &[(&str, &str)]) -> Scope {
        let found = all(files);
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    fn names(scope: &Scope) -> String {
        assert_eq!((&scope.undecided, scope.stage), (&None, Stage::Report));
        scope.files.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn gates(scope: &Scope) -> Vec<String> {
        assert_eq!(scope.unknown_thresholds, None);
        scope.thresholds.iter().map(|(name, gate)| format!("{name} {gate}")).collect()
    }

    #[test]
    fn expressions_see_paths_from_the_module_on() {
        let left =
            |paths: &str| names(&one(&[(".testcoverage.yml", &format!("exclude:\n  paths:\n{paths}"))]));
        assert_eq!(left("    - \\.pb\\.go$\n    - ^pkg/bar\n"), "main.go pkg/lib/foo/foo.go");
        assert_eq!(left("    - ^bar\n    - ^/pkg\n    - shop\n"), left(""));
        assert_eq!(left("    - lib\n"), "main.go pkg/bar/bar.go");
    }

    #[test]
    fn the_first_override_that_matches_counts_for_files_and_packages() {
        let config = "threshold:\n  file: 70\n  package: 80\n  total: 95\noverride:\n  - path: ^pkg/lib/foo$\n    threshold: 100\n  \
                      - path: ^pkg/lib\n    threshold: 10\n  - path: bar$\n    threshold: 80\n";
        assert_eq!(
            gates(&one(&[(".testcoverage.yml", config)])),
            [
                "file 70",
                "file of pkg/lib/foo/foo.go 10",
                "file of pkg/lib/foo/foo.pb.go 10",
                "package 80",
                "package of pkg/lib/foo 100",
                "total 95"
            ]
        );
    }

    #[test]
    fn a_drop_counts_only_with_a_breakdown_to_compare_with() {
        let config = "diff:\n  threshold: -0.5\n";
        assert!(gates(&one(&[(".testcoverage.yml", config)])).is_empty());
        let scope = one(&[(".testcoverage.yml", &format!("{config}  base-breakdown-file-name: base.out\n"))]);
        assert_eq!(scope.thresholds["diff"], Gate::Drop(0.5));
    }

    #[test]
    fn flags_and_inputs_go_before_the_file() {
        let config = (".github/testcov.yml", "threshold:\n  total: 90\n  file: 50\n");
        let make = "GOBIN ?= bin\ncover:\n\tgo install github.com/vladopajic/go-test-coverage/v2@latest\n\t${GOBIN}/go-test-coverage --config=./.github/testcov.yml -t 85\n";
        assert_eq!(gates(&one(&[config, ("Makefile", make)])), ["file 50", "total 85"]);
        let run = "go run github.com/vladopajic/go-test-coverage/v2@v2.18.9 --config .github/testcov.yml\n";
        assert_eq!(gates(&one(&[config, ("ci.sh", run)])), ["file 50", "total 90"]);
        let step = |with: &str| {
            format!(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: vladopajic/go-test-coverage@v2\n        with:\n{with}"
            )
        };
        let with = step(
            "          config: .github/testcov.yml\n          threshold-file: -1\n          threshold-total: 60\n",
        );
        assert_eq!(gates(&one(&[config, (".github/workflows/ci.yml", &with)])), ["file 50", "total 60"]);
        let with = step("          threshold-total: ${{ vars.MIN }}\n");
        assert!(
            one(&[(".github/workflows/ci.yml", &with)]).unknown_thresholds.unwrap().why.contains("vars.MIN")
        );
    }

    #[test]
    fn a_folder_without_a_module_takes_the_only_one_below_it() {
        let files = [
            ("svc/go.mod", "module m\n\ngo 1.24\n"),
            ("svc/a/a.go", "package a\n"),
            ("svc/.testcoverage.yml", "exclude:\n  paths: [^a/]\n"),
        ];
        let found = scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))));
        let scope = found.iter().find(|scope| scope.tool == "go-test-coverage").unwrap();
        assert_eq!((scope.package.as_str(), scope.files.len()), ("svc", 0));
    }

    #[test]
    fn what_cannot_be_read_is_undecided() {
        assert!(one(&[(".testcoverage.yml", "exclude:\n  paths: ['(?!x)']\n")]).undecided.is_some());
        assert!(one(&[(".testcoverage.yml", "a: [")]).undecided.is_some());
        assert!(
            one(&[("ci.sh", "go-test-coverage --config=$CONFIG")]).undecided.unwrap().why.contains("$CONFIG")
        );
        assert!(all(&[("ci.sh", "go install github.com/vladopajic/go-test-coverage/v2@latest")]).is_empty());
    }

    proptest! {
        #[test]
        fn no_configuration_makes_the_reader_panic(text in "(threshold|override|exclude|paths|path|diff|:|- |\n| |80|\\^|\\(|\\[|a){0,30}") {
            all(&[(".testcoverage.yml", &text)]);
        }
    }
}
