//! What is a gate in a script, and what only looks like one.

use proptest::prelude::*;

use super::*;

fn told(path: &str, text: &str) -> Vec<String> {
    let tree = Tree::of_files([(path, text.as_bytes())]);
    let line = |g: &ScriptedGate| g.line.map_or_else(|| "?".to_owned(), |line| line.to_string());
    let gate =
        |g: &ScriptedGate| g.gate.as_ref().map_or_else(|e| format!("unknown {e}"), ToString::to_string);
    scripted_gates(&tree).iter().map(|g| format!("{}: {} = {}", line(g), g.name, gate(g))).collect()
}

#[test]
fn workflows_hold_gates_in_variables_inputs_and_comparisons() {
    let workflow = "on: push\nenv:\n  MIN_COVERAGE: '46'\njobs:\n  test:\n    steps:\n      - name: Coverage gate\n        run: |\n          \
        THRESHOLD=80\n          total=$(go tool cover -func=c.out | tail -1)\n          \
        if (( $(echo \"$total < 79.5\" | bc -l) )); then exit 1; fi\n      - uses: codecov/codecov-action@v5\n        with:\n          \
        fail_ci_if_error: true\n      - uses: acme/coverage-summary@v1\n        with:\n          thresholds: '60 80'\n          fail_below_min: true\n";
    assert_eq!(
        told(".github/workflows/ci.yml", workflow),
        [
            "3: MIN_COVERAGE = 46",
            "9: THRESHOLD = 80",
            "11: the comparison of `total` (<) = 79.5",
            "14: `fail_ci_if_error` of codecov/codecov-action = on",
            "17: `thresholds` of acme/coverage-summary = 60",
            "18: `fail_below_min` of acme/coverage-summary = on",
        ]
    );
}

#[test]
fn scripts_and_makefiles_hold_them_too() {
    assert_eq!(
        told("Makefile", "COVERAGE_MIN ?= 80 # per cent\nTHRESHOLD = 3\ntest:\n\tgo test -cover\n"),
        ["1: COVERAGE_MIN = 80"]
    );
    assert_eq!(
        told(
            "scripts/gate.sh",
            "min_coverage=\"${MIN_COVERAGE:-75}\"\n# cov < 20\nif [ \"${coverage%.*}\" -lt 70 ]; then exit 1; fi\n"
        ),
        ["1: min_coverage = 75", "3: the comparison of `coverage` (<) = 70"]
    );
    assert_eq!(
        told("scripts/check_coverage.py", "import sys\nTHRESHOLD = 85.5\ndef f():\n    minimum = 3\n"),
        ["2: THRESHOLD = 85.5"]
    );
    assert_eq!(
        told("tools/coverage.mjs", "const minCoverage = 90;\nconst x = 1;\n"),
        ["1: minCoverage = 90"]
    );
}

#[test]
fn flags_of_tools_without_a_configuration_are_gates() {
    assert_eq!(
        told("noxfile.py", "def t(session):\n    session.run('coverage', 'report', '--fail-under=95')\n"),
        ["2: `coverage report --fail-under` = 95"]
    );
    assert_eq!(
        told(
            "tox.ini",
            "[testenv]\ncommands = diff-cover coverage.xml --fail-under 80\n    pylint --fail-under=9 src\n"
        ),
        ["?: `diff-cover coverage.xml --fail-under` = 80"]
    );
    // pytest's own reader takes these.
    assert!(told("tox.ini", "[testenv]\ncommands = pytest --cov --cov-fail-under=80\n").is_empty());
}

#[test]
fn other_numbers_are_no_coverage_gates() {
    let workflow = "on: push\nenv:\n  COVERAGE_TIMEOUT: 30\n  THRESHOLD: 5\n  COVERAGE_MAX_SIZE: 10\n  RETRY_THRESHOLD: 3\njobs:\n  a:\n    steps:\n      \
        - run: |\n          retries=0\n          if [ $retries -lt 5 ]; then exit 1; fi\n          THRESHOLD=3\n      - uses: actions/stale@v9\n        with:\n          threshold: 5\n";
    assert!(told(".github/workflows/ci.yml", workflow).is_empty());
    let badge = "coverage=$1\nif [ $coverage -lt 50 ]; then\n  color=red\nelif [ $coverage -lt 80 ]; then\n  color=yellow\nfi\nexit 0\n";
    assert!(told("scripts/badge.sh", badge).is_empty());
    assert!(told("src/coverage_map.py", "THRESHOLD = 5\n").is_empty());
    assert!(told("scripts/deploy.sh", "MIN_REPLICAS=2\nif [ $count -lt 3 ]; then exit 1; fi\n").is_empty());
}

#[test]
fn what_only_a_run_can_tell_is_an_expression() {
    assert_eq!(
        told(".github/workflows/ci.yml", "on: push\nenv:\n  MIN_COVERAGE: ${{ vars.MIN }}\njobs:\n  a: {}\n"),
        ["3: MIN_COVERAGE = unknown ${{ vars.MIN }}"]
    );
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "(MIN_COVERAGE|=|:|80|\\$\\{|\\}| < |env|with|run|- |\n| |é|\"){0,40}") {
        for path in [".github/workflows/a.yml", "a.sh", "Makefile", "ci/cov.py", "ci/cov.ts"] {
            let _ = told(path, &text);
        }
    }
}
