//! What the shell puts in place of `$(go list … | grep …)` and of variables.

use super::grep::Filter;
use super::modules::Modules;
use crate::read::commands::Command;
use crate::read::coverage::settings::untold;
use crate::read::javascript::ROOT;
use crate::read::shell;
use crate::undecided::Undecided;

/// Substitutions in substitutions are followed this far.
const MAX_NESTING: usize = 4;
/// Longer texts are not put together, in bytes.
const MAX_TEXT: usize = 4 << 20;

/// Where a command stands: what came before it may set its variables.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) modules: &'a Modules,
    /// The commands of the same file up to it.
    pub(super) before: &'a [Command],
    /// The folder it runs in.
    pub(super) dir: &'a str,
}

/// The text with all that the shell puts into it. `Undecided` names what only a run could tell.
pub(super) fn expanded(place: Place<'_>, text: &str, depth: usize) -> Result<String, Undecided> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '`']) {
        out.push_str(&rest[..at]);
        let (piece, behind) = piece(&rest[at..]);
        out.push_str(&value(place, piece, depth).unwrap_or_else(|| Err(untold("the package list", piece)))?);
        if out.len() > MAX_TEXT {
            return Err(untold("the package list", piece));
        }
        rest = behind;
    }
    Ok(out + rest)
}

/// The first thing to be replaced and what follows it.
fn piece(text: &str) -> (&str, &str) {
    let end = if text.starts_with("${{") {
        text.find("}}").map(|at| at + 2)
    } else if text.starts_with("$(") {
        let mut open = 0_usize;
        text.char_indices().find_map(|(at, c)| {
            open += usize::from(c == '(');
            open -= usize::from(c == ')' && open > 0);
            (c == ')' && open == 0).then_some(at + 1)
        })
    } else if text.starts_with("${") {
        text.find('}').map(|at| at + 1)
    } else if text.starts_with('`') {
        text[1..].find('`').map(|at| at + 2)
    } else {
        let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        Some(text[1..].find(word).map_or(text.len(), |at| at + 1))
    };
    text.split_at(end.unwrap_or(text.len()))
}

fn value(place: Place<'_>, piece: &str, depth: usize) -> Option<Result<String, Undecided>> {
    let here = || Some(Ok(format!("{ROOT}/{}", place.dir).trim_end_matches('/').to_owned()));
    let inner = piece.strip_prefix("${{").and_then(|inner| inner.strip_suffix("}}"));
    match inner.map(str::trim) {
        Some("github.workspace") => return Some(Ok(ROOT.to_owned())),
        Some(_) => return None,
        None => {}
    }
    let braced = piece.strip_prefix("${").and_then(|inner| inner.strip_suffix('}'));
    let called = piece.strip_prefix("$(").and_then(|inner| inner.strip_suffix(')'));
    let called = called.or_else(|| piece.strip_prefix('`')?.strip_suffix('`'));
    if let Some(called) = called {
        let called = called.trim().strip_prefix("shell ").unwrap_or(called.trim());
        return match called {
            "pwd" | "PWD" | "CURDIR" => here(),
            "git rev-parse --show-toplevel" => Some(Ok(ROOT.to_owned())),
            _ if depth < MAX_NESTING => Some(printed(place, called, piece, depth)),
            _ => None,
        };
    }
    match braced.or_else(|| piece.strip_prefix('$'))? {
        "PWD" => here(),
        "GITHUB_WORKSPACE" | "CI_PROJECT_DIR" => Some(Ok(ROOT.to_owned())),
        name if depth < MAX_NESTING => {
            let (at, set) =
                place.before.iter().enumerate().rev().find_map(|(at, c)| Some((at, set(c, name)?)))?;
            Some(expanded(Place { before: &place.before[..at], ..place }, set, depth + 1))
        }
        _ => None,
    }
}

/// What a command sets a variable to.
fn set<'c>(command: &'c Command, name: &str) -> Option<&'c str> {
    let words = command.words.as_slice();
    let words = match words.first().map(String::as_str) {
        Some("export" | "local" | "readonly" | "declare") => &words[1..],
        _ if words.len() == 1 => words,
        _ => return None,
    };
    words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}

