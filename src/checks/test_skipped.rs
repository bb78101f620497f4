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

/// Without one of these words in it, a file that no runner takes for one of tests holds no skipped test.
const WORDS: [&str; 13] = [
    "skip",
    "Skip",
    "todo",
    "xit",
    "xtest",
    "xdescribe",
    "fixme",
    "xfail",
    "#[ignore",
    "Disabled",
    "Ignore",
    "enabled",
    "pending",
];
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
        needs.changed(tests::FILES);
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
    let (base_path, head_path) = (source(change, file, Side::Base), source(change, file, Side::Head));
    let base = text(change, Side::Base, base_path)?;
    let head = match text(change, Side::Head, head_path) {
        Ok(head) => head,
        Err(undecided) => return Err(weighed(undecided, base_path, base)),
    };
    let of_tests = [base_path, head_path]
        .into_iter()
        .flatten()
        .any(|path| tests::is_test_file(path) || WORDS.iter().any(|word| head.contains(word)));
    if !of_tests || base == head && base_path == head_path {
        return Ok(None);
    }
    let was = list(base_path, base)?;
    match list(head_path, head) {
        Ok(head) => Ok(Some(Inventory { file, base: was, head })),
        Err(undecided) => Err(weighed(undecided, base_path, base)),
    }
}

/// The name of a file on a side, where tests can be listed there.
fn source<'a>(change: &Change, file: &'a FileChange, side: Side) -> Option<&'a RepoPath> {
    file.on(side).filter(|path| {
        let entry = change.tree(side).entry(path);
        tests::reads(path) && entry.is_some_and(|entry| entry.kind == Kind::File)
    })
}

fn text<'a>(change: &'a Change, side: Side, path: Option<&RepoPath>) -> Result<&'a str, Undecided> {
    Ok(path.map(|path| change.text(side, path)).transpose()?.flatten().unwrap_or_default())
}

fn list(path: Option<&RepoPath>, text: &str) -> Result<Vec<Test>, Undecided> {
    path.map_or(Ok(Vec::new()), |path| tests::read(path, text))
}

/// What a file of tests became can't be told: those that base held may be skipped by now.
fn weighed(undecided: Undecided, base_path: Option<&RepoPath>, base: &str) -> Undecided {
    let held = list(base_path, base).is_ok_and(|tests| !tests.is_empty());
    if held { undecided.decisive() } else { undecided }
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
    let is_doubtful = first.fall == Fall::Inverted || removed.is_some();
    Ok(if is_doubtful { finding.note() } else { finding })
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
    let assertions: usize = group.iter().map(|pair| pair.base.assertions.len()).sum();
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

#[cfg(test)]
mod facts {
    use super::*;
    use crate::change::{Evidence, PullRequest, Status, Tree};
    use crate::undecided::Weight;

    fn undecided(path: &str, base: &str, head: &[u8]) -> Vec<Weight> {
        let name: RepoPath = path.parse().unwrap();
        let file =
            FileChange { status: Status::Modified, base: Some(name.clone()), head: Some(name.clone()) };
        let change = Change {
            pr: PullRequest::default(),
            base_sha: "b".repeat(40).parse().unwrap(),
            head_sha: "c".repeat(40).parse().unwrap(),
            base: Tree::of_files([(path, base.as_bytes())]),
            head: Tree::of_files([(path, head)]),
            files: vec![file].into(),
            commits: Vec::new(),
            history: Default::default(),
            evidence: Evidence::default(),
        };
        TestSkipped.run(&change, &Claims::default()).undecided.iter().map(|u| u.weight).collect()
    }

    #[test]
    fn tests_that_can_no_longer_be_read_hold_the_ruling_and_other_files_do_not() {
        let test = "it('adds', () => expect(1).toBe(1));\n";
        assert_eq!(undecided("a.test.js", test, b"it.skip('adds', f); // \xff\n"), [Weight::Decisive]);
        assert_eq!(undecided("a.test.js", test, b"it.skip('adds', f); // \0\n"), [Weight::Decisive]);
        assert_eq!(undecided("a.js", "f();\n", b"f(); // \xff\n"), [Weight::Shown]);
    }
}
