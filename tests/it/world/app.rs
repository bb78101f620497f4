//! What the world answers to the App itself: its JWT is verified, tokens are given out for one installation each, and
//! deliveries are listed as GitHub lists them.

use jsonwebtoken::{Algorithm, Validation};
use serde_json::{Value, json};

use super::routes::{Answer, Query, found, number, refused};
use super::{APP_ID, Known, key};

/// An event that GitHub sent, received or not.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: u64,
    pub(crate) guid: String,
    pub(crate) event: String,
    pub(crate) payload: Value,
    pub(crate) at: jiff::Timestamp,
    /// What the door answered; 0 where nothing did.
    pub(crate) status: u16,
}

pub(super) fn own() -> Value {
    let permissions =
        json!({"checks": "write", "contents": "read", "metadata": "read", "pull_requests": "read"});
    json!({
        "id": APP_ID, "slug": "gainsay", "name": "Gainsay", "html_url": "https://github.com/apps/gainsay",
        "permissions": permissions, "events": ["check_run", "pull_request"], "installations_count": 1,
    })
}

pub(super) fn hook() -> Value {
    json!({"url": "https://gainsay.example/webhook", "content_type": "json", "secret": "********", "insecure_ssl": "0"})
}

/// The routes below `/app`; nothing where it is none of them. A third part is a `Link` header.
pub(super) fn serve(
    known: &mut Known,
    method: &str,
    path: &str,
    query: &Query,
    token: &str,
) -> Option<Answer> {
    let route: Vec<&str> = path.strip_prefix("/app")?.split('/').skip(1).collect();
    if let Err(refusal) = verified(token) {
        return Some(refusal);
    }
    Some(match (method, route.as_slice()) {
        ("GET", []) => (200, known.app.clone()),
        ("GET", ["hook", "config"]) => (200, known.hook.clone()),
        ("GET", ["hook", "deliveries"]) => deliveries(known, query),
        ("GET", ["hook", "deliveries", id]) => {
            found(known.sent.iter().find(|sent| sent.id.to_string() == *id).map(Sent::whole))
        }
        ("POST", ["installations", id, "access_tokens"]) => access_token(known, id),
        _ => refused(404, "Not Found"),
    })
}

/// GitHub's rules for an App's token: RS256, issued in the past, at most ten minutes to live.
fn verified(token: &str) -> Result<(), Answer> {
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_required_spec_claims(&["exp"]);
    rules.leeway = 0;
    let Ok(token) = jsonwebtoken::decode::<Value>(token, &key::public(), &rules) else {
        return Err(refused(401, "A JSON web token could not be decoded"));
    };
    let (claims, now) = (token.claims, jiff::Timestamp::now().as_second());
    let number = |name: &str| claims[name].as_i64().unwrap_or(i64::MAX);
    if number("iat") > now - 30 || number("exp") > now + 600 {
        return Err(refused(
            401,
            "'Issued at' claim ('iat') or 'Expiration time' claim ('exp') is too far in the future",
        ));
    }
    if claims["iss"] != json!(APP_ID) && claims["iss"] != json!(APP_ID.to_string()) {
        return Err(refused(404, "Integration not found"));
    }
    Ok(())
}

fn access_token(known: &mut Known, id: &str) -> Answer {
    let Some(installation) = id.parse().ok().filter(|id| known.installations.contains_key(id)) else {
        return refused(404, "Not Found");
    };
    let token = format!("token-{}", known.tokens.len() + 1);
    known.tokens.insert(token.clone(), installation);
    let expires = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    (201, json!({"token": token, "expires_at": expires.to_string(), "permissions": {"checks": "write"}}))
}

/// The newest first, a page at a time; where there are more, a `Link` header tells the cursor.
fn deliveries(known: &Known, query: &Query) -> Answer {
    let cursor = query.iter().find(|(name, _)| name == "cursor").map(|(_, value)| value.as_str());
    let from: u64 = match cursor.map(|cursor| cursor.strip_prefix("v1_").and_then(|id| id.parse().ok())) {
        None => u64::MAX,
        Some(Some(id)) => id,
        Some(None) => return refused(400, "Invalid cursor"),
    };
    let mut sent: Vec<&Sent> = known.sent.iter().filter(|sent| sent.id < from).collect();
    sent.sort_by_key(|sent| std::cmp::Reverse(sent.id));
    let size = number(query, "per_page", 30).min(known.deliveries_a_page.unwrap_or(100));
    let page: Vec<Value> = sent.iter().take(size).map(|sent| sent.listed()).collect();
    let link = (sent.len() > size).then(|| {
        format!(
            "<https://elsewhere.example/app/hook/deliveries?per_page={size}&cursor=v1_{}>; rel=\"next\"",
            sent[size - 1].id
        )
    });
    (200, json!({"page": page, "link": link}))
}

impl Sent {
    fn listed(&self) -> Value {
        json!({
            "id": self.id, "guid": self.guid, "delivered_at": self.at.to_string(), "redelivery": false, "duration": 0.1,
            "status": if self.status == 202 { "OK" } else { "failed to connect" }, "status_code": self.status,
            "event": self.event, "action": self.payload["action"], "throttled_at": null,
            "installation_id": self.payload["installation"]["id"], "repository_id": self.payload["repository"]["id"],
        })
    }

    fn whole(&self) -> Value {
        let mut whole = self.listed();
        let headers = json!({"X-GitHub-Event": self.event, "X-GitHub-Delivery": self.guid, "content-type": "application/json"});
        whole["request"] = json!({"headers": headers, "payload": self.payload});
        whole["response"] = json!({"headers": null, "payload": null});
        whole
    }
}
