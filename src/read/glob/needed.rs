//! What a path must hold for a pattern to match at all: most paths are turned away by that alone.

use memchr::memmem::Finder;

use super::{Node, Repeat, Seq};

/// Text without which a sequence of nodes matches no path.
#[derive(Debug, Clone)]
pub(super) struct Needed {
    /// At the very end.
    end: String,
    /// One of these anywhere; empty where nothing is needed.
    any: Vec<Finder<'static>>,
}

impl Needed {
    pub(super) fn of(seq: &Seq) -> Self {
        let end: Vec<char> = seq.iter().rev().map_while(char_of).collect();
        let finder = |text: String| Finder::new(text.as_bytes()).into_owned();
        Self {
            end: end.into_iter().rev().collect(),
            any: one_of(seq).into_iter().flatten().map(finder).collect(),
        }
    }

    /// Whether a path has what a match needs; with `anywhere` the match may end before the path does.
    pub(super) fn is_in(&self, path: &str, anywhere: bool) -> bool {
        (anywhere || path.ends_with(&self.end))
            && (self.any.is_empty() || self.any.iter().any(|part| part.find(path.as_bytes()).is_some()))
    }
}

fn char_of(node: &Node) -> Option<char> {
    match node {
        Node::Char(c) => Some(*c),
        _ => None,
    }
}

/// Texts of which every match holds one, the ones that turn away most.
fn one_of(seq: &[Node]) -> Option<Vec<String>> {
    let runs = seq.chunk_by(|a, b| char_of(a).is_some() && char_of(b).is_some());
    let needed = runs.filter_map(|run| match run {
        [Node::Group { options, repeat: Repeat::Once | Repeat::Some }] => {
            let each: Option<Vec<Vec<String>>> = options.iter().map(|option| one_of(option)).collect();
            Some(each?.concat()).filter(|texts| !texts.is_empty())
        }
        run => {
            let text: String = run.iter().map_while(char_of).collect();
            (!text.is_empty()).then(|| vec![text])
        }
    });
    needed.max_by_key(|texts| texts.iter().map(String::len).min())
}
