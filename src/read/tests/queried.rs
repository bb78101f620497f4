//! Tests of Java, Kotlin, C#, PHP and Ruby, found by the queries of `rules/languages`.
//!
//! What a capture means: `test` and `suite` (with `.name`, `.body`) nest by their bytes. `skipped`, `conditional`,
//! `tolerated`, `inverted`, `focused` and `todo` mark the test or suite in whose head they stand, with `around.` in front
//! the one that starts where they start. `skips` is a call that skips: always where nothing precedes it, else as the run
//! decides; `skips.conditional` and `skips.tolerated` say so themselves. `row` and `table` make a test run for several
//! values, `tag` is a name to select it by. The names of strengths are assertions, with `subject`, `expected` and
//! `tolerance`; of two that start at one place the pattern that stands first counts. `branch` and `loop` decide whether
//! what is in them runs, `try` with `handler` may swallow a failure, `implicit` fails by itself, `call` and `mock` are names.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use crate::ids::RepoPath;
use crate::read::syntax::query::{Grammar, Match, Query};
use crate::read::syntax::{Node, parts, text};
use crate::read::tests::assertion::{Assertion, Strength, is_literal, normal};
use crate::read::tests::{Cases, Lines, Mark, State, Test, silence};
use crate::undecided::Undecided;

static JAVA: LazyLock<Query> = LazyLock::new(|| query(Grammar::Java));
static KOTLIN: LazyLock<Query> = LazyLock::new(|| query(Grammar::Kotlin));
static CSHARP: LazyLock<Query> = LazyLock::new(|| query(Grammar::CSharp));
static PHP: LazyLock<Query> = LazyLock::new(|| query(Grammar::Php));
static RUBY: LazyLock<Query> = LazyLock::new(|| query(Grammar::Ruby));

/// The language of a file whose tests a query finds.
pub(super) fn language(path: &RepoPath) -> Option<Grammar> {
    Some(match path.extension() {
        "java" => Grammar::Java,
        "kt" | "kts" => Grammar::Kotlin,
        "cs" => Grammar::CSharp,
        "php" => Grammar::Php,
        "rb" => Grammar::Ruby,
        _ => return None,
    })
}

/// Whether a runner takes the file for one of tests, by the conventions of its language.
pub(super) fn is_test_file(path: &RepoPath) -> bool {
    let stem = path.name().split('.').next().unwrap_or_default();
    let ends = |endings: &[&str]| endings.iter().any(|ending| stem.ends_with(ending));
    let below = |names: &[&str]| path.dir().split('/').any(|part| names.contains(&part));
    match path.extension() {
        "java" | "kt" => {
            ends(&["Test", "Tests", "IT", "TestCase", "Spec"])
                || stem.strip_prefix("Test").is_some_and(|rest| rest.starts_with(char::is_uppercase))
                || format!("/{path}").contains("/src/test/")
        }
        "cs" => {
            ends(&["Test", "Tests", "Spec", "Specs", "Fixture"])
                || path.dir().split('/').any(|part| part.ends_with(".Tests") || part.ends_with(".Test"))
        }
        "php" => ends(&["Test"]) || below(&["tests"]) && stem.starts_with(char::is_uppercase),
        "rb" => ends(&["_spec", "_test"]) || stem.starts_with("test_"),
        _ => false,
    }
}

fn query(language: Grammar) -> Query {
    let text = match language {
        Grammar::Java => include_str!("../../../rules/languages/java/tests.scm"),
        Grammar::Kotlin => include_str!("../../../rules/languages/kotlin/tests.scm"),
        Grammar::CSharp => include_str!("../../../rules/languages/csharp/tests.scm"),
        Grammar::Php => include_str!("../../../rules/languages/php/tests.scm"),
        _ => include_str!("../../../rules/languages/ruby/tests.scm"),
    };
    Query::new(language, text).expect("a test reads every query")
}

/// What holds for everything inside a node.
#[derive(Clone, Copy)]
struct Frame {
    end: usize,
    suite: usize,
    test: Option<usize>,
    branch: bool,
    looped: bool,
    swallows: bool,
}

struct Suite {
    name: String,
    parent: Option<usize>,
    /// Behind this byte nothing speaks of the suite itself.
    head: usize,
    mark: Mark,
    tags: BTreeSet<String>,
}

