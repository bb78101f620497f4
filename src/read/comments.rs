//! What is a comment and what is a string, by language: a small lexer that knows nothing else of the code.
//!
//! It serves where a whole syntax tree is not to be had. A quote that the language would read otherwise (a regular
//! expression in Ruby, say) can mislead it within its line; strings of many lines are followed only where the
//! language has them.

use std::ops::Range;

use crate::ids::RepoPath;

mod language;
#[cfg(test)]
mod tests;

use language::{Language, Quote};

/// A comment or a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Which of the two.
    pub kind: Kind,
    /// Its bytes, marks included.
    pub range: Range<usize>,
    /// Its bytes without the marks that open and close it.
    pub inner: Range<usize>,
    /// Whether its closing mark was found; a line comment is always closed.
    pub closed: bool,
}

/// Comment or string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A comment to the line's end or between marks.
    Comment,
    /// A string, template or here-document.
    String,
}

impl Piece {
    /// Whether nothing but white space shares its lines.
    pub fn stands_alone(&self, text: &str) -> bool {
        let before = text[..self.range.start].rsplit('\n').next().unwrap_or("");
        let after = text[self.range.end..].split('\n').next().unwrap_or("");
        // `{/* … */}` is how JSX writes a comment.
        before.trim().trim_start_matches('{').is_empty() && after.trim().trim_end_matches('}').is_empty()
    }
}

/// The comments and strings of a file in their order; `None` where the language is unknown.
pub fn scan(path: &RepoPath, text: &str) -> Option<Vec<Piece>> {
    let language = language::of(path)?;
    let mut scanner = Scanner { language, text, at: 0, pieces: Vec::new(), heredoc: None, misses: 0 };
    scanner.run();
    Some(scanner.pieces)
}

/// The comment or string that a byte is inside of, of those of its file.
pub fn at(pieces: &[Piece], offset: usize) -> Option<&Piece> {
    let next = pieces.partition_point(|piece| piece.range.end <= offset);
    pieces.get(next).filter(|piece| piece.range.start <= offset)
}

struct Scanner<'t> {
    language: &'static Language,
    text: &'t str,
    at: usize,
    pieces: Vec<Piece>,
    /// The delimiter of a here-document that begins on the next line.
    heredoc: Option<String>,
    /// Here-documents that did not end. Looking for an end costs the rest of the text each time.
    misses: usize,
}

