//! What the coverage tools of a small tree measure: each kind of configuration gets the whole text in a tree of its own.

#![no_main]

use gainsay::read::coverage;

const CONFIGS: [&str; 14] = [
    "package.json",
    "jest.config.js",
    "vitest.config.ts",
    "vitest.workspace.ts",
    ".nycrc.json",
    ".nycrc.yml",
    ".coveragerc",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "bunfig.toml",
    "deno.json",
    "node.config.json",
    "Makefile",
];

const REST: [&str; 6] =
    ["src/a.ts", "src/b.js", "lib/c.py", "lib/__init__.py", "pkg/package.json", "tests/test_a.py"];

libfuzzer_sys::fuzz_target!(|text: &str| {
    for config in CONFIGS {
        let names: Vec<&str> = [config].into_iter().chain(REST).collect();
        let files = names.iter().map(|name| (*name, if *name == config { text.as_bytes() } else { b"{}" }));
        let tree = gainsay::change::Tree::of_files(files);
        coverage::without_ignored(&tree, &mut coverage::scopes(&tree));
    }
    let tree = gainsay_fuzz::tree(&CONFIGS, text);
    coverage::scopes(&tree);
    coverage::ignores_file("jest", text);
});