struct Draft {
    test: Test,
    suite: usize,
    head: usize,
    first: Option<usize>,
    rows: usize,
}

struct Reader<'a, 't> {
    path: &'a RepoPath,
    source: &'a str,
    lines: Lines,
    matches: Vec<Match<'a, 't>>,
    frames: Vec<Frame>,
    suites: Vec<Suite>,
    tests: Vec<Draft>,
    mocks: BTreeSet<String>,
    /// Marks on whatever test starts at the byte.
    around: HashMap<usize, State>,
    /// Where tests start that a table around them runs for several values.
    tables: HashSet<usize>,
    /// Where assertions and skips were read: the pattern that stands first counts.
    read: HashSet<usize>,
}

pub(super) fn inventory(path: &RepoPath, language: Grammar, source: &str) -> Result<Vec<Test>, Undecided> {
    let tree = language.parse(source)?;
    let query = match language {
        Grammar::Java => &*JAVA,
        Grammar::Kotlin => &*KOTLIN,
        Grammar::CSharp => &*CSHARP,
        Grammar::Php => &*PHP,
        _ => &*RUBY,
    };
    let mut matches = query.matches(&tree, source)?;
    matches.sort_by_key(|one| one.pattern);
    let mut roles: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
    for (number, one) in matches.iter().enumerate() {
        for (at, (_, node)) in one.captures.iter().enumerate() {
            roles.entry(node.id()).or_default().push((number, at));
        }
    }
    let file = Suite { name: String::new(), parent: None, head: 0, mark: Mark::RUNS, tags: BTreeSet::new() };
    let outermost =
        Frame { end: usize::MAX, suite: 0, test: None, branch: false, looped: false, swallows: false };
    let mut reader = Reader {
        path,
        source,
        lines: Lines::of(source),
        matches,
        frames: vec![outermost],
        suites: vec![file],
        tests: Vec::new(),
        mocks: BTreeSet::new(),
        around: HashMap::new(),
        tables: HashSet::new(),
        read: HashSet::new(),
    };
    for node in tree.nodes() {
        while reader.frames.len() > 1 && reader.frame().end <= node.start_byte() {
            reader.frames.pop();
        }
        if let Some(test) = reader.frame().test {
            reader.tests[test].test.mention(node, source);
        }
        if let Some(roles) = roles.get(&node.id()) {
            reader.take(node, roles);
        }
    }
    Ok(reader.finish())
}

