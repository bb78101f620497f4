//! `gainsay init`: the paragraph that asks agents for a block of typed claims, and its place in their instructions.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::claims;
use crate::cli::Exit;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The repository
    #[arg(long, value_name = "DIR", default_value = ".")]
    repo: PathBuf,
    /// Append the paragraph, once, to each of AGENTS.md and CLAUDE.md that is there
    #[arg(long)]
    write: bool,
}

/// The instructions that agents read.
const FILES: [&str; 2] = ["AGENTS.md", "CLAUDE.md"];
/// By this a file is known to have the paragraph.
const MARKER: &str = "<!-- gainsay init -->";

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    if !args.write {
        write!(out, "{}", paragraph())?;
        return Ok(Exit::Pass);
    }
    let there: Vec<PathBuf> =
        FILES.iter().map(|name| args.repo.join(name)).filter(|path| path.is_file()).collect();
    if there.is_empty() {
        anyhow::bail!("neither AGENTS.md nor CLAUDE.md is in {}; create one first", args.repo.display());
    }
    for path in there {
        let done = if append(&path)? { "has the paragraph now" } else { "has the paragraph already" };
        writeln!(out, "{} {done}", path.display())?;
    }
    Ok(Exit::Pass)
}

/// Appends the paragraph where it is not there yet, neither itself nor by an import of the other file.
fn append(path: &Path) -> anyhow::Result<bool> {
    let text = std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    let imports = text.lines().any(|line| line.trim() == "@AGENTS.md");
    if text.contains(MARKER) || imports {
        return Ok(false);
    }
    let gap = match text.as_str() {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    std::fs::write(path, format!("{text}{gap}{}", paragraph()))
        .with_context(|| format!("could not write {}", path.display()))?;
    Ok(true)
}

fn paragraph() -> String {
    format!(
        "{MARKER}\n## Claims in pull requests\n\n\
         State what a pull request claims in a block like this one in its body. Keep the lines that are true and that you\n\
         have checked, give each its real value, and leave the others out. Each line is set against the evidence.\n\n{}",
        claims::block_template()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dir: &Path) -> anyhow::Result<String> {
        let mut out = Vec::new();
        run(&Args { repo: dir.to_owned(), write: true }, &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn the_paragraph_is_appended_once_to_the_files_that_are_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("AGENTS.md");
        std::fs::write(&path, "# Rules").unwrap();
        assert!(written(dir.path()).unwrap().ends_with("AGENTS.md has the paragraph now\n"));
        let once = std::fs::read_to_string(&path).unwrap();
        assert!(once.starts_with("# Rules\n\n<!-- gainsay init -->\n") && once.contains("```gainsay\n"));
        assert!(written(dir.path()).unwrap().contains("already"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), once);
        assert!(!dir.path().join("CLAUDE.md").exists());
    }

    #[test]
    fn a_file_that_imports_the_other_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("CLAUDE.md"), "@AGENTS.md\n").unwrap();
        assert!(written(dir.path()).unwrap().contains("already"));
    }

    #[test]
    fn without_a_file_nothing_is_written_and_the_paragraph_claims_nothing() {
        let dir = tempfile::tempdir().unwrap();
        assert!(written(dir.path()).is_err());
        let read = claims::read_body(&paragraph());
        assert!(read.list.is_empty() && read.unread.is_empty());
    }
}
