//! Which commands are gates: the vocabulary of `rules/gates.toml` and how a command's words are matched with it.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabularies;

/// What a gate guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Tests.
    Tests,
    /// Style and formatting.
    Lint,
    /// Types.
    Types,
    /// How much the tests reach.
    Coverage,
    /// Known weaknesses and leaked credentials.
    Security,
    /// The build.
    Build,
    /// Several at once, such as `make check`.
    All,
    /// By its name no gate.
    None,
}

/// How a gate is run, and thereby what it is: options and arguments have no part in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// A tool: `cargo test`.
    Tool(String),
    /// A script of package.json, whichever package manager runs it.
    Script(String),
    /// A target of make, just and their like.
    Target(String),
    /// An action, without its version.
    Action(String),
}

/// A gate that a command or action is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it guards.
    pub kind: Kind,
    /// How it is run.
    pub way: Way,
    /// Endings of the paths that it judges; an empty one fits every path.
    pub subject: &'static [String],
    /// A service may do the same without a workflow.
    pub elsewhere: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vocabulary {
    wrapper: Vec<Wrapper>,
    gate: Vec<Gate>,
    scripts: Scripts,
    targets: Targets,
    options: Options,
    name: Vec<Name>,
    action: Vec<Action>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapper {
    commands: Vec<String>,
    #[serde(default)]
    takes: Vec<String>,
    #[serde(default)]
    skip: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    kind: Kind,
    commands: Vec<String>,
    subject: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripts {
    commands: Vec<String>,
    bare: Vec<String>,
    builtin: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Targets {
    commands: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    takes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    kind: Kind,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    kind: Kind,
    uses: Vec<String>,
    #[serde(default)]
    elsewhere: bool,
}

static WORDS: LazyLock<Vocabulary> =
    LazyLock::new(|| toml::from_str(vocabularies::GATES).expect("a test reads the vocabulary of gates"));

/// The gates that a command's words are: several where one command names several targets.
pub fn gates(words: &[String]) -> Vec<Known> {
    let words = unwrapped(words);
    let found = direct(&words);
    if !found.is_empty() {
        return found;
    }
    // A function or tool of the project that runs what follows `--`.
    match words.iter().position(|w| w == "--") {
        Some(at) if at > 0 => direct(&unwrapped(&words[at + 1..])),
        _ => found,
    }
}

/// The gate that an action is, by its name without `@version`.
pub fn action(uses: &str) -> Option<Known> {
    let name = uses.split('@').next().unwrap_or(uses);
    let found = WORDS.action.iter().find(|a| a.uses.iter().any(|u| name.eq_ignore_ascii_case(u)))?;
    let way = Way::Action(name.to_owned());
    Some(Known { kind: found.kind, way, subject: &[], elsewhere: found.elsewhere })
}

/// The command without what merely runs it: assignments, `sudo`, `npx`, `uv run` and their like.
pub fn unwrapped(words: &[String]) -> Vec<String> {
    let mut words: Vec<String> = words.to_vec();
    for _ in 0..6 {
        let assigned = words.iter().take_while(|w| is_assignment(w)).count();
        words.drain(..assigned);
        if let Some(first) = words.first_mut() {
            *first = program(first);
        }
        let Some((wrapper, length)) =
            WORDS.wrapper.iter().find_map(|w| Some((w, longest(&w.commands, &words)?)))
        else {
            break;
        };
        words.drain(..length);
        skip_options(&mut words, &wrapper.takes);
        words.drain(..wrapper.skip.min(words.len()));
    }
    words
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `.venv/bin/pytest` is `pytest`, `./gradlew` is `gradle`, `python3.12` is `python`.
fn program(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = match name {
        "gradlew" | "gradlew.bat" => "gradle",
        "mvnw" | "mvnw.cmd" => "mvn",
        n if n.starts_with("python") && n[6..].chars().all(|c| c.is_ascii_digit() || c == '.') => "python",
        n if word.contains("bin/") => n,
        _ => word,
    };
    name.to_owned()
}

fn skip_options(words: &mut Vec<String>, takes: &[String]) {
    while let Some(first) = words.first().filter(|w| w.starts_with('-')) {
        let (done, valued) = (first == "--", takes.contains(first));
        words.drain(..if valued { 2.min(words.len()) } else { 1 });
        if done {
            break;
        }
    }
}

/// How many words the longest of `commands` takes up at the start of `words`.
fn longest(commands: &[String], words: &[String]) -> Option<usize> {
    let fits = |command: &&String| {
        let mut at = words.iter();
        command.split(' ').all(|part| at.next().is_some_and(|w| w == part))
    };
    commands.iter().filter(fits).map(|c| c.split(' ').count()).max()
}

fn direct(words: &[String]) -> Vec<Known> {
    // With these a tool mends or tells of itself instead of judging.
    let judges_nothing =
        |w: &String| matches!(w.as_str(), "--write" | "--fix" | "--apply" | "--version" | "--help");
    if words.iter().any(judges_nothing) {
        return Vec::new();
    }
    let plain = without_options(words);
    if let Some(known) = tool(words).or_else(|| tool(&plain)) {
        return vec![known];
    }
    if let Some(length) = longest(&WORDS.scripts.commands, &plain) {
        return plain.get(length).and_then(|name| named(name, Way::Script)).into_iter().collect();
    }
    let workspace =
        plain.first().is_some_and(|w| w == "yarn") && plain.get(1).is_some_and(|w| w == "workspace");
    let after = if workspace { 3 } else { 1 };
    if plain.first().is_some_and(|w| WORDS.scripts.bare.contains(w)) {
        let rest = plain.get(after..).unwrap_or_default();
        return tool(rest).or_else(|| bare_script(&plain[0], rest)).into_iter().collect();
    }
    if let Some(length) = longest(&WORDS.targets.commands, &plain) {
        let target =
            |name: &String| named(name.rsplit(':').next().unwrap_or(name), |_| Way::Target(name.clone()));
        return plain[length..].iter().chain(&target_options(words)).filter_map(target).collect();
    }
    Vec::new()
}

/// `pnpm lint`, `npm test`, `npm t`; `npm lint` is no command.
fn bare_script(manager: &str, rest: &[String]) -> Option<Known> {
    let name = rest.first()?;
    if rest.get(1).is_some_and(|w| w.starts_with("install")) {
        return None;
    }
    let name = if matches!(name.as_str(), "t" | "tst") { "test" } else { name };
    let known =
        if manager == "npm" { name == "test" } else { !WORDS.scripts.builtin.iter().any(|b| b == name) };
    if known { named(name, Way::Script) } else { None }
}

/// The targets in `nx affected --target=test`, `-t lint`.
fn target_options(words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let inline = word.strip_prefix("--target=").or_else(|| word.strip_prefix("--targets="));
        found.extend(inline.into_iter().flat_map(|t| t.split(',')).map(str::to_owned));
        if matches!(word.as_str(), "--target" | "--targets") {
            found.extend(words.get(at + 1).cloned());
        }
    }
    found
}

/// The words without options, the values of those that take one, bare numbers and toolchains (`+nightly`).
fn without_options(words: &[String]) -> Vec<String> {
    let mut plain = Vec::new();
    let mut skip = false;
    for word in words {
        if std::mem::take(&mut skip) {
            continue;
        }
        if word == "--" {
            break;
        }
        skip = WORDS.options.takes.contains(word);
        if !word.starts_with(['-', '+']) && word.parse::<u32>().is_err() && !is_assignment(word) {
            plain.push(word.clone());
        }
    }
    plain
}

fn tool(words: &[String]) -> Option<Known> {
    if words.get(1).is_some_and(|w| matches!(w.as_str(), "install" | "install-deps" | "--install")) {
        return None;
    }
    let (gate, length) =
        WORDS.gate.iter().filter_map(|g| Some((g, longest(&g.commands, words)?))).max_by_key(|(_, n)| *n)?;
    if words.get(length).is_some_and(|w| w == "fix") {
        return None;
    }
    let way = Way::Tool(words[..length].join(" "));
    Some(Known { kind: gate.kind, way, subject: &gate.subject, elsewhere: false })
}

fn named(name: &str, way: impl Fn(String) -> Way) -> Option<Known> {
    let words: Vec<String> =
        name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).filter(|w| !w.is_empty()).collect();
    let found = WORDS.name.iter().find(|n| words.iter().any(|w| n.words.contains(w)))?;
    let known = || Known { kind: found.kind, way: way(name.to_owned()), subject: &[], elsewhere: false };
    (found.kind != Kind::None).then(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::shell;

    fn read(script: &str) -> Vec<(Kind, String)> {
        let known = |k: Known| match k.way {
            Way::Tool(t) => (k.kind, t),
            Way::Script(s) => (k.kind, format!("script {s}")),
            Way::Target(t) => (k.kind, format!("target {t}")),
            Way::Action(a) => (k.kind, a),
        };
        shell::commands(script).iter().flat_map(|c| gates(&c.words)).map(known).collect()
    }

    #[test]
    fn gates_are_known_by_their_first_words() {
        for (script, kind, way) in [
            ("npm test", Kind::Tests, "script test"),
            ("npm run test:unit -- --coverage", Kind::Tests, "script test:unit"),
            ("pnpm --filter web lint", Kind::Lint, "script lint"),
            ("yarn workspace api typecheck", Kind::Types, "script typecheck"),
            ("CI=1 npx --yes vitest run", Kind::Tests, "vitest"),
            ("uv run --extra dev --python 3.12 pytest -q tests", Kind::Tests, "pytest"),
            ("python3.11 -m pytest", Kind::Tests, "pytest"),
            ("coverage run -m pytest", Kind::Tests, "pytest"),
            ("cargo +nightly --locked clippy -- -D warnings", Kind::Lint, "cargo clippy"),
            ("./gradlew --no-daemon check", Kind::Tests, "gradle check"),
            ("make -C web -j 4 check", Kind::All, "target check"),
            ("ruff check .", Kind::Lint, "ruff check"),
            ("timed \"unit\" -- go test ./...", Kind::Tests, "go test"),
            ("pnpm exec tsc --noEmit", Kind::Types, "tsc"),
            ("yarn eslint .", Kind::Lint, "eslint"),
            ("docker compose run --rm web rspec", Kind::Tests, "rspec"),
        ] {
            assert_eq!(read(script), [(kind, way.to_owned())], "{script}");
        }
        assert_eq!(read("turbo run lint test").len(), 2);
    }

    #[test]
    fn installs_deploys_and_mending_are_no_gates() {
        for script in [
            "npm ci",
            "yarn install",
            "npm run deploy",
            "npx playwright install --with-deps",
            "prettier --write .",
            "echo npm test",
            "make release",
            "npm run lint:fix",
            "pnpm changeset version",
            "git push",
            "pytest --version",
            "npm run test:server",
            "npm audit fix",
            "pnpm playwright install --with-deps chromium",
        ] {
            assert_eq!(read(script), [], "{script}");
        }
    }

    #[test]
    fn an_action_is_known_without_its_version() {
        assert_eq!(action("golangci/golangci-lint-action@v6").unwrap().kind, Kind::Lint);
        assert!(action("github/codeql-action/analyze@v3").unwrap().elsewhere);
        assert_eq!(action("actions/checkout@v4"), None);
    }
}
