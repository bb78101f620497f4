//! Tests of pytest and unittest.

mod assertions;
mod classes;
mod marks;

use std::collections::BTreeSet;

use crate::ids::RepoPath;
use crate::read::syntax::{Node, Tree, children, parts, text};
use crate::read::tests::assertion::{Assertion, normal};
use crate::read::tests::{Cases, Lines, Mark, State, Test};

use assertions::Surroundings;
use classes::Class;
use marks::Names;

const BRANCHES: [&str; 5] =
    ["if_statement", "try_statement", "match_statement", "conditional_expression", "except_clause"];
const LOOPS: [&str; 2] = ["while_statement", "for_statement"];
const SET_UPS: [&str; 6] = ["setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class", "setup"];

/// Which functions and classes pytest collects: prefixes, or globs where they hold `*`, `?` or `[`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conventions {
    pub(super) functions: Vec<String>,
    pub(super) classes: Vec<String>,
}

impl Default for Conventions {
    fn default() -> Self {
        Self { functions: vec!["test".to_owned()], classes: vec!["Test".to_owned()] }
    }
}

/// What holds for everything inside a node.
#[derive(Clone, Copy)]
struct Frame {
    end: usize,
    place: Place,
    /// Below the innermost class, test or function, something decides whether it runs.
    branch: bool,
    looped: bool,
    swallows: bool,
    /// `if False:`.
    never: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The first stands for the module.
    Class(usize),
    Test(usize),
    /// A method that runs before every test of the class.
    SetUp(usize),
    Function,
}

/// The decorators above a definition.
#[derive(Default)]
struct Decorated {
    start: usize,
    definition: usize,
    mark: Option<Mark>,
    tags: BTreeSet<String>,
    cases: Cases,
    is_fixture: bool,
}

struct Reader<'a> {
    path: &'a RepoPath,
    source: &'a str,
    rules: &'a Conventions,
    names: Names<'a>,
    around: Surroundings,
    lines: Lines,
    frames: Vec<Frame>,
    classes: Vec<Class>,
    /// With the class of each.
    tests: Vec<(usize, Test)>,
    /// The first statement of the innermost body that matters: a skip there leaves nothing to run.
    first: Option<usize>,
    decorated: Option<Decorated>,
}

pub(super) fn inventory(path: &RepoPath, tree: &Tree, source: &str, rules: &Conventions) -> Vec<Test> {
    let outermost = Frame {
        end: usize::MAX,
        place: Place::Class(0),
        branch: false,
        looped: false,
        swallows: false,
        never: false,
    };
    let mut reader = Reader {
        path,
        source,
        rules,
        names: Names::of(tree, source),
        around: Surroundings::of(tree, source),
        lines: Lines::of(source),
        frames: vec![outermost],
        classes: vec![Class::module()],
        tests: Vec::new(),
        first: None,
        decorated: None,
    };
    for node in tree.nodes() {
        while reader.frames.len() > 1 && reader.frame().end <= node.start_byte() {
            reader.frames.pop();
        }
        reader.take(node);
    }
    let (classes, tests, mocks) = (reader.classes, reader.tests, reader.around.mocks);
    let mut found = classes::collected(&classes, tests, rules);
    for test in &mut found {
        test.mocks =
            test.names.iter().filter(|n| n.starts_with("mock") || mocks.contains(*n)).cloned().collect();
    }
    found
}

