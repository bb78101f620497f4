//! LCOV tracefiles; the `lcov` crate is used here only.

use std::collections::BTreeMap;

use lcov::Record;
use lcov::record::ParseRecordError;

use super::{Measured, Ratio, Report};

/// Whether a text looks like a tracefile.
pub(super) fn is(text: &str) -> bool {
    text.lines().take(50).any(|line| line.starts_with("SF:"))
}

#[derive(Default)]
struct Section {
    lines: BTreeMap<u32, u64>,
    branches: BTreeMap<(u32, u32, u32), u64>,
    functions: BTreeMap<String, u64>,
}

/// Reads a tracefile. A file that stands there several times (one section a test) is merged.
pub(super) fn read(text: &str) -> Result<Report, String> {
    let mut sections: Vec<(String, Section)> = Vec::new();
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    let mut current = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let record = match line.parse::<Record>() {
            Ok(record) => record,
            // Newer writers have records that this reader does not know and that add nothing to these counts.
            Err(ParseRecordError::UnknownRecord) => continue,
            Err(_) if line.is_empty() || !counts(line) => continue,
            Err(e) => return Err(format!("can't be read at line {}: {e}", number + 1)),
        };
        match record {
            Record::SourceFile { path } => {
                let path = path.to_string_lossy().into_owned();
                let at = *index.entry(path.clone()).or_insert(sections.len());
                if at == sections.len() {
                    sections.push((path, Section::default()));
                }
                current = Some(at);
            }
            Record::EndOfRecord => current = None,
            record => {
                if let Some(at) = current {
                    sections[at].1.take(record);
                }
            }
        }
    }
    if current.is_some() {
        return Err("ends in the middle of a file's section".into());
    }
    Ok(Report { files: sections.into_iter().map(|(path, section)| (path, section.measured())).collect() })
}

fn counts(line: &str) -> bool {
    ["SF:", "DA:", "BRDA:", "FNDA:"].iter().any(|kind| line.starts_with(kind))
}

impl Section {
    fn take(&mut self, record: Record) {
        match record {
            Record::LineData { line, count, .. } => add(self.lines.entry(line).or_default(), count),
            Record::BranchData { line, block, branch, taken } => {
                add(self.branches.entry((line, block, branch)).or_default(), taken.unwrap_or(0));
            }
            Record::FunctionName { name, .. } => add(self.functions.entry(name).or_default(), 0),
            Record::FunctionData { name, count } => add(self.functions.entry(name).or_default(), count),
            _ => {}
        }
    }

    fn measured(&self) -> Measured {
        Measured {
            lines: Some(ratio(self.lines.values())),
            branches: Some(ratio(self.branches.values())),
            functions: Some(ratio(self.functions.values())),
            statements: None,
        }
    }
}

fn add(sum: &mut u64, count: u64) {
    *sum = sum.saturating_add(count);
}

fn ratio<'a>(counts: impl Iterator<Item = &'a u64>) -> Ratio {
    counts.fold(Ratio::default(), |sum, count| Ratio {
        hit: sum.hit + u64::from(*count > 0),
        found: sum.found + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_of_one_file_are_merged_and_unknown_records_passed_over() {
        let text = "TN:\nSF:a.js\nVER:3\nFNL:0,1\nFN:1,f\nFNDA:0,f\nDA:1,1\nDA:2,0\nBRDA:1,0,0,-\nBRDA:1,0,1,2\nend_of_record\n\
                    SF:a.js\nDA:2,4\nend_of_record\nSF:b.js\nDA:1,0\nLF:1\nLH:0\nend_of_record\n";
        let report = read(text).unwrap();
        assert_eq!(report.files.len(), 2);
        let total = report.total();
        assert_eq!(total.lines, Some(Ratio { hit: 2, found: 3 }));
        assert_eq!(total.branches, Some(Ratio { hit: 1, found: 2 }));
        assert_eq!(total.functions.unwrap().percent(), Some(0.0));
    }

    #[test]
    fn a_tracefile_that_is_cut_short_is_refused() {
        assert!(read("SF:a.js\nDA:1,1\n").unwrap_err().contains("middle"));
    }
}
