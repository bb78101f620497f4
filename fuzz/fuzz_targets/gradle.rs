//! Build scripts of Gradle's, in both languages, and the builds that they make up.

#![no_main]

use gainsay::change::Tree;
use gainsay::read::gradle;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for path in ["build.gradle", "build.gradle.kts"] {
        if let Ok(script) = gradle::parse(&path.parse().expect("a sound path"), text) {
            script.items(&mut gradle::Names::default());
        }
        let both = [("settings.gradle", text.as_bytes()), (path, text.as_bytes())];
        gradle::builds(&Tree::of_files(both));
    }
});
