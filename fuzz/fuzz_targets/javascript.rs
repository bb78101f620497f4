//! Configuration in JavaScript and TypeScript, one file importing the next.

#![no_main]

use gainsay::read::javascript::{self, World};

const NAMES: [&str; 4] = ["a.config.ts", "b.js", "c.json", "d/index.ts"];

libfuzzer_sys::fuzz_target!(|text: &str| {
    let tree = gainsay_fuzz::tree(&NAMES, text);
    let world = World { tree: &tree, known: &|_, _| None };
    for name in NAMES {
        let _ = javascript::config(world, &gainsay_fuzz::path(name));
    }
});
