//! `gainsay waivers`: what people accepted on the pull requests of a repository, out of the server's database.

use std::io::Write;

use anyhow::Context;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Serialize;
use tabwriter::TabWriter;

use crate::change::day;
use crate::cli::{DatabaseArgs, Exit, ListFormat};
use crate::ids::{PrNumber, RepoName};
use crate::report;
use crate::store::{KeptWaiver, Store};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The repository; the waivers of its policy stand in its policy
    #[arg(value_name = "OWNER/REPO")]
    repo: RepoName,
    #[command(flatten)]
    database: DatabaseArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
}

/// A waiver for programs.
#[derive(Serialize)]
struct Entry<'a> {
    number: u64,
    fingerprint: &'a str,
    rule: &'a str,
    headline: &'a str,
    by: &'a str,
    account: Option<u64>,
    reason: &'a str,
    at: String,
    until: Option<String>,
    lapsed: bool,
    source: &'static str,
}

impl<'a> Entry<'a> {
    fn of(number: PrNumber, kept: &'a KeptWaiver, now: Timestamp) -> Self {
        Self {
            number: number.0,
            fingerprint: kept.fingerprint.as_str(),
            rule: &kept.rule,
            headline: &kept.headline,
            by: &kept.by.login,
            account: kept.by.id,
            reason: &kept.reason,
            at: kept.at.to_string(),
            until: kept.until.map(|until| until.to_string()),
            lapsed: kept.until.is_some_and(|until| until < day(now)),
            source: if kept.comment.is_some() { "comment" } else { "button" },
        }
    }
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let kept = runtime.context("could not start the runtime")?.block_on(async {
        let store = Store::open_existing(args.database.database_url.expose_secret())
            .await
            .context("GAINSAY_DATABASE_URL can't be used")?;
        let kept = store.waivers_of(&args.repo).await;
        store.close().await;
        kept.context("could not read the waivers")
    })?;
    print(&kept, Timestamp::now(), args.format, out)?;
    Ok(Exit::Pass)
}

fn print(
    kept: &[(PrNumber, KeptWaiver)],
    now: Timestamp,
    format: ListFormat,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let entries: Vec<Entry<'_>> = kept.iter().map(|(number, kept)| Entry::of(*number, kept, now)).collect();
    match format {
        ListFormat::Json => writeln!(out, "{}", report::data(&serde_json::to_string_pretty(&entries)?))?,
        ListFormat::Terminal if entries.is_empty() => writeln!(out, "nothing was accepted")?,
        ListFormat::Terminal => {
            let mut table = TabWriter::new(out).padding(2);
            writeln!(table, "PULL REQUEST\tFINGERPRINT\tRULE\tBY\tON\tUNTIL\tREASON")?;
            for entry in &entries {
                let day = entry.at.split('T').next().unwrap_or_default();
                let until = match (&entry.until, entry.lapsed) {
                    (Some(until), true) => format!("{until} (over)"),
                    (until, _) => until.clone().unwrap_or_default(),
                };
                // Words of others, which must not steer a terminal.
                let (by, reason) = (report::fault(entry.by), report::fault(entry.reason));
                let Entry { number, fingerprint, rule, .. } = entry;
                writeln!(table, "#{number}\t{fingerprint}\t{rule}\t{by}\t{day}\t{until}\t{reason}")?;
            }
            table.flush()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Person;

    #[test]
    fn the_table_says_what_is_over_and_no_reason_steers_it() {
        let waiver = |reason: &str, until: &str| KeptWaiver {
            fingerprint: "14b695a33f348377".parse().unwrap(),
            repo: "octo/app".parse().unwrap(),
            rule: "test-skipped".into(),
            headline: "the test no longer runs".into(),
            by: Person { login: "casey".into(), id: Some(501), ..Person::default() },
            reason: reason.to_owned(),
            at: "2026-11-21T10:00:00Z".parse().unwrap(),
            until: until.parse().ok(),
            comment: Some(9),
        };
        let kept =
            [(PrNumber(3), waiver("a\u{1b}[2J\tb", "2026-11-30")), (PrNumber(12), waiver("for good", ""))];
        let printed = |format| {
            let mut out = Vec::new();
            print(&kept, "2026-12-01T00:00:00Z".parse().unwrap(), format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        insta::assert_snapshot!(printed(ListFormat::Terminal), @"
        PULL REQUEST  FINGERPRINT       RULE          BY     ON          UNTIL              REASON
        #3            14b695a33f348377  test-skipped  casey  2026-11-21  2026-11-30 (over)  a�[2J b
        #12           14b695a33f348377  test-skipped  casey  2026-11-21                     for good
        ");
        let json: serde_json::Value = serde_json::from_str(&printed(ListFormat::Json)).unwrap();
        assert_eq!((&json[0]["lapsed"], &json[1]["until"]), (&true.into(), &serde_json::Value::Null));
        let mut out = Vec::new();
        print(&[], Timestamp::UNIX_EPOCH, ListFormat::Terminal, &mut out).unwrap();
        assert_eq!(out, b"nothing was accepted\n");
    }
}
