//! The check run of a job: one for each verdict, on the head that was judged, and never by a process that lost the job.

use super::verdict::Made;
use super::{RunError, Shell, mark};
use crate::github::{Doubt, GithubError, Run};
use crate::ids::Sha;
use crate::report::check::{Outcome, Output};
use crate::store::{Job, Kept, Open, Settlement, Shown, Urgency};

impl Shell<'_> {
    /// The check run on a head, made if there is none. It is completed already where an earlier try was cut off just
    /// after that. One that an earlier try left on another head is closed: nothing else would.
    pub(super) async fn begin(&self, job: &mut Job, head: &Sha) -> Result<Run, RunError> {
        self.ensure_ours(job).await?;
        let left = job.open.take();
        if let Some(left) = left.as_ref().filter(|left| left.head != *head) {
            self.close(job, left).await?;
        }
        if let Some(run) = self.left_on(job, left.as_ref(), head).await? {
            job.open = left;
            return Ok(run);
        }
        let doubt = if left.is_some() || job.attempt > 0 { Doubt::Some } else { Doubt::None };
        // Written before GitHub is asked: were the answer lost with this process, the next one knows where to look.
        self.store.opened(job, head, None).await?;
        let run = self.github.begin(&job.ask.repo, head, mark(job), doubt).await?;
        self.store.opened(job, head, Some(run.id)).await?;
        job.open = Some(Open { head: head.clone(), run: Some(run.id) });
        Ok(run)
    }

    /// The run that an earlier try began on the same head. It may be completed: where that try was cut off before it
    /// could settle, and another event came meanwhile, a second run would say the same once more.
    async fn left_on(&self, job: &Job, left: Option<&Open>, head: &Sha) -> Result<Option<Run>, RunError> {
        let Some(Open { run: Some(id), .. }) = left.filter(|left| left.head == *head) else {
            return Ok(None);
        };
        match self.github.run(&job.ask.repo, &Run::begun(*id, head)).await {
            Ok(run) if run.completed && job.ask.urgency == Urgency::Loud => Ok(None),
            Ok(run) => Ok(Some(run)),
            Err(GithubError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Closes a run that was left on a head that is no longer the pull request's.
    async fn close(&self, job: &Job, left: &Open) -> Result<(), RunError> {
        let repo = &job.ask.repo;
        let found = match left.run {
            Some(id) => self.github.run(repo, &Run::begun(id, &left.head)).await.map(Some),
            None => self.github.find(repo, &left.head, mark(job)).await,
        };
        let shown = match found {
            Ok(Some(run)) if !run.completed => self.github.show(repo, &run, &Output::superseded()).await,
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        match shown {
            // The commit is gone, and its check runs with it.
            Err(GithubError::NotFound { .. } | GithubError::Refused { .. }) => Ok(()),
            shown => Ok(shown?),
        }
    }

    /// Shows an output on a run, unless another process has the job.
    pub(super) async fn show(&self, job: &Job, run: &Run, output: &Output) -> Result<(), RunError> {
        self.ensure_ours(job).await?;
        Ok(self.github.show(&job.ask.repo, run, output).await?)
    }

    async fn ensure_ours(&self, job: &Job) -> Result<(), RunError> {
        if self.store.holds(job).await? { Ok(()) } else { Err(RunError::Lost) }
    }

    /// Shows a verdict where it is not shown yet. GitHub knows a check by its commit, so the worst verdict of all pull
    /// requests with this one is what each of them shows.
    pub(super) async fn publish(
        &self,
        job: &mut Job,
        run: Option<Run>,
        made: Made,
        head: &Sha,
    ) -> Result<Settlement, RunError> {
        let own = made.output.outcome;
        let siblings = self.store.siblings(job, head).await?;
        let worse = siblings.iter().map(|sibling| sibling.own).max().filter(|worst| *worst > own);
        let output = match worse {
            Some(worst) => {
                let holding = siblings.iter().filter(|sibling| sibling.own == worst);
                made.output.held_by(&holding.map(|sibling| sibling.number).collect::<Vec<_>>(), worst)
            }
            None => made.output,
        };
        let shown = Shown { head: head.clone(), digest: output.digest(), own, outcome: output.outcome };
        let stands = run.is_none() && !made.loud && job.shown == Some((head.clone(), shown.digest.clone()));
        if !stands {
            let run = match run {
                Some(run) => run,
                None => self.begin(job, head).await?,
            };
            let run = if run.completed && !run.says(&output) { self.renewed(job, head).await? } else { run };
            if !run.completed {
                self.show(job, &run, &output).await?;
            }
        }
        let kept = Kept { head: head.clone(), outcome: own.word().to_owned(), json: made.json };
        Ok(Settlement {
            kept: (!stands).then_some(kept),
            author: made.author,
            claims: made.claims,
            shown,
            wake: made.wake,
        })
    }

    /// Another run on the head, because the one of an earlier try was completed with what no longer holds.
    async fn renewed(&self, job: &Job, head: &Sha) -> Result<Run, RunError> {
        self.ensure_ours(job).await?;
        let run = self.github.begin(&job.ask.repo, head, mark(job), Doubt::None).await?;
        self.store.opened(job, head, Some(run.id)).await?;
        Ok(run)
    }
}

impl Run {
    /// Whether a completed run says what an output says, as far as its head line tells.
    fn says(&self, output: &Output) -> bool {
        output.outcome != Outcome::Waiting
            && self.conclusion.as_deref() == Some(output.outcome.word())
            && self.title.as_ref().is_none_or(|title| *title == output.title)
    }
}
