//! The reports in XML; `quick-xml` reads them as a stream. Entities of a document type are never expanded.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{Format, MAX_DEPTH, Report, junit, trx};

/// A dialect takes the elements one by one.
pub(super) trait Dialect {
    /// An element begins; `above` are the names of those around it, the innermost last.
    fn open(&mut self, tag: &BytesStart<'_>, above: &[String]);
    /// An element ends.
    fn close(&mut self, name: &str);
    /// What was read.
    fn done(self: Box<Self>) -> Report;
}

pub(super) fn read(bytes: &[u8]) -> Result<Report, String> {
    let mut reader = Reader::from_reader(bytes);
    let mut dialect: Option<Box<dyn Dialect>> = None;
    let mut above: Vec<String> = Vec::new();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => {
                let name = tag.local_name().as_ref().to_owned();
                begin(&mut dialect, &tag)?.open(&tag, &above);
                above.push(name);
                if above.len() > MAX_DEPTH {
                    return Err("is nested too deeply".to_owned());
                }
            }
            Ok(Event::Empty(tag)) => {
                let name = tag.local_name().as_ref().to_owned();
                let dialect = begin(&mut dialect, &tag)?;
                dialect.open(&tag, &above);
                dialect.close(&name);
            }
            Ok(Event::End(tag)) => {
                above.pop();
                if let Some(dialect) = &mut dialect {
                    dialect.close(tag.local_name().as_ref());
                }
            }
            Ok(Event::Eof) if !above.is_empty() => return Err("ends in the middle".to_owned()),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(e) => return Err(format!("is not well-formed XML: {e}")),
        }
    }
    dialect.map(Dialect::done).ok_or_else(|| "is neither JUnit XML nor TRX".to_owned())
}

fn begin<'d>(
    dialect: &'d mut Option<Box<dyn Dialect>>,
    tag: &BytesStart<'_>,
) -> Result<&'d mut Box<dyn Dialect>, String> {
    match dialect {
        Some(dialect) => Ok(dialect),
        None => {
            let first: Box<dyn Dialect> = match tag.local_name().as_ref() {
                "testsuites" | "testsuite" | "testrun" => {
                    Box::new(junit::Junit::new(Report::new(Format::Junit)))
                }
                "TestRun" => Box::new(trx::Trx::new(Report::new(Format::Trx))),
                _ => return Err("is neither JUnit XML nor TRX".to_owned()),
            };
            Ok(dialect.insert(first))
        }
    }
}

/// An attribute's value; one with an entity that XML itself does not know stays as written.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok().flatten()?;
    let raw = attribute.value.into_owned();
    Some(quick_xml::escape::unescape(&raw).map(|text| text.into_owned()).unwrap_or(raw))
}
