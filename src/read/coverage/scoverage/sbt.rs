//! The settings of a build definition of sbt that speak of coverage, read from its words and never run.

use std::collections::BTreeMap;

use crate::read::json::Value;

/// More words than this are not read.
const MAX_TOKENS: usize = 200_000;
/// Expressions in expressions beyond this are unknown.
const MAX_DEPTH: usize = 40;

/// What a build definition says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Build {
    /// The projects that it defines: their folders by the names of their values.
    pub(super) projects: BTreeMap<String, String>,
    pub(super) settings: Vec<Setting>,
}

/// One setting.
#[derive(Debug, PartialEq)]
pub(super) struct Setting {
    pub(super) key: String,
    pub(super) of: Owner,
    pub(super) value: Value,
}

/// Whose setting it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Owner {
    /// `ThisBuild`, or settings that a value hands to whom it likes.
    Build,
    /// The project in the folder of the file.
    Here,
    /// That of the value that it stands in.
    Project(String),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Number(f64),
    Text(String),
    /// A text that takes in a value.
    Inserted(String),
    Sign(char),
    Set,
    Newline,
}

/// Reads a `.sbt` file.
pub(super) fn read(text: &str) -> Build {
    let mut reader = Reader { tokens: tokens(text), at: 0, values: BTreeMap::new() };
    reader.build()
}

/// Reads a source of the build's own: its settings are for whichever project takes them.
pub(super) fn shared(text: &str) -> Build {
    let mut build = read(text);
    build.projects.clear();
    build.settings.iter_mut().for_each(|setting| setting.of = Owner::Build);
    build
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    /// Where the expressions of values begin, by their names.
    values: BTreeMap<String, usize>,
}

impl Reader {
    fn name(&self, at: usize) -> Option<&str> {
        match self.tokens.get(at) {
            Some(Token::Name(name)) => Some(name),
            _ => None,
        }
    }

    fn sign(&self, at: usize, sign: char) -> bool {
        self.tokens.get(at) == Some(&Token::Sign(sign))
    }

