//! Names that stand twice, in every format that is read for them.

#![no_main]

use gainsay::read::repeated;

const FILES: [&str; 9] = ["a.js", "a.ts", "a.tsx", "a.py", "a.go", "a.rb", "a.json", "a.yaml", ".env"];

libfuzzer_sys::fuzz_target!(|text: &str| {
    for file in FILES {
        let path = file.parse().expect("a literal path is sound");
        if let Some(Ok(reading)) = repeated::read(&path, text) {
            for place in reading.repeated.iter().flat_map(|r| &r.places) {
                assert!(text.get(place.range.clone()).is_some() && text.get(place.name.clone()).is_some());
            }
        }
    }
});