impl<'t> Reader<'_, 't> {
    fn frame(&self) -> Frame {
        *self.frames.last().expect("the file's own frame is never taken away")
    }

    fn inside(&mut self, node: Node<'_>, change: impl FnOnce(&mut Frame)) {
        let mut frame = self.frame();
        frame.end = node.end_byte();
        change(&mut frame);
        self.frames.push(frame);
    }

    fn of(&self, number: usize, name: &str) -> Option<Node<'t>> {
        self.matches[number].captures.iter().find(|(known, _)| *known == name).map(|(_, node)| *node)
    }

    fn take(&mut self, node: Node<'t>, roles: &[(usize, usize)]) {
        let named =
            |reader: &Self, role: &(usize, usize)| reader.matches[role.0].captures[role.1].0.to_owned();
        let names: Vec<(String, usize)> = roles.iter().map(|role| (named(self, role), role.0)).collect();
        if let Some((_, number)) = names.iter().find(|(name, _)| name == "test") {
            self.test(node, *number);
        } else if let Some((_, number)) = names.iter().find(|(name, _)| name == "suite") {
            self.suite(node, *number);
        }
        for (name, number) in &names {
            if name.starts_with("around.table") {
                self.tables.insert(node.start_byte());
            }
            self.role(node, name, *number);
        }
    }

    fn suite(&mut self, node: Node<'t>, number: usize) {
        let Some(name) = self.of(number, "suite.name") else { return };
        let head = self.of(number, "suite.body").map_or(name.end_byte(), |body| body.start_byte());
        self.suites.push(Suite {
            name: title(name, self.source),
            parent: Some(self.frame().suite),
            head,
            mark: Mark::RUNS,
            tags: BTreeSet::new(),
        });
        let suite = self.suites.len() - 1;
        self.inside(node, |frame| (frame.suite, frame.test, frame.branch) = (suite, None, false));
    }

    fn test(&mut self, node: Node<'t>, number: usize) {
        let Some(name) = self.of(number, "test.name") else { return };
        let body = self.of(number, "test.body");
        let mut test = Test::at(self.path, vec![title(name, self.source)], node.byte_range(), Mark::RUNS);
        test.line = self.lines.at(name.start_byte());
        test.end_line = self.lines.at(node.end_byte());
        test.body = body.map_or(node.end_byte()..node.end_byte(), |body| body.byte_range());
        let block = body.map(innermost);
        test.statements = block.map_or(0, |block| if is_block(block) { parts(block).count() } else { 1 });
        if self.frame().looped {
            test.cases = Cases::Computed;
        }
        let first = block.and_then(|block| if is_block(block) { parts(block).next() } else { Some(block) });
        let head = body.map_or(node.end_byte(), |body| body.start_byte());
        let first = first.map(|node| node.start_byte());
        self.tests.push(Draft { test, suite: self.frame().suite, head, first, rows: 0 });
        let place = self.tests.len() - 1;
        self.inside(node, |frame| {
            (frame.test, frame.branch, frame.looped, frame.swallows) = (Some(place), false, false, false);
        });
    }

    fn role(&mut self, node: Node<'t>, name: &str, number: usize) {
        let state = match name.strip_prefix("around.").unwrap_or(name) {
            "skipped" => Some(State::Skipped),
            "conditional" => Some(State::Conditional),
            "inverted" => Some(State::Inverted),
            "tolerated" => Some(State::Tolerated),
            "focused" => Some(State::Focused),
            "todo" => Some(State::Todo),
            _ => None,
        };
        if let Some(state) = state {
            if name.starts_with("around.") {
                // The test inside comes later in the walk: it is marked when the file is done.
                let known = self.around.entry(node.start_byte()).or_insert(state);
                *known = state.max(*known);
                return;
            }
            return self.mark(node, state);
        }
        match name {
            "branch" => self.inside(node, |frame| frame.branch = true),
            "loop" => self.inside(node, |frame| (frame.branch, frame.looped) = (true, true)),
            "try" => {
                let handler = self.of(number, "handler").map(|n| text(n, self.source)).unwrap_or_default();
                let tells = ["throw", "raise", "ssert", "fail", "Fail", "expect", "verify"];
                let swallows = !tells.iter().any(|word| handler.contains(word));
                self.inside(node, |frame| frame.swallows |= swallows);
            }
            "mock" => {
                self.mocks.insert(text(node, self.source).trim_start_matches(['$', ':']).to_owned());
            }
            "tag" => {
                let tag = text(node, self.source).trim_start_matches(':').to_owned();
                match self.frame().test {
                    Some(test) => drop(self.tests[test].test.tags.insert(tag)),
                    None => {
                        let suite = self.frame().suite;
                        self.suites[suite].tags.insert(tag);
                    }
                }
            }
            _ => self.in_test(node, name, number),
        }
    }

    fn in_test(&mut self, node: Node<'t>, name: &str, number: usize) {
        let frame = self.frame();
        let Some(place) = frame.test else { return };
        let draft = &mut self.tests[place];
        match name {
            "row" => draft.rows += 1,
            "table" => draft.test.cases = Cases::Computed,
            "implicit" => draft.test.implicit += 1,
            "call" => draft.test.call(node, self.source),
            "skips" | "skips.conditional" | "skips.tolerated" => {
                let direct = draft.first == Some(node.start_byte()) && !frame.branch;
                let state = match name {
                    "skips" if direct => State::Skipped,
                    "skips.tolerated" if direct => State::Tolerated,
                    _ => State::Conditional,
                };
                if draft.test.state == State::Runs {
                    (draft.test.state, draft.test.marker) = (state, Some(node.byte_range()));
                }
            }
            _ => {
                if let Some(strength) = strength(name) {
                    self.assertion(node, place, strength, number);
                }
            }
        }
    }

    fn mark(&mut self, node: Node<'_>, state: State) {
        let mark = Mark::new(state, node.byte_range());
        let frame = self.frame();
        if let Some(test) = frame.test {
            let draft = &mut self.tests[test];
            if node.start_byte() < draft.head {
                let mark = mark.under(&draft.test.mark());
                (draft.test.state, draft.test.marker) = (mark.state, mark.at);
            }
            return;
        }
        let suite = &mut self.suites[frame.suite];
        if suite.parent.is_some() && node.start_byte() < suite.head {
            suite.mark = mark.under(&suite.mark);
        }
    }

    fn assertion(&mut self, node: Node<'_>, place: usize, strength: Strength, number: usize) {
        if !self.read.insert(node.start_byte()) {
            return;
        }
        let of = |name: &str| self.of(number, name).map(|n| normal(text(n, self.source)));
        let subject = of("subject").unwrap_or_default();
        let (expected, tolerance) = (of("expected"), of("tolerance"));
        let alike = expected.as_ref() == Some(&subject) && !subject.contains('(');
        let fixed = match strength {
            Strength::Exact => alike,
            Strength::Truthy => is_literal(&subject) && !matches!(subject.as_str(), "false" | "null" | "nil"),
            _ => false,
        };
        let frame = self.frame();
        self.tests[place].test.assertions.push(Assertion {
            line: self.lines.at(node.start_byte()),
            range: node.byte_range(),
            strength: if fixed { Strength::Tautology } else { strength },
            text: normal(text(node, self.source)),
            subject,
            expected,
            tolerance: tolerance
                .and_then(|t| t.trim_end_matches(['d', 'D', 'f', 'F', 'm', 'M']).parse().ok()),
            floats: false,
            swallowed: frame.swallows,
            conditional: frame.branch,
        });
    }

    fn finish(self) -> Vec<Test> {
        let (suites, mocks, around, tables) = (self.suites, self.mocks, self.around, self.tables);
        let finish = |Draft { mut test, suite, rows, .. }: Draft| {
            if let Some(state) = around.get(&test.range.start) {
                let mark = test.mark().under(&Mark::new(*state, test.range.clone()));
                (test.state, test.marker) = (mark.state, mark.at);
            }
            let mut at = Some(suite);
            while let Some(suite) = at.map(|index| &suites[index]).filter(|suite| suite.parent.is_some()) {
                test.name.insert(0, suite.name.clone());
                let mark = test.mark().under(&suite.mark);
                (test.state, test.marker) = (mark.state, mark.at);
                test.tags.extend(suite.tags.iter().cloned());
                at = suite.parent;
            }
            if tables.contains(&test.range.start) {
                test.cases = Cases::Computed;
            }
            if rows > 0 && test.cases == Cases::One {
                test.cases = Cases::Table(rows);
            }
            test.mocks = test.names.intersection(&mocks).cloned().collect();
            test
        };
        let mut tests: Vec<Test> = self.tests.into_iter().map(finish).collect();
        silence(&mut tests);
        tests
    }
}

