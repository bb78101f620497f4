//! What headings, list items and the paragraph before tell of the sentence below them.

use super::super::recognise::{Near, leads_to_a_part};

/// A longer text is no lead.
const MAX_LEAD: usize = 1_000;

/// The headings and items that the walker stands under.
#[derive(Debug, Default)]
pub(super) struct Nearby {
    headings: Vec<(u8, Near)>,
    /// For each open item what its own words tell, once they were read.
    items: Vec<Option<Near>>,
    /// Whether the block before names a part, or speaks of another time.
    before: bool,
}

impl Nearby {
    /// Leaves the headings that one of this level ends.
    pub(super) fn enter(&mut self, level: u8) {
        while self.headings.pop_if(|(open, _)| *open >= level).is_some() {}
        self.before = false;
    }

    /// Takes in a heading.
    pub(super) fn heading(&mut self, level: u8, text: &str) {
        self.headings.push((level, Near::heading(text)));
    }

    /// Takes in a paragraph or the text of an item.
    pub(super) fn block(&mut self, text: &str) {
        self.before = text.len() > MAX_LEAD || leads_to_a_part(text);
        if let Some(item @ None) = self.items.last_mut() {
            *item = Some(Near::heading(text));
        }
    }

    pub(super) fn open_item(&mut self) {
        self.items.push(None);
    }

    pub(super) fn close_item(&mut self) {
        self.items.pop();
        self.before = false;
    }

    /// What tells of a sentence here.
    pub(super) fn near(&self) -> Near {
        let headings = self.headings.iter().map(|(_, near)| *near);
        headings.chain(self.items.iter().flatten().copied()).fold(Near::default(), Near::and)
    }

    /// What tells of a table or an output here, to which the block before leads.
    pub(super) fn below(&self) -> Near {
        let near = self.near();
        Near { part: near.part || self.before, ..near }
    }
}
