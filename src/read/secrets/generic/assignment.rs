//! Where the value stands that a name is given, in the notations of code, configuration, shells and markup.

use std::ops::Range;

use super::syntax::Syntax;

/// Between a name and its value stand no more blanks, and no more of them across lines.
const MAX_GAP: usize = 64;
const MAX_LINES_GAP: usize = 160;
/// A value goes on for no more.
const MAX_VALUE: usize = 700;
/// The fields of a connection string before its password are no longer.
const MAX_CONNECTION: usize = 240;
/// A wrapping call or a type is no longer.
const MAX_WRAPPER: usize = 40;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In quotes, or as the text of an element.
    Literal,
    /// As a bare word where the notation has those.
    Bare,
    /// As a bare word within prose or another language's string: sure only by what it is.
    Loose,
    /// As a field of an address's query: what opens one page, or what a page needs.
    Query,
}

/// A value that a name is given.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) range: Range<usize>,
    pub(super) form: Form,
}

/// A text and a place in it.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        &self.bytes[self.at..self.bytes.len().min(self.at + MAX_VALUE)]
    }

    fn take(&mut self, text: &[u8]) -> bool {
        let starts = self.rest().starts_with(text);
        self.at += if starts { text.len() } else { 0 };
        starts
    }

    /// Passes bytes of a kind, at most so many; how many.
    fn pass(&mut self, most: usize, is: impl Fn(u8) -> bool) -> usize {
        let count = self.rest().iter().take(most).take_while(|b| is(**b)).count();
        self.at += count;
        count
    }

    /// Blanks; across lines where the notation allows it.
    fn blanks(&mut self, lines: bool) -> usize {
        if lines {
            self.pass(MAX_LINES_GAP, |b| b.is_ascii_whitespace())
        } else {
            self.pass(MAX_GAP, |b| matches!(b, b' ' | b'\t'))
        }
    }

    /// A quote with the backslashes before it: a string within a string has them.
    fn quote(&mut self) -> Option<Quote> {
        let mut ahead = *self;
        let escapes = ahead.pass(7, |b| b == b'\\');
        let mark = ahead.peek().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
        ahead.at += 1;
        *self = ahead;
        Some(Quote { mark, escapes })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Quote {
    mark: u8,
    escapes: usize,
}

/// The value given to the name at a range.
pub(super) fn given(bytes: &[u8], name: &Range<usize>, syntax: Syntax) -> Option<Given> {
    let mut at = Cursor { bytes, at: name.end };
    let quoted = at.quote();
    if quoted.is_some() {
        at.pass(2, |b| b == b']');
    }
    let before = name.start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    let spaces = at.blanks(false);
    match at.peek()? {
        b'=' | b':' | b'!' | b'|' | b'?' => assigned(at, bytes, name, before, quoted, spaces, syntax),
        b'(' if quoted.is_none() && spaces == 0 => {
            at.at += 1;
            at.blanks(true);
            literal(at, false, syntax)
        }
        b')' if quoted.is_some() && spaces == 0 => {
            // A fallback behind a look-up: `getenv("API_KEY") or "…"`.
            at.at += 1;
            at.blanks(false);
            let falls_back = [&b"||"[..], b"??", b"or ", b"?:"].iter().any(|word| at.take(word));
            at.blanks(true);
            falls_back.then(|| string(at)).flatten()
        }
        b',' if quoted.is_some() => {
            at.at += 1;
            at.blanks(true);
            named_value(at).or_else(|| is_first_argument(bytes, name).then(|| string(at)).flatten())
        }
        b'>' => element(at, before),
        b'\'' | b'"' if quoted.is_none() && spaces > 0 => {
            // SQL: `PASSWORD '…'`; shells: `--password '…'`.
            let option = bytes[..name.start].ends_with(b"--");
            let capitals = bytes[name.clone()].iter().all(u8::is_ascii_uppercase);
            (capitals || option || syntax == Syntax::Sql).then(|| string(at)).flatten()
        }
        b'\r' | b'\n' | b'v' | b'V' | b'd' if quoted.is_some() || is_value_of_name(bytes, name) => {
            at.blanks(true);
            named_value(at)
        }
        _ if spaces > 0 && quoted.is_none() && syntax == Syntax::Netrc => word(at, Form::Bare),
        _ if spaces > 0 && quoted.is_none() && before == Some(b'-') => {
            let option = bytes[..name.start].ends_with(b"--") && !syntax.is_code();
            option.then(|| word(at, Form::Bare)).flatten()
        }
        _ => None,
    }
}

fn assigned(
    mut at: Cursor<'_>,
    bytes: &[u8],
    name: &Range<usize>,
    before: Option<u8>,
    quoted: Option<Quote>,
    spaces: usize,
    syntax: Syntax,
) -> Option<Given> {
    let colon = at.peek() == Some(b':');
    let operator = [&b"==="[..], b"!==", b"==", b"!=", b"=>", b":=", b"||", b"??=", b"??", b"?=", b"=", b":"];
    if at.rest().starts_with(b"::") || at.rest().starts_with(b"=~") {
        return None;
    }
    let taken = operator.iter().find(|word| at.take(word))?;
    let compares = [&b"==="[..], b"!==", b"==", b"!=", b"||", b"??"].contains(taken);
    let gap = at.blanks(false);
    if matches!(at.peek(), Some(b'\r' | b'\n')) {
        if !syntax.is_code() && syntax != Syntax::Json {
            return None;
        }
        at.blanks(true);
    }
    if syntax == Syntax::Yaml && colon {
        yaml_extras(&mut at);
    }
    if let Some(given) = literal(at, colon, syntax) {
        return Some(given);
    }
    if compares {
        return None;
    }
    let text = &bytes[name.clone()];
    let query = matches!(before, Some(b'?' | b'&')) && !colon && gap + spaces == 0;
    let option = bytes[..name.start].ends_with(b"--") && !colon;
    let capitals = text.len() >= 5 && !text.iter().any(u8::is_ascii_lowercase);
    let header = colon && gap > 0 && text.contains(&b'-') && text[0].is_ascii_uppercase() && spaces == 0;
    match syntax {
        _ if query => word(at, Form::Query),
        _ if !colon && spaces + gap == 0 && is_connection(bytes, name) => word(at, Form::Bare),
        _ if option && syntax.is_code() => word(at, Form::Loose),
        Syntax::Json => header.then(|| word(at, Form::Loose)).flatten(),
        Syntax::Code | Syntax::Sql => header.then(|| word(at, Form::Loose)).flatten(),
        Syntax::Yaml if colon => (gap > 0 && quoted.is_none()).then(|| line(at, true)).flatten(),
        Syntax::Config => line(at, false),
        _ if !colon && spaces + gap == 0 && (capitals || option || syntax == Syntax::Shell) => {
            word(at, Form::Bare)
        }
        _ if spaces == 0 && quoted.is_none() => word(at, Form::Loose),
        _ => None,
    }
}

/// Whether the name is that of a field of a connection string: `Server=…;User Id=…;Password=…`.
fn is_connection(bytes: &[u8], name: &Range<usize>) -> bool {
    let before = &bytes[name.start.saturating_sub(MAX_CONNECTION)..name.start];
    let string =
        before.iter().rposition(|b| matches!(b, b'"' | b'\'' | b'\n')).map_or(before, |at| &before[at..]);
    let fields =
        ["erver=", "ource=", "ost=", "ddress=", "ser id=", "ser Id=", "ser ID=", "UID=", "uid=", "atabase="];
    let has = |field: &&str| memchr::memmem::find(string, field.as_bytes()).is_some();
    string.trim_ascii_end().ends_with(b";") && fields.iter().any(has)
}

/// Tags, anchors and block indicators before a value.
fn yaml_extras(at: &mut Cursor<'_>) {
    if at.take(b"!!str ") || at.take(b"!!binary ") || at.take(b"!str ") {
        at.blanks(false);
    }
    let mut ahead = *at;
    if ahead.pass(1, |b| matches!(b, b'|' | b'>')) == 1 {
        ahead.pass(2, |b| matches!(b, b'-' | b'+'));
        ahead.blanks(false);
        if matches!(ahead.peek(), Some(b'\r' | b'\n')) {
            ahead.blanks(true);
            *at = ahead;
        }
    }
}

/// A string, perhaps behind a type or within calls that only convert it.
fn literal(mut at: Cursor<'_>, colon: bool, syntax: Syntax) -> Option<Given> {
    if let Some(given) = string(at) {
        return Some(given);
    }
    for _ in 0..3 {
        let start = at.at;
        at.pass(3, |b| matches!(b, b'&' | b'[' | b']' | b'*'));
        at.pass(MAX_WRAPPER, |b| {
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'?' | b'<' | b'>')
        });
        let called = at.bytes.get(start..at.at)?;
        at.blanks(false);
        match at.peek()? {
            b'(' if converts(called) => {
                at.at += 1;
                at.blanks(true);
            }
            // `new String("…")`, `await x`.
            _ if called == b"new" => continue,
            b'=' if colon && syntax == Syntax::Code && at.bytes.get(at.at + 1) != Some(&b'=') => {
                at.at += 1;
                at.blanks(true);
            }
            b'|' if syntax == Syntax::Code => {
                // `process.env.KEY || "…"`.
                let mut ahead = at;
                if !ahead.take(b"||") {
                    return None;
                }
                ahead.blanks(true);
                return string(ahead);
            }
            b'?' if syntax == Syntax::Code && at.take(b"??") => {
                at.blanks(true);
                return string(at);
            }
            _ => return None,
        }
        if let Some(given) = string(at) {
            return Some(given);
        }
    }
    None
}

