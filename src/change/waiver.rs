//! What a person accepted: a finding, by its fingerprint, with the reason. A plain value; what it does to a verdict is
//! said elsewhere.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::ids::Fingerprint;

/// An accepted matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// What was accepted.
    pub fingerprint: Fingerprint,
    /// Why, in the person's words; never empty.
    pub reason: String,
    /// Who: an account's login, or a name as the policy writes it. Nothing where the policy names nobody.
    pub by: Option<String>,
    /// Where it was said.
    pub source: WaiverSource,
    /// When; nothing of a policy, whose history tells.
    pub at: Option<Timestamp>,
    /// The last day on which it holds, in UTC; for ever where there is none.
    pub until: Option<Date>,
}

/// Where a waiver was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaiverSource {
    /// In the policy on base.
    Policy {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// In a comment on the pull request.
    Comment,
    /// With the button on the check run.
    Button,
}

/// The day in UTC, by which waivers end.
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
