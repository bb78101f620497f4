//! `gainsay backup`: a copy of the SQLite database as it is at one moment.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use secrecy::ExposeSecret;

use crate::cli::{DatabaseArgs, Exit};
use crate::store::Store;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file to write; it must not be there yet
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let url = args.database.database_url.expose_secret();
    let file = args.file.display();
    if !url.starts_with("sqlite:") {
        bail!(
            "PostgreSQL is copied by its own tools: `pg_dump --format=custom --file={file} \"$GAINSAY_DATABASE_URL\"`, \
             and brought back by `pg_restore --clean --if-exists --dbname=\"$GAINSAY_DATABASE_URL\" {file}`"
        );
    }
    if args.file.exists() {
        bail!("{file} is there already, and is not overwritten");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("could not start the runtime")?.block_on(async {
        let store = Store::open_existing(url).await.context("could not open the database")?;
        let copied = store.back_up(&args.file).await;
        store.close().await;
        copied.context("could not copy the database")
    })?;
    writeln!(out, "wrote {file}")?;
    writeln!(
        out,
        "To restore it: stop the server, put it in the place of the database, and remove the old -wal and -shm."
    )?;
    Ok(Exit::Pass)
}
