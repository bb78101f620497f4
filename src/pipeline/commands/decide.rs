//! What is granted and what is refused, and why. Pure.

use jiff::Timestamp;
use jiff::civil::Date;

use super::parse::{Request, Unclear, Which};
use crate::change::{Change, Permission, day};
use crate::ids::{Fingerprint, RepoName};
use crate::policy::approval;
use crate::report::answer::{self, Refusal};
use crate::report::kept::{KeptVerdict, Named};
use crate::store::{Command, CommandAnswer, KeptWaiver};

const BY_BUTTON: &str = "accepted with the button on the check run";

/// Who asks, and what is known of them.
pub(super) struct Asker<'a> {
    pub(super) change: Option<&'a Change>,
    pub(super) command: &'a Command,
    pub(super) is_machine: bool,
    pub(super) permission: Permission,
    /// Whether they may be answered in words.
    pub(super) may_speak: bool,
}

/// A command with all that decides it.
pub(super) struct Case<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) repo: &'a RepoName,
    /// The last verdict, where there is one.
    pub(super) verdict: Option<KeptVerdict>,
    pub(super) now: Timestamp,
}

/// What one request comes to.
enum Outcome {
    Accepted(Box<KeptWaiver>),
    Granted,
    Told(String),
    Refused(Refusal),
}

/// What our reply to a command carries, so that it is found again.
pub(super) fn mark(command: &Command) -> String {
    match command.comment {
        Some(comment) => format!("<!-- gainsay:answer:{comment} -->"),
        None => format!("<!-- gainsay:answer:{} -->", Fingerprint::over(&["command", &command.key])),
    }
}

impl Case<'_> {
    /// The answer, and what is accepted.
    pub(super) fn decide(&self, requests: &[Request]) -> (CommandAnswer, Vec<KeptWaiver>) {
        let Asker { command, is_machine, may_speak, .. } = &self.asker;
        if requests.is_empty() {
            return (CommandAnswer::default(), Vec::new());
        }
        // Words might be answered in turn; a reaction tells nobody but who looks.
        if *is_machine {
            return (CommandAnswer { reaction: Some(false), reply: None }, Vec::new());
        }
        let (mut accepted, mut parts, mut granted) = (Vec::new(), Vec::new(), false);
        for request in requests {
            match self.outcome(request) {
                Outcome::Accepted(waiver) => accepted.push(*waiver),
                Outcome::Granted => granted = true,
                Outcome::Told(text) => parts.push(text),
                Outcome::Refused(why) => {
                    parts.push(answer::refusal(
                        &why,
                        self.verdict.as_ref().unwrap_or(&KeptVerdict::default()),
                    ));
                }
            }
        }
        parts.dedup();
        granted |= !accepted.is_empty();
        let to = command.comment.is_none().then_some(command.by.login.as_str());
        let reply = (!parts.is_empty() && *may_speak).then(|| answer::reply(&mark(command), to, &parts));
        let silenced = !parts.is_empty() && !may_speak;
        let reaction = if granted { Some(true) } else { silenced.then_some(false) };
        (CommandAnswer { reaction, reply }, accepted)
    }

    fn outcome(&self, request: &Request) -> Outcome {
        let Asker { change, command, permission, .. } = &self.asker;
        let lacks = approval::without_write(*permission);
        let opened = change.is_some_and(|change| approval::opened(change, &command.by));
        if let Some(lacks) = lacks.filter(|_| !opened) {
            return Outcome::Refused(match request {
                Request::Accept { .. } => Refusal::NoWrite(lacks),
                _ => Refusal::Stranger,
            });
        }
        let decided = match request {
            Request::Recheck => Ok(Outcome::Granted),
            Request::Explain(which) => {
                self.meant(which).map(|(print, named)| Outcome::Told(answer::explanation(print, named)))
            }
            Request::Accept { which, reason, until } => {
                self.accept(which, reason, *until, lacks).map(|waiver| Outcome::Accepted(Box::new(waiver)))
            }
            Request::Unclear(unclear) => Err(refusal(unclear)),
        };
        decided.unwrap_or_else(Outcome::Refused)
    }

    fn accept(
        &self,
        which: &Which,
        reason: &Result<String, Unclear>,
        until: Option<Date>,
        lacks: Option<&'static str>,
    ) -> Result<KeptWaiver, Refusal> {
        let command = self.asker.command;
        let change = self.asker.change.ok_or(Refusal::NoVerdict)?;
        if let Some(part) = approval::involved(change, &command.by, command.is_bot) {
            return Err(Refusal::NotAnother(part));
        }
        if let Some(lacks) = lacks {
            return Err(Refusal::NoWrite(lacks));
        }
        let (print, named) = self.meant(which)?;
        let reason = match (reason, command.comment) {
            (Ok(reason), _) => reason.clone(),
            (Err(_), None) => BY_BUTTON.to_owned(),
            (Err(unclear), Some(_)) => return Err(refusal(unclear)),
        };
        if let Some(until) = until.filter(|until| *until < day(self.now)) {
            return Err(Refusal::Past(until));
        }
        Ok(KeptWaiver {
            fingerprint: print.clone(),
            repo: self.repo.clone(),
            rule: named.rule().to_owned(),
            headline: named.headline(),
            by: command.by.clone(),
            reason,
            at: command.at,
            until,
            comment: command.comment,
        })
    }

    /// What a fingerprint names in the last verdict.
    fn meant(&self, which: &Which) -> Result<(&Fingerprint, Named<'_>), Refusal> {
        let verdict = self.verdict.as_ref().ok_or(Refusal::NoVerdict)?;
        let mut found = verdict.named().filter(|(print, _)| which.is(print));
        let first = found.next().ok_or_else(|| Refusal::NotThere(which.as_str().to_owned()))?;
        match found.any(|(print, _)| print != first.0) {
            false => Ok(first),
            true => Err(Refusal::Ambiguous(which.as_str().to_owned())),
        }
    }
}

fn refusal(unclear: &Unclear) -> Refusal {
    match unclear {
        Unclear::Verb => Refusal::Unknown,
        Unclear::Fingerprint => Refusal::NoFingerprint,
        Unclear::Reason => Refusal::NoReason,
        Unclear::Day => Refusal::NoDay,
    }
}
