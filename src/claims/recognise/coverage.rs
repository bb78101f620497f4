//! Coverage figures: "coverage is 87.5 %", "45.0 % → 48.7 %", "100% across statements, branches, functions, lines",
//! "fully covered".

mod extent;
mod figures;
mod metrics;
mod names;
pub(in crate::claims) mod output;
pub(in crate::claims) mod table;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::WORDS;
use super::super::{ClaimKind, CoverageClaim, Covered, Metric, Percent};
use super::asserts;
use figures::{Figure, Sort};

pub(in crate::claims) use extent::titles_a_part;

/// A figure as it is written, of 0 to 100.
pub(super) fn percent(figure: &str) -> Option<Percent> {
    figures::percent(figure)
}

/// What the words around a sentence tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::claims) struct Near {
    /// A heading, the item above or an earlier sentence may name a part of the code.
    pub(in crate::claims) part: bool,
    /// A heading speaks of coverage.
    pub(in crate::claims) coverage: bool,
    /// A heading speaks of breaking changes.
    pub(in crate::claims) breaking: bool,
    /// It stands at a box that is ticked.
    pub(in crate::claims) ticked: bool,
}

impl Near {
    /// What a heading, or an item with a list below it, tells of that.
    pub(in crate::claims) fn heading(text: &str) -> Self {
        let coverage = COVERAGE.is_match(text) && !WORDS.coverage_of_others.is_match(text);
        let title = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let breaking = matches!(title.as_str(), "breaking changes" | "breaking change");
        Self { part: extent::heads_a_part(text), coverage, breaking, ticked: false }
    }

    /// What stands near the sentence after this one.
    pub(in crate::claims) fn after(self, sentence: &str) -> Self {
        Self { part: self.part || extent::names_a_part(sentence), ..self }
    }

    /// Both.
    pub(in crate::claims) fn and(self, other: Self) -> Self {
        Self {
            part: self.part || other.part,
            coverage: self.coverage || other.coverage,
            breaking: self.breaking || other.breaking,
            ticked: self.ticked || other.ticked,
        }
    }
}

static COVERAGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:coverage|covered|cov)\b").expect("literal"));
static FULLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:fully|completely|entirely)[\s-]covered\b",
        r"|\b(?:full|complete|total)\s+(?:(?:test|code|unit|unit-test|statement|branch|function|line)\s+(?:and\s+)?)*coverage\b",
        r"|\bcoverage\s+is\s+(?:now\s+|still\s+)?(?:full|complete)\b",
        r"|\b(?:no|zero)\s+uncovered\s+(?:lines|code|statements|branches|functions)\b"
    ))
    .expect("literal")
});
/// A total that words and not a figure would state is only one of many that "total coverage" may mean.
static TOTAL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)^total\s").expect("literal"));
static SEAMS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)[;()|•·—–\n]|,(?:\s|$)|\s-\s|\sand\s|\s&\s|\s/\s").expect("literal"));

/// The figures that a sentence claims.
pub(super) fn claims(sentence: &str, near: Near) -> Vec<ClaimKind> {
    if WORDS.coverage_of_others.is_match(sentence) || WORDS.instructions.is_match(sentence) {
        return Vec::new();
    }
    let figures = figures::read(sentence);
    if !asserts(&without(sentence, &figures)) {
        return Vec::new();
    }
    if figures.is_empty() {
        return in_words(sentence, near).into_iter().map(ClaimKind::Coverage).collect();
    }
    let levels: Vec<&Figure> = figures.iter().filter(|f| f.sort == Sort::Level).collect();
    let levels: Vec<&Figure> = levels.into_iter().filter(|f| !is_quoted(sentence, &f.range)).collect();
    let levels = beside_bounds(sentence, &figures, levels);
    let claims = match levels.as_slice() {
        [] => Vec::new(),
        [one] => vec![single(sentence, one, near)],
        several => parted(sentence, several, near),
    };
    let spoken_of = |claim: &CoverageClaim| {
        let definite = matches!(claim.of, Covered::Whole | Covered::Named(_));
        COVERAGE.is_match(sentence)
            || claim.of != Covered::Part && metrics::named(sentence).len() > 1
            || near.coverage && (definite || !claim.metrics.is_empty())
    };
    claims.into_iter().filter(spoken_of).map(ClaimKind::Coverage).collect()
}

/// The sentence without its figures, so that `(was 45 %)` and `before: 45 %` guard nothing.
fn without(sentence: &str, figures: &[Figure]) -> String {
    let mut text = sentence.to_owned();
    for figure in figures {
        names::blank(&mut text, figure.range.clone());
    }
    text
}

/// A figure between quotation marks is somebody else's.
fn is_quoted(sentence: &str, figure: &Range<usize>) -> bool {
    let before = &sentence[..figure.start];
    let after = &sentence[figure.end..];
    before.matches('"').count() % 2 == 1 && after.contains('"')
        || before.rfind('“') > before.rfind('”') && after.contains('”')
}

