//! Patterns as picomatch reads them.

use std::collections::BTreeSet;

use super::{Glob, MAX_DEPTH, Node, Repeat, Seq};

/// `posix`: `[!a]` is a negated class, as `[^a]` always is.
pub(super) fn read(pattern: &str, posix: bool) -> Result<Glob, &'static str> {
    let literal = Some(pattern.to_owned());
    let pattern = match pattern {
        "***" => "*",
        "**/**" | "**/**/**" => "**",
        other => other,
    };
    let mut chars: Vec<char> = pattern.strip_prefix("./").unwrap_or(pattern).chars().collect();
    let mut bangs = 0;
    while chars.first() == Some(&'!') && (chars.get(1) != Some(&'(') || chars.get(2) == Some(&'?')) {
        chars.remove(0);
        bangs += 1;
    }
    if chars.starts_with(&['.', '/']) {
        chars.drain(..2);
    }
    let starts_with_not = chars.starts_with(&['!', '(']);
    let mut reader = Reader { chars, at: 0, posix, unclosed: BTreeSet::new() };
    let seq = reader.seq(&[], 0, true)?;
    let negated = bangs % 2 == 1;
    let filters = negated || starts_with_not;
    // Braces that nothing closes make no regular expression: such a pattern matches nothing but its own text, and
    // negated nothing at all.
    let alternatives = match (reader.unclosed.is_empty(), negated) {
        (true, _) => vec![seq],
        (false, false) => Vec::new(),
        (false, true) => vec![vec![Node::Globstar]],
    };
    Ok(Glob {
        alternatives: alternatives.into_iter().map(Into::into).collect(),
        literal,
        negated,
        filters,
        contains: false,
        folders: false,
    })
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    posix: bool,
    /// Where braces open that nothing closes; what follows them is read again, and must not be for each of them.
    unclosed: BTreeSet<usize>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn rest(&self, ahead: usize) -> &[char] {
        self.chars.get(self.at + ahead..).unwrap_or_default()
    }

    /// Reads up to one of the `stops` (left unread) or the end. `fresh`: a part of the path starts here.
    fn seq(&mut self, stops: &[char], depth: usize, fresh: bool) -> Result<Seq, &'static str> {
        if depth > MAX_DEPTH {
            return Err("is nested too deeply to be read");
        }
        let (mut seq, mut fresh) = (Seq::new(), fresh);
        while let Some(c) = self.peek(0) {
            if stops.contains(&c) {
                break;
            }
            let started = fresh;
            fresh = false;
            match c {
                '\\' => {
                    self.at += 1;
                    seq.push(Node::Char(self.peek(0).unwrap_or('\\')));
                    self.at += 1;
                }
                '/' if self.ends_in_stars() && !seq.is_empty() && !ends_in_star(&seq) => {
                    self.at = self.chars.len();
                    let below = vec![Node::Char('/'), Node::Globstar];
                    seq.push(Node::Group { options: vec![below, vec![Node::End]], repeat: Repeat::Once });
                }
                '/' => {
                    self.at += 1;
                    seq.push(Node::Char('/'));
                    fresh = true;
                }
                '*' if self.peek(1) != Some('(') || self.rest(0).starts_with(&['*', '*']) => {
                    fresh = self.stars(&mut seq, started, depth);
                }
                '?' | '*' | '+' | '@' | '!' if self.peek(1) == Some('(') && self.closes(1) => {
                    self.extglob(c, &mut seq, depth, started)?;
                }
                '?' => {
                    self.at += 1;
                    seq.push(Node::One);
                }
                '[' => self.class(&mut seq)?,
                '{' => self.braces(&mut seq, depth, started)?,
                '(' if self.closes(0) => {
                    self.at += 1;
                    let options = self.options(depth, started)?;
                    self.unquantified()?;
                    seq.push(Node::Group { options, repeat: Repeat::Once });
                }
                '"' => return Err("holds quotes, which are not read"),
                c => {
                    self.at += 1;
                    seq.push(Node::Char(c));
                }
            }
        }
        Ok(seq)
    }

    /// Whether nothing but `/**`, once or several times, is left.
    fn ends_in_stars(&self) -> bool {
        self.rest(0).chunks(3).all(|chunk| chunk == ['/', '*', '*'])
    }

    /// A run of stars; whether a part of the path starts behind it.
    fn stars(&mut self, seq: &mut Seq, started: bool, depth: usize) -> bool {
        let count = self.rest(0).iter().take_while(|&&c| c == '*').count();
        self.at += count;
        while count == 2
            && started
            && self.rest(0).starts_with(&['/', '*', '*'])
            && self.peek(3).is_none_or(|c| c == '/')
        {
            self.at += 3;
        }
        let next = self.peek(0);
        let whole =
            next.is_none() || next == Some('/') || (depth > 0 && matches!(next, Some(',' | '}' | '|' | ')')));
        if count != 2 || !started || !whole {
            seq.extend(started.then_some(Node::More));
            seq.push(Node::Star);
            return false;
        }
        let after_slash = seq.last() == Some(&Node::Char('/'));
        let at_start = seq.is_empty() && depth == 0;
        if next == Some('/') && (after_slash || at_start) {
            self.at += 1;
            let mut options = vec![vec![Node::Globstar, Node::Char('/')]];
            options.push(if at_start { vec![Node::Begin] } else { vec![] });
            options.extend(at_start.then(|| vec![Node::Char('/')]));
            seq.push(Node::Group { options, repeat: Repeat::Once });
            return true;
        }
        seq.push(Node::Globstar);
        false
    }

    /// Whether the parenthesis `ahead` is closed further on.
    fn closes(&self, ahead: usize) -> bool {
        let mut depth = 0usize;
        let mut chars = self.rest(ahead).iter();
        while let Some(c) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '(' => depth += 1,
                ')' if depth == 1 => return true,
                ')' => depth -= 1,
                _ => {}
            }
        }
        false
    }

    /// The options of a group whose opening parenthesis was read; reads the closing one.
    fn options(&mut self, depth: usize, fresh: bool) -> Result<Vec<Seq>, &'static str> {
        let mut options = Vec::new();
        loop {
            options.push(self.seq(&['|', ')'], depth + 1, fresh)?);
            self.at += 1;
            if self.chars.get(self.at - 1) != Some(&'|') {
                return Ok(options);
            }
        }
    }

    fn extglob(&mut self, kind: char, seq: &mut Seq, depth: usize, fresh: bool) -> Result<(), &'static str> {
        self.at += 2;
        let from = self.at;
        let options = self.options(depth, fresh)?;
        let inner: Vec<char> = self.chars[from..self.at.saturating_sub(1).max(from)].to_vec();
        let repeat = match kind {
            '?' => Repeat::Maybe,
            '*' => Repeat::Any,
            '+' => Repeat::Some,
            '@' => Repeat::Once,
            _ => {
                seq.push(self.not(options, &inner, depth)?);
                return Ok(());
            }
        };
        seq.push(Node::Group { options, repeat });
        Ok(())
    }

    /// What picomatch's `!(…)` looks at depends on what follows it: the end, a plain extension, or nothing at all.
    fn not(&self, options: Vec<Seq>, inner: &[char], depth: usize) -> Result<Node, &'static str> {
        let across = inner.len() > 1 && inner.contains(&'/');
        let rest = self.rest(0);
        let extension =
            rest.len() > 1 && rest[0] == '.' && !rest[1..].iter().any(|c| matches!(c, '\\' | '/' | '.'));
        let then = if inner.contains(&'*') && extension {
            Reader { chars: rest.to_vec(), at: 0, posix: self.posix, unclosed: BTreeSet::new() }.seq(
                &[],
                depth + 1,
                false,
            )?
        } else if across || rest.iter().all(|&c| c == ')') {
            vec![Node::End]
        } else {
            Vec::new()
        };
        Ok(Node::Not { options, then, across })
    }

    /// picomatch hands `(a)?` and `[ab]+` to the regular expression as quantifiers.
    fn unquantified(&self) -> Result<(), &'static str> {
        match self.peek(0) {
            Some('?' | '+') if self.peek(1) != Some('(') => {
                Err("holds a regular expression's quantifier, which is not read")
            }
            _ => Ok(()),
        }
    }

    fn class(&mut self, seq: &mut Seq) -> Result<(), &'static str> {
        let Some((ranges, not, inner, len)) = class(self.rest(0), if self.posix { '!' } else { '^' }) else {
            self.at += 1;
            seq.push(Node::Char('['));
            return Ok(());
        };
        self.at += len;
        self.unquantified()?;
        let class = vec![Node::Class { not, ranges }];
        // A class of plain characters also matches its own text, brackets and all.
        let plain = !not && !inner.iter().any(|c| "-*+?.^${}(|)[]".contains(*c));
        let mut options = vec![class];
        if plain {
            let text = ['['].into_iter().chain(inner).chain([']']);
            options.push(text.map(Node::Char).collect());
        }
        seq.push(Node::Group { options, repeat: Repeat::Once });
        Ok(())
    }

    fn braces(&mut self, seq: &mut Seq, depth: usize, fresh: bool) -> Result<(), &'static str> {
        let start = self.at;
        self.at += 1;
        if self.unclosed.contains(&start) {
            seq.push(Node::Char('{'));
            return Ok(());
        }
        let mut options = Vec::new();
        loop {
            options.push(self.seq(&[',', '}'], depth + 1, fresh)?);
            match self.peek(0) {
                Some(',') => self.at += 1,
                Some(_) => break,
                None => {
                    self.unclosed.insert(start);
                    self.at = start + 1;
                    seq.push(Node::Char('{'));
                    return Ok(());
                }
            }
        }
        let text: Vec<char> = self.chars[start + 1..self.at].to_vec();
        self.at += 1;
        if options.len() > 1 {
            seq.push(Node::Group { options, repeat: Repeat::Once });
            return Ok(());
        }
        if let Some(ranges) = range(&text) {
            seq.push(Node::Class { not: false, ranges });
            return Ok(());
        }
        seq.push(Node::Char('{'));
        seq.extend(options.into_iter().flatten());
        seq.push(Node::Char('}'));
        Ok(())
    }
}

