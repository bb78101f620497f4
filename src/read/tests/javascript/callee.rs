//! What a call calls: a suite or a test, under whatever name and with which modifiers.

use std::collections::{HashMap, HashSet};

use crate::read::syntax::{Node, Tree, children, parts, text};
use crate::read::tests::{Cases, Mark, State};

const SUITES: [&str; 3] = ["describe", "context", "suite"];
const TESTS: [&str; 4] = ["it", "test", "specify", "Deno"];
/// Calls of these on a test function make another one, or belong to its surroundings.
const MAKERS: [&str; 8] = ["each", "for", "skipIf", "runIf", "if", "todoIf", "extend", "extends"];
const SURROUNDINGS: [&str; 14] = [
    "step",
    "use",
    "beforeEach",
    "afterEach",
    "beforeAll",
    "afterAll",
    "before",
    "after",
    "info",
    "slow",
    "setTimeout",
    "expect",
    "configure",
    "abort",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Suite,
    Test,
    Neither,
}

/// A resolved callee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Callee {
    pub(super) kind: Kind,
    pub(super) mark: Mark,
    /// One of two branches of an expression.
    pub(super) in_branch: bool,
    /// How often a table makes it run.
    pub(super) cases: Cases,
    /// The last word is `skip` or `fixme`, which may stand without a test of its own.
    ends_in_skip: bool,
}

impl Callee {
    /// A test without any modifier.
    pub(super) fn plain_test() -> Self {
        Self { kind: Kind::Test, mark: Mark::RUNS, in_branch: false, cases: Cases::One, ends_in_skip: false }
    }

    /// Whether the call says something of what it stands in, instead of being a test of its own.
    pub(super) fn is_note(&self, has_function: bool, name: Option<Node<'_>>) -> bool {
        let named = name.is_some_and(|n| matches!(n.kind(), "string" | "template_string"));
        self.ends_in_skip && !has_function && !named
    }
}

/// The names that a file gives to test functions.
pub(super) struct Names<'a> {
    aliases: HashMap<&'a str, Callee>,
    bound: HashSet<&'a str>,
    /// Names of whole modules of a runner: `import * as vt from 'vitest'`.
    modules: HashSet<&'a str>,
}

/// Modules whose export is a test function itself.
const RUNNERS: [&str; 10] = [
    "node:test",
    "test",
    "ava",
    "tape",
    "tap",
    "vitest",
    "@jest/globals",
    "bun:test",
    "mocha",
    "@playwright/test",
];

/// A chain such as `it.concurrent.each(table)`, from its root outwards.
struct Chain<'t> {
    root: Node<'t>,
    words: Vec<(Node<'t>, bool)>,
    in_branch: bool,
    cases: Option<Cases>,
}

impl<'a> Names<'a> {
    pub(super) fn of(tree: &Tree, source: &'a str) -> Self {
        let mut names = Self { aliases: HashMap::new(), bound: HashSet::new(), modules: HashSet::new() };
        for node in tree.nodes() {
            match node.kind() {
                "import_specifier" => {
                    names.rename(node.child_by_field_name("name"), node.child_by_field_name("alias"), source);
                }
                "pair_pattern" => {
                    names.rename(node.child_by_field_name("key"), node.child_by_field_name("value"), source);
                }
                "variable_declarator" => names.bind(node, source),
                "import_statement" => names.import(node, source),
                "function_declaration" => {
                    names.bound.extend(node.child_by_field_name("name").map(|n| text(n, source)));
                }
                _ => {}
            }
        }
        names
    }

    /// Whether nothing at all in the file declares the name.
    pub(super) fn is_free(&self, name: &str) -> bool {
        !self.bound.contains(&name)
    }

    /// `import check from 'node:test'`, `import * as vt from 'vitest'`.
    fn import(&mut self, node: Node<'_>, source: &'a str) {
        let from = node.child_by_field_name("source").map(|n| text(n, source)).unwrap_or_default();
        if !RUNNERS.contains(&from.trim_matches(['"', '\''])) {
            return;
        }
        let Some(clause) = children(node).find(|n| n.kind() == "import_clause") else { return };
        for part in parts(clause) {
            match part.kind() {
                "identifier" => drop(self.aliases.insert(text(part, source), Callee::plain_test())),
                "namespace_import" => self.modules.extend(parts(part).next().map(|n| text(n, source))),
                _ => {}
            }
        }
    }

    fn rename(&mut self, from: Option<Node<'_>>, to: Option<Node<'_>>, source: &'a str) {
        let (Some(from), Some(to)) = (from, to) else { return };
        if let Some(callee) = root(text(from, source), from) {
            self.aliases.insert(text(to, source), callee);
        }
    }

    fn bind(&mut self, node: Node<'_>, source: &'a str) {
        let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value"))
        else {
            return;
        };
        let name = text(name, source);
        if is_required(value, source) {
            self.aliases.insert(name, Callee::plain_test());
            self.modules.insert(name);
            return;
        }
        match self.resolve_value(value, source) {
            Some(callee) if callee.kind != Kind::Neither => {
                self.aliases.insert(name, callee);
            }
            _ => drop(self.bound.insert(name)),
        }
    }

