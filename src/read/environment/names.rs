//! Names of environment variables: which are sound, which a platform sets, which are another's in another spelling.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::read::words;
use crate::vocabularies::ENVIRONMENT;

#[derive(Deserialize)]
struct Vocabulary {
    set: Set,
    #[serde(rename = "same")]
    spelling: Spelling,
}

/// What others set.
#[derive(Deserialize)]
struct Set {
    prefixes: Vec<String>,
    names: Vec<String>,
}

/// Words of which one stands for another, and words that say nothing beside another.
#[derive(Deserialize)]
struct Spelling {
    words: Vec<Vec<String>>,
    idle: Vec<String>,
    apart: Vec<String>,
}

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| toml::from_str(ENVIRONMENT).expect("a test reads the vocabulary of the environment"));

/// Whether a text is a name as people write those of their own variables: capitals, digits and underscores.
pub fn is_sound(name: &str) -> bool {
    name.len() >= 3
        && name.len() <= 80
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && name.bytes().any(|b| b.is_ascii_uppercase())
}

/// Whether a platform, a shell or a tool sets a variable of that name, so that no repository declares it.
pub fn is_set_by_others(name: &str) -> bool {
    let set = &VOCABULARY.set;
    set.names.iter().any(|known| known == name) || set.prefixes.iter().any(|front| name.starts_with(front))
}

/// In which way a name is another in another spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// A letter is missing, surplus, wrong or swapped with its neighbour.
    Slip,
    /// The same letters with other underscores.
    Separators,
    /// The same words in another order.
    Order,
    /// One has a word more that tells nothing (`API` before `KEY`).
    IdleWord,
    /// A word is written in another of its forms (`URI` for `URL`, a plural).
    Form,
}

impl Likeness {
    /// What differs, in a few words.
    pub fn said(self) -> &'static str {
        match self {
            Self::Slip => "one letter apart",
            Self::Separators => "the same letters",
            Self::Order => "the same words in another order",
            Self::IdleWord => "the same but for one word",
            Self::Form => "the same but for the form of one word",
        }
    }
}

/// Whether two different names are likely meant to be one. Words that tell settings apart (`HOST` and `PORT`, `READ` and
/// `WRITE`) make two names of it, and so do digits.
pub fn likeness(new: &str, known: &str) -> Option<Likeness> {
    if new == known || !is_sound(new) || !is_sound(known) || digits(new) != digits(known) {
        return None;
    }
    let (mine, theirs) = (tokens(new), tokens(known));
    let letters = |tokens: &[&str]| tokens.concat();
    if letters(&mine) == letters(&theirs) {
        return Some(Likeness::Separators);
    }
    let sorted = |tokens: &[&str]| {
        let mut sorted: Vec<String> = tokens.iter().map(|t| (*t).to_owned()).collect();
        sorted.sort_unstable();
        sorted
    };
    if mine.len() > 1 && sorted(&mine) == sorted(&theirs) {
        return Some(Likeness::Order);
    }
    match mine.len().abs_diff(theirs.len()) {
        0 => replaced(&mine, &theirs),
        1 => {
            let (short, long) = if mine.len() < theirs.len() { (&mine, &theirs) } else { (&theirs, &mine) };
            idle(short, long).then_some(Likeness::IdleWord)
        }
        _ => None,
    }
}

fn tokens(name: &str) -> Vec<&str> {
    name.split('_').filter(|token| !token.is_empty()).collect()
}

fn digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_digit).collect()
}

/// One token of as many was replaced: by a slip, or by another form of the same word.
fn replaced(mine: &[&str], theirs: &[&str]) -> Option<Likeness> {
    let mut differing = mine.iter().zip(theirs).filter(|(a, b)| a != b);
    let (new, known) = differing.next()?;
    if differing.next().is_some() {
        return None;
    }
    if form(new) == form(known) || plural(new, known) || plural(known, new) {
        // A lone word says too little: `URL` and `URI` may be anything.
        return (mine.len() > 1).then_some(Likeness::Form);
    }
    let spelling = &VOCABULARY.spelling;
    let apart = |token: &str| spelling.apart.iter().any(|word| word == token);
    let long = new.len().min(known.len()) >= 5;
    let slip = long && !apart(new) && !apart(known) && strsim::osa_distance(new, known) == 1;
    // A word of its own is no slip of another.
    let slips_off = !words::is_word(new) || !words::is_word(known);
    (slip && slips_off && new.as_bytes()[0] == known.as_bytes()[0]).then_some(Likeness::Slip)
}

