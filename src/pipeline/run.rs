//! The shell around the judgement for a pull request on GitHub: check run begun, snapshot, verdict, check run
//! completed.

use std::sync::Arc;

use crate::change::Change;
use crate::github::{Asked, Doubt, GithubError, Installation, Mark, Pull, Run};
use crate::policy::Policy;
use crate::report::check::{Outcome, Output};
use crate::report::{self, Format};
use crate::store::{Job, Kept, Store, StoreError};
use crate::verdict::Verdict;

/// What judges; [`super::consider`], except where a test wants another.
pub type Judge = Arc<dyn Fn(&Change, &Policy) -> Verdict + Send + Sync>;

/// Why a job did not end with a verdict.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// GitHub's side.
    #[error(transparent)]
    Github(#[from] GithubError),
    /// Our own database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A check broke.
    #[error("the judgement of {0} broke off; this is a fault of Gainsay's own")]
    Panicked(String),
    /// The pull request changed faster than it could be judged.
    #[error("the text of {0} changed each time while it was judged")]
    Restless(String),
}

/// A text that is edited this often while it is judged is left for a later try.
const READINGS: usize = 3;

/// Does a job up to the completed check run. What is returned is to be kept with [`Store::done`].
pub async fn run(github: &Installation, store: &Store, job: &Job, judge: &Judge) -> Result<Kept, RunError> {
    let ask = &job.ask;
    let mut pull = github.pull(&ask.repo, ask.number).await?;
    let mut run = begin(github, store, job, &pull).await?;
    for _ in 0..READINGS {
        let (output, json) = judged(github, job, &pull, judge).await?;
        let now = github.pull(&ask.repo, ask.number).await?;
        if now == pull {
            if !run.completed {
                github.complete(&ask.repo, &run, &output).await?;
            }
            return Ok(Kept { head: pull.head, outcome: word(output.outcome).to_owned(), json });
        }
        if now.head != pull.head {
            if !run.completed {
                github.complete(&ask.repo, &run, &Output::superseded()).await?;
            }
            run = begin(github, store, job, &now).await?;
        }
        pull = now;
    }
    Err(RunError::Restless(format!("{}{}", ask.repo, ask.number)))
}

/// The check run on the pull request's head, made if there is none. It is completed already where an earlier try was
/// cut off just after that. One that an earlier try left on another head is closed: nothing else would.
async fn begin(github: &Installation, store: &Store, job: &Job, pull: &Pull) -> Result<Run, RunError> {
    let repo = &job.ask.repo;
    let doubt = if job.attempt > 1 || job.open.is_some() { Doubt::Some } else { Doubt::None };
    if let Some((id, head)) = job.open.as_ref().filter(|(_, head)| *head != pull.head) {
        let left = Run { id: *id, head: head.clone(), completed: false, mark: None, annotations: 0 };
        if !github.run(repo, &left).await?.completed {
            github.complete(repo, &left, &Output::superseded()).await?;
        }
    }
    let run = github.begin(repo, &pull.head, mark(job), doubt).await?;
    store.opened(job, run.id, &pull.head).await?;
    Ok(run)
}

/// What a check run of this job is bound to.
fn mark(job: &Job) -> Mark {
    Mark { repo_id: job.ask.repo_id, number: job.ask.number, generation: job.generation }
}

/// The verdict as GitHub shows it, and as JSON.
async fn judged(
    github: &Installation,
    job: &Job,
    pull: &Pull,
    judge: &Judge,
) -> Result<(Output, String), RunError> {
    let repo = &job.ask.repo;
    let needs = super::needs();
    let mut change = match github.change(repo, pull, &needs).await {
        Err(GithubError::Incomplete { what }) => return Ok((Output::of_incomplete(&what), String::new())),
        change => change?,
    };
    let policy = match github.policy(repo, &pull.base_branch, &change).await? {
        Ok(policy) => policy,
        Err(error) => return Ok((Output::of_policy(&error), String::new())),
    };
    let asked = Asked::by_claims(&change, &needs);
    change.evidence = github.evidence(repo, &change, asked, &policy.evidence).await?;
    let judge = judge.clone();
    // Judging is work for a processor: it must not hold up the answers to webhooks.
    let verdict = tokio::task::spawn_blocking(move || {
        let verdict = judge(&change, &policy);
        let json = report::render(&verdict, Format::Json);
        (Output::of(&verdict), json)
    });
    verdict.await.map_err(|_| RunError::Panicked(format!("{repo}{}", job.ask.number)))
}

/// Says on the pull request's head that there is no verdict, and why.
pub async fn give_up(github: &Installation, job: &Job, reason: &str) -> Result<(), GithubError> {
    let repo = &job.ask.repo;
    let pull = github.pull(repo, job.ask.number).await?;
    let run = github.begin(repo, &pull.head, mark(job), Doubt::Some).await?;
    if run.completed {
        return Ok(());
    }
    github.complete(repo, &run, &Output::of_failure(reason)).await
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
        Outcome::ActionRequired => "action_required",
        Outcome::Cancelled => "cancelled",
    }
}
