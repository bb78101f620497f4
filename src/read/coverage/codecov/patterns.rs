//! Codecov's path patterns: a prefix, a glob or a regular expression, told apart by their characters.
//!
//! The order of the guesses is that of the service's own validation; a report's path must match from its start.

use regex::Regex;

use crate::read::coverage::expression;
use crate::undecided::Undecided;

/// Patterns that keep or leave out a path, as the service combines them.
pub(super) struct Patterns {
    /// Where there are any, a path must match one.
    keep: Option<Vec<Regex>>,
    drop: Vec<Regex>,
}

impl Patterns {
    /// From the lists of an upload: what is ignored, for all and for its flags, and the paths of its flags.
    pub(super) fn new<'a>(
        ignored: impl IntoIterator<Item = &'a str>,
        paths: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Undecided> {
        let ignored = ignored.into_iter().map(|text| {
            let (negated, regex) = translated(text);
            (!negated, regex)
        });
        let all: Vec<(bool, String)> = ignored.chain(paths.into_iter().map(translated)).collect();
        let of =
            |negated: bool| all.iter().filter(move |(n, _)| *n == negated).map(|(_, regex)| regex.as_str());
        let everything = |negated: bool| of(negated).any(|regex| regex == ".*");
        let compiled = |negated: bool| of(negated).map(expression::at_start).collect::<Result<Vec<_>, _>>();
        let keep = (of(false).next().is_some() && !everything(false)).then(|| compiled(false)).transpose()?;
        // The service takes a list that would leave out everything for one that leaves out nothing.
        let drop = if everything(true) { Vec::new() } else { compiled(true)? };
        Ok(Self { keep, drop })
    }

    /// Whether a report may speak of the path.
    pub(super) fn keeps(&self, path: &str) -> bool {
        let any = |all: &[Regex]| all.iter().any(|regex| regex.is_match(path));
        self.keep.as_deref().is_none_or(any) && !any(&self.drop)
    }
}

/// Whether the pattern is negated, and the regular expression that it stands for.
fn translated(text: &str) -> (bool, String) {
    let bare = text.trim_start_matches('!');
    let negated = bare.len() < text.len();
    let bare = bare.strip_prefix("./").unwrap_or(bare);
    (negated, regex(bare))
}

fn regex(text: &str) -> String {
    if !text.contains(['*', '$', ']', '[']) {
        return format!("^{text}.*");
    }
    let glob = text.contains("**")
        || text.contains("/*")
        || (text.contains('*') && !text.contains("]*") && !text.contains(".*"));
    // What can't be read as an expression is a glob there; looking around can be read there, and not here.
    if !glob && (expression::compile(text).is_ok() || text.contains("(?")) {
        text.to_owned()
    } else {
        globbed(text)
    }
}

/// A glob as Python's `fnmatch` reads it, but for `*`, which stays within a folder, and `**`, which does not.
fn globbed(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::from("(?s:");
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            '*' if chars.get(at) == Some(&'*') => {
                out.push_str(".*");
                at += 1;
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push('.'),
            '[' => match class(&chars[at..]) {
                Some((class, length)) => {
                    out.push_str(&class);
                    at += length;
                }
                None => out.push_str("\\["),
            },
            c => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out.push_str(r")\z");
    out
}

/// A class whose opening bracket was read, with its length.
fn class(chars: &[char]) -> Option<(String, usize)> {
    let not = usize::from(chars.first() == Some(&'!'));
    let first = not + usize::from(chars.get(not) == Some(&']'));
    let end = first + chars.get(first..)?.iter().position(|c| *c == ']')?;
    let mut out = String::from(if not == 1 { "[^" } else { "[" });
    for &c in &chars[not..end] {
        if matches!(c, '\\' | '[' | ']' | '^' | '&' | '~' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push(']');
    Some((out, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drops(pattern: &str, path: &str) -> bool {
        !Patterns::new([pattern], []).unwrap().keeps(path)
    }

    // What the service's own validation makes of each, run over these paths.
    #[test]
    fn a_pattern_is_a_prefix_a_glob_or_an_expression() {
        for (pattern, path) in [
            ("src/old", "src/older/a.py"),
            ("./src/old/", "src/old/a.py"),
            ("setup.py", "setup.py.in"),
            ("a?b", "b/x"),
            ("foo|bar", "bar/x.go"),
            ("src/**/*", "src/a/b/c.py"),
            ("**/*_test.go", "a/b/c_test.go"),
            ("*_test.go", "c_test.go"),
            (".*_test.go", "a/b/c_test.go"),
            ("test_.*\\.py$", "test_a.py"),
            ("foo[0-9]", "foo7/bar.py"),
            ("a/[bc]*", "a/x"),
            ("lib/[!a].rb*", "lib/b.rb"),
        ] {
            assert!(drops(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("old", "src/old/a.py"),
            ("src/*.py", "src/a/b.py"),
            ("*_test.go", "a/c_test.go"),
            ("**/*_test.go", "c_test.go"),
            ("src/**/*.py", "src/a.py"),
            ("**/test", "a/test/b.py"),
            ("test_.*\\.py$", "a/test_a.py"),
            ("lib/[!a].rb*", "lib/a.rb"),
        ] {
            assert!(!drops(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_negated_pattern_turns_the_list_into_one_of_what_is_kept() {
        let patterns = Patterns::new(["!src/keep"], []).unwrap();
        assert!(patterns.keeps("src/keep/a.py") && !patterns.keeps("lib/a.py"));
        let patterns = Patterns::new(["src/old"], ["src/"]).unwrap();
        assert!(patterns.keeps("src/a.py") && !patterns.keeps("src/old/a.py") && !patterns.keeps("lib/a.py"));
        assert!(Patterns::new([".*"], []).unwrap().keeps("a.py"));
    }

    #[test]
    fn looking_around_is_undecided() {
        assert!(Patterns::new(["^src/(?!keep).*"], []).is_err());
    }
}
