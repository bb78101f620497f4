//! What a Go assertion demands: an `if` that ends in `t.Error`, testify's functions, and helpers that take the test.

use std::collections::BTreeSet;

use crate::read::syntax::{Node, Tree, parts, text};
use crate::read::tests::assertion::{Strength, is_literal, normal};

const FAILS: [&str; 6] = ["Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"];

/// What an assertion demands of what.
pub(super) struct Demand {
    pub(super) strength: Strength,
    pub(super) subject: String,
    pub(super) expected: Option<String>,
    pub(super) tolerance: Option<f64>,
    /// The condition around the call says what is asserted.
    pub(super) of_condition: bool,
}

/// What a file says that changes how its assertions read.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// Local names that stand for mocks.
    pub(super) mocks: BTreeSet<String>,
    /// Functions of the file that fail the test they are given.
    helpers: BTreeSet<String>,
    /// Names made by `assert.New(t)` and its kin.
    asserters: BTreeSet<String>,
}

impl Surroundings {
    pub(super) fn of(tree: &Tree, source: &str) -> Self {
        let mut found = Self::default();
        let mut current = "";
        for node in tree.nodes() {
            match node.kind() {
                "function_declaration" | "method_declaration" => {
                    current = node.child_by_field_name("name").map(|n| text(n, source)).unwrap_or_default();
                }
                "call_expression" if !current.starts_with("Test") => {
                    let callee =
                        node.child_by_field_name("function").map(|f| text(f, source)).unwrap_or_default();
                    let last = callee.rsplit('.').next().unwrap_or_default();
                    let fails = FAILS.contains(&last) && callee.len() <= last.len() + 4
                        || callee.starts_with("assert.")
                        || callee.starts_with("require.");
                    const PREPARES: [&str; 7] = ["new", "setup", "make", "create", "start", "load", "open"];
                    let lower = current.to_ascii_lowercase();
                    if fails && !PREPARES.iter().any(|front| lower.starts_with(front)) {
                        found.helpers.insert(current.to_owned());
                    }
                }
                "short_var_declaration" => found.declared(node, source),
                _ => {}
            }
        }
        found
    }

    fn declared(&mut self, node: Node<'_>, source: &str) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return;
        };
        let (name, made) = (text(left, source), text(right, source));
        const MAKERS: [&str; 5] = ["assert.New(", "require.New(", "is.New(", "NewWithT(", "NewGomegaWithT("];
        if MAKERS.iter().any(|maker| made.starts_with(maker) || made.starts_with(&format!("gomega.{maker}")))
        {
            self.asserters.insert(name.to_owned());
        }
        let kind = made.trim_start_matches('&').split(['(', '{']).next().unwrap_or_default();
        let last = kind.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if ["mock", "newmock", "fake", "newfake"].iter().any(|front| last.starts_with(front))
            || last == "new(mock"
        {
            self.mocks.insert(name.split(',').next().unwrap_or(name).trim().to_owned());
        }
    }
}

fn demand(strength: Strength, subject: String, expected: Option<String>) -> Demand {
    Demand { strength, subject, expected, tolerance: None, of_condition: false }
}

