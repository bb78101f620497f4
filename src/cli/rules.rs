//! `gainsay rules` and `gainsay explain`.

use std::io::Write;

use anyhow::Context;

use crate::checks::{Level, REGISTRY};
use crate::cli::{Exit, ListFormat};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How to print the list
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// The rule's id, as `gainsay rules` lists it
    rule: String,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let rules = || REGISTRY.iter().map(|check| check.rule());
    match args.format {
        ListFormat::Terminal => {
            let width = rules().map(|rule| rule.id.len()).max().unwrap_or_default();
            for rule in rules() {
                let level = if rule.level() == Level::Block { "block" } else { "note" };
                writeln!(out, "{:width$}  {level:5}  {}", rule.id, rule.title())?;
            }
        }
        ListFormat::Json => {
            let list: Vec<_> = rules()
                .map(|r| serde_json::json!({"id": r.id, "level": r.level(), "title": r.title()}))
                .collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&list)?)?;
        }
    }
    Ok(Exit::Pass)
}

pub(super) fn explain(args: &ExplainArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let rule = REGISTRY.iter().map(|check| check.rule()).find(|rule| rule.id == args.rule);
    let rule = rule.with_context(|| format!("no rule {:?}; `gainsay rules` lists them", args.rule))?;
    writeln!(out, "# {}: {}\n\n{}", rule.id, rule.title(), rule.text().trim_end())?;
    Ok(Exit::Pass)
}
