//! YAML with places; `saphyr-parser` is used here only.
//!
//! Aliases are expanded and merge keys (`<<`) applied, within limits, so that a reader sees plain trees. Tags are
//! dropped: `!Ref x` is the scalar `x`.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

#[cfg(test)]
mod tests;

/// Folders of folders beyond this are not followed. Parsers and droppers of trees recurse.
const MAX_DEPTH: usize = 128;
/// More nodes than this are not built, copies made by aliases included.
const MAX_NODES: usize = 1_000_000;
/// More copies by aliases and merges than this are an alias bomb.
const MAX_COPIES: usize = 100_000;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Its bytes in the text. A copy made by an alias keeps the place of what was copied.
    pub range: Range<usize>,
    /// Its first line, counted from 1.
    pub line: usize,
    /// Its last line, inclusive. Trailing blank lines and comments are left out.
    pub end_line: usize,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A scalar, unescaped.
    Scalar {
        /// Its text.
        text: String,
        /// Written without quotes and not as a block: only then can it be a number, a boolean or null.
        plain: bool,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order of the file. A key that stands twice is here twice.
    Map(Vec<(Node, Node)>),
}

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct YamlError {
    /// Where, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 0.
    pub column: usize,
    /// What the parser says, or which limit was met.
    pub message: String,
    /// Whether the text is at fault.
    pub cause: Cause,
}

/// Whose limit an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The text is no YAML.
    Malformed,
    /// The text may well be YAML, but is nested or repeated beyond what is followed here.
    Limit,
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// A plain `true` or `false` in any of the cases that YAML has for them.
    pub fn bool(&self) -> Option<bool> {
        match &self.value {
            Value::Scalar { text, plain: true } => match text.as_str() {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is a null, written out or left empty.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The items of a sequence; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key; of a key that stands twice, the last.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The key and value of a key; of a key that stands twice, the last.
    pub fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        let found = self.entries().iter().rev().find(|(k, _)| k.text() == Some(key));
        found.map(|(key, value)| (key, value))
    }

    /// A scalar as a list of one, a sequence's scalars as they are.
    pub fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Scalar { text, .. } if !self.is_null() => vec![text],
            _ => self.items().iter().filter_map(Node::text).collect(),
        }
    }
}

/// What is put before a line that is indented less than the parser allows inside of brackets or quotes.
const PAD: usize = 128;
/// How many such lines are mended, and in texts of what length at most: each costs a further pass.
const MAX_PADDED: usize = 24;
const MAX_MENDED: usize = 256 * 1024;

/// The documents of a text. An empty text has none.
///
/// Inside of brackets and quotes a line may be indented as little as it likes: YAML 1.2 forbids it, and the parsers
/// that GitHub, Python and Go use allow it.
pub fn parse(text: &str) -> Result<Vec<Node>, YamlError> {
    let mut padded = BTreeSet::new();
    loop {
        match parse_padded(text, &padded) {
            Err(Failure { error, lenient: true })
                if padded.len() < MAX_PADDED && text.len() <= MAX_MENDED =>
            {
                let in_quotes = error.message.contains("quoted");
                let mut line = error.line + usize::from(in_quotes);
                while in_quotes && padded.contains(&line) {
                    line += 1;
                }
                if !padded.insert(line) {
                    return Err(error);
                }
            }
            result => return result.map_err(|failure| failure.error),
        }
    }
}

struct Failure {
    error: YamlError,
    /// Whether only the indentation inside of brackets or quotes is at fault.
    lenient: bool,
}

impl From<YamlError> for Failure {
    fn from(error: YamlError) -> Self {
        Self { error, lenient: false }
    }
}

fn parse_padded(text: &str, padded: &BTreeSet<usize>) -> Result<Vec<Node>, Failure> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = if padded.is_empty() { Cow::Borrowed(bare) } else { Cow::Owned(pad(bare, padded)) };
    let places = Places::new(text, padded);
    let mut builder = Builder { places, ..Builder::default() };
    let mut parser = Parser::new_from_str(&source);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|e| Failure {
            lenient: matches!(
                e.info(),
                "invalid indentation"
                    | "invalid indentation in flow construct"
                    | "invalid indentation in quoted scalar"
            ),
            error: YamlError {
                line: e.marker().line().max(1),
                column: if padded.contains(&e.marker().line()) {
                    e.marker().col().saturating_sub(PAD)
                } else {
                    e.marker().col()
                },
                message: e.info().to_owned(),
                cause: Cause::Malformed,
            },
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.documents)
}

fn pad(text: &str, padded: &BTreeSet<usize>) -> String {
    let mut out = String::with_capacity(text.len() + padded.len() * PAD);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if padded.contains(&(index + 1)) {
            out.push_str(&" ".repeat(PAD));
        }
        out.push_str(line);
    }
    out
}

/// From the parser's lines and columns of characters to bytes.
#[derive(Default)]
struct Places<'t> {
    text: &'t str,
    lines: Vec<usize>,
    padded: BTreeSet<usize>,
    /// Line, column and byte of the last look-up: marks mostly move forward, and a line may be megabytes long.
    cursor: Cell<(usize, usize, usize)>,
}

