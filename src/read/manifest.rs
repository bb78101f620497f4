//! Manifests of dependencies: package.json, Cargo.toml, pyproject.toml, go.mod, composer.json and requirements files.

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::ids::RepoPath;

/// An ecosystem: a name of one is no name of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// package.json.
    Npm,
    /// Cargo.toml.
    Cargo,
    /// pyproject.toml.
    PyProject,
    /// requirements.txt and its kin.
    Requirements,
    /// go.mod.
    Go,
    /// composer.json.
    Composer,
}

/// A dependency that a manifest asks for by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name, of Rust and Python in one spelling.
    pub name: String,
    /// The version that it asks for, as written, where the manifest has one.
    pub version: Option<String>,
    /// For developers only.
    pub development: bool,
    /// A part of the same repository.
    pub local: bool,
    /// Not installed by this manifest itself, or only where it can be: a peer, an optional one of npm.
    pub soft: bool,
}

/// Which kind of manifest a path is, if any.
pub fn kind(path: &RepoPath) -> Option<Kind> {
    if path.dir().split('/').any(|dir| matches!(dir, "node_modules" | "vendor" | "testdata" | "fixtures")) {
        return None;
    }
    match path.name() {
        "package.json" => Some(Kind::Npm),
        "Cargo.toml" => Some(Kind::Cargo),
        "pyproject.toml" => Some(Kind::PyProject),
        "go.mod" => Some(Kind::Go),
        "composer.json" => Some(Kind::Composer),
        name if name.starts_with("requirements") && name.ends_with(".txt") => Some(Kind::Requirements),
        _ => None,
    }
}

/// The dependencies of a manifest; `None` where it can't be parsed.
pub fn read(kind: Kind, text: &str) -> Option<Vec<Dependency>> {
    match kind {
        Kind::Npm => npm(&serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?),
        Kind::Cargo => Some(cargo(&text.parse().ok()?)),
        Kind::PyProject => Some(pyproject(&text.parse().ok()?)),
        Kind::Requirements => Some(requirements(text)),
        Kind::Go => Some(go(text)),
        Kind::Composer => composer(&serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?),
    }
}

fn npm(json: &Json) -> Option<Vec<Dependency>> {
    let tables = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let mut found = Vec::new();
    for table in tables {
        let Some(entries) = json.as_object()?.get(table) else { continue };
        for (name, version) in entries.as_object()? {
            let version = version.as_str().unwrap_or_default();
            let local = ["workspace:", "file:", "link:", "portal:"].iter().any(|p| version.starts_with(p));
            found.push(Dependency {
                name: name.clone(),
                version: Some(version.to_owned()),
                development: table == "devDependencies",
                local,
                soft: matches!(table, "peerDependencies" | "optionalDependencies"),
            });
        }
    }
    Some(found)
}

/// Platform requirements such as `php` and `ext-json` are none of its packages.
fn composer(json: &Json) -> Option<Vec<Dependency>> {
    let mut found = Vec::new();
    for table in ["require", "require-dev"] {
        let Some(entries) = json.as_object()?.get(table) else { continue };
        // PHP writes an empty table as a list.
        if entries.as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        for (name, version) in entries.as_object()?.iter().filter(|(name, _)| name.contains('/')) {
            found.push(Dependency {
                name: name.clone(),
                version: version.as_str().map(str::to_owned),
                development: table == "require-dev",
                local: false,
                soft: false,
            });
        }
    }
    Some(found)
}

/// Whether a manifest of that kind means by its name what a text calls so.
pub fn same(kind: Kind, listed: &str, said: &str) -> bool {
    match kind {
        Kind::Cargo => listed == said.replace('_', "-"),
        Kind::PyProject | Kind::Requirements => listed == normal(said),
        Kind::Npm | Kind::Go | Kind::Composer => listed == said,
    }
}

fn cargo(manifest: &Table) -> Vec<Dependency> {
    let mut found = Vec::new();
    cargo_tables(manifest, &mut found);
    if let Some(Value::Table(workspace)) = manifest.get("workspace") {
        cargo_tables(workspace, &mut found);
    }
    if let Some(Value::Table(targets)) = manifest.get("target") {
        targets.values().filter_map(Value::as_table).for_each(|target| cargo_tables(target, &mut found));
    }
    found
}

fn cargo_tables(table: &Table, found: &mut Vec<Dependency>) {
    for key in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (name, value) in table.get(key).and_then(Value::as_table).into_iter().flatten() {
            let field = |field: &str| value.get(field).and_then(Value::as_str);
            let name = field("package").unwrap_or(name).replace('_', "-");
            // A workspace's dependency is listed, with its version, in the workspace's own manifest.
            let inherited = value.get("workspace").is_some();
            let local = field("path").is_some() || inherited;
            let version = value.as_str().or_else(|| field("version")).map(str::to_owned);
            found.push(Dependency {
                name,
                version,
                development: key == "dev-dependencies",
                local,
                soft: false,
            });
        }
    }
}

