//! Patterns in every dialect against paths: the first line is the pattern.

#![no_main]

use gainsay::read::glob::{self, Dialect, Glob};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (pattern, paths) = text.split_once('\n').unwrap_or((text, "src/a.ts"));
    for dialect in [Dialect::Minimatch, Dialect::Picomatch, Dialect::PicomatchContains] {
        let Ok(glob) = Glob::new(pattern, dialect) else { continue };
        let globs = [glob];
        for path in paths.lines().take(8) {
            globs[0].is_match(path);
            glob::keeps(&globs, path);
        }
    }
});
