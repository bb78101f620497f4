//! Hooks of pytest that rewrite what a test or the run came to, or keep tests from running.

use super::deed::{Deed, Weight};
use super::place::Reached;
use super::python::{File, shortened};
use crate::read::syntax::{Node, below, parts};

/// What a node does to the outcome, where it stands in a hook.
pub(super) fn of_node<'t>(file: &File<'t, '_>, node: Node<'t>) -> Option<Deed> {
    match node.kind() {
        "assignment" => rewritten(file, node),
        "call" => forced(file, node).or_else(|| marked(file, node)).or_else(|| emptied_by_call(file, node)),
        "delete_statement" => emptied(file, node, parts(node).next()?),
        "try_statement" => swallowed(file, node),
        "function_definition" => replaced(file, node),
        _ => None,
    }
}

/// The hook around a node, with what the conditions between them come to.
fn hook<'s, 't>(file: &File<'t, 's>, node: Node<'t>) -> Option<(&'s str, Reached)> {
    let place = file.place(node);
    let name = file.hook(place.function?).filter(|name| name.starts_with("pytest_"))?;
    Some((name, file.reached(&place)))
}

fn weight(reached: Reached) -> Option<Weight> {
    match reached {
        Reached::Always | Reached::Failed => Some(Weight::Block),
        Reached::Unclear => Some(Weight::Note),
        Reached::Chosen => None,
    }
}

/// `report.outcome = "passed"`, `session.exitstatus = 0`, `call.excinfo = None`, `items[:] = []`.
fn rewritten<'t>(file: &File<'t, '_>, assignment: Node<'t>) -> Option<Deed> {
    let left = assignment.child_by_field_name("left")?;
    let right = assignment.child_by_field_name("right")?;
    if left.kind() == "subscript" && file.text(right) == "[]" {
        return emptied(file, assignment, left);
    }
    let attribute = file.text(left.child_by_field_name("attribute").filter(|_| left.kind() == "attribute")?);
    let value = file.text(right).trim_matches(['"', '\'']);
    let what = match (attribute, value) {
        ("outcome", "passed") => "rewrites failed tests as passed",
        ("outcome", "skipped") => "rewrites failed tests as skipped",
        ("exitstatus", _) if file.is_zero(right) => "ends the run as a success",
        ("excinfo", "None") => "takes the failure away from tests that failed",
        ("testsfailed", "0") => "sets the number of failed tests to none",
        _ => return None,
    };
    let (name, reached) = hook(file, assignment)?;
    // Tests that fail for want of a service are often skipped so.
    let is_doubtful =
        value == "skipped" && reached != Reached::Always && !asks_only_for_failure(file, assignment);
    let weight = if is_doubtful { Weight::Note } else { weight(reached)? };
    let weight = if reached == Reached::Chosen { return None } else { weight };
    Some(Deed {
        range: assignment.byte_range(),
        matter: format!("rewrites {attribute} {value} {name}"),
        headline: format!("`{name}` in `{{file}}` {what}: `{}`", shortened(file.text(assignment))),
        why: "Pytest reports, and exits by, what hooks leave of the outcome, so that a failure no longer shows.".to_owned(),
        label: "what the tests came to is overwritten here",
        weight,
    })
}

fn asks_only_for_failure<'t>(file: &File<'t, '_>, node: Node<'t>) -> bool {
    let place = file.place(node);
    place.conditions.iter().all(|condition| {
        let Some(asks) = condition.asks else { return false };
        let text = file.text(asks);
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        words.into_iter().all(|word| {
            matches!(
                word,
                "report"
                    | "rep"
                    | "result"
                    | "failed"
                    | "when"
                    | "call"
                    | "and"
                    | "is"
                    | "outcome"
                    | "not"
                    | "None"
                    | "excinfo"
            )
        })
    })
}

/// `outcome.force_result(True)` around the call of a test.
fn forced<'t>(file: &File<'t, '_>, call: Node<'t>) -> Option<Deed> {
    let callee = call.child_by_field_name("function")?;
    if !file.text(callee).ends_with(".force_result") {
        return None;
    }
    let (name, reached) = hook(file, call)?;
    if !matches!(name, "pytest_pyfunc_call" | "pytest_runtest_call" | "pytest_runtest_protocol") {
        return None;
    }
    Some(Deed {
        range: call.byte_range(),
        matter: format!("forces {name}"),
        headline: format!(
            "`{name}` in `{{file}}` forces a good result on tests: `{}`",
            shortened(file.text(call))
        ),
        why: "The result that is forced replaces the exception of a test that failed.".to_owned(),
        label: "takes the place of the failure",
        weight: weight(reached)?,
    })
}

