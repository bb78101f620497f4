//! What a verdict waits for: required evidence that may still come, and runs that a claim is set against.
//!
//! What blocks already waits for nothing: no run that ends later can lift it.

use std::collections::BTreeSet;

use crate::change::{Change, CheckKind, CheckResult, Outlook};
use crate::claims::{Claim, ClaimKind, Judged, Standing};
use crate::verdict::{Awaited, Required, State};

/// Required evidence that is awaited.
pub(super) fn of_requirements(required: &[Required]) -> impl Iterator<Item = Awaited> {
    let awaited = required.iter().filter(|required| required.state == State::Awaited);
    awaited.map(|r| Awaited { evidence: r.evidence.clone(), because: r.because.clone() })
}

/// The running checks on which the standing of a claim depends.
pub(super) fn of_claims(change: &Change, claims: &[(Claim, Judged)]) -> BTreeSet<Awaited> {
    let outlook = change.evidence.outlook;
    let open = claims.iter().filter(|(_, judged)| judged.standing != Standing::Contradicted);
    let kinds: BTreeSet<CheckKind> = open.filter_map(|(claim, _)| measured_by(&claim.kind)).collect();
    if !outlook.may_wait() || kinds.is_empty() {
        return BTreeSet::new();
    }
    if outlook == Outlook::Starting && nothing_began(change) {
        let because = "the workflows of this commit have not begun".to_owned();
        return [Awaited { evidence: "workflows".to_owned(), because }].into();
    }
    let running = change.evidence.checks_of(&change.head_sha).filter(|check| check.conclusion.is_none());
    running.filter(|check| tells(change, check, &kinds)).map(awaited).collect()
}

fn awaited(check: &CheckResult) -> Awaited {
    Awaited {
        evidence: format!("check:{}", check.name),
        because: format!("`{}` is still running", check.name),
    }
}

/// The kind of check run that a claim is set against, where there is one. A command may be any of them.
fn measured_by(claim: &ClaimKind) -> Option<CheckKind> {
    match claim {
        ClaimKind::TestsPass { .. } | ClaimKind::Coverage(_) => Some(CheckKind::Tests),
        ClaimKind::LintPasses => Some(CheckKind::Lint),
        ClaimKind::TypesPass => Some(CheckKind::Types),
        ClaimKind::Builds => Some(CheckKind::Build),
        ClaimKind::Ran(_) => Some(CheckKind::Other),
        _ => None,
    }
}

/// Whether what a running check comes to may change the standing of a claim that such kinds measure.
///
/// A check of no kind counts only if a workflow of this commit runs it. Another App's may be a gate that itself waits
/// for all others, this one included.
fn tells(change: &Change, check: &CheckResult, kinds: &BTreeSet<CheckKind>) -> bool {
    let kind = change.evidence.kinds.of(&check.name);
    let given = change.evidence.kinds.given(&check.name).is_some();
    let of_workflow = || change.evidence.jobs_of(&change.head_sha).any(|job| job.name == check.name);
    match kind {
        CheckKind::Other => !given && of_workflow(),
        CheckKind::Deploy => false,
        // A command is weighed by any job that ran it.
        kind => kinds.contains(&kind) || kinds.contains(&CheckKind::Other) && of_workflow(),
    }
}

fn nothing_began(change: &Change) -> bool {
    let workflows = change.head.paths().any(|path| {
        let file = path.as_str().strip_prefix(".github/workflows/");
        file.is_some_and(|file| !file.contains('/') && (file.ends_with(".yml") || file.ends_with(".yaml")))
    });
    workflows && change.evidence.checks_of(&change.head_sha).next().is_none()
}
