//! Each piece of evidence that policy requires against what is there.

use super::approval;
use super::demands::{Demands, Named, Requirement, Sort};
use crate::change::evidence::OfCommit;
use crate::change::{Change, CheckResult, Outlook};
use crate::read::test_report;
use crate::verdict::{Required, State};

/// What is known of one requirement, before the deadline has its say.
enum Seen {
    Met(String),
    Refused(String),
    NotYet(String),
    Unseen,
}

impl Demands {
    /// How each requirement stands.
    pub(super) fn weigh(&self, change: &Change) -> Vec<Required> {
        self.require.iter().map(|requirement| required(change, requirement)).collect()
    }
}

fn required(change: &Change, requirement: &Requirement) -> Required {
    let seen = match &requirement.sort {
        Sort::Check(name) => check(change, name),
        Sort::Deployment(name) => deployment(change, name),
        Sort::TestReport => test_report(change),
        Sort::HumanApproval => human_approval(change),
    };
    let (state, because) = match seen {
        Seen::Met(because) => (State::Met, because),
        Seen::Refused(because) => (State::Refused, because),
        Seen::NotYet(because) if change.evidence.outlook.may_wait() => (State::Awaited, because),
        Seen::NotYet(because) => (State::Missing, because),
        Seen::Unseen => (State::Unseen, "only the App can see it, and asks for it on GitHub".to_owned()),
    };
    Required { evidence: requirement.text.clone(), state, because }
}

/// Whether a door without GitHub's answers was handed nothing of a kind.
fn handed_nothing(change: &Change, nothing: bool) -> bool {
    nothing && change.evidence.outlook == Outlook::HandedIn
}

/// Of each name the newest result counts: a run that was started again takes the place of the one before.
fn check(change: &Change, name: &Named) -> Seen {
    if handed_nothing(change, change.evidence.checks.is_empty()) {
        return Seen::Unseen;
    }
    let of_head = change.evidence.checks_of(&change.head_sha).filter(|check| name.is(&check.name));
    let mut newest: Vec<&CheckResult> = Vec::new();
    for check in of_head {
        match newest.iter_mut().find(|known| known.name == check.name) {
            Some(known) if age(check) >= age(known) => *known = check,
            Some(_) => {}
            None => newest.push(check),
        }
    }
    let (mut not_yet, mut succeeded) = (None, 0);
    for check in &newest {
        let name = &check.name;
        match check.conclusion.as_deref() {
            Some("success") => succeeded += 1,
            Some(word @ ("failure" | "error" | "timed_out" | "startup_failure")) => {
                return Seen::Refused(format!("`{name}` ended as {word} on this commit"));
            }
            Some(word) => not_yet = Some(format!("`{name}` ended as {word}, which shows nothing")),
            None => not_yet = Some(format!("`{name}` is still running")),
        }
    }
    match (not_yet, succeeded) {
        (Some(because), _) => Seen::NotYet(because),
        (None, 0) => Seen::NotYet(absent(change, "check run or status", name)),
        (None, 1) => Seen::Met(format!("`{}` succeeded on this commit", newest[0].name)),
        (None, n) => Seen::Met(format!("all {n} check runs of that name succeeded on this commit")),
    }
}

/// What orders the results of one name: when it began, or else ended; of those without a time, one that failed is the
/// newest, so that no order of GitHub's answer hides it.
fn age(check: &CheckResult) -> (Option<&str>, bool) {
    let failed = check.conclusion.as_deref() != Some("success");
    (check.started.as_deref().or(check.completed.as_deref()), failed)
}

fn deployment(change: &Change, name: &Named) -> Seen {
    if handed_nothing(change, change.evidence.deployments.is_empty()) {
        return Seen::Unseen;
    }
    let mut not_yet = None;
    let mut refused = None;
    for deployment in change.evidence.deployments_of(&change.head_sha) {
        let environment = &deployment.environment;
        if !name.is(environment) {
            continue;
        }
        match deployment.state.as_deref() {
            Some("success") => {
                return Seen::Met(format!("this commit was deployed to `{environment}`"));
            }
            Some(word @ ("failure" | "error")) => {
                refused = Some(format!("the deployment of this commit to `{environment}` ended as {word}"));
            }
            Some(word) => not_yet = Some(format!("the deployment to `{environment}` is {word}")),
            None => not_yet = Some(format!("the deployment to `{environment}` has not begun")),
        }
    }
    match (not_yet, refused) {
        (Some(because), _) => Seen::NotYet(because),
        (None, Some(because)) => Seen::Refused(because),
        (None, None) => Seen::NotYet(absent(change, "deployment", name)),
    }
}

/// What is not there; of stale evidence by that name it says so.
fn absent(change: &Change, what: &str, name: &Named) -> String {
    let head = &change.head_sha;
    let evidence = &change.evidence;
    let stale_check = evidence.checks.iter().any(|c| c.is_stale(head) && name.is(&c.name));
    let stale_deployment = evidence.deployments.iter().any(|d| d.is_stale(head) && name.is(&d.environment));
    let stale = if what == "deployment" { stale_deployment } else { stale_check };
    let other = if stale { "; there is one of another commit, which does not count" } else { "" };
    format!("this commit has no {what} called `{name}`{other}")
}

/// A report counts if it can be read. What it says is for the claims.
fn test_report(change: &Change) -> Seen {
    let reports = &change.evidence.tests;
    let unread = reports.iter().find_map(|report| test_report::read(report).err());
    match (unread, reports.len()) {
        (Some(undecided), _) => Seen::NotYet(undecided.why),
        (None, 0) => Seen::NotYet("this commit has no test report".to_owned()),
        (None, 1) => Seen::Met(format!("the test report `{}` is there", reports[0].name)),
        (None, n) => Seen::Met(format!("{n} test reports are there")),
    }
}

fn human_approval(change: &Change) -> Seen {
    if handed_nothing(change, change.evidence.approvals.is_empty()) {
        return Seen::Unseen;
    }
    match approval::by_a_person(change) {
        Ok(person) => Seen::Met(format!("{} approved this commit", person.login)),
        Err(why) => Seen::NotYet(why),
    }
}

#[cfg(test)]
mod tests;
