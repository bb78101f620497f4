//! Patterns over syntax trees, written in `tree-sitter`'s query language: vocabulary that is kept as data.

use tree_sitter::{QueryCursor, QueryCursorOptions, StreamingIterator};

use std::ops::ControlFlow;

use super::{Node, Tree, grow};
use crate::undecided::Undecided;

/// More matches in progress than that and some would be dropped unseen.
const MAX_OPEN: u32 = 4_096;
/// Steps of a hundred operations each.
const MAX_STEPS: usize = 400_000;

/// A language that is read by patterns alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// C#.
    CSharp,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// PHP with the text around it.
    Php,
    /// Ruby.
    Ruby,
}

/// Patterns of one language.
#[derive(Debug)]
pub struct Query {
    query: tree_sitter::Query,
}

impl Grammar {
    fn rules(self) -> tree_sitter::Language {
        match self {
            Self::CSharp => tree_sitter_c_sharp::LANGUAGE,
            Self::Java => tree_sitter_java::LANGUAGE,
            Self::Kotlin => tree_sitter_kotlin_ng::LANGUAGE,
            Self::Php => tree_sitter_php::LANGUAGE_PHP,
            Self::Ruby => tree_sitter_ruby::LANGUAGE,
        }
        .into()
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::CSharp => "C#",
            Self::Java => "Java",
            Self::Kotlin => "Kotlin",
            Self::Php => "PHP",
            Self::Ruby => "Ruby",
        }
    }

    /// Parses a text, with the limits of [`super::parse`].
    pub fn parse(self, text: &str) -> Result<Tree, Undecided> {
        grow(&self.rules(), self.name(), text)
    }
}

/// One match: the number of its pattern, and the captured nodes by name.
#[derive(Debug, Clone)]
pub struct Match<'q, 't> {
    /// The place of the pattern in the text of the query.
    pub pattern: usize,
    /// Each captured node with the name of its capture.
    pub captures: Vec<(&'q str, Node<'t>)>,
}

impl Query {
    /// Reads patterns; an error names the place where they are no query of the language.
    pub fn new(grammar: Grammar, text: &str) -> Result<Self, String> {
        let query = tree_sitter::Query::new(&grammar.rules(), text);
        Ok(Self { query: query.map_err(|e| e.to_string())? })
    }

    /// Every match in a tree; an error where there are too many to be told.
    pub fn matches<'q, 't>(&'q self, tree: &'t Tree, source: &str) -> Result<Vec<Match<'q, 't>>, Undecided> {
        let mut cursor = QueryCursor::new();
        cursor.set_match_limit(MAX_OPEN);
        let names = self.query.capture_names();
        let mut steps = 0;
        let mut limit = |_: &_| {
            steps += 1;
            if steps > MAX_STEPS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = QueryCursorOptions::new().progress_callback(&mut limit);
        let mut found = Vec::new();
        let mut matches = cursor.matches_with_options(&self.query, tree.root(), source.as_bytes(), options);
        while let Some(one) = matches.next() {
            let captures = one.captures().iter().map(|capture| (names[capture.index as usize], capture.node));
            found.push(Match { pattern: one.pattern_index, captures: captures.collect() });
        }
        drop(matches);
        if cursor.did_exceed_match_limit() || steps > MAX_STEPS {
            return Err(Undecided::new("is too costly to search for tests"));
        }
        Ok(found)
    }
}
