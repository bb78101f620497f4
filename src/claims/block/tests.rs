//! Each line of the block by itself, and the template against the parser.

use super::*;

fn claims(line: &str) -> Result<Vec<ClaimKind>, String> {
    let mut read = read(line);
    assert_eq!(read.len(), 1, "{line}");
    read.remove(0).claims
}

#[test]
fn every_line_of_the_template_is_read_as_its_kind() {
    let template = template();
    let lines: Vec<&str> = template.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    assert_eq!(lines.len(), LINES.len());
    for (line, known) in lines.iter().zip(&LINES) {
        let found = claims(line).unwrap();
        let kinds: Vec<&str> = found.iter().map(ClaimKind::id).collect();
        assert!(kinds.first().map_or("none", |kind| kind) == known.key, "{line}: {kinds:?}");
    }
}

#[test]
fn commented_and_empty_lines_and_honest_negatives_claim_nothing() {
    let block = template();
    let inside = block.trim().trim_matches('`').trim_start_matches(MARK);
    assert!(read(inside).is_empty());
    for line in ["tests-pass = false", "none = true", "docs-only = false  # code too"] {
        assert_eq!(claims(line), Ok(vec![]), "{line}");
    }
}

#[test]
fn commands_counts_and_pairs_are_kept() {
    let command = "pytest -q".to_owned();
    assert_eq!(
        claims("tests-pass = \"pytest -q\""),
        Ok(vec![
            ClaimKind::TestsPass { passed: None, command: Some(command.clone()) },
            ClaimKind::Ran(command)
        ])
    );
    assert_eq!(claims("tests-added = 6"), Ok(vec![ClaimKind::TestsAdded { count: Some(6), of: None }]));
    let bumped = Dependency::Bumped { name: "serde".into(), from: Some("1.0".into()), to: "1.1".into() };
    assert_eq!(
        claims("dependency-bumped = { serde = [\"1.0\", \"1.1\"] }"),
        Ok(vec![ClaimKind::Dependency(bumped)])
    );
    let symbol = |name: &str| Subject::Symbol(name.into());
    assert_eq!(
        claims("renamed = { \"old_name()\" = \"new_name()\" }"),
        Ok(vec![ClaimKind::Renamed { from: symbol("old_name"), to: symbol("new_name") }])
    );
}

#[test]
fn what_can_t_be_read_says_why() {
    for line in [
        "tests pass",
        "tests-pass = maybe",
        "tests-pass = -3",
        "tests-pass = [1]",
        "coverage = 140",
        "coverage = { width = 3 }",
        "size = { files = -1 }",
        "size = {}",
        "added = []",
        "added = [\"../x\"]",
        "renamed = { \"a.rs\" = \"b()\" }",
        "fixes = \"#12\"",
        "faster = \"much\"",
        "all-good = true",
        "[tests-pass]",
        "docs-only = 1",
    ] {
        assert!(claims(line).is_err(), "{line}");
    }
    let twice = read("docs-only = true\ndocs-only = true");
    assert!(twice[0].claims.is_ok() && twice[1].claims.is_err());
}
