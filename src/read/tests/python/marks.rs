//! What decorators, marks and calls of pytest and unittest say, under whatever name they were imported.

use std::collections::HashMap;

use crate::read::syntax::{Node, Tree, parts, text};
use crate::read::tests::{Cases, Mark, State};

/// What the module calls things.
pub(super) struct Names<'a> {
    /// A local name and the full one behind it.
    imported: HashMap<&'a str, String>,
    /// Marks that the module gave a name.
    marks: HashMap<&'a str, State>,
}

impl<'a> Names<'a> {
    pub(super) fn of(tree: &Tree, source: &'a str) -> Self {
        let mut names = Self { imported: HashMap::new(), marks: HashMap::new() };
        let mut nodes = tree.nodes();
        while let Some(node) = nodes.next() {
            match node.kind() {
                "import_statement" => names.import(node, "", source),
                "import_from_statement" => {
                    let module =
                        node.child_by_field_name("module_name").map(|n| text(n, source)).unwrap_or_default();
                    names.import(node, module, source);
                }
                "assignment" => names.assign(node, source),
                "function_definition" => nodes.skip_children(),
                _ => {}
            }
        }
        names
    }

    fn import(&mut self, node: Node<'_>, module: &str, source: &'a str) {
        if !module.is_empty() && !module.starts_with("pytest") && !module.starts_with("unittest") {
            return;
        }
        for part in parts(node).filter(|p| p.kind() == "aliased_import" || p.kind() == "dotted_name") {
            let name = part.child_by_field_name("name").unwrap_or(part);
            let local = part.child_by_field_name("alias").unwrap_or(part);
            let full = text(name, source);
            if full == module {
                continue;
            }
            let full = if module.is_empty() { full.to_owned() } else { format!("{module}.{full}") };
            self.imported.insert(text(local, source), full);
        }
    }

    fn assign(&mut self, node: Node<'_>, source: &'a str) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return;
        };
        let state = self.mark(right, source).state;
        if left.kind() == "identifier" && state != State::Runs {
            self.marks.insert(text(left, source), state);
        }
    }

    /// The full dotted name of an expression, if it is one.
    fn full(&self, node: Node<'_>, source: &str) -> String {
        let written = text(node, source);
        let (first, rest) = written.split_at(written.find('.').unwrap_or(written.len()));
        match self.imported.get(first) {
            Some(full) => format!("{full}{rest}"),
            None => written.to_owned(),
        }
    }

    /// What a decorator or an item of `pytestmark` does to a test.
    pub(super) fn mark(&self, node: Node<'_>, source: &str) -> Mark {
        let arguments = node.child_by_field_name("arguments").filter(|_| node.kind() == "call");
        let function = if node.kind() == "call" { node.child_by_field_name("function") } else { Some(node) };
        let Some(function) = function.filter(|f| matches!(f.kind(), "identifier" | "attribute")) else {
            return Mark::RUNS;
        };
        if let Some(state) = self.marks.get(text(function, source)) {
            return Mark::new(*state, node.byte_range());
        }
        let full = self.full(function, source);
        let first = arguments.and_then(|a| parts(a).next()).filter(|a| a.kind() != "keyword_argument");
        let state = match full.as_str() {
            "unittest.skip" | "unittest.case.skip" | "pytest.mark.skip" => State::Skipped,
            "unittest.expectedFailure" => State::Inverted,
            "unittest.skipIf" | "pytest.mark.skipif" => when(first, "true"),
            "unittest.skipUnless" => when(first, "false"),
            "pytest.mark.xfail" => xfail(arguments, first, source),
            _ => return Mark::RUNS,
        };
        Mark::new(state, node.byte_range())
    }

    /// The full name of what a decorator or mark is, without its arguments.
    fn named(&self, node: Node<'_>, source: &str) -> String {
        let function = if node.kind() == "call" { node.child_by_field_name("function") } else { None };
        self.full(function.unwrap_or(node), source)
    }

    /// The name of a mark, by which `-m` selects.
    pub(super) fn tag(&self, node: Node<'_>, source: &str) -> Option<String> {
        let named = self.named(node, source);
        named.strip_prefix("pytest.mark.").map(|tag| tag.split('.').next().unwrap_or(tag).to_owned())
    }

    /// How often a table of parameters makes a test run.
    pub(super) fn cases(&self, node: Node<'_>, source: &str) -> Option<Cases> {
        let named = self.named(node, source);
        let last = named.rsplit('.').next().unwrap_or_default();
        if !matches!(
            last,
            "parametrize" | "expand" | "data" | "given" | "parameterized" | "parameterized_class"
        ) {
            return None;
        }
        let table = node.child_by_field_name("arguments").into_iter().flat_map(parts);
        let table = table.filter(|n| matches!(n.kind(), "list" | "tuple")).last();
        Some(match table {
            Some(table) if parts(table).all(|row| row.kind() != "list_splat") => {
                Cases::Table(parts(table).count())
            }
            _ => Cases::Computed,
        })
    }

    /// The module without which the tests are not even collected, as a tag: `import=numpy`.
    pub(super) fn needed_import(&self, call: Node<'_>, source: &str) -> Option<String> {
        if self.named(call, source) != "pytest.importorskip" {
            return None;
        }
        let named = parts(call.child_by_field_name("arguments")?).next().filter(|n| n.kind() == "string")?;
        let module = text(named, source).trim_matches(['"', '\'']);
        Some(format!("import={}", module.split('.').next().unwrap_or(module)))
    }

    pub(super) fn is_fixture(&self, node: Node<'_>, source: &str) -> bool {
        let named = self.named(node, source);
        matches!(named.as_str(), "pytest.fixture" | "pytest_asyncio.fixture" | "fixture" | "property")
    }

    /// What a call or `raise` does to the test in whose body it stands; nothing where it does not skip.
    pub(super) fn skips(&self, node: Node<'_>, source: &str) -> Option<State> {
        let subject = match node.kind() {
            "raise_statement" => parts(node).next()?,
            _ => node,
        };
        let function =
            if subject.kind() == "call" { subject.child_by_field_name("function")? } else { subject };
        match (node.kind(), self.full(function, source).as_str()) {
            ("raise_statement", "unittest.SkipTest" | "unittest.case.SkipTest" | "pytest.skip.Exception") => {
                Some(State::Skipped)
            }
            ("call", "pytest.skip" | "self.skipTest") => Some(State::Skipped),
            ("call", "pytest.xfail") => Some(State::Tolerated),
            ("call", "pytest.importorskip") => Some(State::Conditional),
            _ => None,
        }
    }
}

fn when(condition: Option<Node<'_>>, always: &str) -> State {
    if condition.is_some_and(|c| c.kind() == always) { State::Skipped } else { State::Conditional }
}

fn xfail(arguments: Option<Node<'_>>, first: Option<Node<'_>>, source: &str) -> State {
    let is = |name: &str, value: &str| {
        arguments.into_iter().flat_map(parts).any(|argument| {
            let field = |field| argument.child_by_field_name(field).map(|n| text(n, source));
            argument.kind() == "keyword_argument"
                && field("name") == Some(name)
                && (value.is_empty() || field("value") == Some(value))
        })
    };
    match first {
        Some(condition) if condition.kind() != "true" => State::Conditional,
        None if is("condition", "") && !is("condition", "True") => State::Conditional,
        _ if is("run", "False") => State::Skipped,
        _ if is("strict", "True") => State::Inverted,
        _ => State::Tolerated,
    }
}
