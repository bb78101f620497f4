//! Whether the brackets of a text match, by its tree's tokens: those in strings, comments and patterns don't count.

use std::ops::Range;

use crate::read::syntax::Tree;

/// The kinds of brackets, as opening and closing byte.
pub const KINDS: [(u8, u8); 3] = [(b'(', b')'), (b'[', b']'), (b'{', b'}')];

/// Opening minus closing brackets of each of [`KINDS`].
pub type Surplus = [i64; 3];

/// The brackets of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brackets {
    /// Opening minus closing ones.
    pub surplus: Surplus,
    /// The first one without a partner: its bytes and what is wrong with it.
    pub odd: Option<(Range<usize>, String)>,
}

/// Matches the bracket tokens of a tree; those that the parser made up don't count.
pub fn matched(tree: &Tree, source: &str) -> Brackets {
    let mut found = Brackets::default();
    let mut open: Vec<(usize, Range<usize>)> = Vec::new();
    for node in tree.nodes().filter(|n| n.child_count() == 0 && !n.is_missing()) {
        let (kind, opens) = match node.kind() {
            "(" => (0, true),
            ")" => (0, false),
            "[" => (1, true),
            "]" => (1, false),
            "{" | "${" => (2, true),
            "}" => (2, false),
            _ => continue,
        };
        found.surplus[kind] += if opens { 1 } else { -1 };
        if opens {
            open.push((kind, node.byte_range()));
        } else if open.last().is_some_and(|(last, _)| *last == kind) {
            open.pop();
        } else if found.odd.is_none() {
            found.odd = Some((node.byte_range(), odd(source, &node.byte_range(), open.last())));
        }
    }
    if found.odd.is_none() {
        found.odd = open.pop().map(|(_, at)| (at.clone(), format!("`{}` is never closed", &source[at])));
    }
    found
}

fn odd(source: &str, at: &Range<usize>, open: Option<&(usize, Range<usize>)>) -> String {
    let closer = &source[at.clone()];
    match open {
        Some((_, opener)) => format!("`{closer}` meets `{}`, which is still open", &source[opener.clone()]),
        None => format!("`{closer}` closes nothing"),
    }
}

/// Opening minus closing brackets of the bare text, those in strings and comments too.
pub fn raw(text: &str) -> Surplus {
    let count = |byte| memchr::memchr_iter(byte, text.as_bytes()).count() as i64;
    KINDS.map(|(open, close)| count(open) - count(close))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::syntax::{Language, parse};

    fn of(source: &str) -> Brackets {
        matched(&parse(Language::JavaScript, source).unwrap(), source)
    }

    #[test]
    fn brackets_in_strings_comments_templates_and_patterns_do_not_count() {
        let sound = "f('(', /* [ */ `{${a[0]}`, /[(]/);\n";
        assert_eq!(of(sound), Brackets::default());
        assert_ne!(raw(sound), [0, 0, 0]);
    }

    #[test]
    fn the_first_bracket_without_a_partner_is_named() {
        let closes = of("f(1));\n");
        assert_eq!((closes.surplus, closes.odd.unwrap().1.as_str()), ([-1, 0, 0], "`)` closes nothing"));
        let open = of("function f() {\n  g(1;\n}\n");
        assert!(open.surplus[0] == 1 && open.odd.is_some());
    }
}
