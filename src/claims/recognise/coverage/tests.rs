//! Which sentences, tables and outputs state how much is covered, and of what.

use super::super::kinds;
use super::output::totals;
use super::table::{self, Row};
use super::*;
use Covered::{Changed, Named, Part, Unsaid, Whole};
use Metric::{Branches, Functions, Lines, Regions, Statements};

/// A claim as the tests write it: the figure, the figure before, the metrics and the code.
type Said<'t> = (f64, Option<f64>, &'t [Metric], Covered);

fn said(kinds: Vec<ClaimKind>) -> Vec<(f64, Option<f64>, Vec<Metric>, Covered)> {
    let claim = |kind| match kind {
        ClaimKind::Coverage(c) => Some((c.now.value, c.before.map(|p| p.value), c.metrics, c.of)),
        _ => None,
    };
    kinds.into_iter().filter_map(claim).collect()
}

fn read(sentence: &str) -> Vec<(f64, Option<f64>, Vec<Metric>, Covered)> {
    said(kinds(sentence, Near::default()))
}

#[track_caller]
fn reads(sentence: &str, wanted: &[Said<'_>]) {
    let wanted: Vec<_> =
        wanted.iter().map(|(now, was, m, of)| (*now, *was, m.to_vec(), of.clone())).collect();
    assert_eq!(read(sentence), wanted, "{sentence:?}");
}

fn of(name: &str) -> Covered {
    Named(vec![name.to_owned()])
}

#[test]
fn a_level_is_read_with_point_or_comma_and_however_it_is_spelled() {
    for (sentence, value) in [
        ("Coverage is 87.5 %", 87.5),
        ("Coverage is 87,5 %.", 87.5),
        ("Test coverage at 100%", 100.0),
        ("100% test coverage", 100.0),
        ("Coverage now stands at 92 percent", 92.0),
        ("Coverage: **91%**", 91.0),
        ("Achieved 100% code coverage", 100.0),
        ("Raises coverage to 90%", 90.0),
        ("test: raise coverage to 90%", 90.0),
        ("All 12 tests pass, coverage is 92%", 92.0),
        ("Coverage = 92%", 92.0),
        ("Coverage went up to 94.3%", 94.3),
        ("Coverage holds at 94%", 94.0),
        ("Coverage is 91.2% (+0.4%)", 91.2),
        ("Coverage increased by 3% to 48%", 48.0),
    ] {
        reads(sentence, &[(value, None, &[], Unsaid)]);
    }
    for (sentence, decimals) in [("Coverage is 45%", 0), ("Coverage is 45.0%", 1), ("Coverage is 45,25 %", 2)]
    {
        let [ClaimKind::Coverage(claim)] = &kinds(sentence, Near::default())[..] else {
            panic!("{sentence}")
        };
        assert_eq!(claim.now.decimals, decimals, "{sentence}");
    }
}

#[test]
fn an_arrow_has_both_of_its_ends() {
    for sentence in [
        "Coverage: 45.0 % → 48.7 %",
        "Coverage 45.0% -> 48.7%",
        "Coverage: 45.0 → 48.7%",
        "Coverage went from 45.0% to 48.7%",
        "Coverage improved from 45.0 to 48.7%",
        "Coverage is 48.7% (was 45.0%)",
        "Coverage is now 48.7%, up from 45.0%",
        "Coverage: **45.0%** → **48.7%**",
        "Coverage: 45.0% → 46.2% → 48.7%",
        "Coverage: 45.0% => 48.7% (+3.7%)",
    ] {
        reads(sentence, &[(48.7, Some(45.0), &[], Unsaid)]);
    }
    reads("Overall coverage: 80 % → 95.0 %", &[(95.0, Some(80.0), &[], Whole)]);
    reads("Coverage is 48% (45% on main)", &[(48.0, None, &[], Unsaid)]);
}

#[test]
fn metrics_are_told_apart() {
    let all = [Statements, Branches, Functions, Lines];
    reads("Line coverage is 91.25% (+0.4%)", &[(91.25, None, &[Lines], Unsaid)]);
    reads("100% across statements, branches, functions, lines", &[(100.0, None, &all, Unsaid)]);
    reads("100% line and branch coverage", &[(100.0, None, &[Lines, Branches], Unsaid)]);
    let two: [Said<'_>; 2] = [(92.0, None, &[Lines], Unsaid), (85.0, None, &[Branches], Unsaid)];
    for sentence in [
        "Coverage: lines: 92 %, branches: 85 %",
        "Coverage is 92% lines, 85% branches",
        "Coverage is 92% of lines and 85% of branches",
        "Coverage (lines 92%, branches 85%)",
        "Line coverage 92%, branch coverage 85%",
        "Coverage: lines 92% / branches 85%",
    ] {
        reads(sentence, &two);
    }
    reads(
        "Coverage is 90% overall (lines 92%, branches 85%)",
        &[(90.0, None, &[], Whole), (92.0, None, &[Lines], Unsaid), (85.0, None, &[Branches], Unsaid)],
    );
    reads("Region coverage is 88.1%", &[(88.1, None, &[Regions], Unsaid)]);
    reads(
        "Coverage: statements 90% → 91%, branches 80% → 82%",
        &[(91.0, Some(90.0), &[Statements], Unsaid), (82.0, Some(80.0), &[Branches], Unsaid)],
    );
    // A branch of the repository is no metric.
    reads("Coverage on this branch is 90%", &[(90.0, None, &[], Unsaid)]);
}

#[test]
fn the_code_that_is_meant_is_named_changed_whole_or_a_part() {
    for (sentence, covered) in [
        ("Coverage of `src/parser.ts` is 95%", of("src/parser.ts")),
        ("`src/parser.ts` now has 95% coverage", of("src/parser.ts")),
        ("src/parser.ts: 95% coverage", of("src/parser.ts")),
        ("Improve internal/parse test coverage to 95%", of("internal/parse")),
        ("Keeps 95% coverage in cmd/tool", of("cmd/tool")),
        ("Total cmd/tool coverage improved to 95%", of("cmd/tool")),
        ("Coverage of the changed lines is 95 %", Changed),
        ("All new code has 95% coverage", Changed),
        ("Patch coverage: 95%", Changed),
        ("New-code coverage is 95 %", Changed),
        ("Coverage of this PR is 95%", Part),
        ("Package coverage is 95%", Part),
        ("New coverage is 95%", Part),
        ("Diff coverage is 95%", Changed),
        ("95% of new lines are covered", Changed),
        ("Project coverage is 95%", Whole),
        ("Overall test coverage is now 95%", Whole),
        ("The whole codebase is at 95% coverage", Whole),
        ("Parser coverage is 95%", Part),
        ("Coverage of the parser is 95%", Part),
        ("Backend: 95% coverage", Part),
        ("test(parser): raise coverage to 95%", Part),
        ("Added 6 tests for the parser (95% coverage)", Part),
        ("For the parser, coverage is 95%", Part),
        ("`parseDate` has 95% coverage", Part),
        ("This PR has 95% coverage", Part),
        ("Each file has 95% coverage", Part),
        ("`npx jest src/parser` reports 95% coverage", Part),
        ("`npm test` reports 95% coverage", Unsaid),
    ] {
        let read = read(sentence);
        assert_eq!(
            read.iter().map(|c| (c.0, c.3.clone())).collect::<Vec<_>>(),
            [(95.0, covered)],
            "{sentence}"
        );
    }
    let [two] = &read("`a/x.ts` and `a/y.ts` have 100% coverage")[..] else { panic!() };
    assert_eq!(two.3, Named(vec!["a/x.ts".into(), "a/y.ts".into()]));
    reads(
        "Coverage: `a/x.ts` 90%, `a/y.ts` 80%",
        &[(90.0, None, &[], of("a/x.ts")), (80.0, None, &[], of("a/y.ts"))],
    );
}

#[test]
fn full_coverage_in_words_needs_something_that_it_is_of() {
    for (sentence, covered) in [
        ("Everything is fully covered.", Whole),
        ("The whole project has full test coverage", Whole),
        ("`src/parser.ts` is fully covered", of("src/parser.ts")),
        ("Complete coverage of all new code", Changed),
        ("Full coverage.", Part),
    ] {
        reads(sentence, &[(100.0, None, &[], covered)]);
        let [ClaimKind::Coverage(claim)] = &kinds(sentence, Near::default())[..] else {
            panic!("{sentence}")
        };
        assert!(claim.in_words);
    }
    for sentence in [
        "Add full test coverage for the daemon",
        "All error paths are fully covered",
        "The parser is fully covered by tests",
        "The new option is fully covered by the docs",
        "Nearly everything is fully covered",
        "Everything but the parser is fully covered",
        "Total coverage is reported in the log",
        "This is not fully covered",
    ] {
        reads(sentence, &[]);
    }
}

#[test]
fn bounds_wishes_differences_and_other_percentages_are_no_level() {
    for sentence in [
        "Lower the coverage threshold to 42%",
        "Restore coverage above 45%",
        "Coverage is ~50%",
        "Coverage is 80-90%",
        "Coverage is up to 90%",
        "Coverage is between 80% and 90%",
        "Coverage is 90%+",
        "Coverage is 80% - 90%",
        "Coverage ≥ 80%",
        "Coverage improved by +2.7%",
        "Test coverage improvements (+2.7% overall)",
        "Increases coverage by 3%",
        "Coverage is up 3 percentage points",
        "A coverage increase of 2%",
        "Coverage should reach 90%",
        "Coverage must be at least 80%",
        "Coverage goal: 80%",
        "We aim for 90% coverage",
        "Coverage will be 90%",
        "If coverage is 90%, merge",
        "Coverage is not 100%",
        "Is coverage 90%?",
        "Coverage dropped to 75%",
        "The issue says \"coverage is 75%\" today",
        "He wrote “coverage is 75%” there",
        "Coverage failed at 75%",
        "The button covers 50% of lines",
        "Test coverage for 250% zoom",
        "Coverage is 90% or 80% or 70%",
        "Type coverage is 98%",
        "Docstring coverage is 98%",
        "Browser coverage is 97%",
        "15 tests, 100% passing",
        "Faster coverage runs (45% reduction)",
        "Run `pytest --cov-fail-under=90%` for coverage",
        "Ensure coverage stays at 90%",
        "Check that coverage is 90%",
        "Enforce 90% coverage",
        "Previously coverage was 45%",
        "Coverage from 14.3% to ~50%",
        "100% of users see the code covered in snow",
    ] {
        reads(sentence, &[]);
    }
    reads("Coverage is 92% (threshold: 80%)", &[(92.0, None, &[], Unsaid)]);
    reads("Coverage is 92%, above the 80% gate", &[(92.0, None, &[], Unsaid)]);
    reads("All 15 tests pass (100% passing), coverage is 92%", &[(92.0, None, &[], Unsaid)]);
}

#[test]
fn what_stands_around_a_sentence_may_name_its_part() {
    let under =
        |near: Near, sentence: &str| said(kinds(sentence, near)).into_iter().map(|c| c.3).collect::<Vec<_>>();
    let heading = Near::heading;
    assert_eq!(under(heading("Verification"), "Coverage is 92%"), [Unsaid]);
    assert_eq!(under(heading("🧪 Test plan"), "Coverage is 92%"), [Unsaid]);
    assert_eq!(under(heading("Parser"), "Coverage is 92%"), [Part]);
    assert_eq!(under(heading("`src/parser.ts`"), "Coverage is 92%"), [Part]);
    assert_eq!(under(heading("Parser"), "Overall coverage is 92%"), [Whole]);
    assert_eq!(under(heading("Coverage"), "Lines: 92%"), [Unsaid]);
    assert_eq!(under(heading("Coverage"), "`src/a.ts`: 92%"), [of("src/a.ts")]);
    assert_eq!(under(heading("Verification"), "Lines: 92%"), []);
    let earlier = Near::default().after("Added tests for the parser.");
    assert_eq!(under(earlier, "Coverage is 92%"), [Part]);
    assert!(titles_a_part("Add tests for the parser") && !titles_a_part("Raise test coverage"));
    assert!(!titles_a_part("Count items in the total"));
}

fn row(header: &[&str], cells: &[&str], metric_rows: usize) -> Vec<(f64, Option<f64>, Vec<Metric>, Covered)> {
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    said(table::claims(&Row { header: own(header), cells: own(cells), metric_rows }, Near::default()))
}

#[test]
fn a_table_has_a_metric_a_row_or_a_column() {
    assert_eq!(
        row(&["Metric", "Coverage"], &["Statements", "92.5 %"], 4),
        [(92.5, None, vec![Statements], Unsaid)]
    );
    assert_eq!(
        row(&["Metric", "Before", "After", "Change"], &["Lines", "80%", "92%", "+12%"], 2),
        [(92.0, Some(80.0), vec![Lines], Unsaid)]
    );
    assert_eq!(
        row(
            &["File", "% Stmts", "% Branch", "% Funcs", "% Lines", "Uncovered Line #s"],
            &["All files", "92.3", "80", "100", "92.3", "4"],
            0
        ),
        [
            (92.3, None, vec![Statements], Whole),
            (80.0, None, vec![Branches], Whole),
            (100.0, None, vec![Functions], Whole),
            (92.3, None, vec![Lines], Whole),
        ]
    );
    assert_eq!(row(&["File", "Coverage"], &["`src/a.ts`", "95%"], 0), [(95.0, None, vec![], of("src/a.ts"))]);
    assert_eq!(
        row(&["Package", "Coverage"], &["Total", "45% → 48%"], 0),
        [(48.0, Some(45.0), vec![], Whole)]
    );
    assert_eq!(row(&["Check", "Result"], &["Test coverage", "95%"], 0), [(95.0, None, vec![], Unsaid)]);
    assert_eq!(
        row(&["Check", "Result"], &["Tests", "12 pass, coverage is 95%"], 0),
        [(95.0, None, vec![], Unsaid)]
    );
}

#[test]
fn columns_of_goals_and_differences_and_tables_of_other_things_are_passed_over() {
    for (header, cells) in [
        (["Metric", "Coverage goal"], ["Lines", "92%"]),
        (["Metric", "Threshold"], ["Lines", "92%"]),
        (["Metric", "Change"], ["Lines", "+2%"]),
        (["Metric", "Coverage"], ["Lines", "~92%"]),
        (["Metric", "Coverage"], ["Lines", "≥ 92%"]),
        (["Metric", "Coverage"], ["Threshold", "92%"]),
        (["Scenario", "Result"], ["Cold start", "92%"]),
        (["Language", "Type coverage"], ["TypeScript", "92%"]),
        (["Kind", "Coverage"], ["Types", "full"]),
    ] {
        let found = row(&header, &cells, 0);
        assert!(found.iter().all(|c| c.3 == Part), "{header:?} {cells:?} {found:?}");
    }
    assert_eq!(row(&["Metric", "Coverage goal"], &["Lines", "92%"], 2), []);
    assert_eq!(row(&["Metric", "Jest", "Vitest"], &["Lines", "92%", "93%"], 2), []);
}

fn output(text: &str) -> Vec<(f64, Option<f64>, Vec<Metric>, Covered)> {
    said(totals(text, false).into_iter().map(|total| total.kind).collect())
}

#[test]
fn the_totals_of_the_tools_own_tables_are_read() {
    let istanbul = "----------|---------|----------|---------|---------|-------------------\n\
                    File      | % Stmts | % Branch | % Funcs | % Lines | Uncovered Line #s \n\
                    ----------|---------|----------|---------|---------|-------------------\n\
                    All files |   83.33 |       75 |     100 |   83.33 |                   \n \
                    sum.js    |   83.33 |       75 |     100 |   83.33 | 6                 \n";
    let wanted = [
        (83.33, None, vec![Statements], Unsaid),
        (75.0, None, vec![Branches], Unsaid),
        (100.0, None, vec![Functions], Unsaid),
        (83.33, None, vec![Lines], Unsaid),
    ];
    assert_eq!(output(istanbul), wanted);
    let summary = "Statements   : 83.33% ( 5/6 )\nBranches     : 75% ( 3/4 )\nFunctions    : 100% ( 1/1 )\nLines        : 83.33% ( 5/6 )";
    assert_eq!(output(summary), wanted);
    let python = "Name     Stmts   Miss  Cover\n----------------------------\na.py         4      1    75%\n----------------------------\nTOTAL        4      1    75%\n";
    assert_eq!(output(python), [(75.0, None, vec![], Unsaid)]);
    assert_eq!(output("TOTAL 120 3 98%"), [(98.0, None, vec![], Unsaid)]);
    assert_eq!(output("TOTAL 120 3 40 2 97.5%"), [(97.5, None, vec![], Unsaid)]);
    assert_eq!(output("total:\t(statements)\t48.7%"), [(48.7, None, vec![Statements], Unsaid)]);
    assert_eq!(output("87.50% coverage, 7/8 lines covered"), [(87.5, None, vec![Lines], Unsaid)]);
    assert_eq!(output("Line Coverage: 98.5% (197 / 200)"), [(98.5, None, vec![Lines], Unsaid)]);
    let llvm = "Filename  Regions  Missed Regions  Cover  Functions  Missed Functions  Executed  Lines  Missed Lines  Cover  Branches  Missed Branches  Cover\n\
                TOTAL  10  1  90.00%  4  1  75.00%  20  2  90.00%  0  0  -\n";
    assert_eq!(output(llvm), []);
    let llvm = "Filename  Regions  Missed Regions  Cover  Functions  Missed Functions  Executed  Lines  Missed Lines  Cover\n\
                TOTAL  10  1  90.00%  4  1  75.00%  20  2  95.00%\n";
    assert_eq!(output(llvm).iter().map(|c| c.2[0]).collect::<Vec<_>>(), [Regions, Functions, Lines]);
    let net = "| Module | Line | Branch | Method |\n| Shop | 80% | 70% | 90% |\n| Total | 80% | 70% | 90% |";
    assert_eq!(output(net).len(), 3);
}

#[test]
fn an_output_of_a_part_or_of_two_times_refutes_nothing() {
    for text in [
        "$ npx jest src/parser\nTOTAL 120 3 98%",
        "$ pytest --cov=parser\nTOTAL 120 3 98%",
        "TOTAL 120 3 98%\n\nTOTAL 120 9 93%",
    ] {
        assert!(output(text).iter().all(|c| c.3 == Part), "{text}");
    }
    for text in
        ["TOTAL 98%", "TOTAL 3 errors", "Lines: 92%", "TOTAL 12 98% of budget", "Statements : many ( 5/6 )"]
    {
        assert_eq!(output(text), [], "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text: String, words in "(\\d{1,3}[.,]?\\d?|%|→|to |from |coverage |lines|branches|`a/b\\.ts`|\\(|\\)|, |and |fully covered|\\||é|all |TOTAL |\n){0,40}") {
        for text in [&text, &words] {
            let _ = kinds(text, Near::heading(text));
            let _ = totals(text, false);
            let cells: Vec<String> = text.split('|').map(str::to_owned).collect();
            let _ = table::claims(&Row { header: cells.clone(), cells, metric_rows: 2 }, Near::default());
        }
    }
}
