//! What a finding about manifest and lock file says.

use crate::change::Change;
use crate::checks::Finding;
use crate::claims::Claims;
use crate::read::lock::{Disagreement, Fault};
use crate::span::{Location, Side};

use super::RULE;
use super::pairs::Locked;

/// So many names are written out.
const MAX_NAMES: usize = 6;
const DISCLOSING: [&str; 5] = ["lock file", "lockfile", "lock files", "lockfiles", "out of sync"];

/// Names that the lock file lacks or has at a version that is not admitted.
pub(super) fn broken(
    change: &Change,
    pair: &Locked,
    found: &[Disagreement],
    agreed: bool,
    claims: &Claims,
) -> Option<Finding> {
    let first = found.first()?;
    let (manifest, lock) = (&pair.manifest, &pair.lock);
    let missing: Vec<&Disagreement> = found.iter().filter(|d| d.fault == Fault::Missing).collect();
    let headline = if missing.len() == found.len() {
        format!("{manifest} asks for {}, which {lock} lacks", names(found))
    } else if missing.is_empty() {
        format!("{manifest} asks for {} in a version that {lock} does not have", names(found))
    } else {
        format!("{manifest} and {lock} disagree about {}", names(found))
    };
    let lines: Vec<String> = found.iter().take(MAX_NAMES).map(line).collect();
    let before = if agreed {
        "At base the two agreed."
    } else {
        "At base they did not agree about other names either, so this is no more than a note."
    };
    let explanation = format!(
        "{}. {before} `{}` installs what both say, and stops here.",
        lines.join("; "),
        pair.format.command()
    );
    let mut finding = Finding::new(&RULE, place(change, pair, &first.name), headline, &names(found))
        .explain(explanation)
        .related(Location::file(Side::Head, lock).label("the lock file"))
        .disclosed(claims.disclosure(Some(lock), &DISCLOSING));
    if !agreed {
        finding = finding.note();
    }
    Some(finding)
}

/// Names that only the lock file still has.
pub(super) fn surplus(pair: &Locked, found: &[Disagreement], claims: &Claims) -> Option<Finding> {
    found.first()?;
    let (manifest, lock) = (&pair.manifest, &pair.lock);
    let headline = format!("{manifest} no longer lists {}, and {lock} still does", names(found));
    let explanation = format!(
        "The lock file was not made anew. `{}` may refuse it or install more than is asked for.",
        pair.format.command()
    );
    let at = Location::file(Side::Head, manifest).label("no longer listed here");
    let finding = Finding::new(&RULE, at, headline, &names(found)).explain(explanation);
    Some(
        finding
            .related(Location::file(Side::Head, lock))
            .disclosed(claims.disclosure(Some(lock), &DISCLOSING))
            .note(),
    )
}

fn line(found: &Disagreement) -> String {
    let asked = if found.asked.is_empty() { String::new() } else { format!(" {}", found.asked) };
    match &found.fault {
        Fault::Missing => format!("`{}`{asked} has no entry", found.name),
        Fault::Refused { locked } => format!("`{}`{asked} is asked for, {locked} is locked", found.name),
        Fault::Surplus => format!("`{}` is locked only", found.name),
    }
}

fn names(found: &[Disagreement]) -> String {
    let quoted: Vec<String> = found.iter().map(|d| format!("`{}`", d.name)).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        all if all.len() > MAX_NAMES => {
            format!("{} and {} more", all[..MAX_NAMES].join(", "), all.len() - MAX_NAMES)
        }
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
        [] => String::new(),
    }
}

/// The line of the manifest that names it.
fn place(change: &Change, pair: &Locked, name: &str) -> Location {
    at_name(change, &pair.manifest, name)
}

/// The line of a file that names it.
pub(super) fn at_name(change: &Change, path: &crate::ids::RepoPath, name: &str) -> Location {
    let text = change.text(Side::Head, path).ok().flatten().unwrap_or_default();
    let loose = |text: &str| text.to_lowercase().replace(['_', '.'], "-");
    let (name, quoted) = (loose(name), format!("\"{}\"", loose(name)));
    let lines = || text.lines().map(loose).enumerate();
    let found = lines()
        .find(|(_, line)| line.contains(&quoted))
        .or_else(|| lines().find(|(_, line)| line.contains(&name)));
    match found {
        Some((at, _)) => Location::of_lines(Side::Head, path, text, at + 1, at + 1),
        None => Location::file(Side::Head, path),
    }
}
