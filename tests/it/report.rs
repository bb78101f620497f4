//! How verdicts read: each format of hand-built verdicts, whole, and what must hold for any verdict.

use gainsay::report::{self, Format};
use gainsay::verdict::Verdict;
use proptest::prelude::*;

use crate::verdicts;

fn plain(verdict: &Verdict) -> String {
    anstream::adapter::strip_str(&report::render(verdict, Format::Terminal)).to_string()
}

#[test]
fn a_blocked_verdict_reads_well_on_a_terminal() {
    insta::assert_snapshot!(plain(&verdicts::blocked()));
}

#[test]
fn a_passed_verdict_reads_well_on_a_terminal() {
    insta::assert_snapshot!(plain(&verdicts::passed()));
}

#[test]
fn an_undecided_verdict_reads_well_on_a_terminal() {
    insta::assert_snapshot!(plain(&verdicts::undecided()));
}
