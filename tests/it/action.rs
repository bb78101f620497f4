//! The Action without a runner: what it reads, what it tells, and what it refuses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use gainsay::action::{self, Settings};
use gainsay::read::yaml::{self, Node};
use gainsay::verdict::Ruling;

use crate::fixture::git;

/// A repository with commits, made as a person would make them.
pub(crate) struct Checkout {
    pub(crate) dir: tempfile::TempDir,
}

impl Checkout {
    pub(crate) fn new() -> Self {
        let checkout = Self { dir: tempfile::tempdir().unwrap() };
        checkout.git(&["init", "-q", "-b", "main", "."]);
        checkout
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let who = ["-c", "user.name=Robin Example", "-c", "user.email=robin@example.com"];
        git(self.path(), &[&who[..], args].concat(), b"").trim().to_owned()
    }

    /// Writes the files and commits all; gives the commit's id.
    pub(crate) fn commit(&self, message: &str, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            let path = self.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
}

/// The event of a pull request as GitHub words it.
pub(crate) fn event(base: &str, head: &str, title: &str, body: &str) -> String {
    serde_json::json!({
        "action": "opened",
        "number": 7,
        "pull_request": {
            "number": 7, "title": title, "body": body, "labels": [{"name": "tests"}],
            "user": {"login": "robin", "id": 1, "type": "User"},
            "head": {"ref": "topic", "sha": head}, "base": {"ref": "main", "sha": base},
        },
        "repository": {"full_name": "octo/repo"},
    })
    .to_string()
}

/// A run of the Action with the runner's files beside the checkout.
struct Run {
    result: anyhow::Result<Ruling>,
    log: String,
    files: tempfile::TempDir,
}

impl Run {
    fn of(checkout: &Path, event: &str, adjust: impl FnOnce(&mut Settings)) -> Self {
        let files = tempfile::tempdir().unwrap();
        let file = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
        fs::write(file("event.json"), event).unwrap();
        let mut settings = Settings {
            event_name: "pull_request".into(),
            event: file("event.json"),
            workspace: checkout.to_str().unwrap().to_owned(),
            summary: file("summary.md"),
            outputs: file("outputs"),
            sarif: file("out/gainsay.sarif"),
            ..Settings::default()
        };
        adjust(&mut settings);
        let mut log = Vec::new();
        let result = action::run(&settings, &mut log);
        Self { result, log: String::from_utf8(log).unwrap(), files }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.files.path().join(name)).unwrap()
    }

    /// The one sentence of a fault, which stands in log and summary too.
    fn fault(&self) -> String {
        let fault = format!("{:#}", self.result.as_ref().unwrap_err());
        assert!(
            self.log.starts_with("::error title=gainsay could not judge this pull request::"),
            "{}",
            self.log
        );
        assert!(self.file("summary.md").starts_with("**Not judged"), "{}", self.file("summary.md"));
        fault
    }
}

