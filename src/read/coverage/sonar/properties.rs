//! Java's properties files.

use super::Properties;

/// The properties of a text; of a name that stands twice, the last.
pub(super) fn read(text: &str) -> Properties {
    let mut found = Properties::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim_start().to_owned();
        if line.starts_with(['#', '!']) {
            continue;
        }
        while continued(&line) {
            line.pop();
            let Some(more) = lines.next() else { break };
            line.push_str(more.trim_start());
        }
        let end = separator(&line);
        let (name, value) = line.split_at(end);
        let value = value.trim_start().strip_prefix(['=', ':']).unwrap_or(value.trim_start());
        if !name.is_empty() {
            found.insert(unescaped(name), unescaped(value.trim()));
        }
    }
    found
}

/// Whether a line ends with an odd number of backslashes.
fn continued(line: &str) -> bool {
    line.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1
}

/// Where the name ends.
fn separator(line: &str) -> usize {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if !escaped && (c == '=' || c == ':' || c.is_whitespace()) {
            return at;
        }
        escaped = c == '\\' && !escaped;
    }
    line.len()
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('t') => out.push('\t'),
                Some('n') => out.push('\n'),
                Some(c) => out.push(c),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}
