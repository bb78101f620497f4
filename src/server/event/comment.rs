//! A comment on a pull request that orders something of us.

use jiff::Timestamp;
use serde::Deserialize;

use super::payload::{Account, place};
use super::{Heard, Order, Whom, json};
use crate::ids::PrNumber;
use crate::pipeline::commands::parse::is_addressed;
use crate::store::Subject;

#[derive(Deserialize)]
struct Payload {
    issue: Issue,
    comment: Comment,
    #[serde(default)]
    sender: Option<Account>,
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
    #[serde(default)]
    state: Option<String>,
    /// Only a pull request has it.
    #[serde(default)]
    pull_request: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    created_at: Option<String>,
}

pub(super) fn created(body: &[u8]) -> Result<Option<Heard>, String> {
    let payload: Payload = json(body)?;
    let words = payload.comment.body.unwrap_or_default();
    let closed = payload.issue.state.as_deref() == Some("closed");
    if closed || payload.issue.pull_request.is_none() || !is_addressed(&words) {
        return Ok(None);
    }
    let place = place(body)?;
    // Our own comments tell how orders are written: no bot may give any.
    let Some(sender) = payload.sender.filter(|sender| !sender.is_bot()) else { return Ok(None) };
    let order = Order {
        place,
        whom: Whom::These(vec![Subject::Pull(PrNumber(payload.issue.number))]),
        by: sender.person(),
        is_bot: false,
        key: format!("comment:{}", payload.comment.id),
        words,
        comment: Some(payload.comment.id),
        at: payload.comment.created_at.and_then(|at| at.parse::<Timestamp>().ok()),
    };
    Ok(Some(Heard { orders: vec![order], ..Heard::default() }))
}
