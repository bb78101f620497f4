//! Words that people and programmers write.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabularies::WORDS;

#[derive(Deserialize)]
struct Page<'t> {
    words: &'t str,
}

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let page: Page<'static> = toml::from_str(WORDS).expect("a test reads the vocabulary of words");
    page.words.split_ascii_whitespace().collect()
});

/// Whether people write it as a word, in any case.
pub fn is_word(text: &str) -> bool {
    KNOWN.contains(text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_in_any_case_and_slips_are_none() {
        assert!(is_word("Database") && is_word("PORT"));
        assert!(!is_word("databse") && !is_word(""));
    }
}
