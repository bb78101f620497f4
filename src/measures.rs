//! What is counted and timed, by the names that dashboards rely on. No label holds a stranger's words: each value is
//! one of ours or a number of GitHub's.

use std::time::Duration;

/// Deliveries by event and by how they were answered.
pub const DELIVERIES: &str = "gainsay_deliveries_total";
/// Seconds from a delivery's first byte to its answer.
pub const ACKNOWLEDGED: &str = "gainsay_acknowledgement_seconds";
/// Seconds from the moment at which a verdict was due, its event's as a rule, until it was there.
pub const VERDICT: &str = "gainsay_verdict_seconds";
/// Seconds that a job took, by how it ended.
pub const JOB: &str = "gainsay_job_seconds";
/// Verdicts by ruling.
pub const VERDICTS: &str = "gainsay_verdicts_total";
/// Work by its state.
pub const QUEUE: &str = "gainsay_queue";
/// Seconds for which the oldest piece of work has been due.
pub const QUEUE_AGE: &str = "gainsay_queue_oldest_seconds";
/// Requests to GitHub's API that an installation has left in this hour.
pub const RATE_LEFT: &str = "gainsay_github_rate_remaining";
/// Requests to GitHub's API that an installation has in an hour.
pub const RATE: &str = "gainsay_github_rate_limit";
/// Requests to GitHub's API by the class of their answers.
pub const REQUESTS: &str = "gainsay_github_requests_total";
/// Connections that found no place.
pub const REFUSED: &str = "gainsay_connections_refused_total";

/// The events that are counted by name; any other is `other`.
const EVENTS: &[&str] = &[
    "check_run",
    "check_suite",
    "deployment_status",
    "installation",
    "installation_repositories",
    "issue_comment",
    "merge_group",
    "ping",
    "pull_request",
    "pull_request_review",
    "push",
    "repository",
    "status",
    "workflow_run",
];

/// Every name with its meaning.
pub const ALL: &[(&str, &str)] = &[
    (DELIVERIES, "deliveries by event and answer"),
    (ACKNOWLEDGED, "seconds until a delivery was answered"),
    (VERDICT, "seconds from when a verdict was due until it was there"),
    (JOB, "seconds that a job took, by how it ended"),
    (VERDICTS, "verdicts by ruling"),
    (QUEUE, "work by state: due, waiting, running, dead"),
    (QUEUE_AGE, "seconds for which the oldest work has been due"),
    (RATE_LEFT, "requests to GitHub that an installation has left in this hour"),
    (RATE, "requests to GitHub that an installation has in an hour"),
    (REQUESTS, "requests to GitHub by the class of their answers"),
    (REFUSED, "connections that found no place"),
];

/// Tells the recorder what the names mean.
pub fn describe() {
    for (name, meaning) in ALL {
        match *name {
            DELIVERIES | VERDICTS | REQUESTS | REFUSED => metrics::describe_counter!(*name, *meaning),
            QUEUE | QUEUE_AGE | RATE | RATE_LEFT => metrics::describe_gauge!(*name, *meaning),
            _ => metrics::describe_histogram!(*name, *meaning),
        }
    }
}

/// A delivery was answered with an HTTP status after a time.
pub fn delivery(event: Option<&str>, status: u16, took: Duration) {
    let event = EVENTS.iter().find(|known| event == Some(**known)).copied().unwrap_or("other");
    metrics::counter!(DELIVERIES, "event" => event, "answer" => status.to_string()).increment(1);
    metrics::histogram!(ACKNOWLEDGED).record(took.as_secs_f64());
}

/// A connection found no place.
pub fn refused_connection() {
    metrics::counter!(REFUSED).increment(1);
}

/// A verdict was kept, with the conclusion of its check run, so long after it was due.
pub fn verdict(outcome: &str, since: Duration) {
    let ruling = match outcome {
        "success" => "pass",
        "failure" => "blocked",
        "action_required" => "undecided",
        _ => "other",
    };
    metrics::counter!(VERDICTS, "ruling" => ruling).increment(1);
    metrics::histogram!(VERDICT).record(since.as_secs_f64());
}

/// A job ended.
pub fn job(outcome: &'static str, took: Duration) {
    metrics::histogram!(JOB, "outcome" => outcome).record(took.as_secs_f64());
}

/// The queue as it is now; `oldest` is for how long the oldest piece of work has been due.
pub fn queue(states: [(&'static str, u64); 4], oldest: Duration) {
    for (state, count) in states {
        // A float holds such counts exactly.
        metrics::gauge!(QUEUE, "state" => state).set(count as f64);
    }
    metrics::gauge!(QUEUE_AGE).set(oldest.as_secs_f64());
}
