//! The names of source files in every language.

#![no_main]

use gainsay::read::symbols;

const NAMES: [&str; 7] = ["a.js", "a.ts", "a.tsx", "a.py", "a.go", "a.rb", "a.rs"];

libfuzzer_sys::fuzz_target!(|text: &str| {
    for name in NAMES {
        let Some(language) = symbols::language(&gainsay_fuzz::path(name)) else { continue };
        let Ok(names) = symbols::read(language, text) else { continue };
        for definition in &names.definitions {
            assert!(text.get(definition.range.clone()).is_some() && text.get(definition.name_range.clone()).is_some());
        }
        for mention in &names.mentions {
            assert_eq!(text.get(mention.range.clone()), Some(mention.name.as_str()));
        }
    }
});
