//! When and how often the gates of a workflow run: its triggers and their filters, and its matrices.

use std::collections::BTreeSet;

use super::compare::Sides;
use super::hold::Hold;
use super::inventory::Gate;
use crate::checks::Finding;
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::gates::{self, Way};
use crate::read::workflow::{Dimension, Flag, Job, Lines, Trigger, Workflow};
use crate::span::{Location, Side};

use super::{RULE, listed, place};

pub(super) fn find(sides: &Sides<'_>, claims: &Claims) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, old) in &sides.base.workflows {
        let Some(head_path) = sides.change.at_head(path) else { continue };
        let Some(new) = sides.head.workflows.get(&head_path) else { continue };
        let gates: Vec<&Gate> = sides
            .base
            .gates
            .iter()
            .filter(|g| g.file == *path && g.guards && g.hold == Hold::Strict)
            .collect();
        let pair = Pair { sides, base: path, head: &head_path, old, new };
        findings.extend(pair.switched());
        if gates.is_empty() {
            continue;
        }
        findings.extend(pair.trigger_gone(&gates));
        findings.extend(pair.filters());
        findings.extend(pair.matrices(&gates));
    }
    let disclosed = |f: Finding| {
        let sentence = claims.disclosure(Some(&f.primary.path), &["matrix", "trigger", "triggers"]);
        f.disclosed(sentence)
    };
    findings.into_iter().map(disclosed).collect()
}

/// A workflow on both sides.
struct Pair<'s> {
    sides: &'s Sides<'s>,
    base: &'s RepoPath,
    head: &'s RepoPath,
    old: &'s Workflow,
    new: &'s Workflow,
}

fn is_gate_name(name: &str) -> bool {
    !gates::gates(&["npm".to_owned(), "run".to_owned(), name.to_owned()]).is_empty()
}

fn of_pull_requests(workflow: &Workflow) -> Option<&Trigger> {
    workflow.triggers.iter().find(|t| matches!(t.event.as_str(), "pull_request" | "pull_request_target"))
}

