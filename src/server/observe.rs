//! What is noted of each request: a span with the delivery's id and event, its answer and how long that took.

use std::time::Instant;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::measures;

/// A header as it may be logged: header values that are text hold visible ASCII only, and these are cut.
fn noted<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    &value[..value.len().min(100)]
}

/// Of a delivery.
pub(super) async fn delivery(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let event = noted(request.headers(), "x-github-event").to_owned();
    let span = tracing::info_span!("delivery", id = noted(request.headers(), "x-github-delivery"), event);
    let response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    measures::delivery(Some(&event), status, took);
    span.in_scope(|| tracing::info!(status, ms = took.as_millis(), "answered"));
    response
}
