//! Manifest and lock file disagree about dependencies, or a new one has a name that is nearly a well-known one's.

mod look_alike;
mod pairs;
mod tell;

use std::mem::discriminant;

use crate::change::Change;
use crate::checks::{Check, Examination, Finding, Needs, Rule, Wanted};
use crate::claims::Claims;
use crate::read::flow;
use crate::read::lock::{self, Disagreement, Fault};
use crate::span::Side;
use crate::undecided::Undecided;

use pairs::Locked;

static RULE: Rule = Rule::new("dependency-drifted", include_str!("../../rules/dependency-drifted.md"));

/// `dependency-drifted`; its page tells the rest.
pub(super) struct DependencyDrifted;

impl Check for DependencyDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        for glob in pairs::MANIFESTS {
            needs.changed(glob);
            needs.side(Side::Base, glob);
        }
        for glob in pairs::LOCKS {
            needs.changed(glob);
        }
        needs.changed(flow::FILES);
        needs.later(|change| {
            let mut wanted = Wanted::default();
            for pair in pairs::of(change) {
                for path in pair.files() {
                    wanted.base.insert(path.clone());
                    wanted.head.insert(path.clone());
                }
            }
            wanted
        });
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let pairs = pairs::of(change);
        let local = pairs::local_names(change, &pairs);
        for pair in &pairs {
            examination.absorb(judge(change, pair, &local, claims));
        }
        examination.findings.extend(look_alike::find(change, claims));
        examination
    }
}

fn judge(
    change: &Change,
    pair: &Locked,
    local: &std::collections::BTreeSet<String>,
    claims: &Claims,
) -> Result<Vec<Finding>, Undecided> {
    let at = |side: Side| -> Result<Option<Vec<Disagreement>>, Undecided> {
        let texts = [&pair.manifest, &pair.root, &pair.lock].map(|path| change.text(side, path));
        let [Ok(Some(manifest)), Ok(root), Ok(Some(lock))] = texts else {
            let unread = texts.into_iter().find_map(Result::err);
            return unread.map_or(Ok(None), Err);
        };
        let texts = lock::Pair { manifest, root: root.unwrap_or_default(), lock, below: &pair.below, local };
        lock::disagreements(pair.format, texts).map_err(|why| why.at(&pair.lock))
    };
    let Some(base) = at(Side::Base)? else { return Ok(Vec::new()) };
    let Some(mut head) = at(Side::Head)? else { return Ok(Vec::new()) };
    let same = |a: &Disagreement, b: &Disagreement| {
        a.name == b.name && discriminant(&a.fault) == discriminant(&b.fault)
    };
    head.retain(|found| base.iter().all(|known| !same(known, found)));
    let (surplus, broken): (Vec<_>, Vec<_>) =
        head.into_iter().partition(|found| found.fault == Fault::Surplus);
    let agreed = base.iter().all(|known| known.fault == Fault::Surplus);
    let mut findings = Vec::new();
    findings.extend(tell::broken(change, pair, &broken, agreed, claims));
    // A name that is only wrong in one way is told once.
    if broken.is_empty() {
        findings.extend(tell::surplus(pair, &surplus, claims));
    }
    Ok(findings)
}