const MAX_MISSES: usize = 32;

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            if self.comment() || self.string() || self.regex(c) {
                continue;
            }
            if self.language.heredoc && self.heredoc.is_none() && self.rest().starts_with("<<") {
                self.announce_heredoc();
            }
            self.at += c.len_utf8();
            if c == '\n' {
                self.skip_heredoc();
            }
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, end: usize, marks: (usize, usize), closed: bool) {
        let inner_end = if closed { end - marks.1 } else { end };
        let inner = self.at + marks.0..inner_end.max(self.at + marks.0);
        self.pieces.push(Piece { kind, range: self.at..end, inner, closed });
        self.at = end;
    }

    fn comment(&mut self) -> bool {
        if let Some((open, close)) =
            self.language.block.iter().find(|(open, _)| self.rest().starts_with(open))
        {
            let end = self.block_end(open, close);
            let closed = end.is_some();
            self.push(Kind::Comment, end.unwrap_or(self.text.len()), (open.len(), close.len()), closed);
            return true;
        }
        let Some(mark) = self.language.line.iter().find(|mark| self.rest().starts_with(**mark)) else {
            return false;
        };
        let before = self.text[..self.at].chars().next_back();
        if self.language.spaced && !before.is_none_or(char::is_whitespace) {
            return false;
        }
        let end = self.rest().find('\n').map_or(self.text.len(), |n| self.at + n);
        let end = end - usize::from(self.text[..end].ends_with('\r') && end > self.at);
        self.push(Kind::Comment, end, (mark.len(), 0), true);
        true
    }

    fn block_end(&self, open: &str, close: &str) -> Option<usize> {
        let mut depth = 1usize;
        let mut at = self.at + open.len();
        loop {
            let next = self.text[at..].find(close)? + at;
            let opens = if self.language.nested { self.text[at..next].matches(open).count() } else { 0 };
            depth = depth + opens - 1;
            at = next + close.len();
            if depth == 0 {
                return Some(at);
            }
        }
    }

    fn string(&mut self) -> bool {
        if self.language.rust && self.rust_quote() {
            return true;
        }
        let Some(quote) = self.language.quotes.iter().find(|q| self.rest().starts_with(q.open)) else {
            return false;
        };
        let start = self.at + quote.open.len();
        let (end, closed) =
            if quote.template { self.template_end(start) } else { string_end(self.text, start, quote) };
        self.push(Kind::String, end, (quote.open.len(), quote.close.len()), closed);
        true
    }

    /// Raw strings with their hashes; a `'` that is a lifetime and opens nothing.
    fn rust_quote(&mut self) -> bool {
        let rest = self.rest();
        let before = self.text[..self.at].chars().next_back();
        let word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        if let Some(raw) = rest.strip_prefix('r').filter(|_| !word || before == Some('b')) {
            let hashes = raw.len() - raw.trim_start_matches('#').len();
            if raw[hashes..].starts_with('"') {
                let close = format!("\"{}", "#".repeat(hashes));
                let open = hashes + 2;
                let found = rest[open..].find(&close).map(|n| self.at + open + n + close.len());
                self.push(
                    Kind::String,
                    found.unwrap_or(self.text.len()),
                    (open, close.len()),
                    found.is_some(),
                );
                return true;
            }
        }
        if let Some(quoted) = rest.strip_prefix('\'') {
            let mut chars = quoted.chars();
            let literal = chars.next() == Some('\\') || chars.next() == Some('\'');
            if !literal {
                self.at += 1;
            }
            return !literal;
        }
        false
    }

    /// The end of a template literal: `${ … }` may hold further ones.
    fn template_end(&self, start: usize) -> (usize, bool) {
        let bytes = self.text.as_bytes();
        // Open braces of each `${` that is still open; a template inside of one adds a level.
        let mut levels: Vec<Option<usize>> = vec![None];
        let mut at = start;
        while at < bytes.len() {
            let inside_code = levels.last().copied().flatten();
            match (bytes[at], inside_code) {
                (b'\\', _) => at += 1,
                (b'`', None) => {
                    levels.pop();
                    if levels.is_empty() {
                        return (at + 1, true);
                    }
                }
                (b'`', Some(_)) => levels.push(None),
                (b'$', None) if bytes.get(at + 1) == Some(&b'{') => {
                    levels.push(Some(0));
                    at += 1;
                }
                (b'{', Some(n)) => *levels.last_mut().expect("a level is open") = Some(n + 1),
                (b'}', Some(0)) => {
                    levels.pop();
                }
                (b'}', Some(n)) => *levels.last_mut().expect("a level is open") = Some(n - 1),
                _ => {}
            }
            at += 1;
        }
        (self.text.len(), false)
    }

    /// Steps over a JavaScript regular expression, whose quotes are no strings.
    fn regex(&mut self, c: char) -> bool {
        if c != '/' || !self.language.regex {
            return false;
        }
        let before = self.text[..self.at].trim_end();
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let opens = before.is_empty()
            || before.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', '}', ';', '+', '>'])
            || matches!(word, "return" | "case" | "typeof" | "in" | "of");
        if !opens {
            return false;
        }
        let (mut class, mut escaped) = (false, false);
        for (n, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' => return false,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '/' if !class => {
                    self.at += n + 1;
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    fn announce_heredoc(&mut self) {
        let rest = self.rest()[2..].trim_start_matches(['-', '~', '<']);
        let quoted = rest.starts_with(['\'', '"']);
        let name = rest.trim_start_matches(['\'', '"', '\\']);
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        let upper = name.chars().next().is_some_and(|c| c.is_ascii_uppercase() || c == '_');
        if end > 0 && (quoted || upper) && self.misses < MAX_MISSES {
            self.heredoc = Some(name[..end].to_owned());
        }
    }

    fn skip_heredoc(&mut self) {
        let Some(delimiter) = self.heredoc.take() else { return };
        let mut end = self.at;
        for line in self.rest().split_inclusive('\n') {
            if line.trim().trim_end_matches([';', ',', ')']) == delimiter {
                return self.push(Kind::String, end, (0, 0), true);
            }
            end += line.len();
        }
        // Without its end it was none: a shift operator, say.
        self.misses += 1;
    }
}

fn string_end(text: &str, start: usize, quote: &Quote) -> (usize, bool) {
    let mut at = start;
    while let Some(c) = text[at..].chars().next() {
        if c == '\\' && quote.escapes {
            at += 1;
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        } else if text[at..].starts_with(quote.close) {
            return (at + quote.close.len(), true);
        } else if c == '\n' && !quote.lines {
            return (at, false);
        } else {
            at += c.len_utf8();
        }
    }
    (text.len(), false)
}