fn pyproject(manifest: &Table) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut list = |value: Option<&Value>, development: bool| {
        for entry in value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            found.extend(requirement(entry).map(|(name, version)| Dependency {
                name,
                version,
                development,
                local: false,
                soft: false,
            }));
        }
    };
    let project = manifest.get("project");
    list(project.and_then(|p| p.get("dependencies")), false);
    let extras = project.and_then(|p| p.get("optional-dependencies")).and_then(Value::as_table);
    extras.into_iter().flatten().for_each(|(_, value)| list(Some(value), false));
    let groups = manifest.get("dependency-groups").and_then(Value::as_table);
    groups.into_iter().flatten().for_each(|(_, value)| list(Some(value), true));
    if let Some(poetry) = manifest.get("tool").and_then(|tool| tool.get("poetry")) {
        poetry_tables(poetry, &mut found);
    }
    // A package's own name in its extras is no dependency.
    let own = project.and_then(|p| p.get("name")).and_then(Value::as_str).map(normal);
    found.retain(|d| Some(&d.name) != own.as_ref());
    found
}

fn poetry_tables(poetry: &Value, found: &mut Vec<Dependency>) {
    let mut take = |table: Option<&Value>, development: bool| {
        for (name, value) in table.and_then(Value::as_table).into_iter().flatten() {
            let local = value.get("path").is_some();
            if name != "python" {
                let version = value.as_str().or_else(|| value.get("version").and_then(Value::as_str));
                found.push(Dependency {
                    name: normal(name),
                    version: version.map(str::to_owned),
                    development,
                    local,
                    soft: false,
                });
            }
        }
    };
    take(poetry.get("dependencies"), false);
    take(poetry.get("dev-dependencies"), true);
    let groups = poetry.get("group").and_then(Value::as_table);
    groups.into_iter().flatten().for_each(|(_, group)| take(group.get("dependencies"), true));
}

fn requirements(text: &str) -> Vec<Dependency> {
    let names = text
        .lines()
        .filter(|line| !line.trim_start().starts_with(['-', '#', '.', '/']))
        .filter_map(requirement);
    names
        .map(|(name, version)| Dependency { name, version, development: false, local: false, soft: false })
        .collect()
}

/// The name at the start of `name[extra]>=1; marker`, and what follows it.
fn requirement(entry: &str) -> Option<(String, Option<String>)> {
    let entry = entry.trim();
    let end = entry
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'))
        .unwrap_or(entry.len());
    let name = &entry[..end];
    let version = entry[end..].split([';', '#']).next().map(str::trim).filter(|rest| !rest.is_empty());
    (!name.is_empty() && !entry[end..].starts_with(':')).then(|| (normal(name), version.map(str::to_owned)))
}

/// Python's package names ignore case and take `-`, `_` and `.` for one.
pub fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// Direct requirements: those without `// indirect`. A module that the file itself replaces by a folder is local.
fn go(text: &str) -> Vec<Dependency> {
    let mut block = "";
    let mut found = Vec::new();
    let mut local = Vec::new();
    for line in text.lines().map(str::trim) {
        let (key, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match (block, key) {
            ("", "require" | "replace") if rest.trim() == "(" => block = key,
            (_, ")") => block = "",
            ("require", name) if !rest.is_empty() => found.push((name, rest)),
            ("", "require") => found.extend(rest.split_once(char::is_whitespace)),
            ("replace", name) if rest.contains("=> .") => local.push(name),
            ("", "replace") if rest.contains("=> .") => local.extend(rest.split_whitespace().next()),
            _ => {}
        }
    }
    let direct =
        found.into_iter().filter(|(name, rest)| !name.starts_with("//") && !rest.contains("// indirect"));
    direct
        .map(|(name, rest)| Dependency {
            name: name.to_owned(),
            version: rest.split_whitespace().next().map(str::to_owned),
            development: false,
            local: local.contains(&name),
            soft: false,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kind: Kind, text: &str) -> Vec<String> {
        read(kind, text).unwrap().into_iter().filter(|d| !d.local).map(|d| d.name).collect()
    }

    #[test]
    fn each_manifest_gives_its_names() {
        let npm = r#"{"dependencies":{"a":"1","me":"workspace:*"},"devDependencies":{"b":"2"},"scripts":{"c":"d"}}"#;
        assert_eq!(names(Kind::Npm, npm), ["a", "b"]);
        let cargo = "[dependencies]\na_b = \"1\"\nme = { path = \"../me\" }\nx = { package = \"real\", version = \"1\" }\n\
                     [target.'cfg(unix)'.dev-dependencies]\nc = \"1\"\n";
        assert_eq!(names(Kind::Cargo, cargo), ["a-b", "real", "c"]);
        let py = "[project]\nname = \"me\"\ndependencies = [\"Foo_Bar[x]>=1; python_version<'4'\"]\n\
                  [project.optional-dependencies]\nall = [\"me[x]\"]\n[tool.poetry.group.dev.dependencies]\nruff = \"*\"\n";
        assert_eq!(names(Kind::PyProject, py), ["foo-bar", "ruff"]);
        assert_eq!(names(Kind::Requirements, "# c\n-r other.txt\nfoo==1\nhttps://x\n"), ["foo"]);
        let go = "module m\nrequire x.y/z v1\nrequire (\n\ta.b/c v1\n\td.e/f v2 // indirect\n)\nreplace a.b/c => ./c\n";
        assert_eq!(names(Kind::Go, go), ["x.y/z"]);
    }

    #[test]
    fn a_broken_manifest_is_not_an_empty_one() {
        assert_eq!(read(Kind::Npm, "{"), None);
        assert_eq!(read(Kind::Cargo, "["), None);
        assert_eq!(read(Kind::Npm, "{\"dependencies\":[]}"), None);
    }
}
