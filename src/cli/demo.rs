//! `gainsay demo`: a repository made on the spot, two pull requests, two verdicts.

mod story;

use std::io::Write;

use anyhow::Context;

use crate::change::{Evidence, EvidenceFile, PullRequest};
use crate::cli::Exit;
use crate::git::{Range, Repo, Scratch};
use crate::ids::Sha;
use crate::pipeline;
use crate::policy::Policy;
use crate::report::{self, Format};
use story::Proposal;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let dir = tempfile::tempdir().context("could not make a temporary folder")?;
    let scratch = Scratch::create(dir.path())?;
    let base = scratch.commit(None, &story::base(), ("Robin", "robin@example.com"), "A corner shop\n")?;
    for (number, proposal) in [story::narrowed(), story::honest()].iter().enumerate() {
        let mut files = story::base();
        files.extend(proposal.files.iter().map(|(path, text)| (*path, *text)));
        let head = scratch.commit(Some(&base), &files, proposal.author, proposal.message)?;
        introduce(out, number + 1, proposal)?;
        let repo = Repo::open(dir.path())?;
        writeln!(out, "{}", judge(&repo, &base, &head, proposal)?)?;
    }
    writeln!(out, "Next: gainsay check --base main, in a repository of yours.")?;
    Ok(Exit::Pass)
}

fn introduce(out: &mut dyn Write, number: usize, proposal: &Proposal) -> anyhow::Result<()> {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    writeln!(out, "{bold}Pull request {number}: {}{bold:#}", proposal.title)?;
    for line in proposal.body.lines() {
        writeln!(out, "{dim}  {line}{dim:#}")?;
    }
    Ok(writeln!(out)?)
}

fn judge(repo: &Repo, base: &Sha, head: &Sha, proposal: &Proposal) -> anyhow::Result<String> {
    let range = Range { tip: base.clone(), base: base.clone(), head: head.clone() };
    let pr = PullRequest {
        title: proposal.title.to_owned(),
        body: proposal.body.to_owned(),
        ..PullRequest::default()
    };
    let report = EvidenceFile { name: "lcov.info".into(), bytes: proposal.coverage.as_bytes().to_vec() };
    let evidence = Evidence { coverage: vec![report], ..Evidence::default() };
    let change = repo.change(&range, pr, evidence, &pipeline::needs())?;
    Ok(report::render(&pipeline::consider(&change, &Policy::default()), Format::Terminal))
}
