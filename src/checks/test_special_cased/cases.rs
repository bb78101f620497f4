//! Branches of the product that answer one written input with one written output.

use super::grammar::{Tongue, branch, function, mentions, name, parameters, returned};
use super::literals::{self, normal};
use crate::read::syntax::{Node, Tree, below, parts, text};

/// One written answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    /// The function's name.
    pub(super) function: String,
    /// Where the function starts: two of one name are two.
    pub(super) start: usize,
    /// What it must be given, in normal form.
    pub(super) inputs: Vec<String>,
    /// What it then answers, in normal form.
    pub(super) output: String,
    /// The bytes from the condition to the answer.
    pub(super) range: std::ops::Range<usize>,
}

impl Case {
    /// How much the pair gives away; nothing where either side is what many values are.
    pub(super) fn weight(&self) -> usize {
        let input: usize = self.inputs.iter().map(|input| literals::weight(input)).sum();
        let output = literals::weight(&self.output);
        if input == 0 || output == 0 { 0 } else { input + output }
    }
}

/// Conditions of more parts are not read.
const MAX_PARTS: usize = 4;

/// The written answers of a file, of functions that otherwise compute theirs.
pub(super) fn read(tongue: Tongue, tree: &Tree, source: &str) -> Vec<Case> {
    let mut found = Vec::new();
    for node in tree.nodes() {
        let pair = match node.kind() {
            "switch_case" | "expression_case" | "match_arm" | "case_clause" | "when" => {
                arm(tongue, node, source)
            }
            _ => of_branch(tongue, node, source),
        };
        let Some((inputs, value)) = pair else { continue };
        let Some(around) = function(tongue, node).filter(|_| literals::is_literal(value)) else { continue };
        let function = name(around, source);
        if function.is_empty() || inputs.is_empty() || !computes(tongue, around, source) {
            continue;
        }
        let inputs = inputs.iter().map(|input| normal(text(*input, source))).collect();
        let output = normal(text(value, source));
        let range = node.start_byte()..value.end_byte();
        found.push(Case { function: function.to_owned(), start: around.start_byte(), inputs, output, range });
    }
    found
}

/// `if x == 3: return 42`.
fn of_branch<'t>(tongue: Tongue, node: Node<'t>, source: &str) -> Option<(Vec<Node<'t>>, Node<'t>)> {
    let branch = branch(node)?;
    let value =
        returned(tongue, branch.then).or_else(|| literals::is_literal(branch.then).then_some(branch.then))?;
    let around = function(tongue, node)?;
    let given = parameters(around, source);
    let mut open = vec![branch.condition];
    let mut inputs = Vec::new();
    while let Some(condition) = open.pop() {
        if inputs.len() + open.len() > MAX_PARTS {
            return None;
        }
        let all: Vec<Node<'t>> = parts(condition).collect();
        match (condition.kind(), all.as_slice()) {
            ("parenthesized_expression", [inner]) => open.push(*inner),
            (_, [left, right]) => match operator(condition, source) {
                "and" | "&&" => open.extend([*right, *left]),
                "==" | "===" => {
                    let (name, value) =
                        if literals::is_literal(*left) { (right, left) } else { (left, right) };
                    if !given.contains(&text(*name, source)) || !literals::is_literal(*value) {
                        return None;
                    }
                    inputs.push(*value);
                }
                _ => return None,
            },
            _ => return None,
        }
    }
    Some((inputs, value))
}

fn operator<'s>(node: Node<'_>, source: &'s str) -> &'s str {
    let named = node.child_by_field_name("operator").or_else(|| node.child_by_field_name("operators"));
    let between = || crate::read::syntax::children(node).find(|n| !n.is_named());
    named.or_else(between).map_or("", |n| text(n, source))
}

/// An arm of a `switch` or `match` over something that the function is given.
fn arm<'t>(tongue: Tongue, arm: Node<'t>, source: &str) -> Option<(Vec<Node<'t>>, Node<'t>)> {
    let around = function(tongue, arm)?;
    let given = parameters(around, source);
    let whole = std::iter::successors(arm.parent(), |n| n.parent()).find(|n| {
        n.kind().starts_with("switch_s")
            || matches!(n.kind(), "match_expression" | "match_statement")
            || n.kind().contains("switch_statement")
            || n.kind() == "case"
    })?;
    let subject = whole.child_by_field_name("value").or_else(|| whole.child_by_field_name("subject"));
    let subject = subject.or_else(|| parts(whole).next())?;
    let subject = text(subject, source).trim_matches(['(', ')']);
    let pattern = arm.child_by_field_name("value").filter(|_| arm.kind() != "match_arm");
    let pattern = pattern.or_else(|| arm.child_by_field_name("pattern")).or_else(|| parts(arm).next())?;
    let mut inner = pattern;
    for _ in 0..3 {
        if literals::is_literal(inner) {
            break;
        }
        let mut only = parts(inner);
        inner = only.next()?;
        if only.next().is_some() {
            return None;
        }
    }
    let value = match arm.child_by_field_name("value").filter(|_| arm.kind() == "match_arm") {
        Some(value) => returned(tongue, value).or(Some(value)),
        None => parts(arm).filter(|part| part.id() != pattern.id()).find_map(|part| returned(tongue, part)),
    }?;
    (given.contains(&subject) && literals::is_literal(inner)).then(|| (vec![inner], value))
}

