//! The author's own prose in a Markdown text; `pulldown-cmark` is used here only.
//!
//! Left out: code that is no tool's output, quotations, HTML and its comments, struck-out text, unchecked boxes, prompts and other people's
//! words. What stands under a heading of plans or history is prose that makes no claim.

mod block;
mod near;
mod rows;

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::block as block_of_claims;
use super::recognise::{Near, Row, is_output};
use super::sections::{Sections, Voice};
use super::sentence;
use block::Block;
use near::Nearby;
use rows::Rows;

/// A sentence and its line in the text it came from, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) line: usize,
    /// Whether it may make a claim.
    pub(super) claimable: bool,
    pub(super) form: Form,
    /// What the headings and sentences around it tell.
    pub(super) near: Near,
}

/// What a found text is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Form {
    /// A sentence.
    #[default]
    Sentence,
    /// A cell of a table. Its row is found after it.
    Cell,
    /// A row of a table, whose cells were found as such.
    Row(Row),
    /// Lines between fences that may be a tool's output.
    Output,
    /// Lines of a block of typed claims.
    Typed,
    /// Lines of a block of code.
    Code(Code),
}

/// What stands around a block of code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Code {
    /// The mark of the fence.
    pub(super) mark: String,
    /// The block of prose directly before it.
    pub(super) lead: String,
    /// The heading above.
    pub(super) heading: String,
}

/// How line ends inside a paragraph are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// GitHub shows each as a new line, so a short line may be a sentence of its own.
    Shown,
    /// The text is wrapped at a fixed width.
    Filled,
}

/// The sentences of a Markdown text.
pub(super) fn sentences(source: &str, wrapping: Wrapping) -> Vec<Found> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut walker = Walker::new(source, wrapping);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        walker.event(event, range);
    }
    walker.flush();
    walker.found
}

/// What an open block of code may hold.
#[derive(Default)]
enum Fence {
    #[default]
    Output,
    Typed,
    Code(String),
}

struct Walker<'t> {
    wrapping: Wrapping,
    line_starts: Vec<usize>,
    source: &'t str,
    block: Block,
    sections: Sections,
    /// How many code blocks, quotations, … are open.
    hidden: usize,
    /// For each open item: whether it, or what it stands in, is an unchecked box.
    unchecked: Vec<bool>,
    /// Whether the box of the item that begins here is ticked.
    ticked: bool,
    heading: Option<u8>,
    nearby: Nearby,
    rows: Option<Rows>,
    /// The lines of a fence that may be a tool's output, and where they begin.
    output: Option<(String, usize)>,
    /// What those lines are, where they are something else.
    fence: Fence,
    /// The last heading, and the prose directly before this place.
    title: String,
    lead: String,
    found: Vec<Found>,
}

