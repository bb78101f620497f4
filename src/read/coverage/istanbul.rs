//! c8 and nyc, and the rules of inclusion that they share with Vitest up to 3 (`test-exclude`).

use std::collections::{BTreeMap, BTreeSet};

use super::flags::{self, Run, Wraps};
use super::loaded::Loading;
use super::settings::{globs, text, texts, truth};
use super::survey::{Package, Survey, below, place, read};
use super::{Collects, Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::{self, ROOT, World};
use crate::read::json::{Object, Value};
use crate::undecided::Undecided;

const EXTENSIONS: [&str; 6] = [".js", ".cjs", ".mjs", ".ts", ".tsx", ".jsx"];
/// Configurations that extend each other are followed this far.
const MAX_EXTENDS: usize = 10;
const TEST_EXTENSIONS: &str = "js,cjs,mjs,ts,tsx,jsx";

fn default_exclude() -> Vec<String> {
    let fixed = [
        "coverage/**",
        "packages/*/test{,s}/**",
        "**/*.d.ts",
        "test{,s}/**",
        "**/__tests__/**",
        "**/{ava,babel,nyc}.config.{js,cjs,mjs}",
        "**/jest.config.{js,cjs,mjs,ts}",
        "**/{karma,rollup,webpack}.config.js",
        "**/.{eslint,mocha}rc.{js,cjs}",
    ];
    let tests =
        [format!("test{{,-*}}.{{{TEST_EXTENSIONS}}}"), format!("**/*{{.,-}}test.{{{TEST_EXTENSIONS}}}")];
    fixed.into_iter().map(str::to_owned).chain(tests).collect()
}

/// What `test-exclude` includes.
pub(super) struct Rules {
    include: Option<Vec<Glob>>,
    exclude: Vec<Glob>,
    /// What the walk over untested files passes over; nothing where something is rescued.
    ignored: Vec<Glob>,
    /// The same for patterns that are absolute paths.
    ignored_at: Vec<Glob>,
    rescued: Vec<Glob>,
    extensions: Vec<String>,
}

impl Rules {
    pub(super) fn new(
        include: &[String],
        exclude: &[String],
        extensions: Vec<String>,
        node_modules: bool,
    ) -> Result<Self, Undecided> {
        let split = |patterns: Vec<String>| -> (Vec<String>, Vec<String>) {
            patterns.into_iter().partition(|pattern| !pattern.starts_with('!'))
        };
        let bare =
            |patterns: Vec<String>| -> Vec<String> { patterns.iter().map(|p| p[1..].to_owned()).collect() };
        let mut exclude = exclude.to_vec();
        if node_modules {
            exclude.push("**/node_modules/**".to_owned());
        }
        let mut exclude = prepared(&exclude);
        let included = (!include.is_empty()).then(|| split(prepared(include)));
        if let Some((_, negated)) = &included {
            exclude.extend(prepared(&bare(negated.clone())));
        }
        let (exclude, negated) = split(exclude);
        let rescued = prepared(&bare(negated));
        let none = Vec::new();
        let ignored = if rescued.is_empty() { &exclude } else { &none };
        let (ignored_at, ignored): (Vec<&String>, Vec<&String>) =
            ignored.iter().partition(|pattern| pattern.starts_with(ROOT));
        let ignored = globs(ignored, Dialect::GlobIgnore)?;
        let ignored_at = globs(ignored_at, Dialect::GlobIgnore)?;
        let minimatch = |patterns: &[String]| globs(patterns, Dialect::Minimatch);
        Ok(Self {
            include: included.map(|(include, _)| minimatch(&include)).transpose()?,
            exclude: minimatch(&exclude)?,
            ignored,
            ignored_at,
            rescued: minimatch(&rescued)?,
            extensions,
        })
    }

    /// Whether the walk over untested files, started in a folder, passes over a file as seen from there.
    pub(super) fn passed_over(&self, path: &RepoPath, seen: &str) -> bool {
        let absolute = || format!("{ROOT}/{path}");
        self.ignored.iter().any(|glob| glob.is_match(seen))
            || (!self.ignored_at.is_empty() && self.ignored_at.iter().any(|glob| glob.is_match(&absolute())))
    }

    /// Whether the file, seen from the folder of the run, is measured.
    pub(super) fn includes(&self, path: &str) -> bool {
        let any = |globs: &[Glob]| globs.iter().any(|glob| glob.is_match(path));
        (self.extensions.is_empty() || self.extensions.iter().any(|ending| path.ends_with(ending)))
            && self.include.as_deref().is_none_or(any)
            && (!any(&self.exclude) || any(&self.rescued))
    }
}

/// The files below a folder that are measured once loaded. Patterns are held against absolute paths where files from
/// outside of the folder are allowed.
pub(super) fn loadable(survey: &Survey<'_>, dir: &str, rules: &Rules, absolute: bool) -> BTreeSet<RepoPath> {
    let included = |path: &&RepoPath| match absolute {
        true => rules.includes(&format!("{ROOT}/{path}")),
        false => below(dir, path.as_str()).is_some_and(|seen| rules.includes(seen)),
    };
    survey.under(dir).filter(included).cloned().collect()
}

fn prepared(patterns: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for pattern in patterns {
        if !pattern.ends_with("/**") {
            all.push(format!("{}/**", pattern.strip_suffix('/').unwrap_or(pattern)));
        }
        if let Some(rest) = pattern.strip_prefix("**/") {
            all.push(rest.to_owned());
        }
        all.push(pattern.clone());
    }
    all
}

pub(super) const NEEDS: &[&str] = &[
    "**/nyc.config.{js,cjs,mjs,json}",
    "**/{.nycrc,.c8rc}",
    "**/{.nycrc,.c8rc}.{json,yml,yaml}",
    "**/{base,*cov*,*conf*,*nyc*,*c8*}.json",
];

struct Tool {
    name: &'static str,
    files: &'static [&'static str],
    switches: &'static [&'static str],
}

