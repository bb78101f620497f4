//! Workflows, composite actions, and the shell scripts in them.

#![no_main]

use gainsay::read::workflow;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = (workflow::parse(text), workflow::parse_action(text));
    workflow::shell::commands(text);
    workflow::expression(text);
});
