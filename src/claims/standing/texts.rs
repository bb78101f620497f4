//! The words of the changed files: which identifiers stand in them, how often, on each side.

use std::collections::HashMap;

use crate::change::Change;
use crate::span::Side;

/// More text than this is not searched.
const MAX_BYTES: usize = 24 * 1024 * 1024;

/// The changed files' texts, searched as whole identifiers.
pub(super) struct Texts<'c> {
    counts: [HashMap<&'c str, usize>; 2],
    /// Head's words without case and separators, and the changed paths: for acquittal only.
    loose: Vec<String>,
    /// Set where some changed file could not be searched.
    pub(super) incomplete: bool,
}

impl<'c> Texts<'c> {
    pub(super) fn of(change: &'c Change) -> Self {
        let mut texts = Self { counts: Default::default(), loose: Vec::new(), incomplete: false };
        let mut bytes = 0;
        for file in &change.files {
            texts.loose.push(loosened(file.path().as_str()));
            for side in [Side::Base, Side::Head] {
                let Some(path) = file.on(side) else { continue };
                let Ok(Some(text)) = change.text(side, path) else {
                    texts.incomplete = true;
                    continue;
                };
                bytes += text.len();
                if bytes > MAX_BYTES {
                    texts.incomplete = true;
                    return texts;
                }
                texts.take(side, text);
            }
        }
        texts
    }

    fn take(&mut self, side: Side, text: &'c str) {
        let counts = &mut self.counts[side as usize];
        for word in text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$') {
            if !word.is_empty() {
                *counts.entry(word).or_default() += 1;
            }
        }
        if side == Side::Head {
            self.loose.push(loosened(text));
        }
    }

    /// How often an identifier stands in the changed files of a side.
    pub(super) fn count(&self, side: Side, name: &str) -> usize {
        self.counts[side as usize].get(name).copied().unwrap_or(0)
    }

    /// A word that is new at head and so like the name that a person may have meant it.
    pub(super) fn new_like(&self, name: &str) -> Option<&'c str> {
        let near = |word: &&'c str| {
            word.len().abs_diff(name.len()) < name.len() / 2
                && strsim::normalized_levenshtein(word, name) > 0.6
        };
        let words = self.counts[Side::Head as usize].keys().copied();
        words.filter(|word| self.count(Side::Base, word) == 0).filter(near).min()
    }

    /// Whether head holds the name in any spelling: another case, other separators, part of a longer word.
    pub(super) fn hints_at(&self, name: &str) -> bool {
        let name = loosened(name);
        self.loose.iter().any(|text| text.contains(&name))
    }
}

fn loosened(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
