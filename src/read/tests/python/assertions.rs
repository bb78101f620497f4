//! What a Python assertion demands: `assert`, unittest's methods, pytest's contexts and what mocks are asked.

use std::collections::BTreeSet;

use crate::read::syntax::{Node, Tree, children, parts, text};
use crate::read::tests::assertion::{Strength, is_literal, normal};

/// What an assertion demands of what.
pub(super) struct Demand {
    pub(super) strength: Strength,
    pub(super) subject: String,
    pub(super) expected: Option<String>,
    pub(super) tolerance: Option<f64>,
}

/// What a file says that changes how its assertions read.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// Local names that stand for mocks.
    pub(super) mocks: BTreeSet<String>,
    /// Functions of the file that assert.
    helpers: BTreeSet<String>,
}

impl Surroundings {
    pub(super) fn of(tree: &Tree, source: &str) -> Self {
        let mut found = Self::default();
        let mut functions: Vec<(usize, &str)> = Vec::new();
        for node in tree.nodes() {
            while functions.last().is_some_and(|(end, _)| *end <= node.start_byte()) {
                functions.pop();
            }
            match node.kind() {
                "function_definition" => {
                    let name = node.child_by_field_name("name").map(|n| text(n, source)).unwrap_or_default();
                    functions.push((node.end_byte(), name));
                }
                "assert_statement" => {
                    let helper = functions.last().filter(|(_, name)| !name.starts_with("test"));
                    found.helpers.extend(helper.map(|(_, name)| (*name).to_owned()));
                }
                "assignment" => {
                    let (left, right) = (node.child_by_field_name("left"), node.child_by_field_name("right"));
                    if right.is_some_and(|r| makes_mock(r, source)) {
                        found.mocks.extend(left.map(|l| text(l, source).to_owned()));
                    }
                }
                "as_pattern" => {
                    let mocked = parts(node).next().is_some_and(|n| makes_mock(n, source));
                    let name = node.child_by_field_name("alias").filter(|_| mocked);
                    found.mocks.extend(name.map(|n| text(n, source).to_owned()));
                }
                _ => {}
            }
        }
        found
    }

    fn is_mock(&self, subject: &str) -> bool {
        let end =
            subject.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(subject.len());
        let path = &subject[..end];
        let root = path.split('.').next().unwrap_or(path);
        const ASKED: [&str; 7] = [
            "called",
            "call_count",
            "call_args",
            "call_args_list",
            "mock_calls",
            "await_count",
            "method_calls",
        ];
        root.starts_with("mock")
            || self.mocks.contains(root)
            || path.split('.').any(|word| ASKED.contains(&word) || word.starts_with("mock_"))
            || path.match_indices('.').any(|(at, _)| self.mocks.contains(&path[..at]))
    }
}

fn makes_mock(value: Node<'_>, source: &str) -> bool {
    const MAKERS: [&str; 8] = [
        "Mock",
        "MagicMock",
        "AsyncMock",
        "PropertyMock",
        "NonCallableMock",
        "create_autospec",
        "mock_open",
        "patch",
    ];
    let Some(function) = value.child_by_field_name("function") else { return false };
    let callee = text(function, source);
    let mut words = callee.split(['.', '(']);
    callee.starts_with("mocker.") || words.any(|word| MAKERS.contains(&word))
}

pub(super) fn read(node: Node<'_>, source: &str, around: &Surroundings) -> Option<Demand> {
    let demand = if node.kind() == "assert_statement" {
        condition(parts(node).next()?, source, 0)
    } else {
        call(node, source, around)?
    };
    Some(weighed(demand, around))
}

fn demand(strength: Strength, subject: String, expected: Option<String>) -> Demand {
    Demand { strength, subject, expected, tolerance: None }
}

/// Whether it holds whatever the code does.
fn holds(demand: &Demand) -> bool {
    let falsy = matches!(demand.subject.as_str(), "False" | "None" | "0" | "''" | "\"\"");
    demand.strength == Strength::Tautology
        || demand.strength == Strength::Truthy && is_literal(&demand.subject) && !falsy
}

