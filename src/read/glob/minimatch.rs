//! Patterns as minimatch reads them: braces are expanded first, then each part between slashes is read for itself.

use super::picomatch::class;
use super::{Glob, MAX_DEPTH, Node, Repeat, Seq};

const MAX_EXPANSIONS: usize = 1_000;

/// `plain`: a `#` at the start makes a comment, a `!` negates, and `.` is a part of a path like any other.
pub(super) fn read(pattern: &str, plain: bool) -> Result<Glob, &'static str> {
    let bangs = if plain { pattern.chars().take_while(|&c| c == '!').count() } else { 0 };
    let body = &pattern[bangs..];
    let negated = bangs % 2 == 1;
    let mut alternatives = Vec::new();
    if !plain || !pattern.starts_with('#') {
        for text in expand(&body.chars().collect::<Vec<_>>(), 0)? {
            alternatives.push(path(parts(&text, plain), true)?);
        }
    }
    Ok(Glob {
        alternatives: alternatives.into_iter().map(Into::into).collect(),
        literal: None,
        negated,
        filters: negated,
        contains: false,
        folders: false,
    })
}

/// The parts between slashes, of which several count as one; `a/..` falls away.
fn parts(text: &[char], plain: bool) -> Vec<&[char]> {
    let mut parts: Vec<&[char]> = Vec::new();
    let all = text.split(|&c| c == '/').enumerate();
    let count = text.iter().filter(|&&c| c == '/').count();
    for (i, part) in all {
        let inner = i > 0 && i < count;
        if (inner && part.is_empty()) || (!plain && *part == ['.'] && count > 0) {
            continue;
        }
        let before = parts.last().map(|before| before.iter().collect::<String>());
        match (part, before.as_deref()) {
            (['*', '*'], Some("**")) => {}
            (['.', '.'], Some(before)) if !matches!(before, "" | "." | ".." | "**") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    if parts.is_empty() { vec![&[]] } else { parts }
}

/// A pattern as Node.js hands it to minimatch: nothing is negated, nothing a comment, `\` is `/`. Without `dot` a
/// wildcard matches no name that starts with a dot.
pub(super) fn node(pattern: &str, dot: bool) -> Result<Glob, &'static str> {
    let text: Vec<char> = pattern.replace('\\', "/").chars().collect();
    let mut alternatives = Vec::new();
    for text in expand(&text, 0)? {
        alternatives.push(path(resolved(&text), dot)?);
    }
    Ok(Glob {
        alternatives: alternatives.into_iter().map(Into::into).collect(),
        literal: None,
        negated: false,
        filters: false,
        contains: false,
        folders: false,
    })
}

/// The parts without `.`, `x/..` and empty ones in the middle. A slash at the end stays: no file has one.
fn resolved(text: &[char]) -> Vec<&[char]> {
    let mut kept: Vec<&[char]> = Vec::new();
    for (i, part) in text.split(|&c| c == '/').enumerate() {
        let name = |part: &[char]| !matches!(part, [] | ['.'] | ['.', '.'] | ['*', '*']);
        match part {
            [] | ['.'] if i > 0 => {}
            ['.', '.'] if kept.last().is_some_and(|above| name(above)) => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    if text.ends_with(&['/']) || text.ends_with(&['/', '.']) {
        kept.push(&[]);
    }
    kept
}

fn path(mut parts: Vec<&[char]>, dot: bool) -> Result<Seq, &'static str> {
    parts.dedup_by(|a, b| a == b && **a == ['*', '*']);
    let mut seq = Seq::new();
    let last = parts.len().saturating_sub(1);
    for (i, part) in parts.iter().enumerate() {
        if **part == ['*', '*'] {
            if !dot {
                let option = vec![Node::Plain, Node::Star, Node::Char('/')];
                seq.push(Node::Group { options: vec![option], repeat: Repeat::Any });
                seq.extend(
                    (i == last).then_some([Node::Plain, Node::More, Node::Star]).into_iter().flatten(),
                );
            } else if i == last {
                seq.push(Node::Globstar);
            } else {
                let options = vec![vec![], vec![Node::Globstar, Node::Char('/')]];
                seq.push(Node::Group { options, repeat: Repeat::Once });
            }
            continue;
        }
        let wild = matches!(part, ['*' | '?' | '[', ..] | ['+' | '@' | '!', '(', ..]);
        seq.extend((!dot && wild).then_some(Node::Plain));
        let mut reader = Part { chars: part, at: 0 };
        seq.extend(reader.seq(&[], 0, &[])?);
        if i < last {
            seq.push(Node::Char('/'));
        }
    }
    Ok(seq)
}

struct Part<'a> {
    chars: &'a [char],
    at: usize,
}

impl Part<'_> {
    /// Reads up to one of the `stops`; `after` is what follows the group that this stands in.
    fn seq(&mut self, stops: &[char], depth: usize, after: &[Node]) -> Result<Seq, &'static str> {
        if depth > MAX_DEPTH {
            return Err("is nested too deeply to be read");
        }
        let mut seq = Seq::new();
        while let Some(&c) = self.chars.get(self.at) {
            if stops.contains(&c) {
                break;
            }
            let opens = self.chars.get(self.at + 1) == Some(&'(');
            match c {
                '\\' => {
                    self.at += 1;
                    seq.push(Node::Char(self.chars.get(self.at).copied().unwrap_or('\\')));
                    self.at += 1;
                }
                '?' | '*' | '+' | '@' | '!' if opens => {
                    if let Some(node) = self.extglob(c, depth, after)? {
                        seq.push(node);
                    } else {
                        self.at += 1;
                        seq.push(if c == '*' { Node::Star } else { Node::Char(c) });
                    }
                }
                '*' => {
                    seq.extend((self.at == 0 && depth == 0).then_some(Node::More));
                    while self.chars.get(self.at) == Some(&'*') {
                        self.at += 1;
                    }
                    seq.push(Node::Star);
                }
                '?' => {
                    self.at += 1;
                    seq.push(Node::One);
                }
                '[' => match class(&self.chars[self.at..], '!') {
                    Some((ranges, not, _, len)) => {
                        self.at += len;
                        seq.push(Node::Class { not, ranges });
                    }
                    None => {
                        self.at += 1;
                        seq.push(Node::Char('['));
                    }
                },
                c => {
                    self.at += 1;
                    seq.push(Node::Char(c));
                }
            }
        }
        // A part that is a lone `*` matches no empty name.
        if depth == 0 && seq == [Node::More, Node::Star] {
            seq = vec![Node::One, Node::Star];
        }
        Ok(seq)
    }

    fn extglob(&mut self, kind: char, depth: usize, after: &[Node]) -> Result<Option<Node>, &'static str> {
        let start = self.at;
        self.at += 2;
        let mut options = Vec::new();
        loop {
            options.push(self.seq(&['|', ')'], depth + 1, after)?);
            match self.chars.get(self.at) {
                Some('|') => self.at += 1,
                Some(_) => break,
                None => {
                    self.at = start;
                    return Ok(None);
                }
            }
        }
        self.at += 1;
        let repeat = match kind {
            '?' => Repeat::Maybe,
            '*' => Repeat::Any,
            '+' => Repeat::Some,
            '@' => Repeat::Once,
            _ => {
                // minimatch looks at the options together with the rest of the part.
                let mut then =
                    Part { chars: &self.chars[self.at..], at: 0 }.seq(&['|', ')'], depth + 1, &[])?;
                then.extend_from_slice(after);
                then.push(Node::Group {
                    options: vec![vec![Node::End], vec![Node::Char('/')]],
                    repeat: Repeat::Once,
                });
                return Ok(Some(Node::Not { options, then, across: false }));
            }
        };
        Ok(Some(Node::Group { options, repeat }))
    }
}

