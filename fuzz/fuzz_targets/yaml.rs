//! YAML of any kind.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = gainsay::read::yaml::parse(text);
});
