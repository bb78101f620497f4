//! What the filters of gcov's reports have in common: the sources they speak of, and the folders in their patterns.

use std::collections::BTreeSet;

use super::settings::untold;
use super::survey::Survey;
use crate::ids::RepoPath;
use crate::read::javascript::ROOT;
use crate::read::json::Value;
use crate::undecided::Undecided;

/// The endings of what gcov and LLVM measure.
const COMPILED: [&str; 21] = [
    "c", "cc", "cpp", "cxx", "c++", "h", "hh", "hpp", "hxx", "h++", "inl", "ipp", "tpp", "m", "mm", "f",
    "f90", "cu", "d", "rs", "swift",
];
/// The endings of what other tools write in lcov's format.
const OTHER: [&str; 15] =
    ["dart", "js", "jsx", "ts", "tsx", "mjs", "cjs", "py", "go", "java", "kt", "rb", "php", "vue", "pl"];

/// The compiled sources below a folder; with `any`, those of other languages too.
pub(super) fn sources(survey: &Survey<'_>, dir: &str, any: bool) -> BTreeSet<RepoPath> {
    let ending =
        |path: &&RepoPath| COMPILED.contains(&path.extension()) || any && OTHER.contains(&path.extension());
    survey.under(dir).filter(ending).cloned().collect()
}

/// A flag's values as they are written, with their variables.
pub(super) fn written(flags: &Value, key: &str) -> Vec<String> {
    match flags.get(key) {
        Some(Value::Text(text) | Value::Unknown(text)) => vec![text],
        Some(Value::List(items)) => {
            let text = |item| match item {
                Value::Text(text) | Value::Unknown(text) => Some(text),
                _ => None,
            };
            items.into_iter().filter_map(text).collect()
        }
        _ => Vec::new(),
    }
}

/// The pattern with the folder that the command runs in put in. `Undecided` names what only a run could tell.
pub(super) fn rooted(dir: &str, flag: &str, pattern: &str) -> Result<String, Undecided> {
    const HERE: [&str; 7] = ["$(pwd)", "`pwd`", "${PWD}", "$PWD", "$(CURDIR)", "$(PWD)", "${CURDIR}"];
    const TOP: [&str; 5] = [
        "${{ github.workspace }}",
        "${{github.workspace}}",
        "${GITHUB_WORKSPACE}",
        "$GITHUB_WORKSPACE",
        "$(git rev-parse --show-toplevel)",
    ];
    let here = format!("{ROOT}/{dir}");
    let mut text = pattern.to_owned();
    for mark in HERE {
        text = text.replace(mark, here.trim_end_matches('/'));
    }
    for mark in TOP {
        text = text.replace(mark, ROOT);
    }
    let variable = |at: usize| {
        text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '(' | '{' | '_'))
    };
    let open = text.match_indices('$').any(|(at, _)| variable(at));
    if open { Err(untold(flag, pattern)) } else { Ok(text) }
}

#[cfg(test)]
mod tests;
