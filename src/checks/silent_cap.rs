//! A service cuts the result short without a word.

mod ceiling;
mod clients;
mod facts;
mod graphql;
mod pages;
mod requests;
mod scripts;
mod tell;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use crate::change::{Change, FileChange, Kind, line_diff};
use crate::checks::{Check, Examination, Needs, Rule, product};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::flow::{self, chain::Written};
use crate::span::{Lines, Side};
use crate::undecided::Undecided;

use clients::Source;
use facts::Service;
use requests::Ceilings;

static RULE: Rule = Rule::new("silent-cap", include_str!("../../rules/silent-cap.md"));

/// Words with which a pull request admits it.
const DISCLOSING: [&str; 6] =
    ["first page", "capped", "only the first", "not paginated", "without pagination", "row limit"];

/// `silent-cap`; its page tells the rest.
pub(super) struct SilentCap;

impl Check for SilentCap {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        for glob in [flow::FILES, "**/*.{sh,bash,zsh}", ".github/workflows/*.{yml,yaml}"] {
            needs.changed(glob);
        }
        for glob in ceiling::FILES {
            needs.side(Side::Head, glob);
        }
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let mut fresh: Vec<Fresh<'_>> = Vec::new();
        let mut ceilings = None;
        for file in &change.files {
            match added(change, file, &mut ceilings) {
                Ok(Some(one)) => fresh.push(one),
                Ok(None) => {}
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        if fresh.is_empty() {
            return examination;
        }
        let held = held_at_base(change, &ceilings.unwrap_or_default());
        for (path, text, mut found) in fresh {
            found.retain(|one| !held.contains(&one.matter()));
            let mut sorts: BTreeMap<(&str, usize), Vec<Found>> = BTreeMap::new();
            for one in found {
                sorts.entry((&one.service.name, one.sort.number())).or_default().push(one);
            }
            for found in sorts.into_values() {
                let finding = tell::finding(path, text, &found[0], found.len() - 1);
                examination.findings.push(finding.disclosed(claims.disclosure(Some(path), &DISCLOSING)));
            }
        }
        examination
    }
}

/// One request.
struct Found {
    service: &'static Service,
    sort: Sort,
    range: Range<usize>,
    /// Its text without white space.
    shown: String,
}

/// What is wrong with a request.
enum Sort {
    /// It asks for more than is given.
    Beyond { parameter: String, count: u64, max: u64 },
    /// It takes one page for all.
    Unpaged { call: String },
    /// It sums up a table of which it gets a part.
    Whole { max: u64 },
}

impl Sort {
    fn number(&self) -> usize {
        match self {
            Self::Beyond { .. } => 0,
            Self::Unpaged { .. } => 1,
            Self::Whole { .. } => 2,
        }
    }
}

impl Found {
    fn matter(&self) -> String {
        match &self.sort {
            Sort::Beyond { parameter, count, .. } => format!("{} {parameter} {count}", self.service.name),
            Sort::Unpaged { call } => format!("{} {call} {}", self.service.name, self.shown),
            Sort::Whole { .. } => format!("{} {}", self.service.name, self.shown),
        }
    }
}

/// A file at head with its text and the requests in it.
type Fresh<'c> = (&'c RepoPath, &'c str, Vec<Found>);

/// The requests of a file at head that an added line holds.
fn added<'c>(
    change: &'c Change,
    file: &'c FileChange,
    ceilings: &mut Option<Ceilings>,
) -> Result<Option<Fresh<'c>>, Undecided> {
    let Some(path) = file.head.as_ref().filter(|path| is_read(path)) else { return Ok(None) };
    if change.head.entry(path).is_none_or(|entry| entry.kind != Kind::File) {
        return Ok(None);
    }
    let Some(head) = change.text(Side::Head, path)? else { return Ok(None) };
    if !facts::may_hold_client(head) {
        return Ok(None);
    }
    // A side that can't be read counts as empty: then every line of head is new.
    let base = file.base.as_ref().and_then(|path| change.text(Side::Base, path).ok().flatten());
    let diff = line_diff(base.unwrap_or_default(), head);
    if diff.hunks.is_empty() {
        return Ok(None);
    }
    let ceilings = ceilings.get_or_insert_with(|| ceiling::at_head(change));
    let mut found = all(path, head, ceilings).map_err(|undecided| undecided.at(path))?;
    let lines = Lines::of(head);
    found.retain(|one| {
        let last = lines.at(one.range.end.saturating_sub(1).max(one.range.start));
        diff.touches_head(lines.at(one.range.start), last)
    });
    Ok((!found.is_empty()).then_some((path, head, found)))
}

fn is_read(path: &RepoPath) -> bool {
    let known = flow::language(path).is_some()
        || matches!(path.extension(), "sh" | "bash" | "zsh")
        || crate::read::workflow::is_workflow(path);
    known && product::kind(path).is_none()
}

/// What stood in changed files before: moved code asks for no more than it did.
fn held_at_base(change: &Change, ceilings: &Ceilings) -> HashSet<String> {
    let mut held = HashSet::new();
    for path in change.files.iter().filter_map(|file| file.base.as_ref()).filter(|path| is_read(path)) {
        let text = change.text(Side::Base, path).ok().flatten();
        let Some(text) = text.filter(|text| facts::may_hold_client(text)) else { continue };
        held.extend(all(path, text, ceilings).unwrap_or_default().iter().map(Found::matter));
    }
    held
}

/// Every request of a file, in the order of the text.
fn all(path: &RepoPath, text: &str, ceilings: &Ceilings) -> Result<Vec<Found>, Undecided> {
    let mut found = match scripts::find(path, text) {
        Some(found) => found,
        None => in_code(path, text, ceilings)?,
    };
    // In addresses and scripts too the repository's own ceiling counts.
    found.retain_mut(|one| match (&mut one.sort, ceilings.get(one.service.name.as_str())) {
        (Sort::Beyond { count, max, .. }, Some(own)) => {
            *max = *own;
            *count > *own
        }
        _ => true,
    });
    for one in &mut found {
        let shown = text.get(one.range.clone()).unwrap_or_default();
        one.shown = shown.chars().filter(|c| !c.is_whitespace()).collect();
    }
    found.sort_by_key(|one| (one.range.start, one.sort.number()));
    found.dedup_by(|a, b| a.range.start == b.range.start && a.service.name == b.service.name);
    Ok(found)
}

fn in_code(path: &RepoPath, text: &str, ceilings: &Ceilings) -> Result<Vec<Found>, Undecided> {
    let Some(language) = flow::language(path) else { return Ok(Vec::new()) };
    let written = Written::parse(language, text)?;
    let source = Source::of(&written);
    let services = facts::spoken_of(text);
    let mut found = requests::of_strings(&source, &services);
    found.extend(requests::of_options(&source, &services));
    found.extend(pages::of_options(&source, &services));
    for chain in written.chains() {
        for service in &services {
            for link in &chain.links {
                found.extend(requests::of_address(&source, service, link, &chain));
            }
            if !source.speaks_to(service, &chain) {
                continue;
            }
            found.extend(requests::of_chain(&source, service, ceilings, &chain));
            found.extend(pages::of_chain(&source, service, &chain));
            found.extend(pages::of_table(&source, service, ceilings, &chain));
        }
    }
    Ok(found)
}