const C8: Tool = Tool {
    name: "c8",
    files: &[".c8rc", ".c8rc.json", ".nycrc", ".nycrc.json"],
    switches: &[
        "all",
        "checkCoverage",
        "100",
        "perFile",
        "clean",
        "skipFull",
        "excludeAfterRemap",
        "excludeNodeModules",
        "omitRelative",
        "allowExternal",
        "mergeAsync",
        "a",
    ],
};
const NYC: Tool = Tool {
    name: "nyc",
    files: &[
        ".nycrc",
        ".nycrc.json",
        ".nycrc.yml",
        ".nycrc.yaml",
        "nyc.config.js",
        "nyc.config.cjs",
        "nyc.config.mjs",
    ],
    switches: &[
        "all",
        "checkCoverage",
        "perFile",
        "clean",
        "skipFull",
        "skipEmpty",
        "excludeAfterRemap",
        "excludeNodeModules",
        "silent",
        "s",
        "instrument",
        "cache",
        "sourceMap",
        "produceSourceMap",
        "eager",
        "babelCache",
        "useSpawnWrap",
        "hookRequire",
        "hookRunInContext",
        "hookRunInThisContext",
        "showProcessTree",
        "preserveComments",
        "compact",
        "esModules",
        "exitOnError",
        "delete",
        "completeCopy",
        "inPlace",
    ],
};
const ALIASES: [(&str, &str); 5] =
    [("x", "exclude"), ("n", "include"), ("e", "extension"), ("r", "reporter"), ("c", "config")];
/// c8's `-a` is another switch.
const NYC_ALIASES: [(&str, &str); 5] =
    [("x", "exclude"), ("n", "include"), ("e", "extension"), ("r", "reporter"), ("a", "all")];

/// The files of the tree that a run names, and those that Mocha takes by default: where it starts.
fn started(survey: &Survey<'_>, package: &Package, run: &Run) -> BTreeSet<RepoPath> {
    let dir = package.dir.as_str();
    let mut words = run.words.clone();
    let scripts = package.scripts();
    // A script that the run starts in its turn.
    let runner = words.iter().position(|word| matches!(word.as_str(), "npm" | "yarn" | "pnpm"));
    let named = runner.and_then(|at| words[at + 1..].iter().find(|word| scripts.contains_key(*word)));
    if let Some(script) = named.and_then(|name| scripts.get(name)) {
        words.extend(flags::words(script));
    }
    let named = words.iter().filter_map(|word| place(dir, word)?.parse().ok());
    let mut found: BTreeSet<RepoPath> = named.filter(|path: &RepoPath| survey.tree.contains(path)).collect();
    if found.is_empty() && words.iter().any(|word| word == "mocha") {
        let tests = place(dir, "test").unwrap_or_default();
        let own = survey.under(&tests).filter(|path| path.dir() == tests);
        found.extend(own.filter(|path| matches!(path.extension(), "js" | "cjs" | "mjs")).cloned());
    }
    found
}

