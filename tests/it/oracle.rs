//! The scopes of small projects, compared with what the real coverage tools measure there.
//!
//! `tests/oracle` holds the projects and cases as data and pins the tools. A case overlays a project's files; its
//! command is run in a folder of its own and the files in the tool's report are what the scopes have to name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gainsay::change::{Content, Entry, Kind, Tree};
use gainsay::read::coverage::{self, Mode, Scope};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

/// Tools run at the same time.
const WORKERS: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    /// The files that the project's tests load.
    loads: BTreeSet<String>,
    files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    project: String,
    tool: Option<String>,
    command: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    tools: Vec<String>,
    command: Option<String>,
    /// Over the files of the project.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Files of the project that this one does without.
    #[serde(default)]
    without: Vec<String>,
    /// The mode where the measured files alone don't show it.
    mode: Option<String>,
    /// The command that writes coverage.py's report; empty where the run does.
    report: Option<String>,
    /// Whether only a run could tell, which is what the scope has to say.
    #[serde(default)]
    undecided: bool,
}

/// A case for one tool.
struct Run {
    name: String,
    tool: String,
    command: String,
    report: String,
    files: BTreeMap<String, String>,
    loads: BTreeSet<String>,
    mode: Option<String>,
    undecided: bool,
}

fn oracle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle")
}

fn read<T: serde::de::DeserializeOwned>(path: &str) -> T {
    let path = oracle().join(path);
    toml::from_str(&std::fs::read_to_string(&path).unwrap())
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The folder of an installed tool. A missing one is a failure with its remedy: a skipped test would look like a pass.
fn installed(tool: &str) -> PathBuf {
    let (folder, bin, remedy) = match tool {
        "c8" | "nyc" => ("istanbul", "node_modules/.bin", "npm ci --prefix tests/oracle/istanbul"),
        "coverage.py" => {
            ("venv", "bin", "script/test, or python3 -m venv with tests/oracle/requirements.txt")
        }
        other => (other, "node_modules/.bin", "npm ci --prefix tests/oracle/TOOL"),
    };
    let path = oracle().join(folder).join(bin);
    assert!(path.exists(), "{} is missing; install it with: {remedy}", path.display());
    path
}

fn runs(cases: &str) -> Vec<Run> {
    const VERSIONS: [(&str, &str); 3] = [("vitest3", "3.2.4"), ("vitest4", "4.1.12"), ("vitest5", "5.1.1")];
    let all: Cases = read(&format!("cases/{cases}.toml"));
    let project: Project = read(&format!("projects/{}.toml", all.project));
    let mut runs = Vec::new();
    for case in all.case {
        let tools = if case.tools.is_empty() { all.tool.clone().into_iter().collect() } else { case.tools };
        for tool in tools {
            let command = case.command.as_ref().or(all.command.as_ref());
            let command = command.map_or("TOOL node test/run.js", String::as_str).replace("TOOL", &tool);
            let mut files = project.files.clone();
            case.without.iter().for_each(|path| drop(files.remove(path)));
            if tool != "coverage.py" {
                files.insert("package.json".to_owned(), manifest(&tool, &command));
            }
            let version =
                VERSIONS.iter().find(|(known, _)| *known == tool).map_or("", |(_, version)| version);
            let own = case.files.iter().map(|(path, text)| (path.clone(), text.replace("VERSION", version)));
            files.extend(own);
            runs.push(Run {
                name: format!("{tool}: {}", case.name),
                report: case.report.clone().unwrap_or_else(|| "coverage json -q -i".to_owned()),
                loads: project.loads.clone(),
                mode: case.mode.clone(),
                undecided: case.undecided,
                tool,
                command,
                files,
            });
        }
    }
    runs
}

fn manifest(tool: &str, command: &str) -> String {
    let mut manifest = serde_json::json!({ "name": "project", "scripts": { "test": command } });
    if let Some(major) = tool.strip_prefix("vitest") {
        manifest["type"] = "module".into();
        manifest["devDependencies"] = serde_json::json!({ "vitest": format!("^{major}.0.0") });
    }
    manifest.to_string()
}

/// The files that the tool reports on.
fn measured(run: &Run) -> Result<BTreeSet<String>, String> {
    let bin = installed(&run.tool);
    let folder = tempfile::Builder::new().prefix("case-").tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (path, text) in &run.files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut command = run.command.clone();
    if run.tool == "coverage.py" {
        command = format!("{command}; {}", if run.report.is_empty() { "true" } else { &run.report });
    } else {
        std::os::unix::fs::symlink(bin.parent().unwrap(), root.join("node_modules")).unwrap();
        if matches!(&*run.tool, "c8" | "nyc") && !command.starts_with("make") {
            command =
                command.replacen(&format!("{} ", run.tool), &format!("{} --reporter=json ", run.tool), 1);
        }
    }
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(&command).current_dir(&root).env("PATH", path);
    let output = shell.env("CI", "true").env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let report = if run.tool == "coverage.py" { "coverage.json" } else { "coverage-final.json" };
    let Some(report) = find(&root, report) else {
        let said = [output.stdout, output.stderr].concat();
        return Err(format!("the tool left no report: {}", String::from_utf8_lossy(&said)));
    };
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(report).unwrap()).map_err(|e| e.to_string())?;
    let files = report.get("files").filter(|_| run.tool == "coverage.py").unwrap_or(&report);
    let files = files.as_object().ok_or("the report holds no files")?;
    let inside = |path: &String| match Path::new(path).strip_prefix(&root) {
        Ok(inside) => inside.to_str().unwrap().to_owned(),
        Err(_) => path.clone(),
    };
    Ok(files.keys().map(inside).filter(|path| run.files.contains_key(path)).collect())
}

fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    let entries: Vec<_> = std::fs::read_dir(dir).ok()?.filter_map(Result::ok).collect();
    let file = entries.iter().find(|entry| entry.file_name() == name).map(std::fs::DirEntry::path);
    let inner = entries.iter().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    file.or_else(|| inner.map(std::fs::DirEntry::path).find_map(|dir| find(&dir, name)))
}

/// The files that a scope may read, as `gainsay scope` loads them.
fn wanted() -> GlobSet {
    let mut wanted = GlobSetBuilder::new();
    for glob in coverage::needs().chain(coverage::LOADING) {
        wanted.add(GlobBuilder::new(glob).literal_separator(true).build().unwrap());
    }
    wanted.build().unwrap()
}

fn scopes(run: &Run, wanted: &GlobSet) -> Vec<Scope> {
    let entry = |(path, text): (&String, &String)| {
        let loaded = Content::Loaded(text.as_bytes().into());
        let content = if wanted.is_match(path) { loaded } else { Content::NotLoaded };
        (path.parse().unwrap(), Entry { kind: Kind::File, id: "0".repeat(40).parse().unwrap(), content })
    };
    let tree = Tree::new(run.files.iter().map(entry));
    let mut scopes = coverage::scopes(&tree);
    coverage::with_loaded(&tree, &mut scopes);
    coverage::without_ignored(&tree, &mut scopes);
    scopes.retain(|scope| scope.tool == run.tool.trim_end_matches(['3', '4', '5']));
    scopes
}

/// What the scopes of a case say, set against what the tool did.
fn compare(run: &Run, wanted: &GlobSet) -> Result<(), String> {
    let scopes = scopes(run, wanted);
    if run.undecided {
        let undecided = !scopes.is_empty() && scopes.iter().all(|scope| scope.undecided.is_some());
        return undecided.then_some(()).ok_or_else(|| "is decided, though only a run could tell".to_owned());
    }
    if let Some(undecided) = scopes.iter().find_map(|scope| scope.undecided.as_ref()) {
        return Err(format!("is undecided: {undecided}"));
    }
    if scopes.is_empty() {
        return Err("has no scope".to_owned());
    }
    let measured = measured(run)?;
    let named = |scopes: &[Scope]| -> BTreeSet<String> {
        scopes.iter().flat_map(|scope| &scope.files).map(ToString::to_string).collect()
    };
    let mut files = named(&scopes);
    let mode = if scopes.iter().any(|scope| scope.mode == Mode::Loaded) { "loaded" } else { "matching" };
    let unloaded = measured.iter().any(|path| !run.loads.contains(path));
    let truth = run.mode.as_deref().unwrap_or(if unloaded { "matching" } else { "loaded" });
    if truth == "loaded" {
        // Of those that would be measured if loaded, exactly the loaded ones have to be.
        files.retain(|path| run.loads.contains(path));
    }
    let (missing, extra) = (&measured - &files, &files - &measured);
    if mode == truth && missing.is_empty() && extra.is_empty() {
        return Ok(());
    }
    Err(format!("mode {mode}, where the tool's is {truth}; missing {missing:?}; extra {extra:?}"))
}

#[test]
fn scopes_name_the_files_that_the_real_tools_measure() {
    let wanted = wanted();
    let only = std::env::var("ORACLE").unwrap_or_default();
    let mut all: Vec<Run> = ["vitest", "jest", "python", "istanbul"].into_iter().flat_map(runs).collect();
    all.retain(|run| run.name.contains(&only));
    assert!(!all.is_empty(), "no case is called {only:?}");
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(BTreeSet::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(run) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = compare(run, &wanted) {
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
