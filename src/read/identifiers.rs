//! Identifiers in texts: whether one stands there as a whole word, whatever the language.

use std::ops::Range;

use memchr::memmem;

/// Whether a text holds a name that no other identifier goes on with, strings and comments included.
pub fn holds(text: &str, name: &str) -> bool {
    !name.is_empty()
        && memmem::find_iter(text.as_bytes(), name).any(|at| is_whole(text.as_bytes(), at..at + name.len()))
}

/// Whether no identifier goes on before or behind the bytes.
pub fn is_whole(text: &[u8], range: Range<usize>) -> bool {
    let before = range.start.checked_sub(1).and_then(|at| text.get(at));
    !before.is_some_and(is_part) && !text.get(range.end).is_some_and(is_part)
}

/// Bytes above ASCII belong to letters more often than to marks.
fn is_part(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_held_only_as_a_whole() {
        assert!(holds("a.load(1)", "load") && holds("load", "load") && holds("reload load", "load"));
        assert!(!holds("reload_all", "load") && !holds("loader", "load") && !holds("überload", "load"));
        assert!(!holds("loadé", "load") && !holds("anything", ""));
    }
}
