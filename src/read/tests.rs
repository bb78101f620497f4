//! Which tests a source file holds, what becomes of each, and what each asserts.

mod assertion;
mod body;
pub mod difference;
mod go;
pub mod harness;
mod javascript;
mod python;
mod queried;
mod rust;
pub mod selection;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Serialize;

use crate::ids::RepoPath;
use crate::read::syntax::{self, Language};
use crate::span::Lines;
use crate::undecided::Undecided;

pub use assertion::{Assertion, Strength};

/// What becomes of a test when the runner meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It runs.
    Runs,
    /// It runs and must fail: `xfail(strict=True)`, `.fails`, `#[should_panic]`.
    #[serde(rename = "runs")]
    Inverted,
    /// It runs, and its failure counts for nothing: `xfail`.
    #[serde(rename = "conditional")]
    Tolerated,
    /// Skipped or not as the run decides.
    Conditional,
    /// Compiled for other platforms than Linux only: `#[cfg(windows)]`.
    #[serde(rename = "unselected")]
    Elsewhere,
    /// It runs, and others of the file don't because of it.
    Focused,
    /// Another's focus keeps it from running.
    Silenced,
    /// Never runs: a name without a body.
    Todo,
    /// Never runs.
    Skipped,
    /// The runner does not even list it: what configures it, or the code itself, leaves it out of every run.
    Unselected,
}

/// How often a test runs in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cases {
    /// Once.
    #[default]
    One,
    /// Once for each row of a table that is written out.
    Table(usize),
    /// As often as the run decides: the table is computed, or the test stands in a loop.
    Computed,
}

/// One test as the code writes it. A test that is run for several values counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The file that holds it.
    pub path: RepoPath,
    /// The names from the outermost suite inwards; computed ones as written.
    pub name: Vec<String>,
    /// The line where it starts, counted from 1.
    pub line: usize,
    /// Its last line.
    pub end_line: usize,
    /// What becomes of it.
    pub state: State,
    /// Its bytes, with what is written above it for it alone.
    pub range: Range<usize>,
    /// The bytes of its body; empty where it has none.
    pub body: Range<usize>,
    /// What it asserts, in the order of the text.
    pub assertions: Vec<Assertion>,
    /// How many statements its body has; none where somebody emptied it.
    pub statements: usize,
    /// The bytes of what decides its state: the marker on it, on its suite or in its body.
    pub marker: Option<Range<usize>>,
    /// How often it runs.
    pub cases: Cases,
    /// What a selection may name it by besides its name: pytest's marks, Cargo's features (`feature=x`), groups, categories.
    pub tags: BTreeSet<String>,
    /// What its body calls, as written and without arguments: `cart.total`, `Order::new`.
    pub calls: BTreeSet<String>,
    /// Every name that its body mentions, those of members too.
    pub names: BTreeSet<String>,
    /// The local names in its file that stand for mocks: stubs, spies and fakes.
    pub mocks: BTreeSet<String>,
    /// How often it can fail without an assertion: `unwrap()`, `?`, `panic!`, a `throw`.
    pub implicit: usize,
}

impl Test {
    /// The names joined by ` > `.
    pub fn title(&self) -> String {
        self.name.join(" > ")
    }

    /// Whether it runs at least on some platform or in some environment.
    pub fn may_run(&self) -> bool {
        self.state < State::Silenced
    }

    /// Whether nothing that it does can make it fail, as far as the text tells.
    pub fn asserts_nothing(&self) -> bool {
        self.implicit == 0 && self.assertions.iter().all(|a| !a.can_fail())
    }

    /// Whether what decides its state is written in it or on it, and not on a suite or file around it.
    pub fn decides_itself(&self) -> bool {
        self.marker.as_ref().is_some_and(|at| self.range.start <= at.start && at.end <= self.range.end)
    }
}

/// The files that [`reads`] knows, as a glob over whole paths.
pub const FILES: &str = "**/*.{cjs,cs,cts,go,java,js,jsx,kt,kts,mjs,mts,php,py,pyi,rb,rs,ts,tsx}";

/// Whether the file is in a language whose tests can be listed.
pub fn reads(path: &RepoPath) -> bool {
    path.extension() == "rs" || Language::of(path).is_some() || queried::language(path).is_some()
}

