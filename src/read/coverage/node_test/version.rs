//! The major version of Node.js that a folder is run with.

use std::cell::LazyCell;

use crate::ids::folder::ancestors;
use crate::read::coverage::survey::Survey;
use crate::read::workflow;

/// The versions that a tree is run with.
pub(super) struct Versions<'s, 't> {
    survey: &'s Survey<'t>,
    set_up: LazyCell<Option<u32>, Box<dyn FnOnce() -> Option<u32> + 's>>,
}

impl<'s, 't> Versions<'s, 't> {
    pub(super) fn of(survey: &'s Survey<'t>) -> Self {
        Self { survey, set_up: LazyCell::new(Box::new(|| set_up(survey))) }
    }

    /// The major version as the folder or one above it pins it, else as all workflows set it up; `None` for the newest.
    pub(super) fn major(&self, dir: &str) -> Option<u32> {
        pinned(self.survey, dir).unwrap_or_else(|| *self.set_up)
    }
}

/// What a folder or one above it pins; an inner `None` for the newest.
fn pinned(survey: &Survey<'_>, dir: &str) -> Option<Option<u32>> {
    let file = ancestors(dir)
        .find_map(|dir| survey.tree.text(&survey.first(dir, &[".nvmrc", ".node-version"])?).ok()?);
    if let Some(text) = file {
        return Some(of(text.lines().next().unwrap_or_default()));
    }
    let engines = survey.packages_above(dir).find_map(|package| {
        let manifest = package.manifest.as_ref().ok()?;
        let pinned = manifest.at(&["volta", "node"]).or_else(|| manifest.at(&["engines", "node"]))?;
        pinned.as_text().map(str::to_owned)
    });
    engines.map(|range| of(&range))
}

/// Whether the version is known, and not beyond this one.
pub(super) fn upto(major: Option<u32>, last: u32) -> bool {
    major.is_some_and(|major| major <= last)
}

/// The newest major version of a range; `None` where it has no end.
fn of(range: &str) -> Option<u32> {
    const NAMED: [(&str, u32); 5] =
        [("hydrogen", 18), ("iron", 20), ("jod", 22), ("krypton", 24), ("argon", 4)];
    let range = range.trim().to_lowercase();
    if let Some((_, major)) = NAMED.iter().find(|(name, _)| range.ends_with(name)) {
        return Some(*major);
    }
    let mut newest = None;
    for part in range.split("||") {
        newest = newest.max(Some(within(part)?));
    }
    newest
}

/// The newest major version of comparators that all hold.
fn within(part: &str) -> Option<u32> {
    let part = part.split_once(" - ").map_or(part, |(_, last)| last);
    let mut newest: Option<u32> = None;
    for word in part.replace("> ", ">").replace("= ", "=").replace("< ", "<").split_whitespace() {
        let digits = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        let number =
            |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
        let Some(major) = number(digits) else { continue };
        let major: u32 = match word {
            word if word.starts_with("<=") => major,
            word if word.starts_with('<') && !digits.trim_matches(['0', '.']).contains('.') => {
                major.saturating_sub(1)
            }
            word if word.starts_with('>') => continue,
            _ => major,
        };
        newest = Some(newest.map_or(major, |known| known.min(major)));
    }
    newest
}

fn set_up(survey: &Survey<'_>) -> Option<u32> {
    let workflows = workflow::all(survey.tree);
    let mut newest = None;
    for workflow in workflows.values().flatten() {
        for step in workflow.jobs.iter().flat_map(|job| &job.steps) {
            if step.uses.as_deref().is_some_and(|uses| uses.starts_with("actions/setup-node@"))
                && let Some((_, version)) = step.with.iter().find(|(key, _)| key == "node-version")
            {
                newest = newest.max(Some(of(version)?));
            }
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_newest_version_of_a_range_counts() {
        let told = ["v22.3.0", "^20 || ^22.5", ">=18 <23", "22.x", "lts/jod", "20 - 22", "<23.0.0"].map(of);
        assert_eq!(told, [22; 7].map(Some));
        assert_eq!([">=20", "*", "node", "lts/*", "^20 || >=22", "${{ matrix.node }}"].map(of), [None; 6]);
    }
}
