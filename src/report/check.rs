//! A verdict as GitHub shows it in a check run: outcome, title, summary and annotations, within GitHub's limits.

use std::str::FromStr;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::checks::Finding;
use crate::ids::{Fingerprint, PrNumber};
use crate::policy::PolicyError;
use crate::report::{markdown, prose};
use crate::span::{Location, Side};
use crate::verdict::{Ruling, Verdict};

/// GitHub refuses a longer summary. It counts characters; bytes are never fewer.
const SUMMARY_LIMIT: usize = 65_535;
const TITLE_LIMIT: usize = 255;
const MESSAGE_LIMIT: usize = 64 * 1024 - 1;
/// More annotations than anyone reads; each fifty cost a request.
const ANNOTATIONS: usize = 1_000;

/// How a check run ends; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing blocks.
    Success,
    /// A newer head took its place.
    Cancelled,
    /// It does not end yet: evidence is awaited.
    Waiting,
    /// A person must look.
    ActionRequired,
    /// Something blocks.
    Failure,
}

impl Outcome {
    const ALL: [Self; 5] =
        [Self::Success, Self::Cancelled, Self::Waiting, Self::ActionRequired, Self::Failure];

    /// GitHub's word for the conclusion; `waiting` of a run that has none yet. Never `skipped` or `neutral`: both
    /// satisfy a required check.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Cancelled => "cancelled",
            Self::Waiting => "waiting",
            Self::ActionRequired => "action_required",
            Self::Failure => "failure",
        }
    }
}

impl FromStr for Outcome {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.word() == word);
        found.ok_or_else(|| format!("{word:?} is no outcome"))
    }
}

/// What a check run shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// How it ends.
    pub outcome: Outcome,
    /// One line.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// Remarks at lines of head.
    pub annotations: Vec<Annotation>,
    /// Buttons, of which GitHub shows three.
    pub actions: Vec<Action>,
}

/// A button of a check run, in the words of GitHub's API: at most 20 characters on it, 40 beside it and 20 to know it
/// by. Pressed, it comes back as the command of the same words: `recheck`, or a fingerprint to accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    label: String,
    description: String,
    identifier: String,
}

/// What GitHub takes of a button, in characters.
const IDENTIFIER: usize = 20;
/// Findings with a button: one more is for another judgement.
const ACCEPTS: usize = 2;

/// A remark at lines of a file of head, in the words of GitHub's API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    path: String,
    start_line: usize,
    end_line: usize,
    annotation_level: &'static str,
    title: String,
    message: String,
    raw_details: String,
}

impl Output {
    /// Of a verdict.
    pub fn of(verdict: &Verdict) -> Self {
        let outcome = match verdict.ruling {
            Ruling::Pass => Outcome::Success,
            Ruling::Blocked => Outcome::Failure,
            Ruling::Undecided if !verdict.waiting.is_empty() => Outcome::Waiting,
            Ruling::Undecided => Outcome::ActionRequired,
        };
        let title = prose::title(verdict);
        let annotations = prose::ordered(verdict).into_iter().filter_map(|f| annotation(verdict, f));
        // GitHub appends annotations, so those of a verdict that will be made again would stand twice.
        let shown = if outcome == Outcome::Waiting { 0 } else { ANNOTATIONS };
        let annotations = annotations.take(shown).collect();
        Self { outcome, title, summary: summary(verdict), annotations, actions: actions(verdict) }
    }

    /// Of a policy that can't be obeyed: never silence, and never the default policy in its place.
    pub fn of_policy(error: &PolicyError) -> Self {
        let summary = markdown::unjudged(
            "The policy on the base branch can't be obeyed, so nothing was judged.",
            &error.to_string(),
            "Mend that line on the base branch and re-run this check.",
        );
        Self::plain(Outcome::Failure, "The policy can't be obeyed", summary)
    }

    /// Of work that failed for good.
    pub fn of_failure(reason: &str) -> Self {
        let summary = markdown::unjudged(
            "This commit has no verdict, because Gainsay could not finish:",
            reason,
            "Re-run this check to try again. If it stays, the server's log tells more.",
        );
        Self::plain(Outcome::Failure, "No verdict: Gainsay could not finish", summary)
    }

    /// Of work that is held up and goes on by itself.
    pub fn of_outage(reason: &str) -> Self {
        let summary = markdown::unjudged(
            "This commit has no verdict yet, because GitHub did not give what is needed:",
            reason,
            "It is tried again every few minutes.",
        );
        Self::plain(Outcome::Waiting, "No verdict yet: GitHub is out of order", summary)
    }

    /// Of a pull request that GitHub gives only in part.
    pub fn of_incomplete(what: &str) -> Self {
        let summary = markdown::unjudged("Nothing was judged, because GitHub gives only a part:", what, "");
        Self::plain(Outcome::ActionRequired, "This change is too large to judge", summary)
    }

    /// Of a head that is no longer the pull request's.
    pub fn superseded() -> Self {
        let summary = "The pull request has a newer head, which has a check run of its own.\n".to_owned();
        Self::plain(Outcome::Cancelled, "A newer head took its place", summary)
    }

    /// Of a merge group that left the queue before it was judged.
    pub fn withdrawn() -> Self {
        let summary = "The merge group is no longer in the queue, so there is nothing to judge.\n".to_owned();
        Self::plain(Outcome::Cancelled, "The merge group left the queue", summary)
    }

