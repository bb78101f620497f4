//! Tests of pytest and unittest.

mod marks;

use crate::read::syntax::{Node, Tree, children, parts, text};
use crate::read::tests::{Lines, Mark, State, Test};

use marks::Names;

const BRANCHES: [&str; 5] =
    ["if_statement", "try_statement", "while_statement", "for_statement", "match_statement"];
const SET_UPS: [&str; 6] = ["setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class", "setup"];

enum Scope {
    Class(usize),
    Test(usize),
    /// A method that runs before every test of the class.
    SetUp(usize),
    Function,
    Branch,
}

/// The decorators above a definition.
struct Decorated {
    start: usize,
    definition: usize,
    mark: Mark,
}

struct Class {
    name: String,
    parent: Option<usize>,
    /// Whether its methods are collected.
    collected: bool,
    mark: Mark,
}

struct Reader<'a> {
    source: &'a str,
    names: Names<'a>,
    lines: Lines,
    scopes: Vec<(usize, Scope)>,
    /// The first stands for the module.
    classes: Vec<Class>,
    tests: Vec<(usize, Test)>,
    /// The first statement of the innermost body that matters: a skip there leaves nothing to run.
    first: Option<usize>,
    decorated: Option<Decorated>,
}

pub(super) fn inventory(tree: &Tree, source: &str) -> Vec<Test> {
    let module = Class { name: String::new(), parent: None, collected: true, mark: Mark::RUNS };
    let mut reader = Reader {
        source,
        names: Names::of(tree, source),
        lines: Lines::of(source),
        scopes: Vec::new(),
        classes: vec![module],
        tests: Vec::new(),
        first: None,
        decorated: None,
    };
    for node in tree.nodes() {
        while reader.scopes.last().is_some_and(|(end, _)| *end <= node.start_byte()) {
            reader.scopes.pop();
        }
        reader.take(node);
    }
    reader.finish()
}

