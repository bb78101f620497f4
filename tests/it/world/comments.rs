//! Comments on pull requests, reactions to them, and what accounts may do: the world's part of it.

use serde_json::{Value, json};

use super::{APP_ID, Gainsay, INSTALLATION, Known, REPO, REPO_ID, World};

/// A comment on a pull request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CommentState {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) login: String,
    pub(crate) body: String,
    /// The App that wrote it; nothing of a person's.
    pub(crate) app: Option<u64>,
    /// How often its text was replaced.
    pub(crate) edits: usize,
    /// The App's reactions.
    pub(crate) reactions: Vec<String>,
}

/// Someone with an account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who {
    pub(crate) login: &'static str,
    pub(crate) id: u64,
    pub(crate) permission: Option<&'static str>,
}

/// May push, and wrote nothing.
pub(crate) const CASEY: Who = Who { login: "casey", id: 501, permission: Some("write") };

impl Who {
    fn json(self) -> Value {
        let kind = if self.login.ends_with("[bot]") { "Bot" } else { "User" };
        json!({"login": self.login, "id": self.id, "type": kind})
    }
}

impl World {
    /// Someone comments; returns the comment's number.
    pub(crate) fn comment(&self, number: u64, who: Who, body: &str) -> u64 {
        self.with(|known| {
            if let Some(word) = who.permission {
                known.permissions.insert(who.login.to_owned(), word);
                known.account_ids.insert(who.login.to_owned(), who.id);
            }
            let id = 7_000 + known.comments.len() as u64;
            let (login, body) = (who.login.to_owned(), body.to_owned());
            known.comments.push(CommentState { id, number, login, body, ..CommentState::default() });
            id
        })
    }

    /// Our comments on a pull request.
    pub(crate) fn our_comments(&self, number: u64) -> Vec<CommentState> {
        self.with(|known| {
            let ours = known.comments.iter().filter(|c| c.number == number && c.app == Some(APP_ID));
            ours.cloned().collect()
        })
    }

    /// Waits for our comment that holds these words.
    pub(crate) async fn said(&self, number: u64, words: &str) -> CommentState {
        self.until(&format!("a comment with {words:?}"), |known| {
            let ours = |c: &&CommentState| c.number == number && c.app == Some(APP_ID);
            known.comments.iter().filter(ours).find(|c| c.body.contains(words)).cloned()
        })
        .await
    }

    /// Waits for a reaction of ours to a comment.
    pub(crate) async fn reacted(&self, comment: u64) -> String {
        self.until(&format!("a reaction to {comment}"), |known| {
            let found = known.comments.iter().find(|c| c.id == comment)?;
            found.reactions.first().cloned()
        })
        .await
    }
}

impl Gainsay {
    /// Tells of a comment; returns the status.
    pub(crate) async fn tell_comment(
        &self,
        delivery: &str,
        action: &str,
        number: u64,
        who: Who,
        comment: (u64, &str),
    ) -> u16 {
        let (id, body) = comment;
        let payload = json!({
            "action": action, "repository": {"id": REPO_ID, "full_name": REPO}, "installation": {"id": INSTALLATION},
            "issue": {"number": number, "pull_request": {"url": "https://api.github.com/x"}, "state": "open"},
            "comment": {"id": id, "body": body, "user": who.json(), "created_at": "2026-11-21T10:00:00Z",
                        "updated_at": "2026-11-21T10:00:00Z", "performed_via_github_app": null},
            "sender": who.json(),
        });
        self.deliver("issue_comment", delivery, payload.to_string().as_bytes()).await
    }

    /// Tells of a button that someone pressed on a check run.
    pub(crate) async fn tell_button(
        &self,
        delivery: &str,
        who: Who,
        run: &super::RunState,
        identifier: &str,
    ) -> u16 {
        let payload = json!({
            "action": "requested_action", "requested_action": {"identifier": identifier},
            "repository": {"id": REPO_ID, "full_name": REPO}, "installation": {"id": INSTALLATION},
            "check_run": {"id": run.id, "name": run.name, "head_sha": run.head, "external_id": run.external_id,
                          "app": {"id": APP_ID}, "pull_requests": []},
            "sender": who.json(),
        });
        self.deliver("check_run", delivery, payload.to_string().as_bytes()).await
    }
}

fn comment_json(comment: &CommentState) -> Value {
    let kind = if comment.app.is_some() { "Bot" } else { "User" };
    json!({
        "id": comment.id, "body": comment.body, "user": {"login": comment.login, "type": kind},
        "performed_via_github_app": comment.app.map(|id| json!({"id": id})),
    })
}

fn refused(message: &str) -> (u16, Value) {
    (422, json!({"message": message}))
}

/// The answer of a route below `/repos/{owner}/{repo}/issues` and `collaborators`; nothing of others.
pub(super) fn serve(
    known: &mut Known,
    method: &str,
    route: &[&str],
    query: &[(String, String)],
    body: &Value,
) -> Option<(u16, Value)> {
    let text = || body["body"].as_str().unwrap_or_default().to_owned();
    Some(match (method, route) {
        ("GET", ["collaborators", login, "permission"]) => {
            let word = known.permissions.get(*login)?;
            let id = known.account_ids.get(*login);
            let rights = json!({"push": *word != "read"});
            let user = json!({"login": login, "id": id, "permissions": rights});
            (200, json!({"permission": word, "role_name": word, "user": user}))
        }
        ("GET", ["issues", _, "comments"]) => {
            let number =
                |name: &str| query.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.parse::<usize>().ok());
            let (page, size) = (number("page").unwrap_or(1), number("per_page").unwrap_or(30));
            let on: Vec<Value> = known
                .comments
                .iter()
                .filter(|c| c.number.to_string() == *route[1])
                .map(comment_json)
                .collect();
            let shown: Vec<&Value> = on.iter().skip((page - 1) * size).take(size).collect();
            (200, json!(shown))
        }
        ("POST", ["issues", number, "comments"]) => {
            if text().is_empty() || text().chars().count() > 65_536 {
                return Some(refused("Validation Failed: body is empty or too long"));
            }
            let id = 7_000 + known.comments.len() as u64;
            let number = number.parse().unwrap();
            let (login, body, app) = ("gainsay[bot]".to_owned(), text(), Some(APP_ID));
            known.comments.push(CommentState { id, number, login, body, app, ..CommentState::default() });
            (201, comment_json(known.comments.last().unwrap()))
        }
        ("PATCH", ["issues", "comments", id]) => {
            let comment = known.comments.iter_mut().find(|c| c.id.to_string() == *id)?;
            if comment.app != Some(APP_ID) || text().chars().count() > 65_536 {
                return Some(refused("Validation Failed"));
            }
            comment.body = text();
            comment.edits += 1;
            (200, comment_json(comment))
        }
        ("POST", ["issues", "comments", id, "reactions"]) => {
            let comment = known.comments.iter_mut().find(|c| c.id.to_string() == *id)?;
            let content = body["content"].as_str().unwrap_or_default().to_owned();
            let known = comment.reactions.contains(&content);
            if !known {
                comment.reactions.push(content.clone());
            }
            (if known { 200 } else { 201 }, json!({"id": 1, "content": content}))
        }
        _ => return None,
    })
}
