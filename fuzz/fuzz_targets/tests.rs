//! The tests of a file, in every language that has a reader.

#![no_main]

use gainsay::read::tests;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for name in ["a.test.js", "a.test.tsx", "a.spec.ts", "test_a.py", "a_test.go", "tests/a.rs"] {
        for test in tests::read(&gainsay_fuzz::path(name), text).unwrap_or_default() {
            (test.title(), test.decides_itself());
        }
    }
});
