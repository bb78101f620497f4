//! The text of one block while it is gathered.

/// Lines shorter than this and followed by a capital were broken on purpose.
const FILLED_WIDTH: usize = 60;

/// The text of a paragraph, heading, item or cell, with the source's place of each piece.
#[derive(Default)]
pub(super) struct Block {
    pub(super) text: String,
    pub(super) pieces: Vec<(usize, usize)>,
    pub(super) line_start: usize,
    pub(super) broken: bool,
    pub(super) strong: usize,
    /// Bytes inside strong emphasis: a paragraph all strong is a heading in all but name.
    pub(super) strong_bytes: usize,
}

impl Block {
    pub(super) fn ends_a_line(&self, next: &str) -> bool {
        let width = self.text.len() - self.line_start;
        let continues = self.text.ends_with([',', ';', ':', '-', '(', '–', '—', '&', '/']);
        let first = next.trim_start().chars().next();
        width < FILLED_WIDTH
            && !continues
            && first.is_some_and(|c| c.is_uppercase() || !c.is_ascii() && !c.is_alphabetic())
    }

    pub(super) fn source_of(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|(start, _)| *start <= at);
        index.checked_sub(1).map_or(0, |i| {
            let (start, source) = self.pieces[i];
            source + (at - start)
        })
    }
}
