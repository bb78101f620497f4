//! Files, folders and packages that a stretch of text names by their path.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::vocabulary::WORDS;
use super::extent::is_plain;

static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"`([^`]*)`").expect("literal"));
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:^|[\s(\[,;:"'*])(?P<path>@?[\w.~-]+(?:/[\w.@~+-]+)+/?|[\w.-]*\w\.\w{1,6})"#)
        .expect("literal")
});
static URL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\w+://\S+").expect("literal"));

/// What the code spans and the bare paths of a text name.
pub(super) struct Names {
    /// Paths, as written.
    pub(super) paths: Vec<String>,
    /// Whether a code span names something else than a path or a command.
    pub(super) others: bool,
    /// The text without what was read here, of the same length.
    pub(super) rest: String,
}

pub(super) fn read(text: &str) -> Names {
    let mut names = Names { paths: Vec::new(), others: false, rest: text.to_owned() };
    let spans: Vec<(Range<usize>, String)> = CODE
        .captures_iter(text)
        .map(|found| (found.get(0).expect("group 0 is the match").range(), found[1].trim().to_owned()))
        .collect();
    for (range, code) in spans {
        names.code(&code);
        blank(&mut names.rest, range);
    }
    for range in URL.find_iter(&names.rest.clone()).map(|found| found.range()) {
        blank(&mut names.rest, range);
    }
    for found in TOKEN.captures_iter(&names.rest.clone()) {
        let token = found.name("path").expect("matched");
        let path = token.as_str().trim_end_matches('.');
        if is_path(path) {
            names.paths.push(path.to_owned());
            blank(&mut names.rest, token.range());
        }
    }
    names
}

impl Names {
    fn code(&mut self, code: &str) {
        if code.contains(char::is_whitespace) {
            // A command: it may be told to run a part only.
            self.others |=
                code.split_whitespace().skip(1).any(|word| word.contains(['/', '=']) || has_extension(word));
        } else if is_path(code) {
            self.paths.push(code.to_owned());
        } else {
            self.others |= !code.is_empty() && !words(code).all(is_plain);
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// A path or a file's name; fractions, alternatives and products that look like one are none.
fn is_path(token: &str) -> bool {
    let sound = token.len() <= 300 && token.chars().all(|c| c.is_alphanumeric() || "/._-@~+".contains(c));
    if !sound || token.split('/').any(|part| part == "..") {
        return false;
    }
    if !token.contains('/') {
        return has_extension(token) && !WORDS.not_files.contains(&token.to_lowercase());
    }
    let telling = |word: &str| !word.chars().all(|c| c.is_ascii_digit()) && !is_plain(word);
    has_extension(token) || words(token).any(telling) && !token.starts_with("http")
}

fn has_extension(token: &str) -> bool {
    let name = token.rsplit('/').next().unwrap_or(token);
    name.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty() && WORDS.extensions.iter().any(|known| known == extension)
    })
}

/// Puts spaces in the place of a range that lies on character bounds.
pub(super) fn blank(text: &mut String, range: Range<usize>) {
    let spaces = " ".repeat(range.len());
    text.replace_range(range, &spaces);
}
