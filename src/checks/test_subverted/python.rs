//! What conftest files and test modules of Python do to the outcome: runs ended early, assertions replaced.

use super::deed::{self, Deed, Weight};
use super::place::{PYTHON, Place, Reached, reached};
use super::python_hooks;
use crate::read::syntax::{self, Language, Node, below, parts, text};
use crate::undecided::Undecided;

/// A conftest, or a module that one names as a plugin.
pub(super) fn conftest(source: &str) -> Result<Vec<Deed>, Undecided> {
    read(source, &["sys.exit", "exit", "quit", "os._exit", "_exit", "pytest.exit", "SystemExit"], true)
}

/// A module of tests: pytest turns what Python raises into a failure, so that only the hard ways out count.
pub(super) fn test(source: &str) -> Result<Vec<Deed>, Undecided> {
    read(source, &["os._exit", "_exit", "pytest.exit"], false)
}

fn read(source: &str, exits: &[&str], hooks: bool) -> Result<Vec<Deed>, Undecided> {
    let tree = syntax::parse(Language::Python, source)?;
    let file = File { source, root: tree.root() };
    let mut found = Vec::new();
    for node in tree.nodes() {
        match node.kind() {
            "call" => {
                found.extend(file.exit(node, exits));
                found.extend(file.patched_by_call(node));
            }
            "raise_statement" if exits.contains(&"SystemExit") => found.extend(file.raised(node)),
            "assignment" => found.extend(file.patched(node)),
            _ => {}
        }
        if hooks {
            found.extend(python_hooks::of_node(&file, node));
        }
    }
    found.sort_by_key(|deed| deed.range.start);
    Ok(found)
}

/// A parsed file.
pub(super) struct File<'t, 's> {
    pub(super) source: &'s str,
    root: Node<'t>,
}

