//! Gates in scripts and workflows.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Fall, RULE, admission, explanation, fall};
use crate::change::Change;
use crate::checks::{Examination, Finding};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::coverage::{Gate, Scope, ScriptedGate, changed_lines, scripted_gates};
use crate::span::{Location, Side};
use crate::undecided::Undecided;

/// What a line speaks of where the reader could not tell its number.
const WORDS: [&str; 3] = ["fail-under", "coverage", "cov"];

/// Gates of one name in one file: those that could be told, the strictest first, and the others.
#[derive(Default)]
struct Held<'a> {
    gates: Vec<Gate>,
    places: Vec<&'a ScriptedGate>,
    unknown: Vec<&'a str>,
}

/// By the file as head calls it, and by name.
type ByName<'a> = BTreeMap<(RepoPath, &'a str), Held<'a>>;

pub(super) fn examine(change: &Change, claims: &Claims, base: &[Scope], head: &[Scope]) -> Examination {
    let mut examination = Examination::default();
    let (old, new) = (scripted_gates(&change.base), scripted_gates(&change.head));
    let before = by_name(&old, |path| change.at_head(path).unwrap_or_else(|| path.clone()));
    let after = by_name(&new, RepoPath::clone);
    let nothing = Held::default();
    for (key, was) in &before {
        let (at, name) = (&key.0, key.1);
        let touched = was.places.iter().any(|gate| change.file(&gate.at).is_some());
        if !touched {
            continue;
        }
        let now = after.get(key).unwrap_or(&nothing);
        if now.gates.is_empty() && !now.unknown.is_empty() {
            let why = format!("{name} depends on `{}` now, which only a run can tell", now.unknown[0]);
            examination
                .undecided
                .extend((!was.gates.is_empty()).then(|| Undecided::new(why).at(at).decisive()));
            continue;
        }
        let Some(fall) = fall(name, &was.gates, &now.gates) else { continue };
        if fall.to.is_none() && (!told_gone(change, was, &new) || moved(&fall, &before, &after, base, head)) {
            continue;
        }
        examination.findings.push(finding(change, claims, at, &fall, was, now));
    }
    examination
}

fn by_name<'a>(gates: &'a [ScriptedGate], at: impl Fn(&RepoPath) -> RepoPath) -> ByName<'a> {
    let mut found: ByName<'a> = BTreeMap::new();
    for gate in gates {
        let held = found.entry((at(&gate.at), gate.name.as_str())).or_default();
        held.places.push(gate);
        match &gate.gate {
            Ok(figure) => held.gates.push(*figure),
            Err(expression) => held.unknown.push(expression),
        }
    }
    for held in found.values_mut() {
        held.gates.sort_by(|a, b| b.strictness(*a).unwrap_or(Ordering::Equal));
    }
    found
}

/// Whether it is ours to tell that a gate is gone: a workflow or an action that went as a whole is told of elsewhere.
fn told_gone(change: &Change, was: &Held<'_>, new: &[ScriptedGate]) -> bool {
    let Some(gate) = was.places.first() else { return false };
    if change.at_head(&gate.at).is_none() && gate.at.as_str().starts_with(".github/workflows/") {
        return false;
    }
    let action = gate.name.rsplit_once(" of ").map(|(_, action)| action);
    let same = |other: &ScriptedGate| other.name.rsplit_once(" of ").map(|(_, action)| action) == action;
    action.is_none() || !matches!(gate.gate, Ok(Gate::On(_))) || new.iter().any(same)
}

/// Whether a gate that base did not have holds as much: in another script, or in a tool's configuration.
fn moved(fall: &Fall<'_>, before: &ByName<'_>, after: &ByName<'_>, base: &[Scope], head: &[Scope]) -> bool {
    let holds = |gate: &Gate| gate.strictness(fall.from).is_some_and(|order| order != Ordering::Less);
    let fresh = after.iter().filter(|(key, _)| !before.contains_key(*key));
    let raised = after.iter().filter_map(|(key, now)| Some((before.get(key)?, now)));
    let more = |(was, now): (&Held<'_>, &Held<'_>)| {
        now.gates.iter().filter(|gate| holds(gate)).count()
            > was.gates.iter().filter(|gate| holds(gate)).count()
    };
    let of_tools = |scopes: &[Scope]| {
        scopes.iter().flat_map(|scope| scope.thresholds.values()).filter(|gate| holds(gate)).count()
    };
    fresh.flat_map(|(_, held)| &held.gates).any(holds)
        || fresh_unknown(before, after)
        || raised.into_iter().any(more)
        || of_tools(head) > of_tools(base)
}

/// Whether a gate that base did not have depends on what only a run can tell.
fn fresh_unknown(before: &ByName<'_>, after: &ByName<'_>) -> bool {
    after.iter().any(|(key, held)| !before.contains_key(key) && !held.unknown.is_empty())
}

fn finding(
    change: &Change,
    claims: &Claims,
    at: &RepoPath,
    fall: &Fall<'_>,
    was: &Held<'_>,
    now: &Held<'_>,
) -> Finding {
    let mut places: Vec<Location> = Vec::new();
    let head = now.places.iter().find(|gate| gate.gate == fall.to.ok_or_else(String::new));
    let base = was.places.iter().find(|gate| gate.gate == Ok(fall.from));
    places.extend(head.and_then(|gate| location(change, Side::Head, gate)));
    places
        .extend(base.and_then(|gate| location(change, Side::Base, gate)).map(|place| place.label("before")));
    if places.is_empty() {
        places = changed_lines(change, std::slice::from_ref(at), &[&WORDS]);
    }
    if places.is_empty() {
        places.push(Location::file(if change.head.contains(at) { Side::Head } else { Side::Base }, at));
    }
    let upload = was.places.iter().all(|gate| gate.upload);
    let matter = format!("{at} {}", fall.words());
    let headline = if upload {
        format!("a failed upload of the coverage report passes now: {}", fall.words())
    } else {
        format!("a coverage gate is weaker: {}", fall.words())
    };
    let upload_may_fail = || {
        "Where the upload fails, the service gets no report of the commit and the job passes all the same."
            .to_owned()
    };
    let explanation = if upload { upload_may_fail() } else { explanation(std::slice::from_ref(fall)) };
    let mut finding = Finding::new(&RULE, places.remove(0), headline, &matter)
        .explain(explanation)
        .disclosed(admission(claims));
    for place in places {
        finding = finding.related(place);
    }
    // An upload is no gate over the figure; a service that gets no report may still hold the merge.
    if upload { finding.note() } else { finding }
}

fn location(change: &Change, side: Side, gate: &ScriptedGate) -> Option<Location> {
    let text = change.text(side, &gate.at).ok().flatten()?;
    Some(Location::of_lines(side, &gate.at, text, gate.line?, gate.line?))
}
