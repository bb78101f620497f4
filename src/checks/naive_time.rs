//! A time has no zone.

mod columns;
mod python;
mod scripts;
mod tell;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::change::{Change, FileChange, Kind, line_diff};
use crate::checks::{Check, Examination, Needs, Rule, Wanted, product};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::syntax::Language;
use crate::span::{Lines, Side};
use crate::undecided::Undecided;

static RULE: Rule = Rule::new("naive-time", include_str!("../../rules/naive-time.md"));

/// Words with which a pull request admits it.
const DISCLOSING: [&str; 6] =
    ["naive", "without timezone", "without time zone", "no timezone", "local time", "timezone-naive"];

/// `naive-time`; its page tells the rest.
pub(super) struct NaiveTime;

impl Check for NaiveTime {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed("**/*.{cjs,cs,cts,java,js,jsx,kt,mjs,mts,prisma,py,rb,rs,ts,tsx}");
        needs.side(Side::Head, "**/config/application.rb");
        needs.later(neighbours_wanted);
        needs.changed("**/*.sql");
        needs.later(columns::migrations_wanted);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let mut fresh: Vec<Fresh<'_>> = Vec::new();
        for file in &change.files {
            match added(change, file) {
                Ok(Some(one)) => fresh.push(one),
                Ok(None) => {}
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        columns::find(change, claims, &fresh, &mut examination);
        if fresh.is_empty() {
            return examination;
        }
        let habits = habits(change, &fresh);
        for one in &fresh {
            let mut sorts: BTreeMap<Construct, Vec<&Found>> = BTreeMap::new();
            for found in one.head.found.iter().filter(|found| one.is_worth_telling(found, &habits)) {
                sorts.entry(found.construct).or_default().push(found);
            }
            let told = sorts.into_values().map(|found| tell::time(one, found[0], found.len() - 1));
            let columns = one.columns().map(|(column, more)| tell::column(one, column, more));
            for finding in told.chain(columns) {
                let disclosure = claims.disclosure(Some(one.path), &DISCLOSING);
                examination.findings.push(finding.disclosed(disclosure));
            }
        }
        examination
    }
}

/// A way to make a time without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Construct {
    UtcNow,
    UtcFromTimestamp,
    UtcTimestamp,
    Now,
    LocalText,
    UtcDay,
    LocalDateTime,
    DateTimeNow,
    LocalNaive,
    UtcNaive,
    ServerDay,
}

/// When a place is worth a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    /// It is wrong by itself.
    Always,
    /// Unless the project does so.
    Fresh,
    /// Where the same file has times with a zone.
    Mixed,
}

/// One place.
struct Found {
    construct: Construct,
    range: Range<usize>,
    grade: Grade,
    /// As it is written.
    shown: String,
}

/// The times of a file.
#[derive(Default)]
struct Reading {
    found: Vec<Found>,
    /// The first time with a zone.
    aware: Option<Range<usize>>,
    /// The columns without a zone.
    columns: Vec<(Range<usize>, String)>,
    /// How many columns have one.
    zoned: usize,
}

/// A changed file with what its added lines hold.
struct Fresh<'c> {
    path: &'c RepoPath,
    text: &'c str,
    head: Reading,
    base: Reading,
}

impl Fresh<'_> {
    fn is_worth_telling(&self, found: &Found, habits: &BTreeSet<Construct>) -> bool {
        let own = |found: &Found| self.base.found.iter().any(|b| b.construct == found.construct);
        match found.grade {
            Grade::Always => !self.base.found.iter().any(|b| b.shown == found.shown),
            _ if self.head.aware.is_some() => !(own(found) && self.base.aware.is_some()),
            Grade::Fresh => !habits.contains(&found.construct),
            Grade::Mixed => false,
        }
    }

    /// The first added column without a zone where most others have one, and how many more are alike.
    fn columns(&self) -> Option<(&(Range<usize>, String), usize)> {
        let naive = self.base.columns.len();
        let zoned = if naive + self.base.zoned == 0 { self.head.zoned } else { self.base.zoned };
        let usual = zoned >= 2 && zoned > naive && zoned > self.head.columns.len();
        self.head.columns.first().filter(|_| usual).map(|first| (first, self.head.columns.len() - 1))
    }
}

/// The families of languages whose readers are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Script(Language),
    Python,
    Rust,
    Ruby,
    Jvm,
    CSharp,
    Prisma,
}

fn family(path: &RepoPath) -> Option<Family> {
    Some(match path.extension() {
        "py" => Family::Python,
        "rs" => Family::Rust,
        "rb" => Family::Ruby,
        "java" | "kt" => Family::Jvm,
        "cs" => Family::CSharp,
        "prisma" => Family::Prisma,
        _ => match Language::of(path)? {
            language @ (Language::JavaScript | Language::TypeScript | Language::Tsx) => {
                Family::Script(language)
            }
            _ => return None,
        },
    })
}

/// Without one of these words a text holds no time that this check knows.
static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = [
        "utcnow",
        "utcfromtimestamp",
        "datetime",
        "DateTime",
        "TIMESTAMP",
        "new Date(",
        "Date.parse",
        "timestamp(",
        "naive_local",
        "naive_utc",
        "Date.today",
        "Time.now",
    ];
    AhoCorasick::new(words).expect("the words are few and short")
});