fn weighed(mut demand: Demand, around: &Surroundings) -> Demand {
    let alike = demand.expected.as_ref() == Some(&demand.subject);
    let plain = demand.subject.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let constant = is_literal(&demand.subject);
    let fixed = match demand.strength {
        Strength::Exact | Strength::Close => alike && (plain || constant),
        Strength::Truthy => holds(&demand),
        _ => false,
    };
    if fixed {
        demand.strength = Strength::Tautology;
    } else if around.is_mock(&demand.subject) {
        demand.strength = match demand.strength {
            Strength::Truthy | Strength::Relational => Strength::Mock,
            Strength::Exact | Strength::Close => Strength::MockExactly,
            other => other,
        };
    }
    demand
}

/// What a condition demands that has to be true.
fn condition(node: Node<'_>, source: &str, depth: usize) -> Demand {
    use Strength::*;
    let written = || normal(text(node, source));
    match node.kind() {
        "parenthesized_expression" if depth < 8 => match parts(node).next() {
            Some(inner) => condition(inner, source, depth + 1),
            None => demand(Truthy, written(), None),
        },
        // `assert (x, "why")` holds always.
        "tuple" => demand(Tautology, written(), None),
        "boolean_operator" if depth < 8 => {
            let side = |name: &str| node.child_by_field_name(name).map(|n| condition(n, source, depth + 1));
            let is_and = node.child_by_field_name("operator").is_some_and(|o| o.kind() == "and");
            match (side("left"), side("right")) {
                (Some(left), Some(right)) if is_and => {
                    if left.strength >= right.strength {
                        left
                    } else {
                        right
                    }
                }
                (Some(left), Some(right)) if !holds(&left) && !holds(&right) => {
                    demand(Relational, written(), None)
                }
                _ => demand(Tautology, written(), None),
            }
        }
        "comparison_operator" => comparison(node, source),
        "call" => {
            let callee = node.child_by_field_name("function").map(|f| text(f, source)).unwrap_or_default();
            let last = callee.rsplit('.').next().unwrap_or_default();
            let argument = |nth| {
                let all = node.child_by_field_name("arguments");
                all.and_then(|a| parts(a).nth(nth)).map(|n| normal(text(n, source)))
            };
            match last {
                "allclose" | "isclose" => demand(Close, argument(0).unwrap_or_default(), argument(1)),
                "array_equal" | "equals" => demand(Exact, argument(0).unwrap_or_default(), argument(1)),
                "isinstance" | "issubclass" | "all" | "any" | "startswith" | "endswith" | "issubset"
                | "match" => demand(Relational, written(), None),
                _ => demand(Truthy, written(), None),
            }
        }
        _ => demand(Truthy, written(), None),
    }
}

fn comparison(node: Node<'_>, source: &str) -> Demand {
    use Strength::*;
    let sides: Vec<Node<'_>> = parts(node).collect();
    let operators: Vec<&str> = children(node).filter(|n| !n.is_named()).map(|n| n.kind()).collect();
    let side = |at: usize| sides.get(at).map(|n| normal(text(*n, source))).unwrap_or_default();
    let (mut left, mut right) = (side(0), side(1));
    // `assert 3 == f()` is about the call.
    if is_literal(&left) && !is_literal(&right) {
        std::mem::swap(&mut left, &mut right);
    }
    let operator = match operators.as_slice() {
        ["is", "not"] => "is not",
        ["not", "in"] => "not in",
        [one] => one,
        _ => "",
    };
    if operator == "==" && [&left, &right].iter().any(|side| side.contains("approx(")) {
        let approx = if left.contains("approx(") { left.clone() } else { right.clone() };
        let given = |key: &str| -> Option<f64> {
            let rest = approx.split(key).nth(1)?;
            rest.split([',', ')']).next()?.trim().parse().ok()
        };
        let subject = if left.contains("approx(") { right } else { left };
        let tolerance = given("abs=").or_else(|| given("rel=")).or(Some(1e-6));
        return Demand { tolerance, ..demand(Close, subject, Some(approx)) };
    }
    let is_nothing = matches!(right.as_str(), "None" | "''" | "\"\"" | "[]" | "{}");
    let strength = match operator {
        "==" | "is" if right == "snapshot" || right.starts_with("snapshot(") => Snapshot,
        "==" | "is" => Exact,
        "!=" | "is not" if is_nothing => Truthy,
        _ => Relational,
    };
    demand(strength, left, Some(right))
}

