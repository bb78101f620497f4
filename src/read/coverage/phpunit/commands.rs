//! Command lines that start PHPUnit, Pest or a checker of their reports, with those of Composer's scripts.

use crate::ids::RepoPath;
use crate::read::coverage::survey::Survey;
use crate::read::json::{self, Value};
use crate::read::shell;

/// The names under which the tools are started, and what they are.
const TOOLS: [(&str, Tool); 8] = [
    ("phpunit", Tool::Runner),
    ("simple-phpunit", Tool::Runner),
    ("paratest", Tool::Runner),
    ("pest", Tool::Pest),
    ("artisan", Tool::Artisan),
    ("coverage-check", Tool::Checker),
    ("phpunit-coverage-check", Tool::Checker),
    ("infection", Tool::Infection),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    Runner,
    Pest,
    /// Laravel's console; only its `test` runs tests.
    Artisan,
    /// Compares the figure of a Clover report.
    Checker,
    Infection,
}

/// One start of a tool.
#[derive(Debug, PartialEq)]
pub(super) struct Start {
    /// The tool.
    pub(super) tool: Tool,
    /// The file that holds the command line.
    pub(super) at: RepoPath,
    /// The folder it runs in.
    pub(super) dir: String,
    /// The words behind the tool's name.
    words: Vec<String>,
    /// The configuration that it names.
    pub(super) config: Option<String>,
    /// The folders that it adds to the filter.
    pub(super) filters: Vec<String>,
    /// Figures as written, by name.
    pub(super) gates: Vec<(String, String)>,
}

impl Start {
    fn new(tool: Tool, at: &RepoPath, dir: &str, words: &[String]) -> Self {
        let mut start = Self {
            tool,
            at: at.clone(),
            dir: dir.to_owned(),
            words: words.to_vec(),
            config: None,
            filters: Vec::new(),
            gates: Vec::new(),
        };
        if matches!(tool, Tool::Runner | Tool::Pest | Tool::Artisan) {
            start.config = start.values(&["-c", "--configuration"]).pop();
            start.filters = [start.values(&["--coverage-filter"]), start.values(&["--whitelist"])].concat();
        }
        let coverage = words.iter().any(|word| word == "--coverage");
        match tool {
            Tool::Pest | Tool::Artisan if coverage => {
                start.gates =
                    start.values(&["--min"]).into_iter().map(|min| ("min".to_owned(), min)).collect();
            }
            Tool::Checker => {
                let named = start.values(&["-t", "--threshold"]).pop();
                let figure =
                    named.or_else(|| words.iter().filter(|word| !word.starts_with('-')).nth(1).cloned());
                start.gates =
                    figure.map(|figure| ("coverage-check".to_owned(), figure)).into_iter().collect();
            }
            _ => {}
        }
        start
    }

    /// Whether it says anything of coverage beyond starting the tool.
    pub(super) fn speaks(&self) -> bool {
        !self.gates.is_empty() || !self.filters.is_empty()
    }

    /// The values of a flag, written behind a `=` or as the next word.
    pub(super) fn values(&self, names: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (at, word) in self.words.iter().enumerate() {
            for name in names {
                if word == name {
                    found.extend(self.words.get(at + 1).cloned());
                } else if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
                    found.push(value.to_owned());
                }
            }
        }
        found
    }
}

/// All starts of a tree.
pub(super) fn starts(survey: &Survey<'_>) -> Vec<Start> {
    let mut found: Vec<Start> = Vec::new();
    for command in survey.commands.iter() {
        found.extend(start(&command.at, &command.dir, &command.words));
    }
    for path in survey.files.iter().filter(|path| path.name() == "composer.json") {
        for line in scripts(survey, path) {
            for command in shell::commands(&line) {
                found.extend(start(path, path.dir(), &command.words));
            }
        }
    }
    found
}

/// The command lines of Composer's scripts. A line that is a PHP callback or another script's name starts no tool.
fn scripts(survey: &Survey<'_>, path: &RepoPath) -> Vec<String> {
    let manifest = survey.tree.text(path).ok().flatten().and_then(|text| json::parse(text).ok());
    let Some(Value::Object(scripts)) = manifest.and_then(|manifest| manifest.get("scripts")) else {
        return Vec::new();
    };
    let lines = |name: &&str| scripts.get(name).and_then(|lines| lines.texts().ok()).unwrap_or_default();
    scripts.keys().iter().flat_map(lines).collect()
}

fn start(at: &RepoPath, dir: &str, words: &[String]) -> Option<Start> {
    let named = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or(word);
        let name = name.strip_suffix(".phar").unwrap_or(name);
        TOOLS.iter().find(|(known, _)| *known == name).map(|(_, tool)| *tool)
    };
    let (index, tool) = words.iter().enumerate().find_map(|(index, word)| Some((index, named(word)?)))?;
    let launched = words[..index].iter().all(|word| launches(word));
    let tests = tool != Tool::Artisan || words.get(index + 1).is_some_and(|word| word == "test");
    (launched && tests).then(|| Start::new(tool, at, dir, &words[index + 1..]))
}

/// Whether a word before the tool's name only starts it.
fn launches(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    let php =
        name.strip_prefix("php").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
    let flag = word.starts_with(['-', '$']) || word.contains('=');
    php || flag
        || matches!(
            name,
            "@php" | "@composer" | "composer" | "exec" | "env" | "sail" | "ddev" | "symfony" | "phpdbg"
        )
        || matches!(
            name,
            "sudo" | "time" | "timeout" | "command" | "docker" | "docker-compose" | "compose" | "run" | "app"
        )
}
