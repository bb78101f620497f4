//! Facts about Gainsay's behaviour, as one binary.

#![allow(clippy::unwrap_used)]

mod act;
mod action;
mod fixture;
mod fixtures;
mod floors;
mod plant;
mod report;
mod verdicts;
