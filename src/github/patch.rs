//! The `patch` of a file as GitHub gives it: hunks of a unified diff.

use crate::change::Edit;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Removed,
    Added,
}

/// Added lines with their numbers in the new file, or `None` where the text is no sound unified diff.
pub(super) fn added_lines(patch: &str) -> Option<Vec<(usize, String)>> {
    let lines = lines(patch)?.into_iter().filter(|(fate, _, _)| *fate == Fate::Added);
    Some(lines.map(|(_, number, text)| (number, text.to_owned())).collect())
}

/// The runs of removed and added lines, or `None` where the text is no sound unified diff.
pub(super) fn edits(patch: &str) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    let (mut open, mut next) = (Edit::default(), 0);
    for (fate, number, text) in lines(patch)? {
        // A hunk begins where the numbers jump.
        if (fate == Fate::Kept || number != next) && open != Edit::default() {
            edits.push(std::mem::take(&mut open));
        }
        match fate {
            Fate::Kept => {}
            Fate::Removed => open.removed.push(text.to_owned()),
            Fate::Added => open.added.push(text.to_owned()),
        }
        next = if fate == Fate::Removed { number } else { number + 1 };
    }
    edits.extend(Some(open).filter(|open| *open != Edit::default()));
    Some(edits)
}

/// The lines of all hunks with their numbers in the new file; a removed one has the number of what follows it.
///
/// The hunk headers' counts are checked: a patch that was cut short must not pass for the whole.
fn lines(patch: &str) -> Option<Vec<(Fate, usize, &str)>> {
    let mut found = Vec::new();
    let (mut old_left, mut new_left, mut line) = (0_usize, 0_usize, 0_usize);
    for text in patch.split('\n') {
        if old_left == 0 && new_left == 0 {
            match header(text) {
                Some((old, start, new)) => (old_left, line, new_left) = (old, start, new),
                None if text.is_empty() || text.starts_with('\\') => {}
                None => return None,
            }
            continue;
        }
        let fate = match text.as_bytes().first() {
            Some(b'+') => Fate::Added,
            Some(b'-') => Fate::Removed,
            Some(b'\\') => continue,
            Some(b' ') | None => Fate::Kept,
            Some(_) => return None,
        };
        found.push((fate, line, text.get(1..).unwrap_or_default().trim_end_matches('\r')));
        if fate != Fate::Added {
            old_left = old_left.checked_sub(1)?;
        }
        if fate != Fate::Removed {
            new_left = new_left.checked_sub(1)?;
            line += 1;
        }
    }
    (old_left == 0 && new_left == 0).then_some(found)
}

/// The old count, the new start and the new count of `@@ -a,b +c,d @@`.
fn header(text: &str) -> Option<(usize, usize, usize)> {
    let (old, rest) = text.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let numbers = |text: &str| -> Option<(usize, usize)> {
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let ((_, old), (start, new)) = (numbers(old)?, numbers(new)?);
    Some((old, start, new))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn added(patch: &str) -> Vec<(usize, String)> {
        added_lines(patch).unwrap()
    }

    #[test]
    fn added_lines_carry_their_numbers_in_the_new_file() {
        let patch = "@@ -1,3 +1,4 @@ fn main\n a\n-b\n+B\n+C\n c\n@@ -9 +10,2 @@\n x\n+@@ -1 +1 @@";
        let lines = [(2, "B"), (3, "C"), (11, "@@ -1 +1 @@")].map(|(n, l)| (n, l.to_owned()));
        assert_eq!(added(patch), lines);
    }

    #[test]
    fn a_line_that_looks_like_a_file_header_is_a_line() {
        let patch = "@@ -1,2 +1,2 @@\n--- a/x\n+++ b/x\n keep\n\\ No newline at end of file";
        assert_eq!(added(patch), [(1, "++ b/x".to_owned())]);
    }

    #[test]
    fn edits_end_at_kept_lines_and_at_hunks() {
        let patch = "@@ -1,3 +1,4 @@\n a\n-b\n+B\n+C\n c\n@@ -9,2 +10 @@\n-x\n y\n@@ -20 +19,0 @@\n-z";
        let edit = |removed: &[&str], added: &[&str]| Edit {
            removed: removed.iter().map(|l| (*l).to_owned()).collect(),
            added: added.iter().map(|l| (*l).to_owned()).collect(),
        };
        assert_eq!(edits(patch).unwrap(), [edit(&["b"], &["B", "C"]), edit(&["x"], &[]), edit(&["z"], &[])]);
        assert_eq!(edits("@@ -1,3 +1,4 @@\n a\n+b"), None);
    }

    #[test]
    fn a_patch_that_was_cut_short_is_no_patch() {
        assert_eq!(added_lines("@@ -1,3 +1,4 @@\n a\n+b"), None);
        assert_eq!(added_lines("not a patch"), None);
        assert_eq!(added_lines(""), Some(vec![]));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(patch in "(@@ -[0-9,]{0,4} \\+[0-9,]{0,4} @@\n|[-+ \\\\a]{0,3}\n|\\PC{0,4}){0,12}") {
            let _ = (added_lines(&patch), edits(&patch));
        }
    }
}
