//! Whether a text was made by chance or by a person: placeholders, sequences, words, low entropy.

/// Words that stand in placeholders and in no key worth the name.
const WORDS: [&str; 16] = [
    "example",
    "xxxx",
    "your",
    "change",
    "placeholder",
    "dummy",
    "fake",
    "redact",
    "insert",
    "replace",
    "sample",
    "secret",
    "token",
    "abcd",
    "1234",
    "0000",
];

/// Whether the text looks drawn at random: at least so many bits a character (Shannon), and neighbours of different
/// kinds at least so often.
pub(super) fn looks_random(text: &[u8], min_entropy: f64, min_changes: f64) -> bool {
    entropy(text) >= min_entropy
        && !is_placeholder(text)
        && longest_run(text) < 6
        && changes_class(text, min_changes)
}

/// Whether it says itself that it stands for something else.
fn is_placeholder(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// Bits a character.
pub(super) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0usize; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let total = text.len() as f64;
    let bits = |count: &usize| {
        let share = *count as f64 / total;
        -share * share.log2()
    };
    counts.iter().filter(|count| **count > 0).map(bits).sum()
}

/// The longest stretch of one repeated step: `aaaaaa`, `abcdef`, `987654`.
fn longest_run(text: &[u8]) -> usize {
    let (mut longest, mut run, mut step) = (1, 1, 2i16);
    for pair in text.windows(2) {
        let here = i16::from(pair[1]) - i16::from(pair[0]);
        run = if here == step && here.abs() <= 1 { run + 1 } else { 2 };
        step = here;
        longest = longest.max(run);
    }
    longest
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Upper,
    Lower,
    Digit,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b'A'..=b'Z' => Class::Upper,
        b'a'..=b'z' => Class::Lower,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Other,
    }
}

/// Whether neighbours differ in kind (upper, lower, digit) at least so often. Random text of 62 characters does in
/// 62 of 100 places, hexadecimal in 47, words joined by `-` or `_` in about 15.
pub(super) fn changes_class(text: &[u8], share: f64) -> bool {
    let letters: Vec<Class> = text.iter().map(|b| class(*b)).filter(|c| *c != Class::Other).collect();
    let changes = letters.windows(2).filter(|pair| pair[0] != pair[1]).count();
    letters.len() > 1 && changes as f64 >= share * (letters.len() - 1) as f64
}

/// Whether upper case, lower case and digits all occur.
pub(super) fn has_all_classes(text: &[u8]) -> bool {
    [Class::Upper, Class::Lower, Class::Digit].iter().all(|c| text.iter().any(|b| class(*b) == *c))
}

#[cfg(test)]
mod tests {
    use super::super::template::make;
    use super::*;

    #[test]
    fn random_text_passes_and_what_people_type_does_not() {
        let missed = (0..2_000)
            .filter(|n| !looks_random(make("{an:24}", &n.to_string()).as_bytes(), 3.4, 0.2))
            .count();
        assert!(missed <= 4, "{missed} of 2,000 random texts were taken for placeholders");
        for typed in [
            "abcdefghijklmnopqrstuvwxyz",
            "AAAAAAAAAAAAAAAAAAAAAAAA",
            "this-is-not-a-real-key-at-all",
            "YourSecretKeyGoesHereThanks",
            "12345678901234567890",
        ] {
            assert!(!looks_random(typed.as_bytes(), 3.0, 0.2), "{typed}");
        }
    }

    #[test]
    fn nothing_at_all_is_not_random() {
        assert!(!looks_random(b"", 0.0, 0.0));
    }
}
