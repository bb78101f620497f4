//! Installations come and go, and see more or fewer repositories; repositories move.

use serde::Deserialize;

use super::payload::{Id, Repository, installation, place};
use super::{Heard, Upkeep, json};

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    installation: Option<Id>,
    /// With `created`; those of an installation that sees all may not be listed.
    #[serde(default)]
    repositories: Option<Vec<Repository>>,
    #[serde(default)]
    repositories_added: Option<Vec<Repository>>,
    #[serde(default)]
    repositories_removed: Option<Vec<Repository>>,
}

pub(super) fn changed(action: &str, body: &[u8]) -> Result<Heard, String> {
    let payload: Payload = json(body)?;
    let installation = installation(payload.installation)?;
    let upkeep = match (action, payload.repositories) {
        ("deleted" | "suspend", _) => vec![Upkeep::Gone { installation }],
        ("new_permissions_accepted", _) => vec![Upkeep::Changed { installation }],
        ("created", Some(listed)) if !listed.is_empty() => seen(installation, listed),
        _ => vec![Upkeep::Changed { installation }, Upkeep::AllNew { installation }],
    };
    Ok(Heard { upkeep, ..Heard::default() })
}

pub(super) fn repositories(body: &[u8]) -> Result<Heard, String> {
    let payload: Payload = json(body)?;
    let installation = installation(payload.installation)?;
    let mut upkeep = vec![Upkeep::Changed { installation }];
    let unseen = |repo: Repository| Upkeep::Unseen { installation, repo_id: repo.id };
    upkeep.extend(payload.repositories_removed.into_iter().flatten().map(unseen));
    upkeep.extend(seen(installation, payload.repositories_added.unwrap_or_default()));
    Ok(Heard { upkeep, ..Heard::default() })
}

/// A name that is none is of no use; the events of its repository will be told all the same.
fn seen(installation: u64, listed: Vec<Repository>) -> Vec<Upkeep> {
    let new = |Repository { id, full_name }: Repository| {
        Some(Upkeep::New { installation, repo_id: id, repo: full_name.parse().ok()? })
    };
    listed.into_iter().filter_map(new).collect()
}

pub(super) fn repository(action: &str, body: &[u8]) -> Result<Option<Heard>, String> {
    let place = place(body)?;
    let upkeep = match action {
        "deleted" => Upkeep::Unseen { installation: place.installation, repo_id: place.repo_id },
        // A new owner is another installation; that one's events follow.
        _ => Upkeep::Renamed { repo_id: place.repo_id, repo: place.repo },
    };
    Ok(Some(Heard { upkeep: vec![upkeep], ..Heard::default() }))
}
