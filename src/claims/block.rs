//! A fenced block of typed claims, marked `gainsay`: one line of TOML a claim. One table makes the template, the parser
//! and the list of kinds.

use toml::Value;

use super::{ClaimKind, CoverageClaim, Covered, Dependency, Metric, Percent, Size, Subject};

/// The mark of the fence.
pub(super) const MARK: &str = "gainsay";

/// More values of one line are no summary.
const MAX_VALUES: usize = 100;

/// One kind of line.
struct Line {
    /// The key, which is the id of the kind.
    key: &'static str,
    /// A value that it takes.
    example: &'static str,
    /// What the line says.
    says: &'static str,
    read: fn(&Value) -> Option<Vec<ClaimKind>>,
}

const LINES: [Line; 29] = [
    Line {
        key: "tests-pass",
        example: "214",
        says: "all tests pass: true, their number, or the command",
        read: tests_pass,
    },
    Line { key: "tests-added", example: "6", says: "tests are new: true or their number", read: tests_added },
    Line {
        key: "tests-unchanged",
        example: "true",
        says: "the tests that were there are as they were",
        read: |v| flag(v, ClaimKind::TestsUnchanged),
    },
    Line {
        key: "tests-kept",
        example: "true",
        says: "no test that was there is gone",
        read: |v| flag(v, ClaimKind::TestsKept),
    },
    Line {
        key: "coverage",
        example: "91.5",
        says: "per cent of the whole project, or { lines = 91.5, branches = 80 }",
        read: coverage,
    },
    Line {
        key: "lint-passes",
        example: "true",
        says: "linter and formatter find nothing: true or the command",
        read: |v| gate(v, ClaimKind::LintPasses),
    },
    Line {
        key: "types-pass",
        example: "true",
        says: "the type checker finds nothing: true or the command",
        read: |v| gate(v, ClaimKind::TypesPass),
    },
    Line {
        key: "builds",
        example: "\"cargo build\"",
        says: "the build succeeds: true or the command",
        read: |v| gate(v, ClaimKind::Builds),
    },
    Line {
        key: "ran",
        example: "[\"cargo test\"]",
        says: "commands that were run and succeeded",
        read: |v| Some(texts(v)?.into_iter().map(ClaimKind::Ran).collect()),
    },
    Line {
        key: "verified-by-hand",
        example: "true",
        says: "somebody tried it",
        read: |v| flag(v, ClaimKind::VerifiedByHand),
    },
    Line {
        key: "no-breaking-change",
        example: "true",
        says: "nothing that others rely on breaks",
        read: |v| flag(v, ClaimKind::NoBreakingChange),
    },
    Line {
        key: "backward-compatible",
        example: "true",
        says: "what worked before works as before",
        read: |v| flag(v, ClaimKind::BackwardCompatible),
    },
    Line {
        key: "behaviour-unchanged",
        example: "true",
        says: "a refactoring, a move, a rename",
        read: |v| flag(v, ClaimKind::BehaviourUnchanged),
    },
    Line {
        key: "docs-only",
        example: "true",
        says: "only documentation changed",
        read: |v| flag(v, ClaimKind::DocsOnly),
    },
    Line {
        key: "tests-only",
        example: "true",
        says: "only tests changed",
        read: |v| flag(v, ClaimKind::TestsOnly),
    },
    Line {
        key: "size",
        example: "{ files = 3, added = 120, removed = 14 }",
        says: "files and lines changed",
        read: size,
    },
    Line {
        key: "added",
        example: "[\"src/cache.rs\", \"parse_header()\"]",
        says: "files, and symbols with ()",
        read: |v| subjects(v, ClaimKind::Added),
    },
    Line {
        key: "changed",
        example: "[\"src/main.rs\"]",
        says: "files, and symbols with ()",
        read: |v| subjects(v, ClaimKind::Changed),
    },
    Line {
        key: "removed",
        example: "[\"src/legacy.rs\"]",
        says: "files, and symbols with ()",
        read: |v| subjects(v, ClaimKind::Removed),
    },
    Line {
        key: "renamed",
        example: "{ \"old.rs\" = \"new.rs\" }",
        says: "old name and new name",
        read: renamed,
    },
    Line {
        key: "replaced",
        example: "{ \"old text\" = \"new text\" }",
        says: "pieces of code or text",
        read: replaced,
    },
    Line {
        key: "no-new-dependencies",
        example: "true",
        says: "no dependency was added",
        read: |v| flag(v, ClaimKind::NoNewDependencies),
    },
    Line {
        key: "dependency-added",
        example: "[\"serde\"]",
        says: "their names",
        read: |v| dependencies(v, Dependency::Added),
    },
    Line {
        key: "dependency-removed",
        example: "[\"chrono\"]",
        says: "their names",
        read: |v| dependencies(v, Dependency::Removed),
    },
    Line {
        key: "dependency-bumped",
        example: "{ serde = \"1.0.228\" }",
        says: "the version now, or [\"before\", \"now\"]",
        read: bumped,
    },
    Line { key: "fixes", example: "[12]", says: "numbers of issues that it closes", read: fixes },
    Line { key: "faster", example: "\"2.5x\"", says: "by which factor or share", read: faster },
    Line {
        key: "migration-included",
        example: "true",
        says: "a database migration is part of it",
        read: |v| flag(v, ClaimKind::MigrationIncluded),
    },
    Line { key: "none", example: "true", says: "it claims nothing", read: none },
];

