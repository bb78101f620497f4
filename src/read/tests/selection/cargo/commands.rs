//! What each command that starts `cargo test` or cargo-nextest runs: its packages, targets and names.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{Package, join, packages, strings};
use crate::ids::RepoPath;
use crate::ids::folder::{ancestors, below};
use crate::read::coverage::starts::{Options, Until};
use crate::read::coverage::survey::{Survey, place};
use crate::read::tests::Test;
use crate::read::tests::selection::filter::{Asked, Expression, Filter};
use crate::read::tests::selection::launch::{Launch, is_open};
use crate::read::tests::selection::{Selected, nextest};
use crate::undecided::Undecided;

const VALUED: [&str; 34] = [
    "C",
    "E",
    "F",
    "P",
    "Z",
    "bench",
    "bin",
    "color",
    "config",
    "config-file",
    "example",
    "exclude",
    "failure-output",
    "features",
    "filter-expr",
    "filterset",
    "j",
    "jobs",
    "manifest-path",
    "max-fail",
    "message-format",
    "output-path",
    "p",
    "package",
    "partition",
    "profile",
    "retries",
    "run-ignored",
    "success-output",
    "target",
    "target-dir",
    "test",
    "test-threads",
    "timings",
];
const TARGETS: [&str; 6] = ["lib", "bins", "tests", "examples", "benches", "all-targets"];

/// What cargo runs by a command.
enum Way {
    Test,
    Nextest,
    /// Other tools run the tests too: all of what they are given.
    Whole,
}

