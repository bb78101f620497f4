//! GitHub's answers about a commit, as JSON: check runs, statuses, jobs of workflow runs, deployments.
//!
//! Lenient: unknown fields are ignored, and what a server or a hand-written file leaves out is optional.

use serde::Deserialize;
use serde_json::Value;

use crate::change::{CheckResult, Deployment, JobStep, WorkflowJob};
use crate::ids::{Malformed, Sha};

/// A check run.
#[derive(Debug, Clone, Deserialize)]
pub struct CheckRun {
    name: String,
    conclusion: Option<String>,
    head_sha: Option<String>,
    html_url: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
}

/// A commit status; the commit is told once for all of them.
#[derive(Debug, Clone, Deserialize)]
pub struct Status {
    context: String,
    state: String,
    target_url: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

/// A job of a workflow run.
#[derive(Debug, Clone, Deserialize)]
pub struct Job {
    name: String,
    workflow_name: Option<String>,
    conclusion: Option<String>,
    head_sha: Option<String>,
    html_url: Option<String>,
    #[serde(default)]
    steps: Option<Vec<Step>>,
}

/// A step of a job.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    name: String,
    conclusion: Option<String>,
}

/// A deployment. GitHub tells its state apart; a file may have it here.
#[derive(Debug, Clone, Deserialize)]
pub struct Deployed {
    environment: String,
    sha: Option<String>,
    state: Option<String>,
    environment_url: Option<String>,
}

/// What a file of answers holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckResults {
    /// Check runs and statuses.
    pub checks: Vec<CheckResult>,
    /// Jobs.
    pub jobs: Vec<WorkflowJob>,
    /// Deployments.
    pub deployments: Vec<Deployment>,
}

fn sha(text: Option<String>) -> Result<Option<Sha>, Malformed> {
    text.map(|sha| sha.parse()).transpose()
}

impl CheckRun {
    /// As evidence. The error is of a commit that is none.
    pub fn result(self) -> Result<CheckResult, Malformed> {
        Ok(CheckResult {
            name: self.name,
            conclusion: self.conclusion,
            head_sha: sha(self.head_sha)?,
            url: self.html_url,
            started: self.started_at,
            completed: self.completed_at,
        })
    }
}

impl Status {
    /// As evidence about that commit. A pending one has no conclusion; an error is a failure of what reports it and
    /// stays one by its own name.
    pub fn result(self, of: Option<Sha>) -> CheckResult {
        CheckResult {
            name: self.context,
            conclusion: Some(self.state).filter(|state| state != "pending"),
            head_sha: of,
            url: self.target_url,
            started: self.created_at,
            completed: self.updated_at,
        }
    }
}

impl Job {
    /// As evidence. The error is of a commit that is none.
    pub fn job(self) -> Result<WorkflowJob, Malformed> {
        let step = |step: Step| JobStep { name: step.name, conclusion: step.conclusion };
        Ok(WorkflowJob {
            name: self.name,
            workflow: self.workflow_name,
            conclusion: self.conclusion,
            head_sha: sha(self.head_sha)?,
            url: self.html_url,
            steps: self.steps.unwrap_or_default().into_iter().map(step).collect(),
        })
    }
}

impl Deployed {
    /// As evidence. The error is of a commit that is none.
    pub fn deployment(self) -> Result<Deployment, Malformed> {
        Ok(Deployment {
            environment: self.environment,
            state: self.state,
            sha: sha(self.sha)?,
            url: self.environment_url,
        })
    }
}

/// Reads a file of answers: a list of check runs, jobs or deployments, or GitHub's object around one. The error is one
/// sentence without a full stop.
pub fn read(bytes: &[u8]) -> Result<CheckResults, String> {
    let json: Value = serde_json::from_slice(bytes).map_err(|e| format!("it is no JSON: {e}"))?;
    let mut found = CheckResults::default();
    let mut any = false;
    for key in ["check_runs", "jobs", "deployments"] {
        if let Some(list) = json.get(key) {
            any = true;
            list.as_array().into_iter().flatten().try_for_each(|item| found.take(item))?;
        }
    }
    if let Some(statuses) = json.get("statuses").and_then(Value::as_array) {
        any = true;
        let of =
            sha(json.get("sha").and_then(Value::as_str).map(str::to_owned)).map_err(|e| e.to_string())?;
        for status in statuses {
            found.checks.push(parse::<Status>(status)?.result(of.clone()));
        }
    }
    match &json {
        Value::Array(list) => list.iter().try_for_each(|item| found.take(item))?,
        _ if any => {}
        _ => return Err("it holds no check runs, statuses, jobs or deployments".to_owned()),
    }
    Ok(found)
}

fn parse<T: for<'de> Deserialize<'de>>(item: &Value) -> Result<T, String> {
    T::deserialize(item).map_err(|e| e.to_string())
}

impl CheckResults {
    fn take(&mut self, item: &Value) -> Result<(), String> {
        let malformed = |e: Malformed| e.to_string();
        if item.get("steps").is_some() {
            self.jobs.push(parse::<Job>(item)?.job().map_err(malformed)?);
        } else if item.get("environment").is_some() {
            self.deployments.push(parse::<Deployed>(item)?.deployment().map_err(malformed)?);
        } else if item.get("context").is_some() {
            let of = sha(item.get("sha").and_then(Value::as_str).map(str::to_owned)).map_err(malformed)?;
            self.checks.push(parse::<Status>(item)?.result(of));
        } else {
            self.checks.push(parse::<CheckRun>(item)?.result().map_err(malformed)?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_githubs_answers_is_known_by_its_shape() {
        let sha = "a".repeat(40);
        let runs = format!(
            "{{\"total_count\":1,\"check_runs\":[{{\"name\":\"test\",\"conclusion\":null,\"head_sha\":\"{sha}\"}}]}}"
        );
        assert_eq!(read(runs.as_bytes()).unwrap().checks[0].head_sha.as_ref().unwrap().as_str(), sha);
        let status =
            format!("{{\"sha\":\"{sha}\",\"statuses\":[{{\"context\":\"ci\",\"state\":\"pending\"}}]}}");
        let found = read(status.as_bytes()).unwrap().checks.remove(0);
        assert_eq!((found.name.as_str(), found.conclusion, found.head_sha.is_some()), ("ci", None, true));
        let jobs = r#"{"jobs":[{"name":"test","workflow_name":"CI","conclusion":"success","steps":[{"name":"Run npm test","conclusion":"success"}]}]}"#;
        assert_eq!(read(jobs.as_bytes()).unwrap().jobs[0].steps.len(), 1);
        let deployments = r#"[{"environment":"preview","state":"success"}]"#;
        assert_eq!(read(deployments.as_bytes()).unwrap().deployments[0].state.as_deref(), Some("success"));
        assert_eq!(read(b"[]").unwrap(), CheckResults::default());
    }

    #[test]
    fn what_is_no_such_answer_is_told_and_not_empty() {
        for bad in [
            "",
            "{}",
            "7",
            "{\"message\":\"Not Found\"}",
            "[{\"name\":\"a\",\"head_sha\":\"x\"}]",
            "[{}]",
            "[7]",
        ] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, text in "[\\[\\]{}:,\"a-z0-9]{0,80}") {
            let _ = (read(&bytes), read(text.as_bytes()));
        }
    }
}
