//! The ways to read one path of a report.

use crate::change::Tree;

use super::super::{Format, Report};

/// So many of a report's own roots are tried.
const MAX_ROOTS: usize = 16;
/// Deeper paths are in no repository.
const MAX_PARTS: usize = 128;

/// A path in parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Spelling {
    pub(super) parts: Vec<String>,
    /// Whether it begins somewhere outside of the repository, so that only its end can be the tree's.
    pub(super) rooted: bool,
    /// Whether it can only be that very file of the tree.
    pub(super) exact: bool,
    /// The known folder into which a CI service checks a repository out.
    pub(super) checkout: Option<String>,
    /// Names of modules that the report gives beside the path.
    pub(super) hints: Vec<String>,
}

impl Spelling {
    fn of(text: &str) -> Self {
        let text = text.replace('\\', "/");
        let text = text.strip_prefix("file://").unwrap_or(&text);
        let (scheme, rest) = text.split_once("://").map_or((false, text), |(_, rest)| (true, rest));
        let drive = |t: &str| t.as_bytes().get(1) == Some(&b':') && t.as_bytes()[0].is_ascii_alphabetic();
        let bare = rest.trim_start_matches('/');
        let on_drive = drive(bare);
        let bare = if on_drive { &bare[2..] } else { bare };
        let rooted = scheme || on_drive || rest.starts_with('/');
        let mut parts: Vec<String> = Vec::new();
        for part in bare.split('/') {
            match part {
                "" | "." => {}
                // What lies above the folder of the run is not known: the rest of the path is what remains.
                ".." => drop(parts.pop()),
                part => parts.push(part.to_owned()),
            }
        }
        let checkout = if rooted { checkout(&parts) } else { None };
        Self { parts, rooted, checkout, ..Self::default() }
    }

    /// What stands before the last `shared` parts.
    pub(super) fn front(&self, shared: usize) -> String {
        self.parts[..self.parts.len() - shared].join("/")
    }

    /// Whether the path lies below a folder.
    pub(super) fn starts(&self, front: &str) -> bool {
        self.below(front).is_some()
    }

    /// The path as seen from a folder above it.
    pub(super) fn below(&self, front: &str) -> Option<String> {
        if front.is_empty() {
            return (!self.rooted).then(|| self.parts.join("/"));
        }
        let front: Vec<&str> = front.split('/').collect();
        let inside = self.parts.len() > front.len() && self.parts.iter().zip(&front).all(|(a, b)| a == b);
        inside.then(|| self.parts[front.len()..].join("/"))
    }

    /// Kotlin and Scala allow a package's common front to be left out of the folders.
    pub(super) fn omits_package(&self) -> bool {
        let last = self.parts.last().map(String::as_str).unwrap_or_default();
        !self.rooted && [".kt", ".scala"].iter().any(|end| last.ends_with(end))
    }
}

/// The folder below which GitHub Actions, GitLab, CircleCI and Travis put a repository.
fn checkout(parts: &[String]) -> Option<String> {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let length = match parts[..] {
        ["home" | "Users", "runner", "work", a, b, _, ..] if a == b => 5,
        ["a" | "__w", a, b, _, ..] if a == b => 3,
        ["github", "workspace", _, ..] => 2,
        ["home", "circleci", "project", _, ..] | ["builds", _, _, _, ..] => 3,
        ["home", "travis", "build", _, _, _, ..] => 5,
        _ => return None,
    };
    Some(parts[..length].join("/"))
}

/// Whether a path whose front is not the tree's lies where libraries of others are installed.
pub(super) fn foreign(spelling: &Spelling, front: &str) -> bool {
    const NAMES: [&str; 14] = [
        "node_modules",
        "site-packages",
        "dist-packages",
        ".cargo",
        ".rustup",
        "rustc",
        ".m2",
        ".gradle",
        ".venv",
        "gems",
        "hostedtoolcache",
        "bazel-out",
        "webpack",
        "node:internal",
    ];
    const FRONTS: [&str; 5] = ["usr/lib/", "usr/include/", "usr/local/lib/", "usr/local/go/", "usr/share/"];
    let whole = spelling.front(0);
    front.split('/').any(|part| NAMES.contains(&part))
        || (spelling.rooted && FRONTS.iter().any(|folder| whole.starts_with(folder)))
}

/// Go's modules in a tree with their folders, the longest name first.
pub(super) fn modules(tree: &Tree) -> Vec<(String, String)> {
    let manifests = tree.paths().filter(|path| path.name() == "go.mod");
    let mut found: Vec<(String, String)> = manifests
        .filter_map(|path| {
            let text = tree.text(path).ok()??;
            let name = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
            let name = name.split("//").next().unwrap_or(name).trim().trim_matches('"');
            Some((name.to_owned(), path.dir().to_owned()))
        })
        .collect();
    found.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    found
}

/// Every way to read a path of the report.
pub(super) fn spellings(report: &Report, path: &str, modules: &[(String, String)]) -> Vec<Spelling> {
    let mut found = match report.format {
        Format::Go => vec![imported(path, modules)],
        Format::Jacoco => {
            let (module, path) = path.rsplit_once('!').unwrap_or(("", path));
            let hints = module.split('!').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            vec![Spelling { hints, ..Spelling::of(path) }]
        }
        _ => vec![Spelling::of(path)],
    };
    if !found[0].rooted {
        let joined = |root: &String| Spelling::of(&format!("{}/{path}", root.trim_end_matches(['/', '\\'])));
        let roots = report.roots.iter().filter(|root| !root.is_empty()).take(MAX_ROOTS);
        found.extend(roots.map(joined));
    }
    found.retain(|s| (1..=MAX_PARTS).contains(&s.parts.len()));
    found
}

/// A path of a Go profile: an import path, or a plain one for packages outside of any module.
fn imported(path: &str, modules: &[(String, String)]) -> Spelling {
    for (name, dir) in modules {
        if let Some(rest) = path.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('/')) {
            let seen = Spelling::of(&format!("{dir}/{rest}"));
            return Spelling { rooted: false, exact: true, ..seen };
        }
    }
    Spelling { rooted: true, ..Spelling::of(path) }
}
