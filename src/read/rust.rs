//! Rust source, parsed with `syn`, which is used here only.
//!
//! `syn` parses, visits and drops by recursion and takes the whole process down where the stack ends, so nesting is
//! counted first and the work is done on a thread with a large stack.

pub mod nesting;

use std::ops::Range;

use crate::undecided::Undecided;

pub use syn;

/// Longer texts, in bytes, are not parsed.
pub const MAX_TEXT: usize = 4 * 1024 * 1024;
const STACK: usize = 64 * 1024 * 1024;

/// Why a text is no Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The bytes where the parser stopped.
    pub range: Range<usize>,
    /// What it said.
    pub message: String,
    /// Whether not even the tokens can be told apart: an unclosed bracket or string.
    pub tokens: bool,
}

/// A parsed file with the way from its spans to bytes of the text.
pub struct File {
    /// The items.
    pub syntax: syn::File,
    offset: usize,
}

impl File {
    /// The bytes of a span in the text.
    pub fn range(&self, span: proc_macro2::Span) -> Range<usize> {
        let range = span.byte_range();
        range.start + self.offset..range.end + self.offset
    }
}

/// Parses a file and hands it to `read`, on a thread of its own. The outer error is a text that is not parsed.
pub fn with_file<R: Send>(
    text: &str,
    read: impl FnOnce(&File) -> R + Send,
) -> Result<Result<R, Broken>, Undecided> {
    if text.len() > MAX_TEXT {
        let why = format!("has {} bytes; Rust files over {MAX_TEXT} bytes are not parsed", text.len());
        return Err(Undecided::new(why));
    }
    if !nesting::is_shallow(text) {
        return Err(Undecided::new("nests deeper than the Rust parser's stack is known to bear"));
    }
    let (code, offset) = without_prologue(text);
    let work = || match parse(code) {
        Ok(syntax) => Ok(read(&File { syntax, offset })),
        Err((error, tokens)) => {
            let range = error.span().byte_range();
            let range = (range.start + offset).min(text.len())..(range.end + offset).min(text.len());
            Err(Broken { range, message: error.to_string(), tokens })
        }
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let thread =
            thread.map_err(|e| Undecided::new(format!("no thread could be had to parse Rust: {e}")))?;
        thread.join().map_err(|_| Undecided::new("the Rust parser gave up on it"))
    })
}

/// Whether the text is a Rust file.
pub fn check(text: &str) -> Result<Result<(), Broken>, Undecided> {
    with_file(text, |_| ())
}

/// Whether the text is a fragment for `include!`: an expression or statements instead of items.
pub fn is_fragment(text: &str) -> bool {
    let wrapped = format!("fn f() {{ {text}\n}}");
    matches!(check(&wrapped), Ok(Ok(())))
}

fn parse(code: &str) -> Result<syn::File, (syn::Error, bool)> {
    let tokens: proc_macro2::TokenStream =
        code.parse().map_err(|e: proc_macro2::LexError| (e.into(), true))?;
    syn::parse2(tokens).map_err(|e| (e, false))
}

