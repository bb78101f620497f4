//! What depends on the repository: the expressions that make a Python comment a marker, and how V8's hints are read.

use std::sync::LazyLock;

use regex::Regex;

/// How the markers of one file are read.
#[derive(Debug, Clone)]
pub struct Dialect {
    /// coverage.py's expressions for lines that are left out.
    pub(super) exclude: Vec<Regex>,
    /// coverage.py's expressions for branches that are left out.
    pub(super) partial: Vec<Regex>,
    /// Whether `v8 ignore next` means a line, as in c8 and in Vitest up to 3, and not the next node.
    pub(super) v8_by_line: bool,
    own: bool,
}

static EXCLUDE: LazyLock<Regex> =
    LazyLock::new(|| literal(r"#\s*(?:pragma|PRAGMA)[:\s]?\s*(?:no|NO)\s*(?:cover|COVER)"));
static PARTIAL: LazyLock<Regex> =
    LazyLock::new(|| literal(r"#\s*(?:pragma|PRAGMA)[:\s]?\s*(?:no|NO)\s*(?:branch|BRANCH)"));

fn literal(expression: &str) -> Regex {
    Regex::new(expression).expect("a literal expression compiles")
}

impl Default for Dialect {
    fn default() -> Self {
        Self { exclude: vec![EXCLUDE.clone()], partial: vec![PARTIAL.clone()], v8_by_line: false, own: false }
    }
}

impl Dialect {
    /// The same with these expressions beside (`replacing` false) or instead of coverage.py's own. An expression that
    /// can't be read here makes no comment a marker.
    #[must_use]
    pub fn excluding(mut self, expressions: &[String], replacing: bool) -> Self {
        if replacing {
            self.exclude.clear();
        }
        self.exclude.extend(expressions.iter().filter_map(|e| Regex::new(&format!("(?m){e}")).ok()));
        self.own = true;
        self
    }

    /// The same for branches.
    #[must_use]
    pub fn excluding_branches(mut self, expressions: &[String], replacing: bool) -> Self {
        if replacing {
            self.partial.clear();
        }
        self.partial.extend(expressions.iter().filter_map(|e| Regex::new(&format!("(?m){e}")).ok()));
        self.own = true;
        self
    }

    /// The same where V8's hints count lines.
    #[must_use]
    pub fn by_line(mut self) -> Self {
        self.v8_by_line = true;
        self
    }

    /// Whether any words could make a comment a marker.
    pub(super) fn has_own_words(&self) -> bool {
        self.own
    }
}
