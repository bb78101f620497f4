//! Files left the set that coverage measures.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::Change;
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::{ClaimKind, Claims, Sentence};
use crate::ids::RepoPath;
use crate::read::coverage::{self, Mode, Scope, changed_lines, ignores_file, touches};
use crate::span::{Location, Side};
use crate::undecided::Undecided;

mod exempt;

static RULE: Rule = Rule::new("coverage-narrowed", include_str!("../../rules/coverage-narrowed.md"));

const SHOWN: usize = 10;
/// What a line of a configuration speaks of where it decides what is measured.
const WORDS: [&[&str]; 2] = [
    &["collectcoveragefrom", "coveragepathignore", "omit", "include", "exclude"],
    &["coverage", "--cov", "source", "roots", "projects", "\"all\"", "all:", "extension"],
];

/// `coverage-narrowed`; its page tells the rest.
pub(super) struct CoverageNarrowed;

impl Check for CoverageNarrowed {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        coverage::needs().for_each(|glob| needs.both(glob));
        needs.changed(coverage::SOURCES);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let (mut base, head) = (coverage::scopes(&change.base), coverage::scopes(&change.head));
        // What a tool would measure by default is no scope that anyone chose: coverage set up for the first time
        // narrows nothing.
        base.retain(|scope| scope.configured);
        let sides = Sides { change, base: &base, head: &head, measured: measured(head.iter()) };
        examination.undecided = sides.undecided();
        let mut told = BTreeSet::new();
        for group in sides.groups() {
            examination.findings.extend(sides.judge(&group, claims, &mut told));
        }
        examination
    }
}

/// The scopes of one tool in one package.
struct Group<'a> {
    tool: &'static str,
    package: &'a str,
    config: Vec<RepoPath>,
    files: BTreeMap<&'a RepoPath, Mode>,
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
    base: &'a [Scope],
    head: &'a [Scope],
    measured: BTreeMap<&'a RepoPath, Mode>,
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

fn same(a: &Scope, b: &Scope) -> bool {
    a.tool == b.tool && a.package == b.package
}

impl<'a> Sides<'a> {
    /// Base's scopes by tool and package: those whose configuration changed first, then the deepest package.
    fn groups(&self) -> Vec<Group<'a>> {
        let mut keys: Vec<(&'static str, &'a str)> =
            self.base.iter().map(|s| (s.tool, s.package.as_str())).collect();
        keys.dedup();
        let mut groups: Vec<Group<'a>> = keys
            .into_iter()
            .map(|(tool, package)| {
                let of = |scopes: &'a [Scope]| {
                    scopes.iter().filter(move |s| s.tool == tool && s.package == package)
                };
                let config = of(self.head).chain(of(self.base)).flat_map(|s| s.config.iter().cloned());
                let mut seen = BTreeSet::new();
                let config = config.filter(|path| seen.insert(path.clone())).collect();
                Group { tool, package, config, files: measured(of(self.base)) }
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
            let known = |s: &&Scope| same(s, scope) && s.undecided.is_none() && !s.files.is_empty();
            let before = self.base.iter().find(known);
            let lost =
                before.is_some_and(|before| before.files.iter().any(|path| self.lost(path, before.mode)));
            found.push(if lost { undecided.clone().decisive() } else { undecided.clone() });
        }
        found
    }

    /// Whether a file of base that still exists is measured less at head, as far as that can be told.
    fn lost(&self, path: &RepoPath, mode: Mode) -> bool {
        let Some(head) = self.change.at_head(path) else { return false };
        self.measured.get(&head).is_none_or(|now| *now < mode)
    }

    fn left(&self, group: &Group<'a>) -> Vec<Left<'a>> {
        let mut left = Vec::new();
        for (&base, &mode) in &group.files {
            let Some(head) = self.change.at_head(base) else { continue };
            let now = self.measured.get(&head).copied();
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

    fn judge(
        &self,
        group: &Group<'a>,
        claims: &Claims,
        told: &mut BTreeSet<&'a RepoPath>,
    ) -> Option<Finding> {
        let here = |s: &&Scope| s.tool == group.tool && s.package == group.package;
        let unknown = |path: &RepoPath| {
            let covers =
                |s: &Scope| s.package == "." || path.as_str().starts_with(&format!("{}/", s.package));
            self.head.iter().any(|s| s.undecided.is_some() && covers(s))
        };
        let mut left = self.left(group);
        left.retain(|l| !told.contains(l.base) && !unknown(&l.head) && !exempt::empty(self.change, &l.head));
        let moved = |l: &Left<'_>| l.base != &l.head;
        let configured = touches(self.change, &group.config);
        // Without a changed configuration only a move or a comment takes a file out; anything else is not ours to tell.
        left.retain(|l| configured || moved(l) || l.by_comment);
        left.retain(|l| !moved(l) || self.lands_unmeasured(group, &l.head));
        let (exempt, product): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|l| exempt::kind(&l.head).is_some());
        if product.is_empty() {
            let hidden: Vec<_> = exempt
                .into_iter()
                .filter(|l| exempt::kind(&l.head) == Some(exempt::Kind::NotWritten))
                .collect();
            return (!hidden.is_empty()).then(|| self.finding(group, &hidden, claims).note());
        }
        told.extend(product.iter().map(|l| l.base));
        let finding = self.finding(group, &product, claims);
        let gone = !self.head.iter().any(|s| here(&s));
        let by_version = product.iter().all(|l| l.only_loaded) && !self.coverage_lines_changed(group);
        Some(if gone || by_version { finding.note() } else { finding })
    }

    /// Whether a moved file went where other files of its kind stood unmeasured before.
    fn lands_unmeasured(&self, group: &Group<'_>, head: &RepoPath) -> bool {
        let inside = group.package == "." || head.as_str().starts_with(&format!("{}/", group.package));
        let mut beside = self
            .change
            .base
            .under(head.dir())
            .filter(|p| p.dir() == head.dir() && p.extension() == head.extension());
        let measured = |path: &RepoPath| group.files.contains_key(path);
        let first = beside.next();
        inside && first.is_some_and(|p| !measured(p)) && !beside.any(measured)
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

    fn finding(&self, group: &Group<'a>, left: &[Left<'a>], claims: &Claims) -> Finding {
        let mut places = changed_lines(self.change, &group.config, &WORDS);
        if places.is_empty() {
            places.push(Location::file(Side::Head, &left[0].head));
        }
        let total = self.total(group, left);
        let (still, before) = (total - left.len(), format!("{} measured", were(total)));
        for place in &mut places {
            place.label = match place.side {
                Side::Base => before.clone(),
                Side::Head if left.iter().all(|l| l.only_loaded) => String::new(),
                Side::Head => format!("{} of them still {}", still, if still == 1 { "is" } else { "are" }),
            };
        }
        let primary = places.remove(0);
        let names: Vec<&str> = left.iter().map(|l| l.base.as_str()).collect();
        let matter = format!("{} {} {}", group.tool, group.package, names.join(" "));
        let claim = claims.fullest(|kind| matches!(kind, ClaimKind::Coverage { .. }));
        let mut finding = Finding::new(&RULE, primary, self.headline(group, left), &matter)
            .explain(explanation(group, left))
            .gainsays(claim)
            .disclosed(admission(claims));
        for place in places {
            finding = finding.related(place);
        }
        finding
    }

    /// How many files of the product were measured at base and still exist.
    fn total(&self, group: &Group<'_>, left: &[Left<'_>]) -> usize {
        let there = |path: &&&RepoPath| self.change.at_head(path).is_some() && exempt::kind(path).is_none();
        group.files.keys().filter(there).count().max(left.len())
    }

    fn headline(&self, group: &Group<'_>, left: &[Left<'_>]) -> String {
        let total = self.total(group, left);
        let (count, tool) = (left.len(), group.tool);
        let files = if total == 1 { "file" } else { "files" };
        let place = if group.package == "." { String::new() } else { format!(" in {}", group.package) };
        if left.iter().all(|l| l.only_loaded) {
            let are = if count == 1 { "is" } else { "are" };
            return format!(
                "{count} of {total} {files} {are} measured by {tool}{place} only if a test loads them now"
            );
        }
        format!("{count} of {total} {files} left {tool}'s coverage scope{place}")
    }
}

