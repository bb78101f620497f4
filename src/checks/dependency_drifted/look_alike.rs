//! New dependencies with a name that is one slip away from a well-known one's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::change::Change;
use crate::checks::{Finding, product};
use crate::claims::Claims;
use crate::read::flow;
use crate::read::manifest::{self, Dependency, Kind};
use crate::read::syntax::{self, Language};
use crate::span::Side;
use crate::vocabularies::PACKAGES;

use super::RULE;
use super::pairs::names_at_base;
use super::tell::at_name;

/// Shorter names lie near each other by chance.
const MIN_NAME: usize = 5;

/// The well-known names by kind, and those that only look like one.
static KNOWN: LazyLock<BTreeMap<String, BTreeSet<String>>> = LazyLock::new(|| {
    let lists: BTreeMap<String, String> =
        toml::from_str(PACKAGES).expect("a test reads the list of packages");
    lists
        .into_iter()
        .map(|(kind, names)| (kind, names.split_whitespace().map(str::to_owned).collect()))
        .collect()
});

fn known(kind: Kind) -> Option<&'static BTreeSet<String>> {
    KNOWN.get(match kind {
        Kind::Npm => "npm",
        Kind::Cargo => "cargo",
        Kind::PyProject | Kind::Requirements => "pypi",
        Kind::Go => "go",
        Kind::Composer => "composer",
    })
}

/// One finding for each new name that is nearly a well-known one.
pub(super) fn find(change: &Change, claims: &Claims) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut at_base = None;
    for path in change.files.iter().filter_map(|file| file.head.as_ref()) {
        let Some(kind) = manifest::kind(path).filter(|_| product::kind(path).is_none()) else { continue };
        let Some(known) = known(kind) else { continue };
        let Ok(Some(text)) = change.text(Side::Head, path) else { continue };
        let listed = manifest::read(kind, text).unwrap_or_default();
        let near = listed.iter().filter(|d| !d.local).filter_map(|d| Some((d, meant(&d.name, known)?)));
        for (dependency, popular) in near {
            let before = at_base.get_or_insert_with(|| names_at_base(change));
            // A name of another ecosystem acquits too: Python alone has manifests of two kinds.
            let had = |name: &str| before.values().any(|names| names.contains(name));
            if had(&dependency.name) || had(popular) || listed.iter().any(|d| d.name == popular) {
                continue;
            }
            findings.push(finding(change, path, kind, dependency, popular, claims));
        }
    }
    findings
}

/// The well-known name that this one is a slip of, unless it is known itself.
fn meant<'k>(name: &str, known: &'k BTreeSet<String>) -> Option<&'k str> {
    if name.len() < MIN_NAME || known.contains(name) || name.starts_with('@') {
        return None;
    }
    let loose = |name: &str| name.replace(['-', '_', '.'], "");
    // `/v4` beside `/v5`, `sha1` beside `sha2`: a number makes another package of it.
    let wordy = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let near = |popular: &&String| {
        popular.len() >= MIN_NAME
            && popular.len().abs_diff(name.len()) <= 1
            && wordy(popular) != wordy(name)
            && (strsim::osa_distance(popular, name) == 1 || loose(popular) == loose(name))
    };
    known.iter().find(near).map(String::as_str)
}

fn finding(
    change: &Change,
    path: &crate::ids::RepoPath,
    kind: Kind,
    dependency: &Dependency,
    popular: &str,
    claims: &Claims,
) -> Finding {
    let name = &dependency.name;
    let importing = importing(change, kind, popular);
    let headline = match &importing {
        Some(file) => format!("{path} asks for `{name}`, and {file} imports `{popular}`"),
        None => format!("the new dependency `{name}` is one slip away from `{popular}`"),
    };
    let explanation = match &importing {
        Some(_) => {
            format!("No manifest lists `{popular}`. What is installed is `{name}`, whoever published that.")
        }
        None => format!(
            "`{popular}` is a well-known package that no manifest here lists. Names one slip away are published to be installed \
             by mistake. If `{name}` is meant, nothing is wrong."
        ),
    };
    let at = at_name(change, path, name).label("new here");
    let words = [name.to_lowercase()];
    let finding = Finding::new(&RULE, at, headline, name)
        .explain(explanation)
        .disclosed(claims.disclosure(Some(path), &[words[0].as_str()]));
    if importing.is_some() { finding } else { finding.note() }
}

