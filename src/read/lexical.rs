//! Brackets by the rules of a language for strings and comments alone: a witness that does not depend on a grammar.

use std::ops::Range;

use crate::read::syntax::Language;
use crate::read::syntax::brackets::{KINDS, Surplus};

/// The brackets of a text, and where it breaks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lexed {
    /// Opening minus closing ones of each of [`KINDS`].
    pub surplus: Surplus,
    /// The first fault: a bracket without its partner, or a string or comment that does not end.
    pub fault: Option<(Range<usize>, String)>,
    /// Whether the text ends inside a comment or a string of several lines.
    pub is_unended: bool,
}

/// Reads a text of Go, JavaScript or TypeScript. Of Go every fault is proved; in JavaScript a pattern may be taken for
/// a division, and text between tags for code.
pub fn read(language: Language, text: &str) -> Lexed {
    let mut lexer = Lexer {
        text: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        out: Lexed::default(),
        before: Before::Nothing,
    };
    lexer.run(language == Language::Go);
    lexer.out
}

/// What stands before a slash decides what it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Value,
    Operator,
}

struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    /// Open brackets with their kind; 3 is the `${` of a template.
    open: Vec<(usize, usize)>,
    out: Lexed,
    before: Before,
}

/// The kind of a template's `${`.
const HOLE: usize = 3;

