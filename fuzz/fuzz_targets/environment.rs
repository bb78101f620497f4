//! Names of environment variables in source code and in what declares them.

#![no_main]

use gainsay::read::environment::{declared, names, reads};
use gainsay::read::syntax::Language;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for language in [Language::TypeScript, Language::Python, Language::Go, Language::Ruby, Language::Rust] {
        let _ = reads::read(language, text);
    }
    for path in [".env.example", "Dockerfile", "a.yml", "turbo.json", "fly.toml", "a.tf", "env.d.ts", "env.ts", "settings.py"] {
        declared::names(&path.parse().expect("a literal path"), text);
    }
    if let Some((one, other)) = text.split_once('\n') {
        names::likeness(one, other);
    }
});
