//! `gainsay rules` and `gainsay explain`.

use std::io::Write;

use anyhow::Context;

use crate::checks::{Level, REGISTRY};
use crate::cli::{Exit, ListFormat};
use crate::ids::Fingerprint;
use crate::read::secrets::{SelfCheck, self_check};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How to print the list
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
    /// Try the examples and counterexamples of every credential rule instead; ends with 1 if one fails
    #[arg(long, conflicts_with = "format")]
    check: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// The rule's id, as `gainsay rules` lists it. A finding of a pull request is explained in a comment on it:
    /// /gainsay explain FINGERPRINT
    rule: String,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if args.check {
        return check(out);
    }
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

fn check(out: &mut dyn Write) -> anyhow::Result<Exit> {
    let SelfCheck { rules, examples, counterexamples, problems } = self_check();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    if problems.is_empty() {
        writeln!(
            out,
            "{rules} credential rules: {examples} examples found, {counterexamples} counterexamples silent"
        )?;
    }
    Ok(if problems.is_empty() { Exit::Pass } else { Exit::Blocked })
}

/// What to say of a rule that is none, with the one that was most likely meant.
fn unknown(name: &str) -> String {
    if name.parse::<Fingerprint>().is_ok() {
        return format!(
            "{name} is the fingerprint of a finding: `gainsay check` prints the finding with its rule, and the comment \
             `/gainsay explain {name}` on its pull request is answered with both"
        );
    }
    let ids = REGISTRY.iter().map(|check| check.rule().id);
    let near = ids.map(|id| (strsim::jaro_winkler(name, id), id)).max_by(|a, b| a.0.total_cmp(&b.0));
    match near.filter(|(likeness, _)| *likeness > 0.85) {
        Some((_, id)) => format!("no rule {name:?}; did you mean {id}?"),
        None => format!("no rule {name:?}; `gainsay rules` lists them"),
    }
}

pub(super) fn explain(args: &ExplainArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let rule = REGISTRY.iter().map(|check| check.rule()).find(|rule| rule.id == args.rule);
    let rule = rule.with_context(|| unknown(&args.rule))?;
    writeln!(out, "# {}: {}\n\n{}", rule.id, rule.title(), rule.text().trim_end())?;
    Ok(Exit::Pass)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credential_rules_do_what_they_say() {
        let mut out = Vec::new();
        assert_eq!(check(&mut out).unwrap(), Exit::Pass);
        assert!(String::from_utf8(out).unwrap().contains(" counterexamples silent\n"));
    }

    #[test]
    fn a_slip_in_a_rules_name_gets_the_name_that_was_meant() {
        assert_eq!(
            unknown("coverage-narowed"),
            "no rule \"coverage-narowed\"; did you mean coverage-narrowed?"
        );
        assert!(unknown("14b695a33f348377").contains("`/gainsay explain 14b695a33f348377`"));
        assert_eq!(unknown("xyz"), "no rule \"xyz\"; `gainsay rules` lists them");
    }
}
