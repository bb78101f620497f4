//! What a JavaScript assertion demands: `expect` of jest, vitest, Playwright and chai, and `assert` in its many forms.

use std::collections::BTreeSet;

use crate::read::syntax::{Node, parts, text};
use crate::read::tests::assertion::{Strength, is_literal, normal};

/// Longer chains are not assertions.
const MAX_LINKS: usize = 24;

/// What an assertion demands of what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Demand {
    pub(super) strength: Strength,
    pub(super) subject: String,
    pub(super) expected: Option<String>,
    pub(super) tolerance: Option<f64>,
    /// Comes as a promise, so that somebody has to wait for it.
    pub(super) is_promise: bool,
}

/// `a.b(c).d(e)`, from the root outwards: the words with what each is called with.
pub(super) struct Chain<'t> {
    root: Node<'t>,
    root_called: Option<Node<'t>>,
    links: Vec<(Node<'t>, Option<Node<'t>>)>,
}

/// What a file says that changes how its assertions read.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// Local names that stand for mocks.
    pub(super) mocks: BTreeSet<String>,
    /// Functions of the file that assert.
    pub(super) helpers: BTreeSet<String>,
    /// Matchers of Playwright are promises.
    pub(super) is_playwright: bool,
}

pub(super) fn chain(mut node: Node<'_>) -> Option<Chain<'_>> {
    let mut links = Vec::new();
    let mut called = None;
    loop {
        match node.kind() {
            "call_expression" => {
                called = node.child_by_field_name("arguments");
                node = node.child_by_field_name("function")?;
            }
            "member_expression" => {
                links.push((node.child_by_field_name("property")?, called.take()));
                node = node.child_by_field_name("object")?;
            }
            "non_null_expression" => node = parts(node).next()?,
            _ => {
                links.reverse();
                return Some(Chain { root: node, root_called: called, links });
            }
        }
        if links.len() > MAX_LINKS {
            return None;
        }
    }
}

/// Reads the outermost expression of a chain; nothing where it does not assert.
pub(super) fn read(node: Node<'_>, source: &str, around: &Surroundings) -> Option<Demand> {
    let chain = chain(node)?;
    let root = text(chain.root, source);
    let words: Vec<&str> = chain.links.iter().map(|(word, _)| text(*word, source)).collect();
    let demand = if let Some(subject) = expected_subject(&chain, root, &words) {
        matcher(&chain, &words, subject, source, around)
    } else if root == "sinon" && words.first() == Some(&"assert") {
        let last = words.last().copied().unwrap_or_default();
        let strength =
            if matches!(last, "called" | "notCalled") { Strength::Mock } else { Strength::MockExactly };
        demand(strength, argument(chain.links.last()?.1, 0, source), None)
    } else if words.contains(&"should") && chain.root.kind() != "call_expression" && root != "cy" {
        let last = chain.links.last()?;
        let subject = normal(source.get(node.start_byte()..chain.links[0].0.start_byte())?);
        by_word(&words, last.1, subject.trim_end_matches('.').to_owned(), source)
    } else if let Some(word) = assert_word(root, &words) {
        assertion(word, chain.links.last().map_or(chain.root_called, |(_, called)| *called)?, source)?
    } else {
        return others(&chain, root, &words, source, around);
    };
    Some(about_mocks(trivial(demand), around))
}

/// The arguments that hold the subject of an `expect`.
fn expected_subject<'t>(chain: &Chain<'t>, root: &str, words: &[&str]) -> Option<Node<'t>> {
    match root {
        "expect" | "expectTypeOf" | "assertType" if chain.root_called.is_some() => chain.root_called,
        "expect" if matches!(words.first(), Some(&("soft" | "poll" | "element"))) => chain.links[0].1,
        "chai" | "t" | "ctx" | "context" | "jasmine" if words.first() == Some(&"expect") => chain.links[0].1,
        _ => None,
    }
}

fn demand(strength: Strength, subject: String, expected: Option<String>) -> Demand {
    Demand { strength, subject, expected, tolerance: None, is_promise: false }
}

fn argument(arguments: Option<Node<'_>>, nth: usize, source: &str) -> String {
    let found = arguments.and_then(|a| parts(a).nth(nth));
    found.map(|node| normal(text(node, source))).unwrap_or_default()
}

fn count(arguments: Option<Node<'_>>) -> usize {
    arguments.map_or(0, |a| parts(a).count())
}

