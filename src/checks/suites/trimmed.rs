//! Names that the change takes out of the product: a test that needs one of them goes with its feature.

use std::collections::BTreeSet;

use crate::change::{Change, line_diff};
use crate::checks::product;
use crate::ids::RepoPath;
use crate::read::comments::{self, Kind};
use crate::read::tests::Test;
use crate::read::tests::difference::{Difference, holds_tests};
use crate::span::Side;

/// Shorter names are too common to tell a feature.
const MIN_NAME: usize = 4;

/// The names that a changed file outside of tests held at base and holds no longer.
pub(in crate::checks) struct Trimmed {
    names: BTreeSet<String>,
    /// What deleted files are called, in plain form: a model's file says what its table and associations are named.
    files: BTreeSet<String>,
}

impl Trimmed {
    pub(in crate::checks) fn of(change: &Change, difference: &Difference) -> Self {
        let (mut lost, mut added) = (BTreeSet::new(), BTreeSet::new());
        let mut files = BTreeSet::new();
        for file in &change.files {
            let side = |side: Side| {
                file.on(side).and_then(|path| Some((path, change.text(side, path).ok().flatten()?)))
            };
            if [&file.base, &file.head].into_iter().flatten().any(is_beside) {
                continue;
            }
            if let (Some(path), None) = (&file.base, &file.head) {
                files.extend(path.name().split('.').next().map(plain));
            }
            let (base, head) = (side(Side::Base), side(Side::Head));
            let text = |side: Option<(_, &str)>| side.map(|(_, text)| text.to_owned()).unwrap_or_default();
            let diff = line_diff(&text(base), &text(head));
            let mut kept = BTreeSet::new();
            if let Some((path, text)) = head {
                kept = names(path, text, |_| true);
                added.extend(names(path, text, |line| diff.is_added(line)));
            }
            if let Some((path, text)) = base {
                // A file of Rust holds both; what went with its tests went from no product.
                let removed: BTreeSet<usize> =
                    diff.removed().filter(|line| !in_test(difference, path, *line)).collect();
                let gone = names(path, text, |line| removed.contains(&line));
                lost.extend(gone.difference(&kept).cloned());
            }
        }
        // What stands on new lines elsewhere moved.
        Self { names: lost.difference(&added).cloned().collect(), files }
    }

    /// Whether the test names any of them.
    pub(in crate::checks) fn takes_from(&self, change: &Change, test: &Test) -> bool {
        let Ok(Some(text)) = change.text(Side::Base, &test.path) else { return false };
        if self.names.is_empty() && self.files.is_empty() {
            return false;
        }
        let text = text.get(test.range.clone()).unwrap_or_default();
        let is_taken = |name: &String| self.names.contains(name) || self.files.contains(&plain(name));
        names(&test.path, text, |_| true).iter().any(is_taken)
            || test.name.iter().any(|part| self.takes_word(part))
    }

    /// Whether a text holds any of them as a word.
    pub(in crate::checks) fn takes_word(&self, text: &str) -> bool {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| word.len() >= MIN_NAME && self.names.contains(word))
    }
}

/// A name in lower case without what joins its words, and in the singular.
fn plain(name: &str) -> String {
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    name.strip_suffix('s').map(str::to_owned).unwrap_or(name)
}

fn in_test(difference: &Difference, path: &RepoPath, line: usize) -> bool {
    let file = difference.files.iter().find(|file| file.base_path.as_ref() == Some(path));
    file.is_some_and(|file| file.base.iter().any(|test| (test.line..=test.end_line).contains(&line)))
}

/// Whether a file says nothing of what the product does.
fn is_beside(path: &RepoPath) -> bool {
    let prose = matches!(path.extension(), "md" | "mdx" | "rst" | "txt" | "snap" | "svg" | "lock");
    prose || holds_tests(path) && path.extension() != "rs" || product::is_lock(path)
}

/// The names in lines of a text: identifiers of the code, and strings without blanks. What a message says to people is
/// none, and neither is a comment.
pub(in crate::checks) fn names(
    path: &RepoPath,
    text: &str,
    in_line: impl Fn(usize) -> bool,
) -> BTreeSet<String> {
    let pieces = comments::scan(path, text).unwrap_or_default();
    let mut found = BTreeSet::new();
    let mut at = 0;
    let mut piece = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        if !in_line(number + 1) {
            continue;
        }
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let mut from = None;
        for (offset, c) in line.char_indices().chain([(line.len(), '\n')]) {
            if is_name(c) {
                from.get_or_insert(offset);
                continue;
            }
            let Some(begin) = from.take() else { continue };
            let name = &line[begin..offset];
            if name.len() < MIN_NAME || name.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            while pieces.get(piece).is_some_and(|p| p.range.end <= start + begin) {
                piece += 1;
            }
            let inside = pieces.get(piece).filter(|p| p.range.start <= start + begin);
            let counts = inside.is_none_or(|p| {
                p.kind == Kind::String && !text[p.inner.clone()].contains(char::is_whitespace)
            });
            if counts {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod facts {
    use super::*;

    fn all(path: &str, text: &str) -> Vec<String> {
        names(&path.parse().unwrap(), text, |_| true).into_iter().collect()
    }

    #[test]
    fn names_are_of_code_and_not_of_what_is_said_to_people() {
        assert_eq!(
            all("a.ts", "emit('cart-empty', total); // the basket\nthrow new Error('Basket is bare');"),
            ["Error", "cart", "emit", "empty", "throw", "total"]
        );
        assert_eq!(all("a.py", "route('/orders')\n'''The basket is bare'''\n"), ["orders", "route"]);
        assert_eq!(all("a.unknown", "some words 1234"), ["some", "words"]);
    }
}
