//! A file no longer parses.

mod data;
mod fragments;
mod older_rust;
mod ruby;
mod source;
mod spared;

use std::ops::Range;

use crate::change::{Change, FileChange, Kind, LineDiff};
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::syntax;
use crate::span::{Location, Side, line_of, line_start};
use crate::undecided::Undecided;

static RULE: Rule = Rule::new("patch-broken", include_str!("../../rules/patch-broken.md"));

/// `patch-broken`; its page tells the rest.
pub(super) struct PatchBroken;

/// A changed or new file whose head may not parse.
struct Suspect<'a> {
    path: &'a RepoPath,
    /// The same file at base, where there was one of the same kind.
    base: Option<&'a str>,
    head: &'a str,
    diff: LineDiff,
}

/// What one parser says of a suspect.
enum Answer {
    /// It parses, or it did not parse before either.
    Sound,
    /// Proved: a parser's words and the bytes of head.
    Broken(Break),
    /// Worth a line, no proof.
    Noted(Break),
}

/// Where head breaks.
struct Break {
    range: Range<usize>,
    /// The parser's words, without a full stop.
    said: String,
    /// Which language or format it no longer is.
    format: &'static str,
}

impl Check for PatchBroken {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        for glob in [data::FILES, "**/*.{rb,rs}", syntax::FILES] {
            needs.changed(glob);
        }
        needs.later(fragments::wanted);
    }

    fn run(&self, change: &Change, _claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        for file in &change.files {
            examination.absorb(judge(change, file).transpose().into_iter().collect::<Result<Vec<_>, _>>());
        }
        examination
    }
}

fn judge(change: &Change, file: &FileChange) -> Result<Option<Finding>, Undecided> {
    let Some(path) = file.head.as_ref().filter(|path| data::reads(path) || source::reads(path)) else {
        return Ok(None);
    };
    let is_file = change.head.entry(path).is_some_and(|entry| entry.kind == Kind::File);
    if !is_file || spared::is_meant_to_break(path) {
        return Ok(None);
    }
    let Some(head) = change.text(Side::Head, path)? else { return Ok(None) };
    let before = file.base.as_ref().filter(|base| base.extension() == path.extension());
    let base = before.map(|base| change.text(Side::Base, base)).transpose()?.flatten();
    if spared::is_no_text_of_its_own(head) {
        return Ok(None);
    }
    let suspect = Suspect { path, base, head, diff: change.diff(file)? };
    let answer = if data::reads(path) { data::judge(&suspect) } else { source::judge(&suspect) };
    Ok(match answer.map_err(|undecided| undecided.at(path))? {
        Answer::Sound => None,
        Answer::Broken(_) if base.is_none() && fragments::are_kept_beside(change, path) => None,
        Answer::Broken(found) => Some(suspect.finding(&found)),
        Answer::Noted(found) => Some(suspect.finding(&found).note()),
    })
}

impl Suspect<'_> {
    fn finding(&self, found: &Break) -> Finding {
        let name = self.path.name();
        let format = found.format;
        let headline = match self.base {
            Some(_) => format!("`{name}` parsed as {format} at base and does not at head"),
            None => format!("`{name}` is new and does not parse as {format}"),
        };
        let range = self.shown(&found.range);
        let line = line_of(self.head, range.start);
        let broken = self.head.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let said = found.said.replace(|c: char| c.is_ascii_digit(), "#");
        let matter = format!("{said} {broken}");
        let at = Location::bytes(Side::Head, self.path, self.head, range).label(found.said.clone());
        let before = match self.base {
            Some(_) => "The same parser accepts the file at base.",
            None => "The file did not exist at base.",
        };
        let explanation =
            format!("The parser stops at: {}. {before} Whatever reads the file stops there too.", found.said);
        Finding::new(&RULE, at, headline, &matter).explain(explanation)
    }

    /// A range cut to one line: the first that this change touched, where there is one in it.
    fn shown(&self, range: &Range<usize>) -> Range<usize> {
        let (first, last) = (line_of(self.head, range.start), line_of(self.head, range.end));
        let touched = self.diff.added().find(|line| (first..=last).contains(line));
        let (start, line) = match touched {
            Some(line) if line > first => (line_start(self.head, line), line),
            _ => (range.start.min(self.head.len()), first),
        };
        let line_end = line_start(self.head, line + 1);
        let end = range.end.clamp(start, line_end.max(start));
        let text = self.head.get(start..end).unwrap_or_default();
        let trimmed = text.trim_end().len();
        start..start + trimmed
    }
}
