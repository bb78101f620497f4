//! Filter expressions of cargo-nextest: `test(/x/) and not package(y)`.

use globset::Glob;
use regex::Regex;

use super::cargo::full_name;
use super::filter::Expression;
use crate::read::tests::Test;

/// Reads an expression; nothing where a predicate asks for what a tree does not tell.
pub(super) fn read(text: &str) -> Option<Expression> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let (word, behind) = match c {
            '(' | ')' => (c.to_string(), &rest[1..]),
            '!' => ("not".to_owned(), &rest[1..]),
            '&' | '+' | '|' => ((if c == '&' { "and" } else { "or" }).to_owned(), &rest[1..]),
            '-' => {
                words.push("and".to_owned());
                ("not".to_owned(), &rest[1..])
            }
            c if c.is_alphabetic() => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                match (&rest[..end], rest[end..].strip_prefix('(')) {
                    (word @ ("and" | "or" | "not"), _) => (word.to_owned(), &rest[end..]),
                    (name, Some(inner)) => {
                        let (argument, behind) = argument(inner)?;
                        (predicate(name, argument.trim())?, behind)
                    }
                    _ => return None,
                }
            }
            _ => return None,
        };
        words.push(word);
        rest = behind.trim_start();
    }
    Expression::of_words(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What stands up to the closing bracket; a regular expression ends at its slash.
fn argument(inner: &str) -> Option<(&str, &str)> {
    let from = match inner.trim_start().strip_prefix('/') {
        Some(regex) => inner.len() - regex.len() + regex.find('/')? + 1,
        None => 0,
    };
    let end = from + inner[from..].find(')')?;
    Some((&inner[..end], &inner[end + 1..]))
}

/// A word of the expression: the predicate with how it compares.
fn predicate(name: &str, argument: &str) -> Option<String> {
    // What a predicate does where its argument says nothing of it.
    let default = match name {
        "all" => return Some("all~".to_owned()),
        "none" => return Some("none~".to_owned()),
        "test" => '~',
        "package" | "binary" | "kind" => '=',
        _ => return None,
    };
    let (how, value) = match argument.chars().next()? {
        c @ ('~' | '=' | '#') => (c, &argument[1..]),
        '/' => ('/', argument.trim_matches('/')),
        _ => (default, argument),
    };
    Some(format!("{name}{how}{value}"))
}

/// Whether a predicate holds of a test.
pub(super) fn holds(word: &str, test: &Test) -> bool {
    let Some(at) = word.find(['~', '=', '#', '/']) else { return true };
    let (name, how, value) = (&word[..at], &word[at..at + 1], &word[at + 1..]);
    let path = test.path.as_str();
    let integration = path.rsplit_once("tests/").filter(|_| !path.contains("src/"));
    let binary = integration.map(|(_, rest)| rest.split(['/', '.']).next().unwrap_or_default().to_owned());
    let told = match name {
        "all" => return true,
        "none" => return false,
        "test" => full_name(test),
        "binary" => binary.unwrap_or_default(),
        "kind" => (if integration.is_some() { "test" } else { "lib" }).to_owned(),
        // Packages are told by their folders, as most are named.
        _ => {
            let front = path.split("/src/").next().and_then(|p| p.split("/tests/").next()).unwrap_or(path);
            front.rsplit('/').next().unwrap_or_default().to_owned()
        }
    };
    match how {
        "~" => told.contains(value),
        "=" => told == value,
        "#" => Glob::new(value).is_ok_and(|glob| glob.compile_matcher().is_match(&told)),
        _ => Regex::new(value).is_ok_and(|regex| regex.is_match(&told)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_with_their_operators_and_others_are_not() {
        let shown = |text: &str| format!("{:?}", read(text));
        assert_eq!(
            shown("not (test(slow) | binary(e2e))"),
            r#"Some(Not(Or([Word("test~slow"), Word("binary=e2e")])))"#
        );
        assert_eq!(
            shown("all() - test(/^a(b|c)$/)"),
            r#"Some(And([Word("all~"), Not(Word("test/^a(b|c)$"))]))"#
        );
        assert_eq!(shown("rdeps(core)"), "None");
        assert_eq!(shown("test(a) test(b)"), "None");
    }
}
