//! The shell around the judgement for a pull request on GitHub: check run begun, snapshot, verdict, check run
//! completed.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::change::{Change, Outlook};
use crate::github::{Asked, Doubt, GithubError, Installation, Mark, Pull, Run};
use crate::ids::Sha;
use crate::policy::Policy;
use crate::report::check::{Outcome, Output};
use crate::report::{self, Format};
use crate::store::{Job, Kept, KeptClaim, Settlement, Store, StoreError};
use crate::verdict::{Ruling, Verdict};

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
/// How long after a push its workflows may take to begin: until then nothing is known of them.
const GRACE: SignedDuration = SignedDuration::from_mins(2);

/// Does a job up to the check run that shows its verdict. What is returned is to be kept with [`Store::done`].
///
/// A quiet job judges first and touches GitHub only if its verdict differs from what stands there: a check that passed
/// must not flicker each time that another one ends.
pub async fn run(
    github: &Installation,
    store: &Store,
    job: &Job,
    judge: &Judge,
    now: Timestamp,
) -> Result<Settlement, RunError> {
    let ask = &job.ask;
    let mut pull = github.pull(&ask.repo, ask.number).await?;
    let mut run = if job.quiet { None } else { Some(begin(github, store, job, &pull).await?) };
    for _ in 0..READINGS {
        let window = Window { seen: store.seen(job, &pull.head, now).await?, now };
        let made = judged(github, job, &pull, judge, window).await?;
        let current = github.pull(&ask.repo, ask.number).await?;
        if current == pull {
            let settlement = made.settlement(job, &pull.head);
            if run.is_none() && settlement.kept.is_none() {
                return Ok(settlement);
            }
            let run = match run {
                Some(run) => run,
                None => begin(github, store, job, &pull).await?,
            };
            if !run.completed {
                github.show(&ask.repo, &run, &made.output).await?;
            }
            return Ok(settlement);
        }
        if let Some(begun) = run.take_if(|_| current.head != pull.head) {
            if !begun.completed {
                github.show(&ask.repo, &begun, &Output::superseded()).await?;
            }
            run = Some(begin(github, store, job, &current).await?);
        }
        pull = current;
    }
    Err(RunError::Restless(format!("{}{}", ask.repo, ask.number)))
}

/// The time in which a head's evidence may come.
#[derive(Debug, Clone, Copy)]
struct Window {
    seen: Timestamp,
    now: Timestamp,
}

impl Window {
    fn outlook(self, deadline: SignedDuration) -> Outlook {
        match self.now.duration_since(self.seen) {
            age if age >= deadline => Outlook::Over,
            age if age < GRACE => Outlook::Starting,
            _ => Outlook::Open,
        }
    }

    /// When the outlook changes next.
    fn wake(self, deadline: SignedDuration) -> Timestamp {
        let grace = self.outlook(deadline) == Outlook::Starting && GRACE < deadline;
        self.seen + if grace { GRACE } else { deadline }
    }
}

/// A verdict, or what stands in its place, with all that is to be kept of it.
struct Made {
    output: Output,
    json: String,
    author: (Option<String>, Option<String>),
    claims: Vec<KeptClaim>,
    wake: Option<Timestamp>,
}

impl Made {
    /// Of a pull request that could not be judged.
    fn unjudged(output: Output) -> Self {
        Self { output, json: String::new(), author: (None, None), claims: Vec::new(), wake: None }
    }

    fn of(verdict: &Verdict, wake: Timestamp) -> Self {
        Self {
            output: Output::of(verdict),
            json: report::render(verdict, Format::Json),
            author: (verdict.author.agent.clone(), verdict.author.model.clone()),
            claims: super::ledger::kept(verdict),
            wake: (verdict.ruling == Ruling::Undecided && !verdict.waiting.is_empty()).then_some(wake),
        }
    }

    fn settlement(&self, job: &Job, head: &Sha) -> Settlement {
        let shown = format!("{head} {}", self.output.digest());
        let same = job.quiet && job.shown.as_ref() == Some(&shown);
        let kept = Kept {
            head: head.clone(),
            outcome: word(self.output.outcome).to_owned(),
            json: self.json.clone(),
        };
        Settlement {
            kept: (!same).then_some(kept),
            author: self.author.clone(),
            claims: self.claims.clone(),
            shown,
            wake: self.wake,
        }
    }
}

/// The check run on the pull request's head, made if there is none. It is completed already where an earlier try was
/// cut off just after that. One that an earlier try left on another head is closed: nothing else would.
async fn begin(github: &Installation, store: &Store, job: &Job, pull: &Pull) -> Result<Run, RunError> {
    let repo = &job.ask.repo;
    let doubt = if job.attempt > 1 || job.open.is_some() { Doubt::Some } else { Doubt::None };
    if let Some((id, head)) = job.open.as_ref().filter(|(_, head)| *head != pull.head) {
        let left = Run { id: *id, head: head.clone(), completed: false, mark: None, annotations: 0 };
        if !github.run(repo, &left).await?.completed {
            github.show(repo, &left, &Output::superseded()).await?;
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

/// Judges a pull request as it is now.
async fn judged(
    github: &Installation,
    job: &Job,
    pull: &Pull,
    judge: &Judge,
    window: Window,
) -> Result<Made, RunError> {
    let repo = &job.ask.repo;
    let needs = super::needs();
    let mut change = match github.change(repo, pull, &needs).await {
        Err(GithubError::Incomplete { what }) => return Ok(Made::unjudged(Output::of_incomplete(&what))),
        change => change?,
    };
    let policy = match github.policy(repo, &pull.base_branch, &change).await? {
        Ok(policy) => policy,
        Err(error) => return Ok(Made::unjudged(Output::of_policy(&error))),
    };
    let demands = &policy.evidence.demands;
    let deadline = demands.deadline;
    let asked = Asked::by_claims(&change, &needs).and(demands);
    change.evidence = github.evidence(repo, &change, asked, &policy.evidence).await?;
    change.evidence.outlook = window.outlook(deadline);
    if demands.of_approvals() {
        github.approvals(repo, job.ask.number, &mut change).await?;
    }
    let judge = judge.clone();
    // Judging is work for a processor: it must not hold up the answers to webhooks.
    let verdict =
        tokio::task::spawn_blocking(move || Made::of(&judge(&change, &policy), window.wake(deadline)));
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
    github.show(repo, &run, &Output::of_failure(reason)).await
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
        Outcome::ActionRequired => "action_required",
        Outcome::Cancelled => "cancelled",
        Outcome::Waiting => "waiting",
    }
}
