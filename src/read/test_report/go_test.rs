//! The events of `go test -json`, one a line.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Case, Format, Outcome, Report};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default)]
    package: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    test: Option<Cow<'a, str>>,
}

/// A package or test: what it came to, `None` while it runs.
type Ended = Option<Outcome>;

#[derive(Default)]
struct Run {
    packages: BTreeMap<String, Ended>,
    /// By package and name.
    tests: BTreeMap<(String, String), Ended>,
    /// Those that were run again since.
    earlier: Vec<(String, String, Outcome)>,
    unbuilt: BTreeSet<String>,
}

/// Whether a line is an event.
pub(super) fn is_event(line: &str) -> bool {
    line.starts_with('{') && serde_json::from_str::<Event<'_>>(line).is_ok()
}

pub(super) fn read(text: &str) -> Result<Report, String> {
    let mut run = Run::default();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('{') {
            let event: Event<'_> = serde_json::from_str(line).map_err(|_| {
                format!("ends in the middle or is no output of go test -json at line {}", number + 1)
            })?;
            run.take(&event);
        } else if let Some(package) = unbuilt(line) {
            // The compiler's failures go round the events before Go 1.24.
            run.unbuilt.insert(package.to_owned());
        }
    }
    run.report()
}

fn unbuilt(line: &str) -> Option<&str> {
    let (package, why) = line.strip_prefix("FAIL\t")?.split_once(' ')?;
    (why.starts_with("[build failed]") || why.starts_with("[setup failed]")).then_some(package)
}

impl Run {
    fn take(&mut self, event: &Event<'_>) {
        let Some(package) = &event.package else { return };
        let ended = match &*event.action {
            "pass" => Some(Outcome::Passed),
            "fail" => Some(Outcome::Failed),
            "skip" => Some(Outcome::Skipped),
            _ => None,
        };
        match &event.test {
            None => {
                let known = self.packages.entry(package.to_string()).or_default();
                *known = ended.or(*known);
            }
            Some(test) => {
                self.packages.entry(package.to_string()).or_default();
                let key = (package.to_string(), test.to_string());
                let known = self.tests.entry(key).or_default();
                if event.action == "run"
                    && let Some(outcome) = known.take()
                {
                    self.earlier.push((package.to_string(), test.to_string(), outcome));
                }
                *known = ended.or(*known);
            }
        }
    }

    fn report(self) -> Result<Report, String> {
        if self.packages.is_empty() && self.unbuilt.is_empty() {
            return Err("holds no package that was tested".to_owned());
        }
        if let Some((package, _)) = self.packages.iter().find(|(_, ended)| ended.is_none()) {
            return Err(format!("ends before the tests of {package} do"));
        }
        let mut report = Report::new(Format::GoTest);
        let failed = |package: &str| self.packages.get(package) == Some(&Some(Outcome::Failed));
        // A panic takes the test that was running, and those that waited, with it.
        let unended = |package: &str| if failed(package) { Outcome::Failed } else { Outcome::Skipped };
        let ended = self.tests.iter().map(|((p, t), ended)| (p, t, ended.unwrap_or_else(|| unended(p))));
        for (package, test, outcome) in self.earlier.iter().map(|(p, t, o)| (p, t, *o)).chain(ended) {
            let below = (package.clone(), format!("{test}/"));
            let parent = self.tests.range(below..).next().is_some_and(|((p, t), _)| {
                p == package && t.starts_with(test.as_str()) && t[test.len()..].starts_with('/')
            });
            let name = format!("{package} {test}");
            report.cases.push(Case { name, file: None, outcome, parent, top: !test.contains('/') });
        }
        let red: BTreeSet<&String> = self
            .tests
            .iter()
            .filter(|((package, _), ended)| ended.unwrap_or_else(|| unended(package)) == Outcome::Failed)
            .map(|((package, _), _)| package)
            .collect();
        let alone = self.packages.keys().filter(|package| failed(package) && !red.contains(package));
        for package in alone.chain(&self.unbuilt).collect::<BTreeSet<_>>() {
            let name = package.clone();
            report.cases.push(Case { name, file: None, outcome: Outcome::Broken, parent: false, top: true });
        }
        report.suites = self.packages.into_keys().collect();
        Ok(report)
    }
}