/// What each command runs.
pub(in crate::read::tests::selection) fn commanded(
    survey: &Survey<'_>,
    launches: &[Launch<'_>],
) -> Vec<Selected> {
    let mut found = Vec::new();
    let mut all = None;
    for launch in launches {
        let words = match (launch.behind(&["cargo"]), launch.behind(&["cargo-nextest"])) {
            (Some(words), _) => words,
            (_, Some(words)) => words,
            _ => continue,
        };
        let words: Vec<String> = words.iter().filter(|word| !word.starts_with('+')).cloned().collect();
        let named = words.iter().position(|word| !word.starts_with('-'));
        let Some((at, verb)) = named.and_then(|at| Some((at, words.get(at)?))) else { continue };
        let second = words.get(at + 1).map(String::as_str);
        let (way, from) = match (verb.as_str(), second) {
            ("test" | "t", _) => (Way::Test, at + 1),
            ("nextest", Some("run" | "r")) | ("llvm-cov", Some("nextest")) => (Way::Nextest, at + 2),
            ("run" | "r", _) if launch.behind(&["cargo-nextest"]).is_some() => (Way::Nextest, at + 1),
            ("llvm-cov" | "tarpaulin" | "hack" | "careful" | "mutants" | "all-features", _) => {
                (Way::Whole, words.len())
            }
            _ => continue,
        };
        let words = &words[from..];
        if words.iter().any(|word| matches!(word.as_str(), "--no-run" | "--list" | "--help")) {
            continue;
        }
        let all = all.get_or_insert_with(|| packages(survey));
        found.push(launch.starts(of_command(survey, all, launch.dir, &way, words)));
    }
    found
}

fn of_command(survey: &Survey<'_>, all: &[Package], dir: &str, way: &Way, words: &[String]) -> Selected {
    let options = Options::read(words, &VALUED, Until::End);
    let manifest = options.value("manifest-path").and_then(|at| place(dir, at));
    let dir = manifest
        .map_or_else(|| dir.to_owned(), |at| at.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned());
    let mut selected = Selected::new(if matches!(way, Way::Nextest) { "nextest" } else { "cargo" }, "");
    let choosing = ["p", "package", "exclude", "test", "E", "filter-expr", "filterset", "manifest-path"];
    let chosen = choosing.iter().flat_map(|name| options.values(name));
    selected.open = options.rest.iter().map(String::as_str).chain(chosen).any(is_open);
    let of = |names: [&'static str; 2]| -> Vec<&str> {
        names.iter().flat_map(|name| options.values(name)).collect()
    };
    let excluded = of(["exclude", "exclude"]);
    for package in taken(survey, all, &dir, &options, &of(["p", "package"])) {
        let name = package.name();
        if excluded.iter().any(|named| fits(named, &name)) {
            continue;
        }
        selected.config.push(package.at.clone());
        selected.files.extend(files(survey, all, package, &options));
    }
    // The names stand before and behind `--`, which has the harness's own options behind it.
    let behind = words.iter().position(|word| word == "--").map_or(&[][..], |at| &words[at + 1..]);
    let harness = Options::read(behind, &["skip", "test-threads", "color", "format", "Z"], Until::End);
    let exact = harness.on("exact");
    selected.open |= behind.iter().any(|word| is_open(word));
    let word = |name: &str| format!("test{}{name}", if exact { '=' } else { '~' });
    let only: Vec<Expression> =
        options.rest.iter().chain(&harness.rest).map(|name| Expression::Word(word(name))).collect();
    let mut asked: Vec<Expression> =
        harness.values("skip").map(|name| Expression::Not(Box::new(Expression::Word(word(name))))).collect();
    asked.extend((!only.is_empty()).then_some(Expression::Or(only)));
    if matches!(way, Way::Nextest) {
        let mut texts: Vec<String> = ["E", "filter-expr", "filterset"]
            .iter()
            .flat_map(|name| options.values(name))
            .map(str::to_owned)
            .collect();
        if !options.on("ignore-default-filter")
            && let Some((path, text)) =
                default_filter(survey, &dir, options.value("profile").or(options.value("P")))
        {
            selected.config.insert(0, path);
            asked.extend(read(&text, &mut selected));
        }
        let either: Vec<Expression> = texts.drain(..).filter_map(|text| read(&text, &mut selected)).collect();
        asked.extend((!either.is_empty()).then_some(Expression::Or(either)));
    }
    if !asked.is_empty() {
        selected.filter =
            Filter::Asked(Box::new(Asked { expression: Expression::And(asked), holds: nextest::holds }));
    }
    selected
}

fn read(text: &str, selected: &mut Selected) -> Option<Expression> {
    let read = nextest::read(text);
    if read.is_none() {
        let why = format!("selects tests by {text:?}, which is not read");
        selected.undecided = Some(match selected.config.first() {
            Some(path) => Undecided::new(why).at(path),
            None => Undecided::new(why),
        });
    }
    read
}

/// `default-filter` of the nearest `.config/nextest.toml`.
fn default_filter(survey: &Survey<'_>, dir: &str, profile: Option<&str>) -> Option<(RepoPath, String)> {
    let path = ancestors(dir).find_map(|dir| survey.first(dir, &[".config/nextest.toml"]))?;
    let table: Table = toml::from_str(survey.tree.text(&path).ok()??).ok()?;
    let profiles = table.get("profile")?;
    let of = |name: &str| profiles.get(name)?.get("default-filter")?.as_str().map(str::to_owned);
    let text = of(profile.unwrap_or("default")).or_else(|| of("default"))?;
    Some((path, text))
}

/// The packages that the command takes.
fn taken<'p>(
    survey: &Survey<'_>,
    all: &'p [Package],
    dir: &str,
    options: &Options,
    named: &[&str],
) -> Vec<&'p Package> {
    if !named.is_empty() {
        return all.iter().filter(|package| named.iter().any(|named| fits(named, &package.name()))).collect();
    }
    let Some(home) = ancestors(dir).find_map(|dir| survey.first(dir, &["Cargo.toml"])) else {
        return Vec::new();
    };
    let table: Table =
        survey.tree.text(&home).ok().flatten().and_then(|text| toml::from_str(text).ok()).unwrap_or_default();
    let workspace = table.get("workspace");
    let inside = |package: &&Package| package.dir == home.dir() || below(home.dir(), &package.dir).is_some();
    if options.on("workspace") || options.on("all") {
        // A command in a member's folder reaches the whole workspace.
        return if workspace.is_some() { all.iter().filter(inside).collect() } else { all.iter().collect() };
    }
    let defaults = strings(workspace.and_then(|w| w.get("default-members")));
    let is_default = |package: &&Package| {
        defaults.iter().any(|named| {
            let front = named.split('*').next().unwrap_or_default().trim_end_matches('/');
            let at = place(home.dir(), front).unwrap_or_default();
            package.dir == at || named.contains('*') && below(&at, &package.dir).is_some()
        })
    };
    match workspace {
        Some(_) if !defaults.is_empty() => all.iter().filter(is_default).collect(),
        Some(_) if !table.contains_key("package") => all.iter().filter(inside).collect(),
        _ => all.iter().filter(|package| package.dir == home.dir()).collect(),
    }
}

