//! What `dotnet test` runs: the projects below the place that it names, what they compile, and its `--filter`.

use std::collections::BTreeSet;

use super::Selected;
use super::filter::{Asked, Expression, Filter};
use super::launch::{Launch, is_open};
use crate::ids::RepoPath;
use crate::ids::folder::below;
use crate::read::coverage::starts::{Options, Until};
use crate::read::coverage::survey::{Survey, place};
use crate::read::glob::{Dialect, Glob};
use crate::read::tests::{Test, is_test_file};
use crate::read::xml;
use crate::undecided::Undecided;

const VALUED: [&str; 22] = [
    "a",
    "arch",
    "blame-hang-timeout",
    "c",
    "collect",
    "configuration",
    "d",
    "diag",
    "e",
    "environment",
    "f",
    "filter",
    "framework",
    "l",
    "logger",
    "o",
    "output",
    "r",
    "results-directory",
    "runtime",
    "s",
    "settings",
];

/// What each command that starts `dotnet test` runs.
pub(super) fn commanded(survey: &Survey<'_>, launches: &[Launch<'_>]) -> Vec<Selected> {
    let mut found = Vec::new();
    for launch in launches {
        let Some([test, words @ ..]) = launch.behind(&["dotnet"]) else { continue };
        if test == "test" && !words.iter().any(|word| matches!(word.as_str(), "-t" | "--list-tests")) {
            found.push(launch.starts(of_command(survey, launch.dir, words)));
        }
    }
    found
}

fn of_command(survey: &Survey<'_>, dir: &str, words: &[String]) -> Selected {
    let options = Options::read(words, &VALUED, Until::End);
    let mut selected = Selected::new("dotnet", "");
    selected.open = options.rest.iter().map(String::as_str).chain(options.values("filter")).any(is_open);
    let named = options.rest.iter().find(|word| !word.starts_with('/'));
    let at = named.map_or_else(|| Some(dir.to_owned()), |named| place(dir, &named.replace('\\', "/")));
    if let Some(at) = at {
        let under = match at.rsplit_once('.').map(|(_, ending)| ending) {
            Some("csproj" | "sln" | "slnx" | "slnf") => {
                at.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned()
            }
            _ => at,
        };
        selected.files = files(survey, &under, &mut selected.config);
    }
    let mut texts: Vec<String> = options.value("filter").map(str::to_owned).into_iter().collect();
    let settings = options.value("settings").or(options.value("s")).and_then(|named| place(dir, named));
    if let Some(path) =
        settings.and_then(|at| at.parse::<RepoPath>().ok()).filter(|path| survey.tree.contains(path))
    {
        texts.extend(of_settings(survey, &path));
        selected.config.push(path);
    }
    let mut all = Vec::new();
    for text in texts {
        match read(&text) {
            Some(expression) => all.push(expression),
            None => {
                let why = format!("selects tests by {text:?}, which is not read");
                selected.undecided = Some(Undecided::new(why));
            }
        }
    }
    if !all.is_empty() {
        selected.filter = Filter::Asked(Box::new(Asked { expression: Expression::And(all), holds }));
    }
    selected
}

/// `TestCaseFilter` of a `.runsettings`.
fn of_settings(survey: &Survey<'_>, path: &RepoPath) -> Option<String> {
    let document = xml::parse(survey.tree.text(path).ok()??).ok()?;
    let run = xml::child(document.root_element(), "RunConfiguration")?;
    xml::text(run, "TestCaseFilter").map(str::to_owned)
}

/// The files of tests that the projects below a folder compile.
fn files(survey: &Survey<'_>, dir: &str, config: &mut Vec<RepoPath>) -> BTreeSet<RepoPath> {
    let mut removed: Vec<(String, Glob)> = Vec::new();
    for path in survey.under(dir).filter(|path| path.extension() == "csproj") {
        let Ok(Some(text)) = survey.tree.text(path) else { continue };
        if !text.contains("Remove") {
            continue;
        }
        let Ok(document) = xml::parse(text) else { continue };
        for node in document.descendants().filter(|node| node.tag_name().name() == "Compile") {
            // What hangs on a condition is for the build to decide.
            let conditional = node.ancestors().any(|node| node.attribute("Condition").is_some());
            for pattern in
                node.attribute("Remove").filter(|_| !conditional).into_iter().flat_map(|t| t.split(';'))
            {
                let at = place(path.dir(), &pattern.trim().replace('\\', "/"));
                let glob = at.and_then(|at| Glob::new(&at, Dialect::Node { dot: true }).ok());
                removed.extend(glob.map(|glob| (path.dir().to_owned(), glob)));
            }
        }
        config.push(path.clone());
    }
    let is_out = |path: &RepoPath| {
        removed.iter().any(|(dir, glob)| below(dir, path.as_str()).is_some() && glob.is_match(path.as_str()))
    };
    let tests = survey.under(dir).filter(|path| path.extension() == "cs" && is_test_file(path));
    tests.filter(|path| !is_out(path)).cloned().collect()
}

/// Reads `Category!=Slow&FullyQualifiedName~Cart`.
fn read(text: &str) -> Option<Expression> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '&' | '|' | '(' | ')' => {
                words.extend((!word.trim().is_empty()).then(|| std::mem::take(&mut word).trim().to_owned()));
                word.clear();
                words.push(match c {
                    '&' => "and".to_owned(),
                    '|' => "or".to_owned(),
                    c => c.to_string(),
                });
            }
            '\\' => word.extend(characters.next()),
            c => word.push(c),
        }
    }
    words.extend((!word.trim().is_empty()).then(|| word.trim().to_owned()));
    Expression::of_words(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Whether `Property=value`, or another comparison, holds of a test.
fn holds(word: &str, test: &Test) -> bool {
    let Some(at) = word.find(['=', '~', '!']) else { return full_name(test).contains(word) };
    let property = word[..at].trim();
    let (not, rest) = word[at..].strip_prefix('!').map_or((false, &word[at..]), |rest| (true, rest));
    let (contains, value) =
        rest.strip_prefix('~').map_or((false, rest.trim_start_matches('=')), |v| (true, v));
    let value = value.trim();
    let is = match property {
        "FullyQualifiedName" | "Name" | "DisplayName" | "ClassName" => {
            let name = full_name(test);
            if contains { name.contains(value) } else { name.ends_with(value) }
        }
        _ if contains => test.tags.iter().any(|tag| tag.contains(value)),
        _ => test.tags.contains(value),
    };
    is != not
}

/// The name as far as path and text tell it.
fn full_name(test: &Test) -> String {
    let path = test.path.as_str().trim_end_matches(".cs").replace('/', ".");
    format!("{path}.{}", test.name.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_with_their_operators() {
        let shown = |text: &str| format!("{:?}", read(text));
        assert_eq!(
            shown("Category!=Slow&(Name~A|Name~B)"),
            r#"Some(And([Word("Category!=Slow"), Or([Word("Name~A"), Word("Name~B")])]))"#
        );
        assert_eq!(shown("Category=A&"), "None");
    }
}
