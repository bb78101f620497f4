//! What a Ruby text tells SimpleCov, in its order.

use std::collections::BTreeMap;

use super::values::{Argument, Names, value};
use crate::read::syntax::{self, Language, Node, parts, text};
use crate::undecided::Undecided;

/// Blocks in blocks are followed this far.
const MAX_DEPTH: usize = 40;
/// More operations than this are not followed.
const MAX_OPERATIONS: usize = 2_000;

/// One thing that SimpleCov is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operation {
    Start,
    Root(Argument),
    Skip(Argument),
    Unskip(Argument),
    ClearFilters,
    Track(Argument),
    Cover(Argument),
    Profile(Argument),
    Enable(Argument),
    Primary(Argument),
    /// A gate by the name of its setting, for a criterion or for what the argument says.
    Gate(Kind, Option<Argument>, Argument),
    /// Something of the first of these whose doing depends on a run.
    UnknownScope(String),
    UnknownGates(String),
}

/// The kinds of gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Minimum,
    ByFile,
    ByGroup,
    Drop,
    RefuseDrop,
}

/// The operations of a text and the profiles that it defines.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) operations: Vec<Operation>,
    pub(super) profiles: BTreeMap<String, Vec<Operation>>,
    /// Whether the text speaks of SimpleCov at all.
    pub(super) speaks: bool,
}

/// Reads a text.
pub(super) fn read(source: &str) -> Result<Reading, Undecided> {
    let mut reading = Reading::default();
    reading.speaks = source.contains("SimpleCov") || source.contains("simplecov");
    if !source.contains("SimpleCov") {
        return Ok(reading);
    }
    let tree = syntax::parse(Language::Ruby, source)?;
    let mut reader = Reader { source, names: Names::default(), reading };
    let operations = reader.body(tree.root(), Place::Outside, 0);
    reader.reading.operations = operations;
    Ok(reader.reading)
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where `SimpleCov` must be named.
    Outside,
    /// In a block whose `self` is SimpleCov.
    Inside,
    /// In a block that sets the figures of one criterion.
    Criterion,
}

struct Reader<'t> {
    source: &'t str,
    names: Names,
    reading: Reading,
}

impl<'t> Reader<'t> {
    fn text(&self, node: Node<'_>) -> &'t str {
        text(node, self.source)
    }

    fn body(&mut self, node: Node<'t>, place: Place, depth: usize) -> Vec<Operation> {
        let mut found = Vec::new();
        for node in parts(node) {
            if found.len() > MAX_OPERATIONS {
                break;
            }
            found.extend(self.statement(node, place, depth + 1));
        }
        found
    }

    fn statement(&mut self, node: Node<'t>, place: Place, depth: usize) -> Vec<Operation> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        match node.kind() {
            "call" | "identifier" => self.call(node, place, depth),
            "assignment" => self.assignment(node),
            "if" | "unless" | "if_modifier" | "unless_modifier" | "conditional" | "case" => {
                let inner = self.branches(node, place, depth);
                // A condition around all of it decides whether SimpleCov runs; one inside of it, what it measures.
                if place == Place::Outside && inner.contains(&Operation::Start) {
                    return inner;
                }
                let condition = node.child_by_field_name("condition").map_or("a condition", |c| self.text(c));
                inner.into_iter().map(|operation| doubted(operation, condition)).collect()
            }
            "body_statement"
            | "begin"
            | "begin_block"
            | "program"
            | "block_body"
            | "then"
            | "else"
            | "elsif"
            | "parenthesized_statements"
            | "when" => self.body(node, place, depth),
            // What a method does is done where it is called, if anywhere; SimpleCov is rarely set up there.
            "method" | "class" | "module" if place == Place::Outside => self.body_of(node, place, depth),
            _ => Vec::new(),
        }
    }

    fn body_of(&mut self, node: Node<'t>, place: Place, depth: usize) -> Vec<Operation> {
        node.child_by_field_name("body").map(|body| self.body(body, place, depth)).unwrap_or_default()
    }

    /// All branches of a condition. The condition itself is none, and neither are the patterns of a `when`.
    fn branches(&mut self, node: Node<'t>, place: Place, depth: usize) -> Vec<Operation> {
        let skipped = ["condition", "value", "pattern"].map(|field| node.child_by_field_name(field));
        let inner = parts(node).filter(|part| !skipped.contains(&Some(*part)));
        let inner: Vec<Node<'t>> = inner.collect();
        inner.into_iter().flat_map(|part| self.statement(part, place, depth + 1)).collect()
    }

