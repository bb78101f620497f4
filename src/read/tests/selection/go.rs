//! What `go test` runs: the packages that a command names, and its `-run`, `-skip` and `-short`.

use std::collections::BTreeSet;

use regex::Regex;

use super::Selected;
use super::filter::{Filter, Names};
use super::launch::{Launch, is_open};
use crate::ids::RepoPath;
use crate::ids::folder::{ancestors, below};
use crate::read::coverage::starts::{Options, Until};
use crate::read::coverage::survey::{Survey, place};
use crate::read::shell;

/// Options of `go test` that take the next word.
const VALUED: [&str; 36] = [
    "C",
    "asmflags",
    "bench",
    "benchtime",
    "blockprofile",
    "blockprofilerate",
    "count",
    "covermode",
    "coverpkg",
    "coverprofile",
    "cpu",
    "cpuprofile",
    "exec",
    "format",
    "fuzz",
    "fuzztime",
    "gcflags",
    "jsonfile",
    "junitfile",
    "ldflags",
    "list",
    "memprofile",
    "mod",
    "modfile",
    "mutexprofile",
    "o",
    "outputdir",
    "p",
    "parallel",
    "run",
    "shuffle",
    "skip",
    "tags",
    "timeout",
    "trace",
    "vet",
];

/// What each command that starts `go test` runs.
pub(super) fn commanded(survey: &Survey<'_>, launches: &[Launch<'_>]) -> Vec<Selected> {
    let modules = Modules::of(survey);
    let mut found = Vec::new();
    for launch in launches {
        let words = match (launch.behind(&["go"]), launch.behind(&["gotestsum"])) {
            (Some([test, words @ ..]), _) if test == "test" => words.to_vec(),
            (_, Some(words)) => gotestsum(words),
            _ => continue,
        };
        let words: Vec<String> = words.into_iter().take_while(|word| word != "-args").collect();
        let options = Options::read(&words, &VALUED, Until::End);
        if options.has("c") || options.has("list") || options.value("fuzz").is_some() {
            continue;
        }
        found.push(launch.starts(of_command(survey, &modules, launch.dir, &options)));
    }
    found
}

/// The words that gotestsum hands to `go test`.
fn gotestsum(words: &[String]) -> Vec<String> {
    let at = words.iter().position(|word| word == "--");
    let (own, handed) = words.split_at(at.unwrap_or(words.len()));
    let packages =
        Options::read(own, &["packages", "format", "junitfile", "jsonfile", "rerun-fails"], Until::End);
    let named = packages.values("packages").flat_map(str::split_whitespace).map(str::to_owned);
    handed.iter().skip(1).cloned().chain(named).collect()
}

fn of_command(survey: &Survey<'_>, modules: &Modules, dir: &str, options: &Options) -> Selected {
    let dir = options.value("C").and_then(|to| place(dir, to)).unwrap_or_else(|| dir.to_owned());
    let mut selected = Selected::new("go", &dir);
    selected.dir.clear();
    let mut packages = options.rest.clone();
    if packages.is_empty() {
        packages.push(".".to_owned());
    }
    for named in &packages {
        match listed(named) {
            Some((inner, left_out)) => {
                let mut files = BTreeSet::new();
                inner.iter().for_each(|named| files.extend(modules.files(survey, &dir, named)));
                files.retain(|path| {
                    let package = modules.import(path.dir());
                    !left_out.iter().any(|regex| regex.is_match(&package))
                });
                selected.files.extend(files);
            }
            None if is_open(named) => selected.open = true,
            None => selected.files.extend(modules.files(survey, &dir, named)),
        }
    }
    let pattern = |name: &'static str| options.value(name).filter(|text| !text.is_empty());
    // Of a pattern with slashes the first part speaks of the test, the others of what it starts.
    let only = pattern("run").map(|text| text.split('/').next().unwrap_or(text));
    let not = pattern("skip").filter(|text| !text.contains('/'));
    let texts = [only, not];
    // What the shell puts in can be anything; a pattern that is not read asks for nothing.
    selected.open |= texts.iter().flatten().any(|text| is_open(text));
    let [only, not] = texts.map(|text| text.and_then(|text| Regex::new(text).ok()));
    let short = options.on("short") && options.value("short") != Some("false") || options.on("test.short");
    selected.filter = Filter::Names(Box::new(Names { only, not, short, first: true, ..Names::default() }));
    selected
}

