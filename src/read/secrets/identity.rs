//! What may be kept of a credential's value: a digest that tells whether two values are one.

use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::vocabulary::SecretRule;

/// Keeps the digests apart from those that anyone may have made of the same values for other ends.
const KEY: &[u8] = b"gainsay credential identity v1";
/// Memory in KiB and passes: about a millisecond for one guess, which attackers can't shorten much.
const COST: (u32, u32) = (2 * 1024, 1);

/// Used again and again, so that many values need no more of it than one.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// The identity of a value: the same wherever it stands. It stays within the process; see [`Identity::mark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity([u8; 32]);

impl Identity {
    /// HMAC-SHA-256 of the value.
    pub(super) fn of(value: &[u8]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("HMAC takes keys of any length");
        mac.update(value);
        Self(mac.finalize().into_bytes().into())
    }

    /// Sixteen bytes in hexadecimal over the rule and the value: what fingerprints are made of, and all that ever
    /// leaves the process. Passwords can be guessed, so that theirs are stretched with Argon2id first.
    pub fn mark(&self, rule: &SecretRule) -> String {
        let stretched = if rule.is_generic() { stretch(&self.0) } else { self.0 };
        let digest =
            Sha256::new().chain_update(&rule.id).chain_update([0]).chain_update(stretched).finalize();
        hex::encode(&digest[..16])
    }
}

fn stretch(digest: &[u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let params =
        Params::new(COST.0, COST.1, 1, Some(out.len())).expect("the cost lies within Argon2's limits");
    let blocks = params.block_count();
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    memory.resize(blocks, Block::default());
    let done = argon.hash_password_into_with_memory(digest, KEY, &mut out, &mut *memory);
    done.expect("the lengths lie within Argon2's limits");
    out
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::vocabulary;
    use super::*;

    #[test]
    fn a_mark_depends_on_value_and_rule_and_on_nothing_else() {
        let rules = &vocabulary().rules;
        let generic = rules.iter().find(|rule| rule.is_generic());
        let vendors = rules.iter().filter(|rule| !rule.is_generic()).take(2);
        let rules: Vec<&SecretRule> = vendors.chain(generic).collect();
        let marks =
            |value: &[u8]| rules.iter().map(|rule| Identity::of(value).mark(rule)).collect::<Vec<_>>();
        let (one, other) = (marks(b"one"), marks(b"other"));
        assert_eq!(one, marks(b"one"));
        let all: std::collections::BTreeSet<&String> = one.iter().chain(&other).collect();
        assert_eq!(all.len(), 2 * rules.len());
        assert!(one.iter().all(|mark| mark.len() == 32));
    }

    #[test]
    fn a_stretched_mark_is_no_plain_digest() {
        let plain = Identity::of(b"hunter2").0;
        assert_ne!(stretch(&plain), plain);
        assert_eq!(stretch(&plain), stretch(&plain));
    }
}
