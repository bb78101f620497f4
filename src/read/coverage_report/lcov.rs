//! LCOV tracefiles; the `lcov` crate is used here only.

use std::collections::BTreeMap;

use lcov::Record;
use lcov::record::ParseRecordError;

use super::{FileCoverage, Format, Measured, Ratio, Report};

/// Whether a text looks like a tracefile.
pub(super) fn is(text: &str) -> bool {
    text.lines().take(50).any(|line| line.starts_with("SF:"))
}

#[derive(Default)]
struct Section {
    lines: BTreeMap<u32, bool>,
    branches: BTreeMap<(u32, u32, String), bool>,
    functions: BTreeMap<String, bool>,
    /// LCOV 2 names functions by an index: the alias records carry the names and the counts.
    aliases: BTreeMap<(String, String), bool>,
    /// How many sections of the tracefile there are of it.
    times: usize,
    /// What the section itself sums up, for writers that leave the details out.
    said: [(Option<u64>, Option<u64>); 3],
}

/// Reads a tracefile. A file that stands there several times (one section a test) is merged.
pub(super) fn read(text: &str) -> Result<Report, String> {
    let mut sections: Vec<(String, Section)> = Vec::new();
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    let mut current: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(at) = current
            && sections[at].1.special(line)
        {
            continue;
        }
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
                sections[at].1.times += 1;
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
    let files = sections.into_iter().map(|(path, section)| (path, section.coverage())).collect();
    Ok(Report::new(Format::Lcov, files))
}

fn counts(line: &str) -> bool {
    ["SF:", "DA:", "BRDA:", "FNDA:"].iter().any(|kind| line.starts_with(kind))
}

impl Section {
    /// Records of LCOV 2 that the crate does not read: names of branches, and functions by index.
    fn special(&mut self, line: &str) -> bool {
        if let Some(rest) = line.strip_prefix("BRDA:") {
            let mut parts = rest.splitn(3, ',');
            let numbers = (parts.next().and_then(|p| p.parse().ok()), parts.next());
            let (Some(line), Some(block), Some((branch, taken))) =
                (numbers.0, numbers.1, parts.next().and_then(|rest| rest.rsplit_once(',')))
            else {
                return false;
            };
            // An `e` before the block marks a branch of an exception.
            let Ok(block) = block.trim_start_matches('e').parse() else { return false };
            if taken != "-" && taken.parse::<u64>().is_err() {
                return false;
            }
            *self.branches.entry((line, block, branch.to_owned())).or_default() |=
                !matches!(taken.trim_start_matches('0'), "" | "-");
            return true;
        }
        let Some(rest) = line.strip_prefix("FNA:") else { return false };
        let mut parts = rest.splitn(3, ',');
        if let (Some(index), Some(count), Some(name)) = (parts.next(), parts.next(), parts.next()) {
            let hit = count.parse::<u64>().is_ok_and(|count| count > 0);
            *self.aliases.entry((index.to_owned(), name.to_owned())).or_default() |= hit;
        }
        true
    }

    fn take(&mut self, record: Record) {
        match record {
            Record::LineData { line, count, .. } => *self.lines.entry(line).or_default() |= count > 0,
            Record::FunctionName { name, .. } => {
                self.functions.entry(name).or_default();
            }
            Record::FunctionData { name, count } => *self.functions.entry(name).or_default() |= count > 0,
            Record::FunctionsFound { found } => self.said[0].1 = Some(u64::from(found)),
            Record::FunctionsHit { hit } => self.said[0].0 = Some(u64::from(hit)),
            Record::BranchesFound { found } => self.said[1].1 = Some(u64::from(found)),
            Record::BranchesHit { hit } => self.said[1].0 = Some(u64::from(hit)),
            Record::LinesFound { found } => self.said[2].1 = Some(u64::from(found)),
            Record::LinesHit { hit } => self.said[2].0 = Some(u64::from(hit)),
            _ => {}
        }
    }

    fn coverage(self) -> FileCoverage {
        let functions: Vec<bool> = if self.functions.is_empty() {
            let mut by_index: BTreeMap<&str, bool> = BTreeMap::new();
            for ((index, _), hit) in &self.aliases {
                *by_index.entry(index).or_default() |= hit;
            }
            by_index.into_values().collect()
        } else {
            self.functions.values().copied().collect()
        };
        let [said_functions, said_branches, said_lines] = self.said;
        let measured = Measured {
            lines: Some(ratio(self.lines.values().copied(), said_lines)),
            branches: Some(ratio(self.branches.values().copied(), said_branches)),
            // Functions of one name (methods of two classes) are one here, and not to the writer.
            functions: Some(match said_functions {
                (Some(hit), Some(found)) if self.times == 1 && hit <= found => Ratio { hit, found },
                said => ratio(functions, said),
            }),
            statements: None,
        };
        let only_sums = self.lines.is_empty() && measured.lines.is_some_and(|lines| lines.found > 0);
        FileCoverage { measured, lines: (!only_sums).then_some(self.lines) }
    }
}

/// The details' count; the section's own sum only where it has no details.
fn ratio(details: impl IntoIterator<Item = bool>, said: (Option<u64>, Option<u64>)) -> Ratio {
    let counted = Ratio::of(details);
    match said {
        (Some(hit), Some(found)) if counted.found == 0 && hit <= found => Ratio { hit, found },
        _ => counted,
    }
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
        assert_eq!(report.files[0].1.lines, Some([(1, true), (2, true)].into()));
    }

    #[test]
    fn named_branches_and_functions_by_index_are_read() {
        let text = "SF:a.py\nFNL:0,1,3\nFNA:0,2,f\nFNL:1,5,6\nFNA:1,0,g\nFNF:2\nFNH:1\nDA:1,1\n\
                    BRDA:2,0,jump to line 3,1\nBRDA:2,0,jump to the function exit,0\nBRDA:4,e0,0,-\nend_of_record\n";
        let measured = read(text).unwrap().total();
        assert_eq!(measured.branches, Some(Ratio { hit: 1, found: 3 }));
        assert_eq!(measured.functions, Some(Ratio { hit: 1, found: 2 }));
    }

    #[test]
    fn a_section_of_sums_alone_counts_and_has_no_lines() {
        let report = read("SF:a.js\nLF:10\nLH:4\nend_of_record\n").unwrap();
        assert_eq!(report.total().lines, Some(Ratio { hit: 4, found: 10 }));
        assert_eq!(report.files[0].1.lines, None);
    }

    #[test]
    fn a_tracefile_that_is_cut_short_is_refused() {
        assert!(read("SF:a.js\nDA:1,1\n").unwrap_err().contains("middle"));
    }
}
