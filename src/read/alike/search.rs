//! Looks for new code in a whole tree: which files hold most of a stretch of its shingles.

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::tokens::{SHINGLE, Tokens};
use crate::read::syntax::sources::Family;

/// So many shingles of new code are looked for together, and so many of them a file must hold.
const BIN: usize = 24;
const ENOUGH: u16 = 14;
/// What stands in more files than this is what everybody writes.
const MAX_FILES: usize = 12;
/// Runs of fewer tokens are not looked for.
const MIN_RUN: usize = 40;
/// So many files at least are looked through by one thread.
const CHUNK: usize = 128;
/// One side of the filter that most shingles of a tree don't pass.
const FILTER: usize = 1 << 18;

/// What is looked for.
pub struct Wanted {
    /// The bins that a shingle belongs to.
    bins: FxHashMap<u64, Vec<u32>>,
    /// The text that each bin comes from, as the caller counts them.
    sources: Vec<usize>,
    filter: Vec<u64>,
}

/// A file that holds much of one of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// How many bins it holds most of.
    pub bins: usize,
    /// The text.
    pub source: usize,
    /// The file, by its place in the list.
    pub file: usize,
}

/// What one thread found, and the rows that it uses again for each file.
#[derive(Default)]
struct Look {
    tokens: Tokens,
    found: Vec<u64>,
    counts: FxHashMap<u32, u16>,
    /// The bins of which a file holds most, and the file.
    held: Vec<(u32, usize)>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { bins: FxHashMap::default(), sources: Vec::new(), filter: vec![0; FILTER / 64] }
    }
}

impl Wanted {
    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Looks for the tokens of a text that are new, as `is_new` says by their bytes.
    pub fn add(&mut self, source: usize, tokens: &Tokens, is_new: impl Fn(usize) -> bool) {
        let mut run: Option<Range<usize>> = None;
        for at in 0..=tokens.starts.len() {
            let new = tokens.starts.get(at).is_some_and(|start| is_new(*start as usize));
            match (&mut run, new) {
                (Some(open), true) => open.end = at + 1,
                (None, true) => run = Some(at..at + 1),
                (Some(_), false) => self.run(source, tokens, run.take().unwrap_or_default()),
                (None, false) => {}
            }
        }
    }

    fn run(&mut self, source: usize, tokens: &Tokens, run: Range<usize>) {
        if run.len() < MIN_RUN {
            return;
        }
        for (at, shingle) in tokens.shingles_within(run).enumerate() {
            if at % BIN == 0 {
                self.sources.push(source);
            }
            let bin = self.sources.len() as u32 - 1;
            let bins = self.bins.entry(shingle).or_default();
            // One bin counts a shingle once.
            if bins.last() != Some(&bin) && !bins.contains(&bin) {
                bins.push(bin);
            }
            let (word, bit) = slot(shingle);
            self.filter[word] |= bit;
        }
    }

    /// The files that hold most of a bin, those with the most first.
    pub fn search(&self, files: &[(Family, &str)]) -> Vec<Hit> {
        let look = |mut look: Look, (file, (family, text)): (usize, &(Family, &str))| {
            self.look_through(&mut look, file, *family, text);
            look
        };
        let looks = files.par_iter().enumerate().with_min_len(CHUNK).fold(Look::default, look);
        self.hits(looks.flat_map_iter(|look| look.held).collect())
    }

    fn look_through(&self, look: &mut Look, file: usize, family: Family, text: &str) {
        let Look { tokens, found, counts, held } = look;
        tokens.lex(family, text);
        found.clear();
        found.extend(tokens.shingles().filter(|s| self.passes(*s) && self.bins.contains_key(s)));
        if found.len() < usize::from(ENOUGH) {
            return;
        }
        found.sort_unstable();
        found.dedup();
        counts.clear();
        for bin in found.iter().flat_map(|shingle| &self.bins[shingle]) {
            *counts.entry(*bin).or_default() += 1;
        }
        held.extend(counts.iter().filter(|(_, n)| **n >= ENOUGH).map(|(bin, _)| (*bin, file)));
    }

    fn passes(&self, shingle: u64) -> bool {
        let (word, bit) = slot(shingle);
        self.filter[word] & bit != 0
    }

    fn hits(&self, mut held: Vec<(u32, usize)>) -> Vec<Hit> {
        held.sort_unstable();
        let mut counts: FxHashMap<(usize, usize), usize> = FxHashMap::default();
        for bin in held.chunk_by(|a, b| a.0 == b.0).filter(|bin| bin.len() <= MAX_FILES) {
            for (number, file) in bin {
                *counts.entry((self.sources[*number as usize], *file)).or_default() += 1;
            }
        }
        let mut hits: Vec<Hit> =
            counts.into_iter().map(|((source, file), bins)| Hit { bins, source, file }).collect();
        hits.sort_unstable_by(|a, b| b.bins.cmp(&a.bins).then(a.cmp(b)));
        hits
    }
}

fn slot(shingle: u64) -> (usize, u64) {
    let at = (shingle >> 40) as usize % FILTER;
    (at / 64, 1 << (at % 64))
}

/// A text shorter than this holds no run that is looked for.
pub const MIN_TEXT: usize = MIN_RUN + SHINGLE;

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "function total(items) { let sum = 0; for (const item of items) { if (item.count > 0) { sum += item.price * item.count; } else { log.warn(item.id, sum); } } return Math.round(sum / rates.tax(items)); }";

    #[test]
    fn the_file_that_holds_the_code_is_found_and_others_are_not() {
        let mut tokens = Tokens::default();
        tokens.lex(Family::Script, CODE);
        let mut wanted = Wanted::default();
        wanted.add(7, &tokens, |_| true);
        let renamed = format!("import x from 'y';\n{}", CODE.replace("item", "row").replace("sum", "all"));
        let other =
            "export function other(a) { return a.map((b) => b.c(1)).filter(Boolean).join(',') }".repeat(4);
        let hits = wanted.search(&[(Family::Script, &other), (Family::Script, &renamed)]);
        assert_eq!(hits.iter().map(|h| (h.source, h.file)).collect::<Vec<_>>(), [(7, 1)]);
    }

    #[test]
    fn short_runs_and_what_stands_everywhere_are_not_looked_for() {
        let mut tokens = Tokens::default();
        tokens.lex(Family::Script, CODE);
        let mut wanted = Wanted::default();
        wanted.add(0, &tokens, |at| at < 60);
        assert!(wanted.is_empty());
        wanted.add(0, &tokens, |_| true);
        assert_eq!(wanted.search(&[(Family::Script, CODE); 20]), []);
    }
}
