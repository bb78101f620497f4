//! `gainsay doctor`: looks at all that the server needs and says what to do about what is wrong.

mod github;
mod here;

use std::io::Write;

use anyhow::Context;
use serde::Serialize;

use crate::cli::server_settings::ServerArgs;
use crate::cli::{Exit, ListFormat};
use crate::report;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Look {
    /// What.
    at: &'static str,
    /// Whether it is as it must be.
    ok: bool,
    /// What was found.
    found: String,
    /// What to do about it, where it is wrong.
    remedy: Option<String>,
}

impl Look {
    fn fine(at: &'static str, found: impl Into<String>) -> Self {
        Self { at, ok: true, found: found.into(), remedy: None }
    }

    fn wrong(at: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { at, ok: false, found: found.into(), remedy: Some(remedy.into()) }
    }
}

/// All of it for programs: schema 1.
#[derive(Serialize)]
struct Document {
    schema: u32,
    ok: bool,
    looked_at: Vec<Look>,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let looks = runtime.context("could not start the runtime")?.block_on(look(&args.server));
    let ok = looks.iter().all(|look| look.ok);
    match args.format {
        ListFormat::Terminal => print(&looks, out)?,
        ListFormat::Json => {
            let text = serde_json::to_string_pretty(&Document { schema: 1, ok, looked_at: looks })?;
            writeln!(out, "{text}")?;
        }
    }
    Ok(if ok { Exit::Pass } else { Exit::Blocked })
}

async fn look(args: &ServerArgs) -> Vec<Look> {
    let settings = match args.settings() {
        Ok(settings) => settings,
        Err(error) => return vec![Look::wrong("settings", error.to_string(), "set it, and look again")],
    };
    let (mut looks, credentials) = here::look(&settings).await;
    match credentials {
        Some(credentials) => looks.extend(github::look(&settings, &credentials).await),
        None => looks.push(Look::wrong(
            "GitHub",
            "not asked: there are no credentials to ask with",
            "mend what stands above, and look again",
        )),
    }
    looks
}

fn print(looks: &[Look], out: &mut dyn Write) -> std::io::Result<()> {
    let width = looks.iter().map(|look| look.at.len()).max().unwrap_or_default();
    for look in looks {
        let word = if look.ok { "ok   " } else { "wrong" };
        // What GitHub or a file said must steer no terminal.
        writeln!(out, "{word}  {:width$}  {}", look.at, report::fault(&look.found))?;
        if let Some(remedy) = &look.remedy {
            writeln!(out, "       {:width$}  -> {}", "", report::fault(remedy))?;
        }
    }
    Ok(())
}
