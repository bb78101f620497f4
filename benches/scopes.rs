//! What it costs to tell what the coverage tools of a large monorepo measure.

use divan::Bencher;
use gainsay::change::Tree;
use gainsay::read::coverage;

fn main() {
    divan::main();
}

const PACKAGES: usize = 200;
const FILES: usize = 40_000;

const WORKFLOW: &str = "\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: |
          npm ci
          npm run lint
          npm test -- --ci
        working-directory: FOLDER
";

/// The files of package `i` that speak of coverage: every tool in turn.
fn configuration(i: usize) -> Vec<(String, String)> {
    let manifest = |script: &str, more: &str| {
        format!(
            r#"{{"name": "@shop/part{i}", "scripts": {{"build": "tsc -b && node scripts/build.js", "lint": "eslint .", "test": "{script}", "ci": "npm run lint && npm test -- --ci"}}, "devDependencies": {{"vitest": "^{}.0.0", "jest": "^30.0.0"}}{more}}}"#,
            3 + i % 3
        )
    };
    let named = |name: &str, text: String| (format!("packages/part{i}/{name}"), text);
    match i % 8 {
        0 => vec![named(
            "package.json",
            manifest("jest --coverage", r#", "jest": {"collectCoverageFrom": ["src/**/*.{js,ts}", "!**/generated/**"], "coverageThreshold": {"global": {"lines": 80}}}"#),
        )],
        1 => vec![
            named("package.json", manifest("vitest run --coverage", "")),
            named(
                "vitest.config.ts",
                "import { defineConfig } from 'vitest/config';\nexport default defineConfig({ test: { coverage: { include: ['src/**/*.ts'], exclude: ['**/generated/**'] } } });\n".into(),
            ),
        ],
        2 => vec![
            named("package.json", manifest("nyc mocha", "")),
            named(".nycrc.json", r#"{"all": true, "include": ["src/**"], "exclude": ["**/*.test.ts"]}"#.into()),
        ],
        3 => vec![
            named("package.json", manifest("c8 --all mocha", "")),
            named(".c8rc.json", r#"{"all": true, "exclude": ["**/generated/**", "test/**"]}"#.into()),
        ],
        4 => vec![named(
            "package.json",
            manifest("node --test --experimental-test-coverage --test-coverage-include='src/**'", ""),
        )],
        5 => vec![
            named("package.json", manifest("bun test --coverage", "")),
            named("bunfig.toml", "[test]\ncoveragePathIgnorePatterns = [\"**/generated/**\"]\ncoverageThreshold = 0.9\n".into()),
        ],
        6 => vec![
            named("pyproject.toml", "[tool.coverage.run]\nsource = [\"src\"]\nomit = [\"*/generated/*\"]\n[tool.pytest.ini_options]\naddopts = \"--cov=src\"\n".into()),
            named("Makefile", "SRC := src\n\ntest:\n\tpytest --cov=$(SRC) --cov-fail-under=80 tests\n\nlint:\n\truff check $(SRC)\n".into()),
        ],
        _ => vec![named(
            "deno.json",
            r#"{"tasks": {"cov": "deno test -A --coverage=cov && deno coverage cov --exclude=test,generated --lcov"}}"#.into(),
        )],
    }
}

fn monorepo() -> Tree {
    let mut files: Vec<(String, String)> = (0..PACKAGES).flat_map(configuration).collect();
    files.push((
        "package.json".into(),
        r#"{"private": true, "workspaces": ["packages/*"], "scripts": {"test": "jest --coverage"}}"#.into(),
    ));
    files.extend((0..30).map(|i| {
        let text = WORKFLOW.replace("FOLDER", &format!("packages/part{}", i * 5));
        (format!(".github/workflows/part{i}.yml"), text)
    }));
    let each = (FILES - files.len()) / PACKAGES;
    for i in 0..PACKAGES {
        let ending = if i % 8 == 6 { "py" } else { "ts" };
        files.extend((0..each).map(|j| {
            let folder = ["src", "src/models", "src/generated", "src/views/shared", "test"][j % 5];
            let kind = if j % 5 == 4 { "test." } else { "" };
            (format!("packages/part{i}/{folder}/module{j}.{kind}{ending}"), String::new())
        }));
    }
    Tree::of_files(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())))
}

#[divan::bench(sample_count = 10)]
fn scopes(bencher: Bencher<'_, '_>) {
    let tree = monorepo();
    assert!(coverage::scopes(&tree).iter().filter(|scope| !scope.files.is_empty()).count() >= PACKAGES);
    bencher.bench(|| coverage::scopes(&tree));
}