impl Reader<'_> {
    fn frame(&self) -> Frame {
        *self.frames.last().expect("the module's own frame is never taken away")
    }

    fn inside(&mut self, node: Node<'_>, change: impl FnOnce(&mut Frame)) {
        let mut frame = self.frame();
        frame.end = node.end_byte();
        change(&mut frame);
        self.frames.push(frame);
    }

    fn enter(&mut self, node: Node<'_>, place: Place) {
        self.inside(node, |frame| {
            (frame.place, frame.branch, frame.looped, frame.swallows) = (place, false, false, false);
        });
    }

    fn take(&mut self, node: Node<'_>) {
        if let Place::Test(test) = self.frame().place {
            self.tests[test].1.mention(node, self.source);
        }
        match node.kind() {
            "decorated_definition" => self.decorators(node),
            "class_definition" => self.class(node),
            "function_definition" => self.function(node),
            "assignment" => self.assignment(node),
            "call" => {
                self.may_skip(node);
                self.call(node);
            }
            "raise_statement" => self.may_skip(node),
            "assert_statement" => self.assertion(node),
            "with_statement" if suppresses(node, self.source) => {
                self.inside(node, |frame| frame.swallows = true)
            }
            kind if BRANCHES.contains(&kind) => {
                let swallows = kind == "try_statement" && lets_pass(node, self.source);
                let condition = node.child_by_field_name("condition").filter(|_| kind == "if_statement");
                let never = condition.is_some_and(|c| {
                    matches!(text(c, self.source), "False" | "0" | "TYPE_CHECKING" | "typing.TYPE_CHECKING")
                });
                let always = condition.is_some_and(|c| matches!(text(c, self.source), "True" | "1"));
                self.inside(node, |frame| frame.branch |= kind != "try_statement" && !always);
                if kind == "try_statement" {
                    // Only what it imports or tries may decide; a skip in it stands in a branch all the same.
                    self.frames.last_mut().expect("just pushed").branch = true;
                    if let Some(body) = node.child_by_field_name("body").filter(|_| swallows) {
                        self.inside(body, |frame| frame.swallows = true);
                    }
                }
                if let Some(body) = node.child_by_field_name("consequence").filter(|_| never) {
                    self.inside(body, |frame| frame.never = true);
                }
            }
            kind if LOOPS.contains(&kind) => self.inside(node, |frame| {
                frame.branch = true;
                frame.looped = true;
            }),
            _ => {}
        }
    }

    fn decorators(&mut self, node: Node<'_>) {
        let Some(definition) = node.child_by_field_name("definition") else { return };
        let mut above = Decorated {
            start: node.start_byte(),
            definition: definition.start_byte(),
            ..Decorated::default()
        };
        let mut mark = Mark::RUNS;
        for decorator in children(node).filter(|n| n.kind() == "decorator").filter_map(|d| parts(d).next()) {
            mark = self.names.mark(decorator, self.source).under(&mark);
            above.tags.extend(self.names.tag(decorator, self.source));
            if let Some(cases) = self.names.cases(decorator, self.source) {
                above.cases = cases;
            }
            above.is_fixture |= self.names.is_fixture(decorator, self.source);
        }
        above.mark = Some(mark);
        self.decorated = Some(above);
    }

    /// What stands above a definition.
    fn above(&mut self, node: Node<'_>) -> Decorated {
        let own = self.decorated.take().filter(|above| above.definition == node.start_byte());
        own.unwrap_or_else(|| Decorated { start: node.start_byte(), ..Decorated::default() })
    }

    fn class(&mut self, node: Node<'_>) {
        let above = self.above(node);
        let name = node.child_by_field_name("name").map(|n| text(n, self.source)).unwrap_or_default();
        let Place::Class(parent) = self.frame().place else {
            self.enter(node, Place::Function);
            return;
        };
        let bases = node.child_by_field_name("superclasses").into_iter().flat_map(parts);
        let bases = bases.filter(|b| b.kind() != "keyword_argument").map(|b| text(b, self.source).to_owned());
        let mut class = Class::new(name, parent, bases.collect());
        class.mark = above.mark.unwrap_or(Mark::RUNS).in_branch(self.frame().branch);
        class.tags = above.tags;
        class.never = self.frame().never;
        class.is_computed = above.cases != Cases::One;
        self.classes.push(class);
        self.enter(node, Place::Class(self.classes.len() - 1));
    }

    fn function(&mut self, node: Node<'_>) {
        let above = self.above(node);
        let name = node.child_by_field_name("name").map(|n| text(n, self.source)).unwrap_or_default();
        let body = node.child_by_field_name("body");
        let statements = body.map(|b| statements(b, self.source)).unwrap_or_default();
        let place = match self.frame().place {
            Place::Class(owner) if SET_UPS.contains(&name) => {
                self.first = statements.iter().find(|s| !is_idle(**s)).map(Node::start_byte);
                Place::SetUp(owner)
            }
            Place::Class(owner) if !above.is_fixture && self.may_be_test(name) => {
                self.first = statements.iter().find(|s| !is_idle(**s)).map(Node::start_byte);
                let range = above.start..node.end_byte();
                let mark = above.mark.unwrap_or(Mark::RUNS);
                let mut test = Test::at(self.path, vec![name.to_owned()], range, mark);
                (test.line, test.end_line) =
                    (self.lines.at(node.start_byte()), self.lines.at(node.end_byte()));
                test.body = body.map_or(node.end_byte()..node.end_byte(), |b| b.byte_range());
                test.statements = statements.len();
                test.tags = above.tags;
                test.cases = if self.frame().looped { Cases::Computed } else { above.cases };
                if self.frame().never {
                    (test.state, test.marker) = (State::Unselected, None);
                }
                self.tests.push((owner, test));
                Place::Test(self.tests.len() - 1)
            }
            Place::Class(owner) if name == "__init__" => {
                self.classes[owner].has_init = true;
                Place::Function
            }
            Place::Test(test) => return self.inside(node, |frame| frame.place = Place::Test(test)),
            _ => Place::Function,
        };
        self.enter(node, place);
    }

    fn may_be_test(&self, name: &str) -> bool {
        name.starts_with("test") || classes::is_match(&self.rules.functions, name)
    }

    /// `pytestmark = …` and `__test__ = False` of a module or class.
    fn assignment(&mut self, node: Node<'_>) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return;
        };
        let Place::Class(owner) = self.frame().place else { return };
        let mark = match text(left, self.source) {
            "pytestmark" => {
                let items: Vec<Node<'_>> = match right.kind() {
                    "list" | "tuple" => parts(right).collect(),
                    _ => vec![right],
                };
                let tags = items.iter().flat_map(|item| self.names.tag(*item, self.source));
                let tags: Vec<String> = tags.collect();
                self.classes[owner].tags.extend(tags);
                items
                    .into_iter()
                    .fold(Mark::RUNS, |mark, item| self.names.mark(item, self.source).under(&mark))
            }
            "__test__" if right.kind() == "false" => Mark::new(State::Unselected, node.byte_range()),
            "__test__" if right.kind() == "true" => {
                self.classes[owner].is_test = Some(true);
                return;
            }
            written => {
                let function = written.strip_suffix(".__test__").filter(|_| right.kind() == "false");
                let test = self.tests.iter_mut().rev().find(|(_, t)| Some(t.name[0].as_str()) == function);
                if let Some((_, test)) = test {
                    (test.state, test.marker) = (State::Unselected, Some(node.byte_range()));
                }
                return;
            }
        };
        let branch = self.frame().branch;
        let class = &mut self.classes[owner];
        if mark.state == State::Unselected {
            class.is_test = Some(false);
        }
        class.mark = mark.in_branch(branch).under(&class.mark);
    }

    /// A call that skips: in a test's body, in a set-up, or at the level of the module.
    fn may_skip(&mut self, node: Node<'_>) {
        if node.kind() == "raise_statement"
            && let Place::Test(test) = self.frame().place
        {
            self.tests[test].1.implicit += 1;
        }
        let Some(state) = self.names.skips(node, self.source) else { return };
        let frame = self.frame();
        let direct = self.first == Some(node.start_byte());
        let always = if direct && !frame.branch { state } else { State::Conditional };
        match frame.place {
            Place::Test(index) => {
                let test = &mut self.tests[index].1;
                if test.state == State::Runs {
                    (test.state, test.marker) = (always, Some(node.byte_range()));
                }
            }
            Place::SetUp(class) => {
                let class = &mut self.classes[class];
                class.mark = Mark::new(always, node.byte_range()).under(&class.mark);
            }
            Place::Class(0) => {
                // Then pytest does not even collect the module's tests.
                let state = if state == State::Skipped { State::Unselected } else { state };
                let needed = self.names.needed_import(node, self.source).filter(|_| !frame.branch);
                let module = &mut self.classes[0];
                module.tags.extend(needed);
                module.mark = Mark::new(state, node.byte_range()).in_branch(frame.branch).under(&module.mark);
            }
            _ => {}
        }
    }

    fn call(&mut self, node: Node<'_>) {
        let Place::Test(test) = self.frame().place else { return };
        if let Some(function) = node.child_by_field_name("function") {
            self.tests[test].1.call(function, self.source);
            if matches!(text(function, self.source), "pytest.fail" | "self.fail") {
                self.tests[test].1.implicit += 1;
            }
        }
        self.assertion(node);
    }

    fn assertion(&mut self, node: Node<'_>) {
        let Place::Test(test) = self.frame().place else { return };
        let Some(demand) = assertions::read(node, self.source, &self.around) else { return };
        let (swallowed, conditional) = (self.frame().swallows, self.frame().branch);
        self.tests[test].1.assertions.push(Assertion {
            line: self.lines.at(node.start_byte()),
            range: node.byte_range(),
            strength: demand.strength,
            text: normal(text(node, self.source)),
            subject: demand.subject,
            expected: demand.expected,
            tolerance: demand.tolerance,
            floats: false,
            swallowed,
            conditional,
        });
    }
}

