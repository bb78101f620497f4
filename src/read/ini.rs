//! INI files as Python's `configparser` reads them.

use crate::read::json::{Object, Value};

/// Sections as objects of strings; the lines of a continued value are joined by `\n`. Lines that are neither a section,
/// a key nor a continuation are passed over.
pub fn parse(text: &str) -> Value {
    let mut sections: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut open = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let words = line.trim();
        if words.is_empty() || words.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = words.strip_prefix('[').and_then(|rest| rest.split(']').next())
            && !line.starts_with([' ', '\t'])
        {
            sections.push((name.trim().to_owned(), Vec::new()));
            open = false;
            continue;
        }
        let Some((_, keys)) = sections.last_mut() else { continue };
        if line.starts_with([' ', '\t'])
            && open
            && let Some((_, value)) = keys.last_mut()
        {
            value.push('\n');
            value.push_str(words);
            continue;
        }
        let (key, value) = words.split_once(['=', ':']).unwrap_or((words, ""));
        keys.push((key.trim().to_lowercase(), value.trim().to_owned()));
        open = true;
    }
    let section = |keys: Vec<(String, String)>| {
        Value::Object(keys.into_iter().map(|(key, value)| (key, Value::Text(value))).collect::<Object>())
    };
    Value::Object(sections.into_iter().map(|(name, keys)| (name, section(keys))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_go_on_over_indented_lines_and_comments_are_no_values() {
        let ini = parse(
            "# c\n[run]\nomit =\n    a/*\n    ; no\n\n    b/*\nBranch: True\n[report]\nfail_under = 90\n",
        );
        assert_eq!(ini.at(&["run", "omit"]).unwrap().as_text(), Some("\na/*\nb/*"));
        assert_eq!(ini.at(&["run", "branch"]).unwrap().as_text(), Some("True"));
        assert_eq!(ini.at(&["report", "fail_under"]).unwrap().as_text(), Some("90"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(\\[|\\]|a|=|:|\n| |#|é){0,40}") {
            let _ = parse(&text);
        }
    }
}
