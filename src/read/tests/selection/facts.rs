//! Facts about what the runners of small projects select.

use super::*;

fn states(files: &[(&str, &str)]) -> Vec<(String, State)> {
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let found = inventory(&tree);
    assert!(found.undecided.is_empty(), "{:?}", found.undecided);
    found.tests.iter().map(|test| (format!("{}: {}", test.path, test.title()), test.state)).collect()
}

fn listed(files: &[(&str, &str)]) -> Vec<String> {
    let shown =
        states(files).into_iter().filter(|(_, state)| !matches!(state, State::Unselected | State::Elsewhere));
    shown.map(|(name, _)| name).collect()
}

const PY: &str = "def test_fast():\n    assert 1\ndef test_slow():\n    assert 1\n";

#[test]
fn pytest_is_told_where_to_look_and_what_to_leave_out() {
    let files = [
        ("tests/test_a.py", PY),
        ("build/test_b.py", PY),
        ("tests/old/test_c.py", PY),
        ("lib/test_d.py", PY),
    ];
    let with = |ini: &str| {
        let ini = format!("[pytest]\n{ini}\n");
        listed(&[&files[..], &[("pytest.ini", ini.as_str())]].concat())
    };
    assert_eq!(
        with("addopts = --ignore=tests/old -k \"not slow\""),
        ["lib/test_d.py: test_fast", "tests/test_a.py: test_fast"]
    );
    assert_eq!(
        with("testpaths = tests\naddopts = --deselect tests/test_a.py::test_slow --ignore-glob=*/old/*"),
        ["tests/test_a.py: test_fast"]
    );
    assert_eq!(with("norecursedirs = tests lib\naddopts = -k fast"), ["build/test_b.py: test_fast"]);
    assert_eq!(with("python_files = check_*.py"), [""; 0]);
    assert_eq!(
        with("testpaths = t*\npython_functions = *_fast\nnorecursedirs = old"),
        ["tests/test_a.py: test_fast"]
    );
}

#[test]
fn pytest_selects_by_marks_and_conftest_ignores() {
    let marked = "import pytest\n@pytest.mark.slow\ndef test_a(): pass\ndef test_b(): pass\n";
    let toml = "[tool.pytest.ini_options]\naddopts = ['-m', 'not slow']\n";
    assert_eq!(listed(&[("test_m.py", marked), ("pyproject.toml", toml)]), ["test_m.py: test_b"]);
    let conftest = "collect_ignore = ['test_m.py']\ncollect_ignore_glob = ['*_old.py']\n";
    let files = [
        ("conftest.py", conftest),
        ("test_m.py", PY),
        ("test_x_old.py", PY),
        ("test_n.py", "def test_n(): pass\n"),
    ];
    assert_eq!(listed(&files), ["test_n.py: test_n"]);
}

const JS: &str = "test('one', () => {})\n";

