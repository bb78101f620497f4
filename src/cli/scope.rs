//! `gainsay scope`: what the coverage configuration really measures, and what a change did to that.

mod compare;

use std::io::Write;

use globset::{GlobBuilder, GlobSetBuilder};
use serde_json::json;
use tabwriter::TabWriter;

use crate::change::{Change, Evidence, PullRequest, Tree};
use crate::checks::Needs;
use crate::cli::{Exit, ListFormat, RevArgs};
use crate::git::Repo;
use crate::read::coverage::{self, Mode, Scope};

const NOTES: &str = "Examples:\n  gainsay scope\n  gainsay scope --files --rev v1.2.0\n  gainsay scope --base main\n\n\
                     With --base, only what entered and what left is shown, from the merge base to head.";

#[derive(Debug, clap::Args)]
#[command(after_help = NOTES)]
pub(super) struct Args {
    #[command(flatten)]
    rev: RevArgs,
    /// Show what entered and what left since this branch or commit
    #[arg(long, value_name = "REV", conflicts_with_all = ["rev", "files"])]
    base: Option<String>,
    /// The commit to compare with base
    #[arg(long, value_name = "REV", default_value = "HEAD", requires = "base")]
    head: String,
    /// Name every measured file
    #[arg(long)]
    files: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Terminal)]
    format: ListFormat,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let repo = Repo::open(&args.rev.repo)?;
    if let Some(base) = &args.base {
        let range = repo.range(base, &args.head)?;
        let mut needs = Needs::default();
        globs().for_each(|glob| needs.both(glob));
        let change = repo.change(&range, PullRequest::default(), Evidence::default(), &needs)?;
        compare::print(&change, args.format, out)?;
        return Ok(Exit::Pass);
    }
    let commit = repo.commit(&args.rev.rev)?;
    let mut wanted = GlobSetBuilder::new();
    for glob in globs() {
        wanted.add(GlobBuilder::new(glob).literal_separator(true).build()?);
    }
    let wanted = wanted.build()?;
    let tree = repo.tree(&commit, |path| wanted.is_match(path.as_str()))?;
    let scopes = scopes(&tree);
    match args.format {
        ListFormat::Json => writeln!(out, "{}", scopes.iter().map(as_json).collect::<serde_json::Value>())?,
        ListFormat::Terminal => terminal(&scopes, args.files, out)?,
    }
    Ok(Exit::Pass)
}

fn globs() -> impl Iterator<Item = &'static str> {
    coverage::needs().chain(coverage::LOADING)
}

fn scopes(tree: &Tree) -> Vec<Scope> {
    let mut scopes = coverage::scopes(tree);
    coverage::with_loaded(tree, &mut scopes);
    coverage::without_ignored(tree, &mut scopes);
    scopes
}

fn as_json(s: &Scope) -> serde_json::Value {
    json!({
        "tool": s.tool,
        "config": s.config,
        "package": s.package,
        "mode": s.mode,
        "files": s.files,
        "thresholds": s.thresholds,
        "undecided": s.undecided.as_ref().map(ToString::to_string),
    })
}

fn terminal(scopes: &[Scope], files: bool, out: &mut dyn Write) -> std::io::Result<()> {
    if scopes.is_empty() {
        return writeln!(out, "No coverage tool is configured here.");
    }
    let mut table = TabWriter::new(&mut *out).padding(2);
    writeln!(table, "TOOL\tPACKAGE\tFILES\tCOUNTED\tFAILS BELOW\tCONFIGURATION")?;
    for scope in scopes {
        let (count, counted) = match (&scope.undecided, scope.mode) {
            (Some(_), _) => ("?".to_owned(), "undecided"),
            (None, Mode::Matching) => (scope.files.len().to_string(), "all"),
            (None, Mode::Loaded) => (scope.files.len().to_string(), "if loaded"),
        };
        let config = scope.config.first().map(|path| path.as_str()).unwrap_or_default();
        let (tool, package, gates) = (scope.tool, &scope.package, gates(scope));
        writeln!(table, "{tool}\t{package}\t{count}\t{counted}\t{gates}\t{config}")?;
    }
    table.flush()?;
    drop(table);
    for scope in scopes {
        let named = [&scope.undecided, &scope.unknown_thresholds];
        for undecided in named.into_iter().flatten() {
            writeln!(out, "\nundecided: {} in {}: {undecided}", scope.tool, scope.package)?;
        }
    }
    for scope in scopes.iter().filter(|scope| files && scope.undecided.is_none()) {
        writeln!(out, "\n{} in {}:", scope.tool, scope.package)?;
        for file in &scope.files {
            writeln!(out, "  {file}")?;
        }
    }
    if !files {
        writeln!(out, "\nall: a file counts whether a test loads it or not; --files names the files")?;
    }
    Ok(())
}

/// The gates in a few words; `-` where there are none.
fn gates(scope: &Scope) -> String {
    const SHOWN: usize = 4;
    if scope.unknown_thresholds.is_some() {
        return "?".into();
    }
    let gates: Vec<String> = scope.thresholds.iter().map(|(name, gate)| format!("{name} {gate}")).collect();
    match gates.len() {
        0 => "-".into(),
        n if n > SHOWN => format!("{}, and {} more", gates[..SHOWN].join(", "), n - SHOWN),
        _ => gates.join(", "),
    }
}