/// Whether the run starts something to measure; a command of the tool's own works on what was measured before.
fn measures(run: &Run) -> bool {
    const COMMANDS: [&str; 4] = ["report", "check-coverage", "merge", "instrument"];
    run.words.first().is_none_or(|word| !COMMANDS.contains(&word.as_str()))
}

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let mut found = Vec::new();
    for package in survey.packages.iter() {
        for tool in [&C8, &NYC] {
            let mut runs = survey.starts(&package.dir, tool.name);
            let measuring: Vec<Run> = runs.iter().filter(|run| measures(run)).cloned().collect();
            if !measuring.is_empty() {
                runs = measuring;
            }
            let own = package.manifest.as_ref().is_ok_and(|m| m.get(tool.name).is_some());
            let file = survey.first(&package.dir, tool.files);
            // `.nycrc` serves both; without a script that starts c8 it is nyc's.
            let meant =
                file.as_ref().is_some_and(|path| tool.name == "nyc" || path.name().starts_with(".c8rc"));
            let meant = meant && (tool.name == "c8" || survey.starts(&package.dir, "c8").is_empty());
            // Where a package below is the one that starts it, the file is that package's.
            let meant = meant && survey.folders(tool.name).is_empty();
            if runs.is_empty() && !own && !meant {
                continue;
            }
            let collects = if runs.is_empty() { Collects::Unstarted } else { Collects::Yes };
            let runs = if runs.is_empty() { vec![Run::bare(&package.path)] } else { runs };
            found.extend(runs.iter().map(|run| scope(survey, package, tool, run).collects(collects)));
        }
    }
    found
}

fn scope(survey: &Survey<'_>, package: &Package, tool: &Tool, run: &Run) -> Scope {
    let aliases = if tool.name == "nyc" { NYC_ALIASES } else { ALIASES };
    let flags = flags::flags(&run.words, tool.switches, &aliases, Wraps::Command);
    let named = text(&flags, if tool.name == "c8" { "config" } else { "nycrcPath" }).ok().flatten();
    let file = match named {
        Some(named) => RepoPath::join(&package.dir, &named).ok().filter(|path| survey.tree.contains(path)),
        None => ancestors(&package.dir).find_map(|dir| survey.first(dir, tool.files)),
    };
    let mut config: Vec<RepoPath> = file.iter().cloned().collect();
    config.push(package.path.clone());
    config.extend((run.at != package.path).then(|| run.at.clone()));
    let settings = settings(survey, package, tool, file.as_ref(), &flags);
    let scope = Scope::new(tool.name, &package.dir, config);
    match settings {
        Ok(settings) => {
            let found = measured(survey, &package.dir, tool, &settings, || started(survey, package, run));
            scope.measured_or_loaded(found).gated(gates(tool, &settings))
        }
        Err(undecided) => scope.measured(Err(undecided.clone())).gated(Err(undecided)),
    }
}

fn settings(
    survey: &Survey<'_>,
    package: &Package,
    tool: &Tool,
    file: Option<&RepoPath>,
    flags: &Value,
) -> Result<Value, Undecided> {
    let mut object = Object::default();
    if let Some(own) = package.manifest.as_ref().map_err(Clone::clone)?.get(tool.name) {
        object.spread(extended(survey, tool, &package.dir, &package.path, camelled(&own), 0)?);
    }
    if let Some(path) = file {
        let value = load(survey, path)?;
        object.spread(extended(survey, tool, &package.dir, path, camelled(&value), 0)?);
    }
    object.spread(flags.clone());
    Ok(Value::Object(object))
}

fn load(survey: &Survey<'_>, path: &RepoPath) -> Result<Value, Undecided> {
    let value = match path.extension() {
        "js" | "cjs" | "mjs" => javascript::config(World { tree: survey.tree, known: &|_, _| None }, path),
        _ => read(survey.tree, path),
    };
    Ok(value?.unwrap_or(Value::Null))
}

/// A configuration with what it extends: for nyc that wins over the file itself, for c8 the file does.
fn extended(
    survey: &Survey<'_>,
    tool: &Tool,
    dir: &str,
    path: &RepoPath,
    value: Value,
    depth: usize,
) -> Result<Value, Undecided> {
    let Some(bases) = texts(&value, "extends")?.filter(|_| depth < MAX_EXTENDS) else { return Ok(value) };
    if tool.name == "c8" && matches!(value.get("extends"), Some(Value::List(_))) {
        // c8 follows a single name alone, and drops what names several.
        return Ok(Value::Null);
    }
    let mut below = Vec::new();
    for base in bases {
        // c8 sees them from the folder of the run.
        let from = if tool.name == "c8" { dir } else { path.dir() };
        let endings = ["", ".json", ".js", ".cjs", "/index.js", "/index.json"];
        let named = endings.iter().filter_map(|ending| place(from, &format!("{base}{ending}"))?.parse().ok());
        let found: Option<RepoPath> = { named }.find(|path| survey.tree.contains(path));
        let Some(found) = found else {
            if base == "@istanbuljs/nyc-config-typescript" || base == "@istanbuljs/nyc-config-babel" {
                // They switch parser plugins and caches.
                continue;
            }
            return Err(
                Undecided::new(format!("extends {base:?}, which is not part of the repository")).at(path)
            );
        };
        let value = camelled(&load(survey, &found)?);
        let value = match text(&value, "cwd")?.and_then(|cwd| place(found.dir(), &cwd)) {
            // Seen from the file that says it.
            Some(cwd) => with(value, "cwd", Value::Text(format!("{ROOT}/{cwd}"))),
            None => value,
        };
        below.push(extended(survey, tool, dir, &found, value, depth + 1)?);
    }
    let mut object = Object::default();
    let ordered: Vec<Value> = match tool.name {
        "c8" => below.into_iter().chain([value]).collect(),
        _ => [value].into_iter().chain(below).collect(),
    };
    ordered.into_iter().for_each(|value| object.spread(value));
    Ok(Value::Object(object))
}

