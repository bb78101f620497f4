//! The Test Anything Protocol, versions 12 to 14: plans, subtests, directives and bail-outs.

use std::sync::LazyLock;

use regex::Regex;

use super::{Case, Format, MAX_DEPTH, Outcome, Report};

static POINT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<not>not )?ok\b(?: +(?P<number>\d+))?(?: +- +| +-$| +|$)(?P<rest>.*)$").expect("literal")
});
static PLAN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^1\.\.(?P<last>\d+)(?: *#.*)?$").expect("literal"));
static DIRECTIVE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)(?:^|[^\\])#\s*(?P<word>skip\w*|todo)\b").expect("literal"));

/// Longer names are not told in full.
const MAX_NAME: usize = 300;

/// Whether a line can only be the first of such a stream.
pub(super) fn begins(line: &str) -> bool {
    line.starts_with("TAP version ") || PLAN.is_match(line.trim_end()) || numbered(line)
}

fn numbered(line: &str) -> bool {
    POINT.captures(line.trim_end()).is_some_and(|found| found.name("number").is_some())
}

pub(super) fn read(text: &str) -> Result<Report, String> {
    let mut stream =
        Stream { report: Report::new(Format::Tap), levels: vec![Level::default()], bailed: false };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let body = line.trim_start_matches(' ');
        let indent = line.len() - body.len();
        if body.trim_end() == "---" && indent > 0 && stream.any() {
            // What a test tells of itself, in YAML: up to `...` in the same column.
            let end = |l: &str| l.trim_end().len() == indent + 3 && l.trim() == "...";
            if !lines.any(end) {
                return Err("ends in the middle".to_owned());
            }
            continue;
        }
        stream.take(body.trim_end(), indent / 4)?;
        if stream.bailed {
            break;
        }
    }
    stream.end()
}

/// The tests at one depth.
#[derive(Default)]
struct Level {
    planned: Option<u64>,
    seen: u64,
    /// The first of its cases: from there on they are held by the test point that closes the level.
    first: usize,
}

struct Stream {
    report: Report,
    levels: Vec<Level>,
    bailed: bool,
}

impl Stream {
    fn any(&self) -> bool {
        !self.report.cases.is_empty()
    }

    fn take(&mut self, line: &str, depth: usize) -> Result<(), String> {
        if let Some(reason) = line.strip_prefix("Bail out!") {
            self.bailed = true;
            let name = format!("Bail out!{reason}");
            self.report.cases.push(Case {
                name,
                file: None,
                outcome: Outcome::Broken,
                parent: false,
                top: true,
            });
            return Ok(());
        }
        if let Some(plan) = PLAN.captures(line) {
            let last = plan["last"].parse().map_err(|_| "plans more tests than there can be".to_owned())?;
            if self.reach(depth)? {
                if depth == 0 && self.levels[0].planned.is_some() {
                    self.begin_again()?;
                }
                self.levels[depth].planned = Some(last);
            }
        } else if let Some(point) = POINT.captures(line) {
            if !self.reach(depth)? {
                return Ok(());
            }
            let number = point.name("number").and_then(|n| n.as_str().parse::<u64>().ok());
            if depth == 0 && number == Some(1) && self.levels[0].seen > 0 {
                self.begin_again()?;
            }
            self.point(&point, depth);
        }
        Ok(())
    }

    /// Makes room for a line at that depth. One that is indented by more than a level at once is something else.
    fn reach(&mut self, depth: usize) -> Result<bool, String> {
        if depth >= MAX_DEPTH {
            return Err("is nested too deeply".to_owned());
        }
        if depth == self.levels.len() {
            self.levels.push(Level { first: self.report.cases.len(), ..Level::default() });
        }
        Ok(depth < self.levels.len())
    }

    fn point(&mut self, point: &regex::Captures<'_>, depth: usize) {
        let rest = &point["rest"];
        let directive = DIRECTIVE.captures(rest);
        let word = directive.as_ref().map(|found| found["word"].to_ascii_lowercase());
        let outcome = match word {
            Some(_) => Outcome::Skipped,
            None if point.name("not").is_some() => Outcome::Failed,
            None => Outcome::Passed,
        };
        let cut = rest.find('#').filter(|_| directive.is_some()).unwrap_or(rest.len());
        let name: String = rest[..cut].trim().trim_start_matches("- ").chars().take(MAX_NAME).collect();
        let held = self
            .levels
            .get(depth + 1)
            .map(|level| level.first)
            .filter(|first| *first < self.report.cases.len());
        self.levels.truncate(depth + 1);
        if let Some(first) = held {
            for case in &mut self.report.cases[first..] {
                if case.name.len() < MAX_NAME {
                    case.name = format!("{name} > {}", case.name);
                }
                case.top = false;
            }
        }
        self.levels[depth].seen += 1;
        self.report.cases.push(Case { name, file: None, outcome, parent: held.is_some(), top: true });
    }

    /// Another stream follows in the same file.
    fn begin_again(&mut self) -> Result<(), String> {
        self.complete()?;
        self.levels = vec![Level { first: self.report.cases.len(), ..Level::default() }];
        Ok(())
    }

    fn complete(&self) -> Result<(), String> {
        let Level { planned, seen, .. } = self.levels[0];
        match planned {
            None => Err("has no plan, so it may be cut short".to_owned()),
            Some(planned) if planned != seen => Err(format!("plans {planned} tests and has {seen}")),
            Some(_) => Ok(()),
        }
    }

    fn end(self) -> Result<Report, String> {
        if !self.bailed {
            self.complete()?;
        }
        Ok(self.report)
    }
}
