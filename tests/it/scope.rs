//! `gainsay scope`, as people read it.

use crate::bad_input::{commit, gainsay, repo};

const BASE: &[u8] = b"[run]\nsource = app\n[report]\nfail_under = 90\n";
const HEAD: &[u8] = b"[run]\nsource = app\nomit = app/old.py\n[report]\nfail_under = 80\n";

fn scope(more: &[&str]) -> String {
    let file = |path: &'static str, text: &'static [u8]| ("100644", path.as_bytes(), text);
    let base = [
        file(".coveragerc", BASE),
        file("app/__init__.py", b""),
        file("app/old.py", b"A = 1\n"),
        file("app/main.py", b"B = 1\nC = 2\nD = 3\n"),
    ];
    let head = [
        file(".coveragerc", HEAD),
        ("D", b"app/main.py".as_slice(), b"".as_slice()),
        file("app/renamed.py", b"B = 1\nC = 2\nD = 3\n"),
        file("app/new.py", b"E = 1\n"),
    ];
    let stream = [commit("base", 1, &[], &base), commit("head", 2, &[1], &head)].concat();
    let dir = repo(&stream);
    let output = gainsay(&[&["scope", "--repo", dir.path().to_str().unwrap()], more].concat());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn one_revision_is_a_table_and_the_files_on_request() {
    let table = scope(&["--rev", "base"]);
    let row = table.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!(row, ["coverage.py", ".", "3", "all", "fail_under", "90", ".coveragerc"]);
    assert!(!table.contains("app/main.py"));
    assert!(scope(&["--rev", "base", "--files"]).contains("\n  app/main.py\n"));
}

#[test]
fn two_revisions_show_what_left_what_entered_and_which_gate_moved() {
    let told = scope(&["--base", "base", "--head", "head"]);
    assert_eq!(told, "coverage.py in .\n  - app/old.py\n  fail_under: 90 -> 80\n");
    let json: serde_json::Value =
        serde_json::from_str(&scope(&["--base", "base", "--head", "head", "--format", "json"])).unwrap();
    assert_eq!(json[0]["left"], serde_json::json!(["app/old.py"]));
    assert_eq!(json[0]["entered"], serde_json::json!([]));
    assert_eq!(json[0]["thresholds"][0]["head"], 80.0);
    let back = scope(&["--base", "base", "--head", "base"]);
    assert_eq!(back, "What is measured and what is required of it are the same on both sides.\n");
}
