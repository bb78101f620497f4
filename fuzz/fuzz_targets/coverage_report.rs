//! Coverage reports; their format is told from their text.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(report) = gainsay::read::coverage_report::read(&gainsay_fuzz::evidence("coverage", bytes)) {
        report.total();
    }
});
