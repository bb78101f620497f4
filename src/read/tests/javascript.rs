//! Tests of JavaScript and TypeScript: jest, vitest, mocha, `node:test`, Playwright, `Deno.test`.

mod callee;

use crate::read::syntax::{Node, Tree, children, parts, text};
use crate::read::tests::{Lines, Mark, State, Test, silence};

use callee::{Callee, Kind, Names};

const BRANCHES: [&str; 5] =
    ["if_statement", "ternary_expression", "switch_statement", "catch_clause", "conditional_type"];
const FUNCTIONS: [&str; 4] =
    ["arrow_function", "function_expression", "generator_function", "function_declaration"];
const ASSERTIONS: [&str; 4] = ["expect", "assert", "expectTypeOf", "assertType"];

enum Scope {
    Suite(usize),
    Test(usize),
    Branch,
}

struct Suite {
    name: String,
    parent: Option<usize>,
    mark: Mark,
}

struct Reader<'a> {
    source: &'a str,
    names: Names<'a>,
    lines: Lines,
    /// The innermost last, each with the byte where it ends.
    scopes: Vec<(usize, Scope)>,
    /// The first stands for the file.
    suites: Vec<Suite>,
    tests: Vec<(usize, Test)>,
    /// The start of the first statement of each test's body.
    firsts: Vec<Option<usize>>,
}

pub(super) fn inventory(tree: &Tree, source: &str) -> Vec<Test> {
    let file = Suite { name: String::new(), parent: None, mark: Mark::RUNS };
    let mut reader = Reader {
        source,
        names: Names::of(tree, source),
        lines: Lines::of(source),
        scopes: Vec::new(),
        suites: vec![file],
        tests: Vec::new(),
        firsts: Vec::new(),
    };
    for node in tree.nodes() {
        while reader.scopes.last().is_some_and(|(end, _)| *end <= node.start_byte()) {
            reader.scopes.pop();
        }
        if node.kind() == "call_expression" {
            reader.call(node);
        } else if BRANCHES.contains(&node.kind()) || is_short_circuit(node) {
            reader.scopes.push((node.end_byte(), Scope::Branch));
        }
    }
    reader.finish()
}

fn is_short_circuit(node: Node<'_>) -> bool {
    node.kind() == "binary_expression"
        && node.child_by_field_name("operator").is_some_and(|o| matches!(o.kind(), "&&" | "||" | "??"))
}

/// What a call passes besides its name.
#[derive(Default)]
struct Arguments<'t> {
    name: Option<Node<'t>>,
    function: Option<Node<'t>>,
    options: Option<Node<'t>>,
    count: usize,
}

impl<'a> Reader<'a> {
    fn call(&mut self, node: Node<'_>) {
        let Some(function) = node.child_by_field_name("function") else { return };
        if self.skips_from_within(node, function) {
            return;
        }
        let Some(callee) = self.names.resolve(function, self.source) else {
            self.count_assertion(function);
            return;
        };
        let arguments = arguments(node);
        match callee.kind {
            _ if callee.is_note(arguments.function.is_some() && arguments.count > 1, arguments.name) => {
                self.note(node, arguments.name);
            }
            Kind::Neither => {}
            Kind::Suite if arguments.function.is_some() => self.suite(node, &callee, &arguments),
            Kind::Suite => {}
            Kind::Test => self.test(node, &callee, &arguments),
        }
    }

    fn in_branch(&self) -> bool {
        matches!(self.scopes.last(), Some((_, Scope::Branch)))
    }

    fn here(&self) -> usize {
        let suite = |scope: &(usize, Scope)| match scope.1 {
            Scope::Suite(index) => Some(index),
            _ => None,
        };
        self.scopes.iter().rev().find_map(suite).unwrap_or(0)
    }

    fn current_test(&self) -> Option<usize> {
        self.scopes.iter().rev().find_map(|scope| match scope.1 {
            Scope::Test(index) => Some(index),
            _ => None,
        })
    }

    fn suite(&mut self, node: Node<'_>, callee: &Callee, arguments: &Arguments<'_>) {
        let name = arguments.name.map(|name| title(name, self.source)).unwrap_or_default();
        let mark = self.mark(callee, arguments);
        self.suites.push(Suite { name, parent: Some(self.here()), mark });
        self.scopes.push((node.end_byte(), Scope::Suite(self.suites.len() - 1)));
    }

    fn test(&mut self, node: Node<'_>, callee: &Callee, arguments: &Arguments<'_>) {
        let Some(name) = arguments.name else { return };
        let mut mark = self.mark(callee, arguments);
        if arguments.function.is_none() {
            let is_name = matches!(name.kind(), "string" | "template_string");
            match arguments.count {
                1 if is_name => mark = mark.under(&Mark::new(State::Todo, node.byte_range())),
                1 => return,
                _ if !is_name => return,
                _ => {}
            }
        }
        let body = arguments.function.and_then(|f| f.child_by_field_name("body"));
        let block = body.filter(|b| b.kind() == "statement_block");
        let statements: Vec<Node<'_>> = block.map(|b| parts(b).collect()).unwrap_or_default();
        self.firsts.push(statements.iter().find(|s| !is_idle(**s)).map(Node::start_byte));
        let test = Test {
            name: vec![title(name, self.source)],
            line: self.lines.at(node.start_byte()),
            end_line: self.lines.at(node.end_byte()),
            state: mark.state,
            range: node.byte_range(),
            assertions: 0,
            statements: if block.is_some() { statements.len() } else { 1 },
            marker: mark.at,
        };
        self.tests.push((self.here(), test));
        self.scopes.push((node.end_byte(), Scope::Test(self.tests.len() - 1)));
    }

