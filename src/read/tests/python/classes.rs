//! Which methods of which classes are collected, those that a class inherits within its file included.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Conventions;
use crate::read::tests::{Cases, Mark, State, Test};

/// Longer chains of bases are not followed.
const MAX_BASES: usize = 16;
/// More tests than that are not made out of what classes inherit.
const MAX_INHERITED: usize = 20_000;

pub(super) struct Class {
    name: String,
    parent: Option<usize>,
    bases: Vec<String>,
    pub(super) mark: Mark,
    pub(super) tags: BTreeSet<String>,
    /// What `__test__` says.
    pub(super) is_test: Option<bool>,
    pub(super) has_init: bool,
    pub(super) never: bool,
    pub(super) is_computed: bool,
}

impl Class {
    pub(super) fn module() -> Self {
        Self { parent: None, ..Self::new("", 0, Vec::new()) }
    }

    pub(super) fn new(name: &str, parent: usize, bases: Vec<String>) -> Self {
        Self {
            name: name.to_owned(),
            parent: Some(parent),
            bases,
            mark: Mark::RUNS,
            tags: BTreeSet::new(),
            is_test: None,
            has_init: false,
            never: false,
            is_computed: false,
        }
    }
}

/// Whether a name is one that pytest collects by these prefixes and globs.
pub(super) fn is_match(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| {
        name.starts_with(pattern.as_str())
            || pattern.contains(['*', '?', '['])
                && globset::Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(name))
    })
}

struct Collector<'a> {
    classes: &'a [Class],
    /// The classes by parent and name, the last of a name.
    by_name: BTreeMap<(usize, &'a str), usize>,
    /// The places of each class's own tests.
    own: BTreeMap<usize, Vec<usize>>,
    rules: &'a Conventions,
}

pub(super) fn collected(classes: &[Class], tests: Vec<(usize, Test)>, rules: &Conventions) -> Vec<Test> {
    let mut by_name = BTreeMap::new();
    for (at, class) in classes.iter().enumerate() {
        by_name.insert((class.parent.unwrap_or_default(), class.name.as_str()), at);
    }
    let mut own: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, (class, _)) in tests.iter().enumerate() {
        own.entry(*class).or_default().push(at);
    }
    let collector = Collector { classes, by_name, own, rules };
    let mut found = Vec::new();
    for at in 0..classes.len() {
        collector.class(at, &tests, &mut found);
    }
    found.sort_by_key(|test: &Test| test.range.start);
    found
}

impl Collector<'_> {
    /// The class and those that it inherits from in this file, itself first.
    fn lineage(&self, at: usize) -> Vec<usize> {
        let mut line = vec![at];
        let mut next = 0;
        while next < line.len() && line.len() < MAX_BASES {
            let class = &self.classes[line[next]];
            for base in &class.bases {
                let place = class.parent.and_then(|p| self.by_name.get(&(p, base.as_str())));
                let found = place.or_else(|| self.by_name.get(&(0, base.as_str())));
                if let Some(found) = found.copied().filter(|b| *b != 0 && !line.contains(b)) {
                    line.push(found);
                }
            }
            next += 1;
        }
        line
    }

    fn is_case(&self, lineage: &[usize]) -> bool {
        lineage.iter().flat_map(|at| &self.classes[*at].bases).any(|base| {
            let last = base.rsplit('.').next().unwrap_or(base);
            last.ends_with("TestCase") || last.ends_with("TestBase") || last.ends_with("Tests")
        })
    }

    fn is_collected(&self, at: usize) -> bool {
        let mut at = at;
        for _ in 0..MAX_BASES {
            let class = &self.classes[at];
            let Some(parent) = class.parent else { return true };
            let lineage = self.lineage(at);
            let is_case = self.is_case(&lineage);
            let named = is_match(&self.rules.classes, &class.name);
            let has_init = lineage.iter().any(|c| self.classes[*c].has_init);
            if !(is_case || named && !has_init) {
                return false;
            }
            at = parent;
        }
        false
    }

    fn class(&self, at: usize, tests: &[(usize, Test)], found: &mut Vec<Test>) {
        if !self.is_collected(at) {
            return;
        }
        let lineage = self.lineage(at);
        let is_case = self.is_case(&lineage);
        let mut seen: HashSet<&str> = HashSet::new();
        for class in &lineage {
            let own = self.own.get(class).map(Vec::as_slice).unwrap_or_default();
            // A name that is defined again below replaces the one above.
            let mut here: Vec<&Test> = own.iter().rev().map(|at| &tests[*at].1).collect();
            here.retain(|test| seen.insert(test.name[0].as_str()));
            for test in here.into_iter().rev() {
                let named = is_case && test.name[0].starts_with("test")
                    || !is_case && is_match(&self.rules.functions, &test.name[0]);
                if named && found.len() < MAX_INHERITED.max(tests.len()) {
                    found.push(self.placed(test.clone(), at, &lineage));
                }
            }
        }
    }

    fn placed(&self, mut test: Test, at: usize, lineage: &[usize]) -> Test {
        let switched = lineage.iter().find_map(|c| self.classes[*c].is_test);
        for class in lineage.iter().map(|c| &self.classes[*c]) {
            if !(class.mark.state == State::Unselected && switched == Some(true)) {
                add(&mut test, class);
            }
        }
        let mut place = at;
        while let Some(parent) = self.classes[place].parent {
            test.name.insert(0, self.classes[place].name.clone());
            add(&mut test, &self.classes[parent]);
            place = parent;
        }
        test
    }
}

fn add(test: &mut Test, class: &Class) {
    let mark = if class.never { Mark { state: State::Unselected, at: None } } else { class.mark.clone() };
    let mark = test.mark().under(&mark);
    (test.state, test.marker) = (mark.state, mark.at);
    test.tags.extend(class.tags.iter().cloned());
    if class.is_computed {
        test.cases = Cases::Computed;
    }
}
