//! Likeness of texts: written lines and syntax by their hashes, whatever their white space and local names.

pub mod doubled;
pub mod functions;
pub mod lines;
pub mod search;
pub mod tokens;
pub mod twins;

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

/// The hash of anything; the same on every machine, of no worth against an attacker who wants two to meet.
pub(crate) fn hashed(value: impl Hash) -> u64 {
    FxBuildHasher.hash_one(value)
}

/// How many values two sorted lists share, each as often as both have it.
pub(crate) fn shared(one: &[u64], two: &[u64]) -> usize {
    let (mut one, mut two) = (one.iter().peekable(), two.iter().peekable());
    let mut count = 0;
    while let (Some(x), Some(y)) = (one.peek(), two.peek()) {
        match x.cmp(y) {
            Ordering::Less => drop(one.next()),
            Ordering::Greater => drop(two.next()),
            Ordering::Equal => {
                count += 1;
                one.next();
                two.next();
            }
        }
    }
    count
}
