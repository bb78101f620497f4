//! One request and its answer: a place at the gate, a time limit, the bytes, and what GitHub says beside them.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Response, StatusCode};
use octocrab::Octocrab;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::budget::Purse;
use super::cache::{Page, Shelf};
use super::gate::{Gate, Pace};
use super::patience::Patience;
use super::refusal::{self, of_octocrab, reason, refusal, too_slow};
use crate::github::error::GithubError;
use crate::measures;

type Result<T> = std::result::Result<T, GithubError>;

/// More bytes of JSON are not read: the largest is a delivery's payload, of at most 25 MiB.
const MAX_ANSWER: usize = 64 << 20;

/// An answer that is no failure.
pub(in crate::github) struct Answer {
    pub(in crate::github) status: StatusCode,
    pub(in crate::github) headers: HeaderMap,
    pub(in crate::github) body: Arc<[u8]>,
}

/// Whoever asks: an installation, or the App itself.
pub(in crate::github) struct Client {
    pub(super) crab: Octocrab,
    /// 0 for the App itself.
    pub(super) installation: u64,
    pub(super) patience: Patience,
    pub(super) gate: Gate,
    pub(super) pace: Pace,
    pub(super) purse: Purse,
    pub(super) shelf: Shelf,
}

impl Client {
    /// Repeats while the fault may pass. Only what may be sent twice belongs in here.
    pub(in crate::github) async fn patiently<T, F>(&self, request: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.patience.repeat(request).await
    }

    /// JSON from a route; from memory where GitHub says that it has not changed, which costs nothing of the rate.
    pub(in crate::github) async fn get<T: DeserializeOwned>(&self, what: &str, route: &str) -> Result<T> {
        let body = self.patiently(|| self.revalidated(what, route)).await?;
        parsed(what, &body)
    }

    /// JSON from a route of which nothing is kept.
    pub(in crate::github) async fn get_unkept<T: DeserializeOwned>(
        &self,
        what: &str,
        route: &str,
    ) -> Result<(T, HeaderMap)> {
        let answer = self.patiently(|| self.ask(what, route, None)).await?;
        Ok((parsed(what, &answer.body)?, answer.headers))
    }

    async fn revalidated(&self, what: &str, route: &str) -> Result<Arc<[u8]>> {
        let known = self.shelf.page(route);
        let answer = self.ask(what, route, known.as_ref()).await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            let unasked = "it says that nothing has changed, which was not asked";
            return known.map(|page| page.body).ok_or_else(|| unexpected(what, unasked));
        }
        if let Some(tag) = answer.headers.get(ETAG) {
            self.shelf.keep_page(route, Page { tag: tag.clone(), body: answer.body.clone() });
        }
        Ok(answer.body)
    }

    async fn ask(&self, what: &str, route: &str, known: Option<&Page>) -> Result<Answer> {
        let headers = known.map(|page| HeaderMap::from_iter([(IF_NONE_MATCH, page.tag.clone())]));
        self.json(what, self.crab._get_with_headers(route, headers)).await
    }

    /// One try: a POST may have had its effect although it failed.
    pub(in crate::github) async fn post<T: DeserializeOwned>(
        &self,
        what: &str,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        self.pace.wait().await;
        parsed(what, &self.json(what, self.crab._post(route, Some(body))).await?.body)
    }

    /// One try, as [`Client::post`].
    pub(in crate::github) async fn patch<T: DeserializeOwned>(
        &self,
        what: &str,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        parsed(what, &self.json(what, self.crab._patch(route, Some(body))).await?.body)
    }

    /// One try that takes whatever the server answers, a refusal included.
    pub(in crate::github) async fn knock(&self, what: &str, route: &str) -> Result<Answer> {
        let (status, headers, body) = self.sent(what, self.crab._get(route), MAX_ANSWER).await?;
        Ok(Answer { status, headers, body: body.unwrap_or_default().into() })
    }

    /// The bytes behind an address of the API, which may send on to another host: that one gets no credential. Nothing
    /// where they are more than `limit`.
    pub(in crate::github) async fn download(
        &self,
        what: &str,
        route: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>> {
        let fetch = || async {
            let (status, headers, body) = self.sent(what, self.crab._get(route), limit).await?;
            if status.is_success() {
                return Ok(body);
            }
            Err(refusal(what, status, &headers, &refusal::message(&body.unwrap_or_default())))
        };
        self.patiently(fetch).await
    }

    async fn json(
        &self,
        what: &str,
        request: impl Future<
            Output = octocrab::Result<
                Response<impl HttpBody<Data = axum::body::Bytes, Error = octocrab::Error> + Send + 'static>,
            >,
        >,
    ) -> Result<Answer> {
        let (status, headers, body) = self.sent(what, request, MAX_ANSWER).await?;
        let body = body.ok_or_else(|| unexpected(what, "it is larger than 64 MiB"))?;
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return Ok(Answer { status, headers, body: body.into() });
        }
        Err(refusal(what, status, &headers, &refusal::message(&body)))
    }

    /// Sends a request and reads its answer, whatever it says. The body is nothing where it is longer than `limit`.
    async fn sent(
        &self,
        what: &str,
        request: impl Future<
            Output = octocrab::Result<
                Response<impl HttpBody<Data = axum::body::Bytes, Error = octocrab::Error> + Send + 'static>,
            >,
        >,
        limit: usize,
    ) -> Result<(StatusCode, HeaderMap, Option<Vec<u8>>)> {
        let place = self.gate.enter().await;
        let whole = async {
            let (parts, body) = request.await.map_err(|e| of_octocrab(what, e))?.into_parts();
            self.purse.note(self.installation, &parts.headers);
            let length = refusal::number(&parts.headers, "content-length");
            let body = match length {
                Some(length) if length > limit as u64 => None,
                _ => read(what, Body::new(body), limit).await?,
            };
            Ok((parts.status, parts.headers, body))
        };
        let answer = tokio::time::timeout(self.patience.request, whole).await;
        drop(place);
        let answer = answer.unwrap_or_else(|_| Err(too_slow(what)));
        metrics::counter!(measures::REQUESTS, "answer" => class(&answer)).increment(1);
        answer
    }
}

/// What is longer than it said ends the reading there.
async fn read(what: &str, mut body: Body, limit: usize) -> Result<Option<Vec<u8>>> {
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
}

fn class<T>(answer: &Result<(StatusCode, HeaderMap, T)>) -> &'static str {
    match answer.as_ref().map(|(status, ..)| status.as_u16()) {
        Ok(304) => "unchanged",
        Ok(200..400) => "success",
        Ok(403 | 429) => "limited_or_forbidden",
        Ok(400..500) => "refused",
        Ok(_) => "fault",
        Err(_) => "none",
    }
}

fn unexpected(what: &str, reason: &str) -> GithubError {
    GithubError::Unexpected { what: what.to_owned(), reason: reason.to_owned() }
}

fn parsed<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|e| unexpected(what, &e.to_string()))
}
