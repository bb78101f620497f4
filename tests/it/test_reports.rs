//! Test reports that the real tools wrote of small projects, against the totals that the same tools printed.

use gainsay::change::EvidenceFile;
use gainsay::read::test_report::{self, Results};

fn results(name: &str) -> Results {
    let path = format!("{}/tests/test-reports/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    Results::of(&[test_report::read(&EvidenceFile { name: name.into(), bytes }).unwrap()])
}

/// Passed, failed, broken, skipped; and whether the figure that the tool prints as passed is one of those counted.
#[track_caller]
fn counts(name: &str, expected: (u64, u64, u64, u64), printed: u64) {
    let found = results(name);
    assert_eq!((found.passed, found.failed, found.errors, found.skipped), expected, "{name}: {found:?}");
    assert!(found.passed_by.contains(&printed), "{name}: {:?}", found.passed_by);
}

#[test]
fn every_tool_is_counted_as_it_counts_itself() {
    counts("node.tap", (3, 1, 0, 2), 4);
    counts("node.junit.xml", (3, 1, 0, 2), 3);
    counts("pytest.junit.xml", (3, 1, 1, 2), 3);
    counts("nextest.junit.xml", (2, 1, 0, 0), 2);
    counts("perl.tap", (2, 2, 0, 2), 2);
    counts("go.jsonl", (3, 2, 1, 1), 3);
}

#[test]
fn a_report_cut_anywhere_is_undecided_and_never_green() {
    for name in ["node.tap", "node.junit.xml", "pytest.junit.xml", "nextest.junit.xml", "go.jsonl"] {
        let path = format!("{}/tests/test-reports/{name}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).unwrap();
        for at in (0..bytes.len() * 9 / 10).step_by(97) {
            let file = EvidenceFile { name: name.into(), bytes: bytes[..at].to_vec() };
            if let Ok(report) = test_report::read(&file) {
                panic!("{name} cut at {at} of {} is read as {:?}", bytes.len(), Results::of(&[report]));
            }
        }
    }
}
