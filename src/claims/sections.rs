//! Whose words a stretch of a text holds: headings, folded details and comments that open somebody else's.

use super::vocabulary::WORDS;

/// Who speaks, and of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Voice {
    /// The author, of this change.
    #[default]
    Own,
    /// The author, of plans, history or instructions.
    Unclaimed,
    /// Somebody else: a prompt, an issue, upstream notes, a bot's summary.
    Foreign,
}

/// Where in a text the walker stands.
#[derive(Debug, Default)]
pub(super) struct Sections {
    voice: Voice,
    level: u8,
    /// For each open `<details>`: whether its summary, or that of one around it, is foreign.
    details: Vec<bool>,
    /// The words that end the stretch that a comment opened.
    marker: Option<&'static str>,
}

/// Deeper folds than this are taken as one.
const MAX_DETAILS: usize = 64;

impl Sections {
    /// Who speaks here.
    pub(super) fn voice(&self) -> Voice {
        if self.marker.is_some() || self.details.last() == Some(&true) { Voice::Foreign } else { self.voice }
    }

    /// Whether a reader must unfold the place to see it.
    pub(super) fn is_folded(&self) -> bool {
        !self.details.is_empty()
    }

    /// Takes in a heading, `level` 1 to 6; 7 is a bold line or one that ends in a colon.
    pub(super) fn heading(&mut self, level: u8, text: &str) {
        let voice = voice_of(text);
        if self.voice != Voice::Own && level > self.level {
            if voice == Voice::Foreign && self.voice == Voice::Unclaimed {
                (self.voice, self.level) = (voice, level);
            }
            return;
        }
        (self.voice, self.level) = (voice, level);
    }

    /// Takes in a piece of HTML: comments and `<details>`.
    pub(super) fn html(&mut self, html: &str) {
        if html.contains("<!--") {
            self.comment(html);
        }
        let lower = html.to_ascii_lowercase();
        let mut rest = lower.as_str();
        while let Some(at) = rest.find('<') {
            rest = &rest[at + 1..];
            if rest.starts_with("/details") {
                self.details.pop();
            } else if rest.starts_with("details") && self.details.len() < MAX_DETAILS {
                self.details.push(self.details.last().copied().unwrap_or(false));
            } else if let Some(summary) = rest.strip_prefix("summary>") {
                let text = without_tags(summary.split("</summary").next().unwrap_or(summary));
                if let Some(top) = self.details.last_mut()
                    && voice_of(&text) == Voice::Foreign
                {
                    *top = true;
                }
            }
        }
    }

    fn comment(&mut self, html: &str) {
        if let Some(end) = self.marker {
            if html.contains(end) {
                self.marker = None;
            }
            return;
        }
        let opened = WORDS.markers.iter().find(|(start, end)| {
            let closes = start != end && html.contains(end.as_str());
            html.contains(start.as_str()) && !closes
        });
        self.marker = opened.map(|(_, end)| end.as_str());
    }
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

fn voice_of(heading: &str) -> Voice {
    let plain = heading.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('\u{2019}', "'");
    if plain.len() > 60 {
        return Voice::Own;
    }
    let named = |list: &[String]| list.contains(&plain);
    if named(&WORDS.foreign_sections) {
        Voice::Foreign
    } else if named(&WORDS.unclaimed_sections) {
        Voice::Unclaimed
    } else {
        Voice::Own
    }
}
