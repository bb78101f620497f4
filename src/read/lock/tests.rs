//! Lock files, format by format.

use proptest::prelude::*;

use super::*;

fn told_below(format: Format, manifest: &str, lock: &str, below: &str, root: &str) -> Vec<String> {
    let pair = Pair { manifest, root, lock, below, local: &BTreeSet::new() };
    let found = disagreements(format, pair).unwrap().expect("the lock file serves the manifest");
    found.into_iter().map(|d| format!("{} {} {:?}", d.name, d.asked, d.fault)).collect()
}

fn told(format: Format, manifest: &str, lock: &str) -> Vec<String> {
    told_below(format, manifest, lock, "", manifest)
}

#[test]
fn npm_is_held_to_its_lock() {
    let manifest = r#"{"dependencies":{"a":"^1.0.0","b":"^2.0.0","c":"1.x","l":"file:../l"},"peerDependencies":{"p":"1"},"optionalDependencies":{"o":"1"}}"#;
    let lock = r#"{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"^1.0.0","gone":"1"}},"node_modules/a":{"version":"1.4.0"},"node_modules/b":{"version":"1.9.0"}}}"#;
    let expected = ["b ^2.0.0 Refused { locked: \"1.9.0\" }", "c 1.x Missing", "gone  Surplus"];
    assert_eq!(told(Format::Npm, manifest, lock), expected);
    let first = r#"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.4.0"},"b":{"version":"2.0.0"}}}"#;
    assert_eq!(told(Format::Npm, manifest, first), ["c 1.x Missing"]);
    let workspace = r#"{"packages":{"":{},"packages/x":{},"packages/x/node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0"},"node_modules/c":{"version":"1.1.0"}}}"#;
    assert!(
        told_below(Format::Npm, manifest, workspace, "packages/x", r#"{"overrides":{"z":"1"}}"#).is_empty()
    );
}

#[test]
fn yarn_has_a_key_for_each_range() {
    let manifest = r#"{"dependencies":{"a":"^1.0.0","@s/b":"^2.0.0","c":"1.x"}}"#;
    let classic = "# yarn lockfile v1\n\n\na@^1.0.0, a@^1.1.0:\n  version \"1.4.0\"\n\n\"@s/b@^1.0.0\":\n  version \"1.0.0\"\n";
    let expected = ["@s/b ^2.0.0 Refused { locked: \"^1.0.0\" }", "c 1.x Missing"];
    assert_eq!(told(Format::Yarn, manifest, classic), expected);
    let berry = "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0\":\n  version: 1.4.0\n\n\"@s/b@npm:^2.0.0, @s/b@npm:^2.1.0\":\n  version: 2.1.0\n\n\"me@workspace:.\":\n  version: 0\n";
    let berry = format!("# made\n{berry}");
    assert_eq!(told(Format::Yarn, manifest, &berry), ["c 1.x Missing"]);
}

#[test]
fn pnpm_records_each_range_as_written() {
    let manifest = r#"{"dependencies":{"a":"^1.0.0","b":"^2.0.0"},"devDependencies":{"c":"1.x"}}"#;
    let nine = "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.4.0\n      b:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n  a@1.4.0: {}\n";
    let expected = ["b ^2.0.0 Refused { locked: \"^1.0.0\" }", "c 1.x Missing"];
    assert_eq!(told(Format::Pnpm, manifest, nine), expected);
    let five = "lockfileVersion: 5.4\n\nspecifiers:\n  a: ^1.0.0\n  b: ^2.0.0\n  c: 1.x\n\ndependencies:\n  a: 1.4.0\n  b: 2.0.0\n\ndevDependencies:\n  c: 1.1.0\n";
    assert!(told(Format::Pnpm, manifest, five).is_empty());
    let six = "lockfileVersion: '6.0'\n\ndependencies:\n  a:\n    specifier: ^1.0.0\n    version: 1.4.0\n  b:\n    specifier: ^2.0.0\n    version: 2.0.0\n\noverrides:\n  c: '2'\n";
    assert!(told(Format::Pnpm, manifest, six).is_empty());
    let pair = Pair { manifest, root: manifest, lock: nine, below: "packages/new", local: &BTreeSet::new() };
    assert_eq!(disagreements(Format::Pnpm, pair), Ok(None));
}

#[test]
fn bun_records_each_workspace() {
    let manifest = r#"{"dependencies":{"a":"^1.0.0","b":"^2.0.0"}}"#;
    let lock = "{\n  \"lockfileVersion\": 1,\n  \"workspaces\": { \"\": { \"dependencies\": { \"a\": \"^1.0.0\", }, }, },\n}\n";
    assert_eq!(told(Format::Bun, manifest, lock), ["b ^2.0.0 Missing"]);
}

#[test]
fn cargo_lists_what_each_package_depends_on() {
    let root = "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nserde = \"1\"\nother = { package = \"real\", version = \"2\" }\n";
    let manifest = "[package]\nname = \"a\"\n[dependencies]\nserde = { workspace = true, features = [\"derive\"] }\nother.workspace = true\nsome_lib = \"0.3\"\nnew = \"1\"\n[target.'cfg(unix)'.dev-dependencies]\nlibc = \"0.2\"\n[build-dependencies]\nme = { path = \"../me\" }\n";
    let lock = "[[package]]\nname = \"a\"\nversion = \"0.1.0\"\ndependencies = [\n \"libc\",\n \"me\",\n \"old\",\n \"real\",\n \"serde\",\n \"some_lib 0.2.0\",\n]\n\
                [[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"r\"\n[[package]]\nname = \"real\"\nversion = \"2.3.0\"\nsource = \"r\"\n[[package]]\nname = \"libc\"\nversion = \"0.2.9\"\nsource = \"r\"\n";
    let expected = ["new 1 Missing", "old  Surplus", "some_lib 0.3 Refused { locked: \"0.2.0\" }"];
    assert_eq!(told_below(Format::Cargo, manifest, lock, "a", root), expected);
}

#[test]
fn python_is_held_to_its_lock() {
    let manifest = "[project]\nname = \"me\"\ndependencies = [\"Foo_Bar>=2\", \"baz[x]>=1,<2\", \"new\"]\n[dependency-groups]\ndev = [\"ruff>=0.5\"]\n";
    let uv = "[[package]]\nname = \"me\"\nversion = \"0.1\"\nsource = { editable = \".\" }\n[package.metadata]\nrequires-dist = [{ name = \"foo-bar\", specifier = \">=1\" }, { name = \"baz\" }]\n[package.metadata.requires-dev]\ndev = [{ name = \"ruff\" }]\n\
              [[package]]\nname = \"foo-bar\"\nversion = \"1.5\"\nsource = { registry = \"https://pypi.org/simple\" }\n[[package]]\nname = \"baz\"\nversion = \"1.2\"\nsource = { registry = \"https://pypi.org/simple\" }\n";
    let expected = ["foo-bar >=2 Refused { locked: \"1.5\" }", "new  Missing"];
    assert_eq!(told(Format::Uv, manifest, uv), expected);
    let poetry = "[tool.poetry.dependencies]\npython = \"^3.10\"\nfoo = \"^1.0\"\nbar = \"*\"\n";
    let lock = "[[package]]\nname = \"foo\"\nversion = \"2.0\"\n";
    assert_eq!(told(Format::Poetry, poetry, lock), ["bar * Missing", "foo ^1.0 Refused { locked: \"2.0\" }"]);
}

#[test]
fn go_and_composer_are_held_to_theirs() {
    let go = "module m\nrequire (\n\ta.b/c v1.2.0\n\ta.b/d v1.0.0\n\ta.b/e v1.0.0\n\ta.b/f v0.1.0\n)\nreplace a.b/f => a.b/g v1.0.0\n";
    let sum = "a.b/c v1.2.0 h1:x\na.b/c v1.2.0/go.mod h1:x\na.b/d v0.9.0/go.mod h1:x\n";
    let expected = ["a.b/d v1.0.0 Refused { locked: \"v0.9.0\" }", "a.b/e v1.0.0 Missing"];
    assert_eq!(told(Format::Go, go, sum), expected);
    let composer = r#"{"require":{"php":">=8","a/b":"^1","psr/log-implementation":"^1","c/d":"^2"}}"#;
    let lock = r#"{"packages":[{"name":"a/b","provide":{"psr/log-implementation":"1"}}],"packages-dev":[]}"#;
    assert_eq!(told(Format::Composer, composer, lock), ["c/d ^2 Missing"]);
}

#[test]
fn selectors_of_overrides_name_their_package() {
    for (selector, name) in [
        ("a", "a"),
        ("a@1", "a"),
        ("a>b@2", "b"),
        ("**/b", "b"),
        ("@s/a@1", "@s/a"),
        ("x/@s/a", "@s/a"),
        ("x/a", "a"),
    ] {
        assert_eq!(last_name(selector), name, "{selector}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_readers_panic(manifest in "([a-b@:/{}\\[\\]\"=.,0-9 \n-]|dependencies|package|name){0,40}", lock in "([a-b@:/{}\\[\\]\"=., \n-]|packages|importers|\n__metadata:){0,40}") {
        for (_, format) in NAMES {
            let pair = Pair { manifest: &manifest, root: &manifest, lock: &lock, below: "", local: &BTreeSet::new() };
            let _decided = disagreements(format, pair);
        }
    }
}
