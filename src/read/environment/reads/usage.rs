//! What the code around a value does with it: whether it asks if the value is there.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::syntax::{self, Language, Node};

/// More enclosing nodes are not looked at.
const MAX_CLIMB: usize = 16;

/// What becomes of a value.
pub(super) enum Use<'t> {
    /// It is written.
    Set,
    /// There is something else to go by where it is missing, or the code asks whether it is there.
    Asked,
    /// A local name holds it: that name's node.
    Bound(Node<'t>),
    /// It is used as it is.
    Plain,
}

/// What the code does with the value of `node`.
pub(super) fn of<'t>(language: Language, text: &str, node: Node<'t>) -> Use<'t> {
    if is_caught(language, text, node) {
        return Use::Asked;
    }
    let mut child = node;
    let mut negated = false;
    for _ in 0..MAX_CLIMB {
        let Some(parent) = child.parent() else { break };
        let is = |name: &str| parent.child_by_field_name(name) == Some(child);
        let operator = parent.child_by_field_name("operator").map_or("", |o| syntax::text(o, text));
        match parent.kind() {
            "binary_expression" | "binary" => match operator {
                "+" | "<<" => {}
                "==" | "===" if is_absence(parent, child, text) => negated = true,
                _ => return Use::Asked,
            },
            "comparison_operator" => {
                let written = syntax::text(parent, text);
                if !(written.contains(" is None") || written.contains("== \"\"")) {
                    return Use::Asked;
                }
                negated = true;
            }
            "boolean_operator"
            | "ternary_expression"
            | "conditional_expression"
            | "conditional"
            | "match_expression"
            | "let_condition"
            | "case"
            | "switch_statement"
            | "match_statement" => return Use::Asked,
            "unary_expression" | "not_operator" | "unary" => match operator {
                "delete" => return Use::Set,
                "typeof" => return Use::Asked,
                _ if negated => return Use::Asked,
                _ => negated = true,
            },
            "if_statement" | "if_expression" | "while_statement" | "elif_clause" | "if" | "unless"
            | "if_modifier" | "unless_modifier" => {
                let missing = negated || parent.kind().starts_with("unless");
                if !is("condition") {
                    return Use::Plain;
                }
                return if missing && fails(parent, text) { Use::Plain } else { Use::Asked };
            }
            "assignment_expression"
            | "assignment"
            | "augmented_assignment_expression"
            | "operator_assignment"
            | "augmented_assignment" => {
                if is("left") {
                    return if child == node && child.kind() == "identifier" { Use::Plain } else { Use::Set };
                }
                return bound(parent, "left");
            }
            "delete_statement" => return Use::Set,
            "variable_declarator" => return bound(parent, "name"),
            "named_expression" => {}
            "member_expression" => {
                if syntax::children(parent).any(|n| n.kind() == "optional_chain") {
                    return Use::Asked;
                }
                if !is("object") {
                    return Use::Plain;
                }
            }
            "field_expression" => {
                let method = parent.child_by_field_name("field").map_or("", |name| syntax::text(name, text));
                match method {
                    "unwrap" | "expect" => return Use::Plain,
                    "map_err" | "context" | "with_context" | "ok_or" | "ok_or_else" => {}
                    _ => return Use::Asked,
                }
            }
            "try_expression" => return Use::Plain,
            "call_expression" | "call" => {
                let callee = parent.child_by_field_name("function").map_or("", |f| syntax::text(f, text));
                if callee == "cmp.Or" || callee == "Boolean" || callee == "bool" {
                    return Use::Asked;
                }
            }
            "expression_list" if language == Language::Go => {
                let Some(statement) = parent.parent() else { break };
                return match statement.kind() {
                    "short_var_declaration" | "assignment_statement" => {
                        if statement.child_by_field_name("left") == Some(parent) {
                            return Use::Plain;
                        }
                        bound(statement, "left")
                    }
                    _ => Use::Plain,
                };
            }
            "var_spec" => return bound(parent, "name"),
            "parenthesized_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
            | "await_expression"
            | "template_substitution"
            | "template_string"
            | "arguments"
            | "argument_list"
            | "new_expression"
            | "attribute"
            | "subscript_expression"
            | "subscript"
            | "interpolation"
            | "string"
            | "concatenated_string"
            | "selector_expression"
            | "unsafe_block"
            | "parenthesized_statements" => {}
            _ => break,
        }
        child = parent;
    }
    if language == Language::Rust && node.kind() == "call_expression" { Use::Asked } else { Use::Plain }
}

/// The lone name on the left.
fn bound<'t>(parent: Node<'t>, side: &str) -> Use<'t> {
    let Some(mut left) = parent.child_by_field_name(side) else { return Use::Plain };
    if left.kind() == "expression_list" {
        match left.named_child(0) {
            Some(first) if left.named_child_count() == 1 => left = first,
            _ => return Use::Plain,
        }
    }
    if left.kind() == "identifier" { Use::Bound(left) } else { Use::Plain }
}

/// Whether the comparison asks for the value that a missing variable has.
fn is_absence(parent: Node<'_>, child: Node<'_>, text: &str) -> bool {
    let mut sides = ["left", "right"].into_iter().filter_map(|side| parent.child_by_field_name(side));
    let other = sides.find(|side| *side != child);
    other.is_some_and(|other| {
        matches!(syntax::text(other, text), "\"\"" | "''" | "nil" | "null" | "undefined")
    })
}

/// Whether what an `if` runs ends the program or the function with an error.
fn fails(condition: Node<'_>, text: &str) -> bool {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)throw|raise|fatal|exit|panic|abort|\berr|error|fail|\bdie|bail|reject|missing|require",
        )
        .expect("a literal pattern")
    });
    let body =
        ["consequence", "body", "then"].into_iter().find_map(|name| condition.child_by_field_name(name));
    let body = body.map_or("", |body| syntax::text(body, text));
    let end = body.char_indices().nth(600).map_or(body.len(), |(at, _)| at);
    WORDS.is_match(&body[..end])
}

/// Python's `os.environ["X"]` inside of a `try` that expects it to be missing.
fn is_caught(language: Language, text: &str, node: Node<'_>) -> bool {
    if language != Language::Python || node.kind() != "subscript" {
        return false;
    }
    let mut child = node;
    for _ in 0..MAX_CLIMB {
        let Some(parent) = child.parent() else { break };
        if parent.kind() == "try_statement" && parent.child_by_field_name("body") == Some(child) {
            return syntax::children(parent)
                .filter(|n| n.kind() == "except_clause")
                .any(|n| syntax::text(n, text).lines().next().is_some_and(|line| line.contains("KeyError")));
        }
        child = parent;
    }
    false
}
