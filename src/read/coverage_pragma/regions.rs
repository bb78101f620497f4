//! Pairs of markers with what is between them.

use std::ops::Range;

use super::{Hides, Marker};

/// What a marker of a pair does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It begins a hidden stretch, or changes nothing in one.
    Start,
    /// It ends the stretch.
    Stop,
    /// It does whichever of the two is next.
    Toggle,
}

/// Gathers the stretches of one kind of pair.
pub(super) struct Regions<'t> {
    tool: &'static str,
    text: &'t str,
    open: Option<(Range<usize>, usize)>,
    branches: bool,
    found: Vec<Marker>,
}

impl<'t> Regions<'t> {
    pub(super) fn new(tool: &'static str, text: &'t str) -> Self {
        Self { tool, text, open: None, branches: false, found: Vec::new() }
    }

    /// Whether only ways through the code are taken out, and no lines.
    pub(super) fn of_branches(mut self) -> Self {
        self.branches = true;
        self
    }

    /// Takes in a marker at this place on this line.
    pub(super) fn turn(&mut self, turn: Turn, place: Range<usize>, line: usize) {
        match (turn, self.open.take()) {
            (Turn::Start | Turn::Toggle, None) => self.open = Some((place, line)),
            (Turn::Start, open) => self.open = open,
            (Turn::Stop | Turn::Toggle, Some(open)) => self.close(open, line),
            (Turn::Stop, None) => {}
        }
    }

    fn close(&mut self, (place, start): (Range<usize>, usize), line: usize) {
        let hides = if self.branches {
            Hides::Branches
        } else {
            Hides::Lines(std::iter::once(start..line + 1).collect())
        };
        self.found.push(Marker::new(self.tool, self.text, place, hides));
    }

    /// The stretches. One that nothing ends reaches to the last line of the text.
    pub(super) fn finish(mut self) -> Vec<Marker> {
        if let Some(open) = self.open.take() {
            let last = self.text.lines().count();
            self.close(open, last);
        }
        self.found
    }
}
