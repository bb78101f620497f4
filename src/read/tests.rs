//! Which tests a source file holds, and which of them are skipped.

mod go;
mod javascript;
mod python;
mod rust;

use std::ops::Range;

use serde::Serialize;

use crate::ids::RepoPath;
use crate::read::syntax::{self, Language};
use crate::span::Lines;
use crate::undecided::Undecided;

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
    /// It runs, and others of the file don't because of it.
    Focused,
    /// Another's focus keeps it from running.
    Silenced,
    /// Never runs: a name without a body.
    Todo,
    /// Never runs.
    Skipped,
}

/// One test as the code writes it. A test that is run for several values counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
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
    /// How many assertions stand in it.
    pub assertions: usize,
    /// How many statements its body has; none where somebody emptied it.
    pub statements: usize,
    /// The bytes of what decides its state: the marker on it, on its suite or in its body.
    pub marker: Option<Range<usize>>,
}

impl Test {
    /// The names joined by ` > `.
    pub fn title(&self) -> String {
        self.name.join(" > ")
    }

    /// Whether what decides its state is written in it or on it, and not on a suite or file around it.
    pub fn decides_itself(&self) -> bool {
        self.marker.as_ref().is_some_and(|at| self.range.start <= at.start && at.end <= self.range.end)
    }
}

/// Whether the file is in a language whose tests can be listed.
pub fn reads(path: &RepoPath) -> bool {
    path.extension() == "rs" || Language::of(path).is_some()
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
        _ => false,
    }
}

/// The tests of a file in the order of the text; none for a file in another language.
pub fn inventory(path: &RepoPath, text: &str) -> Result<Vec<Test>, Undecided> {
    let Some(language) = Language::of(path) else {
        let rust = path.extension() == "rs";
        return if rust { rust::inventory(text).map_err(|u| u.at(path)) } else { Ok(Vec::new()) };
    };
    let tree = syntax::parse(language, text).map_err(|u| u.at(path))?;
    Ok(match language {
        Language::Python => python::inventory(&tree, text),
        Language::Go => go::inventory(&tree, text),
        _ => javascript::inventory(&tree, text),
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
        if in_branch && matches!(self.state, State::Skipped | State::Todo) {
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
            inventory(&path, "it.only('a', f => f());\nit('b', () => {});\nit.skip('c', () => {});\n")
                .unwrap();
        let states: Vec<State> = tests.iter().map(|t| t.state).collect();
        assert_eq!(states, [State::Focused, State::Silenced, State::Skipped]);
    }
}
