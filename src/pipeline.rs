//! From a change to its verdict: the one path that every door takes.

pub mod commands;
mod group;
pub mod ledger;
pub mod run;
pub mod sticky;

pub use group::consider_group;

use crate::authorship;
use crate::change::{Change, Evidence};
use crate::checks::{self, Needs, Report};
use crate::claims::{self, Claims, Judged, Standing};
use crate::policy::{self, Policy};
use crate::span::Side;
use crate::undecided::Undecided;
use crate::verdict::Verdict;

/// Everything that [`consider`] reads: what the checks need, the policy in force and the one that the change proposes.
pub fn needs() -> Needs {
    let mut needs = checks::needs();
    for path in policy::PATHS {
        needs.both(path);
    }
    needs
}

/// Judges a change under a policy. Pure: no disk, no network, no clock.
pub fn consider(change: &Change, policy: &Policy) -> Verdict {
    under(change, policy, |change| considered(change, policy, claims::read(change)))
}

/// The change with what the policy says of checks and of recent work.
fn under(change: &Change, policy: &Policy, judge: impl Fn(&Change) -> Verdict) -> Verdict {
    let (kinds, recent) = (&policy.evidence.checks, policy.recent());
    if change.evidence.kinds == *kinds && change.evidence.recent == recent {
        return judge(change);
    }
    let evidence = Evidence { kinds: kinds.clone(), recent, ..change.evidence.clone() };
    judge(&Change { evidence, ..change.clone() })
}

fn considered(change: &Change, policy: &Policy, claims: Claims) -> Verdict {
    let mut judged = claims::weigh(change, &claims);
    let mut report = checks::examine(change, &claims);
    contradict(change, &claims, &report, &mut judged);
    report.undecided.extend(broken_policy(change));
    let claims = claims.list.into_iter().zip(judged).collect();
    let mut verdict = policy.judge(change, authorship::identify(change), claims, report);
    verdict.scrub(change);
    verdict
}

/// A claim that a finding contradicts falls, and so does the same said elsewhere; every coverage figure falls with the
/// set of files that it was measured over.
fn contradict(change: &Change, claims: &Claims, report: &Report, judged: &mut [Judged]) {
    let mut bounds = None;
    for finding in &report.findings {
        let Some(gainsaid) = finding.gainsays.and_then(|id| claims.list.get(id)) else { continue };
        let narrowed = finding.rule.id == "coverage-narrowed" && gainsaid.kind.hangs_on_coverage_scope();
        for (id, (claim, judged)) in claims.list.iter().zip(judged.iter_mut()).enumerate() {
            let falls =
                claim.kind.falls_with(&gainsaid.kind) || narrowed && claim.kind.hangs_on_coverage_scope();
            if !falls || judged.standing == Standing::Contradicted {
                continue;
            }
            let mut because = finding.headline.clone();
            if narrowed {
                let bounds = bounds.get_or_insert_with(|| claims::over_the_scope_of_base(change, claims));
                if let Some(bound) = &bounds[id] {
                    because = format!("{because}; {bound}");
                }
            }
            *judged = Judged { standing: Standing::Contradicted, because };
        }
    }
}

/// A policy that this change breaks would fail every pull request after it.
fn broken_policy(change: &Change) -> Option<(&'static str, Undecided)> {
    policy::PATHS.iter().find_map(|path| {
        let path = path.parse().expect("a constant path is sound");
        change.file(&path)?;
        let undecided = match change.text(Side::Head, &path) {
            Ok(text) => Undecided::new(Policy::parse(path.as_str(), text?).err()?.to_string()).at(&path),
            Err(undecided) => undecided,
        };
        Some(("policy", undecided.decisive()))
    })
}
