//! Jest: `jest.config.*`, the `jest` key of `package.json`, and the flags of scripts.

mod selected;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::flags::{self, Run, Wraps};
use super::loaded::Loading;
use super::settings::{figures, globs, regexes, text, texts, truth};
use super::survey::{Package, Survey, below, place, relative};
use super::{Collects, Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::read::glob::{Dialect, Glob, keeps};
use crate::read::javascript::{self, ROOT, World};
use crate::read::json::{self, Object, Value};
use crate::undecided::Undecided;

pub(in crate::read) use selected::selected;
pub(in crate::read) use settings::settings;

const NAMES: [&str; 8] = [
    "jest.config.ts",
    "jest.config.mts",
    "jest.config.cts",
    "jest.config.js",
    "jest.config.mjs",
    "jest.config.cjs",
    "jest.config.json",
    "jest.json",
];
const EXTENSIONS: [&str; 8] = ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"];
const TEST_MATCH: [&str; 2] = ["**/__tests__/**/*.?([mc])[jt]s?(x)", "**/?(*.)+(spec|test).?([mc])[jt]s?(x)"];

pub(super) const NEEDS: &[&str] = &[
    "**/jest{.,-,_}*.{js,cjs,mjs,ts,mts,cts,json}",
    "**/*.jest.{js,cjs,mjs,ts,mts,cts,json}",
    "**/jest/{index,base,config,shared,jest-preset}.{js,cjs,mjs,ts,mts,cts,json}",
    "**/jest-preset.{js,cjs,mjs,json}",
    "**/jest/*.{js,cjs,mjs,ts,mts,cts,json}",
    "*.{js,cjs,mjs,ts,mts,cts}",
    "**/{base,*cov*,*conf*,*jest*}.json",
    "**/{config,configs,.config}/*.{js,cjs,mjs,ts,mts,cts,json}",
    "**/{ci,.ci,scripts,tools,build,etc}/*.json",
];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let (mut found, mut members) = (Vec::new(), BTreeSet::new());
    for package in survey.packages.iter() {
        let runs = survey.starts(&package.dir, "jest");
        let measures =
            |run: &&Run| run.words.iter().any(|w| w.starts_with("--coverage") || w.starts_with("--collect"));
        let covering: Vec<Run> = runs.iter().filter(measures).cloned().collect();
        let mut runs: Vec<Run> =
            if covering.is_empty() { runs.into_iter().take(1).collect() } else { covering };
        let own = survey.first(&package.dir, &NAMES[..7]).is_some()
            || package.manifest.as_ref().is_ok_and(|m| m.get("jest").is_some());
        let alone = survey.packages.len() == 1 && package.dependency("jest").is_some();
        let unstarted = runs.is_empty();
        if unstarted && (own || alone) {
            runs.push(Run::bare(&package.path));
        }
        members.extend(runs.iter().flat_map(|run| members_of(survey, package, run)));
        found.extend(runs.iter().map(|run| (unstarted, scope(survey, package, run))));
        if unstarted {
            found
                .iter_mut()
                .rev()
                .take(runs.len())
                .for_each(|(_, scope)| scope.collects = Collects::Unstarted);
        }
    }
    let with_package: BTreeSet<&str> = survey.packages.iter().map(|p| p.dir.as_str()).collect();
    let lone =
        survey.files.iter().filter(|p| p.name().starts_with("jest.config.") && NAMES.contains(&p.name()));
    for path in lone.filter(|p| !with_package.contains(p.dir())) {
        let package =
            Package { dir: path.dir().to_owned(), path: (*path).clone(), manifest: Ok(Value::Null) };
        found.push((true, scope(survey, &package, &Run::bare(path))));
    }
    // A project of another configuration runs as a part of it, and by that one's patterns.
    let apart = |(unstarted, scope): &(bool, Scope)| {
        !(*unstarted && scope.config.first().is_some_and(|path| members.contains(path)))
    };
    found.into_iter().filter(apart).map(|(_, scope)| scope).collect()
}

/// The configurations of the projects that a run takes in.
fn members_of(survey: &Survey<'_>, package: &Package, run: &Run) -> Vec<RepoPath> {
    let flags = flags::flags(&run.words, &[], &[("c", "config")], Wraps::Nothing);
    let Ok(config) = config(survey, package, &flags) else { return Vec::new() };
    let Ok(root) = root(&config.value, &config.dir) else { return Vec::new() };
    let listed = texts(&config.value, "projects").unwrap_or_default().unwrap_or_default();
    let named = listed.iter().map(|named| rootless(named));
    let places = named.flat_map(|named| project_places(survey, &root, named).unwrap_or_default());
    places.filter(|path| config.at.first() != Some(path)).collect()
}

