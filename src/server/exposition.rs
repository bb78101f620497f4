//! The metrics as Prometheus reads them. `metrics-exporter-prometheus` is localised here.

use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::measures;

/// From a cached answer to GitHub's patience.
const ANSWERS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// From a small pull request to the longest job.
const JOBS: &[f64] = &[0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0];
/// From an idle server to an outage.
const VERDICTS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 86_400.0];

/// What was counted in this process. Cheap to clone.
#[derive(Clone)]
pub struct Exposition(PrometheusHandle);

impl Exposition {
    /// Counts from now on, in the whole process; once a process.
    pub fn install() -> anyhow::Result<Self> {
        let mut builder = PrometheusBuilder::new();
        for (name, buckets) in
            [(measures::ACKNOWLEDGED, ANSWERS), (measures::JOB, JOBS), (measures::VERDICT, VERDICTS)]
        {
            builder = builder.set_buckets_for_metric(Matcher::Full(name.into()), buckets)?;
        }
        let handle = builder.install_recorder()?;
        measures::describe();
        Ok(Self(handle))
    }

    /// Shows nothing of the process: for tests, of which many run in one.
    #[doc(hidden)]
    pub fn of_test() -> Self {
        Self(PrometheusBuilder::new().build_recorder().handle())
    }

    /// The samples of histograms are put together from time to time, or they would pile up where nobody asks.
    pub async fn upkeep(self) {
        let mut every = tokio::time::interval(Duration::from_secs(5));
        loop {
            every.tick().await;
            self.0.run_upkeep();
        }
    }

    pub(super) fn render(&self) -> impl IntoResponse + use<> {
        ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], self.0.render())
    }
}
