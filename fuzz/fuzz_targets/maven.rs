//! Maven's projects with their parents and profiles.

#![no_main]

use gainsay::change::Tree;
use gainsay::read::maven;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let files = [("pom.xml", text.as_bytes()), ("a/pom.xml", text.as_bytes())];
    maven::projects(&Tree::of_files(files), &maven::Given::default(), |_| true);
});
