//! A definition changed or went, and those who use it were left behind.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::Change;
use crate::checks::modules::{CONFIGS, Target, View};
use crate::checks::product;
use crate::checks::sources::{self, Family};
use crate::checks::{Check, Examination, Finding, Needs, Rule, Wanted};
use crate::claims::{ClaimKind, Claims};
use crate::ids::RepoPath;
use crate::read::symbols;
use crate::span::Side;
use crate::undecided::Undecided;

mod changes;
mod fits;
mod mocks;
mod uses;

use changes::Words;
use uses::{File, Kind, Left};

static RULE: Rule = Rule::new("caller-drifted", include_str!("../../rules/caller-drifted.md"));

/// Further callers that a finding shows; the rest is counted.
const MAX_SHOWN: usize = 5;

/// `caller-drifted`; its page tells the rest.
pub(super) struct CallerDrifted;

impl Check for CallerDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed(symbols::FILES);
        needs.both(CONFIGS);
        needs.both("**/go.mod");
        needs.later(wanted);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let words = changes::words(change);
        let mut groups: BTreeMap<(RepoPath, String, Kind), Vec<Left>> = BTreeMap::new();
        for (family, path) in candidates(change, &words) {
            if product::kind(path) == Some(product::Kind::NotWritten) {
                continue;
            }
            let none = Words::default();
            let words = words.get(&family).unwrap_or(&none);
            let Some(file) = File::read(change, family, path) else {
                if let Err(undecided) = sources::symbols(change, Side::Head, path) {
                    examination.undecided.push(undecided);
                } else if !words.is_empty() {
                    let why = "has syntax that its grammar does not know, so what it calls was not checked";
                    examination.undecided.push(Undecided::new(why).at(path));
                }
                continue;
            };
            for left in file.left(words) {
                let key = (left.module.clone(), left.name.clone(), left.kind.clone());
                groups.entry(key).or_default().push(left);
            }
        }
        examination.findings.extend(groups.into_values().filter_map(|group| finding(group, change, claims)));
        examination
    }
}

/// The files that may use what drifted, and those that have a new import.
fn candidates<'c>(change: &'c Change, words: &BTreeMap<Family, Words>) -> BTreeSet<(Family, &'c RepoPath)> {
    let mut found: BTreeSet<(Family, &RepoPath)> = BTreeSet::new();
    for (family, words) in words {
        let names: Vec<&str> = words.names.iter().map(String::as_str).collect();
        found.extend(
            sources::holding(change, Side::Head, *family, &names).into_iter().map(|path| (*family, path)),
        );
        let modules: Vec<&str> = words.modules.iter().map(String::as_str).collect();
        let imports = sources::holding(change, Side::Head, *family, &modules).into_iter();
        let imports = imports.filter(|path| {
            let text = sources::text(change, Side::Head, path).ok().flatten().unwrap_or_default();
            text.lines().any(|line| names_module(line, words))
        });
        found.extend(imports.map(|path| (*family, path)));
    }
    let importing = changes::importing(change);
    found.extend(importing.filter_map(|path| Some((Family::of(path)?, path))));
    found
}

/// Whether a line may import one of the modules.
fn names_module(line: &str, words: &Words) -> bool {
    let imports = ["import", "from", "require"].iter().any(|word| line.contains(word));
    let alone = line.trim().trim_end_matches(',');
    let names = |word: &String| (imports && line.contains(word.as_str())) || alone == word;
    words.modules.iter().any(names)
}

/// All files of a family in which something drifted, and the files that new imports mean.
fn wanted(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    for family in changes::words(change).keys() {
        wanted.head.extend(sources::all(&change.head, *family).cloned());
    }
    let head = View { change, side: Side::Head };
    for path in changes::importing(change) {
        let Some(symbols) = head.symbols(path) else { continue };
        let targets = symbols.imports.iter().map(|import| head.resolve(path, &import.module));
        wanted.head.extend(targets.filter_map(|target| match target {
            Target::File(path) => Some(path),
            _ => None,
        }));
    }
    wanted
}

/// One finding for a definition: the first place left behind, with the others beside it.
fn finding(group: Vec<Left>, change: &Change, claims: &Claims) -> Option<Finding> {
    let first = group.first()?.clone();
    let files: BTreeSet<&RepoPath> = group.iter().map(|left| &left.at.path).collect();
    let (name, module) = (&first.name, &first.module);
    let user = first.at.path.as_str();
    let users = match files.len() {
        1 => format!("`{user}`"),
        count => format!("`{user}` and {}", counted(count - 1, "other file")),
    };
    let (headline, explanation) = match first.kind {
        Kind::Gone if files.contains(module) => (
            format!("`{name}` is gone from `{module}`, which still calls it"),
            format!(
                "At base `{module}` defines `{name}`. At head nothing in the file defines or imports it."
            ),
        ),
        Kind::Gone => (
            format!("`{name}` is gone from `{module}`, and {users} still {} it", verb(&files, "uses", "use")),
            format!(
                "At base `{module}` has `{name}`. At head the module has no such name, and what stands here was not changed with it."
            ),
        ),
        Kind::Missing => {
            let moved = change.files.on(Side::Base, module).and_then(|file| file.head.as_ref());
            let now = moved.map(|head| format!(" It is `{head}` now.")).unwrap_or_default();
            let leads = if moved.is_none() && change.head.contains(module) {
                (
                    "cannot be found from",
                    format!("The import leads to `{module}` at base and to nothing at head."),
                )
            } else {
                (
                    "is gone, and is still imported by",
                    format!("At base the import leads to `{module}`. At head nothing is there.{now}"),
                )
            };
            (format!("`{module}` {} {users}", leads.0), leads.1)
        }
        Kind::Never => (
            format!(
                "{users} {} `{name}` from `{module}`, which has no such name",
                verb(&files, "imports", "import")
            ),
            format!("The import is new. `{module}` at head neither defines nor hands on `{name}`."),
        ),
        Kind::Parameters => {
            let misfit = first.misfit.as_ref()?;
            let calls = match group.len() {
                1 => "a call was left as it was".to_owned(),
                count => format!("{count} calls were left as they were"),
            };
            (
                format!("`{name}` now {misfit}, and {calls}"),
                format!(
                    "The call fits `{name}` as it is at base and no longer fits it at head: `{name}` now {misfit}."
                ),
            )
        }
    };
    let matter = format!("{:?} {module} {name}", first.kind);
    let mut finding = Finding::new(&RULE, first.at.clone(), headline, &matter);
    if let Some(definition) = first.definition {
        let label = if definition.side == Side::Base { "it was here at base" } else { "as it is now" };
        finding = finding.related(definition.label(label));
    }
    for left in group.iter().skip(1).take(MAX_SHOWN) {
        finding = finding.related(left.at.clone().label("here too"));
    }
    let more = group.len().saturating_sub(1 + MAX_SHOWN);
    let rest = if more > 0 { format!(" {} more not shown.", counted(more, "place")) } else { String::new() };
    finding = finding.explain(format!("{explanation}{rest}"));
    let compiled = matches!(first.at.path.extension(), "ts" | "tsx" | "mts" | "cts" | "go");
    let builds = claims.fullest(|kind| compiled && matches!(kind, ClaimKind::Builds | ClaimKind::TypesPass));
    Some(if group.iter().all(|left| left.is_lenient) { finding.note() } else { finding.gainsays(builds) })
}

fn verb<'v>(files: &BTreeSet<&RepoPath>, one: &'v str, many: &'v str) -> &'v str {
    if files.len() == 1 { one } else { many }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("one {what}") } else { format!("{count} {what}s") }
}
