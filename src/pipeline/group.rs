//! A merge group's verdict: what pull requests that passed alone come to together.

use crate::change::Change;
use crate::claims::{self, Claims};
use crate::policy::{Policy, Sort};
use crate::verdict::Verdict;

/// Judges a merge group under the base branch's policy. Pure, as [`super::consider`].
///
/// The members' words were set against the evidence with each of them, and people approved each of them: here neither
/// counts. What the members admit counts, because a gate that was loosened in the open passed in the open.
pub fn consider_group(change: &Change, policy: &Policy) -> Verdict {
    let mut policy = policy.clone();
    policy.evidence.demands.require.retain(|requirement| !matches!(requirement.sort, Sort::HumanApproval));
    super::under(change, &policy, |change| {
        let Claims { sentences, .. } = claims::read(change);
        super::considered(change, &policy, Claims { sentences, ..Claims::default() })
    })
}
