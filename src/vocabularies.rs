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
/// The most that services give in one answer.
pub const CAPS: &str = include_str!("../rules/caps.toml");
/// What models say around code.
pub const CHATTER: &str = include_str!("../rules/chatter.toml");
/// The words that say that something was done to the tree.
pub const DEEDS: &str = include_str!("../rules/deeds.toml");
/// The words of placeholders.
pub const ELISIONS: &str = include_str!("../rules/elisions.toml");
/// Which environment variables others set, and which names of such stand for one another.
pub const ENVIRONMENT: &str = include_str!("../rules/environment.toml");
/// Which names are secrets and where they must not go.
pub const EXPOSURES: &str = include_str!("../rules/exposures.toml");
/// The commands that are gates.
pub const GATES: &str = include_str!("../rules/gates.toml");
/// Well-known packages, by ecosystem.
pub const PACKAGES: &str = include_str!("../rules/packages.toml");
/// The forms of credentials, by the file's name in `rules/secrets/`.
pub const SECRETS: [(&str, &str); 28] = [
    ("ai-models", include_str!("../rules/secrets/ai-models.toml")),
    ("ai-tools", include_str!("../rules/secrets/ai-tools.toml")),
    ("anthropic", include_str!("../rules/secrets/anthropic.toml")),
    ("applications", include_str!("../rules/secrets/applications.toml")),
    ("atlassian", include_str!("../rules/secrets/atlassian.toml")),
    ("aws", include_str!("../rules/secrets/aws.toml")),
    ("builds", include_str!("../rules/secrets/builds.toml")),
    ("chat", include_str!("../rules/secrets/chat.toml")),
    ("clouds", include_str!("../rules/secrets/clouds.toml")),
    ("databases", include_str!("../rules/secrets/databases.toml")),
    ("generic", include_str!("../rules/secrets/generic.toml")),
    ("github", include_str!("../rules/secrets/github.toml")),
    ("gitlab", include_str!("../rules/secrets/gitlab.toml")),
    ("google", include_str!("../rules/secrets/google.toml")),
    ("hosting", include_str!("../rules/secrets/hosting.toml")),
    ("infrastructure", include_str!("../rules/secrets/infrastructure.toml")),
    ("keys", include_str!("../rules/secrets/keys.toml")),
    ("mail", include_str!("../rules/secrets/mail.toml")),
    ("microsoft", include_str!("../rules/secrets/microsoft.toml")),
    ("monitoring", include_str!("../rules/secrets/monitoring.toml")),
    ("openai", include_str!("../rules/secrets/openai.toml")),
    ("payments", include_str!("../rules/secrets/payments.toml")),
    ("platforms", include_str!("../rules/secrets/platforms.toml")),
    ("private-key", include_str!("../rules/secrets/private-key.toml")),
    ("public", include_str!("../rules/secrets/public.toml")),
    ("registries", include_str!("../rules/secrets/registries.toml")),
    ("stripe", include_str!("../rules/secrets/stripe.toml")),
    ("workplace", include_str!("../rules/secrets/workplace.toml")),
];
/// The comments that ask scanners of credentials to look away.
pub const ALLOW_COMMENTS: &str = include_str!("../rules/secrets/allow-comments.toml");
/// Digests of credentials that vendors publish as examples.
pub const PUBLISHED_SECRETS: &str = include_str!("../rules/secrets/known-examples.toml");

/// Words that people and programmers write.
pub const WORDS: &str = include_str!("../rules/words.toml");

/// Every vocabulary.
pub fn all() -> impl Iterator<Item = &'static str> {
    let words = [
        AGENTS,
        CLAIMS,
        CLAIMS_ENGLISH,
        CLAIMS_COMMANDS,
        CAPS,
        CHATTER,
        DEEDS,
        ELISIONS,
        ENVIRONMENT,
        EXPOSURES,
        GATES,
        PACKAGES,
        ALLOW_COMMENTS,
        PUBLISHED_SECRETS,
        WORDS,
    ];
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
