//! A verdict for programs: schema 1, which `schema/verdict.schema.json` describes.
//!
//! Keys are only ever added to a schema; to change or remove one is schema 2.

use serde::Serialize;

use crate::authorship::Authorship;
use crate::checks::{Disclosure, Finding, Level};
use crate::claims::{Claim, Judged, Part, Source, Standing};
use crate::ids::{RepoPath, Sha};
use crate::report::clean;
use crate::span::{Location, Side};
use crate::undecided::{Undecided, Weight};
use crate::verdict::{Awaited, Required, Ruling, Verdict};

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
    waived: Option<()>,
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
        findings: verdict.findings.iter().map(finding).collect(),
        undecided: verdict.undecided.iter().map(|(rule, u)| undecided(rule, u)).collect(),
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

fn finding(finding: &Finding) -> FindingEntry<'_> {
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
        waived: None,
    }
}

fn place(at: &Location) -> Place<'_> {
    Place { path: &at.path, line: at.line, end_line: at.end_line, side: at.side, label: &at.label }
}

fn quote(disclosure: &Disclosure) -> Quote<'_> {
    Quote { quote: &disclosure.quote, source: source(&disclosure.at), line: disclosure.at.line }
}

fn undecided<'v>(rule: &'v str, matter: &'v Undecided) -> UndecidedEntry<'v> {
    UndecidedEntry {
        rule,
        path: matter.path.as_ref(),
        why: &matter.why,
        decisive: matter.weight == Weight::Decisive,
    }
}

fn source(at: &Source) -> String {
    match &at.part {
        Part::Title => "title".to_owned(),
        Part::Body => "body".to_owned(),
        Part::Commit(sha) => format!("commit:{sha}"),
    }
}
