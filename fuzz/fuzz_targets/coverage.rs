//! What the coverage tools of a small tree measure: each kind of configuration gets the whole text in a tree of its own.

#![no_main]

use gainsay::read::coverage;

const CONFIGS: [&str; 28] = [
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
    "codecov.yml",
    "phpunit.xml",
    "infection.json5",
    ".simplecov",
    "sonar-project.properties",
    "build.gradle.kts",
    "App.Tests/App.Tests.csproj",
    "a.runsettings",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "tests/test_b.py",
    "src/c.test.js",
];

const REST: [&str; 6] =
    ["src/a.ts", "src/b.js", "lib/c.py", "lib/__init__.py", "pkg/package.json", "tests/test_a.py"];

libfuzzer_sys::fuzz_target!(|text: &str| {
    for config in CONFIGS {
        let names: Vec<&str> = [config].into_iter().chain(REST).collect();
        let files = names.iter().map(|name| (*name, if *name == config { text.as_bytes() } else { b"{}" }));
        let tree = gainsay::change::Tree::of_files(files);
        let mut scopes = coverage::scopes(&tree);
        coverage::with_loaded(&tree, &mut scopes);
        coverage::without_ignored(&tree, &mut scopes);
    }
    let tree = gainsay_fuzz::tree(&CONFIGS, text);
    coverage::scopes(&tree);
    coverage::ignores_file("jest", text);
});
