//! Credentials out of texts that people will read. Here a doubt is decided for the mask: a token cut short at the
//! end of an excerpt has no checksum any more and still gives most of itself away.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::token::MAX_BEFORE;
use super::vocabulary::{SecretRule, Shape, vocabulary};
use super::{Setting, pem, random, scan, scan_in, starts_afresh};

const MASK: &str = "***";
/// Shorter values would mask ordinary words, and shorter beginnings of values give nothing away.
const MIN_KNOWN: usize = 6;
/// Fewer characters behind a vendor's prefix give nothing away.
const MIN_TAIL: usize = 8;
/// Longer tokens are masked only where [`scan`] finds them whole.
const MAX_TAIL: usize = 400;

/// The text with every credential in it replaced by `***`, line by line: the number of lines stays.
///
/// Covers what [`scan`] finds, tokens that are cut short or have a wrong checksum, and parts of private keys: the
/// beginning, the end, or lines out of the middle.
pub fn redact(text: &str) -> Cow<'_, str> {
    redact_known(text, &Known::default())
}

/// The same, without the values that are known.
pub fn redact_known<'t>(text: &'t str, known: &Known) -> Cow<'t, str> {
    redact_marked(text, (0, 0), known).0
}

/// Values that were found where more than the text at hand tells what they are: by a file's path, or by a name on
/// another line. They live as long as a verdict is being made.
#[derive(Default)]
pub struct Known(BTreeSet<String>);

impl Known {
    /// Takes note of the credentials in a text.
    pub fn learn(&mut self, setting: &Setting, text: &[u8]) {
        let values = scan_in(setting, text).into_iter().filter_map(|secret| {
            let value = std::str::from_utf8(&text[secret.range]).ok()?;
            (!value.contains('\n') && value.len() >= MIN_KNOWN).then(|| value.to_owned())
        });
        self.0.extend(values);
    }

    /// Where they stand; at a line's end their beginning will do, for long lines are cut.
    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for value in &self.0 {
            found.extend(text.match_indices(value.as_str()).map(|(at, _)| at..at + value.len()));
            let telling = (value.len() / 3).max(MIN_KNOWN);
            let mut start = 0;
            for line in text.split_inclusive('\n') {
                let end = start + line.trim_end_matches(['\n', '\r']).len();
                let cut = (telling..value.len()).filter(|n| value.is_char_boundary(*n)).rev();
                let cut = cut.map(|n| &value[..n]).find(|part| text[start..end].ends_with(part));
                found.extend(cut.map(|part| end - part.len()..end));
                start += line.len();
            }
        }
        found
    }
}

/// The same with a byte range of the text, moved to where it stands in the result, and without the values that are
/// known.
pub fn redact_marked<'t>(
    text: &'t str,
    mark: (usize, usize),
    known: &Known,
) -> (Cow<'t, str>, (usize, usize)) {
    let ranges = ranges(text, known);
    if ranges.is_empty() {
        return (Cow::Borrowed(text), mark);
    }
    let mut out = String::with_capacity(text.len());
    let (mut at, mut moved) = (0, mark);
    for range in &ranges {
        out.push_str(&text[at..range.start]);
        let mask = out.len()..out.len() + MASK.len();
        out.push_str(MASK);
        moved = (
            shift(moved.0, mark.0, range, mask.start, mask.end),
            shift(moved.1, mark.1, range, mask.end, mask.end),
        );
        at = range.end;
    }
    out.push_str(&text[at..]);
    (Cow::Owned(out), (moved.0, moved.1.max(moved.0)))
}

/// Where a position stands once `range` has become a mask: `inside` where it fell into it.
fn shift(moved: usize, original: usize, range: &Range<usize>, inside: usize, behind: usize) -> usize {
    if original >= range.end {
        behind + (original - range.end)
    } else if original > range.start {
        inside
    } else {
        moved
    }
}

