//! JUnit XML: how many tests passed, failed and were skipped; `quick-xml` is used here only.
//!
//! Totals are counted from the test cases: the attributes on suites differ from tool to tool. Entities of a document
//! type are never expanded.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::change::EvidenceFile;
use crate::undecided::Undecided;

/// Deeper nesting than this is not read.
const MAX_DEPTH: usize = 128;
/// Larger reports are not read.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// So many failing tests are named.
const MAX_NAMED: usize = 20;

/// What a report counts. A test that failed and then passed when run again counts as passed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// Passed.
    pub passed: u64,
    /// An assertion failed.
    pub failed: u64,
    /// Broke before or beside its assertions.
    pub errors: u64,
    /// Not run.
    pub skipped: u64,
    /// The first failing tests, in the order of the report.
    pub failing: Vec<Failing>,
    /// The names of the suites, for telling kinds of tests apart.
    pub suites: Vec<String>,
}

/// A test that failed or broke.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failing {
    /// Its name, with its class where the report has one.
    pub name: String,
    /// Its file as the tool writes it, where it does.
    pub file: Option<String>,
}

impl Results {
    /// Failed and broken tests.
    pub fn red(&self) -> u64 {
        self.failed + self.errors
    }

    /// Every test that ran.
    pub fn run(&self) -> u64 {
        self.passed + self.red()
    }

    /// Takes in another report's counts.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.errors += other.errors;
        self.skipped += other.skipped;
        self.failing.extend(other.failing);
        self.failing.truncate(MAX_NAMED);
        self.suites.extend(other.suites);
    }
}

#[derive(Default)]
struct Case {
    at: Failing,
    failed: bool,
    broken: bool,
    skipped: bool,
}

/// Reads a report. What is no JUnit XML, cut short, or too deep is `Undecided`.
pub fn read(file: &EvidenceFile) -> Result<Results, Undecided> {
    let undecided = |why: &str| Undecided::new(format!("the test report {} {why}", file.name));
    if file.bytes.len() > MAX_BYTES {
        return Err(undecided("is larger than 64 MiB and was not read"));
    }
    let mut reader = Reader::from_reader(file.bytes.as_slice());
    let mut results = Results::default();
    let mut case: Option<Case> = None;
    let mut depth = 0_usize;
    let mut root = None;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(undecided("is nested too deeply"));
                }
                root.get_or_insert_with(|| is_suite(&tag));
                open(&tag, &mut case, &mut results);
            }
            Ok(Event::Empty(tag)) => {
                root.get_or_insert_with(|| is_suite(&tag));
                open(&tag, &mut case, &mut results);
                if tag.local_name().as_ref() == "testcase" {
                    results.count(case.take());
                }
            }
            Ok(Event::End(tag)) => {
                depth = depth.saturating_sub(1);
                if tag.local_name().as_ref() == "testcase" {
                    results.count(case.take());
                }
            }
            Ok(Event::Eof) if depth > 0 => return Err(undecided("ends in the middle")),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(e) => return Err(undecided(&format!("is not well-formed XML: {e}"))),
        }
    }
    if root == Some(true) { Ok(results) } else { Err(undecided("is not JUnit XML")) }
}

fn is_suite(tag: &BytesStart<'_>) -> bool {
    matches!(tag.local_name().as_ref(), "testsuites" | "testsuite" | "testrun")
}

fn open(tag: &BytesStart<'_>, case: &mut Option<Case>, results: &mut Results) {
    match tag.local_name().as_ref() {
        "testsuite" => results.suites.extend(attribute(tag, "name").filter(|name| !name.is_empty())),
        "testcase" => *case = Some(Case { at: place(tag), ..Case::default() }),
        "failure" => set(case, |c| c.failed = true),
        "error" => set(case, |c| c.broken = true),
        "skipped" | "disabled" => set(case, |c| c.skipped = true),
        _ => {}
    }
}

fn set(case: &mut Option<Case>, change: impl Fn(&mut Case)) {
    if let Some(case) = case {
        change(case);
    }
}

fn place(tag: &BytesStart<'_>) -> Failing {
    let name = attribute(tag, "name").unwrap_or_default();
    let class =
        attribute(tag, "classname").filter(|class| !class.is_empty() && !name.starts_with(class.as_str()));
    let name = class.map_or_else(|| name.clone(), |class| format!("{class} {name}"));
    Failing { name, file: attribute(tag, "file") }
}

/// An attribute's value; one with an entity that XML itself does not know stays as written.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok().flatten()?;
    let raw = attribute.value.into_owned();
    Some(quick_xml::escape::unescape(&raw).map(|text| text.into_owned()).unwrap_or(raw))
}

impl Results {
    fn count(&mut self, case: Option<Case>) {
        let Some(case) = case else { return };
        match case {
            Case { broken: true, .. } => self.errors += 1,
            Case { failed: true, .. } => self.failed += 1,
            Case { skipped: true, .. } => self.skipped += 1,
            _ => self.passed += 1,
        }
        if (case.broken || case.failed) && self.failing.len() < MAX_NAMED {
            self.failing.push(case.at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(xml: &str) -> Result<Results, Undecided> {
        read(&EvidenceFile { name: "junit.xml".into(), bytes: xml.into() })
    }

    #[test]
    fn nested_suites_are_counted_by_their_cases_and_not_by_their_attributes() {
        let xml = r#"<?xml version="1.0"?><testsuites tests="99" failures="0"><testsuite name="a">
            <testsuite name="b"><testcase classname="m" name="x &amp; y" file="t/b.py"><failure>no</failure></testcase>
            <testcase name="z"/></testsuite><testcase name="s"><skipped/></testcase>
            <testcase name="e"><error/></testcase>
            <testcase name="again"><flakyFailure/></testcase></testsuite></testsuites>"#;
        let found = results(xml).unwrap();
        assert_eq!((found.passed, found.failed, found.errors, found.skipped), (2, 1, 1, 1));
        let first = Failing { name: "m x & y".into(), file: Some("t/b.py".into()) };
        assert_eq!(found.failing[0], first);
        assert_eq!(found.suites, ["a", "b"]);
    }

    #[test]
    fn what_is_no_report_or_cut_short_is_undecided() {
        for bad in
            ["", "{}", "<html></html>", "<testsuite><testcase name='a'>", "<testsuite></testsuites>", "\u{0}"]
        {
            assert!(results(bad).is_err(), "{bad}");
        }
        assert!(results(&"<testsuite>".repeat(1_000)).unwrap_err().why.contains("deep"));
        assert_eq!(results("<testsuite name='none'/>").unwrap().run(), 0);
    }

    #[test]
    fn entities_of_the_document_are_not_expanded() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\
                    <testsuite><testcase name=\"&b;\"><failure/></testcase></testsuite>";
        assert_eq!(results(bomb).unwrap().failing[0].name, "&b;");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, text in "[<>/a-z\"= !&;\\[\\]-]{0,200}") {
            let _ = read(&EvidenceFile { name: "x".into(), bytes });
            let _ = results(&format!("<testsuite>{text}"));
        }
    }
}
