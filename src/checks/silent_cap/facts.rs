//! The facts of `rules/caps.toml`: which services give how much in one answer.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use crate::vocabularies;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    services: Vec<Service>,
}

/// One service and its ceilings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    /// As a sentence names it.
    pub(super) name: String,
    /// What it gives, in the plural.
    pub(super) of: String,
    /// What one answer holds, where that is no number of those.
    pub(super) page: Option<String>,
    pub(super) modules: Vec<String>,
    pub(super) names: Vec<String>,
    pub(super) hosts: Vec<String>,
    /// The command that speaks to it.
    pub(super) command: Option<String>,
    pub(super) beyond: Beyond,
    /// Whether the repository may set the ceiling.
    #[serde(default)]
    pub(super) configured: bool,
    pub(super) source: String,
    pub(super) settled_by: Option<String>,
    pub(super) paging: Vec<String>,
    #[serde(default)]
    pub(super) limits: Vec<Limit>,
    #[serde(default)]
    pub(super) unpaged: Vec<Unpaged>,
}

/// What a request for more gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Beyond {
    Cut,
    Refused,
}

/// A ceiling and where a request names its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    pub(super) parameter: Option<String>,
    pub(super) method: Option<String>,
    pub(super) range: Option<String>,
    pub(super) values: Option<String>,
    /// Of a field in a GraphQL document.
    pub(super) argument: Option<String>,
    #[serde(default)]
    pub(super) operators: Vec<String>,
    #[serde(default)]
    pub(super) after: Vec<String>,
    #[serde(default)]
    pub(super) calls: Vec<String>,
    pub(super) needs: Option<String>,
    pub(super) plus: Option<String>,
    pub(super) max: u64,
}

/// Calls that give one page of many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unpaged {
    #[serde(default)]
    pub(super) calls: Vec<String>,
    #[serde(default)]
    pub(super) prefixes: Vec<String>,
    /// Go's records of options for `calls`.
    #[serde(default)]
    pub(super) options: Vec<String>,
    #[serde(default)]
    pub(super) if_any: Vec<String>,
    #[serde(default)]
    pub(super) unless: Vec<String>,
    pub(super) at_ceiling: Option<String>,
}

static FACTS: LazyLock<Facts> =
    LazyLock::new(|| toml::from_str(vocabularies::CAPS).expect("a test reads the facts about ceilings"));

pub(super) fn services() -> &'static [Service] {
    &FACTS.services
}

/// The words by which services are known, each with the place of its service in the list.
static WORDS: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let mut words: Vec<(String, usize)> = Vec::new();
    for (at, service) in services().iter().enumerate() {
        for name in &service.names {
            words.push((name.clone(), at));
            // `dynamodb` is also written `dynamo_db`.
            words.extend(name.strip_suffix("db").map(|front| (format!("{front}_db"), at)));
        }
        // A client that boto3 makes is told by boto3's own name, a Python module by its package's.
        let modules = service.modules.iter().map(|module| match module.contains('/') {
            true => module.as_str(),
            false => module.split([':', '.']).next().unwrap_or(module),
        });
        let others = service.hosts.iter().chain(&service.command).map(String::as_str);
        words.extend(modules.chain(others).map(|word| (word.to_owned(), at)));
    }
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(words.iter().map(|(w, _)| w));
    (automaton.expect("the words are few and short"), words.into_iter().map(|(_, at)| at).collect())
});

/// Whether a text names any service: without that it need not be parsed.
pub(super) fn may_hold_client(text: &str) -> bool {
    WORDS.0.is_match(text)
}

/// The services that a text names.
pub(super) fn spoken_of(text: &str) -> Vec<&'static Service> {
    let mut places: Vec<usize> =
        WORDS.0.find_overlapping_iter(text).map(|found| WORDS.1[found.pattern().as_usize()]).collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().map(|at| &services()[at]).collect()
}

impl Service {
    /// The ceiling of a parameter.
    pub(super) fn ceiling(&self, parameter: &str) -> Option<u64> {
        self.limits.iter().find(|l| l.parameter.as_deref() == Some(parameter)).map(|l| l.max)
    }

    /// Whether a module is one of its clients, by the path it is imported under.
    pub(super) fn has_module(&self, path: &str) -> bool {
        self.modules.iter().any(|module| {
            path.strip_prefix(module.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
        })
    }

    /// Whether a name holds a word that stands for it.
    pub(super) fn has_name(&self, name: &str) -> bool {
        let words = words(name);
        self.names.iter().any(|known| {
            let known = known.to_lowercase();
            (0..words.len()).any(|from| {
                let mut joined = String::new();
                words[from..].iter().any(|word| {
                    joined += word;
                    joined == known
                })
            })
        })
    }
}

/// The words of a name in any of the usual spellings, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let begins = before == ' ' || (c.is_uppercase() && before.is_lowercase());
        match words.last_mut().filter(|_| !begins) {
            Some(word) => word.extend(c.to_lowercase()),
            None => words.push(c.to_lowercase().collect()),
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_are_read_whole_and_each_names_its_source() {
        assert!(services().len() > 10);
        for service in services() {
            assert!(service.source.starts_with("https://"), "{}", service.name);
            for limit in &service.limits {
                let ways = [&limit.parameter, &limit.method, &limit.range, &limit.values, &limit.argument];
                assert_eq!(ways.into_iter().flatten().count(), 1, "{}", service.name);
            }
            for unpaged in &service.unpaged {
                assert!(!unpaged.calls.is_empty() || !unpaged.prefixes.is_empty(), "{}", service.name);
                let ceiling = unpaged.at_ceiling.as_deref().map(|parameter| service.ceiling(parameter));
                assert!(ceiling.is_none_or(|max| max.is_some()), "{}", service.name);
            }
        }
    }

    #[test]
    fn a_service_is_told_by_whole_words() {
        let named = |service: &str, name: &str| {
            services().iter().find(|s| s.name == service).is_some_and(|s| s.has_name(name))
        };
        assert!(named("Supabase", "supabaseAdmin") && named("Supabase", "create_supabase_client"));
        assert!(named("DynamoDB", "DynamoDB") && named("DynamoDB", "dynamoDbClient"));
        assert!(!named("Google Drive's API", "driver") && !named("Google Drive's API", "overdrive"));
    }
}
