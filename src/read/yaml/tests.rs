//! Facts about reading YAML.

use super::*;
use proptest::prelude::*;

fn one(text: &str) -> Node {
    let mut documents = parse(text).unwrap();
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

#[test]
fn a_value_knows_its_lines_and_bytes() {
    let text = "jobs:\n  tést:\n    run: |\n      one\n      two\n\n  # a comment\n  next: x\n";
    let root = one(text);
    let test = root.get("jobs").unwrap().get("tést").unwrap();
    assert_eq!((test.line, test.end_line), (3, 5));
    let run = test.get("run").unwrap();
    assert_eq!(run.text(), Some("one\ntwo\n"));
    let next = root.get("jobs").unwrap().get("next").unwrap();
    assert_eq!(&text[next.range.clone()], "x");
    let (key, _) = root.get("jobs").unwrap().entry("tést").unwrap();
    assert_eq!(&text[key.range.clone()], "tést");
}

#[test]
fn anchors_and_merges_are_applied_and_own_keys_win() {
    let root = one("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\nc: *x\n");
    let b = root.get("b").unwrap();
    assert_eq!((b.get("k").unwrap().text(), b.get("l").unwrap().text()), (Some("3"), Some("2")));
    assert_eq!(root.get("c").unwrap().get("l").unwrap().text(), Some("2"));
    assert!(b.get("<<").is_none());
}

#[test]
fn a_key_that_stands_twice_has_its_last_value() {
    let root = one("a: 1\na: 2\n");
    assert_eq!(root.get("a").unwrap().text(), Some("2"));
    assert_eq!(root.entries().len(), 2);
}

#[test]
fn tags_documents_quotes_and_byte_order_marks_are_tolerated() {
    assert_eq!(one("a: !Ref Bucket\n").get("a").unwrap().text(), Some("Bucket"));
    assert_eq!(parse("---\na: 1\n---\nb: 2\n").unwrap().len(), 2);
    assert_eq!(parse("").unwrap(), []);
    let root = one("on: \"true\"\noff: true\n");
    assert_eq!((root.get("on").unwrap().bool(), root.get("off").unwrap().bool()), (None, Some(true)));
    let marked = "\u{feff}a: b\n";
    assert_eq!(&marked[one(marked).get("a").unwrap().range.clone()], "b");
}

#[test]
fn what_is_no_yaml_is_an_error_with_its_line() {
    for (text, line) in [("a: b\n  c: d\n", 2), ("a: [1, 2\nb: 3\n", 2), ("ok: 1\nkey: \"open\n", 3)] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.cause, Cause::Malformed, "{text:?}");
        assert!(error.line.abs_diff(line) <= 1, "{text:?}: {error}");
    }
}

#[test]
fn brackets_and_quotes_may_close_at_any_indentation() {
    let text = "on:\n  matrix:\n    a: [\n      1,\n  2,\n    ]\n    b: {\n      k: v\n  }\n    c: \"x\n  y\"\n    d: z\n";
    let root = one(text);
    let matrix = root.get("on").unwrap().get("matrix").unwrap();
    assert_eq!(matrix.get("a").unwrap().texts(), ["1", "2"]);
    assert_eq!((matrix.get("a").unwrap().line, matrix.get("a").unwrap().end_line), (3, 6));
    assert_eq!(matrix.get("c").unwrap().text(), Some("x y"));
    assert_eq!(&text[matrix.get("d").unwrap().range.clone()], "z");
}

#[test]
fn deep_nesting_and_alias_bombs_end_in_an_error() {
    for open in ["[", "{a: ", "- ", "? "] {
        let error = parse(&open.repeat(100_000)).unwrap_err();
        assert!(!error.message.is_empty(), "{open}");
    }
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let alias = format!("*a{}", i - 1);
        bomb.push_str(&format!("a{i}: &a{i} [{}]\n", vec![alias; 10].join(", ")));
    }
    assert_eq!(parse(&bomb).unwrap_err().cause, Cause::Limit);
    assert!(parse("a: &a [*a]\n").is_err());
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn any_text_of_yaml_marks_keeps_its_ranges_inside(text in "[-a:é \n\\[\\]{}&*!|>'\"#,?<%\t\r]{0,80}") {
        for node in parse(&text).unwrap_or_default() {
            prop_assert!(text.get(node.range.clone()).is_some());
            prop_assert!(node.line <= node.end_line);
        }
    }
}
