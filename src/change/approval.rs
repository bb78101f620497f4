//! What people said in their reviews, and whether more evidence may still come.

use super::Person;
use crate::ids::Sha;

/// A review with an opinion: approved, asked for changes, or withdrawn. One that only comments is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who reviewed.
    pub person: Person,
    /// Whether GitHub calls the account anything but a user.
    pub is_bot: bool,
    /// What the account may do in the repository.
    pub permission: Permission,
    /// The commit that was reviewed.
    pub sha: Option<Sha>,
    /// The opinion.
    pub state: ReviewState,
}

/// What an account may do in a repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Permission {
    /// It was not asked for, because nothing depends on it.
    #[default]
    NotAsked,
    /// GitHub did not tell.
    Unknown,
    /// It may not push.
    Read,
    /// It may push.
    Write,
}

/// A review's opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Approved.
    Approved,
    /// Asked for changes.
    ChangesRequested,
    /// Withdrawn by its author or dismissed by someone else.
    Dismissed,
}

/// The newest opinion of each account, in the order in which the accounts first spoke. `reviews` are in their order of
/// time.
pub fn latest(reviews: &[Approval]) -> Vec<&Approval> {
    let same = |a: &Person, b: &Person| match (a.id, b.id) {
        (Some(a), Some(b)) => a == b,
        _ => a.login.eq_ignore_ascii_case(&b.login),
    };
    let mut newest: Vec<&Approval> = Vec::new();
    for review in reviews {
        match newest.iter_mut().find(|known| same(&known.person, &review.person)) {
            Some(known) => *known = review,
            None => newest.push(review),
        }
    }
    newest
}

/// Whether evidence may still come. The clock is read at the edges; here it is one of the inputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outlook {
    /// What was handed in is all there is: a command line or a workflow's step waits for nothing.
    #[default]
    HandedIn,
    /// GitHub was asked, and head is so new that its workflows may not have begun.
    Starting,
    /// GitHub was asked, and more may come before the deadline.
    Open,
    /// GitHub was asked, and the deadline has passed.
    Over,
}

impl Outlook {
    /// Whether a verdict may wait.
    pub fn may_wait(self) -> bool {
        matches!(self, Self::Starting | Self::Open)
    }
}
