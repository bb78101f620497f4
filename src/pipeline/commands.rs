//! What people ask for in comments and with buttons: decided once, before the judgement that it may change, and
//! answered after it.

mod decide;
pub mod parse;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::run::RunError;
use crate::change::{Change, Permission, Waiver};
use crate::github::comments::Reaction;
use crate::github::{Doubt, GithubError, Installation};
use crate::ids::PrNumber;
use crate::policy::approval;
use crate::report::kept::KeptVerdict;
use crate::store::{CommandAnswer, Job, OpenCommand, Store};
use decide::{Asker, Case};
use parse::Request;

/// An answer that GitHub did not take so often is left.
const TRIES: u32 = 5;
/// An account gets no more replies in words on one pull request: two machines that answer each other come to an end.
const REPLIES: u64 = 20;
/// After this long an answer is tried again.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// What the commands of a pull request come to.
#[derive(Debug, Clone, Default)]
pub struct Settled {
    /// What was accepted on it, now or before.
    pub waivers: Vec<Waiver>,
    /// Whether someone who may asked for another judgement: it is shown whatever it comes to.
    pub loud: bool,
}

/// Decides what people asked for on a pull request. `change` is it as it is now; nothing where it can't be read, and
/// then nothing is accepted.
pub async fn settle(
    github: &Installation,
    store: &Store,
    (job, number): (&Job, PrNumber),
    change: Option<&Change>,
    now: Timestamp,
) -> Result<Settled, RunError> {
    let repo_id = job.ask.repo_id;
    let mut permissions: BTreeMap<String, Permission> = BTreeMap::new();
    let mut open = store.commands(repo_id, number).await?;
    for OpenCommand { command, answer, .. } in &mut open {
        if answer.is_some() {
            continue;
        }
        let is_machine = approval::is_machine(&command.by, command.is_bot);
        let requests = parse::read(&command.words);
        if !is_machine && !requests.is_empty() && !permissions.contains_key(&command.by.login) {
            let permission = github.permission(&job.ask.repo, &command.by).await?;
            permissions.insert(command.by.login.clone(), permission);
        }
        // Each is decided by the last verdict and not by what the ones before it lead to.
        let verdict = store.last_verdict(repo_id, number).await?.map(|kept| KeptVerdict::read(&kept.json));
        let permission = permissions.get(&command.by.login).copied().unwrap_or_default();
        let may_speak = store.replies(repo_id, number, &command.by).await? < REPLIES;
        let asker = Asker { change, command, is_machine, permission, may_speak };
        let (decided, accepted) = Case { asker, repo: &job.ask.repo, verdict, now }.decide(&requests);
        store.decide(command, &decided, &accepted).await?;
        tracing::info!(pull = %job.ask, by = command.by.login, accepted = accepted.len(), "decided a command");
        *answer = Some(decided);
    }
    let waivers = store.waivers(repo_id, number).await?;
    Ok(Settled {
        waivers: waivers.iter().map(|kept| kept.waiver()).collect(),
        loud: open.iter().any(is_recheck),
    })
}

/// Whether another judgement was asked for and granted, and its answer is still owed.
fn is_recheck(open: &OpenCommand) -> bool {
    let granted = open.answer.as_ref().is_some_and(|answer| answer.reaction == Some(true));
    granted && parse::read(&open.command.words).contains(&Request::Recheck)
}

/// Gives the answers that are owed on a pull request. That one can't be given fails no judgement: it is tried again
/// later, for which the time is returned.
pub async fn answer(
    github: &Installation,
    store: &Store,
    (job, number): (&Job, PrNumber),
    now: Timestamp,
) -> Result<Option<Timestamp>, RunError> {
    let mut again = None;
    for open in store.commands(job.ask.repo_id, number).await? {
        let Some(answer) = &open.answer else { continue };
        let key = &open.command.key;
        if !store.holds(job).await? {
            return Err(RunError::Lost);
        }
        store.begin_answer(key).await?;
        match give(github, job, number, &open, answer).await {
            Ok(()) => store.answered(key).await?,
            Err(error) if error.is_passing() && open.tries + 1 < TRIES => {
                tracing::warn!(pull = %job.ask, %error, "an answer is tried again later");
                again = Some(now + PAUSE);
            }
            Err(error) => {
                tracing::warn!(pull = %job.ask, %error, "an answer could not be given");
                store.answered(key).await?;
            }
        }
    }
    Ok(again)
}

async fn give(
    github: &Installation,
    job: &Job,
    number: PrNumber,
    open: &OpenCommand,
    answer: &CommandAnswer,
) -> Result<(), GithubError> {
    let repo = &job.ask.repo;
    if let Some(reply) = &answer.reply {
        let doubt = if open.tries > 0 { Doubt::Some } else { Doubt::None };
        github.say(repo, number, (&decide::mark(&open.command), reply), doubt).await?;
    }
    if let (Some(comment), Some(yes)) = (open.command.comment, answer.reaction) {
        let reaction = if yes { Reaction::Yes } else { Reaction::No };
        match github.react(repo, comment, reaction).await {
            // Who deleted the comment needs no reaction to it.
            Err(GithubError::NotFound { .. }) => {}
            reacted => reacted?,
        }
    }
    Ok(())
}
