//! The house has floors: a module imports only from lower ones.

use std::fs;
use std::path::{Path, PathBuf};

/// Top-level modules by floor, bottom first.
const FLOORS: &[&[&str]] = &[
    &["ids", "measures", "span", "undecided", "vocabularies"],
    &["change"],
    &["read"],
    &["claims", "authorship"],
    &["checks"],
    &["policy", "verdict", "waiver"],
    &["report"],
    &["git", "github", "store"],
    &["pipeline"],
    &["action", "cli", "server", "worker", "main", "lib"],
];

fn floor(module: &str) -> usize {
    let found = FLOORS.iter().position(|floor| floor.contains(&module));
    found.unwrap_or_else(|| panic!("{module} stands on no floor: give it one in DESIGN and here"))
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|p| (p.strip_prefix(&root).unwrap().to_owned(), fs::read_to_string(&p).unwrap()))
        .collect()
}

fn top(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.strip_suffix(".rs").unwrap_or(first).to_owned()
}

/// The source without its unit tests and comments: they may look anywhere.
fn code(source: &str) -> String {
    let code = source.split("#[cfg(test)]").next().unwrap();
    code.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_module_imports_only_from_its_own_floor_or_lower() {
    for (path, source) in all() {
        let here = floor(&top(&path));
        for (at, _) in code(&source).match_indices("crate::") {
            let rest = &code(&source)[at + 7..];
            let module: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if FLOORS.iter().any(|floor| floor.contains(&module.as_str())) {
                assert!(floor(&module) <= here, "{} imports crate::{module} from above", path.display());
            }
        }
    }
}

#[test]
fn a_check_imports_no_other_check_and_is_not_async() {
    let shared =
        ["finding", "modules", "needs", "package", "product", "refuted", "rule", "sources", "suites"];
    for (path, source) in all() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        if !path.starts_with("checks") || shared.contains(&name) {
            continue;
        }
        let code = code(&source);
        assert!(!code.contains("async fn") && !code.contains(".await"), "{} is async", path.display());
        for (at, _) in code.match_indices("checks::") {
            let module: String =
                code[at + 8..].chars().take_while(|c| c.is_lowercase() || *c == '_').collect();
            let own = module.is_empty() || shared.contains(&module.as_str()) || module == name;
            assert!(own, "{} imports the check {module}", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_owns_and_stays_readable() {
    for (path, source) in all() {
        assert!(source.starts_with("//! "), "{} does not say what it owns", path.display());
        assert!(source.lines().count() <= 500, "{} has over 500 lines", path.display());
    }
}
