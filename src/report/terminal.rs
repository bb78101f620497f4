//! A verdict for a person at a terminal; `annotate-snippets` is used here only.

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Element, Group, Level as Heading, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use crate::checks::{Finding, Level};
use crate::claims::{Claim, Judged, Source, Standing};
use crate::report::{clean, prose};
use crate::span::{Location, Side};
use crate::verdict::{Ruling, State, Verdict};

/// The columns that excerpts and prose keep to, whatever the terminal: a verdict has the same bytes everywhere.
const WIDTH: usize = 100;
/// Findings drawn in full; the rest is counted.
const MAX_FINDINGS: usize = 50;
const MAX_CLAIMS: usize = 50;
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
    more(&mut out, findings.len(), MAX_FINDINGS);
    claims(&mut out, &prose::claims(verdict));
    required(&mut out, verdict);
    undecided(&mut out, verdict);
    closing(&mut out, verdict);
    out
}

fn draw(verdict: &Verdict, finding: &Finding) -> String {
    let heading = match finding.level {
        Level::Block if verdict.is_waived(&finding.fingerprint) => Heading::NOTE.with_name("accepted"),
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
    let drawn = Renderer::styled().term_width(WIDTH).render(&[group]);
    // The renderer indents by the width of line numbers; without any, its signs would start at the margin.
    let numbered = std::iter::once(&finding.primary).chain(&finding.related).any(|at| at.excerpt.is_some());
    if numbered { drawn } else { drawn.replace('\n', "\n ") }
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
    let place =
        if label.is_empty() { format!("{path}:{}", at.line) } else { format!("{path}:{}: {label}", at.line) };
    vec![Origin::path(place).into()]
}

fn messages(verdict: &Verdict, finding: &Finding) -> Vec<Element<'static>> {
    let mut messages = Vec::new();
    let mut say = |heading: Heading<'static>, name: &'static str, text: &[String]| {
        let width = WIDTH - name.len() - 8;
        let text: Vec<String> = text.iter().flat_map(|paragraph| clean::wrap(paragraph, width)).collect();
        if !text.is_empty() {
            messages.push(heading.with_name(name).message(text.join("\n")).into());
        }
    };
    if let Some(claim) = prose::claim(verdict, finding) {
        say(Heading::WARNING, "the text says", &[quoted(&claim.quote, &claim.at)]);
    }
    let shows = if finding.level == Level::Block { Heading::ERROR } else { Heading::NOTE };
    say(shows, "the change shows", &prose::explanation(finding));
    if let Some(disclosed) = &finding.disclosed {
        say(Heading::WARNING, "the text admits", &[quoted(&disclosed.quote, &disclosed.at)]);
    }
    let waiver = prose::waiver(verdict, &finding.fingerprint);
    if let Some(words) = waiver.as_ref().and_then(|waiver| waiver.strip_prefix("accepted ")) {
        say(Heading::NOTE, "accepted", &[words.to_owned()]);
    }
    if prose::blocks(verdict, finding) {
        say(Heading::HELP, "help", &[prose::help(finding)]);
    }
    say(Heading::INFO, "fingerprint", &[finding.fingerprint.to_string()]);
    messages
}

/// Words and their place, which a line break does not part.
fn quoted(words: &str, at: &Source) -> String {
    format!("\"{}\" ({})", prose::quote(words), prose::source(at).replace(' ', clean::GLUE))
}

fn claims(out: &mut String, claims: &[&(Claim, Judged)]) {
    if claims.is_empty() {
        return;
    }
    let _ = writeln!(out, "{BOLD}what the text claims{BOLD:#}");
    for (claim, judged) in claims.iter().take(MAX_CLAIMS) {
        let style = match judged.standing {
            Standing::Supported => GREEN,
            Standing::Unproven => YELLOW,
            Standing::Contradicted => RED,
        };
        let words = quoted(&claim.quote, &claim.at);
        entry(out, style, (prose::standing(judged.standing), 14), &[&words, &prose::quote(&judged.because)]);
    }
    more(out, claims.len(), MAX_CLAIMS);
    out.push('\n');
}

fn required(out: &mut String, verdict: &Verdict) {
    if verdict.required.is_empty() {
        return;
    }
    let _ = writeln!(out, "{BOLD}what policy requires{BOLD:#}");
    for required in verdict.required.iter().take(MAX_CLAIMS) {
        let style = match required.state {
            State::Met => GREEN,
            State::Awaited | State::Unseen => YELLOW,
            State::Missing | State::Refused => RED,
        };
        let name = prose::evidence(&required.evidence);
        entry(out, style, (prose::state(required.state), 15), &[&name, &prose::quote(&required.because)]);
    }
    more(out, verdict.required.len(), MAX_CLAIMS);
    out.push('\n');
}

fn undecided(out: &mut String, verdict: &Verdict) {
    if verdict.undecided.is_empty() {
        return;
    }
    let _ = writeln!(out, "{BOLD}what could not be judged{BOLD:#}");
    let column = verdict.undecided.iter().map(|matter| matter.rule.len() + 2).max().unwrap_or_default();
    for matter in verdict.undecided.iter().take(MAX_FINDINGS) {
        let path =
            matter.undecided.path.as_ref().map(|path| prose::path(path.as_str()) + ": ").unwrap_or_default();
        entry(out, YELLOW, (matter.rule, column), &[&(path + &prose::undecided(verdict, matter))]);
    }
    more(out, verdict.undecided.len(), MAX_FINDINGS);
    out.push('\n');
}

fn more(out: &mut String, all: usize, shown: usize) {
    if all > shown {
        let _ = writeln!(out, "  … and {} more, which --format json shows", all - shown);
    }
}

/// A word in a column of its own, with wrapped texts beside it.
fn entry(out: &mut String, style: Style, (word, column): (&str, usize), texts: &[&str]) {
    let mut word = word;
    for line in texts.iter().flat_map(|text| clean::wrap(text, WIDTH - column - 2)) {
        let _ = writeln!(out, "  {style}{word:column$}{style:#}{line}");
        word = "";
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
    let _ =
        writeln!(out, "{DIM}base {} · head {}{author}{DIM:#}", verdict.base.short(), verdict.head.short());
    if verdict.ruling != Ruling::Blocked && !verdict.checked.is_empty() {
        for line in clean::wrap(&format!("checked {}", verdict.checked.join(", ")), WIDTH) {
            let _ = writeln!(out, "{DIM}{line}{DIM:#}");
        }
    }
}
