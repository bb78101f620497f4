//! `gainsay tests`: the test inventory of a revision.

use std::io::Write;

use globset::{GlobBuilder, GlobSetBuilder};
use serde::Serialize;

use crate::cli::{Exit, ListFormat, RevArgs};
use crate::git::Repo;
use crate::read::tests::{self, State, Test, selection};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    rev: RevArgs,
    /// How to print the tests
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
}

#[derive(Serialize)]
struct Row {
    path: String,
    name: String,
    line: usize,
    state: State,
    assertions: usize,
}

impl Row {
    fn of(test: &Test) -> Self {
        // pytest reports an expected failure as neither passed nor failed.
        let is_expected = test.state == State::Inverted && test.path.extension() == "py";
        Self {
            path: test.path.to_string(),
            name: test.title(),
            line: test.line,
            state: if is_expected { State::Tolerated } else { test.state },
            assertions: test.assertions.len(),
        }
    }
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let repo = Repo::open(&args.rev.repo)?;
    let mut wanted = GlobSetBuilder::new();
    for glob in selection::needs() {
        wanted.add(GlobBuilder::new(glob).literal_separator(true).build()?);
    }
    let wanted = wanted.build()?;
    let commit = repo.commit(&args.rev.rev)?;
    let tree = repo.tree(&commit, |path| tests::reads(path) || wanted.is_match(path.as_str()))?;
    let found = selection::inventory(&tree);
    for undecided in &found.undecided {
        writeln!(anstream::stderr(), "not listed: {undecided}")?;
    }
    let rows: Vec<Row> = found.tests.iter().map(Row::of).collect();
    match args.format {
        ListFormat::Json => writeln!(out, "{}", serde_json::to_string(&rows)?)?,
        ListFormat::Terminal => print(&rows, out)?,
    }
    Ok(Exit::Pass)
}

fn print(rows: &[Row], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut path = "";
    for row in rows {
        if row.path != path {
            path = &row.path;
            writeln!(out, "{path}")?;
        }
        let state = serde_json::to_value(row.state)?;
        let state = state.as_str().unwrap_or_default();
        writeln!(out, "{:>6}  {state:11}  {} ({} assertions)", row.line, row.name, row.assertions)?;
    }
    Ok(writeln!(out, "{} tests", rows.len())?)
}
