//! The flows of a file, each with its level.

use std::ops::Range;

use crate::checks::Level;
use crate::ids::RepoPath;
use crate::read::flow::{self, Origin, Trace};
use crate::undecided::Undecided;

use super::names::{self, Grade};
use super::sinks::{self, Exposure};
use super::vocabulary::Target;
use super::{bundle, ground};

/// A secret on its way to where others read it.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub(super) target: Target,
    pub(super) level: Level,
    pub(super) grade: Grade,
    /// What flows, as a person names it.
    pub(super) what: String,
    /// The place in a few words, such as `console.log`.
    pub(super) place: String,
    pub(super) source: Range<usize>,
    pub(super) sink: Range<usize>,
    pub(super) links: Vec<Range<usize>>,
    /// The same flow has the same words, wherever it stands.
    pub(super) matter: String,
}

/// The flows of a text, in the order of their sinks.
pub(super) fn flows(path: &RepoPath, text: &str) -> Result<Vec<Flow>, Undecided> {
    let mut found: Vec<Flow> = Vec::new();
    let spared = ground::is_no_product(path);
    if bundle::is_environment_file(path) {
        found.extend(bundle::set_in(text).into_iter().map(|b| published(b, spared)));
        return Ok(found);
    }
    let Some(language) = flow::language(path) else { return Ok(found) };
    let wanted = |origin: &Origin| match origin {
        Origin::Environment(name) => names::grade(origin).is_some() || names::bundled(name).is_some(),
        _ => names::grade(origin).is_some(),
    };
    let arrivals = flow::trace(language, text, &wanted)?;
    found.extend(bundle::read_in(path, &arrivals).into_iter().map(|b| published(b, spared)));
    for arrival in &arrivals {
        let Some(exposure) = sinks::exposure(arrival, language, text) else { continue };
        for trace in &exposure.traces {
            let Some(grade) = names::grade(&trace.origin) else { continue };
            let Some(level) = level(path, text, &exposure, grade) else { continue };
            let mut links = trace.links.clone();
            links.extend(arrival.through.clone());
            let what = label(trace);
            let matter = format!("{:?} {} {what}", exposure.target, exposure.name);
            found.push(Flow {
                target: exposure.target,
                level,
                grade,
                what,
                place: exposure.name.clone(),
                source: trace.range.clone(),
                sink: arrival.range.clone(),
                links,
                matter,
            });
        }
    }
    Ok(distinct(found))
}

/// One flow for a secret and a place, of several the heaviest; of one place in another the inner.
fn distinct(mut found: Vec<Flow>) -> Vec<Flow> {
    let lies_in =
        |inner: &Range<usize>, outer: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
    found.sort_by_key(|flow| (flow.sink.len(), std::cmp::Reverse((flow.level, flow.grade))));
    let mut kept: Vec<Flow> = Vec::new();
    for flow in found {
        let known = kept.iter().any(|other| {
            let same = other.what == flow.what || other.source == flow.source || other.sink == flow.sink;
            // What a message holds is sent with it: the message is shown, and not each call that takes it on.
            let sent =
                flow.target == Target::Model && other.target == Target::Model && other.source == flow.source;
            let within = same && kin(other.target, flow.target) && lies_in(&other.sink, &flow.sink);
            (sent || within) && other.level >= flow.level
        });
        if !known {
            kept.push(flow);
        }
    }
    kept.sort_by_key(|flow| (flow.sink.start, flow.source.start));
    kept
}

/// Whether two places inside one another are one matter.
fn kin(one: Target, other: Target) -> bool {
    let written = |target| matches!(target, Target::Log | Target::Output | Target::Exception);
    one == other || written(one) && written(other)
}

fn published(bundled: bundle::Bundled, spared: bool) -> Flow {
    let block = bundled.grade == Grade::Proven && !spared;
    Flow {
        target: Target::Bundle,
        level: if block { Level::Block } else { Level::Note },
        grade: bundled.grade,
        matter: format!("Bundle {}", bundled.name),
        what: format!("`{}`", bundled.name),
        place: "the client-side bundle".to_owned(),
        source: bundled.range.clone(),
        sink: bundled.range,
        links: Vec::new(),
    }
}

/// How much it weighs; nothing where it is as it should be.
fn level(path: &RepoPath, text: &str, exposure: &Exposure<'_>, grade: Grade) -> Option<Level> {
    let printed = exposure.stdout || exposure.console;
    if grade == Grade::Fresh && (printed || exposure.target == Target::Exception) {
        return None;
    }
    let spared = ground::is_no_product(path);
    if spared && grade < Grade::Proven {
        return None;
    }
    if grade == Grade::Likely && (exposure.stdout || exposure.target == Target::Query) {
        return None;
    }
    let sure = match grade {
        Grade::Proven => true,
        Grade::Named => {
            let by_hand = exposure.stdout || exposure.console && ground::is_tool(path);
            exposure.target != Target::Query && !by_hand && !ground::wraps_secrets(text)
        }
        Grade::Fresh | Grade::Likely => false,
    };
    Some(if sure && exposure.certain && !spared { Level::Block } else { Level::Note })
}

fn label(trace: &Trace) -> String {
    match &trace.origin {
        Origin::Environment(name) if name == "?" => "a variable of the environment".to_owned(),
        Origin::Environment(name) => format!("the environment variable `{name}`"),
        Origin::WholeEnvironment => "the whole environment".to_owned(),
        Origin::File { name, part: None } => format!("the content of `{name}`"),
        Origin::File { name, part: Some(part) } => format!("`{part}` of `{name}`"),
        Origin::Name { name, .. } => format!("`{name}`"),
        Origin::Parameter { .. } => "a parameter".to_owned(),
    }
}
