//! The automaton over the keywords of all rules: one that is built at once for a little text, a faster one for more.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match, MatchKind};

/// From so many bytes on, what it costs to build the faster automaton is won back.
const ENOUGH: usize = 512 * 1024;

/// Finds keywords wherever they stand, inside of one another too.
pub(super) struct Keywords {
    words: Vec<String>,
    small: AhoCorasick,
    fast: OnceLock<AhoCorasick>,
    /// Bytes that were searched so far.
    searched: AtomicUsize,
}

impl Keywords {
    /// Of these words; a match's pattern is the number of its word.
    pub(super) fn new(words: Vec<String>) -> Self {
        let small = build(&words, AhoCorasickKind::NoncontiguousNFA);
        Self { words, small, fast: OnceLock::new(), searched: AtomicUsize::new(0) }
    }

    /// Every keyword in the text, in the order of their ends.
    pub(super) fn find<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = Match> + 't {
        let before = self.searched.fetch_add(text.len(), Ordering::Relaxed);
        let automaton = match before.saturating_add(text.len()) < ENOUGH {
            true => &self.small,
            false => self.fast.get_or_init(|| build(&self.words, AhoCorasickKind::DFA)),
        };
        automaton.find_overlapping_iter(text)
    }
}

fn build(words: &[String], kind: AhoCorasickKind) -> AhoCorasick {
    let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).kind(Some(kind)).build(words);
    automaton.expect("a few short keywords make a small automaton")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_automata_find_the_same() {
        let words: Vec<String> = ["token", "ken", "ghp_", "://", "to"].map(str::to_owned).to_vec();
        let text = b"a token ghp_x to://tokenghp_ ".repeat(40);
        let keywords = Keywords::new(words);
        let found = |keywords: &Keywords| {
            keywords.find(&text).map(|hit| (hit.pattern(), hit.range())).collect::<Vec<_>>()
        };
        let small = found(&keywords);
        keywords.searched.store(ENOUGH, Ordering::Relaxed);
        assert_eq!(small, found(&keywords));
        assert!(keywords.fast.get().is_some() && small.len() > 40 * 8);
    }
}
