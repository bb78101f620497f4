//! Tests of Go's `testing`, with testify's assertions and suites.

mod assertions;

use std::collections::BTreeMap;

use crate::ids::RepoPath;
use crate::read::syntax::{Node, Tree, children, parts, text};
use crate::read::tests::assertion::{Assertion, normal};
use crate::read::tests::{Cases, Lines, Mark, State, Test};

use assertions::Surroundings;

const SKIPS: [&str; 3] = ["Skip", "Skipf", "SkipNow"];
const BRANCHES: [&str; 5] =
    ["if_statement", "expression_case", "type_case", "communication_case", "default_case"];

/// What holds for everything inside a node.
#[derive(Clone)]
struct Frame<'t> {
    end: usize,
    /// The place of the test in the list.
    test: Option<usize>,
    /// What the code calls its `*testing.T`.
    t: &'t str,
    /// The statement at which a skip means that nothing runs, where the body starts with one.
    first: Option<usize>,
    /// The condition of the innermost `if` in the test.
    condition: Option<Node<'t>>,
    branch: bool,
    looped: bool,
}

struct Reader<'t> {
    path: &'t RepoPath,
    source: &'t str,
    around: Surroundings,
    lines: Lines,
    frames: Vec<Frame<'t>>,
    whole: Mark,
    tests: Vec<Test>,
    /// The tests that run suites, by the type of the suite.
    suites: BTreeMap<String, Vec<String>>,
}

/// A function of the file that may be a test.
struct Found<'t> {
    name: String,
    function: Node<'t>,
    t: &'t str,
}

pub(super) fn inventory(path: &RepoPath, tree: &Tree, source: &str) -> Vec<Test> {
    let outermost = Frame {
        end: usize::MAX,
        test: None,
        t: "",
        first: None,
        condition: None,
        branch: false,
        looped: false,
    };
    let mut reader = Reader {
        path,
        source,
        around: Surroundings::of(tree, source),
        lines: Lines::of(source),
        frames: vec![outermost],
        whole: whole_file(source).under(&by_name(path)),
        tests: Vec::new(),
        suites: suites(tree, source),
    };
    for node in tree.nodes() {
        while reader.frames.len() > 1 && reader.frame().end <= node.start_byte() {
            reader.frames.pop();
        }
        reader.take(node);
    }
    let Reader { mut tests, around, .. } = reader;
    for test in &mut tests {
        test.mocks = test.names.intersection(&around.mocks).cloned().collect();
    }
    tests
}

