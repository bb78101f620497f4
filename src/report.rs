//! A verdict as text: the only place where the bot's prose is written.

pub mod answer;
pub mod check;
mod clean;
pub mod json;
pub mod kept;
pub mod markdown;
pub mod prose;
pub mod sarif;
pub mod sticky;
pub mod terminal;
pub mod workflow_commands;

use crate::verdict::Ruling;

/// The formats that `--format` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a person at a terminal.
    Terminal,
    /// For programs: schema 1.
    Json,
    /// For a step summary or a comment.
    Markdown,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
}

/// The verdict in that format, ending in a newline. `Terminal` holds ANSI colours; a door strips them where they
/// don't belong.
pub fn render(verdict: &crate::verdict::Verdict, format: Format) -> String {
    match format {
        Format::Terminal => terminal::render(verdict),
        Format::Json => json::render(verdict),
        Format::Markdown => markdown::render(verdict),
        Format::Sarif => sarif::render(verdict),
    }
}

/// An error as one line that steers no terminal and starts no workflow command: it may quote names of files.
pub fn fault(problem: &str) -> String {
    clean::line(problem, 4_000)
}

/// JSON in which nothing steers a terminal; it reads back as it was.
pub fn data(json: &str) -> String {
    clean::json(json)
}

/// The ruling as `--format json` words it.
pub fn ruling(verdict: &crate::verdict::Verdict) -> &'static str {
    match verdict.ruling {
        Ruling::Pass => "pass",
        Ruling::Undecided => "undecided",
        Ruling::Blocked => "blocked",
    }
}
