//! What PHPUnit and Pest run: the suites and groups of `phpunit.xml`, and the words of a command.

use std::collections::BTreeSet;

use regex::Regex;
use roxmltree::Node;

use super::Selected;
use super::filter::{Filter, Names};
use super::launch::{Launch, is_open};
use crate::ids::RepoPath;
use crate::ids::folder::below;
use crate::read::coverage::starts::{Options, Until};
use crate::read::coverage::survey::{Survey, place};
use crate::read::glob::{Dialect, Glob};
use crate::read::xml;
use crate::undecided::Undecided;

const NAMES: [&str; 3] = ["phpunit.xml", "phpunit.dist.xml", "phpunit.xml.dist"];
const VALUED: [&str; 22] = [
    "bootstrap",
    "c",
    "cache-directory",
    "configuration",
    "coverage-clover",
    "coverage-filter",
    "coverage-html",
    "coverage-text",
    "coverage-xml",
    "d",
    "exclude-group",
    "exclude-testsuite",
    "filter",
    "exclude-filter",
    "group",
    "log-junit",
    "min",
    "order-by",
    "p",
    "processes",
    "test-suffix",
    "testsuite",
];

/// What each command that starts PHPUnit runs; where none does, what a configuration makes it run.
pub(super) fn commanded(survey: &Survey<'_>, launches: &[Launch<'_>]) -> Vec<Selected> {
    let mut found: Vec<Selected> = Vec::new();
    for launch in launches {
        let words = match (
            launch.behind(&["phpunit", "simple-phpunit", "paratest", "pest"]),
            launch.behind(&["artisan"]),
        ) {
            (Some(words), _) => words,
            (_, Some([test, words @ ..])) if test == "test" => words,
            _ => continue,
        };
        if words.iter().any(|word| word.starts_with("--list-") || word == "--version") {
            continue;
        }
        found.push(launch.starts(of_command(survey, launch.dir, words)));
    }
    for path in survey.files.iter().filter(|path| NAMES.contains(&path.name())) {
        let started = found.iter().any(|run| run.config.contains(path) || run.dir == path.dir());
        if !started && survey.first(path.dir(), &NAMES).as_ref() == Some(path) {
            found.push(of_command(survey, path.dir(), &[]));
        }
    }
    found
}

fn of_command(survey: &Survey<'_>, dir: &str, words: &[String]) -> Selected {
    let options = Options::read(words, &VALUED, Until::End);
    let mut selected = Selected::new("phpunit", dir);
    let choosing =
        ["testsuite", "exclude-testsuite", "group", "exclude-group", "filter", "exclude-filter", "c"];
    let chosen = choosing.iter().flat_map(|name| options.values(name));
    selected.open = options.rest.iter().map(String::as_str).chain(chosen).any(is_open);
    let of = |name: &str| -> Vec<String> {
        options.values(name).flat_map(|list| list.split(',')).map(|text| text.trim().to_owned()).collect()
    };
    let named = options.value("configuration").or(options.value("c")).and_then(|named| place(dir, named));
    let path = match &named {
        Some(at) => {
            at.parse().ok().filter(|path| survey.tree.contains(path)).or_else(|| survey.first(at, &NAMES))
        }
        None => survey.first(dir, &NAMES),
    };
    let mut groups = Names { groups: of("group"), not_groups: of("exclude-group"), ..Names::default() };
    let suffixes = of("test-suffix");
    let is_test =
        |path: &RepoPath, suffixes: &[String]| suffixes.iter().any(|end| path.name().ends_with(end.as_str()));
    let defaults = || vec!["Test.php".to_owned(), ".phpt".to_owned()];
    if let Some(path) = &path {
        selected.config.push(path.clone());
        let read = survey.tree.text(path).and_then(|text| {
            let text = text.unwrap_or_default();
            let document = xml::parse(text).map_err(|why| Undecided::new(why).at(path))?;
            let root = document.root_element();
            let lists = |of: &str| -> Vec<String> {
                let list = xml::child(root, "groups").and_then(|groups| xml::child(groups, of));
                list.iter()
                    .flat_map(|list| xml::children(*list, "group"))
                    .filter_map(|g| g.text())
                    .map(|t| t.trim().to_owned())
                    .collect()
            };
            // A command's own groups stand in the place of those of the file.
            if groups.groups.is_empty() {
                groups.groups = lists("include");
            }
            if groups.not_groups.is_empty() {
                groups.not_groups = lists("exclude");
            }
            Ok(suites(survey, path.dir(), root, &of("testsuite"), &of("exclude-testsuite")))
        });
        match read {
            Ok(files) => selected.files = files,
            Err(undecided) => selected.undecided = Some(undecided),
        }
    }
    if !options.rest.is_empty() || path.is_none() {
        let suffixes = if suffixes.is_empty() { defaults() } else { suffixes };
        let places: Vec<String> = match options.rest.is_empty() {
            true => vec![dir.to_owned()],
            false => options.rest.iter().filter_map(|word| place(dir, word)).collect(),
        };
        let files = survey.files.iter().filter(|path| {
            places.iter().any(|at| {
                at == path.as_str() || below(at, path.as_str()).is_some() && is_test(path, &suffixes)
            })
        });
        selected.files = files.map(|path| (*path).clone()).collect();
    }
    let regex = |name: &str| {
        let text = options.value(name)?.trim_matches('/').to_owned();
        Regex::new(&text).ok().or_else(|| Regex::new(&regex::escape(&text)).ok())
    };
    (groups.only, groups.not) = (regex("filter"), regex("exclude-filter"));
    selected.filter = Filter::Names(Box::new(groups));
    selected
}

