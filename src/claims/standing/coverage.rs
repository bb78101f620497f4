//! A coverage figure against the coverage reports: of the whole, of named files, of the changed lines, and of base.
//!
//! A figure is refuted only where no way to read the sentence makes it true: by no metric where it names none, of no
//! report where there are several, and in no direction of rounding.

mod named;
mod narrowed;
mod reports;
mod rounding;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt::Write;

use super::super::{CoverageClaim, Covered, Metric, Percent, Standing, Weighed};
use super::{contradicted, supported, unproven};
use crate::change::{Change, Status};
use crate::ids::RepoPath;
use crate::ids::folder::{ancestors, below};
use crate::read::coverage_report::figures::{self, Added};
use crate::span::Side;
use named::Named;
use reports::{Reading, Reports};
use rounding::{exceeds, explains, shown};

pub(in crate::claims) use narrowed::Narrowed;
pub(in crate::claims) use rounding::written;

/// A package has one of these in its folder.
const MANIFESTS: [&str; 9] = [
    "package.json",
    "pyproject.toml",
    "setup.py",
    "Cargo.toml",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
];

/// The reports, read once.
pub(super) struct Evidence<'c> {
    change: &'c Change,
    head: Reports,
    base: Reports,
    added: OnceCell<Added>,
}

impl<'c> Evidence<'c> {
    pub(super) fn gather(change: &'c Change) -> Self {
        let head = Reports::read(&change.evidence.coverage, &change.head);
        let base = Reports::read(&change.evidence.base_coverage, &change.base);
        Self { change, head, base, added: OnceCell::new() }
    }

    pub(super) fn weigh(&self, claim: &CoverageClaim) -> Weighed {
        if self.head.is_empty() {
            let nothing = || "no coverage report was given".to_owned();
            return unproven(self.head.unread.clone().unwrap_or_else(nothing));
        }
        let now = match &claim.of {
            Covered::Named(names) => self.of_names(claim, names),
            Covered::Changed => self.of_changed(claim),
            Covered::Part => self.of_a_part(claim),
            Covered::Whole | Covered::Unsaid => self.of_the_whole(claim),
        };
        self.with_before(claim, now)
    }

    fn of_the_whole(&self, claim: &CoverageClaim) -> Weighed {
        let readings = self.head.whole();
        let says = says(&readings[0], claim);
        let Some(says) = says else {
            return unproven("no coverage report measures what the text names");
        };
        if readings.iter().any(|reading| confirms(claim, &reading.figures(&claim.metrics))) {
            return supported(says);
        }
        let refuted = readings.iter().all(|reading| refutes(claim, &reading.limits(&claim.metrics)));
        if !refuted {
            return unproven(says);
        }
        if let Some(why) = &self.head.unread {
            return unproven(format!("{says}, and {why}"));
        }
        // A sentence that names no part may still be said of one package.
        let a_package = |dir: &String| {
            let package = self.head.part(|path| below(dir, path.as_str()).is_some());
            !refutes(claim, &package.limits(&claim.metrics))
        };
        match self.packages().into_iter().find(a_package) {
            Some(dir) if claim.of == Covered::Unsaid => {
                unproven(format!("{says}; the text may mean {dir} alone"))
            }
            _ => contradicted(says),
        }
    }

    /// The folders of packages with measured files; none where the whole is one package.
    fn packages(&self) -> BTreeSet<String> {
        let mut packages = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for path in self.head.mapped.files.keys() {
            for dir in ancestors(path.dir()) {
                if dir.is_empty() || !seen.insert(dir) {
                    break;
                }
                let manifest =
                    |name: &str| format!("{dir}/{name}").parse().is_ok_and(|p| self.change.head.contains(&p));
                if MANIFESTS.iter().any(|name| manifest(name)) {
                    packages.insert(dir.to_owned());
                }
            }
        }
        packages
    }

