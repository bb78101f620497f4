//! Where a statement stands: in which function, and under which conditions it runs.

use crate::read::syntax::{Node, below, parts, text};

/// The words of a language's grammar that a place is told by.
pub(super) struct Grammar {
    pub(super) functions: &'static [&'static str],
    pub(super) branches: &'static [&'static str],
    /// What ends the function or the round of the loop early.
    pub(super) leaves: &'static [&'static str],
}

pub(super) const PYTHON: Grammar = Grammar {
    functions: &["function_definition", "lambda"],
    branches: &["if_statement", "except_clause", "case_clause", "conditional_expression", "while_statement"],
    leaves: &["return_statement", "continue_statement", "raise_statement"],
};
pub(super) const SCRIPT: Grammar = Grammar {
    functions: &[
        "function_declaration",
        "function_expression",
        "generator_function_declaration",
        "arrow_function",
        "method_definition",
    ],
    branches: &[
        "if_statement",
        "catch_clause",
        "switch_case",
        "ternary_expression",
        "while_statement",
        "for_statement",
    ],
    leaves: &["return_statement", "continue_statement", "throw_statement"],
};
pub(super) const GO: Grammar = Grammar {
    functions: &["function_declaration", "method_declaration", "func_literal"],
    branches: &[
        "if_statement",
        "expression_case",
        "type_case",
        "communication_case",
        "for_statement",
        "default_case",
    ],
    leaves: &["return_statement"],
};
pub(super) const RUBY: Grammar = Grammar {
    functions: &["method", "singleton_method", "lambda"],
    branches: &["if", "unless", "if_modifier", "unless_modifier", "when", "rescue", "conditional", "while"],
    leaves: &["return", "next"],
};
pub(super) const PHP: Grammar = Grammar {
    functions: &["function_definition", "method_declaration", "anonymous_function", "arrow_function"],
    branches: &[
        "if_statement",
        "catch_clause",
        "case_statement",
        "conditional_expression",
        "while_statement",
    ],
    leaves: &["return_statement"],
};

/// What stands around a node.
pub(super) struct Place<'t> {
    /// The innermost function, where there is one.
    pub(super) function: Option<Node<'t>>,
    /// What must hold for the node to be reached, as far as it is a condition of its own.
    pub(super) conditions: Vec<Node<'t>>,
}

/// What the conditions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// In every run.
    Always,
    /// In those that failed.
    Failed,
    /// As something else decides.
    Unclear,
    /// As an option, a marker or the environment decides, or where no test was found.
    Chosen,
}

impl Grammar {
    /// What stands around a node, up to the innermost function that `through` does not let pass.
    pub(super) fn place<'t>(&self, node: Node<'t>, mut through: impl FnMut(Node<'t>) -> bool) -> Place<'t> {
        let mut place = Place { function: None, conditions: Vec::new() };
        let mut inner = node;
        while let Some(outer) = inner.parent() {
            place.conditions.extend(self.guards(outer, inner));
            if self.functions.contains(&outer.kind()) && !through(outer) {
                place.function = Some(outer);
                break;
            }
            if self.branches.contains(&outer.kind()) {
                let condition = outer.child_by_field_name("condition").unwrap_or(outer);
                if condition.id() != inner.id() {
                    place.conditions.push(condition);
                }
            }
            // `a and exit()`.
            let operator = outer.child_by_field_name("operator").map(|n| n.kind());
            let left = outer.child_by_field_name("left").filter(|left| left.id() != inner.id());
            if let (Some("and" | "or" | "&&" | "||" | "??"), Some(left)) = (operator, left) {
                place.conditions.push(left);
            }
            inner = outer;
        }
        place
    }

    /// The conditions of statements before `inner` that leave under them.
    fn guards<'t>(&self, outer: Node<'t>, inner: Node<'t>) -> Vec<Node<'t>> {
        const BLOCKS: [&str; 6] =
            ["block", "statement_block", "statement_list", "module", "body_statement", "compound_statement"];
        if !BLOCKS.contains(&outer.kind()) {
            return Vec::new();
        }
        let before = parts(outer).take_while(|part| part.end_byte() <= inner.start_byte());
        let branching = before.filter(|part| self.branches.contains(&part.kind()));
        let leaving = branching.filter(|part| below(*part).any(|n| self.leaves.contains(&n.kind())));
        leaving.map(|part| part.child_by_field_name("condition").unwrap_or(part)).collect()
    }
}

/// What conditions come to, by what they ask.
pub(super) fn reached(conditions: &[Node<'_>], source: &str) -> Reached {
    const CHOSEN: [&str; 34] = [
        "NO_TESTS_COLLECTED",
        "testscollected",
        "getoption",
        ".option",
        "environ",
        "getenv",
        "Getenv",
        "LookupEnv",
        "process.env",
        "import.meta.env",
        "ENV[",
        "ENV.",
        "getini",
        "keywords",
        "get_closest_marker",
        "iter_markers",
        "own_markers",
        "marker",
        "mark",
        "platform",
        "version_info",
        "wasxfail",
        "xfail",
        "__name__",
        "argv",
        "os.Args",
        "flag.",
        "testing.Short",
        "worker",
        "skip",
        "collectonly",
        "hasattr",
        "available",
        "installed",
    ];
    const FAILED: [&str; 9] =
        ["exitstatus", "testsfailed", "outcome", "failed", "excinfo", "passed", "code", "status", "when"];
    if conditions.is_empty() {
        return Reached::Always;
    }
    let holds = |words: &[&str]| {
        conditions.iter().any(|condition| {
            let text = text(*condition, source);
            words.iter().any(|word| text.contains(word))
        })
    };
    // Pytest's code for a run without tests.
    let none = conditions
        .iter()
        .any(|condition| below(*condition).any(|n| n.kind() == "integer" && text(n, source) == "5"));
    match (none || holds(&CHOSEN), holds(&FAILED)) {
        (true, _) => Reached::Chosen,
        (_, true) => Reached::Failed,
        _ => Reached::Unclear,
    }
}
