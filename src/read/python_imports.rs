//! Which files of the tree a Python file imports.

use crate::change::Tree;
use crate::ids::{RepoPath, folder};
use crate::read::syntax::{self, Language, Node, text};

/// Longer files are not read for their imports.
const MAX_LENGTH: usize = 512 * 1024;

/// The files of the tree that a file imports: modules, and the `__init__.py` of each package on the way. Packages are
/// looked for in the folders above the file and in their `src` and `lib`, the nearest first.
pub fn loads(tree: &Tree, path: &RepoPath) -> Vec<RepoPath> {
    let Some(source) = tree.text(path).ok().flatten().filter(|text| text.len() <= MAX_LENGTH) else {
        return Vec::new();
    };
    let Ok(parsed) = syntax::parse(Language::Python, source) else { return Vec::new() };
    let modules = parsed.nodes().flat_map(|node| named(node, source));
    modules.flat_map(|module| found(tree, path, &module)).collect()
}

/// The modules that a statement names; `from a import b` names `a` and, as it may be one, `a.b`.
fn named(node: Node<'_>, source: &str) -> Vec<String> {
    let name = |node: Node<'_>| {
        let inner =
            node.child_by_field_name("name").filter(|_| node.kind() == "aliased_import").unwrap_or(node);
        text(inner, source).split_whitespace().collect::<String>()
    };
    match node.kind() {
        "import_statement" => syntax::parts(node).map(name).collect(),
        "import_from_statement" => {
            let Some(from) = node.child_by_field_name("module_name") else { return Vec::new() };
            let module = name(from);
            let parts =
                syntax::parts(node).filter(|part| part.id() != from.id() && part.kind() != "wildcard_import");
            let joined = |part: Node<'_>| {
                let dot = if module.ends_with('.') { "" } else { "." };
                format!("{module}{dot}{}", name(part))
            };
            let inner: Vec<String> = parts.map(joined).collect();
            inner.into_iter().chain([module.clone()]).collect()
        }
        _ => Vec::new(),
    }
}

fn found(tree: &Tree, path: &RepoPath, module: &str) -> Vec<RepoPath> {
    let dots = module.len() - module.trim_start_matches('.').len();
    let parts: Vec<&str> = module.split('.').filter(|part| !part.is_empty()).collect();
    if dots > 0 {
        let dir = folder::ancestors(path.dir()).nth(dots - 1).unwrap_or_default();
        return package(tree, dir, &parts);
    }
    folder::ancestors(path.dir())
        .flat_map(|dir| ["", "src", "lib"].map(|root| folder::resolved(dir, root)))
        .flatten()
        .map(|root| package(tree, &root, &parts))
        .find(|loaded| !loaded.is_empty())
        .unwrap_or_default()
}

/// The files that importing `parts` from a folder loads.
fn package(tree: &Tree, root: &str, parts: &[&str]) -> Vec<RepoPath> {
    let mut at = root.to_owned();
    let mut loaded = Vec::new();
    for part in parts {
        at = if at.is_empty() { (*part).to_owned() } else { format!("{at}/{part}") };
        let files = [format!("{at}/__init__.py"), format!("{at}.py")];
        loaded.extend(files.iter().filter_map(|file| file.parse().ok()).find(|path| tree.contains(path)));
    }
    loaded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn loaded(text: &str) -> Vec<String> {
        let others = ["app/__init__.py", "app/a.py", "src/lib/b.py", "tests/help.py", "app/none/c.py"];
        let files = others.iter().map(|path| (*path, &b""[..])).chain([("tests/test_x.py", text.as_bytes())]);
        let tree = Tree::of_files(files);
        let mut found: Vec<String> = "tests/test_x.py"
            .parse()
            .map(|path| loads(&tree, &path))
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect();
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn modules_and_the_packages_on_the_way_are_loaded() {
        assert_eq!(loaded("import app.a as x, os\n"), ["app/__init__.py", "app/a.py"]);
        assert_eq!(loaded("from app import (a, other)\n"), ["app/__init__.py", "app/a.py"]);
        assert_eq!(loaded("def f():\n    from lib.b import g\n"), ["src/lib/b.py"]);
        assert_eq!(
            loaded("from . import help\nfrom app.none.c import *\n"),
            ["app/__init__.py", "app/none/c.py", "tests/help.py"]
        );
        assert!(loaded("text = 'import app.a'\nimport json\n").is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(import |from |\\.|app|a|,|\\(|\\)|\\*| as |\n|    ){0,30}") {
            let _ = loaded(&text);
        }
    }
}
