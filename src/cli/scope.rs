//! `gainsay scope`.

use std::io::Write;

use crate::cli::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, _out: &mut dyn Write) -> anyhow::Result<Exit> {
    anyhow::bail!("not there yet")
}
