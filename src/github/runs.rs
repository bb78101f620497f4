//! Our check run on a head: begun once, filled in batches, completed once.

use serde_json::{Map, Value, json};

use super::client::Installation;
use super::error::GithubError;
use super::{CHECK_NAME, Mark, wire};
use crate::ids::{RepoName, Sha};
use crate::report::check::{Annotation, Outcome, Output};

/// GitHub takes no more annotations with one request.
const BATCH: usize = 50;
/// More pages of a hundred check runs or statuses are not read.
pub(super) const MAX_PAGES: usize = 30;

type Result<T> = std::result::Result<T, GithubError>;

/// A check run of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: u64,
    /// The commit that it stands on.
    pub head: Sha,
    /// Whether it holds a conclusion.
    pub completed: bool,
    /// What it is bound to.
    pub mark: Option<Mark>,
    /// How many annotations it has.
    pub annotations: usize,
    /// GitHub's word for how it ended.
    pub conclusion: Option<String>,
    /// Its head line, where the server tells it.
    pub title: Option<String>,
}

impl Run {
    /// A run that was begun and of which no more is known.
    pub fn begun(id: u64, head: &Sha) -> Self {
        let head = head.clone();
        Self { id, head, completed: false, mark: None, annotations: 0, conclusion: None, title: None }
    }
}

impl Installation {
    /// A queued run on `head`. In doubt it is looked for first, because a POST that failed may have had its effect.
    pub async fn begin(&self, repo: &RepoName, head: &Sha, mark: Mark, doubt: Doubt) -> Result<Run> {
        let mut doubt = doubt;
        let create = || {
            let before = std::mem::replace(&mut doubt, Doubt::Some);
            self.create(repo, head, mark, before)
        };
        self.patiently(create).await
    }

    /// One try. It is looked for at the last moment: what an earlier try did may be late to be seen.
    async fn create(&self, repo: &RepoName, head: &Sha, mark: Mark, doubt: Doubt) -> Result<Run> {
        if doubt == Doubt::Some
            && let Some(run) = self.find(repo, head, mark).await?
        {
            return Ok(run);
        }
        let what = format!("the check run on {} in {repo}", head.short());
        let body = json!({
            "name": CHECK_NAME, "head_sha": head, "status": "queued", "external_id": mark.to_string(),
        });
        let route = format!("/repos/{repo}/check-runs");
        Ok(run_on(head, &self.post::<wire::CheckRun>(&what, &route, &body).await?))
    }

    /// The run of that mark, or an open one of the same pull request that an interrupted try left behind.
    pub async fn find(&self, repo: &RepoName, head: &Sha, mark: Mark) -> Result<Option<Run>> {
        let query = format!("&check_name={CHECK_NAME}&filter=all");
        let runs = self.check_runs(repo, head, &query).await?;
        let ours = runs.iter().filter(|run| self.is_ours(run)).map(|run| run_on(head, run));
        let ours: Vec<Run> = ours.filter(|run| run.mark.is_some_and(|m| m.same_pull(&mark))).collect();
        let same = ours.iter().find(|run| run.mark == Some(mark));
        Ok(same.or_else(|| ours.iter().find(|run| !run.completed)).cloned())
    }

    /// Shows an output on a run, and completes it unless the output waits. Annotations append on GitHub's side, so a request whose outcome is in doubt is
    /// not repeated before the run was read again.
    pub async fn show(&self, repo: &RepoName, run: &Run, output: &Output) -> Result<()> {
        let mut sent = run.annotations;
        loop {
            let mut doubt = Doubt::None;
            let step = || {
                let before = std::mem::replace(&mut doubt, Doubt::Some);
                self.send_batch(repo, run, output, sent, before)
            };
            match self.patiently(step).await? {
                Progress::Completed => return Ok(()),
                Progress::Sent(annotations) => sent = annotations,
            }
        }
    }

