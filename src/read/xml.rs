//! XML documents, limited before they are built: nesting, attributes and size.

use quick_xml::events::Event;
use roxmltree::{Document, ParsingOptions};

pub use roxmltree::Node;

/// Larger texts are not read.
const MAX_BYTES: usize = 64 * 1024 * 1024;
const MAX_DEPTH: usize = 256;
const MAX_ATTRIBUTES: usize = 256;
const MAX_NODES: u32 = 8_000_000;
const UNREADABLE: &str = "can't be read as XML";

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
        format!("{UNREADABLE}: line {}, column {}", at.row, at.col)
    })
}

/// What keeps a text from being XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, without a full stop.
    pub said: String,
    /// Whether every reader refuses it: of entities, namespaces and what comments may hold some know more than others.
    pub is_certain: bool,
}

/// What keeps a text from being XML, where anything does. The error says why it was not read.
pub fn fault(text: &str) -> Result<Option<Fault>, String> {
    use roxmltree::Error::*;
    if text.len() > MAX_BYTES {
        return Err(format!("is larger than {} MiB and was not read", MAX_BYTES / 1024 / 1024));
    }
    if let Err(refused) = limited(text)
        && !refused.starts_with(UNREADABLE)
    {
        return Err(refused);
    }
    if opened(text) > MAX_DEPTH {
        return Err(format!("nests elements deeper than {MAX_DEPTH}, so it is not read"));
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let Err(error) = Document::parse_with_options(text, options) else { return Ok(None) };
    let is_certain = match &error {
        NodesLimitReached | AttributesLimitReached | NamespacesLimitReached => {
            return Err("is too large to be read as XML".to_owned());
        }
        UnexpectedCloseTag(..) | DuplicatedAttribute(..) | UnclosedRootNode | UnexpectedEndOfStream => true,
        InvalidName(_)
        | InvalidChar(..)
        | InvalidChar2(..)
        | InvalidString(..)
        | InvalidAttributeValue(_) => true,
        _ => false,
    };
    let (line, column) = match &error {
        UnclosedRootNode | UnexpectedEndOfStream | NoRootNode => {
            let last = text.trim_end();
            (
                last.matches('\n').count() + 1,
                last.rsplit('\n').next().unwrap_or_default().chars().count().max(1),
            )
        }
        error => (error.pos().row as usize, error.pos().col as usize),
    };
    let said = match &error {
        UnexpectedCloseTag(open, close, _) => format!("`</{close}>` closes `<{open}>`"),
        DuplicatedAttribute(name, _) => format!("the attribute `{name}` is given twice"),
        UnclosedRootNode | UnexpectedEndOfStream => "the text ends before its elements do".to_owned(),
        error => {
            let said = error.to_string();
            said.rsplit_once(" at ").map_or(said.as_str(), |(what, _)| what).to_owned()
        }
    };
    Ok(Some(Fault { line, column, said, is_certain }))
}

/// The deepest nesting that the marks alone allow for, where a parser lost its way.
fn opened(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut deepest) = (0_usize, 0);
    for at in memchr::memchr2_iter(b'<', b'>', bytes) {
        match (bytes[at], bytes.get(at + 1)) {
            (b'<', Some(b'/')) => depth = depth.saturating_sub(1),
            (b'<', Some(next)) if next.is_ascii_alphabetic() || *next == b'_' => depth += 1,
            (b'>', _) if at > 0 && bytes[at - 1] == b'/' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
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
                return Err(format!("{UNREADABLE}: line {line}"));
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
    fn a_fault_has_its_place_and_says_whether_all_readers_agree() {
        let told = |text: &str| fault(text).unwrap().map(|f| (f.line, f.said, f.is_certain));
        assert_eq!(told("<a>\n<b/>\n</a>\n"), None);
        assert_eq!(told("<a>\n<b>\n</a>\n"), Some((3, "`</a>` closes `<b>`".to_owned(), true)));
        assert_eq!(told("<a>\n<b/>\n"), Some((2, "the text ends before its elements do".to_owned(), true)));
        assert_eq!(told("<a b='1' b='2'/>"), Some((1, "the attribute `b` is given twice".to_owned(), true)));
        assert!(!told("<a>&nbsp;</a>").unwrap().2 && !told("<x:a/>").unwrap().2);
        assert!(fault(&"<a>".repeat(5_000)).unwrap_err().contains("deeper"));
        assert!(fault(&("<a ".to_owned() + &"<a>".repeat(5_000))).is_err());
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
            let _ = (parse(&text), fault(&text));
        }
    }
}
