//! What the runtimes' own runners take for tests: `node --test`, `bun test`, `deno test`.

use std::collections::BTreeSet;

use super::{Filter, Selected};
use crate::ids::RepoPath;
use crate::read::coverage::flags::Run;
use crate::read::coverage::starts::{Options, Until, starts};
use crate::read::coverage::survey::{Survey, below, place};
use crate::read::glob::{Dialect, Glob};
use crate::undecided::Undecided;

/// What Node.js takes for tests where no file is named.
const NODE: &str = "**/{test,test/**/*,test-*,*[._-]test}.{js,mjs,cjs,ts,mts,cts}";
/// Options of Node.js that take the next word.
const VALUED: [&str; 15] = [
    "C",
    "conditions",
    "coverage-threshold",
    "env-file",
    "experimental-loader",
    "import",
    "loader",
    "r",
    "require",
    "test-concurrency",
    "test-name-pattern",
    "test-reporter",
    "test-reporter-destination",
    "test-skip-pattern",
    "test-timeout",
];

pub(super) fn selected(survey: &Survey<'_>) -> Vec<Selected> {
    let mut found = Vec::new();
    for tool in ["node", "tsx", "bun", "deno"] {
        for start in starts(survey, tool) {
            let mut words = start.words.to_vec();
            let runner = match tool {
                "node" | "tsx" if words.iter().any(|word| word == "--test") => "node",
                "bun" | "deno" if words.first().is_some_and(|word| word == "test") => {
                    words.remove(0);
                    tool
                }
                _ => continue,
            };
            let mut selected = Selected::new(runner, start.dir);
            selected.config.push(start.at.clone());
            let options = Options::read(&words, &VALUED, Until::End);
            match files(survey, start.dir, runner, &options.rest) {
                Ok(files) => selected.files = files,
                Err(undecided) => selected.undecided = Some(undecided),
            }
            let pattern = options.values("test-name-pattern").next().map(|p| p.trim_matches('/').to_owned());
            if let Some(filter) = pattern.map(|pattern| Filter::named(&pattern)) {
                match filter {
                    Ok(filter) => selected.filter = filter,
                    Err(undecided) => selected.undecided = Some(undecided),
                }
            }
            let line = Run { at: start.at.clone(), line: start.line, words: words.clone(), is_told: true };
            found.push(selected.started_by(&line));
        }
    }
    found
}

fn files(
    survey: &Survey<'_>,
    dir: &str,
    runner: &str,
    named: &[String],
) -> Result<BTreeSet<RepoPath>, Undecided> {
    let by_default = |path: &RepoPath| {
        let seen = below(dir, path.as_str()).unwrap_or(path.as_str());
        let name = path.name();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        match runner {
            "node" => Glob::new(NODE, Dialect::Node { dot: false }).is_ok_and(|glob| glob.is_match(seen)),
            "bun" => [".test", "_test", ".spec", "_spec"].iter().any(|end| stem.ends_with(end)),
            _ => {
                stem == "test"
                    || stem.ends_with(".test")
                    || stem.ends_with("_test")
                    || seen.contains("__tests__/")
            }
        }
    };
    let all = || survey.under(dir).filter(|path| super::is_script(path));
    if named.is_empty() {
        return Ok(all().filter(|path| by_default(path)).cloned().collect());
    }
    let mut found = BTreeSet::new();
    for pattern in named {
        if pattern.contains('$') {
            return Err(Undecided::new(format!(
                "tests are named by `{pattern}`, which only the run can tell"
            )));
        }
        if runner == "bun" && !pattern.starts_with(['.', '/']) && !pattern.contains('*') {
            found.extend(
                all().filter(|path| by_default(path) && path.as_str().contains(pattern.as_str())).cloned(),
            );
            continue;
        }
        let Some(at) = place(dir, pattern) else { continue };
        let inside: Vec<&RepoPath> = survey.under(&at).filter(|path| super::is_script(path)).collect();
        if !inside.is_empty() {
            // Node.js up to 20 takes every file of a folder that it is given.
            found.extend(inside.into_iter().filter(|path| runner == "node" || by_default(path)).cloned());
            continue;
        }
        let glob = Glob::new(&at, Dialect::Node { dot: false })?;
        found.extend(all().filter(|path| glob.is_match(path.as_str()) || path.as_str() == at).cloned());
    }
    Ok(found)
}
