//! Requests: the App's and an installation's credentials, one retry policy, and errors that callers can branch on.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, StatusCode};
use backon::{ExponentialBuilder, Retryable};
use octocrab::Octocrab;
use octocrab::models::{AppId, InstallationId};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use super::error::GithubError;

/// Requests side by side; GitHub's secondary limit counts a hundred for an App.
const AT_ONCE: usize = 8;

type Result<T> = std::result::Result<T, GithubError>;

/// How often and how long a request is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The first pause; each further one is twice as long, with jitter.
    pub first: Duration,
    /// How many further tries there are.
    pub retries: usize,
    /// A longer pause than this is not sat out: the error goes up, with the wait that GitHub asked for.
    pub longest: Duration,
    /// How long one try may take.
    pub request: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            retries: 4,
            longest: Duration::from_secs(30),
            request: Duration::from_secs(30),
        }
    }
}

/// The App with its key. Cheap to share.
pub struct App {
    crab: Octocrab,
    id: u64,
    patience: Patience,
    installations: Mutex<HashMap<u64, Arc<Octocrab>>>,
}

impl App {
    /// An App that speaks to the API at `base` (GitHub Enterprise Server's `/api/v3` included) and signs with an RSA
    /// key in PEM form. Needs a tokio runtime.
    pub fn new(base: &str, id: u64, key: &SecretString, patience: Patience) -> Result<Self> {
        let key = key.expose_secret().as_bytes();
        let settings = |what: &str| GithubError::Settings(what.to_owned());
        let crab = Octocrab::builder()
            .base_uri(base)
            .map_err(|_| settings("the address of GitHub's API is not an address"))?
            .set_connect_timeout(Some(Duration::from_secs(10)))
            .set_read_timeout(Some(patience.request))
            .set_write_timeout(Some(patience.request))
            .add_header("x-github-api-version".parse().expect("a literal header name"), "2022-11-28".into())
            .app_from_rsa_pem(AppId(id), key)
            .map_err(|_| settings("the private key is not an RSA key in PEM form"))?
            .build()
            .map_err(|e| GithubError::Settings(format!("no connection can be made: {}", reason(&e))))?;
        Ok(Self { crab, id, patience, installations: Mutex::default() })
    }

    /// The requests of one installation. Its token is made when first needed and renewed before it expires.
    pub fn installation(&self, id: u64) -> Result<Installation> {
        let mut known = self.installations.lock().unwrap_or_else(PoisonError::into_inner);
        let crab = match known.get(&id) {
            Some(crab) => crab.clone(),
            None => {
                let crab = self.crab.installation(InstallationId(id));
                let crab = Arc::new(crab.map_err(|e| GithubError::Settings(reason(&e)))?);
                known.insert(id, crab.clone());
                crab
            }
        };
        Ok(Installation { crab, app_id: self.id, patience: self.patience })
    }
}

/// The requests of one installation.
#[derive(Clone)]
pub struct Installation {
    crab: Arc<Octocrab>,
    /// The App's id: a check run of another App is not ours, whatever it is called.
    pub(super) app_id: u64,
    patience: Patience,
}

impl Installation {
    /// Makes sure of a token before requests run side by side, so that only one is made.
    pub(super) async fn warm_up(&self) -> Result<()> {
        let what = "the installation's token";
        let token = || async {
            let token = tokio::time::timeout(self.patience.request, self.crab.installation_token());
            match token.await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(e)) => Err(of_octocrab(what, e)),
                Err(_) => Err(too_slow(what)),
            }
        };
        self.patiently(token).await
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, what: &str, route: &str) -> Result<T> {
        let answer = || async {
            let response = octocrab::map_github_error(self.crab._get(route).await?).await?;
            self.crab.body_to_string(response).await
        };
        self.patiently(|| self.bounded(what, answer())).await
    }

    /// The bytes behind an address of the API, which may send on to another host: that one gets no credential. Nothing
    /// where they are more than `limit`.
    pub(super) async fn download(&self, what: &str, route: &str, limit: usize) -> Result<Option<Vec<u8>>> {
        let fetch = || async {
            let response = self.crab._get(route).await.map_err(|e| of_octocrab(what, e))?;
            let response = octocrab::map_github_error(response).await.map_err(|e| of_octocrab(what, e))?;
            let length = response.headers().get("content-length").and_then(|v| v.to_str().ok()?.parse().ok());
            if length.is_some_and(|length: usize| length > limit) {
                return Ok(None);
            }
            // What is longer than it said ends the reading there.
            let mut body = Body::new(response.into_body());
            let mut bytes = Vec::new();
            while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                let cut = |e| GithubError::Unavailable { what: what.to_owned(), reason: reason(&e) };
                let Ok(part) = frame.map_err(cut)?.into_data() else { continue };
                if bytes.len() + part.len() > limit {
                    return Ok(None);
                }
                bytes.extend_from_slice(&part);
            }
            Ok(Some(bytes))
        };
        let bounded = || async {
            let fetched = tokio::time::timeout(self.patience.request, fetch()).await;
            fetched.unwrap_or_else(|_| Err(too_slow(what)))
        };
        self.patiently(bounded).await
    }

    /// One try: a POST may have had its effect although it failed.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        what: &str,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let answer = async {
            let response = octocrab::map_github_error(self.crab._post(route, Some(body)).await?).await?;
            self.crab.body_to_string(response).await
        };
        self.bounded(what, answer).await
    }

    /// One try, as [`Installation::post`].
    pub(super) async fn patch<T: DeserializeOwned>(
        &self,
        what: &str,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let answer = async {
            let response = octocrab::map_github_error(self.crab._patch(route, Some(body)).await?).await?;
            self.crab.body_to_string(response).await
        };
        self.bounded(what, answer).await
    }

    /// Repeats while the fault may pass, with backoff, jitter and the pauses that GitHub asks for.
    pub(super) async fn patiently<T, F>(&self, request: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let Patience { first, retries, longest, .. } = self.patience;
        let pauses = ExponentialBuilder::default().with_min_delay(first).with_max_times(retries);
        request
            .retry(pauses.with_max_delay(longest).with_jitter())
            .when(|e| e.is_passing() && e.wait().is_none_or(|wait| wait <= longest))
            .adjust(|e: &GithubError, pause| pause.map(|pause| pause.max(e.wait().unwrap_or_default())))
            .notify(|e, pause| tracing::warn!(error = %e, ?pause, "asking GitHub again"))
            .await
    }

    async fn bounded<T: DeserializeOwned>(
        &self,
        what: &str,
        answer: impl Future<Output = octocrab::Result<String>>,
    ) -> Result<T> {
        let body = match tokio::time::timeout(self.patience.request, answer).await {
            Ok(body) => body.map_err(|e| of_octocrab(what, e))?,
            Err(_) => return Err(too_slow(what)),
        };
        serde_json::from_str(&body)
            .map_err(|e| GithubError::Unexpected { what: what.to_owned(), reason: e.to_string() })
    }
}

