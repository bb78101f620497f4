//! Credentials: found where they are, and none left in what is shown. Control characters stand for made-up tokens,
//! since no fuzzer guesses a checksum.

#![no_main]

use gainsay::read::secrets::{self, Setting, template};

const TOKENS: [&str; 8] = [
    "ghp_{an:30}{crc}",
    "ghp_{an:30}{badcrc}",
    "AKIA{b32:16}",
    "{b64:40}",
    "{pem:RSA PRIVATE KEY:600}",
    "{pemline:EC PRIVATE KEY:120}",
    "{openssh:none}",
    "{jwt:43}",
];

fn filled(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match TOKENS.get((c as usize).wrapping_sub(1)) {
            Some(token) => out.push_str(&template::make(token, "fuzz")),
            None => out.push(c),
        }
    }
    out
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    secrets::scan_in(&Setting::new("src/a.rs"), bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let text = filled(text);
    let masked = secrets::redact(&text);
    assert!(secrets::scan(masked.as_bytes()).is_empty(), "{masked:?} still holds a credential");
    assert_eq!(masked.matches('\n').count(), text.matches('\n').count());
    let (_, mark) = secrets::redact_marked(&text, (text.len() / 2, text.len()));
    assert!(mark.0 <= mark.1 && mark.1 <= masked.len());
});
