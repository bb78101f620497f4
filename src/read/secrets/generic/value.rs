//! Whether a value under a telling name is a credential, and how surely: by what it is made of.

use super::super::Grade;
use super::super::encoding::from_base64;
use super::form;
use super::name::Meaning;
use super::words;

/// Nothing shorter is worth a line, and nothing longer is a key but what other rules decode.
const MIN: usize = 5;
const MAX: usize = 512;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    /// A person made it up, and it is no word: `vkddvqfe`.
    Odd,
    /// It has what a good password has.
    Strong,
    /// A machine drew it.
    Drawn,
}

/// The weight of a value by what its name says of it; nothing where it is no credential.
pub(super) fn weigh(value: &[u8], meaning: Meaning, name: &[u8]) -> Option<Grade> {
    let written = text_in_base64(value);
    let value = written.as_deref().unwrap_or(value);
    if form::is_other(value) || repeats_name(value, name) {
        return None;
    }
    if form::is_uuid(value) {
        return (meaning == Meaning::Key).then_some(Grade::Note);
    }
    if value.starts_with(b"eyJ") {
        // JSON in base 64: a signed token is one key of many, and its first part alone is none.
        return (value.len() >= 60 && value.contains(&b'.')).then_some(Grade::Note);
    }
    // Django names so what it made up for a new project.
    if value.starts_with(b"django-insecure-") {
        return Some(Grade::Note);
    }
    // Numbers of one use and numbers of things are called tokens, too.
    let has_letter = value.iter().any(u8::is_ascii_alphabetic);
    let has_digit = value.iter().any(u8::is_ascii_digit);
    Some(match (look(value)?, meaning) {
        (Look::Drawn, Meaning::Password | Meaning::Key) => Grade::Block,
        (Look::Strong, Meaning::Password) => Grade::Block,
        (Look::Drawn | Look::Strong, _) => Grade::Note,
        (Look::Odd, Meaning::Password) => Grade::Note,
        (Look::Odd, Meaning::Key) if has_letter && (value.len() >= 16 || (value.len() >= 8 && has_digit)) => {
            Grade::Note
        }
        (Look::Odd, _) => return None,
    })
}

/// The weight of a password beside its user; nothing where it is none, or the user's name again.
pub(super) fn of_login(user: &[u8], password: &[u8]) -> Option<Grade> {
    if user.is_empty() || password.eq_ignore_ascii_case(user) || form::is_other(password) {
        return None;
    }
    Some(match look(password)? {
        Look::Drawn | Look::Strong => Grade::Block,
        Look::Odd => Grade::Note,
    })
}

/// The text that the value says in base 64: what is drawn at random decodes to none.
pub(super) fn text_in_base64(value: &[u8]) -> Option<Vec<u8>> {
    let text = (value.len() >= 12).then(|| from_base64(value)).flatten()?;
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    text.iter().all(|b| b.is_ascii_graphic() || *b == b' ').then(|| text.to_vec())
}

/// How the text looks; nothing where words explain it.
pub(super) fn look(text: &[u8]) -> Option<Look> {
    if !(MIN..=MAX).contains(&text.len()) || text.iter().any(|b| !b.is_ascii_graphic()) {
        return None;
    }
    let classes = Classes::of(text);
    if classes.distinct * 5 < text.len().min(25) * 2
        || longest_run(text) >= if text.len() < 24 { 5 } else { 6 }
    {
        return None;
    }
    if classes.hex && text.len() >= 32 {
        return (classes.digits * 8 >= text.len() && classes.distinct >= 10).then_some(Look::Drawn);
    }
    let mut bits = words::surprise(text);
    if text.len() < 20 {
        let plain: Vec<u8> = text.iter().map(|b| form::unleet(*b)).collect();
        // Digits and signs in place of letters make a word a little dearer.
        let replaced = text.iter().zip(&plain).filter(|(a, b)| a != b).count();
        bits = bits.min(words::surprise(&plain) + 1.5 * replaced as f32);
    }
    let each = bits / text.len() as f32;
    let kinds = classes.kinds();
    if text.len() >= 16 && each >= DRAWN && kinds >= 2 && classes.changes * 5 >= text.len() {
        return Some(Look::Drawn);
    }
    if text.len() >= 20 && each >= ODD_LETTERS && kinds == 1 && classes.digits == 0 {
        return Some(Look::Drawn);
    }
    if text.len() >= 8 && each >= STRONG && bits >= 34.0 && kinds >= 3 {
        return Some(Look::Strong);
    }
    let digits = classes.digits == text.len();
    let odd = match kinds {
        _ if digits => ODD_DIGITS,
        1 => ODD_LETTERS,
        _ => ODD,
    };
    // Short numbers are guessed, and eight digits that start with a century are a date.
    let date = text.len() == 8 && (text.starts_with(b"19") || text.starts_with(b"20"));
    let guessable = digits && (text.len() < 6 || date);
    (each >= odd && bits >= 17.0 && !guessable).then_some(Look::Odd)
}

