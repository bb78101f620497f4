//! Words of others inside GitHub's Markdown: shown as they are, doing nothing.
//!
//! GitHub works in two steps. Its parser honours backslashes; the filters that come after it (mentions, issue
//! numbers, commit ids, emoji, bare links) look at the text that is left, so those need a break that nobody sees.

/// Follows a character to which GitHub's filters would attach a meaning.
const BREAK: char = '\u{200B}';

/// Text between other text, in a table's cell too. The text holds no line break.
pub(in crate::report) fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    let mut word = String::new();
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else {
            flush(&mut out, &mut word, Some(c));
            symbol(&mut out, c, chars.peek().copied());
        }
    }
    flush(&mut out, &mut word, None);
    out
}

fn symbol(out: &mut String, c: char, next: Option<char>) {
    let first = out.is_empty();
    let bound = next.is_some_and(|next| !next.is_whitespace());
    match c {
        '|' => out.push_str("&#124;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '@' | ':' if bound => out.extend([c, BREAK]),
        '#' if bound => out.extend(['\\', c, BREAK]),
        '\\' | '`' | '*' | '[' | ']' | '~' | '$' | '{' | '}' | '^' => out.extend(['\\', c]),
        '-' | '+' | '=' | '#' if first => out.extend(['\\', c]),
        c => out.push(c),
    }
}

/// A run of letters and digits before `next`.
fn flush(out: &mut String, word: &mut String, next: Option<char>) {
    let digits = word.bytes().all(|b| b.is_ascii_digit());
    let list = out.is_empty() && digits && matches!(next, Some('.' | ')'));
    let commit = word.len() >= 7 && !digits && word.bytes().all(|b| b.is_ascii_hexdigit());
    let site = next == Some('.') && word.to_ascii_lowercase().ends_with("www");
    let issue = next == Some('-') && word.to_ascii_lowercase().ends_with("gh");
    for (i, c) in word.drain(..).enumerate() {
        if c == '_' {
            out.push('\\');
        }
        out.push(c);
        if commit && i % 4 == 3 {
            out.push(BREAK);
        }
    }
    if list || site || issue {
        out.push(BREAK);
    }
}

/// Prose of a check: what stands between two backticks is code, all the rest is [`text`].
pub(in crate::report) fn prose(words: &str) -> String {
    let parts: Vec<&str> = words.split('`').collect();
    let mut out = String::new();
    for (i, part) in parts.iter().enumerate() {
        let closed = i + 1 < parts.len();
        match (i % 2, closed) {
            (1, true) if !part.trim().is_empty() => out.push_str(&code(part)),
            (1, _) => {
                out.push_str("\\`");
                out.push_str(&text(part));
                if closed {
                    out.push_str("\\`");
                }
            }
            _ => out.push_str(&text(part)),
        }
    }
    out
}

/// Code inside a line, in a table's cell too.
pub(in crate::report) fn code(words: &str) -> String {
    // A table splits cells before it looks for code, and parsers disagree on backslashes before a bar.
    if words.contains('|') || words.trim().is_empty() {
        return text(words);
    }
    let ticks = "`".repeat(longest_run(words) + 1);
    let pad = if words.starts_with(['`', ' ']) || words.ends_with(['`', ' ']) { " " } else { "" };
    format!("{ticks}{pad}{words}{pad}{ticks}")
}

/// Lines of code as a block, fenced beyond reach.
pub(in crate::report) fn block(language: &str, code: &str) -> String {
    let fence = "`".repeat(longest_run(code).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", code.trim_end_matches('\n'))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_mentioned_and_nothing_is_linked() {
        assert_eq!(text("@octo #12 GH-7"), "@\u{200B}octo \\#\u{200B}12 GH\u{200B}-7");
        assert_eq!(text("www.x.org"), "www\u{200B}.x.org");
        assert_eq!(text("https://x"), "https:\u{200B}//x");
        assert_eq!(text("deadbeef"), "dead\u{200B}beef\u{200B}");
    }

    #[test]
    fn code_in_the_prose_of_a_check_stays_code() {
        assert_eq!(prose("`src` left"), "`src` left");
        assert_eq!(prose("a ` b"), "a \\` b");
        assert_eq!(prose("a `` b"), "a \\`\\` b");
    }

    #[test]
    fn a_fence_is_longer_than_any_run_inside() {
        assert!(block("", "a\n`````\nb").starts_with("``````\n"));
        assert_eq!(code("a`b"), "``a`b``");
    }
}
