//! Takes in a request's body before anything looks at it: so long, so large, and so much of all bodies at once.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;

/// The bytes that bodies may still take, of all requests together.
#[derive(Clone)]
pub(super) struct Room {
    limits: Limits,
    free: Arc<Semaphore>,
}

impl Room {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, free: Arc::new(Semaphore::new(limits.held)) }
    }
}

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    TooLarge,
    TooSlow,
    NoRoom,
    Broken,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large\n").into_response(),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "the body did not come in time\n").into_response(),
            Self::NoRoom => {
                let again = [(RETRY_AFTER, "5")];
                (StatusCode::SERVICE_UNAVAILABLE, again, "too much is being received\n").into_response()
            }
            Self::Broken => (StatusCode::BAD_REQUEST, "the body broke off\n").into_response(),
        }
    }
}

/// Reads the whole body and hands the request on with it; its room is given back when the answer is there.
pub(super) async fn take_in(State(room): State<Room>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if declared(&parts.headers).is_some_and(|length| length > room.limits.payload as u64) {
        return Refusal::TooLarge.into_response();
    }
    let read = tokio::time::timeout(room.limits.body, read(&room, body)).await;
    match read.unwrap_or(Err(Refusal::TooSlow)) {
        Ok((body, taken)) => {
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            drop(taken);
            response
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Room is taken for what came and not for what was announced: an announcement costs its sender nothing. Nobody waits
/// for room while holding some, or bodies could wait for each other.
async fn read(room: &Room, mut body: Body) -> Result<(Bytes, OwnedSemaphorePermit), Refusal> {
    let mut bytes = Vec::new();
    let mut taken = take(room, 0)?;
    while let Some(frame) = body.frame().await {
        let Ok(part) = frame.map_err(|_| Refusal::Broken)?.into_data() else { continue };
        if bytes.len() + part.len() > room.limits.payload {
            return Err(Refusal::TooLarge);
        }
        // A vector that grows doubles: what it may hold counts, not what it holds.
        let before = bytes.capacity();
        if bytes.len() + part.len() > before {
            let wanted = (bytes.len() + part.len()).max(before * 2).min(room.limits.payload);
            taken.merge(take(room, wanted - before)?);
            bytes.reserve_exact(wanted - bytes.len());
        }
        bytes.extend_from_slice(&part);
    }
    Ok((bytes.into(), taken))
}

fn take(room: &Room, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
    let bytes = u32::try_from(bytes).map_err(|_| Refusal::NoRoom)?;
    room.free.clone().try_acquire_many_owned(bytes).map_err(|_| Refusal::NoRoom)
}
