//! `gainsay ledger`: what the agents' claims came to, out of the server's database.

use std::io::Write;

use anyhow::{Context, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use secrecy::ExposeSecret;
use serde::Serialize;
use tabwriter::TabWriter;

use crate::cli::{DatabaseArgs, Exit, ListFormat};
use crate::ids::RepoName;
use crate::pipeline::ledger::{self, Account, Tally};
use crate::report;
use crate::store::Store;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this repository
    #[arg(long, value_name = "OWNER/NAME")]
    repo: Option<RepoName>,
    /// Only verdicts since a day (2026-01-31) or as many days, weeks or hours ago (30d, 2w, 12h)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
}

/// The whole ledger for programs: schema 1, which `schema/ledger.schema.json` describes.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    repo: Option<&'a RepoName>,
    since: Option<String>,
    authors: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    agent: Option<String>,
    model: Option<String>,
    #[serde(flatten)]
    all: Counted,
    kinds: Vec<Kind>,
}

#[derive(Serialize)]
struct Kind {
    kind: String,
    #[serde(flatten)]
    all: Counted,
}

#[derive(Serialize)]
struct Counted {
    #[serde(flatten)]
    tally: Tally,
    contradicted_share: Option<f64>,
    interval: Option<[f64; 2]>,
}

impl From<Tally> for Counted {
    fn from(tally: Tally) -> Self {
        // Four decimals are more than any such interval is worth.
        let rounded = |share: f64| (share * 10_000.0).round() / 10_000.0;
        let share = tally.share();
        Self {
            tally,
            contradicted_share: share.map(|s| rounded(s.share)),
            interval: share.map(|s| [rounded(s.low), rounded(s.high)]),
        }
    }
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let since = args.since.as_deref().map(|text| since(text, Timestamp::now())).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let rows = runtime.context("could not start the runtime")?.block_on(async {
        let store = Store::open_existing(args.database.database_url.expose_secret())
            .await
            .context("GAINSAY_DATABASE_URL can't be used")?;
        let rows = store.claims(args.repo.as_ref(), since.unwrap_or(Timestamp::UNIX_EPOCH)).await;
        store.close().await;
        rows.context("could not read the ledger")
    })?;
    let accounts = ledger::tally(&rows);
    match args.format {
        ListFormat::Json => {
            let authors = accounts.into_iter().map(|((agent, model), account)| entry(agent, model, account));
            let since = since.map(|since| since.to_string());
            let document =
                Document { schema: 1, repo: args.repo.as_ref(), since, authors: authors.collect() };
            writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        }
        ListFormat::Terminal if accounts.is_empty() => writeln!(out, "no claims were kept")?,
        ListFormat::Terminal => {
            let mut table = TabWriter::new(&mut *out).padding(2);
            writeln!(
                table,
                "AUTHOR\tCLAIMS\tSUPPORTED\tCONTRADICTED\tUNPROVEN\tCORRECTED\tSHARE CONTRADICTED"
            )?;
            for ((agent, model), account) in &accounts {
                row(&mut table, &author(agent.as_deref(), model.as_deref()), &account.all)?;
                for (kind, tally) in &account.kinds {
                    row(&mut table, &format!("  {kind}"), tally)?;
                }
            }
            table.flush()?;
        }
    }
    Ok(Exit::Pass)
}

fn entry(agent: Option<String>, model: Option<String>, account: Account) -> Entry {
    let kind = |(kind, tally): (String, Tally)| Kind { kind, all: tally.into() };
    Entry { agent, model, all: account.all.into(), kinds: account.kinds.into_iter().map(kind).collect() }
}

fn author(agent: Option<&str>, model: Option<&str>) -> String {
    // Both came out of pull requests.
    let name = match (agent, model) {
        (None, _) => "no known agent".to_owned(),
        (Some(agent), None) => agent.to_owned(),
        (Some(agent), Some(model)) => format!("{agent} ({model})"),
    };
    report::fault(&name)
}

fn row(table: &mut impl Write, name: &str, tally: &Tally) -> std::io::Result<()> {
    let Tally { made, supported, contradicted, unproven, corrected } = tally;
    write!(table, "{name}\t{made}\t{supported}\t{contradicted}\t{unproven}\t{corrected}")?;
    match tally.share() {
        None => writeln!(table, "\t"),
        Some(s) => {
            writeln!(table, "\t{:.1} % ({:.1} to {:.1})", s.share * 100.0, s.low * 100.0, s.high * 100.0)
        }
    }
}

/// The start of a day in UTC, or a span before `now`.
fn since(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(date) = text.parse::<Date>() {
        return Ok(date.to_zoned(TimeZone::UTC).context("could not use --since")?.timestamp());
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let ago = text.parse::<Span>().ok().filter(|span| span.is_positive());
    let Some(then) = ago.and_then(|span| now.to_zoned(TimeZone::UTC).checked_sub(span).ok()) else {
        bail!("--since {text:?} is neither a day such as 2026-01-31 nor a time such as 30d, 2w or 12h");
    };
    Ok(then.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_or_so_long_ago() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        for (text, wanted) in [
            ("2026-01-31", "2026-01-31T00:00:00Z"),
            ("30d", "2026-01-30T12:00:00Z"),
            ("2w", "2026-02-15T12:00:00Z"),
            ("12h", "2026-03-01T00:00:00Z"),
            ("1 month", "2026-02-01T12:00:00Z"),
            ("2026-02-28T10:00:00Z", "2026-02-28T10:00:00Z"),
        ] {
            assert_eq!(since(text, now).unwrap().to_string(), wanted, "{text}");
        }
        for text in ["", "yesterday", "30", "-3d", "2026-13-01"] {
            assert!(since(text, now).is_err(), "{text}");
        }
    }

    #[test]
    fn an_author_of_another_is_one_line() {
        assert_eq!(author(Some("claude-code"), Some("Claude Opus 4.5")), "claude-code (Claude Opus 4.5)");
        assert_eq!(author(None, Some("x")), "no known agent");
        assert!(!author(Some("a\u{1b}[31m\nb"), None).contains(['\u{1b}', '\n']));
    }
}
