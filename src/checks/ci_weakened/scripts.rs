//! What scripts of package.json and targets of Makefiles run in their turn.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::Tree;
use crate::ids::RepoPath;
use crate::read::gates::{self, Way};
use crate::read::shell;

/// Scripts and targets of a whole tree by name; several packages may have one of a name.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    bodies: BTreeMap<Way, Vec<String>>,
    homes: BTreeMap<Way, BTreeSet<RepoPath>>,
}

const MAX_DEPTH: usize = 8;

impl Scripts {
    pub(super) fn read(tree: &Tree) -> Self {
        let mut scripts = Self::default();
        for path in tree.paths() {
            match path.name() {
                "package.json" if !path.as_str().contains("node_modules/") => scripts.package(tree, path),
                "Makefile" | "GNUmakefile" | "makefile" | "justfile" | "Justfile" => {
                    scripts.makefile(tree, path)
                }
                _ => {}
            }
        }
        scripts
    }

    fn package(&mut self, tree: &Tree, path: &RepoPath) {
        for (name, body) in tree.text(path).ok().flatten().map(of_package).unwrap_or_default() {
            self.homes.entry(Way::Script(name.clone())).or_default().insert(path.clone());
            self.bodies.entry(Way::Script(name)).or_default().push(body);
        }
    }

    fn makefile(&mut self, tree: &Tree, path: &RepoPath) {
        let mut current: Vec<Way> = Vec::new();
        for line in tree.text(path).ok().flatten().unwrap_or_default().lines() {
            if line.starts_with(['\t', ' ']) {
                for target in &current {
                    let body = line.trim().trim_start_matches(['@', '-', '+']).to_owned();
                    self.bodies.entry(target.clone()).or_default().push(body);
                }
            } else if let Some((names, needs)) = line.split_once(':').filter(|(n, _)| is_targets(n)) {
                current = names.split_whitespace().take(1).map(|n| Way::Target(n.to_owned())).collect();
                let needs = needs.split('#').next().unwrap_or("").trim_start_matches(':');
                for target in &current {
                    self.homes.entry(target.clone()).or_default().insert(path.clone());
                    let bodies = self.bodies.entry(target.clone()).or_default();
                    bodies.extend(needs.split_whitespace().map(|need| format!("make {need}")));
                }
            } else if !line.trim().is_empty() {
                current.clear();
            }
        }
    }

    /// Whether a script or target of that name is defined anywhere.
    pub(super) fn defines(&self, way: &Way) -> bool {
        self.bodies.contains_key(way)
    }

    /// The files that define it.
    pub(super) fn homes(&self, way: &Way) -> impl Iterator<Item = &RepoPath> {
        self.homes.get(way).into_iter().flatten()
    }

    /// What running these comes down to, themselves included.
    pub(super) fn reach(&self, ways: impl IntoIterator<Item = Way>) -> BTreeSet<Way> {
        let mut reached: BTreeSet<Way> = ways.into_iter().collect();
        let mut edge: Vec<Way> = reached.iter().cloned().collect();
        for _ in 0..MAX_DEPTH {
            let inner: Vec<Way> = edge.iter().flat_map(|way| self.inside(way)).collect();
            edge = inner.into_iter().filter(|way| reached.insert(way.clone())).collect();
        }
        reached
    }

    /// What a script or target runs itself.
    pub(super) fn inside(&self, way: &Way) -> Vec<Way> {
        let bodies = self.bodies.get(way).map(Vec::as_slice).unwrap_or_default();
        let commands = bodies.iter().flat_map(|body| shell::commands(body));
        commands.flat_map(|c| gates::gates(&c.words)).map(|known| known.way).collect()
    }
}

/// The scripts of a package.json in their order; none where it can't be read.
pub(super) fn of_package(text: &str) -> Vec<(String, String)> {
    let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let scripts = json.get("scripts").and_then(|s| s.as_object());
    let one = |(name, body): (&String, &serde_json::Value)| Some((name.clone(), body.as_str()?.to_owned()));
    scripts.map(|s| s.iter().filter_map(one).collect()).unwrap_or_default()
}

/// Whether what stands before a `:` can be targets and not an assignment or a recipe's setting.
fn is_targets(names: &str) -> bool {
    !names.is_empty()
        && !names.starts_with('.')
        && names
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ' ' | '%' | '*' | '=' | '"'))
}
