//! Assertions and test functions of scripts that were replaced by ones that do nothing.

use super::deed::{Deed, Weight};
use super::place::Reached;
use super::script::File;
use crate::read::syntax::{Node, below, parts};

/// The matchers that Jest and Vitest bring themselves and that tests lean on.
const MATCHERS: [&str; 22] = [
    "toBe",
    "toEqual",
    "toStrictEqual",
    "toBeDefined",
    "toBeTruthy",
    "toBeFalsy",
    "toBeNull",
    "toBeUndefined",
    "toBeCloseTo",
    "toBeGreaterThan",
    "toBeLessThan",
    "toBeInstanceOf",
    "toContain",
    "toContainEqual",
    "toHaveLength",
    "toHaveProperty",
    "toMatch",
    "toMatchObject",
    "toMatchSnapshot",
    "toThrow",
    "toHaveBeenCalled",
    "toHaveBeenCalledWith",
];

/// `global.expect = () => …`, `assert.equal = () => {}`, `it = it.skip`.
pub(super) fn assigned<'t>(file: &File<'t, '_>, assignment: Node<'t>) -> Option<Deed> {
    let left = assignment.child_by_field_name("left")?;
    let right = assignment.child_by_field_name("right")?;
    let path: String = file.text(left).split_whitespace().collect();
    let name = ["globalThis.", "global.", "window."].iter().find_map(|front| path.strip_prefix(front));
    let name = name.unwrap_or(&path);
    let what = match name {
        "expect" | "assert" | "should" => "asserts nothing any more",
        "it" | "test" | "describe" | "suite" if file.text(right) == format!("{name}.skip") => {
            return told(file, assignment, &path, "skips every test", "every test that it names is skipped");
        }
        "it" | "test" | "describe" | "suite" => "runs nothing any more",
        _ if is_part_of_assertions(name) => "asserts nothing any more",
        _ => return None,
    };
    if !does_nothing(right, &|n| file.text(n)) {
        return None;
    }
    told(file, assignment, &path, what, "nothing that it is given can fail")
}

fn is_part_of_assertions(path: &str) -> bool {
    let of_library =
        ["assert.", "chai.assert.", "chai.Assertion.prototype.", "Assertion.prototype.", "expect."];
    of_library.iter().any(|front| path.starts_with(front))
        && !["expect.extend", "expect.addSnapshotSerializer"].contains(&path)
}

fn told<'t>(
    file: &File<'t, '_>,
    node: Node<'t>,
    path: &str,
    what: &str,
    label: &'static str,
) -> Option<Deed> {
    let (at, reached) = file.when(node)?;
    (reached == Reached::Always).then(|| Deed {
        range: node.byte_range(),
        matter: format!("fakes {path}"),
        headline: format!("`{path}` {what}: `{{file}}` replaces it"),
        why: format!(
            "The replacement is put in {at}, so that tests which use it pass whatever the code does."
        ),
        label,
        weight: Weight::Block,
    })
}

/// Whether a value is a function that neither fails nor calls anything, nor hands out one that does.
fn does_nothing<'s>(value: Node<'_>, text: &dyn Fn(Node<'_>) -> &'s str) -> bool {
    const FUNCTIONS: [&str; 2] = ["arrow_function", "function_expression"];
    let harmless = |call: Node<'_>| {
        call.child_by_field_name("function").is_some_and(|callee| matches!(text(callee), "jest.fn" | "vi.fn"))
    };
    let is_function =
        FUNCTIONS.contains(&value.kind()) || value.kind() == "call_expression" && harmless(value);
    let fails = |n: Node<'_>| match n.kind() {
        "throw_statement" | "await_expression" | "yield_expression" => true,
        "call_expression" => !harmless(n),
        "new_expression" => n.child_by_field_name("constructor").is_none_or(|c| text(c) != "Proxy"),
        _ => false,
    };
    is_function && !below(value).any(fails)
}

/// `expect.extend({ toBe: () => ({ pass: true }) })`.
pub(super) fn extended<'t>(file: &File<'t, '_>, call: Node<'t>) -> Option<Deed> {
    let callee = call.child_by_field_name("function")?;
    if file.text(callee) != "expect.extend" {
        return None;
    }
    let object = parts(call.child_by_field_name("arguments")?).next().filter(|n| n.kind() == "object")?;
    let always = parts(object).find_map(|entry| {
        let key = entry.child_by_field_name("key").or_else(|| entry.child_by_field_name("name"))?;
        let name = file.text(key).trim_matches(['"', '\'']);
        let passes: Vec<&str> = below(entry)
            .filter(|n| n.kind() == "pair")
            .filter(|n| n.child_by_field_name("key").is_some_and(|k| file.text(k) == "pass"))
            .filter_map(|n| n.child_by_field_name("value").map(|v| file.text(v)))
            .collect();
        let computes = below(entry).any(|n| matches!(n.kind(), "call_expression" | "if_statement"));
        let always = MATCHERS.contains(&name) && !passes.is_empty() && passes.iter().all(|p| *p == "true");
        (always && !computes).then_some((entry, name))
    });
    let (entry, name) = always?;
    let mut deed = told(file, call, name, "always passes", "passes, whatever it is given")?;
    deed.range = entry.byte_range();
    Some(deed)
}

#[cfg(test)]
mod facts {
    use super::super::helpers::Around;
    use super::super::script::read;

    fn found(source: &str) -> usize {
        read(&"setup.js".parse().unwrap(), source, Around::Setup).unwrap().len()
    }

    #[test]
    fn assertions_and_tests_that_do_nothing_are_known() {
        for source in [
            "global.expect = () => ({ toBe: () => {}, toEqual() {} });\n",
            "globalThis.expect = () => new Proxy({}, { get: () => () => true });\n",
            "assert.strictEqual = () => {};\n",
            "chai.Assertion.prototype.equal = function () { return this; };\n",
            "global.it = it.skip;\n",
            "globalThis.test = () => {};\n",
            "expect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\n",
            "expect = jest.fn();\n",
        ] {
            assert_eq!(found(source), 1, "{source}");
        }
    }

    #[test]
    fn assertions_that_are_made_available_or_added_are_none() {
        for source in [
            "global.expect = chai.expect;\n",
            "global.expect = (value) => wrap(value);\n",
            "globalThis.fetch = () => {};\n",
            "expect.extend({ toBeWithin(a, b) { return { pass: true, message: () => '' }; } });\n",
            "expect.extend({ toBe(a, b) { return { pass: Object.is(a, b) }; } });\n",
            "expect.extend(matchers);\n",
            "console.assert = () => {};\n",
            "global.IntersectionObserver = class {};\n",
            "const it = test.extend({});\n",
        ] {
            assert_eq!(found(source), 0, "{source}");
        }
    }
}
