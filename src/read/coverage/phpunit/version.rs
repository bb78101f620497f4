//! Which PHPUnit a folder uses.

use roxmltree::Node;

use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::coverage::survey::Survey;
use crate::read::json::{self, Value};

/// The major version that a folder's lock file, or else its manifest, or that of a folder above, asks for.
pub(super) fn major(survey: &Survey<'_>, dir: &str) -> Option<u32> {
    ancestors(dir).find_map(|dir| {
        let read = |name: &str| {
            let path = RepoPath::join(dir, name).ok()?;
            json::parse(survey.tree.text(&path).ok()??).ok()
        };
        let locked = read("composer.lock").and_then(|lock| locked(&lock));
        locked.or_else(|| asked(&read("composer.json")?))
    })
}

fn locked(lock: &Value) -> Option<u32> {
    ["packages-dev", "packages"].iter().find_map(|list| {
        let Some(Value::List(packages)) = lock.get(list) else { return None };
        let named = |package: &&Value| package.get("name") == Some(Value::Text("phpunit/phpunit".to_owned()));
        let version = packages.iter().find(named)?.get("version")?;
        version.as_text()?.trim_start_matches('v').split('.').next()?.parse().ok()
    })
}

/// The highest of the versions that a range names.
fn asked(manifest: &Value) -> Option<u32> {
    let range = ["require-dev", "require"].iter().find_map(|list| manifest.at(&[list, "phpunit/phpunit"]))?;
    let versions = range.as_text()?.split(['|', ' ', ',']).filter(|part| !part.starts_with('<'));
    let major = |part: &str| {
        let part = part.trim_start_matches(['^', '~', '>', '=', 'v']);
        part.split(['.', '@', '-']).next()?.parse::<u32>().ok()
    };
    versions.filter_map(major).max()
}

/// The version whose schema a configuration names.
pub(super) fn of_schema(root: Node<'_, '_>) -> Option<u32> {
    let schema = root.attributes().find(|attribute| attribute.name() == "noNamespaceSchemaLocation")?;
    let at = schema.value().find("schema.phpunit.de/")? + "schema.phpunit.de/".len();
    schema.value()[at..].split(['.', '/']).next()?.parse().ok()
}
