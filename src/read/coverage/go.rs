//! `go test` with coverage: the packages that it measures, and the filters of its profile.

mod grep;
mod lists;
mod modules;
mod profile;
pub(super) mod test_coverage;

use std::collections::BTreeSet;

use super::survey::Survey;
use super::{Mode, Scope};
use crate::ids::RepoPath;
use crate::read::commands::Command;
use crate::read::coverage::settings::untold;
use crate::read::coverage::survey::place;
use crate::undecided::Undecided;
use lists::{Place, expanded};
use modules::{MEASURES_UNTESTED, Modules};

pub(super) const NEEDS: &[&str] = &["**/go.mod", "**/go.work"];

/// Flags of `go test` that stand alone; every other takes a value.
const SWITCHES: [&str; 22] = [
    "v",
    "race",
    "msan",
    "asan",
    "short",
    "failfast",
    "json",
    "cover",
    "benchmem",
    "a",
    "n",
    "x",
    "i",
    "c",
    "work",
    "trimpath",
    "linkshared",
    "modcacherw",
    "fullpath",
    "artifacts",
    "asmflags",
    "buildvcs",
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let started = |command: &Command| start(command).is_some_and(|test| test.measures);
    if !survey.commands.iter().any(started) {
        return Vec::new();
    }
    let modules = Modules::of(survey);
    let mut found: Vec<Scope> = Vec::new();
    for (at, command) in survey.commands.iter().enumerate() {
        let Some(test) = start(command).filter(|test| test.measures) else { continue };
        let Some(dir) = folder(command, &test) else { continue };
        let first = survey.commands[..at].iter().rposition(|c| c.at != command.at).map_or(0, |at| at + 1);
        let place = Place { modules: &modules, before: &survey.commands[first..at], dir: &dir };
        let later = survey.commands[at + 1..].iter().filter(|c| c.at == command.at);
        let others = survey.commands.iter().filter(|c| c.at != command.at && c.dir == command.dir);
        let after: Vec<&Command> = later.chain(others).collect();
        let piped = command.piped && command.words.first().is_some_and(|word| word == "xargs");
        let fed = piped.then(|| fed(survey, at));
        let measured = measured(place, &test, fed.as_deref())
            .and_then(|(mode, files)| Ok((mode, filtered(&modules, &test, files, &after)?)));
        found.push(Scope::new("go", &dir, vec![command.at.clone()]).measured(measured));
    }
    found.dedup();
    found
}

/// How the tests are started.
#[derive(Default)]
struct Test {
    measures: bool,
    profile: Option<String>,
    /// `-coverpkg`.
    cover: Option<String>,
    packages: Vec<String>,
    /// `-C`.
    dir: Option<String>,
}

fn start(command: &Command) -> Option<Test> {
    let xargs = command.words.first().is_some_and(|word| word == "xargs");
    let of_xargs = || {
        let at = command.words.iter().position(|word| word == "go")?;
        Some(&command.words[at + 1..])
    };
    let words = if xargs { of_xargs() } else { command.start("go") };
    if let Some(words) = words {
        let at = words.iter().position(|word| !word.starts_with("-C"))?;
        return match words[at].as_str() {
            "test" => Some(read(&words[at + 1..])),
            // `go -C dir test`
            _ if at > 0 && words.get(at + 1).is_some_and(|word| word == "test") => {
                Some(Test { dir: Some(words[at].clone()), ..read(&words[at + 2..]) })
            }
            // `go run gotest.tools/gotestsum@latest -- …`
            "run" if words.iter().any(|word| word.contains("/gotestsum")) => wrapped(words),
            _ => None,
        };
    }
    wrapped(command.start("gotestsum")?)
}

/// What stands behind the `--` of a program that starts `go test`.
fn wrapped(words: &[String]) -> Option<Test> {
    let at = words.iter().position(|word| word == "--")?;
    Some(read(&words[at + 1..]))
}

