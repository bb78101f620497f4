//! The source files of both trees and their names, each file parsed once for all checks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::AhoCorasick;

use crate::change::{Change, Content, FileChange, Kind, Tree, line_diff};
use crate::ids::{RepoPath, Sha};
use crate::read::identifiers;
use crate::read::symbols::{self, Symbols};
use crate::read::syntax::Language;
use crate::span::Side;
use crate::undecided::Undecided;

pub(super) use crate::read::syntax::sources::Family;

/// Lines looked at above a changed one for the head of a definition.
const MAX_HEAD: usize = 60;

/// The names of a file, or why they can't be read.
type Read = Result<Arc<Symbols>, Undecided>;

/// Parsed files by blob and language: base and head share what did not change.
#[derive(Default)]
struct Parsed(Mutex<HashMap<(Sha, &'static str), Read>>);

/// The names of a file. `None` where there is no such file, or none whose names can be read.
pub(super) fn symbols(
    change: &Change,
    side: Side,
    path: &RepoPath,
) -> Result<Option<Arc<Symbols>>, Undecided> {
    let Some(language) = symbols::language(path) else { return Ok(None) };
    let Some(entry) = change.tree(side).entry(path).filter(|entry| entry.kind == Kind::File) else {
        return change.tree(side).read(path).map(|_| None);
    };
    // TypeScript with and without JSX differ in their grammar.
    let dialect = if language == Language::Tsx { "TSX" } else { language.name() };
    let key = (entry.id.clone(), dialect);
    let parsed = change.head.lasting(Parsed::default);
    let known = parsed.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let result = match known {
        Some(result) => result,
        None => {
            let Some(text) = text(change, side, path)? else { return Ok(None) };
            let result = symbols::read(language, text).map(Arc::new);
            let mut kept = parsed.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(key, result.clone());
            result
        }
    };
    result.map(Some).map_err(|undecided| undecided.at(path))
}

/// The text of a file; one that did not change is as good from the other side.
pub(super) fn text<'c>(
    change: &'c Change,
    side: Side,
    path: &RepoPath,
) -> Result<Option<&'c str>, Undecided> {
    let (own, other) = match side {
        Side::Base => (&change.base, &change.head),
        Side::Head => (&change.head, &change.base),
    };
    let elsewhere = own.entry(path).is_some_and(|entry| {
        let same = other.entry(path).is_some_and(|there| there.id == entry.id && is_loaded(&there.content));
        entry.content == Content::NotLoaded && same
    });
    if elsewhere { other.text(path) } else { own.text(path) }
}

fn is_loaded(content: &Content) -> bool {
    matches!(content, Content::Loaded(_))
}

/// Every file of a family in a tree.
pub(super) fn all(tree: &Tree, family: Family) -> impl Iterator<Item = &RepoPath> {
    tree.paths().filter(move |path| Family::of(path) == Some(family))
}

/// The loaded files of a family that hold one of these words, whole and in any place, strings and comments too.
pub(super) fn holding<'c>(
    change: &'c Change,
    side: Side,
    family: Family,
    words: &[&str],
) -> Vec<&'c RepoPath> {
    let words: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    let Ok(search) = AhoCorasick::new(&words) else { return Vec::new() };
    if words.is_empty() {
        return Vec::new();
    }
    let holds = |entry: &crate::change::Entry| match &entry.content {
        Content::Loaded(bytes) => {
            let mut found = search.find_overlapping_iter(bytes.as_ref());
            found.any(|found| identifiers::is_whole(bytes, found.range()))
        }
        _ => false,
    };
    let entries = change.tree(side).entries();
    entries
        .filter(|(path, entry)| Family::of(path) == Some(family) && holds(entry))
        .map(|(path, _)| path)
        .collect()
}