/// What a pipeline prints that begins with `go list`.
fn printed(place: Place<'_>, script: &str, shown: &str, depth: usize) -> Result<String, Undecided> {
    let unread = || untold("the package list", shown);
    let stages = shell::commands(script);
    let [first, filters @ ..] = stages.as_slice() else { return Err(unread()) };
    if filters.iter().any(|stage| !stage.piped) {
        return Err(unread());
    }
    let mut text = match first.words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["go", "list", ..] => listed(place, &first.words[2..], depth).ok_or_else(unread)??,
        ["echo", ..] => expanded(place, &first.words[1..].join(" "), depth + 1)? + "\n",
        _ => return Err(unread()),
    };
    for stage in filters {
        text = filtered(place, &stage.words, text, depth).ok_or_else(unread)??;
    }
    Ok(text.trim_end_matches('\n').to_owned())
}

/// What `go list` prints; `None` where it prints anything but packages.
fn listed(place: Place<'_>, words: &[String], depth: usize) -> Option<Result<String, Undecided>> {
    let mut folders = false;
    let mut patterns = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let flag = word.strip_prefix('-').map(|flag| flag.trim_start_matches('-'));
        let (name, value) = match flag.map(|flag| flag.split_once('=').unwrap_or((flag, ""))) {
            None => {
                patterns.push(word);
                continue;
            }
            Some(pair) => pair,
        };
        match name {
            "f" => {
                let format = if value.is_empty() { words.next()? } else { value };
                folders = match format.replace(' ', "").trim_end_matches("\\n") {
                    "{{.ImportPath}}" => false,
                    "{{.Dir}}" => true,
                    _ => return None,
                };
            }
            "tags" | "mod" | "modfile" if value.is_empty() => drop(words.next()),
            "tags" | "mod" | "modfile" | "e" | "buildvcs" => {}
            _ => return None,
        }
    }
    let mut text = String::new();
    let here = ".".to_owned();
    let patterns = if patterns.is_empty() { vec![&here] } else { patterns };
    for pattern in patterns {
        let pattern = match expanded(place, pattern, depth + 1) {
            Ok(pattern) => pattern,
            Err(undecided) => return Some(Err(undecided)),
        };
        for pattern in pattern.split_whitespace() {
            for dir in place.modules.named(place.dir, pattern) {
                let import = place.modules.import(&dir).unwrap_or_default();
                text.push_str(&if folders { format!("{ROOT}/{dir}") } else { import });
                text.push('\n');
            }
        }
    }
    Some(Ok(text))
}

/// What a stage makes of the text; `None` where it is not known.
fn filtered(
    place: Place<'_>,
    words: &[String],
    text: String,
    depth: usize,
) -> Option<Result<String, Undecided>> {
    if let Some(filter) = Filter::of(words) {
        // A substitution changes the names themselves.
        if words[0].ends_with("sed")
            && words.iter().any(|word| word.starts_with('s') && word.len() > 3 && word != "sed")
        {
            return None;
        }
        let filter = filter.map(|filter| {
            let kept = text.lines().filter(|line| filter.keeps(line));
            kept.fold(String::new(), |out, line| out + line + "\n")
        });
        return Some(filter);
    }
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    match (words[0].as_str(), arguments.as_slice()) {
        ("sort" | "uniq" | "cat", _) => Some(Ok(text)),
        ("xargs", [] | ["echo"]) => Some(Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))),
        ("xargs", ["go", "list", ..]) => {
            let more = text.split_whitespace().map(str::to_owned);
            listed(place, &words[3..].iter().cloned().chain(more).collect::<Vec<_>>(), depth)
        }
        ("tr", [from, to]) => {
            let character = |text: &str| match text {
                "\\n" => Some('\n'),
                _ => text.chars().next().filter(|_| text.chars().count() == 1),
            };
            Some(Ok(text.replace(character(from)?, &character(to)?.to_string())))
        }
        ("paste", flags) => {
            let joined = flags.join("");
            let mark = joined.strip_prefix("-sd").or_else(|| joined.strip_prefix("-s-d"));
            let mark = mark.or_else(|| joined.strip_prefix("-d")?.strip_suffix("-s"))?;
            let mark = mark.strip_suffix('-').filter(|mark| !mark.is_empty()).unwrap_or(mark);
            Some(Ok(text.lines().collect::<Vec<_>>().join(mark)))
        }
        _ => None,
    }
}
