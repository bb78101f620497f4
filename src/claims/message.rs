//! Commit messages: nearly Markdown, with wrapped and indented lines, trailers and a squash's seams.

use super::prose::{self, Found, Wrapping};

/// The sentences of a commit message.
pub(super) fn sentences(message: &str) -> Vec<Found> {
    let mut lines = message.lines();
    let subject = lines.next().unwrap_or_default();
    let mut text = String::with_capacity(message.len() + 1);
    // The subject is a paragraph of its own even where no empty line follows it; an empty one keeps the count.
    let lone_subject = lines.clone().next().is_some_and(|line| !line.trim().is_empty());
    text.push_str(&plain(subject));
    text.push('\n');
    if lone_subject {
        text.push('\n');
    }
    let mut fence: Option<&str> = None;
    for line in lines {
        let bare = line.trim_start();
        let ticks = ["```", "~~~"].into_iter().find(|ticks| bare.starts_with(ticks));
        match (fence, ticks) {
            (None, Some(ticks)) => fence = Some(ticks),
            (Some(open), Some(ticks)) if open == ticks => fence = None,
            _ => {}
        }
        if fence.is_none() && is_trailer(bare) {
            text.push('\n');
            continue;
        }
        // Indentation is layout here, not code; inside a fence it does not matter either.
        text.push_str(bare);
        text.push('\n');
    }
    let mut found = prose::sentences(&text, Wrapping::Filled);
    if lone_subject {
        for sentence in found.iter_mut().filter(|s| s.line > 1) {
            sentence.line -= 1;
        }
    }
    found
}

/// A subject is plain text: `#12 …`, `- …` and `1. …` mean nothing at its start.
fn plain(subject: &str) -> String {
    let subject = subject.trim();
    if subject.starts_with(['#', '>', '-', '*', '+', '=']) {
        format!("\\{subject}")
    } else {
        subject.to_owned()
    }
}

/// Whether a message is a squash of several steps, whose sentences speak of one step each.
pub(super) fn is_squash(message: &str) -> bool {
    let lines: Vec<&str> = message.lines().skip(1).collect();
    let seam = |line: &&&str| line.len() >= 5 && line.bytes().all(|b| b == b'-');
    let blank = |at: Option<usize>| at.and_then(|at| lines.get(at)).is_none_or(|line| line.is_empty());
    let step = |(at, line): &(usize, &&str)| {
        line.starts_with("* ") && blank(at.checked_sub(1)) && blank(Some(at + 1))
    };
    lines.iter().any(|line| seam(&line)) || lines.iter().enumerate().filter(step).count() > 1
}

/// `Key-Word: value`, as git and its tools write them at the end.
fn is_trailer(line: &str) -> bool {
    let Some((key, value)) = line.split_once(": ") else { return line.starts_with("(cherry picked from") };
    let known = ["Co-authored-by", "Signed-off-by", "Reviewed-by", "Acked-by", "Amp-Thread-ID", "Change-Id"];
    known.iter().any(|k| k.eq_ignore_ascii_case(key))
        || key.contains('-')
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && value.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str) -> Vec<(usize, String)> {
        let found = sentences(message).into_iter().filter(|f| f.form == prose::Form::Sentence);
        found.map(|f| (f.line, f.text)).collect()
    }

    #[test]
    fn indented_lines_are_prose_and_trailers_are_not() {
        let message =
            "Fix it\n\n    All tests pass.\n\nCo-Authored-By: A <a@example.com>\nSigned-off-by: B\n";
        assert_eq!(found(message), [(1, "Fix it".into()), (3, "All tests pass.".into())]);
    }

    #[test]
    fn a_body_without_an_empty_line_before_it_keeps_its_lines() {
        assert_eq!(found("Fix it\nAdd tests."), [(1, "Fix it".into()), (2, "Add tests.".into())]);
        assert_eq!(found("# 12 fix"), [(1, "# 12 fix".into())]);
    }

    #[test]
    fn fences_and_quotations_are_left_out() {
        assert_eq!(found("Fix\n\n```\nAll tests pass\n```\n> All tests pass\n"), [(1, "Fix".into())]);
    }

    #[test]
    fn a_squash_is_known_by_its_seams() {
        assert!(is_squash("Title\n\n* one\n\n* two\n\nbody"));
        assert!(is_squash("Title\n\n* one\n\n---------\n\nCo-authored-by: A <a@example.com>"));
        assert!(!is_squash("Title\n\n* one\n* two\n"));
    }
}
