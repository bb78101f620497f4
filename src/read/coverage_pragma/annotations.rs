//! Annotations, attributes and doc comments that take a declaration out: Java, Kotlin, Groovy, Scala, C# and PHP.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::masked::{Ends, MAX_LENGTH, declaration_end, without};
use super::{Hides, Marker, lines_of};
use crate::ids::RepoPath;
use crate::read::comments::{self, Kind, Piece};
use crate::span::Lines;
use crate::undecided::Undecided;

static JVM: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"@(?:[a-z]+:)?(?<name>(?:[A-Za-z_]\w*\.)*\w*Generated\w*)(?:[^\w.]|$)";
    Regex::new(words).expect("a literal expression compiles")
});
static SHARP: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"\[\s*(?<target>\w+\s*:)?[^\[\]]*\bExcludeFromCodeCoverage(?:Attribute)?\b[^\[\]]*\]";
    Regex::new(words).expect("a literal expression compiles")
});
static PHP_ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^#\[[^\]]*\bCodeCoverageIgnore\b").expect("a literal expression compiles"));
static PHP_TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"@codeCoverageIgnore(?:[^\w]|$)").expect("a literal expression compiles"));

/// Annotations of these packages do not reach the compiled class, where JaCoCo looks.
const IN_SOURCE_ONLY: [&str; 3] =
    ["javax.annotation.Generated", "javax.annotation.processing.Generated", "jakarta.annotation.Generated"];

/// More of them in one file are not followed.
const MAX_MARKERS: usize = 2_000;

pub(super) fn read(path: &RepoPath, text: &str) -> Result<Vec<Marker>, Undecided> {
    let reader = |path: &RepoPath| {
        let pieces = comments::scan(path, text).unwrap_or_default();
        let masked = without(text, pieces.iter().map(|piece| piece.range.clone()));
        Source { text, lines: Lines::of(text), masked, pieces }
    };
    let found = match path.extension() {
        "java" | "groovy" => reader(path).jvm(Ends::Plain),
        "kt" | "kts" | "scala" => reader(path).jvm(Ends::Newline),
        "cs" => reader(path).sharp(),
        "php" => reader(path).php(),
        _ => Vec::new(),
    };
    if found.len() >= MAX_MARKERS {
        return Err(Undecided::new(format!(
            "holds {MAX_MARKERS} coverage annotations or more, so they were not followed"
        )));
    }
    Ok(found)
}

struct Source<'t> {
    text: &'t str,
    lines: Lines,
    /// The text with comments and strings blanked out.
    masked: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Source<'_> {
    fn jvm(&self, ends: Ends) -> Vec<Marker> {
        let code = String::from_utf8_lossy(&self.masked);
        let is_source = |name: &str| {
            IN_SOURCE_ONLY.contains(&name)
                || (name == "Generated" && IN_SOURCE_ONLY.iter().any(|import| code.contains(import)))
        };
        let mut found = Vec::new();
        for words in JVM.captures_iter(&code).take(MAX_MARKERS) {
            let Some(name) = words.name("name").filter(|name| !is_source(name.as_str())) else { continue };
            let start = words.get(0).map_or(0, |all| all.start());
            let last = name.as_str().rsplit('.').next().unwrap_or_default();
            if last.contains("Generated") {
                found.extend(self.declaration("JaCoCo", start..name.end(), ends));
            }
        }
        found
    }

    fn sharp(&self) -> Vec<Marker> {
        let code = String::from_utf8_lossy(&self.masked);
        let mut found = Vec::new();
        for words in SHARP.captures_iter(&code).take(MAX_MARKERS) {
            let Some(all) = words.get(0) else { continue };
            let target = words.name("target").map(|target| target.as_str().trim_end_matches(':').trim());
            match target {
                Some("assembly" | "module") => {
                    found.push(Marker::new(".NET", self.text, all.range(), Hides::File));
                }
                _ => found.extend(self.declaration(".NET", all.range(), Ends::Arrow)),
            }
        }
        found
    }

    fn php(&self) -> Vec<Marker> {
        let mut found = Vec::new();
        for piece in self.pieces.iter().filter(|piece| piece.kind == Kind::Comment) {
            let written = &self.text[piece.range.clone()];
            let tagged = written.starts_with("/**") && PHP_TAG.is_match(written);
            if found.len() < MAX_MARKERS && (tagged || PHP_ATTRIBUTE.is_match(written)) {
                found.extend(self.declaration("PHPUnit", piece.range.clone(), Ends::Plain));
            }
        }
        found
    }

    /// The marker of the declaration that follows it.
    fn declaration(&self, tool: &'static str, place: Range<usize>, ends: Ends) -> Option<Marker> {
        let mut from = place.end;
        // Its own arguments and the annotations after it.
        loop {
            let rest = &self.masked[from..];
            let gap = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            match rest.get(gap) {
                Some(b'(' | b'[') => from = bracket_end(&self.masked, from + gap)?,
                Some(b'@') if !rest[gap..].starts_with(b"@interface") => {
                    let name = |byte: &&u8| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'@')
                    };
                    from += gap + rest[gap..].iter().take_while(name).count();
                }
                _ => break,
            }
        }
        let end = declaration_end(&self.masked, from, ends)?;
        let lines = lines_of(&self.lines, &(place.start..end));
        Some(Marker::new(tool, self.text, place, Hides::Lines(std::iter::once(lines).collect())))
    }
}

/// Behind the bracket that closes the one at `open`.
fn bracket_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(open).take(MAX_LENGTH) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
