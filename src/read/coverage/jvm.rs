//! Sources of the JVM's languages, their classes, and the patterns by which tools choose among them.
//!
//! A source stands for the class of its own name in the package that its folder spells: what it is compiled to is
//! known to the compiler only.

use std::collections::BTreeSet;

use super::survey::Survey;
use crate::ids::RepoPath;
use crate::read::json::Value;

const LANGUAGES: [(&str, &str); 4] =
    [("java", "java"), ("kotlin", "kt"), ("groovy", "groovy"), ("scala", "scala")];

/// A source file of a module.
#[derive(Debug, Clone)]
pub(super) struct Source<'t> {
    pub(super) path: &'t RepoPath,
    /// Its class, as `com/acme/Cart`.
    pub(super) class: String,
}

/// The sources of a module: those of its main source sets, or below the folders that it names.
pub(super) fn sources<'t>(survey: &Survey<'t>, dir: &str, roots: &[String]) -> Vec<Source<'t>> {
    let inside = if dir.is_empty() { "src".to_owned() } else { format!("{dir}/src") };
    let named: Vec<String> = roots.iter().filter_map(|root| super::survey::place(dir, root)).collect();
    let mut found: Vec<Source<'t>> = Vec::new();
    let mut push = |path: &'t RepoPath, inner: &str| {
        let known = LANGUAGES.iter().any(|(_, ending)| path.extension() == *ending);
        let name = inner.rsplit('/').next().unwrap_or_default();
        if known && !matches!(name, "package-info.java" | "module-info.java") {
            let class = inner.rsplit_once('.').map_or(inner, |(class, _)| class).to_owned();
            found.push(Source { path, class });
        }
    };
    for path in survey.under(&inside) {
        let mut parts = path.as_str()[inside.len() + 1..].splitn(3, '/');
        let (Some(set), Some(language), Some(inner)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        if is_main(set) && LANGUAGES.iter().any(|(folder, _)| *folder == language) {
            push(path, inner);
        }
    }
    for root in &named {
        for path in survey.under(root) {
            if let Some(inner) = super::survey::below(root, path.as_str()) {
                push(path, inner);
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(b.path));
    found.dedup_by(|a, b| a.path == b.path);
    found
}

/// Whether a source set holds what is shipped on the JVM: `main`, and those of a multiplatform project.
fn is_main(set: &str) -> bool {
    set == "main"
        || set.strip_suffix("Main").is_some_and(|target| {
            let lower = target.to_lowercase();
            !["js", "wasm", "native", "ios", "macos", "linux", "mingw", "tvos", "watchos", "apple", "web"]
                .iter()
                .any(|other| lower.starts_with(other))
        })
}

/// A pattern over classes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pattern {
    /// Ant's: over the path of the class file, `*` within a folder and `**` across folders.
    Ant(String),
    /// Over the class name with dots: `*` stands for anything, dots included, `#` (Kover's) for anything but dots.
    Wild(String),
}

impl Pattern {
    fn matches(&self, class: &str) -> bool {
        match self {
            Self::Ant(pattern) => ant(pattern, &format!("{class}.class")),
            Self::Wild(pattern) => wild(pattern, &class.replace('/', ".")),
        }
    }

    fn text(&self) -> &str {
        let (Self::Ant(text) | Self::Wild(text)) = self;
        text
    }
}

/// What a tool keeps of the classes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Filter {
    /// Everything where there is none.
    pub(super) includes: Vec<Pattern>,
    pub(super) excludes: Vec<Pattern>,
}

impl Filter {
    /// Whether the class of a source is kept. The functions of a Kotlin file are a class of their own, `CartKt`: a
    /// pattern that spells its name means the file.
    pub(super) fn keeps(&self, source: &Source<'_>) -> bool {
        let functions = (source.path.extension() == "kt").then(|| format!("{}Kt", source.class));
        let any = |patterns: &[Pattern]| {
            patterns.iter().any(|pattern| {
                pattern.matches(&source.class)
                    || functions.as_deref().is_some_and(|class| {
                        let name = class.rsplit('/').next().unwrap_or(class);
                        pattern.text().contains(name) && pattern.matches(class)
                    })
            })
        };
        (self.includes.is_empty() || any(&self.includes)) && !any(&self.excludes)
    }

