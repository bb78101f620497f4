//! Product code that asks whether a test runner is at work, and answers otherwise where one is.

use std::collections::BTreeSet;

use super::grammar::{
    Branch, Tongue, branch, compact, function, is_tail, mentions, name, parameters, returned,
};
use super::literals;
use crate::read::syntax::{Node, Tree, below, parts, text};

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    /// The name of the environment, which products ask for many reasons.
    Environment,
    /// The runner itself.
    Runner,
}

/// What comes back where a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// A value that is written out, where the rest of the function computes one from what it is given.
    Written,
    /// Something else than elsewhere.
    Other,
}

/// One branch of the product for tests.
#[derive(Debug, Clone)]
pub(super) struct Sniff<'t> {
    pub(super) condition: Node<'t>,
    pub(super) value: Node<'t>,
    pub(super) function: Node<'t>,
    pub(super) asked: Asked,
    pub(super) answer: Answer,
}

/// Without one of these no file asks for tests.
pub(super) const WORDS: [&str; 24] = [
    "PYTEST_CURRENT_TEST",
    "sys.modules",
    "_called_from_test",
    "JEST_WORKER_ID",
    "VITEST",
    "NODE_ENV",
    "import.meta",
    "typeof jest",
    "typeof vi",
    "typeof describe",
    "typeof it ",
    "testing.Testing",
    "flag.Lookup",
    "os.Args[0]",
    "cfg!(test)",
    "\n    #[cfg(test)]",
    "RSpec",
    "Minitest",
    "Rails.env",
    "junit",
    "PHPUNIT",
    "runningUnitTests",
    "xunit",
    "nunit",
];

/// The branches for tests in a file.
pub(super) fn read<'t>(tongue: Tongue, tree: &'t Tree, source: &str) -> Vec<Sniff<'t>> {
    let mut names = Names::default();
    for node in tree.nodes() {
        names.learn(tongue, node, source);
    }
    let mut found: Vec<Sniff<'t>> = Vec::new();
    for node in tree.nodes() {
        if let Some(branch) = branch(node)
            && let Some(asked) = names.asks(tongue, branch.condition, source)
        {
            found.extend(weighed(tongue, branch, asked, source));
        }
        if tongue == Tongue::Rust
            && node.kind() == "attribute_item"
            && compact(node, source) == "#[cfg(test)]"
        {
            found.extend(compiled(node, source));
        }
    }
    found
}

/// What asks for tests in a file besides the question itself: variables and functions that hold its answer.
#[derive(Default)]
struct Names {
    known: BTreeSet<(String, Asked)>,
}

impl Names {
    fn learn(&mut self, tongue: Tongue, node: Node<'_>, source: &str) {
        let (name, value) = match node.kind() {
            "assignment"
            | "variable_declarator"
            | "let_declaration"
            | "const_item"
            | "short_var_declaration"
            | "var_spec"
            | "const_spec"
            | "property_declaration" => {
                let field = |names: [&str; 3]| names.iter().find_map(|name| node.child_by_field_name(name));
                (field(["name", "left", "pattern"]), field(["value", "right", "value"]))
            }
            kind if tongue.is_function(kind) && parameters(node, source).is_empty() => {
                let body = node.child_by_field_name("body");
                let only = body.and_then(|body| {
                    let returns = returned(tongue, body)?;
                    (parts(body).count() <= 1).then_some(returns)
                });
                (node.child_by_field_name("name"), only)
            }
            _ => return,
        };
        let (Some(name), Some(value)) = (name, value) else { return };
        let is_question = value.end_byte() - value.start_byte() < 160
            && !below(value).any(|n| branch(n).is_some() || tongue.is_function(n.kind()));
        if let Some(asked) = asks(tongue, value, source).filter(|_| is_question) {
            self.known.insert((text(name, source).to_owned(), asked));
        }
    }

    /// What a condition asks, itself or by a name.
    fn asks(&self, tongue: Tongue, condition: Node<'_>, source: &str) -> Option<Asked> {
        let by_name = || {
            below(condition).filter(|n| matches!(n.kind(), "identifier" | "simple_identifier")).find_map(
                |n| {
                    let word = text(n, source);
                    // A member of the same name is another matter.
                    let is_member = n.parent().is_some_and(|outer| {
                        outer
                            .child_by_field_name("property")
                            .or_else(|| outer.child_by_field_name("field"))
                            .is_some_and(|p| p.id() == n.id())
                    });
                    self.known.iter().find(|(name, _)| name == word && !is_member).map(|(_, asked)| *asked)
                },
            )
        };
        asks(tongue, condition, source).or_else(by_name)
    }
}

/// Whether anything in an expression asks for tests.
fn asks(tongue: Tongue, expression: Node<'_>, source: &str) -> Option<Asked> {
    below(expression)
        .filter(|n| n.is_named() && n.end_byte() - n.start_byte() < 200)
        .find_map(|n| question(tongue, n, source))
}

