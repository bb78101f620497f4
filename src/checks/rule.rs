//! A rule: its id and its page, from which title and level are read.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// How much a finding weighs. There is nothing between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Shown.
    Note,
    /// Proved or contradicted: the merge is blocked.
    Block,
}

/// A rule as people know it. The page is `rules/<id>.md`, compiled in; its front matter is TOML between `+++` lines.
#[derive(Debug)]
pub struct Rule {
    /// Noun and past participle, such as `coverage-narrowed`. Stable: policies and fingerprints hold it.
    pub id: &'static str,
    /// The whole page, front matter included.
    pub page: &'static str,
    front: OnceLock<Front>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    title: String,
    level: Level,
}

impl Rule {
    /// A rule with its page.
    pub const fn new(id: &'static str, page: &'static str) -> Self {
        Self { id, page, front: OnceLock::new() }
    }

    /// One line: what it catches.
    pub fn title(&self) -> &str {
        &self.front().title
    }

    /// The heaviest level that its findings have where policy says nothing.
    pub fn level(&self) -> Level {
        self.front().level
    }

    /// The page without its front matter, as Markdown.
    pub fn text(&self) -> &'static str {
        self.split().1
    }

    fn split(&self) -> (&'static str, &'static str) {
        let body = self.page.strip_prefix("+++\n").unwrap_or(self.page);
        body.split_once("\n+++\n").map_or(("", body), |(front, text)| (front, text.trim_start()))
    }

    fn front(&self) -> &Front {
        self.front.get_or_init(|| {
            toml::from_str(self.split().0).expect("a test reads the front matter of every rule page")
        })
    }
}
