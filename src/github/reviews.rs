//! Reviews of a pull request, and what those who approve may do in the repository.

use serde::Deserialize;

use super::client::Installation;
use super::error::GithubError;
use super::runs::MAX_PAGES;
use super::wire;
use crate::change::{Approval, Change, Permission, Person, ReviewState};
use crate::ids::{PrNumber, RepoName};
use crate::policy::approval;

/// Of more people who approve, the rest is not asked for.
const MAX_ASKED: usize = 10;

type Result<T> = std::result::Result<T, GithubError>;

#[derive(Debug, Deserialize)]
struct Review {
    #[serde(default)]
    user: Option<Account>,
    state: String,
    #[serde(default)]
    commit_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Account {
    login: String,
    #[serde(default)]
    id: Option<u64>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Granted {
    #[serde(default)]
    permission: String,
    #[serde(default)]
    user: Option<Grantee>,
}

#[derive(Debug, Deserialize)]
struct Grantee {
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    permissions: Option<Rights>,
}

#[derive(Debug, Deserialize)]
struct Rights {
    #[serde(default)]
    push: Option<bool>,
}

impl Installation {
    /// The reviews with an opinion, in their order of time. Permissions are asked for one by one, of those only whose
    /// approval may count, and no more once one does.
    pub async fn approvals(&self, repo: &RepoName, number: PrNumber, change: &mut Change) -> Result<()> {
        change.evidence.approvals =
            self.reviews(repo, number).await?.into_iter().filter_map(opinion).collect();
        let asked: Vec<Person> =
            approval::candidates(change).iter().take(MAX_ASKED).map(|review| review.person.clone()).collect();
        for person in asked {
            let permission = self.permission(repo, &person).await?;
            let theirs = change.evidence.approvals.iter_mut().filter(|review| review.person == person);
            theirs.for_each(|review| review.permission = permission);
            if permission == Permission::Write {
                break;
            }
        }
        Ok(())
    }

    async fn reviews(&self, repo: &RepoName, number: PrNumber) -> Result<Vec<Review>> {
        let what = format!("the reviews of {repo}{number}");
        let mut reviews = Vec::new();
        for page in 1..=MAX_PAGES {
            let route = format!("/repos/{repo}/pulls/{}/reviews?per_page=100&page={page}", number.0);
            let mut answer: Vec<Review> = self.get(&what, &route).await?;
            let last = answer.len() < 100;
            reviews.append(&mut answer);
            if last {
                return Ok(reviews);
            }
        }
        let what =
            format!("{repo}{number} has over {} reviews; the newest ones are not read", MAX_PAGES * 100);
        Err(GithubError::Incomplete { what })
    }

    /// What a person may do in a repository. A login may have changed hands since: where the account's number is known,
    /// another one's permission is none of theirs.
    pub async fn permission(&self, repo: &RepoName, person: &Person) -> Result<Permission> {
        let login = &person.login;
        let what = format!("the permission of {login} in {repo}");
        let route = format!("/repos/{repo}/collaborators/{}/permission", super::blobs::encoded(login));
        match self.get::<Granted>(&what, &route).await {
            Ok(granted) if granted.is_of(person) => Ok(granted.permission()),
            Ok(_) => Ok(Permission::Unknown),
            Err(GithubError::NotFound { .. }) => Ok(Permission::Read),
            Err(GithubError::Refused { .. }) => Ok(Permission::Unknown),
            Err(error) => Err(error),
        }
    }
}

impl Granted {
    fn is_of(&self, person: &Person) -> bool {
        let id = self.user.as_ref().and_then(|user| user.id);
        id.zip(person.id).is_none_or(|(found, wanted)| found == wanted)
    }

    /// A role of the organisation's own is told by what it may do; GitHub maps `maintain` to `write`.
    fn permission(&self) -> Permission {
        let rights = self.user.as_ref().and_then(|user| user.permissions.as_ref());
        match (self.permission.as_str(), rights.and_then(|rights| rights.push)) {
            ("admin" | "write" | "maintain", _) | (_, Some(true)) => Permission::Write,
            ("", None) => Permission::Unknown,
            _ => Permission::Read,
        }
    }
}

/// A review that only comments, or that is not submitted yet, has no opinion; an account that is gone has none either.
fn opinion(review: Review) -> Option<Approval> {
    let state = match review.state.to_ascii_uppercase().as_str() {
        "APPROVED" => ReviewState::Approved,
        "CHANGES_REQUESTED" => ReviewState::ChangesRequested,
        "DISMISSED" => ReviewState::Dismissed,
        _ => return None,
    };
    let account = review.user?;
    let is_bot = account.kind.as_deref().is_some_and(|kind| kind != "User");
    let user = wire::User { login: account.login, id: account.id };
    Some(Approval {
        person: wire::person(Some(&user), None),
        is_bot,
        permission: Permission::NotAsked,
        sha: review.commit_id.and_then(|sha| sha.parse().ok()),
        state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Approval> {
        opinion(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn comments_drafts_and_vanished_accounts_have_no_opinion() {
        let review = |state: &str, user: &str| read(&format!(r#"{{"state": "{state}", "user": {user}}}"#));
        let robin = r#"{"login": "robin", "id": 7, "type": "User"}"#;
        for state in ["COMMENTED", "PENDING", "SOMETHING_NEW"] {
            assert_eq!(review(state, robin), None, "{state}");
        }
        assert_eq!(review("APPROVED", "null"), None);
        let found = review("APPROVED", robin).unwrap();
        assert_eq!((found.person.login.as_str(), found.is_bot, found.sha), ("robin", false, None));
        for kind in ["Bot", "Organization", "Mannequin"] {
            let user = format!(r#"{{"login": "x", "type": "{kind}"}}"#);
            assert!(review("APPROVED", &user).unwrap().is_bot, "{kind}");
        }
    }

    #[test]
    fn only_who_may_push_has_write_access() {
        let read = |json: &str| serde_json::from_str::<Granted>(json).unwrap().permission();
        for word in ["admin", "write", "maintain"] {
            assert_eq!(read(&format!(r#"{{"permission": "{word}"}}"#)), Permission::Write, "{word}");
        }
        for word in ["read", "triage", "none"] {
            assert_eq!(read(&format!(r#"{{"permission": "{word}"}}"#)), Permission::Read, "{word}");
        }
        let own_role = r#"{"permission": "release-crew", "user": {"permissions": {"push": true}}}"#;
        assert_eq!(read(own_role), Permission::Write);
        assert_eq!(read("{}"), Permission::Unknown);
    }

    #[test]
    fn a_login_that_changed_hands_is_another_person() {
        let granted = |id: &str| {
            let json = format!(r#"{{"permission": "write", "user": {{"login": "robin"{id}}}}}"#);
            serde_json::from_str::<Granted>(&json).unwrap()
        };
        let robin = Person { login: "robin".into(), id: Some(7), ..Person::default() };
        assert!(granted(r#", "id": 7"#).is_of(&robin) && granted("").is_of(&robin));
        assert!(!granted(r#", "id": 8"#).is_of(&robin));
    }
}
