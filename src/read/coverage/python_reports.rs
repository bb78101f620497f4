//! `coverage report` and its like: what they leave out of the data that a run wrote.
//!
//! Each of the commands is a filter of its own: a page for people may leave out what the command that fails does not.

use std::collections::BTreeSet;

use super::python::{configured, patterns};
use super::settings::{texts, untold};
use super::survey::Survey;
use super::{Mode, Scope, Stage};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::coverage::flags::expands;
use crate::read::coverage::starts::{Options, Until};
use crate::read::javascript::ROOT;
use crate::read::json::Value;
use crate::undecided::Undecided;

/// Those of coverage.py's own reader.
pub(super) const NEEDS: &[&str] = &[];

const REPORTS: [(&str, &str); 4] = [
    ("report", "coverage report"),
    ("xml", "coverage xml"),
    ("json", "coverage json"),
    ("lcov", "coverage lcov"),
];
const VALUED: [&str; 11] = [
    "data-file",
    "contexts",
    "fail-under",
    "format",
    "include",
    "omit",
    "precision",
    "sort",
    "rcfile",
    "o",
    "d",
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut found = Vec::new();
    for command in survey.commands.iter() {
        let words = ["coverage", "coverage3"].into_iter().find_map(|name| command.start(name));
        let Some([kind, words @ ..]) = words else { continue };
        let Some((_, tool)) = REPORTS.iter().find(|(name, _)| name == kind) else { continue };
        let options = Options::read(words, &VALUED, Until::End);
        let mut scope = Scope::new(tool, &command.dir, vec![command.at.clone()]);
        scope.stage = Stage::Report;
        let files = kept(survey, &command.dir, &options);
        found.push(scope.measured(files.map(|files| (Mode::Loaded, files))));
    }
    found.dedup();
    found
}

fn kept(survey: &Survey<'_>, dir: &str, options: &Options) -> Result<BTreeSet<RepoPath>, Undecided> {
    let settings = match ancestors(dir).find_map(|dir| configured(survey, dir)) {
        Some((_, settings)) => settings.unwrap_or(Value::Null),
        None => Value::Null,
    };
    let report = settings.get("report").unwrap_or(Value::Null);
    // An option replaces what the file says.
    let named = |name: &str| -> Result<Option<Vec<String>>, Undecided> {
        match options.value(name) {
            Some(value) if expands(value) => Err(untold(&format!("--{name}"), value)),
            Some(value) => Ok(Some(value.split(',').map(|part| part.trim().to_owned()).collect())),
            None => texts(&report, name),
        }
    };
    let include = named("include")?.filter(|list| !list.is_empty());
    let include = include.map(|list| patterns(dir, &list)).transpose()?;
    let omit = patterns(dir, &named("omit")?.unwrap_or_default())?;
    // The report keeps to the files that are named, where any are. A variable holds options as often.
    let named: Vec<String> = options.rest.iter().filter(|word| word.ends_with(".py")).cloned().collect();
    let known = !named.is_empty() && !named.iter().any(|word| expands(word) || word.contains('{'));
    let operands = known.then(|| patterns(dir, &named)).transpose()?;
    let stays = |path: &&RepoPath| {
        let seen = format!("{ROOT}/{path}");
        matches!(path.extension(), "py" | "pyw")
            && [&include, &operands]
                .into_iter()
                .flatten()
                .all(|all| all.iter().any(|regex| regex.is_match(&seen)))
            && !omit.iter().any(|regex| regex.is_match(&seen))
    };
    Ok(survey.under(dir).filter(stays).cloned().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::change::Tree;
    use crate::read::coverage::scopes;

    const SOURCES: [(&str, &str); 3] = [("app/a.py", ""), ("app/old/b.py", ""), ("tests/test_a.py", "")];

    fn of(files: &[(&str, &str)], tool: &str) -> Scope {
        let files = files.iter().copied().chain(SOURCES);
        let found = scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))));
        let mut found = found.into_iter().filter(|scope| scope.tool == tool);
        let scope = found.next().unwrap();
        assert_eq!(found.next(), None);
        scope
    }

    fn names(scope: &Scope) -> String {
        assert_eq!((&scope.undecided, scope.stage), (&None, Stage::Report));
        scope.files.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn options_of_a_report_go_before_the_file() {
        let rc = (".coveragerc", "[report]\nomit = tests/*\n");
        assert_eq!(
            names(&of(&[rc, ("ci.sh", "coverage report")], "coverage report")),
            "app/a.py app/old/b.py"
        );
        let omit = ("ci.sh", "python -m coverage report --omit '*/old/*,setup.py' --fail-under=80");
        assert_eq!(names(&of(&[rc, omit], "coverage report")), "app/a.py tests/test_a.py");
        let include = ("Makefile", "cov:\n\tcoverage xml --include=app/* -o c.xml\n");
        assert_eq!(names(&of(&[rc, include], "coverage xml")), "app/a.py app/old/b.py");
    }

    #[test]
    fn what_only_a_run_can_tell_is_named() {
        let scope = of(&[("ci.sh", "coverage report --omit \"$OMIT\"")], "coverage report");
        assert!(scope.undecided.unwrap().why.contains("$OMIT"));
        let options = ("tox.ini", "[testenv]\ncommands = coverage report {posargs}\n");
        assert_eq!(names(&of(&[options], "coverage report")), "app/a.py app/old/b.py tests/test_a.py");
        assert_eq!(names(&of(&[("ci.sh", "coverage report -m app/a.py")], "coverage report")), "app/a.py");
    }
}
