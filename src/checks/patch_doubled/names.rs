//! Names that one scope holds twice, and held once before.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::ground::Ground;
use super::{Edited, RULE};
use crate::checks::Finding;
use crate::ids::RepoPath;
use crate::read::repeated::{self, Fate, Repeated, Sort};
use crate::span::{Lines, Location, Side};
use crate::undecided::Undecided;

/// So many further places are shown.
const MAX_RELATED: usize = 6;

/// Whether the names of the file can be read.
pub(super) fn reads(path: &RepoPath) -> bool {
    repeated::read(path, "").is_some()
}

/// What the names are to the reader of the finding. Each kind is told once a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Definition,
    Import,
    Key,
}

/// What stands twice; what `told` covers has been told already.
pub(super) fn find(
    edited: &Edited<'_>,
    told: Option<&RangeInclusive<usize>>,
) -> Result<Vec<Finding>, Undecided> {
    let Some(reading) = repeated::read(edited.path, edited.head) else { return Ok(Vec::new()) };
    let reading = reading?;
    if reading.repeated.is_empty() {
        return Ok(Vec::new());
    }
    // What can't be read at base counts as none: then the added lines decide.
    let base = edited.base_path.and_then(|path| repeated::read(path, edited.base)).and_then(Result::ok);
    let base = base.unwrap_or_default().repeated;
    let before = before(&base);
    let lines = Lines::of(edited.head);
    let line = |at: usize| lines.at(at);
    let is_new = |r: &&Repeated| {
        let was = before.get(&(r.scope.as_str(), r.name.as_str(), r.sort)).copied().unwrap_or_default();
        let came = r.places.iter().any(|place| edited.diff.is_added(line(place.name.start)));
        let is_told = told.is_some_and(|told| r.places.iter().any(|p| told.contains(&line(p.name.start))));
        r.places.len() > was && came && !is_told
    };
    let new: Vec<&Repeated> = reading.repeated.iter().filter(is_new).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    if !reading.is_sound {
        let why = format!(
            "seems to hold `{}` twice, but the grammar does not accept the whole file, so its scopes are unsure",
            new[0].name
        );
        return Err(Undecided::new(why));
    }
    let mut groups: Vec<((Matter, bool), Vec<&Repeated>)> = Vec::new();
    for repeated in new {
        let key = (matter(repeated), blocks(edited, repeated));
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(repeated),
            None => groups.push((key, vec![repeated])),
        }
    }
    Ok(groups.into_iter().map(|(key, group)| finding(edited, key, &group)).collect())
}

/// How often a name stood in its scope at base, where more than once.
fn before(base: &[Repeated]) -> HashMap<(&str, &str, Sort), usize> {
    base.iter().map(|r| ((r.scope.as_str(), r.name.as_str(), r.sort), r.places.len())).collect()
}

fn matter(repeated: &Repeated) -> Matter {
    match repeated.sort {
        Sort::Import => Matter::Import,
        Sort::Key => Matter::Key,
        _ => Matter::Definition,
    }
}

/// Whether a meaning is lost, or a reader refuses the text.
fn blocks(edited: &Edited<'_>, repeated: &Repeated) -> bool {
    match matter(repeated) {
        Matter::Definition => true,
        Matter::Import => repeated.fate == Fate::Refused,
        Matter::Key => {
            let refused = edited.path.as_str().starts_with(".github/workflows/");
            let plain = edited.ground == Ground::Live && !is_sample(edited.path);
            plain && (refused || differs(edited, repeated))
        }
    }
}

/// A file that shows settings instead of making them.
fn is_sample(path: &RepoPath) -> bool {
    let name = path.name().to_lowercase();
    ["example", "sample", "template", "dist"].iter().any(|word| name.contains(word))
}

fn differs(edited: &Edited<'_>, repeated: &Repeated) -> bool {
    let value = |at: usize| {
        let text = &edited.head[repeated.places[at].range.clone()];
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    (1..repeated.places.len()).any(|at| value(at) != value(0))
}

fn finding(edited: &Edited<'_>, (matter, blocks): (Matter, bool), group: &[&Repeated]) -> Finding {
    let first = group[0];
    let name = &first.name;
    let within = match first.scope.as_str() {
        "" => format!("`{}`", edited.path.name()),
        scope => format!("`{scope}`"),
    };
    let times = match first.places.len() {
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    };
    let more = match group.len() - 1 {
        0 => String::new(),
        1 => ", and one more name is".to_owned(),
        n => format!(", and {n} more names are"),
    };
    let what = first.sort.word();
    let differing = differs(edited, first);
    let (headline, why) = match matter {
        Matter::Definition => {
            let lost =
                if differing { "what only the first one does is gone" } else { "one of them is left over" };
            let why = match first.fate {
                Fate::Refused => "The compiler refuses a name that stands twice in one scope.".to_owned(),
                _ => format!(
                    "Only the last one counts, so {lost}; where it is a test, the first one no longer runs."
                ),
            };
            (format!("{what} `{name}` is defined {times} in {within}{more}"), why)
        }
        Matter::Import => {
            let why = match first.fate {
                Fate::Refused => "A module may bind a name once; the file is rejected.",
                _ => "The second import brings nothing; it is what an edit leaves that was applied twice.",
            };
            (format!("`{name}` is imported {times} in {within}{more}"), why.to_owned())
        }
        Matter::Key => {
            let values = if differing { "with different values" } else { "with the same value" };
            let why = if differing {
                "Readers take the last value or refuse the text; the other value is lost without a word."
            } else {
                "Strict readers refuse a key that stands twice, and the next edit will change only one of them."
            };
            (format!("key `{name}` stands {times} in {within} {values}{more}"), why.to_owned())
        }
    };
    let lines = Lines::of(edited.head);
    let place = |at: &repeated::Place| Location::bytes(Side::Head, edited.path, edited.head, at.name.clone());
    // What this change added is what a person has to look at.
    let added = |at: &&repeated::Place| edited.diff.is_added(lines.at(at.name.start));
    let primary = first.places.iter().rev().find(added).unwrap_or(&first.places[1]);
    let names = group.iter().map(|r| format!("{}.{}", r.scope, r.name)).collect::<Vec<_>>().join(" ");
    let mut finding = Finding::new(&RULE, place(primary).label("added here"), headline, &names);
    finding = finding.explain(why);
    let others = first.places.iter().filter(|p| *p != primary).map(|p| place(p).label("stands here too"));
    let rest = group.iter().skip(1).map(|r| place(&r.places[1]).label(format!("`{}` again", r.name)));
    for at in others.chain(rest).take(MAX_RELATED) {
        finding = finding.related(at);
    }
    if blocks { finding } else { finding.note() }
}
