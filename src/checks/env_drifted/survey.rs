//! What the tree at head knows of variables: who names them, who declares them, who reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::change::{Change, Content, Entry, Kind};
use crate::ids::RepoPath;
use crate::read::environment::{declared, names, reads};
use crate::read::flow;
use crate::span::Side;
use crate::undecided::Undecided;

use super::fresh::{self, Fresh};

/// In trees of more files nobody is asked.
const MAX_FILES: usize = 60_000;
/// More text of declarations is not parsed.
const MAX_DECLARING: usize = 16 * 1024 * 1024;
/// A sample is kept up where it lists this share of what the code needs, of at least so many names.
const KEPT_UP: (usize, usize) = (3, 4);
const MIN_READ: usize = 3;
/// A repository that declares fewer names doesn't declare its variables.
const MIN_DECLARED: usize = 2;

/// The name that was likely meant, and where the tree has it.
pub(super) struct Meant {
    pub(super) name: String,
    pub(super) how: names::Likeness,
    pub(super) at: RepoPath,
    /// Whether that file declares it; else it reads it.
    pub(super) declares: bool,
}

pub(super) struct Survey<'c> {
    change: &'c Change,
    /// The new names that some file knows.
    known: BTreeSet<String>,
    /// Where names are declared.
    declared: BTreeMap<String, Vec<&'c RepoPath>>,
    /// Where code reads them, as far as a pattern tells.
    read: BTreeMap<String, Vec<&'c RepoPath>>,
    /// The samples of environment files.
    samples: Vec<(&'c RepoPath, BTreeSet<String>)>,
    /// The names that documents write out.
    told: BTreeSet<String>,
    /// The folders of packages.
    packages: BTreeSet<&'c str>,
}

/// Whether a file may say that a variable exists: text that someone wrote.
pub(super) fn is_searched(path: &RepoPath, entry: &Entry) -> bool {
    const BINARY: [&str; 44] = [
        "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "icns", "bmp", "svg", "pdf", "zip", "gz", "tgz",
        "xz", "bz2", "7z", "jar", "war", "class", "so", "dll", "dylib", "exe", "wasm", "bin", "woff",
        "woff2", "ttf", "otf", "eot", "mp3", "mp4", "mov", "wav", "webm", "map", "snap", "lock", "csv",
        "parquet", "onnx", "pt", "db",
    ];
    let lock =
        matches!(path.name(), "package-lock.json" | "pnpm-lock.yaml" | "npm-shrinkwrap.json" | "go.sum");
    entry.kind == Kind::File
        && !lock
        && !BINARY.contains(&path.extension())
        && !path.as_str().split('/').any(|part| part == "node_modules")
}

