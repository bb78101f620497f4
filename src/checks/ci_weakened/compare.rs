//! Gates of base that hold nothing up at head: each judged by whether anything else does its work.

use std::collections::BTreeSet;

use super::hold::{Hold, Laxity};
use super::inventory::{Gate, Inventory, same_purpose};
use super::scripts::Scripts;
use crate::change::{Change, Tree};
use crate::checks::Level;
use crate::ids::RepoPath;
use crate::read::gates::{Kind, Way};
use crate::read::workflow::Job;

/// A gate of base that holds less at head.
#[derive(Debug)]
pub(super) struct Loosened<'i> {
    /// As it was.
    pub(super) was: &'i Gate,
    /// What became of it.
    pub(super) now: Now<'i>,
    pub(super) level: Level,
    /// Why it is no more than a note; empty for a block.
    pub(super) doubt: String,
}

/// What became of a gate.
#[derive(Debug)]
pub(super) enum Now<'i> {
    /// It runs, and its failure is thrown away.
    Lax(&'i Gate, &'i Laxity),
    /// It runs, and something else decides what its failure means: in a few words.
    Soft(&'i Gate, &'i str),
    /// It runs, but on no change: on a schedule, by hand, in a release.
    Aside(&'i Gate),
    /// Nothing runs it.
    Gone,
}

/// Both sides with what is looked up in them.
pub(super) struct Sides<'i> {
    pub(super) change: &'i Change,
    pub(super) base: &'i Inventory,
    pub(super) head: &'i Inventory,
    pub(super) base_scripts: Scripts,
    pub(super) head_scripts: Scripts,
    reached: BTreeSet<Way>,
}

impl<'i> Sides<'i> {
    pub(super) fn new(change: &'i Change, base: &'i Inventory, head: &'i Inventory) -> Self {
        let (base_scripts, head_scripts) = (Scripts::read(&change.base), Scripts::read(&change.head));
        let strict = head.gates.iter().filter(|g| g.guards && g.hold == Hold::Strict);
        let reached = head_scripts.reach(strict.map(|g| g.known.way.clone()));
        Self { change, base, head, base_scripts, head_scripts, reached }
    }

