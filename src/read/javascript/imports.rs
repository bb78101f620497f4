//! Which files of the tree a JavaScript or TypeScript file loads.

use super::names::plain;
use super::{parse, resolve};
use crate::change::Tree;
use crate::ids::RepoPath;
use crate::read::syntax::{self, Node};

/// The files of the tree that a file loads by relative imports, exports from elsewhere, `require` and `import()`, each
/// as far as its name is written out. Nothing where the text is not loaded or no JavaScript or TypeScript.
pub fn loads(tree: &Tree, path: &RepoPath) -> Vec<RepoPath> {
    let Ok(Some(text)) = tree.text(path) else { return Vec::new() };
    if syntax::Language::of(path).is_none() {
        return Vec::new();
    }
    let Ok(parsed) = parse(path, text) else { return Vec::new() };
    let sources = parsed.nodes().filter_map(|node| source(node, text));
    sources.filter_map(|source| resolve(tree, path, &plain(source, text))).collect()
}

/// The name of what a statement or call loads.
fn source<'t>(node: Node<'t>, text: &str) -> Option<Node<'t>> {
    let named = match node.kind() {
        "import_statement" | "export_statement" => node.child_by_field_name("source"),
        "call_expression" => {
            let callee = syntax::text(node.child_by_field_name("function")?, text);
            let loads = matches!(callee, "require" | "import" | "vi.importActual" | "jest.requireActual");
            node.child_by_field_name("arguments")
                .filter(|_| loads)
                .and_then(|list| syntax::parts(list).next())
        }
        _ => None,
    };
    named.filter(|node| node.kind() == "string")
}
