//! The sentences that all renderings share: rulings, places, counts. Pure; every word of others is cleaned here.

use std::collections::BTreeSet;

use crate::change::WaiverSource;
use crate::checks::{Finding, Level};
use crate::claims::{Claim, ClaimKind, Judged, Part, Source, Standing};
use crate::ids::Fingerprint;
use crate::report::clean;
use crate::span::{Location, Side};
use crate::verdict::{Matter, Required, Ruling, State, Verdict};
use crate::waiver::{Hold, Waived};

/// The longest quotation, headline, label and path, in characters.
const QUOTE: usize = 300;
const HEADLINE: usize = 240;
const LABEL: usize = 160;
const PATH: usize = 200;
const EXPLANATION: usize = 4_000;
/// The longest title of a check run, in characters.
const TITLE: usize = 120;
/// The names of evidence that a sentence holds, and the longest of them in characters.
const NAMES: usize = 3;
const NAME: usize = 60;

/// The verdict in a few words, for the title of a check run: at most 120 characters of plain text.
pub fn title(verdict: &Verdict) -> String {
    let title = match (
        verdict.ruling,
        verdict.blocks().next().and(ordered(verdict).first()),
        verdict.blocks().count(),
    ) {
        (Ruling::Blocked, Some(finding), 1) => headline(finding),
        (Ruling::Blocked, Some(finding), n) => {
            let rest = format!(", and {} more", n - 1);
            clean::line(&headline(finding), TITLE.saturating_sub(rest.len() + 1)) + &rest
        }
        (Ruling::Blocked, ..) => lacking(verdict),
        (Ruling::Undecided, ..) if !verdict.waiting.is_empty() => waiting(verdict),
        (Ruling::Undecided, ..) => {
            format!("{} could not be judged", count(verdict.holding().count(), "matter"))
        }
        _ if verdict.unjudged.is_some() => "Not judged, as policy says".to_owned(),
        _ => match (accepted(verdict), verdict.notes().count()) {
            (None, 0) => "Nothing contradicts the pull request".to_owned(),
            (None, n) => format!("Nothing blocks, {}", count(n, "note")),
            (Some(accepted), 0) => format!("Nothing blocks, {accepted}"),
            (Some(accepted), n) => format!("Nothing blocks, {accepted}, {}", count(n, "note")),
        },
    };
    clean::line(&title, TITLE)
}

/// The outcome as one sentence.
pub(super) fn ruling(verdict: &Verdict) -> String {
    let blocks = verdict.blocks().count();
    let contradicting = verdict.blocks().filter(|f| claim(verdict, f).is_some()).count();
    let says = "what the pull request says";
    match verdict.ruling {
        Ruling::Blocked if blocks == 0 => format!("Blocked: {}.", uncapitalised(&lacking(verdict))),
        Ruling::Undecided if !verdict.waiting.is_empty() => format!("{}.", waiting(verdict)),
        Ruling::Blocked => match (blocks, contradicting) {
            (1, 1) => format!("Blocked: the change contradicts {says}."),
            (1, _) => "Blocked: 1 finding blocks the merge.".to_owned(),
            (n, 0) => format!("Blocked: {n} findings block the merge."),
            (n, g) if n == g => format!("Blocked: the change contradicts {says}, in {n} findings."),
            (n, 1) => format!("Blocked: {n} findings block the merge, and 1 of them contradicts {says}."),
            (n, g) => format!("Blocked: {n} findings block the merge, and {g} of them contradict {says}."),
        },
        Ruling::Undecided => format!(
            "Undecided: {} that this pull request changed could not be judged, so a person must look.",
            count(verdict.holding().count(), "matter")
        ),
        Ruling::Pass => match &verdict.unjudged {
            Some(why) => format!("Not judged: {}.", clean::line(why, QUOTE).trim_end_matches('.')),
            None if accepted(verdict).is_some() => {
                format!("Passed: nothing blocks the merge, {}.", accepted(verdict).unwrap_or_default())
            }
            None if verdict.claims.iter().any(|(_, j)| j.standing == Standing::Contradicted) => {
                "Passed: nothing blocks the merge.".to_owned()
            }
            None => format!("Passed: nothing blocks the merge, and nothing contradicts {says}."),
        },
    }
}

/// How much was accepted that would block or hold otherwise; nothing where that is nothing.
fn accepted(verdict: &Verdict) -> Option<String> {
    let matters = verdict.undecided.iter().filter(|m| m.is_decisive() && verdict.is_waived(&m.fingerprint));
    let accepted = [(verdict.accepted().count(), "finding"), (matters.count(), "undecided matter")];
    let accepted = accepted.into_iter().filter(|(n, _)| *n > 0).map(|(n, noun)| count(n, noun));
    let accepted = accepted.collect::<Vec<_>>().join(" and ");
    (!accepted.is_empty()).then(|| format!("{accepted} accepted"))
}

