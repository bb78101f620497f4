//! How tests that left a selection are told.

use std::collections::BTreeSet;

use crate::checks::Finding;
use crate::claims::{ClaimKind, Claims, Sentence};
use crate::ids::RepoPath;
use crate::read::coverage::changed_lines;
use crate::read::tests::selection::Selected;
use crate::span::{Location, Side};

use super::RULE;
use super::gone::{Lost, Sides, Way, akin};

/// So many files are named, and so many tests of each.
const FILES_SHOWN: usize = 8;
const TESTS_SHOWN: usize = 3;

/// What a line speaks of that decides what is selected, by how surely it does.
const WORDS: [&[&str]; 3] = [
    &[
        "testmatch",
        "testregex",
        "testpathignore",
        "testpathpattern",
        "testnamepattern",
        "testdir",
        "testignore",
        "grep",
        "testpaths",
        "norecurse",
        "addopts",
        "python_files",
        "python_functions",
        "python_classes",
        "collect_ignore",
        "deselect",
        "default-filter",
        "testsuite",
        "excludedgroups",
        "excludegroup",
        "exclude-group",
        "excludetags",
        "excludetests",
        "skiptests",
        "maven.test.skip",
        "testcasefilter",
        "--skip",
        "-skip",
        "-run",
        "-short",
        "--ignore",
        "-x test",
    ],
    &[
        "exclude", "include", "ignore", "roots", "projects", "spec", "filter", "tag", "group", "suite",
        "test =", "enabled", "remove",
    ],
    &[
        "jest",
        "vitest",
        "mocha",
        "playwright",
        "pytest",
        "cargo",
        "nextest",
        "go test",
        "gotestsum",
        "mvn",
        "gradle",
        "dotnet",
        "phpunit",
        "pest",
        "rspec",
        "--test",
        "test",
    ],
];

/// One finding for each runner and way.
pub(super) fn findings(sides: &Sides<'_>, lost: &[Lost<'_>], claims: &Claims) -> Vec<Finding> {
    let mut groups: Vec<Vec<&Lost<'_>>> = Vec::new();
    let key =
        |lost: &Lost<'_>| (sides.base[lost.runs[0]].runner, lost.way, lost.now.clone(), lost.doubt.clone());
    for lost in lost {
        match groups.iter_mut().find(|group| key(group[0]) == key(lost)) {
            Some(group) => group.push(lost),
            None => groups.push(vec![lost]),
        }
    }
    groups.iter().map(|group| finding(sides, group, claims)).collect()
}

fn finding(sides: &Sides<'_>, group: &[&Lost<'_>], claims: &Claims) -> Finding {
    let mut places = places(sides, group);
    let primary = places.remove(0);
    let names: Vec<String> = group
        .iter()
        .flat_map(|lost| lost.tests.iter().map(|test| format!("{}: {}", lost.path, test.title())))
        .collect();
    let claim = claims.fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }));
    let mut finding = Finding::new(&RULE, primary, headline(sides, group), &names.join("\n"))
        .explain(explanation(sides, group))
        .gainsays(claim)
        .disclosed(admission(claims));
    for place in places {
        finding = finding.related(place);
    }
    for lost in group.iter().take(2) {
        let test = &lost.tests[0];
        let text = sides.change.text(Side::Head, lost.path).ok().flatten();
        let there = text.and_then(|text| {
            let name = test.name.last()?;
            let line = text.lines().position(|line| line.contains(name.as_str()))? + 1;
            Some(Location::of_lines(Side::Head, lost.path, text, line, line).label("still here"))
        });
        finding.related.extend(there);
    }
    let is_proved = group[0].way == Way::Narrowed && group[0].doubt.is_none();
    if is_proved { finding } else { finding.note() }
}

/// The changed lines that decide: head's first. The file of the first test stands in where none is found.
fn places(sides: &Sides<'_>, group: &[&Lost<'_>]) -> Vec<Location> {
    let mut files: Vec<RepoPath> = Vec::new();
    let mut add = |run: &Selected| {
        for path in &run.config {
            if !files.contains(path) {
                files.push(path.clone());
            }
        }
    };
    group.iter().flat_map(|lost| &lost.now).for_each(|at| add(&sides.head[*at]));
    group.iter().flat_map(|lost| &lost.runs).for_each(|at| add(&sides.base[*at]));
    let mut places = changed_lines(sides.change, &files, &WORDS);
    if places.is_empty() {
        places.push(Location::file(Side::Head, group[0].path));
    }
    places
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn headline(sides: &Sides<'_>, group: &[&Lost<'_>]) -> String {
    let runner = said(sides.base[group[0].runs[0]].runner);
    let tests: usize = group.iter().map(|lost| lost.tests.len()).sum();
    let what = match group {
        [one] if tests == 1 => format!("test `{}` of `{}`", one.tests[0].title(), one.path.name()),
        [one] => format!("{} of `{}`", counted(tests, "test", "tests"), one.path),
        files => format!("{} in {} files", counted(tests, "test", "tests"), files.len()),
    };
    let are = if tests == 1 { "is" } else { "are" };
    match group[0].way {
        Way::Narrowed => format!("{what} {are} no longer selected by {runner}"),
        Way::Aside => format!("{what} {are} no longer run on changes"),
        Way::Removed => format!("{what} {are} run by no command of the repository any more"),
        Way::Replaced => format!("{what} {are} selected by no runner since {runner} was replaced"),
    }
}