    /// Every gate of base that holds less at head, once for each job.
    pub(super) fn loosened(&self) -> Vec<Loosened<'i>> {
        let mut seen = BTreeSet::new();
        let strict = self.base.gates.iter().filter(|g| g.guards && g.hold == Hold::Strict);
        strict
            .filter(|g| seen.insert((&g.file, &g.job, &g.known.way)))
            .filter(|g| !self.is_unread(&g.file))
            .filter_map(|g| self.judge(g))
            .collect()
    }

    fn is_unread(&self, base_file: &RepoPath) -> bool {
        let at_head = self.change.at_head(base_file);
        self.head.broken.iter().any(|(path, _)| Some(path) == at_head.as_ref())
    }

    fn judge(&self, was: &'i Gate) -> Option<Loosened<'i>> {
        let here = self.here(was);
        let strict = |g: &&Gate| g.hold == Hold::Strict;
        let alike = |g: &&Gate| g.file == was.file && g.job == was.job && g.known.way == was.known.way;
        let before = self.base.gates.iter().filter(alike);
        let (all_before, strict_before) = (before.clone().count(), before.filter(strict).count());
        let strict_now = here.iter().copied().filter(strict).count();
        let total = |side: &Inventory| side.guarding(&was.known.way).filter(strict).count();
        if strict_now >= strict_before || total(self.head) >= total(self.base) {
            return None;
        }
        let loosened = |now, level| Some(Loosened { was, now, level, doubt: String::new() });
        // More runs that hold nothing than before: the strict one became one of them.
        if here.len() - strict_now > all_before - strict_before {
            if let Some((gate, lax)) = here.iter().copied().find_map(lax) {
                return loosened(Now::Lax(gate, lax), Level::Block);
            }
            if let Some((gate, soft)) = here.iter().copied().find_map(soft) {
                return loosened(Now::Soft(gate, soft), Level::Note);
            }
        }
        if strict_now > 0 || total(self.head) > 0 || self.is_reached(was) {
            return None;
        }
        self.elsewhere(was)
    }

    /// No strict run is left anywhere: is there another kind of run, or nothing?
    fn elsewhere(&self, was: &'i Gate) -> Option<Loosened<'i>> {
        let loosened = |now, level| Some(Loosened { was, now, level, doubt: String::new() });
        let fresh = |g: &&Gate| {
            let alike = |b: &&Gate| b.file == g.file && b.job == g.job && b.hold == g.hold;
            !self.base.guarding(&was.known.way).any(|b| alike(&b))
        };
        let left = || self.head.guarding(&was.known.way).filter(fresh);
        if let Some((gate, lax)) = left().find_map(lax) {
            return loosened(Now::Lax(gate, lax), Level::Block);
        }
        if let Some((gate, soft)) = left().find_map(soft) {
            return loosened(Now::Soft(gate, soft), Level::Note);
        }
        if self.is_replaced(was) || self.is_subject_gone(was) {
            return None;
        }
        let aside = self.head.gates.iter().find(|g| !g.guards && g.known.way == was.known.way);
        if let Some(gate) = aside {
            return loosened(Now::Aside(gate), Level::Note);
        }
        let doubt = self.doubt(was);
        let level = if doubt.is_empty() { Level::Block } else { Level::Note };
        Some(Loosened { was, now: Now::Gone, level, doubt })
    }

    /// The runs of the same way in the same job at head.
    fn here(&self, was: &Gate) -> Vec<&'i Gate> {
        let Some(file) = self.change.at_head(&was.file) else { return Vec::new() };
        let Some(job) = self.counterpart(&was.file, &was.job, &file) else { return Vec::new() };
        let same = |g: &&Gate| g.file == file && g.job == job.id && g.known.way == was.known.way && g.guards;
        self.head.gates.iter().filter(same).collect()
    }

    /// The job of head that a job of base became: by id, by name, or the one that runs most of the same.
    pub(super) fn counterpart(&self, base: &RepoPath, id: &str, head: &RepoPath) -> Option<&'i Job> {
        let (old, new) = (self.base.workflows.get(base)?, self.head.workflows.get(head)?);
        if let Some(same) = new.jobs.iter().find(|j| j.id == id) {
            return Some(same);
        }
        let was = old.jobs.iter().find(|j| j.id == id)?;
        let free = || new.jobs.iter().filter(|j| !old.jobs.iter().any(|o| o.id == j.id));
        let named = free().find(|j| j.name.is_some() && j.name == was.name);
        let alike = || free().map(|j| (likeness(was, j), j)).max_by(|a, b| a.0.total_cmp(&b.0));
        named.or_else(|| alike().filter(|(score, _)| *score >= 0.5).map(|(_, j)| j))
    }

    /// Whether a strict gate of head runs it by way of scripts, or runs all that it ran.
    fn is_reached(&self, was: &Gate) -> bool {
        let inside = self.base_scripts.inside(&was.known.way);
        self.reached.contains(&was.known.way)
            || !inside.is_empty() && inside.iter().all(|way| self.reached.contains(way))
    }

    /// Whether a gate that is new at head serves the same purpose.
    pub(super) fn is_replaced(&self, was: &Gate) -> bool {
        // The same script of another package is another gate.
        let of = |g: &'i Gate| (&g.known.way, &g.folder);
        let known: BTreeSet<_> = self.base.gates.iter().filter(|g| g.guards).map(of).collect();
        let holds = |g: &&Gate| g.guards && !matches!(g.hold, Hold::Lax(_));
        let mut fresh = self.head.gates.iter().filter(holds).filter(|g| !known.contains(&of(g)));
        fresh.any(|g| same_purpose(was.known.kind, g.known.kind))
    }

    /// Whether what the gate judged is gone as well.
    fn is_subject_gone(&self, was: &Gate) -> bool {
        let (base, head) = (&self.change.base, &self.change.head);
        let gone = |path: &str| exists(base, path) && !exists(head, path);
        let named = was.words.split_whitespace().chain([was.folder.as_str()]).map(in_tree);
        if named.filter(|p| !p.is_empty()).any(gone) {
            return true;
        }
        let mut homes = self.base_scripts.homes(&was.known.way).peekable();
        if homes.peek().is_some() && homes.all(|home| !head.contains(home)) {
            return true;
        }
        let subject = was.known.subject;
        !subject.is_empty() && !head.paths().any(|p| subject.iter().any(|s| p.as_str().ends_with(s.as_str())))
    }

    /// What speaks against taking the removal for a loosening; empty where nothing does.
    fn doubt(&self, was: &Gate) -> String {
        let defined = |scripts: &Scripts| scripts.defines(&was.known.way);
        let scripted = matches!(was.known.way, Way::Script(_) | Way::Target(_));
        if was.known.kind == Kind::Build {
            "a build is often made by what comes after it".into()
        } else if was.known.kind == Kind::Coverage && !scripted {
            "a report of coverage is a gate only where it is given a threshold".into()
        } else if was.known.elsewhere {
            "the service behind it can do the same without a workflow".into()
        } else if let Some(other) = self.may_do(was) {
            format!("the workflows run `{other}`, which may do the same")
        } else if scripted && defined(&self.base_scripts) && !defined(&self.head_scripts) {
            "what it ran was removed or renamed as well".into()
        } else if scripted && !defined(&self.head_scripts) {
            "where it is defined was not found".into()
        } else {
            String::new()
        }
    }
}

