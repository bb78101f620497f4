//! How claims are counted.

use super::*;
use crate::claims::{ClaimKind, Part, Source};
use crate::ids::PrNumber;

use Standing::{Contradicted, Supported, Unproven};

/// One claim in one verdict of pull request 1: `(generation, head, claim, standing)`.
fn row(generation: i64, head: &str, claim: &str, standing: Standing, newest: i64) -> LedgerRow {
    LedgerRow {
        pull: (7, PrNumber(1)),
        generation,
        newest,
        head: head.into(),
        author: (Some("claude-code".into()), None),
        kept: KeptClaim { claim: claim.into(), kind: "tests-pass".into(), standing },
    }
}

fn all(rows: &[LedgerRow]) -> Tally {
    let mut sum = Tally::default();
    tally(rows).values().for_each(|account| sum.add(account.all));
    assert_eq!(sum.made, sum.supported + sum.contradicted + sum.unproven);
    assert!(sum.corrected <= sum.contradicted);
    sum
}

#[test]
fn a_head_that_is_judged_again_counts_its_claims_once_and_by_the_last_verdict() {
    let rows =
        [row(1, "a", "x", Unproven, 3), row(2, "a", "x", Contradicted, 3), row(3, "a", "x", Supported, 3)];
    assert_eq!(all(&rows), Tally { made: 1, supported: 1, ..Tally::default() });
    let rows = [row(1, "a", "x", Unproven, 2), row(2, "a", "x", Contradicted, 2)];
    assert_eq!(all(&rows), Tally { made: 1, contradicted: 1, ..Tally::default() });
}

#[test]
fn a_contradicted_claim_that_a_later_head_makes_true_is_history_and_corrected() {
    let rows = [row(1, "a", "x", Contradicted, 2), row(2, "b", "x", Supported, 2)];
    assert_eq!(all(&rows), Tally { made: 1, contradicted: 1, corrected: 1, ..Tally::default() });
    let rows = [row(1, "a", "x", Contradicted, 2), row(2, "b", "x", Contradicted, 2)];
    assert_eq!(all(&rows), Tally { made: 1, contradicted: 1, ..Tally::default() });
}

#[test]
fn a_contradicted_claim_that_is_taken_out_of_the_text_is_history_and_corrected() {
    let rows = [row(1, "a", "x", Contradicted, 2), row(2, "a", "y", Supported, 2)];
    assert_eq!(all(&rows), Tally { made: 2, supported: 1, contradicted: 1, corrected: 1, unproven: 0 });
    let rows = [row(1, "a", "x", Supported, 2)];
    assert_eq!(all(&rows), Tally { made: 1, supported: 1, ..Tally::default() }, "nothing to correct");
}

#[test]
fn accounts_are_kept_by_agent_and_model_and_kind() {
    let mut rows = vec![row(1, "a", "x", Supported, 1), row(1, "a", "y", Unproven, 1)];
    rows[1].kept.kind = "builds".into();
    rows[1].author.1 = Some("Claude Opus 4.5".into());
    let mut other = row(1, "a", "x", Contradicted, 1);
    other.pull = (7, PrNumber(2));
    rows.push(other);
    let accounts = tally(&rows);
    assert_eq!(accounts.len(), 2);
    let plain = &accounts[&(Some("claude-code".to_owned()), None)];
    assert_eq!((plain.all.made, plain.kinds["tests-pass"].contradicted), (2, 1));
    assert!(tally(&[]).is_empty());
}

#[test]
fn the_same_words_are_the_same_claim_wherever_they_stand() {
    let claim = |kind: ClaimKind, quote: &str| Claim {
        kind,
        quote: quote.into(),
        at: Source { part: Part::Body, line: 1 },
    };
    let same =
        |a: &str, b: &str| identity(&claim(ClaimKind::Builds, a)) == identity(&claim(ClaimKind::Builds, b));
    assert!(same("It builds.", "  it   BUILDS"));
    assert!(!same("It builds.", "It builds on Linux."));
    assert!(!same("Coverage is 90%", "Coverage is 90"));
    assert_ne!(identity(&claim(ClaimKind::Builds, "ok")), identity(&claim(ClaimKind::LintPasses, "ok")));
}

/// Against figures worked out by hand and those of common tables.
#[test]
fn wilsons_interval_has_its_known_values() {
    for (hits, cases, low, high) in [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (10, 100, 0.0552, 0.1744),
        (81, 263, 0.2553, 0.3662),
        (0, 1, 0.0, 0.7935),
    ] {
        let (l, h) = wilson(hits, cases).unwrap();
        assert!((l - low).abs() < 5e-4 && (h - high).abs() < 5e-4, "{hits}/{cases}: {l} to {h}");
    }
    assert_eq!(wilson(0, 0), None);
    assert_eq!(Tally::default().share(), None);
}
