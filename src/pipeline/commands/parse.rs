//! The words of a comment: which lines of it are commands, and what each asks for. Pure.
//!
//! A command is a line of its own that begins with `/gainsay`, outside of quotations and code: what someone quotes or
//! shows is not what they ask for.

use jiff::civil::Date;

use crate::ids::Fingerprint;

/// More commands of one comment are not read.
const MAX_COMMANDS: usize = 20;
/// A longer reason is cut here, in characters.
const REASON: usize = 500;
/// Fewer letters give no reason.
const LETTERS: usize = 3;
/// Fewer digits of a fingerprint name nothing.
const DIGITS: usize = 8;

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// To accept a finding.
    Accept {
        /// Which.
        which: Which,
        /// Why.
        reason: Result<String, Unclear>,
        /// The last day, where one is named.
        until: Option<Date>,
    },
    /// To judge again.
    Recheck,
    /// To explain a finding.
    Explain(Which),
    /// Nothing that is known.
    Unclear(Unclear),
}

/// The fingerprint that a person names: whole, or its first digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which(String);

impl Which {
    /// As it was written, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether that fingerprint is meant.
    pub fn is(&self, fingerprint: &Fingerprint) -> bool {
        let whole = fingerprint.as_str();
        whole == self.0 || !self.0.contains('-') && !whole.contains('-') && whole.starts_with(&self.0)
    }
}

/// What is wrong with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// No such command.
    Verb,
    /// A fingerprint is missing or is none.
    Fingerprint,
    /// A reason is missing.
    Reason,
    /// The day after `until` is none.
    Day,
}

/// Whether a comment asks for anything: others need not be kept.
pub fn is_addressed(words: &str) -> bool {
    !read(words).is_empty()
}

/// What a comment asks for, in its order.
pub fn read(words: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    let mut in_comment = false;
    for line in words.lines() {
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        if let Some((sign, length)) = fence_of(text).filter(|_| indent < 4 && !in_comment) {
            match fence {
                Some((open, least)) if sign == open && length >= least => {
                    // Only a bare fence closes.
                    if text[length..].trim().is_empty() {
                        fence = None;
                    }
                }
                Some(_) => {}
                None => fence = Some((sign, length)),
            }
            continue;
        }
        if fence.is_some() {
            continue;
        }
        let was_in_comment = in_comment;
        in_comment = ends_in_comment(text, in_comment);
        // Four spaces or a tab make code, and what stands in an HTML comment is not shown.
        if was_in_comment || indent >= 4 || requests.len() == MAX_COMMANDS {
            continue;
        }
        requests.extend(command(text));
    }
    requests
}

fn fence_of(text: &str) -> Option<(char, usize)> {
    let sign = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = text.chars().take_while(|c| *c == sign).count();
    (length >= 3).then_some((sign, length))
}

/// Whether an HTML comment is open after a line.
fn ends_in_comment(text: &str, open: bool) -> bool {
    let (mut open, mut rest) = (open, text);
    while let Some(at) = rest.find(if open { "-->" } else { "<!--" }) {
        rest = &rest[at + 3..];
        open = !open;
    }
    open
}

fn command(text: &str) -> Option<Request> {
    let start = text.get(..8).filter(|start| start.eq_ignore_ascii_case("/gainsay"))?;
    let rest = &text[start.len()..];
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let rest: String = rest.chars().filter(|c| !is_unseen(*c)).collect();
    let mut words = rest.split_whitespace();
    let verb = words.next().unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = words.collect();
    Some(match verb.as_str() {
        "accept" => accept(&words),
        "recheck" | "re-check" if words.is_empty() => Request::Recheck,
        "explain" => match words.as_slice() {
            [which] => which_of(which).map_or(Request::Unclear(Unclear::Fingerprint), Request::Explain),
            _ => Request::Unclear(Unclear::Fingerprint),
        },
        // A button says no more than the fingerprint.
        _ => match which_of(&verb) {
            Some(which) if words.is_empty() => {
                Request::Accept { which, reason: Err(Unclear::Reason), until: None }
            }
            _ => Request::Unclear(Unclear::Verb),
        },
    })
}

fn accept(words: &[&str]) -> Request {
    let Some((which, mut reason)) =
        words.split_first().and_then(|(which, rest)| Some((which_of(which)?, rest)))
    else {
        return Request::Unclear(Unclear::Fingerprint);
    };
    let mut until = None;
    if let [before @ .., word, day] = reason
        && word.eq_ignore_ascii_case("until")
        && day.starts_with(|c: char| c.is_ascii_digit())
    {
        match day.trim_end_matches('.').parse::<Date>() {
            Ok(day) => (until, reason) = (Some(day), before),
            Err(_) => return Request::Unclear(Unclear::Day),
        }
    }
    let reason: String = reason.join(" ").chars().take(REASON).collect();
    let letters = reason.chars().filter(|c| c.is_alphabetic()).count();
    let reason = if letters < LETTERS { Err(Unclear::Reason) } else { Ok(reason) };
    Request::Accept { which, reason, until }
}

fn which_of(word: &str) -> Option<Which> {
    let word = word.trim_matches('`').to_ascii_lowercase();
    let short = word.len() >= DIGITS && word.len() < 16 && word.bytes().all(|b| b.is_ascii_hexdigit());
    (short || word.parse::<Fingerprint>().is_ok()).then_some(Which(word))
}

