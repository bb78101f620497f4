//! Facts about which tests are found in Python and what becomes of them.

use super::{Conventions, inventory};
use crate::read::syntax::{Language, parse};
use crate::read::tests::State::{self, *};
use crate::read::tests::{Cases, Strength};

fn is(source: &str, expected: &[(&str, State)]) {
    let tree = parse(Language::Python, source).unwrap();
    let found: Vec<(String, State)> =
        inventory(&"test_a.py".parse().unwrap(), &tree, source, &Conventions::default())
            .into_iter()
            .map(|t| (t.title(), t.state))
            .collect();
    let expected: Vec<(String, State)> = expected.iter().map(|(n, s)| ((*n).to_owned(), *s)).collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn functions_and_classes_are_collected_as_the_runners_do() {
    is(
        "def test_a():\n    def test_inner():\n        pass\nclass TestB:\n    def test_c(self): assert 1\n    \
         def helper(self): pass\n    class TestD:\n        def test_e(self): pass\nclass Helper:\n    \
         def test_not(self): pass\nclass Case(unittest.TestCase):\n    async def test_f(self): pass\nif x:\n    \
         def test_g(): pass\n",
        &[
            ("test_a", Runs),
            ("TestB > test_c", Runs),
            ("TestB > TestD > test_e", Runs),
            ("Case > test_f", Runs),
            ("test_g", Runs),
        ],
    );
}

#[test]
fn marks_skip_under_every_name() {
    is(
        "import pytest as pt\nfrom pytest import mark\nfrom unittest import skip, skipIf\nimport unittest\n\
         later = mark.skip(reason='x')\n\
         @pt.mark.skip\ndef test_a(): pass\n@mark.skip(reason='x')\n@other\ndef test_b(): pass\n\
         @skip('x')\ndef test_c(): pass\n@later\ndef test_d(): pass\n@skipIf(True, 'x')\ndef test_e(): pass\n\
         @skipIf(win, 'x')\ndef test_f(): pass\n@pt.mark.skipif(win, reason='x')\ndef test_g(): pass\n\
         @unittest.skip\nclass TestH:\n    def test_i(self): pass\n@unrelated.skip\ndef test_j(): pass\n",
        &[
            ("test_a", Skipped),
            ("test_b", Skipped),
            ("test_c", Skipped),
            ("test_d", Skipped),
            ("test_e", Skipped),
            ("test_f", Conditional),
            ("test_g", Conditional),
            ("TestH > test_i", Skipped),
            ("test_j", Runs),
        ],
    );
}

#[test]
fn expected_failures_are_told_by_what_they_demand() {
    is(
        "import pytest\n@pytest.mark.xfail\ndef test_a(): pass\n@pytest.mark.xfail(reason='x', strict=True)\n\
         def test_b(): pass\n@pytest.mark.xfail(win, reason='x')\ndef test_c(): pass\n\
         @pytest.mark.xfail(run=False)\ndef test_d(): pass\n",
        &[("test_a", Tolerated), ("test_b", Inverted), ("test_c", Conditional), ("test_d", Skipped)],
    );
}

#[test]
fn a_skip_that_comes_first_is_told_from_one_in_a_branch() {
    is(
        "import pytest, unittest\ndef test_a():\n    '''doc'''\n    pytest.skip('x')\n    assert 1\n\
         def test_b():\n    if ci:\n        pytest.skip('x')\n    assert 1\n\
         def test_c():\n    go()\n    pytest.skip('x')\n\
         class TestD(unittest.TestCase):\n    def test_e(self):\n        self.skipTest('x')\n    \
         def test_f(self):\n        raise unittest.SkipTest('x')\n",
        &[
            ("test_a", Skipped),
            ("test_b", Conditional),
            ("test_c", Conditional),
            ("TestD > test_e", Skipped),
            ("TestD > test_f", Skipped),
        ],
    );
}

#[test]
fn a_module_and_a_set_up_pass_on_their_skip() {
    let test = "def test_a(): pass\n";
    let head = "import pytest\nimport unittest\n";
    is(
        &format!("{head}pytestmark = [pytest.mark.slow, pytest.mark.skip(reason='x')]\n{test}"),
        &[("test_a", Skipped)],
    );
    is(&format!("{head}pytest.skip('x', allow_module_level=True)\n{test}"), &[("test_a", Unselected)]);
    is(
        &format!("{head}if win:\n    pytest.skip('x', allow_module_level=True)\n{test}"),
        &[("test_a", Conditional)],
    );
    is(
        &format!("{head}try:\n    import z\nexcept ImportError:\n    raise unittest.SkipTest('x')\n{test}"),
        &[("test_a", Conditional)],
    );
    is(&format!("{head}__test__ = False\n{test}"), &[("test_a", Unselected)]);
    let class = "class TestB(unittest.TestCase):\n    def setUp(self):\n        self.skipTest('x')\n    def test_a(self): pass\n";
    is(&format!("{head}{class}"), &[("TestB > test_a", Skipped)]);
}

fn demand(body: &str, expected: &[(Strength, &str)]) {
    let source = format!("import pytest\nm = Mock()\ndef ok(x):\n    assert x\ndef test_a():\n    {body}\n");
    let tests = crate::read::tests::read(&"test_a.py".parse().unwrap(), &source).unwrap();
    let found: Vec<_> = tests[0].assertions.iter().map(|a| (a.strength, a.subject.as_str())).collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn each_assertion_says_what_it_demands() {
    use Strength::*;
    demand(
        "assert f(1) == 3; assert 3 == f(1); assert x is None",
        &[(Exact, "f(1)"), (Exact, "f(1)"), (Exact, "x")],
    );
    demand(
        "assert x; assert x is not None; assert not x; assert x != None",
        &[(Truthy, "x"), (Truthy, "x"), (Truthy, "not x"), (Truthy, "x")],
    );
    demand(
        "assert x > 1; assert 1 in x; assert x != 2; assert isinstance(x, A)",
        &[(Relational, "x"), (Relational, "x"), (Relational, "x"), (Relational, "isinstance(x,A)")],
    );
    demand("assert x == pytest.approx(1.5, abs=0.1); assert x == snapshot", &[(Close, "x"), (Snapshot, "x")]);
    demand(
        "assert True; assert x == x; assert (x, 'why'); assert x or True",
        &[(Tautology, "True"), (Tautology, "x"), (Tautology, "(x,'why')"), (Tautology, "x or True")],
    );
    demand("assert f() == f(); assert x and y == 2", &[(Exact, "f()"), (Exact, "y")]);
    demand(
        "m.assert_called(); m.assert_called_with(1); assert m.call_count == 1; assert m.called",
        &[(Mock, "m"), (MockExactly, "m"), (MockExactly, "m.call_count"), (Mock, "m.called")],
    );
    demand(
        "pytest.raises(Exception); pytest.raises(ValueError); pytest.raises(Exception, match='x')",
        &[(Throws, ""), (ThrowsExactly, ""), (ThrowsExactly, "")],
    );
    demand(
        "self.assertEqual(x, 1); self.assertTrue(x == 1); self.assertTrue(x); self.assertIsNotNone(x)",
        &[(Exact, "x"), (Exact, "x"), (Truthy, "x"), (Truthy, "x")],
    );
    demand(
        "ok(x); assert_valid(x); np.testing.assert_allclose(x, 1, rtol=0.5); checkout(x)",
        &[(Delegated, "x"), (Delegated, "x"), (Close, "x")],
    );
}

#[test]
fn handlers_that_let_a_failure_pass_are_told() {
    let of = |body: &str| {
        let source = format!("def test_a():\n{body}\n");
        crate::read::tests::read(&"test_a.py".parse().unwrap(), &source).unwrap()[0].assertions[0].swallowed
    };
    assert!(of("    try:\n        assert x\n    except Exception:\n        pass"));
    assert!(of("    with suppress(AssertionError):\n        assert x"));
    assert!(!of("    try:\n        assert x\n    except ValueError:\n        pass"));
    assert!(!of("    try:\n        assert x\n    except Exception as e:\n        raise"));
    assert!(!of("    try:\n        go()\n    except Exception:\n        pass\n    assert x"));
}

#[test]
fn classes_inherit_within_their_file() {
    is(
        "class Mixin:\n    def test_a(self): pass\n    def test_b(self): pass\nclass TestX(Mixin):\n    def test_b(self): pass\n\
         class Base(unittest.TestCase):\n    __test__ = False\n    def test_c(self): pass\nclass Real(Base):\n    __test__ = True\n\
         class TestInit:\n    def __init__(self): pass\n    def test_d(self): pass\n@pytest.fixture\ndef test_f(): pass\n",
        &[
            ("TestX > test_a", Runs),
            ("TestX > test_b", Runs),
            ("Base > test_c", Unselected),
            ("Real > test_c", Runs),
        ],
    );
}

#[test]
fn marks_are_tags_and_tables_are_counted() {
    let source = "import pytest\npytestmark = pytest.mark.net\n@pytest.mark.slow\n@pytest.mark.parametrize('x', [1, 2, 3])\ndef test_a(x): go(x)\n";
    let tests = crate::read::tests::read(&"test_a.py".parse().unwrap(), source).unwrap();
    assert_eq!(tests[0].cases, Cases::Table(3));
    assert_eq!(tests[0].tags.iter().map(String::as_str).collect::<Vec<_>>(), ["net", "parametrize", "slow"]);
    assert!(tests[0].calls.contains("go"));
}
