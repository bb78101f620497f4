//! `gainsay secrets`: scans files and folders for credentials.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::cli::{Exit, ListFormat};
use crate::read::secrets::{self, Grade, Secret, Setting, Verified, redact};

/// A larger file is named on standard error and not read.
const MAX_FILE: u64 = 256 * 1024 * 1024;

const NOTES: &str = "In folders hidden files and those that git ignores are read too: a .env is both, and you named \
                     the folder. The folder .git and symbolic links are left out. Values are never printed. Columns \
                     count characters from 1; end_column is the first one behind the value, on its first line.\n\n\
                     Ends with 1 if a credential of level block was found, otherwise with 2 if something could not \
                     be read (standard error names it), otherwise with 0.";

#[derive(Debug, clap::Args)]
#[command(after_help = NOTES)]
pub(super) struct Args {
    /// A file or folder; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print the list
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Found {
    path: String,
    line: usize,
    column: usize,
    end_column: usize,
    rule: &'static str,
    level: Grade,
    fingerprint: String,
    verified: Verified,
    #[serde(skip)]
    name: &'static str,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut found = Vec::new();
    let mut unread = Vec::new();
    for path in &args.paths {
        if path != Path::new("-") && std::fs::symlink_metadata(path).is_err() {
            bail!("there is no {}", path.display());
        }
        scan_path(path, &mut found, &mut unread);
    }
    print(&found, args.format, out)?;
    for why in &unread {
        writeln!(anstream::stderr(), "error: {why}").context("could not write to standard error")?;
    }
    Ok(match found.iter().map(|f| f.level).max() {
        Some(Grade::Block) => Exit::Blocked,
        _ if !unread.is_empty() => Exit::Usage,
        _ => Exit::Pass,
    })
}

fn scan_path(path: &Path, found: &mut Vec<Found>, unread: &mut Vec<String>) {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        match std::io::stdin().take(MAX_FILE).read_to_end(&mut bytes) {
            Ok(_) => found.extend(scan_bytes("-", &bytes)),
            Err(e) => unread.push(format!("could not read standard input: {e}")),
        }
        return;
    }
    let mut walk = ignore::WalkBuilder::new(path);
    walk.standard_filters(false).follow_links(false).sort_by_file_name(std::ffi::OsStr::cmp);
    walk.filter_entry(|entry| entry.file_name() != ".git");
    for entry in walk.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => {
                unread.push(e.to_string());
                continue;
            }
        };
        let named = entry.depth() == 0 && entry.path_is_symlink();
        if named || entry.file_type().is_some_and(|kind| kind.is_file()) {
            match read(entry.path()) {
                Ok(bytes) => found.extend(scan_bytes(&entry.path().to_string_lossy(), &bytes)),
                Err(e) => unread.push(format!("{e:#}")),
            }
        }
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let what = || format!("could not read {}", path.display());
    let size = std::fs::metadata(path).with_context(what)?.len();
    if size > MAX_FILE {
        bail!("{} has {size} bytes; files over {MAX_FILE} bytes are not read", path.display());
    }
    std::fs::read(path).with_context(what)
}

fn scan_bytes(path: &str, bytes: &[u8]) -> Vec<Found> {
    // Outside a repository a path may be one that no tree holds: it tells the same.
    let all = secrets::scan_in(&Setting::new(path), bytes);
    let halves: BTreeSet<&str> = all.iter().filter_map(|secret| secret.rule.half()).collect();
    let (mut line, mut start, mut counted) = (1, 0, 0);
    let mut found = Vec::new();
    for secret in &all {
        for at in memchr::memchr_iter(b'\n', &bytes[counted..secret.range.start]) {
            line += 1;
            start = counted + at + 1;
        }
        counted = secret.range.start;
        if !halves.contains(secret.rule.id.as_str()) {
            found.push(place(path, bytes, secret, line, start));
        }
    }
    found
}

fn place(path: &str, bytes: &[u8], secret: &Secret, line: usize, line_start: usize) -> Found {
    let characters = |until: usize| String::from_utf8_lossy(&bytes[line_start..until]).chars().count() + 1;
    let value = &bytes[secret.range.clone()];
    let first_line = memchr::memchr(b'\n', value).unwrap_or(value.len());
    Found {
        path: redact(path).into_owned(),
        line,
        column: characters(secret.range.start),
        end_column: characters(secret.range.start + first_line),
        rule: &secret.rule.id,
        level: secret.level,
        fingerprint: fingerprint(path, secret),
        verified: secret.verified,
        name: &secret.rule.name,
    }
}

/// Over the kind, the path as it was named and a digest of the value.
fn fingerprint(path: &str, secret: &Secret) -> String {
    let mut hash = Sha256::new();
    for part in [secret.rule.id.as_bytes(), path.as_bytes(), &secret.identity] {
        hash.update(part);
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..8])
}

fn print(found: &[Found], format: ListFormat, out: &mut dyn Write) -> anyhow::Result<()> {
    let what = "could not write the output";
    match format {
        ListFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(found)?).context(what),
        ListFormat::Terminal => {
            if found.is_empty() {
                writeln!(out, "no credentials found").context(what)?;
            }
            for f in found {
                let level = if f.level == Grade::Block { "block" } else { "note" };
                writeln!(out, "{level:5}  {}:{}:{}  {} ({})", f.path, f.line, f.column, f.name, f.rule)
                    .context(what)?;
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::secrets::template::make;

    #[test]
    fn columns_count_characters_and_the_value_is_not_printed() {
        let token = make("ghp_{an:30}{crc}", "a");
        let found = scan_bytes("src/a.py", format!("\né = '{token}'\r\n").as_bytes());
        assert_eq!((found[0].line, found[0].column, found[0].end_column), (2, 6, 46));
        let mut out = Vec::new();
        print(&found, ListFormat::Json, &mut out).unwrap();
        print(&found, ListFormat::Terminal, &mut out).unwrap();
        assert!(!String::from_utf8(out).unwrap().contains(&token[4..]));
    }

    #[test]
    fn nothing_found_is_said_and_is_an_empty_list_for_programs() {
        let printed = |format| {
            let mut out = Vec::new();
            print(&[], format, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(printed(ListFormat::Terminal), "no credentials found\n");
        assert_eq!(printed(ListFormat::Json), "[]\n");
    }

    #[test]
    fn hidden_and_ignored_files_are_read_and_git_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let token = make("ghp_{an:30}{crc}", "a");
        for name in [".env", "ignored.txt", ".git/config", ".gitignore"] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, if name == ".gitignore" { "*" } else { &token }).unwrap();
        }
        let (mut found, mut unread) = (Vec::new(), Vec::new());
        scan_path(dir.path(), &mut found, &mut unread);
        let names: Vec<&str> = found.iter().map(|f| f.path.rsplit('/').next().unwrap()).collect();
        assert_eq!((names, unread.len()), (vec![".env", "ignored.txt"], 0));
    }

    #[test]
    fn a_pair_is_one_finding_and_a_test_path_weighs_less() {
        let pair = make("AKIA{b32:16}\n{b64:40}\n", "a");
        let found = |path: &str| scan_bytes(path, pair.as_bytes());
        assert_eq!(
            found("src/a.py").iter().map(|f| (f.line, f.level)).collect::<Vec<_>>(),
            [(2, Grade::Block)]
        );
        assert_eq!(found("tests/a.py")[0].level, Grade::Note);
    }
}
