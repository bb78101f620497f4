//! JUnit XML as surefire, pytest, jest-junit, nextest, gotestsum, Node and others write it.

use quick_xml::events::BytesStart;

use super::xml::{Dialect, attribute};
use super::{Case, Outcome, Report};

pub(super) struct Junit {
    report: Report,
    case: Option<Open>,
}

struct Open {
    name: String,
    file: Option<String>,
    failed: bool,
    broken: bool,
    skipped: bool,
}

impl Junit {
    pub(super) fn new(report: Report) -> Self {
        Self { report, case: None }
    }
}

impl Dialect for Junit {
    fn open(&mut self, tag: &BytesStart<'_>, above: &[String]) {
        let inside = above.last().map(String::as_str);
        match (tag.local_name().as_ref(), &mut self.case) {
            ("testsuite", _) => {
                self.report.suites.extend(attribute(tag, "name").filter(|name| !name.is_empty()));
            }
            ("testcase", _) => self.case = Some(case(tag)),
            // Inside of `flakyFailure` and the like others of the same name may stand.
            ("failure", Some(case)) if inside == Some("testcase") => case.failed = true,
            ("error", Some(case)) if inside == Some("testcase") => case.broken = true,
            ("skipped" | "disabled", Some(case)) if inside == Some("testcase") => case.skipped = true,
            ("error" | "failure", None) if inside == Some("testsuite") => {
                let suite = self.report.suites.last().cloned().unwrap_or_default();
                self.report.cases.push(Case {
                    name: suite,
                    file: None,
                    outcome: Outcome::Broken,
                    parent: false,
                    top: true,
                });
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if name == "testcase"
            && let Some(case) = self.case.take()
        {
            let outcome = outcome(&case);
            self.report.cases.push(Case {
                name: case.name,
                file: case.file,
                outcome,
                parent: false,
                top: true,
            });
        }
    }

    fn done(self: Box<Self>) -> Report {
        self.report
    }
}

/// Node writes a failure beside `skipped` for a test that is still to be done: it fails nothing.
fn outcome(case: &Open) -> Outcome {
    match case {
        Open { skipped: true, .. } => Outcome::Skipped,
        Open { broken: true, .. } => Outcome::Broken,
        Open { failed: true, .. } => Outcome::Failed,
        _ => Outcome::Passed,
    }
}

fn case(tag: &BytesStart<'_>) -> Open {
    let name = attribute(tag, "name").unwrap_or_default();
    let class =
        attribute(tag, "classname").filter(|class| !class.is_empty() && !name.starts_with(class.as_str()));
    let name = class.map_or_else(|| name.clone(), |class| format!("{class} {name}"));
    let not_run = attribute(tag, "status").is_some_and(|status| matches!(&*status, "notrun" | "disabled"));
    Open { name, file: attribute(tag, "file"), failed: false, broken: false, skipped: not_run }
}
