//! What stands in `deploy/` and in SECURITY.md holds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use gainsay::read::yaml;

use crate::bad_input::gainsay;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("fixtures") && !path.ends_with("node_modules") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The names of all tests: of `#[test]` functions, and of those that a macro makes tests of on both databases.
fn tests() -> BTreeSet<String> {
    let mut paths = Vec::new();
    sources(&root().join("src"), &mut paths);
    for folder in ["tests/it", "tests/support"] {
        sources(&root().join(folder), &mut paths);
    }
    let mut names = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let name =
                line.split_once("fn ").map(|(_, rest)| rest.split(['(', '<']).next().unwrap().to_owned());
            let marked =
                lines[at.saturating_sub(3)..at].iter().any(|l| l.starts_with("#[") && l.contains("test]"));
            if let Some(name) = name.filter(|_| marked) {
                names.insert(name);
            }
            if line.starts_with("on_both![") {
                let listed = lines[at + 1..].iter().take_while(|line| !line.starts_with(']'));
                names.extend(listed.map(|line| line.trim_end_matches(',').to_owned()));
            }
        }
    }
    names
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let (text, tests) = (read("SECURITY.md"), tests());
    let mut named = 0;
    for line in text.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let shown = line.trim_end_matches('|').rsplit('|').next().unwrap();
        for name in shown.split('`').skip(1).step_by(2) {
            named += 1;
            assert!(tests.contains(name), "SECURITY.md names {name}, and no test is called so");
        }
    }
    assert!(named > 50, "{named}");
}

#[test]
fn every_setting_that_the_page_names_is_a_flag_or_is_read_and_none_is_left_out() {
    let page = read("deploy/README.md");
    let help = String::from_utf8(gainsay(&["serve", "--help"]).stdout).unwrap();
    let named: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `GAINSAY_")?.split('`').next())
        .filter(|name| *name != "LOG")
        .collect();
    let flags: BTreeSet<&str> = help
        .split("GAINSAY_")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_ascii_uppercase() && c != '_').next().unwrap())
        .collect();
    let flags: BTreeSet<&str> = flags.into_iter().filter(|name| *name != "LOG").collect();
    assert_eq!(named, flags);
}

#[test]
fn every_metric_that_is_counted_stands_on_the_page() {
    let page = read("deploy/README.md");
    for (name, _) in gainsay::measures::ALL {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_compose_file_runs_three_replicas_with_health_checks() {
    let documents = yaml::parse(&read("deploy/compose.yaml")).unwrap();
    let services = documents[0].get("services").unwrap();
    let gainsay = services.get("gainsay").unwrap();
    let replicas = gainsay.get("deploy").unwrap().get("replicas").unwrap();
    assert_eq!(replicas.text(), Some("3"));
    for service in ["gainsay", "postgres"] {
        let check = services.get(service).unwrap().get("healthcheck").unwrap();
        assert!(!check.get("test").unwrap().items().is_empty(), "{service}");
    }
    let url = gainsay.get("environment").unwrap().get("GAINSAY_DATABASE_URL").unwrap().text().unwrap();
    assert!(
        url.starts_with("postgres://gainsay:${POSTGRES_PASSWORD:?"),
        "no password stands in the file: {url}"
    );
    assert!(gainsay.get("ports").is_none(), "only the proxy is open to the world");
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let folder = tempfile::tempdir().unwrap();
    let unit = read("deploy/gainsay.service").replace("/usr/local/bin/gainsay", "/bin/true");
    let path = folder.path().join("gainsay.service");
    std::fs::write(&path, unit).unwrap();
    let Ok(output) = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output() else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let about: Vec<&str> = said.lines().filter(|line| line.contains("gainsay.service")).collect();
    assert!(about.is_empty(), "{about:#?}");
}
