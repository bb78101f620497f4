//! A fixture on disk becomes a git repository and a judged change, through the same edge as `gainsay check`.
//!
//! `change.toml` (title, body, author, branch, labels, commits), `base/`, `head/` (whole trees), optional
//! `steps/NN-name/` (whole trees of commits between them), `before/NN-name/` (whole trees of commits before base, a day
//! apart) and `evidence/`. Trees are disarmed on disk:
//! `.github_test` stands for `.github`, `Cargo_test.toml` for `Cargo.toml`, `.gainsay-keep` for nothing, and `@@KIND@@` in a file or text for
//! a credential made up at load.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock};
use std::thread;

use gainsay::change::{Change, Evidence, EvidenceFile, Person, PullRequest};
use gainsay::checks::Needs;
use gainsay::git::{Range, Repo};
use gainsay::ids::Sha;
use gainsay::pipeline;
use gainsay::policy::Policy;
use gainsay::read::check_results;
use gainsay::verdict::Verdict;

use crate::plant;

#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Words {
    title: String,
    body: String,
    author: String,
    branch: String,
    labels: Vec<String>,
    /// The messages of the commits: the steps' in order, then head's. Missing ones are made up.
    commits: Vec<String>,
    /// The messages of the commits before base in their order, then base's. Missing ones are made up.
    before: Vec<String>,
    /// `Name <email>` of every commit's author.
    committer: Option<String>,
}

/// A fixture with its repository.
pub(crate) struct Fixture {
    /// `<rule>/<case>`.
    pub(crate) name: String,
    pub(crate) dir: PathBuf,
    words: Words,
    repo: tempfile::TempDir,
    verdict: OnceLock<Verdict>,
    whole: OnceLock<(Change, Verdict)>,
}

/// Every fixture, by name.
pub(crate) fn all() -> &'static [Fixture] {
    static ALL: LazyLock<Vec<Fixture>> = LazyLock::new(load_all);
    &ALL
}

fn load_all() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let cases: Vec<PathBuf> =
        sorted(&root).iter().flat_map(|rule| sorted(rule)).filter(|case| case.is_dir()).collect();
    let found = Mutex::new(Vec::new());
    on_all_cores(&cases, |mine| {
        for case in mine {
            let fixture = Fixture::load(&root, case.clone());
            found.lock().unwrap().push(fixture);
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by(|a: &Fixture, b| a.dir.cmp(&b.dir));
    found
}

/// Runs a test on every fixture, several at a time. One that fails fails the test, and says by itself which it is.
pub(crate) fn each(test: impl Fn(&Fixture) + Sync) {
    share_out(|mine| mine.for_each(&test));
}

/// The same for a test that makes something for many fixtures: it is run once on each core and takes the fixtures that
/// no other took.
pub(crate) fn share_out(test: impl Fn(&mut dyn Iterator<Item = &'static Fixture>) + Sync) {
    on_all_cores(all(), test);
}

fn on_all_cores<'a, T: Sync>(items: &'a [T], work: impl Fn(&mut dyn Iterator<Item = &'a T>) + Sync) {
    let next = AtomicUsize::new(0);
    let take = || items.get(next.fetch_add(1, Ordering::Relaxed));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| work(&mut std::iter::from_fn(take)));
        }
    });
}

fn sorted(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
}