/// The texts that a text with braces stands for.
fn expand(text: &[char], depth: usize) -> Result<Vec<Vec<char>>, &'static str> {
    if depth > MAX_DEPTH {
        return Err("is nested too deeply to be read");
    }
    let Some((open, commas, close)) = braces(text) else { return Ok(vec![text.to_vec()]) };
    let mut options: Vec<Vec<char>> = Vec::new();
    let bounds: Vec<usize> = [open].into_iter().chain(commas).chain([close]).collect();
    for pair in bounds.windows(2) {
        options.extend(expand(&text[pair[0] + 1..pair[1]], depth + 1)?);
    }
    if bounds.len() == 2 {
        options = sequence(&text[open + 1..close]).ok_or("holds braces that are not read")?;
    }
    let tails = expand(&text[close + 1..], depth + 1)?;
    if options.len() * tails.len() > MAX_EXPANSIONS {
        return Err("stands for too many patterns");
    }
    let join = |option: &Vec<char>, tail: &Vec<char>| [&text[..open], option, tail].concat();
    Ok(options.iter().flat_map(|option| tails.iter().map(move |tail| join(option, tail))).collect())
}

/// The first braces that expand: where they open, their commas, where they close.
fn braces(text: &[char]) -> Option<(usize, Vec<usize>, usize)> {
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut found: Option<(usize, Vec<usize>, usize)> = None;
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            '\\' => at += 1,
            '{' => open.push((at, Vec::new())),
            ',' => {
                if let Some((_, commas)) = open.last_mut() {
                    commas.push(at);
                }
            }
            '}' => {
                if let Some((start, commas)) = open.pop() {
                    let expands = !commas.is_empty() || sequence(&text[start + 1..at]).is_some();
                    if expands && found.as_ref().is_none_or(|(earlier, ..)| start < *earlier) {
                        found = Some((start, commas, at));
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// `1..3`, `01..10..2` or `a..e` as what they stand for.
fn sequence(text: &[char]) -> Option<Vec<Vec<char>>> {
    let text: String = text.iter().collect();
    let mut ends = text.split("..");
    let (from, to, step) = (ends.next()?, ends.next()?, ends.next());
    if ends.next().is_some() {
        return None;
    }
    let step = step.map_or(Some(1), |step| step.parse::<i64>().ok())?.unsigned_abs().max(1);
    let letter = |end: &str| end.parse::<char>().ok().filter(char::is_ascii_alphabetic);
    let (low, high, letters) = match (letter(from), letter(to)) {
        (Some(from), Some(to)) => (i64::from(u32::from(from)), i64::from(u32::from(to)), true),
        _ => (from.parse().ok()?, to.parse().ok()?, false),
    };
    if high.abs_diff(low) / step >= 1_000 {
        return None;
    }
    let padded =
        |end: &str| end.trim_start_matches('-').len() > 1 && end.trim_start_matches('-').starts_with('0');
    let width = if padded(from) || padded(to) { from.len().max(to.len()) } else { 0 };
    let item = |number: i64| -> Vec<char> {
        match u32::try_from(number).ok().and_then(char::from_u32).filter(|_| letters) {
            // What stands between the capital and the small letters is kept; a backslash becomes nothing.
            Some('\\') => Vec::new(),
            Some(letter) => vec![letter],
            None => format!("{number:0width$}").chars().collect(),
        }
    };
    let range = low.min(high)..=low.max(high);
    let step = usize::try_from(step).ok()?;
    let rising = low <= high;
    let items = range.step_by(1).collect::<Vec<_>>();
    let items = if rising { items } else { items.into_iter().rev().collect() };
    Some(items.into_iter().step_by(step).map(item).collect())
}
