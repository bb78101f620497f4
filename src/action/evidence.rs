//! The reports that a workflow hands in: paths and globs in the workspace, one a line.

use std::path::{Path, PathBuf};

use anyhow::Context;
use globset::GlobBuilder;
use ignore::WalkBuilder;
use jiff::Timestamp;

use crate::change::{Evidence, EvidenceFile, day};

/// A longer report is not read.
const MAX_REPORT: u64 = 64 * 1024 * 1024;
/// More reports of one kind are not read.
const MAX_REPORTS: usize = 1_000;

/// The inputs that name reports.
pub(super) struct Patterns<'a> {
    pub(super) coverage: &'a str,
    pub(super) base_coverage: &'a str,
    pub(super) junit: &'a str,
}

impl Patterns<'_> {
    /// The reports, and a sentence for each pattern that gave none: a workflow may skip its tests, and what was not
    /// measured is unproven, not wrong.
    pub(super) fn collect(&self, workspace: &Path) -> anyhow::Result<(Evidence, Vec<String>)> {
        let mut missing = Vec::new();
        let mut files = |input: &str, patterns: &str| -> anyhow::Result<Vec<EvidenceFile>> {
            let mut files = Vec::new();
            for pattern in patterns.lines().map(str::trim).filter(|p| !p.is_empty()) {
                let found = find(workspace, pattern)?;
                if found.is_empty() {
                    missing.push(format!("{input}: no file in the workspace is {pattern}"));
                }
                if found.len() > MAX_REPORTS {
                    missing
                        .push(format!("{input}: of {pattern} only the first {MAX_REPORTS} files are read"));
                }
                for path in found.into_iter().take(MAX_REPORTS) {
                    match read(workspace, &path)? {
                        Ok(file) => files.push(file),
                        Err(problem) => missing.push(format!("{input}: {problem}")),
                    }
                }
            }
            Ok(files)
        };
        let evidence = Evidence {
            coverage: files("coverage", self.coverage)?,
            base_coverage: files("base-coverage", self.base_coverage)?,
            tests: files("junit", self.junit)?,
            today: Some(day(Timestamp::now())),
            ..Evidence::default()
        };
        Ok((evidence, missing))
    }
}

/// The files of a path or glob, sorted. Links are not followed.
fn find(workspace: &Path, pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let special = |part: &str| part.contains(['*', '?', '[', '{']);
    if !special(pattern) {
        let path = workspace.join(pattern);
        return Ok(if path.is_file() { vec![path] } else { Vec::new() });
    }
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob = glob.with_context(|| format!("could not understand the glob {pattern:?}"))?.compile_matcher();
    let fixed: PathBuf = pattern.split('/').take_while(|part| !special(part)).collect();
    let walk = WalkBuilder::new(workspace.join(fixed))
        .standard_filters(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let files =
        walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let matching = files
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.strip_prefix(workspace).is_ok_and(|path| glob.is_match(path)));
    Ok(matching.take(MAX_REPORTS + 1).collect())
}

fn read(workspace: &Path, path: &Path) -> anyhow::Result<Result<EvidenceFile, String>> {
    let name = path.strip_prefix(workspace).unwrap_or(path).display().to_string();
    let what = || format!("could not read {name}");
    let size = std::fs::metadata(path).with_context(what)?.len();
    if size > MAX_REPORT {
        return Ok(Err(format!("{name} has {size} bytes; reports over {MAX_REPORT} bytes are not read")));
    }
    Ok(Ok(EvidenceFile { bytes: std::fs::read(path).with_context(what)?, name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_that_are_left_out_are_told() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..=MAX_REPORTS {
            std::fs::write(dir.path().join(format!("{n}.xml")), "").unwrap();
        }
        let patterns = Patterns { coverage: "", base_coverage: "", junit: "*.xml" };
        let (evidence, missing) = patterns.collect(dir.path()).unwrap();
        assert_eq!(evidence.tests.len(), MAX_REPORTS);
        assert_eq!(missing, ["junit: of *.xml only the first 1000 files are read"]);
    }

    #[test]
    fn paths_and_globs_find_files_and_nothing_is_a_warning() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["a/coverage/lcov.info", "b/coverage/lcov.info", "b/junit-1.xml", ".git/junit-2.xml"] {
            std::fs::create_dir_all(dir.path().join(file).parent().unwrap()).unwrap();
            std::fs::write(dir.path().join(file), file).unwrap();
        }
        let patterns = Patterns {
            coverage: "*/coverage/lcov.info\n",
            base_coverage: "  base/lcov.info  \n\n",
            junit: "./**/junit-*.xml",
        };
        let (evidence, missing) = patterns.collect(dir.path()).unwrap();
        let names = |files: &[EvidenceFile]| files.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&evidence.coverage), ["a/coverage/lcov.info", "b/coverage/lcov.info"]);
        assert_eq!(names(&evidence.tests), ["b/junit-1.xml"]);
        assert_eq!(missing, ["base-coverage: no file in the workspace is base/lcov.info"]);
    }
}