fn matcher(
    chain: &Chain<'_>,
    words: &[&str],
    subject: Node<'_>,
    source: &str,
    around: &Surroundings,
) -> Demand {
    let subject = argument(Some(subject), 0, source);
    let Some((_, called)) = chain.links.last() else {
        // `expect(x)` alone holds whatever `x` is; `expectTypeOf` is checked by the compiler.
        let strength =
            if text(chain.root, source) == "assertType" { Strength::Relational } else { Strength::Tautology };
        return demand(strength, subject, None);
    };
    let mut found = by_word(words, *called, subject, source);
    let waits = |word: &str| {
        matches!(
            word,
            "resolves" | "rejects" | "eventually" | "rejected" | "rejectedWith" | "fulfilled" | "poll"
        )
    };
    let last = words.last().copied().unwrap_or_default();
    found.is_promise = words.iter().any(|word| waits(word)) || around.is_playwright && is_web_first(last);
    found
}

fn is_web_first(word: &str) -> bool {
    const WORDS: [&str; 14] = [
        "toBeVisible",
        "toBeHidden",
        "toBeEnabled",
        "toBeDisabled",
        "toBeChecked",
        "toBeAttached",
        "toBeEditable",
        "toBeFocused",
        "toBeInViewport",
        "toHaveScreenshot",
        "toHaveCount",
        "toHaveTitle",
        "toHaveURL",
        "toPass",
    ];
    WORDS.contains(&word) || word.starts_with("toHaveText") || word.starts_with("toContainText")
}

/// What the words of a matcher demand, those of jest and those of chai.
fn by_word(words: &[&str], called: Option<Node<'_>>, subject: String, source: &str) -> Demand {
    use Strength::*;
    const LANGUAGE: [&str; 15] = [
        "to", "be", "been", "is", "that", "which", "and", "has", "have", "with", "at", "of", "same",
        "should", "a",
    ];
    let negated = words.contains(&"not");
    let last = words.iter().rev().find(|w| !LANGUAGE.contains(w)).copied().unwrap_or_default();
    let arguments = count(called);
    let mut tolerance = None;
    let strength = match last {
        "toBe" | "toEqual" | "toStrictEqual" | "toHaveLength" | "toBeNull" | "toBeUndefined" | "toBeNaN"
        | "toBeTrue" | "toBeFalse" | "toHaveValue" | "toHaveText" | "toHaveTextContent" | "toHaveCount"
        | "toHaveTitle" | "toHaveURL" | "toEqualTypeOf" | "toBeChecked" | "equal" | "equals" | "eq"
        | "eql" | "eqls" | "deepEqual" | "lengthOf" | "length" | "true" | "false" | "null" | "undefined"
        | "NaN" | "resolvedWith" => Exact,
        "toHaveProperty" | "toHaveAttribute" | "toHaveStyle" | "property" | "toHaveClass"
            if arguments > 1 =>
        {
            Exact
        }
        "toBeDefined" | "toBeTruthy" | "toBeFalsy" | "ok" | "exist" | "toBeInTheDocument" | "toBeVisible"
        | "toBeOK" | "fulfilled" | "toBeAttached" | "toBeEnabled" | "toExist" => Truthy,
        "toThrow" | "toThrowError" | "throw" | "throws" | "Throw" | "rejected" | "rejectedWith" => {
            if arguments > 0 {
                ThrowsExactly
            } else {
                Throws
            }
        }
        "toThrowErrorMatchingSnapshot" | "toThrowErrorMatchingInlineSnapshot" => ThrowsExactly,
        "toMatchInlineSnapshot" if arguments > 0 => Exact,
        "toMatchSnapshot"
        | "toMatchInlineSnapshot"
        | "toMatchFileSnapshot"
        | "matchSnapshot"
        | "toHaveScreenshot"
        | "toMatchAriaSnapshot"
        | "toMatchImageSnapshot" => Snapshot,
        "toBeCloseTo" | "closeTo" | "approximately" => {
            let digits = argument(called, 1, source).parse::<f64>();
            tolerance = match (last, digits) {
                ("toBeCloseTo", Ok(digits)) => Some(0.5 * 10_f64.powf(-digits)),
                ("toBeCloseTo", Err(_)) if arguments < 2 => Some(0.005),
                ("toBeCloseTo", Err(_)) => None,
                (_, digits) => digits.ok(),
            };
            Close
        }
        "toHaveBeenCalled" | "toBeCalled" | "toHaveReturned" | "toReturn" | "called" => Mock,
        word if word.starts_with("toHaveBeen") && word.contains("Called")
            || word.starts_with("toBeCalled")
            || word.starts_with("toHaveReturned")
            || word.starts_with("toHaveNthReturned")
            || word.starts_with("toHaveLastReturned")
            || word.starts_with("called") =>
        {
            MockExactly
        }
        "" => Tautology,
        _ => Relational,
    };
    let strength = match strength {
        Exact | Close | Snapshot
            if negated && matches!(last, "toBeNull" | "toBeUndefined" | "null" | "undefined") =>
        {
            Truthy
        }
        Exact | Close | Snapshot if negated => Relational,
        Throws | ThrowsExactly if negated => Truthy,
        other => other,
    };
    let expected = (arguments > 0).then(|| argument(called, 0, source));
    let written = |word: &str| match word {
        "toBeTrue" | "true" => Some("true"),
        "toBeFalse" | "false" => Some("false"),
        "toBeNull" | "null" => Some("null"),
        "toBeUndefined" | "undefined" => Some("undefined"),
        _ => None,
    };
    let expected = expected.or_else(|| written(last).map(str::to_owned));
    Demand { tolerance, ..demand(strength, subject, expected) }
}

