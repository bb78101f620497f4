//! A verdict for programs: schema 1, which `schema/verdict.schema.json` describes.
//!
//! Keys are only ever added to a schema; to change or remove one is schema 2.

use serde::Serialize;

use crate::authorship::Authorship;
use crate::change::WaiverSource;
use crate::checks::{Disclosure, Finding, Level};
use crate::claims::{Claim, Judged, Part, Source, Standing};
use crate::ids::{Fingerprint, RepoPath, Sha};
use crate::report::clean;
use crate::span::{Location, Side};
use crate::verdict::{Awaited, Matter, Required, Ruling, Verdict};

#[derive(Serialize)]
struct Document<'v> {
    schema: u32,
    ruling: Ruling,
    base: &'v Sha,
    head: &'v Sha,
    text: &'v str,
    policy: &'v str,
    ruleset: &'v str,
    unjudged: Option<&'v str>,
    author: &'v Authorship,
    claims: Vec<ClaimEntry<'v>>,
    findings: Vec<FindingEntry<'v>>,
    undecided: Vec<UndecidedEntry<'v>>,
    checked: &'v [&'static str],
    required: &'v [Required],
    waiting: &'v [Awaited],
}

#[derive(Serialize)]
struct ClaimEntry<'v> {
    id: usize,
    kind: &'static str,
    quote: &'v str,
    source: String,
    line: usize,
    standing: Standing,
    because: &'v str,
}

#[derive(Serialize)]
struct FindingEntry<'v> {
    rule: &'static str,
    level: Level,
    headline: &'v str,
    explanation: &'v str,
    #[serde(flatten)]
    at: Place<'v>,
    related: Vec<Place<'v>>,
    gainsays: Option<usize>,
    disclosed: Option<Quote<'v>>,
    fingerprint: &'v str,
    waived: Option<WaiverEntry<'v>>,
    lapsed: Option<WaiverEntry<'v>>,
}

#[derive(Serialize)]
struct Place<'v> {
    path: &'v RepoPath,
    line: usize,
    end_line: usize,
    side: Side,
    label: &'v str,
}

#[derive(Serialize)]
struct Quote<'v> {
    quote: &'v str,
    source: String,
    line: usize,
}

#[derive(Serialize)]
struct UndecidedEntry<'v> {
    rule: &'v str,
    path: Option<&'v RepoPath>,
    why: &'v str,
    decisive: bool,
    fingerprint: &'v str,
    waived: Option<WaiverEntry<'v>>,
    lapsed: Option<WaiverEntry<'v>>,
}

#[derive(Serialize)]
struct WaiverEntry<'v> {
    by: Option<&'v str>,
    reason: &'v str,
    source: &'static str,
    file: Option<&'v str>,
    line: Option<usize>,
    at: Option<String>,
    until: Option<String>,
}

/// The verdict, ending in a newline.
pub fn render(verdict: &Verdict) -> String {
    let document = Document {
        schema: 1,
        ruling: verdict.ruling,
        base: &verdict.base,
        head: &verdict.head,
        text: &verdict.text,
        policy: &verdict.policy,
        ruleset: &verdict.ruleset,
        unjudged: verdict.unjudged.as_deref(),
        author: &verdict.author,
        claims: claims(&verdict.claims),
        findings: verdict.findings.iter().map(|f| finding(verdict, f)).collect(),
        undecided: verdict.undecided.iter().map(|matter| undecided(verdict, matter)).collect(),
        checked: &verdict.checked,
        required: &verdict.required,
        waiting: &verdict.waiting,
    };
    clean::json(&serde_json::to_string_pretty(&document).expect("a verdict has no value that JSON lacks"))
        + "\n"
}

fn claims(claims: &[(Claim, Judged)]) -> Vec<ClaimEntry<'_>> {
    let mut entries = Vec::with_capacity(claims.len());
    for (id, (claim, judged)) in claims.iter().enumerate() {
        entries.push(ClaimEntry {
            id,
            kind: claim.kind.id(),
            quote: &claim.quote,
            source: source(&claim.at),
            line: claim.at.line,
            standing: judged.standing,
            because: &judged.because,
        });
    }
    entries
}

fn finding<'v>(verdict: &'v Verdict, finding: &'v Finding) -> FindingEntry<'v> {
    let (waived, lapsed) = waiver(verdict, &finding.fingerprint);
    FindingEntry {
        rule: finding.rule.id,
        level: finding.level,
        headline: &finding.headline,
        explanation: &finding.explanation,
        at: place(&finding.primary),
        related: finding.related.iter().map(place).collect(),
        gainsays: finding.gainsays,
        disclosed: finding.disclosed.as_ref().map(quote),
        fingerprint: finding.fingerprint.as_str(),
        waived,
        lapsed,
    }
}

/// The waiver of a matter: one that holds, or one that no longer does.
fn waiver<'v>(
    verdict: &'v Verdict,
    fingerprint: &Fingerprint,
) -> (Option<WaiverEntry<'v>>, Option<WaiverEntry<'v>>) {
    let Some(waived) = verdict.waived.get(fingerprint) else { return (None, None) };
    let waiver = &waived.waiver;
    let (source, place) = match &waiver.source {
        WaiverSource::Policy { file, line } => ("policy", Some((file.as_str(), *line))),
        WaiverSource::Comment => ("comment", None),
        WaiverSource::Button => ("button", None),
    };
    let entry = WaiverEntry {
        by: waiver.by.as_deref(),
        reason: &waiver.reason,
        source,
        file: place.map(|(file, _)| file),
        line: place.map(|(_, line)| line),
        at: waiver.at.map(|at| at.to_string()),
        until: waiver.until.map(|until| until.to_string()),
    };
    if waived.holds() { (Some(entry), None) } else { (None, Some(entry)) }
}

fn place(at: &Location) -> Place<'_> {
    Place { path: &at.path, line: at.line, end_line: at.end_line, side: at.side, label: &at.label }
}

fn quote(disclosure: &Disclosure) -> Quote<'_> {
    Quote { quote: &disclosure.quote, source: source(&disclosure.at), line: disclosure.at.line }
}

fn undecided<'v>(verdict: &'v Verdict, matter: &'v Matter) -> UndecidedEntry<'v> {
    let (waived, lapsed) = waiver(verdict, &matter.fingerprint);
    UndecidedEntry {
        rule: matter.rule,
        path: matter.undecided.path.as_ref(),
        why: &matter.undecided.why,
        decisive: matter.is_decisive(),
        fingerprint: matter.fingerprint.as_str(),
        waived,
        lapsed,
    }
}

fn source(at: &Source) -> String {
    match &at.part {
        Part::Title => "title".to_owned(),
        Part::Body => "body".to_owned(),
        Part::Commit(sha) => format!("commit:{sha}"),
    }
}
