//! The manifest that GitHub makes the App from, and where it is sent.

use axum::http::Uri;
use serde_json::{Map, Value, json};

use crate::server::needed::{EVENTS, PERMISSIONS};

/// Whom the App belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    /// The account that is signed in to GitHub.
    Oneself,
    /// An organisation, by its login.
    Organisation(String),
}

impl Owner {
    /// An empty text is oneself. Nothing where it can't be a login.
    pub(super) fn read(text: &str) -> Option<Self> {
        let login = text.trim();
        if login.is_empty() {
            return Some(Self::Oneself);
        }
        let fits =
            login.len() <= 39 && login.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        (fits && !login.starts_with('-')).then(|| Self::Organisation(login.to_owned()))
    }
}

/// GitHub's pages, from its API's address: `https://github.com`, or the host of an Enterprise Server or tenant.
pub(super) fn web_url(api_url: &str) -> String {
    if let Some(host) = api_url.strip_suffix("/api/v3") {
        return host.to_owned();
    }
    match api_url.split_once("://") {
        Some((scheme, host)) => format!("{scheme}://{}", host.strip_prefix("api.").unwrap_or(host)),
        None => api_url.to_owned(),
    }
}

/// The public address of the server, without a slash at its end; nothing where GitHub can't send to it.
pub(super) fn public_url(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/');
    let text = text.strip_suffix("/webhook").unwrap_or(text);
    let uri: Uri = text.parse().ok()?;
    let host = uri.host().filter(|host| !host.is_empty())?;
    let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let safe = uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && loopback);
    let plain = uri.query().is_none() && !uri.authority().is_some_and(|a| a.as_str().contains('@'));
    (safe && plain && text.len() <= 500).then(|| text.to_owned())
}

/// The page of GitHub that takes a manifest.
pub(super) fn target(web_url: &str, owner: &Owner, state: &str) -> String {
    match owner {
        Owner::Oneself => format!("{web_url}/settings/apps/new?state={state}"),
        Owner::Organisation(login) => {
            format!("{web_url}/organizations/{login}/settings/apps/new?state={state}")
        }
    }
}

/// The manifest. GitHub makes the webhook's secret and the private key itself. `local` is the host and port under which
/// the browser sees the setup.
pub(super) fn manifest(public_url: &str, owner: &Owner, local: &str) -> Value {
    let name = match owner {
        Owner::Oneself => "gainsay".to_owned(),
        // GitHub takes names of up to 34 characters.
        Owner::Organisation(login) => format!("gainsay-{login}").chars().take(34).collect(),
    };
    let permissions: Map<String, Value> =
        PERMISSIONS.iter().map(|permission| (permission.name.to_owned(), permission.level.into())).collect();
    let events: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
    json!({
        "name": name,
        "url": public_url,
        "description": "Sets what a pull request claims against what it did.",
        "public": false,
        "hook_attributes": {"url": format!("{public_url}/webhook"), "active": true},
        "redirect_url": format!("http://{local}/setup/callback"),
        "default_permissions": permissions,
        "default_events": events,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_a_login_or_nobody() {
        assert_eq!(Owner::read("  "), Some(Owner::Oneself));
        assert_eq!(Owner::read("octo-org"), Some(Owner::Organisation("octo-org".into())));
        for text in ["a/b", "a b", "../x", "-a", "a?b", "ä", &"a".repeat(40)] {
            assert_eq!(Owner::read(text), None, "{text}");
        }
    }

    #[test]
    fn githubs_pages_follow_from_its_api() {
        for (api, web) in [
            ("https://api.github.com", "https://github.com"),
            ("https://ghe.example.com/api/v3", "https://ghe.example.com"),
            ("https://api.octo.ghe.com", "https://octo.ghe.com"),
            ("http://127.0.0.1:4000/api/v3", "http://127.0.0.1:4000"),
        ] {
            assert_eq!(web_url(api), web);
        }
    }

    #[test]
    fn the_public_address_is_one_that_github_may_send_to() {
        for (text, wanted) in [
            ("https://gainsay.example.com/", "https://gainsay.example.com"),
            ("https://example.com/gainsay/webhook", "https://example.com/gainsay"),
            ("http://localhost:3000", "http://localhost:3000"),
        ] {
            assert_eq!(public_url(text).as_deref(), Some(wanted));
        }
        let wrong =
            ["", "gainsay.example.com", "http://example.com", "ftp://example.com", "https://u:p@example.com"];
        for text in wrong.into_iter().chain(["https://example.com/?a=b", "https://", "javascript:alert(1)"]) {
            assert_eq!(public_url(text), None, "{text}");
        }
    }

    #[test]
    fn the_manifest_asks_for_what_is_needed_and_no_more() {
        let owner = Owner::read("octo").unwrap();
        let manifest = manifest("https://g.example.com", &owner, "localhost:3000");
        assert_eq!(manifest["hook_attributes"]["url"], "https://g.example.com/webhook");
        assert_eq!(manifest["redirect_url"], "http://localhost:3000/setup/callback");
        assert_eq!(manifest["default_permissions"].as_object().unwrap().len(), PERMISSIONS.len());
        assert_eq!(manifest["default_permissions"]["contents"], "read");
        assert_eq!(manifest["public"], false);
        let target = target("https://github.com", &owner, "00ff");
        assert_eq!(target, "https://github.com/organizations/octo/settings/apps/new?state=00ff");
    }
}
