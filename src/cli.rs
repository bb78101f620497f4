//! The command line: arguments in, an exit code out.

mod action;
mod backup;
mod check;
mod claims;
mod demo;
mod doctor;
mod init;
mod ledger;
mod prune;
mod rules;
mod scope;
mod secrets;
mod serve;
mod server_settings;
mod tests;
mod waivers;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Parser, Subcommand};
use secrecy::SecretString;

use crate::report;
use crate::verdict::Ruling;

/// How the process ends. Scripts rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing blocks.
    Pass = 0,
    /// The verdict blocks.
    Blocked = 1,
    /// Wrong usage or bad input; the message says which.
    Usage = 2,
    /// Undecided, where policy makes that block.
    Undecided = 3,
    /// Our own fault.
    Fault = 70,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<Ruling> for Exit {
    fn from(ruling: Ruling) -> Self {
        match ruling {
            Ruling::Pass => Self::Pass,
            Ruling::Undecided => Self::Undecided,
            Ruling::Blocked => Self::Blocked,
        }
    }
}

/// Sets what an AI-authored pull request claims against what it did.
#[derive(Debug, Parser)]
#[command(name = "gainsay", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge the pull request of a GitHub Actions event
    Action(Box<action::Args>),
    /// Copy the server's SQLite database, while it serves too
    Backup(backup::Args),
    /// Judge two revisions of a local repository
    Check(Box<check::Args>),
    /// Print the claims read out of a pull-request text
    Claims(claims::Args),
    /// Watch it work: a small repository, a narrowed coverage configuration, an honest change, two verdicts
    Demo(demo::Args),
    /// Look at all that the server needs, and say what to do about what is wrong
    Doctor(Box<doctor::Args>),
    /// Print a rule's page
    Explain(rules::ExplainArgs),
    /// Print the paragraph that asks agents for typed claims, or append it to their instructions
    Init(init::Args),
    /// Print what the agents' claims came to, out of the server's database
    Ledger(ledger::Args),
    /// Throw away old verdicts and deliveries of the server's database
    Prune(prune::Args),
    /// List the rules
    Rules(rules::Args),
    /// Print what the coverage configuration really measures
    Scope(scope::Args),
    /// Scan files or folders for credentials
    Secrets(secrets::Args),
    /// Run the GitHub App server
    Serve(Box<serve::Args>),
    /// Print the test inventory
    Tests(tests::Args),
    /// Print what people accepted on a repository's pull requests, out of the server's database
    Waivers(waivers::Args),
}

/// How tables and lists are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ListFormat {
    /// For a person.
    Terminal,
    /// For programs.
    Json,
}

/// Parses the process's arguments and runs the command.
pub fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            if lacks_base(&e) {
                let _ = writeln!(anstream::stderr(), "For example: gainsay check --base main");
            }
            return if e.use_stderr() { Exit::Usage } else { Exit::Pass };
        }
    };
    let mut out = anstream::stdout().lock();
    let result = match cli.command {
        Command::Action(args) => action::run(&args, &mut out),
        Command::Backup(args) => backup::run(&args, &mut out),
        Command::Check(args) => check::run(&args, &mut out),
        Command::Claims(args) => claims::run(&args, &mut out),
        Command::Demo(args) => demo::run(&args, &mut out),
        Command::Doctor(args) => doctor::run(&args, &mut out),
        Command::Explain(args) => rules::explain(&args, &mut out),
        Command::Init(args) => init::run(&args, &mut out),
        Command::Ledger(args) => ledger::run(&args, &mut out),
        Command::Prune(args) => prune::run(&args, &mut out),
        Command::Rules(args) => rules::run(&args, &mut out),
        Command::Scope(args) => scope::run(&args, &mut out),
        Command::Secrets(args) => secrets::run(&args, &mut out),
        Command::Serve(args) => serve::run(&args),
        Command::Tests(args) => tests::run(&args, &mut out),
        Command::Waivers(args) => waivers::run(&args, &mut out),
    };
    let result = result.and_then(|exit| out.flush().map(|()| exit).context("could not write the output"));
    result.unwrap_or_else(|error| {
        // A reader that has seen enough (`gainsay check | head`) is no error.
        let closed = |e: &std::io::Error| e.kind() == std::io::ErrorKind::BrokenPipe;
        if error.chain().any(|e| e.downcast_ref().is_some_and(closed)) {
            return Exit::Pass;
        }
        let _ = writeln!(anstream::stderr(), "error: {}", report::fault(&format!("{error:#}")));
        Exit::Usage
    })
}

/// Whether what is missing is the revision to compare with, which nobody can guess the name of.
fn lacks_base(error: &clap::Error) -> bool {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    let missing = error.get(ContextKind::InvalidArg);
    error.kind() == ErrorKind::MissingRequiredArgument
        && matches!(missing, Some(ContextValue::Strings(names)) if names.iter().any(|n| n.starts_with("--base")))
}

/// The bytes of a file that the user named; `-` is standard input.
fn read_input(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)
            .context("could not read standard input")?;
    } else {
        bytes = std::fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    }
    Ok(bytes)
}

/// The same as text; foreign bytes become U+FFFD.
fn read_text(path: &Path) -> anyhow::Result<String> {
    Ok(String::from_utf8_lossy(&read_input(path)?).into_owned())
}

/// The server's database.
#[derive(Debug, clap::Args)]
struct DatabaseArgs {
    /// Where deliveries, work and verdicts are kept: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(
        long,
        env = "GAINSAY_DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite://gainsay.db",
        hide_env_values = true,
        help_heading = "The database"
    )]
    database_url: SecretString,
}

/// Where a repository is and which of its revisions is meant.
#[derive(Debug, clap::Args)]
struct RevArgs {
    /// The repository, or a folder in it; bare ones too
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,
    /// The revision
    #[arg(long, default_value = "HEAD")]
    rev: String,
}

#[cfg(test)]
mod facts {
    use super::*;

    #[test]
    fn only_a_missing_base_gets_the_example() {
        let error = |args: &[&str]| Cli::try_parse_from(args).unwrap_err();
        assert!(lacks_base(&error(&["gainsay", "check"])));
        assert!(!lacks_base(&error(&["gainsay", "claims"])));
        assert!(!lacks_base(&error(&["gainsay", "check", "--bases", "main"])));
    }
}
