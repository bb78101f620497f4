//! A command that started a runner at base and does nothing at head; a run that passes where it finds no test.

use crate::change::diff::Hunk;
use crate::checks::Finding;
use crate::claims::{ClaimKind, Claims};
use crate::ids::RepoPath;
use crate::read::coverage::changed_lines;
use crate::read::json;
use crate::read::shell;
use crate::read::tests::selection::Selected;
use crate::read::tests::{self};
use crate::span::{Location, Side};

use super::RULE;
use super::gone::{Sides, akin};
use super::tell::{admission, said};

/// So many of the files that a command ran are opened: one with a test is enough.
const MAX_OPENED: usize = 12;

pub(super) fn findings(sides: &Sides<'_>, claims: &Claims) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for run in sides.base.iter() {
        if let Some(finding) = emptied(sides, run, claims)
            && !found.iter().any(|known| known.headline == finding.headline)
        {
            found.push(finding);
        }
    }
    found.extend(lax(sides, claims));
    found
}

/// The files that tell whether anything was lost.
pub(super) fn files<'s>(sides: &'s Sides<'_>) -> impl Iterator<Item = &'s RepoPath> {
    let stopped = sides.base.iter().filter(|run| stopped(sides, run));
    stopped.flat_map(|run| run.files.iter().take(MAX_OPENED))
}

/// Whether a command started the run at base, and none starts that runner in its folder at head.
fn stopped(sides: &Sides<'_>, run: &Selected) -> bool {
    let Some(command) = &run.command else { return false };
    let of_workflow = command.at.as_str().starts_with(".github/");
    !of_workflow
        && sides.change.file(&command.at).is_some()
        && sides.change.head.contains(&command.at)
        && !sides.head.iter().any(|now| now.command.is_some() && akin(now, run) && now.dir == run.dir)
}

fn emptied(sides: &Sides<'_>, run: &Selected, claims: &Claims) -> Option<Finding> {
    let command = run.command.as_ref().filter(|_| stopped(sides, run))?;
    let taken =
        |path: &RepoPath| sides.head.iter().any(|now| now.command.is_some() && now.files.contains(path));
    let change = sides.change;
    let kept = run.files.iter().take(MAX_OPENED).filter(|path| !taken(path)).find_map(|path| {
        let text = change.text(Side::Head, path).ok().flatten()?;
        let tests = tests::read(path, text).ok()?;
        let test = tests.into_iter().find(tests::Test::may_run)?;
        Some(Location::of_lines(Side::Head, path, text, test.line, test.line).label("run by nothing"))
    })?;
    let (was, is) = (
        change.text(Side::Base, &command.at).ok().flatten()?,
        change.text(Side::Head, &command.at).ok().flatten()?,
    );
    let (at, before, said_now) = if command.at.name() == "package.json" {
        script(&command.at, was, is, run.runner)?
    } else {
        recipe(sides, &command.at, command.line?, was, is)?
    };
    let runner = said(run.runner);
    let count = run.files.iter().filter(|path| change.head.contains(path)).count();
    let files = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let headline = format!("`{}` became `{said_now}`, which runs no test", command.words);
    let claim = claims.fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }));
    let explanation = format!(
        "At base {} started {runner} over {files} of tests that are still in the tree. At head the same place only says that it \
         is done and succeeds, and no command of the repository starts {runner} in its place. Whoever calls it sees green.",
        command.at
    );
    let finding =
        Finding::new(&RULE, at.label("does nothing"), headline, &command.words).explain(explanation);
    let finding = finding.related(before.label("ran tests")).related(kept);
    Some(finding.gainsays(claim).disclosed(admission(claims)))
}

