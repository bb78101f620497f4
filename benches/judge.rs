//! What judging costs: a whole verdict by the size of the change, and the readers by the byte.

use divan::Bencher;
use divan::counter::BytesCount;
use gainsay::change::{
    AddedLines, Additions, Change, Commit, Effect, Evidence, FileChange, Person, PullRequest, Status, Tree,
};
use gainsay::pipeline;
use gainsay::policy::Policy;

fn main() {
    divan::main();
}

const MODULE: &str = "\
import { round } from './round.js';

export function total(lines, rate) {
  const net = lines.reduce((sum, line) => sum + line.cents * line.count, 0);
  return round(net * (1 + rate));
}
";

const TEST: &str = "\
import { total } from '../src/total.js';

test('adds up', () => {
  expect(total([{ cents: 100, count: 2 }], 0.19)).toBe(238);
});
";

const PACKAGE: &str =
    r#"{"scripts": {"test": "jest --coverage"}, "jest": {"collectCoverageFrom": ["src/**/*.js"]}}"#;

/// A project of `all` modules and as many tests, of which the change edits `edited` modules.
fn change(all: usize, edited: usize) -> Change {
    let module = |i: usize| format!("src/part{}/module{i}.js", i % 50);
    let more = format!("{MODULE}\nexport const version = 2;\n");
    let tree = |edited: usize| {
        let mut files = vec![("package.json".to_owned(), PACKAGE)];
        files.extend((0..all).map(|i| (module(i), if i < edited { more.as_str() } else { MODULE })));
        files.extend((0..all).map(|i| (format!("test/part{}/module{i}.test.js", i % 50), TEST)));
        Tree::of_files(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())))
    };
    let path = |i: usize| Some(module(i).parse().expect("a made-up path is sound"));
    let files: Vec<FileChange> =
        (0..edited).map(|i| FileChange { status: Status::Modified, base: path(i), head: path(i) }).collect();
    let added = files.iter().map(|f| AddedLines {
        path: f.path().clone(),
        lines: Ok(vec![(7, String::new()), (8, "export const version = 2;".to_owned())]),
    });
    let sha = |digit: &str| digit.repeat(40).parse().expect("forty digits are a sha");
    let commit = Commit {
        sha: sha("2"),
        parents: 1,
        author: Person::default(),
        committer: Person::default(),
        message: "Give every module a version".to_owned(),
        effect: Effect::Something,
        additions: Additions::Loaded(added.collect()),
    };
    Change {
        pr: PullRequest {
            title: "Give every module a version".to_owned(),
            body: "All tests pass. No new dependencies. Coverage stays at 87%.".to_owned(),
            ..PullRequest::default()
        },
        base_sha: sha("1"),
        head_sha: sha("2"),
        base: tree(0),
        head: tree(edited),
        files: files.into(),
        commits: vec![commit],
        history: Default::default(),
        evidence: Evidence::default(),
    }
}

/// A verdict on 10 and 500 changed files, in a small tree and in one of 20,000 files.
#[divan::bench(args = [(500, 10), (500, 500), (10_000, 10)], sample_count = 10)]
fn verdict(bencher: Bencher<'_, '_>, (all, edited): (usize, usize)) {
    let change = change(all, edited);
    bencher.bench(|| pipeline::consider(&change, &Policy::default()));
}

#[divan::bench(sample_count = 20)]
fn claims(bencher: Bencher<'_, '_>) {
    let body = "Adds 3 tests for `total`. All 212 tests pass.\n\n- [x] No new dependencies\n".repeat(200);
    let mut change = change(1, 0);
    change.pr.body = body.clone();
    bencher.counter(BytesCount::of_str(&body)).bench(|| gainsay::claims::read(&change));
}
