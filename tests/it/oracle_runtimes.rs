//! Node.js, Bun and Deno run on small projects: what each reports is what Gainsay says it measures, and it fails where
//! Gainsay says it fails.
//!
//! The binaries are pinned in `tests/oracle/runtimes`. Every project's test loads every file of it, so that "would be
//! measured if loaded" and "was measured" are one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use gainsay::change::Tree;
use gainsay::read::coverage::{self, Gate, Scope};

/// A JavaScript module with one function of two that is called, and some lines of its own.
const MODULE: &str = "\
export function used(x) {
  if (x) {
    return 1;
  }
  return 2;
}
export function unused() {
  return 3;
}
used(1);
";

const SOURCES: [&str; 13] = [
    "config/.hidden.mjs",
    "scripts/run.mjs",
    "src/a.mjs",
    "src/a.test.mjs",
    "src/a_spec.mjs",
    "src/latest.mjs",
    "src/lib/b.mjs",
    "src/lib/deep/c.mjs",
    "src/lib/u.mts",
    "src/t.ts",
    "src/test-tool.mjs",
    "test/helper.mjs",
    "tests/__tests__/d.mjs",
];

/// One project: the runtime (a name of `BINARIES`), its configuration files, and the command line of its script.
struct Case {
    runtime: &'static str,
    files: &'static [(&'static str, &'static str)],
    script: &'static str,
    /// Which of Gainsay's scopes is meant, and where the report is written; without, it is what is printed.
    tool: &'static str,
    report: Option<&'static str>,
}

const fn node(
    runtime: &'static str,
    files: &'static [(&'static str, &'static str)],
    script: &'static str,
) -> Case {
    Case { runtime, files, script, tool: "node:test", report: None }
}

const fn bun(config: &'static [(&'static str, &'static str)], script: &'static str) -> Case {
    Case { runtime: "bun", files: config, script, tool: "bun", report: Some("coverage/lcov.info") }
}

const fn deno(config: &'static [(&'static str, &'static str)], script: &'static str) -> Case {
    Case { runtime: "deno", files: config, script, tool: "deno", report: Some("cov/lcov.info") }
}

const fn deno_report(script: &'static str) -> Case {
    Case { runtime: "deno", files: &[], script, tool: "deno coverage", report: Some("out.lcov") }
}

const OLD: &[(&str, &str)] = &[(".nvmrc", "22\n")];

