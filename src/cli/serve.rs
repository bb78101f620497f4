//! `gainsay serve`: settings, database, worker and door put together, the setup first where there are no credentials.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::cli::Exit;
use crate::cli::prune::INBOX_KEPT;
use crate::cli::server_settings::ServerArgs;
use crate::github::{App, Patience};
use crate::pipeline;
use crate::server::setup::{self, Setup};
use crate::server::{
    self, Credentials, Door, Exposition, Health, Keeper, LogFormat, Logs, Operations, Recovery, Secrets,
    Settings,
};
use crate::store::Store;
use crate::worker::{Limits, Worker};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// How log lines look; GAINSAY_LOG filters them
    #[arg(
        long,
        env = "GAINSAY_LOG_FORMAT",
        value_enum,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Operations"
    )]
    log_format: LogFormat,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let settings = args.server.settings()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("could not start the runtime")?.block_on(async {
        let logs = Logs::start(args.log_format)?;
        let served = serve(settings, args.server.has_default_metrics()).await;
        logs.end().await;
        served
    })?;
    Ok(Exit::Pass)
}

/// How often what is old is thrown away.
const TIDY: Duration = Duration::from_secs(24 * 3_600);

async fn serve(settings: Settings, may_lack_metrics: bool) -> anyhow::Result<()> {
    let url = settings.database_url.expose_secret();
    let store = Store::open(url).await.context("GAINSAY_DATABASE_URL can't be used")?;
    let folder = crate::store::folder(url);
    let keeper = Keeper::new(store.clone(), settings.encryption_key.clone(), folder);
    let known = credentials(&settings, &keeper).await?;
    let health = Health::default();
    let (stop, stopped) = watch::channel(false);
    let stopping = health.clone();
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping");
        stopping.stop();
        stop.send_replace(true);
    });
    show_operations(&settings, may_lack_metrics, &store, &health, stopped.clone()).await?;
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.with_context(|| format!("could not listen on {}", settings.listen))?;
    let credentials = match known {
        Some(credentials) => Some(credentials),
        None => set_up(&settings, keeper, &listener, stopped.clone()).await?,
    };
    match credentials {
        Some(credentials) => serve_app(&settings, credentials, &store, &health, &listener, stopped).await?,
        None => tracing::info!("stopped before the App was made"),
    }
    store.close().await;
    Ok(())
}

/// Given by the environment, or kept since the setup.
async fn credentials(settings: &Settings, keeper: &Keeper) -> anyhow::Result<Option<Credentials>> {
    let given = settings.given.clone();
    let kept = if given.is_whole() { None } else { keeper.load().await? };
    Ok(given.complete(kept)?)
}

/// Made by a person now; nothing where the process is asked to stop before that.
async fn set_up(
    settings: &Settings,
    keeper: Keeper,
    listener: &TcpListener,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<Option<Credentials>> {
    let setup = Setup {
        keeper,
        api_url: settings.api_url.clone(),
        tell,
        clock: Timestamp::now,
        limits: server::Limits::default(),
    };
    let stop = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    setup::run(setup, listener, stop).await
}

/// To the terminal and not to the log, which others may read.
fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

async fn show_operations(
    settings: &Settings,
    may_lack: bool,
    store: &Store,
    health: &Health,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let Some(address) = settings.metrics_listen else { return Ok(()) };
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) if may_lack => {
            tracing::warn!(%address, %error, "no metrics: set GAINSAY_METRICS_LISTEN to a free address, or to off");
            return Ok(());
        }
        Err(error) => return Err(error).context(format!("could not show metrics on {address}")),
    };
    let exposition = Exposition::install().context("could not count")?;
    tokio::spawn(exposition.clone().upkeep());
    tracing::info!(at = %listener.local_addr()?, "metrics");
    let (store, health) = (store.clone(), health.clone());
    let operations = Operations { store, health, exposition, clock: Timestamp::now };
    tokio::spawn(async move {
        // Whoever balances load must still see that the process is not ready.
        let stop = async {
            let _ = stopped.wait_for(|stop| *stop).await;
            tokio::time::sleep(Limits::default().farewell).await;
        };
        server::serve(&listener, operations.router(), server::Limits::default(), stop).await;
    });
    Ok(())
}

async fn serve_app(
    settings: &Settings,
    credentials: Credentials,
    store: &Store,
    health: &Health,
    listener: &TcpListener,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let clock = Timestamp::now;
    let app = App::new(&settings.api_url, credentials.app_id, &credentials.private_key, Patience::default());
    let app = app.context("could not set up the App")?;
    tokio::spawn(tidy(store.clone(), settings.retention));
    let reclaimed = store.reclaim().await?;
    let wake = Arc::new(Notify::new());
    let judge = Arc::new(pipeline::consider);
    let worker =
        Worker { store: store.clone(), app: Arc::new(app.clone()), judge, clock, limits: Limits::default() };
    let worker = Arc::new(worker).run(wake.clone(), stopped.clone());
    let worker = tokio::spawn(health.clone().watch(worker));
    let limits = server::Limits::default();
    let door = Door {
        store: store.clone(),
        secret: Secrets::new(credentials.webhook_secret, settings.webhook_secret_old.clone()),
        app_id: credentials.app_id,
        app,
        debounce: server::DEBOUNCE,
        wake,
        clock,
        health: health.clone(),
        limits,
    };
    tokio::spawn(Recovery::new(door.clone()).run(stopped.clone()));
    tracing::info!(address = %listener.local_addr()?, reclaimed, "listening");
    let stop = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    server::serve(listener, server::router(door), limits, stop).await;
    // The worker stops by itself within its farewell; a moment more is for its last writes.
    let _ = tokio::time::timeout(Limits::default().farewell + Duration::from_secs(5), worker).await;
    Ok(())
}

/// Throws away what is old, now and once a day. Several replicas may do it at once.
async fn tidy(store: Store, kept: SignedDuration) {
    let mut every = tokio::time::interval(TIDY);
    loop {
        every.tick().await;
        let now = Timestamp::now();
        match store.prune(now - kept.min(INBOX_KEPT), now - kept).await {
            Ok(pruned) => tracing::info!(
                verdicts = pruned.verdicts,
                deliveries = pruned.deliveries,
                heads = pruned.heads,
                groups = pruned.groups,
                commands = pruned.commands,
                "old entries were thrown away"
            ),
            Err(error) => tracing::warn!(%error, "old entries could not be thrown away"),
        }
    }
}

/// SIGTERM, as process managers send it, or ctrl-c.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("a handler of SIGTERM can be set");
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
