//! A delivery: signature, then JSON, then the store, then the answer. In this order: nothing unsigned is parsed, and
//! success means that the delivery is on disk.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::Door;
use super::event::{self, Event, Upkeep};
use crate::store::{Accepted, Delivery, StoreError};

type Answer = (StatusCode, String);

fn answer(status: StatusCode, text: impl Into<String>) -> Answer {
    (status, text.into() + "\n")
}

pub(super) async fn receive(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> Answer {
    match handle(&door, &headers, &body).await {
        Ok(answer) | Err(answer) => answer,
    }
}

async fn handle(door: &Door, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Answer> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if !door.secret.accepts(|secret| signed(secret, header("x-hub-signature-256"), body)) {
        return Err(answer(
            StatusCode::UNAUTHORIZED,
            "X-Hub-Signature-256 does not match the body and the secret",
        ));
    }
    let missing = |name: &str| answer(StatusCode::BAD_REQUEST, format!("the header {name} is missing"));
    let event = header("x-github-event").ok_or_else(|| missing("X-GitHub-Event"))?;
    let id = header("x-github-delivery").filter(|id| !id.is_empty() && id.len() <= 100);
    let id = id.ok_or_else(|| missing("X-GitHub-Delivery"))?;
    match take_in(door, event, id, body).await {
        Ok(Taken::Pong) => Ok(answer(StatusCode::OK, "pong")),
        Ok(Taken::Nothing) => Ok(answer(StatusCode::ACCEPTED, "nothing to do")),
        Ok(Taken::Known) => Ok(answer(StatusCode::ACCEPTED, "known already")),
        Ok(Taken::New) => Ok(answer(StatusCode::ACCEPTED, "accepted")),
        Err(NotTaken::Unreadable(why)) => Err(answer(StatusCode::BAD_REQUEST, why)),
        Err(NotTaken::Store(error)) => {
            tracing::error!(%error, "a delivery could not be stored");
            let text = "the delivery could not be stored; send it again";
            Err(answer(StatusCode::SERVICE_UNAVAILABLE, text))
        }
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// GitHub tried the door.
    Pong,
    /// It is none of our business, and was not kept.
    Nothing,
    /// It was kept before; nothing was done.
    Known,
    /// It is on disk with all that it brings.
    New,
}

/// Why a delivery was not taken in.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("{0}")]
    Unreadable(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a delivery in, whichever way it came. Whether it is GitHub's was seen to before.
pub(super) async fn take_in(door: &Door, event: &str, id: &str, body: &[u8]) -> Result<Taken, NotTaken> {
    let heard = match event::read(event, body, door.app_id).map_err(NotTaken::Unreadable)? {
        Event::Ping => return Ok(Taken::Pong),
        Event::Nothing => return Ok(Taken::Nothing),
        Event::Heard(heard) => heard,
    };
    let now = (door.clock)();
    let debounce = SignedDuration::try_from(door.debounce).unwrap_or(SignedDuration::MAX);
    let delivery = Delivery { id: id.to_owned(), event: event.to_owned() };
    let intake = event::intake(&heard, delivery, &door.store, now, debounce).await?;
    // What is done beside the inbox may be done twice, but not when a delivery is played again much later.
    if !heard.upkeep.is_empty() && !door.store.known_deliveries(&[id.to_owned()]).await?.is_empty() {
        return Ok(Taken::Known);
    }
    for upkeep in &heard.upkeep {
        keep_up(door, upkeep, now).await?;
    }
    match door.store.accept(&intake, now).await? {
        Accepted::Known => Ok(Taken::Known),
        Accepted::New => {
            door.wake.notify_one();
            Ok(Taken::New)
        }
    }
}

async fn keep_up(door: &Door, upkeep: &Upkeep, now: Timestamp) -> Result<(), StoreError> {
    let store = &door.store;
    match upkeep {
        Upkeep::Gone { installation } => {
            door.app.forget(*installation);
            store.forget_installation(*installation).await?;
            store.forget_sweeps(*installation, None).await
        }
        Upkeep::Changed { installation } => {
            door.app.forget(*installation);
            Ok(())
        }
        Upkeep::Unseen { installation, repo_id } => {
            store.forget_repository(*installation, *repo_id).await?;
            store.forget_sweeps(*installation, Some(*repo_id)).await
        }
        Upkeep::New { installation, repo_id, repo } => {
            store.want_sweep(*installation, Some((*repo_id, repo)), now).await
        }
        Upkeep::AllNew { installation } => store.want_sweep(*installation, None, now).await,
        Upkeep::Renamed { repo_id, repo } => store.rename_repository(*repo_id, repo).await,
    }
}

/// Whether the header signs the body: compared in constant time, over the bytes as they came.
fn signed(secret: &str, header: Option<&str>, body: &[u8]) -> bool {
    let Some(digits) = header.and_then(|header| header.strip_prefix("sha256=")) else { return false };
    let Ok(signature) = hex::decode(digits) else { return false };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GitHub's documentation.
    #[test]
    fn githubs_own_example_is_accepted_and_its_neighbours_are_not() {
        let good = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let secret = "It's a Secret to Everybody";
        assert!(signed(secret, Some(good), b"Hello, World!"));
        assert!(!signed(secret, Some(good), b"Hello, World"));
        assert!(!signed("another", Some(good), b"Hello, World!"));
        for bad in ["", "sha256=", "sha256=zz", "sha1=757107ea", &good[..70], &good.replace("75", "+5")] {
            assert!(!signed(secret, Some(bad), b"Hello, World!"), "{bad}");
        }
        assert!(!signed(secret, None, b"Hello, World!"));
    }
}