const CASES: &[Case] = &[
    node("node26", &[], "node --test --experimental-test-coverage --test-reporter=lcov test/all.test.mjs"),
    node("node22", OLD, "node --test --experimental-test-coverage --test-reporter=lcov test/all.test.mjs"),
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-coverage-include='src/**' --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node22",
        OLD,
        "node --test --experimental-test-coverage --test-coverage-include='**/*.mjs' --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-coverage-include '**/*.mjs' --test-coverage-exclude='**/{test,tests}/**' --test-reporter lcov test/all.test.mjs",
    ),
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-coverage-exclude='src/lib/*' --test-coverage-exclude='{config,scripts}/**' --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node22",
        OLD,
        "node --test --experimental-test-coverage --test-coverage-exclude='**/[a-b].mjs' --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-coverage-include='./src/**' --test-coverage-include='scripts' --test-coverage-include='src/lib/' --test-coverage-include='config/*' --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-coverage-include=$PWD/src/lib/** --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-coverage-include='src/@(a|latest).mjs' --test-coverage-include='s*/../config/.*' --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-reporter=lcov test/all.test.mjs --test-coverage-include='src/lib/**'",
    ),
    node(
        "node26",
        &[],
        "NODE_OPTIONS=--test-coverage-include=src/lib/** node --test --experimental-test-coverage --test-coverage-include='scripts/*' --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node26",
        &[(
            "node.config.json",
            r#"{"test": {"experimental-test-coverage": true, "test-coverage-include": ["src/*"]}}"#,
        )],
        "node --test --experimental-default-config-file --test-coverage-include='scripts/*' --test-reporter=lcov test/all.test.mjs",
    ),
    bun(&[], "bun test --coverage --coverage-reporter=lcov ./test/all.test.mjs"),
    bun(
        &[("bunfig.toml", "[test]\ncoverageSkipTestFiles = false\n")],
        "bun test --coverage --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    bun(
        &[(
            "bunfig.toml",
            "[test]\ncoverage = true\ncoverageReporter = [\"lcov\"]\ncoveragePathIgnorePatterns = \"src/**\"\n",
        )],
        "bun test ./test/all.test.mjs",
    ),
    bun(
        &[(
            "bunfig.toml",
            "[test]\ncoveragePathIgnorePatterns = [\"src/*\", \"**/deep/**\", \"scripts\", \"./test/**\"]\n",
        )],
        "bun test --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    bun(
        &[("bunfig.toml", "[test]\ncoveragePathIgnorePatterns = [\"!src/**\"]\n")],
        "bun test --coverage --coverage-reporter lcov ./test/all.test.mjs",
    ),
    bun(
        &[(
            "bunfig.toml",
            "[test]\nroot = \"test\"\ncoveragePathIgnorePatterns = [\"{src,config}/[.a]*\", \"t?.mts\"]\n",
        )],
        "bun test --coverage --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    bun(
        &[("other.toml", "[test]\ncoveragePathIgnorePatterns = [\"src/**/*.mjs\"]\n")],
        "bun test --config=other.toml --coverage --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    deno(&[("deno.json", "{}")], "deno test -A --no-check --coverage=cov test/all.test.mjs"),
    deno(
        &[("deno.json", r#"{"exclude": ["src/lib/"], "test": {"exclude": ["src/a.mjs"]}}"#)],
        "deno test -A --no-check --coverage=cov test/all.test.mjs",
    ),
    deno_report(
        "deno test -A --no-check --coverage=cov test/all.test.mjs && deno coverage cov --lcov --output=out.lcov",
    ),
    deno_report(
        "deno test -A --no-check --coverage=cov test/all.test.mjs && deno coverage --include=src/l,/config/ --lcov --output=out.lcov cov",
    ),
    deno_report(
        "deno test -A --no-check --coverage=cov test/all.test.mjs && deno coverage --exclude='lib/.*[.]mjs$' --exclude=scripts --lcov --output=out.lcov cov",
    ),
    deno_report(
        "deno test -A --no-check --coverage=cov test/all.test.mjs && deno coverage --include=^file://$PWD/src --exclude=x^ --ignore=src/lib/deep,test --lcov --output out.lcov cov",
    ),
    deno_report(
        "deno test -A --no-check --coverage=cov test/all.test.mjs && deno coverage --exclude src --lcov --output=out.lcov cov",
    ),
];

/// Thresholds: whether the tool's exit code agrees with the gates, given the figures of its own report.
const GATES: &[Case] = &[
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-coverage-lines=60 --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node26",
        &[],
        "node --test --experimental-test-coverage --test-coverage-lines=95 --test-reporter=lcov test/all.test.mjs",
    ),
    node(
        "node22",
        OLD,
        "node --test --experimental-test-coverage --test-coverage-functions=99 --test-coverage-lines=1 --test-reporter=lcov test/all.test.mjs",
    ),
    node("node26", &[], "node --test --test-coverage-lines=100 --test-reporter=lcov test/all.test.mjs"),
    bun(
        &[("bunfig.toml", "[test]\ncoverageThreshold = 0.95\n")],
        "bun test --coverage --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    bun(
        &[("bunfig.toml", "[test]\ncoverageThreshold = 0.3\n")],
        "bun test --coverage --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    bun(
        &[("bunfig.toml", "[test]\ncoverageThreshold = { lines = 0.1 }\n")],
        "bun test --coverage --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    bun(
        &[("bunfig.toml", "[test]\ncoverageThreshold = { line = 0.99 }\n")],
        "bun test --coverage --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    bun(
        &[("bunfig.toml", "[test]\ncoverage = false\ncoverageThreshold = 0.99\n")],
        "bun test --coverage --coverage-reporter=lcov ./test/all.test.mjs",
    ),
    deno(
        &[("deno.json", r#"{"coverage": {"thresholds": {"lines": 95}}}"#)],
        "deno test -A --no-check --coverage=cov test/all.test.mjs",
    ),
    deno(
        &[("deno.json", r#"{"coverage": {"thresholds": {"lines": 95}}}"#)],
        "deno test -A --no-check --coverage=cov --coverage-threshold=5 test/all.test.mjs",
    ),
    deno(
        &[("deno.json", r#"{"coverage": {"thresholds": {"functions": 95}}}"#)],
        "deno test -A --no-check --coverage=cov --coverage-raw-data-only test/all.test.mjs",
    ),
];

fn binary(runtime: &str) -> PathBuf {
    let arch = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/runtimes");
    let inner = if runtime == "deno" {
        "deno".to_owned()
    } else {
        format!("bin/{}", runtime.trim_end_matches(char::is_numeric))
    };
    let path = root.join("node_modules").join(format!("{runtime}-{arch}")).join(inner);
    assert!(
        path.exists(),
        "{} is missing; install it with: npm ci --prefix tests/oracle/runtimes",
        path.display()
    );
    path
}

impl Case {
    /// The project: path and text of every file.
    fn project(&self) -> BTreeMap<String, String> {
        let all = SOURCES;
        let mut files: BTreeMap<String, String> =
            all.iter().map(|path| ((*path).to_owned(), MODULE.to_owned())).collect();
        let imports = all.iter().map(|path| format!("import '../{path}';\n")).collect::<String>();
        let test = match self.runtime {
            "bun" => "import { test } from 'bun:test';\ntest('x', () => {});\n",
            "deno" => "Deno.test('x', () => {});\n",
            _ => "import test from 'node:test';\ntest('x', () => {});\n",
        };
        files.insert("test/all.test.mjs".to_owned(), imports + test);
        files.insert(
            "package.json".to_owned(),
            serde_json::json!({"scripts": {"test": self.script}}).to_string(),
        );
        files.extend(self.files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
        files
    }

    /// The runtime's own LCOV report on the project, and whether it was content.
    fn run(&self) -> (String, bool) {
        let dir = tempfile::tempdir().unwrap();
        let project = dir.path().join("project");
        for (path, text) in self.project() {
            let path = project.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let bin = dir.path().join("bin");
        fs::create_dir(&bin).unwrap();
        symlink(binary(self.runtime), bin.join(self.runtime.trim_end_matches(char::is_numeric))).unwrap();
        let path = std::env::join_paths([bin.as_path(), Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
        let output = Command::new("sh")
            .args(["-c", self.script])
            .current_dir(&project)
            .env_clear()
            .envs([("HOME", dir.path()), ("DENO_DIR", &dir.path().join("deno")), ("PWD", &project)])
            .env("PATH", path)
            .output()
            .unwrap();
        let report = match self.report {
            Some(path) => fs::read_to_string(project.join(path)).unwrap_or_default(),
            None => String::from_utf8_lossy(&output.stdout).into_owned(),
        };
        let root = format!("{}/", project.canonicalize().unwrap().display());
        (report.replace(&root, ""), output.status.success())
    }

    fn scopes(&self) -> Vec<Scope> {
        let project = self.project();
        let tree = Tree::of_files(project.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
        coverage::scopes(&tree).into_iter().filter(|scope| scope.tool == self.tool).collect()
    }
}

fn measured(report: &str) -> BTreeSet<String> {
    report.lines().filter_map(|line| line.strip_prefix("SF:")).map(str::to_owned).collect()
}

/// Hits and all of a metric in the whole report, in per cent.
fn figure(report: &str, metric: &str) -> f64 {
    let (all, hit) = match metric {
        "functions" => ("FNF:", "FNH:"),
        "branches" => ("BRF:", "BRH:"),
        _ => ("LF:", "LH:"),
    };
    let sum = |key: &str| -> f64 {
        report.lines().filter_map(|line| line.strip_prefix(key)?.parse::<f64>().ok()).sum()
    };
    100.0 * sum(hit) / sum(all).max(1.0)
}

#[test]
fn each_runtime_measures_what_gainsay_says() {
    let mut wrong = Vec::new();
    for case in CASES {
        let (report, _) = case.run();
        let real = measured(&report);
        let scopes = case.scopes();
        let said: BTreeSet<String> = scopes.iter().flat_map(|s| &s.files).map(ToString::to_string).collect();
        let undecided = scopes.iter().any(|scope| scope.undecided.is_some());
        if scopes.is_empty() || undecided || real != said {
            let only =
                |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
            wrong.push(format!(
                "{} {}\n  {:?}\n  measured, not said: {:?}\n  said, not measured: {:?}\n  undecided: {:?}",
                case.runtime,
                case.script,
                case.files,
                only(&real, &said),
                only(&said, &real),
                scopes.first().and_then(|scope| scope.undecided.as_ref()),
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}

#[test]
fn each_runtime_fails_where_gainsay_says() {
    for case in GATES {
        let (report, content) = case.run();
        let scopes = case.scopes();
        let misses = |(metric, gate): (&String, &Gate)| matches!(gate, Gate::AtLeast(percent) if figure(&report, metric) < *percent);
        let fails = scopes.iter().flat_map(|scope| &scope.thresholds).any(misses);
        assert_eq!(content, !fails, "{} {} {:?}: {:?}", case.runtime, case.script, case.files, scopes);
    }
}
