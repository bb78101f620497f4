//! Istanbul, V8 (c8, Vitest, Node's own runner) and Deno: comments before a node, over lines and in pairs.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::regions::{Regions, Turn};
use super::{Dialect, Hides, Marker, lines_of};
use crate::read::syntax::{self, Language, Node, children};
use crate::span::Lines;
use crate::undecided::Undecided;

const ISTANBUL: &str = "Istanbul";
const V8: &str = "V8";
const DENO: &str = "Deno";
/// So many bytes before a comment are looked at for code.
const FAR: usize = 400;

static HINT: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"(?s)^\s*(?<tool>istanbul|[cv]8|node:coverage)\s+ignore\s+(?<what>next|if|else|file|start|stop)(?:\s+(?<count>\d+))?(?:\W|$)";
    Regex::new(words).expect("a literal expression compiles")
});
static NODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*node:coverage\s+(?<what>disable|enable)(?:\W|$)").expect("a literal expression compiles")
});
static DENO_HINT: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"^\s*deno-coverage-ignore(?<what>-start|-stop|-file)?(?:[^\w-]|$)";
    Regex::new(words).expect("a literal expression compiles")
});

pub(super) fn read(language: Language, text: &str, dialect: &Dialect) -> Result<Vec<Marker>, Undecided> {
    let tree = syntax::parse(language, text)?;
    let mut reader = Reader {
        text,
        lines: Lines::of(text),
        count: text.lines().count(),
        dialect,
        pairs: [ISTANBUL, V8, V8, DENO].map(|tool| Regions::new(tool, text)),
        turns: Vec::new(),
        found: Vec::new(),
    };
    for parent in tree.nodes() {
        let mut waiting = Vec::new();
        for child in children(parent) {
            if child.kind() == "comment" {
                waiting.push(child);
            } else if child.is_named() && child.kind() != "decorator" {
                waiting.drain(..).for_each(|comment| reader.comment(comment, Some((child, parent.kind()))));
            }
        }
        waiting.into_iter().for_each(|comment| reader.comment(comment, None));
    }
    // A pair may stand in two nodes, so that its halves are met out of order.
    reader.turns.sort_by_key(|(_, _, place, _)| place.start);
    for (pair, turn, place, line) in std::mem::take(&mut reader.turns) {
        reader.pairs[pair].turn(turn, place, line);
    }
    let mut found = reader.found;
    found.extend(reader.pairs.into_iter().flat_map(Regions::finish));
    Ok(found)
}

struct Reader<'t> {
    text: &'t str,
    lines: Lines,
    count: usize,
    dialect: &'t Dialect,
    /// Istanbul's, V8's, Node's and Deno's pairs.
    pairs: [Regions<'t>; 4],
    turns: Vec<(usize, Turn, Range<usize>, usize)>,
    found: Vec<Marker>,
}

/// The node behind a comment, with its parent's kind.
type Following<'t> = Option<(Node<'t>, &'t str)>;

