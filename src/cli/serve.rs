//! `gainsay serve`: settings, database, worker and door put together.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tracing_subscriber::EnvFilter;

use crate::cli::{DatabaseArgs, Exit};
use crate::github::{App, Patience};
use crate::pipeline;
use crate::server::{self, Door, Raw, Recovery, Settings};
use crate::store::Store;
use crate::worker::{Limits, Worker};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The App's id, from its settings page
    #[arg(long, env = "GAINSAY_APP_ID", value_name = "ID")]
    app_id: Option<String>,
    /// The App's private key: PEM text, or the path of a file with it
    #[arg(long, env = "GAINSAY_PRIVATE_KEY", value_name = "PEM|FILE", hide_env_values = true)]
    private_key: Option<SecretString>,
    /// The secret from the App's webhook settings
    #[arg(long, env = "GAINSAY_WEBHOOK_SECRET", value_name = "SECRET", hide_env_values = true)]
    webhook_secret: Option<SecretString>,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Where to listen
    #[arg(long, env = "GAINSAY_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    listen: String,
    /// GitHub's API; for GitHub Enterprise Server https://HOST/api/v3
    #[arg(
        long,
        env = "GAINSAY_GITHUB_API_URL",
        value_name = "URL",
        default_value = "https://api.github.com"
    )]
    github_api_url: String,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let settings = Settings::read(Raw {
        app_id: args.app_id.clone(),
        private_key: args.private_key.clone(),
        webhook_secret: args.webhook_secret.clone(),
        database_url: args.database.database_url.clone(),
        listen: args.listen.clone(),
        api_url: args.github_api_url.clone(),
    })?;
    let filter =
        EnvFilter::try_from_env("GAINSAY_LOG").unwrap_or_else(|_| EnvFilter::new("info,octocrab=off"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("could not start the runtime")?.block_on(serve(settings))?;
    Ok(Exit::Pass)
}

/// GitHub redelivers for three days; a week of ids is more than enough to know a repeat.
const INBOX_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let clock = Timestamp::now;
    let app = App::new(&settings.api_url, settings.app_id, &settings.private_key, Patience::default())
        .context("could not set up the App")?;
    let store = Store::open(&settings.database_url).await.context("GAINSAY_DATABASE_URL can't be used")?;
    store.forget_deliveries(clock() - INBOX_KEPT).await?;
    let reclaimed = store.reclaim().await?;
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.with_context(|| format!("could not listen on {}", settings.listen))?;
    let wake = Arc::new(Notify::new());
    let (stop, stopped) = watch::channel(false);
    let judge = Arc::new(pipeline::consider);
    let worker =
        Worker { store: store.clone(), app: Arc::new(app.clone()), judge, clock, limits: Limits::default() };
    let worker = tokio::spawn(Arc::new(worker).run(wake.clone(), stopped.clone()));
    let door = Door {
        store: store.clone(),
        secret: settings.webhook_secret,
        app_id: settings.app_id,
        app,
        debounce: server::DEBOUNCE,
        wake,
        clock,
    };
    tokio::spawn(Recovery::new(door.clone()).run(stopped));
    tracing::info!(address = %listener.local_addr()?, reclaimed, "listening");
    let signal = async move {
        asked_to_stop().await;
        tracing::info!("stopping");
        stop.send_replace(true);
    };
    let served = axum::serve(listener, server::router(door)).with_graceful_shutdown(signal).await;
    served.context("the server failed")?;
    // The worker stops by itself within its farewell; a moment more is for its last writes.
    let _ = tokio::time::timeout(Limits::default().farewell + Duration::from_secs(5), worker).await;
    store.close().await;
    Ok(())
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
