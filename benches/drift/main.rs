//! What the rules about drifted patches cost: a pull request of 500 files in a tree of 10,000.

mod tree;

use divan::Bencher;
use gainsay::change::Change;
use gainsay::checks::{Check, REGISTRY};
use gainsay::claims;

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

/// A copy begins without what was derived from its trees, so every run pays for all of it.
fn fresh(change: &Change) -> Change {
    change.clone()
}

/// Each rule by itself.
#[divan::bench(args = RULES, sample_count = 5, sample_size = 1)]
fn alone(bencher: Bencher<'_, '_>, id: &str) {
    let change = change(10_000, 500);
    let claims = claims::read(&change);
    bencher.with_inputs(|| fresh(&change)).bench_values(|change| rule(id).run(&change, &claims));
}

/// All of them, one after another, as a verdict runs them.
#[divan::bench(args = [(500, 50), (10_000, 50), (10_000, 500)], sample_count = 5, sample_size = 1)]
fn together(bencher: Bencher<'_, '_>, (all, edited): (usize, usize)) {
    let change = change(all, edited);
    let claims = claims::read(&change);
    bencher
        .with_inputs(|| fresh(&change))
        .bench_values(|change| RULES.map(|id| rule(id).run(&change, &claims).findings.len()));
}
