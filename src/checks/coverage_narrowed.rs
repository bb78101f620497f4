//! Files left the set that coverage measures.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, Tree};
use crate::checks::product as exempt;
use crate::checks::{Check, Examination, Finding, Needs, Rule, Wanted, package};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::ids::folder::below;
use crate::read::coverage::{self, Mode, Scope, Stage, changed_lines, ignores_file, touches};
use crate::read::{coverage_report, json};
use crate::span::Side;
use crate::undecided::Undecided;

mod reports;
mod size;
mod tell;

use reports::Reports;

static RULE: Rule = Rule::new("coverage-narrowed", include_str!("../../rules/coverage-narrowed.md"));

/// What a line of a configuration speaks of where it decides what is measured.
const WORDS: [&[&str]; 2] = [
    &["collectcoveragefrom", "coveragepathignore", "omit", "include", "exclude"],
    &[
        "coverage",
        "--cov",
        "source",
        "roots",
        "projects",
        "\"all\"",
        "all:",
        "extension",
        "packages",
        "classes",
    ],
];

/// `coverage-narrowed`; its page tells the rest.
pub(super) struct CoverageNarrowed;

impl Check for CoverageNarrowed {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        coverage::needs().for_each(|glob| needs.both(glob));
        coverage_report::NEEDS.into_iter().for_each(|glob| needs.both(glob));
        needs.changed(coverage::SOURCES);
        needs.later(shown);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let (base, head) = (coverage::shared(&change.base), coverage::shared(&change.head));
        let sides = Sides::of(change, &base, &head);
        examination.undecided = sides.undecided();
        let mut told = BTreeSet::new();
        for group in sides.groups() {
            if let Some(unreadable) = sides.unreadable(&group) {
                examination.undecided.push(unreadable);
                continue;
            }
            examination.findings.extend(sides.judge(&group, claims, &mut told));
        }
        if !examination.findings.is_empty() {
            examination.undecided.extend(sides.reports().undecided.iter().cloned());
        }
        examination
    }
}

/// The files of base that a finding will name with their size.
fn shown(change: &Change) -> Wanted {
    let (base, head) = (coverage::shared(&change.base), coverage::shared(&change.head));
    let sides = Sides::of(change, &base, &head);
    let mut wanted = Wanted::default();
    let mut told = BTreeSet::new();
    for group in sides.groups() {
        let (exempt, product) = sides.leaving(&group, &told);
        told.extend(product.iter().map(|l| l.base));
        let named = if product.is_empty() { exempt } else { product };
        wanted.base.extend(named.iter().take(tell::SHOWN).map(|l| l.base.clone()));
    }
    wanted
}

/// The scopes of one tool in one package.
struct Group<'a> {
    tool: &'static str,
    stage: Stage,
    package: &'a str,
    config: Vec<RepoPath>,
    files: BTreeMap<&'a RepoPath, Mode>,
}

impl Group<'_> {
    /// Whether a path lies in the package.
    fn holds(&self, path: &RepoPath) -> bool {
        holds(self.package, path)
    }
}

fn holds(package: &str, path: &RepoPath) -> bool {
    below(package::dir(package), path.as_str()).is_some()
}

/// A file that is measured no more, or only if a test loads it.
struct Left<'a> {
    base: &'a RepoPath,
    head: RepoPath,
    only_loaded: bool,
    by_comment: bool,
}

struct Sides<'a> {
    change: &'a Change,
    /// What a tool would measure by default is no scope that anyone chose: coverage set up for the first time narrows
    /// nothing.
    base: Vec<&'a Scope>,
    head: &'a [Scope],
    /// What head measures, by the filter that has the last word: none for the tools that run, else the filter's name.
    measured: BTreeMap<Option<&'static str>, BTreeMap<&'a RepoPath, Mode>>,
    reports: OnceCell<Reports>,
}

fn measured<'a>(scopes: impl Iterator<Item = &'a Scope>) -> BTreeMap<&'a RepoPath, Mode> {
    let mut measured = BTreeMap::new();
    for scope in scopes.filter(|scope| scope.undecided.is_none()) {
        for path in &scope.files {
            let mode = measured.entry(path).or_insert(scope.mode);
            *mode = scope.mode.max(*mode);
        }
    }
    measured
}

/// What compares with what: whatever measures while tests run with all that does, a filter with itself alone.
fn kin(tool: &'static str, stage: Stage) -> Option<&'static str> {
    (stage == Stage::Report).then_some(tool)
}

fn kin_of(scope: &Scope) -> Option<&'static str> {
    kin(scope.tool, scope.stage)
}

fn same(a: &Scope, b: &Scope) -> bool {
    a.tool == b.tool && a.package == b.package
}

