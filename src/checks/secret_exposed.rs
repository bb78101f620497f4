//! A secret flows to where others read it: a prompt, a log, an exception, analytics, an address, a client's bundle.

mod bundle;
mod ground;
mod judge;
mod names;
mod sinks;
mod tell;
mod vocabulary;

use std::collections::BTreeMap;

use crate::change::{Change, FileChange, Kind, line_diff};
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::flow;
use crate::span::{Lines, Side};
use crate::undecided::Undecided;

use judge::Flow;

static RULE: Rule = Rule::new("secret-exposed", include_str!("../../rules/secret-exposed.md"));

/// `secret-exposed`; its page tells the rest.
pub(super) struct SecretExposed;

impl Check for SecretExposed {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        for glob in [flow::FILES, "**/.env", "**/.env.*"] {
            needs.changed(glob);
        }
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let mut fresh: Vec<(&RepoPath, &str, Flow)> = Vec::new();
        for file in &change.files {
            match added(change, file) {
                Ok(flows) => fresh.extend(flows),
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        if fresh.is_empty() {
            return examination;
        }
        let mut held = held_elsewhere(change, &fresh);
        for (path, text, flow) in fresh {
            // Moved code tells the world no more than it did.
            if let Some(count) = held.get_mut(&flow.matter).filter(|count| **count > 0) {
                *count -= 1;
                continue;
            }
            examination.findings.push(finding(path, text, &flow, claims));
        }
        examination
    }
}

fn finding(path: &RepoPath, text: &str, flow: &Flow, claims: &Claims) -> Finding {
    tell::finding(path, text, flow).disclosed(claims.disclosure(Some(path), &tell::DISCLOSING))
}

/// The flows of a file at head that its base did not have and that an added line completes.
fn added<'a>(
    change: &'a Change,
    file: &'a FileChange,
) -> Result<Vec<(&'a RepoPath, &'a str, Flow)>, Undecided> {
    let Some(path) = file.head.as_ref().filter(|path| reads(path)) else { return Ok(Vec::new()) };
    if change.head.entry(path).is_none_or(|entry| entry.kind != Kind::File) {
        return Ok(Vec::new());
    }
    let Some(head) = change.text(Side::Head, path)? else { return Ok(Vec::new()) };
    if !vocabulary::may_hold_source(head) || ground::is_written_by_a_tool(path, head) {
        return Ok(Vec::new());
    }
    // A side that can't be read counts as empty: then every line of head is new.
    let base_path = file.base.as_ref().filter(|base| reads(base));
    let base = base_path.and_then(|path| change.text(Side::Base, path).ok().flatten()).unwrap_or_default();
    if base == head {
        return Ok(Vec::new());
    }
    let mut flows = judge::flows(path, head).map_err(|undecided| undecided.at(path))?;
    if flows.is_empty() {
        return Ok(Vec::new());
    }
    let diff = line_diff(base, head);
    let lines = Lines::of(head);
    flows.retain(|flow| {
        let touched = |range: &std::ops::Range<usize>| {
            diff.touches_head(lines.at(range.start), lines.at(range.end.saturating_sub(1).max(range.start)))
        };
        touched(&flow.sink) || touched(&flow.source) || flow.links.iter().any(touched)
    });
    if let Some(base_path) = base_path.filter(|_| !flows.is_empty()) {
        let mut before = counted(&judge::flows(base_path, base).unwrap_or_default());
        flows.retain(|flow| match before.get_mut(&flow.matter).filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                false
            }
            None => true,
        });
    }
    Ok(flows.into_iter().map(|flow| (path, head, flow)).collect())
}

fn reads(path: &RepoPath) -> bool {
    flow::language(path).is_some() || bundle::is_environment_file(path)
}

fn counted(flows: &[Flow]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for flow in flows {
        *counts.entry(flow.matter.clone()).or_default() += 1;
    }
    counts
}

/// The flows that other changed files had at base and have no more at head.
fn held_elsewhere(change: &Change, fresh: &[(&RepoPath, &str, Flow)]) -> BTreeMap<String, usize> {
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    for file in &change.files {
        let Some(path) = file.base.as_ref().filter(|path| reads(path)) else { continue };
        let Some(base) = change.text(Side::Base, path).ok().flatten() else { continue };
        if !vocabulary::may_hold_source(base) {
            continue;
        }
        let mut counts = counted(&judge::flows(path, base).unwrap_or_default());
        counts.retain(|matter, _| fresh.iter().any(|(_, _, flow)| flow.matter == *matter));
        if counts.is_empty() {
            continue;
        }
        let head = file.head.as_ref();
        let kept = head.and_then(|head| Some((head, change.text(Side::Head, head).ok()??)));
        let kept = kept
            .map(|(path, text)| counted(&judge::flows(path, text).unwrap_or_default()))
            .unwrap_or_default();
        for (matter, count) in counts {
            let gone = count.saturating_sub(kept.get(&matter).copied().unwrap_or_default());
            *held.entry(matter).or_default() += gone;
        }
    }
    held
}

#[cfg(test)]
mod tests;