/// Whether a package is meant: a name, a version behind `@`, a pattern with `*`.
fn fits(named: &str, package: &str) -> bool {
    let named = named.split('@').next().unwrap_or(named);
    match named.split_once('*') {
        Some((front, back)) => package.starts_with(front) && package.ends_with(back),
        None => named == package,
    }
}

/// The files of the targets that the command takes of a package.
fn files(survey: &Survey<'_>, all: &[Package], package: &Package, options: &Options) -> BTreeSet<RepoPath> {
    let chosen = TARGETS.iter().any(|name| options.on(name))
        || ["test", "bin", "example", "bench"].iter().any(|name| options.has(name));
    if options.on("doc") && !chosen {
        return BTreeSet::new();
    }
    let (source, tests) = (join(&package.dir, "src"), join(&package.dir, "tests"));
    let wanted = |root: &RepoPath| {
        let stem = match root.name() {
            "main.rs" => root.dir().rsplit('/').next().unwrap_or_default().to_owned(),
            name => name.trim_end_matches(".rs").to_owned(),
        };
        let of_tests = below(&tests, root.as_str()).is_some();
        !chosen
            || options.on("all-targets")
            || of_tests && (options.on("tests") || options.values("test").any(|named| fits(named, &stem)))
            || !of_tests
                && (options.on("lib") || options.on("bins") || options.has("bin") || options.on("tests"))
    };
    let nested = |path: &RepoPath| {
        all.iter().any(|other| {
            below(&package.dir, &other.dir).is_some()
                && other.dir != package.dir
                && below(&other.dir, path.as_str()).is_some()
        })
    };
    let mut found = BTreeSet::new();
    for target in package.targets(survey).iter().filter(|target| target.is_tested && wanted(&target.root)) {
        let folder = match target.root.name() {
            "lib.rs" | "main.rs" => target.root.dir(),
            _ if below(&source, target.root.as_str()).is_some() => source.as_str(),
            _ => "\0",
        };
        let inside = survey.under(folder).filter(|path| path.extension() == "rs" && !nested(path));
        found.extend(inside.cloned());
        found.insert(target.root.clone());
    }
    found
}

impl Package {
    fn name(&self) -> String {
        let name = self.manifest.get("package").and_then(|p| p.get("name")).and_then(Value::as_str);
        name.unwrap_or_default().to_owned()
    }
}

/// Cargo's name for a test: the modules that its path tells, and those in the file.
pub(in crate::read::tests::selection) fn full_name(test: &Test) -> String {
    let path = test.path.as_str();
    let inner = path.rsplit_once("src/").map(|(_, inner)| inner.trim_end_matches(".rs")).unwrap_or_default();
    let parts = inner.split('/').filter(|part| !matches!(*part, "" | "lib" | "main" | "mod" | "bin"));
    let names = test.name.iter().map(String::as_str);
    parts.chain(names).collect::<Vec<_>>().join("::")
}
