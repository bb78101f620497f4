//! Facts about which tests are found in JavaScript and what becomes of them.

use super::inventory;
use crate::ids::RepoPath;
use crate::read::syntax::{Language, parse};
use crate::read::tests::State::{self, *};

fn path() -> RepoPath {
    "a.test.tsx".parse().unwrap()
}

fn states(source: &str) -> Vec<(String, State)> {
    let tree = parse(Language::Tsx, source).unwrap();
    assert!(tree.is_sound(), "{source}");
    inventory(&path(), &tree, source).into_iter().map(|t| (t.title(), t.state)).collect()
}

fn is(source: &str, expected: &[(&str, State)]) {
    let expected: Vec<(String, State)> = expected.iter().map(|(n, s)| ((*n).to_owned(), *s)).collect();
    assert_eq!(states(source), expected, "{source}");
}

#[test]
fn suites_name_their_tests_and_pass_on_their_marks() {
    is(
        "describe('a', () => { it('b', () => { expect(1).toBe(1) }); it.skip('it\\'s', () => {}) });\n\
         describe.skip('c', () => { describe('d', () => { test('e', async () => {}) }) });",
        &[("a > b", Runs), ("a > it's", Skipped), ("c > d > e", Skipped)],
    );
}

#[test]
fn each_spelling_of_a_skip_is_known() {
    is(
        "xit('a', () => {}); xtest('b', () => {}); xdescribe('c', () => { it('d', () => {}) });\n\
         test.todo('e'); it('f'); test.fixme('g', async () => {}); test.concurrent.skip('h', () => {});\n\
         test.skip.each([[1]])('i %d', () => {}); test('j', { skip: true }, () => {}); test.fails('k', () => {});",
        &[
            ("a", Skipped),
            ("b", Skipped),
            ("c > d", Skipped),
            ("e", Todo),
            ("f", Todo),
            ("g", Skipped),
            ("h", Skipped),
            ("i %d", Skipped),
            ("j", Skipped),
            ("k", Inverted),
        ],
    );
}

#[test]
fn what_the_run_decides_is_conditional() {
    is(
        "test.skipIf(win)('a', () => {}); it('b', () => { test.skip(ci, 'why'); go() });\n\
         const d = url ? describe : describe.skip;\nd('c', () => { it('d', () => {}) });\n\
         (mac ? it.skip : it)('e', () => {}); if (old) { it.skip('f', () => {}) }\n\
         it('g', function () { if (x) this.skip(); go() }); test('h', { skip: isWindows }, () => {});",
        &[
            ("a", Conditional),
            ("b", Conditional),
            ("c > d", Conditional),
            ("e", Conditional),
            ("f", Conditional),
            ("g", Conditional),
            ("h", Conditional),
        ],
    );
}

#[test]
fn a_skip_that_comes_first_in_the_body_is_unconditional() {
    is(
        "it('a', function () { this.skip(); go() }); test('b', (t) => { const x = 1; t.skip('why'); go() });\n\
         test('c', async ({ page }) => { test.skip(); go() }); test('d', () => { test.skip(true, 'why') });\n\
         test('e', (t) => { go(); t.skip() });",
        &[("a", Skipped), ("b", Skipped), ("c", Skipped), ("d", Skipped), ("e", Conditional)],
    );
}

#[test]
fn tables_aliases_and_loops_are_followed() {
    is(
        "import { it as spec, describe as group } from 'vitest';\nimport { test as base } from 'x';\n\
         const check = base.extend({});\ngroup('a', () => { spec('b', () => {}) });\ncheck('c', () => {});\n\
         it.each`\n x\n ${1}\n`('d $x', () => {}); for (const n of [1]) { it(`e ${n}`, () => {}); it('f ' + n, () => {}) }",
        &[("a > b", Runs), ("c", Runs), ("d $x", Runs), ("e ${n}", Runs), ("'f ' + n", Runs)],
    );
}

#[test]
fn what_only_looks_like_a_test_is_none() {
    is(
        "// it('a', () => {});\nconst s = \"it('b', () => {})\";\nif (/x/.test(s)) {}\nfoo.test('c', () => {});\n\
         test.step('d', () => {}); test.use({ x: 1 }); test.beforeEach(() => {}); const m = new Map(); it(x);\n\
         function suite() {}\nsuite('e', () => {});",
        &[],
    );
}

#[test]
fn an_emptied_body_has_no_statements() {
    let source =
        "it('a', () => { // gone\n});\nit('b', () => expect(1).toBe(1));\nit('c', wrapped(() => { x() }));";
    let tests = inventory(&path(), &parse(Language::JavaScript, source).unwrap(), source);
    assert_eq!(tests.iter().map(|t| t.statements).collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!(tests.iter().map(|t| t.assertions.len()).collect::<Vec<_>>(), [0, 1, 0]);
}