impl Reader<'_> {
    fn take(&mut self, node: Node<'_>) {
        match node.kind() {
            "decorated_definition" => self.decorators(node),
            "class_definition" => self.class(node),
            "function_definition" => self.function(node),
            "assignment" => self.assignment(node),
            "call" | "raise_statement" => self.may_skip(node),
            "assert_statement" => self.assertion(),
            kind if BRANCHES.contains(&kind) => self.scopes.push((node.end_byte(), Scope::Branch)),
            _ => {}
        }
    }

    fn decorators(&mut self, node: Node<'_>) {
        let Some(definition) = node.child_by_field_name("definition") else { return };
        let decorators = children(node).filter(|n| n.kind() == "decorator").filter_map(|d| parts(d).next());
        let mark = decorators.fold(Mark::RUNS, |mark, d| self.names.mark(d, self.source).under(&mark));
        self.decorated =
            Some(Decorated { start: node.start_byte(), definition: definition.start_byte(), mark });
    }

    /// The mark on a definition, and the byte where it and its decorators start.
    fn own_mark(&mut self, node: Node<'_>) -> (Mark, usize) {
        let own = self.decorated.take().filter(|above| above.definition == node.start_byte());
        own.map_or((Mark::RUNS, node.start_byte()), |above| (above.mark, above.start))
    }

    /// The class that a definition stands in; nothing inside a function.
    fn owner(&self) -> Option<usize> {
        for (_, scope) in self.scopes.iter().rev() {
            match scope {
                Scope::Class(index) => return Some(*index),
                Scope::Branch => {}
                _ => return None,
            }
        }
        Some(0)
    }

    fn class(&mut self, node: Node<'_>) {
        let (mark, _) = self.own_mark(node);
        let name = node.child_by_field_name("name").map(|n| text(n, self.source)).unwrap_or_default();
        let Some(parent) = self.owner() else {
            self.scopes.push((node.end_byte(), Scope::Function));
            return;
        };
        let bases =
            node.child_by_field_name("superclasses").map(|n| text(n, self.source)).unwrap_or_default();
        let is_case = bases.contains("TestCase") || bases.contains("TestBase") || bases.ends_with("Tests)");
        let collected = self.classes[parent].collected && (name.starts_with("Test") || is_case);
        self.classes.push(Class { name: name.to_owned(), parent: Some(parent), collected, mark });
        self.scopes.push((node.end_byte(), Scope::Class(self.classes.len() - 1)));
    }

    fn function(&mut self, node: Node<'_>) {
        let own = self.own_mark(node);
        let name = node.child_by_field_name("name").map(|n| text(n, self.source)).unwrap_or_default();
        let owner = self.owner().filter(|owner| self.classes[*owner].collected);
        let statements =
            node.child_by_field_name("body").map(|b| statements(b, self.source)).unwrap_or_default();
        let scope = match owner {
            Some(owner) if name.starts_with("test") => {
                self.first = statements.iter().find(|s| !is_idle(**s)).map(Node::start_byte);
                self.tests.push((owner, self.test(node, name, &statements, own)));
                Scope::Test(self.tests.len() - 1)
            }
            Some(owner) if SET_UPS.contains(&name) => {
                self.first = statements.iter().find(|s| !is_idle(**s)).map(Node::start_byte);
                Scope::SetUp(owner)
            }
            _ => Scope::Function,
        };
        self.scopes.push((node.end_byte(), scope));
    }

    fn test(
        &self,
        node: Node<'_>,
        name: &str,
        statements: &[Node<'_>],
        (mark, start): (Mark, usize),
    ) -> Test {
        Test {
            name: vec![name.to_owned()],
            line: self.lines.at(node.start_byte()),
            end_line: self.lines.at(node.end_byte()),
            state: mark.state,
            range: start..node.end_byte(),
            assertions: 0,
            statements: statements.len(),
            marker: mark.at,
        }
    }

    /// `pytestmark = …` and `__test__ = False` of a module or class.
    fn assignment(&mut self, node: Node<'_>) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return;
        };
        let in_branch = matches!(self.scopes.last(), Some((_, Scope::Branch)));
        let Some(owner) = self.owner() else { return };
        let mark = match text(left, self.source) {
            "pytestmark" if matches!(right.kind(), "list" | "tuple") => {
                parts(right).fold(Mark::RUNS, |mark, item| self.names.mark(item, self.source).under(&mark))
            }
            "pytestmark" => self.names.mark(right, self.source),
            "__test__" if right.kind() == "false" => Mark::new(State::Skipped, node.byte_range()),
            _ => return,
        };
        let class = &mut self.classes[owner];
        class.mark = mark.in_branch(in_branch).under(&class.mark);
    }

    /// A call that skips: in a test's body, in a set-up, or at the level of the module.
    fn may_skip(&mut self, node: Node<'_>) {
        let Some(state) = self.names.skips(node, self.source) else {
            if node.kind() == "call" && marks::is_assertion(node, self.source) {
                self.assertion();
            }
            return;
        };
        let direct = self.first == Some(node.start_byte());
        let in_branch = matches!(self.scopes.last(), Some((_, Scope::Branch)));
        let always = if direct && !in_branch { state } else { State::Conditional };
        let owner = self.scopes.iter().rev().find(|(_, scope)| !matches!(scope, Scope::Branch));
        match owner.map(|(_, scope)| scope) {
            Some(Scope::Test(index)) => {
                let test = &mut self.tests[*index].1;
                if test.state == State::Runs {
                    (test.state, test.marker) = (always, Some(node.byte_range()));
                }
            }
            Some(Scope::SetUp(class)) => {
                let class = &mut self.classes[*class];
                class.mark = Mark::new(always, node.byte_range()).under(&class.mark);
            }
            None => {
                let module = &mut self.classes[0];
                module.mark = Mark::new(state, node.byte_range()).in_branch(in_branch).under(&module.mark);
            }
            _ => {}
        }
    }

    fn assertion(&mut self) {
        let test = self.scopes.iter().rev().find_map(|(_, scope)| match scope {
            Scope::Test(index) => Some(*index),
            _ => None,
        });
        if let Some(index) = test {
            self.tests[index].1.assertions += 1;
        }
    }

    fn finish(self) -> Vec<Test> {
        let classes = self.classes;
        let finish = |(owner, mut test): (usize, Test)| {
            let mut at = Some(owner);
            while let Some(class) = at.map(|index| &classes[index]) {
                if class.parent.is_some() {
                    test.name.insert(0, class.name.clone());
                }
                let mark = Mark { state: test.state, at: test.marker.clone() }.under(&class.mark);
                (test.state, test.marker) = (mark.state, mark.at);
                at = class.parent;
            }
            test
        };
        self.tests.into_iter().map(finish).collect()
    }
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