/// Where a sentence speaks of a bar to clear, only a figure that stands apart from a figure of the bar is a level.
fn beside_bounds<'f>(sentence: &str, all: &[Figure], levels: Vec<&'f Figure>) -> Vec<&'f Figure> {
    if !WORDS.coverage_bounds.is_match(sentence) {
        return levels;
    }
    let clause = |figure: &Figure| &sentence[segment(sentence, &figure.range)];
    let bounded = |figure: &Figure| WORDS.coverage_bounds.is_match(clause(figure));
    let of_the_bar = |figure: &Figure| bounded(figure) || figure.sort == Sort::Bound;
    if !all.iter().any(of_the_bar) {
        return Vec::new();
    }
    let apart = |figure: &&Figure| {
        let clause = clause(figure);
        !bounded(figure) && (COVERAGE.is_match(clause) || !metrics::named(clause).is_empty())
    };
    levels.into_iter().filter(apart).collect()
}

/// The stretch around a place that no comma, bracket, dash or "and" parts.
fn segment(sentence: &str, place: &Range<usize>) -> Range<usize> {
    let mut range = 0..sentence.len();
    for seam in SEAMS.find_iter(sentence) {
        if seam.end() <= place.start {
            range.start = seam.end();
        } else if seam.start() >= place.end {
            range.end = seam.start();
            break;
        }
    }
    range
}

fn claim(figure: &Figure, metrics: Vec<Metric>, of: Covered) -> CoverageClaim {
    CoverageClaim { now: figure.now, before: figure.before, metrics, of, in_words: false }
}

fn single(sentence: &str, figure: &Figure, near: Near) -> CoverageClaim {
    let (text, own) = extent::around(sentence, &figure.range);
    claim(figure, metrics::named(sentence), extent::of(&text, &own, near))
}

/// Several figures: each with the metrics and the code of its own stretch, or in the order of the metrics.
fn parted(sentence: &str, levels: &[&Figure], near: Near) -> Vec<CoverageClaim> {
    let places = metrics::places(sentence);
    let own: Vec<Range<usize>> = levels.iter().map(|figure| segment(sentence, &figure.range)).collect();
    let within = |range: &Range<usize>, at: usize| range.start <= at && at < range.end;
    let alone = own.iter().all(|range| levels.iter().filter(|f| within(range, f.range.start)).count() == 1);
    let apart = alone && places.iter().all(|(place, _)| own.iter().any(|range| within(range, place.start)));
    let of = |index: usize| {
        let first = extent::of(sentence, &(0..levels[0].range.start), near);
        match extent::of(sentence, &own[index], Near::default()) {
            Covered::Unsaid => first,
            said => said,
        }
    };
    if apart && (levels.len() == 2 && !places.is_empty() || places.len() + 1 >= levels.len()) {
        let of_each = |(index, figure): (usize, &&Figure)| {
            let metrics = metrics::named(&sentence[own[index].clone()]);
            claim(figure, metrics, of(index))
        };
        return levels.iter().enumerate().map(of_each).collect();
    }
    if places.len() == levels.len() {
        let pairs = levels.iter().zip(places).enumerate();
        return pairs.map(|(index, (figure, (_, metric)))| claim(figure, vec![metric], of(index))).collect();
    }
    // Several figures without metrics are told apart by the code that each names.
    let named: Vec<CoverageClaim> =
        levels.iter().enumerate().map(|(index, figure)| claim(figure, Vec::new(), of(index))).collect();
    let all_named =
        alone && named.iter().all(|c| matches!(c.of, Covered::Named(_) | Covered::Whole | Covered::Changed));
    let different = named.iter().enumerate().all(|(i, a)| named[..i].iter().all(|b| a.of != b.of));
    if all_named && different && places.is_empty() { named } else { Vec::new() }
}

/// "Fully covered": only of everything, of what changed or of named files is it more than praise.
fn in_words(sentence: &str, near: Near) -> Option<CoverageClaim> {
    let found = FULLY.find(sentence).filter(|found| !TOTAL.is_match(found.as_str()))?;
    if WORDS.coverage_bounds.is_match(sentence)
        || WORDS.exceptions.is_match(sentence)
        || is_quoted(sentence, &found.range())
    {
        return None;
    }
    let (text, own) = extent::around(sentence, &found.range());
    let of = match extent::of(&text, &own, near) {
        Covered::Part => return None,
        // Of nothing in particular it is true of whatever the reader thinks of.
        Covered::Unsaid => Covered::Part,
        said => said,
    };
    let now = Percent { value: 100.0, decimals: 0 };
    Some(CoverageClaim { now, before: None, metrics: metrics::named(sentence), of, in_words: true })
}

#[cfg(test)]
mod tests;
