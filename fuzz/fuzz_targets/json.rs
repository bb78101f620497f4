//! JSON with comments.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(value) = gainsay::read::json::parse(text) {
        let _ = (value.texts(), value.truth(), value.get("a"));
    }
});
