//! The headers of answers: tags and 304, what is left of the rate, the links between pages.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Known;

const LIMIT: u64 = 5_000;

pub(super) fn answer(
    known: &mut Known,
    request: &str,
    asked: &HeaderMap,
    status: u16,
    mut json: Value,
) -> Response {
    if status == 302 {
        let location = json["location"].as_str().unwrap().to_owned();
        return (StatusCode::FOUND, [("location", location)]).into_response();
    }
    let mut headers = HeaderMap::new();
    if let Some(link) =
        json.get_mut("link").map(Value::take).filter(|_| request.contains("/app/hook/deliveries?"))
    {
        json = json["page"].take();
        link.as_str().map(|link| headers.insert("link", link.parse().unwrap()));
    }
    let tag = format!("\"{}\"", &hex::encode(Sha256::digest(json.to_string()))[..32]);
    let unchanged = status == 200
        && request.starts_with("GET")
        && asked.get("if-none-match").is_some_and(|known| known.as_bytes() == tag.as_bytes());
    if let Some(rate) = &mut known.rate {
        *rate = rate.saturating_sub(u64::from(!unchanged));
        let reset = jiff::Timestamp::now().as_second() / 3_600 * 3_600 + 3_600;
        let told = [("limit", LIMIT), ("remaining", *rate), ("reset", reset as u64)];
        for (name, value) in told {
            let name = axum::http::HeaderName::try_from(format!("x-ratelimit-{name}")).unwrap();
            headers.insert(name, HeaderValue::from(value));
        }
    }
    if request.starts_with("GET") {
        headers.insert("etag", tag.parse().unwrap());
    }
    if unchanged {
        known.unchanged.push(request.to_owned());
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (StatusCode::from_u16(status).unwrap(), headers, axum::Json(json)).into_response()
}
