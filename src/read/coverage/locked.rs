//! The version of a package that a lock file holds.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::survey::{Survey, below};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::json::{self, Value};
use crate::read::yaml::{self, Node};

/// The lock files that are read, as globs over whole paths.
pub(super) const NEEDS: [&str; 1] =
    ["**/{package-lock.json,npm-shrinkwrap.json,pnpm-lock.yaml,yarn.lock,bun.lock}"];

/// What one lock file says of one package.
#[derive(Debug)]
pub(super) enum Locked {
    /// The version by folder, and the one of an old lock without folders.
    Npm(BTreeMap<String, String>, Option<String>),
    /// The version by folder.
    Pnpm(BTreeMap<String, String>),
    /// The ranges that an entry answers, with its version.
    Yarn(Vec<(Vec<String>, String)>),
    /// The version.
    Bun(Option<String>),
}

/// The lock files read so far, by path and package: each is large, and every package of a monorepo asks.
pub(super) type Locks = RefCell<BTreeMap<(RepoPath, String), Rc<Option<Locked>>>>;

/// The version of a package, as the lock file of the folder, or the nearest above it, has it for that folder. `range` is
/// what the manifest asks for. `None` where no lock file that can be read names it.
pub(super) fn version(survey: &Survey<'_>, dir: &str, name: &str, range: Option<&str>) -> Option<String> {
    const NAMES: [&str; 5] =
        ["npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];
    ancestors(dir).find_map(|at| {
        NAMES.iter().find_map(|lock| {
            let locked = locked(survey, survey.first(at, &[lock])?, name);
            locked.as_ref().as_ref()?.version(below(at, dir).unwrap_or_default(), range)
        })
    })
}

fn locked(survey: &Survey<'_>, path: RepoPath, name: &str) -> Rc<Option<Locked>> {
    let key = (path, name.to_owned());
    if let Some(known) = survey.locks.borrow().get(&key) {
        return Rc::clone(known);
    }
    let text = survey.tree.text(&key.0).ok().flatten();
    let read = text.and_then(|text| Locked::read(key.0.name(), text, name));
    Rc::clone(survey.locks.borrow_mut().entry(key).or_insert_with(|| Rc::new(read)))
}

impl Locked {
    fn read(file: &str, text: &str, name: &str) -> Option<Self> {
        Some(match file {
            "pnpm-lock.yaml" => Self::Pnpm(by_pnpm(text, name)?),
            "yarn.lock" => Self::Yarn(by_yarn(text, name)),
            "bun.lock" => Self::Bun(by_bun(&json::parse(text).ok()?, name)),
            _ => {
                let lock = json::parse(text).ok()?;
                let old = lock.at(&["dependencies", name, "version"]);
                Self::Npm(by_npm(&lock, name), old.and_then(|v| v.as_text().map(str::to_owned)))
            }
        })
    }

    /// The version for a folder below the lock file's.
    fn version(&self, member: &str, range: Option<&str>) -> Option<String> {
        match self {
            Self::Npm(by_folder, old) => {
                ancestors(member).find_map(|dir| by_folder.get(dir)).or(old.as_ref()).cloned()
            }
            Self::Pnpm(by_folder) => by_folder.get(member).or_else(|| by_folder.get("")).cloned(),
            Self::Yarn(entries) => {
                let asked = |(ranges, _): &&(Vec<String>, String)| {
                    ranges.iter().any(|r| Some(r.strip_prefix("npm:").unwrap_or(r)) == range)
                };
                entries.iter().find(asked).or(entries.first()).map(|(_, version)| version.clone())
            }
            Self::Bun(version) => version.clone(),
        }
    }
}

fn by_npm(lock: &Value, name: &str) -> BTreeMap<String, String> {
    let Some(Value::Object(packages)) = lock.get("packages") else { return BTreeMap::new() };
    let suffix = format!("node_modules/{name}");
    let keys = packages.keys().into_iter().filter_map(|key| Some((key, key.strip_suffix(&suffix)?)));
    let version = |(key, folder): (&str, &str)| {
        let version = packages.get(key)?.get("version")?.as_text()?.to_owned();
        Some((folder.trim_end_matches('/').to_owned(), version))
    };
    keys.filter_map(version).collect()
}

fn by_pnpm(text: &str, name: &str) -> Option<BTreeMap<String, String>> {
    // What follows is most of the file, and tells of the packages rather than of who asked for them.
    let text = text.split("\npackages:").next().unwrap_or_default();
    let documents = yaml::parse(text).ok()?;
    let root = documents.first()?;
    let mut found = BTreeMap::new();
    let importers = root.get("importers").map(Node::entries).unwrap_or_default();
    let alone = std::iter::once((".", root));
    for (folder, importer) in
        alone.chain(importers.iter().filter_map(|(key, node)| Some((key.text()?, node))))
    {
        let version = ["devDependencies", "dependencies", "optionalDependencies"].iter().find_map(|kind| {
            let entry = importer.get(kind)?.get(name)?;
            entry.get("version").unwrap_or(entry).text()
        });
        // What it was resolved with follows in parentheses.
        let version = version.and_then(|version| version.split(['(', '_']).next());
        let folder = if folder == "." { "" } else { folder };
        found.extend(version.map(|version| (folder.to_owned(), version.to_owned())));
    }
    Some(found)
}

fn by_bun(lock: &Value, name: &str) -> Option<String> {
    let Value::List(entry) = lock.at(&["packages", name])? else { return None };
    entry.first()?.as_text()?.rsplit_once('@').map(|(_, version)| version.to_owned())
}

/// Both generations of Yarn: an entry names what it answers and, in an indented line, its version.
fn by_yarn(text: &str, name: &str) -> Vec<(Vec<String>, String)> {
    let mut entries: Vec<(Vec<String>, String)> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '#']) && line.ends_with(':') {
            let heads = line.trim_end_matches(':').trim_matches('"').split(", ");
            let ranges =
                heads.filter_map(|head| head.trim_matches('"').strip_prefix(name)?.strip_prefix('@'));
            entries.push((ranges.map(str::to_owned).collect(), String::new()));
        } else if let (Some(version), Some((_, found))) =
            (line.trim_start().strip_prefix("version"), entries.last_mut())
            && found.is_empty()
        {
            version.trim_start_matches(':').trim().trim_matches('"').clone_into(found);
        }
    }
    entries.retain(|(ranges, version)| !ranges.is_empty() && !version.is_empty());
    entries
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
