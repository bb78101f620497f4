//! TRX: what `dotnet test --logger trx` and Visual Studio write.

use quick_xml::events::BytesStart;

use super::xml::{Dialect, attribute};
use super::{Case, Outcome, Report};

pub(super) struct Trx {
    report: Report,
    /// The results that are open, as their numbers among the cases.
    open: Vec<usize>,
}

impl Trx {
    pub(super) fn new(report: Report) -> Self {
        Self { report, open: Vec::new() }
    }
}

const RESULTS: [&str; 5] =
    ["UnitTestResult", "TestResultAggregation", "GenericTestResult", "ManualTestResult", "WebTestResult"];

impl Dialect for Trx {
    fn open(&mut self, tag: &BytesStart<'_>, _above: &[String]) {
        match tag.local_name().as_ref() {
            name if RESULTS.contains(&name) => {
                // The rows of a data-driven test stand in its own result.
                if let Some(outer) = self.open.last() {
                    self.report.cases[*outer].parent = true;
                }
                let outer = self.open.last().map(|outer| self.report.cases[*outer].name.clone());
                let own = attribute(tag, "testName").unwrap_or_default();
                let name = match outer {
                    Some(outer) if !own.starts_with(&outer) => format!("{outer} {own}"),
                    _ => own,
                };
                let outcome = outcome(attribute(tag, "outcome").as_deref());
                let top = self.open.is_empty();
                self.open.push(self.report.cases.len());
                self.report.cases.push(Case { name, file: None, outcome, parent: false, top });
            }
            "ResultSummary" => {
                let ended = attribute(tag, "outcome");
                self.report.aborted =
                    ended.is_some_and(|ended| !matches!(&*ended, "Completed" | "Passed" | "Warning"));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if RESULTS.contains(&name) {
            self.open.pop();
        }
    }

    fn done(self: Box<Self>) -> Report {
        self.report
    }
}

/// By the schema `outcome` may be left out of a test that did not run.
fn outcome(word: Option<&str>) -> Outcome {
    match word {
        Some("Passed" | "Completed" | "Warning" | "PassedButRunAborted") => Outcome::Passed,
        Some("Failed") => Outcome::Failed,
        Some("Error" | "Timeout" | "Aborted" | "Disconnected") => Outcome::Broken,
        _ => Outcome::Skipped,
    }
}
