//! What a person is answered who asked for something in a comment or with a button: the only place where such a reply
//! is worded. Nothing of what others wrote is more than text in it.

use jiff::civil::Date;

use crate::checks::REGISTRY;
use crate::ids::Fingerprint;
use crate::report::kept::{KeptPlace, KeptVerdict, Named};
use crate::report::markdown::escape;
use crate::report::{clean, prose};

/// Fingerprints that a refusal lists.
const LISTED: usize = 10;
const HEADLINE: usize = 160;
const EXPLANATION: usize = 4_000;
const PLACES: usize = 10;

/// The commands, for whoever asked for something else.
pub const COMMANDS: &str = "\
- `/gainsay accept FINGERPRINT REASON` accepts a finding; `until 2026-12-31` at the end sets its last day
- `/gainsay recheck` judges again
- `/gainsay explain FINGERPRINT` tells more about a finding
";

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No such command.
    Unknown,
    /// Only people who may push, or who opened the pull request, are answered.
    Stranger,
    /// Who asks is no other person on this change: why, in words that follow "who".
    NotAnother(&'static str),
    /// Who asks may not push: why, in words that follow "who".
    NoWrite(&'static str),
    /// A fingerprint is missing or is none.
    NoFingerprint,
    /// There is no verdict yet.
    NoVerdict,
    /// The last verdict has no such fingerprint.
    NotThere(String),
    /// Several fingerprints begin so.
    Ambiguous(String),
    /// A reason is missing.
    NoReason,
    /// A day that is none.
    NoDay,
    /// A day that has passed.
    Past(Date),
}

/// A refusal as Markdown. `verdict` is the last one, whose fingerprints are listed where one is missing.
pub fn refusal(why: &Refusal, verdict: &KeptVerdict) -> String {
    match why {
        Refusal::Unknown => format!("No such command. There are:\n\n{COMMANDS}"),
        Refusal::Stranger => {
            "Only people with write access, and who opened the pull request, are answered.\n".into()
        }
        Refusal::NotAnother(who) => format!(
            "Not accepted: a finding is accepted by another person with write access, and not by one who {who}.\n"
        ),
        Refusal::NoWrite(who) => {
            format!(
                "Not accepted: a finding is accepted by a person with write access, and not by one who {who}.\n"
            )
        }
        Refusal::NoFingerprint => format!("Which finding is meant? {}", there(verdict)),
        Refusal::NoVerdict => "There is no verdict yet. Ask again when there is one.\n".into(),
        Refusal::NotThere(print) => {
            format!("The last verdict has nothing with the fingerprint {}. {}", code(print), there(verdict))
        }
        Refusal::Ambiguous(print) => {
            format!("More than one fingerprint begins with {}. {}", code(print), there(verdict))
        }
        Refusal::NoReason => {
            "Not accepted: a reason is missing. It stands in the verdict for whoever reads it later: \
             `/gainsay accept FINGERPRINT REASON`\n"
                .into()
        }
        Refusal::NoDay => "Not accepted: what follows `until` must be a day such as `2026-12-31`.\n".into(),
        Refusal::Past(day) => format!("Not accepted: `{day}` has passed.\n"),
    }
}

fn there(verdict: &KeptVerdict) -> String {
    let all: Vec<_> = verdict.named().collect();
    if all.is_empty() {
        return "It has none at all.\n".to_owned();
    }
    let entry = |(print, named): &(&Fingerprint, Named<'_>)| {
        format!("- `{print}` {}\n", escape::prose(&clean::line(&named.headline(), HEADLINE)))
    };
    let shown: String = all.iter().take(LISTED).map(entry).collect();
    let more = match all.len().saturating_sub(LISTED) {
        0 => String::new(),
        n => format!("\nand {n} more.\n"),
    };
    format!("There are:\n\n{shown}{more}")
}

fn code(text: &str) -> String {
    escape::code(&clean::line(text, 40))
}

/// What a finding is, as Markdown: its evidence, its places and the page of its rule.
pub fn explanation(print: &Fingerprint, named: Named<'_>) -> String {
    let mut text = format!("### {}\n\n", escape::prose(&clean::line(&named.headline(), HEADLINE)));
    if let Named::Finding(finding) = named {
        let places: Vec<String> =
            std::iter::once(&finding.at).chain(&finding.related).take(PLACES).map(place).collect();
        text.push_str(&format!("{}\n", places.join(", ")));
        for paragraph in clean::lines(&finding.explanation, EXPLANATION) {
            text.push_str(&format!("\n{}\n", escape::prose(&paragraph)));
        }
    } else {
        text.push_str("This could not be judged, so a person must look.\n");
    }
    if let Some(rule) = REGISTRY.iter().map(|check| check.rule()).find(|rule| rule.id == named.rule()) {
        let page = rule.text().trim();
        text.push_str(&format!(
            "\n<details>\n<summary>{}: {}</summary>\n\n{page}\n\n</details>\n",
            rule.id,
            rule.title()
        ));
    }
    text + &format!("\n`/gainsay accept {print} REASON` accepts it.\n")
}

fn place(at: &KeptPlace) -> String {
    let base = if at.side == "base" { " at base" } else { "" };
    format!("{}{base}", escape::code(&format!("{}:{}", prose::path(&at.path), at.line)))
}

/// Several answers as one reply that carries its mark. `to` names who pressed a button; a comment's author needs no
/// naming, and nobody is mentioned.
pub fn reply(mark: &str, to: Option<&str>, parts: &[String]) -> String {
    let to =
        to.map(|login| format!("{} pressed a button of the check.\n\n", code(login))).unwrap_or_default();
    format!("{to}{}\n{mark}\n", parts.join("\n"))
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    const EVIL: &str = "@octo ![x](https://evil.example/x.png) <img src=x> [a](b) #12 --> ``` \u{202e}";

    fn verdict() -> KeptVerdict {
        let finding = serde_json::json!({"rule": "test-skipped", "headline": EVIL, "explanation": EVIL,
            "path": EVIL, "line": 3, "fingerprint": "14b695a33f348377",
            "related": [{"path": "`a`.js", "line": 4, "side": "base"}]});
        let matter = serde_json::json!({"rule": "policy", "why": EVIL, "path": EVIL, "fingerprint": "24b695a33f348377"});
        KeptVerdict::read(&serde_json::json!({"findings": [finding], "undecided": [matter]}).to_string())
    }

    #[test]
    fn nothing_of_others_lives_in_a_reply() {
        let verdict = verdict();
        let mut texts: Vec<String> =
            verdict.named().map(|(print, named)| explanation(print, named)).collect();
        texts.push(refusal(&Refusal::NotThere(EVIL.into()), &verdict));
        texts.push(reply("<!-- m -->", Some(EVIL), &[]));
        for text in texts {
            let (mut plain, mut in_code) = (String::new(), 0);
            for event in Parser::new_ext(&text, Options::all()) {
                match event {
                    Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{event:?} in {text}"),
                    Event::Start(Tag::CodeBlock(_)) => in_code += 1,
                    Event::End(TagEnd::CodeBlock) => in_code -= 1,
                    Event::Html(html) | Event::InlineHtml(html) => {
                        let own = ["<details>", "</details>", "<summary>", "<!-- m -->"];
                        assert!(own.iter().any(|own| html.starts_with(own)), "{html} in {text}");
                    }
                    Event::Text(words) if in_code == 0 => plain.push_str(&words),
                    _ => {}
                }
            }
            for live in ["@octo", "://", "#12", "\u{202e}"] {
                assert!(!plain.contains(live), "{live:?} in {text}");
            }
        }
    }

    #[test]
    fn an_explanation_has_the_evidence_and_the_rules_page() {
        let json = r#"{"findings": [{"rule": "test-skipped", "headline": "one", "explanation": "It ran at base.",
            "path": "a.js", "line": 3, "fingerprint": "14b695a33f348377"}]}"#;
        let verdict = KeptVerdict::read(json);
        let (print, named) = verdict.named().next().unwrap();
        let text = explanation(print, named);
        for part in
            ["### one", "`a.js:3`", "It ran at base.", "## Limits", "/gainsay accept 14b695a33f348377"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
