//! The setup in the browser: GitHub's App manifest flow, on loopback only, for whoever can read the terminal. It ends
//! with credentials that are kept, and the process goes on as the server.

mod callback;
mod gate;
mod manifest;
mod page;
mod start;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};

use super::{Credentials, Keeper, Limits, listen};
use crate::github::Patience;
use gate::Gate;

/// What the setup needs.
pub struct Setup {
    /// Where the credentials go.
    pub keeper: Keeper,
    /// GitHub's API.
    pub api_url: String,
    /// Shows a line to whoever sits at the terminal: the one-time code stands in it.
    pub tell: fn(&str),
    /// What time it is.
    pub clock: fn() -> Timestamp,
    /// What strangers may use.
    pub limits: Limits,
}

/// What its requests share.
struct Shared {
    setup: Setup,
    gate: Mutex<Gate>,
    made: watch::Sender<Option<Credentials>>,
}

type Desk = State<Arc<Shared>>;

/// Waits for a person to make the App. Nothing where the process is asked to stop before.
pub async fn run(
    setup: Setup,
    listener: &TcpListener,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<Option<Credentials>> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        anyhow::bail!(
            "the App has no credentials yet, and its setup is open on loopback only, or a stranger could be faster \
             than you: set GAINSAY_LISTEN=127.0.0.1:{0} and open the setup on this machine or through `ssh -L \
             {0}:127.0.0.1:{0}`, or set GAINSAY_APP_ID, GAINSAY_PRIVATE_KEY and GAINSAY_WEBHOOK_SECRET",
            address.port()
        );
    }
    setup.keeper.is_able()?;
    let gate = Gate::new((setup.clock)())?;
    (setup.tell)(&format!("The App has no credentials yet. Open http://{address}/setup to make it."));
    (setup.tell)(&gate.invitation());
    let (made, mut finished) = watch::channel(None);
    let limits = setup.limits;
    let shared = Arc::new(Shared { setup, gate: Mutex::new(gate), made });
    let finish = async {
        tokio::select! {
            () = stop => {}
            _ = finished.wait_for(Option::is_some) => {}
        }
    };
    listen::serve(listener, router(shared.clone()), limits, finish).await;
    Ok(shared.made.borrow().clone())
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/setup") }))
        .route("/setup", get(start::form).post(start::submit))
        .route("/setup/callback", get(callback::receive))
        .layer(from_fn(local_only))
        .route("/webhook", post(not_yet))
        .route("/healthz", get(|| async { "in setup\n" }))
        .with_state(shared)
}

async fn not_yet() -> (StatusCode, &'static str) {
    (StatusCode::SERVICE_UNAVAILABLE, "the App is being set up\n")
}

/// A page elsewhere can point its own name at this machine; the browser then still names that page's host.
async fn local_only(request: Request, next: Next) -> Response {
    let Some(_) = local_host(request.headers()) else {
        return (StatusCode::MISDIRECTED_REQUEST, "the setup is open under a loopback address only\n")
            .into_response();
    };
    next.run(request).await
}

/// The host and port that the browser asked for, if they are this machine's.
fn local_host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => (name, port),
        Some(_) => return None,
        None => (host, "80"),
    };
    let port_is_one = port.parse::<u16>().is_ok_and(|port| port > 0);
    (matches!(name, "127.0.0.1" | "localhost" | "[::1]") && port_is_one).then_some(host)
}

/// A page that loads nothing from anywhere and sends its form to `target` only.
fn shown(status: StatusCode, target: &str, html: String) -> Response {
    let policy = format!(
        "default-src 'none'; style-src '{}'; form-action {target}; frame-ancestors 'none'; base-uri 'none'",
        page::style_hash()
    );
    let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let headers = [
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, Html(html)).into_response()
}

/// How long GitHub has to turn a code into an App.
fn patience() -> Patience {
    Patience::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        let local = |host: &str| {
            let headers: HeaderMap = [(HOST, HeaderValue::from_str(host).unwrap())].into_iter().collect();
            local_host(&headers).is_some()
        };
        for host in ["127.0.0.1:3000", "localhost:3000", "localhost", "[::1]:8080"] {
            assert!(local(host), "{host}");
        }
        for host in
            ["example.com", "127.0.0.1.example.com:3000", "localhost:", "localhost:x", "10.0.0.1:3000", ""]
        {
            assert!(!local(host), "{host}");
        }
        assert!(local_host(&HeaderMap::new()).is_none());
    }
}
