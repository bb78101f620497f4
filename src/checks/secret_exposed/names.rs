//! Which names are secrets.

use crate::read::flow::{Maker, Origin};

use super::vocabulary::vocabulary;

/// How sure it is that a value is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// Its name may mean something else.
    Likely,
    /// Made just now, for the person who runs the program.
    Fresh,
    /// The name leaves no doubt.
    Named,
    /// It comes from the environment under such a name, or from a credential file.
    Proven,
}

/// What an origin is worth; nothing where it is no secret.
pub(super) fn grade(origin: &Origin) -> Option<Grade> {
    match origin {
        Origin::WholeEnvironment => Some(Grade::Proven),
        Origin::Environment(name) if name == "?" => Some(Grade::Likely),
        Origin::Environment(name) => variable(name),
        Origin::File { name, part } => file(name, part.as_deref()),
        Origin::Name { name, of, maker } => named(name, of, maker.as_ref()),
        Origin::Parameter { .. } => None,
    }
}

fn variable(name: &str) -> Option<Grade> {
    let names = &vocabulary().names;
    let words = words(name);
    let bundled = vocabulary().bundle.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()));
    if bundled {
        return None;
    }
    let doubtful = words.iter().any(|word| matches!(word.as_str(), "test" | "default" | "demo" | "local"));
    let proven = if doubtful { Grade::Likely } else { Grade::Proven };
    if ends_in(&words, &names.secret) || ends_in(&words, &names.variable) {
        return Some(proven);
    }
    (ends_in(&words, &names.likely) || ends_in(&words, &names.likely_variable)).then_some(Grade::Likely)
}

fn file(name: &str, part: Option<&str>) -> Option<Grade> {
    let lower = name.to_lowercase();
    let known = vocabulary().names.files.iter().any(|file| match file.as_str() {
        ".p12" | ".pfx" => lower.ends_with(file.as_str()),
        _ => lower == *file,
    });
    match part {
        _ if !known => None,
        None => Some(Grade::Proven),
        Some(part) => {
            let words = words(part);
            let secret = ends_in(&words, &vocabulary().names.secret);
            (secret || matches!(variable(part), Some(Grade::Proven))).then_some(Grade::Proven)
        }
    }
}

fn named(name: &str, of: &str, maker: Option<&Maker>) -> Option<Grade> {
    let names = &vocabulary().names;
    let words = words(name);
    let mut grade = if ends_in(&words, &names.secret) {
        Grade::Named
    } else if ends_in(&words, &names.likely) {
        Grade::Likely
    } else {
        return None;
    };
    let owner = of.rsplit('.').next().unwrap_or_default().trim_end_matches("()");
    if self::words(owner).last().is_some_and(|word| names.spoiled_owners.contains(word)) {
        return None;
    }
    let constant = name.chars().all(|c| !c.is_lowercase());
    let class = owner.starts_with(|c: char| c.is_uppercase()) && owner.chars().any(char::is_lowercase);
    let typed = name.starts_with(|c: char| c.is_uppercase()) && !constant;
    if class && name.starts_with(|c: char| c.is_uppercase()) || typed && of.is_empty() {
        return None;
    }
    let settings = ["env", "settings", "config", "secrets", "conf", "cfg", "environ", "vars"];
    let plural = name.to_lowercase().ends_with('s');
    if plural || constant && !settings.contains(&owner.to_lowercase().as_str()) {
        grade = Grade::Likely;
    }
    if let Some(maker) = maker {
        let last = maker.name.rsplit('.').next().unwrap_or_default();
        let of_class = last.starts_with(|c: char| c.is_uppercase()) && last.chars().any(char::is_lowercase);
        let made = self::words(&maker.name);
        if maker.constructs || of_class || self::words(last).iter().any(|word| names.cleaned.contains(word)) {
            return None;
        }
        if made.iter().any(|word| names.fresh.contains(word)) {
            grade = grade.min(Grade::Fresh);
        }
    }
    Some(grade)
}

/// How sure it is that a variable which is built into the client is a secret.
pub(super) fn bundled(name: &str) -> Option<Grade> {
    let bundle = &vocabulary().bundle;
    let rest = bundle.prefixes.iter().find_map(|prefix| name.strip_prefix(prefix.as_str()))?;
    let words = words(rest);
    let holds = |list: &[String]| words.iter().any(|word| list.contains(word));
    if holds(&bundle.about) {
        return None;
    }
    if ends_in(&words, &bundle.always) {
        return Some(Grade::Proven);
    }
    if holds(&bundle.public) {
        return None;
    }
    if ends_in(&words, &bundle.secret) {
        return Some(Grade::Proven);
    }
    ends_in(&words, &bundle.likely).then_some(Grade::Likely)
}