impl Fixture {
    fn load(root: &Path, dir: PathBuf) -> Self {
        let name = dir.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let words = fs::read_to_string(dir.join("change.toml")).unwrap_or_else(|e| panic!("{name}: {e}"));
        let words: Words = toml::from_str(&plant::expand(&words)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let trees = |name: &str| -> Vec<_> {
            let dir = dir.join(name);
            if dir.is_dir() { sorted(&dir).iter().map(|step| tree(step)).collect() } else { Vec::new() }
        };
        let mut all = trees("before");
        let base = all.len();
        all.push(tree(&dir.join("base")));
        all.extend(trees("steps"));
        all.push(tree(&dir.join("head")));
        let repo = tempfile::tempdir().unwrap();
        commit_all(repo.path(), &all, base, &words);
        Self { name, dir, words, repo, verdict: OnceLock::new(), whole: OnceLock::new() }
    }

    /// Whether the verdict must be blocked.
    pub(crate) fn must_block(&self) -> bool {
        self.name.split('/').nth(1).unwrap().starts_with("caught-")
    }

    /// The commits before base, the oldest first.
    pub(crate) fn before(&self) -> Vec<Sha> {
        let log = git(self.repo.path(), &["rev-list", "--reverse", "base^@"], b"");
        log.lines().map(|line| line.parse().unwrap()).collect()
    }

    /// Whether the verdict must show a note of the rule.
    pub(crate) fn must_note(&self) -> bool {
        self.name.split('/').nth(1).unwrap().starts_with("noted-")
    }

    pub(crate) fn repo(&self) -> Repo {
        Repo::open(self.repo.path()).unwrap()
    }

    pub(crate) fn range(&self) -> Range {
        self.repo().range("base", "head").unwrap()
    }

    /// The change of a range of this fixture's repository, with its words or with none.
    pub(crate) fn change(&self, base: &str, head: &str, needs: &Needs, silent: bool) -> Change {
        let repo = self.repo();
        let range = repo.range(base, head).unwrap();
        let (mut pr, mut evidence) = (PullRequest::default(), Evidence::default());
        if !silent {
            pr = PullRequest {
                title: self.words.title.clone(),
                body: self.words.body.clone(),
                author: Person { login: self.words.author.clone(), ..Person::default() },
                branch: self.words.branch.clone(),
                labels: self.words.labels.clone(),
                ..PullRequest::default()
            };
            evidence = self.evidence();
        }
        repo.change(&range, pr, evidence, needs).unwrap()
    }

    pub(crate) fn policy(&self) -> Policy {
        for path in gainsay::policy::PATHS {
            if let Some(text) = self.repo().read_at(&self.range().tip, &path.parse().unwrap()).unwrap() {
                return Policy::parse(path, std::str::from_utf8(&text).unwrap()).unwrap();
            }
        }
        Policy::default()
    }

    /// The verdict of what the checks declare that they need; judged once.
    pub(crate) fn verdict(&self) -> &Verdict {
        self.verdict.get_or_init(|| {
            let change = self.change("base", "head", &pipeline::needs(), false);
            pipeline::consider(&change, &self.policy())
        })
    }

    /// The change with everything loaded, and its verdict; judged once.
    pub(crate) fn whole(&self) -> &(Change, Verdict) {
        self.whole.get_or_init(|| {
            let change = self.change("base", "head", &everything(), false);
            let verdict = pipeline::consider(&change, &self.policy());
            (change, verdict)
        })
    }

    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        let dir = self.dir.join("evidence");
        for path in if dir.is_dir() { sorted(&dir) } else { Vec::new() } {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let file = EvidenceFile { name: name.clone(), bytes: fs::read(&path).unwrap() };
            match name.as_str() {
                "checks.json" | "jobs.json" | "deployments.json" => {
                    let found = check_results::read(&file.bytes).unwrap();
                    evidence.checks.extend(found.checks);
                    evidence.jobs.extend(found.jobs);
                    evidence.deployments.extend(found.deployments);
                }
                n if n.starts_with("base-coverage") => evidence.base_coverage.push(file),
                n if n.starts_with("coverage") => evidence.coverage.push(file),
                n if n.starts_with("junit") || n.starts_with("tests") => evidence.tests.push(file),
                other => panic!("{}: no evidence is called {other}", self.name),
            }
        }
        evidence
    }
}

/// More than any check declares.
pub(crate) fn everything() -> Needs {
    let mut needs = Needs::default();
    needs.both("**");
    needs.changed("**");
    needs.additions();
    needs.check_results();
    needs.history();
    needs
}

/// The files of a fixture's tree, armed. A file `x.symlink` is a link to what it holds.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for path in sorted(&folder) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            let name = name.replace(".github_test", ".github").replace("Cargo_test.toml", "Cargo.toml");
            if name.ends_with(".gainsay-keep") {
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let bytes = match String::from_utf8(bytes) {
                Ok(text) => plant::expand(&text).into_bytes(),
                Err(e) => e.into_bytes(),
            };
            files.insert(name, bytes);
        }
    }
    files
}

/// Commits the trees one after another; the one at `base` is the base.
fn commit_all(repo: &Path, trees: &[BTreeMap<String, Vec<u8>>], base: usize, words: &Words) {
    let mut stream = Vec::new();
    let who = words.committer.as_deref().unwrap_or("Robin Example <robin@example.com>");
    for (i, files) in trees.iter().enumerate() {
        let branch = if i <= base { "base" } else { "head" };
        let message = match i.checked_sub(base + 1) {
            None if i == base => words.before.get(i).cloned().unwrap_or("Base".to_owned()),
            None => words.before.get(i).cloned().unwrap_or(format!("Before {i}")),
            Some(at) => {
                let made_up =
                    if i + 1 == trees.len() { words.title.clone() } else { format!("Step {}", at + 1) };
                words.commits.get(at).cloned().unwrap_or(made_up)
            }
        };
        let time = 1_700_000_000 - 86_400 * base.saturating_sub(i);
        write!(stream, "commit refs/heads/{branch}\nmark :{}\n", i + 1).unwrap();
        write!(stream, "author {who} {time} +0000\ncommitter {who} {time} +0000\n").unwrap();
        write!(stream, "data {}\n{message}\n", message.len()).unwrap();
        if i > 0 {
            writeln!(stream, "from :{i}").unwrap();
        }
        stream.extend_from_slice(b"deleteall\n");
        for (path, bytes) in files {
            write!(stream, "M 100644 inline {path}\ndata {}\n", bytes.len()).unwrap();
            stream.extend_from_slice(bytes);
            stream.push(b'\n');
        }
    }
    git(repo, &["init", "-q", "--bare", "--template=", "-b", "base"], b"");
    // One pack as it comes, of which no power cut needs to be survived.
    let quick = ["-c", "core.fsync=none", "-c", "fastimport.unpackLimit=1"];
    git(repo, &[&quick[..], &["fast-import", "--quiet"]].concat(), &stream);
}

/// Runs git with that standard input; its failure is the test's.
pub(crate) fn git(repo: &Path, args: &[&str], input: &[u8]) -> String {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(repo)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git {args:?}");
    String::from_utf8(output.stdout).unwrap()
}
