//! `gainsay check`: judges two revisions of a local repository.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::change::{CheckResult, Evidence, EvidenceFile, Person, PullRequest};
use crate::cli::{Exit, read_input, read_text};
use crate::git::{Range, Repo};
use crate::pipeline;
use crate::policy::Policy;
use crate::report::{self, Format};

const NOTES: &str = "Examples:\n  gainsay check --base main\n  gainsay check --base origin/main --title \"Fix the total\" \
                     --body pull-request.md --junit junit.xml\n\nEnds with 0 if nothing blocks, 1 if something does, \
                     2 for wrong usage or bad input, 3 if undecided matters hold the verdict.";

#[derive(Debug, clap::Args)]
#[command(after_help = NOTES)]
pub(super) struct Args {
    /// The repository, or a folder in it; bare ones too
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,
    /// The branch or commit to merge into; the merge base is what head is compared with
    #[arg(long, value_name = "REV")]
    base: String,
    /// The commit to judge
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// The pull request's title
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// A file with the pull request's body; without it the commits' messages are the text
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// The login of who opened the pull request
    #[arg(long, value_name = "LOGIN")]
    author: Option<String>,
    /// A policy file instead of the one on base
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A coverage report of head
    #[arg(long, value_name = "FILE")]
    coverage: Vec<PathBuf>,
    /// A coverage report of base
    #[arg(long, value_name = "FILE")]
    base_coverage: Vec<PathBuf>,
    /// A JUnit XML report of head
    #[arg(long, value_name = "FILE")]
    junit: Vec<PathBuf>,
    /// Check runs of head as JSON: a list of {"name", "conclusion", "head_sha"}, or GitHub's answer
    #[arg(long, value_name = "FILE")]
    checks: Option<PathBuf>,
    /// How to print the verdict
    #[arg(long, value_enum, default_value = "terminal")]
    format: Format,
    /// Write there instead of to standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let repo = Repo::open(&args.repo)?;
    let range = repo.range(&args.base, &args.head)?;
    let policy = policy(args, &repo, &range)?;
    let pr = PullRequest {
        title: args.title.clone().unwrap_or_default(),
        body: args.body.as_deref().map(read_text).transpose()?.unwrap_or_default(),
        author: Person { login: args.author.clone().unwrap_or_default(), ..Person::default() },
        ..PullRequest::default()
    };
    let mut evidence = evidence(args)?;
    evidence.kinds = policy.evidence.kinds.clone();
    let change = repo.change(&range, pr, evidence, &pipeline::needs())?;
    let verdict = pipeline::consider(&change, &policy);
    let text = report::render(&verdict, args.format);
    match &args.output {
        Some(path) => std::fs::write(path, anstream::adapter::strip_str(&text).to_string())
            .with_context(|| format!("could not write {}", path.display()))?,
        None => out.write_all(text.as_bytes()).context("could not write the verdict")?,
    }
    Ok(verdict.ruling.into())
}

fn policy(args: &Args, repo: &Repo, range: &Range) -> anyhow::Result<Policy> {
    if let Some(path) = &args.policy {
        return Ok(Policy::parse(&path.display().to_string(), &read_text(path)?)?);
    }
    Policy::find(|path| Ok(repo.read_at(&range.tip, path)?))
}

fn evidence(args: &Args) -> anyhow::Result<Evidence> {
    let files = |paths: &[PathBuf]| -> anyhow::Result<Vec<EvidenceFile>> {
        let file =
            |path: &PathBuf| Ok(EvidenceFile { name: path.display().to_string(), bytes: read_input(path)? });
        paths.iter().map(file).collect()
    };
    Ok(Evidence {
        coverage: files(&args.coverage)?,
        base_coverage: files(&args.base_coverage)?,
        tests: files(&args.junit)?,
        checks: args.checks.as_deref().map(check_results).transpose()?.unwrap_or_default(),
        ..Evidence::default()
    })
}

fn check_results(path: &Path) -> anyhow::Result<Vec<CheckResult>> {
    #[derive(serde::Deserialize)]
    struct Run {
        name: String,
        conclusion: Option<String>,
        head_sha: Option<String>,
    }
    let what = || format!("could not read check runs from {}", path.display());
    let mut json: serde_json::Value = serde_json::from_slice(&read_input(path)?).with_context(what)?;
    if let Some(runs) = json.get_mut("check_runs") {
        json = runs.take();
    }
    let runs: Vec<Run> = serde_json::from_value(json).with_context(what)?;
    let result = |run: Run| {
        let head_sha = run.head_sha.map(|sha| sha.parse()).transpose();
        Ok(CheckResult {
            name: run.name,
            conclusion: run.conclusion,
            head_sha: head_sha?,
            ..CheckResult::default()
        })
    };
    let results: Result<_, crate::ids::Malformed> = runs.into_iter().map(result).collect();
    match results {
        Ok(results) => Ok(results),
        Err(e) => bail!("{}: {e}", what()),
    }
}
