//! Istanbul's `coverage-summary.json`: totals by file, as jest, vitest and nyc write it.

use serde_json::{Map, Value};

use super::{Measured, Ratio, Report};

/// Whether a text looks like a JSON object.
pub(super) fn is(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Reads a summary; its own `total` is left out, for the files sum up to it.
pub(super) fn read(text: &str) -> Result<Report, String> {
    let json: Map<String, Value> =
        serde_json::from_str(text).map_err(|e| format!("is not JSON that can be read: {e}"))?;
    if !json.get("total").is_some_and(Value::is_object) {
        return Err("is JSON without the `total` of an Istanbul summary".into());
    }
    let mut files: Vec<(String, Measured)> = Vec::new();
    for (path, value) in json.iter().filter(|(path, _)| *path != "total") {
        files.push((path.clone(), measured(value).ok_or_else(|| format!("has no counts for {path}"))?));
    }
    // A summary of the total alone has no file to name.
    if files.is_empty() {
        files.push(("total".into(), measured(&json["total"]).ok_or("has no counts in its `total`")?));
    }
    Ok(Report { files })
}

fn measured(value: &Value) -> Option<Measured> {
    let ratio = |name: &str| {
        let metric = value.get(name)?;
        Some(Ratio { hit: metric.get("covered")?.as_u64()?, found: metric.get("total")?.as_u64()? })
    };
    Some(Measured {
        lines: Some(ratio("lines")?),
        branches: ratio("branches"),
        functions: ratio("functions"),
        statements: ratio("statements"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_and_the_total_is_not_counted_twice() {
        let one = r#"{"lines":{"total":4,"covered":3,"skipped":0,"pct":75},"branches":{"total":0,"covered":0,"pct":100}}"#;
        let report = read(&format!("{{\"total\":{one},\"/r/a.js\":{one},\"/r/b.js\":{one}}}")).unwrap();
        assert_eq!(report.total().lines, Some(Ratio { hit: 6, found: 8 }));
        assert_eq!(report.total().branches.unwrap().percent(), None);
        assert_eq!(read(&format!("{{\"total\":{one}}}")).unwrap().total().lines.unwrap().found, 4);
    }
}