    fn of_names(&self, claim: &CoverageClaim, names: &[String]) -> Weighed {
        let mut found: Vec<(&String, BTreeSet<RepoPath>)> = Vec::new();
        for name in names {
            match named::find(self.change, &self.head.mapped, name) {
                Named::Files(files) => found.push((name, files)),
                Named::Unknown(why) => return unproven(why),
            }
        }
        let each: Vec<Reading> =
            found.iter().map(|(_, files)| self.head.part(|path| files.contains(path))).collect();
        let joint = self.head.part(|path| found.iter().any(|(_, files)| files.contains(path)));
        let refuted = |reading: &Reading| refutes(claim, &reading.limits(&claim.metrics));
        let confirmed = |reading: &Reading| confirms(claim, &reading.figures(&claim.metrics));
        // The one that is furthest from the claim is the one to name.
        let worst = each.iter().position(refuted).unwrap_or(0);
        let Some(says) = says(&each[worst], claim) else {
            return unproven(format!("no coverage report measures that of `{}`", names[worst]));
        };
        let says = format!("{says} of `{}`", found[worst].0);
        if each.iter().all(confirmed) || confirmed(&joint) {
            return supported(says);
        }
        let doubtful = |path: &RepoPath| {
            let same = |other: &String| other.rsplit(['/', '\\', '!']).next() == Some(path.name());
            self.head.mapped.unmapped.iter().any(same)
        };
        let files = &found[worst].1;
        if let Some(path) = files.iter().find(|path| self.of_another_commit(path)) {
            return unproven(format!(
                "the coverage report speaks of lines beyond the end of {path}: it is another commit's"
            ));
        }
        let sure = self.head.unread.is_none() && !files.iter().any(doubtful);
        if !sure || !refuted(&joint) || !each.iter().any(refuted) {
            return unproven(says);
        }
        let weighed = contradicted(says);
        match files.iter().next() {
            Some(path) if files.len() == 1 => weighed.at_file(Side::Head, path),
            _ => weighed,
        }
    }

    /// Whether a report has lines that the file does not have at head, as far as its text is there.
    fn of_another_commit(&self, path: &RepoPath) -> bool {
        let lines = self.head.mapped.files.get(path).and_then(|file| file.lines.as_ref());
        let Some((last, _)) = lines.and_then(|lines| lines.last_key_value()) else { return false };
        let text = self.change.text(Side::Head, path).ok().flatten();
        text.is_some_and(|text| *last as usize > text.lines().count().max(1) + 1)
    }

    fn of_changed(&self, claim: &CoverageClaim) -> Weighed {
        let added = self.added.get_or_init(|| figures::added(self.change, &self.head.mapped));
        if let Some(undecided) = added.undecided.first() {
            return unproven(format!(
                "{}: {}",
                undecided.path.as_ref().map_or("", RepoPath::as_str),
                undecided.why
            ));
        }
        let Some(percent) = added.lines.percent() else {
            return unproven("no coverage report measures a changed line");
        };
        let says = format!(
            "by {} {} of the {} changed lines that it measures ran, {} %",
            self.head.names(),
            added.lines.hit,
            added.lines.found,
            shown(percent, claim.now)
        );
        if claim.metrics.iter().any(|metric| *metric != Metric::Lines) {
            return unproven(says);
        }
        let lines = [("changed lines", percent)];
        if confirms(claim, &lines) && added.unmeasured.is_empty() {
            return supported(says);
        }
        // "New code" may mean the files that it stands in.
        let of = |status: Option<Status>| {
            let files = self.change.files.iter().filter(|f| status.is_none_or(|status| f.status == status));
            let paths: BTreeSet<&RepoPath> = files.filter_map(|file| file.head.as_ref()).collect();
            self.head.part(|path| paths.contains(path))
        };
        let mut readings = [of(None), of(Some(Status::Added))].into_iter();
        let may_be = readings.any(|reading| {
            let limits = reading.limits(&[Metric::Lines]);
            !limits.is_empty() && !refutes(claim, &limits)
        });
        let complete = added.unmeasured.is_empty() || claim.now.value >= 100.0;
        if refutes(claim, &lines) && !may_be && complete && self.head.unread.is_none() {
            let lowest = added.files.iter().min_by(|(_, a), (_, b)| {
                a.percent().partial_cmp(&b.percent()).unwrap_or(std::cmp::Ordering::Equal)
            });
            let weighed = contradicted(says);
            return match lowest {
                Some((path, _)) => weighed.at_file(Side::Head, path),
                None => weighed,
            };
        }
        unproven(says)
    }