/// The script of a manifest that started a runner and does nothing at head: where, where it was, and what it says.
fn script(path: &RepoPath, was: &str, is: &str, runner: &str) -> Option<(Location, Location, String)> {
    let (base, head) = (json::parse(was).ok()?, json::parse(is).ok()?);
    let names = match base.get("scripts")? {
        json::Value::Object(scripts) => {
            scripts.keys().iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()
        }
        _ => return None,
    };
    let body = |value: &json::Value, name: &str| value.at(&["scripts", name])?.as_text().map(str::to_owned);
    let starts = |body: &str| {
        let named = |word: &String| word.rsplit('/').next() == Some(runner);
        shell::commands(body).iter().any(|command| command.words.iter().any(named))
    };
    let name = names.iter().find(|name| {
        body(&base, name).is_some_and(|body| starts(&body))
            && body(&head, name).is_some_and(|body| is_nothing(&body))
    })?;
    let now = body(&head, name)?;
    let quoted = serde_json::Value::from(name.as_str()).to_string();
    let line = |text: &str| {
        text.lines().position(|line| line.trim_start().starts_with(&quoted)).map_or(1, |at| at + 1)
    };
    let at = Location::of_lines(Side::Head, path, is, line(is), line(is));
    Some((at, Location::of_lines(Side::Base, path, was, line(was), line(was)), now))
}

/// The stretch of lines in which a command that started a runner became one that does nothing.
fn recipe(
    sides: &Sides<'_>,
    path: &RepoPath,
    line: usize,
    was: &str,
    is: &str,
) -> Option<(Location, Location, String)> {
    let file = sides.change.file(path)?;
    let hunks = sides.change.diff(file).ok()?.hunks;
    let hunk: &Hunk = hunks.iter().find(|hunk| hunk.base.contains(&line))?;
    let lines: Vec<(usize, &str)> = is
        .lines()
        .enumerate()
        .map(|(at, text)| (at + 1, text))
        .filter(|(at, text)| {
            hunk.head.contains(at) && text.starts_with([' ', '\t']) && !text.trim().is_empty()
        })
        .collect();
    let bare = |text: &str| text.trim().trim_start_matches(['@', '-', '+']).to_owned();
    let (first, text) = lines.first().copied()?;
    if !lines.iter().all(|(_, text)| is_nothing(&bare(text))) {
        return None;
    }
    let last = lines.last().map_or(first, |(at, _)| *at);
    let at = Location::of_lines(Side::Head, path, is, first, last);
    Some((at, Location::of_lines(Side::Base, path, was, line, line), bare(text)))
}

/// Whether a shell text has commands, and none that does anything but speak and succeed.
fn is_nothing(body: &str) -> bool {
    let commands = shell::commands(body);
    let idle = |words: &[String]| match words {
        [exit, code, ..] if exit == "exit" => code == "0",
        [first, ..] => matches!(first.as_str(), "echo" | "printf" | "true" | ":" | "exit"),
        [] => true,
    };
    !commands.is_empty()
        && commands.iter().all(|command| idle(&command.words) && command.writes.is_none() && !command.piped)
}

/// Runs that pass from now on where they find no test, and that find some today.
fn lax(sides: &Sides<'_>, claims: &Claims) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for run in sides.head.iter().filter(|run| run.lax && run.undecided.is_none() && !run.files.is_empty()) {
        let before = || sides.base.iter().filter(|known| akin(known, run) && known.dir == run.dir);
        if before().next().is_none()
            || before().any(|known| known.lax || known.undecided.is_some() || known.files.is_empty())
        {
            continue;
        }
        const WORDS: [&[&str]; 1] = [&["passwithnotests", "failifnotests", "pass-with-no-tests"]];
        let mut places = changed_lines(sides.change, &run.config, &WORDS);
        let speaks = |at: &Location| {
            at.excerpt
                .as_ref()
                .is_some_and(|e| WORDS[0].iter().any(|word| e.text.to_lowercase().contains(word)))
        };
        if !places.first().is_some_and(speaks) || found.iter().any(|f| f.primary.path == places[0].path) {
            continue;
        }
        let headline = format!("{} passes now where it finds no test", said(run.runner));
        let explanation = format!(
            "{} files are taken today. Should a later change leave all of them out, or move them where the run does not look, \
             the run is green all the same; at base it failed.",
            run.files.len()
        );
        let finding =
            Finding::new(&RULE, places.remove(0), headline, &format!("lax {} {}", run.runner, run.dir));
        found.push(finding.explain(explanation).disclosed(admission(claims)).note());
    }
    found
}
