//! JUnit reports.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = gainsay::read::junit::read(&gainsay_fuzz::evidence("junit.xml", bytes));
});