/// What to mask: in order, apart, none over a line's end.
fn ranges(text: &str, known: &Known) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = scan(text.as_bytes()).into_iter().map(|s| s.range).collect();
    found.extend(known.ranges(text));
    found.extend(by_prefix(text));
    found.extend(opened_keys(text));
    found.extend(key_lines(text));
    let mut lines: Vec<Range<usize>> = found.into_iter().flat_map(|range| by_line(text, range)).collect();
    lines.sort_by_key(|r| (r.start, r.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in lines {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

fn by_line(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut at = range.start;
    let piece = |line: &str| {
        let start = at + (line.len() - line.trim_start().len());
        let end = at + line.trim_end().len();
        at += line.len();
        (start < end).then_some(start..end)
    };
    text[range].split_inclusive('\n').filter_map(piece).collect()
}

/// Whatever follows a vendor's prefix and is no plain word.
fn by_prefix(text: &str) -> Vec<Range<usize>> {
    let (words, bytes) = (vocabulary(), text.as_bytes());
    let masked = |hit: aho_corasick::Match, rule: &SecretRule| {
        let tail = bytes[hit.end()..].iter().take(MAX_TAIL).take_while(|b| rule.takes(**b)).count();
        let end = hit.end() + tail;
        let mut start = hit.start();
        if rule.start.is_some() {
            start -= bytes[..start].iter().rev().take(MAX_BEFORE).take_while(|b| rule.takes(**b)).count();
        }
        let word = tail < MIN_TAIL || !random::changes_class(&bytes[hit.end()..end], 0.2);
        (!word && starts_afresh(bytes, start)).then_some(start..end)
    };
    let (mut found, mut behind) = (Vec::new(), 0);
    for hit in words.keywords.find(bytes) {
        let rules = words.by_keyword[hit.pattern().as_usize()].iter().map(|r| &words.rules[*r]);
        let mut rules = rules.filter(|rule| rule.has_prefix() && !rule.public && hit.start() >= behind);
        if let Some(range) = rules.find_map(|rule| masked(hit, rule)) {
            behind = range.end;
            found.push(range);
        }
    }
    found
}

/// Private keys whose first line is there, to their end or the text's.
fn opened_keys(text: &str) -> Vec<Range<usize>> {
    let (words, bytes) = (vocabulary(), text.as_bytes());
    let opened = |hit: aho_corasick::Match| {
        let rules = &words.by_keyword[hit.pattern().as_usize()];
        let is_pem = rules.iter().any(|r| words.rules[*r].shape == Shape::Pem);
        let armour = is_pem.then(|| pem::armour(bytes, hit.start(), hit.end())).flatten()?;
        let body = &text[armour.body.clone()];
        let run = KEY_TEXT.find(body).map_or(0, |m| m.end());
        (run >= MIN_TAIL).then_some(armour.start..armour.body.start + run)
    };
    words.keywords.find(bytes).filter_map(opened).collect()
}

static KEY_TEXT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"^(?:[\s"'`,;|>#*\\]|\\+[nr]|[A-Za-z-]+:[^\n]*\n|[A-Za-z0-9+/=]{16,})*"#;
    Regex::new(pattern).expect("a literal pattern compiles")
});

/// Lines out of a key's middle (64, 70 or 76 characters of base64), what stands before a key's last line, and the
/// secret halves of AWS keys (40 characters). Within a path or an address nothing is meant.
fn key_lines(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for run in LONG_RUN.find_iter(text) {
        let bytes = run.as_str().as_bytes();
        let edge = |b: Option<u8>| b.is_none_or(|b| b.is_ascii_whitespace() || b"\"'`=:,;\\>()".contains(&b));
        let before = run.start().checked_sub(1).map(|at| text.as_bytes()[at]);
        let apart = edge(before) && edge(text.as_bytes().get(run.end()).copied());
        let random = random::has_all_classes(bytes) && random::entropy(bytes) >= 4.2;
        if apart && random && matches!(run.len(), 40 | 64 | 70 | 76) {
            found.push(run.range());
        }
    }
    for footer in FOOTER.captures_iter(text) {
        found.extend(footer.get(1).map(|m| m.range()));
    }
    found
}

static LONG_RUN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/]{38,}={0,2}").expect("a literal pattern compiles"));

static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"([A-Za-z0-9+/=]{4,76})(?:\s|\\+[nr])*-----END [A-Z0-9 ]*PRIVATE KEY";
    Regex::new(pattern).expect("a literal pattern compiles")
});

#[cfg(test)]
mod tests {
    use super::super::template::make;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_masked_whole_cut_short_or_with_a_wrong_checksum() {
        let token = make("ghp_{an:30}{crc}", "a");
        for shown in [&token[..], &token[..20], &make("ghp_{an:30}{badcrc}", "a")] {
            assert_eq!(redact(&format!("key = '{shown}' # é")), "key = '***' # é");
        }
    }

