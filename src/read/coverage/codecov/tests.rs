//! Facts about Codecov's scope and gates.

use proptest::prelude::*;

use super::*;
use crate::change::Tree;
use crate::read::coverage::Gate;

const SOURCES: [(&str, &str); 5] =
    [("src/a.py", ""), ("src/old/b.py", ""), ("lib/c.go", ""), ("README.md", ""), ("src/page.html", "")];

fn scope(config: &str, more: &[(&str, &str)]) -> Scope {
    let files = [&[("codecov.yml", config)], &SOURCES[..], more].concat();
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let mut scopes = scopes(&Survey::of(&tree));
    assert_eq!(scopes.len(), 1);
    scopes.remove(0)
}

fn names(scope: &Scope) -> Vec<&str> {
    assert_eq!(scope.undecided, None);
    scope.files.iter().map(RepoPath::as_str).collect()
}

fn gate(config: &str, name: &str) -> Option<Gate> {
    let scope = scope(config, &[]);
    assert_eq!(scope.unknown_thresholds, None);
    scope.thresholds.get(name).copied()
}

#[test]
fn ignored_paths_are_left_out_wherever_they_are_written() {
    assert_eq!(names(&scope("comment: false\n", &[])), ["lib/c.go", "src/a.py", "src/old/b.py"]);
    assert_eq!(names(&scope("ignore:\n  - src/old\n", &[])), ["lib/c.go", "src/a.py"]);
    assert_eq!(names(&scope("coverage:\n  ignore: ['**/*.py']\n", &[])), ["lib/c.go"]);
}

#[test]
fn the_root_comes_before_the_folders() {
    let files =
        [("codecov.yml", "ignore: [lib]"), (".github/codecov.yml", "ignore: [src]"), ("src/a.py", "")];
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let scopes = scopes(&Survey::of(&tree));
    assert_eq!((names(&scopes[0]), scopes[0].config[0].as_str()), (vec!["src/a.py"], "codecov.yml"));
}

#[test]
fn flags_of_all_uploads_decide_what_is_kept() {
    let config = "flags:\n  back:\n    paths: [src/]\n  front:\n    paths: [lib/]\n    ignore: [src/old]\n";
    let workflow = |flags: &str| {
        format!(
            "on: push\njobs:\n  t:\n    steps:\n      - uses: codecov/codecov-action@v5\n        with:\n          flags: {flags}\n"
        )
    };
    let kept = |flags: &str| {
        let workflow = workflow(flags);
        let scope = scope(config, &[(".github/workflows/ci.yml", &workflow)]);
        names(&scope).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(kept("back"), ["src/a.py", "src/old/b.py"]);
    assert_eq!(kept("back,front"), ["lib/c.go", "src/a.py"]);
    assert_eq!(kept("${{ matrix.flag }}"), ["lib/c.go", "src/a.py", "src/old/b.py"]);
}

#[test]
fn a_target_is_judged_less_its_threshold_and_auto_is_none() {
    let status = |text: &str| format!("coverage:\n  status:\n    project:\n      default:\n{text}");
    let with = |text: &str, name: &str| gate(&status(text), name);
    assert_eq!(
        with("        target: 90%\n        threshold: 2\n", "project.target"),
        Some(Gate::AtLeast(88.0))
    );
    assert_eq!(
        with("        target: auto\n        threshold: 1.5%\n", "project.threshold"),
        Some(Gate::Drop(1.5))
    );
    assert_eq!(with("        target: auto\n", "project.target"), None);
    assert_eq!(with("        informational: true\n", "project"), Some(Gate::On(false)));
    assert_eq!(with("        branches: [main]\n", "project"), Some(Gate::On(false)));
    assert_eq!(with("        only_pulls: true\n", "project"), Some(Gate::On(true)));
}

#[test]
fn a_status_is_off_in_each_of_its_spellings() {
    for text in ["off", "no", "false", "{}", "{default: off}", "{default: {enabled: false}}"] {
        let config = format!("coverage:\n  status:\n    patch: {text}\n");
        assert_eq!(gate(&config, "patch"), Some(Gate::On(false)), "{text}");
    }
    assert_eq!(gate("coverage: {status: off}", "project"), Some(Gate::On(false)));
    for text in ["on", "{default: {}}", "{app: {target: auto}}"] {
        let config = format!("coverage:\n  status:\n    patch: {text}\n");
        assert_eq!(gate(&config, "patch"), Some(Gate::On(true)), "{text}");
    }
}

#[test]
fn a_status_that_is_not_named_is_the_services_default_where_all_accounts_share_it() {
    assert_eq!(gate("comment: false\n", "patch"), Some(Gate::On(true)));
    assert_eq!(gate("comment: false\n", "project"), None);
}

#[test]
fn the_strictest_of_the_statuses_over_everything_counts_and_parts_keep_their_names() {
    let config = "coverage:\n  status:\n    project:\n      a: {target: 70}\n      b: {target: 80}\n      ui: {target: 50, paths: [src/]}\n";
    assert_eq!(gate(config, "project.target"), Some(Gate::AtLeast(80.0)));
    assert_eq!(gate(config, "project.ui.target"), Some(Gate::AtLeast(50.0)));
    let config = "component_management:\n  default_rules:\n    statuses: [{type: project, target: 90}]\n  individual_components: [{component_id: core, paths: [src/]}]\n";
    assert_eq!(gate(config, "component.core.project.target"), Some(Gate::AtLeast(90.0)));
}

#[test]
fn rounding_range_and_comments_are_no_gates() {
    let plain = scope("comment: false\n", &[]).thresholds;
    let config = "coverage:\n  precision: 0\n  round: up\n  range: 10...20\ncomment:\n  layout: diff\n";
    assert_eq!(scope(config, &[]).thresholds, plain);
}

#[test]
fn what_is_no_yaml_is_undecided() {
    let scope = scope("a: [", &[]);
    assert!(scope.undecided.is_some() && scope.unknown_thresholds.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_reader_panic(text in "(ignore|flags|coverage|status|project|patch|default|target|paths|: |- |\n|  |\\[|\\]|\\{|\\}|\\*|!|off|90|%|a){0,40}") {
        scope(&text, &[]);
    }

    #[test]
    fn another_pattern_never_brings_a_file_in(one in "[a-z*/.]{1,8}", two in "[a-z*/.]{1,8}") {
        let few = scope(&format!("ignore: ['{one}']"), &[]);
        let more = scope(&format!("ignore: ['{one}', '{two}']"), &[]);
        // The service has one exception of its own: `.*` leaves out nothing.
        if few.undecided.is_none() && more.undecided.is_none() && one != ".*" && two != ".*" {
            prop_assert!(more.files.is_subset(&few.files));
        }
    }
}
