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
    let setting = Setting::new("src/a.rs");
    let whole = secrets::scan_in(&setting, bytes).len();
    let mut streamed = 0;
    secrets::scan_stream(&setting, bytes, &mut Vec::new(), |_| streamed += 1).expect("bytes can be read");
    assert!(streamed == whole || secrets::from_utf16(bytes).is_some(), "{streamed} in the stream, {whole} in all");
    for path in [".env", "config.yaml", ".npmrc", "terraform.tfstate", "kubeconfig", "id_rsa", "a.min.js"] {
        secrets::scan_in(&Setting::new(path), bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let text = filled(text);
    let masked = secrets::redact(&text);
    assert!(secrets::scan(masked.as_bytes()).is_empty(), "{masked:?} still holds a credential");
    assert_eq!(masked.matches('\n').count(), text.matches('\n').count());
    let (_, mark) = secrets::redact_marked(&text, (text.len() / 2, text.len()));
    assert!(mark.0 <= mark.1 && mark.1 <= masked.len());
});
