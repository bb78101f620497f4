//! Policies.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = gainsay::policy::Policy::decode(&gainsay_fuzz::path("gainsay.toml"), bytes);
});
