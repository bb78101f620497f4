//! The assertions of one test, base against head: what went, what demands less, what can't fail any longer.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::read::identifiers;
use crate::read::tests::difference::Difference;
use crate::read::tests::{Assertion, Strength, Test};

/// How a test came to demand less, the heaviest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Nothing in it can fail any longer.
    Hollowed,
    /// An assertion holds whatever the code does.
    Tautology,
    /// A failure is caught and forgotten.
    Swallowed,
    /// Nothing waits for the assertion.
    Floats,
    /// What failed the test now skips it.
    Softened,
    /// Equality became mere presence.
    Weaker,
    /// Any failure will do where one of a kind was asked for.
    Broader,
    /// The difference that passes is larger.
    Wider,
    /// Assertions went, and the rest of the test is as it was.
    Fewer,
}

impl Kind {
    /// Whether a test that is otherwise the same demands less for certain, and no feature explains it.
    pub(super) fn is_proof(self) -> bool {
        !matches!(self, Self::Wider | Self::Broader | Self::Fewer)
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Hollowed => "nothing in it can fail",
            Self::Tautology => "holds whatever the code does",
            Self::Swallowed => "a failure is caught here",
            Self::Floats => "nothing waits for it",
            Self::Softened => "skips where it failed",
            Self::Weaker => "demands less",
            Self::Broader => "any failure will do",
            Self::Wider => "lets more pass",
            Self::Fewer => "lacks what it asserted",
        }
    }
}

/// One loss of a test.
#[derive(Debug, Clone)]
pub(super) struct Loss {
    pub(super) kind: Kind,
    /// The bytes at base.
    pub(super) was: Option<Range<usize>>,
    /// The bytes at head of what stands there now.
    pub(super) now: Option<Range<usize>>,
    /// The assertions of base that it is about.
    pub(super) lost: Vec<Assertion>,
    /// The text at head.
    pub(super) text: String,
}

impl Loss {
    fn of(kind: Kind, was: &Assertion, now: Option<&Assertion>) -> Self {
        Self {
            kind,
            was: Some(was.range.clone()),
            now: now.map(|now| now.range.clone()),
            lost: vec![was.clone()],
            text: now.map(|now| now.text.clone()).unwrap_or_default(),
        }
    }

    /// What it is known by.
    pub(super) fn matter(&self) -> String {
        self.lost.iter().map(|a| a.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn before(&self) -> String {
        let text = self.lost.first().map(|a| a.text.as_str()).unwrap_or_default();
        cut(text)
    }

    /// What happened, as the rest of a sentence that begins with the test.
    pub(super) fn words(&self) -> String {
        match self.kind {
            Kind::Hollowed => "can no longer fail".to_owned(),
            Kind::Tautology => "asserts what always holds".to_owned(),
            Kind::Swallowed => "swallows the failure of its assertion".to_owned(),
            Kind::Floats => "no longer waits for its assertion".to_owned(),
            Kind::Softened => "is skipped where it failed at base".to_owned(),
            Kind::Weaker => "demands less of the same value".to_owned(),
            Kind::Broader => "accepts any failure where it asked for one".to_owned(),
            Kind::Wider => "allows a larger difference".to_owned(),
            Kind::Fewer => match self.lost.len() {
                1 => "is as it was but for one assertion, which is gone".to_owned(),
                count => format!("is as it was but for {count} assertions, which are gone"),
            },
        }
    }

    pub(super) fn explanation(&self) -> String {
        let was = self.before();
        let now = cut(&self.text);
        match self.kind {
            Kind::Hollowed => format!(
                "At base it asserts `{was}`. At head it runs, asserts nothing that the code could make fail, and passes."
            ),
            Kind::Tautology => format!("At base it asserts `{was}`; at head `{now}`, which no code can make fail."),
            Kind::Swallowed => format!(
                "`{now}` stands in a `try` whose handler lets the failure pass. At base it did not."
            ),
            Kind::Floats => format!(
                "`{now}` is a promise that the test neither awaits nor returns: it passes before the assertion is made."
            ),
            Kind::Softened => "The condition that failed the test at base skips it at head. What is missing or broken goes unnoticed."
                .to_owned(),
            Kind::Weaker => format!(
                "At base it asserts `{was}`; at head `{now}`, and nothing else in the test compares that value."
            ),
            Kind::Broader => format!("At base it asserts `{was}`; at head `{now}` passes for any failure."),
            Kind::Wider => format!("At base it asserts `{was}`; at head `{now}`."),
            Kind::Fewer => format!(
                "Gone: `{was}`{}. Nothing else in the test changed, no other test of the change took it over, and the names in it are still used.",
                match self.lost.len() { 1 => String::new(), n => format!(" and {} more", n - 1) }
            ),
        }
    }
}

fn cut(text: &str) -> String {
    const MAX: usize = 90;
    if text.chars().count() <= MAX {
        text.to_owned()
    } else {
        text.chars().take(MAX).chain(['…']).collect()
    }
}

/// The assertions that tests of head have and had not: where one that went may have gone to.
pub(super) fn elsewhere(difference: &Difference) -> BTreeSet<String> {
    let born = difference.born.iter().flat_map(|place| &difference.head(*place).assertions);
    let mut found: BTreeSet<String> = born.map(|assertion| assertion.text.clone()).collect();
    for pair in &difference.pairs {
        let (base, head) = (difference.base(pair.base), difference.head(pair.head));
        let had = |text: &str| base.assertions.iter().any(|was| was.text == text);
        found.extend(head.assertions.iter().filter(|now| !had(&now.text)).map(|now| now.text.clone()));
    }
    found
}

/// Where a test demands less than it did.
pub(super) fn losses(base: &Test, head: &Test, elsewhere: &BTreeSet<String>) -> Vec<Loss> {
    let mut left: Vec<&Assertion> = head.assertions.iter().collect();
    let mut open: Vec<&Assertion> = Vec::new();
    let mut found = Vec::new();
    for was in &base.assertions {
        match left.iter().position(|now| now.text == was.text) {
            Some(at) => {
                let now = left.remove(at);
                if was.can_fail() {
                    found.extend(undone(was, now));
                }
            }
            None => open.push(was),
        }
    }
    // What could not fail before, or is decided elsewhere, is no loss.
    open.retain(|was| was.can_fail() && was.strength != Strength::Delegated);
    let mut gone = Vec::new();
    for was in open {
        let same = left.iter().position(|now| is_about_the_same(was, now));
        match same {
            Some(at) => {
                let now = left[at];
                let rest = left.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, now)| *now);
                if !is_made_up_for(was, rest) {
                    found.extend(less(was, now));
                }
                left.remove(at);
            }
            None => gone.push(was),
        }
    }
    let could_fail = base.assertions.iter().any(Assertion::can_fail);
    let calls_anew = head.calls.iter().any(|call| !base.calls.contains(call));
    if could_fail && head.asserts_nothing() && head.statements > 0 && !calls_anew {
        let first = base.assertions.iter().find(|a| a.can_fail()).expect("one of them could fail");
        let swallowed =
            found.iter().any(|loss| matches!(loss.kind, Kind::Swallowed | Kind::Floats | Kind::Tautology));
        if !swallowed {
            return vec![Loss::of(Kind::Hollowed, first, None)];
        }
    }
    // New assertions may say in other words what the lost ones said.
    if !gone.is_empty() && left.is_empty() {
        gone.retain(|was| !elsewhere.contains(&was.text) && !is_implied(was, head));
        if let [first, ..] = gone.as_slice() {
            let mut loss = Loss::of(Kind::Fewer, first, None);
            loss.lost = gone.into_iter().cloned().collect();
            found.push(loss);
        }
    }
    found
}

