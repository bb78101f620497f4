//! Commands with their results: "`cargo test` – pass", "✅ `pnpm lint`", "$ pytest -q → 214 passed".

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::ClaimKind;
use super::super::super::vocabulary::{COMMANDS, LANGUAGES};
use super::super::tests_pass;
use super::asserts;
use super::words::GOOD;
use crate::read::gates::{self, Kind};
use crate::read::shell;

/// A longer one is a script.
const MAX_COMMAND: usize = 300;

/// Between a command and its result.
const MARKS: &str = r"^[`)\s]*(?:[:：=—–#,，>-]+|→|⇒|=>|\()?\s*";
const LINK: &str = r"(?:(?:now|still|all|everything|is|are|was|both|also|run|runs|ran|has|have|which|exits?|exited|completes?|completed|finishes|finished|reports?|reported|returns?|returned|locally|again|with|in|code|checks?|tests?|\d[\d,]*\s+(?:unit\s+)?(?:tests?|test files?|files?|examples?|specs|suites|packages),?|clean|build|status|result|success:|ok:|[\w.-]+ms|[\d.]+s)\s+){0,6}";
static RESULT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i){MARKS}{LINK}(?:{GOOD}|[\w-]+\s+ok\b|build\s+successful|0\b|all packages pass){}",
        r"(?P<rest>.*)$"
    ))
    .expect("literal")
});
static FOREIGN: LazyLock<Regex> = LazyLock::new(|| {
    let words: Vec<&str> =
        LANGUAGES.iter().map(|language| language.results.as_str()).filter(|w| !w.is_empty()).collect();
    Regex::new(&format!(r"(?i){MARKS}(?:✅\s*)?(?:{})[。.!！\s]*$", words.join("|")))
        .expect("a test compiles the results")
});
static FOLLOWS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:$|[.,;:!)\]\u{2014}\u{2013}(✅🎉✓✔|/+&\-\u{fe0f}]|(?:and|with|on|in|at|for|across|after|again|under|against|locally|now|too|found|reported|using|via|tests?|tasks)\b)").expect("literal")
});
/// Directly before a command: it was run.
static RAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[.,;:—–(-]\s*|\b(?:and|i|we|also|then|✅)\s+|\*\s*)(?:i(?:['’]ve)?\s+|we\s+|also\s+|then\s+|have\s+)*(?:ran|executed|re-?ran|(?:verified|tested|checked|validated|confirmed)(?:\s+(?:it|this|locally))?\s+(?:with|by running|using|via))\s+$").expect("literal")
});
/// Between two commands of one list.
static JOINED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^\s*(?:,\s*and|,|and|&&|&|\+|/|;|\s)\s*$").expect("literal"));
/// Where a line that is a command ends and its result begins.
static BARE_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r":\s|\s(?:→|⇒|->|=>|—|–|-|#)\s|\s\(|\s*(?:✅|✓|✔)|,\s|\s+(?:passes|passed|succeeds|succeeded)\b",
    )
    .expect("literal")
});

/// A command in a sentence.
struct Command<'t> {
    text: &'t str,
    /// With its backticks or prompt.
    range: Range<usize>,
    kinds: Vec<Kind>,
    builds: bool,
}

/// The commands that a sentence says were run, and what their passing is.
pub(super) fn claims(sentence: &str, plain: &str, start: usize, marked: bool) -> Vec<ClaimKind> {
    let commands = commands(sentence, start);
    let mut kinds = Vec::new();
    let mut at = 0;
    while at < commands.len() {
        let joined =
            |i: &usize| JOINED.is_match(&sentence[commands[*i].range.end..commands[*i + 1].range.start]);
        let last = (at..commands.len() - 1).take_while(joined).last().map_or(at, |i| i + 1);
        let list = &commands[at..=last];
        let begin = list[0].range.start;
        let next = commands.get(last + 1).map_or(sentence.len(), |command| command.range.start);
        let after = &plain[list[list.len() - 1].range.end..];
        let own = &plain[list[list.len() - 1].range.end..next];
        let opens = plain[start.min(begin)..begin].trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
        let good = RESULT.captures(own).is_some_and(|found| FOLLOWS.is_match(&found["rest"]))
            || FOREIGN.is_match(own);
        let ran = RAN.is_match(&plain[..begin]);
        let alone = marked && opens && !own.trim_start().starts_with(|c: char| c.is_alphabetic());
        let around = format!("{} {after}", &plain[..begin]);
        if (good || ran || alone) && asserts(&around) {
            let passes = good || alone || marked && ran || ran && says_so(own);
            for command in list {
                said(&mut kinds, command, own, passes);
            }
        }
        at = last + 1;
    }
    kinds
}

