//! What GitHub says: its clock, the App's rights and events, its webhook and what became of the last deliveries.

use jiff::{SignedDuration, Timestamp};

use super::Look;
use crate::github::{App, AppInfo, GithubError, HookConfig, Patience, Recorded};
use crate::server::needed::{EVENTS, PERMISSIONS};
use crate::server::{Credentials, Settings};

/// GitHub takes a token that was issued up to a minute ahead of its time, and ours are dated back by as much.
const CLOCK: SignedDuration = SignedDuration::from_secs(30);
/// Deliveries that are looked at.
const LAST: usize = 20;

pub(super) async fn look(settings: &Settings, credentials: &Credentials) -> Vec<Look> {
    // A person waits.
    let patience = Patience { retries: 1, ..Patience::default() };
    let app = match App::new(&settings.api_url, credentials.app_id, &credentials.private_key, patience) {
        Ok(app) => app,
        Err(error) => return vec![Look::wrong("App", error.to_string(), "check GAINSAY_PRIVATE_KEY")],
    };
    let mut looks = vec![match app.server_time().await {
        Ok(time) => clock(time, Timestamp::now()),
        Err(error) => {
            let remedy = "check GAINSAY_GITHUB_API_URL and the way from this machine to it";
            return vec![Look::wrong("clock", error.to_string(), remedy)];
        }
    }];
    match app.app().await {
        Ok(info) => {
            looks.push(permissions(&info));
            looks.push(events(&info));
            looks.push(installations(&info, settings));
        }
        Err(error) => {
            looks.push(Look::wrong("App", error.to_string(), refused(&error)));
            return looks;
        }
    }
    looks.push(match app.hook_config().await {
        Ok(hook) => webhook(&hook),
        Err(error) => Look::wrong("webhook", error.to_string(), "switch the App's webhook on"),
    });
    looks.push(match app.deliveries(Timestamp::now() - SignedDuration::from_hours(72)).next().await {
        Ok(page) => deliveries(&page.unwrap_or_default()),
        Err(error) => Look::wrong("deliveries", error.to_string(), "switch the App's webhook on"),
    });
    looks
}

fn refused(error: &GithubError) -> &'static str {
    match error {
        GithubError::NotFound { .. } | GithubError::Refused { .. } => {
            "check that GAINSAY_APP_ID and GAINSAY_PRIVATE_KEY are of one App, and that the key was not deleted"
        }
        _ => "look again later",
    }
}

fn clock(there: Option<Timestamp>, here: Timestamp) -> Look {
    let Some(there) = there else {
        return Look::fine("clock", "GitHub does not tell its time");
    };
    let off = here.duration_since(there);
    if off.abs() <= CLOCK {
        return Look::fine("clock", format!("within {} s of GitHub's", off.abs().as_secs().max(1)));
    }
    let word = if off.is_negative() { "behind" } else { "ahead of" };
    Look::wrong(
        "clock",
        format!("{} s {word} GitHub's", off.abs().as_secs()),
        "set it, with NTP for instance; GitHub refuses the App's tokens otherwise",
    )
}

fn permissions(info: &AppInfo) -> Look {
    let missing: Vec<String> = PERMISSIONS
        .iter()
        .filter(|needed| !needed.is_met_by(info.permissions.get(needed.name).map(String::as_str)))
        .map(|needed| format!("{}: {} ({})", needed.name, needed.level, needed.without))
        .collect();
    let fine = format!("all {} are granted", PERMISSIONS.len());
    let remedy =
        "add them on the App's settings page, Permissions & events; each installation must then accept them";
    complete("permissions", &missing, fine, remedy)
}

fn events(info: &AppInfo) -> Look {
    let missing: Vec<String> = EVENTS
        .iter()
        .filter(|needed| !info.events.iter().any(|event| event == needed.name))
        .map(|needed| format!("{} ({})", needed.name, needed.without))
        .collect();
    let fine = format!("all {} are subscribed to", EVENTS.len());
    complete("events", &missing, fine, "tick them on the App's settings page, Permissions & events")
}

