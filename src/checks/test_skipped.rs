//! A test that ran is now skipped.

mod matching;
mod subject;

use crate::change::Change;
use crate::checks::suites::{self, Commented};
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::{ClaimKind, Claims};
use crate::ids::RepoPath;
use crate::read::tests::difference::{Difference, Place};
use crate::read::tests::{State, Test};
use crate::span::{Location, Side};

use matching::Fall;

static RULE: Rule = Rule::new("test-skipped", include_str!("../../rules/test-skipped.md"));

const DISCLOSING: [&str; 16] = [
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
    "comment out",
    "comments out",
    "commented out",
    "commenting out",
];
/// Tests of base that a finding shows.
const MAX_SHOWN: usize = 3;

/// `test-skipped`; its page tells the rest.
pub(super) struct TestSkipped;

impl Check for TestSkipped {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        suites::needs(needs);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let difference = Difference::of(change);
        examination.undecided.extend(difference.undecided.iter().cloned());
        for (fall, group) in matching::fallen(&difference) {
            let Some(first) = group.first() else { continue };
            let head = difference.head(first.head);
            let at = marked(change, &difference, fall, first.head);
            let names = group.iter().map(|pair| difference.head(pair.head).title()).collect();
            let fallen = Fallen { fall, at, names, base: group.iter().map(|pair| pair.base).collect() };
            examination.findings.push(fallen.finding(change, claims, &difference, &head.path));
        }
        let gone = suites::commented_out(change, &difference);
        examination.findings.extend(by_file(gone).into_iter().filter_map(|group| {
            let path = difference.files[group.first()?.base.file].head_path.clone()?;
            let text = change.text(Side::Head, &path).ok().flatten().unwrap_or_default();
            let first = group.first()?.lines.clone();
            let at = Location::of_lines(Side::Head, &path, text, *first.start(), *first.end());
            let base: Vec<Place> = group.iter().map(|commented| commented.base).collect();
            let names = base.iter().map(|place| difference.base(*place).title()).collect();
            let fallen = Fallen { fall: Fall::CommentedOut, at, names, base };
            Some(fallen.finding(change, claims, &difference, &path))
        }));
        examination
    }
}

fn by_file(mut gone: Vec<Commented>) -> Vec<Vec<Commented>> {
    gone.sort_by_key(|commented| (commented.base.file, *commented.lines.start()));
    gone.chunk_by(|one, next| one.base.file == next.base.file).map(<[Commented]>::to_vec).collect()
}

/// What makes a test fall, or the test where nothing single does.
fn marked(change: &Change, difference: &Difference, fall: Fall, place: Place) -> Location {
    let test = difference.head(place);
    let text = change.text(Side::Head, &test.path).ok().flatten().unwrap_or_default();
    match (&test.marker, fall) {
        (Some(marker), Fall::Skipped | Fall::Tolerated | Fall::Inverted) => {
            Location::bytes(Side::Head, &test.path, text, marker.clone())
        }
        _ => Location::of_lines(Side::Head, &test.path, text, test.line, test.end_line),
    }
}

/// Tests that fell together.
struct Fallen {
    fall: Fall,
    at: Location,
    /// What they are called at head, or were.
    names: Vec<String>,
    base: Vec<Place>,
}

impl Fallen {
    fn finding(
        &self,
        change: &Change,
        claims: &Claims,
        difference: &Difference,
        head_path: &RepoPath,
    ) -> Finding {
        let base: Vec<&Test> = self.base.iter().map(|place| difference.base(*place)).collect();
        let claim = claims.fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }));
        let removed = base.first().and_then(|test| {
            let text = change.text(Side::Base, &test.path).ok().flatten().unwrap_or_default();
            subject::removed(change, &test.path, text)
        });
        let at = self.at.clone().label(self.fall.label());
        let mut finding = Finding::new(&RULE, at, self.headline(&base), &self.names.join("\n"))
            .explain(self.explanation(&base, removed.as_ref()))
            .gainsays(claim)
            .disclosed(claims.disclosure(Some(head_path), &DISCLOSING));
        for test in base.iter().take(MAX_SHOWN) {
            let source = change.text(Side::Base, &test.path).ok().flatten().unwrap_or_default();
            let end_line = test.end_line.min(test.line + 2);
            let at = Location::of_lines(Side::Base, &test.path, source, test.line, end_line);
            finding = finding.related(at.label("ran at base"));
        }
        let is_doubtful = self.fall == Fall::Inverted || removed.is_some();
        if is_doubtful { finding.note() } else { finding }
    }

    fn headline(&self, base: &[&Test]) -> String {
        let only_somewhere = base.iter().all(|test| test.state == State::Conditional);
        let ran = if only_somewhere { "could run" } else { "ran" };
        match self.names.as_slice() {
            [name] => format!("test `{name}` {ran} at base and {} at head", self.fall.words("is", "must")),
            names => format!(
                "{} tests {ran} at base and {} at head: {}",
                names.len(),
                self.fall.words("are", "must"),
                suites::listed(names)
            ),
        }
    }

    fn explanation(&self, base: &[&Test], removed: Option<&RepoPath>) -> String {
        let assertions: usize = base.iter().map(|test| test.assertions.len()).sum();
        let lost = match assertions {
            0 => "What it exercised".to_owned(),
            1 => "The 1 assertion in it".to_owned(),
            n => format!("The {n} assertions in it"),
        };
        let lost = if base.len() > 1 { lost.replace(" it", " them") } else { lost };
        let effect = match self.fall {
            Fall::Skipped => "no longer run, whatever the platform or the environment",
            Fall::Emptied => "are gone, and the empty test passes",
            Fall::Tolerated => "may fail from now on without failing the run",
            Fall::Inverted => "are now expected to fail",
            Fall::CommentedOut => "no longer run: to every runner a comment is nothing",
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
}

#[cfg(test)]
mod facts {
    use super::*;
    use crate::change::{Evidence, FileChange, PullRequest, Status, Tree};
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