impl<'t> Reader<'t> {
    fn frame(&self) -> &Frame<'t> {
        self.frames.last().expect("the file's own frame is never taken away")
    }

    fn inside(&mut self, node: Node<'_>, change: impl FnOnce(&mut Frame<'t>)) {
        let mut frame = self.frame().clone();
        frame.end = node.end_byte();
        change(&mut frame);
        self.frames.push(frame);
    }

    fn take(&mut self, node: Node<'t>) {
        if let Some(test) = self.frame().test {
            self.tests[test].mention(node, self.source);
        }
        match node.kind() {
            "function_declaration" => {
                if let Some(found) = top_level(node, self.source) {
                    self.test(node, found);
                }
            }
            "method_declaration" => {
                if let Some((runner, found)) = self.suite_method(node) {
                    self.test_under(node, found, runner);
                }
            }
            "call_expression" => {
                if let Some(found) = self.in_body(node) {
                    self.test(node, found);
                }
            }
            "for_statement" => self.inside(node, |frame| frame.looped = true),
            kind if BRANCHES.contains(&kind) => {
                let condition = node.child_by_field_name("condition");
                self.inside(node, |frame| {
                    frame.branch = true;
                    frame.condition = condition.or(frame.condition);
                });
            }
            _ => {}
        }
    }

    fn test(&mut self, node: Node<'t>, found: Found<'t>) {
        let outer = self.frame().test.map(|test| self.tests[test].name.clone());
        self.test_under(node, found, outer.unwrap_or_default());
    }

    fn test_under(&mut self, node: Node<'t>, found: Found<'t>, mut names: Vec<String>) {
        let Some(body) = found.function.child_by_field_name("body") else { return };
        names.push(found.name);
        let above = self.frame().test.map_or_else(|| self.whole.clone(), |test| self.tests[test].mark());
        let mut test = Test::at(self.path, names, node.byte_range(), Mark::RUNS.under(&above));
        (test.line, test.end_line) = (self.lines.at(node.start_byte()), self.lines.at(node.end_byte()));
        let statements: Vec<Node<'_>> = statements(body).collect();
        test.body = body.byte_range();
        test.statements = statements.len();
        if self.frame().looped {
            test.cases = Cases::Computed;
        }
        let first = first(&statements, self.source, found.t);
        self.tests.push(test);
        let place = self.tests.len() - 1;
        self.inside(found.function, |frame| {
            *frame = Frame {
                end: frame.end,
                test: Some(place),
                t: found.t,
                first,
                condition: None,
                branch: false,
                looped: false,
            };
        });
    }

    /// `func (s *CartSuite) TestTotal()` of a suite that a test of the file runs.
    fn suite_method(&self, node: Node<'t>) -> Option<(Vec<String>, Found<'t>)> {
        let name = text(node.child_by_field_name("name")?, self.source);
        let receiver = parts(node.child_by_field_name("receiver")?).next()?;
        let kind = text(receiver.child_by_field_name("type")?, self.source).trim_start_matches('*');
        let runner = self.suites.get(kind)?;
        if !is_named(name, "Test") {
            return None;
        }
        let t = receiver.child_by_field_name("name").map_or("_", |n| text(n, self.source));
        Some((runner.clone(), Found { name: name.to_owned(), function: node, t }))
    }

    /// A subtest; a skip or an assertion is written down on its test.
    fn in_body(&mut self, call: Node<'t>) -> Option<Found<'t>> {
        let frame = self.frame().clone();
        let place = frame.test?;
        let function = call.child_by_field_name("function")?;
        self.tests[place].call(function, self.source);
        self.assertion(call, &frame, place);
        if function.kind() != "selector_expression" {
            return None;
        }
        let receiver = text(function.child_by_field_name("operand")?, self.source);
        let method = text(function.child_by_field_name("field")?, self.source);
        let suite = receiver.strip_suffix(".T()");
        if receiver != frame.t && suite != Some(frame.t) {
            return None;
        }
        let test = &mut self.tests[place];
        let range = call.byte_range();
        let is_first = frame.first == Some(range.start);
        // A skip at the start holds on whatever platform the file is built for.
        if SKIPS.contains(&method) && (test.state == State::Runs || is_first && test.may_run()) {
            test.state = if is_first { State::Skipped } else { State::Conditional };
            test.marker = Some(range);
        }
        if method != "Run" {
            return None;
        }
        let mut arguments = parts(call.child_by_field_name("arguments")?);
        let (name, function) = (arguments.next()?, arguments.next()?);
        if function.kind() != "func_literal" {
            return None;
        }
        let t = function.child_by_field_name("parameters").and_then(|p| tester(p, self.source));
        let name = title(name, self.source);
        Some(Found { name, function, t: t.unwrap_or(frame.t) })
    }

    fn assertion(&mut self, call: Node<'t>, frame: &Frame<'t>, place: usize) {
        let demand = assertions::read(call, self.source, frame.t, frame.condition, &self.around);
        let Some(demand) = demand else { return };
        let Some(demand) = demand else {
            self.tests[place].implicit += 1;
            return;
        };
        let whole = match frame.condition.filter(|_| demand.of_condition) {
            Some(condition) => condition.byte_range(),
            None => call.byte_range(),
        };
        self.tests[place].assertions.push(Assertion {
            line: self.lines.at(whole.start),
            strength: demand.strength,
            text: normal(self.source.get(whole.clone()).unwrap_or_default()),
            range: whole,
            subject: demand.subject,
            expected: demand.expected,
            tolerance: demand.tolerance,
            floats: false,
            swallowed: false,
            conditional: frame.branch && !demand.of_condition,
        });
    }
}

/// A name as `go test` has it: spaces are underscores; computed ones as written.
fn title(node: Node<'_>, source: &str) -> String {
    let written = text(node, source);
    match node.kind() {
        "interpreted_string_literal" => written.trim_matches('"').replace("\\\"", "\"").replace(' ', "_"),
        "raw_string_literal" => written.trim_matches('`').replace(' ', "_"),
        _ => normal(written),
    }
}

