//! Who asks: the App, and its installations. How they ask is in the modules below: one retry policy, one gate, what is
//! kept of earlier answers, and errors that callers can branch on.

mod budget;
mod cache;
mod gate;
mod patience;
mod refusal;
mod requests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use octocrab::Octocrab;
use octocrab::models::{AppId, InstallationId};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use super::error::GithubError;
use crate::change::Content;
use crate::ids::Sha;
use budget::Purse;
use cache::{Kept, Shelf};
use gate::{Gate, Pace};
use refusal::reason;

pub use budget::Budget;
pub use patience::Patience;
pub(super) use refusal::{of_octocrab, timestamp, too_slow};
use requests::Client;

/// Requests of one job side by side.
const AT_ONCE: usize = 8;

type Result<T> = std::result::Result<T, GithubError>;

/// The App with its key. Cheap to clone: clones share connections, limits and what is kept.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    id: u64,
    patience: Patience,
    gate: Gate,
    kept: Arc<Kept>,
    own: Client,
    installations: Mutex<HashMap<u64, Arc<Client>>>,
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
        let (gate, kept) = (Gate::new(), Kept::new());
        let own = client(crab, 0, patience, &gate, &kept);
        let installations = Mutex::default();
        Ok(Self { inner: Arc::new(Inner { id, patience, gate, kept, own, installations }) })
    }

    /// The App's id.
    pub fn id(&self) -> u64 {
        self.inner.id
    }

    /// The requests of one installation. Its token is made when first needed and renewed before it expires.
    pub fn installation(&self, id: u64) -> Result<Installation> {
        let inner = &self.inner;
        let mut known = inner.installations.lock().unwrap_or_else(PoisonError::into_inner);
        let client = match known.get(&id) {
            Some(client) => client.clone(),
            None => {
                let crab = inner.own.crab.installation(InstallationId(id));
                let crab = crab.map_err(|e| GithubError::Settings(reason(&e)))?;
                let client = Arc::new(client(crab, id, inner.patience, &inner.gate, &inner.kept));
                known.insert(id, client.clone());
                client
            }
        };
        Ok(Installation { client, app_id: inner.id })
    }

    /// Drops an installation's token and everything that was kept of it: it is gone, suspended, or sees less now.
    pub fn forget(&self, installation: u64) {
        let mut known = self.inner.installations.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&installation);
        self.inner.kept.forget(installation);
    }

    /// The requests of the App itself, which carry its JWT.
    pub(super) fn own(&self) -> &Client {
        &self.inner.own
    }
}

fn client(crab: Octocrab, installation: u64, patience: Patience, gate: &Gate, kept: &Arc<Kept>) -> Client {
    Client {
        crab,
        installation,
        patience,
        gate: gate.clone(),
        pace: Pace::new(patience.creations),
        purse: Purse::default(),
        shelf: Shelf::new(kept.clone(), installation),
    }
}

/// The requests of one installation.
#[derive(Clone)]
pub struct Installation {
    client: Arc<Client>,
    /// The App's id: a check run of another App is not ours, whatever it is called.
    pub(super) app_id: u64,
}

impl Installation {
    /// What is left of the hourly rate, once an answer has told it.
    pub fn budget(&self) -> Option<Budget> {
        self.client.purse.last()
    }

    /// Makes sure of a token before requests run side by side, so that only one is made.
    pub(super) async fn warm_up(&self) -> Result<()> {
        let what = "the installation's token";
        let client = &self.client;
        let token = || async {
            let _place = client.gate.enter().await;
            let token = tokio::time::timeout(client.patience.request, client.crab.installation_token());
            match token.await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(e)) => Err(of_octocrab(what, e)),
                Err(_) => Err(too_slow(what)),
            }
        };
        self.patiently(token).await
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, what: &str, route: &str) -> Result<T> {
        self.client.get(what, route).await
    }

    /// The same of what is kept under its own name or never asked for twice.
    pub(super) async fn get_unkept<T: DeserializeOwned>(&self, what: &str, route: &str) -> Result<T> {
        Ok(self.client.get_unkept(what, route).await?.0)
    }

    /// See [`Client::download`].
    pub(super) async fn download(&self, what: &str, route: &str, limit: usize) -> Result<Option<Vec<u8>>> {
        self.client.download(what, route, limit).await
    }

    /// One try: a POST may have had its effect although it failed.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        what: &str,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        self.client.post(what, route, body).await
    }

    /// One try, as [`Installation::post`].
    pub(super) async fn patch<T: DeserializeOwned>(
        &self,
        what: &str,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        self.client.patch(what, route, body).await
    }

    /// Repeats while the fault may pass, with backoff, jitter and the pauses that GitHub asks for.
    pub(super) async fn patiently<T, F>(&self, request: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        self.client.patiently(request).await
    }

    /// A blob that was read before.
    pub(super) fn known_blob(&self, id: &Sha) -> Option<Content> {
        self.client.shelf.blob(id)
    }

    pub(super) fn keep_blob(&self, id: &Sha, content: &Content) {
        self.client.shelf.keep_blob(id, content);
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
