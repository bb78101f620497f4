//! What the conftest files of a folder leave out, and where their hooks decide.

use globset::GlobMatcher;

use super::globs;
use crate::ids::folder::ancestors;
use crate::read::coverage::survey::{Survey, place};
use crate::read::syntax::{self, Language, parts, text};
use crate::undecided::Undecided;

/// Hooks by which the run decides what is collected, or skipped.
const HOOKS: [&str; 3] = ["pytest_collection_modifyitems", "pytest_ignore_collect", "pytest_runtest_setup"];

/// `collect_ignore` and `collect_ignore_glob` of conftest files.
#[derive(Default)]
pub(super) struct Conftests {
    paths: Vec<String>,
    globs: Vec<GlobMatcher>,
    /// Folders in which a hook decides.
    pub(super) hooked: Vec<String>,
    pub(super) undecided: Option<Undecided>,
}

impl Conftests {
    pub(super) fn of(survey: &Survey<'_>, dir: &str) -> Self {
        let mut found = Self::default();
        for path in survey.under(dir).filter(|path| path.name() == "conftest.py") {
            let Ok(Some(source)) = survey.tree.text(path) else { continue };
            if HOOKS.iter().any(|hook| source.contains(&format!("def {hook}("))) {
                found.hooked.push(path.dir().to_owned());
            }
            if !source.contains("collect_ignore") {
                continue;
            }
            match syntax::parse(Language::Python, source) {
                Ok(tree) => found.take(path.dir(), &tree, source),
                Err(undecided) => found.undecided = Some(undecided.at(path)),
            }
        }
        found
    }

    /// The strings that the module itself puts in; what an `if` adds is for the run to decide.
    fn take(&mut self, dir: &str, tree: &syntax::Tree, source: &str) {
        for statement in parts(tree.root()).filter(|n| n.kind() == "expression_statement") {
            let Some(node) = parts(statement).next() else { continue };
            let (named, value) = match node.kind() {
                "assignment" | "augmented_assignment" => {
                    (node.child_by_field_name("left"), node.child_by_field_name("right"))
                }
                "call" => (node.child_by_field_name("function"), node.child_by_field_name("arguments")),
                _ => continue,
            };
            let (Some(named), Some(value)) = (named, value) else { continue };
            let named = text(named, source);
            let named =
                named.strip_suffix(".append").or_else(|| named.strip_suffix(".extend")).unwrap_or(named);
            let strings = syntax::below(value).filter(|n| n.kind() == "string_content");
            let places = strings.filter_map(|n| place(dir, text(n, source)));
            match named {
                "collect_ignore" => self.paths.extend(places),
                "collect_ignore_glob" => self.globs.extend(globs(places)),
                _ => {}
            }
        }
    }

    pub(super) fn ignores(&self, path: &str) -> bool {
        let above = || ancestors(path).filter(|above| !above.is_empty());
        self.paths.iter().any(|at| above().any(|above| above == at))
            || self.globs.iter().any(|glob| above().any(|above| glob.is_match(above)))
    }
}
