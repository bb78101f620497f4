//! Source text as a row of token hashes, lexed so cheaply that a whole tree can be: names that are called or reached
//! through a dot keep their spelling, all other names are alike, and so are all strings and all numbers.
//!
//! It misreads some texts (a regular expression with a quote in it, say), always the same way and for a line at most.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::hashed;
use crate::read::syntax::sources::Family;

/// So many tokens make a shingle.
pub const SHINGLE: usize = 8;

const NAME: u64 = 1;
const NUMBER: u64 = 2;
const TEXT: u64 = 3;

fn has_hash_comments(family: Family) -> bool {
    matches!(family, Family::Python | Family::Ruby)
}

/// A row of tokens: the hash of each and the byte where it starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The hashes.
    pub hashes: Vec<u64>,
    /// The bytes.
    pub starts: Vec<u32>,
}

impl Tokens {
    /// Reads a text into this row, whatever it held before.
    pub fn lex(&mut self, family: Family, text: &str) {
        self.hashes.clear();
        self.starts.clear();
        let bytes = &text.as_bytes()[..text.len().min(u32::MAX as usize)];
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let class = CLASSES[byte as usize];
            if class == SPACE {
                at += 1;
                continue;
            }
            let start = at;
            let hash;
            match class {
                WORD => {
                    at = word_end(bytes, at);
                    let is_kept = start > 0 && bytes[start - 1] == b'.' || bytes.get(at) == Some(&b'(');
                    hash = if is_kept { hashed(&bytes[start..at]) } else { NAME };
                }
                DIGIT => {
                    at = word_end(bytes, at);
                    hash = NUMBER;
                }
                _ => {
                    if let Some(end) = comment_end(family, bytes, at) {
                        at = end;
                        continue;
                    }
                    match string_end(family, bytes, at) {
                        Some(end) => (at, hash) = (end, TEXT),
                        None => (at, hash) = (at + 1, u64::from(byte) << 8),
                    }
                }
            }
            self.hashes.push(hash);
            self.starts.push(start as u32);
        }
    }

    /// The hashes of all runs of [`SHINGLE`] tokens, each at the position of its first one.
    pub fn shingles(&self) -> impl Iterator<Item = u64> {
        self.shingles_within(0..self.hashes.len())
    }

    /// Those of a part of the row.
    pub fn shingles_within(&self, part: Range<usize>) -> impl Iterator<Item = u64> {
        // Each step takes one token in and lets the oldest go.
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let last = (1..SHINGLE).fold(1_u64, |power, _| power.wrapping_mul(STEP));
        let hashes = &self.hashes[part];
        let mut rolling = 0_u64;
        hashes.iter().enumerate().filter_map(move |(at, hash)| {
            if at >= SHINGLE {
                rolling = rolling.wrapping_sub(spread(hashes[at - SHINGLE]).wrapping_mul(last));
            }
            rolling = rolling.wrapping_mul(STEP).wrapping_add(spread(*hash));
            (at + 1 >= SHINGLE).then_some(rolling)
        })
    }
}

fn spread(hash: u64) -> u64 {
    (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

const SPACE: u8 = 0;
const WORD: u8 = 1;
const DIGIT: u8 = 2;
const MARK: u8 = 3;

static CLASSES: [u8; 256] = {
    let mut classes = [MARK; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        classes[byte] = match b {
            // What ends a statement is a matter of style.
            b' ' | b'\t' | b'\r' | b'\n' | b';' | 0x0b | 0x0c => SPACE,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | 0x80.. => WORD,
            _ => MARK,
        };
        byte += 1;
    }
    classes
};

fn word_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes[from..].iter().position(|b| !matches!(CLASSES[*b as usize], WORD | DIGIT));
    rest.map_or(bytes.len(), |n| from + n)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |n| from + n)
}

