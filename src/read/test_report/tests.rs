//! Reports as tools write them, and what is none.

use proptest::prelude::*;

use super::*;

fn report(text: &str) -> Result<Report, Undecided> {
    read(&EvidenceFile { name: "report".into(), bytes: text.into() })
}

/// Passed, failed, broken, skipped.
#[track_caller]
fn counts(text: &str) -> (u64, u64, u64, u64) {
    let results = Results::of(&[report(text).unwrap()]);
    (results.passed, results.failed, results.errors, results.skipped)
}

#[track_caller]
fn refused(text: &str, why: &str) {
    let undecided = report(text).unwrap_err();
    assert!(undecided.why.contains(why), "{undecided}");
}

#[test]
fn nested_suites_are_counted_by_their_cases_and_not_by_their_attributes() {
    let xml = r#"<?xml version="1.0"?><testsuites tests="99" failures="0"><testsuite name="a">
        <testsuite name="b"><testcase classname="m" name="x &amp; y" file="t/b.py"><failure>no</failure></testcase>
        <testcase name="z"/></testsuite><testcase name="s"><skipped/></testcase>
        <testcase name="e"><error/></testcase>
        <testcase name="again"><flakyFailure><failure/></flakyFailure></testcase></testsuite></testsuites>"#;
    assert_eq!(counts(xml), (2, 1, 1, 1));
    let found = Results::of(&[report(xml).unwrap()]);
    let first = Failing { name: "m x & y".into(), file: Some("t/b.py".into()) };
    assert_eq!(found.failing[0], first);
    assert_eq!(found.suites, ["a", "b"]);
}

#[test]
fn a_todo_that_fails_and_a_suite_that_breaks_are_told_apart_in_junit() {
    assert_eq!(
        counts("<testsuite><testcase name='a'><skipped/><failure/></testcase></testsuite>"),
        (0, 0, 0, 1)
    );
    assert_eq!(counts("<testsuite name='a'><error message='no setup'/></testsuite>"), (0, 0, 1, 0));
    assert_eq!(counts("<testsuite name='a'><testcase name='b' status='notrun'/></testsuite>"), (0, 0, 0, 1));
}

#[test]
fn what_is_no_report_or_cut_short_is_undecided() {
    for bad in [
        "",
        " \n",
        "{}",
        "<html></html>",
        "<testsuite><testcase name='a'>",
        "<testsuite></testsuites>",
        "\u{0}",
    ] {
        assert!(report(bad).is_err(), "{bad}");
    }
    refused(&"<testsuite>".repeat(1_000), "deep");
    refused("hello\n", "is no JUnit XML, TRX, TAP or output of go test -json");
    assert_eq!(counts("\u{feff}<testsuite name='none'/>"), (0, 0, 0, 0));
}

#[test]
fn entities_of_the_document_are_not_expanded() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\
                <testsuite><testcase name=\"&b;\"><failure/></testcase></testsuite>";
    assert_eq!(Results::of(&[report(bomb).unwrap()]).failing[0].name, "&b;");
}

#[test]
fn a_test_that_failed_and_passed_under_one_name_is_neither() {
    let one = "<testsuite><testcase name='a'><failure/></testcase><testcase name='b'/></testsuite>";
    let other = one.replace("<failure/>", "");
    let results = Results::of(&[report(one).unwrap(), report(&other).unwrap()]);
    assert_eq!((results.passed, results.red(), results.unclear), (3, 0, 1));
    assert!([1, 2, 3].iter().all(|n| results.passed_by.contains(n)), "{:?}", results.passed_by);
}

#[test]
fn tap_knows_plans_directives_and_subtests() {
    let flat = "TAP version 14\n1..4\nok 1 - a\nnot ok 2 - b\n  ---\n  message: |\n    ok 9\n  ...\nok 3 # SKIP no server\nnot ok # TODO c\n";
    assert_eq!(counts(flat), (1, 1, 0, 2));
    let nested = "TAP version 13\n# Subtest: outer\n    ok 1 - x\n    not ok 2 - y\n    1..2\nnot ok 1 - outer\nok 2 - z\n1..2\n";
    assert_eq!(counts(nested), (2, 1, 0, 0));
    let found = report(nested).unwrap();
    assert_eq!(found.cases[1].name, "outer > y");
    assert_eq!(counts("1..0 # SKIP no tests here\n"), (0, 0, 0, 0));
    assert_eq!(counts("noise\nok 1 - the price is \\# 3\n1..1\n"), (1, 0, 0, 0));
    assert_eq!(counts("1..3\nok 1\nBail out! no database\n"), (1, 0, 1, 0));
    assert_eq!(counts("1..1\nok 1\n1..2\nok 1\nok 2\n"), (3, 0, 0, 0));
    assert_eq!(counts("ok 1\n1..1\nok 1\nnot ok 2\n1..2\n"), (2, 1, 0, 0));
}

