//! Gainsay sets what a pull request claims against what it did.
//!
//! The floors, bottom up; a module imports only from lower ones (`tests/it/floors.rs` holds the table):
//! words ([`ids`], [`measures`], [`span`], [`undecided`], [`vocabularies`]) · [`change`] · [`read`] · [`claims`], [`authorship`] · [`checks`] ·
//! judgement ([`policy`], [`verdict`], [`waiver`]) · [`report`] · edges ([`git`], [`github`], [`store`]) · [`pipeline`] · doors.

pub mod action;
pub mod authorship;
pub mod change;
pub mod checks;
pub mod claims;
pub mod cli;
pub mod git;
pub mod github;
pub mod ids;
pub mod measures;
pub mod pipeline;
pub mod policy;
pub mod read;
pub mod report;
pub mod server;
pub mod span;
pub mod store;
pub mod undecided;
pub mod verdict;
pub mod vocabularies;
pub mod waiver;
pub mod worker;
