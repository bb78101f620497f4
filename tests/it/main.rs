//! Facts about Gainsay's behaviour, as one binary.

#![allow(clippy::unwrap_used)]

mod emulate;
mod fixture;
mod fixtures;
mod floors;
mod http;
mod plant;
mod process;
mod server;
mod server_faults;
mod server_payloads;
mod server_snapshot;
mod tools;
mod world;
