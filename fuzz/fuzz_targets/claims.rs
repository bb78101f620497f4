//! Titles and bodies of pull requests.

#![no_main]

use gainsay::claims;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let read = claims::read_body(text);
    let lines = text.lines().count().max(1);
    assert!(read.list.iter().all(|claim| (1..=lines).contains(&claim.at.line)));
    // The same behind a fence: a block of typed claims.
    claims::read_body(&format!("```gainsay\n{text}\n```\n"));
});
