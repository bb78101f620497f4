//! Values that are written out: whether a node is one, and how much it gives away.

use crate::read::syntax::{Node, below};

/// Whether everything in a node is written out.
pub(super) fn is_literal(node: Node<'_>) -> bool {
    const VALUES: [&str; 32] = [
        "integer",
        "float",
        "number",
        "string",
        "true",
        "false",
        "none",
        "null",
        "nil",
        "undefined",
        "list",
        "tuple",
        "dictionary",
        "array",
        "object",
        "hash",
        "template_string",
        "int_literal",
        "float_literal",
        "interpreted_string_literal",
        "raw_string_literal",
        "composite_literal",
        "integer_literal",
        "string_literal",
        "boolean_literal",
        "null_literal",
        "real_literal",
        "decimal_integer_literal",
        "decimal_floating_point_literal",
        "character_literal",
        "encapsed_string",
        "tuple_expression",
    ];
    const SIGNED: [&str; 5] =
        ["unary_expression", "unary_operator", "unary", "unary_op_expression", "prefix_unary_expression"];
    const COMPUTED: [&str; 12] = [
        "call",
        "interpolation",
        "substitution",
        "invocation",
        "lambda",
        "function",
        "member",
        "attribute",
        "subscript",
        "binary",
        "comparison",
        "spread",
    ];
    let kind = node.kind();
    let is_value = VALUES.contains(&kind)
        || kind == "array_expression"
        || kind == "boolean"
        || kind == "number_literal"
        || SIGNED.contains(&kind);
    let computes = |n: Node<'_>| {
        let kind = n.kind();
        let names = matches!(
            kind,
            "identifier" | "simple_identifier" | "variable_name" | "constant" | "scoped_identifier"
        );
        names || n.is_named() && COMPUTED.iter().any(|part| kind.contains(part))
    };
    is_value && !below(node).any(computes)
}

/// The text of a literal by which it is found again: one kind of quotes, no white space around commas.
pub(super) fn normal(text: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    for c in text.trim().chars() {
        let c = if matches!(c, '"' | '\'' | '`') && quote.is_none_or(|open| open == c) {
            quote = if quote.is_some() { None } else { Some(c) };
            '"'
        } else {
            c
        };
        if quote.is_some() || !(c.is_whitespace() || c == '_' && out.ends_with(|l: char| l.is_ascii_digit()))
        {
            out.push(c);
        }
    }
    out
}

/// How much a literal gives away: about the number of digits or thirds of words that only this value has. Nothing for
/// what many values are: truths, 0 and 1, powers of two and ten, codes of HTTP, a single word.
pub(super) fn weight(normal: &str) -> usize {
    const MAX_STRING: usize = 8;
    let mut total = 0;
    let mut elements = 0;
    for part in pieces(normal) {
        elements += 1;
        total += match part.strip_prefix('"') {
            Some(inner) => {
                let inner = inner.trim_end_matches('"');
                let is_word = inner.chars().all(|c| c.is_alphabetic() || c == '_' || c == '-');
                if is_word { 0 } else { (inner.chars().count() / 3).clamp(1, MAX_STRING) }
            }
            None => of_number(part),
        };
    }
    if elements > 2 { total + 1 } else { total }
}

/// The strings and numbers of a literal, composite or not.
fn pieces(normal: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = normal;
    while let Some(start) = rest.find(|c: char| c == '"' || c.is_ascii_digit()) {
        rest = &rest[start..];
        let end = if let Some(inner) = rest.strip_prefix('"') {
            inner.find('"').map_or(rest.len(), |end| end + 2)
        } else {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len())
        };
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}

fn of_number(text: &str) -> usize {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let whole = if text.contains('.') { None } else { digits.parse::<u64>().ok() };
    if let Some(value) = whole {
        let is_common =
            value < 3 || value.is_power_of_two() || matches!(value, 24 | 60 | 365 | 3600 | 86_400);
        let is_code = (100..600).contains(&value) && digits.len() == 3;
        if is_common || is_code {
            return 0;
        }
    }
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    // 10, 100 and 0.5 are nobody's answer in particular.
    if matches!(significant, "" | "1" | "5" | "25" | "75") && whole.is_none_or(|v| v % 5 == 0) {
        0
    } else {
        significant.len()
    }
}

#[cfg(test)]
mod facts {
    use super::*;

    #[test]
    fn what_many_values_are_gives_nothing_away() {
        for common in [
            "0",
            "1",
            "2",
            "10",
            "100",
            "64",
            "404",
            "true",
            "None",
            "\"\"",
            "\"person\"",
            "[]",
            "0.5",
            "3600",
        ] {
            assert_eq!(weight(common), 0, "{common}");
        }
        assert_eq!(weight("832040"), 5);
        assert_eq!(weight("8739.25"), 6);
        assert_eq!(weight("[3,7,9]"), 4);
        assert_eq!(weight("\"1h30m\""), 1);
        assert_eq!(weight("\"2024-01-15 10:00\""), 5);
    }

    #[test]
    fn quotes_and_layout_are_no_part_of_a_literal() {
        assert_eq!(normal("[ 1, 'a b' ]"), normal("[1,\"a b\"]"));
        assert_eq!(normal("1_000"), "1000");
        assert_ne!(normal("'a b'"), normal("'ab'"));
    }
}
