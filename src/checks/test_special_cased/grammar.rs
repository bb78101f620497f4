//! The words of each language's grammar that branches, functions and values are told by.

use crate::ids::RepoPath;
use crate::read::syntax::query::Grammar;
use crate::read::syntax::{self, Language, Node, Tree, below, parts, text};
use crate::undecided::Undecided;

/// A language whose branches are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    Script,
    Python,
    Go,
    Rust,
    Ruby,
    Java,
    Kotlin,
    CSharp,
    Php,
}

/// A condition with what is done where it holds, and where it does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Branch<'t> {
    pub(super) node: Node<'t>,
    pub(super) condition: Node<'t>,
    pub(super) then: Node<'t>,
    pub(super) otherwise: Option<Node<'t>>,
}

impl Tongue {
    pub(super) fn of(path: &RepoPath) -> Option<Self> {
        Some(match path.extension() {
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" => Self::Script,
            "py" => Self::Python,
            "go" => Self::Go,
            "rs" => Self::Rust,
            "rb" => Self::Ruby,
            "java" => Self::Java,
            "kt" => Self::Kotlin,
            "cs" => Self::CSharp,
            "php" => Self::Php,
            _ => return None,
        })
    }

    pub(super) fn parse(self, path: &RepoPath, source: &str) -> Result<Tree, Undecided> {
        match self {
            Self::Script => syntax::parse(Language::of(path).unwrap_or(Language::JavaScript), source),
            Self::Python => syntax::parse(Language::Python, source),
            Self::Go => syntax::parse(Language::Go, source),
            Self::Rust => syntax::parse(Language::Rust, source),
            Self::Ruby => syntax::parse(Language::Ruby, source),
            Self::Java => Grammar::Java.parse(source),
            Self::Kotlin => Grammar::Kotlin.parse(source),
            Self::CSharp => Grammar::CSharp.parse(source),
            Self::Php => Grammar::Php.parse(source),
        }
        .map_err(|undecided| undecided.at(path))
    }

    pub(super) fn is_function(self, kind: &str) -> bool {
        matches!(
            kind,
            "function_definition"
                | "function_declaration"
                | "function_expression"
                | "arrow_function"
                | "method_definition"
                | "method_declaration"
                | "func_literal"
                | "function_item"
                | "closure_expression"
                | "method"
                | "singleton_method"
                | "lambda"
                | "lambda_expression"
                | "lambda_literal"
                | "local_function_statement"
                | "anonymous_function"
                | "constructor_declaration"
        )
    }

    /// Whether the last expression of a body is what it returns.
    fn has_tail(self) -> bool {
        matches!(self, Self::Rust | Self::Ruby | Self::Kotlin)
    }
}

