//! Tests of the JVM as Maven and Gradle see them: sources by the class that their path spells.

use regex::Regex;

use crate::ids::RepoPath;
use crate::read::coverage::survey::Survey;
use crate::read::glob::{Dialect, Glob};

const LANGUAGES: [(&str, &str); 4] =
    [("java", "java"), ("kotlin", "kt"), ("groovy", "groovy"), ("scala", "scala")];

/// A source file of a source set.
pub(super) struct Source<'t> {
    pub(super) path: &'t RepoPath,
    /// The source set: `test`, `integrationTest`.
    pub(super) set: &'t str,
    /// Its class, as `com/acme/CartTest`.
    pub(super) class: &'t str,
}

/// The sources of a module's source sets that hold tests: all but `main`.
pub(super) fn sources<'t>(survey: &Survey<'t>, dir: &str) -> Vec<Source<'t>> {
    let inside = if dir.is_empty() { "src".to_owned() } else { format!("{dir}/src") };
    let of = |path: &'t RepoPath| {
        let mut parts = path.as_str()[inside.len() + 1..].splitn(3, '/');
        let (set, language, inner) = (parts.next()?, parts.next()?, parts.next()?);
        let (class, ending) = inner.rsplit_once('.')?;
        let known = LANGUAGES.iter().any(|(folder, end)| {
            *end == ending && (*folder == language || ending == "java" || ending == "kt")
        });
        (known && !set.eq_ignore_ascii_case("main")).then_some(Source { path, set, class })
    };
    survey.under(&inside).filter_map(of).collect()
}

/// A pattern of Ant over classes: `**/*IT.java`, `com/acme/**`.
pub(super) fn pattern(text: &str) -> Option<Glob> {
    let text = text.trim().trim_end_matches(".java").trim_end_matches(".class").trim_end_matches(".*");
    if text.starts_with('%') || text.is_empty() {
        return None;
    }
    let text = if text.ends_with('/') { format!("{text}**") } else { text.to_owned() };
    let text = if text.contains('/') { text } else { format!("**/{text}") };
    Glob::new(&text, Dialect::Node { dot: true }).ok()
}

/// A name with wildcards as Gradle's test filter has them: a class with or without its package.
pub(super) fn named(text: &str) -> Option<Regex> {
    let body = regex::escape(text).replace("\\*", ".*");
    Regex::new(&format!("^(?:.*\\.)?{body}$")).ok()
}