/// Asks for many things, a few at a time; the answers come in any order. Dropped, it stops them all.
pub(super) async fn side_by_side<I, T, F>(items: impl IntoIterator<Item = I>, ask: impl Fn(I) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut running = JoinSet::new();
    let mut answers = Vec::new();
    for item in items {
        if running.len() >= AT_ONCE {
            answers.extend(running.join_next().await);
        }
        running.spawn(ask(item));
    }
    while let Some(answer) = running.join_next().await {
        answers.push(answer);
    }
    answers.into_iter().map(|answer| answer.expect("a request neither panics nor is stopped")).collect()
}

pub(super) fn too_slow(what: &str) -> GithubError {
    GithubError::Unavailable { what: what.to_owned(), reason: "GitHub did not answer in time".to_owned() }
}

pub(super) fn of_octocrab(what: &str, error: octocrab::Error) -> GithubError {
    let what = what.to_owned();
    match error {
        octocrab::Error::GitHub { source, .. } => {
            let headers = source.headers.unwrap_or_default();
            refusal(what, source.status_code, &headers, source.message)
        }
        octocrab::Error::Serde { .. }
        | octocrab::Error::Json { .. }
        | octocrab::Error::InvalidUtf8 { .. }
        | octocrab::Error::Uri { .. }
        | octocrab::Error::UriParse { .. } => GithubError::Unexpected { what, reason: reason(&error) },
        _ => GithubError::Unavailable { what, reason: reason(&error) },
    }
}

/// The first line of an error and of its causes; octocrab's own texts end in a backtrace.
fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let mut parts = Vec::new();
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let line = error.to_string().lines().next().unwrap_or_default().to_owned();
        if !parts.iter().any(|part: &String| part.contains(&line)) {
            parts.push(line);
        }
        next = error.source();
    }
    parts.join(": ")
}

fn refusal(what: String, status: StatusCode, headers: &HeaderMap, message: String) -> GithubError {
    let message: String = message.chars().take(500).collect();
    let number = |name| headers.get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    let retry_after = number("retry-after").map(Duration::from_secs);
    let used_up = number("x-ratelimit-remaining") == Some(0);
    let secondary = message.to_ascii_lowercase().contains("rate limit");
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => GithubError::NotFound { what },
        StatusCode::TOO_MANY_REQUESTS => limited(what, retry_after, number("x-ratelimit-reset")),
        StatusCode::FORBIDDEN if retry_after.is_some() || used_up || secondary => {
            limited(what, retry_after, number("x-ratelimit-reset").filter(|_| used_up))
        }
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            GithubError::Unavailable { what, reason: format!("GitHub answered {status}") }
        }
        status => GithubError::Refused { what, status: status.as_u16(), message },
    }
}

/// Without a word about when, GitHub's documentation asks for a minute.
fn limited(what: String, retry_after: Option<Duration>, reset: Option<u64>) -> GithubError {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let until_reset = reset.map(|reset| Duration::from_secs(reset.saturating_sub(now)));
    GithubError::Limited { what, wait: retry_after.or(until_reset).unwrap_or(Duration::from_secs(60)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, headers: &[(&'static str, &str)], message: &str) -> GithubError {
        let headers = headers.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect();
        refusal("the tree".into(), StatusCode::from_u16(status).unwrap(), &headers, message.into())
    }

    #[test]
    fn a_secondary_limit_is_told_from_a_missing_permission() {
        let limited = refused(403, &[("retry-after", "7")], "You have exceeded a secondary rate limit");
        assert_eq!(limited.wait(), Some(Duration::from_secs(7)));
        let unsaid = refused(403, &[], "You have exceeded a secondary rate limit");
        assert_eq!(unsaid.wait(), Some(Duration::from_secs(60)));
        let forbidden =
            refused(403, &[("x-ratelimit-remaining", "4999")], "Resource not accessible by integration");
        assert!(matches!(forbidden, GithubError::Refused { status: 403, .. }));
    }

    #[test]
    fn a_used_up_limit_waits_for_its_reset() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let reset = (now + 90).to_string();
        let limited =
            refused(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)], "API rate limit");
        assert!((85..=90).contains(&limited.wait().unwrap().as_secs()), "{limited:?}");
    }

    #[test]
    fn only_faults_that_may_pass_are_tried_again() {
        assert!(refused(502, &[], "").is_passing());
        assert!(refused(429, &[], "").is_passing());
        for status in [400, 401, 404, 409, 422] {
            assert!(!refused(status, &[], "").is_passing(), "{status}");
        }
    }
}
