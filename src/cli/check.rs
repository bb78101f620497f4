//! `gainsay check`: judges two revisions of a local repository.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use jiff::Timestamp;

use crate::change::{Evidence, EvidenceFile, Person, PullRequest, day};
use crate::cli::{Exit, read_input, read_text};
use crate::git::{Range, Repo};
use crate::pipeline;
use crate::policy::Policy;
use crate::read::check_results;
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
    /// A test report of head: JUnit XML, TRX, TAP or the output of go test -json
    #[arg(long, value_name = "FILE")]
    junit: Vec<PathBuf>,
    /// Check runs of head as JSON: a list of {"name", "conclusion", "head_sha"}, or GitHub's answer about check runs,
    /// statuses, jobs of a workflow run or deployments
    #[arg(long, value_name = "FILE")]
    checks: Vec<PathBuf>,
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
    let change = repo.change(&range, pr, evidence(args)?, &pipeline::needs())?;
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
    let mut evidence = Evidence {
        coverage: files(&args.coverage)?,
        base_coverage: files(&args.base_coverage)?,
        tests: files(&args.junit)?,
        today: Some(day(Timestamp::now())),
        ..Evidence::default()
    };
    for path in &args.checks {
        let found = check_results::read(&read_input(path)?)
            .map_err(|why| anyhow!("could not read check runs from {}: {why}", path.display()))?;
        evidence.checks.extend(found.checks);
        evidence.jobs.extend(found.jobs);
        evidence.deployments.extend(found.deployments);
    }
    Ok(evidence)
}