    /// A part that no path tells is known only where nothing at all is uncovered.
    fn of_a_part(&self, claim: &CoverageClaim) -> Weighed {
        let reading = &self.head.whole()[0];
        let Some(says) = says(reading, claim) else {
            return unproven("no coverage report measures what the text names");
        };
        let figures = reading.figures(&claim.metrics);
        let all = claim.now.value >= 100.0 && figures.iter().all(|(_, actual)| *actual >= 100.0);
        if all && self.head.unread.is_none() {
            supported(says)
        } else {
            unproven(format!("{says}, and the text may mean a part"))
        }
    }

    /// The figure before, where the text gives one and base was measured.
    fn with_before(&self, claim: &CoverageClaim, now: Weighed) -> Weighed {
        let Some(before) = claim.before.filter(|_| !self.base.is_empty()) else { return now };
        let readings = match &claim.of {
            Covered::Whole | Covered::Unsaid => self.base.whole(),
            Covered::Named(names) => {
                let mut files = BTreeSet::new();
                for name in names {
                    let Named::Files(found) = named::find(self.change, &self.base.mapped, name) else {
                        return now;
                    };
                    files.extend(found);
                }
                vec![self.base.part(|path| files.contains(path))]
            }
            Covered::Changed | Covered::Part => return now,
        };
        let was = CoverageClaim { now: before, ..claim.clone() };
        let Some(says) = says(&readings[0], &was) else { return now };
        let says = format!("{}; at base {says}", now.judged.because);
        if readings.iter().any(|reading| confirms(&was, &reading.figures(&was.metrics))) {
            return Weighed { judged: super::Judged { because: says, ..now.judged }, ..now };
        }
        // Told lower than it was, a rise looks larger.
        let understated = readings.iter().all(|reading| falls_short(before, &reading.figures(&was.metrics)));
        let rises = claim.now.value > before.value;
        match now.judged.standing {
            Standing::Contradicted => now,
            _ if understated && rises && self.base.each.len() == 1 && self.base.unread.is_none() => {
                contradicted(says)
            }
            _ => unproven(says),
        }
    }
}

fn confirms(claim: &CoverageClaim, figures: &[(&'static str, f64)]) -> bool {
    let fits = |(_, actual): &(&str, f64)| {
        if claim.in_words { *actual >= 100.0 } else { explains(claim.now, *actual) }
    };
    let any = claim.metrics.is_empty() && !claim.in_words;
    !figures.is_empty() && if any { figures.iter().any(fits) } else { figures.iter().all(fits) }
}

/// Whether the claim is more than what was measured, whichever metric is meant where it names none.
fn refutes(claim: &CoverageClaim, figures: &[(&'static str, f64)]) -> bool {
    let over = |(_, actual): &(&str, f64)| {
        if claim.in_words { *actual < 100.0 } else { exceeds(claim.now, *actual) }
    };
    !figures.is_empty()
        && if claim.metrics.is_empty() { figures.iter().all(over) } else { figures.iter().any(over) }
}

/// Whether a figure before is less than what was measured, whichever metric is meant, and not rounded down to it.
fn falls_short(before: Percent, figures: &[(&'static str, f64)]) -> bool {
    !figures.is_empty()
        && figures.iter().all(|(_, actual)| before.value < *actual && !explains(before, *actual))
}

/// What a reading comes to in words; `None` where it measures nothing of what is claimed.
fn says(reading: &Reading, claim: &CoverageClaim) -> Option<String> {
    let figures = reading.figures(&claim.metrics);
    let mut text = format!("{} ", reading.says);
    for (i, (name, percent)) in figures.iter().filter(|(name, _)| !name.contains("and")).enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{} % of the {name}", shown(*percent, claim.now));
    }
    (!figures.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
