//! What a person is told of the added markers, tool by tool, and how much it weighs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{Added, Found, RULE};
use crate::change::Change;
use crate::checks::Finding;
use crate::claims::{ClaimId, ClaimKind, Claims, Sentence};
use crate::ids::RepoPath;
use crate::read::coverage_pragma::Hides;
use crate::read::coverage_report::Mapped;
use crate::span::{Location, Side};

/// So many lines that counted before must be hidden for a block.
const COUNTED: usize = 10;
/// So many lines, old or new, where the text says that everything is covered.
const CLAIMED: usize = 5;
/// So many places are shown.
const PLACES: usize = 6;
/// So many files are named.
const FILES: usize = 10;

/// One finding for each tool whose markers were added.
pub(super) fn findings(
    change: &Change,
    claims: &Claims,
    found: &Found<'_, '_>,
    report: &Mapped,
) -> Vec<Finding> {
    let mut tools: BTreeMap<&str, Vec<&Added<'_, '_>>> = BTreeMap::new();
    for added in found {
        tools.entry(added.marker.tool).or_default().push(added);
    }
    let finding = |(tool, group)| Group::of(tool, group, report).finding(change, claims);
    tools.into_iter().map(finding).collect()
}

struct Group<'g, 's, 'c> {
    tool: &'g str,
    /// Those that hide the most first.
    added: Vec<&'g Added<'s, 'c>>,
    counted: usize,
    fresh: usize,
    /// Of the lines that counted and that the base report knows: those that no test ran, and all.
    uncovered: usize,
    reported: usize,
}

impl<'g, 's, 'c> Group<'g, 's, 'c> {
    fn of(tool: &'g str, mut added: Vec<&'g Added<'s, 'c>>, report: &Mapped) -> Self {
        added.sort_by_key(|added| std::cmp::Reverse((added.counted.len(), added.fresh.len())));
        let (mut uncovered, mut reported) = (0, 0);
        for added in &added {
            let file = added.source.base_path.and_then(|path| report.files.get(path));
            let Some(lines) = file.and_then(|file| file.lines.as_ref()) else { continue };
            for base in added.counted.iter().filter_map(|(_, base)| *base) {
                let Some(ran) = u32::try_from(base).ok().and_then(|line| lines.get(&line)) else { continue };
                reported += 1;
                uncovered += usize::from(!ran);
            }
        }
        let counted = added.iter().map(|added| added.counted.len()).sum();
        let fresh = added.iter().map(|added| added.fresh.len()).sum();
        Self { tool, added, counted, fresh, uncovered, reported }
    }

    fn finding(&self, change: &Change, claims: &Claims) -> Finding {
        let mut places = self.added.iter().take(PLACES).map(|added| place(change, added));
        let primary = places.next().unwrap_or_else(|| Location::file(Side::Head, self.added[0].source.path));
        let full = full_claim(claims);
        let admitted = admission(claims);
        let mut finding = Finding::new(&RULE, primary, self.headline(), &self.matter())
            .explain(self.explanation())
            .gainsays(full)
            .disclosed(admitted);
        for place in places {
            finding = finding.related(place);
        }
        if self.blocks(full.is_some(), admitted.is_some()) { finding } else { finding.note() }
    }

    fn blocks(&self, claimed: bool, admitted: bool) -> bool {
        // What tests ran at base anyway hides no gap.
        let harmless = self.reported > 0 && self.uncovered == 0;
        let much = self.counted >= COUNTED;
        (much && !admitted && !harmless) || (claimed && self.counted + self.fresh >= CLAIMED)
    }