#[test]
fn an_honest_pull_request_passes_and_the_runner_is_told() {
    let repo = Checkout::new();
    let base = repo.commit("Base", &[("a.txt", "one\n")]);
    let head = repo.commit("Change a", &[("a.txt", "two\n")]);
    let run = Run::of(repo.path(), &event(&base, &head, "Change a", ""), |_| {});
    assert_eq!(run.result.as_ref().unwrap(), &Ruling::Pass, "{}", run.log);
    assert!(run.log.starts_with("::stop-commands::"), "{}", run.log);
    assert!(run.file("summary.md").starts_with("**Passed: "));
    let outputs = run.file("outputs");
    assert!(outputs.starts_with("ruling<<") && outputs.contains("\npass\n"), "{outputs}");
    let sarif: serde_json::Value = serde_json::from_str(&run.file("out/gainsay.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["properties"]["head"], head.as_str());
}

#[test]
fn a_shallow_checkout_is_told_how_to_be_deep() {
    let origin = Checkout::new();
    let fork = origin.commit("Base", &[("a.txt", "one\n")]);
    origin.git(&["checkout", "-q", "-b", "topic"]);
    let head = origin.commit("Change a", &[("a.txt", "two\n")]);
    origin.git(&["checkout", "-q", "main"]);
    let base = origin.commit("Change b", &[("b.txt", "one\n")]);
    origin.git(&["merge", "-q", "--no-ff", "-m", "Merge", "topic"]);
    for depth in ["1", "2"] {
        let clone = tempfile::tempdir().unwrap();
        let url = format!("file://{}", origin.path().display());
        git(clone.path(), &["clone", "-q", "--depth", depth, &url, "."], b"");
        let run = Run::of(clone.path(), &event(&base, &head, "", ""), |_| {});
        assert!(run.fault().contains("fetch-depth: 0"), "depth {depth}: {}", run.fault());
    }
    let whole = Run::of(origin.path(), &event(&base, &head, "", ""), |_| {});
    assert_eq!(whole.result.as_ref().unwrap(), &Ruling::Pass);
    let sarif: serde_json::Value = serde_json::from_str(&whole.file("out/gainsay.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["properties"]["base"], fork.as_str(), "head is compared with the merge base");
}

#[test]
fn a_checkout_that_is_missing_or_on_base_has_its_own_remedy() {
    let empty = tempfile::tempdir().unwrap();
    let sha = "a".repeat(40);
    let run = Run::of(empty.path(), &event(&sha, &sha, "", ""), |_| {});
    assert!(run.fault().contains("actions/checkout"), "{}", run.fault());

    let repo = Checkout::new();
    let base = repo.commit("Base", &[]);
    let run =
        Run::of(repo.path(), &event(&base, &sha, "", ""), |s| s.event_name = "pull_request_target".into());
    assert!(run.fault().contains("git fetch origin refs/pull/7/head"), "{}", run.fault());
}

#[test]
fn an_event_without_a_pull_request_is_a_clear_fault() {
    let repo = Checkout::new();
    repo.commit("Base", &[]);
    let run = Run::of(repo.path(), r#"{"inputs": null, "ref": "refs/heads/main"}"#, |s| {
        s.event_name = "workflow_dispatch".into();
    });
    assert!(run.fault().contains("\"workflow_dispatch\" has no pull request"), "{}", run.fault());
    assert!(Run::of(repo.path(), "{", |_| {}).fault().contains("could not understand the event"));
    assert!(Run::of(repo.path(), "{}", |s| s.event.clear()).fault().contains("GITHUB_EVENT_PATH"));
}

#[test]
fn the_policy_is_that_of_base_and_never_that_of_head() {
    let repo = Checkout::new();
    let strict = repo.commit("Base", &[("a.txt", "one\n")]);
    let lax = repo.commit("Loosen", &[("gainsay.toml", "subject = \"agents\"\n"), ("a.txt", "two\n")]);
    let run = Run::of(repo.path(), &event(&strict, &lax, "", ""), |_| {});
    assert!(run.file("summary.md").starts_with("**Passed"), "{}", run.file("summary.md"));
    let next = repo.commit("Next", &[("a.txt", "three\n")]);
    let run = Run::of(repo.path(), &event(&lax, &next, "", ""), |_| {});
    assert!(
        run.file("summary.md").starts_with("**Not judged: this repository's policy"),
        "{}",
        run.file("summary.md")
    );

    let named = |s: &mut Settings| s.policy = "a.toml".into();
    assert!(Run::of(repo.path(), &event(&lax, &next, "", ""), named).fault().contains("no policy a.toml"));
}

#[test]
fn a_policy_that_cannot_be_obeyed_is_a_fault_with_its_line() {
    let repo = Checkout::new();
    let base = repo.commit("Base", &[(".github/gainsay.toml", "# ours\nsubjekt = \"agents\"\n")]);
    let head = repo.commit("Change a", &[("a.txt", "two\n")]);
    let fault = Run::of(repo.path(), &event(&base, &head, "", ""), |_| {}).fault();
    assert!(fault.contains(".github/gainsay.toml:2: unknown key `subjekt`"), "{fault}");
}

#[test]
fn a_report_that_is_missing_is_a_warning_and_no_fault() {
    let repo = Checkout::new();
    let base = repo.commit("Base", &[("a.txt", "one\n")]);
    let head = repo.commit("Change a", &[("a.txt", "two\n")]);
    let run = Run::of(repo.path(), &event(&base, &head, "", ""), |s| s.junit = "out/*.xml".into());
    assert_eq!(run.result.as_ref().unwrap(), &Ruling::Pass);
    assert!(
        run.log.contains("::warning title=gainsay::junit: no file in the workspace is out/*.xml\n"),
        "{}",
        run.log
    );
}

#[test]
fn an_error_that_quotes_a_name_is_one_line_and_no_command() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gainsay"));
    let output = command.args(["scope", "--repo", "nowhere\n::error::forged\u{1b}[2J"]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), text.lines().count()), (Some(2), 1), "{text:?}");
    assert!(text.starts_with("error: ") && text.contains("nowhere") && !text.contains('\u{1b}'), "{text:?}");
}

fn action_yml() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("action.yml");
    fs::read_to_string(path).unwrap()
}

fn keys(node: &Node) -> BTreeSet<String> {
    node.entries().iter().map(|(key, _)| key.text().unwrap().to_owned()).collect()
}

fn steps(action: &Node) -> &[Node] {
    action.get("runs").and_then(|runs| runs.get("steps")).unwrap().items()
}

#[test]
fn the_actions_inputs_are_those_that_the_command_reads() {
    let source = action_yml();
    let action = &yaml::parse(&source).unwrap()[0];
    let mut inputs = keys(action.get("inputs").unwrap());
    assert!(inputs.remove("binary"), "the step itself reads `binary`");

    let help = std::process::Command::new(env!("CARGO_BIN_EXE_gainsay")).args(["action", "--help"]).output();
    let help = String::from_utf8(help.unwrap().stdout).unwrap();
    let read = regex::Regex::new(r"\[env:\s+INPUT_([A-Z_]+)=").unwrap();
    let read: BTreeSet<String> =
        read.captures_iter(&help).map(|found| found[1].to_lowercase().replace('_', "-")).collect();
    assert_eq!(inputs, read);

    let step = steps(action).last().unwrap();
    for input in inputs {
        let variable = format!("INPUT_{}", input.to_uppercase().replace('-', "_"));
        let value = step.get("env").and_then(|env| env.get(&variable)).and_then(Node::text);
        assert_eq!(value, Some(format!("${{{{ inputs.{input} }}}}").as_str()), "{variable}");
    }
}

#[test]
fn no_input_is_pasted_into_a_script_of_the_action() {
    let source = action_yml();
    let action = &yaml::parse(&source).unwrap()[0];
    for step in steps(action) {
        let script = step.get("run").and_then(Node::text).unwrap();
        assert!(!script.contains("${{"), "{script}");
    }
}