/// The types whose methods are tests of a suite, with the test that runs it: `suite.Run(t, new(CartSuite))`.
fn suites(tree: &Tree, source: &str) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    if !source.contains("suite.Run(") {
        return found;
    }
    let mut current = String::new();
    for node in tree.nodes() {
        match node.kind() {
            "function_declaration" => {
                current =
                    node.child_by_field_name("name").map(|n| text(n, source)).unwrap_or_default().into();
            }
            "call_expression" => {
                let callee = node.child_by_field_name("function").map(|f| text(f, source));
                if callee != Some("suite.Run") {
                    continue;
                }
                let Some(what) = node.child_by_field_name("arguments").and_then(|a| parts(a).nth(1)) else {
                    continue;
                };
                let written = text(what, source).trim_start_matches(['&', '*']);
                let written = written.strip_prefix("new(").unwrap_or(written);
                let end = written.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(written.len());
                found.insert(written[..end].to_owned(), vec![current.clone()]);
            }
            _ => {}
        }
    }
    found
}

/// `a_windows_test.go` is for one platform, and what lies in `testdata` is for none.
fn by_name(path: &RepoPath) -> Mark {
    let stem = path.name().trim_end_matches("_test.go");
    let platform =
        stem.rsplit('_').next().is_some_and(|last| last != stem && assertions::builds(last) == Some(false));
    let hidden = |dir: &str| dir == "testdata" || dir.starts_with(['_', '.']) && dir.len() > 1;
    let state = match () {
        () if path.dir().split('/').any(hidden) => State::Unselected,
        () if platform => State::Elsewhere,
        () => return Mark::RUNS,
    };
    Mark { state, at: None }
}

/// `//go:build ignore` leaves the file out of every build.
fn whole_file(source: &str) -> Mark {
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        if line.starts_with("package ") {
            break;
        }
        if matches!(line.trim_end(), "//go:build ignore" | "// +build ignore" | "//go:build never") {
            return Mark::new(State::Unselected, at..at + line.trim_end().len());
        }
        if let Some(condition) = line.strip_prefix("//go:build ") {
            let mark = |state| Mark::new(state, at..at + line.trim_end().len());
            return match assertions::builds(condition.trim()) {
                Some(true) => Mark::RUNS,
                Some(false) => mark(State::Elsewhere),
                None => mark(State::Conditional),
            };
        }
        at += line.len();
    }
    Mark::RUNS
}

fn is_named(name: &str, front: &str) -> bool {
    name.strip_prefix(front).is_some_and(|rest| !rest.starts_with(|c: char| c.is_lowercase()))
}

fn top_level<'t>(node: Node<'t>, source: &'t str) -> Option<Found<'t>> {
    let name = text(node.child_by_field_name("name")?, source);
    let parameters = node.child_by_field_name("parameters")?;
    let found = |t| Some(Found { name: name.to_owned(), function: node, t });
    if is_named(name, "Test") || is_named(name, "Fuzz") {
        return found(tester(parameters, source)?);
    }
    // An example runs where a comment at its end says what it prints.
    let body = text(node.child_by_field_name("body")?, source);
    let last = body.rsplit("\n\n").next().unwrap_or(body).to_ascii_lowercase();
    let prints = last.contains("// output:") || last.contains("// unordered output:");
    if is_named(name, "Example") && parts(parameters).next().is_none() && prints {
        return found("_");
    }
    None
}

/// The name of the only parameter, if it is a `*testing.T` or `*testing.F`.
fn tester<'s>(parameters: Node<'_>, source: &'s str) -> Option<&'s str> {
    let mut all = parts(parameters);
    let only = all.next().filter(|_| all.next().is_none())?;
    let kind = text(only.child_by_field_name("type")?, source);
    let known = matches!(kind, "*testing.T" | "*testing.F");
    known.then(|| only.child_by_field_name("name").map_or("_", |name| text(name, source)))
}

fn statements(body: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let list = children(body).find(|n| n.kind() == "statement_list").unwrap_or(body);
    parts(list)
}

