//! What SimpleCov does once it was told everything.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::filters::{Filter, Generation, files};
use super::operations::{Kind, Operation};
use super::values::Argument;
use crate::read::coverage::Gate;
use crate::read::coverage::settings::untold;
use crate::undecided::Undecided;

/// Profiles that load profiles are followed this far.
const MAX_PROFILES: usize = 20;

/// The state that the operations lead to.
pub(super) struct Plan {
    pub(super) generation: Generation,
    pub(super) started: bool,
    /// The folder that it takes for the project's, where one is named.
    pub(super) root: Option<String>,
    skips: Vec<Argument>,
    track: Argument,
    cover: Vec<Argument>,
    criteria: BTreeSet<String>,
    primary: String,
    gates: BTreeMap<Kind, BTreeMap<String, Argument>>,
    unknown_scope: Option<String>,
    unknown_gates: Option<String>,
    profiles: usize,
}

/// What decides of a file.
pub(super) struct Rules {
    pub(super) filters: Vec<Filter>,
    pub(super) track: Vec<Regex>,
    pub(super) cover: Vec<Regex>,
}

impl Plan {
    /// Follows the operations in their order, from the defaults on.
    pub(super) fn new(
        generation: Generation,
        operations: &[Operation],
        profiles: &BTreeMap<String, Vec<Operation>>,
    ) -> Self {
        let hidden = if generation == Generation::Old { r"^/\..*" } else { r"\A\..*" };
        let mut plan = Self {
            generation,
            started: false,
            root: None,
            skips: vec![Argument::Text("/vendor/bundle/".to_owned()), regex(hidden)],
            track: Argument::Nil,
            cover: Vec::new(),
            criteria: BTreeSet::new(),
            primary: "line".to_owned(),
            gates: BTreeMap::new(),
            unknown_scope: None,
            unknown_gates: None,
            profiles: 0,
        };
        operations.iter().for_each(|operation| plan.follow(operation, profiles));
        plan
    }

    fn follow(&mut self, operation: &Operation, profiles: &BTreeMap<String, Vec<Operation>>) {
        match operation {
            Operation::Start => self.started = true,
            Operation::Root(Argument::Text(root)) => self.root = Some(root.clone()),
            Operation::Root(other) => {
                // The project's own folder, as most write it, is what it is without a word.
                let own = ["__dir__", "Dir.pwd", "Dir.getwd", "Rails.root", "__FILE__", "getwd"];
                if !own.iter().any(|word| other.shown().contains(word)) {
                    self.unknown_scope = Some(other.shown());
                }
            }
            Operation::Skip(filter) => self.skips.push(filter.clone()),
            Operation::Unskip(filter) => self.skips.retain(|skip| skip != filter),
            Operation::ClearFilters => self.skips.clear(),
            Operation::Track(pattern) => self.track = pattern.clone(),
            Operation::Cover(pattern) => self.cover.push(pattern.clone()),
            Operation::Profile(name) => match name.name() {
                Some(name) => self.profile(&name, profiles),
                None => self.unknown_scope = Some(name.shown()),
            },
            Operation::Enable(criterion) => self.criteria.extend(criterion.name()),
            Operation::Primary(criterion) => self.primary = criterion.name().unwrap_or_default(),
            Operation::Gate(kind, criterion, figures) => self.gate(*kind, criterion.as_ref(), figures),
            Operation::UnknownScope(expression) => self.unknown_scope = Some(expression.clone()),
            Operation::UnknownGates(expression) => self.unknown_gates = Some(expression.clone()),
        }
    }

