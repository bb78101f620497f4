//! Source files. A grammar can lag behind its language, so its word alone proves nothing, except for Rust.

use super::{Answer, Break, Suspect, older_rust, ruby, spared};
use crate::ids::RepoPath;
use crate::read::lexical;
use crate::read::rust;
use crate::read::syntax::brackets::{self, Brackets, KINDS};
use crate::read::syntax::outline::{self, Outline};
use crate::read::syntax::sources;
use crate::read::syntax::{self, Language};
use crate::undecided::Undecided;

/// Whether the file is in a language that can be parsed.
pub(super) fn reads(path: &RepoPath) -> bool {
    sources::language(path).is_some()
}

/// The language of a file that a grammar judges: Rust has a parser of its own.
fn language(path: &RepoPath) -> Option<Language> {
    sources::language(path).filter(|language| *language != Language::Rust)
}

pub(super) fn judge(suspect: &Suspect<'_>) -> Result<Answer, Undecided> {
    match (language(suspect.path), suspect.base) {
        (None, _) => rust_file(suspect),
        (Some(Language::Python), _) => python(suspect),
        (Some(Language::Go), base) => go(suspect, base),
        (Some(Language::Ruby), None) => Ok(Answer::Sound),
        (Some(Language::Ruby), Some(base)) => ruby_file(suspect, base),
        (Some(language), None) => new_script(suspect, language),
        (Some(language), Some(base)) => by_brackets(suspect, base, language),
    }
}

fn rust_file(suspect: &Suspect<'_>) -> Result<Answer, Undecided> {
    let Err(broken) = older_rust::check(suspect.head)? else { return Ok(Answer::Sound) };
    match suspect.base {
        Some(base) if !matches!(older_rust::check(base), Ok(Ok(()))) => return Ok(Answer::Sound),
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

/// Go is proved by its strings, comments and brackets, whose rules no version changes, if the grammar rejects it too.
fn go(suspect: &Suspect<'_>, base: Option<&str>) -> Result<Answer, Undecided> {
    let fault = lexical::read(Language::Go, suspect.head).fault;
    let was_broken = base.is_some_and(|base| lexical::read(Language::Go, base).fault.is_some());
    let Some((range, said)) = fault.filter(|_| !was_broken) else {
        return base.map_or(Ok(Answer::Sound), |base| by_brackets(suspect, base, Language::Go));
    };
    if syntax::parse(Language::Go, suspect.head)?.is_sound() {
        return Ok(Answer::Sound);
    }
    if base.is_none() && spared::has_template_marks(suspect.head) {
        return Err(Undecided::new("looks like a template, so it is not judged as Go"));
    }
    Ok(Answer::Broken(Break { range, said, format: Language::Go.name() }))
}

/// Ruby is proved by its brackets as scripts are, or by its `end`s: base's own lines show that the count holds there.
fn ruby_file(suspect: &Suspect<'_>, base: &str) -> Result<Answer, Undecided> {
    let (before, after) = (ruby::surplus(base), ruby::surplus(suspect.head));
    let is_shown = before == 0 && after != 0;
    let sound = |text: &str| Ok::<bool, Undecided>(syntax::parse(Language::Ruby, text)?.is_sound());
    if !is_shown || sound(suspect.head)? || !sound(base)? {
        return by_brackets(suspect, base, Language::Ruby);
    }
    let count = after.unsigned_abs();
    let said = match after > 0 {
        true => format!("{count} `end` fewer than there are blocks in the file"),
        false => format!("{count} `end` more than there are blocks in the file"),
    };
    Ok(Answer::Broken(Break { range: 0..suspect.head.len(), said, format: Language::Ruby.name() }))
}

/// Whether the file is in JavaScript or TypeScript.
pub(super) fn is_script(path: &RepoPath) -> bool {
    matches!(language(path), Some(Language::JavaScript | Language::TypeScript | Language::Tsx))
}

/// Whether a script breaks by itself, as [`lacking`] tells.
pub(super) fn is_cut(path: &RepoPath, text: &str) -> bool {
    language(path).is_some_and(|language| matches!(lacking(language, text), Ok(Some(_))))
}

/// The bracket of a script that lacks a partner for certain. There is no base to hold a new script against: three
/// counts of the bracket must agree, that of the grammar's tokens, that of the rules for strings and comments, and that
/// of the bare text.
fn lacking(language: Language, text: &str) -> Result<Option<(Brackets, usize)>, Undecided> {
    let tree = syntax::parse(language, text)?;
    // Translations in XML have the ending `.ts` too.
    if tree.is_sound() || text.trim_start().starts_with('<') {
        return Ok(None);
    }
    let found = brackets::matched(&tree, text);
    let counts = [found.surplus, lexical::read(language, text).surplus, brackets::raw(text)];
    let agreed = (0..KINDS.len()).find(|kind| {
        let first = counts[0][*kind];
        first != 0 && counts.iter().all(|count| count[*kind] == first)
    });
    Ok(agreed.map(|kind| (found, kind)))
}

fn new_script(suspect: &Suspect<'_>, language: Language) -> Result<Answer, Undecided> {
    let Some((found, kind)) = lacking(language, suspect.head)? else { return Ok(Answer::Sound) };
    if ["{%", "<%"].iter().any(|mark| suspect.head.contains(mark)) {
        return Err(Undecided::new(format!(
            "looks like a template, so it is not judged as {}",
            language.name()
        )));
    }
    Ok(Answer::Broken(unmatched(suspect, &found, kind, language)))
}

/// Other grammars need two witnesses: tokens whose brackets don't match, and a change that brought unequal numbers of
/// that bracket, strings and comments included.
fn by_brackets(suspect: &Suspect<'_>, base: &str, language: Language) -> Result<Answer, Undecided> {
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