/// Whether a call leaves its argument what it is.
fn converts(called: &[u8]) -> bool {
    const CONVERSIONS: [&str; 22] = [
        "string",
        "str",
        "byte",
        "bytes",
        "from",
        "some",
        "new",
        "secretstr",
        "securestring",
        "decode",
        "b64decode",
        "decodebase64",
        "fromhex",
        "unhexlify",
        "fromstring",
        "of",
        "secret",
        "stringptr",
        "ptr",
        "valueof",
        "base64decode",
        "frombase64string",
    ];
    let lower = called.to_ascii_lowercase();
    let last = lower.rsplit(|b| matches!(b, b'.' | b':' | b']' | b'&' | b'*')).next().unwrap_or_default();
    CONVERSIONS.iter().any(|word| word.as_bytes() == last)
}

/// The string that starts here, if it ends and nothing is added to it.
fn string(mut at: Cursor<'_>) -> Option<Given> {
    at.pass(2, |b| matches!(b, b'b' | b'r' | b'u' | b'f' | b'@' | b'L' | b'$' | b'&' | b'N' | b's' | b'q'));
    let holes = at.bytes[..at.at].last().is_some_and(|b| matches!(b, b'f' | b'$'));
    let quote = at.quote()?;
    if quote.escapes == 0 && at.rest().starts_with(&[quote.mark; 2]) {
        at.at += 2;
    }
    let start = at.at;
    let rest = at.rest();
    let mut end = 0;
    loop {
        end += rest[end..].iter().position(|b| *b == quote.mark || matches!(b, b'\n' | b'\r'))?;
        if rest[end] != quote.mark {
            return None;
        }
        let escapes = rest[..end].iter().rev().take_while(|b| **b == b'\\').count();
        if escapes == quote.escapes {
            break;
        }
        // Fewer backslashes end the string around this one; more belong to the value.
        if escapes < quote.escapes {
            return None;
        }
        end += 1;
    }
    let value = &rest[..end - quote.escapes.min(end)];
    at.at = start + end + 1;
    at.blanks(false);
    let added = match at.peek() {
        Some(b'+') | Some(b'%') => true,
        Some(b'.') => {
            at.rest().starts_with(b".format")
                || at.rest().starts_with(b".replace")
                || at.bytes.get(at.at + 1) == Some(&b' ')
        }
        _ => false,
    };
    let open = holes && value.iter().any(|b| matches!(b, b'{'));
    let plain = !value.is_empty() && !value.contains(&b'\\') && !added && !open;
    plain.then(|| Given { range: start..start + value.len(), form: Form::Literal })
}