impl Reader<'_> {
    fn comment(&mut self, comment: Node<'_>, next: Following<'_>) {
        let text = self.text;
        let written = text.get(comment.byte_range()).unwrap_or_default();
        let inner = inner(written);
        let line = comment.start_position().row + 1;
        if let Some(hint) = HINT.captures(inner) {
            let istanbul = &hint["tool"] == "istanbul";
            let (tool, pair) = if istanbul { (ISTANBUL, 0) } else { (V8, 1) };
            match &hint["what"] {
                "start" => self.turns.push((pair, Turn::Start, comment.byte_range(), line)),
                "stop" => self.turns.push((pair, Turn::Stop, comment.byte_range(), line)),
                "file" => self.push(tool, comment, Some(Hides::File)),
                what => {
                    let by_line = match &hint["tool"] {
                        "istanbul" => false,
                        "v8" => self.dialect.v8_by_line || hint.name("count").is_some(),
                        _ => true,
                    };
                    let count = hint.name("count").and_then(|count| count.as_str().parse().ok());
                    let hides = match (by_line, what) {
                        (true, "next") => self.next_lines(comment, line, count),
                        (true, _) => None,
                        (false, what) => {
                            next.and_then(|(node, parent)| self.next_node(comment, node, parent, what))
                        }
                    };
                    self.push(tool, comment, hides);
                }
            }
        } else if let Some(status) = NODE.captures(inner) {
            let turn = if &status["what"] == "disable" { Turn::Start } else { Turn::Stop };
            self.turns.push((2, turn, comment.byte_range(), line));
        } else if let Some(hint) = DENO_HINT.captures(inner).filter(|_| written.starts_with("//")) {
            match hint.name("what").map(|what| what.as_str()) {
                Some("-start") => self.turns.push((3, Turn::Start, comment.byte_range(), line)),
                Some("-stop") => self.turns.push((3, Turn::Stop, comment.byte_range(), line)),
                Some(_) => self.push(DENO, comment, Some(Hides::File)),
                None => self.push(DENO, comment, Some(self.after(line, 1))),
            }
        }
    }

    fn push(&mut self, tool: &'static str, comment: Node<'_>, hides: Option<Hides>) {
        self.found.extend(hides.map(|hides| Marker::new(tool, self.text, comment.byte_range(), hides)));
    }

    /// `next N`: the lines below, or the comment's own line where code stands before it.
    fn next_lines(&self, comment: Node<'_>, line: usize, count: Option<usize>) -> Option<Hides> {
        if !self.text[comment.byte_range()].starts_with("/*") {
            return None;
        }
        if self.has_code_before(comment.start_byte()) {
            return Some(Hides::Lines(std::iter::once(line..line + 1).collect()));
        }
        Some(self.after(comment.end_position().row + 1, count.unwrap_or(1)))
    }

    /// Whether a word stands before this byte on its line.
    fn has_code_before(&self, at: usize) -> bool {
        let before = self.text.as_bytes()[at.saturating_sub(FAR)..at].iter().rev();
        let line = before.take_while(|byte| **byte != b'\n');
        line.into_iter().any(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    }

    fn after(&self, line: usize, count: usize) -> Hides {
        let end = line.saturating_add(count).saturating_add(1).min(self.count + 1);
        Hides::Lines(std::iter::once(line + 1..end.max(line + 1)).collect())
    }

    fn next_node(&self, comment: Node<'_>, node: Node<'_>, parent: &str, what: &str) -> Option<Hides> {
        let row = comment.start_position().row;
        let lines = |node: Node<'_>, from: usize| {
            let mut lines = lines_of(&self.lines, &node.byte_range());
            // What stands before it on its first line still counts, and that line with it.
            lines.start += usize::from(self.has_code_before(from));
            if lines.is_empty() { Hides::Branches } else { Hides::Lines(std::iter::once(lines).collect()) }
        };
        match what {
            "next" => reach(node, parent).map(|reach| match reach {
                Reach::Lines => lines(
                    node,
                    if row == node.start_position().row { comment.start_byte() } else { node.start_byte() },
                ),
                Reach::Branch => Hides::Branches,
            }),
            "if" | "else" if node.kind() == "if_statement" => {
                let field = if what == "if" { "consequence" } else { "alternative" };
                let branch = node.child_by_field_name(field);
                Some(branch.map_or(Hides::Branches, |branch| lines(branch, branch.start_byte())))
            }
            _ => None,
        }
    }
}

/// A comment's words without its marks.
fn inner(written: &str) -> &str {
    match written.strip_prefix("/*") {
        Some(block) => block.strip_suffix("*/").unwrap_or(block).trim_start_matches('*'),
        None => written.trim_start_matches('/'),
    }
}

enum Reach {
    Lines,
    Branch,
}

/// Whether a hint before this node is looked at, and what it takes out.
fn reach(node: Node<'_>, parent: &str) -> Option<Reach> {
    let kind = node.kind();
    if matches!(parent, "ternary_expression" | "binary_expression") {
        return Some(Reach::Branch);
    }
    const NODES: [&str; 20] = [
        "statement_block",
        "lexical_declaration",
        "variable_declaration",
        "variable_declarator",
        "function_declaration",
        "generator_function_declaration",
        "function_expression",
        "generator_function",
        "arrow_function",
        "method_definition",
        "class_declaration",
        "abstract_class_declaration",
        "field_definition",
        "public_field_definition",
        "switch_case",
        "switch_default",
        "else_clause",
        "catch_clause",
        "finally_clause",
        "internal_module",
    ];
    if kind == "export_statement" {
        let declares = children(node).any(|child| reach(child, kind).is_some() || child.kind() == "default");
        return declares.then_some(Reach::Lines);
    }
    let statement = kind.ends_with("_statement") && kind != "import_statement" && kind != "empty_statement";
    if statement || NODES.contains(&kind) {
        return Some(Reach::Lines);
    }
    matches!(kind, "assignment_pattern" | "object_assignment_pattern").then_some(Reach::Branch)
}
