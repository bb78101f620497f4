//! Comments and strings in every family of languages.

#![no_main]

use gainsay::read::comments;

const NAMES: [&str; 12] =
    ["a.rs", "a.js", "a.tsx", "a.py", "a.go", "a.rb", "a.sh", "a.html", "a.sql", "a.lua", "a.yaml", "a.css"];

libfuzzer_sys::fuzz_target!(|text: &str| {
    for name in NAMES {
        let mut at = 0;
        for piece in comments::scan(&gainsay_fuzz::path(name), text).unwrap_or_default() {
            assert!(at <= piece.range.start, "pieces stand apart and in order");
            assert!(text.get(piece.range.clone()).is_some() && text.get(piece.inner.clone()).is_some());
            piece.stands_alone(text);
            at = piece.range.end;
        }
    }
});
