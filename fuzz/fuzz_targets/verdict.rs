//! A whole verdict in all its formats, out of one text: the body first, then each file at base and at head.

#![no_main]

use gainsay::change::{
    AddedLines, Additions, Change, Commit, Effect, Evidence, FileChange, Person, PullRequest, Status, Tree,
};
use gainsay::policy::Policy;
use gainsay::report::{self, Format};
use gainsay::span::Side;

const NAMES: [&str; 10] = [
    "src/a.ts",
    "a.test.js",
    "test_a.py",
    "src/lib.rs",
    "a_test.go",
    ".github/workflows/ci.yml",
    "package.json",
    "jest.config.js",
    "README.md",
    "gainsay.toml",
];
const PLACES: [&str; 21] = {
    let mut places = ["body"; 21];
    let mut i = 0;
    while i < NAMES.len() {
        (places[2 * i + 1], places[2 * i + 2]) = (NAMES[i], NAMES[i]);
        i += 1;
    }
    places
};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let change = change(text);
    let verdict = gainsay::pipeline::consider(&change, &Policy::default());
    for format in [Format::Terminal, Format::Json, Format::Markdown, Format::Sarif] {
        report::render(&verdict, format);
    }
    report::check::Output::of(&verdict);
    report::annotations::render(&verdict);
});

fn change(text: &str) -> Change {
    let mut sides = [Vec::new(), Vec::new()];
    for (i, (name, piece)) in gainsay_fuzz::files(&PLACES, text).enumerate().skip(1) {
        if !piece.is_empty() {
            sides[(i + 1) % 2].push((name, piece.as_bytes()));
        }
    }
    let [base, head] = sides.map(Tree::of_files);
    let files = files(&base, &head);
    let sha = |digit: &str| digit.repeat(40).parse().expect("forty digits are a sha");
    let commit = Commit {
        sha: sha("2"),
        parents: 1,
        author: Person::default(),
        committer: Person::default(),
        message: "Word".to_owned(),
        effect: Effect::Something,
        additions: Additions::Loaded(files.iter().filter_map(|file| added(&head, file)).collect()),
    };
    let body = text.split('\u{1f}').next().unwrap_or_default();
    Change {
        pr: PullRequest {
            title: body.lines().next().unwrap_or_default().to_owned(),
            body: body.to_owned(),
            ..PullRequest::default()
        },
        base_sha: sha("1"),
        head_sha: sha("2"),
        base,
        head,
        files,
        commits: vec![commit],
        history: Default::default(),
        evidence: Evidence::default(),
    }
}

fn files(base: &Tree, head: &Tree) -> Vec<FileChange> {
    let file = |name: &str| {
        let path = gainsay_fuzz::path(name);
        let on = |tree: &Tree| tree.contains(&path).then(|| path.clone());
        let status = match (base.entry(&path), head.entry(&path)) {
            (None, None) => return None,
            (Some(old), Some(new)) if old == new => return None,
            (Some(_), Some(_)) => Status::Modified,
            (Some(_), None) => Status::Deleted,
            (None, Some(_)) => Status::Added,
        };
        Some(FileChange { status, base: on(base), head: on(head) })
    };
    NAMES.iter().filter_map(|name| file(name)).collect()
}

/// Every line of the file: more than the commit added, which a check has to bear.
fn added(head: &Tree, file: &FileChange) -> Option<AddedLines> {
    let path = file.on(Side::Head)?.clone();
    let text = head.text(&path).ok().flatten()?;
    let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.to_owned())).collect();
    Some(AddedLines { path, lines: Ok(lines) })
}