/// Reads a call: nothing where it does not assert, `Some(None)` where it fails without a condition.
pub(super) fn read(
    call: Node<'_>,
    source: &str,
    t: &str,
    condition: Option<Node<'_>>,
    around: &Surroundings,
) -> Option<Option<Demand>> {
    let function = call.child_by_field_name("function")?;
    let callee = text(function, source);
    let arguments: Vec<Node<'_>> =
        call.child_by_field_name("arguments").into_iter().flat_map(parts).collect();
    let (receiver, method) = callee.rsplit_once('.').unwrap_or(("", callee));
    if receiver == t && FAILS.contains(&method) {
        let of = condition.map(|node| Demand { of_condition: true, ..failing(node, source, 0) });
        return Some(of);
    }
    let of_package = matches!(receiver, "assert" | "require" | "suite" | "is" | "td" | "qt");
    let of_suite = receiver == t && !method.is_empty() && is_testify(method)
        || receiver.ends_with(".Require()")
        || receiver.ends_with(".Assert()")
        || around.asserters.contains(receiver);
    if of_package && method != "New" && method != "Run" || of_suite {
        let skip = usize::from(of_package);
        let of = |nth: usize| arguments.get(nth + skip).map(|n| normal(text(*n, source)));
        return Some(Some(testify(method, of, &arguments, skip, source)));
    }
    // `g.Expect(x).To(Equal(y))`.
    if matches!(method, "To" | "NotTo" | "ToNot" | "Should" | "ShouldNot") && receiver.contains("Expect(") {
        let matcher = arguments.first().map(|n| normal(text(*n, source))).unwrap_or_default();
        let strength =
            match matcher.split('(').next().unwrap_or_default().rsplit('.').next().unwrap_or_default() {
                "Equal" | "BeEquivalentTo" | "BeNil" | "BeEmpty" | "HaveLen" if !method.contains("Not") => {
                    Strength::Exact
                }
                "Succeed" | "BeNil" | "BeTrue" | "BeFalse" | "HaveOccurred" => Strength::Truthy,
                _ => Strength::Relational,
            };
        let subject = receiver.split("Expect(").nth(1).unwrap_or_default().trim_end_matches(')');
        return Some(Some(demand(strength, normal(subject), Some(matcher))));
    }
    if matches!(method, "AssertExpectations" | "AssertCalled" | "AssertNumberOfCalls" | "AssertNotCalled") {
        let strength = if method == "AssertExpectations" { Strength::Mock } else { Strength::MockExactly };
        return Some(Some(demand(strength, normal(receiver), None)));
    }
    let takes_test = arguments.iter().take(2).any(|n| {
        let written = text(*n, source);
        written == t || written.strip_suffix(".T()") == Some(t)
    });
    let lower = method.to_ascii_lowercase();
    let says = ["assert", "require", "check", "verify", "expect", "must", "test", "compare", "ensure", "eq"];
    let delegated = takes_test && says.iter().any(|front| lower.starts_with(front))
        || around.helpers.contains(method) && (takes_test || receiver == t);
    let subject = arguments.get(1).map(|n| normal(text(*n, source))).unwrap_or_default();
    (delegated && receiver != t || receiver == t && around.helpers.contains(method))
        .then(|| Some(demand(Strength::Delegated, subject, None)))
}

fn is_testify(method: &str) -> bool {
    const METHODS: [&str; 24] = [
        "Equal",
        "NotEqual",
        "True",
        "False",
        "Nil",
        "NotNil",
        "NoError",
        "Error",
        "ErrorIs",
        "ErrorContains",
        "Len",
        "Empty",
        "NotEmpty",
        "Contains",
        "ElementsMatch",
        "Greater",
        "Less",
        "InDelta",
        "Zero",
        "EqualError",
        "JSONEq",
        "Panics",
        "Eventually",
        "EqualValues",
    ];
    METHODS.contains(&method)
}

/// What has to hold for the test to pass, told by the condition under which it fails.
fn failing(node: Node<'_>, source: &str, depth: usize) -> Demand {
    use Strength::*;
    let field = |name: &str| node.child_by_field_name(name);
    let written = |node: Option<Node<'_>>| node.map(|n| normal(text(n, source))).unwrap_or_default();
    match node.kind() {
        "parenthesized_expression" if depth < 8 => match parts(node).next() {
            Some(inner) => failing(inner, source, depth + 1),
            None => demand(Relational, String::new(), None),
        },
        "binary_expression" => {
            let (left, right) = (written(field("left")), written(field("right")));
            let strength = match written(field("operator")).as_str() {
                "!=" if right == "nil" => Truthy,
                "!=" => Exact,
                "==" if right == "nil" && left.to_ascii_lowercase().ends_with("err") => Throws,
                "==" if right == "nil" => Truthy,
                "||" | "&&" if depth < 8 => {
                    let sides = [field("left"), field("right")];
                    let of = sides.into_iter().flatten().map(|side| failing(side, source, depth + 1));
                    return of.max_by_key(|d| d.strength).unwrap_or_else(|| demand(Relational, left, None));
                }
                _ => Relational,
            };
            demand(strength, left, Some(right))
        }
        "unary_expression" => {
            let Some(operand) = field("operand") else { return demand(Truthy, String::new(), None) };
            let callee = written(operand.child_by_field_name("function"));
            let arguments = operand.child_by_field_name("arguments");
            let of = |nth| written(arguments.and_then(|a| parts(a).nth(nth)));
            let strength = match callee.rsplit('.').next().unwrap_or_default() {
                "DeepEqual" | "Equal" | "EqualFold" => Exact,
                "Is" | "As" if callee.starts_with("errors.") => ThrowsExactly,
                "" => return demand(Truthy, written(Some(operand)), None),
                _ => Relational,
            };
            demand(strength, of(0), Some(of(1)))
        }
        _ => demand(Relational, written(Some(node)), None),
    }
}

