//! What the server says of itself: lines for people or JSON for programs on standard error, and traces where a collector
//! is named. `tracing-subscriber` is localised here.

#[cfg(feature = "otel")]
mod otel;

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The running logs. To be ended with [`Logs::end`], so that nothing is lost.
#[derive(Debug)]
pub struct Logs {
    #[cfg(feature = "otel")]
    traces: Option<otel::Traces>,
}

impl Logs {
    /// Starts them, once a process. `GAINSAY_LOG` filters, as `RUST_LOG` does elsewhere. Needs a tokio runtime.
    pub fn start(format: LogFormat) -> anyhow::Result<Self> {
        let lines = match format {
            LogFormat::Text => {
                let colours = std::io::stderr().is_terminal();
                tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(std::io::stderr).boxed()
            }
            LogFormat::Json => {
                let json = tracing_subscriber::fmt::layer().json().flatten_event(true);
                json.with_writer(std::io::stderr).boxed()
            }
        };
        let registry = tracing_subscriber::registry().with(filter()).with(lines);
        #[cfg(feature = "otel")]
        {
            let (layer, traces) = otel::start()?;
            registry.with(layer).try_init()?;
            Ok(Self { traces })
        }
        #[cfg(not(feature = "otel"))]
        {
            registry.try_init()?;
            if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some_and(|value| !value.is_empty()) {
                tracing::warn!(
                    "OTEL_EXPORTER_OTLP_ENDPOINT is set, and this build exports no traces: build it with --features otel"
                );
            }
            Ok(Self {})
        }
    }

    /// Sends what is left.
    pub async fn end(self) {
        #[cfg(feature = "otel")]
        if let Some(traces) = self.traces {
            traces.end().await;
        }
    }
}

/// octocrab logs whole requests, headers included: it stays off whatever is asked for.
fn filter() -> EnvFilter {
    let asked = std::env::var("GAINSAY_LOG").ok().and_then(|text| EnvFilter::try_new(text).ok());
    let octocrab = "octocrab=off".parse().expect("a literal directive");
    asked.unwrap_or_else(|| EnvFilter::new("info")).add_directive(octocrab)
}