/// Whether the change may have taken a name from a file, or changed how one is called: a look at lines that spares
/// parsing both sides of a file in which only bodies changed, or to which code was only added.
pub(super) fn touches_heads(change: &Change, file: &FileChange) -> bool {
    let text_of = |side: Side| {
        file.on(side).and_then(|path| text(change, side, path).ok().flatten()).unwrap_or_default()
    };
    let (base, head) = (text_of(Side::Base), text_of(Side::Head));
    if file.head.is_none() {
        return true;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (base.lines().collect(), head.lines().collect());
    line_diff(base, head).hunks.iter().any(|hunk| {
        let changed = |lines: &[&str], range: &std::ops::Range<usize>| -> bool {
            let changed = lines.get(range.start.saturating_sub(1)..range.end.saturating_sub(1));
            changed.unwrap_or_default().iter().any(|line| is_head(line)) || is_in_head(lines, range.start)
        };
        if hunk.base.is_empty() {
            let added = new.get(hunk.head.start.saturating_sub(1)..hunk.head.end.saturating_sub(1));
            return hides(added.unwrap_or_default()) || is_in_head(&new, hunk.head.start);
        }
        changed(&old, &hunk.base) || changed(&new, &hunk.head)
    })
}

/// Whether added lines may take from sight what stands around them: they open or close more than they hold, or say
/// anew what the file hands out.
fn hides(added: &[&str]) -> bool {
    const MARKS: [&str; 9] =
        ["/*", "*/", "\"\"\"", "'''", "`", "__all__", "exports", "export default", "del "];
    let balance = |open: u8, close: u8| {
        let bytes = added.iter().flat_map(|line| line.bytes());
        bytes.fold(0_isize, |depth, byte| depth + isize::from(byte == open) - isize::from(byte == close))
    };
    let lists = |line: &str| ["export {", "export *"].iter().any(|list| line.trim_start().starts_with(list));
    added.iter().any(|line| lists(line) || MARKS.iter().any(|mark| line.contains(mark)))
        || [(b'{', b'}'), (b'(', b')'), (b'[', b']')].iter().any(|(open, close)| balance(*open, *close) != 0)
}

fn is_head(line: &str) -> bool {
    const WORDS: [&str; 11] = [
        "def ",
        "class ",
        "function",
        "func ",
        "export",
        "import",
        "require(",
        "=>",
        "constructor",
        "__all__",
        "from ",
    ];
    let at_margin = line.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '@');
    let opens = line.trim_end().ends_with('{') && line.contains('(');
    at_margin || opens || WORDS.iter().any(|word| line.contains(word))
}

/// Whether a line stands within the brackets that the head of a definition opened.
fn is_in_head(lines: &[&str], line: usize) -> bool {
    let mut depth = 0_usize;
    for above in lines.iter().take(line.saturating_sub(1)).rev().take(MAX_HEAD) {
        for byte in above.bytes().rev() {
            match byte {
                b')' | b'}' => depth += 1,
                b'(' | b'{' if depth == 0 => return is_head(above) && byte == b'(',
                b'(' | b'{' => depth -= 1,
                _ => {}
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_count() {
        let files = [
            ("a.py", &b"load_all()\n"[..]),
            ("b.py", b"x.load(1)\n"),
            ("c.ts", b"load\n"),
            ("d.py", b"reload\n"),
        ];
        let change = change_of(Tree::of_files([]), Tree::of_files(files));
        let found: Vec<&str> = holding(&change, Side::Head, Family::Python, &["load", "load_al"])
            .iter()
            .map(|p| p.as_str())
            .collect();
        assert_eq!(found, ["b.py"]);
    }

    #[test]
    fn code_that_is_only_added_takes_nothing_away() {
        let touches = |base: &str, head: &str| {
            let trees = [base, head].map(|text| Tree::of_files([("a.ts", text.as_bytes())]));
            let [base, head] = trees;
            let path: Option<RepoPath> = Some("a.ts".parse().unwrap());
            let file = FileChange { status: crate::change::Status::Modified, base: path.clone(), head: path };
            touches_heads(&change_of(base, head), &file)
        };
        let base = "export function f(\n  a: number,\n) {\n  return a;\n}\n";
        assert!(!touches(base, &format!("{base}export function g(b: number) {{\n  return b;\n}}\n")));
        assert!(!touches(base, &base.replace("return a", "return a + 1")));
        assert!(touches(base, &base.replace("number,\n", "number,\n  b: number,\n")));
        assert!(touches(base, &base.replace("f(", "h(")));
        assert!(touches(base, &format!("/*\n{base}*/\n")));
        assert!(touches(base, &format!("{base}export default f;\n")));
        assert!(touches(base, &format!("function outer() {{\n{base}}}\n")));
    }

    #[test]
    fn a_file_that_did_not_change_is_parsed_once() {
        let files = [("a.py", &b"def f(): pass\n"[..])];
        let change = change_of(Tree::of_files(files), Tree::of_files(files));
        let path = "a.py".parse().unwrap();
        let base = symbols(&change, Side::Base, &path).unwrap().unwrap();
        let head = symbols(&change, Side::Head, &path).unwrap().unwrap();
        assert!(Arc::ptr_eq(&base, &head));
        assert!(symbols(&change, Side::Head, &"none.py".parse().unwrap()).unwrap().is_none());
    }

    fn change_of(base: Tree, head: Tree) -> Change {
        let sha: Sha = "1".repeat(40).parse().unwrap();
        Change {
            pr: crate::change::PullRequest::default(),
            base_sha: sha.clone(),
            head_sha: sha,
            base,
            head,
            files: Vec::new().into(),
            commits: Vec::new(),
            history: crate::change::History::default(),
            evidence: crate::change::Evidence::default(),
        }
    }
}
