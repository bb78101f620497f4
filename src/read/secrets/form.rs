//! What can be told of a pattern without matching it: the bytes it is made of and its least length.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A pattern's outline.
#[derive(Debug)]
pub(super) struct Form {
    /// The bytes that any match is made of.
    pub(super) bytes: Box<[bool; 256]>,
    /// The bytes of the part named `body`.
    pub(super) random: Box<[bool; 256]>,
    /// The least length of a match.
    pub(super) shortest: usize,
    /// Whether no part is named `value`: the match is the credential.
    pub(super) starts_itself: bool,
}

impl Form {
    /// The outline of a pattern; of one that is none the outline of nothing.
    pub(super) fn of(pattern: &str) -> Self {
        let parser = regex_syntax::ParserBuilder::new()
            .ignore_whitespace(true)
            .unicode(false)
            .utf8(false)
            .build()
            .parse(pattern);
        let mut form = Self {
            bytes: Box::new([false; 256]),
            random: Box::new([false; 256]),
            shortest: 1,
            starts_itself: true,
        };
        if let Ok(hir) = parser {
            collect(&hir, &mut form.bytes);
            if let Some(body) = group(&hir, "body") {
                collect(body, &mut form.random);
            }
            form.shortest = hir.properties().minimum_len().unwrap_or(1);
            form.starts_itself = group(&hir, "value").is_none();
        }
        form
    }
}

/// The part of that name.
fn group<'h>(hir: &'h Hir, name: &str) -> Option<&'h Hir> {
    match hir.kind() {
        HirKind::Capture(part) if part.name.as_deref() == Some(name) => Some(&part.sub),
        HirKind::Capture(part) => group(&part.sub, name),
        HirKind::Repetition(repetition) => group(&repetition.sub, name),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(|p| group(p, name)),
        _ => None,
    }
}

fn collect(hir: &Hir, into: &mut [bool; 256]) {
    match hir.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            class
                .ranges()
                .iter()
                .for_each(|r| into[usize::from(r.start())..=usize::from(r.end())].fill(true));
        }
        HirKind::Class(Class::Unicode(class)) => {
            for range in class.ranges() {
                let (start, end) = (u32::from(range.start()).min(127), u32::from(range.end()).min(127));
                into[start as usize..=end as usize].fill(true);
            }
        }
        HirKind::Literal(literal) => literal.0.iter().for_each(|b| into[usize::from(*b)] = true),
        HirKind::Capture(group) => collect(&group.sub, into),
        HirKind::Repetition(repetition) => collect(&repetition.sub, into),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|p| collect(p, into)),
        HirKind::Empty | HirKind::Look(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_known_by_its_bytes_and_its_least_length() {
        let form = Form::of("ab_ (?P<body> [0-9]{4,6} ) x?");
        let has = |set: &[bool; 256], text: &str| text.bytes().all(|b| set[usize::from(b)]);
        assert!(has(&form.bytes, "ab_0129x") && !has(&form.bytes, "c"));
        assert!(has(&form.random, "0129") && !has(&form.random, "a"));
        assert_eq!((form.shortest, form.starts_itself), (7, true));
        assert!(!Form::of("a (?P<value> b (?P<body> c ) )").starts_itself);
    }
}
