//! Reports that the real tools wrote of small projects, against the totals that the same tools printed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gainsay::change::EvidenceFile;
use gainsay::read::coverage_report::{self, Lines, Ratio, Report};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reports")
}

fn report(name: &str) -> Report {
    let bytes = std::fs::read(folder().join(name)).unwrap();
    coverage_report::read(&EvidenceFile { name: name.to_owned(), bytes }).unwrap()
}

#[test]
fn totals_are_those_that_the_tools_print() {
    let text = std::fs::read_to_string(folder().join("expected.toml")).unwrap();
    let expected: BTreeMap<String, BTreeMap<String, [u64; 2]>> = toml::from_str(&text).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "expected.toml")
        .collect();
    names.sort();
    assert_eq!(names, expected.keys().cloned().collect::<Vec<_>>());
    for (name, metrics) in expected {
        let total = report(&name).total();
        for (metric, [hit, found]) in metrics {
            let actual = match metric.as_str() {
                "lines" => total.lines,
                "branches" => total.branches,
                "functions" => total.functions,
                "statements" => total.statements,
                other => panic!("no metric {other}"),
            };
            assert_eq!(actual, Some(Ratio { hit, found }), "{metric} of {name}");
        }
    }
}

fn lines(name: &str) -> BTreeMap<String, Lines> {
    let report = report(name);
    let short = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let files = report.files.into_iter().filter_map(|(path, file)| Some((short(&path), file.lines?)));
    files.filter(|(_, lines)| !lines.is_empty()).collect()
}

#[test]
fn the_formats_of_one_run_agree_on_every_line() {
    for formats in [
        &["jest.final.json", "jest.lcov.info", "jest.clover.xml", "jest.cobertura.xml"][..],
        &["nyc.final.json", "nyc.lcov.info", "nyc.clover.xml", "nyc.cobertura.xml"],
        &["c8.final.json", "c8.lcov.info", "c8.clover.xml", "c8.cobertura.xml"],
        &["coverage-py.json", "coverage-py.info", "coverage-py.xml", "coverage-py-branch.json"],
        &["gcovr.info", "gcovr.cobertura.xml", "gcovr.clover.xml"],
        &["llvm-cov.json", "llvm-cov.info", "llvm-cov.cobertura.xml"],
        &["go-set.out", "go-count.out", "go-atomic.out"],
    ] {
        let first = lines(formats[0]);
        assert!(!first.is_empty(), "{}", formats[0]);
        for other in &formats[1..] {
            assert_eq!(lines(other), first, "{other} beside {}", formats[0]);
        }
    }
}

#[test]
fn only_coverage_py_s_own_reports_say_that_its_figure_counts_branches() {
    for (name, expected) in [
        ("coverage-py-branch.json", true),
        ("coverage-py-branch.xml", true),
        ("coverage-py.json", false),
        ("coverage-py.xml", false),
        ("gcovr.cobertura.xml", false),
    ] {
        assert_eq!(report(name).headline_with_branches, expected, "{name}");
    }
}
