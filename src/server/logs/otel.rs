//! Traces for an OpenTelemetry collector, over OTLP and HTTP, where `OTEL_EXPORTER_OTLP_ENDPOINT` names one.
//! `opentelemetry` is localised here.

use std::fmt;

use anyhow::Context;
use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// A collector answers with next to nothing.
const ANSWER: usize = 1024 * 1024;

/// The traces that are being collected.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends what is left, or says that it could not.
    pub(super) async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || self.0.shutdown()).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Our own spans only: the exporter's requests must not be traced in turn.
pub(super) fn start<S>() -> anyhow::Result<(Option<impl Layer<S>>, Option<Traces>)>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !named("OTEL_EXPORTER_OTLP_ENDPOINT") && !named("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
        return Ok((None, None));
    }
    let exporter = SpanExporter::builder().with_http().with_http_client(Sender::new()?).build();
    let exporter = exporter.context("OTEL_EXPORTER_OTLP_ENDPOINT can't be used")?;
    let mut resource = Resource::builder();
    if !named("OTEL_SERVICE_NAME") {
        resource = resource.with_service_name("gainsay");
    }
    let provider =
        SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("gainsay"));
    let layer = layer.with_filter(filter_fn(|of| of.target().starts_with("gainsay")));
    Ok((Some(layer), Some(Traces(provider))))
}

/// Sends over the connections that the rest of the process uses too. The exporter runs on a thread of its own, outside
/// of the runtime.
struct Sender {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    runtime: Handle,
}

impl Sender {
    fn new() -> anyhow::Result<Self> {
        let connector = HttpsConnectorBuilder::new().with_native_roots();
        let connector = connector.context("the system's certificates could not be read")?;
        let connector = connector.https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, runtime: Handle::current() })
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let send = async move {
            let (parts, body) = client.request(request.map(Full::new)).await?.into_parts();
            let body = Limited::new(body, ANSWER).collect().await?.to_bytes();
            Ok(Response::from_parts(parts, body))
        };
        self.runtime.spawn(send).await?
    }
}
