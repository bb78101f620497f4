//! What the rules about drifted patches cost: a pull request of 500 files in a tree of 10,000.

mod tree;

use std::sync::atomic::{AtomicU64, Ordering};

use divan::Bencher;
use gainsay::change::Change;
use gainsay::checks::{self, Check, REGISTRY};
use gainsay::claims::{self, Claims};

use tree::change;

/// The rules that judge the final tree.
const RULES: [&str; 14] = [
    "api-broken",
    "built-twice",
    "caller-drifted",
    "copy-drifted",
    "dependency-drifted",
    "env-drifted",
    "naive-time",
    "patch-broken",
    "patch-doubled",
    "patch-residue",
    "patch-reverts",
    "patch-unlanded",
    "schema-drifted",
    "silent-cap",
];

fn main() {
    divan::main();
}

fn rule(id: &str) -> &'static dyn Check {
    *REGISTRY.iter().find(|check| check.rule().id == id).expect("the rule is registered")
}

/// Each rule by itself, on a project of its own each time: trees of texts that were parsed before are kept.
#[divan::bench(args = RULES, sample_count = 5, sample_size = 1)]
fn alone(bencher: Bencher<'_, '_>, id: &str) {
    bencher
        .with_inputs(|| prepared(10_000, 500))
        .bench_values(|(change, claims)| rule(id).run(&change, &claims));
}

/// All of them, as a verdict runs them.
#[divan::bench(args = [(500, 50), (10_000, 50), (10_000, 500)], sample_count = 5, sample_size = 1)]
fn together(bencher: Bencher<'_, '_>, (all, edited): (usize, usize)) {
    let rules = RULES.map(rule);
    bencher
        .with_inputs(|| prepared(all, edited))
        .bench_values(|(change, claims)| checks::examine_with(&rules, &change, &claims).findings.len());
}

static SEED: AtomicU64 = AtomicU64::new(0);

fn prepared(all: usize, edited: usize) -> (Change, Claims) {
    let change = change(all, edited, SEED.fetch_add(1, Ordering::Relaxed));
    let claims = claims::read(&change);
    // The claims parsed some of it: a copy begins without what was derived from its trees.
    (change.clone(), claims)
}
