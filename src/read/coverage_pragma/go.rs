//! go-test-coverage: a comment on the line of an opening brace takes out the function or the block.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Hides, Marker};
use crate::read::syntax::{self, Node};
use crate::undecided::Undecided;

const TOOL: &str = "go-test-coverage";
const WORD: &str = "coverage-ignore";

pub(super) fn read(text: &str) -> Result<Vec<Marker>, Undecided> {
    if !text.contains(WORD) {
        return Ok(Vec::new());
    }
    let tree = syntax::parse(syntax::Language::Go, text)?;
    let mut comments = Vec::new();
    // By the line of the brace: whether it opens a function, and its lines.
    let mut blocks: BTreeMap<usize, (bool, Range<usize>)> = BTreeMap::new();
    let mut opens = |node: Node<'_>, of_function| {
        let rows = node.start_position().row + 1..node.end_position().row + 2;
        let here = blocks.entry(rows.start).or_insert((of_function, rows.clone()));
        // A function's own block comes first; of others on one line the longest is the outermost.
        if (of_function, rows.len()) > (here.0, here.1.len()) {
            *here = (of_function, rows);
        }
    };
    for node in tree.nodes() {
        match node.kind() {
            "comment" => comments.push(node),
            "function_declaration" | "method_declaration" => {
                if let Some(body) = node.child_by_field_name("body") {
                    opens(body, true);
                }
            }
            "block" | "expression_switch_statement" | "type_switch_statement" | "select_statement" => {
                opens(node, false);
            }
            _ => {}
        }
    }
    let words = |comment: &Node<'_>| text.get(comment.byte_range()).unwrap_or_default().contains(WORD);
    let hidden = |comment: Node<'_>| {
        let (_, rows) = blocks.get(&(comment.start_position().row + 1))?;
        let hides = Hides::Lines(std::iter::once(rows.clone()).collect());
        Some(Marker::new(TOOL, text, comment.byte_range(), hides))
    };
    Ok(comments.into_iter().filter(words).filter_map(hidden).collect())
}
