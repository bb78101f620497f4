//! From the texts of a change to its claims: which texts speak for the author, and which quote others.

use std::collections::HashSet;

use super::deeds::{self, Shown, Ticked};
use super::message;
use super::prose::{self, Code, Form, Found, Wrapping};
use super::recognise::{self, Near};
use super::sentence;
use super::vocabulary::WORDS;
use super::{Claim, ClaimKind, Claims, Part, Sentence, Source, Unread, block};
use crate::change::{Change, Commit, Person};
use crate::span::{Side, floor_char};

/// What stands behind this many bytes of one text is not read.
const MAX_TEXT: usize = 256 * 1024;

/// A text with more claims than this is no description: each costs a look at the whole change.
const MAX_CLAIMS: usize = 500;

/// A text with more blocks of code is a document.
const MAX_SHOWN: usize = 50;

/// A line of a tool's output is quoted so far.
const MAX_QUOTE: usize = 1_000;

/// Where pull-request templates stand; a template's own lines are nobody's claim.
pub(super) const TEMPLATES: &[&str] = &[
    "{,.github/,docs/}[pP][uU][lL][lL]_[rR][eE][qQ][uU][eE][sS][tT]_[tT][eE][mM][pP][lL][aA][tT][eE].{md,txt}",
    "{,.github/,docs/}[pP][uU][lL][lL]_[rR][eE][qQ][uU][eE][sS][tT]_[tT][eE][mM][pP][lL][aA][tT][eE]/*.md",
];

/// The claims of a change.
pub(super) fn read(change: &Change) -> Claims {
    let mut claims = Claims::default();
    let pr = &change.pr;
    let quoted = quotes_others(&pr.title) || is_bot(&pr.author) || quoting_branch(&pr.branch);
    let title = sentence::split(&pr.title).into_iter().map(|range| Found {
        text: pr.title[range].to_owned(),
        line: 1,
        claimable: !quoted,
        form: Form::Sentence,
        near: Near::default(),
    });
    let titled = Near { part: recognise::titles_a_part(&pr.title), ..Near::default() };
    take(&mut claims, &Part::Title, title);
    let template = template_lines(change);
    let body = body_sentences(&pr.body, &mut claims).into_iter();
    let lines: Vec<&str> = pr.body.lines().collect();
    let own = |found: &Found| {
        if found.form == Form::Typed {
            return true;
        }
        let line = lines.get(found.line - 1).map_or("", |line| line.trim());
        line.is_empty() || !template.contains(line)
    };
    let body = body.filter(own).map(|mut found| {
        if found.form == Form::Typed {
            let own = |line: &str| if template.contains(line.trim()) { "" } else { line }.to_owned();
            found.text = found.text.lines().map(own).collect::<Vec<_>>().join("\n");
        }
        Found { claimable: found.claimable && !quoted, near: found.near.and(titled), ..found }
    });
    take(&mut claims, &Part::Body, body);
    for commit in change.commits.iter().filter(|commit| commit.parents < 2) {
        read_commit(commit, quoted, &mut claims);
    }
    claims
}

/// The claims of a body on its own.
pub(super) fn read_body(body: &str) -> Claims {
    let mut claims = Claims::default();
    let found = body_sentences(body, &mut claims);
    take(&mut claims, &Part::Body, found.into_iter());
    claims
}

fn body_sentences(body: &str, claims: &mut Claims) -> Vec<Found> {
    let text = cut(body, Part::Body, claims);
    prose::sentences(text, Wrapping::Shown)
}

fn read_commit(commit: &Commit, quoted: bool, claims: &mut Claims) {
    let part = Part::Commit(commit.sha.clone());
    let text = cut(&commit.message, part.clone(), claims);
    let subject = text.lines().next().unwrap_or_default();
    let quoted = quoted || quotes_others(subject) || is_bot(&commit.author);
    let found = message::sentences(text).into_iter();
    let titled = |line| Near { part: line > 1 && recognise::titles_a_part(subject), ..Near::default() };
    let found =
        found.map(|f| Found { claimable: f.claimable && !quoted, near: f.near.and(titled(f.line)), ..f });
    take(claims, &part, found);
}

fn cut<'t>(text: &'t str, part: Part, claims: &mut Claims) -> &'t str {
    if text.len() <= MAX_TEXT {
        return text;
    }
    claims.cut.push(part);
    &text[..floor_char(text, MAX_TEXT)]
}

fn take(claims: &mut Claims, part: &Part, found: impl Iterator<Item = Found>) {
    for Found { text, line, claimable, form, near } in found {
        let at = Source { part: part.clone(), line };
        if claimable {
            let sole = |kind| Claim { kind, quote: text.clone(), at: at.clone() };
            let list: Vec<Claim> = match &form {
                Form::Sentence => recognise::kinds(&text, near).into_iter().map(sole).collect(),
                Form::Cell => recognise::in_cell(&text).into_iter().map(sole).collect(),
                Form::Row(row) => {
                    let figures = recognise::row_claims(row, near);
                    figures.into_iter().chain(recognise::gate_row_claims(&row.cells)).map(sole).collect()
                }
                Form::Output => output_claims(&text, near, &at),
                Form::Typed => typed_claims(&text, &at, claims),
                Form::Code(_) => Vec::new(),
            };
            add(claims, part, list);
            show(claims, form.clone(), near, &text, &at);
        }
        if matches!(form, Form::Sentence | Form::Cell) {
            claims.sentences.push(Sentence { text, at });
        }
    }
}