#[test]
fn jest_matches_files_by_its_configuration() {
    let files = [("src/a.test.js", JS), ("src/__tests__/b.js", JS), ("spec/c.js", JS), ("old/d.test.js", JS)];
    let with = |jest: &str| {
        let manifest = format!(r#"{{"scripts": {{"test": "jest"}}, "jest": {jest}}}"#);
        listed(&[&files[..], &[("package.json", manifest.as_str())]].concat())
    };
    assert_eq!(with("{}"), ["old/d.test.js: one", "src/__tests__/b.js: one", "src/a.test.js: one"]);
    assert_eq!(with(r#"{"testMatch": ["**/spec/*.js"]}"#), ["spec/c.js: one"]);
    assert_eq!(with(r#"{"testRegex": "spec/.*\\.js$"}"#), ["spec/c.js: one"]);
    assert_eq!(
        with(
            r#"{"testPathIgnorePatterns": ["<rootDir>/old/"], "roots": ["<rootDir>/src", "<rootDir>/old"]}"#
        ),
        ["src/__tests__/b.js: one", "src/a.test.js: one"]
    );
    assert_eq!(with(r#"{"projects": [{"rootDir": "<rootDir>/old"}]}"#), ["old/d.test.js: one"]);
    let narrowed = r#"{"scripts": {"test": "jest src/a -t two"}}"#;
    assert_eq!(
        listed(&[("src/a.test.js", "test('one', f);\ntest('two', f);\n"), ("package.json", narrowed)]),
        ["src/a.test.js: two"]
    );
}

#[test]
fn vitest_follows_include_exclude_dir_and_projects() {
    let files = [
        ("spec/a.js", JS),
        ("b.test.js", JS),
        ("old/c.test.js", JS),
        ("package.json", r#"{"scripts": {"test": "vitest run"}}"#),
    ];
    let with = |test: &str| {
        let config = format!("export default {{ test: {test} }}");
        listed(&[&files[..], &[("vitest.config.js", config.as_str())]].concat())
    };
    assert_eq!(with("{}"), ["b.test.js: one", "old/c.test.js: one"]);
    assert_eq!(with("{ include: ['spec/**/*.js'] }"), ["spec/a.js: one"]);
    assert_eq!(with("{ exclude: ['old/**'] }"), ["b.test.js: one"]);
    assert_eq!(with("{ dir: 'old' }"), ["old/c.test.js: one"]);
    assert_eq!(
        with("{ projects: [{ test: { include: ['spec/*.js'] } }, { test: { root: './old' } }] }"),
        ["old/c.test.js: one", "spec/a.js: one"]
    );
}

#[test]
fn mocha_node_and_playwright_have_their_own_places() {
    let mocha = [
        ("package.json", r#"{"scripts": {"test": "mocha"}}"#),
        ("test/a.js", JS),
        ("test/deep/b.js", JS),
        ("c.test.js", JS),
    ];
    assert_eq!(listed(&mocha), ["test/a.js: one"]);
    let rc = [&mocha[..], &[(".mocharc.json", r#"{"recursive": true, "ignore": ["test/a.js"]}"#)]].concat();
    assert_eq!(listed(&rc), ["test/deep/b.js: one"]);
    let node = [
        ("package.json", r#"{"scripts": {"test": "node --test"}}"#),
        ("test/a.js", JS),
        ("b_test.mjs", JS),
        ("c.spec.js", JS),
    ];
    assert_eq!(listed(&node), ["b_test.mjs: one", "test/a.js: one"]);
    let named = [
        ("package.json", r#"{"scripts": {"test": "node --test 'lib/**/*.check.js'"}}"#),
        ("lib/x/a.check.js", JS),
        ("b.test.js", JS),
    ];
    assert_eq!(listed(&named), ["lib/x/a.check.js: one"]);
    let config = "import { defineConfig } from '@playwright/test';\nexport default defineConfig({ testDir: './e2e', testIgnore: 'skip.spec.ts' });\n";
    let web = [
        ("playwright.config.ts", config),
        ("e2e/a.spec.ts", JS),
        ("e2e/skip.spec.ts", JS),
        ("src/b.spec.ts", JS),
    ];
    assert_eq!(listed(&web), ["e2e/a.spec.ts: one"]);
}

#[test]
fn a_focus_of_mocha_reaches_other_files() {
    let files = [
        ("package.json", r#"{"scripts": {"test": "mocha"}}"#),
        ("test/a.js", "it.only('a', () => {})\n"),
        ("test/b.js", "it('b', () => {})\n"),
    ];
    let expected = [("test/a.js: a", State::Focused), ("test/b.js: b", State::Silenced)];
    assert_eq!(states(&files), expected.map(|(name, state)| (name.to_owned(), state)));
}

#[test]
fn cargo_names_tests_by_their_modules_and_leaves_out_what_is_not_compiled() {
    let test = "#[test]\nfn t() {}\n";
    let files = [
        (
            "Cargo.toml",
            "[package]\nname = \"p\"\nversion = \"0.1.0\"\n[features]\ndefault = [\"a\"]\na = [\"b\"]\nb = []\nc = []\n[[test]]\nname = \"off\"\ntest = false\n",
        ),
        ("src/lib.rs", "mod a;\n#[path = \"odd/name.rs\"]\nmod b;\nmod inline { mod deep; }\n"),
        ("src/a.rs", "mod sub;\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {}\n}\n"),
        (
            "src/a/sub.rs",
            "#[cfg(feature = \"b\")]\n#[test]\nfn on() {}\n#[cfg(feature = \"c\")]\n#[test]\nfn off() {}\n",
        ),
        ("src/odd/name.rs", test),
        ("src/inline/deep.rs", test),
        ("src/gone.rs", test),
        ("tests/it/main.rs", "mod part;\n"),
        ("tests/it/part.rs", test),
        ("tests/off.rs", test),
    ];
    let expected = [
        "src/a.rs: a > tests > t",
        "src/a/sub.rs: a > sub > on",
        "src/inline/deep.rs: inline > deep > t",
        "src/odd/name.rs: b > t",
        "tests/it/part.rs: part > t",
    ];
    assert_eq!(listed(&files), expected);
}

#[test]
fn a_runner_that_is_not_read_and_a_path_on_a_command_keep_their_tests() {
    let ava = r#"{"scripts": {"test": "ava", "more": "node --test lib/b.js"}}"#;
    assert_eq!(
        listed(&[("package.json", ava), ("test/a.test.js", JS), ("lib/b.js", JS)]),
        ["lib/b.js: one", "test/a.test.js: one"]
    );
    let files = [
        ("pytest.ini", "[pytest]\ntestpaths = tests\n"),
        ("Makefile", "it:\n\tpytest it\n"),
        ("tests/test_a.py", "def test_a(): pass\n"),
        ("it/test_b.py", "def test_b(): pass\n"),
        ("old/test_c.py", "def test_c(): pass\n"),
    ];
    assert_eq!(listed(&files), ["it/test_b.py: test_b", "tests/test_a.py: test_a"]);
}

#[test]
fn what_no_runner_speaks_for_follows_the_conventions() {
    assert_eq!(
        listed(&[("a.test.js", JS), ("b.js", JS), ("tests/test_a.py", "def test_a(): pass\n")]),
        ["a.test.js: one", "tests/test_a.py: test_a"]
    );
}

#[test]
fn a_configuration_that_only_a_run_could_tell_takes_nothing_away() {
    let files = [
        ("package.json", r#"{"scripts": {"test": "vitest run"}}"#),
        ("vitest.config.js", "export default { test: { include: process.env.X.split(',') } }"),
        ("a.test.js", JS),
    ];
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let found = inventory(&tree);
    assert_eq!((found.tests[0].state, found.undecided.len()), (State::Runs, 1));
}
