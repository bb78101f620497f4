//! The author's own prose in a Markdown text; `pulldown-cmark` is used here only.
//!
//! Left out: code, quotations, HTML and its comments, struck-out text, unchecked boxes, prompts and other people's
//! words. What stands under a heading of plans or history is prose that makes no claim.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::sections::{Sections, Voice};
use super::sentence;

/// A sentence and its line in the text it came from, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) line: usize,
    /// Whether it may make a claim.
    pub(super) claimable: bool,
}

/// How line ends inside a paragraph are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// GitHub shows each as a new line, so a short line may be a sentence of its own.
    Shown,
    /// The text is wrapped at a fixed width.
    Filled,
}

/// Lines shorter than this and followed by a capital were broken on purpose.
const FILLED_WIDTH: usize = 60;

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
    heading: Option<u8>,
    found: Vec<Found>,
}

/// The text of a paragraph, heading, item or cell, with the source's place of each piece.
#[derive(Default)]
struct Block {
    text: String,
    pieces: Vec<(usize, usize)>,
    line_start: usize,
    broken: bool,
    strong: usize,
    /// Bytes inside strong emphasis: a paragraph all strong is a heading in all but name.
    strong_bytes: usize,
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
            heading: None,
            found: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.push(&text, range.start),
            Event::Code(code) => self.push(&format!("`{code}`"), range.start),
            Event::SoftBreak => self.block.broken = true,
            Event::HardBreak | Event::Rule => self.push("\n", range.start),
            Event::Html(html) | Event::InlineHtml(html) => self.sections.html(&html),
            Event::TaskListMarker(checked) => {
                if let Some(unchecked) = self.unchecked.last_mut() {
                    *unchecked = !checked;
                }
            }
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Strong => self.block.strong += 1,
            Tag::Emphasis | Tag::Link { .. } | Tag::Superscript | Tag::Subscript => {}
            Tag::Image { .. } | Tag::Strikethrough => self.hidden += 1,
            Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::MetadataBlock(_) | Tag::FootnoteDefinition(_) => {
                self.flush();
                self.hidden += 1;
            }
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(*level as u8);
            }
            Tag::Item => {
                self.flush();
                self.unchecked.push(self.unchecked.last().copied().unwrap_or(false));
            }
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.block.strong = self.block.strong.saturating_sub(1),
            TagEnd::Emphasis | TagEnd::Link | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::Image | TagEnd::Strikethrough => self.hidden = self.hidden.saturating_sub(1),
            TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::MetadataBlock(_)
            | TagEnd::FootnoteDefinition => {
                self.flush();
                self.hidden = self.hidden.saturating_sub(1);
            }
            TagEnd::Heading(_) => {
                let level = self.heading.take().unwrap_or(6);
                self.sections.heading(level, &self.block.text);
                self.flush();
            }
            TagEnd::Item => {
                self.flush();
                self.unchecked.pop();
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
        let all_strong = block.strong_bytes > 0 && block.strong_bytes + 2 >= text.len();
        if (all_strong || text.ends_with(':') && text.len() < 40) && self.unchecked.is_empty() {
            self.sections.heading(7, text);
        }
        if self.sections.voice() == Voice::Foreign {
            return;
        }
        let claimable = self.sections.voice() == Voice::Own;
        for range in sentence::split(&block.text) {
            let line = self.line(block.source_of(range.start));
            self.found.push(Found { text: block.text[range].to_owned(), line, claimable });
        }
    }

    fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at.min(self.source.len()))
    }
}

impl Block {
    fn ends_a_line(&self, next: &str) -> bool {
        let width = self.text.len() - self.line_start;
        let continues = self.text.ends_with([',', ';', ':', '-', '(', '–', '—', '&', '/']);
        let first = next.trim_start().chars().next();
        width < FILLED_WIDTH
            && !continues
            && first.is_some_and(|c| c.is_uppercase() || !c.is_ascii() && !c.is_alphabetic())
    }

    fn source_of(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|(start, _)| *start <= at);
        index.checked_sub(1).map_or(0, |i| {
            let (start, source) = self.pieces[i];
            source + (at - start)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        sentences(source, Wrapping::Shown).into_iter().map(|f| f.text).collect()
    }

    #[test]
    fn sentences_keep_their_line_and_lose_the_marks_around_them() {
        let found =
            sentences("# Title\n\n- **All tests pass.** And `x()` is new.\n- [x] Done\n", Wrapping::Shown);
        let found: Vec<_> = found.iter().map(|f| (f.line, f.text.as_str())).collect();
        let wanted = [(1, "Title"), (3, "All tests pass."), (3, "And `x()` is new."), (4, "Done")];
        assert_eq!(found, wanted);
    }

    #[test]
    fn what_is_not_the_authors_prose_is_left_out() {
        for text in [
            "```\nAll tests pass\n```",
            "    All tests pass",
            "> All tests pass",
            "<!-- All tests pass -->",
            "- [ ] All tests pass",
            "- [ ] Plan\n  - All tests pass",
            "~~All tests pass~~",
            "<details>\n<summary>Original prompt</summary>\n\nAll tests pass\n\n</details>",
            "<!-- START COPILOT ORIGINAL PROMPT -->\n\nAll tests pass\n\n<!-- START COPILOT CODING AGENT TIPS -->",
            "<!-- an open comment\n\nAll tests pass",
            "![All tests pass](a.png)",
        ] {
            assert!(!texts(text).iter().any(|t| t.contains("tests pass")), "{text}");
        }
        assert!(
            !texts("## Original prompt\n\nAll tests pass\n\n### Details\n\nAll tests pass")
                .iter()
                .any(|t| t.contains("tests pass"))
        );
    }

    #[test]
    fn a_foreign_section_ends_at_the_next_heading_of_its_level() {
        assert!(
            texts("## Issue\n\nIt fails.\n\n## Changes\n\nAll tests pass.")
                .contains(&"All tests pass.".into())
        );
        let closed = "<details>\n<summary>Original prompt</summary>\n\nOld.\n\n</details>\n\nAll tests pass.";
        assert_eq!(texts(closed), ["All tests pass."]);
    }

    #[test]
    fn a_short_line_before_a_capital_is_a_sentence_and_a_filled_one_is_not() {
        assert_eq!(texts("All tests pass\nCoverage is 90%"), ["All tests pass", "Coverage is 90%"]);
        assert_eq!(
            sentences("All tests pass in\nWindows too", Wrapping::Filled)[0].text,
            "All tests pass in Windows too"
        );
    }

    #[test]
    fn plans_and_history_are_prose_without_claims() {
        let found = sentences("## Next steps\n\nAdd tests.\n\n## Changes\n\nAdd tests.", Wrapping::Shown);
        let claimable: Vec<bool> = found.iter().map(|f| f.claimable).collect();
        assert_eq!(claimable, [false, false, true, true]);
    }
}
