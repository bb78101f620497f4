//! What an agent's claims came to: the claims of a verdict as they are kept, and the tally of all that were kept.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::claims::{Claim, Standing};
use crate::store::{KeptClaim, LedgerRow};
use crate::verdict::Verdict;

/// The claims of a verdict without their words. Said twice it is one claim, which stands as its worst.
pub fn kept(verdict: &Verdict) -> Vec<KeptClaim> {
    let mut kept: BTreeMap<String, KeptClaim> = BTreeMap::new();
    for (claim, judged) in &verdict.claims {
        let entry = kept.entry(identity(claim)).or_insert_with_key(|identity| KeptClaim {
            claim: identity.clone(),
            kind: claim.kind.id().to_owned(),
            standing: judged.standing,
        });
        entry.standing = entry.standing.max(judged.standing);
    }
    kept.into_values().collect()
}

/// A hash of the kind and of the words without their case, their spaces and their punctuation at the ends: the same
/// sentence in the body and in a commit, or moved to another line, is the same claim.
fn identity(claim: &Claim) -> String {
    let words: Vec<String> = claim.quote.split_whitespace().map(str::to_lowercase).collect();
    let words = words.join(" ");
    let words = words.trim_matches(|c: char| !c.is_alphanumeric() && c != '%');
    let digest = Sha256::digest(format!("{}\0{words}", claim.kind.id()).as_bytes());
    hex::encode(&digest[..16])
}

/// What claims came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many different claims were made. It is the sum of the next three.
    pub made: u64,
    /// Confirmed by evidence in the last verdict that had them.
    pub supported: u64,
    /// Refuted by the last verdict of some head.
    pub contradicted: u64,
    /// Neither.
    pub unproven: u64,
    /// Of the contradicted ones: no longer refuted, or no longer said.
    pub corrected: u64,
}

/// The tally of one author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// All claims.
    pub all: Tally,
    /// By kind.
    pub kinds: BTreeMap<String, Tally>,
}

/// An agent's id and its model; nothing where no sign tells.
pub type Author = (Option<String>, Option<String>);

/// Counts each claim of a pull request once, whatever the number of verdicts, for the author of the last verdict that
/// had it. `rows` come as [`crate::store::Store::claims`] gives them.
///
/// On one head the last verdict counts: a run that failed and was started again is no contradiction. A claim that was
/// contradicted on any head stays so, and is counted as corrected too where a later head or text mended it.
pub fn tally(rows: &[LedgerRow]) -> BTreeMap<Author, Account> {
    let mut accounts: BTreeMap<Author, Account> = BTreeMap::new();
    for claim in rows.chunk_by(|a, b| (a.pull, &a.kept.claim) == (b.pull, &b.kept.claim)) {
        let Some(last) = claim.last() else { continue };
        let mut by_head: BTreeMap<&str, Standing> = BTreeMap::new();
        by_head.extend(claim.iter().map(|row| (row.head.as_str(), row.kept.standing)));
        let contradicted = by_head.values().any(|standing| *standing == Standing::Contradicted);
        let gone = last.generation < last.newest;
        let one = Tally {
            made: 1,
            supported: u64::from(!contradicted && last.kept.standing == Standing::Supported),
            contradicted: u64::from(contradicted),
            unproven: u64::from(!contradicted && last.kept.standing == Standing::Unproven),
            corrected: u64::from(contradicted && (gone || last.kept.standing != Standing::Contradicted)),
        };
        let account = accounts.entry(last.author.clone()).or_default();
        account.all.add(one);
        account.kinds.entry(last.kept.kind.clone()).or_default().add(one);
    }
    accounts
}

impl Tally {
    /// Takes in another one.
    pub fn add(&mut self, other: Self) {
        self.made += other.made;
        self.supported += other.supported;
        self.contradicted += other.contradicted;
        self.unproven += other.unproven;
        self.corrected += other.corrected;
    }

    /// The share of contradicted claims between 0 and 1, with its interval; nothing where no claim was made.
    pub fn share(&self) -> Option<Share> {
        let (low, high) = wilson(self.contradicted, self.made)?;
        let share = self.contradicted as f64 / self.made as f64;
        Some(Share { share, low, high })
    }
}

/// A share with the bounds between which it lies, as far as so few cases tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The share that was counted.
    pub share: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

/// Wilson's score interval at 95 %; nothing of no cases.
fn wilson(hits: u64, cases: u64) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if cases == 0 {
        return None;
    }
    let (hits, n) = (hits.min(cases) as f64, cases as f64);
    let share = hits / n;
    let centre = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some((((centre - reach) / scale).max(0.0), ((centre + reach) / scale).min(1.0)))
}

#[cfg(test)]
mod tests;
