//! Commits and pull requests that change nothing and say that they did.

use crate::change::{Change, Commit, Effect};
use crate::checks::{Finding, refuted};
use crate::claims::{ClaimKind, Claims, Part, Source, says_a_change};

use super::RULE;

/// The findings: one for the whole where nothing at all changed, or one for each empty commit.
pub(super) fn findings(change: &Change, claims: &Claims) -> Vec<Finding> {
    if change.head.truncated.is_some() || change.base.truncated.is_some() {
        return Vec::new();
    }
    if change.files.is_empty() {
        return whole(change, claims).into_iter().collect();
    }
    let steps = || change.commits.iter().filter(|commit| commit.parents == 1);
    // What became empty when commits were put in another order is there under the same words.
    let repeated = |commit: &Commit| {
        steps().any(|other| other.effect != Effect::Nothing && is_alike(subject(other), subject(commit)))
    };
    steps()
        .filter(|c| c.effect == Effect::Nothing && says_a_change(&c.message) && !repeated(c))
        .filter_map(|commit| of_commit(change, claims, commit))
        .collect()
}

fn subject(commit: &Commit) -> &str {
    commit.message.lines().next().unwrap_or_default().trim()
}

fn is_alike(one: &str, other: &str) -> bool {
    strsim::normalized_levenshtein(&one.to_lowercase(), &other.to_lowercase()) > 0.8
}

fn whole(change: &Change, claims: &Claims) -> Option<Finding> {
    let title = &change.pr.title;
    // The body may say that nothing was to change.
    let whole = format!("{title}\n\n{}", change.pr.body);
    let titled = says_a_change(&whole).then_some((title.as_str(), Source { part: Part::Title, line: 1 }));
    let steps = change.commits.iter().filter(|commit| commit.parents == 1);
    let message = steps.rev().find(|commit| says_a_change(&commit.message));
    let message =
        message.map(|commit| (subject(commit), Source { part: Part::Commit(commit.sha.clone()), line: 1 }));
    let claim = claims.fullest(ClaimKind::tells_of_the_tree);
    let claimed = claim.map(|id| (claims.list[id].quote.as_str(), claims.list[id].at.clone()));
    // A title that asks for a run says what the rest of the text is worth.
    let (quote, at) = match (titled, claimed, title.trim().is_empty()) {
        (Some(titled), ..) => titled,
        (None, Some(claimed), true) => claimed,
        (None, None, true) => message?,
        (None, _, false) => return None,
    };
    let explanation = format!(
        "{} says \"{}\", but the tree of {} is the very tree of {}: no file differs. The work was never committed, \
         was undone again, or stands on the base branch already.",
        refuted::part(&at.part),
        quote.trim_end_matches('.'),
        change.head_sha.short(),
        change.base_sha.short()
    );
    let headline = "a change is claimed, and nothing differs from base".to_owned();
    let mut finding = refuted::of_words(&RULE, refuted::somewhere(change)?, headline, "nothing differs");
    finding.words = Some(at);
    Some(finding.explain(explanation).gainsays(claim))
}

fn of_commit(change: &Change, claims: &Claims, commit: &Commit) -> Option<Finding> {
    let subject = subject(commit);
    let at = Source { part: Part::Commit(commit.sha.clone()), line: 1 };
    let claim = claims.of(ClaimKind::tells_of_the_tree).find(|(_, claim)| claim.at.part == at.part);
    let explanation = format!(
        "commit {} says \"{subject}\", but its tree is the very tree of its parent, and no other commit of the pull \
         request has these words.",
        commit.sha.short()
    );
    let headline = format!("commit {} claims a change, and is empty", commit.sha.short());
    let matter = format!("empty commit {}", subject.to_lowercase());
    let mut finding = refuted::of_words(&RULE, refuted::somewhere(change)?, headline, &matter);
    finding.words = Some(at);
    Some(finding.explain(explanation).gainsays(claim.map(|(id, _)| id)))
}
