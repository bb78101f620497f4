//! The GitHub Action: the pull request of an event, judged in the checkout of its workflow.
//!
//! It needs no token, reads objects of the checkout's repository and executes nothing of it. The policy is the one of
//! the base commit.

mod event;
mod evidence;
mod files;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::git::{GitError, Range, Repo};
use crate::ids::RepoPath;
use crate::pipeline;
use crate::policy::Policy;
use crate::report::{self, Format, workflow_commands};
use crate::verdict::Ruling;

use event::Event;
use evidence::Patterns;

/// What the runner and the workflow say. An empty text is an input that was not given.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The event's name, such as `pull_request`.
    pub event_name: String,
    /// The file with the event.
    pub event: String,
    /// The folder that other paths are relative to.
    pub workspace: String,
    /// The folder of the checkout in the workspace.
    pub path: String,
    /// A policy file of the base commit instead of the usual ones.
    pub policy: String,
    /// Coverage reports of head: paths or globs, one a line.
    pub coverage: String,
    /// Coverage reports of base: paths or globs, one a line.
    pub base_coverage: String,
    /// JUnit reports of head: paths or globs, one a line.
    pub junit: String,
    /// Where to write SARIF.
    pub sarif: String,
    /// The runner's file for the step summary.
    pub summary: String,
    /// The runner's file for outputs.
    pub outputs: String,
}

/// Judges the event's pull request and tells the runner: log and annotations to `out`, summary, outputs and SARIF to
/// their files. A fault is told the same way before it is returned.
pub fn run(settings: &Settings, out: &mut dyn Write) -> anyhow::Result<Ruling> {
    judge(settings, out).inspect_err(|error| {
        // The fault itself is what counts; that it could not be told as well changes nothing.
        let problem = format!("{error:#}");
        let _ = out.write_all(workflow_commands::fault(&problem).as_bytes());
        let _ = files::append(&settings.summary, &report::markdown::fault(&problem));
    })
}

fn judge(settings: &Settings, out: &mut dyn Write) -> anyhow::Result<Ruling> {
    let event = Event::read(&settings.event_name, Path::new(&settings.event))?;
    let workspace = PathBuf::from(if settings.workspace.is_empty() { "." } else { &settings.workspace });
    let repo = Repo::open(&workspace.join(&settings.path)).context(
        "could not find the checkout; the step actions/checkout with `fetch-depth: 0` must come before this one",
    )?;
    let range = range(&repo, &event)?;
    let policy = policy(&settings.policy, &repo, &range)?;
    let patterns = Patterns {
        coverage: &settings.coverage,
        base_coverage: &settings.base_coverage,
        junit: &settings.junit,
    };
    let (evidence, missing) = patterns.collect(&workspace)?;
    let change = repo.change(&range, event.pr, evidence, &pipeline::needs())?;
    let verdict = pipeline::consider(&change, &policy);

    let log = report::render(&verdict, Format::Terminal);
    let warnings: String = missing.iter().map(|problem| workflow_commands::warning(problem)).collect();
    let lines = workflow_commands::inert(&log) + &workflow_commands::render(&verdict) + &warnings;
    out.write_all(lines.as_bytes()).context("could not write the verdict")?;
    files::append(&settings.summary, &report::render(&verdict, Format::Markdown))?;
    let sarif = files::sarif(&workspace, &settings.sarif, &verdict)?;
    let lacking = verdict.required.iter().filter(|required| required.blocks()).count();
    let blocks = (verdict.blocks().count() + lacking).to_string();
    let outputs = [("ruling", report::ruling(&verdict)), ("blocked", &blocks), ("sarif", &sarif)];
    files::append(&settings.outputs, &files::outputs(&outputs))?;
    Ok(verdict.ruling)
}

fn range(repo: &Repo, event: &Event) -> anyhow::Result<Range> {
    for (what, sha) in [("base", &event.base), ("head", &event.head)] {
        match repo.commit(sha.as_str()) {
            Ok(_) => {}
            Err(GitError::UnknownRevision { .. }) => {
                bail!("the checkout does not have the {what} commit {}; {}", sha.short(), event.remedy());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(repo.range(event.base.as_str(), event.head.as_str())?)
}

fn policy(path: &str, repo: &Repo, range: &Range) -> anyhow::Result<Policy> {
    if path.is_empty() {
        return Policy::find(|path| Ok(repo.read_at(&range.tip, path)?));
    }
    let path: RepoPath = path.parse().context("could not find the policy")?;
    let bytes = repo.read_at(&range.tip, &path)?;
    let bytes =
        bytes.with_context(|| format!("the base commit has no policy {path}; it must be merged first"))?;
    Ok(Policy::decode(&path, &bytes)?)
}
