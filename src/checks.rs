//! The checks: what each is, what it needs, and the one place that runs them all.
//!
//! A check is one file here, one page in `rules/` and one folder of fixtures. It is pure and synchronous, imports no
//! other check, and answers with findings and with what it could not decide.

mod api_broken;
mod built_twice;
mod caller_drifted;
mod ci_weakened;
mod claim_contradicted;
mod copy_drifted;
mod coverage_narrowed;
mod coverage_pragma_added;
mod coverage_threshold_lowered;
mod dependency_drifted;
mod env_drifted;
pub mod finding;
mod modules;
mod naive_time;
pub mod needs;
mod package;
mod patch_broken;
mod patch_doubled;
mod patch_residue;
mod patch_reverts;
mod patch_unlanded;
mod product;
mod refuted;
pub mod rule;
mod schema_drifted;
mod secret_exposed;
mod secret_leaked;
mod silent_cap;
mod sources;
mod suites;
mod test_deleted;
mod test_focused;
mod test_hollow;
mod test_skipped;
mod test_special_cased;
mod test_subverted;
mod test_unselected;
mod test_weakened;

use std::sync::LazyLock;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::change::Change;
use crate::claims::Claims;
use crate::undecided::Undecided;

pub use finding::{Disclosure, Finding};
pub use needs::{Needs, Wanted};
pub use rule::{Level, Rule};

/// One rule's judgement of a change.
pub trait Check: Send + Sync {
    /// The rule that it enforces.
    fn rule(&self) -> &'static Rule;

    /// Declares every file and kind of evidence that [`Check::run`] may read.
    fn needs(&self, needs: &mut Needs);

    /// Judges. Deterministic: the same change and claims give the same examination.
    fn run(&self, change: &Change, claims: &Claims) -> Examination;
}

/// What one check says: findings beside what it could not decide, so that one unreadable file hides no finding.
#[derive(Debug, Default)]
pub struct Examination {
    /// What is proved or contradicted, and notes.
    pub findings: Vec<Finding>,
    /// What could not be judged.
    pub undecided: Vec<Undecided>,
}

impl Examination {
    /// Takes in one file's result.
    pub fn absorb(&mut self, result: Result<impl IntoIterator<Item = Finding>, Undecided>) {
        match result {
            Ok(findings) => self.findings.extend(findings),
            Err(undecided) => self.undecided.push(undecided),
        }
    }
}

/// What all checks said of one change.
#[derive(Debug, Default)]
pub struct Report {
    /// All findings, by rule and place.
    pub findings: Vec<Finding>,
    /// All undecided matters, each with its rule's id.
    pub undecided: Vec<(&'static str, Undecided)>,
    /// The ids of the rules that ran, sorted.
    pub checked: Vec<&'static str>,
}

/// Every check, in the order of their ids.
pub const REGISTRY: &[&dyn Check] = &[
    &api_broken::ApiBroken,
    &built_twice::BuiltTwice,
    &caller_drifted::CallerDrifted,
    &ci_weakened::CiWeakened,
    &claim_contradicted::ClaimContradicted,
    &copy_drifted::CopyDrifted,
    &coverage_narrowed::CoverageNarrowed,
    &coverage_pragma_added::CoveragePragmaAdded,
    &coverage_threshold_lowered::CoverageThresholdLowered,
    &dependency_drifted::DependencyDrifted,
    &env_drifted::EnvDrifted,
    &naive_time::NaiveTime,
    &patch_broken::PatchBroken,
    &patch_doubled::PatchDoubled,
    &patch_residue::PatchResidue,
    &patch_reverts::PatchReverts,
    &patch_unlanded::PatchUnlanded,
    &schema_drifted::SchemaDrifted,
    &secret_exposed::SecretExposed,
    &secret_leaked::SecretLeaked,
    &silent_cap::SilentCap,
    &test_deleted::TestDeleted,
    &test_focused::TestFocused,
    &test_hollow::TestHollow,
    &test_skipped::TestSkipped,
    &test_special_cased::TestSpecialCased,
    &test_subverted::TestSubverted,
    &test_unselected::TestUnselected,
    &test_weakened::TestWeakened,
];

/// What all checks together need, for the one loader.
pub fn needs() -> Needs {
    let mut needs = Needs::default();
    for check in REGISTRY {
        check.needs(&mut needs);
    }
    needs
}

/// The threads on which checks run, each with the stack of a main thread, for syntax trees are deep. `None` where the
/// system grants no more threads.
static THREADS: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    let builder = ThreadPoolBuilder::new().stack_size(8 << 20).thread_name(|n| format!("check-{n}"));
    builder.build().ok()
});

/// Runs every check.
pub fn examine(change: &Change, claims: &Claims) -> Report {
    examine_with(REGISTRY, change, claims)
}

/// Runs these checks, several at a time.
pub fn examine_with(checks: &[&dyn Check], change: &Change, claims: &Claims) -> Report {
    let run = |check: &&dyn Check| check.run(change, claims);
    let examinations: Vec<Examination> = match &*THREADS {
        Some(threads) => threads.install(|| checks.par_iter().with_max_len(1).map(run).collect()),
        None => checks.iter().map(run).collect(),
    };
    let mut report = Report::default();
    for (check, examination) in checks.iter().zip(examinations) {
        let rule = check.rule();
        report.findings.extend(examination.findings);
        report.undecided.extend(examination.undecided.into_iter().map(|u| (rule.id, u)));
        report.checked.push(rule.id);
    }
    report.findings.sort_by(|a, b| (a.rule.id, &a.primary).cmp(&(b.rule.id, &b.primary)));
    report.undecided.sort();
    report.undecided.dedup();
    finding::number_repeats(&mut report.findings);
    report
}
