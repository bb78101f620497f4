//! The fingerprint of a matter: what tells that a finding of today is the one that a person looked at yesterday.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Malformed, RepoPath, malformed};

const DIGITS: usize = 16;

/// Sixteen hexadecimal digits over rule, path and normalised content, with `-2`, `-3` … where one file has the same
/// matter several times. Line numbers have no part in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(pub(super) String);

impl Fingerprint {
    /// Of a rule's id, a path and the words of the matter. Runs of white space count as one space.
    pub fn of(rule: &str, path: &RepoPath, matter: &str) -> Self {
        let words = matter.split_whitespace().collect::<Vec<_>>().join(" ");
        Self::over(&[rule, path.as_str(), &words])
    }

    /// Of several texts, each as it is.
    pub fn over(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        Self(hex::encode(&hash.finalize()[..DIGITS / 2]))
    }

    /// That of the `count`th of several that are the same; the first one's is this.
    pub fn repeated(&self, count: usize) -> Self {
        if count < 2 { self.clone() } else { Self(format!("{}-{count}", self.0)) }
    }

    /// The digits, and the count where there is one.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, for a label.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

impl FromStr for Fingerprint {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (digits, count) = text.split_once('-').map_or((text, None), |(d, c)| (d, Some(c)));
        let hex = digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let counted = count.is_none_or(|c| {
            let digits = c.len() <= 9 && c.bytes().all(|b| b.is_ascii_digit()) && !c.starts_with('0');
            digits && c.parse::<u32>().is_ok_and(|n| n > 1)
        });
        match hex && counted {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(malformed(text, "a fingerprint (16 hexadecimal digits, as the verdict shows them)")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_back_from_its_text_and_nothing_else_is_one() {
        let path = "a.js".parse().unwrap();
        let one = Fingerprint::of("test-skipped", &path, "it  resumes\n");
        assert_eq!(one, Fingerprint::of("test-skipped", &path, "it resumes"));
        assert_eq!(one.as_str().parse::<Fingerprint>().unwrap(), one);
        assert_eq!(one.repeated(2).as_str().parse::<Fingerprint>().unwrap(), one.repeated(2));
        assert_eq!(one.repeated(1), one);
        assert_eq!(one.as_str().to_uppercase().parse::<Fingerprint>().unwrap(), one);
        for bad in
            ["", "abc", "14b695a33f34837", "14b695a33f34837g", "14b695a33f348377-", "14b695a33f348377-1"]
        {
            assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
        }
        assert!("14b695a33f348377-02".parse::<Fingerprint>().is_err());
    }
}
