//! An undecided matter as a verdict holds it: with a fingerprint, so that a person can accept it.

use crate::change::Change;
use crate::ids::Fingerprint;
use crate::undecided::{Undecided, Weight};

/// Something that could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// The id of the rule that could not judge it.
    pub rule: &'static str,
    /// What and why.
    pub undecided: Undecided,
    /// What a person accepts.
    pub fingerprint: Fingerprint,
}

impl Matter {
    /// Of a change. Nobody could say what the matter holds, so its fingerprint is that of the very bytes: of the file
    /// where it is one file, and else of the whole commit and the text. Whoever accepts it has looked at those and at
    /// nothing newer.
    pub fn of(change: &Change, rule: &'static str, undecided: Undecided) -> Self {
        let entry = undecided.path.as_ref().and_then(|path| {
            let head = change.head.entry(path);
            head.or_else(|| change.base.entry(path))
        });
        let whole = || [change.head_sha.as_str(), &change.pr.title, &change.pr.body].join("\0");
        let bytes = entry.map_or_else(whole, |entry| entry.id.to_string());
        let path = undecided.path.as_ref().map(|path| path.as_str()).unwrap_or_default();
        let fingerprint = Fingerprint::over(&["undecided", rule, path, &undecided.why, &bytes]);
        Self { rule, undecided, fingerprint }
    }

    /// Whether the pull request changed this very thing, and it could hide a block.
    pub fn is_decisive(&self) -> bool {
        self.undecided.weight == Weight::Decisive
    }
}
