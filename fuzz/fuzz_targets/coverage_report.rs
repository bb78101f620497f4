//! Coverage reports; their format is told from their text. What is read is put onto a small tree.

#![no_main]

use gainsay::change::Tree;
use gainsay::read::coverage_report;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(report) = coverage_report::read(&gainsay_fuzz::evidence("coverage", bytes)) {
        report.total();
        let tree = Tree::of_files([
            ("go.mod", &b"module m\n"[..]),
            ("src/a.js", b""),
            ("packages/a/src/a.js", b""),
            ("src/main/kotlin/a.kt", b""),
        ]);
        report.on(&tree).total();
    }
});
