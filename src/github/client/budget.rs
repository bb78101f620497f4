//! How much of the hourly rate an installation has left, as every answer tells it. `metrics` sees it too.

use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use jiff::Timestamp;

use super::refusal::number;
use crate::measures;

/// Below one part in so many, what nobody waits for is put off.
const LOW: u64 = 20;

/// What GitHub said last of an installation's hourly rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Requests left until the reset.
    pub remaining: u64,
    /// Requests an hour.
    pub limit: u64,
    /// When the count starts again.
    pub resets: Timestamp,
}

impl Budget {
    /// Until when work that no person waits for should be put off: the reset, where fewer than 5 % are left until then.
    pub fn low_until(&self, now: Timestamp) -> Option<Timestamp> {
        let low = self.remaining.saturating_mul(LOW) < self.limit;
        (low && now < self.resets).then_some(self.resets)
    }

    /// Of the rate that the requests to repositories count against; searches and the like have their own.
    fn read(headers: &HeaderMap) -> Option<Self> {
        if headers.get("x-ratelimit-resource").is_some_and(|resource| resource != "core") {
            return None;
        }
        let reset = i64::try_from(number(headers, "x-ratelimit-reset")?).ok()?;
        Some(Self {
            remaining: number(headers, "x-ratelimit-remaining")?,
            limit: number(headers, "x-ratelimit-limit")?,
            resets: Timestamp::from_second(reset).ok()?,
        })
    }
}

/// The newest budget, shared by all requests of an installation.
#[derive(Debug, Default)]
pub(super) struct Purse {
    last: Mutex<Option<Budget>>,
}

impl Purse {
    pub(super) fn last(&self) -> Option<Budget> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers overtake each other: of one hour the smallest number is the newest.
    pub(super) fn note(&self, installation: u64, headers: &HeaderMap) {
        let Some(told) = Budget::read(headers) else { return };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let older = |last: &Budget| {
            last.resets > told.resets || last.resets == told.resets && last.remaining < told.remaining
        };
        if last.as_ref().is_some_and(older) {
            return;
        }
        *last = Some(told);
        let label = || [("installation", installation.to_string())];
        // A gauge is a floating-point number: exact up to 2^53, and a rate is a few thousand.
        metrics::gauge!(measures::RATE_LEFT, &label()).set(told.remaining as f64);
        metrics::gauge!(measures::RATE, &label()).set(told.limit as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(purse: &Purse, remaining: &str, reset: &str) {
        let headers = [
            ("x-ratelimit-remaining", remaining),
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-reset", reset),
        ];
        let headers = headers.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect();
        purse.note(1, &headers);
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn work_is_put_off_below_five_percent_and_only_until_the_reset() {
        let purse = Purse::default();
        assert_eq!(purse.last(), None);
        told(&purse, "250", "2000");
        assert_eq!(purse.last().unwrap().low_until(at(1000)), None, "5 % are enough");
        told(&purse, "249", "2000");
        assert_eq!(purse.last().unwrap().low_until(at(1000)), Some(at(2000)));
        assert_eq!(purse.last().unwrap().low_until(at(2000)), None);
    }

    #[test]
    fn an_answer_that_was_overtaken_changes_nothing_and_a_new_hour_does() {
        let purse = Purse::default();
        told(&purse, "10", "2000");
        told(&purse, "11", "2000");
        assert_eq!(purse.last().unwrap().remaining, 10);
        told(&purse, "4999", "5600");
        told(&purse, "9", "2000");
        assert_eq!(purse.last().unwrap().remaining, 4999);
        told(&purse, "no number", "9000");
        told(&purse, "1", "18446744073709551615");
        assert_eq!(purse.last().unwrap().remaining, 4999);
    }
}
