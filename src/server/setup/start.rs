//! The first two steps: the form, and the manifest on its way to GitHub.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::gate;
use super::manifest::{self, Owner};
use super::page::{self, Typed};
use super::{Desk, local_host, shown};

pub(super) async fn form() -> Response {
    shown(StatusCode::OK, "'self'", page::form(Typed::default(), None))
}

/// The form's fields.
#[derive(Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    public_url: String,
    #[serde(default)]
    owner: String,
}

pub(super) async fn submit(State(shared): Desk, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let typed = Typed { public_url: &fields.public_url, owner: &fields.owner };
    let again = |status, why: &str| shown(status, "'self'", page::form(typed, Some(why)));
    // The code is spent on a form that is right otherwise.
    let Some(public_url) = manifest::public_url(&fields.public_url) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "The public address must be an https address.");
    };
    let Some(owner) = Owner::read(&fields.owner) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "The organisation is not a name on GitHub.");
    };
    let now = (shared.setup.clock)();
    let mut gate = shared.gate.lock().await;
    let entered = gate.enter(&fields.code, now);
    if entered != Ok(gate::Typed::Wrong) {
        (shared.setup.tell)(&gate.invitation());
    }
    match entered {
        Ok(gate::Typed::Right) => {}
        Ok(gate::Typed::Wrong) => return again(StatusCode::FORBIDDEN, "That is not the code."),
        Ok(gate::Typed::Void) => {
            return again(StatusCode::FORBIDDEN, "The code is void. The terminal shows a new one.");
        }
        Err(error) => return again(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
    let state = match gate.open(now) {
        Ok(state) => state,
        Err(error) => return again(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    };
    let web = manifest::web_url(&shared.setup.api_url);
    let local = local_host(&headers).unwrap_or("127.0.0.1");
    let manifest = manifest::manifest(&public_url, &owner, local).to_string();
    let target = manifest::target(&web, &owner, &state);
    shown(StatusCode::OK, &web, page::handover(&target, &manifest))
}