/// Byte order mark and `#!` line are no tokens.
fn without_prologue(text: &str) -> (&str, usize) {
    let code = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shebang = code.starts_with("#!") && !code[2..].trim_start().starts_with('[');
    let code = if shebang { &code[code.find('\n').unwrap_or(code.len())..] } else { code };
    (code, text.len() - code.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_is_read_with_the_bytes_of_its_spans() {
        let text = "\u{feff}#!/usr/bin/env run\n// é\nfn main() {}\n";
        let range = with_file(text, |file| match &file.syntax.items[0] {
            syn::Item::Fn(f) => file.range(f.sig.ident.span()),
            _ => 0..0,
        });
        assert_eq!(&text[range.unwrap().unwrap()], "main");
    }

    #[test]
    fn broken_text_names_the_place_and_whether_its_tokens_stand() {
        let broken = check("fn main() {\n    let x = ;\n}\n").unwrap().unwrap_err();
        assert!(!broken.tokens && broken.range.start > 12, "{broken:?}");
        assert!(check("fn main() {\n").unwrap().unwrap_err().tokens);
    }

    #[test]
    fn a_fragment_is_told_from_a_broken_file() {
        assert!(is_fragment("[1, 2, 3]") && is_fragment("let x = 1; x + 1"));
        assert!(!is_fragment("fn f( {"));
    }

    #[test]
    fn real_nesting_is_read() {
        let deep = format!("fn f() {{ {}1{}; }}", "(".repeat(200), ")".repeat(200));
        assert_eq!(check(&deep).unwrap(), Ok(()));
        let chain = format!("fn f() {{ x{}; }}", ".a(|b| b + 1)".repeat(150));
        assert_eq!(check(&chain).unwrap(), Ok(()));
    }

    /// Openings and closings of shapes that a parser meets by recursion.
    const SHAPES: &[(&str, &str)] = &[
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("&", ""),
        ("!", ""),
        ("-", ""),
        ("*", ""),
        ("&mut ", ""),
        ("|| ", ""),
        ("|a, b| ", ""),
        ("move || ", ""),
        ("return ", ""),
        ("break ", ""),
        ("a = ", ""),
        ("x += ", ""),
        ("a..", ""),
        ("a + ", ""),
        ("a.b.", ""),
        ("a?.", ""),
        ("if a {} else ", "{}"),
        ("a as A<", ">"),
        ("A::<B, ", ">::c"),
        ("if ", "{}"),
        ("while ", "{}"),
        ("match ", "{}"),
        ("let A(", ") = a"),
        ("a[", "]"),
        ("f(", ")"),
        ("unsafe {", "}"),
        ("async move ", ""),
        ("#[a] ", ""),
        ("a as fn() -> ", ""),
        ("&raw const ", ""),
        ("'a: loop { ", "}"),
        ("if let a = ", "{}"),
        ("let _ = ", ""),
        ("a < ", ""),
        ("<A as B<", ">>::c"),
        ("const { ", "}"),
        ("x::", ""),
        ("yield ", ""),
        ("box ", ""),
    ];
    const TYPES: &[(&str, &str)] = &[
        ("Vec<", ">"),
        ("(", ",)"),
        ("[", "; 1]"),
        ("&", ""),
        ("&'a mut ", ""),
        ("*const ", ""),
        ("fn() -> ", ""),
        ("Fn(A) -> ", ""),
        ("impl A<", ">"),
        ("dyn A<B, ", ">"),
        ("A<B, C = ", ">"),
        ("for<'a, 'b> fn(&'a u8) -> ", ""),
        ("<A as ", ">::B"),
        ("A::B<", ">"),
        ("Box<dyn Fn() -> ", ">"),
        ("A + ", ""),
        ("?Sized + ", ""),
    ];

    fn nest(shapes: &[(&str, &str)], picks: &[usize], times: usize, core: &str) -> String {
        let picks: Vec<usize> = picks.iter().cycle().take(picks.len() * times).copied().collect();
        let open: String = picks.iter().map(|i| shapes[i % shapes.len()].0).collect();
        let close: String = picks.iter().rev().map(|i| shapes[i % shapes.len()].1).collect();
        format!("{open}{core}{close}")
    }

    #[test]
    fn no_shape_alone_takes_the_process_down() {
        for times in [30, 120, 250, 330, 490, 990, 2_000, 40_000] {
            for i in 0..SHAPES.len() {
                let _ = check(&format!("fn f() {{ {} }}", nest(SHAPES, &[i], times, "x")));
            }
            for i in 0..TYPES.len() {
                let _ = check(&format!("type T = {};", nest(TYPES, &[i], times, "u8")));
                let _ = check(&format!("fn f<T: {}>(a: {0}) {{}}", nest(TYPES, &[i], times, "u8")));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_mixture_of_shapes_takes_the_process_down(
            picks in prop::collection::vec(0..100_usize, 1..5), times in 1..3_000_usize, text in ".{0,200}"
        ) {
            let _ = check(&format!("fn f() {{ {} }}", nest(SHAPES, &picks, times, "x")));
            let _ = check(&format!("type T = {};", nest(TYPES, &picks, times, "u8")));
            let _ = check(&text);
        }
    }
}
