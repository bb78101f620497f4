//! Facts about telling comments from strings.

use super::*;
use proptest::prelude::*;

fn comments(name: &str, text: &str) -> Vec<String> {
    let pieces = scan(&name.parse().unwrap(), text).unwrap();
    pieces
        .iter()
        .filter(|p| p.kind == Kind::Comment)
        .map(|p| text[p.inner.clone()].trim().to_owned())
        .collect()
}

#[test]
fn comments_are_told_from_strings() {
    for (name, text) in [
        ("a.js", "f('// no', \"/* no\", `# ${g(`// no`)} // no`); // yes\n/* yes */ x = /['\"`]/;\n"),
        ("a.py", "s = \"# no\"\nd = '''\n# no\n'''\nx = 1 # yes\n# yes\n"),
        ("a.rs", "fn f<'a>(x: &'a str) { r#\"// no\"#; '\"'; } // yes\n/* yes */\n"),
        ("a.go", "s := `\n// no\n`\n// yes\nc := '\"' // yes\n"),
        ("a.sh", "echo \"# no\" $# it#no # yes\ncat <<'EOF'\n# no\nEOF\n# yes\n"),
        ("a.yml", "k: don't # yes\n# yes\n"),
        ("a.html", "<p>// no</p><!-- yes -->\n<!-- yes -->"),
        ("a.sql", "select '-- no'; -- yes\n/* yes */"),
        ("a.toml", "a = \"# no\"\nb = '''\n# no'''\n# yes\n#yes\n"),
    ] {
        assert_eq!(comments(name, text), ["yes", "yes"], "{name}");
    }
}

#[test]
fn nested_comments_end_where_the_language_ends_them() {
    assert_eq!(comments("a.rs", "/* a /* b */ c */ x"), ["a /* b */ c"]);
    assert_eq!(comments("a.c", "/* a /* b */ c"), ["a /* b"]);
}

#[test]
fn a_comment_stands_alone_where_only_white_space_and_jsx_braces_share_its_line() {
    let text = "  {/* one */}\nx = 1; // two\n\t// three\r\n";
    let pieces = scan(&"a.tsx".parse().unwrap(), text).unwrap();
    let alone: Vec<bool> = pieces.iter().map(|p| p.stands_alone(text)).collect();
    assert_eq!(alone, [true, false, true]);
}

#[test]
fn an_unknown_language_has_no_answer() {
    assert_eq!(scan(&"data.bin".parse().unwrap(), "// x"), None);
}

proptest! {
    #[test]
    fn any_text_keeps_its_ranges_inside(
        text in "[a-zé<>{}()'\"`#/*\\\\$!|r \n\r=-]{0,120}",
        name in "a\\.(js|vue|py|rs|go|kt|c|php|rb|sh|toml|yml|html|sql|lua|hs|ex)",
    ) {
        let mut end = 0;
        for piece in scan(&name.parse().unwrap(), &text).unwrap() {
            prop_assert!(piece.range.start >= end && text.get(piece.range.clone()).is_some());
            prop_assert!(text.get(piece.inner.clone()).is_some());
            piece.stands_alone(&text);
            end = piece.range.end;
        }
    }
}
