//! What an answer that is no success means, and how long GitHub asks to wait. `httpdate` is localised here.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use crate::github::error::GithubError;

/// The primary limit is refilled every hour; who asks for a longer wait is asked again after this one.
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 3_600);
/// Without a word about when, GitHub's documentation asks for a minute.
const UNSAID: Duration = Duration::from_secs(60);

pub(in crate::github) fn too_slow(what: &str) -> GithubError {
    GithubError::Unavailable { what: what.to_owned(), reason: "GitHub did not answer in time".to_owned() }
}

pub(in crate::github) fn of_octocrab(what: &str, error: octocrab::Error) -> GithubError {
    match error {
        octocrab::Error::GitHub { source, .. } => {
            let headers = source.headers.unwrap_or_default();
            refusal(what, source.status_code, &headers, &source.message)
        }
        octocrab::Error::Serde { .. }
        | octocrab::Error::Json { .. }
        | octocrab::Error::InvalidUtf8 { .. }
        | octocrab::Error::Uri { .. }
        | octocrab::Error::UriParse { .. } => {
            GithubError::Unexpected { what: what.to_owned(), reason: reason(&error) }
        }
        _ => GithubError::Unavailable { what: what.to_owned(), reason: reason(&error) },
    }
}

/// The first line of an error and of its causes; octocrab's own texts end in a backtrace.
pub(super) fn reason(error: &(dyn std::error::Error + 'static)) -> String {
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

/// GitHub's words in the body of a refusal; where it is no JSON, as a proxy's page is not, its beginning.
pub(super) fn message(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Refused {
        message: String,
    }
    match serde_json::from_slice::<Refused>(body) {
        Ok(refused) => refused.message,
        Err(_) => String::from_utf8_lossy(&body[..body.len().min(500)]).trim().to_owned(),
    }
}

pub(super) fn refusal(what: &str, status: StatusCode, headers: &HeaderMap, message: &str) -> GithubError {
    let what = what.to_owned();
    let message: String = message.chars().take(500).collect();
    let secondary = message.to_ascii_lowercase().contains("rate limit");
    let limited = || GithubError::Limited { what: what.clone(), wait: wait(headers).unwrap_or(UNSAID) };
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => GithubError::NotFound { what },
        StatusCode::TOO_MANY_REQUESTS => limited(),
        StatusCode::FORBIDDEN if wait(headers).is_some() || secondary => limited(),
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            GithubError::Unavailable { what, reason: format!("GitHub answered {status}") }
        }
        status => GithubError::Refused { what, status: status.as_u16(), message },
    }
}

/// How long GitHub asks to wait: `Retry-After`, or the time of the reset where the primary limit is used up. The
/// reset is measured by GitHub's own clock where the answer tells it.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let now = date(headers).unwrap_or_else(SystemTime::now);
    let until = |then: SystemTime| then.duration_since(now).unwrap_or_default();
    let retry_after = || {
        let text = headers.get("retry-after")?.to_str().ok()?.trim();
        let seconds = text.parse().map(Duration::from_secs).ok();
        seconds.or_else(|| httpdate::parse_http_date(text).ok().map(until))
    };
    let reset = || {
        let used_up = number(headers, "x-ratelimit-remaining") == Some(0);
        let reset = number(headers, "x-ratelimit-reset").filter(|_| used_up)?;
        UNIX_EPOCH.checked_add(Duration::from_secs(reset)).map(until)
    };
    retry_after().or_else(reset).map(|wait| wait.min(LONGEST_WAIT))
}

/// What time it was on the server.
pub(super) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get("date")?.to_str().ok()?).ok()
}

/// The same as a timestamp.
pub(in crate::github) fn timestamp(headers: &HeaderMap) -> Option<Timestamp> {
    Timestamp::try_from(date(headers)?).ok()
}

pub(super) fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, headers: &[(&'static str, &str)], message: &str) -> GithubError {
        let headers = headers.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect();
        refusal("it", StatusCode::from_u16(status).unwrap(), &headers, message)
    }

    fn asked_to_wait(status: u16, headers: &[(&'static str, &str)]) -> Option<u64> {
        refused(status, headers, "").wait().map(|wait| wait.as_secs())
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
    fn a_used_up_limit_waits_for_its_reset_by_githubs_clock() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let reset = (now + 90).to_string();
        let waits =
            asked_to_wait(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)]).unwrap();
        assert!((85..=90).contains(&waits), "{waits}");
        // 784111777 s after the epoch.
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let reset = ("x-ratelimit-reset", "784111807");
        assert_eq!(asked_to_wait(429, &[date, reset, ("x-ratelimit-remaining", "0")]), Some(30));
        assert_eq!(
            asked_to_wait(429, &[date, reset, ("x-ratelimit-remaining", "12")]),
            Some(60),
            "the reset of a limit that is not used up says nothing of a secondary one"
        );
        let passed = ("x-ratelimit-reset", "784111700");
        assert_eq!(asked_to_wait(403, &[date, passed, ("x-ratelimit-remaining", "0")]), Some(0));
    }

    #[test]
    fn a_wait_may_be_a_date_and_is_never_endless() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(asked_to_wait(403, &[date, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]), Some(30));
        assert_eq!(asked_to_wait(429, &[("retry-after", "soon")]), Some(60));
        for far in ["18446744073709551615", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(asked_to_wait(429, &[date, ("retry-after", far)]), Some(7_200), "{far}");
        }
        let never = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "18446744073709551615")];
        assert!(asked_to_wait(403, &never).is_none_or(|wait| wait <= 7_200));
    }

    #[test]
    fn only_faults_that_may_pass_are_tried_again() {
        assert!(refused(502, &[], "").is_passing());
        assert!(refused(429, &[], "").is_passing());
        for status in [400, 401, 404, 409, 422] {
            assert!(!refused(status, &[], "").is_passing(), "{status}");
        }
    }

    #[test]
    fn githubs_words_are_read_and_a_proxys_page_is_cut() {
        assert_eq!(message(br#"{"message": "Not Found", "status": "404"}"#), "Not Found");
        assert_eq!(message(b"<html>Bad gateway</html>\n"), "<html>Bad gateway</html>");
        assert_eq!(message(&[0xff; 2_000]).chars().count(), 500);
    }
}
