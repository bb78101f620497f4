//! Steps of GitHub's workflows that use an action for coverage.

use super::survey::Survey;
use crate::ids::RepoPath;
use crate::read::workflow::{self, Step};

/// The steps that use an action whose name starts so, whatever its version, with the workflow that holds them.
pub(super) fn steps(survey: &Survey<'_>, actions: &[&str]) -> Vec<(RepoPath, Step)> {
    let mut found = Vec::new();
    for (path, workflow) in workflow::all(survey.tree).iter() {
        let Ok(workflow) = workflow else { continue };
        for step in workflow.jobs.iter().flat_map(|job| &job.steps) {
            let uses = step.uses.as_deref().unwrap_or_default().to_ascii_lowercase();
            if actions.iter().any(|action| uses.starts_with(action)) {
                found.push((path.clone(), step.clone()));
            }
        }
    }
    found
}

/// An input of a step, where it is written out.
pub(super) fn input<'s>(step: &'s Step, name: &str) -> Option<&'s str> {
    step.with.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}
