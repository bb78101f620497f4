//! `gainsay action`: the door's settings, from the runner's environment or from flags.

use std::io::Write;

use crate::action::{self, Settings};
use crate::cli::Exit;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// The event's name
    #[arg(long, env = "GITHUB_EVENT_NAME", value_name = "NAME", default_value = "")]
    event_name: String,
    /// The file with the event
    #[arg(long, env = "GITHUB_EVENT_PATH", value_name = "FILE", default_value = "")]
    event: String,
    /// The folder to which the paths below are relative
    #[arg(long, env = "GITHUB_WORKSPACE", value_name = "DIR", default_value = "")]
    workspace: String,
    /// The folder of the checkout
    #[arg(long, env = "INPUT_PATH", value_name = "DIR", default_value = "")]
    path: String,
    /// A policy file of the base commit instead of .github/gainsay.toml or gainsay.toml
    #[arg(long, env = "INPUT_POLICY", value_name = "PATH", default_value = "")]
    policy: String,
    /// Coverage reports of head: paths or globs, one a line
    #[arg(long, env = "INPUT_COVERAGE", value_name = "GLOBS", default_value = "")]
    coverage: String,
    /// Coverage reports of base: paths or globs, one a line
    #[arg(long, env = "INPUT_BASE_COVERAGE", value_name = "GLOBS", default_value = "")]
    base_coverage: String,
    /// Test reports of head (JUnit XML, TRX, TAP, go test -json): paths or globs, one a line
    #[arg(long, env = "INPUT_JUNIT", value_name = "GLOBS", default_value = "")]
    junit: String,
    /// Where to write SARIF for code scanning
    #[arg(long, env = "INPUT_SARIF", value_name = "FILE", default_value = "")]
    sarif: String,
    /// The file for the step summary
    #[arg(long, env = "GITHUB_STEP_SUMMARY", value_name = "FILE", default_value = "")]
    summary: String,
    /// The file for the step's outputs
    #[arg(long, env = "GITHUB_OUTPUT", value_name = "FILE", default_value = "")]
    outputs: String,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let args = args.clone();
    let settings = Settings {
        event_name: args.event_name,
        event: args.event,
        workspace: args.workspace,
        path: args.path,
        policy: args.policy,
        coverage: args.coverage,
        base_coverage: args.base_coverage,
        junit: args.junit,
        sarif: args.sarif,
        summary: args.summary,
        outputs: args.outputs,
    };
    Ok(action::run(&settings, out)?.into())
}
