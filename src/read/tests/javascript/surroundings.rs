//! What a file says outside of its tests that changes how they read: its mocks, and its functions that assert.

use crate::read::syntax::{Node, Tree, text};

use super::assertions::Surroundings;

/// Callees whose result is a mock, by their first two words.
const MAKERS: [&str; 21] = [
    "jest.fn",
    "jest.spyOn",
    "jest.mocked",
    "jest.createMockFromModule",
    "vi.fn",
    "vi.spyOn",
    "vi.mocked",
    "sinon.stub",
    "sinon.spy",
    "sinon.mock",
    "sinon.fake",
    "sinon.createStubInstance",
    "sandbox.stub",
    "sandbox.spy",
    "mock.fn",
    "mock.method",
    "t.mock.fn",
    "td.func",
    "td.object",
    "jasmine.createSpy",
    "jasmine.createSpyObj",
];

pub(super) fn of(tree: &Tree, source: &str) -> Surroundings {
    let is_playwright = source.contains("@playwright/test");
    let mut found = Surroundings { is_playwright, ..Surroundings::default() };
    // The functions that the walk is in, each with the byte where it ends.
    let mut functions: Vec<(usize, &str)> = Vec::new();
    for node in tree.nodes() {
        while functions.last().is_some_and(|(end, _)| *end <= node.start_byte()) {
            functions.pop();
        }
        match node.kind() {
            "function_declaration" => functions.extend(named(node, source)),
            "variable_declarator" => {
                let Some(value) = node.child_by_field_name("value") else { continue };
                match value.kind() {
                    "arrow_function" | "function_expression" => functions.extend(named(node, source)),
                    "call_expression" if makes_mock(value, source) => {
                        found.mocks.extend(named(node, source).map(|(_, name)| name.to_owned()));
                    }
                    _ => {}
                }
            }
            "call_expression" => {
                let callee =
                    node.child_by_field_name("function").map(|f| text(f, source)).unwrap_or_default();
                let asserts = matches!(callee, "expect" | "assert") || callee.starts_with("assert.");
                if let Some((_, name)) = functions.first().filter(|_| asserts) {
                    found.helpers.insert((*name).to_owned());
                }
            }
            _ => {}
        }
    }
    found
}

fn named<'a>(node: Node<'_>, source: &'a str) -> Option<(usize, &'a str)> {
    let name = node.child_by_field_name("name").filter(|n| n.kind() == "identifier")?;
    Some((node.end_byte(), text(name, source)))
}

/// `jest.fn()`, `vi.fn().mockReturnValue(1)`, `sinon.stub(api, 'get')`.
fn makes_mock(mut value: Node<'_>, source: &str) -> bool {
    for _ in 0..16 {
        let Some(function) = value.child_by_field_name("function") else { return false };
        if MAKERS.contains(&text(function, source)) {
            return true;
        }
        let Some(object) = function.child_by_field_name("object") else { return false };
        value = object;
    }
    false
}