fn ends_in_star(seq: &Seq) -> bool {
    matches!(seq.last(), Some(Node::Star | Node::Globstar))
}

/// `a..c` becomes the class `[a-c]`, read character by character as picomatch does.
fn range(text: &[char]) -> Option<Vec<(char, char)>> {
    let dots = text.windows(2).position(|w| w == ['.', '.'])?;
    let mut ends = [&text[..dots], &text[dots + 2..]];
    ends.sort();
    if ends.iter().any(|end| end.is_empty() || !end.iter().all(|c| c.is_alphanumeric())) {
        return None;
    }
    let ([before @ .., from], [to, after @ ..]) = (ends[0], ends[1]) else { return None };
    let singles = before.iter().chain(after).map(|&c| (c, c));
    Some(singles.chain([(*from, *to)]).collect())
}

type Class = (Vec<(char, char)>, bool, Vec<char>, usize);

/// The class that starts at `[`: its ranges, whether it is negated, its text, and its length with both brackets.
/// `None` where no bracket closes it.
pub(super) fn class(text: &[char], also_not: char) -> Option<Class> {
    let not = text.get(1).is_some_and(|&c| c == '^' || c == also_not);
    let first = 1 + usize::from(not);
    let (mut at, mut ranges) = (first, Vec::new());
    loop {
        let c = *text.get(at)?;
        if c == ']' && at > first {
            return Some((ranges, not, text[1..at].to_vec(), at + 1));
        }
        if c == '/' {
            return None;
        }
        if text[at..].starts_with(&['[', ':']) {
            let name: String = text[at + 2..].iter().take_while(|c| c.is_ascii_alphabetic()).collect();
            let end = at + 2 + name.len();
            if text.get(end..end + 2) == Some(&[':', ']']) {
                ranges.extend(named(&name)?);
                at = end + 2;
                continue;
            }
        }
        let literal = |at: usize| match text.get(at) {
            Some('\\') => text.get(at + 1).map(|&c| (c, at + 2)),
            Some(&c) => Some((c, at + 1)),
            None => None,
        };
        let (from, next) = literal(at)?;
        at = next;
        let mut to = from;
        if text.get(at) == Some(&'-') && text.get(at + 1).is_some_and(|&c| c != ']') {
            (to, at) = literal(at + 1)?;
        }
        ranges.push((from, to));
    }
}

fn named(name: &str) -> Option<Vec<(char, char)>> {
    Some(match name {
        "alpha" => vec![('a', 'z'), ('A', 'Z')],
        "digit" => vec![('0', '9')],
        "alnum" => vec![('a', 'z'), ('A', 'Z'), ('0', '9')],
        "upper" => vec![('A', 'Z')],
        "lower" => vec![('a', 'z')],
        "space" => vec![(' ', ' '), ('\t', '\r')],
        "word" => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        "xdigit" => vec![('a', 'f'), ('A', 'F'), ('0', '9')],
        _ => return None,
    })
}