/// The text of an element: `<password>…</password>`, `<param name="password">…</param>`.
fn element(mut at: Cursor<'_>, before: Option<u8>) -> Option<Given> {
    if !matches!(before, Some(b'<' | b'"' | b'\'' | b':' | b'.')) {
        return None;
    }
    at.at += 1;
    at.blanks(true);
    let start = at.at;
    let length = at.rest().iter().position(|b| matches!(b, b'<' | b'\n' | b'\r' | b'{'))?;
    at.at += length;
    let closed = at.rest().starts_with(b"</") || matches!(at.peek(), Some(b'\n' | b'\r'));
    let text = at.bytes[start..start + length].trim_ascii_end();
    (closed && !text.is_empty()).then(|| Given { range: start..start + text.len(), form: Form::Literal })
}

/// The value of a pair whose name is a value itself: `"key": "password", "value": "…"`, `name="password" value="…"`.
fn named_value(mut at: Cursor<'_>) -> Option<Given> {
    let quoted = at.quote();
    if !(at.take(b"value") || at.take(b"Value") || at.take(b"defaultValue") || at.take(b"default")) {
        return None;
    }
    if quoted.is_some() && at.quote() != quoted {
        return None;
    }
    at.blanks(false);
    let colon = at.take(b":");
    if !colon && !at.take(b"=") {
        return None;
    }
    let gap = at.blanks(false);
    string(at).or_else(|| (colon && gap > 0 && quoted.is_none()).then(|| line(at, true)).flatten())
}

