//! A text with parts blanked out, and where a declaration of a language with braces ends in it.

use std::ops::Range;

/// The bytes of a text with these ranges turned into spaces; newlines stay.
pub(super) fn without(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        let end = range.end.min(bytes.len());
        let start = range.start.min(end);
        for byte in &mut bytes[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    bytes
}

/// How a declaration may end beside a block in braces and a semicolon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// Nothing else.
    Plain,
    /// `=> expression;` as in C#.
    Arrow,
    /// A line's end, where the statement is complete, as in Kotlin and Scala.
    Newline,
}

/// The end of the declaration that starts at or behind `from`: behind its closing brace, its semicolon or its last
/// line. `None` where the text ends first.
pub(super) fn declaration_end(bytes: &[u8], from: usize, ends: Ends) -> Option<usize> {
    let (mut depth, mut at, mut assigned, mut named) = (0_usize, from, false, false);
    while let Some(&byte) = bytes.get(at).filter(|_| at - from < MAX_LENGTH) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'{' if depth == 0 && !(assigned && ends != Ends::Newline) => {
                let end = block_end(bytes, at)?;
                let more = ends == Ends::Newline && next(bytes, end) == Some(b'.');
                if !more {
                    return Some(end);
                }
                at = end;
                continue;
            }
            b'{' => {
                at = block_end(bytes, at)?;
                continue;
            }
            b';' if depth == 0 => return Some(at + 1),
            b'}' if depth == 0 => return Some(at),
            b'=' if depth == 0 => assigned = true,
            b'\n' if depth == 0 && named && ends == Ends::Newline && complete(bytes, from, at) => {
                return Some(at);
            }
            byte if !byte.is_ascii_whitespace() && !named => named = starts_declaration(&bytes[at..]),
            _ => {}
        }
        at += 1;
    }
    (ends == Ends::Newline && named).then_some(bytes.len())
}

/// So many bytes a declaration or a block is followed at most.
pub(super) const MAX_LENGTH: usize = 256 * 1024;

/// The end of the block whose brace opens at `open`.
pub(super) fn block_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(open).take(MAX_LENGTH) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The first byte at or behind `at` that is no white space.
fn next(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at..)?.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

fn starts_declaration(rest: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] =
        [b"fun ", b"class ", b"object ", b"val ", b"var ", b"def ", b"interface ", b"constructor", b"trait "];
    WORDS.iter().any(|word| rest.starts_with(word))
}

/// Whether a declaration may end at this line's end: the last sign asks for nothing more, and the next takes up nothing.
fn complete(bytes: &[u8], from: usize, at: usize) -> bool {
    let last = bytes[from..at].iter().rev().copied().find(|byte| !byte.is_ascii_whitespace());
    let open = matches!(
        last,
        Some(b'=' | b',' | b'.' | b'+' | b'-' | b'*' | b'&' | b'|' | b':' | b'?' | b'<') | None
    );
    let taken_up = matches!(next(bytes, at), Some(b'{' | b'=' | b':' | b'.' | b'?' | b'+' | b'&' | b'|'));
    !open && !taken_up
}