impl<'t> Places<'t> {
    fn new(text: &'t str, padded: &BTreeSet<usize>) -> Self {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self {
            text,
            lines: std::iter::once(0).chain(starts).collect(),
            padded: padded.clone(),
            cursor: Cell::default(),
        }
    }

    fn byte(&self, mark: Marker) -> usize {
        let (mut line, mut column, mut at) = self.cursor.get();
        let pad = if self.padded.contains(&mark.line()) { PAD } else { 0 };
        let target = mark.col().saturating_sub(pad);
        if line != mark.line() || column > target {
            (line, column) = (mark.line(), 0);
            at = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
            at += if at == 0 && self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        }
        let rest = &self.text[at..];
        at = rest.char_indices().nth(target - column).map_or(self.text.len(), |(n, _)| at + n);
        self.cursor.set((line, target, at));
        at
    }

    fn line(&self, byte: usize) -> usize {
        self.lines.partition_point(|start| *start <= byte)
    }
}

/// A collection that is still open.
struct Open {
    node: Node,
    anchor: usize,
    /// A mapping's key whose value has not come yet.
    key: Option<Node>,
}

#[derive(Default)]
struct Builder<'t> {
    places: Places<'t>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    documents: Vec<Node>,
    nodes: usize,
    copies: usize,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let value = Value::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                let node = self.node(value, span);
                self.close(node, anchor, span.start.line())
            }
            Event::SequenceStart(anchor, _) => self.start(Value::List(Vec::new()), anchor, span),
            Event::MappingStart(anchor, _) => self.start(Value::Map(Vec::new()), anchor, span),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { mut node, anchor, .. }) = self.open.pop() else { return Ok(()) };
                self.end(&mut node, span);
                self.merge(&mut node)?;
                self.close(node, anchor, span.start.line())
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::DocumentStart(_) => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn node(&self, value: Value, span: Span) -> Node {
        let start = self.places.byte(span.start);
        let raw = &self.places.text[start..self.places.byte(span.end).max(start)];
        let end = start + raw.trim_end().len();
        let line = self.places.line(start);
        Node { value, range: start..end, line, end_line: self.places.line(end.saturating_sub(1)).max(line) }
    }

    fn start(&mut self, value: Value, anchor: usize, span: Span) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return limit(span.start.line(), "is nested too deeply to be followed");
        }
        let node = self.node(value, span);
        self.open.push(Open { node, anchor, key: None });
        Ok(())
    }

    /// A flow collection ends at its bracket, a block collection with its last child.
    fn end(&self, node: &mut Node, span: Span) {
        let last = match &node.value {
            Value::List(items) => items.last(),
            Value::Map(entries) => entries.last().map(|(_, value)| value),
            Value::Scalar { .. } => None,
        };
        let last = last.map_or(node.range.start, |n| n.range.end);
        let bracket = if span.is_empty() { 0 } else { self.places.byte(span.end) };
        node.range.end = node.range.end.max(last).max(bracket);
        node.end_line = self.places.line(node.range.end.saturating_sub(1)).max(node.line);
    }

    fn close(&mut self, node: Node, anchor: usize, line: usize) -> Result<(), YamlError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return limit(line, "has too many values to be followed");
        }
        if anchor > 0 {
            self.copy(&node, line)?;
            self.anchors.insert(anchor, node.clone());
        }
        self.attach(node);
        Ok(())
    }

    fn attach(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        match &mut open.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match open.key.take() {
                Some(key) => entries.push((key, node)),
                None => open.key = Some(node),
            },
            Value::Scalar { .. } => {}
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), YamlError> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return limit(span.start.line(), "holds an alias inside of its own anchor");
        };
        if self.open.len() + depth(&node) > MAX_DEPTH {
            return limit(span.start.line(), "is nested too deeply to be followed");
        }
        self.copy(&node, span.start.line())?;
        self.attach(node);
        Ok(())
    }

    fn copy(&mut self, node: &Node, line: usize) -> Result<(), YamlError> {
        self.copies += size(node);
        if self.copies > MAX_COPIES {
            return limit(line, "repeats itself by aliases beyond what is followed");
        }
        Ok(())
    }

    /// Appends what `<<` brings and the mapping itself does not have.
    fn merge(&mut self, node: &mut Node) -> Result<(), YamlError> {
        let line = node.line;
        let Value::Map(entries) = &mut node.value else { return Ok(()) };
        let is_merge = |(key, _): &(Node, Node)| matches!(&key.value, Value::Scalar { text, plain: true } if text == "<<");
        let Some(at) = entries.iter().position(is_merge) else { return Ok(()) };
        let (_, merged) = entries.remove(at);
        let sources = match &merged.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&merged),
        };
        for (key, value) in sources.iter().flat_map(Node::entries) {
            if !entries.iter().any(|(own, _)| own.value == key.value) {
                self.copy(value, line)?;
                entries.push((key.clone(), value.clone()));
            }
        }
        Ok(())
    }
}

fn limit<T>(line: usize, message: &str) -> Result<T, YamlError> {
    Err(YamlError { line: line.max(1), column: 0, message: message.to_owned(), cause: Cause::Limit })
}

fn children(node: &Node) -> Box<dyn Iterator<Item = &Node> + '_> {
    match &node.value {
        Value::Scalar { .. } => Box::new(std::iter::empty()),
        Value::List(items) => Box::new(items.iter()),
        Value::Map(entries) => Box::new(entries.iter().flat_map(|(k, v)| [k, v])),
    }
}

fn size(node: &Node) -> usize {
    1 + children(node).map(size).sum::<usize>()
}

fn depth(node: &Node) -> usize {
    1 + children(node).map(depth).max().unwrap_or(0)
}
