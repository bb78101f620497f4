//! Modules of Go: whether one is a library, and which of its files others can import.

use crate::change::{Change, Tree};
use crate::checks::modules::View;
use crate::checks::product;
use crate::ids::{RepoPath, folder};
use crate::read::public::go;
use crate::span::Side;

use super::Package;

/// Folders whose packages are not for others, or are programs.
const OWN: [&str; 13] = [
    "_examples",
    "cmd",
    "fake",
    "fakes",
    "hack",
    "internal",
    "mock",
    "scripts",
    "tool",
    "tools",
    "e2e",
    "testhelpers",
    "testutil",
];

/// The path of the module that a `go.mod` declares.
pub(super) fn path(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
    let name = line.split("//").next().unwrap_or_default().trim().trim_matches(['"', '`']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether other modules can import the package of a file, and the file is written for that.
pub(in super::super) fn is_source(path: &RepoPath) -> bool {
    let hidden = |dir: &str| OWN.contains(&dir) || dir.starts_with(['_', '.']);
    path.extension() == "go"
        && product::kind(path).is_none()
        && !product::is_material(path)
        && !path.dir().split('/').any(hidden)
}

/// The files at the top of a module, which tell whether it is a program.
pub(in super::super) fn roots<'c>(tree: &'c Tree, package: &Package) -> Vec<&'c RepoPath> {
    let dir = package.dir().to_owned();
    tree.under(&dir).filter(|path| path.dir() == dir && is_source(path)).collect()
}

/// Whether a module is there to be imported: its topmost package is one with functions or types for others, or it has
/// no program at all.
pub(in super::super) fn is_library(change: &Change, package: &Package) -> bool {
    let view = View { change, side: Side::Base };
    let files: Vec<go::File> = roots(view.tree(), package)
        .into_iter()
        .filter_map(|path| go::read(view.text(path)?).ok())
        .filter(|file| !file.is_constrained)
        .collect();
    if files.iter().any(|file| file.package == "main") {
        return false;
    }
    let offers = |item: &go::Item| item.is_exported() && item.kind != go::Kind::Value;
    files.iter().any(|file| file.items.iter().any(offers)) || !has_program(view.tree(), package)
}

/// Whether a module has a program beside its packages, by the names of files and folders.
fn has_program(tree: &Tree, package: &Package) -> bool {
    let is_program =
        |path: &RepoPath| path.name() == "main.go" || path.dir().split('/').any(|dir| dir == "cmd");
    let own = tree.under(package.dir()).filter(|path| path.extension() == "go" && is_program(path));
    own.filter(|path| product::kind(path).is_none() && !is_of_tools(path)).any(|path| {
        let nearest = folder::ancestors(path.dir())
            .filter_map(|dir| RepoPath::join(dir, "go.mod").ok())
            .find(|manifest| tree.contains(manifest));
        nearest.as_ref() == Some(&package.manifest)
    })
}

fn is_of_tools(path: &RepoPath) -> bool {
    const TOOLS: [&str; 6] = ["_examples", "hack", "internal", "scripts", "tool", "tools"];
    path.dir().split('/').any(|dir| TOOLS.contains(&dir) || dir.starts_with(['_', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_module_is_read_without_quotes_and_comments() {
        assert_eq!(
            path("// note\nmodule \"host.org/a/b\" // old\n\ngo 1.24\n").as_deref(),
            Some("host.org/a/b")
        );
        assert_eq!(path("go 1.24\n"), None);
    }

    #[test]
    fn only_files_that_others_can_import_are_sources() {
        let source = |path: &str| is_source(&path.parse().unwrap());
        assert!(source("a.go") && source("shapes/area.go"));
        for path in
            ["a_test.go", "internal/a.go", "cmd/x/main.go", "examples/a.go", "_old/a.go", "pb/a.pb.go"]
        {
            assert!(!source(path), "{path}");
        }
    }
}