/// Bits a character above which a text is no word: for texts that a machine draws, for passwords of several classes,
/// for short ones, and for letters of one case alone.
const DRAWN: f32 = 3.6;
const STRONG: f32 = 3.3;
const ODD: f32 = 3.3;
const ODD_LETTERS: f32 = 4.1;
const ODD_DIGITS: f32 = 3.2;

/// What a text is made of.
struct Classes {
    lower: usize,
    upper: usize,
    digits: usize,
    signs: usize,
    /// Different bytes.
    distinct: usize,
    /// Neighbours of different kinds.
    changes: usize,
    /// Only hexadecimal digits, of one case.
    hex: bool,
}

impl Classes {
    fn of(text: &[u8]) -> Self {
        let kind = |b: &u8| match b {
            b'a'..=b'z' => 0u8,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            _ => 3,
        };
        let count = |wanted: u8| text.iter().filter(|b| kind(b) == wanted).count();
        let mut seen = [false; 256];
        text.iter().for_each(|b| seen[usize::from(*b)] = true);
        let (lower, upper) = (count(0), count(1));
        Self {
            lower,
            upper,
            digits: count(2),
            signs: count(3),
            distinct: seen.iter().filter(|seen| **seen).count(),
            changes: text.windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count(),
            hex: text.iter().all(u8::is_ascii_hexdigit) && (lower == 0 || upper == 0),
        }
    }

    fn kinds(&self) -> usize {
        [self.lower, self.upper, self.digits, self.signs].iter().filter(|n| **n > 0).count()
    }
}

/// The longest stretch of one repeated step: `aaaaa`, `abcde`, `98765`.
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

/// Whether the value is its own name, or a part of it, or the name with a little around.
fn repeats_name(value: &[u8], name: &[u8]) -> bool {
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
    };
    let (value, name) = (plain(value), plain(name));
    let within = |a: &[u8], b: &[u8]| memchr::memmem::find(a, b).is_some();
    value.len() >= 4 && name.len() >= 4 && (within(&value, &name) || within(&name, &value))
}

#[cfg(test)]
mod tests {
    use super::super::super::template::make;
    use super::*;

    #[test]
    fn what_a_machine_draws_looks_drawn_and_what_people_write_does_not() {
        for template in ["{an:20}", "{an:32}", "{hex:32}", "{hex:40}", "{b64:44}", "{b64u:43}", "{an:16}"] {
            let missed =
                (0..300).filter(|n| look(make(template, &n.to_string()).as_bytes()) != Some(Look::Drawn));
            let missed = missed.count();
            assert!(missed <= 12, "{template}: {missed} of 300 missed");
        }
        for written in [
            "this-is-not-a-real-key-at-all",
            "YourSecretKeyGoesHereThanks",
            "abcdefghijklmnopqrstuvwxyz",
            "0123456789abcdef",
            "MaestroAccessToken",
            "GITHUB_TOKEN",
            "user.password.reset",
            "change_me_in_production",
            "s3cr3t",
            "password123",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "mysecretpassword",
            "correct-horse-battery-staple",
            "admin",
        ] {
            assert_eq!(look(written.as_bytes()), None, "{written}");
        }
    }

    #[test]
    fn a_good_password_is_strong_and_a_made_up_word_is_odd() {
        assert_eq!(look(b"kV7#qRw!x2Lp"), Some(Look::Strong));
        assert_eq!(look(b"vkddvqfe"), Some(Look::Odd));
    }
}