#[test]
fn tap_that_lacks_tests_is_cut_short_and_not_green() {
    refused("1..3\nok 1\nok 2\n", "plans 3 tests and has 2");
    refused("ok 1\nok 2\n", "has no plan");
    refused("1..1\nnot ok 1\n  ---\n  message: x\n", "ends in the middle");
    refused("1..99999999999999999999999\n", "more tests than there can be");
}

#[test]
fn go_packages_that_do_not_build_or_never_end_are_not_green() {
    let event = |action: &str, rest: &str| format!("{{\"Action\":\"{action}\",\"Package\":\"p\"{rest}}}\n");
    let test = |action: &str, name: &str| event(action, &format!(",\"Test\":\"{name}\""));
    let all = [test("run", "TestA"), test("run", "TestA/x"), test("pass", "TestA/x"), test("pass", "TestA")]
        .concat();
    assert_eq!(counts(&(all.clone() + &event("pass", ""))), (1, 0, 0, 0));
    refused(&all, "ends before the tests of p do");
    refused(&(all.clone() + "{\"Action\":\"pa"), "ends in the middle");
    let unbuilt = all.clone() + &event("pass", "") + "FAIL\tq [build failed]\n";
    assert_eq!(counts(&unbuilt), (1, 0, 1, 0));
    let built = "{\"ImportPath\":\"q\",\"Action\":\"build-fail\"}\n{\"Action\":\"start\",\"Package\":\"q\"}\n\
                 {\"Action\":\"fail\",\"Package\":\"q\",\"FailedBuild\":\"q\"}\n";
    assert_eq!(counts(built), (0, 0, 1, 0));
    let panicked = test("run", "TestA") + &event("fail", "");
    assert_eq!(counts(&panicked), (0, 1, 0, 0));
    let twice =
        test("run", "TestA") + &test("fail", "TestA") + &test("run", "TestA") + &test("pass", "TestA");
    let results = Results::of(&[report(&(twice + &event("pass", ""))).unwrap()]);
    assert_eq!((results.passed, results.red(), results.unclear), (1, 0, 1));
}

#[test]
fn trx_counts_the_rows_of_data_driven_tests_and_tells_an_aborted_run() {
    let trx = |results: &str, ended: &str| {
        format!(
            "<?xml version='1.0'?><TestRun xmlns='http://microsoft.com/schemas/VisualStudio/TeamTest/2010'>\
             <Results>{results}</Results><ResultSummary outcome='{ended}'><Counters total='9' passed='9'/>\
             </ResultSummary></TestRun>"
        )
    };
    let rows = "<UnitTestResult testName='Shop.Adds' outcome='Passed'/>\
                <UnitTestResult testName='Shop.Rows' outcome='Failed'><InnerResults>\
                <UnitTestResult testName='Shop.Rows (1)' outcome='Passed'/>\
                <UnitTestResult testName='Shop.Rows (2)' outcome='Failed'/></InnerResults></UnitTestResult>\
                <UnitTestResult testName='Shop.Slow' outcome='Timeout'/><UnitTestResult testName='Shop.Off' outcome='NotExecuted'/>";
    assert_eq!(counts(&trx(rows, "Failed")), (2, 1, 1, 1));
    let crashed = report(&trx("<UnitTestResult testName='A' outcome='Passed'/>", "Failed")).unwrap();
    assert_eq!(Results::of(&[crashed]).unclear, 1);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
        let _ = read(&EvidenceFile { name: "x".into(), bytes });
    }

    #[test]
    fn any_xml_is_read_without_a_panic(text in "(<test(suites?|case name='a')/?>|</test(suite|case)>|<(failure|skipped)/>|<TestRun>|<UnitTestResult outcome='Failed'>|</UnitTestResult>|[<>&;!\\[\\]-]){0,40}") {
        let _ = report(&format!("<testsuite>{text}"));
        let _ = report(&format!("<TestRun>{text}"));
    }

    #[test]
    fn any_tap_is_read_without_a_panic(text in "((    ){0,3}(ok|not ok) [0-9]{0,2}( - a| # SKIP| # TODO)?\n|1\\.\\.[0-9]{1,3}\n|  ---\n|  \\.\\.\\.\n|Bail out! x\n|    # Subtest: é\n){0,30}") {
        if let Ok(found) = report(&format!("TAP version 14\n{text}")) {
            let results = Results::of(&[found]);
            prop_assert!(results.failing.len() as u64 <= results.red());
        }
    }

    #[test]
    fn any_events_are_read_without_a_panic(events in proptest::collection::vec(("run|pass|fail|skip|output", "p|q", "|T|T/a|T/a/b|U"), 0..30)) {
        let line = |(action, package, test): &(String, String, String)| {
            let test = if test.is_empty() { String::new() } else { format!(",\"Test\":\"{test}\"") };
            format!("{{\"Action\":\"{action}\",\"Package\":\"{package}\"{test}}}\n")
        };
        let text: String = events.iter().map(line).collect();
        if let Ok(found) = report(&text) {
            let results = Results::of(&[found]);
            prop_assert!(results.failing.len() as u64 <= results.red());
        }
    }
}
