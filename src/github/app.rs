//! What the App asks about itself, with its JWT: who it is, its webhook, and the deliveries that GitHub recorded.

mod deliveries;

pub use deliveries::{DeliveryPages, Payload, Recorded};

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::client::{App, timestamp};
use super::error::GithubError;

type Result<T> = std::result::Result<T, GithubError>;

/// The App as GitHub has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AppInfo {
    /// Its id.
    pub id: u64,
    /// Its name in addresses; older servers leave it out.
    #[serde(default)]
    pub slug: Option<String>,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its page.
    #[serde(default)]
    pub html_url: Option<String>,
    /// What it may do: `checks` → `write`.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// The events that it is told of.
    #[serde(default)]
    pub events: Vec<String>,
    /// How many installations it has, where the server counts them.
    #[serde(default)]
    pub installations_count: Option<u64>,
}

/// The App's webhook. The secret is never told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HookConfig {
    /// Where events are sent; nothing where none was set.
    #[serde(default)]
    pub url: Option<String>,
    /// `json`, or `form`, which is not understood.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Whether a secret is set, as a row of asterisks.
    #[serde(default)]
    secret: Option<String>,
    /// `"1"` or `1` where certificates are not checked.
    #[serde(default)]
    insecure_ssl: Option<serde_json::Value>,
}

impl HookConfig {
    /// Whether GitHub signs what it sends.
    pub fn has_secret(&self) -> bool {
        self.secret.as_ref().is_some_and(|secret| !secret.is_empty())
    }

    /// Whether GitHub sends to whatever certificate it meets.
    pub fn is_insecure(&self) -> bool {
        self.insecure_ssl.as_ref().is_some_and(|value| value == "1" || value == 1)
    }
}

impl App {
    /// The App as GitHub has it (`GET /app`).
    pub async fn app(&self) -> Result<AppInfo> {
        Ok(self.own().get_unkept("the App", "/app").await?.0)
    }

    /// Its webhook (`GET /app/hook/config`).
    pub async fn hook_config(&self) -> Result<HookConfig> {
        Ok(self.own().get_unkept("the App's webhook", "/app/hook/config").await?.0)
    }

    /// What time it is on the server, from whatever it answers: a clock that is wrong makes it refuse the App's JWT.
    /// Nothing where no answer tells it.
    pub async fn server_time(&self) -> Result<Option<Timestamp>> {
        Ok(timestamp(&self.own().knock("the server's time", "/app").await?.headers))
    }

    /// The deliveries since a time, the newest first, a page at a time.
    pub fn deliveries(&self, since: Timestamp) -> DeliveryPages {
        DeliveryPages::new(self.clone(), since)
    }

    /// What a delivery brought (`GET /app/hook/deliveries/ID`).
    pub async fn delivery(&self, id: u64) -> Result<Payload> {
        let what = format!("the delivery {id}");
        let route = format!("/app/hook/deliveries/{id}");
        let (found, _) = self.own().get_unkept::<deliveries::Whole>(&what, &route).await?;
        Ok(found.into())
    }
}