/// What is needed, with nothing or something missing.
fn complete(at: &'static str, missing: &[String], fine: String, remedy: &str) -> Look {
    if missing.is_empty() {
        Look::fine(at, fine)
    } else {
        Look::wrong(at, format!("missing: {}", missing.join("; ")), remedy)
    }
}

fn installations(info: &AppInfo, settings: &Settings) -> Look {
    let at = "installations";
    match info.installations_count {
        Some(0) => {
            let page = info.html_url.clone().unwrap_or_else(|| settings.api_url.clone());
            Look::wrong(at, "the App is installed nowhere", format!("install it from {page}"))
        }
        Some(count) => Look::fine(at, count.to_string()),
        None => Look::fine(at, "GitHub does not count them here"),
    }
}

fn webhook(hook: &HookConfig) -> Look {
    let at = "webhook";
    let on_page = |what: &str| format!("{what} on the App's settings page, Webhook");
    let Some(url) = hook.url.as_deref().filter(|url| !url.is_empty()) else {
        return Look::wrong(
            at,
            "it has no address",
            on_page("set it to this server's public address and /webhook"),
        );
    };
    let authority = url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    let host = authority.map(|authority| authority.rsplit_once(':').map_or(authority, |(host, _)| host));
    let loopback = matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"));
    if !url.starts_with("https://") && !loopback {
        return Look::wrong(at, format!("{url} is not encrypted"), on_page("set an https address"));
    }
    if hook.content_type.as_deref() != Some("json") {
        return Look::wrong(at, "its content type is not JSON", on_page("choose application/json"));
    }
    if !hook.has_secret() {
        return Look::wrong(
            at,
            "it has no secret, so nothing is signed",
            on_page("set GAINSAY_WEBHOOK_SECRET's value"),
        );
    }
    if hook.is_insecure() {
        return Look::wrong(at, "certificates are not checked", on_page("enable SSL verification"));
    }
    Look::fine(at, format!("{url}, JSON, signed"))
}

fn deliveries(recorded: &[Recorded]) -> Look {
    let at = "deliveries";
    let last = &recorded[..recorded.len().min(LAST)];
    let Some(newest) = last.first() else {
        return Look::fine(at, "none in three days");
    };
    let failed = last.iter().filter(|delivery| !(200..300).contains(&delivery.status_code)).count();
    let found = format!(
        "of the last {}, {failed} failed; the newest was answered {}",
        last.len(),
        newest.status_code
    );
    if (200..300).contains(&newest.status_code) {
        return Look::fine(at, found);
    }
    Look::wrong(
        at,
        found,
        match newest.status_code {
            401 => {
                "GAINSAY_WEBHOOK_SECRET is not the secret of the App's webhook: set the same on both sides"
            }
            404 => "something else answers at the webhook's address: it must end in /webhook",
            408 | 502..=504 | 0 => {
                "GitHub does not reach the server: look at the reverse proxy, its certificate and the firewall"
            }
            _ => "look for the delivery's id in the server's log",
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn recorded(status: u16) -> Recorded {
        Recorded {
            id: 1,
            guid: "g".into(),
            delivered_at: at(0),
            status_code: status,
            event: "ping".into(),
            action: None,
            installation_id: None,
            repository_id: None,
        }
    }

    #[test]
    fn a_clock_is_wrong_beyond_half_a_minute_in_either_direction() {
        for (here, ok) in [(1_000, true), (1_030, true), (970, true), (1_031, false), (969, false)] {
            assert_eq!(clock(Some(at(1_000)), at(here)).ok, ok, "{here}");
        }
        assert!(clock(Some(at(1_000)), at(900)).found.starts_with("100 s behind"));
        assert!(clock(None, at(0)).ok);
    }

    #[test]
    fn the_newest_delivery_tells_whether_they_arrive() {
        assert!(deliveries(&[]).ok);
        assert!(deliveries(&[recorded(202), recorded(503)]).ok);
        for (status, word) in [(401, "SECRET"), (404, "/webhook"), (0, "reach"), (503, "reach"), (500, "log")]
        {
            let look = deliveries(&[recorded(status), recorded(202)]);
            assert!(!look.ok && look.remedy.unwrap().contains(word), "{status}");
        }
    }
}
