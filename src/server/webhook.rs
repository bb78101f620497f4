//! A delivery: signature, then JSON, then the store, then the answer. In this order: nothing unsigned is parsed, and
//! success means that the delivery is on disk.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Door;
use super::event::{self, Event};
use crate::store::{Accepted, Ask, Delivery, Intake, StoreError};

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
    let read = event::read(event, body, door.app_id).map_err(|e| answer(StatusCode::BAD_REQUEST, e))?;
    let delivery = Delivery { id: id.to_owned(), event: event.to_owned() };
    let now = (door.clock)();
    let asks = match read {
        Event::Ping => return Ok(answer(StatusCode::OK, "pong")),
        Event::Other => return Ok(answer(StatusCode::ACCEPTED, "nothing to do")),
        Event::Asks(asks) => asks.into_iter().map(|ask| Ask { due: now, ..ask }).collect(),
        Event::Rerun(rerun) => rerun.asks(&door.store, now).await.map_err(|e| unavailable(&e))?,
        Event::Evidence(evidence) => {
            let asks = evidence.asks(&door.store, now + door.debounce).await.map_err(|e| unavailable(&e))?;
            if asks.is_empty() {
                return Ok(answer(StatusCode::ACCEPTED, "nothing to do"));
            }
            asks
        }
    };
    stored(door, door.store.accept(&Intake::asking(delivery, asks), now).await)
}

fn stored(door: &Door, accepted: Result<Accepted, StoreError>) -> Result<Answer, Answer> {
    match accepted.map_err(|e| unavailable(&e))? {
        Accepted::Known => Ok(answer(StatusCode::ACCEPTED, "known already")),
        Accepted::New => {
            door.wake.notify_one();
            Ok(answer(StatusCode::ACCEPTED, "accepted"))
        }
    }
}

fn unavailable(error: &StoreError) -> Answer {
    tracing::error!(%error, "a delivery could not be stored");
    answer(StatusCode::SERVICE_UNAVAILABLE, "the delivery could not be stored; send it again")
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
