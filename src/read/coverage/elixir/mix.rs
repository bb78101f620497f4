//! The `test_coverage` of a `mix.exs`, read from its words and never run.

use crate::read::json::{Object, Value};

/// More words than this are not read.
const MAX_TOKENS: usize = 200_000;
/// Terms in terms beyond this are unknown.
const MAX_DEPTH: usize = 40;
/// The key under which a regular expression stands in the place of a module.
pub(super) const EXPRESSION: &str = "~r";

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// `name:` in a keyword list.
    Key(String),
    Atom(String),
    Alias(String),
    Name(String),
    Number(f64),
    Text(String),
    Expression(String),
    /// A text that takes in a value.
    Inserted(String),
    Sign(char),
}

/// What the file says of coverage: keyword lists as objects, atoms and modules as texts, a regular expression as an
/// object with [`EXPRESSION`]. `None` where it says nothing.
pub(super) fn coverage(text: &str) -> Option<Value> {
    let tokens = tokens(text);
    let key = |token: &Token| matches!(token, Token::Key(key) if key == "test_coverage");
    let at = tokens.iter().position(key)?;
    let mut reader = Reader { tokens: &tokens, at: at + 1 };
    Some(reader.expression(0))
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl Reader<'_> {
    fn sign(&self, sign: char) -> bool {
        self.tokens.get(self.at) == Some(&Token::Sign(sign))
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// A term, or lists put together.
    fn expression(&mut self, depth: usize) -> Value {
        let mut value = self.term(depth);
        while self.sign('+') {
            while self.sign('+') {
                self.at += 1;
            }
            value = match (value, self.term(depth)) {
                (Value::List(mut items), Value::List(more)) => {
                    items.extend(more);
                    Value::List(items)
                }
                (Value::Object(mut object), more @ Value::Object(_)) => {
                    object.spread(more);
                    Value::Object(object)
                }
                _ => Value::Unknown("++".to_owned()),
            };
        }
        if matches!(
            self.tokens.get(self.at),
            Some(Token::Sign('|' | '.' | '-' | '*' | '/' | '<' | '>' | '&'))
        ) {
            return Value::Unknown("an expression".to_owned());
        }
        value
    }

    fn term(&mut self, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::Unknown("a deep term".to_owned());
        }
        match self.next() {
            Some(Token::Atom(text) | Token::Alias(text) | Token::Text(text)) => Value::Text(text),
            Some(Token::Number(number)) => Value::Number(number),
            Some(Token::Expression(text)) => {
                Value::Object([(EXPRESSION.to_owned(), Value::Text(text))].into_iter().collect())
            }
            Some(Token::Inserted(text)) => Value::Unknown(text),
            Some(Token::Sign('[')) => self.list(depth),
            Some(Token::Sign('{')) => {
                self.list_until('}', depth);
                Value::Unknown("{…}".to_owned())
            }
            Some(Token::Sign('@')) => match self.next() {
                Some(Token::Name(name)) => self.attribute(&name, depth),
                _ => Value::Unknown("@".to_owned()),
            },
            Some(Token::Name(name)) => match name.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "nil" => Value::Null,
                _ => self.function(&name, depth),
            },
            _ => Value::Unknown("an expression".to_owned()),
        }
    }

    fn list(&mut self, depth: usize) -> Value {
        let (items, object) = self.list_until(']', depth);
        if items.is_empty() && !object.keys().is_empty() { Value::Object(object) } else { Value::List(items) }
    }

    /// A list with keys is an object; what stands before them is told apart.
    fn list_until(&mut self, close: char, depth: usize) -> (Vec<Value>, Object) {
        let (mut items, mut object) = (Vec::new(), Object::default());
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Sign(sign) if *sign == close => {
                    self.at += 1;
                    break;
                }
                Token::Sign(',') => self.at += 1,
                Token::Key(key) => {
                    let key = key.clone();
                    self.at += 1;
                    object.set(key, self.whole(depth));
                }
                _ => items.push(self.whole(depth)),
            }
        }
        (items, object)
    }

    /// An expression up to the next comma or closing bracket; one that goes on behind what is read here is unknown.
    fn whole(&mut self, depth: usize) -> Value {
        let from = self.at;
        let value = self.expression(depth + 1);
        let (read, mut open) = (self.at, 0_usize);
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Sign('(' | '[' | '{') => open += 1,
                Token::Sign(',' | ')' | ']' | '}') if open == 0 => break,
                Token::Sign(')' | ']' | '}') => open -= 1,
                _ => {}
            }
            self.at += 1;
        }
        if self.at == read && read > from { value } else { self.unread(from) }
    }

    /// The words from there on, as they are shown; a bracket that closes nothing is passed over.
    fn unread(&mut self, from: usize) -> Value {
        self.at = self.at.max(from + 1);
        let shown =
            self.tokens[from..self.at.min(self.tokens.len())].iter().take(12).map(|token| match token {
                Token::Key(text) => format!("{text}: "),
                Token::Atom(text) => format!(":{text}"),
                Token::Alias(text) | Token::Name(text) | Token::Inserted(text) => text.clone(),
                Token::Text(text) | Token::Expression(text) => format!("{text:?}"),
                Token::Number(number) => number.to_string(),
                Token::Sign(sign) => sign.to_string(),
            });
        Value::Unknown(shown.collect())
    }

    /// The value of `@name`, set once above.
    fn attribute(&mut self, name: &str, depth: usize) -> Value {
        let set = |at: &usize| {
            let named = self.tokens.get(at + 1) == Some(&Token::Name(name.to_owned()));
            let value = match self.tokens.get(at + 2) {
                None | Some(Token::Key(_)) => false,
                Some(Token::Sign(sign)) => *sign == '[',
                Some(_) => true,
            };
            self.tokens[*at] == Token::Sign('@') && named && value
        };
        match (0..self.tokens.len()).find(set) {
            Some(at) => self.elsewhere(at + 2, depth),
            None => Value::Unknown(format!("@{name}")),
        }
    }

    /// What a function of the file without arguments returns, where that is one term.
    fn function(&mut self, name: &str, depth: usize) -> Value {
        if self.sign('(') {
            if self.tokens.get(self.at + 1) != Some(&Token::Sign(')')) {
                return Value::Unknown(format!("{name}(…)"));
            }
            self.at += 2;
        }
        let token = |at: usize| self.tokens.get(at);
        let is = |at: usize, word: &str| matches!(token(at), Some(Token::Name(name)) if name == word);
        for at in 0..self.tokens.len() {
            if !(is(at, "def") || is(at, "defp")) || !is(at + 1, name) {
                continue;
            }
            let mut body = at + 2;
            if token(body) == Some(&Token::Sign('(')) && token(body + 1) == Some(&Token::Sign(')')) {
                body += 2;
            }
            if is(body, "do") {
                return self.elsewhere(body + 1, depth);
            }
            if token(body) == Some(&Token::Sign(',')) && token(body + 1) == Some(&Token::Key("do".to_owned()))
            {
                return self.elsewhere(body + 2, depth);
            }
        }
        Value::Unknown(name.to_owned())
    }

    fn elsewhere(&mut self, at: usize, depth: usize) -> Value {
        let back = std::mem::replace(&mut self.at, at);
        let value = self.expression(depth + 8);
        self.at = back;
        value
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if found.len() > MAX_TOKENS {
            break;
        }
        let (token, used) = match c {
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            '"' | '\'' => quoted(rest, c),
            '~' => sigil(rest),
            ':' if rest[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                let name = word(&rest[1..]);
                (Some(Token::Atom(name.to_owned())), 1 + name.len())
            }
            '0'..='9' => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
                let digits = &rest[..end.unwrap_or(rest.len())];
                (digits.replace('_', "").parse().ok().map(Token::Number), digits.len())
            }
            c if c.is_alphabetic() || c == '_' => name(rest),
            c if c.is_whitespace() => (None, c.len_utf8()),
            c => (Some(Token::Sign(c)), c.len_utf8()),
        };
        found.extend(token);
        rest = &rest[used.max(1)..];
    }
    found
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let marked = text[end..].starts_with(['?', '!']);
    &text[..end + usize::from(marked)]
}

