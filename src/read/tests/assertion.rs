//! One assertion of a test: what it is about, and how much it demands.

use std::ops::Range;

/// How much an assertion demands of what it is about. Order follows strength, as far as two can be compared at all:
/// see [`Strength::demands_less`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Nothing: it holds whatever the code does (`assert True`, `expect(1).toBe(1)`, `assert_eq!(x, x)`).
    Tautology,
    /// That a mock was called, or something that is there of a mock.
    Mock,
    /// With what or how often a mock was called, or that a mock returns what it was told to.
    MockExactly,
    /// That something is there, or is true by the language's rules: `toBeDefined`, `is not None`, `is_ok()`.
    Truthy,
    /// That something fails, however: `toThrow()`, `pytest.raises(Exception)`, `#[should_panic]`.
    Throws,
    /// A property of the value: `<`, `contains`, `toMatch`, a length of at least one, its type.
    Relational,
    /// Equality up to a tolerance.
    Close,
    /// Equality with what is kept in another file.
    Snapshot,
    /// That something fails with this type or message.
    ThrowsExactly,
    /// Equality with a value that is written down.
    Exact,
    /// What is asserted is written in a function that the test calls: `assertValidOrder(order)`.
    Delegated,
}

/// One assertion.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    /// The line where it starts, counted from 1.
    pub line: usize,
    /// Its bytes.
    pub range: Range<usize>,
    /// How much it demands.
    pub strength: Strength,
    /// Its text with white space folded and comments left out: two with the same text are the same.
    pub text: String,
    /// The expression under test, normalised the same way; empty where it can't be told.
    pub subject: String,
    /// What it is held against, normalised the same way.
    pub expected: Option<String>,
    /// The largest difference that passes, where [`Strength::Close`] and a number say so.
    pub tolerance: Option<f64>,
    /// A promise that nothing waits for: its failure comes too late to count.
    pub floats: bool,
    /// Stands in a `try` whose handler lets the failure pass.
    pub swallowed: bool,
    /// Runs only where a condition holds.
    pub conditional: bool,
}

impl Eq for Assertion {}

impl Strength {
    /// Whether replacing `other` by this one, on the same subject, demands less.
    pub fn demands_less(self, other: Self) -> bool {
        self != Self::Delegated && other != Self::Delegated && self < other
    }
}

impl Assertion {
    /// Whether the code under test can make it fail.
    pub fn can_fail(&self) -> bool {
        self.strength != Strength::Tautology && !self.floats && !self.swallowed
    }
}

/// The text with white space folded to single blanks, and none left beside brackets, commas and dots.
pub(super) fn normal(text: &str) -> String {
    const TIGHT: &str = "()[]{},.;:";
    let mut out = String::with_capacity(text.len());
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let mut pending = false;
    for c in text.chars() {
        if let Some(open) = quote {
            out.push(c);
            quote = if c == open && !escaped || c == '\n' && open != '`' { None } else { quote };
            escaped = c == '\\' && !escaped;
            continue;
        }
        if c.is_whitespace() {
            pending = true;
            continue;
        }
        if pending && !out.is_empty() && !TIGHT.contains(c) && !out.ends_with(|last| TIGHT.contains(last)) {
            out.push(' ');
        }
        pending = false;
        if matches!(c, ')' | ']' | '}') && out.ends_with(',') {
            out.pop();
        }
        if matches!(c, '"' | '\'' | '`') {
            quote = Some(c);
            escaped = false;
        }
        out.push(c);
    }
    out
}

/// Whether the text is one literal: a number, a truth, nothing, or a string without anything computed in it.
pub(super) fn is_literal(text: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "True", "False", "null", "nil", "None", "undefined", "()"];
    let text = text.trim().trim_start_matches(['-', '+', '&']);
    if WORDS.contains(&text) {
        return true;
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'));
    }
    let text = text.trim_start_matches(['b', 'r', 'u']);
    let mut chars = text.chars();
    let Some(quote @ ('"' | '\'' | '`')) = chars.next() else { return false };
    chars.as_str().strip_suffix(quote).is_some_and(|inner| !inner.contains(quote) && !inner.contains("${"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_is_no_part_of_an_assertion() {
        assert_eq!(normal("assert_eq!(\n    a . b,\n    [1,  2],\n)"), "assert_eq!(a.b,[1,2])");
        assert_eq!(normal("expect( x )\n  .toBe( 'a  b' )"), "expect(x).toBe('a  b')");
        assert_ne!(normal("x in y"), normal("xin y"));
    }

    #[test]
    fn literals_are_told_from_what_is_computed() {
        for literal in ["1", "-2.5", "'a'", "\"a b\"", "true", "None", "`a`"] {
            assert!(is_literal(literal), "{literal}");
        }
        for other in ["a", "f(1)", "'a' + 'b'", "`a${b}`", "[1]", "1 + x", ""] {
            assert!(!is_literal(other), "{other}");
        }
    }

    #[test]
    fn a_weaker_demand_is_known_and_a_delegated_one_is_not_compared() {
        assert!(Strength::Truthy.demands_less(Strength::Exact));
        assert!(Strength::Throws.demands_less(Strength::ThrowsExactly));
        assert!(!Strength::Exact.demands_less(Strength::Relational));
        assert!(!Strength::Delegated.demands_less(Strength::Exact));
    }
}
