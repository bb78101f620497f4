//! SimpleCov's JSON: `.resultset.json`, which Ruby's own counters fill, and `coverage.json`, its formatter's report.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{FileCoverage, Format, Lines, Measured, Ratio, Report};

/// Whether an object is one of the two.
pub(super) fn is(json: &Map<String, Value>) -> bool {
    files(json).next().is_some() || results(json).next().is_some()
}

/// The files of a formatter's report, which `coverage` or `files` holds.
fn files(json: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let named = json.get("coverage").and_then(Value::as_object).into_iter().flatten();
    named.filter(|(_, file)| lines(file).is_some())
}

/// The files of all the runs that a result set keeps, one under each command's name.
fn results(json: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let runs = json.values().filter_map(|run| run.get("coverage")?.as_object()).flatten();
    runs.filter(|(_, file)| lines(file).is_some())
}

/// The counts by line; before SimpleCov 0.18 they stand without a name.
fn lines(file: &Value) -> Option<&Vec<Value>> {
    file.as_array().or_else(|| file.get("lines")?.as_array())
}

/// Reads either. Lines between `:nocov:` marks are counted in a result set: only SimpleCov's own reports leave them out.
pub(super) fn read(json: &Map<String, Value>) -> Result<Report, String> {
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut runs: Vec<(&str, Vec<&Value>)> = Vec::new();
    let direct: Vec<_> = files(json).collect();
    let all: Vec<_> = if direct.is_empty() { results(json).collect() } else { direct };
    for (path, file) in all {
        let at = *index.entry(path).or_insert(runs.len());
        if at == runs.len() {
            runs.push((path, Vec::new()));
        }
        runs[at].1.push(file);
    }
    let files = runs.into_iter().map(|(path, runs)| (path.to_owned(), coverage(&runs)));
    Ok(Report::new(Format::SimpleCov, files.collect()))
}

/// One file in all its runs. A line that some run holds for irrelevant counts only if another ran it.
fn coverage(runs: &[&Value]) -> FileCoverage {
    let mut counted: Vec<Option<bool>> = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        for (at, count) in lines(run).into_iter().flatten().enumerate() {
            let now = count.as_u64().map(|count| count > 0);
            match counted.get_mut(at) {
                None => counted.push(if number == 0 { now } else { now.filter(|hit| *hit) }),
                Some(before) => {
                    *before = match (*before, now) {
                        (Some(a), Some(b)) => Some(a || b),
                        (a, b) => (a == Some(true) || b == Some(true)).then_some(true),
                    }
                }
            }
        }
    }
    let place = |at: usize| u32::try_from(at + 1).ok();
    let lines: Lines =
        counted.iter().enumerate().filter_map(|(at, hit)| Some((place(at)?, (*hit)?))).collect();
    let mut measured = FileCoverage::of_lines(lines);
    measured.measured = Measured { branches: branches(runs), ..measured.measured };
    measured
}

/// Branches by their names within their condition; `ignored` ones are left out.
fn branches(runs: &[&Value]) -> Option<Ratio> {
    let mut known: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    let mut found = None;
    for run in runs {
        match run.get("branches") {
            Some(Value::Object(conditions)) => {
                found.get_or_insert(Ratio::default());
                for (condition, branches) in conditions {
                    for (branch, count) in branches.as_object().into_iter().flatten() {
                        let ran = count.as_u64().is_some_and(|count| count > 0);
                        *known.entry((condition, branch)).or_default() |= ran;
                    }
                }
            }
            Some(Value::Array(branches)) => {
                let counts = branches.iter().filter_map(|branch| branch.get("coverage")?.as_u64());
                found.get_or_insert_with(Ratio::default).add(Ratio::of(counts.map(|count| count > 0)));
            }
            _ => {}
        }
    }
    let mut sum = found?;
    sum.add(Ratio::of(known.into_values()));
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> Report {
        let json = serde_json::from_str(text).unwrap();
        assert!(is(&json), "{text}");
        read(&json).unwrap()
    }

    #[test]
    fn runs_of_a_result_set_are_merged_as_simplecov_does() {
        let report = report(
            r#"{"RSpec":{"coverage":{"/r/a.rb":{"lines":[1,0,null,0],"branches":{"[:if, 0]":{"[:then, 1]":1,"[:else, 2]":0}}}},"timestamp":1},
                "Cucumber":{"coverage":{"/r/a.rb":{"lines":[0,2,3,null],"branches":{"[:if, 0]":{"[:then, 1]":0,"[:else, 2]":0}}},"/r/b.rb":[null,1]},"timestamp":1}}"#,
        );
        assert_eq!(report.files[0].1.lines, Some([(1, true), (2, true), (3, true)].into()));
        assert_eq!(report.files[0].1.measured.branches, Some(Ratio { hit: 1, found: 2 }));
        assert_eq!(report.files[1].1.lines, Some([(2, true)].into()));
    }

    #[test]
    fn lines_that_the_formatter_calls_ignored_do_not_count() {
        let report = report(
            r#"{"meta":{"simplecov_version":"0.22.0"},"coverage":{"/r/a.rb":{"lines":[1,null,0,"ignored"],
                "branches":[{"type":"then","coverage":1},{"type":"else","coverage":0},{"type":"then","coverage":"ignored"}]}}}"#,
        );
        assert_eq!(report.total().lines, Some(Ratio { hit: 1, found: 2 }));
        assert_eq!(report.total().branches, Some(Ratio { hit: 1, found: 2 }));
    }
}
