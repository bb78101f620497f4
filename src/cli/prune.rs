//! `gainsay prune`: throws away what is old.

use std::io::Write;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use crate::cli::{DatabaseArgs, Exit};
use crate::server::days;
use crate::store::Store;

/// GitHub redelivers for three days; a week of ids is more than enough to know a repeat.
pub(super) const INBOX_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Throw away verdicts that are older: days, weeks or hours. Of each pull request the last one stays. Deliveries
    /// are kept for a week at most
    #[arg(long, env = "GAINSAY_RETENTION", value_name = "TIME", default_value = "90d")]
    older_than: String,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let kept = days("--older-than", &args.older_than)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let pruned = runtime.context("could not start the runtime")?.block_on(async {
        let store = Store::open_existing(args.database.database_url.expose_secret());
        let store = store.await.context("could not open the database")?;
        let now = Timestamp::now();
        let pruned = store.prune(now - kept.min(INBOX_KEPT), now - kept).await;
        store.close().await;
        pruned.context("could not prune the database; `gainsay serve` brings its tables up to date")
    })?;
    writeln!(
        out,
        "thrown away: {} verdicts, {} deliveries, {} heads, {} merge groups, {} answered commands",
        pruned.verdicts, pruned.deliveries, pruned.heads, pruned.groups, pruned.commands
    )?;
    Ok(Exit::Pass)
}
