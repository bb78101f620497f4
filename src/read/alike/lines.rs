//! The written lines of a text, each as a hash of its words.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use rustc_hash::FxBuildHasher;

/// A line that is not blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Its number, counted from 1.
    pub number: usize,
    /// Equal for lines that differ in white space only.
    pub hash: u64,
    /// Words and marks, a run of letters and digits being one.
    pub tokens: usize,
    /// Words.
    pub words: usize,
}

/// The written lines of a text, in order.
pub fn written(text: &str) -> Vec<Line> {
    let numbered = text.lines().enumerate();
    numbered.filter_map(|(index, line)| Some(Line { number: index + 1, ..measured(line)? })).collect()
}

/// `None` for a blank line.
fn measured(line: &str) -> Option<Line> {
    let mut hasher = FxBuildHasher.build_hasher();
    let (mut tokens, mut words, mut in_word) = (0, 0, false);
    let mut space = false;
    for byte in line.trim_ascii().bytes() {
        if byte.is_ascii_whitespace() {
            (space, in_word) = (true, false);
            continue;
        }
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        // White space between marks is a matter of style, between words it is not.
        if space && is_word {
            hasher.write_u8(b' ');
        }
        if !is_word || !in_word {
            tokens += 1;
            words += usize::from(is_word);
        }
        hasher.write_u8(byte);
        (space, in_word) = (false, is_word);
    }
    (tokens > 0).then(|| Line { number: 0, hash: hasher.finish(), tokens, words })
}

/// The positions, among written lines, of those in a range of line numbers.
pub fn within(lines: &[Line], numbers: &Range<usize>) -> Range<usize> {
    let at = |number: usize| lines.partition_point(|line| line.number < number);
    at(numbers.start)..at(numbers.end)
}

/// How alike two texts are by their lines: shared ones over all, from 0 to 1, whatever their order.
pub fn likeness(one: &[Line], two: &[Line]) -> f64 {
    let sorted = |lines: &[Line]| {
        let mut hashes: Vec<u64> = lines.iter().filter(|l| l.words > 0).map(|l| l.hash).collect();
        hashes.sort_unstable();
        hashes
    };
    let (one, two) = (sorted(one), sorted(two));
    let shared = super::shared(&one, &two);
    let all = one.len() + two.len() - shared;
    if all == 0 { 0.0 } else { shared as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_equal_whatever_their_white_space() {
        let hashes = |text| written(text).iter().map(|l| l.hash).collect::<Vec<_>>();
        assert_eq!(hashes("  f( a,  b )\r\n\n\tx\n"), hashes("f( a, b )\nx"));
        assert_ne!(hashes("return x"), hashes("returnx"));
        assert_eq!(
            written("\n  a = f(b1)\n").first().map(|l| (l.number, l.tokens, l.words)),
            Some((2, 6, 3))
        );
    }

    #[test]
    fn line_numbers_are_turned_into_positions() {
        let lines = written("a\n\nb\nc\n");
        assert_eq!(within(&lines, &(2..4)), 1..2);
        assert_eq!(within(&lines, &(5..9)), 3..3);
    }
}