fn testify(
    method: &str,
    of: impl Fn(usize) -> Option<String>,
    arguments: &[Node<'_>],
    skip: usize,
    source: &str,
) -> Demand {
    use Strength::*;
    let base = method.strip_suffix('f').unwrap_or(method);
    let first = of(0).unwrap_or_default();
    let second = of(1);
    let strength = match base {
        "True" | "False" => {
            let node = arguments.get(skip);
            let comparison = node.filter(|n| n.kind() == "binary_expression");
            let operator = comparison.and_then(|n| n.child_by_field_name("operator"));
            let exact = base == "True" && operator.is_some_and(|o| text(o, source) == "==");
            match (first.as_str(), operator) {
                ("true" | "false", _) => Tautology,
                _ if exact => Exact,
                (_, Some(_)) => Relational,
                _ => Truthy,
            }
        }
        "Equal"
        | "EqualValues"
        | "Exactly"
        | "Same"
        | "JSONEq"
        | "YAMLEq"
        | "ElementsMatch"
        | "EqualExportedValues" => {
            let subject = second.unwrap_or_default();
            let fixed = first == subject
                && (is_literal(&first) || first.chars().all(|c| c.is_alphanumeric() || c == '_'));
            return demand(if fixed { Tautology } else { Exact }, subject, Some(first));
        }
        "Nil" | "Empty" | "Zero" | "Len" => Exact,
        "InDelta" | "InEpsilon" | "InDeltaSlice" | "WithinDuration" => {
            let tolerance = of(2).and_then(|t| t.parse().ok());
            return Demand { tolerance, ..demand(Close, second.unwrap_or_default(), Some(first)) };
        }
        "NoError" | "NotNil" | "NotEmpty" | "NotZero" | "NotPanics" | "Implements" => Truthy,
        "Error" | "Panics" => Throws,
        "ErrorIs" | "ErrorAs" | "ErrorContains" | "EqualError" | "PanicsWithValue" | "PanicsWithError" => {
            ThrowsExactly
        }
        "Fail" | "FailNow" => Relational,
        _ => Relational,
    };
    demand(strength, first, second)
}

/// Whether a build constraint holds for tests on Linux that are given no tags; nothing where only the run could tell.
pub(super) fn builds(condition: &str) -> Option<bool> {
    const PLATFORMS: [&str; 9] =
        ["windows", "darwin", "freebsd", "netbsd", "openbsd", "plan9", "solaris", "js", "wasip1"];
    let atom = |word: &str| match word.trim() {
        "linux" | "unix" | "gc" | "cgo" | "amd64" => None,
        "ignore" | "never" => Some(false),
        word if PLATFORMS.contains(&word) => Some(false),
        word if word.starts_with('!') && PLATFORMS.contains(&&word[1..]) => None,
        _ => None,
    };
    if condition.contains(['(', ')']) {
        return None;
    }
    let either = condition.split("||").map(|side| {
        let all: Vec<Option<bool>> = side.split("&&").map(atom).collect();
        if all.contains(&Some(false)) { Some(false) } else { None }
    });
    let either: Vec<Option<bool>> = either.collect();
    either.iter().all(|side| *side == Some(false)).then_some(false)
}
