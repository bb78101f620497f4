//! Inline coverage markers in every language that has them.

#![no_main]

use gainsay::read::coverage_pragma::{Dialect, code_lines, read};

const NAMES: [&str; 14] = [
    "a.py", "a.js", "a.tsx", "a.go", "a.rs", "a.cpp", "A.java", "A.kt", "A.cs", "a.php", "a.rb", "a.vue", "a.ex",
    "a.scala",
];

libfuzzer_sys::fuzz_target!(|text: &str| {
    let expressions = ["# untested".to_owned(), "(".to_owned()];
    let count = text.lines().count();
    for dialect in [Dialect::default(), Dialect::default().excluding(&expressions, true).by_line()] {
        for name in NAMES {
            let path = gainsay_fuzz::path(name);
            for marker in read(&path, text, &dialect).unwrap_or_default() {
                assert!(text.get(marker.place.clone()).is_some(), "a marker stands in the text");
                assert!(marker.lines(count).iter().all(|lines| 1 <= lines.start && lines.start <= lines.end));
            }
            code_lines(&path, text);
        }
    }
});
