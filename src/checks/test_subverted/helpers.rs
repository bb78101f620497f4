//! Which files run around the tests: by the configuration that names them, or by the runner's convention.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::syntax::Language;
use crate::read::tests::harness::{self, Loaded};
use crate::read::tests::is_test_file;
use crate::read::xml;
use crate::span::Side;

/// How a script comes to run beside the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Loaded before the tests of every file.
    Setup,
    /// What it exports is called before or after all tests.
    Global,
    /// It holds tests.
    Tests,
}

/// What a file is to the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Conftest,
    PythonTest,
    Script(Around),
    GoTest,
    Ruby,
    PhpBootstrap,
    Pom,
    Gradle,
    Cargo,
    Rspec,
}

/// What a change's trees say of the files around their tests, read when first asked.
pub(super) struct Helpers<'c> {
    change: &'c Change,
    loaded: [OnceLock<BTreeMap<RepoPath, Loaded>>; 2],
    bootstraps: [OnceLock<BTreeSet<RepoPath>>; 2],
    plugins: [OnceLock<Vec<String>>; 2],
}

/// Without one of these a script does nothing to an outcome, unless it puts a function of its own in another's place.
const SCRIPT_WORDS: [&str; 7] = [
    "process.exit",
    "process.reallyExit",
    "expect.extend",
    "expect =",
    "expect=",
    "Assertion.prototype",
    ".skip;",
];
const OWNERS: [&str; 3] = ["assert.", "global.", "globalThis."];
const REPLACEMENTS: [&str; 4] = ["= () =>", "= function", "= (", ".fn()"];

impl<'c> Helpers<'c> {
    pub(super) fn new(change: &'c Change) -> Self {
        Self {
            change,
            loaded: Default::default(),
            bootstraps: Default::default(),
            plugins: Default::default(),
        }
    }

    /// What the file is to the tests; nothing where no word in it could do anything to them.
    pub(super) fn role(&self, side: Side, path: &RepoPath) -> Option<Role> {
        let name = path.name();
        let Ok(text) = self.change.text(side, path) else {
            // What can't be read is told by whoever reads it.
            return (name == "conftest.py").then_some(Role::Conftest);
        };
        let text = text.unwrap_or_default();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match path.extension() {
            "py" => {
                let conftest =
                    name == "conftest.py" || text.contains("def pytest_") && self.is_plugin(side, path);
                let words = ["exit", "Exit", "def pytest_", "assert", "autouse"];
                if conftest { has(&words).then_some(Role::Conftest) } else { self.python_test(path, text) }
            }
            "go" if name.ends_with("_test.go") => has(&["os.Exit", "TestMain"]).then_some(Role::GoTest),
            "rb" => (is_ruby_helper(name) && has(&["exit", "abort"])).then_some(Role::Ruby),
            "php" => (has(&["exit", "die"]) && self.is_bootstrap(side, path)).then_some(Role::PhpBootstrap),
            "xml" if name == "pom.xml" => {
                has(&["estFailureIgnore", "test.failure.ignore"]).then_some(Role::Pom)
            }
            "gradle" | "kts" => {
                (name.contains(".gradle") && text.contains("ignoreFailures")).then_some(Role::Gradle)
            }
            "toml" if name == "Cargo.toml" => text.contains("harness").then_some(Role::Cargo),
            _ if name == ".rspec" => text.contains("failure-exit-code").then_some(Role::Rspec),
            _ => self.script(side, path, text),
        }
    }

    fn python_test(&self, path: &RepoPath, text: &str) -> Option<Role> {
        let leaves = text.contains("_exit(") || text.contains("pytest.exit(");
        let patches = text.contains(".assert") && text.contains("lambda");
        (is_test_file(path) && (leaves || patches)).then_some(Role::PythonTest)
    }

    fn script(&self, side: Side, path: &RepoPath, text: &str) -> Option<Role> {
        let language = Language::of(path)?;
        if matches!(language, Language::Python | Language::Go) || path.name().contains(".d.") {
            return None;
        }
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let may_act = has(&SCRIPT_WORDS) || has(&OWNERS) && has(&REPLACEMENTS);
        if !may_act {
            return None;
        }
        if is_test_file(path) {
            return Some(Role::Script(Around::Tests));
        }
        let change = self.change;
        let loaded = self.loaded[side as usize].get_or_init(|| harness::loaded(change.tree(side)));
        let around = match loaded.get(path)?.key {
            "globalSetup" | "globalTeardown" => Around::Global,
            _ => Around::Setup,
        };
        Some(Role::Script(around))
    }

    /// Whether a conftest names the module as a plugin.
    fn is_plugin(&self, side: Side, path: &RepoPath) -> bool {
        let tree = self.change.tree(side);
        let named = self.plugins[side as usize].get_or_init(|| {
            let conftests = tree.paths().filter(|path| path.name() == "conftest.py");
            let texts = conftests.filter_map(|path| tree.text(path).ok().flatten());
            let texts = texts.filter(|text| text.contains("pytest_plugins"));
            texts.map(str::to_owned).collect()
        });
        let Some(stem) = path.as_str().strip_suffix(".py") else { return false };
        let dotted = stem.replace('/', ".");
        let mut names = dotted.match_indices('.').map(|(at, _)| &dotted[at + 1..]).chain([dotted.as_str()]);
        let quoted = |name: &str| {
            named
                .iter()
                .any(|text| text.contains(&format!("\"{name}\"")) || text.contains(&format!("'{name}'")))
        };
        // A bare last name would be that of many modules.
        names.any(|name| (name.contains('.') || !dotted.contains('.')) && quoted(name))
    }

    fn is_bootstrap(&self, side: Side, path: &RepoPath) -> bool {
        let tree = self.change.tree(side);
        let found = self.bootstraps[side as usize].get_or_init(|| {
            let configs = tree.paths().filter(|path| path.name().starts_with("phpunit."));
            configs
                .filter_map(|config| {
                    let document = xml::parse(tree.text(config).ok().flatten()?).ok()?;
                    let named = document.root_element().attribute("bootstrap")?.to_owned();
                    RepoPath::join(config.dir(), &named).ok()
                })
                .collect()
        });
        found.contains(path)
    }
}

fn is_ruby_helper(name: &str) -> bool {
    matches!(name, "spec_helper.rb" | "rails_helper.rb" | "test_helper.rb" | "minitest_helper.rb")
}