/// A key, a module with its dots, or another name.
fn name(text: &str) -> (Option<Token>, usize) {
    let mut end = word(text).len();
    if text.starts_with(char::is_uppercase) {
        while let Some(more) =
            text[end..].strip_prefix('.').filter(|more| more.starts_with(char::is_uppercase))
        {
            end += 1 + word(more).len();
        }
        return (Some(Token::Alias(text[..end].to_owned())), end);
    }
    let behind = &text[end..];
    if behind.starts_with(':') && !behind.starts_with("::") {
        return (Some(Token::Key(text[..end].to_owned())), end + 1);
    }
    (Some(Token::Name(text[..end].to_owned())), end)
}

fn quoted(text: &str, quote: char) -> (Option<Token>, usize) {
    let long: String = std::iter::repeat_n(quote, 3).collect();
    if let Some(inner) = text.strip_prefix(&long) {
        let Some(end) = inner.find(&long) else { return (None, text.len()) };
        return (Some(plain(&inner[..end])), end + 6);
    }
    let (inner, used) = until(&text[1..], quote, false);
    let token = plain(&inner);
    // `"key": value` is a key as well.
    match (token, text[1 + used..].starts_with(": ")) {
        (Token::Text(key), true) => (Some(Token::Key(key)), used + 2),
        (token, _) => (Some(token), used + 1),
    }
}

