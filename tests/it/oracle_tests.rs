//! The test inventories of small projects, compared with what the real runners list and skip there.
//!
//! `tests/oracle/runners` holds the projects as data. Each is written to a folder of its own and run; every test that the
//! runner reports has to be in the inventory in a state that allows what became of it, and no other may be selected.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gainsay::change::Tree;
use gainsay::read::tests::State;
use gainsay::read::tests::selection;
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

/// Runners at the same time.
const WORKERS: usize = 3;
const FILES: [&str; 6] = ["cargo", "jest", "mocha", "node", "pytest", "vitest"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    runner: String,
    command: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    command: Option<String>,
    files: BTreeMap<String, String>,
}

struct Run {
    name: String,
    runner: String,
    command: String,
    files: BTreeMap<String, String>,
}

/// A test as a runner reports it: the path is `*` where it does not tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    path: String,
    name: String,
    state: String,
}

fn oracle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle")
}

fn runs() -> Vec<Run> {
    let mut runs = Vec::new();
    for file in FILES {
        let path = oracle().join(format!("runners/{file}.toml"));
        let all: Cases = toml::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for case in all.case {
            let command = case.command.or_else(|| all.command.clone()).unwrap_or_default();
            let mut files = case.files;
            if !command.is_empty() {
                let mut manifest: Value = files
                    .get("package.json")
                    .map_or_else(|| serde_json::json!({}), |text| serde_json::from_str(text).unwrap());
                manifest["scripts"] = serde_json::json!({ "test": command });
                files.insert("package.json".to_owned(), manifest.to_string());
            }
            let name = format!("{file}: {}", case.name);
            runs.push(Run { name, runner: all.runner.clone(), command, files });
        }
    }
    runs
}

/// The folder of an installed runner. A missing one is a failure with its remedy: a skipped test would look like a pass.
fn installed(runner: &str) -> PathBuf {
    let bin = match runner {
        "pytest" => "venv/bin".to_owned(),
        other => format!("{other}/node_modules/.bin"),
    };
    let path = oracle().join(bin);
    assert!(path.exists(), "{} is missing; install it with: script/test", path.display());
    path
}

