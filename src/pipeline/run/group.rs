//! A merge group: judged on its own head, because what passed alone may clash together.

use std::sync::Arc;

use jiff::SignedDuration;

use super::verdict::Made;
use super::{RunError, Shell};
use crate::github::{Asked, GithubError, Queued};
use crate::ids::Sha;
use crate::pipeline::{consider_group, needs};
use crate::report::check::{Outcome, Output};
use crate::store::{Job, KeptWaiver, Settlement, Shown};

/// GitHub tells of a group a moment before it shows its branch.
const LAG: SignedDuration = SignedDuration::from_mins(1);

impl Shell<'_> {
    pub(super) async fn run_group(&self, job: &mut Job, head: &Sha) -> Result<Settlement, RunError> {
        let Some(queued) = self.github.queued(&job.ask.repo, head).await? else {
            let seen = self.seen(job, head, "").await?;
            if (self.clock)().duration_since(seen) < LAG {
                let (what, reason) =
                    (format!("the merge group {}", job.ask), "the queue does not show it yet");
                return Err(GithubError::Unavailable { what, reason: reason.to_owned() }.into());
            }
            return self.withdraw(job, head).await;
        };
        let run = self.begin_where_due(job, head).await?;
        let room = self.room.acquire().await.expect("the room is never closed");
        self.store.start(job).await?;
        let mut made = self.in_time(self.judge_group(job, &queued)).await?;
        drop(room);
        // Commands belong to a pull request, and of a group's nobody knows which is meant.
        made.output.actions.clear();
        self.publish(job, run, made, head).await
    }

    /// A group that left the queue needs no verdict; a check run that was begun for it is ended.
    async fn withdraw(&self, job: &mut Job, head: &Sha) -> Result<Settlement, RunError> {
        if job.open.is_some() {
            let run = self.begin(job, head).await?;
            if !run.completed {
                self.show(job, &run, &Output::withdrawn()).await?;
            }
        }
        let (own, outcome) = (Outcome::Cancelled, Outcome::Cancelled);
        let shown = Shown { head: head.clone(), digest: Output::withdrawn().digest(), own, outcome };
        Ok(Settlement { kept: None, author: (None, None), claims: Vec::new(), shown, wake: None })
    }

    async fn judge_group(&self, job: &Job, queued: &Queued) -> Result<Made, RunError> {
        let (github, repo) = (self.github, &job.ask.repo);
        let mut group = match github.group(repo, queued, &needs()).await {
            Err(GithubError::Incomplete { what }) => return Ok(Made::unjudged(Output::of_incomplete(&what))),
            group => group?,
        };
        let policy = match github.policy(repo, &queued.branch, &group.change).await? {
            Ok(policy) => policy,
            Err(error) => return Ok(Made::unjudged(Output::of_policy(&error))),
        };
        let seen = self.seen(job, &queued.head, &queued.branch).await?;
        let asked = Asked::default().and(&policy.evidence.demands);
        let wake = self.gather(job, &mut group.change, &policy, asked, seen).await?;
        // What was accepted on a member stays accepted where it goes in together with others.
        for member in &group.members {
            let accepted = self.store.waivers(job.ask.repo_id, *member).await?;
            group.change.evidence.waivers.extend(accepted.iter().map(KeptWaiver::waiver));
        }
        self.verdict(job, Arc::new(consider_group), group.change, policy, wake).await
    }
}
