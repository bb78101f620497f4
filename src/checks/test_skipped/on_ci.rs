//! Whether the condition of a skip holds in every continuous integration run, where `CI` and `GITHUB_ACTIONS` are
//! `true`: then the test runs nowhere that counts.

use std::sync::LazyLock;

use regex::Regex;

use crate::read::syntax::{self, Language, Node, Tree, parts, text};
use crate::read::tests::Test;

/// A condition is looked into no deeper, variables included.
const MAX_DEPTH: usize = 16;

/// An environment variable that every run on GitHub sets to `true` (its documentation, "Default environment
/// variables"), read in any of the languages.
static READS_CI: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"^(?:os\.getenv|os\.environ\.get|os\.environ|os\.Getenv|process\.env|Deno\.env\.get)[.(\[]+["']?(?:CI|GITHUB_ACTIONS)\b["']?[^|&?]*$"#,
    )
    .expect("the pattern is valid")
});

/// Whether what skips a test does so in every such run. Only what syntax proves counts.
pub(super) fn always(test: &Test, source: &str) -> bool {
    let Some(marker) = test.marker.as_ref().filter(|_| test.decides_itself()) else { return false };
    let Some(language) = Language::of(&test.path) else { return false };
    let Ok(tree) = syntax::parse(language, source) else { return false };
    let Some(node) = tree.root().descendant_for_byte_range(marker.start, marker.end) else { return false };
    let scope = Scope { tree: &tree, source, within: test.range.clone() };
    condition(node, source).is_some_and(|condition| scope.holds(condition, 0) == Some(true))
}

/// The condition under which a marker skips: that of the branch it stands in, or its own argument.
fn condition<'t>(node: Node<'t>, source: &str) -> Option<Node<'t>> {
    let mut at = Some(node);
    for _ in 0..MAX_DEPTH {
        let here = at?;
        if here.kind() == "if_statement" {
            let then = here.child_by_field_name("consequence")?;
            let is_in_then = then.start_byte() <= node.start_byte() && node.end_byte() <= then.end_byte();
            return here.child_by_field_name("condition").filter(|_| is_in_then);
        }
        if matches!(here.kind(), "call" | "call_expression") {
            let callee = here.child_by_field_name("function").map(|f| text(f, source)).unwrap_or_default();
            if callee.ends_with("skipif") || callee.ends_with("skipIf") {
                return parts(here.child_by_field_name("arguments")?).next();
            }
        }
        if here.kind() == "decorator" {
            let call = parts(here).next()?;
            let callee = call.child_by_field_name("function").map(|f| text(f, source)).unwrap_or_default();
            return call
                .child_by_field_name("arguments")
                .filter(|_| callee.ends_with("skipif") || callee.ends_with("skipIf"))
                .and_then(|arguments| parts(arguments).next());
        }
        at = here.parent();
    }
    None
}

/// Where the variables of a condition are looked up.
struct Scope<'t> {
    tree: &'t Tree,
    source: &'t str,
    /// The test; what it assigns counts before what the file does.
    within: std::ops::Range<usize>,
}

impl<'t> Scope<'t> {
    /// What an expression comes to on such a run, where that is certain.
    fn holds(&self, node: Node<'t>, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        let written = text(node, self.source);
        let side = |name: &str| node.child_by_field_name(name);
        let next = |node: Node<'t>| self.holds(node, depth + 1);
        match node.kind() {
            "parenthesized_expression" => parts(node).next().and_then(next),
            "true" => Some(true),
            "false" => Some(false),
            "identifier" => match written {
                "True" | "true" => Some(true),
                "False" | "false" => Some(false),
                name => self.value(name).and_then(next),
            },
            "not_operator" | "unary_expression" => {
                let negates = node.kind() == "not_operator" || written.starts_with('!');
                side("argument").or_else(|| side("operand")).filter(|_| negates).and_then(next).map(|it| !it)
            }
            "boolean_operator" | "binary_expression" => {
                let operator = text(side("operator")?, self.source);
                let (left, right) = (side("left")?, side("right")?);
                match operator {
                    "and" | "&&" => match (next(left), next(right)) {
                        (Some(false), _) | (_, Some(false)) => Some(false),
                        (Some(true), Some(true)) => Some(true),
                        _ => None,
                    },
                    "or" | "||" => match (next(left), next(right)) {
                        (Some(true), _) | (_, Some(true)) => Some(true),
                        (Some(false), Some(false)) => Some(false),
                        _ => None,
                    },
                    _ => self.compares(left, operator, right),
                }
            }
            "comparison_operator" => {
                let mut sides = parts(node);
                let (left, right) = (sides.next()?, sides.next()?);
                let operator = &self.source[left.end_byte()..right.start_byte()];
                if sides.next().is_some() { None } else { self.compares(left, operator.trim(), right) }
            }
            _ => READS_CI.is_match(written).then_some(true),
        }
    }