/// Whether the words end in one of the endings and nothing before it says that they are about something else.
fn ends_in(words: &[String], endings: &[String]) -> bool {
    let whole = format!(" {}", words.join(" "));
    let plural = ["key", "token", "secret", "password"];
    let singular = whole.strip_suffix('s').filter(|one| plural.iter().any(|word| one.ends_with(word)));
    let ended = endings.iter().filter(|ending| {
        let ending = format!(" {ending}");
        whole.ends_with(&ending) || singular.is_some_and(|whole| whole.ends_with(&ending))
    });
    let longest = ended.map(|ending| ending.split(' ').count()).max();
    longest.is_some_and(|count| {
        let before = &words[..words.len().saturating_sub(count)];
        !before.iter().any(|word| vocabulary().names.spoiled.contains(word))
    })
}

/// The words of a name, in lower case and without digits.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (n, c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = n.checked_sub(1).map(|n| chars[n]);
        let after = chars.get(n + 1);
        let starts = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || b.is_uppercase() && after.is_some_and(|a| a.is_lowercase())
            });
        if starts {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.extend(c.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_name(name: &str) -> Option<Grade> {
        named(name, "", None)
    }

    #[test]
    fn names_of_secrets_are_told_from_names_about_secrets() {
        for name in [
            "apiKey",
            "api_key",
            "client_secret",
            "privateKey",
            "password",
            "accessToken",
            "dbPassword",
            "openAIApiKey",
        ] {
            assert_eq!(of_name(name), Some(Grade::Named), "{name}");
        }
        let about = [
            "key",
            "token",
            "tokens",
            "max_tokens",
            "promptTokens",
            "csrfToken",
            "nextPageToken",
            "passwordField",
            "isPassword",
            "hasToken",
            "tokenUrl",
            "secretName",
            "secret_id",
            "secretArn",
            "publicKey",
            "password_hash",
            "apiKeyEnvVar",
            "maskedApiKey",
            "cacheKey",
            "tokenizer",
            "passwordPlaceholder",
            "author",
            "secretary",
        ];
        for name in about {
            assert_eq!(of_name(name), None, "{name}");
        }
    }

    #[test]
    fn variables_of_the_environment_are_judged_by_their_names() {
        for name in [
            "OPENAI_API_KEY",
            "DB_PASSWORD",
            "GITHUB_TOKEN",
            "JWT_SECRET",
            "AWS_SECRET_ACCESS_KEY",
            "NPM_TOKEN",
        ] {
            assert_eq!(variable(name), Some(Grade::Proven), "{name}");
        }
        assert_eq!(variable("DATABASE_URL"), Some(Grade::Likely));
        for name in [
            "NODE_ENV",
            "PORT",
            "MAX_TOKENS",
            "PUBLIC_KEY",
            "SENTRY_DSN",
            "STRIPE_PUBLISHABLE_KEY",
            "SECRET_NAME",
            "TOKEN_URL",
        ] {
            assert_eq!(variable(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_public_by_design_may_be_bundled() {
        for name in [
            "NEXT_PUBLIC_CLERK_SECRET_KEY",
            "NEXT_PUBLIC_OPENAI_API_KEY",
            "VITE_STRIPE_SECRET_KEY",
            "REACT_APP_DB_PASSWORD",
            "PUBLIC_SUPABASE_SERVICE_ROLE_KEY",
        ] {
            assert_eq!(bundled(name), Some(Grade::Proven), "{name}");
        }
        let public = [
            "NEXT_PUBLIC_SUPABASE_ANON_KEY",
            "VITE_STRIPE_PUBLISHABLE_KEY",
            "NEXT_PUBLIC_SENTRY_DSN",
            "VITE_GOOGLE_MAPS_API_KEY",
            "NEXT_PUBLIC_FIREBASE_API_KEY",
            "NEXT_PUBLIC_POSTHOG_KEY",
            "VITE_MAPBOX_TOKEN",
            "NEXT_PUBLIC_ALGOLIA_SEARCH_KEY",
            "REACT_APP_RECAPTCHA_SITE_KEY",
            "NEXT_PUBLIC_API_URL",
            "VITE_CLIENT_ID",
            "OPENAI_API_KEY",
        ];
        for name in public {
            assert_eq!(bundled(name), None, "{name}");
        }
        assert_eq!(bundled("VITE_API_KEY"), Some(Grade::Likely));
    }
}
