//! A gate of the workflows was loosened: its failure no longer counts, or nothing runs it any more.

mod compare;
mod hold;
mod inventory;
mod manifest;
mod scripts;
mod settings;

use std::collections::BTreeSet;

use crate::change::{Change, FileChange, Status};
use crate::checks::{Check, Examination, Finding, Level, Needs, Rule};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::workflow::Lines;
use crate::span::{Location, Side};

use compare::{Loosened, Now, Sides};
use inventory::{Inventory, is_action, is_workflow, purpose};

static RULE: Rule = Rule::new("ci-weakened", include_str!("../../rules/ci-weakened.md"));

/// `ci-weakened`; its page tells the rest.
pub(super) struct CiWeakened;

impl Check for CiWeakened {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        for glob in [
            ".github/workflows/*.yml",
            ".github/workflows/*.yaml",
            "**/action.yml",
            "**/action.yaml",
            "**/package.json",
            "**/Makefile",
            "**/GNUmakefile",
            "**/makefile",
            "**/justfile",
            "**/Justfile",
        ] {
            needs.both(glob);
        }
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        for file in change.files.iter().filter(|f| manifest::is_manifest(f)) {
            examination.absorb(manifest::find(change, file, claims));
        }
        let touched =
            |f: &FileChange| [&f.base, &f.head].into_iter().flatten().any(|p| is_workflow(p) || is_action(p));
        if change.files.iter().any(touched) {
            let (base, head) = (inventory::read(&change.base), inventory::read(&change.head));
            unread(change, &base, &head, &mut examination);
            let sides = Sides::new(change, &base, &head);
            examination.findings.extend(tell(&sides, claims));
            examination.findings.extend(settings::find(&sides, claims));
        }
        examination
    }
}

/// A workflow that this change made unreadable could hide anything; one that was so before hides nothing new.
fn unread(change: &Change, base: &Inventory, head: &Inventory, examination: &mut Examination) {
    for (path, undecided) in &head.broken {
        let Some(file) = change.file(path) else { continue };
        let was_read = file.base.as_ref().is_some_and(|p| base.workflows.contains_key(p));
        let weighed = if file.status != Status::Added && was_read {
            undecided.clone().decisive()
        } else {
            undecided.clone()
        };
        examination.undecided.push(weighed);
    }
}

/// One finding for each job and manner of loosening.
fn tell(sides: &Sides<'_>, claims: &Claims) -> Vec<Finding> {
    let mut groups: Vec<Vec<Loosened<'_>>> = Vec::new();
    for loosened in sides.loosened() {
        let alike = groups.iter_mut().find(|g| group(&g[0]) == group(&loosened));
        match alike {
            Some(group) => group.push(loosened),
            None => groups.push(vec![loosened]),
        }
    }
    groups.iter().map(|group| finding(sides.change, group, claims)).collect()
}

fn group<'l>(l: &'l Loosened<'_>) -> (&'l RepoPath, &'l str, Level, String) {
    let now = match &l.now {
        Now::Lax(gate, lax) => format!("lax {} {}", gate.file, lax.by),
        Now::Soft(_, why) => format!("soft {why}"),
        Now::Aside(gate) => format!("aside {}", gate.file),
        Now::Gone => format!("gone {}", l.doubt),
    };
    (&l.was.file, &l.was.job, l.level, now)
}

fn finding(change: &Change, group: &[Loosened<'_>], claims: &Claims) -> Finding {
    let Loosened { was, now, level, doubt } = &group[0];
    let commands = || group.iter().map(|l| l.was.words.as_str());
    let (what, file) = (listed(commands()), was.file.name());
    let matter = commands().collect::<Vec<_>>().join("\n");
    let base = |label: &str| place(change, Side::Base, &was.file, was.lines).label(label.to_owned());
    let finding = match now {
        Now::Lax(gate, lax) => {
            let at = place(change, Side::Head, &gate.file, lax.lines).label(lax.effect());
            Finding::new(&RULE, at, format!("{what} can no longer fail {file}"), &format!("{} {matter}", lax.by))
                .explain(format!(
                    "At base a failure of {what} failed the job {}. `{}` was added, and nothing else runs the same \
                     strictly in its place.",
                    was.job, lax.by
                ))
                .related(base("as it was"))
        }
        Now::Soft(gate, why) => {
            let at = place(change, Side::Head, &gate.file, gate.lines).label("as it is");
            Finding::new(&RULE, at, format!("{what} may no longer fail {file}"), &matter)
                .explain(format!("At base its failure failed the job {}; now: {why}.", was.job))
                .related(base("as it was"))
        }
        Now::Aside(gate) => {
            let at = place(change, Side::Head, &gate.file, gate.lines).label("runs on no pull request");
            Finding::new(&RULE, at, format!("{what} left the checks of changes"), &matter)
                .explain(format!(
                    "{} runs it on other occasions than pull requests and pushes.",
                    gate.file.name()
                ))
                .related(base("ran here on changes"))
        }
        Now::Gone => gone(change, was, &what, &matter, doubt),
    };
    let words = ["|| true", "continue-on-error", "non-blocking", "nonblocking", "advisory"];
    let finding = finding.disclosed(claims.disclosure(Some(&was.file), &words));
    if *level == Level::Block { finding } else { finding.note() }
}

fn gone(change: &Change, was: &inventory::Gate, what: &str, matter: &str, doubt: &str) -> Finding {
    let whole = change.at_head(&was.file).is_none();
    let at = place(change, Side::Base, &was.file, was.step).label("removed");
    let headline = if whole {
        format!("{} was deleted, and {what} with it", was.file.name())
    } else {
        format!("{what} was removed from {}", was.file.name())
    };
    let doubt = if doubt.is_empty() { String::new() } else { format!(" It is a note because {doubt}.") };
    Finding::new(&RULE, at, headline, matter).explain(format!(
        "The job {} ran {what}. No workflow at head runs the same, or anything new that does the work of \
         {}.{doubt}",
        was.job,
        purpose(was.known.kind),
    ))
}

/// Lines of a workflow with their text.
fn place(change: &Change, side: Side, path: &RepoPath, lines: Lines) -> Location {
    match change.text(side, path) {
        Ok(Some(text)) => Location::of_lines(side, path, text, lines.first, lines.last),
        _ => Location::lines(side, path, lines.first, lines.last),
    }
}

/// Up to three commands as code, and how many more.
fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut seen = BTreeSet::new();
    let all: Vec<&str> = words.filter(|w| seen.insert(*w)).collect();
    let code = |w: &&str| {
        let short: String = w.chars().take(60).collect();
        format!("`{}{}`", short, if short.len() < w.len() { "…" } else { "" })
    };
    let shown = all.iter().take(3).map(code).collect::<Vec<_>>().join(", ");
    if all.len() > 3 { format!("{shown} and {} more", all.len() - 3) } else { shown }
}