    /// A comparison of the variable with a text or with nothing.
    fn compares(&self, left: Node<'t>, operator: &str, right: Node<'t>) -> Option<bool> {
        let (read, other) = (text(left, self.source), text(right, self.source));
        let (read, other) = if READS_CI.is_match(read) { (read, other) } else { (other, read) };
        if !READS_CI.is_match(read) {
            return None;
        }
        let other = other.trim_matches(['"', '\'', '`']).to_lowercase();
        let is_equal = match other.as_str() {
            "true" => true,
            "" | "none" | "null" | "undefined" | "false" | "0" => false,
            _ => return None,
        };
        match operator {
            "==" | "===" | "is" => Some(is_equal),
            "!=" | "!==" | "is not" => Some(!is_equal),
            _ => None,
        }
    }

    /// What the only assignment of a name gives it: in the test, or else in the file.
    fn value(&self, name: &str) -> Option<Node<'t>> {
        let assigned = self.tree.nodes().filter_map(|node| {
            let (target, value) = match node.kind() {
                "assignment" | "short_var_declaration" => ("left", "right"),
                "variable_declarator" => ("name", "value"),
                _ => return None,
            };
            let target = node.child_by_field_name(target)?;
            let value = node.child_by_field_name(value)?;
            let value = if value.kind() == "expression_list" { parts(value).next()? } else { value };
            (text(target, self.source) == name).then_some(value)
        });
        let (near, far): (Vec<Node<'t>>, Vec<Node<'t>>) =
            assigned.partition(|value| self.within.contains(&value.start_byte()));
        match (near.as_slice(), far.as_slice()) {
            ([only], _) | ([], [only]) => Some(*only),
            _ => None,
        }
    }
}

#[cfg(test)]
mod facts {
    use super::*;
    use crate::read::tests;

    fn is_off(path: &str, source: &str) -> bool {
        let test = tests::read(&path.parse().unwrap(), source).unwrap().pop().unwrap();
        always(&test, source)
    }

    fn python(head: &str, condition: &str) -> bool {
        let text = format!(
            "import os\nimport pytest\nOFF = True\n{head}\n\ndef test_a():\n    ci = os.getenv('CI') == 'true'\n    if {condition}:\n        pytest.skip('slow')\n    assert f() == 1\n"
        );
        is_off("test_a.py", &text)
    }

    #[test]
    fn a_condition_that_every_run_meets_is_known() {
        for condition in [
            "os.getenv('CI')",
            "os.environ.get(\"GITHUB_ACTIONS\") == \"true\"",
            "ci",
            "OFF and ci",
            "os.getenv('CI') is not None",
            "'CI' == os or ci",
        ] {
            assert!(python("", condition), "{condition}");
        }
        let go = "package a\n\nfunc TestA(t *testing.T) {\n\tif os.Getenv(\"CI\") != \"\" {\n\t\tt.Skip(\"slow\")\n\t}\n\tt.Fatal(1)\n}\n";
        assert!(is_off("a_test.go", go));
        assert!(is_off("a.test.ts", "it.skipIf(process.env.CI)('a', () => { expect(f()).toBe(1) })"));
    }

    #[test]
    fn one_that_asks_for_more_or_for_the_opposite_is_a_guard() {
        for condition in [
            "not os.getenv('CI')",
            "os.getenv('CI') == 'false'",
            "ci and sys.platform == 'win32'",
            "os.getenv('CI_TOKEN')",
            "OFF and other",
            "os.getenv('REDIS_URL') is None",
        ] {
            assert!(!python("", condition), "{condition}");
        }
        assert!(!is_off("a.test.ts", "it.skipIf(!process.env.CI)('a', () => { expect(f()).toBe(1) })"));
        assert!(!is_off(
            "a.test.ts",
            "it.skipIf(process.env.CI && isWindows)('a', () => { expect(1).toBe(f()) })"
        ));
    }
}