/// `item.add_marker(pytest.mark.skip)` for every test.
fn marked<'t>(file: &File<'t, '_>, call: Node<'t>) -> Option<Deed> {
    let callee = call.child_by_field_name("function")?;
    if !file.text(callee).ends_with(".add_marker") {
        return None;
    }
    let (name, reached) = hook(file, call).filter(|(name, _)| *name == "pytest_collection_modifyitems")?;
    let function = file.place(call).function?;
    let given = parts(call.child_by_field_name("arguments")?).next()?;
    let given =
        if given.kind() == "identifier" { bound(file, function, given).unwrap_or(given) } else { given };
    let text = file.text(given);
    let mark = ["skip", "xfail"].into_iter().find(|mark| text.contains(mark))?;
    let is_strict = text.contains("skipif") || text.contains("strict=True") || text.contains("condition");
    if is_strict || !matches!(reached, Reached::Always) {
        return None;
    }
    let verb = if mark == "skip" { "skips every test" } else { "lets every test fail" };
    Some(Deed {
        range: call.byte_range(),
        matter: format!("marks {mark} {name}"),
        headline: format!("`{name}` in `{{file}}` {verb} below its folder"),
        why: format!("It puts `{mark}` on each item without asking anything of it."),
        label: "no test below this folder counts",
        weight: Weight::Block,
    })
}

/// What a name stands for in a function.
fn bound<'t>(file: &File<'t, '_>, function: Node<'t>, name: Node<'t>) -> Option<Node<'t>> {
    let assignments = below(function).filter(|n| n.kind() == "assignment");
    let named = |n: &Node<'t>| n.child_by_field_name("left").is_some_and(|l| file.text(l) == file.text(name));
    assignments.filter(named).find_map(|n| n.child_by_field_name("right"))
}

fn emptied_by_call<'t>(file: &File<'t, '_>, call: Node<'t>) -> Option<Deed> {
    let callee = call.child_by_field_name("function")?;
    let owner = callee.child_by_field_name("object").filter(|_| file.text(callee) == "items.clear")?;
    emptied(file, call, owner)
}

/// `items[:] = []`, `del items[:]`, `items.clear()`.
fn emptied<'t>(file: &File<'t, '_>, node: Node<'t>, of: Node<'t>) -> Option<Deed> {
    let list: String = file.text(of).split_whitespace().collect();
    let (name, reached) = hook(file, node).filter(|(name, _)| *name == "pytest_collection_modifyitems")?;
    if !matches!(list.as_str(), "items" | "items[:]") || reached != Reached::Always {
        return None;
    }
    Some(Deed {
        range: node.byte_range(),
        matter: format!("empties {name}"),
        headline: format!("`{name}` in `{{file}}` throws away every test that was collected"),
        why: "Without items nothing runs, and nothing can fail.".to_owned(),
        label: "no test is left to run",
        weight: Weight::Block,
    })
}

/// A `try` around the call of a test whose handler lets the failure pass.
fn swallowed<'t>(file: &File<'t, '_>, tried: Node<'t>) -> Option<Deed> {
    const BROAD: [&str; 4] = ["", "Exception", "BaseException", "AssertionError"];
    let (name, reached) = hook(file, tried)?;
    if !matches!(name, "pytest_pyfunc_call" | "pytest_runtest_call") || reached == Reached::Chosen {
        return None;
    }
    let body = tried.child_by_field_name("body")?;
    let runs =
        below(body).any(|n| n.kind() == "yield" || n.kind() == "call" && file.text(n).contains(".runtest"));
    let handler = parts(tried).filter(|n| n.kind() == "except_clause").find(|clause| {
        let caught = parts(*clause).next().filter(|n| n.kind() != "block").map_or("", |n| file.text(n));
        let caught = caught.split(" as ").next().unwrap_or_default();
        BROAD.contains(&caught)
            && !below(*clause).any(|n| matches!(n.kind(), "raise_statement" | "call" | "assignment"))
    })?;
    runs.then(|| Deed {
        range: handler.byte_range(),
        matter: format!("swallows {name}"),
        headline: format!("`{name}` in `{{file}}` catches the failure of every test and drops it"),
        why: "The hook runs the test inside a `try` whose handler neither raises again nor reports."
            .to_owned(),
        label: "the failure of a test ends here",
        weight: Weight::Block,
    })
}