/// A place of `projects`, seen from the root of its configuration.
fn rootless(named: &str) -> &str {
    named.strip_prefix("<rootDir>").map_or(named, |rest| rest.trim_start_matches('/'))
}

/// The flags that take all words up to the next flag.
const LISTS: [&str; 11] = [
    "coveragePathIgnorePatterns",
    "forceCoverageMatch",
    "modulePathIgnorePatterns",
    "moduleFileExtensions",
    "projects",
    "roots",
    "setupFiles",
    "setupFilesAfterEnv",
    "testMatch",
    "testPathIgnorePatterns",
    "testRegex",
];

/// A configuration with the folder that it speaks of.
struct Config {
    at: Vec<RepoPath>,
    dir: String,
    value: Value,
}

fn scope(survey: &Survey<'_>, package: &Package, run: &Run) -> Scope {
    const SWITCHES: [&str; 14] = [
        "coverage",
        "collectCoverage",
        "ci",
        "watch",
        "watchAll",
        "runInBand",
        "i",
        "verbose",
        "silent",
        "passWithNoTests",
        "detectOpenHandles",
        "forceExit",
        "noCache",
        "bail",
    ];
    let words = flags::repeated(&run.words, &LISTS);
    let flags = flags::flags(&words, &SWITCHES, &[("c", "config")], Wraps::Nothing);
    let config = match config(survey, package, &flags) {
        Ok(config) => config,
        Err(undecided) => {
            let at = undecided.path.iter().cloned().chain([run.at.clone()]).collect();
            return Scope::new("jest", &package.dir, at)
                .measured(Err(undecided.clone()))
                .gated(Err(undecided));
        }
    };
    let mut at = config.at.clone();
    if !at.contains(&run.at) {
        at.push(run.at.clone());
    }
    let gates = gates(&config.value);
    let keys = [
        "collectCoverage",
        "collectCoverageFrom",
        "coverageThreshold",
        "coveragePathIgnorePatterns",
        "coverageProvider",
        "coverageReporters",
        "coverageDirectory",
    ];
    let asked = run.words.iter().any(|w| w.starts_with("--coverage") || w.starts_with("--collect"));
    let measures = if asked { Ok(Some(true)) } else { truth(&config.value, "collectCoverage") };
    let collects = Collects::of(measures.map(Option::unwrap_or_default).ok());
    let configured = asked || keys.iter().any(|key| config.value.get(key).is_some());
    Scope::new("jest", &package.dir, at)
        .configured(configured)
        .collects(collects)
        .measured_or_loaded(measured(survey, &config))
        .gated(gates)
}

