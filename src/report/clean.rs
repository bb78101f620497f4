//! What others wrote, made fit to be shown: every text of a pull request passes through here before it is printed.
//!
//! Such a text can hold terminal escapes, bidirectional overrides that show code in another order than it runs
//! (CVE-2021-42574), invisible characters, and no end.

use crate::span::{Excerpt, floor_char};

/// A space at which [`wrap`] does not break; it prints as a space.
pub(super) const GLUE: &str = "\u{A0}";

/// One line of at most `max` characters: white space folded to single spaces, what must not be shown replaced.
pub(super) fn line(text: &str, max: usize) -> String {
    let words = text.chars().filter_map(shown).map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut line = String::new();
    for (count, c) in fold_spaces(words).enumerate() {
        if count == max {
            line.truncate(line.trim_end().len());
            line.push('…');
            return line;
        }
        line.push(c);
    }
    line.truncate(line.trim_end().len());
    line
}

/// Paragraphs of at most `max` characters in all: lines are kept, blank ones and those past the limit are not.
pub(super) fn lines(text: &str, max: usize) -> Vec<String> {
    let mut left = max;
    let mut lines = Vec::new();
    for raw in text.lines() {
        let clean = line(raw, left);
        left = left.saturating_sub(clean.chars().count());
        if !clean.is_empty() {
            lines.push(clean);
        }
        if left == 0 {
            break;
        }
    }
    lines
}

/// Lines of code: indents are kept, tabs too, and the mark follows its text.
pub(super) fn excerpt(excerpt: &Excerpt) -> Excerpt {
    let text = &excerpt.text;
    let start = floor_char(text, excerpt.mark.0);
    let end = floor_char(text, excerpt.mark.1).max(start);
    let (before, marked, after) = (code(&text[..start]), code(&text[start..end]), code(&text[end..]));
    let mark = (before.len(), before.len() + marked.len());
    Excerpt { first_line: excerpt.first_line.max(1), text: before + &marked + &after, mark }
}

fn code(text: &str) -> String {
    text.chars().filter_map(shown).collect()
}

/// The character to show in the place of one; `None` for a carriage return, which says nothing.
fn shown(c: char) -> Option<char> {
    match c {
        '\r' => None,
        '\n' | '\t' => Some(c),
        c if hides(c) => Some('\u{FFFD}'),
        c => Some(c),
    }
}

/// Whether a character steers a terminal or hides or reorders what stands around it.
pub(super) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// JSON with every such character as an escape: the data stay as they are, and a terminal shows them as data.
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && hides(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn fold_spaces(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut last = ' ';
    chars.filter(move |&c| {
        let keep = c != ' ' || last != ' ';
        last = c;
        keep
    })
}

/// The text in lines of at most `width` characters; a longer word has a line of its own.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(&word.replace(GLUE, " "));
                room -= length + 1;
            }
            _ => {
                lines.push(word.replace(GLUE, " "));
                room = width.saturating_sub(length);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_escape_no_override_and_an_end() {
        assert_eq!(line("a\u{1b}[31mred\r\n\t b\u{202e}c ", 80), "a\u{FFFD}[31mred b\u{FFFD}c");
        assert_eq!(line("one two three", 8), "one two…");
        assert_eq!(line(" \n ", 8), "");
    }

    #[test]
    fn the_mark_of_an_excerpt_follows_its_text_past_escapes_and_returns() {
        let raw = Excerpt { first_line: 0, text: "\tif\u{7}\r\n\tx".into(), mark: (1, 3) };
        let clean = excerpt(&raw);
        assert_eq!(clean.text, "\tif\u{FFFD}\n\tx");
        assert_eq!(&clean.text[clean.mark.0..clean.mark.1], "if");
        assert_eq!(clean.first_line, 1);
    }

    #[test]
    fn a_mark_that_is_no_range_of_the_text_is_mended() {
        for mark in [(9, 3), (1, 900), (900, 901), (0, 0)] {
            let clean = excerpt(&Excerpt { first_line: 1, text: "é\té".into(), mark });
            assert!(clean.text.get(clean.mark.0..clean.mark.1).is_some(), "{mark:?}");
        }
    }

    #[test]
    fn escaped_json_reads_back_as_it_was() {
        let text = "\u{9b}31m \u{202e} \u{e0041} \u{7f}é";
        let json = json(&serde_json::to_string(text).unwrap());
        assert!(json.is_ascii() || json.chars().all(|c| !hides(c)));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn wrapped_text_keeps_every_word_and_the_width() {
        let text = "one two three four five a-very-long-word-indeed six";
        let lines = wrap(text, 10);
        assert_eq!(lines.join(" "), text);
        assert!(lines.iter().all(|l| l.chars().count() <= 10 || !l.contains(' ')), "{lines:?}");
    }
}