impl<'a> Sides<'a> {
    fn of(change: &'a Change, base: &'a [Scope], head: &'a [Scope]) -> Self {
        let kinds: BTreeSet<Option<&'static str>> = head.iter().map(kin_of).collect();
        let of = |kind: Option<&'static str>| {
            (kind, measured(head.iter().filter(move |scope| kin_of(scope) == kind)))
        };
        let base = base.iter().filter(|scope| scope.configured).collect();
        let measured = kinds.into_iter().map(of).collect();
        Self { change, base, head, measured, reports: OnceCell::new() }
    }

    fn reports(&self) -> &Reports {
        self.reports.get_or_init(|| Reports::of(self.change))
    }

    /// How head measures a file, as far as tools of that kind can be told.
    fn now(&self, kind: Option<&'static str>, head: &RepoPath) -> Option<Mode> {
        self.measured.get(&kind)?.get(head).copied()
    }

    /// Base's scopes by tool and package: those whose configuration changed first, then the deepest package.
    fn groups(&self) -> Vec<Group<'a>> {
        let mut keys: Vec<(&'static str, &'a str, Stage)> =
            self.base.iter().map(|s| (s.tool, s.package.as_str(), s.stage)).collect();
        keys.sort();
        keys.dedup();
        // Without its filter a report has all that was measured.
        keys.retain(|(tool, _, stage)| {
            *stage == Stage::Run || self.measured.contains_key(&kin(tool, *stage))
        });
        let mut groups: Vec<Group<'a>> = keys
            .into_iter()
            .map(|(tool, package, stage)| {
                let of = |s: &&&Scope| s.tool == tool && s.package == package && s.stage == stage;
                let before = || self.base.iter().filter(of).copied();
                let after = self.head.iter().filter(|s| of(&s));
                let config = after.chain(before()).flat_map(|s| s.config.iter().cloned());
                let mut seen = BTreeSet::new();
                let config = config.filter(|path| seen.insert(path.clone())).collect();
                Group { tool, stage, package, config, files: measured(before()) }
            })
            .collect();
        groups
            .sort_by_key(|g| (!touches(self.change, &g.config), usize::MAX - g.package.matches('/').count()));
        groups
    }

    fn undecided(&self) -> Vec<Undecided> {
        let touched = |scope: &&Scope| touches(self.change, &scope.config);
        let mut found = Vec::new();
        for scope in self.head.iter().filter(touched) {
            let Some(undecided) = &scope.undecided else { continue };
            let known = |s: &&&Scope| same(s, scope) && s.undecided.is_none() && !s.files.is_empty();
            let lost = self.base.iter().find(known).is_some_and(|before| {
                before.files.iter().any(|path| self.lost(kin_of(scope), path, before.mode))
            });
            found.push(if lost { undecided.clone().decisive() } else { undecided.clone() });
        }
        found
    }

    /// The manifest that configures the group or starts its tool, where the change left it unreadable: what is not to
    /// be seen there has not left.
    fn unreadable(&self, group: &Group<'a>) -> Option<Undecided> {
        let here = |s: &&Scope| s.tool == group.tool && s.package == group.package;
        let gone = !self.head.iter().any(|s| here(&s));
        let kind = kin(group.tool, group.stage);
        let broken = |path: &RepoPath| {
            let above = gone && (group.package == path.dir() || below(path.dir(), group.package).is_some());
            if path.name() != "package.json" || !(group.config.contains(path) || above) {
                return None;
            }
            let text = self.change.head.text(path).transpose()?;
            text.and_then(|text| json::parse(text).map_err(|undecided| undecided.at(path))).err()
        };
        let undecided = self.change.files.iter().filter_map(|file| broken(file.head.as_ref()?)).next()?;
        let lost = group.files.iter().any(|(path, mode)| self.lost(kind, path, *mode));
        lost.then(|| undecided.decisive())
    }

    /// Whether a file of base that still exists is measured less at head, as far as that can be told.
    fn lost(&self, kind: Option<&'static str>, path: &RepoPath, mode: Mode) -> bool {
        let Some(head) = self.change.at_head(path) else { return false };
        self.now(kind, &head).is_none_or(|now| now < mode)
    }

    fn left(&self, group: &Group<'a>) -> Vec<Left<'a>> {
        let kind = kin(group.tool, group.stage);
        let mut left = Vec::new();
        for (&base, &mode) in &group.files {
            let Some(head) = self.change.at_head(base) else { continue };
            let now = self.now(kind, &head);
            let by_comment = now.is_some() && self.silenced(group.tool, base, &head);
            if by_comment || now.is_none_or(|now| now < mode) {
                let only_loaded = now.is_some() && !by_comment;
                left.push(Left { base, head, only_loaded, by_comment });
            }
        }
        left
    }

    /// Whether the change put in a comment that takes the file out.
    fn silenced(&self, tool: &str, base: &RepoPath, head: &RepoPath) -> bool {
        let silent =
            |side, path| self.change.text(side, path).ok().flatten().map(|text| ignores_file(tool, text));
        self.change.file(head).is_some()
            && silent(Side::Head, head) == Some(true)
            && silent(Side::Base, base) == Some(false)
    }

    /// The files that left, and those of the product among them apart.
    fn leaving(&self, group: &Group<'a>, told: &BTreeSet<&'a RepoPath>) -> (Vec<Left<'a>>, Vec<Left<'a>>) {
        let kind = kin(group.tool, group.stage);
        let unknown = |path: &RepoPath| {
            let covers = |s: &&Scope| kin_of(s) == kind && holds(&s.package, path);
            self.head.iter().filter(covers).any(|s| s.undecided.is_some())
        };
        let mut left = self.left(group);
        left.retain(|l| !told.contains(l.base) && !unknown(&l.head) && !exempt::empty(self.change, &l.head));
        let moved = |l: &Left<'_>| l.base != &l.head;
        let configured = touches(self.change, &group.config);
        // Without a changed configuration only a move or a comment takes a file out; anything else is not ours to tell.
        left.retain(|l| configured || moved(l) || l.by_comment);
        let before = OnceCell::new();
        let by_rules_of_base = |l: &Left<'_>| {
            configured && before.get_or_init(|| self.by_rules_of_base(group)).contains(&l.head)
        };
        left.retain(|l| !moved(l) || self.lands_unmeasured(group, &l.head) || by_rules_of_base(l));
        left.into_iter().partition(|l| exempt::kind(&l.head).is_some())
    }

    fn judge(
        &self,
        group: &Group<'a>,
        claims: &Claims,
        told: &mut BTreeSet<&'a RepoPath>,
    ) -> Option<Finding> {
        let (exempt, product) = self.leaving(group, told);
        if product.is_empty() {
            return (!exempt.is_empty()).then(|| self.finding(group, &exempt, claims).note());
        }
        told.extend(product.iter().map(|l| l.base));
        let here = |s: &&Scope| s.tool == group.tool && s.package == group.package;
        let finding = self.finding(group, &product, claims);
        let gone = !self.head.iter().any(|s| here(&s));
        let by_version = product.iter().all(|l| l.only_loaded) && !self.coverage_lines_changed(group);
        let reported = self.reported(group, &product);
        Some(if gone || by_version || reported { finding.note() } else { finding })
    }

    /// Whether head's reports have all of these files: what was run is then not what is configured. A filter works on
    /// reports that still have them.
    fn reported(&self, group: &Group<'_>, left: &[Left<'_>]) -> bool {
        group.stage == Stage::Run && left.iter().all(|l| self.reports().still_measured(&l.head))
    }

    /// Whether a moved file went where other files of its kind stood unmeasured before.
    fn lands_unmeasured(&self, group: &Group<'_>, head: &RepoPath) -> bool {
        let mut beside = self
            .change
            .base
            .under(head.dir())
            .filter(|p| p.dir() == head.dir() && p.extension() == head.extension());
        let measured = |path: &RepoPath| group.files.contains_key(path);
        let first = beside.next();
        group.holds(head) && first.is_some_and(|p| !measured(p)) && !beside.any(measured)
    }

    /// The files of head that base's configuration would measure, were it still there: a file that was moved in the same
    /// change has left only if base would have measured it at its new place.
    fn by_rules_of_base(&self, group: &Group<'_>) -> BTreeSet<RepoPath> {
        let kept = self.change.head.entries().filter(|(path, _)| !group.config.contains(path));
        let before = self.change.base.entries().filter(|(path, _)| group.config.contains(path));
        let tree = Tree::new(kept.chain(before).map(|(path, entry)| (path.clone(), entry.clone())));
        let scopes = coverage::scopes(&tree).into_iter();
        let here =
            scopes.filter(|s| s.tool == group.tool && s.package == group.package && s.undecided.is_none());
        here.flat_map(|scope| scope.files).collect()
    }

    /// Whether a changed line of the configuration itself speaks of coverage; a changed version of the tool does not.
    fn coverage_lines_changed(&self, group: &Group<'_>) -> bool {
        let places = changed_lines(self.change, &group.config, &WORDS);
        places.iter().any(|at| {
            let text = at.excerpt.as_ref().map(|e| e.text.to_lowercase()).unwrap_or_default();
            at.path.name() != "package.json"
                || ["coverage", "collect", "include", "exclude"]
                    .iter()
                    .any(|w| text.contains(w) && !text.contains("@vitest/coverage"))
        })
    }

    /// The files of the product that were measured at base and still exist, and those that left.
    fn product(&self, group: &Group<'a>, left: &[Left<'_>]) -> Vec<&'a RepoPath> {
        let of_product = |path: &&RepoPath| {
            let there = self.change.at_head(path).is_some();
            (there && exempt::kind(path).is_none()) || left.iter().any(|l| l.base == *path)
        };
        group.files.keys().copied().filter(of_product).collect()
    }
}

#[cfg(test)]
mod tests;
