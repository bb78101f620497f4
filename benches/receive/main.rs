//! How fast a delivery is acknowledged under load, what that costs, and whether any is lost; with a minimal Probot app
//! under the same load in the same run.
//!
//! ```text
//! npm ci --prefix benches/probot
//! cargo bench --bench receive                      about ten minutes
//! cargo bench --bench receive -- --quick           about two
//! cargo bench --bench receive -- --rate 200        at a given rate, without the search for one
//! ```
//!
//! What is compared. Each server runs alone, in a process of its own as it is deployed, on this machine, which also
//! makes the load. Deliveries are `pull_request` payloads of GitHub's usual size, signed, each with an id and a pull
//! request of its own, which is the costliest for the queue: nothing joins. They are sent at a fixed rate over
//! keep-alive connections, and their time counts from the moment at which they were to be sent.
//!
//! Gainsay answers when the delivery and the work that it asks for are on disk (SQLite in WAL mode with
//! `synchronous=FULL`, PostgreSQL with `fsync`); meanwhile its worker takes up the work and asks a stand-in for GitHub,
//! which answers each request after a second with 502, so that jobs are claimed, tried and put back all the time but no
//! judgement competes for the processor. Then it is killed with SIGKILL, and the deliveries in its database are compared
//! with those that it answered. The Probot app verifies, parses and dispatches a delivery to a handler that does nothing,
//! and logs nothing: Probot's best case. It keeps nothing, so an acknowledged delivery is gone with its process.

mod load;
mod payload;
mod process;
mod table;

#[allow(dead_code, clippy::unwrap_used)]
#[path = "../../tests/support/postgres.rs"]
mod postgres;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::http::StatusCode;
use clap::Parser;
use sqlx::{PgPool, SqlitePool};

use self::load::{Load, Outcome};
use self::payload::Payloads;
use self::process::{SECRET, Server};
use self::table::{Line, say, show};

/// Loads the door of Gainsay, and of Probot beside it, with deliveries
#[derive(Parser)]
struct Args {
    /// Deliveries a second; without it the highest rate that Probot sustains is found and used
    #[arg(long)]
    rate: Option<u64>,
    /// How long each load lasts
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Connections that carry the deliveries
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// Loads of ten seconds
    #[arg(long)]
    quick: bool,
    /// Gainsay alone; needs --rate
    #[arg(long, requires = "rate")]
    without_probot: bool,
    /// Without PostgreSQL, where it is not installed
    #[arg(long)]
    without_postgres: bool,
    /// What cargo says to a benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contender {
    Sqlite,
    Postgres,
    Probot,
}

impl Contender {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "Gainsay on SQLite",
            Self::Postgres => "Gainsay on PostgreSQL",
            Self::Probot => "Probot",
        }
    }
}

/// The highest rates that are tried.
const CEILING: u64 = 12_800;
/// One step of a search.
const STEP: Duration = Duration::from_secs(4);
/// The number of the first delivery after those that warm a server up.
const AFTER_WARM_UP: u64 = 1_000_000;
const SETTLE: Duration = Duration::from_secs(5);
/// What counts as sustained: all answered, as many a second as were sent, and in time for a person.
const SUSTAINED: (f64, Duration) = (0.98, Duration::from_secs(1));

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    // `cargo test --benches` only wants to know that it starts.
    if !args.bench {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("could not start the runtime")?.block_on(run(&args))
}

async fn run(args: &Args) -> anyhow::Result<()> {
    let seconds = if args.quick { 10 } else { args.seconds };
    let bench = Bench::start(args).await?;
    say(&format!(
        "{} cores, load average {}; bodies of {} bytes, {} connections, {seconds} s each",
        std::thread::available_parallelism()?,
        load_average(),
        bench.payloads.size(),
        args.clients,
    ));
    let mut contenders = vec![Contender::Sqlite, Contender::Postgres, Contender::Probot];
    contenders.retain(|contender| match contender {
        Contender::Sqlite => true,
        Contender::Postgres => !args.without_postgres,
        Contender::Probot => !args.without_probot,
    });
    let load = |rate| Load { rate, time: Duration::from_secs(seconds), clients: args.clients };
    if let Some(rate) = args.rate {
        return bench.compare(&contenders, load(rate)).await;
    }
    let mut highest = Vec::new();
    for contender in &contenders {
        let rate = bench.highest(*contender, args.clients).await?;
        say(&format!("{} sustains {rate} deliveries a second for {} s", contender.name(), STEP.as_secs()));
        highest.push((*contender, rate));
    }
    let probot =
        highest.iter().find(|(contender, _)| *contender == Contender::Probot).context("no Probot")?.1;
    for (contender, rate) in highest.iter().filter(|(contender, _)| *contender != Contender::Probot) {
        let ratio = *rate as f64 / probot as f64;
        say(&format!("rate sustained, {} / Probot: {ratio:.2}", contender.name()));
    }
    bench.compare(&contenders, load(probot)).await?;
    bench.compare(&contenders, load(probot / 2)).await?;
    say("\nGainsay alone, at four fifths of the highest rate that it sustains:");
    for (contender, rate) in highest.into_iter().filter(|(contender, _)| *contender != Contender::Probot) {
        bench.compare(&[contender], load(rate * 4 / 5)).await?;
    }
    Ok(())
}

fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// What all loads share.
struct Bench {
    payloads: Arc<Payloads>,
    /// The stand-in for GitHub.
    api: String,
    postgres: Option<postgres::Server>,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn start(args: &Args) -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let api = format!("http://{}", listener.local_addr()?);
        let broken = || async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            StatusCode::BAD_GATEWAY
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(broken)).await });
        // Without settings of the tests': what is acknowledged here is on disk.
        let postgres = (!args.without_postgres).then(|| postgres::Server::start_with(""));
        let payloads = Arc::new(Payloads::new(SECRET));
        Ok(Self { payloads, api, postgres, folder: tempfile::tempdir()? })
    }

    /// The same load for each, one after the other, and how they compare.
    async fn compare(&self, contenders: &[Contender], load: Load) -> anyhow::Result<()> {
        let mut lines = Vec::new();
        for contender in contenders {
            let line = self.measure(*contender, load).await;
            lines.push((*contender, line.with_context(|| contender.name())?));
        }
        show(lines.iter().map(|(_, line)| line));
        let probot = lines.iter().find(|(contender, _)| *contender == Contender::Probot);
        if let Some((_, probot)) = probot {
            for (contender, line) in lines.iter().filter(|(contender, _)| *contender != Contender::Probot) {
                say(&line.ratio(probot, contender.name()));
            }
        }
        for (_, line) in &lines {
            anyhow::ensure!(line.lost.is_none_or(|lost| lost == 0), "{}: deliveries were lost", line.name);
        }
        Ok(())
    }

    async fn measure(&self, contender: Contender, load: Load) -> anyhow::Result<Line> {
        let (mut server, database) = self.server(contender)?;
        let warm = self.warm_up(&server, load).await;
        let watch = server.watch()?;
        let average = load_average();
        let outcome = load::send(&server.url, self.payloads.clone(), AFTER_WARM_UP, load).await;
        let usage = watch.stop(SETTLE).await?;
        server.kill();
        let lost = match &database {
            Some(url) => {
                let kept = deliveries(url).await?;
                let answered = outcome.accepted.iter().chain(&warm.accepted);
                Some(answered.filter(|id| !kept.contains(id.as_str())).count())
            }
            None => None,
        };
        Ok(Line { name: contender.name(), load, outcome, usage, lost, average })
    }

    /// Three seconds at half the rate, which count for nothing but must not be lost either.
    async fn warm_up(&self, server: &Server, load: Load) -> Outcome {
        let warm = Load { rate: (load.rate / 2).max(1), time: Duration::from_secs(3), ..load };
        load::send(&server.url, self.payloads.clone(), 0, warm).await
    }

    /// The highest rate that a server sustains, within a twentieth: doubled until it fails, then halved in between.
    async fn highest(&self, contender: Contender, clients: usize) -> anyhow::Result<u64> {
        let (server, _database) = self.server(contender)?;
        self.warm_up(&server, Load { rate: 100, time: STEP, clients }).await;
        let (mut good, mut bad, mut first) = (0, None, AFTER_WARM_UP);
        let mut rate = 50;
        loop {
            let load = Load { rate, time: STEP, clients };
            let outcome = load::send(&server.url, self.payloads.clone(), first, load).await;
            first += rate * STEP.as_secs();
            let (share, slowest) = SUSTAINED;
            let kept_up = outcome.reached() >= share * rate as f64;
            if outcome.errors.is_empty() && kept_up && outcome.percentile(99.0) <= slowest {
                good = rate;
            } else {
                bad = Some(rate);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            rate = match bad {
                None if rate >= CEILING => return Ok(good),
                None => rate * 2,
                Some(bad) if bad - good <= (good / 20).max(5) => return Ok(good),
                Some(bad) => good.midpoint(bad),
            };
        }
    }

    /// A fresh server, and the URL of its database.
    fn server(&self, contender: Contender) -> anyhow::Result<(Server, Option<String>)> {
        let folder = tempfile::tempdir_in(self.folder.path())?.keep();
        let log = folder.join("log");
        let database = match contender {
            Contender::Sqlite => Some(format!("sqlite://{}", folder.join("gainsay.db").display())),
            Contender::Postgres => self.postgres.as_ref().map(postgres::Server::database),
            Contender::Probot => None,
        };
        let server = match &database {
            Some(url) => Server::gainsay(url, &self.api, &log)?,
            None => Server::probot(&log)?,
        };
        Ok((server, database))
    }
}

/// The ids of all deliveries in a database.
async fn deliveries(url: &str) -> anyhow::Result<BTreeSet<String>> {
    const IDS: &str = "SELECT id FROM delivery";
    let ids: Vec<String> = if url.starts_with("sqlite:") {
        sqlx::query_scalar(IDS).fetch_all(&SqlitePool::connect(url).await?).await?
    } else {
        sqlx::query_scalar(IDS).fetch_all(&PgPool::connect(url).await?).await?
    };
    Ok(ids.into_iter().collect())
}