impl Lexer<'_> {
    fn run(&mut self, is_go: bool) {
        while let Some(byte) = self.text.get(self.at).copied() {
            let next = self.text.get(self.at + 1).copied();
            match byte {
                b'/' if next == Some(b'/') => self.skip_line(),
                b'/' if next == Some(b'*') => self.comment(),
                b'`' if is_go => self.raw(),
                b'`' => self.template(),
                b'"' | b'\'' => self.string(byte, is_go),
                b'/' if !is_go && self.before != Before::Value => self.pattern(),
                _ if is_word(byte) => self.word(),
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                _ => self.mark(byte),
            }
        }
        if let Some((_, at)) = self.open.pop() {
            let what = format!("`{}` is never closed", char::from(self.text[at]));
            self.fault(at..at + 1, what);
        }
    }

    fn fault(&mut self, range: Range<usize>, what: String) {
        self.out.fault.get_or_insert((range, what));
    }

    fn skip_line(&mut self) {
        self.at = memchr::memchr(b'\n', &self.text[self.at..]).map_or(self.text.len(), |end| self.at + end);
    }

    fn comment(&mut self) {
        let start = self.at;
        match memchr::memmem::find(&self.text[start + 2..], b"*/") {
            Some(end) => self.at = start + 2 + end + 2,
            None => self.unended(start, "the comment does not end"),
        }
    }

    fn unended(&mut self, start: usize, what: &str) {
        self.out.is_unended = true;
        self.fault(start..start + 1, what.to_owned());
        self.at = self.text.len();
    }

    fn raw(&mut self) {
        let start = self.at;
        match memchr::memchr(b'`', &self.text[start + 1..]) {
            Some(end) => self.at = start + 1 + end + 1,
            None => self.unended(start, "the string does not end"),
        }
    }

    /// A string of one line. Outside of Go a line's end ends it without a word: it may be text between tags.
    fn string(&mut self, quote: u8, is_strict: bool) {
        let start = self.at;
        self.at += 1;
        self.before = Before::Value;
        while let Some(byte) = self.text.get(self.at).copied() {
            match byte {
                b'\\' if self.text.get(self.at + 1) != Some(&b'\n') || !is_strict => self.at += 2,
                b'\n' => break,
                _ if byte == quote => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.text.len());
        if is_strict {
            self.fault(start..start + 1, "the string does not end on its line".to_owned());
        }
    }

    /// A template from its first tick or from the end of a hole up to its end or the next hole.
    fn template(&mut self) {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.text.get(self.at).copied() {
            match byte {
                b'\\' => self.at += 2,
                b'`' => {
                    self.at += 1;
                    self.before = Before::Value;
                    return;
                }
                b'$' if self.text.get(self.at + 1) == Some(&b'{') => {
                    self.open.push((HOLE, self.at + 1));
                    self.out.surplus[2] += 1;
                    self.at += 2;
                    self.before = Before::Operator;
                    return;
                }
                _ => self.at += 1,
            }
        }
        self.unended(start, "the template does not end");
    }

    /// A pattern, or a division where no pattern ends on the line.
    fn pattern(&mut self) {
        let (mut at, mut in_class) = (self.at + 1, false);
        while let Some(byte) = self.text.get(at).copied() {
            match byte {
                b'\n' => break,
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at = at + 1;
                    self.before = Before::Value;
                    return;
                }
                _ => {}
            }
            at += 1;
        }
        self.at += 1;
        self.before = Before::Operator;
    }

    fn word(&mut self) {
        const ASKING: [&[u8]; 14] = [
            b"return",
            b"typeof",
            b"case",
            b"in",
            b"of",
            b"delete",
            b"void",
            b"throw",
            b"new",
            b"instanceof",
            b"do",
            b"else",
            b"yield",
            b"await",
        ];
        let start = self.at;
        while self.text.get(self.at).copied().is_some_and(is_word) {
            self.at += 1;
        }
        let is_asking = ASKING.contains(&&self.text[start..self.at]);
        self.before = if is_asking { Before::Operator } else { Before::Value };
    }

    fn mark(&mut self, byte: u8) {
        let (opens, closes) =
            (KINDS.iter().position(|k| k.0 == byte), KINDS.iter().position(|k| k.1 == byte));
        self.before = if matches!(byte, b')' | b']' | b'}') { Before::Value } else { Before::Operator };
        if let Some(kind) = opens {
            self.out.surplus[kind] += 1;
            self.open.push((kind, self.at));
        }
        if let Some(kind) = closes {
            self.out.surplus[kind] -= 1;
            match self.open.last().copied() {
                Some((HOLE, _)) if kind == 2 => {
                    self.open.pop();
                    return self.template();
                }
                Some((last, _)) if last == kind => {
                    self.open.pop();
                }
                last => {
                    let closer = char::from(byte);
                    let what = match last {
                        Some((_, at)) => {
                            format!("`{closer}` meets `{}`, which is still open", char::from(self.text[at]))
                        }
                        None => format!("`{closer}` closes nothing"),
                    };
                    self.fault(self.at..self.at + 1, what);
                }
            }
        }
        self.at += 1;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn go(text: &str) -> Lexed {
        read(Language::Go, text)
    }

    fn script(text: &str) -> Lexed {
        read(Language::TypeScript, text)
    }

    #[test]
    fn brackets_in_strings_and_comments_of_go_do_not_count() {
        let text = "package a\n// (\n/* { */ var s = \"(\\\"[\" + `{\n` + string('(') + string('\\'')\nfunc f() {}\n";
        assert_eq!(go(text), Lexed::default());
    }

    #[test]
    fn what_does_not_end_in_go_is_named() {
        assert_eq!(go("var s = \"a\n").fault.unwrap().1, "the string does not end on its line");
        assert!(go("var s = `a\n").is_unended && go("/* a\n").is_unended);
        assert_eq!(go("func f() {\n").fault.unwrap(), (9..10, "`{` is never closed".to_owned()));
        assert!(go("f(]").fault.unwrap().1.contains("meets"));
    }

    #[test]
    fn templates_patterns_and_divisions_of_scripts_are_told_apart() {
        for text in [
            "f(`a ${b({c: `(${d}`})} )`);\n",
            "const r = /[(/]\\)(/;\n",
            "const n = a / b / (c);\n",
            "return /\\{/.test(x);\n",
            "const s = 'it\\'s (';\n",
            "// it's (\nf();\n",
        ] {
            assert_eq!(script(text).surplus, [0, 0, 0], "{text}");
            assert_eq!(script(text).fault, None, "{text}");
        }
        assert!(script("const a = `b ${c}\n").is_unended);
        assert_eq!(script("if (a) {\n").surplus, [0, 0, 1]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "[a(){}\\[\\]/*`'\"\\\\$ \né]{0,60}", any in ".{0,100}") {
            for text in [&text, &any] {
                let (_, _) = (go(text), script(text));
            }
        }
    }
}
