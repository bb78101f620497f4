//! Facts about Gainsay's behaviour, as one binary.

#![allow(clippy::unwrap_used)]

mod act;
mod action;
mod bad_input;
mod claims_table;
mod deploy;
mod docs;
mod doctor;
mod emulate;
mod fault_run;
mod fixture;
mod fixtures;
mod floors;
mod github_app;
mod groups;
mod http;
mod oracle;
mod oracle_runtimes;
mod oracle_tests;
mod plant;
mod policy;
#[path = "../support/postgres.rs"]
mod postgres;
mod process;
mod recovery;
mod report;
mod reports;
mod scope;
mod server;
mod server_events;
mod server_evidence;
mod server_faults;
mod server_hostile;
mod server_keeping;
mod server_limits;
mod server_operations;
mod server_payloads;
mod server_secrets;
mod server_setup;
mod server_shared;
mod server_snapshot;
#[cfg(feature = "otel")]
mod server_traces;
mod server_waivers;
mod test_reports;
mod tools;
mod verdicts;
mod waiting;
mod waivers;
mod world;
