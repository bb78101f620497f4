//! Facts about the scopes of small projects.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn only(files: &[(&str, &str)]) -> Scope {
    let mut scopes = all(files);
    assert_eq!(scopes.len(), 1, "{scopes:?}");
    scopes.remove(0)
}

fn all(files: &[(&str, &str)]) -> Vec<Scope> {
    scopes(&Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))))
}

fn names(scope: &Scope) -> Vec<&str> {
    assert_eq!(scope.undecided, None);
    scope.files.iter().map(RepoPath::as_str).collect()
}

const SOURCES: [(&str, &str); 4] =
    [("src/a.js", ""), ("src/old/b.js", ""), ("lib/c.js", ""), ("src/a.test.js", "")];

fn with<'a>(files: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [files, &SOURCES].concat()
}

#[test]
fn jest_measures_what_its_patterns_keep_and_no_tests() {
    let scope =
        only(&with(&[("package.json", r#"{"jest": {"collectCoverageFrom": ["src/**", "!src/old/**"]}}"#)]));
    assert_eq!((names(&scope), scope.mode), (vec!["src/a.js"], Mode::Matching));
}

#[test]
fn jest_without_patterns_measures_what_is_loaded() {
    let scope = only(&with(&[("package.json", r#"{"scripts": {"test": "jest --coverage"}}"#)]));
    assert_eq!((names(&scope), scope.mode), (vec!["lib/c.js", "src/a.js", "src/old/b.js"], Mode::Loaded));
}

#[test]
fn a_script_names_its_own_configuration() {
    let scope = only(&with(&[
        ("package.json", r#"{"scripts": {"t": "jest --coverage -c ci/jest.json"}}"#),
        (
            "ci/jest.json",
            r#"{"rootDir": "..", "roots": ["<rootDir>/lib"], "coverageThreshold": {"global": {"lines": -3}}}"#,
        ),
    ]));
    // `roots` limits where tests are looked for, not what they load.
    assert_eq!(names(&scope), ["lib/c.js", "src/a.js", "src/old/b.js"]);
    assert_eq!(scope.thresholds, BTreeMap::from([("global.lines".to_owned(), Gate::Uncovered(3.0))]));
}

#[test]
fn vitest_measures_by_its_version() {
    let config = (
        "vitest.config.ts",
        "export default { test: { coverage: { exclude: ['lib'], thresholds: { 100: true } } } }",
    );
    let manifest = |major: &str| format!(r#"{{"devDependencies": {{"vitest": "{major}"}}}}"#);
    let (old, new) = (manifest("~3.1.0"), manifest(">=3 || ^4"));
    let three = only(&with(&[config, ("package.json", &old)]));
    assert_eq!(
        (names(&three), three.mode),
        (vec!["src/a.js", "src/old/b.js", "vitest.config.ts"], Mode::Matching)
    );
    let four = only(&with(&[config, ("package.json", &new)]));
    assert_eq!((names(&four), four.mode), (vec!["src/a.js", "src/old/b.js"], Mode::Loaded));
    assert_eq!(four.thresholds.get("branches"), Some(&Gate::AtLeast(100.0)));
}

#[test]
fn a_version_may_stand_in_the_workspace_catalog() {
    let scope = only(&with(&[
        ("pnpm-workspace.yaml", "packages: [a]\ncatalog:\n  vitest: ^3.2.0\n"),
        (
            "package.json",
            r#"{"devDependencies": {"vitest": "catalog:"}, "scripts": {"t": "vitest --coverage"}}"#,
        ),
    ]));
    assert_eq!(scope.mode, Mode::Matching);
}

#[test]
fn c8_and_nyc_follow_their_files_and_flags() {
    let c8 = only(&with(&[(
        "package.json",
        r#"{"scripts": {"test": "c8 --all -n 'src/**' -x src/old node test.js"}}"#,
    )]));
    assert_eq!((c8.tool, names(&c8), c8.mode), ("c8", vec!["src/a.js", "src/a.test.js"], Mode::Matching));
    let nyc = only(&with(&[
        (".nycrc.yml", "all: true\ncheck-coverage: true\nlines: 80\n"),
        ("package.json", r#"{"scripts": {"test": "nyc mocha"}}"#),
    ]));
    assert_eq!((nyc.tool, names(&nyc)), ("nyc", vec!["lib/c.js", "src/a.js", "src/old/b.js"]));
    assert_eq!(nyc.thresholds.get("lines"), Some(&Gate::AtLeast(80.0)));
}

const PYTHON: [(&str, &str); 4] =
    [("app/__init__.py", ""), ("app/a.py", ""), ("app/old/__init__.py", ""), ("tool/b.py", "")];

#[test]
fn coverage_py_measures_the_packages_of_its_source() {
    let files =
        [&PYTHON[..], &[(".coveragerc", "[run]\nsource = .\nomit = */old/*\n[report]\nfail_under = 85.5\n")]]
            .concat();
    let scope = only(&files);
    assert_eq!((names(&scope), scope.mode), (vec!["app/__init__.py", "app/a.py"], Mode::Matching));
    assert_eq!(scope.thresholds.get("fail_under"), Some(&Gate::AtLeast(85.5)));
}

#[test]
fn pytest_options_override_the_file_and_without_a_source_only_loaded_files_count() {
    let toml = "[tool.pytest.ini_options]\naddopts = ['--cov', 'app.a', '--cov-fail-under=70']\n[tool.coverage.run]\nsource = ['tool']\n";
    let files = [&PYTHON[..], &[("pyproject.toml", toml)]].concat();
    let scope = only(&files);
    assert_eq!(
        (names(&scope), scope.thresholds.get("fail_under")),
        (vec!["app/a.py"], Some(&Gate::AtLeast(70.0)))
    );
    let files = [&PYTHON[..], &[("setup.cfg", "[coverage:run]\nbranch = True\n")]].concat();
    assert_eq!(only(&files).mode, Mode::Loaded);
}

#[test]
fn pytest_takes_its_options_from_the_nearest_folder_above_what_it_is_given() {
    let run = |line: &str| {
        let makefile = format!("test:\n\tcd app && pytest {line}\n");
        let files =
            [&PYTHON[..], &[("pytest.toml", "[pytest]\naddopts = ['--cov=old']\n"), ("Makefile", &makefile)]];
        let scopes = all(&files.concat());
        let of_app: Vec<&Scope> = scopes.iter().filter(|scope| scope.package == "app").collect();
        of_app.iter().flat_map(|scope| names(scope)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(run("-q"), ["app/old/__init__.py"]);
    assert_eq!(run("../tool"), ["app/old/__init__.py"]);
    assert_eq!(run("-q --cov-reset --cov=../tool"), ["tool/b.py"]);
    assert!(run("--no-cov").is_empty());
}

#[test]
fn a_key_that_only_a_run_could_tell_leaves_the_scope_undecided_and_names_it() {
    let scope = only(&with(&[
        ("package.json", "{}"),
        (
            "jest.config.js",
            "module.exports = { collectCoverageFrom: load(), coverageThreshold: { global: { lines: 9 } } }",
        ),
    ]));
    let undecided = scope.undecided.unwrap();
    assert_eq!(undecided.path.unwrap().as_str(), "jest.config.js");
    assert!(undecided.why.contains("`collectCoverageFrom` depends on `load()`"), "{}", undecided.why);
    assert_eq!(scope.thresholds.len(), 1);
}

#[test]
fn a_comment_takes_a_file_out_where_its_text_is_loaded() {
    let tree = Tree::of_files([
        ("package.json", br#"{"jest": {"collectCoverageFrom": ["*.js"]}}"# as &[u8]),
        ("a.js", b"/* istanbul ignore file */"),
        ("b.js", b""),
    ]);
    let mut found = scopes(&tree);
    without_ignored(&tree, &mut found);
    assert_eq!(names(&found[0]), ["b.js"]);
}

/// The scopes of a project with one more pattern among those that leave files out.
fn narrowed(tool: usize, exclude: Option<&str>) -> Vec<Scope> {
    let quoted =
        exclude.map(|exclude| format!(", {}", serde_json::to_string(exclude).unwrap())).unwrap_or_default();
    let manifest = |major: &str| format!(r#"{{"devDependencies": {{"vitest": "^{major}.0.0"}}}}"#);
    let vitest = |include: &str| {
        format!("export default {{ test: {{ coverage: {{ {include} exclude: ['lib'{quoted}] }} }} }}")
    };
    let (name, text, package) = match tool {
        0 => (".nycrc", format!(r#"{{"all": true, "exclude": ["src/old/**"{quoted}]}}"#), "{}".to_owned()),
        1 => (".c8rc", format!(r#"{{"all": true, "exclude": ["src/old/**"{quoted}]}}"#), "{}".to_owned()),
        2 => ("vitest.config.js", vitest(""), manifest("3")),
        3 => ("vitest.config.js", vitest("include: ['**'],"), manifest("4")),
        4 => ("vitest.config.js", vitest("include: ['src'],"), manifest("5")),
        5 => {
            let taken = exclude
                .map(|exclude| format!(", {}", serde_json::to_string(&format!("!{exclude}")).unwrap()));
            let taken = taken.unwrap_or_default();
            ("jest.config.json", format!(r#"{{"collectCoverageFrom": ["**/*.js"{taken}]}}"#), "{}".to_owned())
        }
        6 => {
            let text = format!(
                r#"{{"collectCoverageFrom": ["**"], "coveragePathIgnorePatterns": ["old"{quoted}]}}"#
            );
            ("jest.config.json", text, "{}".to_owned())
        }
        _ => (
            ".coveragerc.toml",
            format!("[run]\nsource = [\".\"]\nomit = [\"x/*\"{quoted}]\n"),
            "{}".to_owned(),
        ),
    };
    all(&[&with(&[(name, &text), ("package.json", &package)])[..], &PYTHON[..]].concat())
}

proptest! {
    #[test]
    fn one_more_exclude_never_enlarges_the_set(exclude in "[a-c*/.!(){},|?\\[\\]]{1,12}", tool in 0..8usize) {
        // A pattern that starts with `!` brings files back by design.
        prop_assume!(!exclude.starts_with('!'));
        let (less, more) = (narrowed(tool, None), narrowed(tool, Some(&exclude)));
        prop_assert_eq!(less.len(), more.len());
        for (less, more) in less.iter().zip(&more) {
            if more.undecided.is_none() {
                prop_assert!(more.files.is_subset(&less.files), "{exclude:?} adds {:?}", more.files);
            }
        }
    }

    /// A list of what to include grows with each entry, except where an entry starts with `!`.
    #[test]
    fn one_more_include_never_shrinks_the_set(include in "[a-c*/.(){},|?\\[\\]]{1,12}", tool in 0..6usize) {
        let quoted = serde_json::to_string(&include).unwrap();
        let make = |more: &str| match tool {
            0 => ("jest.config.json", format!(r#"{{"collectCoverageFrom": ["src/old/**"{more}]}}"#)),
            1 => (".nycrc", format!(r#"{{"all": true, "include": ["src/old/**"{more}]}}"#)),
            2 => (".c8rc", format!(r#"{{"all": true, "include": ["src/old/**"{more}]}}"#)),
            _ => ("vitest.config.js", format!("export default {{ test: {{ coverage: {{ include: ['src/old/**'{more}] }} }} }}")),
        };
        let manifest = format!(r#"{{"devDependencies": {{"vitest": "^{tool}.0.0"}}}}"#);
        let run = |more: &str| {
            let (name, text) = make(more);
            all(&with(&[(name, &text), ("package.json", &manifest)]))
        };
        for (less, more) in run("").iter().zip(run(&format!(", {quoted}"))) {
            if more.undecided.is_none() {
                prop_assert!(less.files.is_subset(&more.files), "{include:?} takes away {:?}", less.files);
            }
        }
    }

    #[test]
    fn no_configuration_makes_a_reader_panic(text in "(\\{|\\}|\\[|\\]|\"|run|all|source|=|:|,|\n|'| |\\*){0,40}") {
        for name in ["package.json", ".nycrc.yml", ".coveragerc", "pyproject.toml", "tox.ini", "jest.config.ts", "Makefile"] {
            let _ = all(&[(name, &text), ("a.py", ""), ("a.js", "")]);
        }
    }
}

#[test]
fn a_project_of_another_configuration_is_no_run_of_its_own() {
    let scope = only(&with(&[
        ("package.json", r#"{"scripts": {"test": "jest --coverage"}}"#),
        ("jest.config.json", r#"{"projects": ["lib"], "collectCoverageFrom": ["**/*.js"]}"#),
        ("lib/jest.config.json", "{}"),
    ]));
    assert_eq!((names(&scope), scope.mode), (vec!["lib/c.js"], Mode::Matching));
}

#[test]
fn jest_takes_all_words_behind_a_flag_that_lists() {
    let scope = only(&with(&[(
        "package.json",
        r#"{"scripts": {"test": "jest --coverage --collectCoverageFrom '**/*.js' --roots lib src/old"}}"#,
    )]));
    assert_eq!(names(&scope), ["lib/c.js", "src/old/b.js"]);
}

#[test]
fn jest_measures_a_test_that_it_is_forced_to_measure() {
    let scope = only(&with(&[(
        "package.json",
        r#"{"jest": {"collectCoverageFrom": ["lib/**"], "forceCoverageMatch": ["**/*.test.js"]}}"#,
    )]));
    assert_eq!(names(&scope), ["lib/c.js", "src/a.test.js"]);
}

#[test]
fn a_key_set_after_the_declaration_counts() {
    let scope = only(&with(&[
        ("package.json", "{}"),
        (
            "jest.config.js",
            "const c = { rootDir: 'src' };\nc.rootDir = '.';\nc.collectCoverageFrom = ['lib/**'];\nmodule.exports = c;\n",
        ),
    ]));
    assert_eq!(names(&scope), ["lib/c.js"]);
}

#[test]
fn a_root_of_c8_sees_exclusions_from_itself_and_from_the_run() {
    let run = r#"{"scripts": {"test": "c8 -c cov.json node t.js"}}"#;
    let files =
        with(&[("package.json", run), ("cov.json", r#"{"all": true, "src": ["src"], "exclude": ["old"]}"#)]);
    assert_eq!(names(&only(&files)), ["src/a.js", "src/a.test.js"]);
}

#[test]
fn patterns_meet_absolute_paths_where_files_from_outside_are_allowed() {
    let config = r#"{"scripts": {"test": "c8 --all --allowExternal --include 'src/*.js' node t.js"}}"#;
    assert!(names(&only(&with(&[("package.json", config)]))).is_empty());
    let config = r#"{"scripts": {"test": "c8 --all --allowExternal --include '**/old/*.js' node t.js"}}"#;
    assert_eq!(names(&only(&with(&[("package.json", config)]))), ["src/old/b.js"]);
}

#[test]
fn vitest_5_keeps_nothing_for_an_absolute_pattern() {
    let config = "import { resolve } from 'node:path'\nexport default { test: { coverage: { include: [resolve(__dirname, 'src/**')] } } }";
    let measured = |manifest: &str| {
        let scope = only(&with(&[("package.json", manifest), ("vitest.config.js", config)]));
        names(&scope).len()
    };
    assert_eq!(measured(r#"{"devDependencies": {"vitest": "^5.0.0"}}"#), 0);
    assert_eq!(measured(r#"{"devDependencies": {"vitest": "^4.0.0"}}"#), 2);
}

#[test]
fn any_section_of_coverage_py_makes_a_shared_file_the_deciding_one() {
    let files = [
        ("setup.cfg", "[coverage:html]\ntitle = x\n"),
        ("pyproject.toml", "[tool.coverage.run]\nsource = [\"app\"]\n"),
        ("app/m.py", ""),
    ];
    assert_eq!(only(&files).mode, Mode::Loaded);
}

#[test]
fn a_variable_stands_for_its_default_and_is_untold_without_one() {
    let with_source = |source: &str| {
        let config = format!("[run]\nsource = {source}\n");
        only(&[(".coveragerc", &config), ("app/m.py", ""), ("lib/m.py", "")])
    };
    assert_eq!(names(&with_source("${WHERE-app}")), ["app/m.py"]);
    assert!(with_source("${WHERE}").undecided.is_some() && with_source("$WHERE").undecided.is_some());
}