/// The keys of the lines; all but `none` are ids of kinds.
pub fn keys() -> Vec<&'static str> {
    LINES.iter().map(|line| line.key).collect()
}

/// Whether the words are a line of such a block: it speaks of the whole change, unless it names a part.
pub(super) fn is_line(words: &str) -> bool {
    let key = words.split_once('=').map(|(key, _)| key.trim());
    key.is_some_and(|key| LINES.iter().any(|line| line.key == key))
}

/// The block with every kind of line, each commented out.
pub fn template() -> String {
    let row = |line: &Line| format!("# {} = {}", line.key, line.example);
    let width = LINES.iter().map(|line| row(line).len()).max().unwrap_or_default();
    let lines = LINES.iter().map(|line| format!("{:width$}  # {}\n", row(line), line.says));
    format!("```{MARK}\n{}```\n", lines.collect::<String>())
}

/// One line of a block that says something: its place in the block, counted from 0, and its claims, or why it can't be
/// read.
pub(super) struct Read {
    pub(super) line: usize,
    pub(super) claims: Result<Vec<ClaimKind>, String>,
}

/// Reads a block line by line.
pub(super) fn read(text: &str) -> Vec<Read> {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut found = Vec::new();
    for (line, text) in text.lines().enumerate() {
        let text = text.trim();
        if !text.is_empty() && !text.starts_with('#') {
            found.push(Read { line, claims: one(text, &mut seen) });
        }
    }
    found
}

fn one(text: &str, seen: &mut Vec<&'static str>) -> Result<Vec<ClaimKind>, String> {
    let unread = |_| "is no line of the form `kind = value` in TOML".to_owned();
    let table: toml::Table = toml::from_str(text).map_err(unread)?;
    let mut pairs = table.iter();
    let (Some((key, value)), None) = (pairs.next(), pairs.next()) else {
        return Err("holds no claim".to_owned());
    };
    let Some(line) = LINES.iter().find(|line| line.key == key) else {
        return Err(format!("names `{key}`, which is no kind of claim"));
    };
    if seen.contains(&line.key) {
        return Err(format!("says `{key}` a second time"));
    }
    seen.push(line.key);
    // An honest "no" claims nothing.
    if value.as_bool() == Some(false) {
        return Ok(Vec::new());
    }
    let wrong = || format!("gives `{key}` a value that it does not take, such as {}", line.example);
    (line.read)(value).ok_or_else(wrong)
}

fn none(value: &Value) -> Option<Vec<ClaimKind>> {
    (value.as_bool()?).then(Vec::new)
}

fn flag(value: &Value, kind: ClaimKind) -> Option<Vec<ClaimKind>> {
    (value.as_bool()?).then(|| vec![kind])
}

fn gate(value: &Value, kind: ClaimKind) -> Option<Vec<ClaimKind>> {
    match command(value) {
        Some(command) => Some(vec![kind, ClaimKind::Ran(command)]),
        None => flag(value, kind),
    }
}

