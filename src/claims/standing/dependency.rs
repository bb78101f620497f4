//! "Added X", "removed X", "moved X to 2.0" against manifests and lock files.

use super::super::{Dependency, Weighed};
use super::texts::Texts;
use super::{contradicted, supported, unproven};
use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::manifest::{self, Dependency as Listed};
use crate::span::Side;

/// A dependency as one manifest lists it on each side.
struct Seen<'c> {
    path: &'c RepoPath,
    base: Option<Listed>,
    head: Option<Listed>,
}

pub(super) fn weigh(change: &Change, texts: &Texts<'_>, claim: &Dependency) -> Weighed {
    let name = match claim {
        Dependency::Added(name) | Dependency::Removed(name) | Dependency::Bumped { name, .. } => name,
    };
    let Some(seen) = seen(change, name) else {
        return unproven("a manifest of dependencies could not be read");
    };
    match claim {
        Dependency::Added(name) => added(change, texts, &seen, name),
        Dependency::Removed(name) => removed(texts, &seen, name),
        Dependency::Bumped { name, to, .. } => bumped(change, texts, &seen, name, to),
    }
}

fn added(change: &Change, texts: &Texts<'_>, seen: &[Seen<'_>], name: &str) -> Weighed {
    if let Some(new) = seen.iter().find(|seen| seen.base.is_none() && seen.head.is_some()) {
        return supported(format!("{} lists `{name}`, and did not before", new.path))
            .at_file(Side::Head, new.path);
    }
    if let Some(kept) = seen.iter().find(|seen| seen.head.is_some()) {
        return unproven(format!("{} listed `{name}` before", kept.path));
    }
    // What no manifest that is read here lists may stand in a build file of another kind.
    let manifests = change.head.paths().any(|path| manifest::kind(path).is_some());
    if texts.hints_at(name) || texts.incomplete || change.head.truncated.is_some() || !manifests {
        return unproven(format!("no manifest that is read here lists `{name}`"));
    }
    contradicted(format!("no manifest lists `{name}`, and no changed file names it"))
}

fn removed(texts: &Texts<'_>, seen: &[Seen<'_>], name: &str) -> Weighed {
    if let Some(gone) = seen.iter().find(|seen| seen.base.is_some() && seen.head.is_none()) {
        let because = format!("{} no longer lists `{name}`", gone.path);
        return if seen.iter().any(|seen| seen.head.is_some()) {
            unproven(because)
        } else {
            supported(because)
        };
    }
    let untouched = texts.count(Side::Base, name) == texts.count(Side::Head, name);
    match seen {
        [kept] if kept.head.is_some() && untouched => {
            contradicted(format!("{} still lists `{name}`", kept.path)).at_file(Side::Head, kept.path)
        }
        [] => unproven(format!("no manifest that is read here listed `{name}`")),
        _ => unproven(format!("several manifests list `{name}`")),
    }
}

fn bumped(change: &Change, texts: &Texts<'_>, seen: &[Seen<'_>], name: &str, to: &str) -> Weighed {
    let to = to.trim_start_matches(['v', 'V', '=', '^', '~', ' ']);
    let has = |listed: &Option<Listed>| {
        listed.as_ref().and_then(|l| l.version.as_deref()).is_some_and(|version| holds_version(version, to))
    };
    if let Some(there) = seen.iter().find(|seen| has(&seen.head)) {
        let because = format!("{} asks for `{name}` {to}", there.path);
        let moved = !has(&there.base);
        return if moved { supported(because) } else { unproven(format!("{because}, as it did before")) };
    }
    let changed = || change.files.iter().filter_map(|file| file.head.as_ref());
    let text = |path: &RepoPath| change.text(Side::Head, path).ok().flatten().map(str::to_owned);
    let names = changed().find(|path| text(path).is_some_and(|text| stands_near(&text, name, to)));
    if let Some(path) = names {
        return supported(format!("{path} has `{name}` at {to}"));
    }
    let speaks = || changed().any(|path| text(path).is_none_or(|text| text.contains(to)));
    let asks = seen.iter().find_map(|seen| Some((seen.path, seen.head.as_ref()?.version.as_deref()?)));
    match asks {
        Some((path, version)) if !texts.incomplete && change.head.truncated.is_none() && !speaks() => {
            let because = format!("{path} asks for `{name}` {version}, and no changed file speaks of {to}");
            contradicted(because).at_file(Side::Head, path)
        }
        _ => unproven(format!("no manifest that is read here asks for `{name}` {to}")),
    }
}

/// A lock file has the version close behind the name.
fn stands_near(text: &str, name: &str, version: &str) -> bool {
    const NEAR: usize = 160;
    text.match_indices(name).any(|(at, _)| {
        let from = at + name.len();
        let mut to = (from + NEAR).min(text.len());
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        holds_version(&text[from..to], version)
    })
}

/// Whether a version stands in the text as a whole: `2.1` in `^2.1.0`, but not in `12.1` or `2.10`.
fn holds_version(text: &str, version: &str) -> bool {
    !version.is_empty()
        && text.match_indices(version).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + version.len()..].chars().next();
            before.is_none_or(|c| !c.is_ascii_digit() && c != '.')
                && after.is_none_or(|c| !c.is_ascii_digit())
        })
}

/// The manifests that list a name on either side; nothing where one can't be read.
fn seen<'c>(change: &'c Change, name: &str) -> Option<Vec<Seen<'c>>> {
    let mut paths: Vec<&RepoPath> =
        change.base.paths().filter(|path| manifest::kind(path).is_some()).collect();
    let changed = change.files.iter().filter_map(|file| file.head.as_ref());
    paths.extend(changed.filter(|path| manifest::kind(path).is_some() && !change.base.contains(path)));
    let mut found = Vec::new();
    for path in paths {
        let changed = change.file(path).is_some();
        let base = listed(change, Side::Base, path, name)?;
        let head = if changed { listed(change, Side::Head, path, name)? } else { base.clone() };
        if base.is_some() || head.is_some() {
            found.push(Seen { path, base, head });
        }
    }
    Some(found)
}

#[expect(clippy::option_option, reason = "unreadable and not listed are different answers")]
fn listed(change: &Change, side: Side, path: &RepoPath, name: &str) -> Option<Option<Listed>> {
    let Some(text) = change.text(side, path).ok()? else { return Some(None) };
    let kind = manifest::kind(path)?;
    Some(manifest::read(kind, text)?.into_iter().find(|listed| manifest::same(kind, &listed.name, name)))
}