/// "Ran `a` successfully": the words behind say it, not at once.
fn says_so(after: &str) -> bool {
    static SAID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:successfully|no (?:errors|failures|issues)|without (?:errors|failures)|all [\w\s,]{0,30}pass(?:es|ed)?|everything pass(?:es|ed)|all green|passed)\b").expect("literal")
    });
    SAID.is_match(after)
}

fn said(kinds: &mut Vec<ClaimKind>, command: &Command<'_>, result: &str, passes: bool) {
    let counts = tests_pass::count(result);
    // A count of tests that did not all pass.
    let Some(passed) = counts else { return };
    kinds.push(ClaimKind::Ran(command.text.to_owned()));
    if !passes {
        return;
    }
    if command.builds {
        kinds.push(ClaimKind::Builds);
        return;
    }
    for kind in &command.kinds {
        kinds.extend(match kind {
            Kind::Tests => Some(ClaimKind::TestsPass { passed, command: Some(command.text.to_owned()) }),
            Kind::Lint => Some(ClaimKind::LintPasses),
            Kind::Types => Some(ClaimKind::TypesPass),
            Kind::Build => Some(ClaimKind::Builds),
            Kind::Coverage | Kind::Security | Kind::All | Kind::None => None,
        });
    }
}

fn commands(sentence: &str, start: usize) -> Vec<Command<'_>> {
    let mut found: Vec<Command<'_>> = bare(sentence, start).into_iter().collect();
    let mut at = found.first().map_or(0, |command| command.range.end);
    while let Some(open) = sentence[at..].find('`').map(|i| at + i) {
        let Some(close) = sentence[open + 1..].find('`').map(|i| open + 1 + i) else { break };
        let range = open..close + 1;
        found.extend(command(&sentence[open + 1..close], range, true));
        at = close + 1;
    }
    found
}

/// A line that begins with a command, with a prompt or a known one without.
fn bare(sentence: &str, start: usize) -> Option<Command<'_>> {
    let text = &sentence[start..];
    let from = start + text.len()
        - text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '-' | '•')).len();
    let (prompted, from) = match sentence[from..].strip_prefix("$ ") {
        Some(_) => (true, from + 2),
        None => (false, from),
    };
    let text = &sentence[from..];
    if text.contains('`') {
        return None;
    }
    let end = BARE_END.find(text).map_or(text.len(), |end| end.start());
    let text = text[..end].trim_end();
    let first = text.split(' ').next().unwrap_or_default();
    let several = text.contains(' ');
    let lower = first.starts_with(|c: char| c.is_ascii_lowercase() || c == '.');
    let prose = text
        .split(' ')
        .skip(1)
        .any(|word| matches!(word, "the" | "a" | "is" | "and" | "to" | "for" | "of" | "in" | "on" | "now"));
    let found = command(text, from..from + text.len(), false)?;
    let sure = !found.kinds.is_empty() || found.builds || prompted;
    let plain = COMMANDS.plain.iter().any(|word| word == first);
    let plain_word = plain && found.kinds.is_empty();
    (prompted || lower && several && sure && !prose && !plain_word).then_some(found)
}

/// The command that a text is, if it is one.
fn command(text: &str, range: Range<usize>, marked: bool) -> Option<Command<'_>> {
    let text = text.trim();
    let text = text.strip_prefix("$ ").unwrap_or(text).trim();
    if text.is_empty() || text.len() > MAX_COMMAND || text.contains('\n') {
        return None;
    }
    let parsed = shell::commands(text);
    let mut kinds: Vec<Kind> =
        parsed.iter().flat_map(|c| gates::gates(&c.words)).map(|known| known.kind).collect();
    kinds.dedup();
    let first = text.split(' ').next().unwrap_or_default();
    let program = first.rsplit('/').next().unwrap_or(first);
    let builds = parsed.len() == 1
        && parsed.iter().any(|c| is_build(&c.words))
        && !kinds.iter().any(|k| matches!(k, Kind::Lint | Kind::Types));
    let known = COMMANDS.programs.iter().any(|p| p == program) && text.contains(' ');
    let script = first.starts_with("./") && marked || first.ends_with(".sh") && first.contains('/');
    (known || script || builds || !kinds.is_empty()).then_some(Command { text, range, kinds, builds })
}

fn is_build(words: &[String]) -> bool {
    let words = gates::unwrapped(words);
    let plain: Vec<&str> =
        words.iter().map(String::as_str).filter(|w| !w.starts_with('-') || *w == "--build").collect();
    COMMANDS.builds.iter().any(|build| {
        let parts: Vec<&str> = build.split(' ').collect();
        // `make` alone builds, and with a target does what that says.
        plain.starts_with(&parts) && (parts.len() > 1 || plain.len() == 1)
    })
}
