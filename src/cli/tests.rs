//! `gainsay tests`: the test inventory of a revision.

use std::io::Write;

use serde::Serialize;

use crate::cli::{Exit, ListFormat, RevArgs};
use crate::git::Repo;
use crate::read::tests::{self, State};

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

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let repo = Repo::open(&args.rev.repo)?;
    let tree = repo.tree(&repo.commit(&args.rev.rev)?, tests::is_test_file)?;
    let mut rows = Vec::new();
    for path in tree.paths().filter(|path| tests::is_test_file(path)) {
        let found = tree.text(path).and_then(|text| tests::read(path, text.unwrap_or_default()));
        match found {
            Ok(found) => rows.extend(found.into_iter().map(|test| Row {
                path: path.to_string(),
                name: test.title(),
                line: test.line,
                state: test.state,
                assertions: test.assertions.len(),
            })),
            Err(undecided) => writeln!(anstream::stderr(), "not listed: {undecided}")?,
        }
    }
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
