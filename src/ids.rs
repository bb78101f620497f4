//! The names of things, parsed once at the door and trusted afterwards.

mod fingerprint;
pub mod folder;

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use fingerprint::Fingerprint;

/// Why a text is not the id it was meant to be. The message names the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct Malformed {
    text: String,
    expected: &'static str,
}

fn malformed(text: &str, expected: &'static str) -> Malformed {
    Malformed { text: text.chars().take(100).collect(), expected }
}

/// The full hexadecimal id of a git object: 40 digits (SHA-1) or 64 (SHA-256), lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha(String);

impl Sha {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first ten digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..10]
    }
}

impl FromStr for Sha {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        match text.len() {
            40 | 64 if hex => Ok(Self(text.to_owned())),
            _ => Err(malformed(text, "a full commit id (40 or 64 hexadecimal digits)")),
        }
    }
}

/// `owner/name` of a repository on GitHub, in the characters that GitHub allows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoName(String);

impl RepoName {
    /// `owner/name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RepoName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let part = |p: &str| {
            !p.is_empty()
                && p != "."
                && p != ".."
                && p.len() <= 100
                && p.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        match text.split_once('/') {
            Some((owner, name)) if part(owner) && part(name) => Ok(Self(text.to_owned())),
            _ => Err(malformed(text, "a repository's OWNER/NAME")),
        }
    }
}

/// A path inside a tree: `/`-separated, never absolute, without empty, `.` or `..` parts.
///
/// A path that is no UTF-8 in git is kept readable: each foreign byte stands as `\xNN`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoPath(String);

impl RepoPath {
    /// The path as written in git, or with `\xNN` for bytes that are no UTF-8.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                text.push_str(&format!("\\x{byte:02X}"));
            }
        }
        text.parse()
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the last `/`.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder, without a trailing `/`; empty for the root.
    pub fn dir(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(dir, _)| dir)
    }

    /// What follows the last `.` of the name, or nothing.
    pub fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, ext)| ext)
    }

    /// `relative` seen from the folder `dir`, with `.` and `..` resolved; an error where it leaves the tree.
    pub fn join(dir: &str, relative: &str) -> Result<Self, Malformed> {
        let outside = || malformed(relative, "a path inside the repository");
        folder::resolved(dir, relative).ok_or_else(outside)?.parse()
    }
}

impl Borrow<str> for RepoPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for RepoPath {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let sound = !text.contains('\0') && text.split('/').all(|p| !matches!(p, "" | "." | ".."));
        if sound { Ok(Self(text.to_owned())) } else { Err(malformed(text, "a path inside the repository")) }
    }
}

/// The number of a pull request in its repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PrNumber(pub u64);

impl fmt::Display for PrNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

macro_rules! text_id {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                text.parse()
            }
        }
    )*};
}
text_id!(Sha, RepoName, RepoPath, Fingerprint);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leaves_the_tree() {
        for bad in ["/etc/passwd", "a/../b", "", "a//b", "./a", "a/", "a\0b"] {
            assert!(bad.parse::<RepoPath>().is_err(), "{bad:?}");
        }
        assert_eq!(RepoPath::join("packages/ui", "../core/./x.js").unwrap().as_str(), "packages/core/x.js");
        assert!(RepoPath::join("packages", "../../x").is_err());
    }

    #[test]
    fn a_path_that_is_no_utf8_stays_readable_and_distinct() {
        assert_eq!(RepoPath::from_bytes(b"caf\xe9.txt").unwrap().as_str(), "caf\\xE9.txt");
    }

    #[test]
    fn a_sha_is_forty_or_sixty_four_lower_case_digits() {
        assert!("a".repeat(40).parse::<Sha>().is_ok());
        assert!("a".repeat(64).parse::<Sha>().is_ok());
        for bad in ["", "abc", &"g".repeat(40), &"A".repeat(40)] {
            assert!(bad.parse::<Sha>().is_err());
        }
    }
}
