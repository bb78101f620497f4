//! How large a file is where no report counts its lines.

use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::comments::{self, Kind};
use crate::span::Side;

/// ` (12 lines of code)`: those that are neither blank nor only comment. More than any tool counts, so that no figure is
/// made of it.
pub(super) fn at_base(change: &Change, path: &RepoPath) -> String {
    match change.text(Side::Base, path) {
        Ok(Some(text)) => match code(path, text) {
            1 => " (1 line of code)".to_owned(),
            lines => format!(" ({lines} lines of code)"),
        },
        _ => String::new(),
    }
}

fn code(path: &RepoPath, text: &str) -> usize {
    let mut bare = String::with_capacity(text.len());
    let mut from = 0;
    let pieces = comments::scan(path, text).unwrap_or_default();
    for comment in pieces.into_iter().filter(|piece| piece.kind == Kind::Comment) {
        bare.push_str(&text[from..comment.range.start]);
        bare.extend(text[comment.range.clone()].chars().filter(|c| *c == '\n'));
        from = comment.range.end;
    }
    bare.push_str(&text[from..]);
    bare.lines().filter(|line| !line.trim().is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_comments_are_no_code() {
        let text = "// a\n\nlet a = 1; // b\n/*\n * c\n */ f();\n/* d */\nlet s = '// e';\n";
        assert_eq!(code(&"a.js".parse().unwrap(), text), 3);
        assert_eq!(code(&"a.unknown".parse().unwrap(), "x\n\ny\n"), 2);
    }
}
