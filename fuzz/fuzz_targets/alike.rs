//! Likeness of lines, tokens and functions of two texts.

#![no_main]

use gainsay::change::line_diff;
use gainsay::read::alike::tokens::Tokens;
use gainsay::read::alike::twins::{Search, Sought};
use gainsay::read::alike::{doubled, functions, lines};
use gainsay::read::syntax::sources::Family;
use gainsay::read::syntax::{self, Language};

libfuzzer_sys::fuzz_target!(|texts: (&str, &str)| {
    let (one, two) = texts;
    let written = lines::written(one);
    doubled::near(&written, &(0..written.len()), 1);
    let diff = line_diff(one, two);
    let sought = [Sought::of(one, &diff.hunks)];
    Search::of(&sought).twins(two, None);
    let mut tokens = Tokens::default();
    for family in [Family::Script, Family::Python, Family::Go, Family::Ruby, Family::Rust] {
        tokens.lex(family, one);
        assert!(tokens.starts.is_sorted());
    }
    for language in [Language::TypeScript, Language::Python, Language::Go, Language::Ruby, Language::Rust] {
        if let Ok(tree) = syntax::parse(language, one) {
            doubled::statements(tree.root(), one, &(0..one.len()));
            for function in functions::of(language, tree.root(), one) {
                assert!(function.likeness(&function) <= 1.0);
            }
        }
    }
});