    /// The same beside a worse verdict of other pull requests with the same commit: GitHub knows a check by its commit,
    /// and the worst of them counts for all.
    pub fn held_by(self, pulls: &[PrNumber], outcome: Outcome) -> Self {
        let pulls: Vec<String> = pulls.iter().map(PrNumber::to_string).collect();
        let pulls = pulls.join(", ");
        let said = format!(
            "This commit is the head of {pulls} too, where the verdict is worse; a check belongs to a commit, so it \
             stands here as well. Its own verdict is: {}.\n\n",
            self.title
        );
        let summary = cut(said + &self.summary, SUMMARY_LIMIT, "…\n");
        let title = cut(format!("Held by {pulls}, which has the same commit"), TITLE_LIMIT, "…");
        let actions = vec![recheck()];
        Self { outcome, title, summary, annotations: self.annotations, actions }
    }

    /// A hash of everything that it shows: two outputs with the same one look the same.
    pub fn digest(&self) -> String {
        let annotations =
            serde_json::to_string(&self.annotations).expect("annotations have no value that JSON lacks");
        let outcome = format!("{:?}", self.outcome);
        let actions = serde_json::to_string(&self.actions).expect("buttons are plain texts");
        let all = [&outcome, &self.title, &self.summary, &annotations, &actions];
        let all = all.map(String::as_str).join("\0");
        hex::encode(&Sha256::digest(all.as_bytes())[..16])
    }

    fn plain(outcome: Outcome, title: &str, summary: String) -> Self {
        let actions = match outcome {
            Outcome::Failure | Outcome::ActionRequired => vec![recheck()],
            _ => Vec::new(),
        };
        Self { outcome, title: title.to_owned(), summary, annotations: Vec::new(), actions }
    }
}

/// The buttons of a verdict that holds the merge: it is over, and a person may want it otherwise.
fn actions(verdict: &Verdict) -> Vec<Action> {
    if verdict.ruling == Ruling::Pass || !verdict.waiting.is_empty() {
        return Vec::new();
    }
    let findings = prose::ordered(verdict).into_iter().filter(|finding| prose::blocks(verdict, finding));
    let matters = verdict.holding().map(|matter| &matter.fingerprint);
    let all = findings.map(|finding| &finding.fingerprint).chain(matters);
    let fitting = all.filter(|fingerprint| fingerprint.as_str().len() <= IDENTIFIER);
    let accept = |fingerprint: &Fingerprint| Action {
        label: format!("Accept {}", fingerprint.short()),
        description: "A person takes it on".to_owned(),
        identifier: fingerprint.to_string(),
    };
    fitting.take(ACCEPTS).map(accept).chain([recheck()]).collect()
}

fn recheck() -> Action {
    let description = "Judge this commit again".to_owned();
    Action { label: "Re-check".to_owned(), description, identifier: "recheck".to_owned() }
}

fn summary(verdict: &Verdict) -> String {
    let end = "\n\nThe report is longer than GitHub shows; `gainsay check` prints the whole of it.\n";
    cut(markdown::summary(verdict), SUMMARY_LIMIT, end)
}

fn annotation(verdict: &Verdict, finding: &Finding) -> Option<Annotation> {
    let places = std::iter::once(&finding.primary).chain(&finding.related);
    let at: &Location = places.into_iter().find(|at| at.side == Side::Head)?;
    let level = if prose::blocks(verdict, finding) { "failure" } else { "notice" };
    let words = prose::statement(verdict, finding).join("\n");
    let headline = prose::headline(finding);
    let message = if words.is_empty() { headline.clone() } else { words };
    Some(Annotation {
        path: at.path.as_str().to_owned(),
        start_line: at.line.max(1),
        end_line: at.end_line.max(at.line).max(1),
        annotation_level: level,
        title: cut(headline, TITLE_LIMIT, "…"),
        message: cut(message, MESSAGE_LIMIT, "…"),
        raw_details: format!("{} {}", finding.rule.id, finding.fingerprint),
    })
}

/// At most `limit` bytes, ending in `end` where something was left out.
pub(super) fn cut(text: String, limit: usize, end: &str) -> String {
    if text.len() <= limit {
        return text;
    }
    let mut at = limit - end.len();
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    format!("{}{end}", &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        let text = cut("ä".repeat(40_000), SUMMARY_LIMIT, "\nThe rest was left out.\n");
        assert!(text.len() <= SUMMARY_LIMIT && text.ends_with("ä\nThe rest was left out.\n"));
        assert_eq!(cut("short".into(), 5, "…"), "short");
    }

    #[test]
    fn a_reason_that_quotes_an_attacker_stays_a_block_of_code() {
        let evil = "could not read a\r\n```\r@octo <img src=x>\u{1b}[2J\u{202e}.js";
        let error = PolicyError { file: "gainsay.toml".into(), line: 1, problem: evil.into() };
        for output in [Output::of_failure(evil), Output::of_policy(&error), Output::of_incomplete(evil)] {
            let summary = output.summary;
            assert_eq!(summary.matches("\n````\n").count(), 2, "{summary:?}");
            assert!(!summary.contains(['\r', '\u{1b}', '\u{202e}']), "{summary:?}");
        }
        assert!(Output::of_failure(&"x".repeat(1 << 20)).summary.len() < SUMMARY_LIMIT);
    }

    #[test]
    fn a_failure_never_looks_like_a_pass() {
        let error =
            PolicyError { file: "gainsay.toml".into(), line: 3, problem: "unknown key `levle`".into() };
        let output = Output::of_policy(&error);
        assert_eq!(output.outcome, Outcome::Failure);
        assert!(output.summary.contains("gainsay.toml:3: unknown key `levle`"));
        assert_eq!(Output::of_failure("x").outcome, Outcome::Failure);
        assert_eq!(Output::of_incomplete("x").outcome, Outcome::ActionRequired);
    }
}
