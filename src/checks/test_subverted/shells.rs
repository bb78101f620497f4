//! Scripts, recipes and hooks whose last word is success, whatever the tests in them said.

use super::RULE;
use crate::change::{Change, FileChange};
use crate::checks::Finding;
use crate::ids::RepoPath;
use crate::read::gates::{self, Kind, Way};
use crate::read::shell::{self, Command};
use crate::read::tests::harness;
use crate::span::{Location, Side};

/// A piece of shell that is run as a whole.
#[derive(Debug, Clone)]
struct Unit {
    /// What it is called by: a script, a target; empty for a file of its own.
    name: String,
    text: String,
    /// The line of the file on which it starts.
    first: usize,
    /// Whether the shell starts with `-e`.
    errexit: bool,
    /// Whether its failure is passed over by who runs it: make's `-`.
    ignored: bool,
    origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Manifest,
    Recipe,
    File,
}

/// A run of tests whose failure gets lost.
struct Lost {
    way: Way,
    words: String,
    by: String,
    line: usize,
}

pub(super) fn find(change: &Change) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &change.files {
        let (Some(base), Some(head)) = (&file.base, &file.head) else { continue };
        let side = |side: Side, path: &RepoPath| {
            let text = change.text(side, path).ok().flatten().unwrap_or_default();
            units(path, text)
        };
        let now = side(Side::Head, head);
        if now.is_empty() {
            continue;
        }
        let was = side(Side::Base, base);
        for unit in &now {
            for lost in lost(unit) {
                let held = was.iter().filter(|u| u.name == unit.name).find(|u| holds(u, &lost.way));
                let newly = held.is_some() && !now.iter().any(|u| u.name == unit.name && holds(u, &lost.way));
                if let Some(was) = held.filter(|_| newly) {
                    found.push(finding(change, file, unit, &lost, was));
                }
            }
        }
    }
    found
}

/// Whether a unit runs the tests so that their failure counts.
fn holds(unit: &Unit, way: &Way) -> bool {
    let runs = tests(&shell::commands(&unit.text)).iter().filter(|(_, w, _)| w == way).count();
    runs > lost(unit).iter().filter(|lost| lost.way == *way).count()
}

/// The commands that run tests, with their places.
fn tests(commands: &[Command]) -> Vec<(usize, Way, String)> {
    let mut found = Vec::new();
    for (at, command) in commands.iter().enumerate() {
        let known = gates::gates(&command.words);
        let known = known.into_iter().find(|known| matches!(known.kind, Kind::Tests | Kind::All));
        found.extend(known.map(|known| (at, known.way, command.words.join(" "))));
    }
    found
}

fn lost(unit: &Unit) -> Vec<Lost> {
    let commands = shell::commands(&unit.text);
    let swallowed = |at: usize| {
        if unit.ignored { Some("-".to_owned()) } else { swallowed(unit, &commands, at) }
    };
    let lost = |(at, way, words): (usize, Way, String)| {
        let line = unit.first + commands[at].line - 1;
        swallowed(at).map(|by| Lost { way, words, by, line })
    };
    tests(&commands).into_iter().filter_map(lost).collect()
}

/// What ends the unit well although the command failed.
fn swallowed(unit: &Unit, commands: &[Command], at: usize) -> Option<String> {
    let command = &commands[at];
    if command.condition {
        return None;
    }
    let is_good = |words: &[String]| {
        matches!(
            words.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
            ["true" | ":"] | ["exit", "0"]
        )
    };
    if let Some(last) = command.fallback.last() {
        // In a manifest it is told as a script that can't fail.
        let told = unit.origin == Origin::Manifest;
        let good = command.fallback.iter().all(|words| is_good(words)) && !told;
        let looked_at = commands[at + 1..].iter().any(|c| c.words.iter().any(|w| w.contains("$?")));
        return (good && !looked_at).then(|| format!("|| {}", last.join(" ")));
    }
    let after = &commands[at + 1..];
    let linked = after.iter().take_while(|c| c.chained || c.piped).count();
    let next = &after[linked..];
    let says = |c: &&Command| c.words.first().is_some_and(|w| matches!(w.as_str(), "echo" | "printf"));
    let quiet = next.iter().take_while(says).count();
    let last = next.get(quiet)?;
    let asks =
        next[..=quiet].iter().any(|c| c.words.iter().any(|w| w.contains("$?") || w.contains("PIPESTATUS")));
    let alone = last.fallback.is_empty() && !last.condition && quiet + 1 == next.len();
    // Where the script has branches, the last word may be another branch's.
    let branches = unit.text.lines().any(|line| {
        let line = line.trim_start();
        ["else", "elif", ";;", "fi", "esac", "}"].iter().any(|word| line.starts_with(word))
    });
    let good = is_good(&last.words) && alone && !asks && !branches;
    (good && !errexit(unit, &commands[..at])).then(|| format!("; {}", last.words.join(" ")))
}

