//! Comments that take a whole file out of the measurement.

/// Whether the text holds a comment with which the tool leaves the file out of its report.
///
/// Only Istanbul's instrumentation drops the file itself; V8's and coverage.py's comments leave it in the report with
/// nothing to cover.
pub fn ignores_file(tool: &str, text: &str) -> bool {
    if !matches!(tool, "jest" | "nyc") {
        return false;
    }
    text.match_indices("istanbul ignore file").any(|(at, found)| {
        let opened = text[..at].trim_end();
        let line = opened.strip_suffix("//").or_else(|| opened.strip_suffix("/*"));
        let ends = text[at + found.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        line.is_some() && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_comment_takes_a_file_out_and_only_where_the_tool_drops_it() {
        assert!(ignores_file("jest", "/* istanbul ignore file */\nexport {}"));
        assert!(ignores_file("nyc", "// istanbul ignore file -- generated\n"));
        assert!(!ignores_file("jest", "const text = 'istanbul ignore file'"));
        assert!(!ignores_file("vitest", "/* istanbul ignore file */"));
    }
}