/// What a person said of a matter, as one sentence without a full stop; nothing where nobody did.
pub(super) fn waiver(verdict: &Verdict, fingerprint: &Fingerprint) -> Option<String> {
    let Waived { waiver, hold } = verdict.waived.get(fingerprint)?;
    let by = waiver.by.as_deref().map(|by| format!(" by {}", clean::line(by, NAME))).unwrap_or_default();
    let place = match &waiver.source {
        WaiverSource::Policy { file, line } => format!(" in {}:{line}", path(file)),
        WaiverSource::Comment | WaiverSource::Button => String::new(),
    };
    let on = waiver.at.map(|at| format!(" on {}", at.strftime("%Y-%m-%d"))).unwrap_or_default();
    let until = waiver.until.map(|until| format!(" until {until}")).unwrap_or_default();
    let but = match hold {
        Hold::Holds => "",
        Hold::Lapsed => ", which has passed",
        Hold::DayUnknown => ", which does not count where the day is not known",
    };
    let said = format!("accepted{by}{place}{on}{until}{but}");
    if waiver.source == WaiverSource::Button {
        return Some(format!("{said} with the button on the check run"));
    }
    Some(format!("{said}: {}", quote(&waiver.reason).trim_end_matches('.')))
}

/// What required evidence blocks, without a full stop.
fn lacking(verdict: &Verdict) -> String {
    let blocking: Vec<&Required> = verdict.required.iter().filter(|r| r.blocks()).collect();
    let names = names(blocking.iter().map(|r| r.evidence.as_str()));
    match blocking.iter().any(|r| r.state == State::Missing) {
        true => format!("Required evidence is missing: {names}"),
        false => format!("Required evidence says no: {names}"),
    }
}

/// What the verdict waits for, without a full stop.
fn waiting(verdict: &Verdict) -> String {
    format!("Waiting for {}", names(verdict.waiting.iter().map(|awaited| awaited.evidence.as_str())))
}

/// The first names of several, and how many more there are.
fn names<'n>(all: impl Iterator<Item = &'n str>) -> String {
    let all: Vec<String> = all.map(|name| clean::line(name, NAME)).collect();
    let shown = all.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > NAMES { format!("{shown} and {} more", all.len() - NAMES) } else { shown }
}

fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The name of a piece of evidence, as policy or GitHub writes it.
pub(super) fn evidence(name: &str) -> String {
    clean::line(name, LABEL)
}

/// A requirement that is not met, as one line.
pub(super) fn requirement(required: &Required) -> String {
    let because = quote(&required.because);
    format!("required evidence {} is {}: {because}", evidence(&required.evidence), state(required.state))
}

pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Met => "met",
        State::Awaited => "awaited",
        State::Missing => "missing",
        State::Refused => "refused",
        State::Unseen => "not seen here",
    }
}

/// The claims as a person should meet them: contradicted, then unproven, then supported. That a command ran is not
/// told beside what it was to show, where one sentence says both and both stand alike.
pub(super) fn claims(verdict: &Verdict) -> Vec<&(Claim, Judged)> {
    let is_run = |claim: &Claim| matches!(claim.kind, ClaimKind::Ran(_));
    let told: BTreeSet<(&Source, &str, Standing)> = verdict
        .claims
        .iter()
        .filter(|(claim, _)| !is_run(claim))
        .map(|(claim, judged)| (&claim.at, claim.quote.as_str(), judged.standing))
        .collect();
    let mut claims: Vec<&(Claim, Judged)> = verdict.claims.iter().collect();
    claims.retain(|(claim, judged)| {
        !(is_run(claim) && told.contains(&(&claim.at, claim.quote.as_str(), judged.standing)))
    });
    claims.sort_by_key(|(_, judged)| match judged.standing {
        Standing::Contradicted => 0,
        Standing::Unproven => 1,
        Standing::Supported => 2,
    });
    claims
}

/// The ruling as one word, as it stands before counts and findings.
pub(super) fn word(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Pass => "passed",
        Ruling::Undecided => "undecided",
        Ruling::Blocked => "blocked",
    }
}

/// What there is to count: findings, notes, claims, undecided matters, rules.
pub(super) fn counts(verdict: &Verdict) -> Vec<String> {
    let lacking = verdict.required.iter().filter(|required| required.blocks()).count();
    let mut counts = match verdict.blocks().count() {
        0 if lacking > 0 => Vec::new(),
        0 => vec!["nothing blocks".to_owned()],
        1 => vec!["1 finding blocks".to_owned()],
        n => vec![format!("{n} findings block")],
    };
    let mut some = |n: usize, text: String| counts.extend((n > 0).then_some(text));
    some(lacking, format!("{} not met", count(lacking, "requirement")));
    some(
        verdict.waiting.len(),
        format!("waiting for {}", count(verdict.waiting.len(), "piece") + " of evidence"),
    );
    let taken = verdict.accepted().count();
    some(taken, format!("{} accepted", count(taken, "finding")));
    some(verdict.notes().count(), count(verdict.notes().count(), "note"));
    some(verdict.undecided.len(), format!("{} not judged", count(verdict.undecided.len(), "matter")));
    counts.push(format!("{} checked", count(verdict.checked.len(), "rule")));
    counts
}