impl<'t> Walker<'t> {
    fn new(source: &'t str, wrapping: Wrapping) -> Self {
        let line_starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', source.as_bytes()).map(|at| at + 1))
            .collect();
        Self {
            wrapping,
            line_starts,
            source,
            block: Block::default(),
            sections: Sections::default(),
            hidden: 0,
            unchecked: Vec::new(),
            ticked: false,
            heading: None,
            nearby: Nearby::default(),
            rows: None,
            output: None,
            fence: Fence::Output,
            title: String::new(),
            lead: String::new(),
            found: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.output {
                Some((output, at)) => {
                    if output.is_empty() {
                        *at = range.start;
                    }
                    output.push_str(&text);
                }
                None => self.push(&text, range.start),
            },
            Event::Code(code) => self.push(&format!("`{code}`"), range.start),
            Event::SoftBreak => self.block.broken = true,
            Event::HardBreak | Event::Rule => self.push("\n", range.start),
            Event::Html(html) | Event::InlineHtml(html) => self.sections.html(&html),
            Event::TaskListMarker(checked) => {
                if let Some(unchecked) = self.unchecked.last_mut() {
                    *unchecked = !checked;
                }
                self.ticked = checked;
            }
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Strong => self.block.strong += 1,
            Tag::Emphasis | Tag::Link { .. } | Tag::Superscript | Tag::Subscript => {}
            Tag::Image { .. } | Tag::Strikethrough => self.hidden += 1,
            Tag::CodeBlock(kind) => {
                self.flush();
                self.fence = match kind {
                    CodeBlockKind::Fenced(info) if info.trim() == block_of_claims::MARK => Fence::Typed,
                    CodeBlockKind::Fenced(info) if !is_output(info) => Fence::Code(info.trim().to_owned()),
                    CodeBlockKind::Fenced(_) | CodeBlockKind::Indented => Fence::Output,
                };
                self.output = (self.hidden == 0).then(Default::default);
                self.hidden += 1;
            }
            Tag::BlockQuote(_) | Tag::MetadataBlock(_) | Tag::FootnoteDefinition(_) => {
                self.flush();
                self.hidden += 1;
            }
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(*level as u8);
            }
            Tag::Item => {
                self.flush();
                self.ticked = false;
                self.unchecked.push(self.unchecked.last().copied().unwrap_or(false));
                self.nearby.open_item();
            }
            Tag::Table(_) => {
                self.flush();
                self.rows = Some(Rows::default());
            }
            Tag::TableRow => {
                self.flush();
                self.rows.iter_mut().for_each(Rows::row);
            }
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.block.strong = self.block.strong.saturating_sub(1),
            TagEnd::Emphasis | TagEnd::Link | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::Image | TagEnd::Strikethrough => self.hidden = self.hidden.saturating_sub(1),
            TagEnd::CodeBlock => {
                self.hidden = self.hidden.saturating_sub(1);
                self.take_output();
            }
            TagEnd::BlockQuote(_) | TagEnd::MetadataBlock(_) | TagEnd::FootnoteDefinition => {
                self.flush();
                self.hidden = self.hidden.saturating_sub(1);
            }
            TagEnd::Heading(_) => {
                let level = self.heading.take().unwrap_or(6);
                let text = self.block.text.clone();
                self.sections.heading(level, &text);
                self.nearby.enter(level);
                self.flush();
                self.nearby.heading(level, &text);
                self.title = text;
            }
            TagEnd::Item => {
                self.flush();
                self.unchecked.pop();
                self.nearby.close_item();
            }
            TagEnd::TableCell => {
                let line = self.line(self.block.source_of(0));
                let text = self.block.text.trim().to_owned();
                self.rows.iter_mut().for_each(|rows| rows.cell(&text, line));
                self.flush();
            }
            TagEnd::Table => {
                self.flush();
                self.take_rows();
            }
            _ => self.flush(),
        }
    }

    fn push(&mut self, text: &str, at: usize) {
        let unchecked = self.unchecked.last().copied().unwrap_or(false);
        if self.hidden > 0 || unchecked || self.sections.voice() == Voice::Foreign && self.heading.is_none() {
            return;
        }
        let block = &mut self.block;
        if std::mem::take(&mut block.broken) && !block.text.is_empty() {
            let meant = self.wrapping == Wrapping::Shown && block.ends_a_line(text);
            block.text.push(if meant { '\n' } else { ' ' });
            block.line_start = block.text.len();
        }
        block.pieces.push((block.text.len(), at));
        block.text.push_str(text);
        if block.strong > 0 {
            block.strong_bytes += text.len();
        }
    }

    fn flush(&mut self) {
        let strong = self.block.strong;
        let block = std::mem::take(&mut self.block);
        self.block.strong = strong;
        let text = block.text.trim();
        if text.is_empty() {
            return;
        }
        text.clone_into(&mut self.lead);
        let all_strong = block.strong_bytes > 0 && block.strong_bytes + 2 >= text.len();
        let heads = (all_strong || text.ends_with(':') && text.len() < 40) && self.unchecked.is_empty();
        let heads = heads && self.rows.is_none();
        if heads {
            self.sections.heading(7, text);
            self.nearby.enter(7);
        }
        if self.sections.voice() == Voice::Foreign {
            return;
        }
        let claimable = self.sections.voice() == Voice::Own;
        let form = if self.rows.is_some() { Form::Cell } else { Form::Sentence };
        let mut near = Near { ticked: std::mem::take(&mut self.ticked), ..self.nearby.near() };
        for range in sentence::split(&block.text) {
            let line = self.line(block.source_of(range.start));
            let text = block.text[range].to_owned();
            let then = near.after(&text);
            self.found.push(Found { text, line, claimable, form: form.clone(), near });
            near = then;
        }
        if heads {
            self.nearby.heading(7, text);
            if all_strong {
                text.clone_into(&mut self.title);
            }
        } else if self.rows.is_none() {
            self.nearby.block(text);
        }
    }

    fn take_output(&mut self) {
        let Some((text, at)) = self.output.take() else { return };
        let lead = std::mem::take(&mut self.lead);
        let unchecked = self.unchecked.last().copied().unwrap_or(false);
        let form = match std::mem::take(&mut self.fence) {
            Fence::Typed => Form::Typed,
            Fence::Output => Form::Output,
            // What is folded away is an appendix: a log, a listing, somebody's plan.
            Fence::Code(_) if self.sections.is_folded() => return,
            Fence::Code(mark) => Form::Code(Code { mark, lead, heading: self.title.clone() }),
        };
        // Typed claims are of this change, whatever heading they stand under.
        let own = match self.sections.voice() {
            Voice::Own => true,
            Voice::Unclaimed => form == Form::Typed,
            Voice::Foreign => false,
        };
        if !unchecked && own {
            let (line, near) = (self.line(at), self.nearby.below());
            self.found.push(Found { text, line, claimable: true, form, near });
        }
    }

    fn take_rows(&mut self) {
        let Some(rows) = self.rows.take() else { return };
        let claimable = self.sections.voice() == Voice::Own;
        let near = self.nearby.below();
        let found = |(row, line): (Row, usize)| {
            let text = row.cells.join(" | ");
            Found { text, line, claimable, form: Form::Row(row), near }
        };
        self.found.extend(rows.finish().map(found));
    }

    fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at.min(self.source.len()))
    }
}

#[cfg(test)]
mod tests;