/// A changed file of the language that imports the package.
fn importing(change: &Change, kind: Kind, popular: &str) -> Option<crate::ids::RepoPath> {
    let paths = change.files.iter().filter_map(|file| file.head.as_ref());
    let speaks = |language: Language| match kind {
        Kind::Npm => matches!(language, Language::JavaScript | Language::TypeScript | Language::Tsx),
        Kind::PyProject | Kind::Requirements => language == Language::Python,
        Kind::Cargo => language == Language::Rust,
        Kind::Go => language == Language::Go,
        Kind::Composer => false,
    };
    for path in paths {
        let Some(language) = flow::language(path).filter(|language| speaks(*language)) else { continue };
        let Ok(Some(text)) = change.text(Side::Head, path) else { continue };
        let word = popular.replace('-', "_");
        if !text.contains(popular) && !text.contains(&word) {
            continue;
        }
        if syntax::parse(language, text).is_ok_and(|tree| imports(&tree, text, popular, &word)) {
            return Some(path.clone());
        }
    }
    None
}

/// Whether an import takes the package or a part of it.
fn imports(tree: &syntax::Tree, text: &str, popular: &str, word: &str) -> bool {
    let part = |module: &str, name: &str, ends: &[char]| {
        module.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(ends))
    };
    let quoted = |node: syntax::Node<'_>| {
        part(syntax::text(node, text).trim_matches(['"', '\'', '`']), popular, &['/'])
    };
    tree.nodes().any(|node| match node.kind() {
        "import_statement" | "export_statement" => {
            let source = node.child_by_field_name("source");
            source.is_some_and(quoted) || syntax::parts(node).any(|n| part(dotted(n, text), word, &['.']))
        }
        "import_from_statement" => {
            node.child_by_field_name("module_name").is_some_and(|n| part(syntax::text(n, text), word, &['.']))
        }
        "call_expression" => {
            let callee = node.child_by_field_name("function").map_or("", |f| syntax::text(f, text));
            let first = node.child_by_field_name("arguments").and_then(|a| syntax::parts(a).next());
            matches!(callee, "require" | "import") && first.is_some_and(quoted)
        }
        "import_spec" => node.child_by_field_name("path").is_some_and(quoted),
        "use_declaration" => {
            node.child_by_field_name("argument").is_some_and(|n| part(syntax::text(n, text), word, &[':']))
        }
        _ => false,
    })
}

/// The module of `import a.b as c`.
fn dotted<'t>(node: syntax::Node<'_>, text: &'t str) -> &'t str {
    let name =
        if node.kind() == "aliased_import" { node.child_by_field_name("name").unwrap_or(node) } else { node };
    if matches!(name.kind(), "dotted_name" | "identifier") { syntax::text(name, text) } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_a_known_name_is_told_and_a_known_name_is_not() {
        let meant = |kind, name: &str| meant(name, known(kind).unwrap()).map(str::to_owned);
        assert_eq!(meant(Kind::PyProject, "requets").as_deref(), Some("requests"));
        assert_eq!(meant(Kind::Npm, "expres").as_deref(), Some("express"));
        assert_eq!(meant(Kind::Npm, "lodahs").as_deref(), Some("lodash"));
        assert_eq!(meant(Kind::Npm, "crossenv").as_deref(), Some("cross-env"));
        for name in ["preact", "nuxt", "vest", "my-own-package", "@types/nod"] {
            assert_eq!(meant(Kind::Npm, name), None, "{name}");
        }
    }

    #[test]
    fn a_number_makes_another_package() {
        assert_eq!(meant("github.com/go-chi/chi/v4", known(Kind::Go).unwrap()), None);
    }

    #[test]
    fn every_ecosystem_has_its_list() {
        for kind in [Kind::Npm, Kind::Cargo, Kind::PyProject, Kind::Go, Kind::Composer] {
            assert!(known(kind).unwrap().len() > 50);
        }
    }
}