/// Findings as a person should meet them: what contradicts the text, then what it keeps silent, then what it
/// admits, then what was accepted, then notes.
pub(super) fn ordered(verdict: &Verdict) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = verdict.findings.iter().collect();
    findings.sort_by_key(|f| {
        let settled = (f.level != Level::Block, verdict.is_waived(&f.fingerprint));
        (settled, claim(verdict, f).is_none(), f.disclosed.is_some())
    });
    findings
}

/// The claim that a finding contradicts.
pub(super) fn claim<'v>(verdict: &'v Verdict, finding: &Finding) -> Option<&'v Claim> {
    finding.gainsays.and_then(|id| verdict.claims.get(id)).map(|(claim, _)| claim)
}

pub(super) fn headline(finding: &Finding) -> String {
    clean::line(&finding.headline, HEADLINE)
}

/// The explanation's paragraphs.
pub(super) fn explanation(finding: &Finding) -> Vec<String> {
    clean::lines(&finding.explanation, EXPLANATION)
}

/// What to do about a block.
pub(super) fn help(finding: &Finding) -> String {
    format!("`gainsay explain {}` tells why this blocks, and when it is right to do it", finding.rule.id)
}

/// Whether a finding blocks in this verdict.
pub(super) fn blocks(verdict: &Verdict, finding: &Finding) -> bool {
    finding.level == Level::Block && !verdict.is_waived(&finding.fingerprint)
}

/// What a finding says below its headline, a paragraph each: the claim, the evidence, the admission, the waiver.
pub(super) fn statement(verdict: &Verdict, finding: &Finding) -> Vec<String> {
    let quoted = |words: &str, at: &Source| format!("“{}” ({})", quote(words), source(at));
    let mut words = Vec::new();
    words.extend(claim(verdict, finding).map(|c| format!("The text says: {}.", quoted(&c.quote, &c.at))));
    words.extend(explanation(finding));
    words
        .extend(finding.disclosed.as_ref().map(|d| format!("The text admits: {}.", quoted(&d.quote, &d.at))));
    words.extend(waiver(verdict, &finding.fingerprint).map(|waiver| format!("{}.", capitalised(&waiver))));
    if finding.primary.side == Side::Base {
        words.push(format!("The place is {} as it stands at base.", place(&finding.primary)));
    }
    words
}

/// Someone's words, without the quotation marks.
pub(super) fn quote(text: &str) -> String {
    clean::line(text, QUOTE)
}

/// Where a sentence stands, in words.
pub(super) fn source(at: &Source) -> String {
    match &at.part {
        Part::Title => "title".to_owned(),
        Part::Body => format!("description, line {}", at.line),
        Part::Commit(sha) => format!("message of commit {}, line {}", sha.short(), at.line),
    }
}

pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Supported => "supported",
        Standing::Unproven => "unproven",
        Standing::Contradicted => "contradicted",
    }
}

pub(super) fn path(text: &str) -> String {
    clean::line(text, PATH)
}

/// `path:line`, with the last line where there are several.
pub(super) fn place(at: &Location) -> String {
    let path = path(at.path.as_str());
    if at.end_line > at.line {
        format!("{path}:{}-{}", at.line, at.end_line)
    } else {
        format!("{path}:{}", at.line)
    }
}

/// What to say at a place; a place at base says so.
pub(super) fn label(at: &Location) -> String {
    let label = clean::line(&at.label, LABEL);
    match at.side {
        Side::Head => label,
        Side::Base if label.is_empty() => "at base".to_owned(),
        Side::Base => format!("at base: {label}"),
    }
}

/// An undecided matter as a sentence without its file, whether the merge waits for it, and what a person said of it.
/// A matter that may hold the merge has its fingerprint beside it: a person must be able to get past it.
pub(super) fn undecided(verdict: &Verdict, matter: &Matter) -> String {
    let [why, stake, waiver] = undecided_parts(verdict, matter);
    why + &stake + &waiver
}

/// The same apart: a check's prose, our own words with a fingerprint as code, and words that people wrote. Where
/// backticks mean code, those of one part must not pair with those of another.
pub(super) fn undecided_parts(verdict: &Verdict, matter: &Matter) -> [String; 3] {
    let why = clean::line(&matter.undecided.why, QUOTE).trim_end_matches('.').to_owned();
    let waiver =
        || waiver(verdict, &matter.fingerprint).map(|waiver| format!("; {waiver}")).unwrap_or_default();
    let (stake, waiver) = match matter.is_decisive() {
        true if verdict.is_waived(&matter.fingerprint) => (String::new(), waiver()),
        true if verdict.ruling == Ruling::Undecided => {
            (format!(" (this holds the merge; fingerprint `{}`)", matter.fingerprint), waiver())
        }
        true => (format!(" (fingerprint `{}`)", matter.fingerprint), waiver()),
        false => (String::new(), String::new()),
    };
    [why, stake, waiver]
}

/// Which agent wrote it and by what sign; nothing where no sign proves one.
pub(super) fn author(verdict: &Verdict) -> Option<String> {
    verdict.author.agent.as_deref().map(|agent| clean::line(agent, LABEL))
}

/// `1 finding`, `2 findings`.
pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