    async fn send_batch(
        &self,
        repo: &RepoName,
        run: &Run,
        output: &Output,
        sent: usize,
        doubt: Doubt,
    ) -> Result<Progress> {
        let all = &output.annotations;
        let mut sent = sent.min(all.len());
        if doubt == Doubt::Some {
            let now = self.run(repo, run).await?;
            if now.completed {
                return Ok(Progress::Completed);
            }
            sent = now.annotations.clamp(sent, all.len());
        }
        let batch = &all[sent..all.len().min(sent + BATCH)];
        let last = sent + batch.len() == all.len();
        self.update(repo, run, &body(output, batch, last)).await?;
        Ok(if last { Progress::Completed } else { Progress::Sent(sent + batch.len()) })
    }

    /// A run of ours as it is now.
    pub async fn run(&self, repo: &RepoName, run: &Run) -> Result<Run> {
        let what = format!("the check run {} in {repo}", run.id);
        let answer: wire::CheckRun = self.get(&what, &format!("/repos/{repo}/check-runs/{}", run.id)).await?;
        Ok(run_on(&run.head, &answer))
    }

    async fn update(&self, repo: &RepoName, run: &Run, body: &Value) -> Result<wire::CheckRun> {
        let what = format!("the check run {} in {repo}", run.id);
        self.patch(&what, &format!("/repos/{repo}/check-runs/{}", run.id), body).await
    }

    /// All check runs of a commit; `query` narrows them.
    pub(super) async fn check_runs(
        &self,
        repo: &RepoName,
        head: &Sha,
        query: &str,
    ) -> Result<Vec<wire::CheckRun>> {
        let what = format!("the check runs of {} in {repo}", head.short());
        let mut runs = Vec::new();
        for page in 1..=MAX_PAGES {
            let route = format!("/repos/{repo}/commits/{head}/check-runs?per_page=100&page={page}{query}");
            let answer: wire::CheckRuns = self.get(&what, &route).await?;
            let last =
                answer.check_runs.is_empty() || runs.len() + answer.check_runs.len() >= answer.total_count;
            runs.extend(answer.check_runs);
            if last {
                break;
            }
        }
        Ok(runs)
    }

    /// Whether this App made it. Where a server leaves the App out, the mark must do.
    pub(super) fn is_ours(&self, run: &wire::CheckRun) -> bool {
        match run.app.as_ref().and_then(|app| app.id) {
            Some(id) => id == self.app_id && run.name == CHECK_NAME,
            None => run.name == CHECK_NAME && run_mark(run).is_some(),
        }
    }
}

/// Whether an earlier try of the same work may have left its traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It is the first try.
    None,
    /// There were others.
    Some,
}

enum Progress {
    Completed,
    Sent(usize),
}

fn run_mark(run: &wire::CheckRun) -> Option<Mark> {
    run.external_id.as_deref().and_then(|id| id.parse().ok())
}

fn run_on(head: &Sha, run: &wire::CheckRun) -> Run {
    Run {
        id: run.id,
        head: run.head_sha.as_deref().and_then(|sha| sha.parse().ok()).unwrap_or_else(|| head.clone()),
        completed: run.status == "completed",
        mark: run_mark(run),
        annotations: run.output.as_ref().map_or(0, |output| output.annotations_count),
        conclusion: run.conclusion.clone(),
        title: run.output.as_ref().and_then(|output| output.title.clone()),
    }
}

fn body(output: &Output, batch: &[Annotation], last: bool) -> Value {
    let mut body = Map::new();
    if last {
        if output.outcome == Outcome::Waiting {
            body.insert("status".into(), "in_progress".into());
        } else {
            body.insert("status".into(), "completed".into());
            body.insert("conclusion".into(), output.outcome.word().into());
            body.insert("actions".into(), json!(output.actions));
        }
    }
    let mut shown = json!({"title": output.title, "summary": output.summary});
    if !batch.is_empty() {
        shown["annotations"] = json!(batch);
    }
    body.insert("output".into(), shown);
    Value::Object(body)
}
