//! Source files. A grammar can lag behind its language, so its word alone proves nothing, except for Rust.

use super::{Answer, Break, Suspect, spared};
use crate::ids::RepoPath;
use crate::read::rust;
use crate::read::syntax::brackets::{self, Brackets, KINDS};
use crate::read::syntax::outline::{self, Outline};
use crate::read::syntax::{self, Language};
use crate::undecided::Undecided;

/// Whether the file is in a language that can be parsed.
pub(super) fn reads(path: &RepoPath) -> bool {
    path.extension() == "rs" || Language::of(path).is_some()
}

pub(super) fn judge(suspect: &Suspect<'_>) -> Result<Answer, Undecided> {
    match Language::of(suspect.path) {
        None => rust_file(suspect),
        Some(Language::Python) => python(suspect),
        Some(language) => by_brackets(suspect, language),
    }
}

fn rust_file(suspect: &Suspect<'_>) -> Result<Answer, Undecided> {
    let Err(broken) = rust::check(suspect.head)? else { return Ok(Answer::Sound) };
    match suspect.base {
        Some(base) if !matches!(rust::check(base), Ok(Ok(()))) => return Ok(Answer::Sound),
        None if rust::is_fragment(suspect.head) => return Ok(Answer::Sound),
        None if spared::has_template_marks(suspect.head) && !broken.tokens => {
            return Err(Undecided::new("looks like a template, so it is not judged as Rust"));
        }
        _ => {}
    }
    if suspect.head.contains("#![feature(") && !broken.tokens {
        return Err(Undecided::new(
            "does not parse, but uses unstable features that the parser may not know",
        ));
    }
    Ok(Answer::Broken(Break { range: broken.range, said: broken.message, format: "Rust" }))
}

/// Python is proved by its outline, in which all versions agree; what only the grammar rejects is in doubt.
fn python(suspect: &Suspect<'_>) -> Result<Answer, Undecided> {
    let head = outline::outline(suspect.head);
    if let Outline::Broken(slip) = &head {
        return match suspect.base {
            Some(base) if outline::outline(base) != Outline::Sound => Ok(Answer::Sound),
            None if spared::has_template_marks(suspect.head) => {
                Err(Undecided::new("looks like a template, so it is not judged as Python"))
            }
            _ => {
                let end = suspect.head[slip.at..].find('\n').map_or(suspect.head.len(), |i| slip.at + i);
                Ok(Answer::Broken(Break { range: slip.at..end, said: slip.what.clone(), format: "Python" }))
            }
        };
    }
    doubted(suspect, Language::Python)
}

/// Other grammars need two witnesses: tokens whose brackets don't match, and a change that brought unequal numbers of
/// that bracket, strings and comments included.
fn by_brackets(suspect: &Suspect<'_>, language: Language) -> Result<Answer, Undecided> {
    let Some(base) = suspect.base else { return Ok(Answer::Sound) };
    let tree = syntax::parse(language, suspect.head)?;
    if tree.is_sound() || !syntax::parse(language, base)?.is_sound() {
        return Ok(Answer::Sound);
    }
    let found = brackets::matched(&tree, suspect.head);
    let (before, after) = (brackets::raw(base), brackets::raw(suspect.head));
    let agreed = (0..KINDS.len()).find(|i| {
        let came = after[*i] - before[*i];
        found.surplus[*i] != 0 && came != 0 && came.signum() == found.surplus[*i].signum()
    });
    match agreed {
        Some(kind) => Ok(Answer::Broken(unmatched(suspect, &found, kind, language))),
        None => doubted(suspect, language),
    }
}

fn unmatched(suspect: &Suspect<'_>, found: &Brackets, kind: usize, language: Language) -> Break {
    let (surplus, (open, close)) = (found.surplus[kind], KINDS[kind]);
    let (opener, closer) = (open as char, close as char);
    let count = surplus.unsigned_abs();
    let bracket = if surplus > 0 { opener } else { closer };
    let partner = if surplus > 0 { closer } else { opener };
    let mut said = format!("{count} `{bracket}` more than `{partner}` in the file");
    let mut range = 0..suspect.head.len();
    if let Some((odd, what)) = &found.odd {
        said = format!("{what}; {said}");
        let line = crate::span::line_of(suspect.head, odd.start);
        // The first bracket without a partner is often far from the edit that broke it.
        if suspect.diff.is_added(line) {
            range = odd.clone();
        }
    }
    Break { range, said, format: language.name() }
}

/// What the grammar rejects without a second witness: shown, since new syntax looks the same.
fn doubted(suspect: &Suspect<'_>, language: Language) -> Result<Answer, Undecided> {
    let Some(base) = suspect.base else { return Ok(Answer::Sound) };
    let tree = syntax::parse(language, suspect.head)?;
    let Some(fault) = tree.faults().into_iter().next() else { return Ok(Answer::Sound) };
    if !syntax::parse(language, base)?.is_sound() {
        return Ok(Answer::Sound);
    }
    let line = crate::span::line_of(suspect.head, suspect.shown(&fault.range).start);
    let why = format!(
        "the {} grammar accepts it at base and not at head (line {line}), which may be an error or syntax that the \
         grammar does not know; run the compiler or interpreter on it",
        language.name()
    );
    Err(Undecided::new(why))
}