    fn build(&mut self) -> Build {
        let mut build = Build::default();
        let (mut depth, mut value) = (0_usize, None::<String>);
        self.find_values();
        let mut at = 0;
        while at < self.tokens.len() {
            match &self.tokens[at] {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
                Token::Name(name) => match name.as_str() {
                    "val" if depth == 0 => value = self.name(at + 1).map(str::to_owned),
                    "file" if self.sign(at + 1, '(') => {
                        if let (Some(value), Some(Token::Text(folder))) = (&value, self.tokens.get(at + 2)) {
                            build.projects.insert(value.clone(), folder.clone());
                        }
                    }
                    "project" => {
                        if let Some(value) = &value {
                            build.projects.entry(value.clone()).or_insert_with(|| value.clone());
                        }
                    }
                    key if key.starts_with("coverage") => {
                        let starts = depth == 0 && self.starts(at);
                        if starts {
                            value = None;
                        }
                        let key = key.to_owned();
                        let (set, wide) = self.assigned(at);
                        if let Some(set) = set {
                            let of = match &value {
                                _ if wide => Owner::Build,
                                Some(value) => Owner::Project(value.clone()),
                                None => Owner::Here,
                            };
                            self.at = set + 1;
                            let value = self.expression(0);
                            build.settings.push(Setting { key, of, value });
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
            at += 1;
        }
        for setting in &mut build.settings {
            // `val common = Seq(coverageX := …)` is no project.
            if matches!(&setting.of, Owner::Project(value) if !build.projects.contains_key(value)) {
                setting.of = Owner::Build;
            }
        }
        build
    }

    fn find_values(&mut self) {
        for at in 0..self.tokens.len() {
            if self.name(at) == Some("val")
                && let Some(name) = self.name(at + 1)
                && let Some(equals) = (at + 2..at + 8).find(|at| self.sign(*at, '='))
            {
                self.values.insert(name.to_owned(), equals + 1);
            }
        }
    }

    /// Whether a setting begins a statement of its own, perhaps behind `ThisBuild /`.
    fn starts(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|at| &self.tokens[at]);
        match before {
            None | Some(Token::Newline) => true,
            Some(Token::Sign('/')) => {
                at < 3 || matches!(self.tokens.get(at - 3), Some(Token::Newline) | None)
            }
            _ => false,
        }
    }

    /// Where the `:=` of a setting stands, and whether the setting is one of the whole build.
    fn assigned(&self, at: usize) -> (Option<usize>, bool) {
        let wide = |name: Option<&str>| matches!(name, Some("ThisBuild" | "Global"));
        let before = at >= 2 && self.sign(at - 1, '/') && wide(self.name(at - 2));
        if self.tokens.get(at + 1) == Some(&Token::Set) {
            return (Some(at + 1), before);
        }
        if self.name(at + 1) == Some("in") && self.tokens.get(at + 3) == Some(&Token::Set) {
            return (Some(at + 3), before || wide(self.name(at + 2)));
        }
        (None, false)
    }

    fn expression(&mut self, depth: usize) -> Value {
        let mut value = self.chain(depth);
        while let Some(next) = self.following('+') {
            self.at = next;
            value = match (value, self.chain(depth)) {
                (Value::Text(a), Value::Text(b)) => Value::Text(a + &b),
                (Value::Unknown(expression), _) | (_, Value::Unknown(expression)) => {
                    Value::Unknown(expression)
                }
                _ => Value::Unknown("a sum".to_owned()),
            };
        }
        value
    }

    /// A term with the methods behind it.
    fn chain(&mut self, depth: usize) -> Value {
        self.newlines();
        let mut value = self.term(depth);
        while let Some(next) = self.following('.') {
            self.at = next;
            value = self.method(value, depth);
        }
        value
    }

    /// The place behind a sign, where it is the next word but for the ends of lines.
    fn following(&self, sign: char) -> Option<usize> {
        let mut next = self.at;
        while self.tokens.get(next) == Some(&Token::Newline) {
            next += 1;
        }
        self.sign(next, sign).then_some(next + 1)
    }

    fn newlines(&mut self) {
        while self.tokens.get(self.at) == Some(&Token::Newline) {
            self.at += 1;
        }
    }

    fn term(&mut self, depth: usize) -> Value {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            _ if depth > MAX_DEPTH => Value::Unknown("a deep expression".to_owned()),
            Some(Token::Text(text)) => Value::Text(text),
            Some(Token::Number(number)) => Value::Number(number),
            Some(Token::Inserted(text)) => Value::Unknown(text),
            Some(Token::Sign('(')) => {
                let value = self.expression(depth + 1);
                self.newlines();
                if self.sign(self.at, ')') {
                    self.at += 1;
                    return value;
                }
                Value::Unknown("(…)".to_owned())
            }
            Some(Token::Name(name)) => match name.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "Seq" | "List" | "Set" | "Array" | "Vector" if self.sign(self.at, '(') => {
                    self.at += 1;
                    Value::List(self.arguments(depth))
                }
                _ if self.sign(self.at, '(') => Value::Unknown(format!("{name}(…)")),
                _ => match self.values.get(&name).copied() {
                    Some(start) => {
                        let back = std::mem::replace(&mut self.at, start);
                        let value = self.expression(depth + 8);
                        self.at = back;
                        value
                    }
                    None => Value::Unknown(name),
                },
            },
            _ => Value::Unknown("an expression".to_owned()),
        }
    }

    /// What stands up to the closing bracket; a list with anything unknown in it holds that.
    fn arguments(&mut self, depth: usize) -> Vec<Value> {
        let mut found = Vec::new();
        loop {
            self.newlines();
            if self.sign(self.at, ')') {
                self.at += 1;
                return found;
            }
            let before = self.at;
            found.push(self.expression(depth + 1));
            self.newlines();
            if self.sign(self.at, ',') {
                self.at += 1;
            } else if !self.sign(self.at, ')') || self.at == before {
                found.push(Value::Unknown("an expression".to_owned()));
                return found;
            }
        }
    }

    /// A method behind a dot: lists are joined, texts stay what they are.
    fn method(&mut self, value: Value, depth: usize) -> Value {
        let name = self.name(self.at).unwrap_or_default().to_owned();
        self.at += 1;
        let arguments = if self.sign(self.at, '(') {
            self.at += 1;
            self.arguments(depth)
        } else {
            Vec::new()
        };
        match (name.as_str(), value, arguments.as_slice()) {
            ("mkString", value @ Value::List(_), [Value::Text(between)]) => match value.texts() {
                Ok(texts) => Value::Text(texts.join(between)),
                Err(expression) => Value::Unknown(expression),
            },
            ("toDouble" | "trim", value, []) => value,
            (_, Value::Unknown(expression), _) => Value::Unknown(expression),
            _ => Value::Unknown(format!(".{name}")),
        }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if found.len() > MAX_TOKENS {
            break;
        }
        let (token, used) = if c == '\n' {
            (Some(Token::Newline), 1)
        } else if rest.starts_with("//") {
            (None, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (None, rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else if rest.starts_with("\"\"\"") {
            raw(rest)
        } else if c == '"' {
            quoted(rest)
        } else if rest.starts_with(":=") {
            (Some(Token::Set), 2)
        } else if c.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
            let word = &rest[..end.unwrap_or(rest.len())];
            let digits = word.trim_end_matches(['d', 'D', 'f', 'F', 'L', '.']).replace('_', "");
            (digits.parse().ok().map(Token::Number), word.len())
        } else if c.is_alphabetic() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            interpolated(rest, end).unwrap_or_else(|| (Some(Token::Name(rest[..end].to_owned())), end))
        } else if c.is_whitespace() {
            (None, c.len_utf8())
        } else {
            (Some(Token::Sign(c)), c.len_utf8())
        };
        found.extend(token);
        rest = &rest[used..];
    }
    found
}

/// `s"…"`: a text, unless it takes in a value.
fn interpolated(text: &str, name: usize) -> Option<(Option<Token>, usize)> {
    let inner = text[name..].starts_with('"').then(|| &text[name..])?;
    let (token, used) = if inner.starts_with("\"\"\"") { raw(inner) } else { quoted(inner) };
    let token = token.map(|token| match token {
        Token::Text(text) if text.contains('$') => Token::Inserted(text),
        other => other,
    });
    Some((token, name + used))
}

fn raw(text: &str) -> (Option<Token>, usize) {
    let Some(end) = text[3..].find("\"\"\"") else { return (None, text.len()) };
    // Further quotes belong to the text.
    let more = text[3 + end + 3..].chars().take_while(|c| *c == '"').count();
    (Some(Token::Text(text[3..3 + end + more].to_owned())), 6 + end + more)
}

fn quoted(text: &str) -> (Option<Token>, usize) {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (Some(Token::Text(out)), at + 1),
            '\n' => return (None, at),
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                Some((_, other)) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    (None, text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> Vec<String> {
        let value = |value: &Value| match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Unknown(expression) => format!("?{expression}"),
            other => format!("{other:?}"),
        };
        read(text).settings.iter().map(|s| format!("{:?} {} {}", s.of, s.key, value(&s.value))).collect()
    }

    #[test]
    fn settings_belong_to_the_build_the_file_or_a_project() {
        let text = "// coverageMinimum := 1\nThisBuild / coverageMinimumStmtTotal := 80\ncoverageFailOnMinimum in ThisBuild := true\n\
                    coverageExcludedFiles := \"\"\nlazy val common = Seq(coverageHighlighting := true)\n\
                    lazy val core = (project in file(\"modules/core\"))\n  .settings(common, coverageMinimumBranchTotal := 70.5, name := \"core\")\n\
                    lazy val api = project.settings(\n    coverageExcludedPackages := \"a\"\n  )\n";
        assert_eq!(
            told(text),
            [
                "Build coverageMinimumStmtTotal 80",
                "Build coverageFailOnMinimum true",
                "Here coverageExcludedFiles ",
                "Build coverageHighlighting true",
                "Project(\"core\") coverageMinimumBranchTotal 70.5",
                "Project(\"api\") coverageExcludedPackages a",
            ]
        );
        let projects = read(text).projects;
        assert_eq!((projects["core"].as_str(), projects["api"].as_str()), ("modules/core", "api"));
    }

    #[test]
    fn texts_are_put_together_and_what_a_run_computes_is_unknown() {
        let text = "val out = Seq(\"a\\\\.b\", \"\"\"c\\.d\"\"\")\ncoverageExcludedPackages := \"<empty>;\" +\n  out.mkString(\";\")\n\
                    coverageMinimum := sys.env(\"MIN\").toDouble\ncoverageExcludedFiles := s\"$dir/x\"\ncoverageDataDir := target.value\n";
        assert_eq!(
            told(text),
            [
                "Here coverageExcludedPackages <empty>;a\\.b;c\\.d",
                "Here coverageMinimum ?sys",
                "Here coverageExcludedFiles ?$dir/x",
                "Here coverageDataDir ?target",
            ]
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(coverageX|:=|val a = |a|\"|\"\"\"|\\(|\\)|Seq\\(|\\+|\\.|,|1\\.5|\n| |é|/\\*|\\\\){0,40}") {
            read(&text);
        }
    }
}
