//! Go's modules, their packages, and which of them a pattern names.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::ids::RepoPath;
use crate::read::coverage::survey::{Survey, below, place};
use crate::read::javascript::ROOT;

/// The minor version of Go from which on a package without tests is measured.
pub(super) const MEASURES_UNTESTED: u32 = 22;

struct Module {
    dir: String,
    path: String,
    /// The `go` or `toolchain` directive: `22` for Go 1.22.
    minor: u32,
}

/// The files of one folder that make a package.
#[derive(Default)]
pub(super) struct Package {
    /// Its files but for the tests, on any platform.
    pub(super) files: Vec<RepoPath>,
    /// Whether it holds tests.
    pub(super) tested: bool,
}

/// All modules of a tree.
pub(super) struct Modules {
    modules: Vec<Module>,
    /// By folder.
    pub(super) packages: BTreeMap<String, Package>,
    /// The folders of workspaces, with those of the modules that they use.
    workspaces: Vec<(String, BTreeSet<String>)>,
}

impl Modules {
    pub(super) fn of(survey: &Survey<'_>) -> Self {
        let mut found = Self { modules: Vec::new(), packages: BTreeMap::new(), workspaces: Vec::new() };
        for path in survey.files.iter().copied() {
            let text = || survey.tree.text(path).ok().flatten().unwrap_or_default();
            match path.name() {
                "go.mod" => found.modules.push(module(path.dir(), text())),
                "go.work" => {
                    let used = directives(text(), "use").into_iter();
                    let used = used.filter_map(|dir| place(path.dir(), dir)).collect();
                    found.workspaces.push((path.dir().to_owned(), used));
                }
                name if path.extension() == "go" && !name.starts_with(['_', '.']) => {
                    let package = found.packages.entry(path.dir().to_owned()).or_default();
                    if name.ends_with("_test.go") {
                        package.tested = true;
                    } else {
                        package.files.push(path.clone());
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn module(&self, dir: &str) -> Option<&Module> {
        let around = |module: &&Module| module.dir == dir || below(&module.dir, dir).is_some();
        self.modules.iter().filter(around).max_by_key(|module| module.dir.len())
    }

    /// The minor version of Go in a folder, as far as its module tells.
    pub(super) fn minor(&self, dir: &str) -> u32 {
        self.module(dir).map_or(MEASURES_UNTESTED, |module| module.minor)
    }

    /// The path under which a folder's package is imported.
    pub(super) fn import(&self, dir: &str) -> Option<String> {
        let module = self.module(dir)?;
        let inside = if module.dir == dir { "" } else { below(&module.dir, dir)? };
        Some(if inside.is_empty() { module.path.clone() } else { format!("{}/{inside}", module.path) })
    }

    /// The modules that a command in a folder works on.
    fn main(&self, dir: &str) -> Vec<&Module> {
        let around = |(at, _): &&(String, BTreeSet<String>)| at == dir || below(at, dir).is_some();
        match self.workspaces.iter().filter(around).max_by_key(|(at, _)| at.len()) {
            Some((_, used)) => self.modules.iter().filter(|module| used.contains(&module.dir)).collect(),
            None => self.module(dir).into_iter().collect(),
        }
    }

    /// The folders of the packages that a pattern names, seen from a folder.
    pub(super) fn named(&self, dir: &str, pattern: &str) -> BTreeSet<String> {
        let absolute = pattern.strip_prefix(ROOT).map(|rest| rest.trim_start_matches('/'));
        if absolute.is_some() || pattern.starts_with('.') && !pattern.starts_with("...") {
            let from = if absolute.is_some() { "" } else { dir };
            let pattern = absolute.unwrap_or(pattern);
            return place(from, pattern).map(|pattern| self.folders(&pattern)).unwrap_or_default();
        }
        let everything = matches!(pattern, "all" | "...");
        let Some(regex) = wildcard(pattern) else { return BTreeSet::new() };
        let main = self.main(dir);
        let folders = self.packages.keys().filter(|folder| {
            let Some(module) = self.module(folder) else { return false };
            main.iter().any(|m| m.dir == module.dir)
                && (self.walked(&module.dir, folder) || !pattern.contains("..."))
                && (everything || self.import(folder).is_some_and(|path| regex.is_match(&path)))
        });
        folders.cloned().collect()
    }

    /// The folders that a pattern over whole folder names matches.
    fn folders(&self, pattern: &str) -> BTreeSet<String> {
        let Some((start, _)) = pattern.split_once("...") else {
            return self.packages.contains_key(pattern).then(|| pattern.to_owned()).into_iter().collect();
        };
        let start = start.rsplit_once('/').map_or("", |(start, _)| start);
        let (Some(regex), Some(module)) = (wildcard(pattern), self.module(start)) else {
            return BTreeSet::new();
        };
        let inside = self.packages.keys().filter(|dir| {
            (regex.is_match(dir) || dir.is_empty() && pattern == "...")
                && self.walked(start, dir)
                && self.module(dir).is_some_and(|own| own.dir == module.dir)
        });
        inside.cloned().collect()
    }

    /// Whether a walk from a folder comes to another.
    fn walked(&self, start: &str, dir: &str) -> bool {
        if start == dir {
            return true;
        }
        let skipped = |part: &str| part.starts_with(['_', '.']) || matches!(part, "testdata" | "vendor");
        below(start, dir).is_some_and(|inside| !inside.split('/').any(skipped))
    }
}

fn module(dir: &str, text: &str) -> Module {
    let path = directives(text, "module").first().map_or(String::new(), |path| path.trim_matches('"').into());
    let version = |text: &str| {
        let digits = text.trim_start_matches("go").strip_prefix("1.")?;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let directives = [directives(text, "go"), directives(text, "toolchain")].concat();
    // Without the directive a module is read as one of Go 1.16, by whatever Go there is.
    let minor = directives.into_iter().filter_map(version).max().unwrap_or(16);
    Module { dir: dir.to_owned(), path, minor }
}

/// The first arguments of a directive, alone or in a block.
fn directives<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    let mut block = false;
    for line in text.lines() {
        let mut words = line.split("//").next().unwrap_or_default().split_whitespace();
        let Some(first) = words.next() else { continue };
        match (block, first) {
            (true, ")") => block = false,
            (true, argument) => found.push(argument),
            (false, word) if word == name => match words.next() {
                Some("(") => block = true,
                argument => found.extend(argument),
            },
            _ => {}
        }
    }
    found
}

/// `...` stands for anything, and a `/...` at the end also for nothing.
fn wildcard(pattern: &str) -> Option<Regex> {
    let mut text = regex::escape(pattern).replace(r"\.\.\.", ".*");
    if let Some(before) = text.strip_suffix("/.*") {
        text = format!("{before}(/.*)?");
    }
    Regex::new(&format!("^{text}$")).ok()
}
