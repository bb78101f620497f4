//! What Go and Rust files declare for others, and brackets by their own rules.

#![no_main]

use gainsay::read::lexical;
use gainsay::read::public::{go, rust};
use gainsay::read::syntax::Language;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(file) = go::read(text) {
        for item in &file.items {
            assert_eq!(text.get(item.range.clone()), Some(item.name.as_str()));
        }
    }
    if let Ok(Some(file)) = rust::read(text) {
        for item in &file.items {
            assert!(text.get(item.place.range.clone()).is_some());
        }
    }
    for language in [Language::Go, Language::TypeScript] {
        if let Some((range, _)) = lexical::read(language, text).fault {
            assert!(range.end <= text.len());
        }
    }
});
