//! Something that a published package offers was removed or changed so that its users break.

use std::collections::BTreeMap;

use crate::change::{Change, Status};
use crate::checks::modules::CONFIGS;
use crate::checks::product;
use crate::checks::sources::{self, Family};
use crate::checks::{Check, Examination, Finding, Needs, Rule, Wanted};
use crate::claims::{ClaimKind, Claims};
use crate::ids::RepoPath;
use crate::read::symbols;

mod lines;
mod packages;
mod surface;

use packages::{MANIFESTS, Package};
use surface::Break;

static RULE: Rule = Rule::new("api-broken", include_str!("../../rules/api-broken.md"));

/// Breaks that a finding shows; the rest is counted.
const MAX_SHOWN: usize = 5;

/// `api-broken`; its page tells the rest.
pub(super) struct ApiBroken;

impl Check for ApiBroken {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed(symbols::FILES);
        needs.both(CONFIGS);
        for manifest in MANIFESTS {
            needs.both(manifest);
        }
        needs.later(wanted);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        if announces(change) {
            return examination;
        }
        for (package, files) in touched(change) {
            if package.is_raised(change) {
                continue;
            }
            let breaks = surface::breaks(change, &package, &files);
            examination.findings.extend(finding(change, claims, &package, &breaks));
        }
        examination
    }
}

/// The published packages with those of their files at base in which more than bodies changed.
fn touched(change: &Change) -> Vec<(Package, Vec<&RepoPath>)> {
    let mut found: BTreeMap<RepoPath, (Package, Vec<&RepoPath>)> = BTreeMap::new();
    for file in change.files.iter().filter(|file| file.status != Status::Added) {
        let Some(base) = file.base.as_ref().filter(|base| product::kind(base).is_none()) else { continue };
        let Some(package) = Package::of(change, base) else { continue };
        let may_break = match package.family {
            Family::Go => true,
            Family::Rust => lines::declare(change, file),
            _ => sources::touches_heads(change, file) || lines::touch_members(change, file),
        };
        if may_break {
            let manifest = package.manifest.clone();
            found.entry(manifest).or_insert_with(|| (package, Vec::new())).1.push(base);
        }
    }
    found.into_values().collect()
}

/// The sources of the packages, which hand on what the changed files define.
fn wanted(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    if announces(change) {
        return wanted;
    }
    for (package, files) in touched(change) {
        if package.family == Family::Go {
            let (base, head) = surface::wanted_of_go(change, &package, &files);
            wanted.base.extend(base);
            wanted.head.extend(head);
            continue;
        }
        let own = sources::all(&change.head, package.family);
        wanted.head.extend(own.filter(|path| package.may_read(path)).cloned());
    }
    wanted
}

/// Whether the words say by a convention that something breaks: `feat!:` or a `BREAKING CHANGE` footer.
fn announces(change: &Change) -> bool {
    let marked = |subject: &str| {
        subject.split_once(':').is_some_and(|(kind, _)| kind.trim_end().ends_with('!') && !kind.contains(' '))
    };
    let footer = |text: &str| text.contains("BREAKING CHANGE") || text.contains("BREAKING-CHANGE");
    let commits = change.commits.iter().map(|commit| commit.message.as_str());
    let mut texts = commits.chain([change.pr.title.as_str(), change.pr.body.as_str()]);
    texts.any(|text| marked(text.lines().next().unwrap_or_default()) || footer(text))
}

fn finding(change: &Change, claims: &Claims, package: &Package, breaks: &[Break]) -> Option<Finding> {
    let claim =
        claims.fullest(|kind| matches!(kind, ClaimKind::NoBreakingChange | ClaimKind::BackwardCompatible));
    let speaks = claims.sentences.iter().any(|sentence| sentence.text.to_lowercase().contains("breaking"))
        || change.pr.body.to_lowercase().contains("breaking change");
    if claim.is_none() && speaks {
        return None;
    }
    // What the package states to be for others comes first.
    let mut breaks: Vec<&Break> = breaks.iter().collect();
    breaks.sort_by_key(|b| !b.is_stated);
    let first = breaks.first()?;
    let more = match breaks.len() - 1 {
        0 => String::new(),
        1 => ", and one more public name breaks".to_owned(),
        count => format!(", and {count} more public names break"),
    };
    let headline =
        format!("`{}` of the published package `{}` {}{more}", first.name, package.name, first.what);
    let names: Vec<String> =
        breaks.iter().take(MAX_SHOWN * 4).map(|b| format!("`{}` {}", b.name, b.what)).collect();
    let said = match package.family {
        Family::Go => {
            "names a module that others can import, and its path stays the same as if nothing broke"
        }
        _ => "describes the package for a registry, and its version does not rise so as to announce a break",
    };
    let explanation = format!("`{}` {said}: {}.", package.manifest, names.join(", "));
    let matter: Vec<&str> = breaks.iter().map(|b| b.name.as_str()).collect();
    let mut finding = Finding::new(&RULE, first.at.clone(), headline, &matter.join(" ")).explain(explanation);
    for further in breaks.iter().skip(1).take(MAX_SHOWN) {
        finding = finding.related(further.at.clone());
    }
    Some(if claim.is_some() && first.is_stated { finding.gainsays(claim) } else { finding.note() })
}