fn question(tongue: Tongue, node: Node<'_>, source: &str) -> Option<Asked> {
    let kind = node.kind();
    let is_one = kind.contains("call")
        || kind.contains("member")
        || kind.contains("comparison")
        || kind.contains("binary")
        || kind.contains("subscript")
        || kind.contains("invocation")
        || matches!(kind, "unary" | "unary_expression" | "defined?");
    if !is_one {
        return None;
    }
    let code = compact(node, source);
    let is = |all: &[&str]| all.contains(&code.as_str());
    let starts = |all: &[&str]| all.iter().any(|front| code.starts_with(front));
    let runner = match tongue {
        Tongue::Python => {
            let named = [
                "'PYTEST_CURRENT_TEST'inos.environ",
                "'PYTEST_CURRENT_TEST'notinos.environ",
                "hasattr(sys,'_called_from_test')",
            ];
            is(&named)
                || is(&[
                    "'pytest'insys.modules",
                    "'pytest'notinsys.modules",
                    "'unittest'insys.modules",
                    "'unittest'notinsys.modules",
                ])
                || starts(&[
                    "os.environ.get('PYTEST_CURRENT_TEST'",
                    "os.getenv('PYTEST_CURRENT_TEST'",
                    "environ.get('PYTEST_CURRENT_TEST'",
                    "getenv('PYTEST_CURRENT_TEST'",
                    "sys.modules.get('pytest'",
                    "os.environ['PYTEST_CURRENT_TEST']",
                ])
        }
        Tongue::Script => {
            is(&[
                "process.env.JEST_WORKER_ID",
                "process.env['JEST_WORKER_ID']",
                "process.env.VITEST",
                "process.env['VITEST']",
                "process.env.VITEST_WORKER_ID",
                "process.env.VITEST_POOL_ID",
                "import.meta.vitest",
                "import.meta.env.VITEST",
            ]) || ["jest", "vi", "describe", "it"].iter().any(|name| {
                starts(&[
                    &format!("typeof{name}!=='"),
                    &format!("typeof{name}!='"),
                    &format!("typeof{name}==='"),
                ])
            })
        }
        Tongue::Go => {
            is(&["testing.Testing()", "flag.Lookup('test.v')", "strings.HasSuffix(os.Args[0],'.test')"])
        }
        Tongue::Rust => is(&["cfg!(test)"]),
        Tongue::Ruby => starts(&["defined?(RSpec", "defined?(Minitest", "defined?RSpec", "defined?Minitest"]),
        Tongue::Java | Tongue::Kotlin => {
            starts(&["Class.forName('org.junit"])
                || code.ends_with(".startsWith('org.junit.')")
                || code.ends_with(".contains('junit')")
        }
        Tongue::CSharp => {
            let lower = code.to_lowercase();
            ["startswith('xunit", "startswith('nunit", "contains('xunit", "contains('nunit"]
                .iter()
                .any(|part| lower.contains(part))
        }
        Tongue::Php => is(&["defined('PHPUNIT_COMPOSER_INSTALL')", "defined('__PHPUNIT_PHAR__')"]),
    };
    if runner {
        return Some(Asked::Runner);
    }
    let environment = match tongue {
        Tongue::Script => {
            let compared = ["===", "==", "!==", "!="];
            compared.iter().any(|sign| {
                is(&[
                    &format!("process.env.NODE_ENV{sign}'test'"),
                    &format!("import.meta.env.MODE{sign}'test'"),
                    &format!("'test'{sign}process.env.NODE_ENV"),
                ])
            })
        }
        Tongue::Ruby => is(&["Rails.env.test?", "Rails.env=='test'", "ENV['RAILS_ENV']=='test'"]),
        Tongue::Php => {
            is(&["app()->runningUnitTests()", "App::runningUnitTests()", "$this->app->runningUnitTests()"])
        }
        _ => false,
    };
    environment.then_some(Asked::Environment)
}

/// Whether a condition holds where no test runs: `!`, `not`, `!==`.
fn is_denied(condition: Node<'_>, source: &str) -> bool {
    let code = compact(condition, source);
    let inner = code.trim_start_matches('(');
    inner.starts_with('!')
        || text(condition, source).trim_start_matches('(').starts_with("not ")
        || ["!==", "!=", "notin", "===undefined", "==nil", "==null", "isNone", "==='undefined'"]
            .iter()
            .any(|sign| inner.contains(sign))
            && !["!==undefined", "!=null", "!=nil", "isnotNone", "!=='undefined'", "!='undefined'"]
                .iter()
                .any(|sign| inner.contains(sign))
}