    fn profile(&mut self, name: &str, profiles: &BTreeMap<String, Vec<Operation>>) {
        self.profiles += 1;
        if self.profiles > MAX_PROFILES {
            return;
        }
        if let Some(operations) = profiles.get(name) {
            operations.iter().for_each(|operation| self.follow(operation, profiles));
            return;
        }
        let old = self.generation == Generation::Old;
        match name {
            "root_filter" | "bundler_filter" | "hidden_filter" => {}
            "test_frameworks" if old => {
                let folders = ["/test/", "/features/", "/spec/", "/autotest/"];
                self.skips.extend(folders.map(|folder| Argument::Text(folder.to_owned())));
            }
            "test_frameworks" => self.skips.push(regex(r"\A(test|features|spec|autotest)/")),
            "rails" => {
                self.profile("test_frameworks", profiles);
                let start = if old { "^/" } else { r"\A" };
                self.skips.extend(["config/", "db/"].map(|folder| regex(&format!("{start}{folder}"))));
                self.track = Argument::Text("{app,lib}/**/*.rb".to_owned());
            }
            "strict" if !old => {
                let all = ["line", "branch", "method"].map(|name| (name.to_owned(), Argument::Number(100.0)));
                self.gate(Kind::Minimum, None, &Argument::Hash(all.into()));
            }
            _ => self.unknown_scope = Some(format!("the profile {name}")),
        }
    }

    fn gate(&mut self, kind: Kind, criterion: Option<&Argument>, figures: &Argument) {
        if let Some(criterion) = criterion.and_then(Argument::name) {
            self.gates.entry(kind).or_default().insert(criterion, figures.clone());
            return;
        }
        let named: BTreeMap<String, Argument> = match (kind, figures) {
            (Kind::RefuseDrop, Argument::List(criteria)) => {
                let mut names: BTreeSet<String> = criteria.iter().filter_map(Argument::name).collect();
                if names.is_empty() {
                    names = self.criteria.clone();
                    names.insert(self.primary.clone());
                }
                names.into_iter().map(|name| (name, Argument::Number(0.0))).collect()
            }
            (_, Argument::Hash(pairs)) => pairs.iter().cloned().collect(),
            (_, figure) => BTreeMap::from([(self.primary.clone(), figure.clone())]),
        };
        self.gates.insert(if kind == Kind::RefuseDrop { Kind::Drop } else { kind }, named);
    }

    /// The gates, or the expression on which they depend.
    pub(super) fn gates(&self) -> Result<BTreeMap<String, Gate>, Undecided> {
        if let Some(expression) = &self.unknown_gates {
            return Err(untold("minimum_coverage", expression));
        }
        let mut found = BTreeMap::new();
        for (kind, figures) in &self.gates {
            let (name, gate): (&str, fn(f64) -> Gate) = match kind {
                Kind::Minimum => ("minimum_coverage", Gate::AtLeast),
                Kind::ByFile => ("minimum_coverage_by_file", Gate::AtLeast),
                Kind::ByGroup => ("minimum_coverage_by_group", Gate::AtLeast),
                Kind::Drop | Kind::RefuseDrop => ("maximum_coverage_drop", Gate::Drop),
            };
            for (criterion, figure) in figures {
                match figure {
                    Argument::Number(figure) => {
                        found.insert(format!("{name}.{criterion}"), gate(*figure));
                    }
                    Argument::Hash(inner) => {
                        for (inner, figure) in inner {
                            if let Argument::Number(figure) = figure {
                                found.insert(format!("{name}.{criterion}.{inner}"), gate(*figure));
                            }
                        }
                    }
                    Argument::Nil => {}
                    other => return Err(untold(name, &other.shown())),
                }
            }
        }
        Ok(found)
    }

    /// What decides of a file, or the expression on which it depends.
    pub(super) fn rules(&self) -> Result<Rules, Undecided> {
        if let Some(expression) = &self.unknown_scope {
            return Err(untold("SimpleCov", expression));
        }
        let filters = self.skips.iter().map(|skip| Filter::of(skip, self.generation));
        let filters = filters.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let cover =
            self.cover.iter().map(|pattern| files(pattern, "cover")).collect::<Result<Vec<_>, _>>()?;
        Ok(Rules {
            filters,
            track: files(&self.track, "track_files")?,
            cover: cover.into_iter().flatten().collect(),
        })
    }
}

fn regex(text: &str) -> Argument {
    Argument::Regex(text.to_owned(), String::new())
}
