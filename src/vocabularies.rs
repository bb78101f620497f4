//! The vocabularies of `rules/`, compiled in here and nowhere else: they decide verdicts as the code does.

/// The facts by which agents are known.
pub const AGENTS: &str = include_str!("../rules/agents.toml");
/// The words of claims.
pub const CLAIMS: &str = include_str!("../rules/claims.toml");
/// English phrases that are claims.
pub const CLAIMS_ENGLISH: &str = include_str!("../rules/claims/en.toml");
/// Phrases of other languages that are claims, by the language's code.
pub const CLAIMS_BY_LANGUAGE: [(&str, &str); 8] = [
    ("de", include_str!("../rules/claims/de.toml")),
    ("es", include_str!("../rules/claims/es.toml")),
    ("fr", include_str!("../rules/claims/fr.toml")),
    ("it", include_str!("../rules/claims/it.toml")),
    ("ja", include_str!("../rules/claims/ja.toml")),
    ("ko", include_str!("../rules/claims/ko.toml")),
    ("pt", include_str!("../rules/claims/pt.toml")),
    ("zh", include_str!("../rules/claims/zh.toml")),
];
/// The commands that claims name.
pub const CLAIMS_COMMANDS: &str = include_str!("../rules/claims/commands.toml");
/// The words of placeholders.
pub const ELISIONS: &str = include_str!("../rules/elisions.toml");
/// Which names are secrets and where they must not go.
pub const EXPOSURES: &str = include_str!("../rules/exposures.toml");
/// The commands that are gates.
pub const GATES: &str = include_str!("../rules/gates.toml");
/// The forms of credentials, by the file's name in `rules/secrets/`.
pub const SECRETS: [(&str, &str); 8] = [
    ("anthropic", include_str!("../rules/secrets/anthropic.toml")),
    ("aws", include_str!("../rules/secrets/aws.toml")),
    ("github", include_str!("../rules/secrets/github.toml")),
    ("openai", include_str!("../rules/secrets/openai.toml")),
    ("private-key", include_str!("../rules/secrets/private-key.toml")),
    ("registries", include_str!("../rules/secrets/registries.toml")),
    ("services", include_str!("../rules/secrets/services.toml")),
    ("stripe", include_str!("../rules/secrets/stripe.toml")),
];
/// Digests of credentials that vendors publish as examples.
pub const PUBLISHED_SECRETS: &str = include_str!("../rules/secrets/known-examples.toml");

/// Every vocabulary.
pub fn all() -> impl Iterator<Item = &'static str> {
    let words =
        [AGENTS, CLAIMS, CLAIMS_ENGLISH, CLAIMS_COMMANDS, ELISIONS, EXPOSURES, GATES, PUBLISHED_SECRETS];
    words.into_iter().chain(CLAIMS_BY_LANGUAGE.iter().chain(&SECRETS).map(|(_, text)| *text))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_vocabulary_of_the_rules_is_listed() {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let mut folders = vec![rules];
        let mut texts = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "toml") {
                    texts.push(std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut listed: Vec<&str> = all().collect();
        texts.sort();
        listed.sort_unstable();
        assert_eq!(listed, texts);
    }
}
