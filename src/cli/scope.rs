//! `gainsay scope`: what the coverage configuration really measures.

use std::io::Write;

use globset::{GlobBuilder, GlobSetBuilder};
use serde_json::json;

use crate::cli::{Exit, ListFormat, RevArgs};
use crate::git::Repo;
use crate::read::coverage::{self, Mode, Scope};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    rev: RevArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Terminal)]
    format: ListFormat,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let repo = Repo::open(&args.rev.repo)?;
    let commit = repo.commit(&args.rev.rev)?;
    let mut wanted = GlobSetBuilder::new();
    for glob in coverage::needs().chain([coverage::SOURCES]) {
        wanted.add(GlobBuilder::new(glob).literal_separator(true).build()?);
    }
    let wanted = wanted.build()?;
    let tree = repo.tree(&commit, |path| wanted.is_match(path.as_str()))?;
    let mut scopes = coverage::scopes(&tree);
    coverage::with_loaded(&tree, &mut scopes);
    coverage::without_ignored(&tree, &mut scopes);
    match args.format {
        ListFormat::Json => writeln!(out, "{}", json(&scopes))?,
        ListFormat::Terminal => terminal(&scopes, out)?,
    }
    Ok(Exit::Pass)
}

fn json(scopes: &[Scope]) -> serde_json::Value {
    let scope = |s: &Scope| {
        json!({
            "tool": s.tool,
            "config": s.config,
            "package": s.package,
            "mode": s.mode,
            "files": s.files,
            "thresholds": s.thresholds,
            "undecided": s.undecided.as_ref().map(ToString::to_string),
        })
    };
    scopes.iter().map(scope).collect()
}

fn terminal(scopes: &[Scope], out: &mut dyn Write) -> std::io::Result<()> {
    if scopes.is_empty() {
        return writeln!(out, "No coverage tool is configured here.");
    }
    for (i, scope) in scopes.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        let config: Vec<&str> = scope.config.iter().map(|path| path.as_str()).collect();
        writeln!(out, "{} in {} ({})", scope.tool, scope.package, config.join(", "))?;
        match (&scope.undecided, scope.mode) {
            (Some(undecided), _) => writeln!(out, "  undecided: {undecided}")?,
            (None, Mode::Matching) => {
                writeln!(out, "  measures {} files, loaded by a test or not", scope.files.len())?
            }
            (None, Mode::Loaded) => {
                writeln!(out, "  measures those of {} files that a test loads", scope.files.len())?;
            }
        }
        for (name, figure) in &scope.thresholds {
            writeln!(out, "  threshold {name}: {figure}")?;
        }
        if let Some(undecided) = &scope.unknown_thresholds {
            writeln!(out, "  thresholds undecided: {undecided}")?;
        }
        for file in &scope.files {
            writeln!(out, "    {file}")?;
        }
    }
    Ok(())
}
