//! Recipes of Makefiles and justfiles.

use std::collections::BTreeMap;

use super::{Command, lines};
use crate::ids::RepoPath;

/// Variables that name variables are followed this far.
const MAX_NESTING: usize = 4;
/// A line that grows beyond this by its variables stays as it is written.
const MAX_LINE: usize = 16 * 1024;
/// Recipes that make others with variables of their own are followed to this many commands of a file.
const MAX_COMMANDS: usize = 2_000;

/// One line of a recipe, with its continuations.
struct Line {
    number: usize,
    text: String,
    targets: Vec<String>,
}

/// The commands of all recipes. Each line is a shell of its own, as make runs it. Where a recipe makes a target of the
/// same file with variables of its own, that target's recipe stands here with them as well.
pub(super) fn commands(path: &RepoPath, text: &str) -> Vec<Command> {
    let variables = variables(text);
    let recipes = recipes(text);
    let mut found = Vec::new();
    for line in &recipes {
        for command in of_line(path, line, &variables, line.number) {
            if found.len() < MAX_COMMANDS {
                found.extend(made(path, &recipes, &variables, &command));
            }
            found.push(command);
        }
    }
    found
}

fn recipes(text: &str) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    let mut targets: Vec<String> = Vec::new();
    let mut all = text.lines().enumerate();
    while let Some((number, line)) = all.next() {
        if !line.starts_with([' ', '\t']) {
            let named =
                line.split_once(':').filter(|(names, rest)| !names.contains('=') && !rest.starts_with('='));
            match named {
                Some((names, _)) => targets = names.split_whitespace().map(str::to_owned).collect(),
                None if line.trim().is_empty() || line.starts_with('#') => {}
                None => targets.clear(),
            }
            continue;
        }
        let mut line = line.trim().trim_start_matches(['@', '-', '+']).to_owned();
        while line.ends_with('\\') {
            line.pop();
            let Some((_, next)) = all.next() else { break };
            line.push_str(next.trim_start());
        }
        found.push(Line { number: number + 1, text: line, targets: targets.clone() });
    }
    found
}

fn of_line(path: &RepoPath, line: &Line, variables: &BTreeMap<&str, &str>, at: usize) -> Vec<Command> {
    let text = expanded(&line.text, variables, 0).replace("$$", "$");
    let recipe = lines(path, &text, Some(1), path.dir());
    recipe.into_iter().map(|command| Command { line: Some(at), ..command }).collect()
}

/// What a `$(MAKE) target NAME=value` runs of the same file.
fn made(
    path: &RepoPath,
    recipes: &[Line],
    variables: &BTreeMap<&str, &str>,
    command: &Command,
) -> Vec<Command> {
    let [make, words @ ..] = command.words.as_slice() else { return Vec::new() };
    if !matches!(make.as_str(), "$(MAKE)" | "${MAKE}" | "make") || words.iter().any(|w| w.starts_with("-C")) {
        return Vec::new();
    }
    let given: Vec<(&str, &str)> = words.iter().filter_map(|word| word.split_once('=')).collect();
    if given.is_empty() {
        return Vec::new();
    }
    let mut variables = variables.clone();
    variables.extend(given);
    let is_made = |line: &&Line| line.targets.iter().any(|target| words.contains(target));
    let at = command.line.unwrap_or(1);
    recipes.iter().filter(is_made).flat_map(|line| of_line(path, line, &variables, at)).collect()
}

/// Simple assignments; the first `?=` and the last of the others win.
fn variables(text: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with(['\t', '#'])) {
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim_start().trim_start_matches("export ");
        let unset = name.ends_with('?');
        let name = name.trim_end_matches([':', '?', ' ', '\t']);
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            continue;
        }
        let value = value.split(" #").next().unwrap_or_default().trim();
        if value.ends_with('\\') || (unset && found.contains_key(name)) {
            continue;
        }
        found.insert(name, value);
    }
    found
}

/// The line with its `$(NAME)`, `${NAME}` and just's `{{NAME}}`, as far as the file itself sets them.
fn expanded(line: &str, variables: &BTreeMap<&str, &str>, depth: usize) -> String {
    const MARKS: [(&str, &str); 3] = [("$(", ")"), ("${", "}"), ("{{", "}}")];
    let mut out = String::new();
    let mut rest = line;
    loop {
        let next = MARKS.iter().filter_map(|mark| Some((rest.find(mark.0)?, mark))).min_by_key(|(at, _)| *at);
        let Some((at, (open, close))) = next else { break };
        out.push_str(&rest[..at]);
        let inner = &rest[at + open.len()..];
        // `$$(…)` is the shell's own.
        let own = out.ends_with('$');
        if !own
            && depth < MAX_NESTING
            && let Some((chosen, behind)) =
                inner.strip_prefix("or ").and_then(|inner| first_set(inner, variables, depth))
        {
            out.push_str(&chosen);
            rest = behind;
            continue;
        }
        let named = inner.find(close).map(|end| (inner[..end].trim(), &inner[end + close.len()..]));
        match named.and_then(|(name, behind)| Some((*variables.get(name)?, behind))) {
            Some((value, behind)) if !own && depth < MAX_NESTING && out.len() + value.len() < MAX_LINE => {
                let value = value.trim_matches(['"', '\'']);
                out.push_str(&expanded(value, variables, depth + 1));
                rest = behind;
            }
            _ => {
                out.push_str(open);
                rest = inner;
            }
        }
    }
    out + rest
}

/// The first part of make's `$(or …)` that is not empty, and what stands behind the bracket.
fn first_set<'l>(
    inner: &'l str,
    variables: &BTreeMap<&str, &str>,
    depth: usize,
) -> Option<(String, &'l str)> {
    let (mut open, mut from, mut parts) = (0, 0, Vec::new());
    let mut end = None;
    for (at, c) in inner.char_indices() {
        match c {
            '(' | '{' => open += 1,
            ')' | '}' if open == 0 => {
                end = Some(at);
                break;
            }
            ')' | '}' => open -= 1,
            ',' if open == 0 => {
                parts.push(inner[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    let end = end?;
    parts.push(inner[from..end].trim());
    let is_unset = |part: &str| {
        let name = part.strip_prefix("$(").or(part.strip_prefix("${")).and_then(|p| p.get(..p.len() - 1));
        name.is_some_and(|name| {
            !variables.contains_key(name) && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
    };
    let chosen = parts.iter().filter(|part| !is_unset(part)).map(|part| expanded(part, variables, depth + 1));
    Some((chosen.into_iter().find(|text| !text.is_empty()).unwrap_or_default(), &inner[end + 1..]))
}