fn errexit(unit: &Unit, before: &[Command]) -> bool {
    let mut on = unit.errexit;
    for command in before.iter().filter(|c| c.words.first().is_some_and(|w| w == "set")) {
        for word in command.words.iter().skip(1) {
            match word.split_at_checked(1) {
                Some(("-", flags)) if flags.contains('e') => on = true,
                Some(("+", flags)) if flags.contains('e') => on = false,
                _ if word == "errexit" => on = command.words.iter().any(|w| w == "-o"),
                _ => {}
            }
        }
    }
    on
}

fn units(path: &RepoPath, text: &str) -> Vec<Unit> {
    match path.name() {
        "package.json" => manifest(text),
        "Makefile" | "makefile" | "GNUmakefile" => recipes(text),
        _ if path.as_str().starts_with(".husky/") || matches!(path.extension(), "sh" | "bash") => {
            let errexit =
                text.lines().next().is_some_and(|line| line.starts_with("#!") && line.contains(" -e"));
            // Husky runs its hooks with `sh -e`.
            let errexit = errexit || path.as_str().starts_with(".husky/");
            let (name, text) = (String::new(), text.to_owned());
            vec![Unit { name, text, first: 1, errexit, ignored: false, origin: Origin::File }]
        }
        _ => Vec::new(),
    }
}

fn manifest(text: &str) -> Vec<Unit> {
    let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let scripts = json.get("scripts").and_then(|scripts| scripts.as_object());
    let unit = |(name, body): (&String, &serde_json::Value)| {
        let body = body.as_str()?;
        let key = format!("{}:", serde_json::Value::from(name.as_str()));
        let line = text.lines().position(|line| line.trim_start().replace("\" :", "\":").starts_with(&key));
        Some(Unit {
            name: name.clone(),
            text: body.to_owned(),
            first: line.map_or(1, |at| at + 1),
            errexit: false,
            ignored: false,
            origin: Origin::Manifest,
        })
    };
    scripts.map(|scripts| scripts.iter().filter_map(unit).collect()).unwrap_or_default()
}

/// Each line of each recipe: a shell of its own.
fn recipes(text: &str) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    let mut target = String::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if !line.starts_with('\t') {
            let names = line.split_once(':').filter(|(_, rest)| !rest.starts_with('='));
            if let Some((names, _)) = names.filter(|(names, _)| !names.contains(['=', '#'])) {
                target = names.trim().to_owned();
            }
            continue;
        }
        let trimmed = line.trim_start();
        let body = trimmed.trim_start_matches(['@', '-', '+']);
        let ignored = trimmed[..trimmed.len() - body.len()].contains('-');
        let mut body = body.to_owned();
        while body.ends_with('\\') {
            body.pop();
            let Some((_, next)) = lines.next() else { break };
            body.push_str(next.trim_start());
        }
        found.push(Unit {
            name: target.clone(),
            text: body.replace("$$", "$"),
            first: number + 1,
            errexit: false,
            ignored,
            origin: Origin::Recipe,
        });
    }
    found
}

