//! coverage.py: a comment takes out its statement or, on the line of a header, the whole clause.

use std::ops::Range;

use super::{Dialect, Hides, Marker};
use crate::read::syntax::{self, Node, children, parts};
use crate::undecided::Undecided;

const TOOL: &str = "coverage.py";

/// A statement or a clause: the lines on which a comment reaches it, and what is then hidden.
struct Clause {
    header: Range<usize>,
    hidden: Range<usize>,
}

pub(super) fn read(text: &str, dialect: &Dialect) -> Result<Vec<Marker>, Undecided> {
    let tree = syntax::parse(syntax::Language::Python, text)?;
    let (mut comments, mut clauses) = (Vec::new(), Vec::new());
    let mut decorated = None;
    for node in tree.nodes() {
        match node.kind() {
            "comment" => comments.push(node),
            "decorated_definition" => {
                decorated = node.child_by_field_name("definition").map(|definition| definition.id());
                clauses.extend(clause(node));
            }
            // Its decorators are hidden with it.
            _ if decorated == Some(node.id()) => {}
            "module" | "block" => {
                let statements = parts(node).filter(|statement| colon(*statement).is_none());
                clauses.extend(statements.map(|s| Clause { header: lines(s), hidden: lines(s) }));
            }
            _ => clauses.extend(clause(node)),
        }
    }
    clauses.sort_by_key(|clause| (clause.header.start, clause.header.end));
    let mut markers = Vec::new();
    for comment in comments {
        let Some(hides) = hides(comment, text, dialect, &clauses) else { continue };
        markers.push(Marker::new(TOOL, text, comment.byte_range(), hides));
    }
    Ok(markers)
}

fn hides(comment: Node<'_>, text: &str, dialect: &Dialect, clauses: &[Clause]) -> Option<Hides> {
    let at = comment.start_position();
    let (line, column) = (at.row + 1, at.column);
    let whole = text.get(comment.start_byte() - column..comment.end_byte())?;
    if !speaks(&dialect.exclude, whole, column) {
        return speaks(&dialect.partial, whole, column).then_some(Hides::Branches);
    }
    // Headers of one line share it only with what they open: decorators with a function, a clause with its own line.
    let before = clauses.partition_point(|clause| clause.header.start <= line);
    let here = clauses[..before].iter().rev().take(MAX_SEARCH).filter(|clause| clause.header.contains(&line));
    let reached = here.max_by_key(|clause| clause.hidden.len())?;
    Some(Hides::Lines(vec![reached.hidden.clone()]))
}

/// How many statements are looked through, from a comment upwards, for the one that it stands in.
const MAX_SEARCH: usize = 200;

/// Whether an expression finds something in the comment at `column` that it does not find without it.
fn speaks(expressions: &[regex::Regex], line: &str, column: usize) -> bool {
    let (code, comment) = line.split_at(column);
    expressions.iter().any(|expression| {
        expression.is_match(comment) || (expression.is_match(line) && !expression.is_match(code.trim_end()))
    })
}

/// The lines of a node. One that ends with a newline does not reach the line behind it.
fn lines(node: Node<'_>) -> Range<usize> {
    let (start, end) = (node.start_position().row + 1, node.end_position());
    let last = end.row + 1 - usize::from(end.column == 0);
    start..last.max(start) + 1
}

fn clause(node: Node<'_>) -> Option<Clause> {
    if node.kind() == "decorated_definition" {
        let definition = node.child_by_field_name("definition")?;
        return Some(Clause { header: lines(node).start..colon(definition)? + 1, hidden: lines(node) });
    }
    let (start, colon) = (lines(node).start, colon(node)?);
    let end = lines(children(node).find(|child| child.kind() == "block")?).end;
    Some(Clause { header: start..colon + 1, hidden: start..end.max(colon + 1) })
}

/// The line of the colon that opens a clause's block.
fn colon(node: Node<'_>) -> Option<usize> {
    const CLAUSES: [&str; 14] = [
        "if_statement",
        "elif_clause",
        "else_clause",
        "for_statement",
        "while_statement",
        "with_statement",
        "try_statement",
        "except_clause",
        "except_group_clause",
        "finally_clause",
        "match_statement",
        "case_clause",
        "function_definition",
        "class_definition",
    ];
    if !CLAUSES.contains(&node.kind()) {
        return None;
    }
    let colon = children(node).find(|child| child.kind() == ":")?;
    Some(colon.start_position().row + 1)
}
