//! Gates of the coverage tools' own configurations.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::tell::{Fallen, place_finding};
use super::{Fall, admission, fall};
use crate::change::{Change, Tree};
use crate::checks::{Examination, Finding, package};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::ids::folder::below;
use crate::read::coverage::{Collects, Gate, Scope, Stage, changed_lines, touches};
use crate::read::glob::{Dialect, Glob};
use crate::span::{Location, Side};
use crate::undecided::Undecided;

/// What a line of a configuration speaks of where it sets a gate.
const WORDS: [&str; 21] = [
    "threshold",
    "fail_under",
    "fail-under",
    "check-coverage",
    "checkcoverage",
    "branches",
    "functions",
    "lines",
    "statements",
    "per-file",
    "perfile",
    "100",
    "minimum",
    "minbound",
    "minvalue",
    "haltonfailure",
    "failonviolation",
    "violationrules",
    "--cov",
    "nyc",
    "c8",
];

pub(super) fn examine(change: &Change, claims: &Claims, base: &[Scope], head: &[Scope]) -> Examination {
    let mut examination = Examination::default();
    let keys: BTreeSet<(&str, &str)> = base.iter().map(|s| (s.tool, s.package.as_str())).collect();
    let mut fallen: Vec<Fallen<'_>> = Vec::new();
    for (tool, package) in keys {
        let of = |scopes| Gates::of(scopes, tool, package);
        let (before, after) = (of(base), of(head));
        if !touches(change, &before.config) && !touches(change, &after.config) {
            continue;
        }
        examination.undecided.extend(undecided(&before, &after));
        match judge(change, &before, &after, (base, head)) {
            Some(one) => match fallen.iter_mut().find(|other| other.is_the_same_line(&one)) {
                Some(other) => other.packages.extend(one.packages),
                None => fallen.push(one),
            },
            None => examination.findings.extend(switched_off(change, claims, &before, &after, head)),
        }
    }
    examination.findings.extend(fallen.into_iter().map(|fallen| fallen.finding(claims)));
    examination
}

/// The gates of one tool in one package: each that any of its runs sets, the strictest first.
struct Gates<'a> {
    tool: &'static str,
    package: &'a str,
    there: bool,
    collects: Vec<Collects>,
    files: BTreeSet<&'a RepoPath>,
    config: Vec<RepoPath>,
    figures: BTreeMap<&'a str, Vec<Gate>>,
    unknown: Option<&'a Undecided>,
}

impl<'a> Gates<'a> {
    fn of(scopes: &'a [Scope], tool: &'a str, package: &'a str) -> Self {
        let mut gates = Gates {
            tool: "",
            package,
            there: false,
            collects: vec![],
            files: BTreeSet::new(),
            config: vec![],
            figures: BTreeMap::new(),
            unknown: None,
        };
        for scope in scopes.iter().filter(|s| s.tool == tool && s.package == package) {
            (gates.tool, gates.there) = (scope.tool, true);
            gates.collects.push(scope.collects);
            gates.files.extend(&scope.files);
            gates.config.extend(scope.config.iter().cloned());
            gates.unknown = gates.unknown.or(scope.unknown_thresholds.as_ref());
            for (name, figure) in &scope.thresholds {
                gates.figures.entry(name).or_default().push(*figure);
            }
        }
        gates
            .figures
            .values_mut()
            .for_each(|figures| figures.sort_by(|a, b| b.strictness(*a).unwrap_or(Ordering::Equal)));
        gates
    }
}

fn undecided(before: &Gates<'_>, after: &Gates<'_>) -> Option<Undecided> {
    let unknown = after.unknown?;
    // The scope itself is undecided for the same reason: that is told once, by the rule of the scope.
    let held = before.unknown.is_none() && before.figures.values().flatten().any(|gate| !gate.is_open());
    held.then(|| unknown.clone().decisive())
}

fn judge<'a>(
    change: &Change,
    before: &Gates<'a>,
    after: &Gates<'a>,
    (base, head): (&[Scope], &[Scope]),
) -> Option<Fallen<'a>> {
    if after.unknown.is_some() {
        return None;
    }
    let gone = !after.there;
    let moved = if gone { elsewhere(head, before) } else { BTreeMap::new() };
    let now = if gone { &moved } else { &after.figures };
    let mut falls: Vec<Fall<'a>> = Vec::new();
    for (&name, figures) in &before.figures {
        let key = if gone { plain(name) } else { name };
        let now = now.get(key).or_else(|| now.get(apart(key)?.0)).map(Vec::as_slice).unwrap_or_default();
        falls.extend(fall(name, figures, now));
    }
    for (name, now) in &after.figures {
        let general = apart(name).and_then(|(general, _)| before.figures.get(general));
        let general = general.filter(|_| !before.figures.contains_key(name));
        falls.extend(general.and_then(|figures| fall(name, figures, now)));
    }
    falls.retain(|fall| match apart(fall.name) {
        Some((_, path)) => still_held(change, before.package, path),
        None => meant(change, before.package, fall.name),
    });
    if falls.is_empty() || (gone && !still_there(change, before.package)) {
        return None;
    }
    Some(Fallen {
        tool: before.tool,
        packages: vec![before.package],
        falls,
        places: places(change, before, after),
        replaced: gone && replaced(change, before, base, head),
    })
}

/// A gate's name without Jest's `global.`, so that another tool's gate compares with it.
fn plain(name: &str) -> &str {
    name.strip_prefix("global.").unwrap_or(name)
}