/// Keeps a block of code, or an item whose box is ticked.
fn show(claims: &mut Claims, form: Form, near: Near, text: &str, at: &Source) {
    match form {
        Form::Code(code) if claims.shown.len() < MAX_SHOWN => {
            let Code { mark, lead, heading } = code;
            claims.shown.push(Shown { mark, lead, heading, text: text.to_owned(), at: at.clone() });
        }
        Form::Sentence if near.ticked && claims.ticked.len() < MAX_CLAIMS => {
            let subjects = deeds::ticked(text);
            if !subjects.is_empty() {
                claims.ticked.push(Ticked { quote: text.to_owned(), subjects, at: at.clone() });
            }
        }
        _ => {}
    }
}

/// The totals of a pasted output, each quoted with its line.
fn output_claims(text: &str, near: Near, at: &Source) -> Vec<Claim> {
    let lines: Vec<&str> = text.lines().collect();
    let claim = |total: recognise::Total| {
        let quote = lines.get(total.line).map_or("", |line| line.trim());
        let quote = quote[..floor_char(quote, MAX_QUOTE)].to_owned();
        Claim { kind: total.kind, quote, at: Source { line: at.line + total.line, ..at.clone() } }
    };
    let totals = recognise::totals(text, near.part);
    let results = if near.part { Vec::new() } else { recognise::results(text) };
    let results = results.into_iter().map(|(line, kind)| recognise::Total { line, kind });
    totals.into_iter().chain(results).map(claim).collect()
}

/// The claims of a block, each quoted with its line. A line that can't be read is kept apart, to be shown.
fn typed_claims(text: &str, at: &Source, claims: &mut Claims) -> Vec<Claim> {
    let lines: Vec<&str> = text.lines().collect();
    let mut list = Vec::new();
    for read in block::read(text) {
        let quote = lines.get(read.line).map_or("", |line| line.trim());
        let quote = quote[..floor_char(quote, MAX_QUOTE)].to_owned();
        let at = Source { line: at.line + read.line, ..at.clone() };
        match read.claims {
            Ok(kinds) => {
                list.extend(kinds.into_iter().map(|kind| Claim {
                    kind,
                    quote: quote.clone(),
                    at: at.clone(),
                }));
            }
            Err(why) if claims.unread.len() < MAX_CLAIMS => claims.unread.push(Unread { quote, at, why }),
            Err(_) if claims.cut.contains(&at.part) => {}
            Err(_) => claims.cut.push(at.part),
        }
    }
    list
}

/// The metrics of one sentence or row that share a figure are one claim.
fn joined(list: Vec<Claim>) -> Vec<Claim> {
    let mut joined: Vec<Claim> = Vec::new();
    for claim in list {
        let ClaimKind::Coverage(new) = &claim.kind else {
            joined.push(claim);
            continue;
        };
        let same = joined.iter_mut().find_map(|other| match &mut other.kind {
            ClaimKind::Coverage(figure) if other.at == claim.at && figure.joins(new) => Some(figure),
            _ => None,
        });
        match same {
            Some(figure) => figure.metrics.extend(new.metrics.iter().copied()),
            None => joined.push(claim),
        }
    }
    joined
}

fn add(claims: &mut Claims, part: &Part, list: Vec<Claim>) {
    let mut list = joined(list);
    // A commit's subject is mostly the title over again.
    list.retain(|new| !claims.list.iter().any(|c| c.kind == new.kind && c.quote.trim() == new.quote.trim()));
    let room = MAX_CLAIMS.saturating_sub(claims.list.len());
    if list.len() > room && !claims.cut.contains(part) {
        claims.cut.push(part.clone());
    }
    claims.list.extend(list.into_iter().take(room));
}

fn quotes_others(subject: &str) -> bool {
    WORDS.quoting.iter().any(|pattern| pattern.is_match(subject.trim()))
}

fn quoting_branch(branch: &str) -> bool {
    WORDS.branches.iter().any(|start| branch.starts_with(start.as_str()))
}

fn is_bot(person: &Person) -> bool {
    let local = person.email.split('@').next().unwrap_or_default();
    let account = local.split_once('+').map_or(local, |(_, login)| login);
    WORDS.bots.iter().any(|bot| bot == &person.login || bot == &person.name || bot == account)
}

/// The lines of every template at base. A box that the author ticked differs from its template's, and so counts.
fn template_lines(change: &Change) -> HashSet<&str> {
    let paths = change.base.paths().filter(|path| {
        let path = path.as_str().to_ascii_lowercase();
        let place = ["", ".github/", "docs/"]
            .into_iter()
            .any(|dir| path.strip_prefix(dir).is_some_and(|rest| rest.starts_with("pull_request_template")));
        place && (path.ends_with(".md") || path.ends_with(".txt"))
    });
    // A template that can't be read only means that its lines are taken for the author's.
    let texts = paths.filter_map(|path| change.text(Side::Base, path).ok().flatten());
    texts.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty()).collect()
}
