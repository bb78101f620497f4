//! Regular expressions as grep, sed, LLVM and Python write them, turned into ones that can be run here.

use regex::{Regex, RegexBuilder};

use crate::undecided::Undecided;

/// Longer expressions are not read.
const MAX_LENGTH: usize = 4_096;
/// A compiled expression takes no more than this, in bytes.
const MAX_SIZE: usize = 1 << 20;

/// Whose rules an expression follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// `grep` and `sed` without a flag, as GNU has them.
    Basic,
    /// `grep -E`, `egrep`, `sed -E`, as GNU has them.
    Extended,
    /// LLVM's: POSIX extended, where a backslash makes any character an ordinary one.
    Llvm,
    /// `grep -F`: no expression at all.
    Fixed,
    /// Perl's family as far as it has no look-around: Python, Go, `grep -P`.
    Perl,
}

/// An expression that is looked for anywhere in a text. `Undecided` names what is not read.
pub(super) fn regex(text: &str, syntax: Syntax, ignore_case: bool) -> Result<Regex, Undecided> {
    let shown: String = text.chars().take(120).collect();
    let unread = |why: &str| Undecided::new(format!("the regular expression {shown:?} {why}"));
    if text.len() > MAX_LENGTH {
        return Err(unread("is too long to be read"));
    }
    let translated = match syntax {
        Syntax::Fixed => regex::escape(text),
        Syntax::Perl => text.replace("\\Z", "\\z").replace("\\/", "/"),
        _ => Translator { rest: text, out: String::new(), syntax, begins: true }
            .run()
            .ok_or_else(|| unread("refers back to what it matched, which is not evaluated"))?,
    };
    RegexBuilder::new(&translated)
        .case_insensitive(ignore_case)
        .size_limit(MAX_SIZE)
        .build()
        .map_err(|_| unread("is of a kind that is not evaluated"))
}

struct Translator<'t> {
    rest: &'t str,
    out: String,
    syntax: Syntax,
    /// Whether an alternative begins here, so that `*` is an ordinary character and a basic `^` is none.
    begins: bool,
}

