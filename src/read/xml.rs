//! XML documents, limited before they are built: nesting, attributes and size.

use quick_xml::events::Event;
use roxmltree::{Document, ParsingOptions};

pub use roxmltree::Node;

/// Larger texts are not read.
const MAX_BYTES: usize = 64 * 1024 * 1024;
const MAX_DEPTH: usize = 256;
const MAX_ATTRIBUTES: usize = 256;
const MAX_NODES: u32 = 8_000_000;

/// Reads a document. A document type is passed over, as reports name one; entities of its own are limited by the
/// parser. The error is one sentence without a full stop, and quotes nothing of the text.
pub fn parse(text: &str) -> Result<Document<'_>, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("is larger than {} MiB and was not read", MAX_BYTES / 1024 / 1024));
    }
    limited(text)?;
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        let at = error.pos();
        format!("can't be read as XML: line {}, column {}", at.row, at.col)
    })
}

/// The element's first line, counted from 1.
pub fn line(node: Node<'_, '_>) -> usize {
    node.document().text_pos_at(node.range().start).row as usize
}

/// The first child element of that name, in whichever namespace.
pub fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The child elements of that name, in whichever namespace.
pub fn children<'a, 'i, 'n>(
    node: Node<'a, 'i>,
    name: &'n str,
) -> impl Iterator<Item = Node<'a, 'i>> + use<'a, 'i, 'n> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The trimmed text of the child element of that name.
pub fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim)
}

/// A parser that compares each attribute with the others, or goes down into each element, must not be handed too many.
fn limited(text: &str) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut depth = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::Start(start)) => {
                depth += 1;
                attributes(start.attributes().with_checks(false).count())?;
            }
            Ok(Event::Empty(start)) => attributes(start.attributes().with_checks(false).count())?,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            Err(_) => {
                let at = usize::try_from(reader.error_position()).unwrap_or_default().min(text.len());
                let line = text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
                return Err(format!("can't be read as XML: line {line}"));
            }
        }
        if depth > MAX_DEPTH {
            return Err(format!("nests elements deeper than {MAX_DEPTH}, so it is not read"));
        }
    }
}

fn attributes(count: usize) -> Result<(), String> {
    if count > MAX_ATTRIBUTES {
        return Err(format!("has an element with more than {MAX_ATTRIBUTES} attributes, so it is not read"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_are_found_in_any_namespace_with_their_lines() {
        let document = parse("<?xml version=\"1.0\"?>\n<!DOCTYPE a SYSTEM \"a.dtd\">\n<a xmlns='urn:x'>\n <b> 1 </b>\n <c/>\n</a>").unwrap();
        let root = document.root_element();
        assert_eq!((text(root, "b"), line(child(root, "c").unwrap())), (Some("1"), 5));
    }

    #[test]
    fn bombs_are_refused_in_time() {
        let deep = "<a>".repeat(5_000);
        let wide = format!("<a {}/>", (0..5_000).map(|i| format!("a{i}='' ")).collect::<String>());
        let laughs = (1..12).fold("<!DOCTYPE a [<!ENTITY e0 'ha'>".to_owned(), |all, i| {
            format!("{all}<!ENTITY e{i} '{}'>", format!("&e{};", i - 1).repeat(10))
        }) + "]><a>&e11;</a>";
        for bomb in [deep, wide, laughs, "<a><b></a>".into(), "".into(), "<a".into()] {
            assert!(parse(&bomb).is_err(), "{}", bomb.chars().take(60).collect::<String>());
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(<a>|</a>|<b c='d'/>|&e;|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?x|é|\n){0,40}") {
            let _ = parse(&text);
        }
    }
}
