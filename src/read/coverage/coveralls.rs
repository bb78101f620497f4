//! Coveralls: whether its step fails the run. Its thresholds are kept by the service and are not in the repository.

use std::collections::BTreeMap;

use super::survey::Survey;
use super::{Gate, Mode, Scope, Stage, actions};
use crate::ids::RepoPath;

/// The workflows, which every survey reads; `.coveralls.yml` holds neither filters nor gates.
pub(super) const NEEDS: &[&str] = &[];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let steps = actions::steps(survey, &["coverallsapp/github-action"]);
    let mut config: Vec<RepoPath> = Vec::new();
    let mut fails = false;
    for (path, step) in &steps {
        if !config.contains(path) {
            config.push(path.clone());
        }
        fails |= actions::input(step, "fail-on-error").is_none_or(|value| value.trim() != "false");
    }
    if config.is_empty() {
        return Vec::new();
    }
    let gates = BTreeMap::from([("fail-on-error".to_owned(), Gate::On(fails))]);
    let mut scope = Scope::new("coveralls", "", config);
    scope.stage = Stage::Report;
    // It judges whatever it is sent; there is no filter of its own.
    vec![scope.measured(Ok((Mode::Loaded, Default::default()))).gated(Ok(gates))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Tree;

    fn gates(with: &str) -> BTreeMap<String, Gate> {
        let workflow = format!(
            "on: push\njobs:\n  t:\n    steps:\n      - uses: coverallsapp/github-action@v2\n        with:\n          file: a\n{with}"
        );
        let tree = Tree::of_files([(".github/workflows/ci.yml", workflow.as_bytes())]);
        scopes(&Survey::of(&tree)).remove(0).thresholds
    }

    #[test]
    fn its_step_fails_the_run_unless_told_otherwise() {
        let gate = |on| BTreeMap::from([("fail-on-error".to_owned(), Gate::On(on))]);
        assert_eq!(gates(""), gate(true));
        assert_eq!(gates("          fail-on-error: false\n"), gate(false));
        assert_eq!(gates("          base-path: src\n"), gate(true));
    }
}
