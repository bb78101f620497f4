//! What entered and what left the measured sets between two revisions.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::json;

use super::{Change, ListFormat, Scope, scopes};
use crate::ids::RepoPath;
use crate::read::coverage::{Gate, Mode};
use crate::span;

/// One tool in one package, by both sides.
struct Pair<'a> {
    tool: &'static str,
    package: &'a str,
    base: Side<'a>,
    head: Side<'a>,
}

/// All runs of the tool in the package together.
#[derive(Default)]
struct Side<'a> {
    there: bool,
    undecided: Option<String>,
    files: BTreeMap<RepoPath, Mode>,
    gates: BTreeMap<&'a str, Gate>,
}

/// What a change did to one set.
struct Moves<'a> {
    entered: Vec<&'a RepoPath>,
    left: Vec<RepoPath>,
    only_loaded: Vec<&'a RepoPath>,
}

pub(super) fn print(change: &Change, format: ListFormat, out: &mut dyn Write) -> std::io::Result<()> {
    let (base, head) = (scopes(&change.base), scopes(&change.head));
    let keys: BTreeSet<(&'static str, &str)> =
        base.iter().chain(&head).map(|s| (s.tool, s.package.as_str())).collect();
    let pairs: Vec<Pair<'_>> = keys
        .into_iter()
        .map(|(tool, package)| Pair {
            tool,
            package,
            // A file goes by head's name on both sides; one that is gone has none.
            base: Side::of(&base, tool, package, |path| change.at_head(path)),
            head: Side::of(&head, tool, package, |path| Some(path.clone())),
        })
        .collect();
    match format {
        ListFormat::Json => {
            writeln!(out, "{}", pairs.iter().map(|p| p.json(change)).collect::<serde_json::Value>())
        }
        ListFormat::Terminal => terminal(&pairs, change, out),
    }
}

impl<'a> Side<'a> {
    fn of(
        scopes: &'a [Scope],
        tool: &str,
        package: &str,
        name: impl Fn(&RepoPath) -> Option<RepoPath>,
    ) -> Self {
        let mut side = Self::default();
        for scope in scopes.iter().filter(|s| s.tool == tool && s.package == package) {
            side.there = true;
            if let Some(undecided) = scope.undecided.as_ref().or(scope.unknown_thresholds.as_ref()) {
                side.undecided = Some(undecided.to_string());
            }
            for path in scope.files.iter().filter_map(&name) {
                let mode = side.files.entry(path).or_insert(scope.mode);
                *mode = scope.mode.max(*mode);
            }
            for (name, gate) in &scope.thresholds {
                let held = side.gates.entry(name).or_insert(*gate);
                if gate.strictness(*held).is_some_and(std::cmp::Ordering::is_gt) {
                    *held = *gate;
                }
            }
        }
        side
    }
}

impl Pair<'_> {
    fn moves(&self, change: &Change) -> Moves<'_> {
        let old = |path: &RepoPath| {
            change.base.contains(path) || change.file(path).is_some_and(|f| f.on(span::Side::Base).is_some())
        };
        let less = |(path, mode): (&RepoPath, &Mode)| self.head.files.get(path).is_some_and(|now| now < mode);
        Moves {
            entered: self
                .head
                .files
                .keys()
                .filter(|path| old(path) && !self.base.files.contains_key(*path))
                .collect(),
            left: self
                .base
                .files
                .keys()
                .filter(|path| !self.head.files.contains_key(*path))
                .cloned()
                .collect(),
            only_loaded: self.base.files.iter().filter(|at| less(*at)).map(|(path, _)| path).collect(),
        }
    }

    fn undecided(&self) -> Option<&String> {
        self.head.undecided.as_ref().or(self.base.undecided.as_ref())
    }

    /// The gates that differ.
    fn gates(&self) -> Vec<(&str, Option<Gate>, Option<Gate>)> {
        let names: BTreeSet<&str> = self.base.gates.keys().chain(self.head.gates.keys()).copied().collect();
        let of = |side: &Side<'_>, name: &str| side.gates.get(name).copied();
        let all = names.into_iter().map(|name| (name, of(&self.base, name), of(&self.head, name)));
        all.filter(|(_, base, head)| base != head).collect()
    }

    fn json(&self, change: &Change) -> serde_json::Value {
        let moves = self.moves(change);
        let gate = |(name, base, head): &(&str, Option<Gate>, Option<Gate>)| json!({"name": name, "base": base, "head": head});
        json!({
            "tool": self.tool,
            "package": self.package,
            "entered": moves.entered,
            "left": moves.left,
            "only_if_loaded": moves.only_loaded,
            "thresholds": self.gates().iter().map(gate).collect::<Vec<_>>(),
            "undecided": self.undecided(),
        })
    }
}

fn terminal(pairs: &[Pair<'_>], change: &Change, out: &mut dyn Write) -> std::io::Result<()> {
    let mut same = true;
    for pair in pairs {
        let (moves, gates) = (pair.moves(change), pair.gates());
        let moved = !moves.entered.is_empty() || !moves.left.is_empty() || !moves.only_loaded.is_empty();
        if !moved && gates.is_empty() && pair.base.there == pair.head.there && pair.undecided().is_none() {
            continue;
        }
        if !same {
            writeln!(out)?;
        }
        same = false;
        let how = match (pair.base.there, pair.head.there) {
            (true, false) => " (gone at head)",
            (false, true) => " (new at head)",
            _ => "",
        };
        writeln!(out, "{} in {}{how}", pair.tool, pair.package)?;
        if let Some(undecided) = pair.undecided() {
            writeln!(out, "  undecided: {undecided}")?;
        }
        moves.left.iter().try_for_each(|path| writeln!(out, "  - {path}"))?;
        moves
            .only_loaded
            .iter()
            .try_for_each(|path| writeln!(out, "  ~ {path} (only if a test loads it)"))?;
        moves.entered.iter().try_for_each(|path| writeln!(out, "  + {path}"))?;
        for (name, base, head) in gates {
            let word = |gate: Option<Gate>| gate.map_or_else(|| "none".to_owned(), |gate| gate.to_string());
            writeln!(out, "  {name}: {} -> {}", word(base), word(head))?;
        }
    }
    if same {
        writeln!(out, "What is measured and what is required of it are the same on both sides.")?;
    }
    Ok(())
}