/// The gate over everything and the file or folder of which this one speaks in its stead.
fn apart(name: &str) -> Option<(&str, &str)> {
    name.split_once(" of ")
}

/// Whether both sides have the file or folder: what is new was held to no figure before, and what is gone needs none.
fn still_held(change: &Change, package: &str, path: &str) -> bool {
    let inside = if package == "." { path.to_owned() } else { format!("{package}/{path}") };
    [path, &inside].into_iter().any(|path| {
        let there = |tree: &Tree| {
            path.parse().is_ok_and(|file| tree.contains(&file)) || tree.under(path).next().is_some()
        };
        there(&change.base) && there(&change.head)
    })
}

/// The gates of other runs and tools in the same package, or of the same tool anywhere, where the tool itself is gone.
fn elsewhere<'a>(head: &'a [Scope], before: &Gates<'_>) -> BTreeMap<&'a str, Vec<Gate>> {
    let mut found: BTreeMap<&str, Vec<Gate>> = BTreeMap::new();
    for scope in head.iter().filter(|s| s.package == before.package || s.tool == before.tool) {
        for (name, figure) in &scope.thresholds {
            found.entry(plain(name)).or_default().push(*figure);
        }
    }
    found
}

/// Gates that stay as they were, while no run measures any more: nothing is held against them.
fn switched_off(
    change: &Change,
    claims: &Claims,
    before: &Gates<'_>,
    after: &Gates<'_>,
    head: &[Scope],
) -> Option<Finding> {
    let off = |c: &Collects| matches!(c, Collects::No | Collects::Unstarted);
    let was = before.collects.contains(&Collects::Yes);
    if !was || !after.there || !after.collects.iter().all(off) {
        return None;
    }
    let files: BTreeSet<RepoPath> = before.files.iter().filter_map(|path| change.at_head(path)).collect();
    let measures = |s: &Scope| {
        matches!(s.collects, Collects::Yes | Collects::Untold)
            && s.files.iter().any(|path| files.contains(path))
    };
    let held: Vec<Fall<'_>> = before
        .figures
        .iter()
        .filter_map(|(name, gates)| Some(Fall { name, from: *gates.first()?, to: None }))
        .filter(|fall| !fall.from.is_open())
        .collect();
    if held.is_empty() || head.iter().any(measures) {
        return None;
    }
    let place = package::said(before.package);
    let headline =
        format!("{} measures no coverage any more{place}, so its thresholds hold nothing", before.tool);
    let mut text = String::new();
    for fall in &held {
        text.push_str(&format!("  {} {}\n", fall.name, fall.from));
    }
    text.push_str(
        "At base a run measured coverage and failed below these; at head no run does. Put the measurement back, or have \
         a person agree to go without.",
    );
    let places = places(change, before, after);
    let finding = place_finding(before.tool, package::dir(before.package), places, headline, &held)
        .explain(text)
        .disclosed(admission(claims));
    // A tool that nothing of the tree starts may be started from where Gainsay does not look.
    Some(if after.collects.contains(&Collects::No) { finding } else { finding.note() })
}

/// Whether something else does what the tool did that is gone: it measures files that the tool measured, or it is another
/// judge of reports than base had.
fn replaced(change: &Change, before: &Gates<'_>, base: &[Scope], head: &[Scope]) -> bool {
    let was = base.iter().filter(|s| s.tool == before.tool && s.package == before.package);
    let files: BTreeSet<RepoPath> =
        was.clone().flat_map(|s| &s.files).filter_map(|path| change.at_head(path)).collect();
    if was.clone().any(|s| s.undecided.is_some()) {
        return true;
    }
    let judges = was.clone().any(|s| s.stage == Stage::Report);
    head.iter().any(|s| match s.stage {
        Stage::Report => judges && base.iter().all(|b| b.tool != s.tool),
        // Where a bundler decided of the files, another tool at head is all that can be told.
        Stage::Run if !judges && files.is_empty() => base.iter().all(|b| b.tool != s.tool),
        Stage::Run => !judges && (s.undecided.is_some() || s.files.iter().any(|path| files.contains(path))),
    })
}

/// Whether the package still has files at all.
fn still_there(change: &Change, package: &str) -> bool {
    change.head.under(package::dir(package)).next().is_some()
}

/// Whether a gate over some files still has any to speak of.
fn meant(change: &Change, package: &str, name: &str) -> bool {
    let Some((files, _)) =
        name.rsplit_once('.').filter(|(files, _)| *files != "global" && files.contains(['/', '*']))
    else {
        return true;
    };
    let files = files.trim_start_matches("./").trim_end_matches('/');
    let globs = [Glob::new(files, Dialect::Picomatch), Glob::new(&format!("{files}/**"), Dialect::Picomatch)];
    change
        .head
        .paths()
        .filter_map(|path| below(package::dir(package), path.as_str()))
        .any(|path| globs.iter().any(|glob| glob.as_ref().is_ok_and(|glob| glob.is_match(path))))
}

/// The lines that changed what is set, else the file that sets it.
fn places(change: &Change, before: &Gates<'_>, after: &Gates<'_>) -> Vec<Location> {
    let config: Vec<RepoPath> = after.config.iter().chain(&before.config).cloned().collect();
    let mut places = changed_lines(change, &config, &[&WORDS]);
    if places.is_empty() {
        let path = config.first().expect("a scope has a configuration");
        places.push(Location::file(if change.head.contains(path) { Side::Head } else { Side::Base }, path));
    }
    places
}
