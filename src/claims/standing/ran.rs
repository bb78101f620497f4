//! "I ran X" against the steps of this commit's workflow jobs.

use super::super::Weighed;
use super::jobs::{Does, Step};
use super::runs::Runs;
use super::{contradicted, supported, unproven};
use crate::read::gates::{self, Way};
use crate::read::shell;

/// A command is confirmed by a step that ran it and succeeded, and refuted by one that ran nothing else and failed.
pub(super) fn weigh(runs: &Runs<'_>, command: &str) -> Weighed {
    by_step(runs, command, None).unwrap_or_else(|| {
        let nothing = || format!("no step of this commit's workflow jobs is known to run `{command}`");
        unproven(runs.stale().unwrap_or_else(nothing))
    })
}

/// The same; nothing where no step ran it. `counted` is a number of tests, which no step tells.
pub(super) fn by_step(runs: &Runs<'_>, command: &str, counted: Option<u64>) -> Option<Weighed> {
    let wanted = Wanted::of(command)?;
    let steps = || runs.jobs.iter().flat_map(|job| job.steps.iter().map(move |step| (job, step)));
    let ran: Vec<_> = steps().filter(|(_, step)| wanted.stands_in(step)).collect();
    let shown = |(job, step): &(&super::jobs::Job<'_>, &Step<'_>)| {
        format!("the step `{}` of `{}`", step.step.name, job.job.name)
    };
    let passed = ran.iter().find(|(_, step)| step.succeeded() && step.is_firm());
    let failed = ran.iter().find(|(_, step)| step.failed());
    Some(match (passed, failed) {
        (Some(passed), Some(failed)) => {
            unproven(format!("{} succeeded and {} failed on this commit", shown(passed), shown(failed)))
        }
        (Some(passed), None) => {
            let because = format!("{} ran `{command}` and succeeded on this commit", shown(passed));
            match counted {
                None => supported(because),
                Some(n) => unproven(format!("{because}, and nothing counts {n} tests")),
            }
        }
        (None, Some(failed)) => {
            let because = format!("{} ran `{command}` and failed on this commit", shown(failed));
            if wanted.is_alone_in(failed.1) {
                contradicted(because)
            } else {
                unproven(format!("{because}, and it runs more than that"))
            }
        }
        (None, None) => {
            let first = ran.first()?;
            let ended = first.1.step.conclusion.as_deref().unwrap_or("not finished");
            unproven(format!("{} runs `{command}`, and was {ended} on this commit", shown(first)))
        }
    })
}

/// The command that a sentence names: all of its words, or the one script or target that it comes to.
struct Wanted {
    words: Vec<String>,
    way: Option<Way>,
}

impl Wanted {
    fn of(command: &str) -> Option<Self> {
        let command = command.trim().trim_start_matches("$ ");
        let mut commands = shell::commands(command).into_iter();
        let (only, None) = (commands.next()?, commands.next()) else { return None };
        let words = gates::unwrapped(&only.words);
        (!words.is_empty()).then(|| Self { way: script(&words), words })
    }

    fn stands_in(&self, step: &Step<'_>) -> bool {
        let Does::Run { commands, .. } = &step.does else { return false };
        commands.iter().any(|command| self.is(command))
    }

    fn is_alone_in(&self, step: &Step<'_>) -> bool {
        let Does::Run { commands, whole, apart, .. } = &step.does else { return false };
        *whole && !apart && commands.iter().all(|command| self.is(command))
    }

    fn is(&self, command: &shell::Command) -> bool {
        let words = gates::unwrapped(&command.words);
        words == self.words || self.way.is_some() && script(&words) == self.way
    }
}

/// `npm test` and `npm run test` are one, `npm test -- --watch` is another.
fn script(words: &[String]) -> Option<Way> {
    let found = gates::gates(words);
    let bare = words.len() == 2 || words.len() == 3 && words[1] == "run";
    match found.into_iter().next()?.way {
        way @ Way::Script(_) if bare => Some(way),
        _ => None,
    }
}
