//! From a pull request as it is now to its verdict, with all that is to be kept of it.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Judge, RunError, Shell};
use crate::change::{Change, Outlook, day};
use crate::github::{Asked, GithubError, Pull};
use crate::ids::PrNumber;
use crate::pipeline::{commands, ledger};
use crate::policy::{CommentPolicy, Policy};
use crate::report::check::Output;
use crate::report::sticky::Page;
use crate::report::{self, Format};
use crate::store::{Job, KeptClaim};
use crate::verdict::{Ruling, Verdict};

/// How long after a push its workflows may take to begin: until then nothing is known of them.
const GRACE: SignedDuration = SignedDuration::from_mins(2);

/// The time in which a head's evidence may come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) seen: Timestamp,
    pub(super) now: Timestamp,
}

impl Window {
    pub(super) fn outlook(self, deadline: SignedDuration) -> Outlook {
        match self.now.duration_since(self.seen) {
            age if age >= deadline => Outlook::Over,
            age if age < GRACE => Outlook::Starting,
            _ => Outlook::Open,
        }
    }

    /// When the outlook changes next.
    pub(super) fn wake(self, deadline: SignedDuration) -> Timestamp {
        let grace = self.outlook(deadline) == Outlook::Starting && GRACE < deadline;
        self.seen + if grace { GRACE } else { deadline }
    }
}

/// A verdict, or what stands in its place.
pub(super) struct Made {
    pub(super) output: Output,
    pub(super) json: String,
    pub(super) author: (Option<String>, Option<String>),
    pub(super) claims: Vec<KeptClaim>,
    pub(super) wake: Option<Timestamp>,
    /// What the comment on the pull request shows, where policy asks for one.
    pub(super) page: Option<Page>,
    /// Whether a person asked for it: it is shown whatever stands there.
    pub(super) loud: bool,
}

impl Made {
    /// Of what could not be judged.
    pub(super) fn unjudged(output: Output) -> Self {
        let author = (None, None);
        Self { output, json: String::new(), author, claims: Vec::new(), wake: None, page: None, loud: false }
    }

    fn of(verdict: &Verdict, comment: CommentPolicy, wake: Timestamp) -> Self {
        let waits = verdict.ruling == Ruling::Undecided && !verdict.waiting.is_empty();
        let lapse = verdict.lapses().and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        Self {
            output: Output::of(verdict),
            json: report::render(verdict, Format::Json),
            author: (verdict.author.agent.clone(), verdict.author.model.clone()),
            claims: ledger::kept(verdict),
            wake: waits.then_some(wake).into_iter().chain(lapse.map(|day| day.timestamp())).min(),
            page: Page::of(verdict, comment),
            loud: false,
        }
    }
}

impl Shell<'_> {
    /// Judges a pull request as it was read. Its head was first seen at `seen`.
    pub(super) async fn judged(
        &self,
        job: &Job,
        number: PrNumber,
        pull: &Pull,
        seen: Timestamp,
    ) -> Result<Made, RunError> {
        let made = tokio::time::timeout(self.limit, self.judge_pull(job, number, pull, seen)).await;
        made.map_err(|_| RunError::TooSlow(self.limit))?
    }

    async fn judge_pull(
        &self,
        job: &Job,
        number: PrNumber,
        pull: &Pull,
        seen: Timestamp,
    ) -> Result<Made, RunError> {
        let (github, repo) = (self.github, &job.ask.repo);
        let needs = crate::pipeline::needs();
        let mut change = match github.change(repo, pull, &needs).await {
            Err(GithubError::Incomplete { what }) => {
                let settled =
                    commands::settle(github, self.store, (job, number), None, (self.clock)()).await?;
                return Ok(Made { loud: settled.loud, ..Made::unjudged(Output::of_incomplete(&what)) });
            }
            change => change?,
        };
        let settled =
            commands::settle(github, self.store, (job, number), Some(&change), (self.clock)()).await?;
        let policy = match github.policy(repo, &pull.base_branch, &change).await? {
            Ok(policy) => policy,
            Err(error) => {
                return Ok(Made { loud: settled.loud, ..Made::unjudged(Output::of_policy(&error)) });
            }
        };
        let window = Window { seen, now: (self.clock)() };
        let demands = &policy.evidence.demands;
        let deadline = demands.deadline;
        let asked = Asked::by_claims(&change, &needs).and(demands);
        change.evidence = github.evidence(repo, &change, asked, &policy.evidence).await?;
        change.evidence.outlook = window.outlook(deadline);
        (change.evidence.waivers, change.evidence.today) = (settled.waivers, Some(day(window.now)));
        if demands.of_approvals() {
            github.approvals(repo, number, &mut change).await?;
        }
        let made = self.verdict(job, Arc::clone(self.judge), change, policy, window.wake(deadline)).await?;
        Ok(Made { loud: settled.loud, ..made })
    }

    /// Judging is work for a processor: it must not hold up the answers to webhooks.
    pub(super) async fn verdict(
        &self,
        job: &Job,
        judge: Judge,
        change: Change,
        policy: Policy,
        wake: Timestamp,
    ) -> Result<Made, RunError> {
        let made =
            tokio::task::spawn_blocking(move || Made::of(&judge(&change, &policy), policy.comment, wake));
        made.await.map_err(|_| RunError::Panicked(job.ask.to_string()))
    }
}
