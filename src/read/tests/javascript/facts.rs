//! Facts about which tests are found in JavaScript and what becomes of them.

use super::inventory;
use crate::ids::RepoPath;
use crate::read::syntax::{Language, parse};
use crate::read::tests::State::{self, *};
use crate::read::tests::{Cases, Strength};

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

fn demands(source: &str) -> Vec<(Strength, String)> {
    let tree = parse(Language::Tsx, source).unwrap();
    assert!(tree.is_sound(), "{source}");
    let tests = inventory(&path(), &tree, source);
    tests.into_iter().flat_map(|t| t.assertions).map(|a| (a.strength, a.subject)).collect()
}

fn demand(body: &str, expected: &[(Strength, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(s, t)| (*s, (*t).to_owned())).collect();
    assert_eq!(
        demands(&format!("const m = jest.fn();\ntest('a', async () => {{ {body} }});")),
        expected,
        "{body}"
    );
}

#[test]
fn each_matcher_says_what_it_demands() {
    use Strength::*;
    demand("expect(f(1)).toBe(3); expect(x).toEqual({ a: 1 });", &[(Exact, "f(1)"), (Exact, "x")]);
    demand("expect(x).toBeDefined(); expect(x).not.toBeNull(); expect(x).toBeTruthy();", &[(Truthy, "x"); 3]);
    demand(
        "expect(x).toBeGreaterThan(1); expect(x).not.toBe(1); expect(x).toMatchObject({});",
        &[(Relational, "x"); 3],
    );
    demand(
        "expect(x).toMatchSnapshot(); expect(x).toMatchInlineSnapshot(`1`);",
        &[(Snapshot, "x"), (Exact, "x")],
    );
    demand(
        "expect(f).toThrow(); expect(f).toThrow(TypeError); expect(f).not.toThrow();",
        &[(Throws, "f"), (ThrowsExactly, "f"), (Truthy, "f")],
    );
    demand(
        "expect(m).toHaveBeenCalled(); expect(m).toHaveBeenCalledWith(1); expect(m.mock.calls.length).toBe(1);",
        &[(Mock, "m"), (MockExactly, "m"), (MockExactly, "m.mock.calls.length")],
    );
    demand(
        "expect(true).toBe(true); expect(x).toBe(x); expect(1).toBeTruthy(); expect(x);",
        &[(Tautology, "true"), (Tautology, "x"), (Tautology, "1"), (Tautology, "x")],
    );
    demand("expect(f()).toBe(f()); expect(false).toBe(true);", &[(Exact, "f()"), (Exact, "false")]);
    demand("expect(x).to.be.true; expect(x).to.deep.equal([1]); x.should.equal(2);", &[(Exact, "x"); 3]);
    demand(
        "assert(x); assert.equal(x, 1); assert.ok(x > 1); assert.throws(f, /x/); assertEquals(x, 2);",
        &[(Truthy, "x"), (Exact, "x"), (Relational, "x"), (ThrowsExactly, "f"), (Exact, "x")],
    );
    demand("expectOrder(o); verifyAll(o); checkout(o);", &[(Delegated, "o"), (Delegated, "o")]);
}

#[test]
fn tolerances_promises_and_handlers_are_told() {
    let source = "test('a', async () => {\n expect(x).toBeCloseTo(1, 3);\n expect(p).resolves.toBe(1);\n await expect(p).resolves.toBe(1);\n \
        try { expect(x).toBe(1) } catch (e) { log(e) }\n try { expect(x).toBe(2) } catch (e) { throw e }\n if (c) { expect(x).toBe(3) }\n});";
    let tests = inventory(&path(), &parse(Language::Tsx, source).unwrap(), source);
    let all = &tests[0].assertions;
    assert_eq!(all[0].tolerance, Some(0.0005));
    assert_eq!(all.iter().map(|a| a.floats).collect::<Vec<_>>(), [false, true, false, false, false, false]);
    assert_eq!(
        all.iter().map(|a| a.swallowed).collect::<Vec<_>>(),
        [false, false, false, true, false, false]
    );
    assert_eq!(
        all.iter().map(|a| a.conditional).collect::<Vec<_>>(),
        [false, false, false, false, false, true]
    );
}

#[test]
fn tables_subtests_modules_and_uses_are_read() {
    let source = "const test = require('node:test');\nimport * as vt from 'vitest';\nimport { total } from './cart';\n\
        test('outer', async (t) => { await t.test('inner', () => { assert.equal(total(1), 1) }) });\n\
        vt.describe('s', () => { vt.it.each([[1], [2]])('x %i', () => {}) });\nfor (const n of ns) { vt.test(`y ${n}`, () => {}) }";
    let tests = inventory(&path(), &parse(Language::Tsx, source).unwrap(), source);
    let names: Vec<_> = tests.iter().map(|t| (t.title(), t.cases)).collect();
    let expected = [
        ("outer", Cases::One),
        ("outer > inner", Cases::One),
        ("s > x %i", Cases::Table(2)),
        ("y ${n}", Cases::Computed),
    ];
    assert_eq!(names, expected.map(|(n, c)| (n.to_owned(), c)));
    assert!(tests[1].calls.contains("total") && tests[1].names.contains("total"));
    assert_eq!(&source[tests[1].body.clone()], "{ assert.equal(total(1), 1) }");
}