/// Whether the quoted name is what a call gets first: `put("password", …)`, not one of a list.
fn is_first_argument(bytes: &[u8], name: &Range<usize>) -> bool {
    let before = bytes[name.start.saturating_sub(MAX_GAP)..name.start].trim_ascii_end();
    let mark = |b: &u8| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b' ' | b'\n' | b'\t');
    let Some(open) = before.iter().rposition(|b| !mark(b)).filter(|at| before[*at] == b'(') else {
        return false;
    };
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let length = before[..open].iter().rev().take_while(|b| word(b)).count();
    let callee = before[open - length..open].to_ascii_lowercase();
    // `checkPassword("password", "…")`: there it is the value that is called so.
    let same = memchr::memmem::find(&callee, &bytes[name.clone()].to_ascii_lowercase()).is_some();
    length > 0 && !same
}

/// Whether the bare name is what `name:` or `key:` says: `- name: API_KEY`.
fn is_value_of_name(bytes: &[u8], name: &Range<usize>) -> bool {
    let before = &bytes[name.start.saturating_sub(24)..name.start];
    let trimmed = before.trim_ascii_end();
    trimmed.len() < before.len() && (trimmed.ends_with(b"name:") || trimmed.ends_with(b"key:"))
}

/// The bare rest of a line, without a comment; in YAML within brackets only to the next sign of them.
fn line(at: Cursor<'_>, yaml: bool) -> Option<Given> {
    let rest = at.rest();
    let length = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
    let mut text = &rest[..length];
    if let Some(comment) = memchr::memmem::find(text, b" #") {
        text = &text[..comment];
    }
    if yaml && let Some(end) = text.iter().position(|b| matches!(b, b',' | b'}' | b']')) {
        text = &text[..end];
    }
    let text = text.trim_ascii_end();
    let text = text.strip_suffix(b";").or(text.strip_suffix(b",")).unwrap_or(text);
    // Further words make it a sentence or a command.
    let one = !text.is_empty()
        && !text.iter().any(u8::is_ascii_whitespace)
        && !matches!(text[0], b'"' | b'\'' | b'`');
    if one {
        return Some(Given { range: at.at..at.at + text.len(), form: Form::Bare });
    }
    None
}

/// The bare word that starts here.
fn word(at: Cursor<'_>, form: Form) -> Option<Given> {
    let ends = |b: &u8| {
        b.is_ascii_whitespace()
            || matches!(
                b,
                b'"' | b'\''
                    | b'`'
                    | b','
                    | b';'
                    | b')'
                    | b'}'
                    | b']'
                    | b'&'
                    | b'<'
                    | b'>'
                    | b'|'
                    | b'\\'
                    | b'('
            )
            // Elsewhere it opens a comment only behind a blank.
            || (form == Form::Query && *b == b'#')
    };
    let rest = at.rest();
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let text = &rest[..length];
    let called = matches!(rest.get(length), Some(b'(' | b'<'));
    let text = text.trim_ascii_end();
    let trimmed = text.iter().rposition(|b| !matches!(b, b'.' | b':' | b'*')).map_or(0, |last| last + 1);
    (trimmed > 0 && !called).then(|| Given { range: at.at..at.at + trimmed, form })
}

#[cfg(test)]
mod tests;
