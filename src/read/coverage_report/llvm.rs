//! `llvm-cov export` as JSON, which cargo-llvm-cov's `--json` and Swift's `--show-codecov-path` name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{FileCoverage, Format, Lines, Measured, Ratio, Report};

/// So many lines are counted in one report.
const MAX_LINES: u64 = 20_000_000;

/// Whether an object is such an export.
pub(super) fn is(json: &Map<String, Value>) -> bool {
    json.get("type").and_then(Value::as_str) == Some("llvm.coverage.json.export")
}

/// Reads an export. The counts are those of its summaries, which LLVM makes function by function; the lines follow
/// from the segments, as its own listings do, and can differ from the summary by lines that only close a function.
pub(super) fn read(json: &Map<String, Value>) -> Result<Report, String> {
    let mut report = Report::new(Format::Llvm, Vec::new());
    let mut index = BTreeMap::new();
    let mut budget = MAX_LINES;
    let data = json.get("data").and_then(Value::as_array).ok_or("has no data")?;
    let files = data.iter().filter_map(|part| part.get("files")?.as_array()).flatten();
    for file in files {
        let path = file.get("filename").and_then(Value::as_str).ok_or("has a file without a name")?;
        let coverage = coverage(file, &mut budget)?;
        let at = *index.entry(path).or_insert(report.files.len());
        match report.files.get_mut(at) {
            Some((_, known)) => known.merge(&coverage),
            None => report.files.push((path.to_owned(), coverage)),
        }
    }
    Ok(report)
}

fn coverage(file: &Value, budget: &mut u64) -> Result<FileCoverage, String> {
    let summary = file.get("summary");
    let ratio = |name: &str| {
        let metric = summary?.get(name)?;
        Some(Ratio { hit: metric.get("covered")?.as_u64()?, found: metric.get("count")?.as_u64()? })
    };
    let lines = match file.get("segments").and_then(Value::as_array) {
        None => None,
        Some(segments) => {
            let segments: Option<Vec<Segment>> = segments.iter().map(Segment::of).collect();
            Some(lines(&segments.ok_or("has a segment that can't be read")?, budget)?)
        }
    };
    let measured = Measured {
        lines: ratio("lines"),
        branches: ratio("branches"),
        functions: ratio("functions"),
        statements: ratio("regions"),
    };
    Ok(FileCoverage { measured, lines })
}

/// From here on, until the next one, the code ran that often.
#[derive(Clone, Copy)]
struct Segment {
    line: u32,
    count: u64,
    counted: bool,
    entry: bool,
    gap: bool,
}

impl Segment {
    /// `[line, column, count, has a count, begins a region, is a gap]`; the last is missing in old versions.
    fn of(value: &Value) -> Option<Self> {
        let parts = value.as_array()?;
        // Counts of optimised programs can be beyond what a number of JSON keeps exactly.
        let count = parts.get(2)?;
        let count = count.as_u64().unwrap_or_else(|| u64::from(count.as_f64().is_some_and(|c| c > 0.0)));
        Some(Self {
            line: u32::try_from(parts.first()?.as_u64()?).ok()?,
            count,
            counted: parts.get(3)?.as_bool()?,
            entry: parts.get(4)?.as_bool()?,
            gap: parts.get(5).and_then(Value::as_bool).unwrap_or_default(),
        })
    }

    fn begins(&self) -> bool {
        !self.gap && self.counted && self.entry
    }
}

/// Which lines are code and ran: by the regions that begin on a line and by the one that reaches into it.
fn lines(segments: &[Segment], budget: &mut u64) -> Result<Lines, String> {
    let mut lines = Lines::new();
    let mut reaching: Option<Segment> = None;
    for own in segments.chunk_by(|a, b| a.line == b.line) {
        if let Some(before) = reaching {
            if own[0].line < before.line {
                return Err("has segments out of their order".into());
            }
            let between = before.line + 1..own[0].line;
            *budget = budget
                .checked_sub(u64::from(own[0].line - before.line))
                .ok_or("speaks of more lines than a report can have")?;
            if before.counted {
                lines.extend(between.map(|line| (line, before.count > 0)));
            }
        }
        let first = own[0];
        let skipped = !first.counted && first.entry;
        let begins = own.iter().any(Segment::begins);
        let covered = own.iter().filter(|s| s.begins()).any(|s| s.count > 0);
        let reached = reaching.filter(|before| before.counted);
        if (!skipped && (reached.is_some() || begins)) || own.iter().any(|s| s.counted && s.entry) {
            lines.insert(first.line, covered || reaching.is_some_and(|before| before.count > 0));
        }
        reaching = own.last().copied();
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_segments(segments: &str) -> Result<Lines, String> {
        let text = format!(
            r#"{{"data":[{{"files":[{{"filename":"/r/a.rs","segments":{segments},
            "summary":{{"lines":{{"count":9,"covered":4}},"functions":{{"count":2,"covered":1}},"regions":{{"count":3,"covered":1}}}}}}]}}],
            "type":"llvm.coverage.json.export","version":"3.1.0"}}"#
        );
        let json = serde_json::from_str(&text).unwrap();
        assert!(is(&json));
        let file = read(&json)?.files.remove(0).1;
        assert_eq!(file.measured.lines, Some(Ratio { hit: 4, found: 9 }));
        Ok(file.lines.unwrap())
    }

    #[test]
    fn a_line_counts_by_the_region_that_reaches_into_it_and_those_that_begin_on_it() {
        let lines = read_segments(
            "[[1,1,1,true,true,false],[2,9,0,true,true,false],[3,6,1,true,false,false],[5,2,0,false,false,false],
              [8,1,0,true,true,false],[8,9,0,false,false,false]]",
        );
        let expected: Lines = [(1, true), (2, true), (3, false), (4, true), (5, true), (8, false)].into();
        assert_eq!(lines.unwrap(), expected);
    }

    #[test]
    fn segments_over_endless_lines_are_refused() {
        assert!(read_segments("[[1,1,1,true,true,false],[4000000000,1,1,true,true,false]]").is_err());
        assert!(read_segments("[[9,1,1,true,true],[2,1,1,true,true]]").is_err());
        assert!(read_segments("[[9]]").is_err());
    }
}
