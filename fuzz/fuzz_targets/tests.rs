//! The tests of a file, in every language that has a reader.

#![no_main]

use gainsay::read::tests;

const NAMES: [&str; 11] = [
    "a.test.js",
    "a.test.tsx",
    "a.spec.ts",
    "test_a.py",
    "a_test.go",
    "tests/a.rs",
    "ATest.java",
    "ATest.kt",
    "ATests.cs",
    "ATest.php",
    "a_spec.rb",
];

libfuzzer_sys::fuzz_target!(|text: &str| {
    for name in NAMES {
        for test in tests::read(&gainsay_fuzz::path(name), text).unwrap_or_default() {
            assert!(text.get(test.range.clone()).is_some() && text.get(test.body.clone()).is_some());
            for assertion in &test.assertions {
                assert!(text.get(assertion.range.clone()).is_some(), "{assertion:?}");
            }
        }
    }
});
