//! How unlikely it is that a person wrote a text: words that people use are cheap, letters in an order that no word
//! has are dear.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabularies::WORDS;

/// No word of the vocabulary is longer.
const MAX_WORD: usize = 16;
/// What a known word costs, in bits: one of some eight thousand, the frequent ones much oftener.
const WORD: f32 = 9.0;
/// The letters, and what is none.
const LETTERS: usize = 27;

/// The vocabulary's words and how their letters follow each other.
struct Model {
    /// In order.
    words: Vec<&'static [u8]>,
    /// Bits of a letter after two others; the space stands for a word's start.
    surprise: Vec<f32>,
}

static MODEL: LazyLock<Model> = LazyLock::new(Model::load);

/// The letter's number, with 0 for anything else.
fn letter(byte: u8) -> usize {
    if byte.is_ascii_alphabetic() { usize::from(byte.to_ascii_lowercase() - b'a') + 1 } else { 0 }
}

impl Model {
    fn load() -> Self {
        #[derive(Deserialize)]
        struct Page<'t> {
            words: &'t str,
        }
        let page: Page<'static> = toml::from_str(WORDS).expect("a test reads the vocabulary of words");
        let mut words: Vec<&[u8]> = page.words.split_ascii_whitespace().map(str::as_bytes).collect();
        words.sort_unstable();
        let mut pairs = vec![0f32; LETTERS * LETTERS];
        let mut triples = vec![0f32; LETTERS * LETTERS * LETTERS];
        for word in &words {
            let (mut before, mut last) = (0, 0);
            for byte in *word {
                let this = letter(*byte);
                pairs[last * LETTERS + this] += 1.0;
                triples[(before * LETTERS + last) * LETTERS + this] += 1.0;
                (before, last) = (last, this);
            }
        }
        let mut surprise = vec![0f32; triples.len()];
        for last in 0..LETTERS {
            let row = &pairs[last * LETTERS..][..LETTERS];
            let total: f32 = row.iter().sum();
            for before in 0..LETTERS {
                let at = (before * LETTERS + last) * LETTERS;
                let seen: f32 = triples[at..at + LETTERS].iter().sum();
                for this in 1..LETTERS {
                    // What was seen after one letter stands in for what was seen seldom after two.
                    let pair = (row[this] + 0.5) / (total + 13.0);
                    let share = (triples[at + this] + 4.0 * pair) / (seen + 4.0);
                    surprise[at + this] = -share.log2();
                }
            }
        }
        Self { words, surprise }
    }

    /// The cheapest way to read letters of one case: as words, or one by one.
    fn letters(&self, run: &[u8]) -> f32 {
        let lower = run.to_ascii_lowercase();
        let mut best = vec![0f32; run.len() + 1];
        for end in 1..=run.len() {
            let two = end.checked_sub(3).map_or(0, |at| letter(lower[at]));
            let one = end.checked_sub(2).map_or(0, |at| letter(lower[at]));
            let this = letter(lower[end - 1]);
            best[end] = best[end - 1] + self.surprise[(two * LETTERS + one) * LETTERS + this];
            for start in end.saturating_sub(MAX_WORD)..end.saturating_sub(2) {
                if best[start] + WORD < best[end] && self.words.binary_search(&&lower[start..end]).is_ok() {
                    best[end] = best[start] + WORD;
                }
            }
        }
        best[run.len()]
    }
}

/// The bits that a text costs; as many as eight a character for what is drawn at random, one or two for what is
/// made of words.
pub(super) fn surprise(text: &[u8]) -> f32 {
    let mut bits = 0.0;
    let mut rest = text;
    while let Some(first) = rest.first() {
        let length = run(rest);
        let (head, tail) = rest.split_at(length);
        bits += match first {
            b'0'..=b'9' => digits(head),
            b'a'..=b'z' | b'A'..=b'Z' => MODEL.letters(head),
            b'-' | b'_' | b'.' => 2.0 * length as f32,
            // A repeated sign adds nothing.
            _ if rest.get(1) == Some(first) => 1.0,
            _ => 5.0,
        };
        rest = tail;
    }
    bits
}

/// How many bytes belong together: digits, or the letters of one word in camel case.
fn run(text: &[u8]) -> usize {
    let count = |is: fn(&u8) -> bool, from: usize| from + text[from..].iter().take_while(|b| is(b)).count();
    match text[0] {
        b'0'..=b'9' => count(u8::is_ascii_digit, 0),
        b'a'..=b'z' => count(u8::is_ascii_lowercase, 0),
        b'A'..=b'Z' => {
            let capitals = count(u8::is_ascii_uppercase, 0);
            let small = count(u8::is_ascii_lowercase, capitals);
            match (capitals, small - capitals) {
                (_, 0) => capitals,
                (1, _) => small,
                // The last capital starts the next word.
                _ => capitals - 1,
            }
        }
        _ => 1,
    }
}

/// Digits: sequences, repetitions and years are what people write.
fn digits(run: &[u8]) -> f32 {
    let steps = run.windows(2).filter(|pair| pair[1].abs_diff(pair[0]) <= 1).count();
    let year = run.len() == 4 && (run.starts_with(b"19") || run.starts_with(b"20"));
    match run.len() {
        _ if year => 3.0,
        1..=2 => 2.0 * run.len() as f32,
        n if steps * 3 >= (n - 1) * 2 => 4.0,
        n => 3.3 * n as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_character(text: &str) -> f32 {
        surprise(text.as_bytes()) / text.len() as f32
    }

    #[test]
    fn words_are_cheap_and_letters_without_order_are_dear() {
        for written in [
            "accessTokenSecret",
            "long-and-random-string",
            "PASSWORD",
            "mysqlrootpassword",
            "changeMe2024",
            "Passwort",
        ] {
            assert!(per_character(written) < 3.3, "{written}: {}", per_character(written));
        }
        for drawn in ["vkddvqfe", "xkqjzwtrb", "q7Lw2Xk9Zp", "zR8fK2mQ5vTn"] {
            assert!(per_character(drawn) > 4.2, "{drawn}: {}", per_character(drawn));
        }
    }

    #[test]
    fn nothing_costs_nothing() {
        assert!(surprise(b"") == 0.0);
    }
}
