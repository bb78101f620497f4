//! A coverage gate was lowered or removed.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::change::Change;
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::{Claims, Sentence};
use crate::ids::RepoPath;
use crate::read::coverage::{self, Gate, Scope, changed_lines, touches};
use crate::read::glob::{Dialect, Glob};
use crate::span::{Location, Side};
use crate::undecided::Undecided;

static RULE: Rule =
    Rule::new("coverage-threshold-lowered", include_str!("../../rules/coverage-threshold-lowered.md"));

/// What a line of a configuration speaks of where it sets a gate.
const WORDS: [&str; 12] = [
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
];

/// `coverage-threshold-lowered`; its page tells the rest.
pub(super) struct CoverageThresholdLowered;

impl Check for CoverageThresholdLowered {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        coverage::needs().for_each(|glob| needs.both(glob));
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let (base, head) = (coverage::scopes(&change.base), coverage::scopes(&change.head));
        let mut keys: Vec<(&str, &str)> = base.iter().map(|s| (s.tool, s.package.as_str())).collect();
        keys.dedup();
        for (tool, package) in keys {
            let of = |scopes| Gates::of(scopes, tool, package);
            let (before, after) = (of(&base), of(&head));
            if !touches(change, &before.config) && !touches(change, &after.config) {
                continue;
            }
            examination.undecided.extend(undecided(&before, &after));
            examination.findings.extend(judge(change, claims, &before, &after, &head));
        }
        examination
    }
}

/// The gates of one tool in one package: each that any of its runs sets, the strictest first.
struct Gates<'a> {
    tool: &'static str,
    package: &'a str,
    there: bool,
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
            config: vec![],
            figures: BTreeMap::new(),
            unknown: None,
        };
        for scope in scopes.iter().filter(|s| s.tool == tool && s.package == package) {
            (gates.tool, gates.there) = (scope.tool, true);
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

/// A gate at base with what became of it.
struct Fall<'a> {
    name: &'a str,
    from: Gate,
    to: Option<Gate>,
}

impl Fall<'_> {
    fn words(&self) -> String {
        let name = self.name;
        match (self.from, self.to) {
            (Gate::On(_), Some(_)) => format!("{name} was switched off"),
            (Gate::On(_), None) => format!("{name} was removed"),
            (Gate::AtLeast(from), Some(Gate::AtLeast(to))) => format!("{name} fell from {from} to {to}"),
            (Gate::Drop(from), Some(Gate::Drop(to))) => {
                format!("{name} let the figure drop by {from} and now by {to}")
            }
            (from, Some(to)) => format!("{name} went from {from} to {to}"),
            (from, None) => format!("{name} was {from} and is gone"),
        }
    }
}

fn undecided(before: &Gates<'_>, after: &Gates<'_>) -> Option<Undecided> {
    let unknown = after.unknown?;
    // The scope itself is undecided for the same reason: that is told once, by the rule of the scope.
    let held = before.unknown.is_none() && before.figures.values().flatten().any(|gate| !gate.is_open());
    held.then(|| unknown.clone().decisive())
}

fn judge(
    change: &Change,
    claims: &Claims,
    before: &Gates<'_>,
    after: &Gates<'_>,
    head: &[Scope],
) -> Option<Finding> {
    if after.unknown.is_some() {
        return None;
    }
    let gone = !after.there;
    let moved = if gone { elsewhere(head, before) } else { BTreeMap::new() };
    let now = if gone { &moved } else { &after.figures };
    let mut falls: Vec<Fall<'_>> = Vec::new();
    for (name, figures) in &before.figures {
        let key = if gone { plain(name) } else { name };
        let now = now.get(key).map(Vec::as_slice).unwrap_or_default();
        falls.extend(fall(name, figures, now));
    }
    falls.retain(|fall| meant(change, before.package, fall.name));
    if falls.is_empty() || (gone && !still_there(change, before.package)) {
        return None;
    }
    let finding = finding(change, claims, before, after, &falls);
    Some(if gone { finding.note() } else { finding })
}