impl Pair<'_> {
    fn at(&self, side: Side, lines: Lines, label: &str) -> Location {
        let path = if side == Side::Base { self.base } else { self.head };
        place(self.sides.change, side, path, lines).label(label.to_owned())
    }

    /// Jobs that are gates by their names alone and now continue on error.
    fn switched(&self) -> Vec<Finding> {
        let known = |id: &str| self.sides.base.gates.iter().any(|g| g.file == *self.base && g.job == id);
        let on = |j: &Job| j.continue_on_error.as_ref().filter(|c| c.value == Flag::On).map(|c| c.lines);
        let named = |j: &Job| is_gate_name(&j.id) || j.name.as_deref().is_some_and(is_gate_name);
        let unknown = self.old.jobs.iter().filter(|j| named(j) && on(j).is_none() && !known(&j.id));
        unknown
            .filter_map(|old| {
                let new = self.new.jobs.iter().find(|j| j.id == old.id)?;
                let at = self.at(Side::Head, on(new)?, "its failure is thrown away here");
                let headline = format!("the job {} can no longer fail {}", old.id, self.head.name());
                let finding = Finding::new(&RULE, at, headline, &old.id).note();
                Some(finding.explain("By its name the job is a gate; none of its commands is known as one."))
            })
            .collect()
    }

    fn trigger_gone(&self, gates: &[&Gate]) -> Option<Finding> {
        let old = of_pull_requests(self.old)?;
        if of_pull_requests(self.new).is_some() {
            return None;
        }
        let covered = self.ways_on_pull_requests();
        let is_left = |g: &&&Gate| !covered.contains(&g.known.way) && !self.sides.is_replaced(g);
        let lost: Vec<&&Gate> = gates.iter().filter(is_left).collect();
        let left: BTreeSet<&str> = lost.iter().map(|g| g.words.as_str()).collect();
        let doubted = lost.iter().all(|g| self.sides.may_do(g).is_some());
        if left.is_empty() {
            return None;
        }
        let every_push = |t: &Trigger| t.event == "push" && t.branches.is_empty() && t.tags.is_empty();
        let called = self
            .new
            .triggers
            .iter()
            .any(|t| matches!(t.event.as_str(), "workflow_call" | "workflow_run" | "merge_group"));
        let soft = called || doubted || self.new.triggers.iter().any(every_push);
        let headline = format!("pull requests no longer start {}", self.head.name());
        let now = self.new.triggers.first().map(|t| self.at(Side::Head, t.lines, "what starts it now"));
        let mut finding = Finding::new(
            &RULE,
            self.at(Side::Base, old.lines, "removed"),
            headline,
            &old.event,
        )
        .explain(format!(
            "The workflow ran {} on every pull request; its trigger `{}` is gone, and no other workflow runs \
                 the same on pull requests.",
            listed(left.into_iter()),
            old.event
        ));
        finding.related.extend(now);
        Some(if soft { finding.note() } else { finding })
    }

    /// The ways of all strict gates that a pull request starts at head.
    fn ways_on_pull_requests(&self) -> BTreeSet<Way> {
        let head = self.sides.head;
        let direct =
            |path: &RepoPath| head.workflows.get(path).is_some_and(|w| of_pull_requests(w).is_some());
        let callers = |path: &RepoPath| {
            let calls = |w: &Workflow| w.jobs.iter().any(|j| j.uses.as_deref() == Some(&format!("./{path}")));
            head.workflows.iter().any(|(p, w)| direct(p) && calls(w))
        };
        let strict =
            head.gates.iter().filter(|g| g.hold == Hold::Strict && (direct(&g.file) || callers(&g.file)));
        self.sides.head_scripts.reach(strict.map(|g| g.known.way.clone()))
    }

    /// Filters that are new and let fewer pull requests in.
    fn filters(&self) -> Option<Finding> {
        let (old, new) = (of_pull_requests(self.old)?, of_pull_requests(self.new)?);
        let all = |globs: &[String]| globs.iter().any(|g| matches!(g.as_str(), "**" | "*" | "**/*"));
        let what = if all(&new.paths_ignore) && !all(&old.paths_ignore) {
            "`paths-ignore` now matches every file"
        } else if all(&new.branches_ignore) && !all(&old.branches_ignore) {
            "`branches-ignore` now matches every branch"
        } else if old.paths.is_empty() && !new.paths.is_empty() && !all(&new.paths) {
            "`paths` now lets it run for some files only"
        } else {
            return None;
        };
        let headline = format!("fewer pull requests start {}: {what}", self.head.name());
        let finding = Finding::new(&RULE, self.at(Side::Head, new.lines, "narrowed here"), headline, what);
        let was = self.at(Side::Base, old.lines, "as it was");
        Some(
            finding
                .explain("Its gates say nothing about the pull requests that no longer start it.")
                .related(was)
                .note(),
        )
    }

    /// Matrices of jobs with gates that have fewer values than they had.
    fn matrices(&self, gates: &[&Gate]) -> Vec<Finding> {
        let jobs: BTreeSet<&str> = gates.iter().map(|g| g.job.as_str()).collect();
        let old = self.old.jobs.iter().filter(|j| jobs.contains(j.id.as_str()));
        old.filter_map(|old| {
            let new = self.sides.counterpart(self.base, &old.id, self.head)?;
            let (dimension, now) = old.matrix.iter().find_map(|d| shrunk(d, &new.matrix))?;
            let gone = gone(dimension, now);
            let headline = format!("the matrix of {} in {} lost {gone}", new.id, self.head.name());
            let lines = now.map_or(new.lines, |n| n.lines);
            let at =
                self.at(Side::Head, lines, if now.is_some() { "what is left" } else { "no longer here" });
            let finding = Finding::new(&RULE, at, headline, &format!("{} {gone}", old.id)).note();
            let was = self.at(Side::Base, dimension.lines, "as it was");
            Some(finding.explain("The job's gates run in fewer variants than before.").related(was))
        })
        .collect()
    }
}

fn shrunk<'d>(old: &'d Dimension, new: &'d [Dimension]) -> Option<(&'d Dimension, Option<&'d Dimension>)> {
    let values = old.values.as_ref().filter(|v| v.len() > 1)?;
    match new.iter().find(|d| d.name == old.name) {
        // A dimension that is gone with the whole matrix was rewritten; one of several was dropped.
        None => (!new.is_empty()).then_some((old, None)),
        Some(now) => (now.values.as_ref()?.len() < values.len()).then_some((old, Some(now))),
    }
}

fn gone(old: &Dimension, new: Option<&Dimension>) -> String {
    let Some(left) = new.and_then(|n| n.values.as_ref()) else { return format!("`{}`", old.name) };
    let lost = old.values.iter().flatten().filter(|v| !left.contains(v)).map(String::as_str);
    format!("{} {}", old.name, listed(lost))
}