    pub(super) fn files(&self, sources: &[Source<'_>]) -> BTreeSet<RepoPath> {
        sources.iter().filter(|source| self.keeps(source)).map(|source| source.path.clone()).collect()
    }
}

/// Ant's pattern over a path: segment by segment; a slash at the end means everything below.
fn ant(pattern: &str, path: &str) -> bool {
    let whole = pattern.replace('\\', "/");
    if whole.starts_with('/') {
        return false;
    }
    let mut pattern: Vec<&str> = whole.split('/').filter(|part| !part.is_empty()).collect();
    if whole.ends_with('/') {
        pattern.push("**");
    }
    let path: Vec<&str> = path.split('/').collect();
    // Which places of the path can be reached by so many segments of the pattern.
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        if part == "**" {
            let first = reached.iter().position(|r| *r).unwrap_or(path.len() + 1);
            (first..=path.len()).for_each(|at| next[at] = true);
        } else {
            for at in 0..path.len() {
                next[at + 1] = reached[at] && within(part, path[at]);
            }
        }
        reached = next;
    }
    reached[path.len()]
}

/// A segment of Ant's: `*` and `?`.
fn within(pattern: &str, name: &str) -> bool {
    matches(pattern, name, |c| match c {
        '*' => Token::Any,
        '?' => Token::One,
        c => Token::Char(c),
    })
}

/// A pattern over a whole name: `*`, `?`, and Kover's `#`.
pub(super) fn wild(pattern: &str, name: &str) -> bool {
    matches(pattern, name, |c| match c {
        '*' => Token::Any,
        '#' => Token::NoDot,
        '?' => Token::One,
        c => Token::Char(c),
    })
}

#[derive(Clone, Copy)]
enum Token {
    Char(char),
    One,
    Any,
    NoDot,
}

fn matches(pattern: &str, name: &str, token: impl Fn(char) -> Token) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for token in pattern.chars().map(token) {
        let mut next = vec![false; name.len() + 1];
        for at in 0..=name.len() {
            next[at] = match token {
                Token::Char(c) => at > 0 && reached[at - 1] && name[at - 1] == c,
                Token::One => at > 0 && reached[at - 1],
                Token::Any => reached[at] || (at > 0 && next[at - 1]),
                Token::NoDot => reached[at] || (at > 0 && next[at - 1] && name[at - 1] != '.'),
            };
        }
        reached = next;
    }
    reached[name.len()]
}

/// A ratio as JaCoCo writes it, in per cent: `0.8` and `80%` are one. Rounded where binary fractions are not exact.
pub(super) fn percent(text: &str) -> Option<f64> {
    let text = text.trim();
    let ratio = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()?,
        None => text.parse::<f64>().ok()? * 100.0,
    };
    Some((ratio * 1e6).round() / 1e6).filter(|p| p.is_finite())
}

/// A number or text of a build script as text.
pub(super) fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::List(items) if items.len() == 1 => spelled(&items[0]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ant_patterns_go_by_segments() {
        // What Ant's own scanner, as JaCoCo's Maven plugin uses it, says to each.
        for (pattern, path, expected) in [
            ("com/acme/*", "com/acme/Cart.class", true),
            ("com/acme/*", "com/acme/dto/Cart.class", false),
            ("com/acme/**", "com/acme/dto/Cart.class", true),
            ("com/acme/", "com/acme/dto/Cart.class", true),
            ("**/dto/**", "com/acme/dto/Cart.class", true),
            ("**/*Dto.class", "CartDto.class", true),
            ("**/*Dto", "CartDto.class", false),
            ("**/*Dto*", "a/CartDto.class", true),
            ("*.class", "com/Cart.class", false),
            ("com.acme.*", "com/acme/Cart.class", false),
            ("com/acme/Car?.class", "com/acme/Cart.class", true),
            ("**", "a/b/C.class", true),
            ("/com/**", "com/C.class", false),
            ("com/**/C.class", "com/C.class", true),
        ] {
            assert_eq!(ant(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn wildcards_go_across_dots_and_hashes_do_not() {
        for (pattern, name, expected) in [
            ("com.acme.*", "com.acme.dto.Cart", true),
            ("com.acme.#", "com.acme.dto.Cart", false),
            ("com.acme.#", "com.acme.Cart", true),
            ("*Dto", "com.acme.CartDto", true),
            ("Dto", "com.acme.Dto", false),
            ("com.acme.Car?", "com.acme.Cart", true),
        ] {
            assert_eq!(wild(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn ratios_are_per_cents() {
        assert_eq!(percent("0.29"), Some(29.0));
        assert_eq!(percent("80%"), Some(80.0));
        assert_eq!(percent("1"), Some(100.0));
        assert_eq!(percent("${x}"), None);
    }
}