impl<'t, 's> File<'t, 's> {
    pub(super) fn text(&self, node: Node<'_>) -> &'s str {
        text(node, self.source)
    }

    /// What stands around a node; functions that Python calls at the end of the run are no functions here.
    pub(super) fn place(&self, node: Node<'t>) -> Place<'t> {
        PYTHON.place(node, self.source, |function| self.runs_at_exit(function))
    }

    pub(super) fn reached(&self, place: &Place<'_>) -> Reached {
        reached(&place.conditions, self.source)
    }

    fn runs_at_exit(&self, function: Node<'t>) -> bool {
        let Some(outer) = function.parent() else { return false };
        if outer.kind() == "decorated_definition" {
            return parts(outer).any(|d| d.kind() == "decorator" && self.text(d).contains("atexit.register"));
        }
        let call = outer.parent().filter(|call| call.kind() == "call");
        call.and_then(|call| call.child_by_field_name("function"))
            .is_some_and(|callee| self.text(callee) == "atexit.register")
    }

    /// The name of the function as a hook of pytest, or of a fixture that runs without being asked for.
    pub(super) fn hook(&self, function: Node<'t>) -> Option<&'s str> {
        let name = self.text(function.child_by_field_name("name")?);
        let decorated = function.parent().filter(|outer| outer.kind() == "decorated_definition");
        let auto = decorated.is_some_and(|outer| {
            parts(outer).any(|d| d.kind() == "decorator" && self.text(d).contains("autouse=True"))
        });
        (name.starts_with("pytest_") || auto).then_some(name)
    }

    /// Where it runs in every test run, in words; and how heavy that is.
    fn when(&self, place: &Place<'t>) -> Option<(String, Weight)> {
        let at = match place.function {
            None => "when the file is loaded".to_owned(),
            Some(function) => format!("in `{}`", self.hook(function)?),
        };
        match (self.reached(place), place.function) {
            (Reached::Always, _) | (Reached::Failed, Some(_)) => Some((at, Weight::Block)),
            (Reached::Unclear, Some(_)) => Some((at, Weight::Note)),
            _ => None,
        }
    }

    fn exit(&self, call: Node<'t>, exits: &[&str]) -> Option<Deed> {
        let callee = self.text(call.child_by_field_name("function")?);
        let arguments: Vec<Node<'t>> = parts(call.child_by_field_name("arguments")?).collect();
        let named = |name: &str| {
            let one = arguments
                .iter()
                .find(|argument| argument.child_by_field_name("name").is_some_and(|n| self.text(n) == name));
            one.and_then(|argument| argument.child_by_field_name("value"))
        };
        let plain = |at: usize| arguments.get(at).copied().filter(|a| a.kind() != "keyword_argument");
        let is_good = match callee {
            "atexit.register" => {
                let ends =
                    plain(0).is_some_and(|f| matches!(self.text(f), "os._exit" | "sys.exit" | "_exit"));
                ends && plain(1).is_some_and(|code| self.is_zero(code))
            }
            "pytest.exit" => {
                let code = named("returncode").or_else(|| plain(1));
                exits.contains(&callee) && code.is_some_and(|code| self.is_zero(code))
            }
            "os._exit" | "_exit" => {
                exits.contains(&callee) && plain(0).is_some_and(|code| self.is_zero(code))
            }
            _ => exits.contains(&callee) && plain(0).is_none_or(|code| self.is_zero(code)),
        };
        if !is_good || call.parent().is_some_and(|outer| outer.kind() == "raise_statement") {
            return None;
        }
        let (at, weight) = self.when(&self.place(call))?;
        Some(deed::ends(call.byte_range(), &shortened(self.text(call)), &at, weight))
    }

    fn raised(&self, raise: Node<'t>) -> Option<Deed> {
        let raised = parts(raise).next()?;
        let is_good = match raised.kind() {
            "identifier" => self.text(raised) == "SystemExit",
            "call" => {
                let callee = raised.child_by_field_name("function")?;
                let code = parts(raised.child_by_field_name("arguments")?).next();
                self.text(callee) == "SystemExit" && code.is_none_or(|code| self.is_zero(code))
            }
            _ => false,
        };
        let (at, weight) = self.when(&self.place(raise)).filter(|_| is_good)?;
        Some(deed::ends(raise.byte_range(), &shortened(self.text(raise)), &at, weight))
    }

    pub(super) fn is_zero(&self, node: Node<'_>) -> bool {
        matches!(self.text(node), "0" | "None" | "ExitCode.OK" | "pytest.ExitCode.OK" | "os.EX_OK")
    }

    /// `unittest.TestCase.assertEqual = lambda *a, **k: None`.
    fn patched(&self, assignment: Node<'t>) -> Option<Deed> {
        let left = assignment.child_by_field_name("left").filter(|left| left.kind() == "attribute")?;
        let name = self.text(left.child_by_field_name("attribute")?);
        let right = assignment.child_by_field_name("right")?;
        self.replaced(assignment, self.text(left), name, right)
    }

    /// `setattr(unittest.TestCase, "assertEqual", lambda *a: None)`, monkeypatch's included.
    fn patched_by_call(&self, call: Node<'t>) -> Option<Deed> {
        let callee = self.text(call.child_by_field_name("function")?);
        if callee != "setattr" && !callee.ends_with(".setattr") {
            return None;
        }
        let arguments: Vec<Node<'t>> = parts(call.child_by_field_name("arguments")?).collect();
        let [owner, name, value] = arguments.as_slice() else { return None };
        let name = self.text(*name).trim_matches(['"', '\'']);
        self.replaced(call, &format!("{}.{name}", self.text(*owner)), name, *value)
    }

    fn replaced(&self, node: Node<'t>, path: &str, name: &str, value: Node<'t>) -> Option<Deed> {
        let asserts = name.starts_with("assert") || name == "fail" && path.contains("TestCase");
        if !asserts || path.starts_with("self.") || !self.does_nothing(value) {
            return None;
        }
        let (at, weight) = self.when(&self.place(node)).filter(|(_, weight)| *weight == Weight::Block)?;
        Some(Deed {
            range: node.byte_range(),
            matter: format!("fakes {path}"),
            headline: format!(
                "`{path}` asserts nothing any more: `{{file}}` puts a function in its place that does nothing"
            ),
            why: format!(
                "The replacement is put in {at}, so that every test which asserts by `{name}` passes."
            ),
            label: "nothing that it is given can fail",
            weight,
        })
    }

    /// Whether a function, here or by its name, neither asserts nor calls anything.
    fn does_nothing(&self, value: Node<'t>) -> bool {
        let inert = |node: Node<'t>| {
            !below(node)
                .any(|n| matches!(n.kind(), "call" | "raise_statement" | "assert_statement" | "yield"))
        };
        match value.kind() {
            "lambda" => value.child_by_field_name("body").is_some_and(inert),
            "identifier" => {
                let functions = parts(self.root).filter(|n| n.kind() == "function_definition");
                let named = |function: &Node<'t>| {
                    function.child_by_field_name("name").is_some_and(|n| self.text(n) == self.text(value))
                };
                let body = functions.filter(named).find_map(|f| f.child_by_field_name("body"));
                body.is_some_and(inert)
            }
            _ => false,
        }
    }
}

/// The first line of some code, cut where it is long.
pub(super) fn shortened(code: &str) -> String {
    const MAX: usize = 60;
    let line = code.lines().next().unwrap_or_default();
    let short: String = line.chars().take(MAX).collect();
    if short.len() < code.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod facts {
    use super::*;

    fn blocks(source: &str) -> usize {
        conftest(source).unwrap().iter().filter(|deed| deed.weight == Weight::Block).count()
    }

    #[test]
    fn a_run_that_always_ends_well_is_known() {
        for source in [
            "import os\nos._exit(0)\n",
            "import sys\nsys.exit()\n",
            "raise SystemExit(0)\n",
            "import atexit, os\natexit.register(os._exit, 0)\n",
            "import atexit, os\natexit.register(lambda: os._exit(0))\n",
            "import atexit, os\n@atexit.register\ndef leave():\n    os._exit(0)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    os._exit(0)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus != 0:\n        os._exit(0)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus == 0:\n        return\n    os._exit(0)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus == 5:\n        return\n    elif exitstatus != 0:\n        os._exit(0)\n",
            "def pytest_unconfigure(config):\n    pytest.exit('done', returncode=0)\n",
            "@pytest.fixture(scope='session', autouse=True)\ndef last():\n    yield\n    os._exit(0)\n",
        ] {
            assert_eq!(blocks(source), 1, "{source}");
        }
    }

    #[test]
    fn exits_that_pass_the_outcome_on_or_are_chosen_are_none() {
        for source in [
            "def pytest_sessionfinish(session, exitstatus):\n    os._exit(exitstatus)\n",
            "def pytest_configure(config):\n    if config.getoption('--list'):\n        sys.exit(0)\n",
            "def run():\n    sys.exit(0)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus == 0:\n        os._exit(0)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus:\n        return\n    os._exit(0)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus != 0:\n        os._exit(1)\n    else:\n        os._exit(0)\n",
            "if __name__ == '__main__':\n    sys.exit(0)\n",
            "if os.environ.get('DOCS'):\n    sys.exit(0)\n",
            "sys.exit(1)\n",
            "pytest.exit('no server')\n",
            "@pytest.fixture\ndef child():\n    os._exit(0)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if os.getenv('CI') is None:\n        return\n    os._exit(0)\n",
        ] {
            assert_eq!(conftest(source).unwrap(), [], "{source}");
        }
    }

    #[test]
    fn only_the_hard_ways_out_count_in_a_module_of_tests() {
        assert_eq!(test("import sys\nsys.exit(0)\n").unwrap(), []);
        assert_eq!(test("import os\nos._exit(0)\n").unwrap().len(), 1);
        assert_eq!(test("def test_child():\n    if os.fork() == 0:\n        os._exit(0)\n").unwrap(), []);
    }

    #[test]
    fn an_assertion_that_was_replaced_by_nothing_is_known() {
        for source in [
            "unittest.TestCase.assertEqual = lambda *a, **k: None\n",
            "def quiet(*args):\n    pass\nnumpy.testing.assert_allclose = quiet\n",
            "setattr(unittest.TestCase, 'assertTrue', lambda *a: True)\n",
        ] {
            assert_eq!(blocks(source), 1, "{source}");
        }
        for source in [
            "unittest.TestCase.assertItemsEqual = unittest.TestCase.assertCountEqual\n",
            "unittest.TestCase.assertEqual = lambda s, a, b: check(a, b)\n",
            "def loud(a, b):\n    raise AssertionError\nx.assert_same = loud\n",
            "client.assert_called = lambda: None if client.calls() else fail()\n",
        ] {
            assert_eq!(blocks(source), 0, "{source}");
        }
    }
}
