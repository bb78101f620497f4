//! Sentences in a stretch of text.

use std::ops::Range;

/// A longer sentence is cut: no claim needs more words.
const MAX_SENTENCE: usize = 1_000;

const ABBREVIATIONS: [&str; 11] =
    ["e.g", "i.e", "vs", "cf", "al", "approx", "no", "fig", "incl", "resp", "ca"];

/// The byte ranges of the sentences, trimmed. Code between backticks is never split.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut in_code = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' => {
                push(text, start..at, &mut ranges);
                (start, in_code) = (at + 1, false);
            }
            '`' => in_code = !in_code,
            '.' | '!' | '?' if !in_code => {
                let end = closing(text, at + c.len_utf8());
                if ends_here(text, start, at, end) {
                    push(text, start..end, &mut ranges);
                    start = end;
                    while chars.next_if(|(next, _)| *next < end).is_some() {}
                }
            }
            _ => {}
        }
    }
    push(text, start..text.len(), &mut ranges);
    ranges
}

/// The end behind marks that close what stood before.
fn closing(text: &str, at: usize) -> usize {
    let marks =
        text[at..].chars().take_while(|c| matches!(c, '.' | '!' | '?' | ')' | '"' | '\'' | '”' | ']'));
    at + marks.map(char::len_utf8).sum::<usize>()
}

fn ends_here(text: &str, start: usize, stop: usize, end: usize) -> bool {
    let mut after = text[end..].chars();
    match after.next() {
        None => return true,
        Some(c) if !c.is_whitespace() => return false,
        Some(_) => {}
    }
    if after.as_str().trim_start().starts_with(|c: char| c.is_lowercase()) {
        return false;
    }
    let word = text[start..stop].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    !ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

fn push(text: &str, range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let slice = &text[range.clone()];
    let start = range.start + slice.len() - slice.trim_start().len();
    let end = crate::span::floor_char(text, (start + slice.trim().len()).min(start + MAX_SENTENCE));
    if end > start {
        ranges.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn full_stops_in_names_figures_and_code_end_nothing() {
        let text = "Renamed a.ts to b.ts (e.g. Coverage is 54.1%). See `x. Y`! Done";
        assert_eq!(texts(text), ["Renamed a.ts to b.ts (e.g. Coverage is 54.1%).", "See `x. Y`!", "Done"]);
    }

    #[test]
    fn lines_end_sentences_and_a_long_one_is_cut() {
        assert_eq!(texts("One\n\n  two "), ["One", "two"]);
        assert_eq!(split(&"é".repeat(5_000))[0].len(), MAX_SENTENCE);
    }
}
