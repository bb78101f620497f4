//! `grep` and `sed` where they take lines out of a list or a profile.

use regex::Regex;

use crate::read::coverage::posix::{self, Syntax};
use crate::read::coverage::settings::untold;
use crate::undecided::Undecided;

/// What a command does to lines.
pub(super) struct Filter {
    /// Lines in which any of these is found are …
    patterns: Vec<Regex>,
    /// … the ones that stay, or the ones that go.
    keeps: bool,
    /// The files that it reads.
    pub(super) files: Vec<String>,
    /// Whether it writes them back.
    pub(super) in_place: bool,
}

impl Filter {
    pub(super) fn keeps(&self, line: &str) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|regex| regex.is_match(line)) == self.keeps
    }

    /// The filter that a command is; `None` where it is another command. `Undecided` names what is not evaluated.
    pub(super) fn of(words: &[String]) -> Option<Result<Self, Undecided>> {
        let (name, words) = words.split_first()?;
        match name.rsplit('/').next()? {
            "grep" => Some(grep(words, Syntax::Basic)),
            "egrep" => Some(grep(words, Syntax::Extended)),
            "fgrep" => Some(grep(words, Syntax::Fixed)),
            "sed" | "gsed" => Some(sed(words)),
            _ => None,
        }
    }
}

fn unread(name: &str, word: &str) -> Undecided {
    untold("the filter of the lines", &format!("{name} {word}"))
}

fn grep(words: &[String], mut syntax: Syntax) -> Result<Filter, Undecided> {
    let (mut patterns, mut rest): (Vec<&str>, Vec<&String>) = (Vec::new(), Vec::new());
    let (mut keeps, mut case) = (true, false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let long = word.strip_prefix("--").map(|long| long.split_once('=').unwrap_or((long, "")));
        match long {
            Some(("invert-match", _)) => keeps = false,
            Some(("extended-regexp", _)) => syntax = Syntax::Extended,
            Some(("fixed-strings", _)) => syntax = Syntax::Fixed,
            Some(("perl-regexp", _)) => syntax = Syntax::Perl,
            Some(("ignore-case", _)) => case = true,
            Some(("regexp", pattern)) => patterns.push(pattern),
            Some(("", _) | ("text" | "color" | "colour" | "line-buffered" | "no-filename", _)) => {}
            Some(_) => return Err(unread("grep", word)),
            None if word.len() > 1 && word.starts_with('-') => {
                for (at, letter) in word.char_indices().skip(1) {
                    match letter {
                        'v' => keeps = false,
                        'E' => syntax = Syntax::Extended,
                        'F' => syntax = Syntax::Fixed,
                        'P' => syntax = Syntax::Perl,
                        'i' | 'y' => case = true,
                        'a' | 'G' | 's' | 'h' | 'U' => {}
                        'e' => {
                            let inline = &word[at + 1..];
                            let next = if inline.is_empty() { words.next() } else { None };
                            patterns.push(next.map_or(inline, String::as_str));
                            break;
                        }
                        _ => return Err(unread("grep", word)),
                    }
                }
            }
            None => rest.push(word),
        }
    }
    if patterns.is_empty() && !rest.is_empty() {
        patterns.push(rest.remove(0));
    }
    let patterns = patterns.into_iter().flat_map(str::lines);
    let compiled = |pattern: &str| match pattern.contains("$(") || pattern.contains("${") {
        true => Err(unread("grep", pattern)),
        false => posix::regex(pattern, syntax, case),
    };
    let patterns = patterns.map(compiled).collect::<Result<_, _>>()?;
    Ok(Filter { patterns, keeps, files: rest.into_iter().cloned().collect(), in_place: false })
}

fn sed(words: &[String]) -> Result<Filter, Undecided> {
    let (mut scripts, mut rest): (Vec<&str>, Vec<&String>) = (Vec::new(), Vec::new());
    let (mut syntax, mut in_place) = (Syntax::Basic, false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-E" | "-r" | "--regexp-extended" => syntax = Syntax::Extended,
            "-e" | "--expression" => scripts.extend(words.next().map(String::as_str)),
            // The empty suffix that BSD's sed asks for.
            "" => {}
            flag if flag.starts_with("-i") || flag.starts_with("--in-place") => in_place = true,
            "-s" | "-u" | "--" => {}
            flag if flag.len() > 1 && flag.starts_with('-') => return Err(unread("sed", flag)),
            _ => rest.push(word),
        }
    }
    if scripts.is_empty() && !rest.is_empty() {
        scripts.push(rest.remove(0));
    }
    let mut patterns = Vec::new();
    for script in scripts {
        patterns.extend(deletions(script, syntax).ok_or_else(|| unread("sed", script))??);
    }
    Ok(Filter { patterns, keeps: false, files: rest.into_iter().cloned().collect(), in_place })
}

/// The addresses whose lines a script deletes. Substitutions leave the lines there. `None` where it does more.
fn deletions(script: &str, syntax: Syntax) -> Option<Result<Vec<Regex>, Undecided>> {
    let mut found = Vec::new();
    let mut rest = script.trim_start_matches([' ', ';', '\n']);
    while !rest.is_empty() {
        let mut chars = rest.chars();
        let (first, mark) = (chars.next()?, chars.next());
        if first == 's' {
            let (_, behind) = until(&rest[1 + mark?.len_utf8()..], mark?)?;
            let (_, behind) = until(behind, mark?)?;
            rest = behind.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        } else {
            let (mark, from) = if first == '\\' { (mark?, &rest[1..]) } else { (first, rest) };
            if mark != '/' && first != '\\' {
                return None;
            }
            let (pattern, behind) = until(&from[mark.len_utf8()..], mark)?;
            let (case, behind) = behind.strip_prefix('I').map_or((false, behind), |behind| (true, behind));
            rest = behind.trim_start().strip_prefix('d')?;
            match posix::regex(&pattern, syntax, case) {
                Ok(regex) => found.push(regex),
                Err(undecided) => return Some(Err(undecided)),
            }
        }
        rest = rest.trim_start_matches([' ', ';', '\n']);
    }
    Some(Ok(found))
}

/// What stands before a mark, with the escaped marks in it taken for themselves, and what follows.
fn until(inner: &str, mark: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, c) if c == mark => return Some((out, &inner[at + c.len_utf8()..])),
            (true, c) => {
                if c != mark {
                    out.push('\\');
                }
                out.push(c);
                escaped = false;
            }
            (false, c) => out.push(c),
        }
    }
    None
}
