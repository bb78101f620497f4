//! Properties that a Gradle script sets by `property("name", value)`, in Groovy or Kotlin.
//!
//! The script is split into words, texts and marks, so that comments and texts are told from code; it is not run. A
//! value counts where it is written out, alone or as a list.

use super::Properties;

/// More tokens than this are not looked at.
const MAX_TOKENS: usize = 500_000;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    /// A text, and whether it takes in expressions.
    Text(String, bool),
    Mark(char),
    Line,
}

/// The properties of these names. What is not written out stands as an expression, with a `$`.
pub(super) fn properties(text: &str, names: &[&str]) -> Properties {
    let tokens = tokens(text);
    let mut found = Properties::new();
    for (at, token) in tokens.iter().enumerate() {
        if !matches!(token, Token::Word(word) if word == "property" || word == "set" || word == "put") {
            continue;
        }
        let open = tokens.get(at + 1) == Some(&Token::Mark('('));
        let name = at + 1 + usize::from(open);
        let (Some(Token::Text(key, false)), Some(Token::Mark(','))) =
            (tokens.get(name), tokens.get(name + 1))
        else {
            continue;
        };
        if names.contains(&key.as_str()) {
            found.insert(key.clone(), value(&tokens[name + 2..], open));
        }
    }
    found
}

/// The value that begins here and ends with the call's bracket, or with the line where there is none.
fn value(tokens: &[Token], bracket: bool) -> String {
    let mut depth = 0_usize;
    let mut texts = Vec::new();
    let mut words = Vec::new();
    for token in tokens {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') if depth == 0 => break,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Line if depth == 0 && !bracket => break,
            Token::Text(text, false) => texts.push(text.as_str()),
            Token::Text(text, true) => words.push(text.as_str()),
            Token::Word(word) => words.push(word.as_str()),
            Token::Mark('+' | '-' | '?') => words.push("+"),
            _ => {}
        }
    }
    let lists = ["listOf", "arrayOf", "setOf", "mutableListOf", "joinToString", "join", "as", "String"];
    let plain = ["true", "false"];
    let unknown: Vec<&str> = words.iter().copied().filter(|word| !lists.contains(word)).collect();
    match unknown.as_slice() {
        [] => texts.into_iter().filter(|text| *text != ",").collect::<Vec<_>>().join(","),
        [word] if texts.is_empty() && plain.contains(word) => (*word).to_owned(),
        words => format!("${}", words.join(" ")),
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if found.len() > MAX_TOKENS {
            break;
        }
        let next = chars.get(at + 1);
        match c {
            '/' if next == Some(&'/') => {
                while chars.get(at).is_some_and(|c| *c != '\n') {
                    at += 1;
                }
                continue;
            }
            '/' if next == Some(&'*') => {
                at += 2;
                while at < chars.len() && !(chars[at] == '*' && chars.get(at + 1) == Some(&'/')) {
                    at += 1;
                }
                at += 2;
                continue;
            }
            '"' | '\'' => {
                let (token, end) = quoted(&chars, at);
                found.push(token);
                at = end;
                continue;
            }
            '\n' => found.push(Token::Line),
            c if c.is_alphabetic() || c == '_' => {
                let end = chars[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count() + at;
                found.push(Token::Word(chars[at..end].iter().collect()));
                at = end;
                continue;
            }
            c if c.is_whitespace() => {}
            c => found.push(Token::Mark(c)),
        }
        at += 1;
    }
    found
}

/// The text whose quote stands at `at`, and where it ends.
fn quoted(chars: &[char], at: usize) -> (Token, usize) {
    let quote = chars[at];
    let triple = chars.get(at + 1) == Some(&quote) && chars.get(at + 2) == Some(&quote);
    let width = if triple { 3 } else { 1 };
    let mut out = String::new();
    let (mut end, mut open) = (at + width, false);
    while let Some(&c) = chars.get(end) {
        let closes = c == quote
            && (!triple || (chars.get(end + 1) == Some(&quote) && chars.get(end + 2) == Some(&quote)));
        if closes {
            end += width;
            break;
        }
        if c == '\n' && !triple {
            break;
        }
        if c == '\\' && !triple {
            end += 1;
            out.extend(chars.get(end));
            end += 1;
            continue;
        }
        open |= c == '$' && quote == '"';
        out.push(c);
        end += 1;
    }
    (Token::Text(out, open), end)
}
