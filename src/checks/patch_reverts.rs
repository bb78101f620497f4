//! Work that landed on the base branch lately is undone, and the text does not say so.

mod undone;

use std::collections::BTreeMap;

use crate::change::{Change, Commit, FileChange, Landed};
use crate::checks::{Check, Examination, Finding, Needs, Rule, product};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::span::{Location, Side};
use crate::undecided::Undecided;

use undone::{Traces, Undone};

static RULE: Rule = Rule::new("patch-reverts", include_str!("../../rules/patch-reverts.md"));

/// Lines of edits that were changed back: fewer are told nowhere, since small settings go back and forth.
const FEW: usize = 6;
/// As many are no coincidence, where they are all that a commit changed in the file.
const MANY: usize = 8;
/// As many lines of one commit that are gone are told, if they were most of what it brought to the file.
const LARGE: usize = 20;
/// More notes than this are not told.
const MAX_NOTES: usize = 2;

/// Words that admit that earlier work is undone.
const BACK: [&str; 28] = [
    "revert",
    "reverts",
    "reverted",
    "reverting",
    "undo",
    "undoes",
    "undone",
    "undoing",
    "restore",
    "restores",
    "restored",
    "restoring",
    "roll back",
    "rolls back",
    "rolled back",
    "rollback",
    "back out",
    "backs out",
    "backed out",
    "reinstate",
    "reinstates",
    "reland",
    "re-land",
    "reapply",
    "re-apply",
    "go back to",
    "back to",
    "again",
];
/// Words that admit that code is gone.
const GONE: [&str; 31] = [
    "remove",
    "removes",
    "removed",
    "removing",
    "removal",
    "delete",
    "deletes",
    "deleted",
    "deleting",
    "drop",
    "drops",
    "dropped",
    "replace",
    "replaces",
    "replaced",
    "replacing",
    "rewrite",
    "rewrites",
    "rewrote",
    "refactor",
    "refactors",
    "refactored",
    "simplify",
    "simplifies",
    "clean up",
    "cleanup",
    "move",
    "moved",
    "extract",
    "switch",
    "migrate",
];

/// `patch-reverts`; its page tells the rest.
pub(super) struct PatchReverts;

/// What the pull request undid of one commit.
struct Matter<'c> {
    landed: &'c Landed,
    files: Vec<(&'c FileChange, Undone)>,
}

impl Check for PatchReverts {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.history();
        needs.changed("**");
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let window = u64::from(change.evidence.recent.0);
        let recent: Vec<&Landed> = change
            .history
            .commits()
            .iter()
            .filter(|landed| landed.days() < window && !is_revert(landed))
            .collect();
        if recent.is_empty() || says_revert(change) {
            return examination;
        }
        let mut matters: BTreeMap<usize, Matter<'_>> = BTreeMap::new();
        let traces = Traces::of(change);
        for file in change.files.iter().filter(|file| is_judged(file)) {
            match judge(change, file, &recent, &traces) {
                Ok(found) => {
                    for (at, undone) in found {
                        let matter =
                            matters.entry(at).or_insert(Matter { landed: recent[at], files: Vec::new() });
                        matter.files.push((file, undone));
                    }
                }
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        let findings: Vec<Finding> =
            matters.values().filter_map(|matter| matter.finding(change, claims)).collect();
        let (blocks, mut notes): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| finding.level == RULE.level());
        notes.truncate(MAX_NOTES);
        examination.findings.extend(blocks.into_iter().chain(notes));
        examination
    }
}

/// A file that people write. What tools write goes back and forth as they please.
fn is_judged(file: &FileChange) -> bool {
    let written =
        |path: &RepoPath| product::kind(path) != Some(product::Kind::NotWritten) && !product::is_lock(path);
    file.base.as_ref().is_some_and(written)
}

/// Undoing a revert brings work back.
fn is_revert(landed: &Landed) -> bool {
    landed.subject().to_lowercase().starts_with("revert")
}

/// GitHub's and git's own words for a revert, which are no prose of the author's.
fn says_revert(change: &Change) -> bool {
    let texts =
        [&change.pr.title, &change.pr.body].into_iter().chain(change.commits.iter().map(|c| &c.message));
    let mut lower = texts.map(|text| text.to_lowercase());
    lower.any(|text| text.starts_with("revert") || text.contains("this reverts "))
}

/// What the change undid in one file, by the index of the commit.
fn judge(
    change: &Change,
    file: &FileChange,
    recent: &[&Landed],
    traces: &Traces,
) -> Result<Vec<(usize, Undone)>, Undecided> {
    let path = file.base.as_ref().expect("a judged file stands at base");
    let touched = || {
        recent
            .iter()
            .enumerate()
            .filter_map(|(at, landed)| Some((at, landed.files.iter().find(|file| file.path == *path)?)))
    };
    if touched().next().is_none() {
        return Ok(Vec::new());
    }
    // A binary file or an unreadable one has no lines that could come back.
    let Ok(Some(base)) = change.text(Side::Base, path) else { return Ok(Vec::new()) };
    let head = match &file.head {
        Some(head) => change.text(Side::Head, head)?.unwrap_or_default(),
        None => "",
    };
    Ok(undone::of(base, head, touched(), traces))
}

