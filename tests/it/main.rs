//! Facts about Gainsay's behaviour, as one binary.

#![allow(clippy::unwrap_used)]

mod act;
mod action;
mod bad_input;
mod docs;
mod fixture;
mod fixtures;
mod floors;
mod plant;
mod policy;
mod report;
mod verdicts;
