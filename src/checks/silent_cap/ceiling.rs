//! The ceiling that the repository itself sets for its rows: `max_rows` of Supabase, `PGRST_DB_MAX_ROWS` of PostgREST.

use crate::change::{Change, Tree};
use crate::ids::RepoPath;
use crate::read::yaml;

use super::requests::Ceilings;

/// The files that may set it.
pub(super) const FILES: [&str; 4] = [
    "**/supabase/config.toml",
    "**/{docker-compose,compose}*.{yml,yaml}",
    "**/.env.{example,sample,template}",
    "**/postgrest.conf",
];

const VARIABLE: &str = "PGRST_DB_MAX_ROWS";

/// The ceilings at head: where files differ, the highest.
pub(super) fn at_head(change: &Change) -> Ceilings {
    let head = &change.head;
    let found = head.paths().filter_map(|path| {
        let wanted = match path.name() {
            "config.toml" => path.dir() == "supabase" || path.dir().ends_with("/supabase"),
            name => name.contains("compose") || name.starts_with(".env") || name == "postgrest.conf",
        };
        wanted.then(|| of(head, path)).flatten()
    });
    found.max().map(|max| ("Supabase", max)).into_iter().collect()
}

fn of(tree: &Tree, path: &RepoPath) -> Option<u64> {
    let text = tree.text(path).ok()??;
    match path.extension() {
        "toml" => {
            let settings: toml::Table = toml::from_str(text).ok()?;
            settings.get("api")?.get("max_rows")?.as_integer()?.try_into().ok()
        }
        "yml" | "yaml" => {
            if !text.contains(VARIABLE) {
                return None;
            }
            let documents = yaml::parse(text).ok()?;
            let services = documents.first()?.get("services")?;
            services.entries().iter().find_map(|(_, service)| {
                let environment = service.get("environment")?;
                let pairs = environment.entries().iter();
                let mapped = pairs.filter_map(|(key, value)| Some((key.text()?, value.text()?)));
                let listed = environment.items().iter().filter_map(|item| item.text()?.split_once('='));
                let found = mapped.chain(listed).find(|(name, _)| *name == VARIABLE);
                found.and_then(|(_, value)| value.trim().parse().ok())
            })
        }
        _ => text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            let known = matches!(name.trim(), VARIABLE | "db-max-rows");
            known.then(|| value.trim().trim_matches('"').parse().ok()).flatten()
        }),
    }
}
