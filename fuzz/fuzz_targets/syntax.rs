//! Every grammar, and the texts of languages that have none.

#![no_main]

use gainsay::read::syntax::{self, Language, brackets, outline};

const LANGUAGES: [Language; 5] =
    [Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Python, Language::Go];

libfuzzer_sys::fuzz_target!(|text: &str| {
    for language in LANGUAGES {
        if let Ok(tree) = syntax::parse(language, text) {
            assert_eq!(tree.is_sound(), tree.faults().is_empty());
            brackets::matched(&tree, text);
        }
    }
    brackets::raw(text);
    outline::outline(text);
});
