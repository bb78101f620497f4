//! Differences as people paste them.

#![no_main]

use gainsay::read::hunks;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let hunks = hunks::read(text);
    let lines: usize = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    assert!(lines <= text.lines().count(), "no line counts twice");
    assert!(hunks.iter().all(|hunk| hunk.old().count() <= hunk.lines.len()));
});