fn call(node: Node<'_>, source: &str, around: &Surroundings) -> Option<Demand> {
    use Strength::*;
    let function = node.child_by_field_name("function")?;
    let callee = text(function, source);
    let (receiver, last) = callee.rsplit_once('.').unwrap_or(("", callee));
    let arguments: Vec<Node<'_>> =
        node.child_by_field_name("arguments").into_iter().flat_map(parts).collect();
    let argument = |nth: usize| {
        let found = arguments.get(nth).filter(|n| n.kind() != "keyword_argument");
        found.map(|n| normal(text(*n, source)))
    };
    let keyword = |name: &str| {
        let found = arguments.iter().find(|n| {
            n.kind() == "keyword_argument"
                && n.child_by_field_name("name").is_some_and(|k| text(k, source) == name)
        });
        found.and_then(|n| n.child_by_field_name("value")).map(|v| normal(text(v, source)))
    };
    let subject = argument(0).unwrap_or_default();
    let expected = argument(1);
    if matches!(callee, "pytest.raises" | "pytest.warns" | "raises" | "warns")
        || last.starts_with("assertRaises")
        || last.starts_with("assertWarns")
    {
        let wide = matches!(subject.as_str(), "Exception" | "BaseException" | "");
        let says = keyword("match").is_some() || last.ends_with("Regex");
        let strength = if wide && !says { Throws } else { ThrowsExactly };
        return Some(demand(strength, String::new(), Some(subject)));
    }
    if let Some(asked) = last.strip_prefix("assert_") {
        let of_mock = match asked {
            "called" | "called_once" | "not_called" | "awaited" | "awaited_once" | "not_awaited" => {
                Some(Mock)
            }
            "called_with" | "called_once_with" | "any_call" | "has_calls" | "awaited_with"
            | "awaited_once_with" | "any_await" | "has_awaits" => Some(MockExactly),
            _ => None,
        };
        if let Some(strength) = of_mock.filter(|_| !receiver.is_empty()) {
            return Some(demand(strength, normal(receiver), argument(0)));
        }
        let strength = match asked {
            "allclose"
            | "almost_equal"
            | "array_almost_equal"
            | "approx_equal"
            | "array_almost_equal_nulp" => Close,
            "array_equal" | "equal" | "frame_equal" | "series_equal" | "index_equal" | "string_equal" => {
                Exact
            }
            "array_less" => Relational,
            _ => Delegated,
        };
        let given = keyword("rtol").or_else(|| keyword("atol")).or_else(|| keyword("rel"));
        let tolerance = given.and_then(|t| t.parse().ok());
        return Some(Demand { tolerance, ..demand(strength, subject, expected) });
    }
    let of_case = last.strip_prefix("assert").filter(|rest| rest.starts_with(char::is_uppercase));
    let Some(word) =
        of_case.filter(|_| matches!(receiver, "self" | "cls" | "case" | "testcase" | "test" | "tc"))
    else {
        let says = ["assert", "expect_", "verify_", "check_"].iter().any(|front| last.starts_with(front));
        let delegated = says && last != "assertion" || around.helpers.contains(last);
        return delegated.then(|| demand(Delegated, subject, expected));
    };
    let strength = match word {
        "True" | "False" => {
            let inner = arguments.first().map(|n| condition(*n, source, 0))?;
            return Some(match (word, inner.strength) {
                ("True", _) => inner,
                (_, Exact | Relational) => Demand { strength: Relational, ..inner },
                _ => Demand { strength: Truthy, subject: format!("not {}", inner.subject), ..inner },
            });
        }
        "Is" | "IsNone" | "CountEqual" | "ItemsEqual" | "Redirects" | "NumQueries" => Exact,
        "AlmostEqual" | "AlmostEquals" => {
            let places = keyword("places").or_else(|| argument(2)).and_then(|p| p.parse::<f64>().ok());
            let delta = keyword("delta").and_then(|d| d.parse().ok());
            let tolerance = delta.or(Some(0.5 * 10_f64.powf(-places.unwrap_or(7.0))));
            return Some(Demand { tolerance, ..demand(Close, subject, expected) });
        }
        "IsNotNone" | "NotNone" => Truthy,
        "Logs" | "NoLogs" => ThrowsExactly,
        _ if word.starts_with("Not") => Relational,
        _ if word.ends_with("Equal") || word.ends_with("Equals") => Exact,
        _ => Relational,
    };
    let expected = if word == "IsNone" { Some("None".to_owned()) } else { expected };
    let flips = matches!(strength, Exact)
        && is_literal(&subject)
        && expected.as_ref().is_some_and(|e| !is_literal(e));
    Some(match expected {
        Some(expected) if flips => demand(strength, expected, Some(subject)),
        expected => demand(strength, subject, expected),
    })
}