fn finding(change: &Change, file: &FileChange, unit: &Unit, lost: &Lost, was: &Unit) -> Finding {
    let (base, head) = (file.base.as_ref().unwrap_or(file.path()), file.path());
    let text = |side: Side, path: &RepoPath| change.text(side, path).ok().flatten().unwrap_or_default();
    let at = Location::of_lines(Side::Head, head, text(Side::Head, head), lost.line, lost.line);
    let before = tests(&shell::commands(&was.text)).into_iter().find(|(_, way, _)| *way == lost.way);
    let line = before.map_or(was.first, |(at, ..)| was.first + shell::commands(&was.text)[at].line - 1);
    let place = match unit.origin {
        Origin::Manifest => format!("the script \"{}\" of `{head}`", unit.name),
        Origin::Recipe => format!("the target `{}` of `{head}`", unit.name),
        Origin::File => format!("`{head}`"),
    };
    let headline = format!("`{}` can no longer fail {place}", shortened(&lost.words));
    let finding = Finding::new(
        &RULE,
        at.label(format!("`{}` throws its failure away", lost.by)),
        headline,
        &format!("{} {} {}", unit.name, lost.words, lost.by),
    )
    .explain("At base a failed test failed it; now it succeeds, whether the tests pass or not.".to_owned())
    .related(Location::of_lines(Side::Base, base, text(Side::Base, base), line, line).label("as it was"));
    let called = unit.origin != Origin::File || is_called(change, head);
    if called { finding } else { finding.note() }
}

/// Whether anything of the repository's automation starts the script.
fn is_called(change: &Change, path: &RepoPath) -> bool {
    let hook = path.as_str().starts_with(".husky/") || path.as_str().starts_with(".github/");
    let names = |word: &String| {
        let word = word.trim_start_matches("./");
        word == path.as_str() || word.ends_with(&format!("/{}", path.name())) || word == path.name()
    };
    hook || harness::commands(&change.head).iter().any(|command| command.words.iter().any(names))
}

fn shortened(words: &str) -> String {
    const MAX: usize = 50;
    let short: String = words.chars().take(MAX).collect();
    if short.len() < words.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod facts {
    use super::*;

    fn by(path: &str, text: &str) -> Option<String> {
        units(&path.parse().unwrap(), text).iter().flat_map(lost).map(|lost| lost.by).next()
    }

    #[test]
    fn a_failure_that_gets_lost_is_known() {
        for (path, text, expected) in [
            ("package.json", r#"{"scripts": {"test": "jest; exit 0"}}"#, "; exit 0"),
            ("package.json", r#"{"scripts": {"test": "jest --ci; true"}}"#, "; true"),
            ("Makefile", "test:\n\t-pytest -q\n", "-"),
            ("Makefile", "test:\n\t@pytest -q || true\n", "|| true"),
            ("run.sh", "#!/bin/sh\npytest\nexit 0\n", "; exit 0"),
            ("run.sh", "set -e\nset +e\npytest\necho done\nexit 0\n", "; exit 0"),
            ("run.sh", "set -e\ngo test ./... || true\n", "|| true"),
        ] {
            assert_eq!(by(path, text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_failure_that_counts_is_told_from_it() {
        for (path, text) in [
            ("package.json", r#"{"scripts": {"test": "jest && exit 0"}}"#),
            ("package.json", r#"{"scripts": {"test": "jest || true"}}"#),
            ("Makefile", "clean:\n\t-rm -r out\ntest:\n\tpytest\n"),
            ("run.sh", "set -e\npytest\nexit 0\n"),
            ("run.sh", "#!/bin/bash -e\npytest\nexit 0\n"),
            ("run.sh", "pytest\ncode=$?\necho $code\nexit $code\n"),
            ("run.sh", "if pytest; then\n  exit 0\nfi\nexit 1\n"),
            ("run.sh", "if [ -n \"$A\" ]; then\n  pytest\nelse\n  exit 0\nfi\n"),
            ("run.sh", "pytest || exit 1\nexit 0\n"),
            (".husky/pre-push", "npm test\nexit 0\n"),
        ] {
            assert_eq!(by(path, text), None, "{text}");
        }
    }
}
