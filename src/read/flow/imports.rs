//! What a statement imports, under which name.

use crate::read::syntax::{Language, Node, children, parts};

use super::shape::{Reader, Shape, field};

/// One name taken from another module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module as written.
    pub module: String,
    /// The name that it has there; `None` for the module itself or its default.
    pub item: Option<String>,
    /// The name that it has here.
    pub local: String,
}

/// The imports of one node.
pub(super) fn read(reader: &Reader<'_>, node: Node<'_>) -> Vec<Import> {
    match reader.language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => javascript(reader, node),
        Language::Python => python(reader, node),
        Language::Go => go(reader, node),
        Language::Ruby | Language::Rust => Vec::new(),
    }
}

fn javascript(reader: &Reader<'_>, node: Node<'_>) -> Vec<Import> {
    let own = |node: Node<'_>| reader.text(node).to_owned();
    match node.kind() {
        "import_statement" => {
            let Some(module) = field(node, "source").and_then(|source| literal(reader, source)) else {
                return Vec::new();
            };
            let Some(clause) = parts(node).find(|n| n.kind() == "import_clause") else { return Vec::new() };
            let import = |item: Option<String>, local: String| Import { module: module.clone(), item, local };
            let mut found = Vec::new();
            for part in parts(clause) {
                match part.kind() {
                    "identifier" => found.push(import(None, own(part))),
                    "namespace_import" => found.extend(parts(part).next().map(|n| import(None, own(n)))),
                    "named_imports" => {
                        for specifier in parts(part) {
                            let Some(name) = field(specifier, "name") else { continue };
                            let local = field(specifier, "alias").unwrap_or(name);
                            found.push(import(Some(own(name)), own(local)));
                        }
                    }
                    _ => {}
                }
            }
            found
        }
        "variable_declarator" => {
            let (Some(target), Some(value)) = (field(node, "name"), field(node, "value")) else {
                return Vec::new();
            };
            let Some(module) = required(reader, value) else { return Vec::new() };
            match reader.shape(target) {
                Shape::Name(name) => vec![Import { module, item: None, local: name.to_owned() }],
                Shape::Record(entries) => entries
                    .into_iter()
                    .filter_map(|(name, inner)| {
                        let item = Some(name?.into_owned());
                        Some(Import { module: module.clone(), item, local: own(inner) })
                    })
                    .collect(),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// The module of `require("m")` or `await import("m")`.
fn required(reader: &Reader<'_>, node: Node<'_>) -> Option<String> {
    let mut at = node;
    for _ in 0..3 {
        if at.kind() == "call_expression" {
            let callee = reader.text(field(at, "function")?);
            let first = parts(field(at, "arguments")?).next()?;
            return matches!(callee, "require" | "import").then(|| literal(reader, first)).flatten();
        }
        match reader.shape(at) {
            Shape::Same(inner) | Shape::Member(inner, _) => at = inner,
            _ => return None,
        }
    }
    None
}

fn python(reader: &Reader<'_>, node: Node<'_>) -> Vec<Import> {
    let own = |node: Node<'_>| reader.text(node).to_owned();
    let named = |node: Node<'_>| match node.kind() {
        "aliased_import" => Some((own(field(node, "name")?), own(field(node, "alias")?))),
        _ => Some((own(node), own(node))),
    };
    match node.kind() {
        "import_statement" => parts(node)
            .filter_map(named)
            .map(|(module, local)| {
                // `import a.b` binds `a`.
                let plain = module == local;
                let first = module.split('.').next().unwrap_or_default().to_owned();
                if plain {
                    Import { module: first.clone(), item: None, local: first }
                } else {
                    Import { module, item: None, local }
                }
            })
            .collect(),
        "import_from_statement" => {
            let Some(from) = field(node, "module_name") else { return Vec::new() };
            let module = own(from);
            let items = parts(node).filter(|n| n.id() != from.id() && n.kind() != "wildcard_import");
            items
                .filter_map(named)
                .map(|(item, local)| Import { module: module.clone(), item: Some(item), local })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn go(reader: &Reader<'_>, node: Node<'_>) -> Vec<Import> {
    if node.kind() != "import_spec" {
        return Vec::new();
    }
    let Some(module) = field(node, "path").and_then(|path| literal(reader, path)) else { return Vec::new() };
    let is_version = |part: &&str| {
        part.len() > 1 && part.starts_with('v') && part[1..].bytes().all(|b| b.is_ascii_digit())
    };
    let last = module.rsplit('/').find(|part| !is_version(part)).unwrap_or_default();
    let local = field(node, "name").map_or_else(|| last.to_owned(), |name| reader.text(name).to_owned());
    vec![Import { module, item: None, local }]
}

fn literal(reader: &Reader<'_>, node: Node<'_>) -> Option<String> {
    let quoted = reader.text(node);
    let inner = quoted.trim_matches(['"', '\'', '`']);
    let plain = !children(node).any(|n| n.kind() == "template_substitution");
    (plain && inner.len() + 2 == quoted.len()).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::chain::Written;
    use super::*;

    fn all(language: Language, text: &str) -> Vec<String> {
        let written = Written::parse(language, text).unwrap();
        let names = written.names();
        let mut found: Vec<String> = names
            .imports()
            .map(|i| format!("{} = {}:{}", i.local, i.module, i.item.as_deref().unwrap_or("*")))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn imports_are_read_under_their_local_names() {
        let text = "import a, { b as c, d } from 'm';\nimport * as e from \"n\";\nconst { f, g: h } = require('o');\nconst i = await import('p');\nimport './q';\n";
        assert_eq!(
            all(Language::TypeScript, text),
            ["a = m:*", "c = m:b", "d = m:d", "e = n:*", "f = o:f", "h = o:g", "i = p:*"]
        );
        let text = "import a.b\nimport c as d\nfrom e.f import g as h, i\nfrom . import j\n";
        assert_eq!(all(Language::Python, text), ["a = a:*", "d = c:*", "h = e.f:g", "i = e.f:i", "j = .:j"]);
        let text =
            "package a\nimport (\n\tx \"m/n\"\n\t\"github.com/google/go-github/v66/github\"\n\t\"k/v2\"\n)\n";
        assert_eq!(
            all(Language::Go, text),
            ["github = github.com/google/go-github/v66/github:*", "k = k/v2:*", "x = m/n:*"]
        );
    }
}
