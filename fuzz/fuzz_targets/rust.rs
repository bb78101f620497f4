//! Rust files and fragments.

#![no_main]

use gainsay::read::rust;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(Err(broken)) = rust::check(text) {
        assert!(broken.range.end <= text.len());
    }
    rust::is_fragment(text);
});
