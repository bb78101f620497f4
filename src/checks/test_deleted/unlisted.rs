//! Tests whose code stands at head as it did, where no runner takes it for a test.

use crate::change::Change;
use crate::checks::sources;
use crate::read::tests::difference::{Difference, Place};
use crate::span::{Location, Side};

/// A body shorter than this many bytes may stand anywhere.
const MIN_BODY: usize = 24;

/// The code of a test that is none any longer.
#[derive(Debug, Clone)]
pub(super) struct Unlisted {
    /// Where it stands at head.
    pub(super) at: Location,
    called: bool,
}

impl Unlisted {
    /// Whether a test of the file calls it: then it is what tests share.
    pub(super) fn is_called(&self) -> bool {
        self.called
    }
}

/// The body of a test of base, word for word in the same file at head, outside of its tests and of comments.
pub(super) fn still_there(change: &Change, difference: &Difference, gone: Place) -> Option<Unlisted> {
    let test = difference.base(gone);
    let file = &difference.files[gone.file];
    let before = change.text(Side::Base, &test.path).ok()??;
    let body = before.get(test.body.clone())?.trim();
    if body.len() < MIN_BODY {
        return None;
    }
    // A file that no runner looks into keeps its text, and has no tests.
    let head_path = match &file.head_path {
        Some(path) => path,
        None => change.files.on(Side::Base, &test.path)?.head.as_ref()?,
    };
    let text = change.text(Side::Head, head_path).ok()??;
    let at = text.find(body)?;
    if file.head.iter().any(|test| test.range.contains(&at)) {
        return None;
    }
    let symbols = sources::symbols(change, Side::Head, head_path).ok().flatten();
    let holder = symbols.and_then(|symbols| {
        let around = symbols.definitions.iter().filter(|d| d.range.contains(&at));
        around.min_by_key(|d| d.range.len()).map(|d| d.name.clone())
    });
    let names: Vec<&String> = holder.iter().chain(test.name.last()).collect();
    let called = file.head.iter().any(|test| names.iter().any(|name| test.names.contains(*name)));
    let line = text[..at].lines().count().max(1);
    let location = Location::of_lines(Side::Head, head_path, text, line, line + 2);
    Some(Unlisted { at: location, called })
}