fn were(count: usize) -> String {
    if count == 1 { "1 file was".to_owned() } else { format!("{count} files were") }
}

fn explanation(group: &Group<'_>, left: &[Left<'_>]) -> String {
    let mut text = match left.iter().filter(|l| l.only_loaded).count() {
        0 => format!("{} measured these files at base and does not at head:\n", group.tool),
        n if n == left.len() => format!(
            "{} measured these files whether a test loads them or not; now a file that no test loads is left out of the figure:\n",
            group.tool
        ),
        _ => format!(
            "{} measured these files at base; at head it does not, or only if a test loads them:\n",
            group.tool
        ),
    };
    for l in left.iter().take(SHOWN) {
        let to = if *l.base == l.head { String::new() } else { format!(" (now {})", l.head) };
        let why = match (l.by_comment, l.only_loaded) {
            (true, _) => ": by a comment in the file",
            (_, true) if left.iter().any(|l| !l.only_loaded) => ": only if loaded",
            _ => "",
        };
        text.push_str(&format!("  {}{to}{why}\n", l.base));
    }
    if left.len() > SHOWN {
        text.push_str(&format!("  and {} more\n", left.len() - SHOWN));
    }
    text.push_str(
        "A coverage figure at head says nothing of them. Put them back into the scope, or have a person agree to the \
         smaller scope.",
    );
    text
}

/// The sentence in which the pull request says that coverage leaves something out.
fn admission(claims: &Claims) -> Option<&Sentence> {
    const OF: [&str; 6] = ["coverage", "collectcoveragefrom", "coveragerc", "nycrc", "c8rc", "--cov"];
    const LESS: [&str; 14] = [
        "exclud",
        "omit",
        "ignor",
        "narrow",
        "scope",
        "restrict",
        "limit",
        "only measure",
        "leave out",
        "left out",
        "drop",
        "remov",
        "no longer",
        "skip",
    ];
    claims.sentences.iter().find(|sentence| {
        let text = sentence.text.to_lowercase();
        OF.iter().any(|word| text.contains(word)) && LESS.iter().any(|word| text.contains(word))
    })
}