/// A runner as people name it.
pub(super) fn said(runner: &'static str) -> &'static str {
    match runner {
        "cargo" => "`cargo test`",
        "go" => "`go test`",
        "dotnet" => "`dotnet test`",
        "node" => "`node --test`",
        "jest" => "Jest",
        "vitest" => "Vitest",
        "mocha" => "Mocha",
        "playwright" => "Playwright",
        "phpunit" => "PHPUnit",
        "rspec" => "RSpec",
        "maven" => "Maven",
        "gradle" => "Gradle",
        "nextest" => "cargo-nextest",
        other => other,
    }
}

fn explanation(sides: &Sides<'_>, group: &[&Lost<'_>]) -> String {
    let first = group[0];
    let runner = said(sides.base[first.runs[0]].runner);
    let was = runs(&sides.base, first.runs.iter().copied());
    let now = runs(&sides.head, first.now.iter().copied());
    let mut text = match first.way {
        Way::Narrowed => {
            format!("At base {runner} took these tests ({was}); at head it leaves them out ({now}):\n")
        }
        Way::Aside => {
            format!("At base {runner} ran them ({was}); at head only {now} does, which no change starts:\n")
        }
        Way::Removed => format!(
            "At base {runner} ran them ({was}); that run is gone, and what is left takes other files:\n"
        ),
        Way::Replaced => format!(
            "At base {runner} ran them ({was}); at head {now} works in its place and does not take them:\n"
        ),
    };
    for lost in group.iter().take(FILES_SHOWN) {
        let names: Vec<String> =
            lost.tests.iter().take(TESTS_SHOWN).map(|test| format!("`{}`", test.title())).collect();
        let more = lost.tests.len().saturating_sub(TESTS_SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let part = if lost.in_part { " (others of the file still run)" } else { "" };
        text.push_str(&format!("  {}:{}: {}{more}{part}\n", lost.path, lost.tests[0].line, names.join(", ")));
    }
    if group.len() > FILES_SHOWN {
        text.push_str(&format!("  and {} more files\n", group.len() - FILES_SHOWN));
    }
    if first.way == Way::Aside {
        text.push_str("A pull request that breaks them is green until that run comes.");
        return text;
    }
    if let Some(doubt) = &first.doubt {
        text.push_str(&format!("It is a note because {doubt}."));
        return text;
    }
    let kin = sides.head.iter().filter(|run| !akin(run, &sides.base[first.runs[0]])).map(|run| run.runner);
    let others: BTreeSet<&'static str> = kin.collect();
    let others = if others.is_empty() {
        String::new()
    } else {
        format!(" ({} looked at as well)", others.into_iter().map(said).collect::<Vec<_>>().join(", "))
    };
    text.push_str(&format!(
        "They still stand in the tree, and no other command, script or workflow of it takes them{others}: nothing was moved \
         or merged. A green run says nothing of what they test."
    ));
    text
}

/// The runs, each by its command and place, or by its configuration.
fn runs(all: &[Selected], at: impl Iterator<Item = usize>) -> String {
    let one = |at: usize| {
        let run = &all[at];
        match (&run.command, run.config.first()) {
            (Some(command), config) => {
                let line = command.line.map(|line| format!(":{line}")).unwrap_or_default();
                let config = config.filter(|path| **path != command.at).map(|path| format!(", {path}"));
                format!("`{}` in {}{line}{}", short(&command.words), command.at, config.unwrap_or_default())
            }
            (None, Some(config)) => format!("by {config}"),
            (None, None) => "by its defaults".to_owned(),
        }
    };
    let mut seen = BTreeSet::new();
    let all: Vec<String> = at.map(one).filter(|text| seen.insert(text.clone())).collect();
    let more = all.len().saturating_sub(2);
    let shown = all.into_iter().take(2).collect::<Vec<_>>().join("; ");
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}

fn short(words: &str) -> String {
    let cut: String = words.chars().take(100).collect();
    if cut.len() < words.len() { format!("{cut}…") } else { cut }
}

/// The sentence in which the pull request says that some tests are left out.
pub(super) fn admission(claims: &Claims) -> Option<&Sentence> {
    const LESS: [&str; 14] = [
        "exclud",
        "ignor",
        "skip",
        "deselect",
        "disabl",
        "quarantin",
        "narrow",
        "restrict",
        "only run",
        "no longer run",
        "leave out",
        "left out",
        "filter out",
        "opt out",
    ];
    claims.sentences.iter().find(|sentence| {
        let text = sentence.text.to_lowercase();
        (text.contains("test") || text.contains("spec") || text.contains("suite"))
            && LESS.iter().any(|word| text.contains(word))
    })
}
