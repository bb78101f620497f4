//! What a file of tests is about, as far as its imports or its name tell, and whether the change removed it.

use crate::change::{Change, Status};
use crate::ids::RepoPath;
use crate::read::syntax::{self, Language, text};
use crate::read::tests::is_test_file;

/// The first file that the tests import (or, in Go, are named after) and that the change deletes.
pub(super) fn removed(change: &Change, path: &RepoPath, source: &str) -> Option<RepoPath> {
    let mut deleted = change
        .files
        .iter()
        .filter(|file| file.status == Status::Deleted)
        .filter_map(|file| file.base.as_ref())
        .filter(|gone| Language::of(gone) == Language::of(path) || Language::of(gone).is_some())
        .filter(|gone| path.extension() == "go" || !is_test_file(gone))
        .peekable();
    deleted.peek()?;
    let names = match Language::of(path)? {
        Language::Go => vec![path.as_str().replace("_test.go", "")],
        Language::Python => modules(source),
        _ => specifiers(path, source),
    };
    deleted.find(|gone| names.iter().any(|name| is_module(gone, name))).cloned()
}

fn is_module(gone: &RepoPath, name: &str) -> bool {
    let path = gone.as_str();
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let stem = stem.trim_end_matches("/index").trim_end_matches("/__init__");
    let name = name
        .rsplit_once('.')
        .filter(|(_, ext)| matches!(*ext, "js" | "ts" | "tsx" | "jsx" | "mjs" | "cjs"))
        .map_or(name, |(n, _)| n);
    stem == name || stem.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
}

/// The paths that relative imports, requires and mocks name.
fn specifiers(path: &RepoPath, source: &str) -> Vec<String> {
    let Some(Ok(tree)) = Language::of(path).map(|language| syntax::parse(language, source)) else {
        return Vec::new();
    };
    let strings = tree.nodes().filter(|node| node.kind() == "string_fragment");
    strings
        .map(|node| text(node, source))
        .filter(|name| name.starts_with("./") || name.starts_with("../"))
        .filter_map(|name| RepoPath::join(path.dir(), name).ok())
        .map(|path| path.as_str().to_owned())
        .collect()
}

/// The modules that Python imports, as paths without their root.
fn modules(source: &str) -> Vec<String> {
    let Ok(tree) = syntax::parse(Language::Python, source) else { return Vec::new() };
    let mut names = Vec::new();
    for node in tree.nodes() {
        if !matches!(node.kind(), "import_statement" | "import_from_statement") {
            continue;
        }
        let module = node.child_by_field_name("module_name").map(|n| text(n, source).trim_start_matches('.'));
        names.extend(module.filter(|m| !m.is_empty()).map(|m| m.replace('.', "/")));
        for part in syntax::parts(node) {
            let name = text(part.child_by_field_name("name").unwrap_or(part), source);
            let full = match module {
                Some(module) if module != name && !module.is_empty() => format!("{module}.{name}"),
                _ => name.trim_start_matches('.').to_owned(),
            };
            names.push(full.replace('.', "/"));
        }
    }
    names.retain(|name| !name.is_empty());
    names
}
