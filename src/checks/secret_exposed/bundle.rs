//! Secrets under names that a build writes into what every visitor downloads.

use std::ops::Range;

use crate::ids::RepoPath;
use crate::read::flow::{self, Arrival, Kind, Origin};
use crate::read::syntax::Language;

use super::names::{self, Grade};
use super::vocabulary::vocabulary;

/// A variable that reaches the client.
pub(super) struct Bundled {
    pub(super) name: String,
    pub(super) range: Range<usize>,
    pub(super) grade: Grade,
}

/// Whether the file sets variables of the environment.
pub(super) fn is_environment_file(path: &RepoPath) -> bool {
    let name = path.name();
    name == ".env" || name.starts_with(".env.")
}

/// The variables that an environment file sets and a build publishes.
pub(super) fn set_in(text: &str) -> Vec<Bundled> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        let declared = bare.strip_prefix("export ").unwrap_or(bare);
        let skipped = indent + bare.len() - declared.len();
        let Some((name, _)) = declared.split_once('=') else { continue };
        let name = name.trim_end();
        if let Some(grade) = names::bundled(name) {
            let range = start + skipped..start + skipped + name.len();
            found.push(Bundled { name: name.to_owned(), range, grade });
        }
    }
    found
}

/// The variables that code reads under a published name, or that a build's configuration publishes.
pub(super) fn read_in(path: &RepoPath, arrivals: &[Arrival]) -> Vec<Bundled> {
    // Elsewhere such a prefix means nothing.
    let built =
        matches!(flow::language(path), Some(Language::JavaScript | Language::TypeScript | Language::Tsx));
    let stem = path.name().rsplit_once('.').map_or(path.name(), |(stem, _)| stem);
    let config = vocabulary().config.iter().find(|config| config.stem == stem);
    let mut found: Vec<Bundled> = Vec::new();
    for arrival in arrivals.iter().filter(|arrival| arrival.through.is_none()) {
        for argument in &arrival.arguments {
            let published = config
                .is_some_and(|config| argument.name.as_ref().is_some_and(|n| config.fields.contains(n)));
            for trace in argument.value.all() {
                let Origin::Environment(name) = &trace.origin else { continue };
                let grade = match arrival.kind {
                    Kind::Read if built => names::bundled(name),
                    Kind::Record if published => {
                        // Under its own prefix or any: what the configuration lists is written into the bundle.
                        let prefix = vocabulary().bundle.prefixes.first().map_or("", String::as_str);
                        names::bundled(&format!("{prefix}{name}"))
                    }
                    _ => None,
                };
                if let Some(grade) = grade
                    && found.iter().all(|known| known.range != trace.range)
                {
                    found.push(Bundled { name: name.clone(), range: trace.range.clone(), grade });
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_an_environment_file_are_read_with_their_place() {
        let text = "# VITE_DB_PASSWORD=a\nPORT=1\nexport VITE_DB_PASSWORD=b\nVITE_API_URL=c\n";
        let found = set_in(text);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].range.clone()], "VITE_DB_PASSWORD");
        assert!(found[0].range.start > 20);
    }
}