/// Whether a runner takes the file for one of tests, by the runners' defaults.
pub fn is_test_file(path: &RepoPath) -> bool {
    let name = path.name();
    let stem = name.split('.').next().unwrap_or(name);
    match path.extension() {
        "py" => stem.starts_with("test_") || stem.ends_with("_test"),
        "go" => stem.ends_with("_test"),
        "rs" => true,
        _ if Language::of(path).is_some() => {
            let dotted =
                name.split('.').rev().nth(1).is_some_and(|part| matches!(part, "test" | "spec" | "cy"));
            dotted || matches!(stem, "test" | "spec") || path.dir().split('/').any(|dir| dir == "__tests__")
        }
        _ => queried::is_test_file(path),
    }
}

/// The tests of a file in the order of the text; none for a file in another language. What the runner's configuration
/// selects is not asked.
pub fn read(path: &RepoPath, text: &str) -> Result<Vec<Test>, Undecided> {
    if let Some(language) = queried::language(path) {
        return queried::inventory(path, language, text).map_err(|u| u.at(path));
    }
    let Some(language) = Language::of(path) else {
        let rust = path.extension() == "rs";
        return if rust { rust::inventory(path, text).map_err(|u| u.at(path)) } else { Ok(Vec::new()) };
    };
    let tree = syntax::parse(language, text).map_err(|u| u.at(path))?;
    Ok(match language {
        Language::Python => python::inventory(path, &tree, text, &python::Conventions::default()),
        Language::Go => go::inventory(path, &tree, text),
        _ => javascript::inventory(path, &tree, text),
    })
}

/// A state with the place of what decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    state: State,
    at: Option<Range<usize>>,
}

impl Mark {
    const RUNS: Self = Self { state: State::Runs, at: None };

    fn new(state: State, at: Range<usize>) -> Self {
        Self { state, at: Some(at) }
    }

    /// The heavier of two marks; the outer one where they weigh the same.
    fn under(self, outer: &Self) -> Self {
        if outer.state != State::Runs && outer.state >= self.state { outer.clone() } else { self }
    }

    /// The same mark where it stands in a branch: then the run decides.
    fn in_branch(mut self, in_branch: bool) -> Self {
        if in_branch && matches!(self.state, State::Skipped | State::Todo | State::Unselected) {
            self.state = State::Conditional;
        }
        self
    }
}

/// Those that another's focus keeps from running.
fn silence(tests: &mut [Test]) {
    if tests.iter().any(|t| t.state == State::Focused) {
        for test in tests.iter_mut().filter(|t| t.state < State::Focused) {
            test.state = State::Silenced;
        }
    }
}

#[cfg(test)]
mod facts {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn test_files_are_known_by_the_runners_conventions() {
        let is = |p: &str| is_test_file(&p.parse().unwrap());
        for path in
            ["a.test.ts", "src/__tests__/x.js", "a.spec.mjs", "test_a.py", "x/a_test.py", "a_test.go", "a.rs"]
        {
            assert!(is(path), "{path}");
        }
        for path in ["a.ts", "testing.py", "latest.js", "conftest.py", "a.go", "a.snap", "contest.go"] {
            assert!(!is(path), "{path}");
        }
    }

    #[test]
    fn a_focus_silences_the_others_of_its_file() {
        let path = "a.test.js".parse().unwrap();
        let tests =
            read(&path, "it.only('a', f => f());\nit('b', () => {});\nit.skip('c', () => {});\n").unwrap();
        let states: Vec<State> = tests.iter().map(|t| t.state).collect();
        assert_eq!(states, [State::Focused, State::Silenced, State::Skipped]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_text_is_read_or_undecided(
            text in ".{0,300}",
            words in "(describe\\(|it\\('a', |\\(\\) => \\{|expect\\(|def test_a\\(\\):|\\n    |assert |class |#\\[test\\]|fn a|func Test|@Test |\\)|\\}|\\.toBe\\(|;| ){0,80}",
        ) {
            const NAMES: [&str; 9] =
                ["a.js", "a.tsx", "a.py", "a_test.go", "a.rs", "A.java", "a.kt", "a.cs", "a.php"];
            for name in NAMES.into_iter().chain(["a.rb"]) {
                for text in [&text, &words] {
                    for test in read(&name.parse().unwrap(), text).unwrap_or_default() {
                        prop_assert!(text.get(test.range.clone()).is_some() && test.line <= test.end_line);
                        prop_assert!(text.get(test.body.clone()).is_some());
                    }
                }
            }
        }
    }
}
