//! Each claim against the evidence: supported, contradicted, or neither.
//!
//! A contradiction needs proof. What the evidence merely fails to confirm is unproven.

mod capacity;
mod coverage;
mod definitions;
mod dependencies;
mod dependency;
mod docs_only;
mod gates;
mod jobs;
mod migration;
mod paths;
mod ran;
mod replaced;
mod reports;
mod runs;
mod size;
mod subjects;
mod test_difference;
mod tests_added;
mod tests_counted;
mod tests_kept;
mod tests_only;
mod tests_pass;
mod texts;
mod unmeasured;

use std::cell::OnceCell;

use super::message;
use super::{Claim, ClaimId, ClaimKind, Claims, Judged, Part, Standing, Weighed};
use crate::change::{Change, CheckKind, Commit};
use crate::ids::RepoPath;
use crate::span::{Location, Side};

pub(super) use capacity::inventoried;
pub(super) use coverage::{Narrowed, written};
pub(super) use dependencies::MANIFESTS;
pub(super) use reports::unread;

/// Sets each claim against the evidence.
pub(super) fn weigh(change: &Change, claims: &Claims) -> Vec<Weighed> {
    weigh_those(change, claims, |_| true).into_iter().map(|(_, weighed)| weighed).collect()
}

/// Sets each claim of some kinds against the evidence.
pub(super) fn weigh_those(
    change: &Change,
    claims: &Claims,
    which: impl Fn(&ClaimKind) -> bool,
) -> Vec<(ClaimId, Weighed)> {
    let bench = Bench {
        change,
        runs: OnceCell::new(),
        tests: OnceCell::new(),
        coverage: OnceCell::new(),
        texts: OnceCell::new(),
        sources: definitions::Sources::default(),
        tests_added: OnceCell::new(),
        undocumented: OnceCell::new(),
        difference: OnceCell::new(),
    };
    claims.of(which).map(|(id, claim)| (id, bench.temper(claim, bench.one(claim)))).collect()
}

/// The evidence, read once for all claims.
struct Bench<'c> {
    change: &'c Change,
    runs: OnceCell<runs::Runs<'c>>,
    tests: OnceCell<tests_pass::Evidence>,
    coverage: OnceCell<coverage::Evidence<'c>>,
    texts: OnceCell<texts::Texts<'c>>,
    sources: definitions::Sources,
    tests_added: OnceCell<Weighed>,
    undocumented: OnceCell<docs_only::Rest<'c>>,
    difference: OnceCell<test_difference::Difference<'c>>,
}

