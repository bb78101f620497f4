//! `gainsay claims`: the claims read out of a pull-request text, before any evidence is looked at.

use std::io::Write;
use std::path::PathBuf;

use crate::claims::{self, Claim, Claims, Part, Standing, Unread};
use crate::cli::{Exit, ListFormat, read_text};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file with the body of a pull request; `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "template")]
    text: Option<PathBuf>,
    /// Print the block of typed claims that a body may hold, each kind with an example
    #[arg(long, conflicts_with = "text")]
    template: bool,
    /// How to print the claims
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
}

const BECAUSE: &str = "no evidence was given";

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let Some(text) = &args.text else {
        write!(out, "{}", claims::block_template())?;
        return Ok(Exit::Pass);
    };
    let claims = claims::read_body(&read_text(text)?);
    match args.format {
        ListFormat::Terminal => terminal(&claims, out)?,
        ListFormat::Json => {
            let list: Vec<_> = claims.list.iter().enumerate().map(|(id, claim)| json(id, claim)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&list)?)?;
            for unread in &claims.unread {
                writeln!(anstream::stderr(), "not read: {}", told(unread))?;
            }
        }
    }
    Ok(Exit::Pass)
}

fn terminal(claims: &Claims, out: &mut dyn Write) -> anyhow::Result<()> {
    if claims.list.is_empty() && claims.unread.is_empty() {
        writeln!(out, "no claims found")?;
    }
    for claim in &claims.list {
        writeln!(out, "{:>4}  {:19}  {}", claim.at.line, claim.kind.id(), claim.quote)?;
    }
    for unread in &claims.unread {
        writeln!(out, "{:>4}  {:19}  {}", unread.at.line, "undecided", told(unread))?;
    }
    if !claims.cut.is_empty() {
        writeln!(out, "only the first 256 KiB of the text were read")?;
    }
    Ok(())
}

fn told(unread: &Unread) -> String {
    format!("`{}` {}", unread.quote, unread.why)
}

fn json(id: usize, claim: &Claim) -> serde_json::Value {
    let source = match &claim.at.part {
        Part::Title => "title".to_owned(),
        Part::Body => "body".to_owned(),
        Part::Commit(sha) => format!("commit:{sha}"),
    };
    serde_json::json!({
        "id": id,
        "kind": claim.kind.id(),
        "quote": claim.quote,
        "source": source,
        "line": claim.at.line,
        "standing": Standing::Unproven,
        "because": BECAUSE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str, format: ListFormat) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let mut out = Vec::new();
        let args = Args { text: Some(file.path().to_owned()), template: false, format };
        assert_eq!(run(&args, &mut out).unwrap(), Exit::Pass);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_is_the_verdicts_list_of_claims_without_evidence() {
        let json: serde_json::Value =
            serde_json::from_str(&printed("# Fix\n\nAll 12 tests pass.\n", ListFormat::Json)).unwrap();
        let wanted = serde_json::json!([{
            "id": 0, "kind": "tests-pass", "quote": "All 12 tests pass.", "source": "body", "line": 3,
            "standing": "unproven", "because": "no evidence was given"
        }]);
        assert_eq!(json, wanted);
    }

    #[test]
    fn a_line_of_the_block_that_can_t_be_read_is_shown() {
        let text = "```gainsay\ndocs-only = true\ntests pass\n```\n";
        let wanted = "   2  docs-only            docs-only = true\n   3  undecided            `tests pass` is no line of \
                      the form `kind = value` in TOML\n";
        assert_eq!(printed(text, ListFormat::Terminal), wanted);
    }

    #[test]
    fn a_text_without_claims_says_so() {
        assert_eq!(printed("Tests were not run.", ListFormat::Terminal), "no claims found\n");
        assert_eq!(printed("Tests were not run.", ListFormat::Json), "[]\n");
    }
}
