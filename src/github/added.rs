//! The lines that a `patch` of GitHub's adds.

/// Added lines with their numbers in the new file, or `None` where the text is no sound unified diff.
///
/// The hunk headers' counts are checked: a patch that was cut short must not pass for the whole.
pub(super) fn added_lines(patch: &str) -> Option<Vec<(usize, String)>> {
    let mut added = Vec::new();
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
        match text.as_bytes().first() {
            Some(b'+') => {
                added.push((line, text[1..].trim_end_matches('\r').to_owned()));
                new_left = new_left.checked_sub(1)?;
                line += 1;
            }
            Some(b'-') => old_left = old_left.checked_sub(1)?,
            Some(b'\\') => {}
            Some(b' ') | None => {
                (old_left, new_left) = (old_left.checked_sub(1)?, new_left.checked_sub(1)?);
                line += 1;
            }
            Some(_) => return None,
        }
    }
    (old_left == 0 && new_left == 0).then_some(added)
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
    fn a_patch_that_was_cut_short_is_no_patch() {
        assert_eq!(added_lines("@@ -1,3 +1,4 @@\n a\n+b"), None);
        assert_eq!(added_lines("not a patch"), None);
        assert_eq!(added_lines(""), Some(vec![]));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(patch in "(@@ -[0-9,]{0,4} \\+[0-9,]{0,4} @@\n|[-+ \\\\a]{0,3}\n|\\PC{0,4}){0,12}") {
            let _ = added_lines(&patch);
        }
    }
}