    fn headline(&self) -> String {
        let (total, places) = (self.counted + self.fresh, self.added.len());
        let lines = if total == 1 { "line is" } else { "lines are" };
        let how = if places == 1 { "a marker".to_owned() } else { format!("{places} markers") };
        let of = match (self.counted, self.fresh) {
            (_, 0) => String::new(),
            (0, _) => " new".to_owned(),
            _ => String::new(),
        };
        let before = match (self.counted, self.fresh) {
            (_, 0) | (0, _) => String::new(),
            (counted, _) => format!(", {counted} of them not hidden before"),
        };
        format!("{total}{of} {lines} hidden from the coverage figure by {how} for {}{before}", self.tool)
    }

    fn explanation(&self) -> String {
        let mut files: BTreeMap<&RepoPath, (usize, usize)> = BTreeMap::new();
        for added in &self.added {
            let sum = files.entry(added.source.path).or_default();
            *sum = (sum.0 + added.counted.len() + added.fresh.len(), sum.1 + 1);
        }
        let mut text = "Lines of code that no longer count, whether a test runs them or not:\n".to_owned();
        let mut most: Vec<_> = files.iter().collect();
        most.sort_by_key(|(path, (lines, _))| (std::cmp::Reverse(*lines), **path));
        for (path, (lines, markers)) in most.iter().take(FILES) {
            let places = if *markers == 1 { "1 place".to_owned() } else { format!("{markers} places") };
            let _ = writeln!(text, "  {path}: {} in {places}", counted(*lines));
        }
        if most.len() > FILES {
            let _ = writeln!(text, "  and {} more files", most.len() - FILES);
        }
        if self.reported > 0 {
            let _ = writeln!(
                text,
                "The report of base knows {} of them: {} ran in no test there.",
                self.reported, self.uncovered
            );
        }
        text.push_str(
            "A figure at head says nothing of them. Test them, or have a person agree to leave them out.",
        );
        text
    }

    /// The hidden code without its line numbers.
    fn matter(&self) -> String {
        let first = |added: &&Added<'_, '_>| {
            let lines = added.lines();
            let code = lines.first().and_then(|line| added.source.head.code(*line)).unwrap_or_default();
            format!("{} {code}", added.source.path)
        };
        let all: BTreeSet<String> = self.added.iter().map(first).collect();
        format!("{} {}", self.tool, all.into_iter().collect::<Vec<_>>().join("\n"))
    }
}

fn counted(lines: usize) -> String {
    if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") }
}

fn place(change: &Change, added: &Added<'_, '_>) -> Location {
    let path = added.source.path;
    let text = change.text(Side::Head, path).ok().flatten().unwrap_or_default();
    let label = match (&added.marker.hides, added.lines().len()) {
        (Hides::File, _) => "hides the whole file".to_owned(),
        (_, lines) => format!("hides {}", counted(lines)),
    };
    Location::bytes(Side::Head, path, text, added.marker.place.clone()).label(label)
}

/// The claim that everything is covered.
fn full_claim(claims: &Claims) -> Option<ClaimId> {
    claims.fullest(|kind| matches!(kind, ClaimKind::Coverage(claim) if claim.now.value >= 100.0))
}

/// The sentence in which the text says that it takes code out.
fn admission(claims: &Claims) -> Option<&Sentence> {
    const MARKERS: [&str; 20] = [
        "pragma",
        "no cover",
        "no-cover",
        "nocover",
        "istanbul ignore",
        "c8 ignore",
        "v8 ignore",
        "node:coverage",
        "coverage-ignore",
        "coverage ignore",
        "coverage:ignore",
        "coverage(off)",
        "excludefromcodecoverage",
        "codecoverageignore",
        "nocov",
        "_excl_",
        "coverage exclusion",
        "coverage exempt",
        "tarpaulin",
        "coverage marker",
    ];
    const LESS: [&str; 8] = ["exclud", "omit", "ignor", "hide", "leave out", "left out", "exempt", "skip"];
    claims.sentences.iter().find(|sentence| {
        let text = sentence.text.to_lowercase();
        MARKERS.iter().any(|word| text.contains(word))
            || (text.contains("coverage") && LESS.iter().any(|word| text.contains(word)))
    })
}