fn read(family: Family, path: &RepoPath, text: &str) -> Result<Reading, Undecided> {
    if !WORDS.is_match(text) {
        return Ok(Reading::default());
    }
    match family {
        Family::Python => python::read(text),
        Family::Script(language) => scripts::javascript(language, path.dir(), text),
        Family::Rust => scripts::rust(text),
        Family::Ruby => scripts::ruby(text),
        Family::Jvm => Ok(tokens::jvm(path, text)),
        Family::CSharp => Ok(tokens::csharp(path, text)),
        Family::Prisma => Ok(tokens::prisma(text)),
    }
    .map_err(|undecided| undecided.at(path))
}

/// What the added lines of a file hold.
fn added<'c>(change: &'c Change, file: &'c FileChange) -> Result<Option<Fresh<'c>>, Undecided> {
    let Some(path) = file.head.as_ref().filter(|path| product::kind(path).is_none()) else { return Ok(None) };
    let Some(family) = family(path) else { return Ok(None) };
    if change.head.entry(path).is_none_or(|entry| entry.kind != Kind::File) {
        return Ok(None);
    }
    let Some(text) = change.text(Side::Head, path)? else { return Ok(None) };
    if !WORDS.is_match(text) || (family == Family::Ruby && !sets_a_zone(change)) {
        return Ok(None);
    }
    if product::is_machine_made(text) {
        return Ok(None);
    }
    // A side that can't be read counts as empty: then every line of head is new.
    let base_path = file.base.as_ref();
    let before = base_path.and_then(|path| change.text(Side::Base, path).ok().flatten()).unwrap_or_default();
    let diff = line_diff(before, text);
    if diff.hunks.is_empty() {
        return Ok(None);
    }
    let mut head = read(family, path, text)?;
    let lines = Lines::of(text);
    let touched = |range: &Range<usize>| {
        diff.touches_head(lines.at(range.start), lines.at(range.end.saturating_sub(1).max(range.start)))
    };
    head.found.retain(|found| touched(&found.range));
    head.columns.retain(|(range, _)| touched(range));
    if head.found.is_empty() && head.columns.is_empty() {
        return Ok(None);
    }
    let base = base_path.map(|path| read(family, path, before).unwrap_or_default()).unwrap_or_default();
    Ok(Some(Fresh { path, text, head, base }))
}

/// Whether a Rails application of the tree has a zone of its own.
fn sets_a_zone(change: &Change) -> bool {
    let applications = change.head.paths().filter(|path| path.as_str().ends_with("config/application.rb"));
    applications.filter_map(|path| change.text(Side::Head, path).ok().flatten()).any(|text| {
        let lines = text.lines().map(str::trim_start);
        lines.filter(|line| !line.starts_with('#')).any(|line| line.contains("config.time_zone"))
    })
}

/// The ways that changed files and their neighbours have at base, as far as times with a zone are not more usual
/// there: what the project does throughout is no news.
fn habits(change: &Change, fresh: &[Fresh<'_>]) -> BTreeSet<Construct> {
    let wanted: Vec<Family> = fresh.iter().filter_map(|one| family(one.path)).collect();
    let mut paths: BTreeSet<&RepoPath> = change.files.iter().filter_map(|file| file.base.as_ref()).collect();
    let unsettled = |one: &&Fresh<'_>| one.head.found.iter().any(|found| found.grade == Grade::Fresh);
    for one in fresh.iter().filter(unsettled) {
        paths.extend(neighbours(change, one.path));
    }
    let mut naive: BTreeMap<Construct, usize> = BTreeMap::new();
    let mut aware = 0;
    for path in paths {
        let Some(family) = family(path).filter(|family| wanted.contains(family)) else { continue };
        let text = change.text(Side::Base, path).ok().flatten().unwrap_or_default();
        let reading = read(family, path, text).unwrap_or_default();
        aware += usize::from(reading.aware.is_some());
        let constructs: BTreeSet<Construct> = reading.found.iter().map(|found| found.construct).collect();
        for construct in constructs {
            *naive.entry(construct).or_default() += 1;
        }
    }
    naive.into_iter().filter(|(_, count)| *count >= aware).map(|(construct, _)| construct).collect()
}

/// So many files of base tell what a project does.
const MAX_NEIGHBOURS: usize = 80;

/// The files of base of the same language that stand nearest to a file.
fn neighbours<'c>(change: &'c Change, path: &RepoPath) -> Vec<&'c RepoPath> {
    let shared = |other: &RepoPath| {
        let folders = path.dir().split('/').zip(other.dir().split('/'));
        folders.take_while(|(a, b)| a == b).count()
    };
    let alike =
        change.base.paths().filter(|p| p.extension() == path.extension() && product::kind(p).is_none());
    let mut nearest: Vec<&RepoPath> = alike.collect();
    nearest.sort_by_cached_key(|other| std::cmp::Reverse(shared(other)));
    nearest.truncate(MAX_NEIGHBOURS);
    nearest
}

/// The neighbours of changed files that may hold a time which only the project's habits acquit.
fn neighbours_wanted(change: &Change) -> Wanted {
    static FRESH: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let words = ["utcnow", "utcfromtimestamp", "naive_local", "Date.today", "Time.now."];
        AhoCorasick::new(words).expect("the words are few and short")
    });
    let mut wanted = Wanted::default();
    for file in &change.files {
        let text = file.head.as_ref().and_then(|path| change.text(Side::Head, path).ok().flatten());
        if text.is_some_and(|text| FRESH.is_match(text))
            && let Ok(Some(one)) = added(change, file)
            && one.head.found.iter().any(|found| found.grade == Grade::Fresh)
        {
            wanted.base.extend(neighbours(change, one.path).into_iter().cloned());
        }
    }
    wanted
}
