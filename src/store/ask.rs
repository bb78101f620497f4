//! What comes in: deliveries, and the work and the words that they bring.

use std::fmt;

use jiff::Timestamp;

use crate::change::Person;
use crate::ids::{PrNumber, RepoName, Sha};

/// An event as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `X-GitHub-Delivery`: a redelivery has the same.
    pub id: String,
    /// `X-GitHub-Event`.
    pub event: String,
}

/// What wants a verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A pull request.
    Pull(PrNumber),
    /// The head of a merge group: what the base branch would become.
    Group(Sha),
}

impl Subject {
    /// The pull request's number; nothing for a merge group.
    pub fn pull(&self) -> Option<PrNumber> {
        match self {
            Self::Pull(number) => Some(*number),
            Self::Group(_) => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pull(number) => number.fmt(f),
            Self::Group(head) => write!(f, "@{}", head.short()),
        }
    }
}

/// How much an ask is to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A check ended, a timer ran out, a policy changed: nothing is shown unless the verdict differs. It hastens no
    /// retry and wakes nothing that was given up.
    Quiet,
    /// A push or its like: a new check run, unless the head shows its verdict already.
    Push,
    /// A person waits for it: a new check run in any case.
    Loud,
}

/// Something that wants a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The repository's numeric id; its name may change.
    pub repo_id: u64,
    /// What is to be judged.
    pub subject: Subject,
    /// The repository's name now.
    pub repo: RepoName,
    /// The installation that sees it.
    pub installation: u64,
    /// How much it is to be seen.
    pub urgency: Urgency,
    /// From when on it is to be done.
    pub due: Timestamp,
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.repo, self.subject)
    }
}

/// What a person asked for on a pull request, in a comment or with a button. It is kept before it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Tells it from others: `comment:<id>`, or `action:<check run>:<identifier>:<person>`. The same one again, by
    /// whichever delivery, is a replay.
    pub key: String,
    /// The repository's numeric id.
    pub repo_id: u64,
    /// The pull request.
    pub number: PrNumber,
    /// Who asks.
    pub by: Person,
    /// Whether GitHub calls the account a bot.
    pub is_bot: bool,
    /// The whole comment; of a button `/gainsay accept <fingerprint>` or `/gainsay recheck`.
    pub words: String,
    /// The comment.
    pub comment: Option<u64>,
    /// When.
    pub at: Timestamp,
}

/// A delivery with all that it brings; stored as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// The delivery.
    pub delivery: Delivery,
    /// What wants a verdict for it.
    pub asks: Vec<Ask>,
    /// What people asked for.
    pub commands: Vec<Command>,
    /// What is no longer open, by repository: it is not judged any more, and others on its commit no longer stand
    /// under its verdict.
    pub closed: Vec<(u64, Subject)>,
}

impl Intake {
    /// A delivery with the work that it asks for.
    pub fn asking(delivery: Delivery, asks: Vec<Ask>) -> Self {
        Self { delivery, asks, commands: Vec::new(), closed: Vec::new() }
    }
}

/// Whether a delivery was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is stored with its work.
    New,
    /// It was stored before; nothing was done.
    Known,
}
