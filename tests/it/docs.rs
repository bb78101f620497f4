//! What the documents say is so.

use std::fs;
use std::path::Path;

use gainsay::checks::REGISTRY;

use crate::bad_input::gainsay;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn stdout(args: &[&str]) -> String {
    String::from_utf8(gainsay(args).stdout).unwrap()
}

#[test]
fn the_readme_lists_every_rule_with_its_title() {
    let readme = read("README.md");
    let rows: Vec<&str> = readme.lines().filter(|l| l.starts_with("| [`")).collect();
    let expected: Vec<String> = REGISTRY
        .iter()
        .map(|check| check.rule())
        .map(|rule| format!("| [`{0}`](rules/{0}.md) | {1} |", rule.id, rule.title()))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_readme_shows_the_verdict_that_the_demo_prints() {
    let readme = read("README.md");
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let demo = stdout(&["demo"]);
    assert!(demo.contains(shown), "the README shows\n{shown}\nand the demo prints\n{demo}");
}

#[test]
fn the_list_of_rules_changes_only_in_sight() {
    insta::assert_snapshot!(stdout(&["rules"]));
}

#[test]
fn every_file_that_a_document_names_exists() {
    for document in ["README.md", "DESIGN.md", "SECURITY.md", "deploy/README.md"] {
        let text = read(document);
        let named = text.split('`').skip(1).step_by(2).filter(|word| {
            let sort = ["deploy/", "src/", "rules/", "tests/", "schema/", "script/", "benches/", "fuzz/"];
            sort.iter().any(|s| word.starts_with(s)) && !word.contains(['<', '*', '{', ' '])
        });
        for path in named {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists(), "{document} names {path}");
        }
    }
}

#[test]
fn explain_prints_the_page_of_every_rule() {
    for check in REGISTRY {
        let page = stdout(&["explain", check.rule().id]);
        assert!(page.contains("## Limits") && !page.contains("+++"), "{page}");
    }
}
