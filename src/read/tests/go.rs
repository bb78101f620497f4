//! Tests of Go's `testing`.

use std::ops::Range;

use crate::read::syntax::{Node, Tree, children, parts, text};
use crate::read::tests::{Lines, Mark, State, Test};

const SKIPS: [&str; 3] = ["Skip", "Skipf", "SkipNow"];
const FAILS: [&str; 7] = ["Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow", "Logf"];

struct Scope<'t> {
    end: usize,
    /// Its place in the list.
    test: usize,
    /// What the code calls its `*testing.T`.
    t: &'t str,
    /// The statement at which a skip means that nothing runs, where the body starts with one.
    first: Option<usize>,
}

pub(super) fn inventory(tree: &Tree, source: &str) -> Vec<Test> {
    let lines = Lines::of(source);
    let whole = whole_file(source);
    let mut tests: Vec<Test> = Vec::new();
    let mut scopes: Vec<Scope<'_>> = Vec::new();
    for node in tree.nodes() {
        while scopes.last().is_some_and(|scope| scope.end <= node.start_byte()) {
            scopes.pop();
        }
        let found = match node.kind() {
            "function_declaration" => top_level(node, source),
            "call_expression" => in_body(node, source, &scopes, &mut tests),
            _ => None,
        };
        let Some((name, function)) = found else { continue };
        let Some((t, body)) = function
            .child_by_field_name("parameters")
            .and_then(|p| tester(p, source))
            .zip(function.child_by_field_name("body"))
        else {
            continue;
        };
        let outer = scopes.last().map(|scope| &tests[scope.test]);
        let mut names = outer.map(|t| t.name.clone()).unwrap_or_default();
        names.push(name);
        let above = outer.map_or_else(|| whole.clone(), |t| Mark { state: t.state, at: t.marker.clone() });
        let mark = Mark::RUNS.under(&above);
        let statements: Vec<Node<'_>> = statements(body).collect();
        scopes.push(Scope {
            end: function.end_byte(),
            test: tests.len(),
            t,
            first: first(&statements, source, t),
        });
        tests.push(Test {
            name: names,
            line: lines.at(node.start_byte()),
            end_line: lines.at(node.end_byte()),
            state: mark.state,
            range: node.byte_range(),
            assertions: 0,
            statements: statements.len(),
            marker: mark.at,
        });
    }
    tests
}

/// `//go:build ignore` leaves the file out of every build.
fn whole_file(source: &str) -> Mark {
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        if line.starts_with("package ") {
            break;
        }
        if matches!(line.trim_end(), "//go:build ignore" | "// +build ignore" | "//go:build never") {
            return Mark::new(State::Skipped, at..at + line.trim_end().len());
        }
        at += line.len();
    }
    Mark::RUNS
}

fn top_level<'t>(node: Node<'t>, source: &str) -> Option<(String, Node<'t>)> {
    let name = text(node.child_by_field_name("name")?, source);
    let rest = name.strip_prefix("Test")?;
    let is_test = !rest.starts_with(|c: char| c.is_lowercase());
    is_test.then(|| (name.to_owned(), node))
}

/// The name of the only parameter, if it is a `*testing.T`.
fn tester<'s>(parameters: Node<'_>, source: &'s str) -> Option<&'s str> {
    let mut all = parts(parameters);
    let only = all.next().filter(|_| all.next().is_none())?;
    let kind = text(only.child_by_field_name("type")?, source);
    (kind == "*testing.T").then(|| only.child_by_field_name("name").map_or("_", |name| text(name, source)))
}

fn statements(body: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let list = children(body).find(|n| n.kind() == "statement_list").unwrap_or(body);
    parts(list)
}

/// The start of the first statement that does something: a skip before it leaves nothing to run.
fn first(statements: &[Node<'_>], source: &str, t: &str) -> Option<usize> {
    let idle = |node: &Node<'_>| match node.kind() {
        "short_var_declaration" | "var_declaration" | "const_declaration" | "defer_statement" => true,
        _ => [".Helper()", ".Parallel()"].iter().any(|call| text(*node, source) == format!("{t}{call}")),
    };
    statements.iter().find(|node| !idle(node)).map(Node::start_byte)
}

/// A subtest; a skip or an assertion is written down on its test.
fn in_body<'t>(
    call: Node<'t>,
    source: &str,
    scopes: &[Scope<'_>],
    tests: &mut [Test],
) -> Option<(String, Node<'t>)> {
    let scope = scopes.last()?;
    let function = call.child_by_field_name("function")?;
    if function.kind() != "selector_expression" {
        return None;
    }
    let receiver = text(function.child_by_field_name("operand")?, source);
    let method = text(function.child_by_field_name("field")?, source);
    let test = &mut tests[scope.test];
    if matches!(receiver, "assert" | "require") || receiver == scope.t && FAILS[..6].contains(&method) {
        test.assertions += 1;
    }
    if receiver != scope.t {
        return None;
    }
    if SKIPS.contains(&method) && test.state == State::Runs {
        let range: Range<usize> = call.byte_range();
        test.state = if scope.first == Some(range.start) { State::Skipped } else { State::Conditional };
        test.marker = Some(range);
    }
    if method != "Run" {
        return None;
    }
    let mut arguments = parts(call.child_by_field_name("arguments")?);
    let (name, function) = (arguments.next()?, arguments.next()?);
    let name = text(name, source).trim_matches(['"', '`']).to_owned();
    (function.kind() == "func_literal").then_some((name, function))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::syntax::{Language, parse};

    fn states(source: &str) -> Vec<(String, State)> {
        let tree = parse(Language::Go, source).unwrap();
        inventory(&tree, source).into_iter().map(|t| (t.title(), t.state)).collect()
    }

    #[test]
    fn a_skip_that_comes_first_is_told_from_one_in_a_branch() {
        let source = "package a\n\nimport \"testing\"\n\n\
            func TestA(t *testing.T) {\n\tt.Parallel()\n\t// why\n\tt.Skip(\"x\")\n\tf(t)\n}\n\
            func TestB(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip(\"x\")\n\t}\n\tt.Fatal(1)\n}\n\
            func TestC(tt *testing.T) {\n\ttt.Run(\"in\", func(t *testing.T) { t.SkipNow() })\n\ttt.Error(2)\n}\n\
            func Testing(t *testing.T) {}\nfunc TestMain(m *testing.M) {}\nfunc helper(t *testing.T) { t.Skip() }\n";
        let expected = [
            ("TestA", State::Skipped),
            ("TestB", State::Conditional),
            ("TestC", State::Runs),
            ("TestC > in", State::Skipped),
        ];
        assert_eq!(states(source), expected.map(|(n, s)| (n.to_owned(), s)));
    }

    #[test]
    fn a_file_left_out_of_every_build_is_skipped() {
        let source = "//go:build ignore\n\npackage a\n\nfunc TestA(t *testing.T) { t.Error() }\n";
        assert_eq!(states(source), [("TestA".to_owned(), State::Skipped)]);
    }
}