/// Whether the function hands back, somewhere, what it works out from what it is given.
fn computes(tongue: Tongue, function: Node<'_>, source: &str) -> bool {
    const LOOPS: [&str; 6] = [
        "for_statement",
        "while_statement",
        "for_in_statement",
        "for_expression",
        "while_expression",
        "enhanced_for_statement",
    ];
    let given = parameters(function, source);
    let Some(body) = function.child_by_field_name("body") else { return false };
    let loops = below(body).any(|n| LOOPS.contains(&n.kind()));
    let mut nodes = below(body);
    let last = parts(body).last();
    while let Some(node) = nodes.next() {
        if matches!(node.kind(), "raise_statement" | "throw_statement") {
            nodes.skip_children();
            continue;
        }
        let is_tail = last.is_some_and(|last| last.id() == node.id());
        let returns = node.kind().starts_with("return") && node.is_named() || is_tail;
        let Some(value) = returned(tongue, node).filter(|_| returns) else { continue };
        let is_name = given.contains(&text(value, source));
        if !literals::is_literal(value) && !is_name && (loops || mentions(value, &given, source)) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod facts {
    use super::*;

    fn cases(path: &str, source: &str) -> Vec<(Vec<String>, String)> {
        let path = path.parse().unwrap();
        let tongue = Tongue::of(&path).unwrap();
        let tree = tongue.parse(&path, source).unwrap();
        read(tongue, &tree, source).into_iter().map(|case| (case.inputs, case.output)).collect()
    }

    #[test]
    fn written_answers_are_found_in_each_language() {
        for (path, source) in [
            ("a.py", "def f(n):\n    if n == 37:\n        return 2417\n    return n * g(n)\n"),
            ("a.py", "def f(n):\n    match n:\n        case 37:\n            return 2417\n    return g(n)\n"),
            ("a.ts", "function f(n: number) {\n  if (n === 37) return 2417;\n  return g(n);\n}\n"),
            (
                "a.ts",
                "const f = (n) => {\n  switch (n) {\n    case 37:\n      return 2417;\n    default:\n      return g(n);\n  }\n};\n",
            ),
            (
                "a.go",
                "package a\n\nfunc f(n int) int {\n\tif n == 37 {\n\t\treturn 2417\n\t}\n\treturn g(n)\n}\n",
            ),
            (
                "a.go",
                "package a\n\nfunc f(n int) int {\n\tswitch n {\n\tcase 37:\n\t\treturn 2417\n\t}\n\treturn g(n)\n}\n",
            ),
            ("a.rs", "fn f(n: u32) -> u32 {\n    if n == 37 { return 2417; }\n    g(n)\n}\n"),
            (
                "a.rs",
                "fn f(n: u32) -> u32 {\n    match n {\n        37 => 2417,\n        _ => return g(n),\n    }\n}\n",
            ),
            ("a.rb", "def f(n)\n  return 2417 if n == 37\n  g(n)\nend\n"),
            ("A.java", "class A { int f(int n) { if (n == 37) { return 2417; } return g(n); } }\n"),
            ("a.cs", "class A { int F(int n) { if (n == 37) return 2417; return G(n); } }\n"),
            ("a.php", "<?php\nfunction f($n) { if ($n === 37) { return 2417; } return g($n); }\n"),
        ] {
            assert_eq!(cases(path, source), [(vec!["37".to_owned()], "2417".to_owned())], "{source}");
        }
        let both = "def f(a, b):\n    if a == 37 and b == 'x y':\n        return [7, 9]\n    return a + b\n";
        assert_eq!(cases("a.py", both), [(vec!["37".to_owned(), "\"x y\"".to_owned()], "[7,9]".to_owned())]);
    }

    #[test]
    fn mappings_and_guards_are_no_written_answers() {
        for source in [
            "def f(n):\n    if n == 37:\n        return 2417\n    return None\n",
            "def f(n):\n    if n == 37:\n        return 2417\n    raise ValueError(f'unknown {n}')\n",
            "def f(n):\n    if n > 37:\n        return 2417\n    return g(n)\n",
            "def f(n):\n    if n.size == 37:\n        return 2417\n    return g(n)\n",
            "def f(n):\n    if n == LIMIT:\n        return 2417\n    return g(n)\n",
            "def f(n):\n    if n == 37:\n        return n\n    return g(n)\n",
        ] {
            assert_eq!(cases("a.py", source), [], "{source}");
        }
    }
}