impl Sides<'_> {
    /// What may do a gate's work at head without saying so: a command that is new and may run anything, or a script
    /// or target for the same purpose whose definition was not found.
    pub(super) fn may_do(&self, was: &Gate) -> Option<&str> {
        let closed = |g: &&Gate| {
            let named = matches!(g.known.way, Way::Script(_) | Way::Target(_));
            named && g.guards && g.hold == Hold::Strict && !self.head_scripts.defines(&g.known.way)
        };
        let new = self.head.opaque.difference(&self.base.opaque).next().map(String::as_str);
        let alike = |g: &&Gate| same_purpose(was.known.kind, g.known.kind);
        new.or_else(|| self.head.gates.iter().filter(closed).find(alike).map(|g| g.words.as_str()))
    }
}

fn lax(gate: &Gate) -> Option<(&Gate, &Laxity)> {
    match &gate.hold {
        Hold::Lax(lax) => Some((gate, lax)),
        _ => None,
    }
}

fn soft(gate: &Gate) -> Option<(&Gate, &str)> {
    match &gate.hold {
        Hold::Soft(why) => Some((gate, why)),
        _ => None,
    }
}

/// The share of what two jobs do that both do.
fn likeness(one: &Job, other: &Job) -> f64 {
    let does = |job: &Job| -> BTreeSet<String> {
        let lines = |run: &str| run.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
        let step = |s: &crate::read::workflow::Step| -> Vec<String> {
            let used = s.uses.as_deref().map(|u| u.split('@').next().unwrap_or(u).to_owned());
            let run: Vec<String> = s.run.as_ref().map(|r| lines(&r.value)).unwrap_or_default();
            used.into_iter().chain(run).collect()
        };
        job.steps.iter().flat_map(step).collect()
    };
    let (one, other) = (does(one), does(other));
    let all = one.union(&other).count().max(1);
    one.intersection(&other).count() as f64 / all as f64
}

/// A word of a command as a path of the tree: without `./`, `/...` and a closing slash.
fn in_tree(word: &str) -> &str {
    let word = word.strip_prefix("./").unwrap_or(word);
    word.strip_suffix("/...").unwrap_or(word).trim_end_matches('/')
}

fn exists(tree: &Tree, path: &str) -> bool {
    path.parse().is_ok_and(|p: RepoPath| tree.contains(&p)) || tree.under(path).next().is_some()
}
