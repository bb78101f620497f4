//! Syntax trees of source files; `tree-sitter` and its grammars are used here only.
//!
//! Trees are walked with a cursor, never by recursion: their depth is the author's choice.

pub mod brackets;
mod memo;
pub mod outline;
pub mod query;
pub mod sources;

use std::ops::{ControlFlow, Range};

use tree_sitter::{ParseOptions, ParseState, Parser, TreeCursor};

use crate::ids::RepoPath;
use crate::undecided::Undecided;

pub use tree_sitter::Node;

/// Longer texts, in bytes, are not parsed.
pub const MAX_TEXT: usize = 2 * 1024 * 1024;
/// Deeper nested brackets are not parsed.
pub const MAX_DEPTH: usize = 256;
/// Steps of a hundred parser operations each. Counted, not timed, so that a verdict does not depend on the machine.
const MAX_STEPS: usize = 200_000;
const MAX_FAULTS: usize = 64;

/// The files that [`Language::of`] knows, as a glob over whole paths.
pub const FILES: &str = "**/*.{cjs,cts,go,js,jsx,mjs,mts,py,pyi,ts,tsx}";

/// A language with a grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// JavaScript with JSX.
    JavaScript,
    /// TypeScript without JSX.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// Python 3.
    Python,
    /// Go.
    Go,
    /// Ruby; [`Language::of`] does not know its files.
    Ruby,
    /// Rust for following values, which needs no more than a rough tree; [`Language::of`] does not know its files.
    Rust,
}

impl Language {
    /// The language that the file's name speaks for.
    pub fn of(path: &RepoPath) -> Option<Self> {
        Some(match path.extension() {
            "js" | "jsx" | "mjs" | "cjs" => Self::JavaScript,
            "ts" | "mts" | "cts" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "py" | "pyi" => Self::Python,
            "go" => Self::Go,
            _ => return None,
        })
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::JavaScript => "JavaScript",
            Self::TypeScript | Self::Tsx => "TypeScript",
            Self::Python => "Python",
            Self::Go => "Go",
            Self::Ruby => "Ruby",
            Self::Rust => "Rust",
        }
    }

    fn grammar(self) -> tree_sitter::Language {
        match self {
            Self::JavaScript => tree_sitter_javascript::LANGUAGE,
            Self::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX,
            Self::Python => tree_sitter_python::LANGUAGE,
            Self::Go => tree_sitter_go::LANGUAGE,
            Self::Ruby => tree_sitter_ruby::LANGUAGE,
            Self::Rust => tree_sitter_rust::LANGUAGE,
        }
        .into()
    }
}

/// A parsed text. The parser recovers from errors, so a tree exists for every text; [`Tree::faults`] tells.
#[derive(Debug, Clone)]
pub struct Tree {
    tree: tree_sitter::Tree,
}

/// A place that the grammar does not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its bytes.
    pub range: Range<usize>,
    /// What the parser had to make up there; `None` where it skipped over text instead.
    pub missing: Option<String>,
}

/// Parses a text. A text that the grammar rejects is no error here, only one that is too large, nested too deeply or
/// too costly to parse. The trees of texts parsed lately are kept.
pub fn parse(language: Language, text: &str) -> Result<Tree, Undecided> {
    grow(&language.grammar(), language.name(), text)
}

fn grow(grammar: &tree_sitter::Language, name: &str, text: &str) -> Result<Tree, Undecided> {
    memo::tree(grammar, text, || fresh(grammar, name, text))
}

fn fresh(grammar: &tree_sitter::Language, name: &str, text: &str) -> Result<Tree, Undecided> {
    if text.len() > MAX_TEXT {
        let why = format!("has {} bytes; source files over {MAX_TEXT} bytes are not parsed", text.len());
        return Err(Undecided::new(why));
    }
    if raw_depth(text) > MAX_DEPTH {
        return Err(Undecided::new(format!("nests brackets deeper than {MAX_DEPTH}, so it is not parsed")));
    }
    let mut parser = Parser::new();
    parser.set_language(grammar).expect("the grammars are built for this version of tree-sitter");
    let mut steps = 0;
    let mut limit = |_: &ParseState| {
        steps += 1;
        if steps > MAX_STEPS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut limit);
    let tree =
        parser.parse_with_options(&mut |at, _| text.get(at..).unwrap_or_default(), None, Some(options));
    let tree = tree.ok_or_else(|| Undecided::new(format!("is too costly to parse as {name}")))?;
    Ok(Tree { tree })
}

/// The deepest nesting if every bracket counted, those in strings too: an estimate that errs to either side.
fn raw_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

impl Tree {
    /// The node of the whole text.
    pub fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// Whether the grammar accepts the text.
    pub fn is_sound(&self) -> bool {
        !self.root().has_error()
    }

