//! Chains of calls, numbers and texts as they are written.

#![no_main]

use gainsay::read::flow::chain::Written;
use gainsay::read::syntax::Language;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for language in [Language::TypeScript, Language::Python, Language::Go, Language::Ruby, Language::Rust] {
        let Ok(written) = Written::parse(language, text) else { continue };
        let names = written.names();
        for chain in written.members() {
            for argument in chain.links.iter().flat_map(|link| link.arguments.iter().flatten()) {
                let _number = written.number(&names, argument.value);
                let _record = written.record(&names, argument.value);
            }
        }
        let _strings = written.strings(&names);
    }
});
