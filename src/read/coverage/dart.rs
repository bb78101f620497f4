//! Dart: `very_good test`, the action of its authors, and `remove_from_coverage`.

use std::collections::{BTreeMap, BTreeSet};

use super::flags::expands;
use super::settings::untold;
use super::starts::{Options, Until, percent};
use super::survey::{Survey, below, place};
use super::{Gate, Mode, Scope, Stage, actions, expression};
use crate::ids::RepoPath;
use crate::read::commands::Command;
use crate::read::glob::{Dialect, Glob};
use crate::undecided::Undecided;

/// Command lines and workflows only, which every survey reads.
pub(super) const NEEDS: &[&str] = &[];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut found: Vec<Scope> = survey.commands.iter().filter_map(|command| run(survey, command)).collect();
    found.extend(removed(survey));
    found.extend(steps(survey));
    found.dedup();
    found
}

/// The words behind a program of a Dart package, started by its name or by `pub run`.
fn started<'c>(command: &'c Command, tool: &str) -> Option<&'c [String]> {
    let named = |word: &String| {
        let name = word.rsplit(['/', ':']).next().unwrap_or(word);
        name == tool
    };
    let at = command.words.iter().position(named)?;
    const LAUNCHERS: [&str; 7] = ["dart", "flutter", "fvm", "pub", "global", "run", "exec"];
    let launches = |word: &String| {
        LAUNCHERS.contains(&word.as_str()) || word.starts_with(['-', '$']) || word.contains('=')
    };
    command.words[..at].iter().all(launches).then(|| &command.words[at + 1..])
}

/// The files of the package that a pattern does not take out.
fn kept(survey: &Survey<'_>, dir: &str, out: impl Fn(&str) -> bool) -> BTreeSet<RepoPath> {
    let lib = place(dir, "lib").unwrap_or_default();
    let stays = |path: &&RepoPath| {
        path.extension() == "dart" && below(dir, path.as_str()).is_some_and(|seen| !out(seen))
    };
    survey.under(&lib).filter(stays).cloned().collect()
}

/// `very_good test --coverage`.
fn run(survey: &Survey<'_>, command: &Command) -> Option<Scope> {
    let [first, words @ ..] = started(command, "very_good")? else { return None };
    const VALUED: [&str; 10] = [
        "min-coverage",
        "exclude-coverage",
        "collect-coverage-from",
        "j",
        "concurrency",
        "t",
        "tags",
        "x",
        "exclude-tags",
        "test-randomize-ordering-seed",
    ];
    let options = Options::read(words, &VALUED, Until::End);
    let covers = options.on("coverage") || options.has("min-coverage");
    if first != "test" || !covers {
        return None;
    }
    let scope = Scope::new("very_good test", &command.dir, vec![command.at.clone()]);
    let gates = options.value("min-coverage").map(|value| percent("--min-coverage", value)).transpose();
    let gates = gates.map(|figure| {
        figure.map(|figure| ("min-coverage".to_owned(), Gate::AtLeast(figure))).into_iter().collect()
    });
    let mode = match options.value("collect-coverage-from") {
        Some("all") => Mode::Matching,
        _ => Mode::Loaded,
    };
    let exclude = options.value("exclude-coverage").map(|pattern| match expands(pattern) {
        true => Err(untold("--exclude-coverage", pattern)),
        false => Glob::new(pattern, Dialect::Picomatch),
    });
    let files = exclude.transpose().map(|glob| {
        let out = |seen: &str| glob.as_ref().is_some_and(|glob| glob.is_match(seen));
        (mode, kept(survey, &command.dir, out))
    });
    Some(scope.measured(files).gated(gates))
}

/// `remove_from_coverage -r …`: all of one file's commands work on the same report.
fn removed(survey: &Survey<'_>) -> Vec<Scope> {
    let mut by_place: BTreeMap<(&str, &RepoPath), Vec<String>> = BTreeMap::new();
    for command in survey.commands.iter() {
        let Some(words) = started(command, "remove_from_coverage") else { continue };
        let options = Options::read(words, &["f", "file", "r", "remove"], Until::End);
        let patterns = options.values("r").chain(options.values("remove"));
        let patterns = patterns.flat_map(|list| list.split(',')).map(str::to_owned);
        by_place.entry((command.dir.as_str(), &command.at)).or_default().extend(patterns);
    }
    let of = |((dir, at), patterns): ((&str, &RepoPath), Vec<String>)| {
        let compiled = |pattern: &String| match expands(pattern) {
            true => Err(untold("remove_from_coverage -r", pattern)),
            false => expression::compile(pattern),
        };
        let patterns: Result<Vec<_>, Undecided> = patterns.iter().map(compiled).collect();
        let files = patterns.map(|patterns| {
            let out = |seen: &str| patterns.iter().any(|regex| regex.is_match(&format!("SF:{seen}")));
            (Mode::Loaded, kept(survey, dir, out))
        });
        let mut scope = Scope::new("remove_from_coverage", dir, vec![at.clone()]);
        scope.stage = Stage::Report;
        scope.measured(files)
    };
    by_place.into_iter().map(of).collect()
}