fn command(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn tests_pass(value: &Value) -> Option<Vec<ClaimKind>> {
    if let Some(command) = command(value) {
        return Some(vec![
            ClaimKind::TestsPass { passed: None, command: Some(command.clone()) },
            ClaimKind::Ran(command),
        ]);
    }
    let passed = match value {
        Value::Boolean(true) => None,
        value => Some(count(value)?),
    };
    Some(vec![ClaimKind::TestsPass { passed, command: None }])
}

fn tests_added(value: &Value) -> Option<Vec<ClaimKind>> {
    let count = match value {
        Value::Boolean(true) => None,
        value => Some(count(value)?),
    };
    Some(vec![ClaimKind::TestsAdded { count, of: None }])
}

fn count(value: &Value) -> Option<u64> {
    u64::try_from(value.as_integer()?).ok().filter(|n| *n > 0)
}

fn coverage(value: &Value) -> Option<Vec<ClaimKind>> {
    let Some(table) = value.as_table() else { return Some(vec![covered(value, Vec::new())?]) };
    let metric = |(name, figure): (&String, &Value)| {
        let metric = match name.as_str() {
            "statements" => Metric::Statements,
            "branches" => Metric::Branches,
            "functions" => Metric::Functions,
            "lines" => Metric::Lines,
            "regions" => Metric::Regions,
            _ => return None,
        };
        covered(figure, vec![metric])
    };
    table.iter().map(metric).collect::<Option<Vec<_>>>().filter(|list| !list.is_empty())
}

fn covered(figure: &Value, metrics: Vec<Metric>) -> Option<ClaimKind> {
    let value = figure.as_float().or_else(|| figure.as_integer().map(|n| n as f64))?;
    let written = value.to_string();
    let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let now = Percent { value, decimals: u8::try_from(decimals).ok()? };
    let claim = CoverageClaim { now, before: None, metrics, of: Covered::Whole, in_words: false };
    (0.0..=100.0).contains(&value).then_some(ClaimKind::Coverage(claim))
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let list = match value {
        Value::String(_) => std::slice::from_ref(value),
        value => value.as_array()?,
    };
    let texts: Option<Vec<String>> = list.iter().take(MAX_VALUES + 1).map(command).collect();
    texts.filter(|texts| !texts.is_empty() && texts.len() <= MAX_VALUES)
}

fn size(value: &Value) -> Option<Vec<ClaimKind>> {
    let table = value.as_table()?;
    let known = table.keys().all(|key| matches!(key.as_str(), "files" | "added" | "removed"));
    let all = table.values().all(|n| n.as_integer().is_some_and(|n| n >= 0));
    let of = |key: &str| table.get(key).and_then(|n| u64::try_from(n.as_integer()?).ok());
    let size = Size { files: of("files"), added: of("added"), removed: of("removed") };
    (known && all && size != Size::default()).then(|| vec![ClaimKind::Size(size)])
}

/// A symbol is written with `()`, so that nothing is left to guess.
fn subject(name: &str) -> Option<Subject> {
    let name = name.trim().trim_matches('`');
    match name.strip_suffix("()") {
        Some(symbol) => {
            let last = symbol.rsplit(['.', ':', '#']).next().unwrap_or(symbol);
            let plain = !last.is_empty() && last.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
            plain.then(|| Subject::Symbol(last.to_owned()))
        }
        None => {
            let name = name.strip_prefix("./").unwrap_or(name);
            let inside =
                !name.is_empty() && !name.starts_with('/') && name.split('/').all(|part| part != "..");
            inside.then(|| Subject::File(name.to_owned()))
        }
    }
}

fn subjects(value: &Value, kind: fn(Subject) -> ClaimKind) -> Option<Vec<ClaimKind>> {
    texts(value)?.iter().map(|name| subject(name).map(kind)).collect()
}

fn renamed(value: &Value) -> Option<Vec<ClaimKind>> {
    let pair = |(from, to): (&String, &Value)| {
        let (from, to) = (subject(from)?, subject(to.as_str()?)?);
        let alike = matches!(
            (&from, &to),
            (Subject::File(_), Subject::File(_)) | (Subject::Symbol(_), Subject::Symbol(_))
        );
        (alike && from != to).then_some(ClaimKind::Renamed { from, to })
    };
    let table = value.as_table()?;
    table.iter().take(MAX_VALUES).map(pair).collect::<Option<Vec<_>>>().filter(|list| !list.is_empty())
}

fn replaced(value: &Value) -> Option<Vec<ClaimKind>> {
    let pair = |(from, to): (&String, &Value)| {
        let (from, to) = (from.trim(), to.as_str()?.trim());
        let told = from.len() > 2 && to.len() > 2 && from != to;
        told.then(|| ClaimKind::Replaced { from: from.to_owned(), to: to.to_owned() })
    };
    let table = value.as_table()?;
    table.iter().take(MAX_VALUES).map(pair).collect::<Option<Vec<_>>>().filter(|list| !list.is_empty())
}

fn dependencies(value: &Value, kind: fn(String) -> Dependency) -> Option<Vec<ClaimKind>> {
    Some(texts(value)?.into_iter().map(|name| ClaimKind::Dependency(kind(name))).collect())
}

fn bumped(value: &Value) -> Option<Vec<ClaimKind>> {
    let one = |(name, version): (&String, &Value)| {
        let (from, to) = match texts(version)?.as_slice() {
            [to] => (None, to.clone()),
            [from, to] => (Some(from.clone()), to.clone()),
            _ => return None,
        };
        Some(ClaimKind::Dependency(Dependency::Bumped { name: name.clone(), from, to }))
    };
    let table = value.as_table()?;
    table.iter().take(MAX_VALUES).map(one).collect::<Option<Vec<_>>>().filter(|list| !list.is_empty())
}

fn fixes(value: &Value) -> Option<Vec<ClaimKind>> {
    let list = match value {
        Value::Integer(_) => std::slice::from_ref(value),
        value => value.as_array()?,
    };
    let issues = list.iter().take(MAX_VALUES).map(|issue| count(issue).map(ClaimKind::Fixes));
    issues.collect::<Option<Vec<_>>>().filter(|list| !list.is_empty())
}

fn faster(value: &Value) -> Option<Vec<ClaimKind>> {
    let text = value.as_str()?.trim();
    let figure = text.trim_end_matches(['x', '×', '%']).trim();
    (figure.len() < text.len() && figure.parse::<f64>().is_ok_and(|n| n > 0.0))
        .then(|| vec![ClaimKind::Faster])
}

#[cfg(test)]
mod tests;
