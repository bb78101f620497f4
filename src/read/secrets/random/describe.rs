//! Ways to tell a text in bits: by how often its characters occur, as words of a language, with what repeats and
//! counts. Each is a code in the sense of information theory: no two texts share a description.

use super::letters::{FIRST, PAIRS, WORDS};
use super::{Class, class};

/// A stretch of more characters than these has an alphabet of its own.
const STRETCH: usize = 12;
/// How far back a copy may reach.
const LAGS: usize = 16;
/// Bits of a character that is told as itself: 32 of 33 are.
const LITERAL: f64 = 0.045;
/// Bits to say that a word, or that a copy follows.
const MARKED: f64 = 6.0;

/// Bits of each character if it was drawn at random: from the kinds that occur in the text or, in a long stretch
/// between two signs, in that stretch. A token may join a number and a key.
pub(super) fn by_chance(text: &[u8]) -> Vec<f64> {
    let usual = alphabet(text).log2();
    let mut bits = Vec::with_capacity(text.len());
    for part in text.split_inclusive(|b| class(*b) == Class::Other) {
        let own = if part.len() > STRETCH { alphabet(part).log2().min(usual) } else { usual };
        bits.extend(std::iter::repeat_n(own, part.len()));
    }
    bits
}

/// The number of characters that the text seems drawn from: whole kinds (digits, capitals) of which one occurs.
fn alphabet(text: &[u8]) -> f64 {
    let has = |is: fn(&u8) -> bool| text.iter().any(is);
    let lower = match text.iter().filter(|b| b.is_ascii_lowercase()).max() {
        None => 0,
        Some(..=b'f') if text.len() >= 12 => 6,
        Some(_) => 26,
    };
    let upper = match text.iter().filter(|b| b.is_ascii_uppercase()).max() {
        None => 0,
        Some(..=b'F') if text.len() >= 12 => 6,
        Some(_) => 26,
    };
    let digits = if has(u8::is_ascii_digit) { 10 } else { 0 };
    let others = others(text);
    f64::from((lower + upper + digits + others).max(2))
}

/// How many characters that are no letters or digits occur.
fn others(text: &[u8]) -> u32 {
    let mut seen = [false; 256];
    text.iter().filter(|b| class(**b) == Class::Other).for_each(|b| seen[usize::from(*b)] = true);
    seen.iter().filter(|s| **s).count() as u32
}

/// Each character by how often it came before.
pub(super) fn by_counts(text: &[u8]) -> f64 {
    let kinds = alphabet(text);
    let mut counts = [0.5f64; 256];
    let mut total = kinds / 2.0;
    let mut bits = 0.0;
    for byte in text {
        let count = &mut counts[usize::from(*byte)];
        bits -= (*count / total).log2();
        *count += 1.0;
        total += 1.0;
    }
    bits
}

/// As words: letters by the one before, in runs of one case, joined by signs and digits.
pub(super) fn by_spelling(text: &[u8]) -> f64 {
    let sign = f64::from(others(text).max(1)).log2();
    let mut bits = 0.0;
    let mut before: Option<u8> = None;
    for byte in text {
        let now = class(*byte);
        bits += turn(before.map_or(Class::Other, class), now);
        bits += match now {
            Class::Digit => 10f64.log2(),
            Class::Other => sign,
            Class::Lower | Class::Upper => {
                let column = usize::from(byte.to_ascii_lowercase() - b'a');
                // A capital behind a small letter starts a word.
                let starts = now == Class::Upper && before.is_some_and(|b| class(b) == Class::Lower);
                let row = before
                    .filter(|b| b.is_ascii_alphabetic() && !starts)
                    .map_or(FIRST, |b| usize::from(b.to_ascii_lowercase() - b'a'));
                f64::from(PAIRS[row][column] - b'a') / 3.0
            }
        };
        before = Some(*byte);
    }
    bits
}

/// Bits from one kind of character to the next. In each row the shares add up to one, as in any code.
fn turn(from: Class, to: Class) -> f64 {
    let share: f64 = match (from, to) {
        (Class::Lower, Class::Lower) => 0.78,
        (Class::Lower, Class::Upper) => 0.07,
        (Class::Lower, Class::Digit) => 0.03,
        (Class::Lower, Class::Other) => 0.12,
        (Class::Upper, Class::Lower | Class::Upper) => 0.45,
        (Class::Upper, Class::Digit | Class::Other) => 0.05,
        (Class::Digit, Class::Digit) => 0.70,
        (Class::Digit, _) => 0.10,
        (Class::Other, Class::Lower) => 0.60,
        (Class::Other, Class::Upper) => 0.20,
        (Class::Other, Class::Digit) => 0.15,
        (Class::Other, Class::Other) => 0.05,
    };
    -share.log2()
}

/// The shortest of all ways to tell it as single characters, known words, and copies of what stood up to 16 places
/// before: as it was, counted up or counted down.
pub(super) fn by_words_and_copies(text: &[u8], chance: &[f64]) -> f64 {
    // Three spellings of each word.
    let word = MARKED + (WORDS.len() as f64 * 3.0).log2();
    let mut best = vec![f64::INFINITY; text.len() + 1];
    best[0] = 0.0;
    let reach = |best: &mut Vec<f64>, at: usize, bits: f64| {
        if let Some(place) = best.get_mut(at) {
            *place = place.min(bits);
        }
    };
    for at in 0..text.len() {
        let here = best[at];
        reach(&mut best, at + 1, here + chance[at] + LITERAL);
        for length in spelled(&text[at..]) {
            reach(&mut best, at + length, here + word);
        }
        for lag in 1..=LAGS.min(at) {
            for step in [0, 1, -1] {
                let run = (at..text.len()).take_while(|n| steps(text[n - lag], text[*n], step)).count();
                if run >= 3 {
                    reach(&mut best, at + run, here + copy(run));
                }
            }
        }
    }
    best[text.len()]
}

/// The lengths of the words that stand at the start, in one of their three spellings.
fn spelled(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    WORDS.iter().filter_map(move |word| {
        let part = text.get(..word.len())?;
        let one_case =
            !part.iter().any(u8::is_ascii_lowercase) || !part[1..].iter().any(u8::is_ascii_uppercase);
        (one_case && part.eq_ignore_ascii_case(word.as_bytes())).then_some(word.len())
    })
}

/// Bits of a copy: its distance, its step and its length.
fn copy(length: usize) -> f64 {
    MARKED + (LAGS as f64 * 3.0).log2() + 2.0 * (length as f64).log2() + 1.0
}

/// Whether one character follows the other by that step: `9` is followed by `0`, `z` by `a`, `f` by `0` as well.
fn steps(from: u8, to: u8, step: i8) -> bool {
    match step {
        0 => from == to,
        1 => {
            to == from.wrapping_add(1) && class(from) == class(to)
                || matches!((from, to), (b'9', b'0') | (b'z', b'a') | (b'Z', b'A'))
        }
        _ => from == to.wrapping_add(1) && class(from) == class(to) || matches!((from, to), (b'0', b'9')),
    }
}