fn with(value: Value, key: &str, set: Value) -> Value {
    let mut object = Object::default();
    object.spread(value);
    object.set(key, set);
    Value::Object(object)
}

/// Both tools take `check-coverage` and `checkCoverage` alike.
fn camelled(value: &Value) -> Value {
    let Value::Object(object) = value else { return value.clone() };
    let mut camelled = Object::default();
    for key in object.keys() {
        let name = key.split('-').enumerate().map(|(i, part)| match (i, part.chars().next()) {
            (1.., Some(first)) => first.to_uppercase().chain(part.chars().skip(1)).collect(),
            _ => part.to_owned(),
        });
        camelled.set(name.collect::<String>(), object.get(key).unwrap_or(Value::Null));
    }
    if let Some(unknown) = object.unknown() {
        camelled.spread(unknown.clone());
    }
    Value::Object(camelled)
}

fn measured(
    survey: &Survey<'_>,
    dir: &str,
    tool: &Tool,
    settings: &Value,
    tests: impl FnOnce() -> BTreeSet<RepoPath>,
) -> Result<(Mode, BTreeSet<RepoPath>, Vec<Loading>), Undecided> {
    let include = texts(settings, "include")?.unwrap_or_default();
    let exclude = texts(settings, "exclude")?.unwrap_or_else(default_exclude);
    let mut extensions = texts(settings, "extension")?;
    if tool.name == "nyc"
        && let Some(extensions) = &mut extensions
    {
        extensions.push(".js".to_owned());
    }
    let extensions = extensions.unwrap_or_else(|| EXTENSIONS.map(str::to_owned).to_vec());
    let rules =
        Rules::new(&include, &exclude, extensions, truth(settings, "excludeNodeModules")?.unwrap_or(true))?;
    let all = truth(settings, "all")?.unwrap_or(false);
    let cwd = text(settings, "cwd")?.filter(|_| tool.name == "nyc");
    let cwd = cwd.and_then(|cwd| place(dir, &cwd)).unwrap_or_else(|| dir.to_owned());
    let roots = texts(settings, "src")?.filter(|_| all && tool.name == "c8");
    let roots = roots.map(|roots| roots.iter().filter_map(|root| place(&cwd, root)).collect::<Vec<_>>());
    let absolute = truth(settings, "allowExternal")?.unwrap_or(false);
    let inside = |path: &RepoPath| {
        let walked =
            |root: &String| below(root, path.as_str()).is_some_and(|seen| !rules.passed_over(path, seen));
        roots.as_ref().is_none_or(|roots| roots.iter().any(walked))
    };
    let loadable = loadable(survey, &cwd, &rules, absolute);
    if !all {
        return Ok((Mode::Loaded, loadable, Vec::new()));
    }
    // The walk over untested files sees them from the folder.
    let found = |path: &&RepoPath| {
        inside(path) && below(&cwd, path.as_str()).is_some_and(|seen| !rules.passed_over(path, seen))
    };
    let walked: BTreeSet<RepoPath> = loadable.iter().filter(found).cloned().collect();
    let loading = Loading::beyond(&walked, loadable, tests);
    Ok((Mode::Matching, walked, vec![loading]))
}

fn gates(tool: &Tool, settings: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    const METRICS: [&str; 4] = ["branches", "functions", "lines", "statements"];
    let hundred = tool.name == "c8" && truth(settings, "100")?.unwrap_or(false);
    if !hundred && !truth(settings, "checkCoverage")?.unwrap_or(false) {
        return Ok(BTreeMap::new());
    }
    let mut gates = BTreeMap::new();
    for metric in METRICS {
        let default = Gate::AtLeast(if metric == "lines" { 90.0 } else { 0.0 });
        let set = settings.get(metric).map(|v| super::settings::figures(&v, metric)).transpose()?;
        let set = set.and_then(|figures| figures.into_values().next()).unwrap_or(default);
        gates.insert(metric.to_owned(), if hundred { Gate::AtLeast(100.0) } else { set });
    }
    if truth(settings, "perFile")?.unwrap_or(false) {
        gates.insert("perFile".to_owned(), Gate::On(true));
    }
    Ok(gates)
}
