//! From a pull request as it is now to its verdict, with all that is to be kept of it.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Judge, RunError, Shell};
use crate::change::{Change, Outlook, Waiver, day};
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
    /// A snapshot with its judgement, within the time that they may take.
    pub(super) async fn in_time(
        &self,
        work: impl Future<Output = Result<Made, RunError>>,
    ) -> Result<Made, RunError> {
        let made = tokio::time::timeout(self.limit, work).await;
        made.map_err(|_| RunError::TooSlow(self.limit))?
    }

    /// Judges a pull request as it was read, after what people asked for on it was decided. Its head was first seen at
    /// `seen`.
    pub(super) async fn judge_pull(
        &self,
        job: &Job,
        number: PrNumber,
        pull: &Pull,
        seen: Timestamp,
    ) -> Result<Made, RunError> {
        let (github, repo, needs) = (self.github, &job.ask.repo, crate::pipeline::needs());
        let change = match github.change(repo, pull, &needs).await {
            Err(GithubError::Incomplete { what }) => Err(what),
            change => Ok(change?),
        };
        let now = (self.clock)();
        let settled = commands::settle(github, self.store, (job, number), change.as_ref().ok(), now).await?;
        let made = match change {
            Err(what) => Made::unjudged(Output::of_incomplete(&what)),
            Ok(change) => self.judge_change((job, number), pull, change, settled.waivers, seen).await?,
        };
        Ok(Made { loud: settled.loud, ..made })
    }

    async fn judge_change(
        &self,
        (job, number): (&Job, PrNumber),
        pull: &Pull,
        mut change: Change,
        waivers: Vec<Waiver>,
        seen: Timestamp,
    ) -> Result<Made, RunError> {
        let (github, repo) = (self.github, &job.ask.repo);
        let policy = match github.policy(repo, &pull.base_branch, &change).await? {
            Ok(policy) => policy,
            Err(error) => return Ok(Made::unjudged(Output::of_policy(&error))),
        };
        let demands = &policy.evidence.demands;
        let asked = Asked::by_claims(&change, &crate::pipeline::needs()).and(demands);
        let wake = self.gather(job, &mut change, &policy, asked, seen).await?;
        change.evidence.waivers = waivers;
        if demands.of_approvals() {
            github.approvals(repo, number, &mut change).await?;
        }
        self.verdict(job, Arc::clone(self.judge), change, policy, wake).await
    }

    /// Gathers the evidence of a change's head with the day and the outlook; returns when the outlook changes next.
    pub(super) async fn gather(
        &self,
        job: &Job,
        change: &mut Change,
        policy: &Policy,
        asked: Asked,
        seen: Timestamp,
    ) -> Result<Timestamp, RunError> {
        let window = Window { seen, now: (self.clock)() };
        let deadline = policy.evidence.demands.deadline;
        change.evidence = self.github.evidence(&job.ask.repo, change, asked, &policy.evidence).await?;
        change.evidence.outlook = window.outlook(deadline);
        change.evidence.today = Some(day(window.now));
        Ok(window.wake(deadline))
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