    /// `const d = describe.skip`, `const t = base.extend({})`, `const d = url ? describe : describe.skip`.
    fn resolve_value(&self, value: Node<'_>, source: &str) -> Option<Callee> {
        let chain = chain(value, source)?;
        let called = chain.words.last().is_some_and(|(_, called)| *called);
        let made = chain.words.last().is_some_and(|(word, _)| MAKERS.contains(&text(*word, source)));
        if called && !made { None } else { self.judge(&chain, source) }
    }

    /// What the function of a call is; nothing where it is no function of a test runner.
    pub(super) fn resolve(&self, function: Node<'_>, source: &str) -> Option<Callee> {
        let chain = chain(function, source)?;
        let mut callee = self.judge(&chain, source)?;
        // `it.each(table)` itself makes a test function and is no test.
        let (last, called) =
            chain.words.last().map_or(("", false), |(word, called)| (text(*word, source), *called));
        if MAKERS.contains(&last) && !called {
            callee.kind = Kind::Neither;
        }
        Some(callee)
    }

    fn judge(&self, chain: &Chain<'_>, source: &str) -> Option<Callee> {
        let mut name = text(chain.root, source);
        let mut known = self.aliases.get(name).cloned();
        let mut words = &chain.words[..];
        // `vt.describe(…)` of a module, and `test.describe(…)` of a function that is also one.
        if let Some(((first, _), rest)) = words.split_first()
            && self.modules.contains(name)
            && let Some(callee) = root(text(*first, source), *first)
        {
            (name, words, known) = (text(*first, source), rest, Some(callee));
        }
        let mut callee = match known {
            Some(callee) => callee,
            None if self.bound.contains(&name) => return None,
            None => root(name, chain.root)?,
        };
        callee.in_branch |= chain.in_branch;
        callee.ends_in_skip = false;
        for (word, _) in words {
            callee.take(text(*word, source), *word);
        }
        if let Some(cases) = chain.cases {
            callee.cases = cases;
        }
        if name == "Deno" && !chain.words.iter().any(|(w, _)| text(*w, source) == "test") {
            return None;
        }
        Some(callee)
    }
}

impl Callee {
    fn take(&mut self, word: &str, node: Node<'_>) {
        let state = match word {
            "skip" | "fixme" | "ignore" => State::Skipped,
            "todo" => State::Todo,
            "only" => State::Focused,
            "fails" | "failing" | "fail" => State::Inverted,
            "skipIf" | "runIf" | "if" | "todoIf" | "failingIf" => State::Conditional,
            "describe" => {
                self.kind = Kind::Suite;
                return;
            }
            _ if SURROUNDINGS.contains(&word) => {
                self.kind = Kind::Neither;
                return;
            }
            _ => return,
        };
        self.ends_in_skip = matches!(word, "skip" | "fixme");
        self.mark = Mark::new(state, node.byte_range()).under(&self.mark);
    }
}

fn root(name: &str, node: Node<'_>) -> Option<Callee> {
    let (bare, state) = match name.split_at_checked(1) {
        Some(("x", rest)) => (rest, State::Skipped),
        Some(("f", rest)) => (rest, State::Focused),
        _ => (name, State::Runs),
    };
    let kind = match bare {
        _ if SUITES.contains(&bare) => Kind::Suite,
        _ if TESTS.contains(&bare) => Kind::Test,
        _ => return None,
    };
    let mark = if state == State::Runs { Mark::RUNS } else { Mark::new(state, node.byte_range()) };
    Some(Callee { mark, kind, ..Callee::plain_test() })
}

/// `require('node:test')`.
fn is_required(value: Node<'_>, source: &str) -> bool {
    let is_require = value.child_by_field_name("function").is_some_and(|f| text(f, source) == "require");
    let named = value.child_by_field_name("arguments").and_then(|a| parts(a).next());
    is_require && named.is_some_and(|n| RUNNERS.contains(&text(n, source).trim_matches(['"', '\''])))
}

/// How many rows a table has, where it is written out.
fn rows(arguments: Node<'_>) -> Cases {
    match parts(arguments).next() {
        Some(table) if table.kind() == "array" && parts(table).all(|row| row.kind() != "spread_element") => {
            Cases::Table(parts(table).count())
        }
        _ => Cases::Computed,
    }
}

fn chain<'t>(mut node: Node<'t>, source: &str) -> Option<Chain<'t>> {
    let mut found = Chain { root: node, words: Vec::new(), in_branch: false, cases: None };
    let mut called = false;
    loop {
        node = match node.kind() {
            "identifier" => {
                found.root = node;
                found.words.reverse();
                return Some(found);
            }
            "member_expression" => {
                found.words.push((node.child_by_field_name("property")?, called));
                called = false;
                node.child_by_field_name("object")?
            }
            "call_expression" => {
                called = true;
                let function = node.child_by_field_name("function")?;
                let made = function.child_by_field_name("property").map(|p| text(p, source));
                if matches!(made, Some("each" | "for")) {
                    found.cases = node.child_by_field_name("arguments").map(rows);
                }
                function
            }
            "parenthesized_expression" | "non_null_expression" | "as_expression" => parts(node).next()?,
            "ternary_expression" => {
                found.in_branch = true;
                let skips = |n: &Node<'_>| text(*n, source).contains("skip");
                let branches =
                    [node.child_by_field_name("consequence")?, node.child_by_field_name("alternative")?];
                branches.into_iter().find(skips).unwrap_or(branches[0])
            }
            _ => return None,
        };
        if found.words.len() > 16 {
            return None;
        }
    }
}