/// The files of the suites: those that are named, the default one, or all.
fn suites(
    survey: &Survey<'_>,
    dir: &str,
    root: Node<'_, '_>,
    named: &[String],
    left_out: &[String],
) -> BTreeSet<RepoPath> {
    let holder = xml::child(root, "testsuites");
    let all: Vec<Node<'_, '_>> = holder
        .iter()
        .flat_map(|node| xml::children(*node, "testsuite"))
        .chain(xml::children(root, "testsuite"))
        .collect();
    let default =
        root.attribute("defaultTestSuite").map(|list| list.split(',').map(|t| t.trim().to_owned()).collect());
    let named: Vec<String> = if named.is_empty() { default.unwrap_or_default() } else { named.to_vec() };
    let is_taken = |node: &&Node<'_, '_>| {
        let name = node.attribute("name").unwrap_or_default();
        (named.is_empty() || named.iter().any(|n| n == name)) && !left_out.iter().any(|n| n == name)
    };
    let mut found = BTreeSet::new();
    for suite in all.iter().filter(is_taken) {
        let texts = |name: &'static str| {
            let nodes = xml::children(*suite, name).collect::<Vec<_>>();
            nodes
                .into_iter()
                .filter_map(|node| Some((node, place(dir, node.text()?.trim())?)))
                .collect::<Vec<_>>()
        };
        let out = texts("exclude");
        let is_out = |path: &RepoPath| {
            out.iter().any(|(_, at)| at == path.as_str() || below(at, path.as_str()).is_some())
        };
        for (node, at) in texts("directory") {
            let suffix = node.attribute("suffix").unwrap_or("Test.php");
            let prefix = node.attribute("prefix").unwrap_or_default();
            let glob =
                Glob::new(&format!("{at}/**"), Dialect::Node { dot: true }).ok().filter(|_| at.contains('*'));
            let inside = survey.files.iter().filter(|path| {
                let is_below = match &glob {
                    Some(glob) => glob.is_match(path.as_str()),
                    None => below(&at, path.as_str()).is_some(),
                };
                is_below && path.name().ends_with(suffix) && path.name().starts_with(prefix) && !is_out(path)
            });
            found.extend(inside.map(|path| (*path).clone()));
        }
        for (_, at) in texts("file") {
            found.extend(at.parse::<RepoPath>().ok().filter(|path| survey.tree.contains(path)));
        }
    }
    found
}