/// A variable of the environment as code of any language reads it.
static READ: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?:process\.env\.|import\.meta\.env\.|Bun\.env\.|environ\[["']|environ\.get\(\s*["']|[gG]etenv\(\s*["'`]|LookupEnv\(\s*"|ENV\[["']|ENV\.fetch\(\s*["']|env::var\(\s*"|process\.env\[["']|Deno\.env\.get\(\s*["'])([A-Z][A-Z0-9_]+)"#,
    )
    .expect("a literal pattern")
});
/// A name that a document sets off: in backticks, or set in a line of its own.
static TOLD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"`([A-Z][A-Z0-9_]+)`|(?m)^\s*(?:export\s+)?([A-Z][A-Z0-9_]+)=").expect("a literal pattern")
});

impl<'c> Survey<'c> {
    pub(super) fn of(change: &'c Change, fresh: &[Fresh<'_>]) -> Result<Self, Undecided> {
        let mut survey = Self {
            change,
            known: BTreeSet::new(),
            declared: BTreeMap::new(),
            read: BTreeMap::new(),
            samples: Vec::new(),
            told: BTreeSet::new(),
            packages: BTreeSet::new(),
        };
        let wanted: BTreeSet<&str> =
            fresh.iter().flat_map(|file| &file.reads).map(|read| read.name.as_str()).collect();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        let finder = AhoCorasick::new(&wanted).expect("a few short names make an automaton");
        let mut declaring = 0;
        for (count, (path, entry)) in change.head.entries().enumerate() {
            if is_manifest(path) {
                survey.packages.insert(path.dir());
            }
            if !is_searched(path, entry) {
                continue;
            }
            if count > MAX_FILES {
                return Err(Undecided::new(format!(
                    "over {MAX_FILES} files are not searched for names of variables"
                )));
            }
            if matches!(entry.content, Content::NotLoaded | Content::Missing(_)) {
                let why = "could not be had, so that it is not known whether it declares a variable";
                return Err(Undecided::new(why).at(path));
            }
            // What is binary or in a foreign encoding names no variable that a person would find.
            let Ok(Some(text)) = change.head.text(path) else { continue };
            if change.files.on(Side::Head, path).is_none() {
                let known = fresh::mentioned(&finder, &wanted, text).into_iter();
                survey.known.extend(known.map(str::to_owned));
            }
            survey.take(path, text, &mut declaring);
        }
        Ok(survey)
    }

    fn take(&mut self, path: &'c RepoPath, text: &str, declaring: &mut usize) {
        if flow::language(path).is_some() && reads::may_read(text) && fresh::is_product(path) {
            for found in READ.captures_iter(text) {
                let places = self.read.entry(found[1].to_owned()).or_default();
                if places.last() != Some(&path) {
                    places.push(path);
                }
            }
        }
        if matches!(path.extension(), "md" | "mdx" | "rst" | "adoc" | "txt") {
            let names = TOLD.captures_iter(text).filter_map(|c| c.get(1).or(c.get(2)));
            self.told.extend(names.map(|name| name.as_str().to_owned()));
        }
        if !may_declare(path, text) || *declaring > MAX_DECLARING {
            return;
        }
        *declaring += text.len();
        let names = declared::names(path, text);
        for name in &names {
            self.declared.entry(name.clone()).or_default().push(path);
        }
        if declared::is_sample(path) && names.len() >= MIN_DECLARED {
            self.samples.push((path, names));
        }
    }

    /// Whether any file but those that begin to read the name knows it.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.known.contains(name) || self.declared.contains_key(name)
    }

    /// The one name of the same package that the new one is likely meant to be.
    pub(super) fn meant(&self, file: &Fresh<'_>, new: &str) -> Option<Meant> {
        if self.declared.len() < MIN_DECLARED {
            return None;
        }
        let mut found: BTreeMap<&str, Meant> = BTreeMap::new();
        let declared = self.declared.iter().map(|(name, places)| (name, places, true));
        let read = self.read.iter().map(|(name, places)| (name, places, false));
        for (name, places, declares) in declared.chain(read) {
            let Some(how) = names::likeness(new, name) else { continue };
            // Two that one file reads side by side are two.
            if file.all.reads(name) {
                return None;
            }
            let at = places.iter().find(|at| {
                **at != file.path && self.shares_package(at, file.path) && (declares || self.reads(at, name))
            });
            if let Some(at) = at {
                let meant = Meant { name: name.clone(), how, at: (*at).clone(), declares };
                found.entry(name).or_insert(meant);
            }
        }
        let mut found = found.into_values();
        let one = found.next()?;
        found.next().is_none().then_some(one)
    }

    /// Whether the file really reads the name, and did so at base.
    fn reads(&self, path: &RepoPath, name: &str) -> bool {
        let reads = |side: Side, path: &RepoPath| {
            let text = self.change.text(side, path).ok().flatten();
            let language = flow::language(path);
            language
                .zip(text)
                .is_some_and(|(language, text)| reads::read(language, text).is_ok_and(|r| r.reads(name)))
        };
        let before = match self.change.files.on(Side::Head, path) {
            Some(file) => file.base.as_ref().is_some_and(|base| reads(Side::Base, base)),
            None => true,
        };
        before && reads(Side::Head, path)
    }

    /// Whether what stands at one place speaks for the package of the other: no package lies around it that does not
    /// lie around the other too.
    fn shares_package(&self, at: &RepoPath, other: &RepoPath) -> bool {
        let package = self.package(at.dir());
        package.is_empty() || other.as_str().starts_with(&format!("{package}/"))
    }

    fn package<'d>(&self, dir: &'d str) -> &'d str {
        let mut dir = dir;
        while !dir.is_empty() && !self.packages.contains(dir) {
            dir = dir.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        dir
    }

    /// The sample that is to list the variables of a file: the nearest above it, if it is kept up.
    pub(super) fn sample(&self, path: &RepoPath) -> Option<&'c RepoPath> {
        let governs = |dir: &str| dir.is_empty() || path.as_str().starts_with(&format!("{dir}/"));
        let above = self.samples.iter().filter(|(sample, _)| governs(sample.dir()));
        let (sample, _) = above.max_by_key(|(sample, _)| sample.dir().len())?;
        self.is_kept_up(sample).then_some(sample)
    }

    /// Whether nearly all that the code below the sample reads is declared or told somewhere.
    fn is_kept_up(&self, sample: &RepoPath) -> bool {
        let dir = sample.dir();
        let below = |path: &&RepoPath| dir.is_empty() || path.as_str().starts_with(&format!("{dir}/"));
        // What only changed files read may be new with this change.
        let settled = |path: &&RepoPath| self.change.files.on(Side::Head, path).is_none();
        let read: Vec<&String> = self
            .read
            .iter()
            .filter(|(name, places)| {
                !names::is_set_by_others(name) && places.iter().any(|p| below(p) && settled(p))
            })
            .map(|(name, _)| name)
            .collect();
        let listed = read
            .iter()
            .filter(|name| self.declared.contains_key(**name) || self.told.contains(**name))
            .count();
        read.len() >= MIN_READ && listed * KEPT_UP.1 >= read.len() * KEPT_UP.0
    }
}

fn is_manifest(path: &RepoPath) -> bool {
    matches!(
        path.name(),
        "package.json"
            | "pyproject.toml"
            | "go.mod"
            | "Cargo.toml"
            | "Gemfile"
            | "requirements.txt"
            | "composer.json"
            | "deno.json"
    )
}

/// Whether a file is worth being read for declarations: a known form that speaks of the environment, outside of tests.
fn may_declare(path: &RepoPath, text: &str) -> bool {
    const DATA: [&str; 12] = [
        "package.json",
        "vercel.json",
        "now.json",
        "turbo.json",
        "app.json",
        "devcontainer.json",
        "wrangler.json",
        "wrangler.jsonc",
        "serverless.json",
        "nx.json",
        "manifest.json",
        "deno.json",
    ];
    let folders = path.dir().to_lowercase();
    let test = folders.split('/').any(|part| {
        matches!(
            part,
            "test"
                | "tests"
                | "__tests__"
                | "spec"
                | "fixtures"
                | "testdata"
                | "examples"
                | "example"
                | "e2e"
        )
    });
    let data = match path.extension() {
        "json" | "jsonc" => DATA.contains(&path.name()),
        "toml" => !matches!(path.name(), "Cargo.toml" | "pyproject.toml"),
        "yml" | "yaml" => ["env", "ENV", "variables", "secrets"].iter().any(|word| text.contains(word)),
        "js" | "ts" | "mjs" | "mts" | "cjs" | "cts" | "py" => !fresh_test(path),
        _ => true,
    };
    !test && data
}

fn fresh_test(path: &RepoPath) -> bool {
    !path.as_str().ends_with(".d.ts") && crate::checks::product::kind(path).is_some()
}