/// The start of the first statement that does something: a skip before it leaves nothing to run.
fn first(statements: &[Node<'_>], source: &str, t: &str) -> Option<usize> {
    let idle = |node: &Node<'_>| match node.kind() {
        "short_var_declaration" | "var_declaration" | "const_declaration" | "defer_statement" => true,
        _ => [".Helper()", ".Parallel()"].iter().any(|call| text(*node, source) == format!("{t}{call}")),
    };
    statements.iter().find(|node| !idle(node)).map(Node::start_byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::syntax::{Language, parse};

    fn states(source: &str) -> Vec<(String, State)> {
        let tree = parse(Language::Go, source).unwrap();
        inventory(&"a_test.go".parse().unwrap(), &tree, source)
            .into_iter()
            .map(|t| (t.title(), t.state))
            .collect()
    }

    #[test]
    fn a_skip_that_comes_first_is_told_from_one_in_a_branch() {
        let source = "package a\n\nimport \"testing\"\n\n\
            func TestA(t *testing.T) {\n\tt.Parallel()\n\t// why\n\tt.Skip(\"x\")\n\tf(t)\n}\n\
            func TestB(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip(\"x\")\n\t}\n\tt.Fatal(1)\n}\n\
            func TestC(tt *testing.T) {\n\ttt.Run(\"in\", func(t *testing.T) { t.SkipNow() })\n\ttt.Error(2)\n}\n\
            func Testing(t *testing.T) {}\nfunc TestMain(m *testing.M) {}\nfunc helper(t *testing.T) { t.Skip() }\n";
        let expected = [
            ("TestA", State::Skipped),
            ("TestB", State::Conditional),
            ("TestC", State::Runs),
            ("TestC > in", State::Skipped),
        ];
        assert_eq!(states(source), expected.map(|(n, s)| (n.to_owned(), s)));
    }

    #[test]
    fn a_skip_at_the_start_outweighs_the_condition_of_the_file() {
        let source =
            "//go:build cgo\n\npackage a\n\nfunc TestA(t *testing.T) {\n\tt.Skip(1)\n\tt.Fatal(1)\n}\n";
        let tests = crate::read::tests::read(&"a_test.go".parse().unwrap(), source).unwrap();
        assert_eq!(tests[0].state, State::Skipped);
        assert!(tests[0].decides_itself());
    }

    #[test]
    fn a_file_left_out_of_every_build_is_skipped() {
        let source = "//go:build ignore\n\npackage a\n\nfunc TestA(t *testing.T) { t.Error() }\n";
        assert_eq!(states(source), [("TestA".to_owned(), State::Unselected)]);
    }

    #[test]
    fn each_assertion_says_what_it_demands() {
        use crate::read::tests::Strength::{self, *};
        let source = "package a\n\nfunc TestA(t *testing.T) {\n\tif got := f(1); got != 3 {\n\t\tt.Errorf(\"x\")\n\t}\n\
            \tif err != nil {\n\t\tt.Fatal(err)\n\t}\n\tif !reflect.DeepEqual(got, want) {\n\t\tt.Error()\n\t}\n\
            \tif x < 3 {\n\t\tt.Error()\n\t}\n\tassert.Equal(t, 3, f(1))\n\trequire.NoError(t, err)\n\
            \tassert.ErrorIs(t, err, io.EOF)\n\tassert.True(t, true)\n\tassertValid(t, x)\n\tt.Fatal(\"no\")\n}\n";
        let path = "a_test.go".parse().unwrap();
        let tests = crate::read::tests::read(&path, source).unwrap();
        let found: Vec<(Strength, &str)> =
            tests[0].assertions.iter().map(|a| (a.strength, a.subject.as_str())).collect();
        let expected = [
            (Exact, "got"),
            (Truthy, "err"),
            (Exact, "got"),
            (Relational, "x"),
            (Exact, "f(1)"),
            (Truthy, "err"),
            (ThrowsExactly, "err"),
            (Tautology, "true"),
            (Delegated, "x"),
        ];
        assert_eq!(found, expected);
        assert_eq!(tests[0].implicit, 1);
    }

    #[test]
    fn tables_suites_examples_and_platforms_are_known() {
        let source = "package a\n\ntype S struct{ suite.Suite }\n\nfunc TestS(t *testing.T) { suite.Run(t, new(S)) }\n\
            func (s *S) TestIn() { s.Equal(1, f()) }\nfunc (o *O) TestNot() {}\n\
            func TestT(t *testing.T) {\n\tfor _, c := range cs {\n\t\tt.Run(c.name, func(t *testing.T) { t.Error() })\n\t}\n\tt.Run(\"a b\", func(t *testing.T) {})\n}\n\
            func FuzzX(f *testing.F) {}\nfunc ExampleY() {\n\t// Output: 1\n}\nfunc ExampleZ() {}\n";
        let names: Vec<String> = states(source).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["TestS", "TestS > TestIn", "TestT", "TestT > c.name", "TestT > a_b", "FuzzX", "ExampleY"]
        );
        let state = |path: &str| {
            let source = "package a\n\nfunc TestA(t *testing.T) {}\n";
            crate::read::tests::read(&path.parse().unwrap(), source).unwrap()[0].state
        };
        assert_eq!(state("a_windows_test.go"), State::Elsewhere);
        assert_eq!(state("a_linux_test.go"), State::Runs);
        assert_eq!(state("testdata/a_test.go"), State::Unselected);
    }
}
