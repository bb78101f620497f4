//! The files through which a step talks to the runner.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::report::{self, Format};
use crate::verdict::Verdict;

/// Adds text to one of the runner's files; nothing where the runner named none.
pub(super) fn append(path: &str, text: &str) -> anyhow::Result<()> {
    if path.is_empty() {
        return Ok(());
    }
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("could not write {path}"))
}

/// Writes SARIF where the workflow wants it; gives the path as the workflow named it.
pub(super) fn sarif(workspace: &Path, path: &str, verdict: &Verdict) -> anyhow::Result<String> {
    if !path.is_empty() {
        let file = workspace.join(path);
        let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.and_then(|()| std::fs::write(&file, report::render(verdict, Format::Sarif)));
        written.with_context(|| format!("could not write SARIF to {}", file.display()))?;
    }
    Ok(path.to_owned())
}

/// Outputs in the runner's form. What ends a value is a hash of it, which no value holds.
pub(super) fn outputs(pairs: &[(&str, &str)]) -> String {
    let one = |(name, value): &(&str, &str)| {
        let end = hex::encode(&Sha256::digest(value.as_bytes())[..16]);
        format!("{name}<<{end}\n{value}\n{end}\n")
    };
    pairs.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_cannot_make_another() {
        let text = outputs(&[("sarif", "a\nruling=pass")]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!("sarif<<{}", lines[3]));
        assert_eq!(lines.len(), 4);
    }
}
