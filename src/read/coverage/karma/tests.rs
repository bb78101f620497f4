//! Facts about Karma's configurations.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use crate::change::Tree;
use crate::read::coverage::{Mode, Scope, scopes};

const SOURCES: [(&str, &str); 5] = [
    ("src/a.js", ""),
    ("src/old/b.js", ""),
    ("src/.hidden/c.js", ""),
    ("lib/d.js", ""),
    ("test/a.spec.js", ""),
];

fn all(files: &[(&str, &str)]) -> Vec<Scope> {
    let files = files.iter().copied().chain(SOURCES);
    scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))))
}

fn of(config: &str) -> Vec<Scope> {
    all(&[("karma.conf.js", config)])
}

fn set(inner: &str) -> String {
    format!("module.exports = function (config) {{\n  config.set({{\n{inner}\n  }});\n}};\n")
}

fn names(scope: &Scope) -> String {
    assert_eq!(scope.undecided, None);
    scope.files.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
}

fn gates(scope: &Scope) -> Vec<String> {
    assert_eq!(scope.unknown_thresholds, None);
    scope.thresholds.iter().map(|(name, gate)| format!("{name} {gate}")).collect()
}

const FILES: &str =
    "files: ['src/**/*.js', 'test/**/*.js'], reporters: ['dots', 'coverage'], frameworks: ['mocha'],";

#[test]
fn what_is_served_and_passes_the_preprocessor_is_measured() {
    let scopes = of(&set(&format!("{FILES} preprocessors: {{'src/**/*.js': ['babel', 'coverage']}}")));
    assert_eq!(names(&scopes[0]), "src/.hidden/c.js src/a.js src/old/b.js");
    assert_eq!(scopes[0].mode, Mode::Matching);
    let config =
        set(&format!("{FILES} exclude: ['src/old/*'], preprocessors: {{'**/!(*.spec).js': 'coverage'}}"));
    assert_eq!(names(&of(&config)[0]), "src/.hidden/c.js src/a.js");
}

#[test]
fn what_the_page_does_not_load_counts_only_with_a_test_that_asks_for_it() {
    let config = |more: &str| {
        set(&format!(
            "reporters: ['coverage'], files: ['src/a.js', {{pattern: 'src/**/*.js', included: false}}], \
             preprocessors: {{'src/*.js': ['coverage'], 'src/old/*.js': ['coverage']}}, coverageReporter: {{{more}}}"
        ))
    };
    let scopes = of(&config(""));
    let found: Vec<_> = scopes.iter().map(|scope| (scope.mode, names(scope))).collect();
    assert!(found.contains(&(Mode::Matching, "src/a.js".to_owned())));
    assert!(found.contains(&(Mode::Loaded, "src/old/b.js".to_owned())));
    assert_eq!(names(&of(&config("includeAllSources: true"))[0]), "src/a.js src/old/b.js");
}

#[test]
fn patterns_begin_at_the_base_path_and_a_command_names_the_configuration() {
    let config = "const path = require('path');\nmodule.exports = (config) => config.set({ basePath: '..', reporters: ['dots'], \
                  files: [path.join(__dirname, '../lib/*.js')], preprocessors: { 'lib/*.js': ['coverage'] } });\n";
    let files = [
        ("config/karma.ci.js", config),
        ("package.json", r#"{"scripts": {"t": "karma start config/karma.ci.js --reporters dots,coverage"}}"#),
    ];
    let scopes = all(&files);
    let scope = scopes.iter().find(|scope| scope.tool == "karma").unwrap();
    assert_eq!(names(scope), "lib/d.js");
    assert!(all(&files[..1]).is_empty());
}

#[test]
fn without_the_reporter_nothing_is_measured_and_nothing_fails() {
    let check = "coverageReporter: {check: {global: {lines: 80}}}";
    let scopes =
        of(&set(&format!("files: ['src/*.js'], preprocessors: {{'src/*.js': 'coverage'}}, {check}")));
    assert_eq!((scopes.len(), names(&scopes[0]).as_str(), gates(&scopes[0]).len()), (1, "", 0));
}

#[test]
fn files_with_figures_of_their_own_have_gates_apart() {
    let scopes = of(&set(&format!(
        "{FILES} preprocessors: {{'src/*.js': 'coverage', 'src/old/*.js': 'coverage'}}, coverageReporter: {{check: {{\
         global: {{lines: 80, statements: -5, excludes: ['src/old/**']}}, \
         each: {{lines: 50, excludes: ['src/a.js'], overrides: {{'src/old/*.js': {{lines: 10}}}}}}}}}}"
    )));
    let karma = scopes.iter().find(|scope| scope.tool == "karma").unwrap();
    assert_eq!(
        gates(karma),
        [
            "each.lines 50",
            "each.lines of src/a.js 0",
            "each.lines of src/old/b.js 10",
            "global.lines 80",
            "global.statements 5 uncovered"
        ]
    );
    let check = scopes.iter().find(|scope| scope.tool == "karma check").unwrap();
    assert_eq!(names(check), "src/a.js");
}

#[test]
fn the_istanbul_reporter_has_thresholds_of_its_own() {
    let config = |more: &str| {
        set(&format!(
            "reporters: ['coverage-istanbul'], preprocessors: {{'test/*.js': ['webpack']}}, \
             coverageIstanbulReporter: {{thresholds: {{{more}}}}}"
        ))
    };
    assert_eq!(gates(&of(&config("lines: 70"))[0]), ["global.lines 70"]);
    assert_eq!(
        gates(&of(&config("global: {branches: 60}, each: {lines: 5}"))[0]),
        ["each.lines 5", "global.branches 60"]
    );
    assert!(gates(&of(&config("emitWarning: true, global: {lines: 70}"))[0]).is_empty());
}

#[test]
fn settings_of_a_branch_that_only_a_run_decides_are_undecided() {
    let config = "module.exports = function (config) {\n  config.set({ reporters: ['coverage'], files: ['src/*.js'], \
                  preprocessors: { 'src/*.js': ['coverage'] } });\n  \
                  if (process.env.CI) {\n    config.set({ browsers: ['ChromeHeadless'] });\n  }\n};\n";
    assert_eq!(names(&of(config)[0]), "src/a.js");
    let config = config.replace("browsers: ['ChromeHeadless']", "files: ['src/old/*.js']");
    assert!(of(&config)[0].undecided.is_some());
}

proptest! {
    #[test]
    fn no_configuration_makes_the_reader_panic(text in "(module\\.exports = |config|\\.set|\\(|\\)|\\{|\\}|=>|function |if |files: |\\['|'\\]|,){0,24}") {
        of(&text);
    }
}
