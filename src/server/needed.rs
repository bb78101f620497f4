//! What the App may do and what it is told of: the one list for the setup, which asks for it, and for the doctor, who
//! holds the App against it.

/// A repository permission.
#[derive(Debug, Clone, Copy)]
pub struct Permission {
    /// As GitHub's API names it.
    pub name: &'static str,
    /// `read` or `write`.
    pub level: &'static str,
    /// What it is for.
    pub why: &'static str,
    /// What does not work without it.
    pub without: &'static str,
}

impl Permission {
    /// Whether what was granted is enough.
    pub fn is_met_by(&self, granted: Option<&str>) -> bool {
        match granted {
            Some("write" | "admin") => true,
            Some("read") => self.level == "read",
            _ => false,
        }
    }
}

const fn permission(
    name: &'static str,
    level: &'static str,
    why: &'static str,
    without: &'static str,
) -> Permission {
    Permission { name, level, why, without }
}

/// The permissions, none of which is wider than it must be.
pub const PERMISSIONS: &[Permission] = &[
    permission(
        "actions",
        "read",
        "reads the jobs and the reports of workflow runs that a claim is set against",
        "claims about tests stay unproven",
    ),
    permission(
        "checks",
        "write",
        "writes the check run `gainsay`, and reads what other checks say",
        "no verdict is shown",
    ),
    permission(
        "contents",
        "read",
        "reads the files and commits of base and head, and the policy",
        "nothing can be judged",
    ),
    permission(
        "deployments",
        "read",
        "reads deployments, where policy requires one",
        "a required deployment is never seen",
    ),
    permission(
        "issues",
        "read",
        "is told of comments, which GitHub counts as those of issues on pull requests too",
        "commands in comments are not heard",
    ),
    permission(
        "merge_queues",
        "read",
        "is told of merge groups",
        "a merge queue waits for the check until its time is out",
    ),
    permission("metadata", "read", "is part of every App", "GitHub refuses every request"),
    permission(
        "pull_requests",
        "write",
        "reads pull requests and reviews, and answers commands in comments",
        "commands in comments get no answer",
    ),
    permission(
        "statuses",
        "read",
        "reads commit statuses, which older CI systems write instead of check runs",
        "a required status is never seen",
    ),
];

/// An event with what it is for.
#[derive(Debug, Clone, Copy)]
pub struct NeededEvent {
    /// As GitHub names it.
    pub name: &'static str,
    /// What does not happen without it.
    pub without: &'static str,
}

const fn event(name: &'static str, without: &'static str) -> NeededEvent {
    NeededEvent { name, without }
}

/// The events to subscribe to. Those of installations come by themselves.
pub const EVENTS: &[NeededEvent] = &[
    event("check_run", "a check that ends changes no verdict, and the buttons do nothing"),
    event("check_suite", "\"Re-run all checks\" does nothing"),
    event("deployment_status", "a deployment that ends changes no verdict"),
    event("issue_comment", "commands in comments are not heard"),
    event("merge_group", "a merge queue waits for the check until its time is out"),
    event("pull_request", "nothing is judged"),
    event("pull_request_review", "a required approval is seen late"),
    event("push", "a changed policy is applied late"),
    event("repository", "a repository that is renamed is asked for by its old name"),
    event("status", "a commit status changes no verdict"),
    event("workflow_run", "a workflow run that ends changes no verdict"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_permission_is_enough_and_a_narrower_one_is_not() {
        let by = |name: &str| PERMISSIONS.iter().find(|p| p.name == name).unwrap();
        assert!(by("contents").is_met_by(Some("read")) && by("contents").is_met_by(Some("write")));
        assert!(by("checks").is_met_by(Some("write")) && !by("checks").is_met_by(Some("read")));
        assert!(!by("metadata").is_met_by(None));
    }

    #[test]
    fn the_lists_are_in_order_and_name_nothing_twice() {
        assert!(PERMISSIONS.is_sorted_by(|a, b| a.name < b.name));
        assert!(EVENTS.is_sorted_by(|a, b| a.name < b.name));
    }
}