/// The form of a word that stands for all its forms.
fn form(token: &str) -> &str {
    static FORMS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
        let groups = VOCABULARY.spelling.words.iter();
        groups.flat_map(|group| group.iter().map(|word| (word.as_str(), group[0].as_str()))).collect()
    });
    FORMS.get(token).copied().unwrap_or(token)
}

fn plural(one: &str, many: &str) -> bool {
    one.len() >= 3
        && (many.strip_suffix('S') == Some(one)
            || one.strip_suffix('Y').is_some_and(|stem| many.strip_suffix("IES") == Some(stem)))
}

/// Whether the longer list is the shorter with an idle word more.
fn idle(short: &[&str], long: &[&str]) -> bool {
    let at = short.iter().zip(long).position(|(a, b)| a != b).unwrap_or(short.len());
    let (before, rest) = long.split_at(at);
    let Some((extra, after)) = rest.split_first() else { return false };
    if short[at..] != *after || before.is_empty() {
        return false;
    }
    // `KEY` behind the word says what kind of key; at other places the word may name a thing of its own.
    VOCABULARY.spelling.idle.iter().any(|idle| {
        let mut parts = idle.split(' ');
        let (word, follows) = (parts.next().unwrap_or_default(), parts.next());
        word == *extra && (follows.is_none() || follows == after.first().copied())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_setting_in_two_spellings_is_told() {
        for (new, known, how) in [
            ("SUPABASE_SERVICE_KEY", "SUPABASE_SERVICE_ROLE_KEY", Likeness::IdleWord),
            ("OPENAI_KEY", "OPENAI_API_KEY", Likeness::IdleWord),
            ("DATABSE_URL", "DATABASE_URL", Likeness::Slip),
            ("STRIPE_SERCET_KEY", "STRIPE_SECRET_KEY", Likeness::Slip),
            ("DATABASEURL", "DATABASE_URL", Likeness::Separators),
            ("MONGO_URI", "MONGO_URL", Likeness::Form),
            ("DB_URL", "DATABASE_URL", Likeness::Form),
            ("ALLOWED_ORIGIN", "ALLOWED_ORIGINS", Likeness::Form),
            ("KEY_STRIPE_SECRET", "STRIPE_SECRET_KEY", Likeness::Order),
        ] {
            assert_eq!(likeness(new, known), Some(how), "{new} {known}");
        }
    }

    #[test]
    fn two_settings_are_two() {
        for (new, known) in [
            ("S3_ACCESS_KEY", "S3_SECRET_KEY"),
            ("DB_HOST", "DB_PORT"),
            ("SMTP_HOST", "SMTP_POST"),
            ("API_URL_DEV", "API_URL_PROD"),
            ("NEXT_PUBLIC_SITE_URL", "SITE_URL"),
            ("SHARD_1_URL", "SHARD_2_URL"),
            ("STRIPE_SECRET", "STRIPE_WEBHOOK_SECRET"),
            ("REDIS_URL", "REDIS_TLS_URL"),
            ("AUTH_TOKEN", "OAUTH_TOKEN"),
            ("MAX_ITEMS", "MIN_ITEMS"),
            ("API_KEY", "KEY"),
            ("READ_TIMEOUT", "WRITE_TIMEOUT"),
            ("APP_ID", "APP_IP"),
            ("ADMIN_EMAIL", "ADMIN_EMAIL_FROM"),
        ] {
            assert_eq!(likeness(new, known), None, "{new} {known}");
        }
    }

    #[test]
    fn names_that_a_platform_sets_are_known() {
        assert!(is_set_by_others("GITHUB_SHA") && is_set_by_others("NODE_ENV"));
        assert!(!is_set_by_others("STRIPE_SECRET_KEY"));
        assert!(is_sound("A_B1") && !is_sound("a_b") && !is_sound("1AB"));
    }
}
