//! The deliveries that GitHub recorded, received or not, page by page.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::LINK;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;

use super::Result;
use crate::github::client::App;

const PAGE: usize = 100;

/// A delivery as GitHub recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Recorded {
    /// The id by which it is asked for; a redelivery has one of its own.
    pub id: u64,
    /// `X-GitHub-Delivery`: a redelivery has the same.
    pub guid: String,
    /// When it was sent.
    #[serde(deserialize_with = "time")]
    pub delivered_at: Timestamp,
    /// The answer's status; 0 where there was none.
    #[serde(default)]
    pub status_code: u16,
    /// `X-GitHub-Event`.
    pub event: String,
    /// The payload's action, where it has one.
    #[serde(default)]
    pub action: Option<String>,
    /// The installation, where there is one.
    #[serde(default)]
    pub installation_id: Option<u64>,
    /// The repository, where there is one.
    #[serde(default)]
    pub repository_id: Option<u64>,
}

fn time<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Timestamp, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

/// What a delivery brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// `X-GitHub-Delivery`.
    pub guid: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// The headers of the request, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The payload, as JSON; nothing where GitHub no longer has it.
    pub body: Option<Vec<u8>>,
}

#[derive(Deserialize)]
pub(super) struct Whole {
    guid: String,
    event: String,
    request: Request,
}

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    headers: Option<BTreeMap<String, serde_json::Value>>,
    #[serde(default)]
    payload: Option<serde_json::Value>,
}

impl From<Whole> for Payload {
    fn from(whole: Whole) -> Self {
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let headers = whole.request.headers.unwrap_or_default();
        Self {
            guid: whole.guid,
            event: whole.event,
            headers: headers.into_iter().map(|(name, value)| (name.to_lowercase(), text(value))).collect(),
            body: whole.request.payload.map(|payload| payload.to_string().into_bytes()),
        }
    }
}

/// The deliveries since a time, the newest first.
pub struct DeliveryPages {
    app: App,
    since: Timestamp,
    cursor: Option<String>,
    ended: bool,
}

impl DeliveryPages {
    pub(super) fn new(app: App, since: Timestamp) -> Self {
        Self { app, since, cursor: None, ended: false }
    }

    /// The next page; nothing when all were told. After an error the same page is asked for again.
    pub async fn next(&mut self) -> Result<Option<Vec<Recorded>>> {
        if self.ended {
            return Ok(None);
        }
        let mut route = format!("/app/hook/deliveries?per_page={PAGE}");
        if let Some(cursor) = &self.cursor {
            route += &format!("&cursor={}", utf8_percent_encode(cursor, NON_ALPHANUMERIC));
        }
        let answer = self.app.own().get_unkept::<Vec<Recorded>>("the App's deliveries", &route).await;
        let (mut page, headers) = answer?;
        let next = next_cursor(&headers);
        // A cursor that stands still would never end.
        self.ended = next.is_none() || next == self.cursor || page.is_empty();
        self.ended |= page.iter().any(|delivery| delivery.delivered_at < self.since);
        self.cursor = next;
        page.retain(|delivery| delivery.delivered_at >= self.since);
        Ok((!page.is_empty()).then_some(page))
    }
}

/// The cursor of the next page. Of the address in the header nothing else is believed: requests go where the settings
/// say.
fn next_cursor(headers: &HeaderMap) -> Option<String> {
    let links = headers.get(LINK)?.to_str().ok()?;
    let next = links.split(',').find(|link| {
        link.split(';').skip(1).any(|part| matches!(part.trim(), r#"rel="next""# | "rel=next"))
    })?;
    let address = next.split(';').next()?.trim().strip_prefix('<')?.strip_suffix('>')?;
    let (_, query) = address.split_once('?')?;
    let query = query.split('#').next()?;
    let cursor = query.split('&').find_map(|pair| pair.strip_prefix("cursor="))?;
    let cursor = percent_decode_str(cursor).decode_utf8().ok()?.into_owned();
    (!cursor.is_empty() && cursor.len() <= 500).then_some(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(link: &str) -> Option<String> {
        next_cursor(&HeaderMap::from_iter([(LINK, link.parse().unwrap())]))
    }

    #[test]
    fn the_cursor_is_taken_from_the_next_link_and_never_its_host() {
        let base = "https://api.github.com/app/hook/deliveries?per_page=100&cursor=";
        let link = format!("<{base}v1_5%3D>; rel=\"next\", <{base}v1_1>; rel=\"prev\"");
        assert_eq!(cursor(&link).as_deref(), Some("v1_5="));
        assert_eq!(cursor("<https://elsewhere.example/?cursor=v1_7>; rel=\"next\"").as_deref(), Some("v1_7"));
        for none in [
            format!("<{base}v1_1>; rel=\"prev\""),
            format!("<{base}>; rel=\"next\""),
            "<https://api.github.com/app/hook/deliveries>; rel=\"next\"".into(),
            "rel=\"next\"".into(),
            format!("<{base}{}>; rel=\"next\"", "a".repeat(501)),
        ] {
            assert_eq!(cursor(&none), None, "{none}");
        }
    }

    #[test]
    fn an_id_beyond_exact_floating_point_numbers_is_read() {
        let json = r#"{"id": 9007199254740993, "guid": "g", "delivered_at": "2024-05-01T12:00:00Z", "redelivery": false,
                       "duration": 0.3, "status": "OK", "status_code": 200, "event": "push", "action": null,
                       "installation_id": null, "repository_id": 7, "throttled_at": null}"#;
        let recorded: Recorded = serde_json::from_str(json).unwrap();
        assert_eq!((recorded.id, recorded.installation_id), (9_007_199_254_740_993, None));
    }
}
