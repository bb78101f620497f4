//! What JaCoCo reports and judges, run by Maven or by Gradle.
//!
//! Three scopes stand for it: what its report lists (`jacoco`), what its check looks at (`jacoco check`), and what the
//! check's rules for single classes and packages look at (`jacoco class rules`). Classes that only the agent leaves
//! out stay in the report, with nothing covered; so the agent's patterns narrow nothing.

mod gradle;
mod maven;

use std::collections::{BTreeMap, BTreeSet};

use super::jvm::{Source, percent, wild};
use super::survey::Survey;
use super::{Gate, Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::undecided::Undecided;

/// The files that [`scopes`] reads.
pub(super) const NEEDS: &[&str] = &[
    crate::read::maven::FILES,
    crate::read::gradle::FILES[0],
    crate::read::gradle::FILES[1],
    crate::read::gradle::FILES[2],
];

/// Every scope of JaCoCo in a tree.
pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut found = maven::scopes(survey);
    found.extend(gradle::scopes(survey));
    found
}

/// One rule of the check.
#[derive(Debug, Clone, PartialEq, Default)]
struct Rule {
    element: Option<String>,
    includes: Vec<String>,
    excludes: Vec<String>,
    limits: Vec<Limit>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Limit {
    counter: Option<String>,
    value: Option<String>,
    minimum: Option<String>,
    maximum: Option<String>,
}

impl Rule {
    fn element(&self) -> &str {
        self.element.as_deref().unwrap_or("BUNDLE")
    }

    /// Whether the rule looks at the element of that name.
    fn names(&self, name: &str) -> bool {
        let any = |patterns: &[String]| {
            patterns.iter().flat_map(|p| p.split(':')).any(|pattern| wild(pattern, name))
        };
        (self.includes.is_empty() || any(&self.includes)) && !any(&self.excludes)
    }

    /// Whether it looks at the class of a source; `None` for a rule that looks at no single class.
    fn judges(&self, source: &Source<'_>) -> Option<bool> {
        let class = source.class.replace('/', ".");
        Some(match self.element() {
            "CLASS" => self.names(&class),
            "PACKAGE" => self.names(class.rsplit_once('.').map_or("", |(package, _)| package)),
            "SOURCEFILE" => {
                let package = source.class.rsplit_once('/').map_or("", |(package, _)| package);
                self.names(&format!("{package}/{}", source.path.name()))
            }
            _ => return None,
        })
    }

    /// Its limits by name, the strictest where several have one name.
    fn gates(&self, bundle: &str, into: &mut BTreeMap<String, Gate>) -> Result<(), Undecided> {
        if self.element() == "BUNDLE" && !self.names(bundle) {
            return Ok(());
        }
        let own: Vec<&str> = self.includes.iter().map(String::as_str).filter(|i| *i != "*").collect();
        let element = match (self.element(), own.as_slice()) {
            (element, []) => element.to_owned(),
            (element, own) => format!("{element}({})", own.join(":")),
        };
        for limit in &self.limits {
            let counter = limit.counter.as_deref().unwrap_or("INSTRUCTION");
            let value = limit.value.as_deref().unwrap_or("COVEREDRATIO");
            let name = format!("{element}.{counter}.{value}");
            let read = |text: &Option<String>, of: fn(&str) -> Option<f64>| match text {
                Some(text) => of(text).map(Some).ok_or_else(|| super::settings::untold(&name, text)),
                None => Ok(None),
            };
            let gate = match value {
                "COVEREDRATIO" => read(&limit.minimum, percent)?.map(Gate::AtLeast),
                "MISSEDRATIO" => read(&limit.maximum, percent)?.map(|missed| Gate::AtLeast(100.0 - missed)),
                "MISSEDCOUNT" => read(&limit.maximum, |text| text.trim().parse().ok())?.map(Gate::Uncovered),
                _ => None,
            };
            let Some(gate) = gate else { continue };
            let known = into.get(&name).and_then(|known| known.strictness(gate));
            if known != Some(std::cmp::Ordering::Greater) {
                into.insert(name, gate);
            }
        }
        Ok(())
    }
}

/// What was read of one module.
struct Read<'s, 't> {
    dir: &'s str,
    config: Vec<RepoPath>,
    sources: &'s [Source<'t>],
    report: Result<BTreeSet<RepoPath>, Undecided>,
    /// The check's files, where there is a check.
    check: Option<Result<BTreeSet<RepoPath>, Undecided>>,
    rules: Vec<Rule>,
    bundle: &'s str,
    /// What switches the check off or on.
    switches: BTreeMap<String, Gate>,
    unknown: Option<Undecided>,
}

impl Read<'_, '_> {
    fn scopes(self) -> Vec<Scope> {
        let scope = |tool, stage| Scope { stage, ..Scope::new(tool, self.dir, self.config.clone()) };
        let matching =
            |files: Result<BTreeSet<RepoPath>, Undecided>| files.map(|files| (Mode::Matching, files));
        let mut gates = self.switches.clone();
        let mut read = self.unknown.map_or(Ok(()), Err);
        for rule in &self.rules {
            read = read.and_then(|()| rule.gates(self.bundle, &mut gates));
        }
        let gates = read.map(|()| gates);
        // Without a check nothing is left out of it: that it is gone is told by its gates.
        let check = self.check.unwrap_or_else(|| self.report.clone());
        let single: Vec<&Rule> =
            self.rules.iter().filter(|r| matches!(r.element(), "CLASS" | "PACKAGE" | "SOURCEFILE")).collect();
        let mut found = vec![
            scope("jacoco", Stage::Run).measured(matching(self.report)).gated(gates),
            scope("jacoco check", Stage::Report).measured(matching(check.clone())),
        ];
        if !single.is_empty() {
            let judged = |source: &&Source<'_>| single.iter().any(|rule| rule.judges(source) == Some(true));
            let judged: BTreeSet<&RepoPath> = self.sources.iter().filter(judged).map(|s| s.path).collect();
            let files = check.map(|files| files.into_iter().filter(|path| judged.contains(path)).collect());
            found.push(scope("jacoco class rules", Stage::Report).measured(matching(files)));
        }
        found
    }
}

#[cfg(test)]
mod tests;
