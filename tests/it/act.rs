//! The Action inside a runner: `act` runs a workflow on a pull request's event, in host mode and without a network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::action::{Checkout, event};

const WORKFLOW: &str = "
on: pull_request
permissions: {}
jobs:
  judge:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0, persist-credentials: false }
      - id: gainsay
        uses: gainsay/gainsay@v1
        with:
          binary: BINARY
          sarif: out/gainsay.sarif
      - if: always()
        shell: bash
        env:
          RULING: ${{ steps.gainsay.outputs.ruling }}
        run: echo \"the ruling is <$RULING>\" && test -s out/gainsay.sarif
";

fn act() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/venv/bin/act");
    assert!(
        path.is_file(),
        "{} is missing: run `python3 -m venv tests/tools/venv && tests/tools/venv/bin/pip install -r \
         tests/tools/requirements.txt`",
        path.display()
    );
    path
}

/// A repository whose base has the workflow and these files, changed to others by a pull request with that body; the
/// workflow's log and whether it succeeded.
fn run(base: &[(&str, &str)], head: &[(&str, &str)], body: &str) -> (bool, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let outside = tempfile::tempdir().unwrap();
    let (home, action) = (outside.path().join("home"), outside.path().join("action"));
    fs::create_dir_all(&home).unwrap();
    fs::create_dir_all(&action).unwrap();
    fs::copy(root.join("action.yml"), action.join("action.yml")).unwrap();

    let repo = Checkout::new();
    let workflow = WORKFLOW.replace("BINARY", env!("CARGO_BIN_EXE_gainsay"));
    let base = repo.commit("Base", &[base, &[(".github/workflows/judge.yml", &workflow)]].concat());
    let head = repo.commit("Work", head);
    let file = outside.path().join("event.json");
    fs::write(&file, event(&base, &head, "Work", body)).unwrap();

    let output = Command::new(act())
        .current_dir(repo.path())
        .env("HOME", &home)
        .env_remove("XDG_CACHE_HOME")
        .args(["pull_request", "-P", "ubuntu-latest=-self-hosted", "--no-cache-server", "-e"])
        .arg(&file)
        .arg("--local-repository")
        .arg(format!("gainsay/gainsay@v1={}", action.display()))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), anstream::adapter::strip_str(&log).to_string())
}

const PACKAGE: &str = r#"{
  "name": "shop",
  "scripts": { "test": "jest --coverage" },
  "jest": {
    "collectCoverageFrom": ["src/**/*.js"]
  }
}
"#;

const SOURCES: [(&str, &str); 4] = [
    ("package.json", PACKAGE),
    ("src/cart.js", "export const total = (items) => items.reduce((sum, item) => sum + item.price, 0);\n"),
    ("src/ship.js", "export const cost = (kilos) => (kilos > 20 ? 12 : 5);\n"),
    ("src/tax.js", "export const tax = (sum) => sum * 0.2;\n"),
];

#[test]
fn an_honest_pull_request_succeeds_in_a_runner() {
    let honest = [("src/tax.js", "/** A fifth of the sum. */\nexport const tax = (sum) => sum * 0.2;\n")];
    let (success, log) = run(&SOURCES, &honest, "Documents `tax`.");
    assert!(success, "{log}");
    assert!(log.contains("Summary - **Passed: ") && log.contains("the ruling is <pass>"), "{log}");
}

#[test]
fn a_narrowed_coverage_configuration_fails_in_a_runner() {
    let narrowed = PACKAGE.replace("src/**/*.js", "src/tax.js");
    let body = "## Verification\n\n100% coverage across statements, branches, functions and lines.\n";
    let (success, log) = run(&SOURCES, &[("package.json", &narrowed)], body);
    assert!(!success, "{log}");
    assert!(log.contains("::error file=package.json,line="), "{log}");
    assert!(log.contains("Summary - **Blocked: ") && log.contains("the ruling is <blocked>"), "{log}");
}

#[test]
fn a_policy_that_cannot_be_obeyed_fails_in_a_runner() {
    let policy = [("gainsay.toml", "[rules]\ncoverage-narowed = \"off\"\n")];
    let (success, log) = run(&policy, &[("a.txt", "a\n")], "");
    assert!(!success, "{log}");
    assert!(
        log.contains("::error title=gainsay could not judge this pull request::gainsay.toml:2: "),
        "{log}"
    );
    assert!(log.contains("did you mean `coverage-narrowed`?"), "{log}");
}

#[test]
fn the_action_passes_its_linters() {
    let tools = act().parent().unwrap().to_owned();
    let lint = |tool: &str, args: &[&str]| {
        let mut command = Command::new(tools.join(tool));
        let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).output().unwrap();
        assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stdout));
    };
    lint("check-jsonschema", &["--builtin-schema", "vendor.github-actions", "action.yml"]);
    lint("zizmor", &["--offline", "--persona=auditor", "--quiet", "action.yml"]);
}
