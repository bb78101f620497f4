//! A test that ran is now skipped.

mod matching;
mod subject;

use crate::change::{Change, FileChange, Kind};
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::{ClaimKind, Claims};
use crate::ids::RepoPath;
use crate::read::tests::{self, State, Test};
use crate::span::{Location, Side};
use crate::undecided::Undecided;

use matching::{Fall, Pair};

static RULE: Rule = Rule::new("test-skipped", include_str!("../../rules/test-skipped.md"));

const GLOBS: [&str; 11] = [
    "**/*.rs",
    "**/*.py",
    "**/*.go",
    "**/*.js",
    "**/*.jsx",
    "**/*.mjs",
    "**/*.cjs",
    "**/*.ts",
    "**/*.tsx",
    "**/*.{mts,cts}",
    "**/*.pyi",
];
/// Without one of these words in it, a file that no runner takes for one of tests holds no skipped test.
const WORDS: [&str; 9] = ["skip", "Skip", "todo", "xit", "xtest", "xdescribe", "fixme", "xfail", "#[ignore"];
const DISCLOSING: [&str; 12] = [
    "skip",
    "skips",
    "skipped",
    "skipping",
    "disable",
    "disables",
    "disabled",
    "disabling",
    "ignored",
    "xfail",
    "quarantine",
    "quarantined",
];
const NAMES_SHOWN: usize = 4;

/// `test-skipped`; its page tells the rest.
pub(super) struct TestSkipped;

/// The tests of one changed file on both sides.
struct Inventory<'a> {
    file: &'a FileChange,
    base: Vec<Test>,
    head: Vec<Test>,
}

impl Check for TestSkipped {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        for glob in GLOBS {
            needs.changed(glob);
        }
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let mut inventories = Vec::new();
        for file in &change.files {
            match inventory(change, file) {
                Ok(inventory) => inventories.extend(inventory),
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        let sides: Vec<(&[Test], &[Test])> =
            inventories.iter().map(|i| (i.base.as_slice(), i.head.as_slice())).collect();
        for group in matching::fallen(&sides) {
            examination.absorb(finding(change, claims, &inventories, &group).map(Some));
        }
        examination
    }
}

fn inventory<'a>(change: &'a Change, file: &'a FileChange) -> Result<Option<Inventory<'a>>, Undecided> {
    let side = |side: Side| -> Result<(Option<&RepoPath>, &str), Undecided> {
        let path = file.on(side).filter(|path| {
            let entry = change.tree(side).entry(path);
            tests::reads(path) && entry.is_some_and(|entry| entry.kind == Kind::File)
        });
        let text = path.map(|path| change.text(side, path)).transpose()?.flatten();
        Ok((path, text.unwrap_or_default()))
    };
    let (base_path, base) = side(Side::Base)?;
    let (head_path, head) = side(Side::Head)?;
    let of_tests = [base_path, head_path]
        .into_iter()
        .flatten()
        .any(|path| tests::is_test_file(path) || WORDS.iter().any(|word| head.contains(word)));
    if !of_tests || base == head && base_path == head_path {
        return Ok(None);
    }
    let list = |path: Option<&RepoPath>, text: &str| match path {
        Some(path) => tests::inventory(path, text),
        None => Ok(Vec::new()),
    };
    let base = list(base_path, base)?;
    let head = match list(head_path, head) {
        Ok(head) => head,
        // What a file of tests became can't be told: its tests may be skipped by now.
        Err(undecided) if !base.is_empty() => return Err(undecided.decisive()),
        Err(undecided) => return Err(undecided),
    };
    Ok(Some(Inventory { file, base, head }))
}

fn finding(
    change: &Change,
    claims: &Claims,
    inventories: &[Inventory<'_>],
    group: &[Pair<'_>],
) -> Result<Finding, Undecided> {
    let first = &group[0];
    let (base, head) = (&inventories[first.base_file].file, &inventories[first.head_file].file);
    let head_path = head.head.as_ref().expect("a test at head has a file there");
    let base_path = base.base.as_ref().expect("a test at base has a file there");
    let text = change.text(Side::Head, head_path)?.unwrap_or_default();
    let base_text = change.text(Side::Base, base_path)?.unwrap_or_default();
    let focused = inventories[first.head_file].head.iter().find(|test| test.state == State::Focused);
    let cause = focused.filter(|_| first.fall == Fall::Silenced).unwrap_or(first.head);
    let at = match (&cause.marker, first.fall) {
        (Some(marker), Fall::Skipped | Fall::Silenced | Fall::Tolerated | Fall::Inverted) => {
            Location::bytes(Side::Head, head_path, text, marker.clone())
        }
        _ => Location::of_lines(Side::Head, head_path, text, cause.line, cause.end_line),
    };
    let names: Vec<String> = group.iter().map(|pair| pair.head.title()).collect();
    let claim = claims.fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }));
    let removed = subject::removed(change, base_path, base_text);
    let mut finding =
        Finding::new(&RULE, at.label(first.fall.label()), headline(group, &names), &names.join("\n"))
            .explain(explanation(group, removed.as_ref()))
            .gainsays(claim)
            .disclosed(claims.disclosure(Some(head_path), &DISCLOSING));
    for pair in group.iter().take(3) {
        let path = inventories[pair.base_file].file.base.as_ref().unwrap_or(base_path);
        let source = change.text(Side::Base, path)?.unwrap_or_default();
        let (line, end_line) = (pair.base.line, pair.base.end_line.min(pair.base.line + 2));
        finding = finding
            .related(Location::of_lines(Side::Base, path, source, line, end_line).label("ran at base"));
    }
    if first.fall == Fall::Inverted || removed.is_some() {
        finding = finding.note();
        finding.gainsays = None;
    }
    Ok(finding)
}

fn headline(group: &[Pair<'_>], names: &[String]) -> String {
    let fall = group[0].fall;
    let only_somewhere = group.iter().all(|pair| pair.base.state == State::Conditional);
    let ran = if only_somewhere { "could run" } else { "ran" };
    match names {
        [name] => format!("test `{name}` {ran} at base and {} at head", fall.words("is", "must")),
        names => {
            let shown: Vec<String> = names.iter().take(NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
            let more = names.len().saturating_sub(NAMES_SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let list = shown.join(", ");
            format!(
                "{} tests {ran} at base and {} at head: {list}{more}",
                names.len(),
                fall.words("are", "must")
            )
        }
    }
}

fn explanation(group: &[Pair<'_>], removed: Option<&RepoPath>) -> String {
    let assertions: usize = group.iter().map(|pair| pair.base.assertions).sum();
    let lost = match assertions {
        0 => "What it exercised".to_owned(),
        1 => "The 1 assertion in it".to_owned(),
        n => format!("The {n} assertions in it"),
    };
    let lost = if group.len() > 1 { lost.replace(" it", " them") } else { lost };
    let effect = match group[0].fall {
        Fall::Skipped => "no longer run, whatever the platform or the environment",
        Fall::Silenced => "no longer run: a focused test keeps the others of its file from running",
        Fall::Emptied => "are gone, and the empty test passes",
        Fall::Tolerated => "may fail from now on without failing the run",
        Fall::Inverted => "are now expected to fail",
    };
    let verb = if assertions == 1 || assertions == 0 {
        effect.replacen("are ", "is ", 1).replacen("no longer run", "no longer runs", 1)
    } else {
        effect.to_owned()
    };
    let subject = removed.map(|path| {
        format!(
            " This change also removes `{path}`, which the tests import, so they may have lost their subject."
        )
    });
    format!("{lost} {verb}.{}", subject.unwrap_or_default())
}
