//! The test reports of head, read once and counted together.

use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::test_report::{self, Results};
use crate::undecided::Undecided;

/// Words by which tests are more than unit tests.
const WIDER: [&str; 9] =
    ["e2e", "integration", "browser", "playwright", "cypress", "acceptance", "smoke", "system", "end"];

/// What the test reports say.
pub(super) struct Reports {
    pub(super) results: Results,
    /// Whether they speak of more than unit tests.
    pub(super) wider: bool,
    /// Why one could not be read, where one could not.
    pub(super) unread: Option<String>,
}

impl Reports {
    pub(super) fn of(change: &Change) -> Self {
        let (read, unread) = read(change);
        let results = Results::of(&read);
        let names = change.evidence.tests.iter().map(|file| file.name.as_str());
        let wider = names.chain(results.suites.iter().map(String::as_str)).any(is_wider);
        Self { results, wider, unread: unread.into_iter().next().map(|undecided| undecided.why) }
    }

    /// Whether any test ran.
    pub(super) fn any(&self) -> bool {
        self.results.run() > 0
    }

    /// The counts in words, beside the number that the text has.
    pub(super) fn counts(&self, claimed: Option<u64>) -> String {
        let Results { passed, skipped, unclear, .. } = &self.results;
        let says = claimed.map(|n| format!("; the text says {n} passed")).unwrap_or_default();
        let unclear = match unclear {
            0 => String::new(),
            n => format!(", {n} failed once and passed once"),
        };
        let (source, red) = (self.results.source(), self.results.red());
        format!("{source}: {passed} passed, {red} failed, {skipped} skipped{unclear}{says}")
    }

    /// The file of the first failing test, where the report names one that is in the tree.
    pub(super) fn place(&self, change: &Change) -> Option<RepoPath> {
        let named = self.results.failing.iter().filter_map(|failing| failing.file.as_deref());
        named
            .filter_map(|file| file.trim_start_matches("./").parse().ok())
            .find(|path| change.head.contains(path))
    }
}

fn read(change: &Change) -> (Vec<test_report::Report>, Vec<Undecided>) {
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for file in &change.evidence.tests {
        match test_report::read(file) {
            Ok(report) => read.push(report),
            Err(undecided) => unread.push(undecided),
        }
    }
    (read, unread)
}

/// The test reports that could not be read.
pub(in crate::claims) fn unread(change: &Change) -> Vec<Undecided> {
    read(change).1
}

/// Whether a name speaks of tests that are more than unit tests.
pub(super) fn is_wider(name: &str) -> bool {
    name.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| WIDER.contains(&word))
}
