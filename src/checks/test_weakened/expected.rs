//! Values that tests expect and that changed with the code: fair where behaviour changes, false where the text says it
//! does not.

use crate::change::Change;
use crate::checks::{Finding, Rule, product, suites};
use crate::claims::{ClaimKind, Claims};
use crate::read::tests::difference::{Difference, Pair};
use crate::read::tests::{Assertion, Strength, Test};
use crate::span::{Location, Side};

/// Changed values that a finding shows.
const MAX_SHOWN: usize = 3;

/// An assertion on both sides that expects another value.
#[derive(Debug, Clone)]
pub(super) struct Changed {
    was: Assertion,
    now: Assertion,
}

/// The assertions of a test that compare the same expression with another value.
pub(super) fn changed<'t>(base: &'t Test, head: &'t Test) -> impl Iterator<Item = Changed> + 't {
    let exact = |a: &&Assertion| matches!(a.strength, Strength::Exact | Strength::ThrowsExactly);
    let gone = base.assertions.iter().filter(exact).filter(|a| is_only(base, a));
    gone.filter(|was| head.assertions.iter().all(|now| now.text != was.text)).filter_map(move |was| {
        let mut same = head.assertions.iter().filter(|now| now.subject == was.subject);
        let now = same.next().filter(|_| same.next().is_none())?;
        let differs = now.strength == was.strength && now.expected.is_some() && now.expected != was.expected;
        (differs && !was.subject.is_empty() && is_value(was) && is_value(now))
            .then(|| Changed { was: was.clone(), now: now.clone() })
    })
}

/// Whether no other assertion of the test is about the same expression.
fn is_only(test: &Test, assertion: &Assertion) -> bool {
    test.assertions.iter().filter(|other| other.subject == assertion.subject).count() == 1
}

/// Whether what is expected is written out, and no name that may stand for anything.
fn is_value(assertion: &Assertion) -> bool {
    let expected = assertion.expected.as_deref().unwrap_or_default();
    expected.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\'' | '`' | '-' | '[' | '{'))
}

/// One finding for all of them, where the text says that behaviour is unchanged and the product changed.
pub(super) fn finding(
    rule: &'static Rule,
    change: &Change,
    claims: &Claims,
    difference: &Difference,
    changed: &[(Pair, Changed)],
) -> Option<Finding> {
    let (first, value) = changed.first()?;
    let claim = claims.fullest(|kind| matches!(kind, ClaimKind::BehaviourUnchanged))?;
    let touches_product =
        change.files.iter().any(|file| file.head.as_ref().is_some_and(|path| product::kind(path).is_none()));
    if !touches_product {
        return None;
    }
    let place = |side: Side, test: &Test, assertion: &Assertion| {
        let text = change.text(side, &test.path).ok().flatten().unwrap_or_default();
        Location::bytes(side, &test.path, text, assertion.range.clone())
    };
    let (base, head) = (difference.base(first.base), difference.head(first.head));
    let headline = match changed.len() {
        1 => format!("test `{}` expects another value than at base", head.title()),
        count => format!("{} expect other values than at base", suites::counted(count, "assertion")),
    };
    let matter: Vec<&str> = changed.iter().map(|(_, c)| c.was.text.as_str()).collect();
    let mut finding = Finding::new(
        rule,
        place(Side::Head, head, &value.now).label("expected now"),
        headline,
        &matter.join("\n"),
    )
    .explain(format!(
        "At base `{}`, at head `{}`. The product changed with it, so what it does is not what it did.",
        value.was.text, value.now.text
    ))
    .gainsays(Some(claim))
    .related(place(Side::Base, base, &value.was).label("expected at base"));
    for (pair, value) in changed.iter().skip(1).take(MAX_SHOWN) {
        let at = place(Side::Head, difference.head(pair.head), &value.now);
        finding = finding.related(at.label("here too"));
    }
    Some(finding)
}
