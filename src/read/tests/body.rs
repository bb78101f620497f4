//! What the body of a test mentions and calls, in any language that has a grammar.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::ids::RepoPath;
use crate::read::syntax::{Node, text};
use crate::read::tests::assertion::normal;
use crate::read::tests::{Cases, Mark, Test};

/// Longer callees are chains whose end alone would tell nothing.
const MAX_CALLEE: usize = 120;

impl Test {
    /// A test that nothing is known of yet but where it stands; its lines are told later.
    pub(super) fn at(path: &RepoPath, name: Vec<String>, range: Range<usize>, mark: Mark) -> Self {
        Self {
            path: path.clone(),
            name,
            line: 0,
            end_line: 0,
            state: mark.state,
            range,
            body: 0..0,
            assertions: Vec::new(),
            statements: 0,
            marker: mark.at,
            cases: Cases::One,
            tags: BTreeSet::new(),
            calls: BTreeSet::new(),
            names: BTreeSet::new(),
            mocks: BTreeSet::new(),
            implicit: 0,
        }
    }

    /// What decides its state.
    pub(super) fn mark(&self) -> Mark {
        Mark { state: self.state, at: self.marker.clone() }
    }

    /// Takes down what a node of its body mentions.
    pub(super) fn mention(&mut self, node: Node<'_>, source: &str) {
        if node.child_count() == 0 && is_name(node.kind()) {
            let name = text(node, source);
            if !self.names.contains(name) {
                self.names.insert(name.to_owned());
            }
        }
    }

    /// Takes down what its body calls.
    pub(super) fn call(&mut self, callee: Node<'_>, source: &str) {
        if callee.end_byte() - callee.start_byte() > MAX_CALLEE {
            return;
        }
        let callee = normal(text(callee, source));
        if !callee.contains(['(', '{', '[', '"', '\'']) {
            self.calls.insert(callee);
        }
    }
}

fn is_name(kind: &str) -> bool {
    kind.ends_with("identifier")
        || kind.ends_with("identifier_pattern")
        || matches!(kind, "constant" | "name")
}
