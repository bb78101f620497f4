//! Comments that ask secret scanners to look away: told where a pull request adds them, obeyed nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::change::{Change, FileChange, Kind};
use crate::checks::Finding;
use crate::ids::RepoPath;
use crate::read::comments;
use crate::span::{Location, Side, line_of, line_start};
use crate::vocabularies::ALLOW_COMMENTS;

use super::RULE;

/// Further places are counted, not listed.
const MAX_RELATED: usize = 20;

/// The phrases, in lower case.
static PHRASES: LazyLock<Vec<String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Page {
        comments: Vec<String>,
    }
    let page: Page = toml::from_str(ALLOW_COMMENTS).expect("a test reads the phrases");
    page.comments
});

/// A note for each phrase that the change adds in comments.
pub(super) fn findings(change: &Change) -> Vec<Finding> {
    let mut places: BTreeMap<&str, Vec<Location>> = BTreeMap::new();
    for file in &change.files {
        for (phrase, path, line) in added(change, file).unwrap_or_default() {
            places.entry(phrase).or_default().push(Location::lines(Side::Head, path, line, line));
        }
    }
    places.into_iter().map(|(phrase, places)| finding(phrase, places)).collect()
}

/// The phrases in the comments that a file has at head and not at base. What can't be read is told by the search for
/// credentials.
fn added<'c>(change: &'c Change, file: &'c FileChange) -> Option<Vec<(&'static str, &'c RepoPath, usize)>> {
    let path = file
        .head
        .as_ref()
        .filter(|path| change.head.entry(path).is_some_and(|entry| entry.kind == Kind::File))?;
    let text = std::str::from_utf8(change.head.read(path).ok()??).ok()?;
    let held = file.base.as_ref().and_then(|path| change.base.read(path).ok().flatten());
    let held: BTreeSet<&[u8]> =
        held.unwrap_or_default().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).collect();
    let said = said(text);
    if said.is_empty() {
        return None;
    }
    let comments = comments::scan(path, text)?;
    let is_comment =
        |at: usize| comments::at(&comments, at).is_some_and(|piece| piece.kind == comments::Kind::Comment);
    let in_comments = said.into_iter().filter(|(_, at)| is_comment(*at));
    let placed = in_comments.map(|(phrase, at)| (phrase, path, line_of(text, at)));
    let is_new = |line: usize| {
        let line = &text[line_start(text, line)..line_start(text, line + 1)];
        !held.contains(line.as_bytes().trim_ascii())
    };
    Some(placed.filter(|(_, _, line)| is_new(*line)).collect())
}

/// The phrases of a text with their places.
fn said(text: &str) -> Vec<(&'static str, usize)> {
    static FINDER: LazyLock<aho_corasick::AhoCorasick> = LazyLock::new(|| {
        let finder = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(PHRASES.iter());
        finder.expect("a few short phrases make a small automaton")
    });
    FINDER.find_iter(text).map(|hit| (PHRASES[hit.pattern().as_usize()].as_str(), hit.start())).collect()
}

fn finding(phrase: &str, places: Vec<Location>) -> Finding {
    let count = places.len();
    let mut places = places.into_iter().map(|place| place.label("it asks here"));
    let first = places.next().expect("a phrase is kept with its first place");
    let mut finding = Finding::new(
        &RULE,
        first,
        format!("an added comment asks secret scanners to look away (`{phrase}`)"),
        &format!("allow comment {phrase}"),
    );
    finding.related.extend(places.take(MAX_RELATED));
    let mut text = "It was looked at all the same: a value is allowed by the policy on the base branch or by a person's \
                    waiver, not by the pull request that adds it. Other scanners may obey the comment."
        .to_owned();
    if count > MAX_RELATED + 1 {
        text += &format!(" {} further places are not listed.", count - MAX_RELATED - 1);
    }
    finding.explain(text).note()
}