impl<'c> Bench<'c> {
    fn one(&self, claim: &Claim) -> Weighed {
        match &claim.kind {
            ClaimKind::Coverage(claim) => {
                self.coverage.get_or_init(|| coverage::Evidence::gather(self.change)).weigh(claim)
            }
            ClaimKind::TestsPass { passed, command } => {
                let tests = self.tests.get_or_init(|| tests_pass::Evidence::gather(self.change, self.runs()));
                let weighed =
                    tests.weigh(self.change, self.runs(), *passed, command.as_deref(), &claim.quote);
                match passed.filter(|_| weighed.judged.standing == Standing::Unproven) {
                    Some(passed) => capacity::weigh(self.change, passed).unwrap_or(weighed),
                    None => weighed,
                }
            }
            ClaimKind::TestsAdded { count, of } => {
                let weighed = self.tests_added.get_or_init(|| tests_added::weigh(self.change)).clone();
                if weighed.judged.standing != Standing::Supported || count.is_none() && of.is_none() {
                    return weighed;
                }
                tests_counted::weigh(self.change, self.difference(), *count, of.as_ref()).unwrap_or(weighed)
            }
            ClaimKind::TestsUnchanged => tests_kept::unchanged(self.change, self.difference()),
            ClaimKind::TestsKept => tests_kept::kept(self.change, self.difference()),
            ClaimKind::LintPasses => gates::weigh(self.runs(), CheckKind::Lint, &claim.quote),
            ClaimKind::TypesPass => gates::weigh(self.runs(), CheckKind::Types, &claim.quote),
            ClaimKind::Builds => gates::weigh(self.runs(), CheckKind::Build, &claim.quote),
            ClaimKind::Ran(command) => ran::weigh(self.runs(), command),
            ClaimKind::NoBreakingChange | ClaimKind::BackwardCompatible | ClaimKind::BehaviourUnchanged => {
                unmeasured::of_behaviour(self.change, self.rest())
            }
            ClaimKind::VerifiedByHand | ClaimKind::Fixes(_) | ClaimKind::Faster => {
                unmeasured::of(&claim.kind)
            }
            ClaimKind::TestsOnly => tests_only::weigh(self.change, claim),
            ClaimKind::Size(size) => size::weigh(self.change, size),
            ClaimKind::Dependency(dependency) => dependency::weigh(self.change, self.texts(), dependency),
            ClaimKind::MigrationIncluded => migration::weigh(self.change, self.texts()),
            ClaimKind::DocsOnly => docs_only::weigh(self.change, claim, self.rest()),
            ClaimKind::NoNewDependencies => dependencies::weigh(self.change, &claim.quote),
            ClaimKind::Added(subject) => subjects::added(&self.names(), subject),
            ClaimKind::Changed(subject) => subjects::changed(&self.names(), subject),
            ClaimKind::Replaced { from, to } => replaced::weigh(self.change, self.texts(), from, to),
            ClaimKind::Removed(subject) => subjects::removed(&self.names(), subject),
            ClaimKind::Renamed { from, to } => subjects::renamed(&self.names(), from, to),
        }
    }

    fn difference(&self) -> &test_difference::Difference<'c> {
        self.difference.get_or_init(|| test_difference::Difference::of(self.change))
    }

    fn runs(&self) -> &runs::Runs<'c> {
        self.runs.get_or_init(|| runs::Runs::of(self.change))
    }

    fn rest(&self) -> &docs_only::Rest<'c> {
        self.undocumented.get_or_init(|| docs_only::Rest::of(self.change))
    }

    fn texts(&self) -> &texts::Texts<'c> {
        self.texts.get_or_init(|| texts::Texts::of(self.change))
    }

    fn names(&self) -> subjects::Evidence<'_> {
        subjects::Evidence { change: self.change, texts: self.texts(), sources: &self.sources }
    }

    /// A commit speaks of itself. Where others stand beside it, or it is a squash of several steps, the whole change
    /// may confirm its words but not refute them: what one step did another may have undone.
    fn temper(&self, claim: &Claim, weighed: Weighed) -> Weighed {
        let Part::Commit(sha) = &claim.at.part else { return weighed };
        if weighed.judged.standing != Standing::Contradicted {
            return weighed;
        }
        let steps = || self.change.commits.iter().filter(|commit| commit.parents < 2);
        let squashed = |commit: &Commit| &commit.sha == sha && message::is_squash(&commit.message);
        if steps().any(squashed) {
            return unproven("the message joins several steps, and this is said of one of them");
        }
        let of_results = claim.kind.asks_for_check_results() || matches!(claim.kind, ClaimKind::Coverage(_));
        if steps().count() == 1 || of_results && *sha == self.change.head_sha {
            return weighed;
        }
        unproven("said by one commit of several, of which only the sum is judged")
    }
}

fn judged(standing: Standing, because: impl Into<String>) -> Weighed {
    Weighed { judged: Judged { standing, because: because.into() }, place: None }
}

fn supported(because: impl Into<String>) -> Weighed {
    judged(Standing::Supported, because)
}

fn unproven(because: impl Into<String>) -> Weighed {
    judged(Standing::Unproven, because)
}

fn contradicted(because: impl Into<String>) -> Weighed {
    judged(Standing::Contradicted, because)
}

impl Weighed {
    fn at(mut self, place: Location) -> Self {
        self.place = Some(place);
        self
    }

    fn at_file(self, side: Side, path: &RepoPath) -> Self {
        self.at(Location::file(side, path))
    }
}

#[cfg(test)]
mod tests;
