//! A verdict as json.

use crate::verdict::Verdict;

/// The verdict, ending in a newline.
pub fn render(verdict: &Verdict) -> String {
    format!("{:?}\n", verdict.ruling)
}
