//! From the paths of a report to the files of a tree.
//!
//! A tool writes absolute paths of another machine, paths relative to the folder it ran in, import paths of a module or
//! folders of a class path. What all of them share with the tree is their end. Each way to exchange one front for
//! another (`/home/runner/work/x/x` for the root, nothing for `packages/a`) is a *reading*; the reading that explains
//! most files of the report wins. A path that two readings explain equally well, or none, is counted apart.

mod index;
mod spelling;

use std::collections::{BTreeMap, HashMap};

use crate::change::Tree;
use crate::ids::RepoPath;

use super::{FileCoverage, Format, Measured, Report};
use index::Index;
use spelling::{Spelling, modules, spellings};

/// What [`Report::on`] reads in a tree: the names of Go's modules.
pub const NEEDS: [&str; 1] = ["**/go.mod"];

/// So many candidates of one path are weighed; a path with more is placed by what the others of the report say.
const MAX_CANDIDATES: usize = 32;
/// So many candidates of a whole report are weighed.
const MAX_WEIGHED: usize = 1_000_000;
/// So many readings are tried on a path that has too many candidates of its own.
const MAX_TRIED: usize = 32;

/// What reports say of a tree's files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapped {
    /// The files that were found in the tree.
    pub files: BTreeMap<RepoPath, FileCoverage>,
    /// The paths that stand for no file of the tree, or for one of several, as the report writes them.
    pub unmapped: Vec<String>,
}

impl Mapped {
    /// Takes in what another report says of the same tree.
    pub fn merge(&mut self, other: Self) {
        for (path, coverage) in other.files {
            match self.files.get_mut(&path) {
                Some(own) => own.merge(&coverage),
                None => drop(self.files.insert(path, coverage)),
            }
        }
        self.unmapped.extend(other.unmapped);
    }

    /// The sum over the files that were found.
    pub fn total(&self) -> Measured {
        let mut total = Measured::default();
        self.files.values().for_each(|file| total.add(file.measured));
        total
    }
}

/// What all these reports together say of a tree. Two that name the same file are merged there.
pub fn all<'r>(reports: impl IntoIterator<Item = &'r Report>, tree: &Tree) -> Mapped {
    let mut mapped = Mapped::default();
    reports.into_iter().for_each(|report| mapped.merge(report.on(tree)));
    mapped
}

impl Report {
    /// Finds the tree's files behind the report's paths.
    pub fn on(&self, tree: &Tree) -> Mapped {
        let index = Index::of(tree);
        let modules = if self.format == Format::Go { modules(tree) } else { Vec::new() };
        let spelled = self.files.iter().map(|(path, _)| spellings(self, path, &modules)).collect();
        let readings = Readings::of(&index, spelled, self.format);
        let mut mapped = Mapped::default();
        for (at, (path, coverage)) in self.files.iter().enumerate() {
            match readings.place(at) {
                None => mapped.unmapped.push(path.clone()),
                Some(found) => match mapped.files.get_mut(found) {
                    Some(own) => own.merge(coverage),
                    None => drop(mapped.files.insert(found.clone(), coverage.clone())),
                },
            }
        }
        mapped
    }
}

/// One front exchanged for another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Reading {
    report: String,
    tree: String,
}

/// A file of the tree that a path may stand for.
#[derive(Clone, Copy)]
struct Candidate<'t> {
    reading: usize,
    path: &'t RepoPath,
    shared: usize,
}

struct Readings<'t, 'i> {
    index: &'i Index<'t>,
    spelled: Vec<Vec<Spelling>>,
    candidates: Vec<Vec<Candidate<'t>>>,
    readings: Vec<Reading>,
    votes: Vec<usize>,
    /// The readings by their votes, the most first.
    ranked: Vec<usize>,
    jvm: bool,
}