/// The branch that a node is, where it is one.
pub(super) fn branch(node: Node<'_>) -> Option<Branch<'_>> {
    let field = |name: &str| node.child_by_field_name(name);
    match node.kind() {
        "conditional_expression" if field("condition").is_none() => {
            // Python: what holds stands first.
            let all: Vec<Node<'_>> = parts(node).collect();
            let [then, condition, otherwise] = all.as_slice() else { return None };
            Some(Branch { node, condition: *condition, then: *then, otherwise: Some(*otherwise) })
        }
        "if_statement"
        | "elif_clause"
        | "if_expression"
        | "if"
        | "elsif"
        | "if_modifier"
        | "ternary_expression"
        | "conditional_expression"
        | "conditional"
        | "else_if_clause" => {
            let rest: Vec<Node<'_>> = parts(node).collect();
            let condition = field("condition").or_else(|| rest.first().copied())?;
            let then = field("consequence").or_else(|| field("body"));
            let behind = rest.iter().position(|part| part.id() == condition.id()).map_or(0, |at| at + 1);
            let then = then.or_else(|| rest.get(behind).copied())?;
            let otherwise = field("alternative").or_else(|| {
                rest.iter()
                    .find(|part| part.start_byte() >= then.end_byte() && part.id() != condition.id())
                    .copied()
            });
            Some(Branch { node, condition, then, otherwise })
        }
        _ => None,
    }
}

/// The function around a node.
pub(super) fn function(tongue: Tongue, node: Node<'_>) -> Option<Node<'_>> {
    let mut inner = node;
    while let Some(outer) = inner.parent() {
        if tongue.is_function(outer.kind()) {
            return Some(outer);
        }
        inner = outer;
    }
    None
}

/// The name of a function, its own or that of the variable that it is given to.
pub(super) fn name<'s>(function: Node<'_>, source: &'s str) -> &'s str {
    let own = function.child_by_field_name("name");
    let given = || {
        let outer = function.parent()?;
        outer.child_by_field_name("name").or_else(|| outer.child_by_field_name("key"))
    };
    own.or_else(given).map_or("", |name| text(name, source))
}

/// The names of a function's parameters.
pub(super) fn parameters<'s>(function: Node<'_>, source: &'s str) -> Vec<&'s str> {
    let list = function
        .child_by_field_name("parameters")
        .or_else(|| function.child_by_field_name("parameter"))
        .or_else(|| parts(function).find(|part| part.kind() == "function_value_parameters"));
    let mut found = Vec::new();
    let Some(list) = list else { return found };
    let mut nodes = below(list);
    while let Some(node) = nodes.next() {
        let is_type = node.parent().and_then(|outer| outer.child_by_field_name("type"));
        if is_type.is_some_and(|of| of.id() == node.id()) || node.kind() == "user_type" {
            nodes.skip_children();
            continue;
        }
        let is_name = matches!(
            node.kind(),
            "identifier" | "simple_identifier" | "variable_name" | "shorthand_property_identifier_pattern"
        );
        let word = text(node, source);
        if is_name && !matches!(word, "self" | "cls" | "this" | "ctx" | "_") {
            found.push(word);
        }
    }
    found
}

/// Whether a node mentions one of these names.
pub(super) fn mentions(node: Node<'_>, names: &[&str], source: &str) -> bool {
    below(node).any(|n| {
        matches!(
            n.kind(),
            "identifier" | "simple_identifier" | "variable_name" | "shorthand_property_identifier"
        ) && names.contains(&text(n, source))
    })
}

/// The value that a side of a branch hands back, where it does little else.
pub(super) fn returned<'t>(tongue: Tongue, side: Node<'t>) -> Option<Node<'t>> {
    const RETURNS: [&str; 4] = ["return_statement", "return_expression", "return", "jump_expression"];
    const MAX_STATEMENTS: usize = 3;
    let mut node = side;
    // What only wraps: `else`, a block, an expression that stands as a statement.
    for _ in 0..6 {
        if RETURNS.contains(&node.kind()) {
            let value = parts(node).next()?;
            let lists = matches!(value.kind(), "expression_list" | "argument_list");
            return if lists { parts(value).next() } else { Some(value) };
        }
        let wraps = matches!(
            node.kind(),
            "else_clause"
                | "else"
                | "then"
                | "block"
                | "statement_block"
                | "statement_list"
                | "expression_statement"
                | "compound_statement"
                | "control_structure_body"
                | "body_statement"
                | "statements"
        );
        if !wraps {
            let is_value = !node.kind().ends_with("statement") && tongue.has_tail();
            return is_value.then_some(node);
        }
        let inner: Vec<Node<'t>> = parts(node).collect();
        if inner.len() > MAX_STATEMENTS {
            return None;
        }
        node = *inner.last()?;
    }
    None
}

/// Whether a branch is the last thing that its function does.
pub(super) fn is_tail(tongue: Tongue, function: Node<'_>, node: Node<'_>) -> bool {
    let body = function.child_by_field_name("body").or_else(|| parts(function).last());
    let last = body.and_then(|body| if tongue.has_tail() { parts(body).last().or(Some(body)) } else { None });
    last.is_some_and(|last| last.start_byte() <= node.start_byte() && node.end_byte() <= last.end_byte())
}

/// The text without white space, with one kind of quotes.
pub(super) fn compact(node: Node<'_>, source: &str) -> String {
    const MAX: usize = 400;
    let text = text(node, source);
    text.chars()
        .filter(|c| !c.is_whitespace())
        .take(MAX)
        .map(|c| if c == '"' || c == '`' { '\'' } else { c })
        .collect()
}
