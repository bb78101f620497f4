//! Tests of JavaScript and TypeScript: jest, vitest, mocha, `node:test`, Playwright, `Deno.test`, `bun:test`.

mod assertions;
mod callee;
mod surroundings;

use crate::ids::RepoPath;
use crate::read::syntax::{Node, Tree, children, parts, text};
use crate::read::tests::assertion::{Assertion, normal};
use crate::read::tests::{Cases, Lines, Mark, State, Test, silence};

use assertions::Surroundings;
use callee::{Callee, Kind, Names};

const BRANCHES: [&str; 5] =
    ["if_statement", "ternary_expression", "switch_statement", "catch_clause", "conditional_type"];
const LOOPS: [&str; 4] = ["for_statement", "for_in_statement", "while_statement", "do_statement"];
const FUNCTIONS: [&str; 4] =
    ["arrow_function", "function_expression", "generator_function", "function_declaration"];

/// What holds for everything inside a node.
#[derive(Clone)]
struct Frame {
    end: usize,
    suite: usize,
    test: Option<usize>,
    /// Below the last suite or test, something decides whether it runs.
    branch: bool,
    looped: bool,
    swallows: bool,
}

struct Suite {
    name: String,
    parent: Option<usize>,
    mark: Mark,
}

/// A test with what is known of it while its file is read.
struct Draft {
    test: Test,
    suite: usize,
    /// The test whose body it stands in.
    within: Option<usize>,
    /// The start of the first statement of its body.
    first: Option<usize>,
    /// What it calls its context: `t`.
    context: String,
}

struct Reader<'a> {
    path: &'a RepoPath,
    source: &'a str,
    names: Names<'a>,
    around: Surroundings,
    lines: Lines,
    /// The innermost last.
    frames: Vec<Frame>,
    /// The first stands for the file.
    suites: Vec<Suite>,
    tests: Vec<Draft>,
    /// The expression that is a statement of its own.
    statement: Option<(usize, usize)>,
    /// Behind this byte the assertion that was read last is over.
    asserted: usize,
}

pub(super) fn inventory(path: &RepoPath, tree: &Tree, source: &str) -> Vec<Test> {
    let file = Suite { name: String::new(), parent: None, mark: Mark::RUNS };
    let outermost =
        Frame { end: usize::MAX, suite: 0, test: None, branch: false, looped: false, swallows: false };
    let mut reader = Reader {
        path,
        source,
        names: Names::of(tree, source),
        around: surroundings::of(tree, source),
        lines: Lines::of(source),
        frames: vec![outermost],
        suites: vec![file],
        tests: Vec::new(),
        statement: None,
        asserted: 0,
    };
    for node in tree.nodes() {
        while reader.frames.len() > 1 && reader.frame().end <= node.start_byte() {
            reader.frames.pop();
        }
        reader.take(node);
    }
    reader.finish()
}

fn is_short_circuit(node: Node<'_>) -> bool {
    node.kind() == "binary_expression"
        && node.child_by_field_name("operator").is_some_and(|o| matches!(o.kind(), "&&" | "||" | "??"))
}

