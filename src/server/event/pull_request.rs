//! A pull request was opened, changed or closed, or someone gave their opinion of it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::payload::place;
use super::{Heard, Start, Whom, json};
use crate::ids::PrNumber;
use crate::store::{Subject, Urgency};

#[derive(Deserialize)]
struct Payload {
    pull_request: Numbered,
    #[serde(default)]
    changes: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Numbered {
    number: u64,
    #[serde(default)]
    state: Option<String>,
}

pub(super) fn changed(action: &str, body: &[u8]) -> Result<Option<Heard>, String> {
    let (place, Payload { pull_request, changes }) = (place(body)?, json(body)?);
    let subject = Subject::Pull(PrNumber(pull_request.number));
    let urgency = match action {
        "closed" => {
            return Ok(Some(Heard { closed: vec![(place.repo_id, subject)], ..Heard::default() }));
        }
        // Nothing is to be merged; should it be opened again, that will be told.
        action if action != "reopened" && pull_request.state.as_deref() == Some("closed") => return Ok(None),
        // Where the payload does not tell what was edited, it may be anything.
        "edited"
            if changes.is_some_and(|c| !["title", "body", "base"].iter().any(|k| c.contains_key(*k))) =>
        {
            return Ok(None);
        }
        "edited" => Urgency::Loud,
        "converted_to_draft" => Urgency::Quiet,
        _ => Urgency::Push,
    };
    Ok(Some(Heard::want(place, Whom::These(vec![subject]), urgency, Start::Now)))
}

pub(super) fn reviewed(body: &[u8]) -> Result<Option<Heard>, String> {
    let (place, payload) = (place(body)?, json::<Payload>(body)?);
    let whom = Whom::These(vec![Subject::Pull(PrNumber(payload.pull_request.number))]);
    Ok(Some(Heard::want(place, whom, Urgency::Quiet, Start::Soon)))
}
