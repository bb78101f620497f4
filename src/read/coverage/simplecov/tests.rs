//! Facts about SimpleCov's scope and gates. The lists of files are what SimpleCov 0.22 reported of this tree with every
//! file loaded.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::change::Tree;
use crate::read::coverage::Gate;

const SOURCES: [&str; 12] = [
    "lib/a.rb",
    "lib/sub/b.rb",
    "lib/test/c.rb",
    "app/models/m.rb",
    "config/x.rb",
    "db/y.rb",
    "spec/s.rb",
    "vendor/bundle/v.rb",
    ".hid/h.rb",
    "lib/.hid/i.rb",
    "lib/latest/d.rb",
    "lib/specs.rb",
];
const OLD: (&str, &str) = ("Gemfile.lock", "GEM\n  specs:\n    simplecov (0.22.0)\n");
const NEW: (&str, &str) = ("Gemfile.lock", "GEM\n  specs:\n    simplecov (1.1.1)\n");

fn all(files: &[(&str, &str)]) -> Vec<Scope> {
    let files: Vec<(&str, &str)> = files.iter().copied().chain(SOURCES.map(|path| (path, "1"))).collect();
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    scopes(&Survey::of(&tree))
}

/// The loaded and the tracked files.
fn sets(body: &str, lock: (&str, &str)) -> (String, String) {
    let scopes = all(&[(".simplecov", body), lock]);
    let of = |mode: Mode| {
        let files = scopes.iter().filter(|scope| scope.mode == mode).flat_map(|scope| &scope.files);
        files.map(RepoPath::as_str).collect::<Vec<_>>().join(" ")
    };
    assert!(scopes.iter().all(|scope| scope.undecided.is_none()), "{scopes:?}");
    (of(Mode::Loaded), of(Mode::Matching))
}

fn old(body: &str) -> String {
    sets(body, OLD).0
}

fn undecided(body: &str) -> String {
    all(&[(".simplecov", body), OLD])[0].undecided.clone().unwrap().why
}

fn gates(body: &str) -> BTreeMap<String, Gate> {
    let scope = all(&[(".simplecov", body)]).remove(0);
    assert_eq!(scope.unknown_thresholds, None);
    scope.thresholds
}

const PLAIN: &str = "app/models/m.rb config/x.rb db/y.rb lib/.hid/i.rb lib/a.rb lib/latest/d.rb lib/specs.rb lib/sub/b.rb lib/test/c.rb spec/s.rb";
const RAILS: &str = "app/models/m.rb lib/.hid/i.rb lib/a.rb lib/latest/d.rb lib/specs.rb lib/sub/b.rb";

fn less(all: &str, gone: &[&str]) -> String {
    all.split(' ').filter(|path| !gone.contains(path)).collect::<Vec<_>>().join(" ")
}

#[test]
fn filters_take_out_what_simplecov_0_22_takes_out() {
    assert_eq!(old("SimpleCov.start"), PLAIN);
    assert_eq!(
        old("SimpleCov.start do\n  add_filter '/sub/'\n  add_filter 'latest'\nend"),
        less(PLAIN, &["lib/sub/b.rb", "lib/latest/d.rb"])
    );
    assert_eq!(
        old("SimpleCov.start do\n  add_filter %r{^/lib/s}\nend"),
        less(PLAIN, &["lib/specs.rb", "lib/sub/b.rb"])
    );
    assert_eq!(
        old("SimpleCov.start { add_filter ['sub', %r{\\A/app/}, ['config']] }"),
        less(PLAIN, &["lib/sub/b.rb", "app/models/m.rb", "config/x.rb"])
    );
    assert_eq!(
        old("SimpleCov.start { add_filter %w[sub latest] }"),
        less(PLAIN, &["lib/sub/b.rb", "lib/latest/d.rb"])
    );
    assert_eq!(old("SimpleCov.add_filter '/sub'\nSimpleCov.start"), less(PLAIN, &["lib/sub/b.rb"]));
    assert_eq!(old("SimpleCov.start { filters.clear }"), format!(".hid/h.rb {PLAIN} vendor/bundle/v.rb"));
    assert_eq!(old("SimpleCov.filters.clear\nSimpleCov.start"), old("SimpleCov.start { filters.clear }"));
    assert_eq!(
        old("SimpleCov.start { root 'lib' }"),
        "lib/a.rb lib/latest/d.rb lib/specs.rb lib/sub/b.rb lib/test/c.rb"
    );
    assert_eq!(old("SimpleCov.start { add_group 'Sub', 'lib/sub' }"), PLAIN);
}

