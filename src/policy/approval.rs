//! Whose word counts on a change, as an approval of the judged commit or to accept a finding: that of a person with
//! write access who wrote none of it.

use crate::authorship::{self, is_agent};
use crate::change::approval::latest;
use crate::change::{Approval, Change, Permission, Person, ReviewState};

/// Reviews that approve this commit and are a person's who wrote none of it, as far as it can be told without their
/// permissions.
pub fn candidates(change: &Change) -> Vec<&Approval> {
    latest(&change.evidence.approvals)
        .into_iter()
        .filter(|review| objection(change, review).is_none())
        .collect()
}

/// The person who approved this commit; the error says what is missing, as a sentence without a full stop.
pub(super) fn by_a_person(change: &Change) -> Result<&Person, String> {
    let mut objections: Vec<String> = Vec::new();
    for review in latest(&change.evidence.approvals) {
        let lacks = || without_write(review.permission).map(ToOwned::to_owned);
        let objection = objection(change, review).or_else(lacks);
        match objection {
            None => return Ok(&review.person),
            Some(why) => objections.push(format!("{} {why}", review.person.login)),
        }
    }
    let missing = "no person with write access who wrote none of it has approved this commit";
    if objections.is_empty() {
        Err(missing.to_owned())
    } else {
        Err(format!("{missing}: {}", objections.join(", ")))
    }
}

/// Why a review is not the approval of another person, in words that follow the login.
fn objection(change: &Change, review: &Approval) -> Option<String> {
    let person = &review.person;
    match review.state {
        ReviewState::Approved => {}
        ReviewState::ChangesRequested => return Some("asks for changes".to_owned()),
        ReviewState::Dismissed => return Some("has no approval that stands".to_owned()),
    }
    match &review.sha {
        Some(sha) if *sha == change.head_sha => {}
        Some(sha) => return Some(format!("approved commit {}", sha.short())),
        None => return Some("approved a commit that GitHub no longer names".to_owned()),
    }
    involved(change, person, review.is_bot).map(ToOwned::to_owned)
}

/// Why an account is no other person on this change, in words that follow the login: a bot, an agent, or someone who
/// had a part in it. Nothing where it is another person.
pub fn involved(change: &Change, person: &Person, is_bot: bool) -> Option<&'static str> {
    let wrote = |author: &Person| same(person, author);
    match () {
        () if is_bot || person.login.ends_with("[bot]") => Some("is a bot"),
        () if is_agent(person) => Some("is an agent"),
        () if wrote(&change.pr.author) => Some("opened the pull request"),
        () if authors(change).iter().any(wrote) => Some("wrote a part of it"),
        () => None,
    }
}

/// Whether an account opened the pull request.
pub fn opened(change: &Change, person: &Person) -> bool {
    same(person, &change.pr.author)
}

/// Whether an account is a bot's or an agent's.
pub fn is_machine(person: &Person, is_bot: bool) -> bool {
    is_bot || person.login.ends_with("[bot]") || is_agent(person)
}

/// Why what an account may do is not enough, in words that follow the login; nothing where it may push.
pub fn without_write(permission: Permission) -> Option<&'static str> {
    match permission {
        Permission::Write => None,
        Permission::Read => Some("has no write access"),
        Permission::Unknown => Some("has a permission that GitHub does not tell"),
        Permission::NotAsked => Some("has a permission that was not asked for"),
    }
}

/// Everyone whom a commit names: its author, its committer and the co-authors of its trailers.
fn authors(change: &Change) -> Vec<Person> {
    let mut authors = Vec::new();
    for commit in &change.commits {
        authors.extend([commit.author.clone(), commit.committer.clone()]);
        authors.extend(authorship::co_authors(&commit.message));
    }
    authors
}

/// Whether an author may be the account: the same account by id, login or GitHub's own address, or else the same name
/// or address. A doubt costs one more approval; the other way round an author would approve their own work.
fn same(account: &Person, author: &Person) -> bool {
    let folded = |a: &str, b: &str| !a.is_empty() && a.eq_ignore_ascii_case(b);
    if let (Some(a), Some(b)) = (account.id, author.id) {
        return a == b;
    }
    if !author.login.is_empty() && !account.login.is_empty() {
        return folded(&account.login, &author.login);
    }
    let (id, login) = noreply(&author.email);
    if let (Some(a), Some(b)) = (account.id, id) {
        return a == b;
    }
    if let Some(login) = login {
        return folded(&account.login, login);
    }
    let local = author.email.split('@').next().unwrap_or_default();
    folded(&account.login, &author.name)
        || folded(&account.login, local)
        || folded(&account.email, &author.email)
        || folded(&account.name, &author.name)
}

/// The account's id and login in `<id>+<login>@users.noreply.github.com`, of which older ones lack the id.
fn noreply(email: &str) -> (Option<u64>, Option<&str>) {
    let Some((local, domain)) = email.split_once('@') else { return (None, None) };
    if !domain.eq_ignore_ascii_case("users.noreply.github.com") {
        return (None, None);
    }
    match local.split_once('+') {
        Some((id, login)) => (id.parse().ok(), Some(login)),
        None => (None, Some(local)),
    }
}

#[cfg(test)]
mod tests;
