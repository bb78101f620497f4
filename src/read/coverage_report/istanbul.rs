//! Istanbul's JSON, as jest, vitest, nyc and c8 write it: `coverage-final.json` with every statement, and
//! `coverage-summary.json` with totals by file.

use serde_json::{Map, Value};

use super::{FileCoverage, Format, Lines, Measured, Ratio, Report};

/// Whether an object is one of the two.
pub(super) fn is(json: &Map<String, Value>) -> bool {
    summary(json) || json.values().next().is_some_and(|file| body(file).is_some())
}

fn summary(json: &Map<String, Value>) -> bool {
    json.get("total").is_some_and(|total| total.get("lines").is_some_and(Value::is_object))
}

/// Reads either.
pub(super) fn read(json: &Map<String, Value>) -> Result<Report, String> {
    if summary(json) {
        return read_summary(json);
    }
    let mut report = Report::new(Format::Istanbul, Vec::with_capacity(json.len()));
    for (path, file) in json {
        let coverage = body(file).and_then(statements);
        report.files.push((path.clone(), coverage.ok_or_else(|| format!("has no statements for {path}"))?));
    }
    Ok(report)
}

/// A file's data; some versions wrap it once more.
fn body(file: &Value) -> Option<&Map<String, Value>> {
    let of = |file: &'_ Value| file.get("statementMap").is_some() && file.get("s").is_some();
    let file = if of(file) { file } else { file.get("data").filter(|data| of(data))? };
    file.as_object()
}

/// A line has the highest count of the statements that begin on it.
fn statements(file: &Map<String, Value>) -> Option<FileCoverage> {
    let (places, counts) = (file.get("statementMap")?.as_object()?, file.get("s")?.as_object()?);
    let mut lines = Lines::new();
    for (id, place) in places {
        let line = place.get("start")?.get("line").and_then(Value::as_u64);
        if let Some(line) = line.and_then(|line| u32::try_from(line).ok()) {
            *lines.entry(line).or_default() |= counts.get(id).is_some_and(ran);
        }
    }
    let all = |name: &str| Some(Ratio::of(file.get(name)?.as_object()?.values().map(ran)));
    let branches = file.get("b").and_then(Value::as_object);
    let measured = Measured {
        lines: Some(Ratio::of(lines.values().copied())),
        branches: branches.map(|b| Ratio::of(b.values().filter_map(Value::as_array).flatten().map(ran))),
        functions: all("f"),
        statements: all("s"),
    };
    Some(FileCoverage { measured, lines: Some(lines) })
}

fn ran(count: &Value) -> bool {
    count.as_f64().is_some_and(|count| count > 0.0)
}

/// A summary's own `total` is left out, for the files sum up to it.
fn read_summary(json: &Map<String, Value>) -> Result<Report, String> {
    let mut files = Vec::new();
    for (path, value) in json.iter().filter(|(path, _)| *path != "total" && *path != "branchesTrue") {
        files.push((path.clone(), totals(value).ok_or_else(|| format!("has no counts for {path}"))?));
    }
    // A summary of the total alone has no file to name.
    if files.is_empty() {
        files.push(("total".into(), totals(&json["total"]).ok_or("has no counts in its `total`")?));
    }
    Ok(Report::new(Format::IstanbulSummary, files))
}

fn totals(value: &Value) -> Option<FileCoverage> {
    let ratio = |name: &str| {
        let metric = value.get(name)?;
        Some(Ratio { hit: metric.get("covered")?.as_u64()?, found: metric.get("total")?.as_u64()? })
    };
    let measured = Measured {
        lines: Some(ratio("lines")?),
        branches: ratio("branches"),
        functions: ratio("functions"),
        statements: ratio("statements"),
    };
    Some(FileCoverage { measured, lines: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> Result<Report, String> {
        let json: Map<String, Value> = serde_json::from_str(text).unwrap();
        assert!(is(&json), "{text}");
        read(&json)
    }

    #[test]
    fn files_are_counted_and_the_total_is_not_counted_twice() {
        let one = r#"{"lines":{"total":4,"covered":3,"skipped":0,"pct":75},"branches":{"total":0,"covered":0,"pct":100}}"#;
        let both = report(&format!("{{\"total\":{one},\"/r/a.js\":{one},\"/r/b.js\":{one}}}")).unwrap();
        assert_eq!(both.total().lines, Some(Ratio { hit: 6, found: 8 }));
        assert_eq!(both.total().branches.unwrap().percent(), None);
        assert_eq!(report(&format!("{{\"total\":{one}}}")).unwrap().total().lines.unwrap().found, 4);
    }

    #[test]
    fn a_line_ran_if_any_statement_that_begins_on_it_did() {
        let text = r#"{"/r/a.js":{"path":"/r/a.js",
            "statementMap":{"0":{"start":{"line":1,"column":0},"end":{"line":1,"column":9}},
                            "1":{"start":{"line":1,"column":10},"end":{"line":3,"column":0}},
                            "2":{"start":{"line":2,"column":1},"end":{"line":2,"column":5}}},
            "s":{"0":0,"1":2,"2":0},"fnMap":{},"f":{"0":1},"branchMap":{},"b":{"0":[1,0],"1":[]}}}"#;
        let file = report(text).unwrap().files.remove(0).1;
        assert_eq!(file.lines, Some([(1, true), (2, false)].into()));
        let ratio = |hit, found| Some(Ratio { hit, found });
        let measured = Measured {
            lines: ratio(1, 2),
            branches: ratio(1, 2),
            functions: ratio(1, 1),
            statements: ratio(1, 3),
        };
        assert_eq!(file.measured, measured);
    }
}
