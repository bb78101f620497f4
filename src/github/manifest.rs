//! The end of the App manifest flow: the code that GitHub sends back becomes an App with its credentials.

use secrecy::SecretString;
use serde::Deserialize;

use super::client::{Patience, of_octocrab, too_slow};
use super::error::GithubError;

/// An App that was just made. GitHub tells its secrets this once.
#[derive(Debug, Deserialize)]
pub struct NewApp {
    /// Its id.
    pub id: u64,
    /// Its name in addresses.
    pub slug: Option<String>,
    /// The id of its OAuth side.
    pub client_id: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// Its private key, in PEM form.
    pub pem: SecretString,
    /// What GitHub will sign deliveries with.
    pub webhook_secret: Option<SecretString>,
}

/// Asks GitHub once: a code is good for one answer. `code` must hold nothing but letters, digits, `-` and `_`.
pub async fn convert(base: &str, code: &str, patience: Patience) -> Result<NewApp, GithubError> {
    let what = "the new App";
    let settings = |text: &str| GithubError::Settings(text.to_owned());
    if code.is_empty()
        || code.len() > 200
        || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    {
        return Err(settings("GitHub's code for the new App is not one"));
    }
    let crab = octocrab::Octocrab::builder()
        .base_uri(base)
        .map_err(|_| settings("the address of GitHub's API is not an address"))?
        .add_header("x-github-api-version".parse().expect("a literal header name"), "2022-11-28".into())
        .build()
        .map_err(|e| of_octocrab(what, e))?;
    let route = format!("/app-manifests/{code}/conversions");
    let answer = async {
        let response = octocrab::map_github_error(crab._post(route, None::<&()>).await?).await?;
        crab.body_to_string(response).await
    };
    let body = match tokio::time::timeout(patience.request, answer).await {
        Ok(body) => body.map_err(|e| of_octocrab(what, e))?,
        Err(_) => return Err(too_slow(what)),
    };
    // serde's message could quote a part of the answer, which is secret.
    serde_json::from_str(&body).map_err(|_| GithubError::Unexpected {
        what: what.to_owned(),
        reason: "it lacks the id or the private key".to_owned(),
    })
}
