//! What runs the tests was changed so that a failure no longer counts.

mod builds;
mod deed;
mod flags;
mod go;
mod helpers;
mod patience;
mod place;
mod python;
mod python_hooks;
mod ruby_php;
mod rust;
mod script;
mod script_fakes;
mod shells;

use std::collections::BTreeMap;

use crate::change::{Change, FileChange, Kind};
use crate::checks::product::is_material;
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::{ClaimKind, Claims};
use crate::ids::RepoPath;
use crate::read::tests::{self, selection};
use crate::read::{commands, maven};
use crate::span::{Location, Side};
use crate::undecided::Undecided;

use deed::{Deed, Weight};
use helpers::{Helpers, Role};

static RULE: Rule = Rule::new("test-subverted", include_str!("../../rules/test-subverted.md"));

const DISCLOSING: [&str; 10] = [
    "exit code",
    "exit status",
    "conftest",
    "ignore failures",
    "ignores failures",
    "non-blocking",
    "retry",
    "retries",
    "timeout",
    "timeouts",
];

/// `test-subverted`; its page tells the rest.
pub(super) struct TestSubverted;

impl Check for TestSubverted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed(tests::FILES);
        for glob in
            ["**/*.{sh,bash}", ".husky/*", "**/*.{xml,xml.dist,gradle,gradle.kts,toml,ini,cfg}", "**/.rspec"]
        {
            needs.changed(glob);
        }
        commands::NEEDS.into_iter().for_each(|glob| needs.both(glob));
        selection::needs().for_each(|glob| needs.both(glob));
        needs.both(maven::FILES);
        needs.both("**/phpunit.{xml,xml.dist,dist.xml}");
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let helpers = Helpers::new(change);
        let mut fresh = Vec::new();
        let mut known: Option<BTreeMap<String, usize>> = None;
        for file in &change.files {
            let deeds = match of_side(change, &helpers, file, Side::Head) {
                Ok(deeds) if deeds.is_empty() => continue,
                Ok(deeds) => deeds,
                Err(undecided) => {
                    // A conftest decides for every test below it.
                    let decides = file.path().name() == "conftest.py";
                    examination.undecided.push(if decides { undecided.decisive() } else { undecided });
                    continue;
                }
            };
            let known = known.get_or_insert_with(|| at_base(change, &helpers));
            for deed in deeds {
                // What base did already, there or in a file that it moved from, is no deed of this change.
                match known.get_mut(&deed.matter) {
                    Some(left) if *left > 0 => *left -= 1,
                    _ => fresh.push((file, deed)),
                }
            }
        }
        let claim = claims.fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }));
        let mut findings: Vec<Finding> =
            fresh.iter().filter_map(|(file, deed)| finding(change, file, deed)).collect();
        findings.extend(flags::find(change));
        findings.extend(shells::find(change));
        findings.extend(patience::find(change));
        for finding in findings {
            let path = finding.primary.path.clone();
            let finding = finding.disclosed(claims.disclosure(Some(&path), &DISCLOSING));
            let blocks = finding.level == crate::checks::Level::Block;
            examination.findings.push(if blocks { finding.gainsays(claim) } else { finding });
        }
        examination
    }
}

/// What the files of base that this change touches did already, by matter.
fn at_base(change: &Change, helpers: &Helpers<'_>) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for file in &change.files {
        for deed in of_side(change, helpers, file, Side::Base).unwrap_or_default() {
            *found.entry(deed.matter).or_default() += 1;
        }
    }
    found
}

fn of_side(
    change: &Change,
    helpers: &Helpers<'_>,
    file: &FileChange,
    side: Side,
) -> Result<Vec<Deed>, Undecided> {
    let Some(path) = file.on(side).filter(|path| is_read(change, side, path)) else { return Ok(Vec::new()) };
    let Some(role) = helpers.role(side, path) else { return Ok(Vec::new()) };
    let Some(text) = change.text(side, path)? else { return Ok(Vec::new()) };
    match role {
        Role::Conftest => python::conftest(text),
        Role::PythonTest => python::test(text),
        Role::Script(around) => script::read(path, text, around),
        Role::GoTest => go::read(text),
        Role::Ruby => ruby_php::ruby(text),
        Role::PhpBootstrap => ruby_php::php(text),
        Role::Pom => builds::pom(text),
        Role::Gradle => builds::gradle(path, text),
        Role::Cargo => rust::read(change, side, path, text),
        Role::Rspec => Ok(ruby_php::rspec(text)),
    }
    .map_err(|undecided| undecided.at(path))
}

fn is_read(change: &Change, side: Side, path: &RepoPath) -> bool {
    let is_file = change.tree(side).entry(path).is_some_and(|entry| entry.kind == Kind::File);
    is_file && !is_material(path)
}

fn finding(change: &Change, file: &FileChange, deed: &Deed) -> Option<Finding> {
    let path = file.head.as_ref()?;
    let text = change.text(Side::Head, path).ok().flatten()?;
    let at = Location::bytes(Side::Head, path, text, deed.range.clone()).label(deed.label);
    let headline = deed.headline.replace("{file}", path.name());
    let finding = Finding::new(&RULE, at, headline, &deed.matter).explain(explained(file, deed));
    Some(if deed.weight == Weight::Note { finding.note() } else { finding })
}

fn explained(file: &FileChange, deed: &Deed) -> String {
    let was = if file.base.is_none() { "The file is new." } else { "Nothing of the kind stood at base." };
    format!("{} {was}", deed.why)
}

#[cfg(test)]
mod facts {
    use super::*;
    use crate::change::{Evidence, PullRequest, Status, Tree};
    use crate::undecided::Weight;

    #[test]
    fn a_conftest_that_can_no_longer_be_read_holds_the_ruling() {
        let path: RepoPath = "tests/conftest.py".parse().unwrap();
        let file = FileChange { status: Status::Modified, base: Some(path.clone()), head: Some(path) };
        let change = Change {
            pr: PullRequest::default(),
            base_sha: "b".repeat(40).parse().unwrap(),
            head_sha: "c".repeat(40).parse().unwrap(),
            base: Tree::of_files([("tests/conftest.py", &b"import os\n"[..])]),
            head: Tree::of_files([("tests/conftest.py", &b"import os\nos._exit(0)  # \xff\n"[..])]),
            files: vec![file].into(),
            commits: Vec::new(),
            history: Default::default(),
            evidence: Evidence::default(),
        };
        let examination = TestSubverted.run(&change, &Claims::default());
        let weights: Vec<Weight> = examination.undecided.iter().map(|u| u.weight).collect();
        assert_eq!(weights, [Weight::Decisive]);
    }
}
