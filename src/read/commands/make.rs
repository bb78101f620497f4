//! Recipes of Makefiles and justfiles.

use std::collections::BTreeMap;

use super::{Command, lines};
use crate::ids::RepoPath;

/// Variables that name variables are followed this far.
const MAX_NESTING: usize = 4;
/// A line that grows beyond this by its variables stays as it is written.
const MAX_LINE: usize = 16 * 1024;

/// The commands of all recipes. Each line is a shell of its own, as make runs it.
pub(super) fn commands(path: &RepoPath, text: &str) -> Vec<Command> {
    let variables = variables(text);
    let mut found = Vec::new();
    let mut all = text.lines().enumerate();
    while let Some((number, line)) = all.next() {
        if !line.starts_with([' ', '\t']) {
            continue;
        }
        let mut line = line.trim().trim_start_matches(['@', '-', '+']).to_owned();
        while line.ends_with('\\') {
            line.pop();
            let Some((_, next)) = all.next() else { break };
            line.push_str(next.trim_start());
        }
        let line = expanded(&line, &variables, 0).replace("$$", "$");
        let recipe = lines(path, &line, Some(1), path.dir());
        found.extend(recipe.into_iter().map(|command| Command { line: Some(number + 1), ..command }));
    }
    found
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
