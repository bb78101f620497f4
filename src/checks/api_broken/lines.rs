//! A look at the changed lines that spares reading files in which only bodies of functions changed.

use crate::change::{Change, FileChange, line_diff};
use crate::checks::sources;
use crate::span::Side;

/// Lines looked at above a changed one.
const MAX_ABOVE: usize = 600;
/// Blocks around a changed line that are looked at.
const MAX_AROUND: usize = 3;

/// Words with which a declaration begins, or what stands in a line of one.
const DECLARING: [&str; 10] =
    ["pub ", "pub(", "fn ", "mod ", "use ", "impl", "struct ", "enum ", "trait ", "#["];
/// Words of what has members a line each.
const HOLDING: [&str; 8] = ["struct ", "enum ", "trait ", "union ", "class ", "interface ", "use ", "(Enum"];

/// Whether the change touched a line that may declare something of Rust.
pub(super) fn declare(change: &Change, file: &FileChange) -> bool {
    touched(change, file, |lines, at| {
        let line = lines.get(at).map_or("", |line| line.trim_start());
        let is_comment = line.starts_with("//") || line.is_empty();
        !is_comment && (DECLARING.iter().any(|word| line.contains(word)) || is_in_declaration(lines, at))
    })
}

/// Whether the change touched a line in the body of a class or interface, or in the head of a function.
pub(super) fn touch_members(change: &Change, file: &FileChange) -> bool {
    touched(change, file, is_in_declaration)
}

fn touched(change: &Change, file: &FileChange, counts: impl Fn(&[&str], usize) -> bool) -> bool {
    if file.head.is_none() {
        return true;
    }
    let text = |side: Side| {
        file.on(side).and_then(|path| sources::text(change, side, path).ok().flatten()).unwrap_or_default()
    };
    let (base, head) = (text(Side::Base), text(Side::Head));
    let (old, new): (Vec<&str>, Vec<&str>) = (base.lines().collect(), head.lines().collect());
    line_diff(base, head).hunks.iter().any(|hunk| {
        let mut lost = hunk.base.clone().map(|line| line.saturating_sub(1));
        let mut came = hunk.head.clone().map(|line| line.saturating_sub(1));
        lost.any(|at| counts(&old, at)) || came.any(|at| counts(&new, at))
    })
}

/// Whether a line stands in the brackets of a type's members or a function's parameters, by its indentation.
fn is_in_declaration(lines: &[&str], at: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(line) = lines.get(at).filter(|line| !line.trim().is_empty()) else { return false };
    let (mut inner, mut around) = (indent(line), 0);
    for above in lines.iter().take(at).rev().take(MAX_ABOVE).filter(|line| !line.trim().is_empty()) {
        if indent(above) >= inner {
            continue;
        }
        let opens = above.trim_end();
        if opens.ends_with('(') || HOLDING.iter().any(|word| opens.contains(word)) {
            return true;
        }
        (inner, around) = (indent(above), around + 1);
        let is_body = opens.contains("fn ") || opens.contains("function") || opens.contains("def ");
        if is_body || inner == 0 || around == MAX_AROUND {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_parameters_are_told_from_bodies() {
        let text = "pub enum E {\n    A,\n    B {\n        x: u8,\n    },\n}\n\npub fn f(\n    a: u8,\n) {\n    let y = a;\n}\n\n\
                    impl T {\n    fn g() {\n        h();\n    }\n}\n";
        let lines: Vec<&str> = text.lines().collect();
        let of = |wanted: &str| {
            let at = lines.iter().position(|line| line.trim() == wanted).unwrap();
            is_in_declaration(&lines, at)
        };
        assert!(of("A,") && of("x: u8,") && of("a: u8,"));
        assert!(!of("let y = a;") && !of("h();") && !of("impl T {"));
    }
}