/// The word that says what an `assert` asserts: `assert(x)`, `assert.equal(…)`, `assertEquals(…)`, `t.is(…)`.
fn assert_word<'a>(root: &'a str, words: &[&'a str]) -> Option<&'a str> {
    const OF_T: [&str; 36] = [
        "is",
        "not",
        "deepEqual",
        "notDeepEqual",
        "like",
        "truthy",
        "falsy",
        "true",
        "false",
        "throws",
        "throwsAsync",
        "notThrows",
        "notThrowsAsync",
        "regex",
        "notRegex",
        "snapshot",
        "assert",
        "equal",
        "equals",
        "same",
        "ok",
        "notOk",
        "strictEqual",
        "notEqual",
        "pass",
        "fail",
        "match",
        "rejects",
        "doesNotThrow",
        "error",
        "ifError",
        "deepEquals",
        "looseEqual",
        "isNot",
        "strictSame",
        "has",
    ];
    match (root, words) {
        ("assert", []) => Some("ok"),
        ("assert", [word]) => Some(word),
        ("assert", [.., word]) if words[0] == "strict" => Some(word),
        ("chai" | "t" | "ctx" | "context" | "QUnit", ["assert", word]) => Some(word),
        ("t" | "tap" | "tape", [word]) if OF_T.contains(word) => Some(word),
        (name, []) => {
            const FREE: [&str; 12] = [
                "strictEqual",
                "deepEqual",
                "deepStrictEqual",
                "notStrictEqual",
                "notDeepEqual",
                "equal",
                "ok",
                "rejects",
                "throws",
                "doesNotThrow",
                "notEqual",
                "ifError",
            ];
            let camel = name.strip_prefix("assert").is_some_and(|rest| rest.starts_with(char::is_uppercase));
            let known = camel.then(|| &name[6..]).filter(|rest| {
                const KNOWN: [&str; 22] = [
                    "Equals",
                    "StrictEquals",
                    "NotEquals",
                    "Exists",
                    "Match",
                    "NotMatch",
                    "Throws",
                    "Rejects",
                    "ObjectMatch",
                    "ArrayIncludes",
                    "StringIncludes",
                    "InstanceOf",
                    "AlmostEquals",
                    "Greater",
                    "Less",
                    "False",
                    "IsError",
                    "NotStrictEquals",
                    "GreaterOrEqual",
                    "LessOrEqual",
                    "Snapshot",
                    "NotInstanceOf",
                ];
                KNOWN.contains(rest)
            });
            known.or_else(|| FREE.contains(&name).then_some(name))
        }
        _ => None,
    }
}

fn assertion(word: &str, arguments: Node<'_>, source: &str) -> Option<Demand> {
    use Strength::*;
    let all: Vec<Node<'_>> = parts(arguments).take(4).collect();
    let lower = word.to_ascii_lowercase();
    let subject = || argument(Some(arguments), 0, source);
    let expected = || (all.len() > 1).then(|| argument(Some(arguments), 1, source));
    let mut found = match lower.as_str() {
        "ok" | "istrue" | "isok" | "truthy" | "assert" | "isfalse" | "isnotok" | "notok" | "falsy"
        | "false" => {
            let condition = condition(*all.first()?, source);
            match lower.as_str() {
                "istrue" | "isfalse" if condition.strength == Truthy => {
                    demand(Exact, condition.subject, Some(lower.trim_start_matches("is").to_owned()))
                }
                _ => condition,
            }
        }
        "exists" | "isdefined" | "isnotnull" | "iserror" | "error" | "iferror" | "doesnotthrow"
        | "notthrows" | "notthrowsasync" | "doesnotreject" | "exist" | "isnotundefined" => {
            demand(Truthy, subject(), None)
        }
        "isnull" | "isundefined" | "isnan" | "lengthof" | "is" | "equal" | "equals" | "same"
        | "strictequal" | "strictequals" | "deepequal" | "deepequals" | "deepstrictequal" | "strictsame"
        | "true" | "propertyval" | "sameMembers" | "samedeepmembers" | "samemembers" | "looseequal" => {
            demand(Exact, subject(), expected())
        }
        "throws" | "rejects" | "throwsasync" | "throw" | "isrejected" => {
            let typed = all.get(1).is_some_and(|n| !matches!(n.kind(), "string" | "template_string"));
            demand(if typed { ThrowsExactly } else { Throws }, subject(), expected())
        }
        "closeto" | "approximately" | "almostequals" => {
            let tolerance = argument(Some(arguments), 2, source).parse().ok();
            Demand { tolerance, ..demand(Close, subject(), expected()) }
        }
        "snapshot" | "matchsnapshot" => demand(Snapshot, subject(), None),
        "pass" => demand(Tautology, subject(), None),
        _ => demand(Relational, subject(), expected()),
    };
    found.is_promise = matches!(lower.as_str(), "rejects" | "throwsasync" | "doesnotreject" | "isrejected");
    Some(found)
}

/// What `assert(condition)` demands: a comparison says more than a value.
fn condition(node: Node<'_>, source: &str) -> Demand {
    let node =
        if node.kind() == "parenthesized_expression" { parts(node).next().unwrap_or(node) } else { node };
    let field = |name: &str| node.child_by_field_name(name).map(|n| normal(text(n, source)));
    if let ("binary_expression", Some(operator)) = (node.kind(), field("operator")) {
        let strength = match operator.as_str() {
            "==" | "===" => Strength::Exact,
            "&&" | "||" | "??" => Strength::Truthy,
            "!=" | "!==" if field("right").is_some_and(|r| matches!(r.as_str(), "null" | "undefined")) => {
                Strength::Truthy
            }
            _ => Strength::Relational,
        };
        return demand(strength, field("left").unwrap_or_default(), field("right"));
    }
    demand(Strength::Truthy, normal(text(node, source)), None)
}

/// Calls of other libraries and of functions that say that they assert.
fn others(
    chain: &Chain<'_>,
    root: &str,
    words: &[&str],
    source: &str,
    around: &Surroundings,
) -> Option<Demand> {
    let (last, called) = match chain.links.last() {
        Some((word, called)) => (text(*word, source), *called),
        None => (root, chain.root_called),
    };
    called?;
    // `cy.get(x).should('have.text', 'y')`, `request(app).get('/').expect(200)`.
    if matches!(last, "should" | "and") && root == "cy"
        || last == "expect" && !words.is_empty() && chain.links.len() > 1
    {
        let subject = String::new();
        let strength =
            if count(called) > 1 || last == "expect" { Strength::Exact } else { Strength::Relational };
        return Some(demand(strength, subject, Some(argument(called, 0, source))));
    }
    let says = |word: &str| {
        ["assert", "expect", "verify", "should"].iter().any(|front| {
            word.strip_prefix(front)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase() || c == '_'))
        })
    };
    let own = around.helpers.contains(last);
    let delegated = own || says(last) || root == "fc" && last == "assert";
    delegated.then(|| demand(Strength::Delegated, argument(called, 0, source), None))
}

/// What holds whatever the code does.
fn trivial(mut demand: Demand) -> Demand {
    let alike = demand.expected.as_ref().is_some_and(|expected| *expected == demand.subject);
    let constant = is_literal(&demand.subject);
    let fixed = match demand.strength {
        Strength::Exact | Strength::Close => alike && (constant || is_plain(&demand.subject)),
        Strength::Truthy => {
            constant && !matches!(demand.subject.as_str(), "false" | "null" | "undefined" | "0" | "''")
        }
        _ => false,
    };
    if fixed {
        demand.strength = Strength::Tautology;
    }
    demand
}

/// A name or a member of one: what gives the same value twice.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'))
}

fn about_mocks(mut demand: Demand, around: &Surroundings) -> Demand {
    let root = demand
        .subject
        .split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
        .next()
        .unwrap_or_default();
    if around.mocks.contains(root) {
        demand.strength = match demand.strength {
            Strength::Truthy | Strength::Relational => Strength::Mock,
            Strength::Exact | Strength::Close => Strength::MockExactly,
            other => other,
        };
    }
    demand
}