fn reported(run: &Run) -> Result<BTreeSet<Listed>, String> {
    let folder = tempfile::Builder::new().prefix("case-").tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (path, text) in &run.files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let out = tempfile::tempdir().unwrap();
    let report = out.path().join("report.json");
    let shown = report.display();
    let runners = oracle().join("runners");
    let mut path = std::env::var("PATH").unwrap();
    if !matches!(run.runner.as_str(), "cargo" | "node") {
        let bin = installed(&run.runner);
        path = format!("{}:{path}", bin.display());
        if run.runner != "pytest" {
            std::os::unix::fs::symlink(bin.parent().unwrap(), root.join("node_modules")).unwrap();
        }
    }
    let command = match run.runner.trim_end_matches(char::is_numeric) {
        "pytest" => "python -m pytest -p plugin".to_owned(),
        "jest" => format!("{} --json --outputFile={shown}", run.command),
        "vitest" => format!("{} --reporter=json --outputFile={shown}", run.command),
        "mocha" => run.command.replacen(
            "mocha",
            &format!("mocha --reporter json --reporter-option output={shown}"),
            1,
        ),
        "node" => {
            let reporter = runners.join("reporter.mjs");
            let options =
                format!("--test --test-reporter={} --test-reporter-destination={shown}", reporter.display());
            run.command.replacen("--test", &options, 1)
        }
        _ => {
            let list = "cargo test --offline --quiet --bins --tests -- --list --format terse";
            format!("({list}; echo IGNORED; {list} --ignored) > {shown}")
        }
    };
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(&command).current_dir(&root).env("PATH", path).env("REPORT", &report);
    shell
        .env("PYTHONPATH", &runners)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("CARGO_TARGET_DIR", out.path().join("target"));
    let output = shell.env_remove("NODE_TEST_CONTEXT").env_remove("CI").output().unwrap();
    let Ok(text) = std::fs::read_to_string(&report) else {
        return Err(format!(
            "left no report: {}",
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat())
        ));
    };
    let listed = listed(&run.runner, &text, &root);
    if listed.is_empty() && run.runner != "pytest" {
        return Err(format!("listed nothing: {text} {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(listed)
}

fn listed(runner: &str, text: &str, root: &Path) -> BTreeSet<Listed> {
    let json = || serde_json::from_str::<Value>(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let inside = |path: &Value| word(path).trim_start_matches(&format!("{}/", root.display())).to_owned();
    match runner.trim_end_matches(char::is_numeric) {
        "pytest" => items(&json()).iter().map(row).collect(),
        "node" => text.lines().map(|line| row(&serde_json::from_str(line).unwrap())).collect(),
        "jest" | "vitest" => {
            let mut found = BTreeSet::new();
            for file in items(&json()["testResults"]) {
                for test in items(&file["assertionResults"]) {
                    let mut names: Vec<String> = items(&test["ancestorTitles"]).iter().map(word).collect();
                    names.push(word(&test["title"]));
                    names.retain(|name| !name.is_empty());
                    let state = match word(&test["status"]).as_str() {
                        "todo" => "todo",
                        "passed" | "failed" => "runs",
                        _ => "skipped",
                    };
                    found.insert(Listed {
                        path: inside(&file["name"]),
                        name: names.join(" > "),
                        state: state.into(),
                    });
                }
            }
            found
        }
        "mocha" => {
            let json = json();
            let pending: BTreeSet<String> =
                items(&json["pending"]).iter().map(|t| word(&t["fullTitle"])).collect();
            let of = |test: &Value| {
                let name = word(&test["fullTitle"]);
                let state = if pending.contains(&name) { "skipped" } else { "runs" };
                Listed { path: inside(&test["file"]), name, state: state.into() }
            };
            items(&json["tests"]).iter().map(of).collect()
        }
        _ => {
            let (all, ignored) = text.split_once("IGNORED").unwrap_or((text, ""));
            let names = |text: &str| -> BTreeSet<String> {
                text.lines()
                    .filter_map(|line| Some(line.strip_suffix(": test")?.replace("::", " > ")))
                    .collect()
            };
            let ignored = names(ignored);
            let state = |name: &String| if ignored.contains(name) { "skipped" } else { "runs" };
            names(all)
                .into_iter()
                .map(|name| Listed { path: "*".into(), state: state(&name).into(), name })
                .collect()
        }
    }
}

fn row(value: &Value) -> Listed {
    let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    Listed { path: word("path"), name: word("name"), state: word("state") }
}

/// A name as written, with what is computed in it open.
fn pattern(name: &str) -> Regex {
    let computed = Regex::new(r"\$\{[^}]*\}|%[a-zA-Z#%]|\$[\w.]+").unwrap();
    let fixed: Vec<String> = computed.split(name).map(regex::escape).collect();
    Regex::new(&format!("^{}$", fixed.join(".*"))).unwrap()
}

fn allows(state: State, reported: &str) -> bool {
    let is_open = matches!(state, State::Conditional | State::Tolerated | State::Inverted);
    match reported {
        "runs" => is_open || matches!(state, State::Runs | State::Focused),
        "todo" => matches!(state, State::Todo | State::Skipped),
        _ => is_open || matches!(state, State::Skipped | State::Silenced | State::Todo),
    }
}

fn compare(run: &Run) -> Result<(), String> {
    let tree = Tree::of_files(run.files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let found = selection::inventory(&tree);
    if let Some(undecided) = found.undecided.first() {
        return Err(format!("is undecided: {undecided}"));
    }
    let separator = if run.runner == "mocha" { " " } else { " > " };
    let ours: Vec<(String, String, State)> = found
        .tests
        .iter()
        .filter(|test| !matches!(test.state, State::Unselected | State::Elsewhere))
        .map(|test| (test.path.to_string(), test.name.join(separator), test.state))
        .collect();
    let theirs = reported(run)?;
    let same = |listed: &Listed, (path, name, _): &(String, String, State)| {
        (listed.path == "*" || listed.path == *path) && pattern(name).is_match(&listed.name)
    };
    let allowed = |listed: &&Listed| ours.iter().any(|own| same(listed, own) && allows(own.2, &listed.state));
    let missing: Vec<&Listed> = theirs.iter().filter(|listed| !allowed(listed)).collect();
    // Mocha does not mention what a focus silences.
    let mentioned = |own: &&(String, String, State)| run.runner != "mocha" || own.2 != State::Silenced;
    let extra: Vec<_> =
        ours.iter().filter(mentioned).filter(|own| !theirs.iter().any(|listed| same(listed, own))).collect();
    if missing.is_empty() && extra.is_empty() {
        return Ok(());
    }
    Err(format!("missing or in another state {missing:?}; extra {extra:?}"))
}

#[test]
fn inventories_agree_with_the_real_runners() {
    let only = std::env::var("ORACLE").unwrap_or_default();
    let mut all = runs();
    all.retain(|run| run.name.contains(&only));
    assert!(!all.is_empty(), "no case is called {only:?}");
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(BTreeSet::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(run) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = compare(run) {
                        wrong.lock().unwrap().insert(format!("{} {why}", run.name));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let shown: Vec<&String> = wrong.iter().collect();
    assert!(wrong.is_empty(), "{} of {} cases differ: {shown:#?}", wrong.len(), all.len());
}