    #[test]
    fn both_halves_of_an_aws_key_are_masked_apart_and_together() {
        let (id, secret) = (make("AKIA{b32:16}", "a"), make("{b64:40}", "a"));
        assert_eq!(redact(&format!("{id}\n{secret}\n")), "***\n***\n");
        assert_eq!(redact(&format!("k = \"{secret}\"")), "k = \"***\"");
        assert_eq!(redact(&format!("SECRET={secret}")), "SECRET=***");
    }

    #[test]
    fn any_run_of_lines_out_of_a_private_key_is_masked() {
        let key = make("{pem:RSA PRIVATE KEY:1190}", "a");
        let lines: Vec<&str> = key.lines().collect();
        for (from, to) in [(0, lines.len()), (0, 2), (1, 3), (5, 6), (lines.len() - 2, lines.len()), (0, 9)] {
            let shown = redact(&lines[from..to].join("\n")).into_owned();
            for line in lines[1..lines.len() - 1].iter() {
                assert!(!shown.contains(&line[..line.len().min(12)]), "{from}..{to}:\n{shown}");
            }
            assert_eq!(shown.lines().count(), to - from);
        }
    }

    #[test]
    fn an_escaped_key_is_masked_even_when_clipped() {
        let line = make("  \"key\": \"{pemline:PRIVATE KEY:1217}\"", "a");
        assert_eq!(redact(&line[..200]), "  \"key\": \"***");
    }

    #[test]
    fn ordinary_words_hashes_and_paths_stay() {
        for text in [
            "npm_config_registry and npm_lifecycle_event",
            "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "hf_hub_download(src/components/settings/Panel.tsx)",
            "-----BEGIN RSA PRIVATE KEY-----",
            "merge dependabot/npm_and_yarn/gui/multi-dcb5c27ca1",
            "https://forge.example.com/TypeStrong/typedoc/commit/0135da098ac490b5cd31fc4359a6c630ae541480",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn what_only_its_file_tells_is_masked_whole_and_cut_short() {
        let value = make("{an:7}!{an:6}", "a");
        let yaml = format!("db:\n  password: {value}\n");
        let mut known = Known::default();
        known.learn(&Setting::new("config/db.yaml"), yaml.as_bytes());
        assert_eq!(redact_known(&yaml, &known), "db:\n  password: ***\n");
        assert_eq!(
            redact_known(&format!("it reads {} and\ngoes on", &value), &known),
            "it reads *** and\ngoes on"
        );
        assert_eq!(redact_known(&format!("k = {}\nnext", &value[..8]), &known), "k = ***\nnext");
        assert_eq!(redact_known("nothing of it", &known), "nothing of it");
    }

    #[test]
    fn the_mark_stays_on_what_it_marked() {
        let token = make("ghp_{an:30}{crc}", "a");
        let text = format!("a = \"{token}\"; next");
        let at = text.find("next").unwrap();
        let (shown, mark) = redact_marked(&text, (at, at + 4), &Known::default());
        assert_eq!(&shown[mark.0..mark.1], "next");
        let (shown, mark) = redact_marked(&text, (5, 5 + token.len()), &Known::default());
        assert_eq!(&shown[mark.0..mark.1], "***");
        let (shown, mark) = redact_marked(&text, (9, 12), &Known::default());
        assert_eq!(&shown[mark.0..mark.1], "***");
        let (shown, mark) = redact_marked(&text, (0, at), &Known::default());
        assert_eq!(&shown[mark.0..mark.1], "a = \"***\"; ");
    }

    proptest! {
        #[test]
        fn any_text_is_redacted_with_its_lines_and_a_sound_mark(text in "(?s).{0,200}", a in 0usize..200, b in 0usize..200) {
            let fit = |n: usize| crate::span::floor_char(&text, n);
            let (a, b) = (fit(a.min(b)), fit(a.max(b)));
            let (shown, mark) = redact_marked(&text, (a, b), &Known::default());
            prop_assert!(shown.get(mark.0..mark.1).is_some());
            prop_assert_eq!(shown.matches('\n').count(), text.matches('\n').count());
        }
    }
}
