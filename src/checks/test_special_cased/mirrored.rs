//! Tests that hold the very input and output of a written answer.

use super::cases::Case;
use super::literals::normal;
use crate::read::tests::Test;

/// The first test that gives a function these inputs and expects this output.
pub(super) fn mirror<'t>(case: &Case, tests: &'t [Test], source: &str) -> Option<&'t Test> {
    tests.iter().find(|test| asserts(case, test) || lists(case, test, source))
}

/// `assert f(37) == 2417`.
fn asserts(case: &Case, test: &Test) -> bool {
    test.assertions.iter().any(|assertion| {
        let expected = assertion.expected.as_deref().map(normal);
        expected.as_deref() == Some(&case.output)
            && arguments(&normal(&assertion.subject), &case.function)
                .is_some_and(|given| case.inputs.iter().all(|input| given.contains(input)))
    })
}

/// The arguments of the first call of a function in an expression.
fn arguments(expression: &str, function: &str) -> Option<Vec<String>> {
    let call = format!("{function}(");
    let edge =
        |at: usize| expression[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
    let (at, _) = expression.match_indices(&call).find(|(at, _)| edge(*at))?;
    let (mut depth, mut quoted) = (0_usize, false);
    let mut found = vec![String::new()];
    for c in expression[at + call.len()..].chars() {
        quoted ^= c == '"';
        match c {
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        found.last_mut().expect("it is never empty").push(c);
    }
    // `n=37` gives 37 as well.
    let value = |given: String| match given.split_once('=') {
        Some((name, value)) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => value.to_owned(),
        _ => given,
    };
    Some(found.into_iter().map(value).collect())
}

/// A row of a table of the test that holds both, where the test calls the function.
fn lists(case: &Case, test: &Test, source: &str) -> bool {
    let calls = test.calls.iter().any(|call| call.rsplit(['.', ':']).next() == Some(case.function.as_str()));
    let Some(text) = source.get(test.range.clone()).filter(|_| calls) else { return false };
    text.lines().any(|line| {
        let line = normal(line);
        // A line that calls the function is an assertion or none.
        let is_row = line.starts_with(['(', '[', '{', '"']) || line.contains("param");
        is_row && holds(&line, &case.output) && case.inputs.iter().all(|input| holds(&line, input))
    })
}

fn holds(line: &str, literal: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
    line.match_indices(literal).any(|(at, _)| {
        !joins(line[..at].chars().next_back()) && !joins(line[at + literal.len()..].chars().next())
    })
}

#[cfg(test)]
mod facts {
    use super::*;
    use crate::read::tests;

    fn mirrors(path: &str, source: &str, inputs: &[&str], output: &str) -> bool {
        let case = Case {
            function: "f".to_owned(),
            start: 0,
            inputs: inputs.iter().map(|input| (*input).to_owned()).collect(),
            output: output.to_owned(),
            range: 0..0,
        };
        let tests = tests::read(&path.parse().unwrap(), source).unwrap();
        mirror(&case, &tests, source).is_some()
    }

    #[test]
    fn inputs_and_outputs_are_found_in_assertions_and_tables() {
        let py = "def test_f():\n    assert f(37) == 2417\n    assert g(38) == 99\n";
        assert!(mirrors("test_a.py", py, &["37"], "2417"));
        assert!(!mirrors("test_a.py", py, &["38"], "99"));
        assert!(!mirrors("test_a.py", py, &["3"], "2417"));
        let table = "@pytest.mark.parametrize('n, m', [\n    (37, 2417),\n    (40, 5),\n])\ndef test_f(n, m):\n    assert f(n) == m\n";
        assert!(mirrors("test_a.py", table, &["37"], "2417"));
        assert!(!mirrors("test_a.py", table, &["37"], "5"));
        let js = "it('f', () => {\n  expect(f('a b', 3)).toBe('c d');\n});\n";
        assert!(mirrors("a.test.js", js, &["\"a b\"", "3"], "\"c d\""));
    }
}
