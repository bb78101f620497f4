//! The last step: GitHub brings the browser back with a code, which becomes the App's credentials.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::page::{self, Made};
use super::{Desk, manifest, patience, shown};
use crate::github::{self, GithubError, NewApp};
use crate::server::Credentials;

/// What GitHub adds to the address.
#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

pub(super) async fn receive(State(shared): Desk, Query(back): Query<Back>) -> Response {
    let failed = |status, text: &str| shown(status, "'self'", page::failed(text));
    let now = (shared.setup.clock)();
    if !shared.gate.lock().await.close(&back.state, now) {
        let text = "This address was not made by this setup, was used before, or is too old.";
        return failed(StatusCode::FORBIDDEN, text);
    }
    let app = match github::convert(&shared.setup.api_url, &back.code, patience()).await {
        Ok(app) => app,
        Err(GithubError::NotFound { .. }) => {
            return failed(StatusCode::BAD_GATEWAY, "GitHub does not know the code, or it was used before.");
        }
        Err(error) => return failed(StatusCode::BAD_GATEWAY, &error.to_string()),
    };
    let web = manifest::web_url(&shared.setup.api_url);
    let slug = app.slug.clone().unwrap_or_else(|| "gainsay".into());
    // Where the App is installed follows from settings and not from an answer, which could lead anywhere.
    let fits = slug.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let install = if fits { format!("{web}/apps/{slug}/installations/new") } else { web };
    let app_id = app.id;
    let credentials = match credentials(app) {
        Ok(credentials) => credentials,
        Err(text) => return failed(StatusCode::BAD_GATEWAY, text),
    };
    let kept = match shared.setup.keeper.save(&credentials, now).await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the credentials could not be kept");
            let text = format!(
                "The App is made, but its credentials could not be kept: {error:#}. Delete the App on GitHub."
            );
            return failed(StatusCode::INTERNAL_SERVER_ERROR, &text);
        }
    };
    tracing::info!(app = app_id, "the App is made");
    shared.made.send_replace(Some(credentials));
    let made = Made { app_id, slug: &slug, install: &install, kept: &kept };
    shown(StatusCode::OK, "'none'", page::made(&made))
}

fn credentials(app: NewApp) -> Result<Credentials, &'static str> {
    let secret = app.webhook_secret.filter(|secret| !secret.expose_secret().is_empty());
    let webhook_secret = secret.ok_or("GitHub made the App without a secret for its webhook.")?;
    Ok(Credentials {
        app_id: app.id,
        slug: app.slug,
        client_id: app.client_id,
        private_key: app.pem,
        webhook_secret,
    })
}