#[test]
fn profiles_are_those_of_the_library_and_of_the_project() {
    assert_eq!(old("SimpleCov.start 'test_frameworks'"), less(PLAIN, &["lib/test/c.rb", "spec/s.rb"]));
    let (loaded, tracked) = sets("SimpleCov.start :rails", OLD);
    assert_eq!(loaded, RAILS);
    assert_eq!(tracked, less(RAILS, &["lib/.hid/i.rb"]));
    let body = "SimpleCov.configure { add_filter '/sub' }\nSimpleCov.start { load_profile 'rails' }";
    assert_eq!(old(body), less(RAILS, &["lib/sub/b.rb"]));
    let body = "SimpleCov.profiles.define('mine') { add_filter 'sub' }\nSimpleCov.start 'mine'";
    assert_eq!(old(body), less(PLAIN, &["lib/sub/b.rb"]));
    assert!(undecided("SimpleCov.start 'someone_elses'").contains("someone_elses"));
}

#[test]
fn tracked_files_count_without_a_test() {
    let (loaded, tracked) = sets("SimpleCov.start { track_files '{app,lib}/*/*.rb' }", OLD);
    assert_eq!(
        (loaded.as_str(), tracked.as_str()),
        (PLAIN, "app/models/m.rb lib/latest/d.rb lib/sub/b.rb lib/test/c.rb")
    );
    assert_eq!(sets("SimpleCov.start('rails') { track_files nil }", OLD), (RAILS.to_owned(), String::new()));
}

#[test]
fn version_1_sees_names_and_covers_only_what_it_is_told() {
    let (loaded, _) = sets("SimpleCov.start do\n skip 'sub'\n skip 'late'\n skip(/^config/)\nend", NEW);
    assert_eq!(loaded, less(PLAIN, &["lib/sub/b.rb", "config/x.rb"]));
    let (loaded, tracked) = sets("SimpleCov.start { cover 'lib/*.rb', 'app/**/*.rb' }", NEW);
    assert_eq!((loaded.as_str(), tracked.as_str()), ("", "app/models/m.rb lib/a.rb lib/specs.rb"));
    assert_eq!(sets("SimpleCov.start 'test_frameworks'", NEW).0, less(PLAIN, &["spec/s.rb"]));
}

#[test]
fn names_lists_and_loops_that_are_written_out_are_followed() {
    let body = "HIDDEN = %w[sub latest].freeze\nSimpleCov.start do\n  HIDDEN.each do |name|\n    add_filter \"/#{name}/\"\n  end\nend";
    assert_eq!(old(body), less(PLAIN, &["lib/sub/b.rb", "lib/latest/d.rb"]));
    let body = "dir = 'sub'\nSimpleCov.start { add_filter dir }";
    assert_eq!(old(body), less(PLAIN, &["lib/sub/b.rb"]));
}

#[test]
fn what_only_a_run_could_tell_is_undecided_and_named() {
    assert!(undecided("SimpleCov.start { add_filter { |f| f.lines.count < 5 } }").contains("a block"));
    assert!(undecided("SimpleCov.start { add_filter ENV['SKIP'] }").contains("ENV['SKIP']"));
    assert!(undecided("SimpleCov.start do\n  add_filter 'a' if ENV['CI']\nend").contains("ENV['CI']"));
    let scope =
        all(&[(".simplecov", "SimpleCov.start { minimum_coverage 90 unless ENV['FOCUS'] }")]).remove(0);
    assert!(scope.undecided.is_none() && scope.unknown_thresholds.unwrap().why.contains("ENV['FOCUS']"));
}

