//! Titles and bodies of pull requests.

#![no_main]

use gainsay::claims;

libfuzzer_sys::fuzz_target!(|text: &str| {
    claims::read_body(text);
});