fn weighed<'t>(tongue: Tongue, branch: Branch<'t>, asked: Asked, source: &str) -> Option<Sniff<'t>> {
    let function = function(tongue, branch.node)?;
    let given = parameters(function, source);
    if given.is_empty() {
        return None;
    }
    let is_expression =
        matches!(branch.node.kind(), "ternary_expression" | "conditional_expression" | "conditional")
            || branch.node.kind().starts_with("if_expression") && is_tail(tongue, function, branch.node);
    let is_denied = is_denied(branch.condition, source);
    let (for_tests, elsewhere) =
        if is_denied { (branch.otherwise, Some(branch.then)) } else { (Some(branch.then), branch.otherwise) };
    // The branch that leaves stands alone, and what follows it is the other side.
    let rest: Vec<Node<'t>> = following(branch.node).collect();
    let value = match for_tests {
        Some(side)
            if is_expression
                && is_handed_back(tongue, function, branch.node)
                && !branch.node.kind().starts_with("if_") =>
        {
            Some(side)
        }
        Some(side) => returned(tongue, side)
            .filter(|_| !tongue_tail_only(tongue, side) || is_tail(tongue, function, branch.node)),
        None => rest.iter().find_map(|statement| returned(tongue, *statement)),
    }?;
    let computes = |node: Node<'_>| mentions(node, &given, source) && !literals::is_literal(node);
    let computed = match elsewhere {
        Some(side) => computes(side),
        None => rest.iter().any(|statement| computes(*statement)),
    };
    if !computed || mentions(value, &given, source) {
        return None;
    }
    let is_written = literals::is_literal(value);
    let says_something = {
        let code = compact(value, source);
        ![
            "true",
            "false",
            "True",
            "False",
            "null",
            "undefined",
            "None",
            "nil",
            "''",
            "0",
            "[]",
            "{}",
            "()",
            "1",
            "-1",
        ]
        .contains(&code.as_str())
    };
    let answer = if is_written && says_something { Answer::Written } else { Answer::Other };
    Some(Sniff { condition: branch.condition, value, function, asked, answer })
}

fn tongue_tail_only(tongue: Tongue, side: Node<'_>) -> bool {
    const RETURNS: [&str; 4] = ["return_statement", "return_expression", "return", "jump_expression"];
    matches!(tongue, Tongue::Rust | Tongue::Ruby | Tongue::Kotlin)
        && !below(side).any(|n| RETURNS.contains(&n.kind()))
}

/// Whether the value of an expression is what the function hands back.
fn is_handed_back(tongue: Tongue, function: Node<'_>, node: Node<'_>) -> bool {
    let mut inner = node;
    while let Some(outer) = inner.parent() {
        match outer.kind() {
            "parenthesized_expression"
            | "await_expression"
            | "await"
            | "expression_list"
            | "argument_list" => inner = outer,
            kind if kind.starts_with("return") => return true,
            _ if outer.id() == function.id() => return true,
            _ => return is_tail(tongue, function, node),
        }
    }
    false
}

/// The statements behind a branch in its block.
fn following(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let wrapper = node.parent().filter(|outer| outer.kind() == "expression_statement");
    std::iter::successors(wrapper.unwrap_or(node).next_named_sibling(), |n| n.next_named_sibling())
}

/// `#[cfg(test)]` on a statement that returns from the middle of a function.
fn compiled<'t>(attribute: Node<'t>, source: &str) -> Option<Sniff<'t>> {
    let block = attribute.parent().filter(|outer| outer.kind() == "block")?;
    let statement = attribute.next_named_sibling()?;
    let function = function(Tongue::Rust, block)?;
    let given = parameters(function, source);
    let value = returned(Tongue::Rust, statement)?;
    let returns = below(statement).any(|n| n.kind() == "return_expression");
    let computed = following(statement).any(|n| mentions(n, &given, source));
    let written =
        literals::is_literal(value) && !matches!(text(value, source), "0" | "1" | "true" | "false" | "()");
    let answer = if written { Answer::Written } else { Answer::Other };
    let found = Sniff { condition: attribute, value, function, asked: Asked::Runner, answer };
    (returns && computed && !given.is_empty()).then_some(found)
}

/// Whether the function's name says that it tells how long, how often or where: what tests rightly set apart.
pub(super) fn is_about_running(function: Node<'_>, source: &str) -> bool {
    const WORDS: [&str; 30] = [
        "backoff",
        "cache",
        "config",
        "cost",
        "count",
        "delay",
        "dir",
        "duration",
        "env",
        "host",
        "id",
        "interval",
        "iterations",
        "level",
        "limit",
        "log",
        "logger",
        "mode",
        "name",
        "path",
        "pool",
        "port",
        "retry",
        "rounds",
        "seed",
        "size",
        "sleep",
        "timeout",
        "ttl",
        "url",
    ];
    words(name(function, source)).iter().any(|word| WORDS.contains(&word.trim_end_matches('s')))
}

fn words(name: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c == '-' || c.is_uppercase() {
            found.push(String::new());
        }
        if c.is_alphanumeric() {
            found.last_mut().expect("it is never empty").extend(c.to_lowercase());
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

#[cfg(test)]
mod facts;
