//! Where a repository says that a variable exists: samples of environment files, containers, pipelines, hosting.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::ids::RepoPath;
use crate::read::json;
use crate::read::yaml;

use super::names;

mod structured;

#[cfg(test)]
mod tests;

/// Longer texts are not looked through for declarations.
const MAX_TEXT: usize = 2 * 1024 * 1024;

/// How a file speaks of variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `NAME=value`, a line each.
    Lines,
    Docker,
    Yaml,
    Json,
    Toml,
    Terraform,
    /// Interfaces of TypeScript that describe the environment.
    Types,
    /// Source that may hold a schema of settings.
    Script,
    Python,
}

/// Whether the file is a list of the variables that people have to set: a sample of an environment file.
pub fn is_sample(path: &RepoPath) -> bool {
    let name = path.name().to_ascii_lowercase();
    let marked = ["example", "sample", "template", "dist", "defaults", "tmpl", "tpl"];
    is_lines(&name) && name.split(['.', '-', '_']).any(|part| marked.contains(&part))
}

fn is_lines(name: &str) -> bool {
    let stem = name.trim_start_matches('.');
    name.starts_with(".env")
        || name.ends_with(".env")
        || name.contains(".env.")
        || stem.starts_with("env.")
        || stem.starts_with("dotenv")
        || name.starts_with(".dev.vars")
}

fn form(path: &RepoPath) -> Option<Form> {
    let name = path.name().to_ascii_lowercase();
    if is_lines(&name) && !matches!(path.extension(), "ts" | "js" | "mjs" | "py" | "rb" | "go" | "rs") {
        return Some(Form::Lines);
    }
    if name.starts_with("dockerfile") || name.ends_with(".dockerfile") || name.starts_with("containerfile") {
        return Some(Form::Docker);
    }
    if name.ends_with(".d.ts") {
        return Some(Form::Types);
    }
    Some(match path.extension() {
        "yml" | "yaml" => Form::Yaml,
        "json" | "jsonc" => Form::Json,
        "toml" => Form::Toml,
        "tf" | "tfvars" | "hcl" => Form::Terraform,
        "ts" | "js" | "mjs" | "mts" | "cjs" | "cts" => Form::Script,
        "py" => Form::Python,
        _ => return None,
    })
}

/// The names that a file declares, as far as it can be read. Prose declares none here.
pub fn names(path: &RepoPath, text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Some(form) = form(path).filter(|_| text.len() <= MAX_TEXT) else { return found };
    match form {
        Form::Lines => set_in_lines(text, &mut found),
        Form::Docker => docker(text, &mut found),
        Form::Yaml => {
            match yaml::parse(text) {
                Ok(documents) => documents.iter().for_each(|document| structured::yaml(document, &mut found)),
                // Templates of Helm and the like are no YAML before they are filled in.
                Err(_) => take(text, &LISTED, &mut found),
            }
            take(text, &EXPRESSION, &mut found);
        }
        Form::Json => {
            if path.name() == "package.json" {
                take(text, &ASSIGNED, &mut found);
            }
            json::parse(text).iter().for_each(|value| structured::json(value, &mut found));
        }
        Form::Toml => {
            let table = text.parse::<toml::Table>().map(json::Value::from);
            table.iter().for_each(|value| structured::json(value, &mut found));
        }
        Form::Terraform => {
            take(text, &TERRAFORM, &mut found);
            take(text, &TERRAFORM_NAME, &mut found);
            found.extend(VARIABLE.captures_iter(text).map(|c| c[1].to_ascii_uppercase()));
        }
        Form::Types if text.contains("ProcessEnv") || text.contains("ImportMetaEnv") => {
            take(text, &MEMBER, &mut found);
        }
        Form::Script if is_schema(text) => take(text, &SCHEMA, &mut found),
        Form::Python if text.contains("BaseSettings") => settings(text, &mut found),
        Form::Types | Form::Script | Form::Python => {}
    }
    found.retain(|name| names::is_sound(name));
    found
}

fn is_schema(text: &str) -> bool {
    [
        "createEnv",
        "cleanEnv",
        "envalid",
        "z.object",
        "envsafe",
        "Joi.object",
        "v.object",
        "Type.Object",
        "ProcessEnv",
    ]
    .iter()
    .any(|word| text.contains(word))
}

fn pattern(written: &str) -> Regex {
    Regex::new(written).expect("a literal pattern")
}

/// `- name: X` in what was not filled in yet.
static LISTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?m)^\s*-?\s*(?:name|key):\s*["']?([A-Z][A-Z0-9_]+)["']?\s*$"#));
/// What pipelines and compose files ask for: `secrets.X`, `vars.X`, `${X}`.
static EXPRESSION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:secrets\.|vars\.|\benv\.|\$\{)([A-Z][A-Z0-9_]+)"));
/// `X=1 command` in a script of a manifest.
static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"[\s"]([A-Z][A-Z0-9_]+)="#));
static TERRAFORM: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?m)^\s*"?([A-Z][A-Z0-9_]+)"?\s*[=:]"#));
static TERRAFORM_NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\bname\s*[=:]\s*"([A-Z][A-Z0-9_]+)""#));
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?m)^\s*variable\s+"([A-Za-z0-9_]+)""#));
static MEMBER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^\s*(?:readonly\s+)?([A-Z][A-Z0-9_]+)\??\s*:"));
static SCHEMA: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?m)^\s*["']?([A-Z][A-Z0-9_]+)["']?\??\s*:"#));
static PREFIX: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"env_prefix["']?\s*[=:]\s*["']([A-Za-z0-9_]*)["']"#));
static FIELD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^[ \t]+([A-Za-z][A-Za-z0-9_]*)\s*:\s*[A-Za-z]"));
static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"["']([A-Z][A-Z0-9_]+)["']"#));

fn take(text: &str, pattern: &Regex, found: &mut BTreeSet<String>) {
    found.extend(pattern.captures_iter(text).map(|captures| captures[1].to_owned()));
}

/// `NAME=value`, also where it is commented out: a sample shows optional ones so.
fn set_in_lines(text: &str, found: &mut BTreeSet<String>) {
    for line in text.lines() {
        let bare = line.trim_start().trim_start_matches(['#', ' ', ';']);
        let bare = bare.strip_prefix("export ").unwrap_or(bare).trim_start();
        let end = bare.find(['=', ':']).unwrap_or(0);
        found.insert(bare[..end].trim_end().to_owned());
    }
}

/// `ENV a=1 b=2`, `ENV a 1`, `ARG a`, over continued lines.
fn docker(text: &str, found: &mut BTreeSet<String>) {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    for line in joined.lines() {
        let mut words = line.split_whitespace();
        let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
        if keyword != "ENV" && keyword != "ARG" {
            continue;
        }
        for (at, word) in words.enumerate() {
            match word.split_once('=') {
                Some((name, _)) => found.insert(name.to_owned()),
                None if at == 0 => found.insert(word.to_owned()),
                None => continue,
            };
        }
    }
}

/// The fields of a settings class of Pydantic, and the names that it gives as aliases.
fn settings(text: &str, found: &mut BTreeSet<String>) {
    let prefixes: BTreeSet<String> =
        PREFIX.captures_iter(text).map(|c| c[1].to_ascii_uppercase()).chain([String::new()]).collect();
    for field in FIELD.captures_iter(text) {
        found.extend(prefixes.iter().map(|prefix| format!("{prefix}{}", field[1].to_ascii_uppercase())));
    }
    take(text, &QUOTED, found);
}
