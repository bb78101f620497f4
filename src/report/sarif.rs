//! A verdict as sarif.

use crate::verdict::Verdict;

/// The verdict, ending in a newline.
pub fn render(verdict: &Verdict) -> String {
    format!("{:?}\n", verdict.ruling)
}