/// Whether a `try` takes a failed assertion and goes on as if nothing had happened.
fn lets_pass(node: Node<'_>, source: &str) -> bool {
    const TELLS: [&str; 7] = ["raise", "assert", "fail", "skip", "exit", "xfail", "errors.append"];
    parts(node).filter(|part| part.kind() == "except_clause").any(|clause| {
        let Some(body) = parts(clause).find(|n| n.kind() == "block") else { return false };
        let caught = source.get(clause.start_byte()..body.start_byte()).unwrap_or_default();
        let caught = caught.trim_start_matches("except").trim_start_matches('*').split(" as ").next();
        let caught = caught.unwrap_or_default().trim().trim_end_matches(':').trim();
        let catches = caught.is_empty()
            || caught
                .split(|c: char| !c.is_alphanumeric())
                .any(|n| matches!(n, "AssertionError" | "Exception" | "BaseException"));
        catches && !TELLS.iter().any(|word| text(body, source).contains(word))
    })
}

/// `with contextlib.suppress(Exception):`.
fn suppresses(node: Node<'_>, source: &str) -> bool {
    let Some(body) = node.child_by_field_name("body") else { return false };
    let head = source.get(node.start_byte()..body.start_byte()).unwrap_or_default();
    let suppressed = head.split("suppress(").nth(1).unwrap_or_default();
    suppressed.contains("AssertionError") || suppressed.split([',', ')']).any(|n| n.trim() == "Exception")
}

/// The statements of a body; docstring, `pass` and `...` are none.
fn statements<'t>(body: Node<'t>, source: &str) -> Vec<Node<'t>> {
    let idle = |node: &Node<'_>| match node.kind() {
        "pass_statement" => true,
        "expression_statement" => {
            parts(*node).next().is_some_and(|n| matches!(n.kind(), "string" | "ellipsis"))
                || text(*node, source) == "..."
        }
        _ => false,
    };
    parts(body).filter(|node| !idle(node)).collect()
}

/// Statements that do nothing a skip behind them could not undo.
fn is_idle(statement: Node<'_>) -> bool {
    match statement.kind() {
        "import_statement" | "import_from_statement" | "global_statement" => true,
        "expression_statement" => parts(statement).next().is_some_and(|n| n.kind() == "assignment"),
        _ => false,
    }
}

#[cfg(test)]
#[path = "python/facts.rs"]
mod facts;