impl<'t, 'i> Readings<'t, 'i> {
    fn of(index: &'i Index<'t>, spelled: Vec<Vec<Spelling>>, format: Format) -> Self {
        let mut numbers: HashMap<Reading, usize> = HashMap::new();
        let (mut readings, mut votes) = (Vec::new(), Vec::new());
        let (mut candidates, mut weighed) = (Vec::with_capacity(spelled.len()), 0);
        for spellings in &spelled {
            let mut own: Vec<Candidate<'t>> = Vec::new();
            for spelling in spellings {
                let limit = if weighed < MAX_WEIGHED { MAX_CANDIDATES } else { 1 };
                for (path, shared) in index.candidates(spelling, limit) {
                    weighed += 1;
                    let Some(reading) = reading(spelling, path, shared) else { continue };
                    let number = *numbers.entry(reading).or_insert_with_key(|reading| {
                        readings.push(reading.clone());
                        votes.push(0);
                        readings.len() - 1
                    });
                    if !own.iter().any(|c| c.reading == number) {
                        votes[number] += 1;
                        own.push(Candidate { reading: number, path, shared });
                    }
                }
            }
            candidates.push(own);
        }
        let mut ranked: Vec<usize> = (0..readings.len()).collect();
        ranked.sort_by(|a, b| votes[*b].cmp(&votes[*a]).then_with(|| readings[*a].cmp(&readings[*b])));
        Self { index, spelled, candidates, readings, votes, ranked, jvm: format == Format::Jacoco }
    }

    /// The one file of the tree that the report's path at this place stands for.
    fn place(&self, at: usize) -> Option<&'t RepoPath> {
        let own = &self.candidates[at];
        let rank =
            |c: &Candidate<'_>| (self.hinted(at, c), self.votes[c.reading], self.certain(at, c), c.shared);
        let Some(best) = own.iter().max_by_key(|c| rank(c)) else { return self.by_others(at) };
        if own.iter().any(|c| c.path != best.path && rank(c) == rank(best)) || self.guessed(at, best) {
            return None;
        }
        Some(best.path)
    }

    /// Whether the module that the report names lies on the candidate's way.
    fn hinted(&self, at: usize, candidate: &Candidate<'_>) -> bool {
        let inside = |hint: &String| candidate.path.as_str().split('/').any(|part| part == hint);
        self.spelled[at].iter().any(|s| s.hints.iter().any(inside))
    }

    /// Whether the path stands in the tree just as it is written, or below a known checkout folder.
    fn certain(&self, at: usize, candidate: &Candidate<'_>) -> bool {
        let reading = &self.readings[candidate.reading];
        let checkout = |s: &Spelling| s.checkout.as_deref() == Some(reading.report.as_str());
        reading.tree.is_empty() && (reading.report.is_empty() || self.spelled[at].iter().any(checkout))
    }

    /// Whether only the end of the path speaks for the candidate, while more is known of where such paths begin.
    fn guessed(&self, at: usize, best: &Candidate<'_>) -> bool {
        if self.jvm {
            return false;
        }
        let (own, votes) = (&self.readings[best.reading], self.votes[best.reading]);
        let stronger = self.ranked.iter().take_while(|r| self.votes[**r] >= votes).take(MAX_TRIED);
        let mut stronger = stronger.filter(|r| **r != best.reading).map(|r| &self.readings[*r]);
        let rooted = |s: &&Spelling| s.rooted;
        let weak = best.shared == 1 && votes == 1 && self.spelled[at].iter().any(|s| rooted(&s));
        // The path lies below a folder that is known to be the repository's, and there is no such file.
        let known = |r: &Reading| r.tree.is_empty() && self.spelled[at].iter().any(|s| s.starts(&r.report));
        !(own.tree.is_empty() && self.certain(at, best))
            && (stronger.any(known) || weak && self.ranked.first().is_some_and(|r| self.votes[*r] > votes))
    }

    /// The place of a path with too many candidates: where the report's other files begin.
    fn by_others(&self, at: usize) -> Option<&'t RepoPath> {
        let spellings = &self.spelled[at];
        self.ranked.iter().take(MAX_TRIED).map(|r| &self.readings[*r]).find_map(|reading| {
            spellings.iter().find_map(|s| {
                let rest = s.below(&reading.report)?;
                let path = if reading.tree.is_empty() { rest } else { format!("{}/{rest}", reading.tree) };
                self.index.find(&path)
            })
        })
    }
}

fn reading(spelling: &Spelling, path: &RepoPath, shared: usize) -> Option<Reading> {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let tree = parts[..parts.len() - shared].join("/");
    let report = spelling.front(shared);
    (!spelling::foreign(spelling, &report)).then_some(Reading { report, tree })
}

#[cfg(test)]
mod tests;
