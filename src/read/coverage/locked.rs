//! The version of a package that a lock file holds.

use super::survey::{Survey, below, read};
use crate::read::json::Value;

/// The lock files that are read, as globs over whole paths.
pub(super) const NEEDS: [&str; 1] =
    ["**/{package-lock.json,npm-shrinkwrap.json,pnpm-lock.yaml,yarn.lock,bun.lock}"];

/// The version of a package, as the lock file of the folder, or the nearest above it, has it for that folder. `range` is
/// what the manifest asks for. `None` where no lock file that can be read names it.
pub(super) fn version(survey: &Survey<'_>, dir: &str, name: &str, range: Option<&str>) -> Option<String> {
    const NAMES: [&str; 5] =
        ["npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];
    let mut at = dir;
    loop {
        let found = NAMES.iter().find_map(|lock| {
            let path = survey.first(at, &[lock])?;
            let member = below(at, dir).unwrap_or_default();
            match *lock {
                "pnpm-lock.yaml" => by_pnpm(&read(survey.tree, &path).ok()??, member, name),
                "yarn.lock" => by_yarn(survey.tree.text(&path).ok()??, name, range),
                "bun.lock" => by_bun(&crate::read::json::parse(survey.tree.text(&path).ok()??).ok()?, name),
                _ => by_npm(&read(survey.tree, &path).ok()??, member, name),
            }
        });
        if found.is_some() || at.is_empty() {
            return found;
        }
        at = at.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

fn by_npm(lock: &Value, member: &str, name: &str) -> Option<String> {
    let mut dir = Some(member);
    while let Some(at) = dir {
        let key =
            if at.is_empty() { format!("node_modules/{name}") } else { format!("{at}/node_modules/{name}") };
        if let Some(version) = lock.at(&["packages", &key, "version"]) {
            return version.as_text().map(str::to_owned);
        }
        dir = (!at.is_empty()).then(|| at.rsplit_once('/').map_or("", |(above, _)| above));
    }
    lock.at(&["dependencies", name, "version"])?.as_text().map(str::to_owned)
}

fn by_pnpm(lock: &Value, member: &str, name: &str) -> Option<String> {
    let member = if member.is_empty() { "." } else { member };
    let importers = [lock.at(&["importers", member]), lock.at(&["importers", "."]), Some(lock.clone())];
    importers.into_iter().flatten().find_map(|importer| {
        ["devDependencies", "dependencies", "optionalDependencies"].iter().find_map(|kind| {
            let entry = importer.at(&[kind, name])?;
            let version = entry.get("version").unwrap_or(entry);
            // What it was resolved with follows in parentheses.
            Some(version.as_text()?.split(['(', '_']).next()?.to_owned())
        })
    })
}

fn by_bun(lock: &Value, name: &str) -> Option<String> {
    let Value::List(entry) = lock.at(&["packages", name])? else { return None };
    entry.first()?.as_text()?.rsplit_once('@').map(|(_, version)| version.to_owned())
}

/// Both generations of Yarn: an entry names what it answers and, in an indented line, its version.
fn by_yarn(text: &str, name: &str, range: Option<&str>) -> Option<String> {
    let mut entries: Vec<(Vec<&str>, String)> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '#']) && line.ends_with(':') {
            let heads = line.trim_end_matches(':').trim_matches('"').split(", ");
            let ranges =
                heads.filter_map(|head| head.trim_matches('"').strip_prefix(name)?.strip_prefix('@'));
            entries.push((ranges.collect(), String::new()));
        } else if let (Some(version), Some((_, found))) =
            (line.trim_start().strip_prefix("version"), entries.last_mut())
            && found.is_empty()
        {
            version.trim_start_matches(':').trim().trim_matches('"').clone_into(found);
        }
    }
    let mut named = entries.into_iter().filter(|(ranges, version)| !ranges.is_empty() && !version.is_empty());
    let asked = |ranges: &[&str]| ranges.iter().any(|r| Some(r.strip_prefix("npm:").unwrap_or(r)) == range);
    let first = named.next()?;
    if asked(&first.0) {
        return Some(first.1);
    }
    Some(named.find(|(ranges, _)| asked(ranges)).map_or(first.1, |(_, version)| version))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::change::Tree;

    fn found(files: &[(&str, &str)], dir: &str) -> Option<String> {
        let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
        version(&Survey::of(&tree), dir, "vitest", Some("^3.0.0"))
    }

    #[test]
    fn each_lock_file_tells_what_it_holds() {
        let npm = r#"{"packages": {"node_modules/vitest": {"version": "3.2.4"}, "a/node_modules/vitest": {"version": "4.0.1"}}}"#;
        assert_eq!(found(&[("package-lock.json", npm)], "b").unwrap(), "3.2.4");
        assert_eq!(found(&[("package-lock.json", npm)], "a").unwrap(), "4.0.1");
        let pnpm = "importers:\n  .:\n    devDependencies:\n      vitest:\n        specifier: ^3\n        version: 3.1.0(jsdom@26.0.0)\n";
        assert_eq!(found(&[("pnpm-lock.yaml", pnpm)], "a").unwrap(), "3.1.0");
        let yarn = "vitest@^2.0.0:\n  version \"2.1.0\"\n\n\"vitest@^3.0.0\", \"vitest@^3.1.0\":\n  version \"3.2.0\"\n";
        assert_eq!(found(&[("yarn.lock", yarn)], "").unwrap(), "3.2.0");
        let berry = "\"vitest@npm:^3.0.0\":\n  version: 3.0.9\n  resolution: \"vitest@npm:3.0.9\"\n";
        assert_eq!(found(&[("yarn.lock", berry)], "").unwrap(), "3.0.9");
        let bun = r#"{"packages": {"vitest": ["vitest@3.0.5", "", {}],}}"#;
        assert_eq!(found(&[("bun.lock", bun)], "").unwrap(), "3.0.5");
        assert_eq!(found(&[("yarn.lock", "jest@^30.0.0:\n  version \"30.0.0\"\n")], ""), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in "(vitest|@|:|\"|\n|  version |importers|,|\\{|\\}|3){0,30}") {
            for name in ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"] {
                let _ = found(&[(name, &text)], "a");
            }
        }
    }
}