fn comment_end(family: Family, bytes: &[u8], at: usize) -> Option<usize> {
    if has_hash_comments(family) {
        return (bytes[at] == b'#').then(|| line_end(bytes, at));
    }
    match (bytes[at], bytes.get(at + 1)) {
        (b'/', Some(b'/')) => Some(line_end(bytes, at)),
        (b'/', Some(b'*')) => {
            let end = memmem::find(&bytes[at + 2..], b"*/");
            Some(end.map_or(bytes.len(), |n| at + 2 + n + 2))
        }
        _ => None,
    }
}

fn string_end(family: Family, bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    match quote {
        b'"' | b'\'' if family == Family::Python && bytes[at..].starts_with(&[quote; 3]) => {
            let end = memmem::find(&bytes[at + 3..], &[quote; 3]);
            Some(end.map_or(bytes.len(), |n| at + 3 + n + 3))
        }
        // A lifetime opens nothing.
        b'\'' if family == Family::Rust => {
            let rest = &bytes[at + 1..];
            let is_char = rest.first() == Some(&b'\\') || memchr(b'\'', &rest[..rest.len().min(5)]).is_some();
            is_char.then(|| quoted(bytes, at, quote, false)).flatten()
        }
        b'"' => quoted(bytes, at, quote, family == Family::Rust),
        b'\'' => quoted(bytes, at, quote, false),
        b'`' if matches!(family, Family::Script | Family::Go) => quoted(bytes, at, quote, true),
        _ => None,
    }
}

/// The end of a string. One that does not end on its line ends with it, unless it may span lines.
fn quoted(bytes: &[u8], at: usize, quote: u8, spans: bool) -> Option<usize> {
    let mut from = at + 1;
    let limit = if spans { bytes.len() } else { line_end(bytes, at) };
    while from < limit {
        match memchr2(quote, b'\\', &bytes[from..limit]) {
            Some(n) if bytes[from + n] == quote => return Some(from + n + 1),
            Some(n) => from += n + 2,
            None => break,
        }
    }
    Some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lex(family: Family, text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        tokens.lex(family, text);
        tokens
    }

    #[test]
    fn texts_that_differ_in_names_literals_comments_and_space_are_the_same_row() {
        let one = lex(Family::Script, "const a = load(b, 'x', 1); // why\nreturn a.size + `t`;");
        let two = lex(Family::Script, "let  row =\n load(id, \"other\", 22)\nreturn row.size + 'x\\'y'");
        assert_eq!(one.hashes, two.hashes);
        assert_ne!(one.hashes, lex(Family::Script, "const a = save(b, 'x', 1); return a.size + `t`;").hashes);
        let python = lex(Family::Python, "def f(a):\n    \"\"\"Say.\n\n    it's\"\"\"\n    return a # x\n");
        assert_eq!(python.hashes.len(), 9);
        let rust = lex(Family::Rust, "fn f<'a>(x: &'a str) -> char { 'x' }");
        assert_eq!(rust.hashes.len(), 20);
    }

    #[test]
    fn a_part_of_the_row_has_the_same_shingles_wherever_it_stands() {
        let alone = lex(Family::Go, "a := f(b, c.d, 1)\nreturn a\n");
        let inside = lex(Family::Go, "package x\nfunc g() {\na := f(b, c.d, 1)\nreturn a\n}\n");
        let own: Vec<u64> = alone.shingles().collect();
        let all: Vec<u64> = inside.shingles().collect();
        assert!(own.len() > 4 && own.iter().all(|shingle| all.contains(shingle)));
    }

    proptest! {
        #[test]
        fn every_token_starts_within_the_text(text in "([a-z0-9'\"`#/*\\\\\n(. ]|\\PC){0,120}") {
            for family in [Family::Script, Family::Python, Family::Go, Family::Ruby, Family::Rust] {
                let tokens = lex(family, &text);
                prop_assert!(tokens.starts.is_sorted());
                prop_assert!(tokens.starts.iter().all(|at| (*at as usize) < text.len()));
                prop_assert_eq!(tokens.shingles().count(), (tokens.hashes.len() + 1).saturating_sub(SHINGLE));
            }
        }
    }
}