#[test]
fn a_condition_around_all_of_it_only_decides_whether_it_runs() {
    let body = "if ENV['COVERAGE']\n  require 'simplecov'\n  SimpleCov.start { add_filter 'sub' ; minimum_coverage 80 }\nend";
    assert_eq!(old(body), less(PLAIN, &["lib/sub/b.rb"]));
    assert_eq!(gates(body).len(), 1);
}

#[test]
fn helpers_take_in_the_file_of_the_project() {
    let helper = "require 'simplecov'\nSimpleCov.start { add_filter 'latest' }";
    let scopes = all(&[
        (".simplecov", "SimpleCov.configure { add_filter 'sub' }"),
        ("spec/spec_helper.rb", helper),
        OLD,
    ]);
    assert_eq!(scopes.len(), 1);
    assert_eq!(
        scopes[0].config.iter().map(RepoPath::as_str).collect::<Vec<_>>(),
        [".simplecov", "spec/spec_helper.rb"]
    );
    assert!(
        !scopes[0].files.iter().any(|path| path.as_str().contains("sub") || path.as_str().contains("latest"))
    );
    let scopes = all(&[("engines/a/test/test_helper.rb", helper), ("engines/a/lib/x.rb", "1")]);
    assert_eq!((scopes[0].package.as_str(), scopes[0].files.len()), ("engines/a", 2));
}

#[test]
fn loaded_and_not_started_it_measures_nothing() {
    let scopes = all(&[("spec/spec_helper.rb", "require 'simplecov'\n# SimpleCov.start\n")]);
    assert_eq!((scopes.len(), scopes[0].files.len()), (1, 0));
    assert!(all(&[("spec/spec_helper.rb", "RSpec.configure { }\n")]).is_empty());
}

#[test]
fn gates_are_figures_for_criteria() {
    let body = "SimpleCov.start do\n  enable_coverage :branch\n  minimum_coverage line: 90, branch: 80.5\n  minimum_coverage_by_file 70\n  refuse_coverage_drop\nend";
    let expected = [
        ("maximum_coverage_drop.branch", Gate::Drop(0.0)),
        ("maximum_coverage_drop.line", Gate::Drop(0.0)),
        ("minimum_coverage.branch", Gate::AtLeast(80.5)),
        ("minimum_coverage.line", Gate::AtLeast(90.0)),
        ("minimum_coverage_by_file.line", Gate::AtLeast(70.0)),
    ];
    assert_eq!(gates(body), expected.map(|(name, gate)| (name.to_owned(), gate)).into());
    let body = "SimpleCov.minimum_coverage 90\nSimpleCov.minimum_coverage({ line: 85 })\nSimpleCov.maximum_coverage_drop 2\nSimpleCov.start";
    assert_eq!(gates(body)["minimum_coverage.line"], Gate::AtLeast(85.0));
    assert_eq!(gates(body)["maximum_coverage_drop.line"], Gate::Drop(2.0));
    let body = "SimpleCov.start do\n  coverage :line, minimum: 95 do\n    minimum_per_file 80\n    minimum_per_file 50, only: 'lib/old.rb'\n  end\nend";
    assert_eq!(gates(body)["minimum_coverage.line"], Gate::AtLeast(95.0));
    assert_eq!(gates(body)["minimum_coverage_by_file.line"], Gate::AtLeast(80.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_reader_panic(text in "(SimpleCov|\\.start|\\.configure| do\n|end\n|\\{|\\}|add_filter |track_files |'a|'|%r\\{|%w\\[|\\]|#\\{|if |x\n|\\(|\\)|=|,|: |:|1){0,40}") {
        all(&[(".simplecov", &text)]);
    }

    #[test]
    fn another_filter_never_brings_a_file_in(one in "[a-z/.]{1,6}", two in "[a-z/.]{1,6}") {
        for lock in [OLD, NEW] {
            let few = all(&[(".simplecov", &format!("SimpleCov.start {{ add_filter '{one}' }}")), lock]);
            let more = all(&[(".simplecov", &format!("SimpleCov.start do add_filter '{one}'; add_filter '{two}' end")), lock]);
            prop_assert!(more[0].files.is_subset(&few[0].files));
        }
    }
}