/// Whether two assertions are about the same value, or both about a failure.
fn is_about_the_same(was: &Assertion, now: &Assertion) -> bool {
    let of_failure = |a: &Assertion| matches!(a.strength, Strength::Throws | Strength::ThrowsExactly);
    let unnamed = was.subject.is_empty() && now.subject.is_empty();
    now.subject == was.subject && (!unnamed || of_failure(was) && of_failure(now))
}

/// The same assertion that can no longer fail.
fn undone(was: &Assertion, now: &Assertion) -> Option<Loss> {
    if now.swallowed && !was.swallowed {
        return Some(Loss::of(Kind::Swallowed, was, Some(now)));
    }
    (now.floats && !was.floats).then(|| Loss::of(Kind::Floats, was, Some(now)))
}

/// Another assertion about the same value, where it demands less.
fn less(was: &Assertion, now: &Assertion) -> Option<Loss> {
    if let Some(loss) = undone(was, now) {
        return Some(loss);
    }
    if let (Some(before), Some(after)) = (was.tolerance, now.tolerance) {
        return (after > before).then(|| Loss::of(Kind::Wider, was, Some(now)));
    }
    if !now.strength.demands_less(was.strength) {
        return None;
    }
    let kind = match (was.strength, now.strength) {
        (_, Strength::Tautology) => Kind::Tautology,
        (Strength::ThrowsExactly, Strength::Throws) => Kind::Broader,
        (Strength::Exact | Strength::Close | Strength::Snapshot, Strength::Truthy | Strength::Mock) => {
            // That something is true or nothing says as much as that it is something.
            let says_little = was.expected.as_deref().is_some_and(|expected| {
                matches!(
                    expected.to_lowercase().as_str(),
                    "true" | "false" | "none" | "null" | "undefined" | "nil" | "ok(())"
                )
            });
            if says_little {
                return None;
            }
            Kind::Weaker
        }
        _ => return None,
    };
    Some(Loss::of(kind, was, Some(now)))
}

/// Whether other new assertions demand as much of the value or of its parts.
fn is_made_up_for<'a>(was: &Assertion, mut rest: impl Iterator<Item = &'a Assertion>) -> bool {
    let root = root(&was.subject);
    rest.any(|now| now.can_fail() && now.strength > Strength::Truthy && identifiers::holds(&now.text, root))
}

/// Whether an assertion that is there still demands at least as much of the same value.
fn is_implied(was: &Assertion, head: &Test) -> bool {
    head.assertions.iter().any(|now| {
        let same = !was.subject.is_empty() && now.subject == was.subject && now.strength >= was.strength;
        // That something is there goes without saying where its parts are compared.
        let weak = was.strength <= Strength::Truthy;
        now.can_fail() && (same || weak && identifiers::holds(&now.text, root(&was.subject)))
    })
}

/// The first name of an expression, leaving out what waits for it.
fn root(subject: &str) -> &str {
    let subject = subject.trim_start_matches("await ").trim_start_matches(['(', '&', '*']);
    let end = subject.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(subject.len());
    &subject[..end]
}