    fn mark(&self, callee: &Callee, arguments: &Arguments<'_>) -> Mark {
        let by_name = callee.mark.clone();
        let by_options = arguments.options.map_or(Mark::RUNS, |options| option_mark(options, self.source));
        by_name.under(&by_options).in_branch(self.in_branch() || callee.in_branch)
    }

    /// `test.skip()`, `test.skip(cond, why)`: said of whatever it stands in.
    fn note(&mut self, node: Node<'_>, condition: Option<Node<'_>>) {
        let always = condition.is_none_or(|c| c.kind() == "true");
        let state = if always { State::Skipped } else { State::Conditional };
        let mark = Mark::new(state, node.byte_range()).in_branch(self.in_branch());
        match self.current_test() {
            Some(test) => self.mark_test(test, node, mark),
            None => {
                let here = self.here();
                let suite = &mut self.suites[here];
                suite.mark = mark.under(&suite.mark);
            }
        }
    }

    /// `this.skip()`, `t.skip()`, `ctx.skip()` in a test's body.
    fn skips_from_within(&mut self, node: Node<'_>, function: Node<'_>) -> bool {
        let Some(test) = self.current_test() else { return false };
        let callee = text(function, self.source);
        let bare = callee == "skip" && self.names.is_free("skip");
        if !bare && !matches!(callee, "this.skip" | "t.skip" | "ctx.skip" | "context.skip" | "t.todo") {
            return false;
        }
        let condition = parts_of_arguments(node).next();
        let always = condition.is_none_or(|c| matches!(c.kind(), "string" | "template_string" | "true"));
        let state = if always { State::Skipped } else { State::Conditional };
        self.mark_test(test, node, Mark::new(state, node.byte_range()));
        true
    }

    /// A skip that something precedes is the run's decision.
    fn mark_test(&mut self, test: usize, node: Node<'_>, mut mark: Mark) {
        if self.firsts[test] != Some(node.start_byte()) && mark.state == State::Skipped {
            mark.state = State::Conditional;
        }
        let (_, test) = &mut self.tests[test];
        if test.state == State::Runs {
            (test.state, test.marker) = (mark.state, mark.at);
        }
    }

    fn count_assertion(&mut self, function: Node<'_>) {
        let Some(test) = self.current_test() else { return };
        let callee = text(function, self.source);
        let root = callee.split(['.', '(']).next().unwrap_or(callee);
        let is_direct = !callee.contains('(');
        if is_direct && ASSERTIONS.contains(&root) || callee.starts_with("t.assert") {
            self.tests[test].1.assertions += 1;
        }
    }

    fn finish(self) -> Vec<Test> {
        let suites = self.suites;
        let finish = |(suite, mut test): (usize, Test)| {
            let mut at = Some(suite);
            while let Some(suite) = at.map(|index| &suites[index]) {
                if suite.parent.is_some() {
                    test.name.insert(0, suite.name.clone());
                }
                let mark = Mark { state: test.state, at: test.marker.clone() }.under(&suite.mark);
                (test.state, test.marker) = (mark.state, mark.at);
                at = suite.parent;
            }
            test
        };
        let mut tests: Vec<Test> = self.tests.into_iter().map(finish).collect();
        silence(&mut tests);
        tests
    }
}

/// Statements that do nothing a skip behind them could not undo.
fn is_idle(statement: Node<'_>) -> bool {
    matches!(statement.kind(), "lexical_declaration" | "variable_declaration" | "empty_statement")
}

fn parts_of_arguments<'t>(call: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    call.child_by_field_name("arguments").into_iter().flat_map(parts)
}

fn arguments(call: Node<'_>) -> Arguments<'_> {
    let mut found = Arguments::default();
    for (i, argument) in parts_of_arguments(call).take(8).enumerate() {
        found.count += 1;
        if i == 0 {
            found.name = Some(argument);
        }
        if FUNCTIONS.contains(&argument.kind()) {
            found.function = Some(argument);
        } else if argument.kind() == "object" && i > 0 {
            found.options = Some(argument);
        }
    }
    found
}

/// `{ skip: true }`, `{ todo: 'why' }`, `{ skip: isWindows }`.
fn option_mark(options: Node<'_>, source: &str) -> Mark {
    let mut mark = Mark::RUNS;
    for pair in parts(options).filter(|p| p.kind() == "pair") {
        let (Some(key), Some(value)) = (pair.child_by_field_name("key"), pair.child_by_field_name("value"))
        else {
            continue;
        };
        let always = matches!(value.kind(), "true" | "string");
        let state = match (text(key, source), value.kind()) {
            (_, "false" | "undefined" | "null") => continue,
            ("skip", _) if always => State::Skipped,
            ("todo", _) if always => State::Todo,
            ("skip" | "todo", _) => State::Conditional,
            ("only", _) if always => State::Focused,
            ("fails", _) if always => State::Inverted,
            _ => continue,
        };
        mark = Mark::new(state, pair.byte_range()).under(&mark);
    }
    mark
}

/// A name as the runner prints it where it is a literal, as written where it is computed.
fn title(node: Node<'_>, source: &str) -> String {
    let raw = text(node, source);
    match node.kind() {
        "string" => {
            let pieces = children(node).filter_map(|piece| match piece.kind() {
                "string_fragment" => Some(text(piece, source).to_owned()),
                "escape_sequence" => Some(unescaped(text(piece, source))),
                _ => None,
            });
            pieces.collect()
        }
        "template_string" => raw.trim_matches('`').to_owned(),
        _ => raw.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn unescaped(escape: &str) -> String {
    match escape {
        "\\n" => "\n".into(),
        "\\t" => "\t".into(),
        "\\'" | "\\\"" | "\\\\" | "\\`" => escape[1..].into(),
        _ => escape.into(),
    }
}

#[cfg(test)]
#[path = "javascript/facts.rs"]
mod facts;
