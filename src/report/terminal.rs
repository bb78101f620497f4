//! A verdict for a person at a terminal; `annotate-snippets` is used here only.

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Element, Group, Level as Heading, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use crate::checks::{Finding, Level};
use crate::claims::{Claim, Judged, Standing};
use crate::report::{clean, prose};
use crate::span::{Location, Side};
use crate::verdict::{Ruling, Verdict};

/// The columns that excerpts and prose keep to, whatever the terminal: a verdict has the same bytes everywhere.
const WIDTH: usize = 100;
/// Findings drawn in full; the rest is counted.
const MAX_FINDINGS: usize = 50;
const MAX_RELATED: usize = 6;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::BrightRed.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();

/// The verdict with ANSI colours, ending in a newline.
pub fn render(verdict: &Verdict) -> String {
    let mut out = String::new();
    let findings = prose::ordered(verdict);
    for finding in findings.iter().take(MAX_FINDINGS) {
        out.push_str(&draw(verdict, finding));
        out.push_str("\n\n");
    }
    if let Some(more) = findings.len().checked_sub(MAX_FINDINGS).filter(|more| *more > 0) {
        let _ = writeln!(out, "… and {} that --format json shows\n", prose::count(more, "finding"));
    }
    claims(&mut out, &verdict.claims);
    undecided(&mut out, verdict);
    closing(&mut out, verdict);
    out
}

fn draw(verdict: &Verdict, finding: &Finding) -> String {
    let heading = match finding.level {
        Level::Block => Heading::ERROR.with_name("blocked"),
        Level::Note => Heading::NOTE,
    };
    let title = heading.primary_title(prose::headline(finding)).id(finding.rule.id);
    let mut group = Group::with_title(title);
    for (at, kind) in std::iter::once((&finding.primary, AnnotationKind::Primary))
        .chain(finding.related.iter().take(MAX_RELATED).map(|at| (at, AnnotationKind::Context)))
    {
        group = group.elements(place(at, kind));
    }
    let group = group.elements(messages(verdict, finding));
    Renderer::styled().term_width(WIDTH).render(&[group])
}

fn place(at: &Location, kind: AnnotationKind) -> Vec<Element<'static>> {
    let path = match at.side {
        Side::Head => prose::path(at.path.as_str()),
        Side::Base => format!("{} (base)", prose::path(at.path.as_str())),
    };
    let label = clean::line(&at.label, WIDTH);
    let excerpt = at.excerpt.as_ref().map(clean::excerpt).filter(|e| !e.text.trim().is_empty());
    if let Some(excerpt) = excerpt {
        let mark = kind.span(excerpt.mark.0..excerpt.mark.1);
        let mark = if label.is_empty() { mark } else { mark.label(label) };
        let snippet = Snippet::source(excerpt.text).path(path).line_start(excerpt.first_line).fold(false);
        return vec![snippet.annotation(mark).into()];
    }
    let mut elements: Vec<Element<'static>> = vec![Origin::path(path).line(at.line).into()];
    if !label.is_empty() {
        elements.push(Heading::NOTE.message(label).into());
    }
    elements
}

fn messages(verdict: &Verdict, finding: &Finding) -> Vec<Element<'static>> {
    let mut messages = Vec::new();
    let mut say = |name: &'static str, text: &str| {
        let text = clean::wrap(text, WIDTH - name.len() - 8).join("\n");
        messages.push(Heading::NOTE.with_name(name).message(text).into());
    };
    if let Some(claim) = prose::claim(verdict, finding) {
        say("the text says", &quoted(&claim.quote, &prose::source(&claim.at)));
    }
    let explanation = prose::explanation(finding);
    for (n, paragraph) in explanation.iter().enumerate() {
        say(if n == 0 { "the change shows" } else { "also" }, paragraph);
    }
    if let Some(disclosed) = &finding.disclosed {
        say("the text admits", &quoted(&disclosed.quote, &prose::source(&disclosed.at)));
    }
    if finding.level == Level::Block {
        say("help", &format!("`gainsay explain {}` tells why this blocks and when it is right", finding.rule.id));
    }
    say("fingerprint", finding.fingerprint.as_str());
    messages
}

fn quoted(words: &str, source: &str) -> String {
    format!("\"{}\" ({source})", prose::quote(words))
}

fn claims(out: &mut String, claims: &[(Claim, Judged)]) {
    if claims.is_empty() {
        return;
    }
    let _ = writeln!(out, "{BOLD}what the text claims{BOLD:#}");
    for (claim, judged) in claims {
        let style = match judged.standing {
            Standing::Supported => GREEN,
            Standing::Unproven => YELLOW,
            Standing::Contradicted => RED,
        };
        let words = quoted(&claim.quote, &prose::source(&claim.at));
        entry(out, style, prose::standing(judged.standing), &[&words, &prose::quote(&judged.because)]);
    }
    out.push('\n');
}

fn undecided(out: &mut String, verdict: &Verdict) {
    if verdict.undecided.is_empty() {
        return;
    }
    let _ = writeln!(out, "{BOLD}what could not be judged{BOLD:#}");
    for (rule, matter) in verdict.undecided.iter().take(MAX_FINDINGS) {
        let path = matter.path.as_ref().map(|path| prose::path(path.as_str()) + ": ").unwrap_or_default();
        entry(out, YELLOW, rule, &[&(path + &prose::undecided(verdict, matter))]);
    }
    if let Some(more) = verdict.undecided.len().checked_sub(MAX_FINDINGS).filter(|more| *more > 0) {
        let _ = writeln!(out, "  … and {more} more");
    }
    out.push('\n');
}

/// A word in a column of its own, with wrapped texts beside it.
fn entry(out: &mut String, style: Style, word: &str, texts: &[&str]) {
    const COLUMN: usize = 14;
    let mut first = true;
    for text in texts {
        for line in clean::wrap(text, WIDTH - COLUMN - 2) {
            let word = if std::mem::take(&mut first) { word } else { "" };
            if word.len() < COLUMN {
                let _ = writeln!(out, "  {style}{word:COLUMN$}{style:#}{line}");
            } else {
                let _ = writeln!(out, "  {style}{word}{style:#}\n  {:COLUMN$}{line}", "");
            }
        }
    }
}

fn closing(out: &mut String, verdict: &Verdict) {
    let style = match verdict.ruling {
        Ruling::Pass => GREEN,
        Ruling::Undecided => YELLOW,
        Ruling::Blocked => RED,
    };
    if verdict.unjudged.is_some() {
        let _ = writeln!(out, "{}", clean::wrap(&prose::ruling(verdict), WIDTH).join("\n"));
    } else {
        let counts = prose::counts(verdict).join(" · ");
        let _ = writeln!(out, "{style}{}{style:#}: {counts}", prose::word(verdict.ruling));
    }
    let author = prose::author(verdict).map(|agent| format!(" · written by {agent}")).unwrap_or_default();
    let _ = writeln!(out, "{DIM}base {} · head {}{author}{DIM:#}", verdict.base.short(), verdict.head.short());
    if verdict.ruling != Ruling::Blocked && !verdict.checked.is_empty() {
        let checked = format!("checked {}", verdict.checked.join(", "));
        let _ = writeln!(out, "{DIM}{}{DIM:#}", clean::wrap(&checked, WIDTH).join("\n"));
    }
}