impl Matter<'_> {
    fn finding(&self, change: &Change, claims: &Claims) -> Option<Finding> {
        if self.is_named(change) {
            return None;
        }
        let lines =
            |count: fn(&Undone) -> usize| self.files.iter().map(|(_, undone)| count(undone)).sum::<usize>();
        let (back, gone) = (lines(|undone| undone.back), lines(|undone| undone.gone));
        let all = lines(|undone| if undone.is_all { undone.back } else { 0 });
        let whole = lines(|undone| if undone.is_all && undone.is_whole { undone.back } else { 0 });
        let (words, proved) = match back {
            _ if all >= MANY || whole >= FEW => (&BACK[..], self.is_of_others(change)),
            back if back >= FEW => (&BACK[..], false),
            _ if gone >= LARGE && self.files.iter().any(|(_, undone)| undone.is_most) => (&GONE[..], false),
            _ => return None,
        };
        let path = self.files[0].0.path();
        if claims.disclosure(Some(path), &BACK).or_else(|| claims.disclosure(Some(path), words)).is_some() {
            return None;
        }
        let finding = self.told(change, back >= FEW);
        Some(if proved { finding } else { finding.note() })
    }

    /// Whether the commit came by a pull request, or from somebody who wrote nothing of this one. What people push and
    /// take back themselves is a change of mind.
    fn is_of_others(&self, change: &Change) -> bool {
        let author = &self.landed.author;
        let same = |a: &str, b: &str| !a.is_empty() && a.eq_ignore_ascii_case(b);
        let is_own = |commit: &Commit| {
            same(&commit.author.login, &author.login) || same(&commit.author.email, &author.email)
        };
        self.landed.number().is_some() || !change.commits.iter().any(is_own)
    }

    /// Whether the text names the commit or the pull request that brought it.
    fn is_named(&self, change: &Change) -> bool {
        let short = &self.landed.sha.as_str()[..7];
        let number = self.landed.number().map(|number| format!("#{}", number.0));
        let names = |text: &String| {
            let numbered = number.as_ref().is_some_and(|number| {
                let ends = |at: usize| !text[at + number.len()..].starts_with(|c: char| c.is_ascii_digit());
                text.match_indices(number.as_str()).any(|(at, _)| ends(at))
            });
            numbered || text.contains(short)
        };
        [&change.pr.title, &change.pr.body]
            .into_iter()
            .chain(change.commits.iter().map(|c| &c.message))
            .any(names)
    }

    fn told(&self, change: &Change, is_back: bool) -> Finding {
        let landed = self.landed;
        let (file, undone) = &self.files[0];
        let name = file.path().name();
        let more = match self.files.len() {
            1 => String::new(),
            2 => " and another file".to_owned(),
            n => format!(" and {} other files", n - 1),
        };
        let by = match landed.number() {
            Some(number) => format!("#{}", number.0),
            None => landed.sha.short().to_owned(),
        };
        let headline = if is_back {
            format!("what {by} changed in `{name}`{more} is changed back")
        } else {
            format!("what {by} brought to `{name}`{more} is gone")
        };
        let when = match landed.days() {
            0 => "within a day of".to_owned(),
            1 => "a day before".to_owned(),
            days => format!("{days} days before"),
        };
        let subject: String = landed.subject().chars().take(100).collect();
        let deed = if is_back {
            "The lines that it replaced stand there again, and the ones that it brought are gone."
        } else {
            "Most of the lines that it brought are gone and stand nowhere else."
        };
        let explanation = format!(
            "Commit {} (\"{subject}\") landed {when} this pull request's base. {deed} The text does not say so. \
             A copy of the file from before that commit does this, as does a merge that took the branch's side.",
            landed.sha.short()
        );
        let mut finding = Finding::new(&RULE, undone.place(change, file), headline, landed.sha.as_str());
        for (file, undone) in self.files.iter().skip(1).take(4) {
            finding = finding.related(undone.place(change, file));
        }
        finding.explain(explanation)
    }
}

impl Undone {
    /// Where it shows: at head what came back, or else at base what is gone.
    fn place(&self, change: &Change, file: &FileChange) -> Location {
        let at = |side: Side, line: Option<usize>| {
            let (path, line) = (file.on(side)?, line?);
            let text = change.text(side, path).ok().flatten()?;
            Some(Location::of_lines(side, path, text, line, line))
        };
        let back = at(Side::Head, self.head_line).map(|place| place.label("stood here before"));
        let gone = || at(Side::Base, self.base_line).map(|place| place.label("is gone"));
        back.or_else(gone).unwrap_or_else(|| Location::file(Side::Head, file.path()))
    }
}