/// A hook that takes the place of the runner and runs nothing.
fn replaced<'t>(file: &File<'t, '_>, function: Node<'t>) -> Option<Deed> {
    let name = file.hook(function)?;
    if !matches!(name, "pytest_pyfunc_call" | "pytest_runtest_protocol") {
        return None;
    }
    let body = function.child_by_field_name("body")?;
    let is_words =
        |n: &Node<'t>| n.kind() == "expression_statement" && parts(*n).all(|n| n.kind() == "string");
    let mut statements = parts(body).filter(|n| !is_words(n));
    let only =
        statements.next().filter(|n| n.kind() == "return_statement" && file.text(*n) == "return True")?;
    statements.next().is_none().then(|| Deed {
        range: only.byte_range(),
        matter: format!("runs nothing {name}"),
        headline: format!("`{name}` in `{{file}}` says that every test ran and runs none"),
        why: "Pytest asks no further once this hook answers, so that no test is called.".to_owned(),
        label: "the test is never called",
        weight: Weight::Block,
    })
}

#[cfg(test)]
mod facts {
    use super::super::deed::Weight;
    use super::super::python::conftest;

    fn weights(source: &str) -> Vec<Weight> {
        conftest(source).unwrap().iter().map(|deed| deed.weight).collect()
    }

    #[test]
    fn outcomes_that_a_hook_rewrites_are_known() {
        for source in [
            "def pytest_runtest_makereport(item, call):\n    report = yield\n    report.outcome = 'passed'\n",
            "def pytest_runtest_logreport(report):\n    if report.failed:\n        report.outcome = \"passed\"\n",
            "def pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus == 1:\n        session.exitstatus = pytest.ExitCode.OK\n",
            "def pytest_runtest_makereport(item, call):\n    call.excinfo = None\n",
            "def pytest_runtest_logreport(report):\n    if report.failed:\n        report.outcome = 'skipped'\n",
            "def pytest_runtest_call(item):\n    try:\n        yield\n    except Exception:\n        pass\n",
            "def pytest_pyfunc_call(pyfuncitem):\n    return True\n",
            "def pytest_pyfunc_call(pyfuncitem):\n    outcome = yield\n    outcome.force_result(True)\n",
            "def pytest_collection_modifyitems(items):\n    items[:] = []\n",
            "def pytest_collection_modifyitems(items):\n    items.clear()\n",
            "def pytest_collection_modifyitems(config, items):\n    skip = pytest.mark.skip(reason='later')\n    for item in items:\n        item.add_marker(skip)\n",
            "def pytest_collection_modifyitems(items):\n    for item in items:\n        item.add_marker(pytest.mark.xfail)\n",
        ] {
            assert_eq!(weights(source), [Weight::Block], "{source}");
        }
    }

    #[test]
    fn hooks_that_ask_first_are_none() {
        for source in [
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus == 5:\n        session.exitstatus = 0\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus == ExitCode.NO_TESTS_COLLECTED:\n        session.exitstatus = 0\n",
            "def pytest_runtest_makereport(item, call):\n    rep = yield\n    if item.get_closest_marker('known') and rep.failed:\n        rep.outcome = 'passed'\n",
            "def pytest_collection_modifyitems(config, items):\n    if config.getoption('--slow'):\n        return\n    skip = pytest.mark.skip(reason='slow')\n    for item in items:\n        item.add_marker(skip)\n",
            "def pytest_collection_modifyitems(items):\n    for item in items:\n        if 'slow' in item.keywords:\n            item.add_marker(pytest.mark.skip)\n",
            "def pytest_collection_modifyitems(items):\n    for item in items:\n        item.add_marker(pytest.mark.asyncio)\n",
            "def pytest_runtest_makereport(item, call):\n    rep = yield\n    setattr(item, 'rep_' + rep.when, rep)\n",
            "def pytest_sessionfinish(session, exitstatus):\n    if exitstatus == 1 and known_failures and not failed:\n        session.exitstatus = 0\n",
            "def pytest_runtest_logreport(report):\n    counts[report.outcome] = 0\n",
            "def pytest_runtest_call(item):\n    try:\n        yield\n    except Timeout:\n        pass\n",
            "def pytest_runtest_call(item):\n    try:\n        yield\n    except Exception as e:\n        log(e)\n        raise\n",
            "def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if i.name != 'test_session']\n",
            "def pytest_runtest_protocol(item, nextitem):\n    reports = runtestprotocol(item)\n    return True\n",
        ] {
            assert_eq!(weights(source), [], "{source}");
        }
    }
}
