//! Bytes to structure: every reader of a format. A reader never panics and never takes unreadable for empty.

pub mod archive;
pub mod check_results;
pub mod commands;
pub mod comments;
pub mod coverage;
pub mod coverage_pragma;
pub mod coverage_report;
pub mod flow;
pub mod gates;
pub mod glob;
pub mod gradle;
pub mod ini;
pub mod javascript;
pub mod json;
pub mod maven;
pub mod python_imports;
pub mod rust;
pub mod secrets;
pub mod shell;
pub mod symbols;
pub mod syntax;
pub mod test_report;
pub mod tests;
pub mod workflow;
pub mod xml;
pub mod yaml;
