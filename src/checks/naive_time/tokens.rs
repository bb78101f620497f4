//! Java, Kotlin and C#, of which no syntax tree is had: their words outside of strings and comments. Prisma's schema,
//! line by line.

use std::ops::Range;

use crate::ids::RepoPath;
use crate::read::comments;

use super::columns::is_wall_clock;
use super::{Construct, Found, Grade, Reading};

/// The text with comments and strings blanked out, byte for byte; `None` where the language is unknown.
fn code(path: &RepoPath, text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for piece in comments::scan(path, text)? {
        for byte in &mut bytes[piece.range] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(bytes).ok()
}

pub(super) fn jvm(path: &RepoPath, text: &str) -> Reading {
    let mut reading = Reading::default();
    let Some(code) = code(path, text) else { return reading };
    for range in calls(&code, "LocalDateTime.now") {
        let rest = &code[range.end..];
        let empty =
            rest.trim_start().strip_prefix('(').is_some_and(|inner| inner.trim_start().starts_with(')'));
        let after = rest.split_once(')').map_or("", |(_, after)| after.trim_start());
        let spent =
            [".format", ".get", ".atZone", ".atOffset", ".toLocalDate", ".toLocalTime", ".year", ".hour"];
        if empty && !spent.iter().any(|word| after.starts_with(word)) {
            reading.found.push(Found {
                construct: Construct::LocalDateTime,
                shown: "LocalDateTime.now()".to_owned(),
                range,
                grade: Grade::Mixed,
            });
        }
    }
    let aware = ["Instant.now", "ZonedDateTime.now", "OffsetDateTime.now", "Instant.ofEpochMilli"];
    reading.aware = aware.iter().find_map(|word| calls(&code, word).into_iter().next());
    reading
}

pub(super) fn csharp(path: &RepoPath, text: &str) -> Reading {
    let mut reading = Reading::default();
    let Some(code) = code(path, text) else { return reading };
    for range in calls(&code, "DateTime.Now") {
        let after = code[range.end..].trim_start();
        let before = code[..range.start].trim_end();
        let measured = after.starts_with('-') || before.ends_with('-');
        let spent = [
            ".ToString",
            ".Year",
            ".Month",
            ".Day",
            ".Hour",
            ".Ticks",
            ".ToUniversalTime",
            ".Date",
            ".Millisecond",
            ".ToShort",
            ".ToLong",
            ".Subtract",
        ];
        if !measured && !spent.iter().any(|word| after.starts_with(word)) {
            reading.found.push(Found {
                construct: Construct::DateTimeNow,
                shown: "DateTime.Now".to_owned(),
                range,
                grade: Grade::Mixed,
            });
        }
    }
    let aware = ["DateTime.UtcNow", "DateTimeOffset.UtcNow", "DateTimeOffset.Now"];
    reading.aware = aware.iter().find_map(|word| calls(&code, word).into_iter().next());
    reading
}

/// The places of a dotted name that stands by itself.
fn calls(code: &str, name: &str) -> Vec<Range<usize>> {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    code.match_indices(name)
        .filter(|(at, _)| {
            edge(code[..*at].chars().next_back()) && edge(code[at + name.len()..].chars().next())
        })
        .map(|(at, _)| at..at + name.len())
        .collect()
}

pub(super) fn prisma(text: &str) -> Reading {
    let mut reading = Reading::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let field = line.split("//").next().unwrap_or_default();
        let mut words = field.split_whitespace();
        let (Some(name), Some(kind)) = (words.next(), words.next()) else { continue };
        if kind.trim_end_matches(['?', '[', ']']) != "DateTime" {
            continue;
        }
        let native = words.find_map(|word| word.strip_prefix("@db."));
        if native.is_some_and(|native| native.starts_with("Timestamptz")) {
            reading.zoned += 1;
        // Dates and times of day have no zone; nothing said is a timestamp without one.
        } else if native.is_none_or(|native| native.starts_with("Timestamp")) && !is_wall_clock(name) {
            let indent = line.len() - line.trim_start().len();
            let shown = field.trim();
            reading.columns.push((start + indent..start + indent + shown.len(), shown.to_owned()));
        }
    }
    reading
}