fn read(words: &[String]) -> Test {
    let mut test = Test::default();
    let mut words = words.iter().peekable();
    let mut listed = false;
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix('-') else {
            // What follows the packages after a flag is handed to the tests.
            if listed {
                break;
            }
            test.packages.push(word.clone());
            continue;
        };
        // A variable before the flags holds flags as often as packages.
        listed = test.packages.iter().any(|package| !package.starts_with('$'));
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
        let name = name.strip_prefix("test.").unwrap_or(name);
        let mut value = value.map(str::to_owned);
        if value.is_none() && !SWITCHES.contains(&name) {
            value = words.next().cloned();
        }
        match (name, value) {
            ("args" | "", _) => break,
            ("cover", value) => test.measures |= value.as_deref() != Some("false"),
            ("covermode", _) => test.measures = true,
            ("coverprofile", value) => (test.measures, test.profile) = (true, value),
            ("coverpkg", value) => (test.measures, test.cover) = (true, value),
            ("C", value) => test.dir = value,
            _ => {}
        }
    }
    test
}

/// The folder in which the tests run; `None` where it is outside of the repository.
fn folder(command: &Command, test: &Test) -> Option<String> {
    test.dir.as_deref().map_or_else(|| Some(command.dir.clone()), |dir| place(&command.dir, dir))
}

/// The shell text of what is piped into a command.
fn fed(survey: &Survey<'_>, at: usize) -> String {
    let first = (0..at).rev().find(|at| !survey.commands[*at].piped).unwrap_or(at);
    let quoted = |word: &String| format!("'{}'", word.replace('\'', "'\\''"));
    let stage = |command: &Command| command.words.iter().map(quoted).collect::<Vec<_>>().join(" ");
    survey.commands[first..at].iter().map(stage).collect::<Vec<_>>().join(" | ")
}

type Measured = (Mode, BTreeSet<RepoPath>);

fn measured(place: Place<'_>, test: &Test, fed: Option<&str>) -> Result<Measured, Undecided> {
    let modules = place.modules;
    let (mut listed, mut unknown, mut known) = (BTreeSet::new(), None, false);
    let fed = fed.map(|script| format!("$({script})"));
    for word in test.packages.iter().chain(&fed) {
        match expanded(place, word, 0) {
            Ok(text) => {
                known = true;
                for pattern in text.split_whitespace() {
                    if pattern.ends_with(".go") {
                        return Err(untold("the package list", pattern));
                    }
                    listed.extend(modules.named(place.dir, pattern));
                }
            }
            // A variable beside packages may as well hold flags.
            Err(undecided) => unknown = Some(undecided),
        }
    }
    match unknown {
        Some(undecided) if !known => return Err(undecided),
        None if !known => listed = modules.named(place.dir, "."),
        _ => {}
    }
    let untested = modules.minor(place.dir) >= MEASURES_UNTESTED;
    let Some(cover) = &test.cover else {
        listed.retain(|dir| untested || modules.packages[dir].tested);
        return Ok((Mode::Matching, files(modules, &listed)));
    };
    let mut covered = BTreeSet::new();
    for pattern in expanded(place, cover, 0)?.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        covered.extend(modules.named(place.dir, pattern));
    }
    // What no test run links is not in the profile.
    let mode = if covered.is_subset(&listed) { Mode::Matching } else { Mode::Loaded };
    Ok((mode, files(modules, &covered)))
}

fn files(modules: &Modules, dirs: &BTreeSet<String>) -> BTreeSet<RepoPath> {
    dirs.iter().flat_map(|dir| modules.packages[dir].files.iter().cloned()).collect()
}

fn filtered(
    modules: &Modules,
    test: &Test,
    files: BTreeSet<RepoPath>,
    after: &[&Command],
) -> Result<BTreeSet<RepoPath>, Undecided> {
    let Some(profile) = &test.profile else { return Ok(files) };
    let line = |path: RepoPath| {
        let import = modules.import(path.dir()).unwrap_or_default();
        let line = format!("{import}/{}", path.name());
        (path, line)
    };
    profile::left(profile, &files.into_iter().map(line).collect(), after)
}

#[cfg(test)]
mod tests;
