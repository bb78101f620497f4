//! A merge group: what the base branch would become, waiting in the merge queue for its checks.

use serde::Deserialize;

use super::payload::place;
use super::{Heard, Start, Whom, json, sha};
use crate::store::{Subject, Urgency};

#[derive(Deserialize)]
struct Payload {
    merge_group: Group,
}

#[derive(Deserialize)]
struct Group {
    head_sha: String,
}

pub(super) fn changed(action: &str, body: &[u8]) -> Result<Option<Heard>, String> {
    let (place, payload) = (place(body)?, json::<Payload>(body)?);
    let group = Subject::Group(sha(&payload.merge_group.head_sha)?);
    Ok(Some(match action {
        "destroyed" => Heard { closed: vec![(place.repo_id, group)], ..Heard::default() },
        _ => Heard::want(place, Whom::These(vec![group]), Urgency::Push, Start::Now),
    }))
}