fn strength(name: &str) -> Option<Strength> {
    Some(match name {
        "exact" => Strength::Exact,
        "close" => Strength::Close,
        "relational" => Strength::Relational,
        "truthy" => Strength::Truthy,
        "throws" => Strength::Throws,
        "throws_exactly" => Strength::ThrowsExactly,
        "mock_exactly" => Strength::MockExactly,
        "mock_weak" => Strength::Mock,
        "snapshot" => Strength::Snapshot,
        "delegated" => Strength::Delegated,
        _ => return None,
    })
}

fn is_block(node: Node<'_>) -> bool {
    const BLOCKS: [&str; 8] = [
        "block",
        "function_body",
        "lambda_literal",
        "compound_statement",
        "body_statement",
        "block_body",
        "statements",
        "declaration_list",
    ];
    BLOCKS.contains(&node.kind())
}

/// The block whose parts are the statements: a body may hold one that holds them.
fn innermost(body: Node<'_>) -> Node<'_> {
    let only = parts(body)
        .next()
        .filter(|inner| is_block(body) && body.kind() == "function_body" && is_block(*inner));
    only.unwrap_or(body)
}

/// A name as people write it: without quotes, white space folded.
fn title(node: Node<'_>, source: &str) -> String {
    let written = text(node, source);
    let bare = written.trim_matches(['"', '\'', '`']);
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "queried/facts.rs"]
mod facts;
