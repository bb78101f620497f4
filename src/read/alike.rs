//! Likeness of texts: written lines and syntax by their hashes, whatever their white space and local names.

pub mod doubled;
pub mod functions;
pub mod lines;
pub mod search;
pub mod tokens;

use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

/// The hash of anything; the same on every machine, of no worth against an attacker who wants two to meet.
pub(crate) fn hashed(value: impl Hash) -> u64 {
    FxBuildHasher.hash_one(value)
}
