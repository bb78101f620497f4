//! Lock files against manifests.

#![no_main]

use std::collections::BTreeSet;

use gainsay::read::lock::{self, Pair};

libfuzzer_sys::fuzz_target!(|texts: (&str, &str)| {
    let (manifest, lock) = texts;
    for (_, format) in lock::NAMES {
        let pair = Pair { manifest, root: manifest, lock, below: "", local: &BTreeSet::new() };
        let _ = lock::disagreements(format, pair);
    }
});