impl Translator<'_> {
    /// `None` where it refers back to a group.
    fn run(mut self) -> Option<String> {
        while let Some(c) = self.rest.chars().next() {
            self.rest = &self.rest[c.len_utf8()..];
            let begun = std::mem::take(&mut self.begins);
            match c {
                '\\' => self.escape()?,
                '[' => self.class(),
                '.' => self.out.push('.'),
                '*' if begun => self.out.push_str("\\*"),
                '*' => self.out.push('*'),
                '^' if begun || self.extended() => {
                    self.out.push('^');
                    self.begins = true;
                }
                '$' if self.extended() || self.ends() => self.out.push('$'),
                '(' | '|' if self.extended() => self.open(c),
                ')' | '+' | '?' if self.extended() => self.out.push(c),
                '{' if self.extended() && self.interval() => self.out.push('{'),
                '}' if self.extended() && self.closes_interval() => self.out.push('}'),
                c => self.literal(c),
            }
        }
        Some(self.out)
    }

    fn extended(&self) -> bool {
        self.syntax != Syntax::Basic
    }

    fn ends(&self) -> bool {
        self.rest.is_empty() || self.rest.starts_with("\\)") || self.rest.starts_with("\\|")
    }

    fn open(&mut self, c: char) {
        self.out.push(c);
        self.begins = true;
    }

    fn literal(&mut self, c: char) {
        self.out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
    }

    /// Whether what follows counts repetitions.
    fn interval(&self) -> bool {
        let close = self.rest.find('}').unwrap_or(0);
        let count = &self.rest[..close];
        count.starts_with(|c: char| c.is_ascii_digit())
            && count.chars().all(|c| c.is_ascii_digit() || c == ',')
    }

    fn closes_interval(&self) -> bool {
        let open = self.out.rfind('{');
        open.is_some_and(|at| {
            !self.out[..at].ends_with('\\')
                && self.out[at + 1..].chars().all(|c| c.is_ascii_digit() || c == ',')
        })
    }

    fn escape(&mut self) -> Option<()> {
        let Some(c) = self.rest.chars().next() else {
            self.out.push_str("\\\\");
            return Some(());
        };
        self.rest = &self.rest[c.len_utf8()..];
        let basic = self.syntax == Syntax::Basic;
        match c {
            '1'..='9' => return None,
            '(' | '|' if basic => self.open(c),
            ')' | '+' | '?' | '}' if basic => self.out.push(c),
            '{' if basic && self.rest.contains("\\}") => self.out.push('{'),
            'w' | 'W' | 's' | 'S' | 'b' | 'B' if self.syntax != Syntax::Llvm => {
                self.out.extend(['\\', c]);
            }
            '<' | '>' if self.syntax != Syntax::Llvm => self.out.push_str("\\b"),
            c => self.literal(c),
        }
        Some(())
    }

    /// A bracket expression; a backslash in it is an ordinary character. Without an end it is one itself.
    fn class(&mut self) {
        let (negated, body) = self.rest.strip_prefix('^').map_or((false, self.rest), |rest| (true, rest));
        let mut out = String::new();
        let mut rest = body;
        loop {
            let Some(c) = rest.chars().next() else { return self.literal('[') };
            if c == ']' && !out.is_empty() {
                break;
            }
            if let Some(named) = rest.strip_prefix("[:").and_then(|named| named.split_once(":]")) {
                out.push_str(&format!("[:{}:]", named.0));
                rest = named.1;
                continue;
            }
            if matches!(c, '\\' | '[' | ']' | '&' | '~' | '^') {
                out.push('\\');
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
        self.rest = &rest[1..];
        self.out.push_str(if negated { "[^" } else { "[" });
        self.out.push_str(&out);
        self.out.push(']');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(pattern: &str, syntax: Syntax, text: &str) -> bool {
        regex(pattern, syntax, false).unwrap_or_else(|u| panic!("{u:?}")).is_match(text)
    }

    #[test]
    fn basic_expressions_escape_what_extended_ones_do_not() {
        assert!(
            finds(r"mocks\|gen", Syntax::Basic, "a/gen/b") && !finds("mocks|gen", Syntax::Basic, "a/gen")
        );
        assert!(finds("mocks|gen$", Syntax::Extended, "a/gen"));
        assert!(
            finds(r"_mock\.go:", Syntax::Basic, "a/x_mock.go:1.2")
                && !finds(r"_mock\.go", Syntax::Basic, "x_mock_go")
        );
        assert!(finds("a+b", Syntax::Basic, "a+b") && finds("*a", Syntax::Basic, "x*a"));
        assert!(
            finds(r"\(a\|b\)c\{2\}", Syntax::Basic, "bcc") && finds("(a|b)c{2}", Syntax::Extended, "acc")
        );
        assert!(finds("x{", Syntax::Extended, "x{") && finds("a^b$c", Syntax::Basic, "a^b$c"));
    }

    #[test]
    fn brackets_hold_a_backslash_and_classes() {
        assert!(finds(r"[\d]x", Syntax::Extended, r"\x") && !finds(r"[\d]x", Syntax::Extended, "1x"));
        assert!(finds("[]a]z", Syntax::Basic, "]z") && finds("[[:digit:]_]x", Syntax::Basic, "7x"));
        assert!(finds("[^/]*[.]pb", Syntax::Basic, "a.pb") && finds("[a", Syntax::Basic, "[a"));
    }

    #[test]
    fn llvm_knows_no_escaped_classes() {
        assert!(finds(r"\d", Syntax::Llvm, "dead") && !finds(r"\d", Syntax::Llvm, "b/1"));
        assert!(
            !finds(r"inner\|bin", Syntax::Llvm, "a/inner/b")
                && finds(r"dead\.rs|two", Syntax::Llvm, "dead.rs")
        );
    }

    #[test]
    fn what_is_not_evaluated_is_named() {
        for (pattern, syntax) in [(r"\(a\)\1", Syntax::Basic), ("(?!a)b", Syntax::Perl)] {
            let why = regex(pattern, syntax, false).unwrap_err().why;
            assert!(why.contains("regular expression"), "{why}");
        }
    }

    proptest! {
        #[test]
        fn any_expression_is_read_without_panic(text in "[a-c\\[\\](){}|*+?.^$\\\\,:é0-2-]{0,24}") {
            for syntax in [Syntax::Basic, Syntax::Extended, Syntax::Llvm, Syntax::Fixed, Syntax::Perl] {
                let _ = regex(&text, syntax, true);
            }
        }
    }
}
