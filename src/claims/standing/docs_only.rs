//! "Docs only" against the changed files.

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Claim, Part, Weighed, block};
use super::{contradicted, paths, supported, unproven};
use crate::change::{Change, FileChange};
use crate::ids::RepoPath;
use crate::span::{Location, Side};

/// The words speak of the whole change and not of one item in a list.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:this (?:pr|change|pull request|commit|is an?)\b|only (?:touches|changes|updates|modifies|affects)|(?:testing: |tests: )?(?:not run|n/a|no tests|not tested)\b|\S+[- ]only (?:change|pr|pull request)\b)")
        .expect("literal")
});
static BLOCK_COMMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?s)/\*.*?\*/|<!--.*?-->|"""(?:[^"]|"[^"]|""[^"])*"""|'''.*?'''"#).expect("literal")
});
static LINE_COMMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)(?:^|\s)(?://|--\s|#(?:\s|!|$|[^\[\w])|;;).*$").expect("literal"));

/// What changed beside documentation and comments.
pub(super) struct Rest<'c> {
    /// The first file whose code surely changed.
    code: Option<&'c FileChange>,
    /// The last one of which it can't be told, that one included.
    unclear: Option<&'c RepoPath>,
}

impl<'c> Rest<'c> {
    pub(super) fn of(change: &'c Change) -> Self {
        let mut rest = Self { code: None, unclear: None };
        for file in change.files.iter().filter(|file| !paths::is_documentation(file.path())) {
            let path = file.path();
            let code = if paths::is_source(path) {
                code_differs(change, file)
            } else {
                paths::is_machinery(path).then_some(true)
            };
            if code == Some(true) {
                rest.code = rest.code.or(Some(file));
            }
            if code != Some(false) {
                rest.unclear = Some(path);
            }
        }
        rest
    }

    /// Whether nothing beside documentation and comments changed.
    pub(super) fn nothing(&self) -> bool {
        self.unclear.is_none()
    }
}

/// Contradicted where a source file's code changed, or what builds, tests or ships it.
pub(super) fn weigh(change: &Change, claim: &Claim, rest: &Rest<'_>) -> Weighed {
    match (rest.code, rest.unclear) {
        (Some(file), _) if speaks_of_all(claim) => {
            let because = format!("{} changed, which is no documentation", file.path());
            contradicted(because).at(place(change, file))
        }
        (_, Some(path)) => unproven(format!("{path} changed too")),
        _ if change.files.is_empty() => unproven("nothing changed"),
        _ => supported("every changed file is documentation, or changed in its comments only"),
    }
}

pub(super) fn speaks_of_all(claim: &Claim) -> bool {
    let headline = match claim.at.part {
        Part::Title => true,
        Part::Commit(_) => claim.at.line == 1,
        Part::Body => false,
    };
    headline || block::is_line(&claim.quote) || WHOLE.is_match(&claim.quote)
}

/// Whether anything beside comments differs; `None` where it can't be told.
pub(super) fn code_differs(change: &Change, file: &FileChange) -> Option<bool> {
    let code = |side: Side| -> Option<String> {
        let Some(path) = file.on(side) else { return Some(String::new()) };
        Some(without_comments(change.text(side, path).ok()??))
    };
    Some(code(Side::Base)? != code(Side::Head)?)
}

/// The text without comments, doc strings and white space. It cuts too much where a string looks like a comment: that
/// can only acquit.
fn without_comments(text: &str) -> String {
    let text = BLOCK_COMMENT.replace_all(text, " ");
    let text = LINE_COMMENT.replace_all(&text, " ");
    text.split_whitespace().collect()
}

pub(super) fn place(change: &Change, file: &FileChange) -> Location {
    let side = if file.head.is_some() { Side::Head } else { Side::Base };
    let path = file.path();
    let line = change.diff(file).ok().and_then(|diff| diff.added().next());
    match (change.text(side, path), line) {
        (Ok(Some(text)), Some(line)) => Location::of_lines(side, path, text, line, line),
        _ => Location::file(side, path),
    }
}