/// The patterns and the expressions left out of `$(go list PATTERN | grep -v EXPRESSION)`.
fn listed(word: &str) -> Option<(Vec<String>, Vec<Regex>)> {
    let inner = word.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
    let inner = inner.or_else(|| word.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')))?;
    let commands = shell::commands(inner.strip_prefix("shell ").unwrap_or(inner));
    let (first, filters) = commands.split_first()?;
    let [go, list, patterns @ ..] = first.words.as_slice() else { return None };
    if go != "go" || list != "list" {
        return None;
    }
    let options = Options::read(patterns, &["f", "tags", "mod"], Until::End);
    if options.has("f") || options.rest.iter().any(|word| is_open(word)) {
        return None;
    }
    let mut left_out = Vec::new();
    for filter in filters {
        let [grep, words @ ..] = filter.words.as_slice() else { return None };
        let flags: Vec<&String> = words.iter().filter(|word| word.starts_with('-')).collect();
        let letters: String = flags.iter().flat_map(|flag| flag.trim_start_matches('-').chars()).collect();
        if !matches!(grep.as_str(), "grep" | "egrep") || !letters.contains('v') || letters.contains('f') {
            return None;
        }
        for text in words.iter().filter(|word| !word.starts_with('-')) {
            let text = if letters.contains('F') { regex::escape(text) } else { text.replace("\\|", "|") };
            left_out.push(Regex::new(&text).ok()?);
        }
    }
    let patterns = if options.rest.is_empty() { vec![".".to_owned()] } else { options.rest.clone() };
    Some((patterns, left_out))
}

/// The modules of a tree: folder and name of each.
struct Modules {
    all: Vec<(String, String)>,
    together: bool,
}

impl Modules {
    fn of(survey: &Survey<'_>) -> Self {
        let files = survey.files.iter().filter(|path| path.name() == "go.mod");
        let name = |path: &&RepoPath| {
            let text = survey.tree.text(path).ok().flatten().unwrap_or_default();
            let named = text.lines().find_map(|line| line.trim().strip_prefix("module "));
            named.unwrap_or_default().trim().trim_matches('"').to_owned()
        };
        let all = files.map(|path| (path.dir().to_owned(), name(path))).collect();
        Self { all, together: survey.files.iter().any(|path| path.name() == "go.work") }
    }

    /// The module that a folder belongs to.
    fn home(&self, dir: &str) -> Option<&(String, String)> {
        ancestors(dir).find_map(|above| self.all.iter().find(|(dir, _)| dir == above))
    }

    /// The name of the package in a folder.
    fn import(&self, dir: &str) -> String {
        match self.home(dir) {
            Some((at, name)) if at == dir => name.clone(),
            Some((at, name)) => format!("{name}/{}", below(at, dir).unwrap_or(dir)),
            None => dir.to_owned(),
        }
    }

    /// The files of tests in the packages that a pattern names.
    fn files(&self, survey: &Survey<'_>, dir: &str, pattern: &str) -> Vec<RepoPath> {
        let (named, deep) = match pattern.strip_suffix("...") {
            Some(front) => (front.trim_end_matches('/'), true),
            None => (pattern.trim_end_matches('/'), false),
        };
        let at = if named.is_empty() && deep {
            Some(dir.to_owned())
        } else if named.starts_with('.') {
            place(dir, named)
        } else {
            let module = self
                .all
                .iter()
                .find(|(_, name)| !name.is_empty() && (name == named || below(name, named).is_some()));
            module.map(|(at, name)| {
                let inner = below(name, named).unwrap_or_default();
                [at.as_str(), inner]
                    .iter()
                    .filter(|part| !part.is_empty())
                    .copied()
                    .collect::<Vec<_>>()
                    .join("/")
            })
        };
        let Some(at) = at else { return Vec::new() };
        let home = self.home(&at);
        let passed_over = |part: &str| matches!(part, "testdata" | "vendor") || part.starts_with(['_', '.']);
        let is_taken = |path: &&RepoPath| {
            let inner = below(&at, path.as_str()).unwrap_or(path.as_str());
            let folders = inner.rsplit_once('/').map_or("", |(folders, _)| folders);
            path.name().ends_with("_test.go")
                && (deep || folders.is_empty())
                && !folders.split('/').any(passed_over)
                && (self.together || self.home(path.dir()) == home)
        };
        survey.under(&at).filter(is_taken).cloned().collect()
    }
}
