//! grcov: the filters of its command.

use std::collections::BTreeSet;

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::flags::{self, Run, Wraps};
use super::native::{rooted, sources, written};
use super::settings::{text, untold};
use super::survey::{Survey, place, relative};
use super::{Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::read::json::Value;
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &[];

const SWITCHES: [&str; 8] = [
    "ignoreNotExisting",
    "ignoreParsingError",
    "branch",
    "llvm",
    "parallel",
    "guessDirectoryWhenMissing",
    "noDemangle",
    "noDate",
];
const ALIASES: [(&str, &str); 5] =
    [("s", "sourceDir"), ("p", "prefixDir"), ("b", "binaryPath"), ("t", "outputTypes"), ("o", "outputPath")];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let of_folder = |dir| survey.starts(dir, "grcov").into_iter().map(move |run| scope(survey, dir, &run));
    survey.folders("grcov").into_iter().flat_map(of_folder).collect()
}

fn scope(survey: &Survey<'_>, dir: &str, run: &Run) -> Scope {
    let flags = flags::flags(&run.words, &SWITCHES, &ALIASES, Wraps::Nothing);
    let mut scope = Scope::new("grcov", dir, vec![run.at.clone()]);
    scope.stage = Stage::Report;
    scope.measured(measured(survey, dir, &flags).map(|files| (Mode::Loaded, files)))
}

fn measured(survey: &Survey<'_>, dir: &str, flags: &Value) -> Result<BTreeSet<RepoPath>, Undecided> {
    for key in ["filter", "inclExplicit", "pathMapping"] {
        if let Some(value) = text(flags, key)? {
            return Err(untold(key, &value));
        }
    }
    let source = written(flags, "sourceDir").pop().unwrap_or_else(|| ".".to_owned());
    let source = rooted(dir, "source-dir", &source)?;
    let Some(root) = place(dir, &source) else { return Err(untold("source-dir", &source)) };
    let ignore = globs(dir, "--ignore", &written(flags, "ignore"))?;
    let keep = globs(dir, "--keep-only", &written(flags, "keepOnly"))?;
    let mut files = sources(survey, "", false);
    files.retain(|path| {
        let path = relative(&root, path.as_str());
        let path = path.trim_start_matches("../");
        !ignore.is_match(path) && (keep.is_empty() || keep.is_match(path))
    });
    Ok(files)
}

/// A `*` also crosses folders.
fn globs(dir: &str, flag: &str, patterns: &[String]) -> Result<GlobSet, Undecided> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let text = rooted(dir, flag, pattern)?;
        set.add(Glob::new(&text).map_err(|_| untold(flag, pattern))?);
    }
    set.build().map_err(|_| untold(flag, "a pattern that is too large"))
}