fn plain(text: &str) -> Token {
    if text.contains("#{") { Token::Inserted(text.to_owned()) } else { Token::Text(text.to_owned()) }
}

/// The text up to a mark and how far that is; a backslash before anything but the mark stays in an expression.
fn until(text: &str, close: char, expression: bool) -> (String, usize) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == close => return (out, at + c.len_utf8()),
            '\\' => {
                let next = chars.next().map(|(_, next)| next);
                if expression && next != Some(close) {
                    out.push('\\');
                }
                out.extend(next);
            }
            c => out.push(c),
        }
    }
    (out, text.len())
}

/// `~r/…/i` and other sigils.
fn sigil(text: &str) -> (Option<Token>, usize) {
    let mut chars = text.chars().skip(1);
    let (Some(kind), Some(open)) = (chars.next(), chars.next()) else { return (None, text.len()) };
    if !kind.is_ascii_alphabetic() || open.is_alphanumeric() || open.is_whitespace() {
        return (Some(Token::Sign('~')), 1);
    }
    let close = match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    };
    let start = 2 + open.len_utf8();
    let (inner, used) = until(&text[start..], close, true);
    let flags = word(&text[start + used..]);
    let end = start + used + flags.len();
    let flags: String = flags.chars().filter(|flag| matches!(flag, 'i' | 'm' | 's' | 'x')).collect();
    let flags = if flags.is_empty() { String::new() } else { format!("(?{flags})") };
    let token = match kind {
        'r' | 'R' if inner.contains("#{") && kind == 'r' => Token::Inserted(inner),
        'r' | 'R' => Token::Expression(format!("{flags}{inner}")),
        _ => Token::Text(inner),
    };
    (Some(token), end)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lists_are_read_where_they_stand_or_from_a_function() {
        let inline = "def project do\n  [\n    app: :shop, # test_coverage: [summary: false]\n    \
                      test_coverage: [summary: [threshold: 85.5], ignore_modules: [Shop.Repo, ~r/^Shop\\.Old\\//i, :gen]]\n  ]\nend";
        let value = coverage(inline).unwrap();
        assert_eq!(value.at(&["summary", "threshold"]), Some(Value::Number(85.5)));
        let Some(Value::List(modules)) = value.get("ignore_modules") else { panic!("{value:?}") };
        assert_eq!(modules[0], Value::Text("Shop.Repo".into()));
        assert_eq!(modules[1].get(EXPRESSION), Some(Value::Text("(?i)^Shop\\.Old/".into())));
        assert_eq!(modules[2], Value::Text("gen".into()));
        let function = "@min 70\ndef project, do: [test_coverage: coverage()]\ndefp coverage do\n  [summary: [threshold: @min], tool: ExCoveralls]\nend";
        let value = coverage(function).unwrap();
        assert_eq!(value.at(&["summary", "threshold"]), Some(Value::Number(70.0)));
        assert_eq!(value.get("tool"), Some(Value::Text("ExCoveralls".into())));
        assert_eq!(coverage("def project, do: [app: :shop]"), None);
    }

    #[test]
    fn what_a_run_computes_is_unknown() {
        let value =
            |inner: &str| coverage(&format!("[test_coverage: [summary: [threshold: {inner}]]]")).unwrap();
        for inner in ["String.to_integer(System.get_env(\"MIN\"))", "min(1, 2)", "5 * 3", "unknown()"] {
            let threshold = value(inner).at(&["summary", "threshold"]);
            assert!(matches!(threshold, Some(Value::Unknown(_))), "{inner}: {threshold:?}");
        }
        let joined = coverage("[test_coverage: [ignore_modules: [A] ++ [B.C]]]").unwrap();
        assert_eq!(joined.get("ignore_modules").unwrap().texts().unwrap(), ["A", "B.C"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(test_coverage: |\\[|\\]|def |a|A\\.B|do |@|~r/|\"|'|:|,|#|\\{|5|\\+\\+|\n| |é|\\\\){0,40}") {
            coverage(&text);
        }
    }
}