    /// Every node, a parent before its children, in the order of the text.
    pub fn nodes(&self) -> Nodes<'_> {
        below(self.root())
    }

    /// The places that the grammar does not accept, in order: at most 64, none inside another.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        let mut nodes = self.nodes();
        let mut innermost = None;
        while let Some(node) = nodes.next() {
            if node.is_error() || node.is_missing() {
                let missing = node.is_missing().then(|| node.kind().to_owned());
                faults.push(Fault { range: node.byte_range(), missing });
            }
            if node.is_error() || !node.has_error() {
                nodes.skip_children();
            } else {
                innermost = Some(node.byte_range());
            }
            if faults.len() >= MAX_FAULTS {
                break;
            }
        }
        // What the parser made up may be a token that the tree does not show.
        if faults.is_empty() {
            faults.extend(innermost.map(|range| Fault { range, missing: None }));
        }
        faults
    }
}

/// A node and everything below it, a parent before its children.
pub fn below(node: Node<'_>) -> Nodes<'_> {
    Nodes { cursor: node.walk(), state: State::Start }
}

/// The children of a node, unnamed ones too.
pub fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    std::iter::from_fn(move || {
        let node = more.then(|| cursor.node());
        more = more && cursor.goto_next_sibling();
        node
    })
}

/// The named children of a node, comments left out.
pub fn parts(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    children(node).filter(|n| n.is_named() && !n.kind().ends_with("comment"))
}

/// The text of a node.
pub fn text<'a>(node: Node<'_>, source: &'a str) -> &'a str {
    source.get(node.byte_range()).unwrap_or_default()
}

enum State {
    Start,
    Down,
    Across,
    Done,
}

/// An iterator over nodes that can leave out what is below the last one.
pub struct Nodes<'t> {
    cursor: TreeCursor<'t>,
    state: State,
}

impl Nodes<'_> {
    /// Leaves out what is below the node that was given last.
    pub fn skip_children(&mut self) {
        if matches!(self.state, State::Down) {
            self.state = State::Across;
        }
    }

    fn across(&mut self) -> bool {
        loop {
            if self.cursor.goto_next_sibling() {
                return true;
            }
            if !self.cursor.goto_parent() {
                return false;
            }
        }
    }
}

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let found = match self.state {
            State::Start => true,
            State::Down => self.cursor.goto_first_child() || self.across(),
            State::Across => self.across(),
            State::Done => false,
        };
        self.state = if found { State::Down } else { State::Done };
        found.then(|| self.cursor.node())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Language; 5] =
        [Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Python, Language::Go];

    #[test]
    fn a_sound_text_has_no_faults_and_a_broken_one_names_the_place() {
        let tree = parse(Language::JavaScript, "f(1);\n").unwrap();
        assert!(tree.is_sound() && tree.faults().is_empty());
        let source = "const a = 1;\nconst b = ;\n";
        let faults = parse(Language::JavaScript, source).unwrap().faults();
        assert!(faults.iter().all(|f| f.range.start >= 13), "{faults:?}");
        assert!(!faults.is_empty());
    }

    #[test]
    fn the_glob_of_files_lists_every_language() {
        let endings = FILES.strip_prefix("**/*.{").unwrap().strip_suffix('}').unwrap();
        let known: Vec<Language> =
            endings.split(',').filter_map(|e| Language::of(&format!("a.{e}").parse().unwrap())).collect();
        assert_eq!(known.len(), endings.split(',').count());
        assert!(ALL.iter().all(|language| known.contains(language)));
    }

    #[test]
    fn deep_and_long_texts_are_undecided() {
        let deep = "(".repeat(300) + &")".repeat(300);
        assert!(parse(Language::Python, &deep).unwrap_err().why.contains("deeper"));
        assert!(parse(Language::Go, &" ".repeat(MAX_TEXT + 1)).unwrap_err().why.contains("bytes"));
    }

    #[test]
    fn every_node_is_met_once_and_children_can_be_left_out() {
        let tree = parse(Language::Python, "def f(a):\n    return a + 1\n").unwrap();
        assert_eq!(tree.nodes().count(), tree.root().descendant_count());
        let mut nodes = tree.nodes();
        nodes.next();
        nodes.skip_children();
        assert!(nodes.next().is_none());
    }

    #[test]
    fn trees_deeper_than_any_stack_are_walked() {
        let chain = format!("x{}\n", ".a".repeat(200_000));
        let tree = parse(Language::JavaScript, &chain).unwrap();
        assert!(tree.nodes().count() > 200_000 && tree.faults().is_empty());
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_undecided(text in ".{0,400}", words in "([(){}\\[\\]<>`'\"$:;=\n a-c]|def |func |class ){0,200}") {
            for language in ALL {
                for text in [&text, &words] {
                    if let Ok(tree) = parse(language, text) {
                        prop_assert_eq!(tree.is_sound(), tree.faults().is_empty());
                    }
                }
            }
        }
    }
}
