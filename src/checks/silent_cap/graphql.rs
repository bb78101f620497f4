//! The arguments of connections in a GraphQL document: `issues(first: 200)`.

use std::ops::Range;

use super::facts::Service;

/// What only a document for the service asks for at its root.
const ROOTS: [&str; 7] =
    ["repository", "viewer", "organization", "user", "search", "repositoryOwner", "enterprise"];
/// Before the field that a struct's tag asks for.
const TAG: &str = "graphql:\"";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Name(&'t str),
    Number(&'t str),
    Mark(char),
}

/// The argument of a document or of a struct's tag that asks for more than the service's ceiling.
pub(super) fn beyond(service: &Service, text: &str) -> Option<(String, u64, u64)> {
    if !service.limits.iter().any(|limit| limit.argument.is_some()) {
        return None;
    }
    let tokens = match text.trim_start().strip_prefix(TAG) {
        Some(tag) => tokens(tag.split('"').next().unwrap_or_default()),
        None => {
            let text = text.strip_prefix("query=").unwrap_or(text);
            let tokens = tokens(text);
            if !is_document(&tokens) {
                return None;
            }
            tokens
        }
    };
    let mut depth = 0_usize;
    tokens.windows(3).find_map(|three| {
        match three[0] {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let [Token::Name(name), Token::Mark(':'), Token::Number(number)] = three else { return None };
        let limit = service.limits.iter().find(|limit| limit.argument.as_deref() == Some(name))?;
        let count: u64 = number.parse().ok()?;
        (depth > 0 && count > limit.max).then(|| ((*name).to_owned(), count, limit.max))
    })
}

/// Where an argument with that number is written, to show its line.
pub(super) fn place(text: &str, argument: &str, count: u64) -> Option<Range<usize>> {
    let number = count.to_string();
    text.match_indices(argument).find_map(|(at, _)| {
        let value = text[at + argument.len()..].trim_start().strip_prefix(':')?.trim_start();
        let end = text.len() - value.len() + number.len();
        value.starts_with(&number).then_some(at..end)
    })
}

fn is_document(tokens: &[Token<'_>]) -> bool {
    let begins =
        matches!(tokens.first(), Some(Token::Name("query" | "mutation" | "fragment") | Token::Mark('{')));
    let mut depth = 0_usize;
    let mut asks = |two: &[Token<'_>]| {
        match two[0] {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 1 && matches!(two, [Token::Name(name), Token::Mark('(' | '{')] if ROOTS.contains(name))
    };
    begins && tokens.windows(2).any(&mut asks)
}

/// The tokens without strings and comments.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let end = |accept: fn(&u8) -> bool| {
            bytes[at..].iter().position(|b| !accept(b)).map_or(bytes.len(), |n| at + n)
        };
        match byte {
            b'#' => at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n),
            b'"' => at = string_end(text, at),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let end = end(|b| b.is_ascii_alphanumeric() || *b == b'_');
                found.push(Token::Name(&text[at..end]));
                at = end;
            }
            b'0'..=b'9' => {
                let end = end(|b| b.is_ascii_alphanumeric() || *b == b'.');
                found.push(Token::Number(&text[at..end]));
                at = end;
            }
            _ => {
                let c = text[at..].chars().next().unwrap_or(' ');
                if !c.is_whitespace() && c != ',' {
                    found.push(Token::Mark(c));
                }
                at += c.len_utf8();
            }
        }
    }
    found
}

fn string_end(text: &str, start: usize) -> usize {
    if let Some(rest) = text[start..].strip_prefix("\"\"\"") {
        return rest.find("\"\"\"").map_or(text.len(), |n| start + n + 6);
    }
    let mut escaped = false;
    for (n, byte) in text.as_bytes()[start + 1..].iter().enumerate() {
        match byte {
            b'\\' if !escaped => escaped = true,
            b'"' if !escaped => return start + n + 2,
            b'\n' => return start + n + 1,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::silent_cap::facts::services;

    fn asked(text: &str) -> Option<u64> {
        let service = services().iter().find(|s| s.name == "GitHub's GraphQL API").unwrap();
        beyond(service, text).map(|(_, count, _)| count)
    }

    #[test]
    fn more_than_a_connection_gives_is_found_in_documents_and_tags() {
        assert_eq!(asked("query { viewer { repositories(first: 500) { nodes { id } } } }"), Some(500));
        assert_eq!(
            asked("{ search(query: \"first: 9\", type: ISSUE, last:101) { nodes { id } } }"),
            Some(101)
        );
        assert_eq!(asked("graphql:\"labels(first: 200)\""), Some(200));
        assert_eq!(
            asked("query=query { repository(owner: \"a\") { issues(first: 150) { id } } }"),
            Some(150)
        );
    }

    #[test]
    fn strings_comments_variables_and_other_services_are_left_alone() {
        for text in [
            "query { viewer { repositories(first: 100) { nodes { id } } } }",
            "query { viewer { repositories(first: $first) { nodes { id } } } }",
            "query { search(query: \"first: 500\") { nodes { id } } } # first: 500",
            "query { products(first: 250) { nodes { id } } }",
            "query { products(first: 250) { user { id } } }",
            "the first: 500 issues (first: 500) of a repository { }",
            "query($first: Int = 500) { viewer { id } }",
            "\"\"\"",
            "{ é",
        ] {
            assert_eq!(asked(text), None, "{text}");
        }
    }
}
