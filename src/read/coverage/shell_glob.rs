//! Patterns of the C library's `glob`, which PHP and Ruby hand paths to.

use regex::Regex;

/// Longer patterns are not read.
const MAX_LENGTH: usize = 2_048;
/// More alternatives than this are not written out.
const MAX_ALTERNATIVES: usize = 256;

/// The patterns that braces stand for. `None` where they are too many.
pub(super) fn braces(pattern: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        if done.len() + open.len() > MAX_ALTERNATIVES || pattern.len() > MAX_LENGTH {
            return None;
        }
        // The innermost pair first: what it stands for holds no brace of its own.
        let end = pattern.find('}').filter(|end| pattern[..*end].contains('{'));
        let Some(end) = end else {
            done.push(pattern);
            continue;
        };
        let start = pattern[..end].rfind('{').unwrap_or_default();
        for option in pattern[start + 1..end].split(',') {
            open.push(format!("{}{option}{}", &pattern[..start], &pattern[end + 1..]));
        }
    }
    Some(done)
}

/// A pattern of the C library's `glob` over whole paths: a wildcard at the start of a name does not stand for a dot.
/// Where it is `deep`, `**` stands for any number of folders. `None` where a class is not closed or the pattern is long.
pub(super) fn regex(pattern: &str, deep: bool) -> Option<Regex> {
    if pattern.len() > MAX_LENGTH {
        return None;
    }
    let mut out = String::from("^");
    for (index, part) in pattern.split('/').enumerate() {
        if deep && part == "**" {
            out.push_str(if index == 0 { "(?:[^./][^/]*(?:/|$))*" } else { "(?:/[^./][^/]*)*" });
            continue;
        }
        if index > 0 && !out.ends_with("(?:/|$))*") {
            out.push('/');
        }
        out.push_str(&name(part)?);
    }
    out.push('$');
    Regex::new(&out).ok()
}

fn name(part: &str) -> Option<String> {
    let chars: Vec<char> = part.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let first = at == 0;
        at += 1;
        match c {
            '*' => {
                while chars.get(at) == Some(&'*') {
                    at += 1;
                }
                let only = at == chars.len() && first;
                out.push_str(match (first, only) {
                    (true, true) => "[^./][^/]*",
                    (true, false) => "(?:[^./][^/]*)?",
                    _ => "[^/]*",
                });
            }
            '?' => out.push_str(if first { "[^./]" } else { "[^/]" }),
            '[' => {
                let end = at + chars.get(at..)?.iter().skip(1).position(|c| *c == ']')? + 1;
                let inner: String = chars[at..end].iter().collect();
                let (not, inner) =
                    inner.strip_prefix(['!', '^']).map_or(("", inner.as_str()), |rest| ("^", rest));
                let inner: String = inner
                    .chars()
                    .flat_map(|c| {
                        matches!(c, '\\' | '[' | ']' | '^' | '&' | '~').then_some('\\').into_iter().chain([c])
                    })
                    .collect();
                out.push_str(&format!("[{not}{inner}]"));
                at = end + 1;
            }
            c => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_match(pattern: &str, path: &str) -> bool {
        braces(pattern).unwrap().iter().any(|pattern| regex(pattern, true).unwrap().is_match(path))
    }

    // As Ruby's `Dir` and PHP's `glob` find them.
    #[test]
    fn wildcards_stay_within_a_name_and_pass_over_hidden_ones() {
        for (pattern, path) in [
            ("{app,lib}/**/*.rb", "lib/a.rb"),
            ("{app,lib}/**/*.rb", "app/m/n/a.rb"),
            ("{a,{b,c}}/x", "c/x"),
            ("**/*.rb", "a.rb"),
            ("lib/[!b]?.rb", "lib/ab.rb"),
            ("src/.hid*/a", "src/.hidden/a"),
        ] {
            assert!(is_match(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("lib/*.rb", "lib/a/b.rb"),
            ("lib/**/*.rb", "lib/.hid/b.rb"),
            ("*", ".a"),
            ("?a", ".a"),
            ("lib/[!b]?.rb", "lib/ba.rb"),
        ] {
            assert!(!is_match(pattern, path), "{pattern} {path}");
        }
        assert!(regex("a[b", true).is_none());
    }

    proptest! {
        #[test]
        fn no_pattern_makes_the_reader_panic(pattern in "[*?\\[\\]{},/!.a\\\\-]{0,40}") {
            for pattern in braces(&pattern).unwrap_or_default() {
                let _ = regex(&pattern, true).map(|regex| regex.is_match("a/b"));
            }
        }
    }
}
