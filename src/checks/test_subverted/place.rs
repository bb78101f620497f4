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
    branches: &[
        "if_statement",
        "elif_clause",
        "except_clause",
        "case_clause",
        "conditional_expression",
        "while_statement",
    ],
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
    branches: &[
        "if",
        "elsif",
        "unless",
        "if_modifier",
        "unless_modifier",
        "when",
        "rescue",
        "conditional",
        "while",
    ],
    leaves: &["return", "next"],
};
pub(super) const PHP: Grammar = Grammar {
    functions: &["function_definition", "method_declaration", "anonymous_function", "arrow_function"],
    branches: &[
        "if_statement",
        "else_if_clause",
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
    pub(super) conditions: Vec<Condition<'t>>,
}

/// What must hold, or must not, for a node to be reached.
#[derive(Clone, Copy)]
pub(super) struct Condition<'t> {
    /// The expression; nothing where a `catch` or a `case` decides.
    pub(super) asks: Option<Node<'t>>,
    /// Whether it must not hold.
    pub(super) denied: bool,
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
    pub(super) fn place<'t>(
        &self,
        node: Node<'t>,
        source: &str,
        mut through: impl FnMut(Node<'t>) -> bool,
    ) -> Place<'t> {
        let mut place = Place { function: None, conditions: Vec::new() };
        let mut inner = node;
        while let Some(outer) = inner.parent() {
            place.conditions.extend(self.guards(outer, inner, source));
            if self.functions.contains(&outer.kind()) && !through(outer) {
                place.function = Some(outer);
                break;
            }
            if self.branches.contains(&outer.kind()) {
                let asks = outer.child_by_field_name("condition");
                let then =
                    outer.child_by_field_name("consequence").or_else(|| outer.child_by_field_name("body"));
                let is_else = then.is_some_and(|then| {
                    inner.id() != then.id()
                        && asks.is_some_and(|asks| then.start_byte() > asks.start_byte())
                        && inner.start_byte() >= then.end_byte()
                });
                if asks.is_none_or(|asks| asks.id() != inner.id()) {
                    place
                        .conditions
                        .push(Condition { asks, denied: is_else != outer.kind().starts_with("unless") });
                }
            }
            // `a and exit()`.
            let operator = outer.child_by_field_name("operator").map(|n| n.kind());
            let left = outer.child_by_field_name("left").filter(|left| left.id() != inner.id());
            if let (Some(sign @ ("and" | "or" | "&&" | "||" | "??")), Some(left)) = (operator, left) {
                place.conditions.push(Condition { asks: Some(left), denied: matches!(sign, "or" | "||") });
            }
            inner = outer;
        }
        place
    }

    /// The conditions of statements before `inner` that leave under them.
    fn guards<'t>(&self, outer: Node<'t>, inner: Node<'t>, source: &str) -> Vec<Condition<'t>> {
        const BLOCKS: [&str; 6] =
            ["block", "statement_block", "statement_list", "module", "body_statement", "compound_statement"];
        const EXITS: [&str; 8] =
            ["os.Exit", "log.Fatal", "panic", "sys.exit", "os._exit", "pytest.exit", "process.exit", "exit"];
        if !BLOCKS.contains(&outer.kind()) {
            return Vec::new();
        }
        let exits = |n: Node<'_>| {
            n.kind().contains("call")
                && n.child_by_field_name("function")
                    .is_some_and(|callee| EXITS.contains(&text(callee, source)))
        };
        let before = parts(outer).take_while(|part| part.end_byte() <= inner.start_byte());
        let branching = before.filter(|part| self.branches.contains(&part.kind()));
        let leaving =
            branching.filter(|part| below(*part).any(|n| self.leaves.contains(&n.kind()) || exits(n)));
        let passed = |part: Node<'t>| Condition {
            asks: part.child_by_field_name("condition"),
            denied: !part.kind().starts_with("unless"),
        };
        leaving.map(passed).collect()
    }
}

/// What one condition asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    /// Whether the run, or the test, failed.
    Failure,
    /// Whether it went well.
    Success,
    /// Whether there was no test at all.
    NoTests,
    /// An option, a marker, the environment.
    Choice,
    Other,
}

/// What conditions come to, by what they ask.
pub(super) fn reached(conditions: &[Condition<'_>], source: &str) -> Reached {
    let senses = conditions.iter().map(|condition| {
        let sense = condition.asks.map_or(Sense::Other, |asks| sense(asks, source));
        match (sense, condition.denied) {
            (Sense::Failure, true) => Sense::Success,
            (Sense::Success, true) => Sense::Failure,
            (Sense::NoTests, true) => Sense::Failure,
            (sense, _) => sense,
        }
    });
    senses.fold(Reached::Always, |reached, sense| match (reached, sense) {
        (Reached::Chosen, _) | (_, Sense::Choice | Sense::NoTests | Sense::Success) => Reached::Chosen,
        (_, Sense::Failure) => Reached::Failed,
        (Reached::Failed, Sense::Other) => Reached::Failed,
        (_, Sense::Other) => Reached::Unclear,
    })
}

fn sense(condition: Node<'_>, source: &str) -> Sense {
    const CHOICES: [&str; 38] = [
        "known",
        "expected",
        "allowed",
        "flaky",
        "rerun",
        "retry",
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
    const OUTCOMES: [&str; 9] =
        ["exitstatus", "testsfailed", "outcome", "failed", "passed", "excinfo", "code", "status", "when"];
    const WELL: [&str; 17] = [
        "==0",
        "===0",
        "<1",
        "==ExitCode.OK",
        "==pytest.ExitCode.OK",
        "==EXIT_OK",
        "notexitstatus",
        "notsession.testsfailed",
        "notfailed",
        "notreport.failed",
        "notrep.failed",
        "notcall.excinfo",
        "excinfoisNone",
        "passed",
        "success",
        "!code",
        "!failed",
    ];
    let asked = text(condition, source);
    let holds = |words: &[&str]| words.iter().any(|word| asked.contains(word));
    // Pytest's code for a run without tests.
    let none = || below(condition).any(|n| n.kind() == "integer" && text(n, source) == "5");
    if holds(&["NO_TESTS_COLLECTED", "testscollected"]) || none() {
        return Sense::NoTests;
    }
    if holds(&CHOICES) {
        return Sense::Choice;
    }
    if !holds(&OUTCOMES) {
        return Sense::Other;
    }
    let code: String = asked.chars().filter(|c| !c.is_whitespace()).collect();
    let well =
        WELL.iter().any(|word| code.contains(word)) && !code.contains("!=") && !code.contains("notpassed");
    if well { Sense::Success } else { Sense::Failure }
}