fn known(package: &str, name: &str) -> Option<Value> {
    let harmless =
        package.starts_with("ts-jest") || package.starts_with("@swc/") || package.starts_with("esbuild-");
    if harmless {
        // Their presets set transforms and extensions only.
        return Some(Value::Object(Object::default()));
    }
    let list = |items: &[&str]| Value::List(items.iter().map(|i| Value::Text((*i).to_owned())).collect());
    (package == "jest-config" && matches!(name, "defaults" | "default")).then(|| {
        let defaults = [
            ("coveragePathIgnorePatterns", list(&["/node_modules/"])),
            ("testPathIgnorePatterns", list(&["/node_modules/"])),
            ("moduleFileExtensions", list(&EXTENSIONS)),
            ("testMatch", list(&TEST_MATCH)),
        ];
        let defaults = Value::Object(defaults.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
        if name == "defaults" {
            defaults
        } else {
            Value::Object([("defaults".to_owned(), defaults)].into_iter().collect())
        }
    })
}

/// What a configuration file says, under its manifest key where it is a manifest.
fn load(survey: &Survey<'_>, path: &RepoPath) -> Result<Value, Undecided> {
    let value = javascript::config(World { tree: survey.tree, known: &known }, path)?.unwrap_or(Value::Null);
    if path.name() == "package.json" { Ok(value.get("jest").unwrap_or(Value::Null)) } else { Ok(value) }
}

/// Where the configuration of a folder stands: a file of its own before the manifest.
fn found(survey: &Survey<'_>, dir: &str) -> Option<RepoPath> {
    survey.first(dir, &NAMES[..7]).or_else(|| survey.first(dir, &["package.json"]))
}

fn config(survey: &Survey<'_>, package: &Package, flags: &Value) -> Result<Config, Undecided> {
    let named = text(flags, "config")?;
    let (mut at, value) = match named.as_deref() {
        Some(inline) if inline.trim_start().starts_with('{') => {
            (vec![package.path.clone()], json::parse(inline)?)
        }
        Some(named) => {
            let path: Option<RepoPath> = place(&package.dir, named).and_then(|path| path.parse().ok());
            let path = path.filter(|path| survey.tree.contains(path));
            let path = path.ok_or_else(|| {
                Undecided::new(format!(
                    "starts Jest with the configuration {named:?}, which is not in the repository"
                ))
                .at(&package.path)
            })?;
            (vec![path.clone()], load(survey, &path)?)
        }
        None => match found(survey, &package.dir) {
            Some(path) => (vec![path.clone()], load(survey, &path)?),
            None => (vec![package.path.clone()], Value::Null),
        },
    };
    // The `jest` key of a manifest may name the file.
    let value = match value {
        Value::Text(path) => {
            let path = RepoPath::join(&package.dir, &path).map_err(|e| Undecided::new(e.to_string()))?;
            at.insert(0, path.clone());
            load(survey, &path)?
        }
        value => value,
    };
    let inline = named.is_some_and(|n| n.trim_start().starts_with('{'));
    let dir = if inline { package.dir.clone() } else { at[0].dir().to_owned() };
    let value = with_preset(survey, &dir, value)?;
    Ok(Config { at, dir, value: with_flags(value, flags) })
}

/// A preset of the repository lies under the configuration; those of packages set no coverage keys.
fn with_preset(survey: &Survey<'_>, dir: &str, value: Value) -> Result<Value, Undecided> {
    let preset = value.get("preset").and_then(|p| p.as_text().map(str::to_owned)).unwrap_or_default();
    let local = preset.strip_prefix("<rootDir>/").unwrap_or(&preset);
    if !(preset.starts_with('.') || preset.starts_with("<rootDir>")) {
        return Ok(value);
    }
    let folder = place(dir, local).unwrap_or_default();
    // Resolved as a module is: the file itself, with an ending, or the index of a folder.
    let endings = ["", ".json", ".js", ".cjs", ".mjs"];
    let files = endings.iter().map(|ending| format!("{folder}{ending}"));
    let indexes = endings[1..].iter().map(|ending| format!("{folder}/index{ending}"));
    let mut found =
        files.chain(indexes).filter_map(|path| path.trim_start_matches('/').parse::<RepoPath>().ok());
    let Some(path) = found.find(|path| survey.tree.contains(path)) else {
        return Err(Undecided::new(format!("names the preset {preset:?}, which is not in the repository")));
    };
    let below = load(survey, &path)?;
    let mut object = Object::default();
    object.spread(below.clone());
    object.spread(value.clone());
    for key in ["modulePathIgnorePatterns", "setupFiles", "setupFilesAfterEnv"] {
        if let (Some(Value::List(mut first)), Some(Value::List(second))) = (below.get(key), value.get(key)) {
            first.extend(second);
            object.set(key, Value::List(first));
        }
    }
    Ok(Value::Object(object))
}

fn with_flags(value: Value, flags: &Value) -> Value {
    const SCOPING: [&str; 11] = [
        "collectCoverageFrom",
        "coveragePathIgnorePatterns",
        "rootDir",
        "roots",
        "projects",
        "testMatch",
        "testRegex",
        "testPathIgnorePatterns",
        "modulePathIgnorePatterns",
        "moduleFileExtensions",
        "forceCoverageMatch",
    ];
    let mut object = Object::default();
    object.spread(value);
    for key in SCOPING {
        if let Some(set) = flags.get(key) {
            object.set(key, set);
        }
    }
    if let Some(Ok(gates)) = flags.get("coverageThreshold").and_then(|v| v.as_text().map(json::parse)) {
        object.set("coverageThreshold", gates);
    }
    Value::Object(object)
}

fn gates(value: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    value
        .get("coverageThreshold")
        .map_or_else(|| Ok(BTreeMap::new()), |gates| figures(&gates, "coverageThreshold"))
}

type Measured = Result<(Mode, BTreeSet<RepoPath>, Vec<Loading>), Undecided>;

fn measured(survey: &Survey<'_>, config: &Config) -> Measured {
    let root = root(&config.value, &config.dir)?;
    let collect = match texts(&config.value, "collectCoverageFrom")? {
        // The flag may hold a list as JSON; a pattern of a file may start with a class.
        Some(patterns) if patterns.len() == 1 && patterns[0].starts_with('[') => {
            json::parse(&patterns[0]).ok().and_then(|list| list.texts().ok()).unwrap_or(patterns)
        }
        patterns => patterns.unwrap_or_default(),
    };
    let seen_from_root = |pattern: &String| {
        let (bang, body) = pattern.strip_prefix('!').map_or(("", pattern.as_str()), |body| ("!", body));
        let rooted = body.strip_prefix(ROOT).map(|rest| rest.trim_start_matches('/'));
        let rooted = rooted.map(|rest| below(&root, rest).unwrap_or(rest));
        format!("{bang}{}", rooted.unwrap_or_else(|| body.strip_prefix("<rootDir>/").unwrap_or(body)))
    };
    let patterns = globs(&collect.iter().map(seen_from_root).collect::<Vec<_>>(), Dialect::Picomatch)?;
    let (mut files, mut all) = (BTreeSet::new(), Vec::new());
    let wanted = |path: &RepoPath| patterns.is_empty() || keeps(&patterns, &relative(&root, path.as_str()));
    for project in projects(survey, config, &root)? {
        // Jest's map of the project limits where it looks for tests and for files that none loads, not what they load.
        let loadable = survey.under(&root).filter(|_| patterns.is_empty());
        files.extend(loadable.filter(|path| project.is_code(path) && project.measures(path)).cloned());
        let held = project.files(survey);
        let measured =
            held.filter(|path| (wanted(path) || project.forces_test(path)) && project.measures(path));
        files.extend(measured.cloned());
        // Without patterns all that is loaded counts, and nothing has to be followed. No wildcard leads out of the root,
        // and an exclamation mark only takes away, unless all of the patterns have one.
        let out = |pattern: &String| pattern.contains("..") || pattern.starts_with("!(");
        let takes = |pattern: &String| pattern.starts_with('!');
        let beyond = collect.iter().any(out) || collect.iter().all(takes) || !project.forced.is_empty();
        let from = if beyond { "" } else { root.as_str() };
        let candidates = survey.under(from).filter(|path| !patterns.is_empty() && project.is_code(path));
        let loadable = candidates.filter(|path| !files.contains(*path));
        let loadable =
            loadable.filter(|path| (wanted(path) || project.forces(path)) && project.measures(path));
        let tests = || project.files(survey).filter(|path| project.is_test(path)).cloned().collect();
        all.push(Loading::beyond(&files, loadable.cloned(), tests));
    }
    Ok((if patterns.is_empty() { Mode::Loaded } else { Mode::Matching }, files, all))
}

fn root(value: &Value, dir: &str) -> Result<String, Undecided> {
    let Some(named) = text(value, "rootDir")? else { return Ok(dir.to_owned()) };
    place(dir, rootless(&named))
        .ok_or_else(|| Undecided::new(format!("`rootDir` {named:?} is outside of the repository")))
}

fn projects(survey: &Survey<'_>, config: &Config, root: &str) -> Result<Vec<Project>, Undecided> {
    let listed = match config.value.get("projects") {
        None => return Ok(vec![Project::new(&config.value, root)?]),
        Some(Value::List(listed)) => listed,
        Some(one @ (Value::Text(_) | Value::Object(_))) => vec![one],
        Some(other) => {
            let expression = other.texts().err().unwrap_or_default();
            return Err(super::settings::untold("projects", &expression));
        }
    };
    let mut projects = Vec::new();
    for item in listed {
        match item {
            Value::Object(_) => projects
                .push(Project::new(&with_preset(survey, root, item.clone())?, &self::root(&item, root)?)?),
            Value::Text(named) => {
                for path in project_places(survey, root, rootless(&named))? {
                    let value = load(survey, &path)?;
                    let value = with_preset(survey, path.dir(), value)?;
                    projects.push(Project::new(&value, &self::root(&value, path.dir())?)?);
                }
            }
            other => drop(other.texts().map_err(|e| super::settings::untold("projects", &e))?),
        }
    }
    Ok(projects)
}

/// The configurations that an entry of `projects` names: a file, a folder, or a pattern of either.
fn project_places(survey: &Survey<'_>, root: &str, named: &str) -> Result<Vec<RepoPath>, Undecided> {
    let Some(place) = place(root, named) else { return Ok(Vec::new()) };
    if let Some(path) = place.parse().ok().filter(|path| survey.tree.contains(path)) {
        return Ok(vec![path]);
    }
    if let Some(path) = found(survey, &place) {
        return Ok(vec![path]);
    }
    let glob = Glob::new(&place, Dialect::Picomatch)?;
    let configs =
        survey.files.iter().filter(|path| NAMES[..7].contains(&path.name()) || path.name() == "package.json");
    let places = configs.filter(|path| glob.is_match(path.dir()) || glob.is_match(path.as_str()));
    let places: BTreeSet<RepoPath> = places
        .filter_map(|path| {
            if glob.is_match(path.as_str()) { Some((*path).clone()) } else { found(survey, path.dir()) }
        })
        .collect();
    Ok(places.into_iter().collect())
}

/// What a project decides of each file.
struct Project {
    roots: Vec<String>,
    extensions: Vec<String>,
    ignored: Vec<Regex>,
    no_modules: Vec<Regex>,
    tests: Vec<Glob>,
    tests_by_regex: Vec<Regex>,
    no_tests: Vec<Regex>,
    forced: Vec<Glob>,
    setup: BTreeSet<String>,
}

impl Project {
    fn new(value: &Value, root: &str) -> Result<Self, Undecided> {
        let absolute = format!("{ROOT}/{root}");
        let absolute = absolute.trim_end_matches('/');
        let rooted = |texts: Vec<String>| -> Vec<String> {
            texts.iter().map(|t| t.replace("<rootDir>", absolute)).collect()
        };
        let list = |key: &str, default: &[&str]| -> Result<Vec<String>, Undecided> {
            let texts = texts(value, key)?;
            Ok(rooted(texts.unwrap_or_else(|| default.iter().map(|d| (*d).to_owned()).collect())))
        };
        // Which files are tests or set them up matters little: what can't be told of them is left out.
        let lenient = |key: &str, default: &[&str]| list(key, default).unwrap_or_default();
        let by_regex = lenient("testRegex", &[]);
        let matching = if by_regex.is_empty() { lenient("testMatch", &TEST_MATCH) } else { Vec::new() };
        let folder = |named: &String| place(root, &named.replace("<rootDir>", absolute));
        let roots = list("roots", &["<rootDir>"])?.iter().filter_map(folder).collect();
        let setup = ["setupFiles", "setupFilesAfterEnv", "globalSetup", "globalTeardown"];
        let setup = setup.iter().flat_map(|key| lenient(key, &[])).filter_map(|named| place(root, &named));
        Ok(Self {
            roots,
            extensions: lenient("moduleFileExtensions", &EXTENSIONS),
            ignored: regexes(&list("coveragePathIgnorePatterns", &["/node_modules/"])?)?,
            no_modules: regexes(&list("modulePathIgnorePatterns", &[])?)?,
            tests: globs(&matching, Dialect::Picomatch)?,
            tests_by_regex: regexes(&by_regex)?,
            no_tests: regexes(&lenient("testPathIgnorePatterns", &["/node_modules/"]))?,
            forced: globs(&lenient("forceCoverageMatch", &[]), Dialect::Picomatch)?,
            setup: setup.collect(),
        })
    }

    /// The files that Jest's own map of the project holds.
    fn files<'s>(&'s self, survey: &'s Survey<'_>) -> impl Iterator<Item = &'s RepoPath> {
        let files = self.roots.iter().flat_map(|root| survey.under(root));
        files.filter(|path| {
            self.is_code(path) && !self.no_modules.iter().any(|r| r.is_match(&format!("{ROOT}/{path}")))
        })
    }

    fn is_code(&self, path: &RepoPath) -> bool {
        self.extensions.iter().any(|extension| extension == path.extension())
    }

    fn is_test(&self, path: &RepoPath) -> bool {
        let absolute = format!("{ROOT}/{path}");
        let any = |regexes: &[Regex]| regexes.iter().any(|regex| regex.is_match(&absolute));
        (any(&self.tests_by_regex) || keeps(&self.tests, &absolute)) && !any(&self.no_tests)
    }

    fn forces(&self, path: &RepoPath) -> bool {
        !self.forced.is_empty() && keeps(&self.forced, &format!("{ROOT}/{path}"))
    }

    /// Whether `forceCoverageMatch` brings in a test, which is always loaded, whatever `collectCoverageFrom` says.
    fn forces_test(&self, path: &RepoPath) -> bool {
        self.forces(path) && self.is_test(path)
    }

    fn measures(&self, path: &RepoPath) -> bool {
        let absolute = format!("{ROOT}/{path}");
        let any = |regexes: &[Regex]| regexes.iter().any(|regex| regex.is_match(&absolute));
        if self.forces(path) {
            return true;
        }
        !self.is_test(path)
            && !any(&self.ignored)
            && !self.setup.contains(path.as_str())
            && !absolute.contains("/__mocks__/")
            && path.extension() != "json"
    }
}