    fn assignment(&mut self, node: Node<'t>) -> Vec<Operation> {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return Vec::new();
        };
        let given = value(right, self.source, &self.names);
        if left.kind() != "call" {
            self.names.set(self.text(left), given);
            return Vec::new();
        }
        let own = left.child_by_field_name("receiver").is_some_and(|r| self.is_simplecov(r));
        match left.child_by_field_name("method").map(|method| self.text(method)) {
            Some("filters") if own => match given {
                Argument::List(items) => {
                    let skips = items.into_iter().map(Operation::Skip);
                    std::iter::once(Operation::ClearFilters).chain(skips).collect()
                }
                other => vec![Operation::UnknownScope(other.shown())],
            },
            _ => Vec::new(),
        }
    }

    fn is_simplecov(&self, node: Node<'_>) -> bool {
        matches!(self.text(node), "SimpleCov" | "::SimpleCov")
    }

    fn call(&mut self, node: Node<'t>, place: Place, depth: usize) -> Vec<Operation> {
        let receiver = node.child_by_field_name("receiver");
        let method = node.child_by_field_name("method").unwrap_or(node);
        let (method, block) = (self.text(method), node.child_by_field_name("block"));
        match receiver {
            Some(receiver) if self.is_simplecov(receiver) => {
                self.told(node, method, block, Place::Inside, depth)
            }
            None if place != Place::Outside => self.told(node, method, block, place, depth),
            Some(receiver) => self.of_receiver(node, receiver, method, block, place, depth),
            // A block of something else runs as it stands, as that of a hook does.
            None => block.map(|block| self.body_of(block, place, depth)).unwrap_or_default(),
        }
    }

    fn of_receiver(
        &mut self,
        node: Node<'t>,
        receiver: Node<'t>,
        method: &str,
        block: Option<Node<'t>>,
        place: Place,
        depth: usize,
    ) -> Vec<Operation> {
        let named = self.text(receiver);
        let own = place == Place::Inside;
        match (named.strip_prefix("SimpleCov."), named, method) {
            (Some("filters"), _, "clear") | (_, "filters", "clear") if own || named != "filters" => {
                vec![Operation::ClearFilters]
            }
            (Some("profiles"), _, "define") | (_, "profiles", "define") => {
                let name = self.arguments(node).into_iter().next().and_then(|name| name.name());
                let inner = block.map(|block| self.body_of(block, Place::Inside, depth)).unwrap_or_default();
                if let Some(name) = name {
                    self.reading.profiles.insert(name, inner);
                }
                Vec::new()
            }
            (_, _, "each") => self.each(receiver, block, place, depth),
            _ => block.map(|block| self.body_of(block, place, depth)).unwrap_or_default(),
        }
    }

    /// A block that is run for each item of a list that is written out.
    fn each(
        &mut self,
        list: Node<'t>,
        block: Option<Node<'t>>,
        place: Place,
        depth: usize,
    ) -> Vec<Operation> {
        let Some(block) = block else { return Vec::new() };
        let list = value(list, self.source, &self.names);
        let parameter = block.child_by_field_name("parameters").and_then(|p| parts(p).next());
        let (Argument::List(items), Some(parameter)) = (list, parameter) else {
            return self.body_of(block, place, depth).into_iter().map(|o| doubted(o, "a loop")).collect();
        };
        let name = self.text(parameter);
        let mut found = Vec::new();
        for item in items.into_iter().take(MAX_OPERATIONS) {
            self.names.set(name, item);
            found.extend(self.body_of(block, place, depth));
            if found.len() > MAX_OPERATIONS {
                break;
            }
        }
        found
    }

    fn arguments(&self, node: Node<'t>) -> Vec<Argument> {
        let list = node.child_by_field_name("arguments");
        let items = list
            .into_iter()
            .flat_map(parts)
            .filter(|part| part.kind() != "pair" && part.kind() != "block_argument");
        items.map(|item| value(item, self.source, &self.names)).collect()
    }

    /// The keyword arguments, or those of a hash that stands alone.
    fn keywords(&self, node: Node<'t>) -> Vec<(String, Argument)> {
        let list = node.child_by_field_name("arguments");
        let pairs = list.into_iter().flat_map(parts).filter(|part| part.kind() == "pair");
        pairs.filter_map(|pair| super::values::pair(pair, self.source, &self.names)).collect()
    }

    /// What a call tells SimpleCov.
    fn told(
        &mut self,
        node: Node<'t>,
        method: &str,
        block: Option<Node<'t>>,
        place: Place,
        depth: usize,
    ) -> Vec<Operation> {
        if place == Place::Criterion {
            return self.of_criterion(node, method);
        }
        let mut arguments = self.arguments(node).into_iter();
        let keywords = self.keywords(node);
        let first = arguments.next();
        let figures = || first.clone().unwrap_or_else(|| Argument::Hash(keywords.clone()));
        match method {
            "start" | "configure" | "collate" => {
                let mut found: Vec<Operation> = Vec::new();
                found.extend(first.filter(|_| method == "start").map(Operation::Profile));
                let inner = block.map(|block| self.body_of(block, Place::Inside, depth)).unwrap_or_default();
                found.extend(inner);
                found.extend((method == "start").then_some(Operation::Start));
                found
            }
            "load_profile" | "load_adapter" => first.map(Operation::Profile).into_iter().collect(),
            "root" => first.map(Operation::Root).into_iter().collect(),
            "add_filter" | "skip" => match first {
                Some(filter) => vec![Operation::Skip(filter)],
                None => vec![Operation::UnknownScope(format!("{method} with a block"))],
            },
            "remove_filter" => first.map(Operation::Unskip).into_iter().collect(),
            "clear_filters" | "no_default_skips" => vec![Operation::ClearFilters],
            "track_files" => first.map(Operation::Track).into_iter().collect(),
            "cover" => {
                let mut found: Vec<Operation> =
                    first.into_iter().chain(arguments).map(Operation::Cover).collect();
                found.extend(block.map(|_| Operation::UnknownScope("cover with a block".to_owned())));
                found
            }
            "enable_coverage" => first.map(Operation::Enable).into_iter().collect(),
            "primary_coverage" => first.map(Operation::Primary).into_iter().collect(),
            "minimum_coverage" | "expected_coverage" => vec![Operation::Gate(Kind::Minimum, None, figures())],
            "minimum_coverage_by_file" => vec![Operation::Gate(Kind::ByFile, None, figures())],
            "minimum_coverage_by_group" => vec![Operation::Gate(Kind::ByGroup, None, figures())],
            "maximum_coverage_drop" => vec![Operation::Gate(Kind::Drop, None, figures())],
            "refuse_coverage_drop" => {
                let criteria = first.into_iter().chain(arguments).collect();
                vec![Operation::Gate(Kind::RefuseDrop, None, Argument::List(criteria))]
            }
            "coverage" => self.criterion(first, &keywords, block, depth),
            _ => Vec::new(),
        }
    }

    /// `coverage :line, minimum: 90 do … end`.
    fn criterion(
        &mut self,
        criterion: Option<Argument>,
        keywords: &[(String, Argument)],
        block: Option<Node<'t>>,
        depth: usize,
    ) -> Vec<Operation> {
        let Some(criterion) = criterion else { return Vec::new() };
        let mut found = vec![Operation::Enable(criterion.clone())];
        for (name, figure) in keywords {
            found.extend(
                kind(name).map(|kind| Operation::Gate(kind, Some(criterion.clone()), figure.clone())),
            );
        }
        let inner = block.map(|block| self.body_of(block, Place::Criterion, depth)).unwrap_or_default();
        found.extend(inner.into_iter().map(|operation| match operation {
            Operation::Gate(kind, None, figure) => Operation::Gate(kind, Some(criterion.clone()), figure),
            other => other,
        }));
        found
    }

    fn of_criterion(&mut self, node: Node<'t>, method: &str) -> Vec<Operation> {
        // A figure for some files only is no gate over all of them.
        if !self.keywords(node).is_empty() {
            return Vec::new();
        }
        let figure = self.arguments(node).into_iter().next();
        let gate = kind(method).zip(figure).map(|(kind, figure)| Operation::Gate(kind, None, figure));
        gate.into_iter().collect()
    }
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "minimum" | "exact" => Kind::Minimum,
        "minimum_per_file" => Kind::ByFile,
        "maximum_drop" => Kind::Drop,
        _ => return None,
    })
}

/// What an operation is where only a run tells whether it is done.
fn doubted(operation: Operation, condition: &str) -> Operation {
    let condition: String = condition.chars().take(120).collect();
    match operation {
        Operation::Gate(..) | Operation::UnknownGates(_) => Operation::UnknownGates(condition),
        Operation::Start | Operation::Enable(_) | Operation::Primary(_) => operation,
        _ => Operation::UnknownScope(condition),
    }
}