/// Whether a handler lets a failure pass: it neither throws nor asserts nor hands the error on.
fn lets_pass(handler: Node<'_>, source: &str) -> bool {
    const TELLS: [&str; 9] =
        ["throw", "expect", "assert", "fail", "reject", "done", "should", "process.exit", "next("];
    let body = text(handler, source);
    !TELLS.iter().any(|word| body.contains(word))
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
    fn frame(&self) -> &Frame {
        self.frames.last().expect("the file's own frame is never taken away")
    }

    fn inside(&mut self, node: Node<'_>, change: impl FnOnce(&mut Frame)) {
        let mut frame = self.frame().clone();
        frame.end = node.end_byte();
        change(&mut frame);
        self.frames.push(frame);
    }

    fn take(&mut self, node: Node<'_>) {
        if let Some(test) = self.frame().test {
            self.tests[test].test.mention(node, self.source);
        }
        match node.kind() {
            "call_expression" => self.call(node),
            "expression_statement" => {
                let Some(only) = parts(node).next() else { return };
                self.statement = Some((only.start_byte(), only.end_byte()));
                if only.kind() == "member_expression" {
                    self.assertion(only);
                }
            }
            "try_statement" => {
                let swallows = node.child_by_field_name("handler").is_some_and(|h| lets_pass(h, self.source));
                if let Some(body) = node.child_by_field_name("body").filter(|_| swallows) {
                    self.inside(body, |frame| frame.swallows = true);
                }
            }
            "throw_statement" => {
                if let Some(test) = self.frame().test {
                    self.tests[test].test.implicit += 1;
                }
            }
            kind if BRANCHES.contains(&kind) || is_short_circuit(node) => {
                self.inside(node, |frame| frame.branch = true);
            }
            kind if LOOPS.contains(&kind) => self.inside(node, |frame| frame.looped = true),
            _ => {}
        }
    }

    fn call(&mut self, node: Node<'_>) {
        let Some(function) = node.child_by_field_name("function") else { return };
        if self.skips_from_within(node, function) {
            return;
        }
        let Some(callee) = self.names.resolve(function, self.source) else {
            if self.is_subtest(function) {
                let callee = Callee::plain_test();
                return self.test(node, &callee, &arguments(node));
            }
            self.plain_call(node, function);
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

    fn plain_call(&mut self, node: Node<'_>, function: Node<'_>) {
        let repeats = function.child_by_field_name("property").map(|p| text(p, self.source));
        if let Some(test) = self.frame().test {
            self.tests[test].test.call(function, self.source);
            self.assertion(node);
        }
        if matches!(repeats, Some("forEach" | "map")) {
            self.inside(node, |frame| frame.looped = true);
        }
    }

    /// `t.test(…)` in the body of a test whose context is called `t`.
    fn is_subtest(&self, function: Node<'_>) -> bool {
        let Some(test) = self.frame().test else { return false };
        let context = &self.tests[test].context;
        !context.is_empty()
            && text(function, self.source).strip_suffix(".test").is_some_and(|root| root == context)
    }

    fn suite(&mut self, node: Node<'_>, callee: &Callee, arguments: &Arguments<'_>) {
        let name = arguments.name.map(|name| title(name, self.source)).unwrap_or_default();
        let mark = self.mark(callee, arguments);
        self.suites.push(Suite { name, parent: Some(self.frame().suite), mark });
        let suite = self.suites.len() - 1;
        let repeats = callee.cases != Cases::One;
        self.inside(node, |frame| {
            (frame.suite, frame.test, frame.branch, frame.swallows) = (suite, None, false, false);
            frame.looped |= repeats;
        });
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
        let first = statements.iter().find(|s| !is_idle(**s)).map(Node::start_byte);
        let mut test = Test::at(self.path, vec![title(name, self.source)], node.byte_range(), mark);
        test.body = body.map_or(node.end_byte()..node.end_byte(), |body| body.byte_range());
        test.statements = if block.is_some() { statements.len() } else { 1 };
        test.cases = if self.frame().looped { Cases::Computed } else { callee.cases };
        let context = arguments.function.map(|f| context(f, self.source)).unwrap_or_default();
        let (suite, within) = (self.frame().suite, self.frame().test);
        self.tests.push(Draft { test, suite, within, first, context });
        let test = self.tests.len() - 1;
        self.inside(node, |frame| {
            (frame.test, frame.branch, frame.looped, frame.swallows) = (Some(test), false, false, false);
        });
    }

    fn mark(&self, callee: &Callee, arguments: &Arguments<'_>) -> Mark {
        let by_name = callee.mark.clone();
        let by_options = arguments.options.map_or(Mark::RUNS, |options| option_mark(options, self.source));
        by_name.under(&by_options).in_branch(self.frame().branch || callee.in_branch)
    }

    /// `test.skip()`, `test.skip(cond, why)`: said of whatever it stands in.
    fn note(&mut self, node: Node<'_>, condition: Option<Node<'_>>) {
        let always = condition.is_none_or(|c| c.kind() == "true");
        let state = if always { State::Skipped } else { State::Conditional };
        let mark = Mark::new(state, node.byte_range()).in_branch(self.frame().branch);
        match self.frame().test {
            Some(test) => self.mark_test(test, node, mark),
            None => {
                let here = self.frame().suite;
                let suite = &mut self.suites[here];
                suite.mark = mark.under(&suite.mark);
            }
        }
    }

    /// `this.skip()`, `t.skip()`, `ctx.skip()` in a test's body.
    fn skips_from_within(&mut self, node: Node<'_>, function: Node<'_>) -> bool {
        let Some(test) = self.frame().test else { return false };
        let callee = text(function, self.source);
        let bare = callee == "skip" && self.names.is_free("skip");
        let of_context = callee
            .strip_suffix(".skip")
            .or_else(|| callee.strip_suffix(".todo"))
            .is_some_and(|root| !root.is_empty() && root == self.tests[test].context);
        let known = matches!(callee, "this.skip" | "t.skip" | "ctx.skip" | "context.skip" | "t.todo");
        if !bare && !of_context && !known {
            return false;
        }
        let condition = parts_of_arguments(node).next();
        let always = condition.is_none_or(|c| matches!(c.kind(), "string" | "template_string" | "true"));
        let state = match always {
            true if callee.ends_with(".todo") => State::Todo,
            true => State::Skipped,
            false => State::Conditional,
        };
        self.mark_test(test, node, Mark::new(state, node.byte_range()));
        true
    }

    /// A skip that something precedes is the run's decision.
    fn mark_test(&mut self, test: usize, node: Node<'_>, mut mark: Mark) {
        let draft = &mut self.tests[test];
        if draft.first != Some(node.start_byte()) && matches!(mark.state, State::Skipped | State::Todo) {
            mark.state = State::Conditional;
        }
        if draft.test.state == State::Runs {
            (draft.test.state, draft.test.marker) = (mark.state, mark.at);
        }
    }

    fn assertion(&mut self, node: Node<'_>) {
        let Some(test) = self.frame().test else { return };
        if node.start_byte() < self.asserted {
            return;
        }
        let Some(demand) = assertions::read(node, self.source, &self.around) else { return };
        let is_statement = self.statement == Some((node.start_byte(), node.end_byte()));
        let (swallowed, conditional) = (self.frame().swallows, self.frame().branch);
        let callee_end = node.child_by_field_name("function").map_or(node.end_byte(), |f| f.end_byte());
        self.asserted = callee_end;
        self.tests[test].test.assertions.push(Assertion {
            line: self.lines.at(node.start_byte()),
            range: node.byte_range(),
            strength: demand.strength,
            text: normal(text(node, self.source)),
            subject: demand.subject,
            expected: demand.expected,
            tolerance: demand.tolerance,
            floats: demand.is_promise && is_statement,
            swallowed,
            conditional,
        });
    }

    fn finish(self) -> Vec<Test> {
        let suites = self.suites;
        let mocks = self.around.mocks;
        let mut done: Vec<Test> = Vec::with_capacity(self.tests.len());
        for Draft { mut test, suite, within, .. } in self.tests {
            let mut at = Some(suite);
            if let Some(outer) = within.map(|outer| &done[outer]) {
                let mark = test.mark().under(&outer.mark());
                (test.state, test.marker) = (mark.state, mark.at);
                test.name.splice(0..0, outer.name.iter().cloned());
                at = None;
            }
            while let Some(suite) = at.map(|index| &suites[index]) {
                if suite.parent.is_some() {
                    test.name.insert(0, suite.name.clone());
                }
                let mark = test.mark().under(&suite.mark);
                (test.state, test.marker) = (mark.state, mark.at);
                at = suite.parent;
            }
            test.mocks = test.names.intersection(&mocks).cloned().collect();
            (test.line, test.end_line) = (self.lines.at(test.range.start), self.lines.at(test.range.end));
            done.push(test);
        }
        // Node.js heeds a focus only where the command says `--test-only`.
        if !self.source.contains("node:test") {
            silence(&mut done);
        }
        done
    }
}

/// What a test's function calls its first parameter.
fn context(function: Node<'_>, source: &str) -> String {
    let first = function.child_by_field_name("parameter").or_else(|| {
        let first = parts(function.child_by_field_name("parameters")?).next()?;
        Some(first.child_by_field_name("pattern").unwrap_or(first))
    });
    first.filter(|n| n.kind() == "identifier").map(|n| text(n, source).to_owned()).unwrap_or_default()
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
        // What a class or function is called is its title; any other name stands for what only the run can tell.
        "identifier" if raw.starts_with(char::is_uppercase) => raw.to_owned(),
        "identifier" | "member_expression" | "subscript_expression" | "call_expression" => {
            format!("${{{}}}", normal(raw))
        }
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