/// The first gate that lets more pass, or the strictest where all are gone.
fn fall<'a>(name: &'a str, before: &[Gate], after: &[Gate]) -> Option<Fall<'a>> {
    let from = *before.first()?;
    if after.is_empty() {
        return (!from.is_open()).then_some(Fall { name, from, to: None });
    }
    // A count of what may stay uncovered compares with no percentage, but for the one that all pass.
    let looser = |(from, to): &(Gate, Gate)| match to.strictness(*from) {
        Some(order) => order == Ordering::Less,
        None => to.is_open() && !from.is_open(),
    };
    let pairs = before.iter().copied().zip(after.iter().copied());
    pairs.into_iter().find(looser).map(|(from, to)| Fall { name, from, to: Some(to) })
}

/// A gate's name without Jest's `global.`, so that another tool's gate compares with it.
fn plain(name: &str) -> &str {
    name.strip_prefix("global.").unwrap_or(name)
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

/// Whether the package still has files at all.
fn still_there(change: &Change, package: &str) -> bool {
    let dir = if package == "." { "" } else { package };
    change.head.under(dir).next().is_some()
}

/// Whether a gate over some files still has any to speak of.
fn meant(change: &Change, package: &str, name: &str) -> bool {
    let Some((files, _)) =
        name.rsplit_once('.').filter(|(files, _)| *files != "global" && files.contains(['/', '*']))
    else {
        return true;
    };
    let dir = if package == "." { String::new() } else { format!("{package}/") };
    let files = files.trim_start_matches("./").trim_end_matches('/');
    let globs = [Glob::new(files, Dialect::Picomatch), Glob::new(&format!("{files}/**"), Dialect::Picomatch)];
    change
        .head
        .paths()
        .filter_map(|path| path.as_str().strip_prefix(dir.as_str()))
        .any(|path| globs.iter().any(|glob| glob.as_ref().is_ok_and(|glob| glob.is_match(path))))
}

fn finding(
    change: &Change,
    claims: &Claims,
    before: &Gates<'_>,
    after: &Gates<'_>,
    falls: &[Fall<'_>],
) -> Finding {
    let config: Vec<RepoPath> = after.config.iter().chain(&before.config).cloned().collect();
    let mut places = changed_lines(change, &config, &[&WORDS]);
    if places.is_empty() {
        let path = config.first().expect("a scope has a configuration");
        places.push(Location::file(if change.head.contains(path) { Side::Head } else { Side::Base }, path));
    }
    let primary = places.remove(0);
    let matter: Vec<String> = falls.iter().map(Fall::words).collect();
    let matter = format!("{} {} {}", before.tool, before.package, matter.join(" "));
    let mut finding = Finding::new(&RULE, primary, headline(before, falls), &matter)
        .explain(explanation(falls))
        .disclosed(admission(claims));
    for place in places {
        finding = finding.related(place);
    }
    finding
}

fn headline(before: &Gates<'_>, falls: &[Fall<'_>]) -> String {
    let place = if before.package == "." { String::new() } else { format!(" in {}", before.package) };
    let tool = before.tool;
    match falls {
        [fall] => format!("{tool}'s coverage threshold {}{place}", fall.words()),
        [first, ..] => {
            format!(
                "{} of {tool}'s coverage thresholds fell or are gone{place}: {}, …",
                falls.len(),
                first.words()
            )
        }
        [] => String::new(),
    }
}

fn explanation(falls: &[Fall<'_>]) -> String {
    let mut text = String::new();
    for fall in falls.iter().take(12) {
        text.push_str(&format!("  {}\n", fall.words()));
    }
    if falls.len() > 12 {
        text.push_str(&format!("  and {} more\n", falls.len() - 12));
    }
    text.push_str(
        "The run passes with less coverage than before. Restore the figure and cover what is missing, or have a \
         person agree to the lower one.",
    );
    text
}

/// The sentence in which the pull request says that a threshold goes down.
fn admission(claims: &Claims) -> Option<&Sentence> {
    const OF: [&str; 7] = [
        "threshold",
        "fail_under",
        "fail-under",
        "coverage gate",
        "minimum coverage",
        "coverage minimum",
        "coverage requirement",
    ];
    const LESS: [&str; 10] =
        ["lower", "reduc", "decreas", "relax", "drop", "remov", "loosen", "adjust", "from", "disabl"];
    claims.sentences.iter().find(|sentence| {
        let text = sentence.text.to_lowercase();
        OF.iter().any(|word| text.contains(word)) && LESS.iter().any(|word| text.contains(word))
    })
}