/// The steps that judge a report.
fn steps(survey: &Survey<'_>) -> Vec<Scope> {
    let mut found = Vec::new();
    for (at, step) in actions::steps(survey, &["verygoodopensource/very_good_coverage"]) {
        let report = actions::input(&step, "path").unwrap_or("coverage/lcov.info");
        // The report lies in a folder of the package.
        let folder = report.rsplit_once('/').map_or("", |(folder, _)| folder);
        let dir = place("", folder).unwrap_or_default();
        let dir = dir.strip_suffix("coverage").unwrap_or(&dir).trim_end_matches('/');
        let minimum = actions::input(&step, "min_coverage").filter(|value| !value.is_empty());
        let gates = percent("min_coverage", minimum.unwrap_or("100"))
            .map(|figure| BTreeMap::from([("min_coverage".to_owned(), Gate::AtLeast(figure))]));
        let exclude = actions::input(&step, "exclude").unwrap_or_default();
        let globs: Result<Vec<Glob>, Undecided> = exclude
            .split_whitespace()
            .map(|pattern| match expands(exclude) {
                true => Err(untold("exclude", exclude)),
                false => Glob::new(pattern, Dialect::Node { dot: false }),
            })
            .collect();
        let files = globs.map(|globs| {
            let out = |seen: &str| globs.iter().any(|glob| glob.is_match(seen));
            (Mode::Loaded, kept(survey, dir, out))
        });
        let mut scope = Scope::new("very_good_coverage", dir, vec![at.clone()]);
        scope.stage = Stage::Report;
        found.push(scope.measured(files).gated(gates));
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::change::Tree;
    use crate::read::coverage::scopes;

    const SOURCES: [(&str, &str); 4] =
        [("lib/a.dart", ""), ("lib/a.g.dart", ""), ("lib/src/old/b.dart", ""), ("test/a_test.dart", "")];

    fn all(path: &str, text: &str) -> Vec<Scope> {
        let files = SOURCES.into_iter().chain([(path, text)]);
        scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))))
    }

    fn told(path: &str, text: &str) -> String {
        let found = all(path, text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        let names: Vec<&str> = found[0].files.iter().map(|path| path.as_str()).collect();
        let gates: Vec<String> = found[0].thresholds.values().map(ToString::to_string).collect();
        let names = found[0].undecided.as_ref().map_or_else(|| names.join(" "), |u| u.why.clone());
        format!("{} {:?}: {names}; {}", found[0].tool, found[0].mode, gates.join(" "))
    }

    #[test]
    fn very_good_test_leaves_out_one_glob_and_asks_for_a_figure() {
        assert_eq!(
            told("ci.sh", "very_good test --coverage --min-coverage 90 --exclude-coverage '**/*.g.dart'"),
            "very_good test Loaded: lib/a.dart lib/src/old/b.dart; 90"
        );
        assert_eq!(
            told(
                "ci.sh",
                "dart pub global run very_good_cli:very_good test --min-coverage=80 --collect-coverage-from all"
            ),
            "very_good test Matching: lib/a.dart lib/a.g.dart lib/src/old/b.dart; 80"
        );
        assert!(
            all("ci.sh", "very_good test -r\nvery_good packages get\necho very_good test --coverage")
                .is_empty()
        );
        assert!(told("ci.sh", "very_good test --coverage --exclude-coverage \"$OUT\"").contains("`$OUT`"));
    }

    #[test]
    fn expressions_are_looked_for_anywhere_in_a_path() {
        let one = "flutter pub global run remove_from_coverage:remove_from_coverage -f coverage/lcov.info -r '\\.g\\.dart$'";
        assert_eq!(told("ci.sh", one), "remove_from_coverage Loaded: lib/a.dart lib/src/old/b.dart; ");
        let two = format!("{one}\nremove_from_coverage -f coverage/lcov.info -r 'x$,old/'");
        assert_eq!(told("ci.sh", &two), "remove_from_coverage Loaded: lib/a.dart; ");
    }

    #[test]
    fn the_action_asks_for_everything_unless_it_is_told() {
        let step = |with: &str| {
            format!(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: VeryGoodOpenSource/very_good_coverage@v3\n        with:\n          path: ./coverage/lcov.info\n{with}"
            )
        };
        let at = ".github/workflows/ci.yml";
        let all = "lib/a.dart lib/a.g.dart lib/src/old/b.dart";
        assert_eq!(told(at, &step("")), format!("very_good_coverage Loaded: {all}; 100"));
        assert_eq!(
            told(at, &step("          min_coverage: 70\n          exclude: '**/*.g.dart lib/src/old/*'\n")),
            "very_good_coverage Loaded: lib/a.dart; 70"
        );
    }

    proptest! {
        #[test]
        fn no_flags_make_the_reader_panic(text in "[a-c*?./\\[\\](){}|\"' $=-]{0,24}") {
            all("ci.sh", &format!("very_good test --coverage {text}\nremove_from_coverage -r {text}"));
        }
    }
}
