//! `coverage json` of coverage.py.

use serde_json::{Map, Value};

use super::{FileCoverage, Format, Lines, Measured, Ratio, Report};

/// Whether an object is such a report.
pub(super) fn is(json: &Map<String, Value>) -> bool {
    json.contains_key("meta")
        && json.get("files").and_then(Value::as_object).is_some_and(|files| {
            files.values().next().is_none_or(|file| file.get("executed_lines").is_some())
        })
}

/// Reads a report. coverage.py calls lines statements, and its headline figure adds branches where it measures them.
pub(super) fn read(json: &Map<String, Value>) -> Result<Report, String> {
    let files = json.get("files").and_then(Value::as_object).ok_or("has no files")?;
    let mut report = Report::new(Format::CoveragePy, Vec::with_capacity(files.len()));
    for (path, file) in files {
        let coverage = coverage(file).ok_or_else(|| format!("has no counts for {path}"))?;
        report.files.push((path.clone(), coverage));
    }
    let branches = json["meta"].get("branch_coverage").and_then(Value::as_bool);
    report.headline_with_branches = branches == Some(true);
    Ok(report)
}

fn coverage(file: &Value) -> Option<FileCoverage> {
    let mut lines = Lines::new();
    for (name, hit) in [("missing_lines", false), ("executed_lines", true)] {
        let numbers = file.get(name)?.as_array()?.iter().filter_map(Value::as_u64);
        lines.extend(numbers.filter_map(|line| Some((u32::try_from(line).ok()?, hit))));
    }
    let summary = file.get("summary")?;
    let ratio = |hit: &str, found: &str| {
        let count = |name| summary.get(name).and_then(Value::as_u64);
        Some(Ratio { hit: count(hit)?, found: count(found)? })
    };
    let counted = ratio("covered_lines", "num_statements")?;
    let branches = ratio("covered_branches", "num_branches");
    let measured = Measured { lines: Some(counted), branches, functions: None, statements: Some(counted) };
    Some(FileCoverage { measured, lines: Some(lines) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_the_tool_s_own_and_lines_are_both_lists() {
        let text = r#"{"meta":{"version":"7.6","branch_coverage":true},"files":{"a.py":{"executed_lines":[1,2],
            "summary":{"covered_lines":2,"num_statements":3,"num_branches":2,"covered_branches":1},
            "missing_lines":[4],"excluded_lines":[9]}},"totals":{}}"#;
        let json = serde_json::from_str(text).unwrap();
        assert!(is(&json));
        let report = read(&json).unwrap();
        assert!(report.headline_with_branches);
        assert_eq!(report.total().lines_and_branches(), Some(Ratio { hit: 3, found: 5 }));
        assert_eq!(report.files[0].1.lines, Some([(1, true), (2, true), (4, false)].into()));
    }
}