/// What a copied text may hold without anyone seeing it.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_words_break_the_reader(words in "(/gainsay |accept |until |[0-9a-f]{8,17}|2026-|```|~~~|<!--|-->|>|\\PC|\n|\t){0,40}") {
            prop_assert!(read(&words).len() <= MAX_COMMANDS);
        }
    }

    const PRINT: &str = "14b695a33f348377";

    fn accepted(reason: &str) -> Request {
        Request::Accept { which: Which(PRINT.into()), reason: Ok(reason.into()), until: None }
    }

    #[test]
    fn a_line_of_its_own_is_a_command_and_several_count_each() {
        let words = format!(
            "I looked at it.\n\n/gainsay accept {PRINT} The rest is generated.\r\n/GAINSAY Recheck\n  /gainsay explain {PRINT}-2"
        );
        let expected = [
            accepted("The rest is generated."),
            Request::Recheck,
            Request::Explain(Which(format!("{PRINT}-2"))),
        ];
        assert_eq!(read(&words), expected);
    }

    #[test]
    fn what_is_quoted_or_shown_as_code_or_hidden_is_no_command() {
        for words in [
            format!("> /gainsay accept {PRINT} because"),
            format!("```\n/gainsay accept {PRINT} because\n```"),
            "~~~~ text\n/gainsay recheck\n~~~\n/gainsay recheck\n~~~~".to_owned(),
            format!("````\n```\n/gainsay accept {PRINT} because\n```\n````"),
            format!("```\n/gainsay accept {PRINT} never closed"),
            "    /gainsay recheck".to_owned(),
            "\t/gainsay recheck".to_owned(),
            "try /gainsay recheck".to_owned(),
            "`/gainsay recheck`".to_owned(),
            "- /gainsay recheck".to_owned(),
            "/gainsayer recheck".to_owned(),
            "/gainsay-recheck".to_owned(),
            format!("<!-- a template\n/gainsay accept {PRINT} because\n-->"),
            "https://example.com/gainsay recheck".to_owned(),
            String::new(),
        ] {
            assert_eq!(read(&words), [], "{words:?}");
            assert!(!is_addressed(&words), "{words:?}");
        }
        assert_eq!(read("```\nx\n```\n/gainsay recheck"), [Request::Recheck]);
        assert_eq!(read("<!-- a -->\n/gainsay recheck"), [Request::Recheck]);
    }

    #[test]
    fn a_day_ends_the_reason_and_other_words_after_until_belong_to_it() {
        let read = |rest: &str| read(&format!("/gainsay accept {PRINT} {rest}")).pop().unwrap();
        let Request::Accept { reason, until, .. } = read("a prototype until 2026-12-31") else { panic!() };
        assert_eq!(
            (reason.unwrap().as_str(), until.unwrap().to_string().as_str()),
            ("a prototype", "2026-12-31")
        );
        assert_eq!(read("parked until the next release"), accepted("parked until the next release"));
        for bad in ["a prototype until 2026-02-30", "a prototype until 31.12.2026", "a prototype until 2026"]
        {
            assert_eq!(read(bad), Request::Unclear(Unclear::Day), "{bad}");
        }
        for short in ["", "ok", "...!", "until 2026-12-31"] {
            let Request::Accept { reason, .. } = read(short) else { panic!("{short}") };
            assert_eq!(reason, Err(Unclear::Reason), "{short}");
        }
        let Request::Accept { reason, .. } = read(&"long ".repeat(500)) else { panic!() };
        assert_eq!(reason.unwrap().chars().count(), REASON);
    }

    #[test]
    fn a_fingerprint_may_be_copied_with_what_surrounds_it_or_be_cut_short() {
        let whole: Fingerprint = PRINT.parse().unwrap();
        for written in
            [PRINT, "`14b695a33f348377`", "14B695A33F348377", "14b6\u{200B}95a3\u{200B}3f348377", "14b695a3"]
        {
            let read = read(&format!("/gainsay explain {written}"));
            let [Request::Explain(which)] = read.as_slice() else { panic!("{written}: {read:?}") };
            assert!(which.is(&whole), "{written}");
            assert!(!which.is(&whole.repeated(2)), "{written}");
        }
        for bad in ["14b695a", "14b695a33f348377a", "coverage-narrowed", "", "14b695a33f348377 and more"] {
            let read = read(&format!("/gainsay explain {bad}"));
            assert_eq!(read, [Request::Unclear(Unclear::Fingerprint)], "{bad}");
        }
    }

    #[test]
    fn anything_else_is_unclear_and_never_something_else() {
        for words in [
            "/gainsay",
            "/gainsay help",
            "/gainsay approve all",
            "/gainsay recheck now",
            "/gainsay ACCEPTED x",
        ] {
            assert_eq!(read(words), [Request::Unclear(Unclear::Verb)], "{words}");
        }
        assert_eq!(read(&format!("/gainsay {PRINT} because")), [Request::Unclear(Unclear::Verb)]);
        let bare = Request::Accept { which: Which(PRINT.into()), reason: Err(Unclear::Reason), until: None };
        assert_eq!(read(&format!("/gainsay {PRINT}")), [bare]);
        assert_eq!(read(&"/gainsay recheck\n".repeat(100)).len(), MAX_COMMANDS);
        let multibyte = "/gainsaé x\n/gainé\n💥/gainsay";
        assert_eq!(read(multibyte), []);
    }
}
