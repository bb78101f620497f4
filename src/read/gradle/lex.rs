//! The words of a Gradle script, Groovy or Kotlin.

use super::Language;

/// One word with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// From one.
    pub(super) line: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Name(String),
    Number(String),
    Text(Vec<Piece>),
    Sign(&'static str),
    Newline,
    End,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Plain(String),
    /// An expression put in by `$name` or `${…}`.
    Code(String),
}

/// Longer expressions in a text are left as they stand.
const MAX_INSERTED: usize = 1_000;

/// Longest first.
const SIGNS: [&str; 46] = [
    "===", "!==", "<=>", "..<", "==~", "->", "::", "?.", "?:", "!!", "+=", "-=", "*=", "/=", "==", "!=",
    "<=", ">=", "&&", "||", "..", "<<", "*.", "=~", "++", "--", "{", "}", "(", ")", "[", "]", ",", ".", ";",
    ":", "=", "+", "-", "*", "/", "%", "<", ">", "!", "?",
];

/// Splits a script into its words. What is no word of either language is left out.
pub(super) fn tokens(text: &str, language: Language) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, line: 1, language, found: Vec::new() };
    while lexer.step() {}
    let (at, line) = (text.len(), lexer.line);
    lexer.found.push(Token { kind: Kind::Newline, line, start: at, end: at });
    lexer.found.push(Token { kind: Kind::End, line, start: at, end: at });
    lexer.found
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    language: Language,
    found: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, len: usize) {
        let (start, line) = (self.at, self.line);
        self.at += len;
        self.line += self.text[start..self.at].matches('\n').count();
        self.found.push(Token { kind, line, start, end: self.at });
    }

    fn skip(&mut self, len: usize) {
        self.line += self.text[self.at..self.at + len].matches('\n').count();
        self.at += len;
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return false };
        if c == '\n' {
            self.push(Kind::Newline, 1);
        } else if c.is_whitespace() || c == '\u{feff}' {
            self.skip(c.len_utf8());
        } else if rest.starts_with("\\\n") {
            self.skip(2);
        } else if rest.starts_with("//") || (self.at == 0 && rest.starts_with("#!")) {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.skip(rest[2..].find("*/").map_or(rest.len(), |at| at + 4));
        } else if c == '"' || c == '\'' {
            self.quoted(c);
        } else if c == '/' && self.language == Language::Groovy && self.opens_slashes() {
            self.slashes();
        } else if c.is_alphabetic() || c == '_' || c == '$' {
            let len =
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
            self.push(Kind::Name(rest[..len].to_owned()), len);
        } else if c == '`' {
            let len = rest[1..].find(['`', '\n']).map_or(rest.len(), |at| at + 2);
            self.push(Kind::Name(rest[1..len].trim_end_matches(['`', '\n']).to_owned()), len);
        } else if c.is_ascii_digit() {
            self.number();
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            self.push(Kind::Sign(sign), sign.len());
        } else if c == '@' {
            self.push(Kind::Sign("@"), 1);
        } else {
            self.skip(c.len_utf8());
        }
        true
    }

    fn number(&mut self) {
        let rest = self.rest();
        let digits =
            |text: &str| text.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(text.len());
        let mut len = digits(rest);
        if rest[len..].starts_with('.') && rest[len + 1..].starts_with(|c: char| c.is_ascii_digit()) {
            len += 1 + digits(&rest[len + 1..]);
        }
        let number = rest[..len].replace('_', "");
        let suffix = rest[len..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len() - len);
        self.push(Kind::Number(number), len + suffix);
    }

    fn quoted(&mut self, quote: char) {
        let rest = self.rest();
        let three = if quote == '"' { "\"\"\"" } else { "'''" };
        let plain = quote == '\'';
        let (open, raw) = match rest.starts_with(three) && (quote == '"' || self.language == Language::Groovy)
        {
            true => (three, self.language == Language::Kotlin),
            false => (&three[..1], false),
        };
        let (mut pieces, mut text) = (Vec::new(), String::new());
        let mut at = open.len();
        loop {
            let here = &rest[at..];
            let Some(c) = here.chars().next() else { break };
            if here.starts_with(open) {
                at += open.len();
                break;
            }
            if c == '\n' && open.len() == 1 {
                break;
            }
            if c == '\\' && !raw {
                let next = here[1..].chars().next();
                match next {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(c) => text.push(c),
                    None => {}
                }
                at += 1 + next.map_or(0, char::len_utf8);
                continue;
            }
            if let Some((code, len)) = here.strip_prefix('$').filter(|_| !plain).and_then(inserted) {
                pieces.push(Piece::Plain(std::mem::take(&mut text)));
                pieces.push(Piece::Code(code.to_owned()));
                at += 1 + len;
                continue;
            }
            text.push(c);
            at += c.len_utf8();
        }
        pieces.push(Piece::Plain(text));
        pieces.retain(|piece| *piece != Piece::Plain(String::new()));
        self.push(Kind::Text(pieces), at);
    }

    /// Whether a slash starts a pattern rather than divides.
    fn opens_slashes(&self) -> bool {
        let operand = self.found.last().is_some_and(|token| match token.kind {
            Kind::Sign(sign) => matches!(sign, ")" | "]" | "}"),
            Kind::Newline | Kind::End => true,
            _ => true,
        });
        !operand && self.rest()[1..].split('\n').next().is_some_and(|line| line.contains('/'))
    }

    fn slashes(&mut self) {
        let rest = self.rest();
        let len = rest[1..].find('/').map_or(rest.len(), |at| at + 2);
        self.push(Kind::Text(vec![Piece::Plain(rest[1..len - 1].to_owned())]), len);
    }
}

/// The expression behind a `$` in a text, with its length.
fn inserted(after: &str) -> Option<(&str, usize)> {
    if let Some(inner) = after.strip_prefix('{') {
        let mut depth = 0_usize;
        for (at, c) in inner.char_indices().take(MAX_INSERTED) {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => return Some((&inner[..at], at + 2)),
                '}' => depth -= 1,
                '\n' => return None,
                _ => {}
            }
        }
        return None;
    }
    let len = after.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(after.len());
    let name = after[..len].trim_end_matches('.');
    name.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some((name, name.len()))
}
