//! What RSpec runs: the files that a command or `.rspec` names, patterns, tags and names.

use regex::Regex;

use super::Selected;
use super::filter::{Filter, Names};
use super::launch::{Launch, is_open};
use crate::ids::RepoPath;
use crate::read::coverage::flags::words;
use crate::read::coverage::starts::{Options, Until};
use crate::read::coverage::survey::{Survey, place};
use crate::read::glob::{Dialect, Glob};

const VALUED: [&str; 22] = [
    "E",
    "I",
    "P",
    "c",
    "default-path",
    "e",
    "example",
    "example-matches",
    "exclude-pattern",
    "f",
    "failure-exit-code",
    "format",
    "o",
    "options",
    "order",
    "out",
    "pattern",
    "r",
    "require",
    "seed",
    "t",
    "tag",
];
const PATTERN: &str = "**{,/*/**}/*_spec.rb";

/// What each command that starts RSpec runs.
pub(super) fn commanded(survey: &Survey<'_>, launches: &[Launch<'_>]) -> Vec<Selected> {
    let mut found = Vec::new();
    for launch in launches {
        let words = match (launch.behind(&["rspec"]), launch.behind(&["rake"])) {
            (Some(words), _) => words,
            (_, Some([task, ..])) if task == "spec" => &[],
            _ => continue,
        };
        if words.iter().any(|word| word == "--dry-run") {
            continue;
        }
        found.push(launch.starts(of_command(survey, launch.dir, words)));
    }
    found
}

fn of_command(survey: &Survey<'_>, dir: &str, own: &[String]) -> Selected {
    let mut selected = Selected::new("rspec", dir);
    let file = survey.first(dir, &[".rspec"]);
    let text = file.as_ref().and_then(|path| survey.tree.text(path).ok().flatten()).unwrap_or_default();
    selected.config.extend(file);
    let mut all: Vec<String> = text.lines().flat_map(words).collect();
    all.extend_from_slice(own);
    let options = Options::read(&all, &VALUED, Until::End);
    selected.open = all.iter().any(|word| is_open(word)) || options.has("options");
    let of = |names: [&'static str; 2]| -> Vec<&str> {
        names.iter().flat_map(|name| options.values(name)).collect()
    };
    let home = options.value("default-path").unwrap_or("spec");
    let glob =
        |pattern: &str| place(dir, pattern).and_then(|at| Glob::new(&at, Dialect::Node { dot: true }).ok());
    let patterns = of(["pattern", "P"]);
    let taken: Vec<Glob> = if patterns.is_empty() {
        options.rest.is_empty().then(|| glob(&format!("{home}/{PATTERN}"))).flatten().into_iter().collect()
    } else {
        patterns.iter().flat_map(|list| list.split(',')).filter_map(glob).collect()
    };
    let left_out: Vec<Glob> =
        options.values("exclude-pattern").flat_map(|list| list.split(',')).filter_map(glob).collect();
    let any = |globs: &[Glob], path: &RepoPath| globs.iter().any(|glob| glob.is_match(path.as_str()));
    let named: Vec<String> = options
        .rest
        .iter()
        .filter_map(|word| place(dir, word.split([':', '[']).next().unwrap_or(word)))
        .collect();
    let is_named = |path: &RepoPath| {
        named.iter().any(|at| {
            at == path.as_str()
                || path.name().ends_with("_spec.rb") && crate::ids::folder::below(at, path.as_str()).is_some()
        })
    };
    let files = survey.under(dir).filter(|path| path.extension() == "rb");
    let files = files.filter(|path| (any(&taken, path) || is_named(path)) && !any(&left_out, path));
    selected.files = files.cloned().collect();
    // A line behind a file's name runs a part of it: which, the text of the file would tell.
    selected.open |= options.rest.iter().any(|word| word.contains(".rb:") || word.contains(".rb["));
    let mut names = Names::default();
    let examples: Vec<String> = of(["e", "example"]).into_iter().map(regex::escape).collect();
    let matching = options.values("example-matches").map(str::to_owned);
    let only: Vec<String> = examples.into_iter().chain(matching).collect();
    names.only = (!only.is_empty()).then(|| Regex::new(&only.join("|")).ok()).flatten();
    for tag in of(["t", "tag"]) {
        let (tag, not) = tag.strip_prefix('~').map_or((tag, false), |tag| (tag, true));
        let (name, value) = tag.split_once(':').unwrap_or((tag, "true"));
        let names = if not { &mut names.not_groups } else { &mut names.groups };
        names.push(if value == "true" { name.to_owned() } else { value.trim_start_matches(':').to_owned() });
    }
    selected.filter = Filter::Names(Box::new(names));
    selected
}
