//! The arithmetic over two small trees.

use super::*;
use crate::change::{Evidence, FileChange, PullRequest, Status, Tree};
use crate::read::coverage_report::Lines;

fn path(text: &str) -> RepoPath {
    text.parse().unwrap()
}

/// A change between two sets of files; a file of another content counts as modified.
fn change(base: &[(&str, &str)], head: &[(&str, &str)], renamed: Option<(&str, &str)>) -> Change {
    let tree = |files: &[(&str, &str)]| Tree::of_files(files.iter().map(|(p, text)| (*p, text.as_bytes())));
    let (base, head) = (tree(base), tree(head));
    let mut files = Vec::new();
    for at in head.paths() {
        let status = match base.entry(at) {
            None => Status::Added,
            Some(entry) if entry.id == head.entry(at).unwrap().id => continue,
            Some(_) => Status::Modified,
        };
        files.push(FileChange {
            status,
            base: base.contains(at).then(|| at.clone()),
            head: Some(at.clone()),
        });
    }
    if let Some((from, to)) = renamed {
        files.retain(|file| file.head != Some(path(to)));
        files.push(FileChange { status: Status::Renamed, base: Some(path(from)), head: Some(path(to)) });
    }
    let sha = "0".repeat(40).parse::<crate::ids::Sha>().unwrap();
    Change {
        pr: PullRequest::default(),
        base_sha: sha.clone(),
        head_sha: sha,
        base,
        head,
        files: files.into(),
        commits: Vec::new(),
        history: Default::default(),
        evidence: Evidence::default(),
    }
}

fn mapped(files: &[(&str, &[(u32, bool)])]) -> Mapped {
    let file = |lines: &[(u32, bool)]| FileCoverage::of_lines(lines.iter().copied().collect::<Lines>());
    Mapped { files: files.iter().map(|(p, lines)| (path(p), file(lines))).collect(), unmapped: vec![] }
}

const YES: &[(u32, bool)] = &[(1, true), (2, true)];
const HALF: &[(u32, bool)] = &[(1, true), (2, false)];

#[test]
fn files_that_are_measured_no_more_bound_the_figure() {
    let files = [("a", "1\n2\n"), ("b", "1\n2\n"), ("c", "1\n2\n"), ("gone", "x")];
    let change = change(&files, &files[..3], None);
    let base = mapped(&[("a", HALF), ("b", HALF), ("c", &[]), ("gone", HALF)]);
    let before = followed(&change, base.files.keys());
    assert_eq!(before.len(), 3);
    let figures = over_base(&change, &before, &mapped(&[("a", YES)]), Some(&base));
    assert_eq!((figures.before, &figures.unmeasured), (3, &BTreeSet::from([path("b")])));
    assert_eq!(figures.at_most(|m| m.lines), Some(50.0));
    assert_eq!(figures.as_before(|m| m.lines), Some(75.0));
    // Without a report of base files can be counted, lines cannot.
    let figures = over_base(&change, &before, &mapped(&[("a", YES)]), None);
    assert_eq!((figures.unmeasured.len(), figures.at_most(|m| m.lines)), (2, None));
}

#[test]
fn a_file_that_changed_counts_the_lines_that_it_kept() {
    let change = change(
        &[("a", "1\n2\n3\n"), ("b", "1\n")],
        &[("new", "1\nx\n3\n"), ("b", "1\n")],
        Some(("a", "new")),
    );
    let base = mapped(&[("a", &[(1, true), (2, true), (3, false)]), ("b", &[(1, true)])]);
    let before = followed(&change, base.files.keys());
    let figures = over_base(&change, &before, &mapped(&[("b", &[(1, true)])]), Some(&base));
    assert_eq!(figures.missing.lines, Some(Ratio { hit: 1, found: 2 }));
    assert_eq!(figures.at_most(|m| m.lines).map(f64::round), Some(33.0));
}

#[test]
fn a_path_that_could_not_be_placed_leaves_its_namesakes_out_of_the_count() {
    let files = [("p/a.js", "1"), ("q/b.js", "1")];
    let change = change(&files, &files, None);
    let before = followed(&change, [&path("p/a.js"), &path("q/b.js")]);
    let head = Mapped { unmapped: vec!["C:\\x\\a.js".into()], ..Mapped::default() };
    assert_eq!(over_base(&change, &before, &head, None).unmeasured, BTreeSet::from([path("q/b.js")]));
}

#[test]
fn only_added_lines_that_are_code_count() {
    let change = change(
        &[("a.js", "1\n2\n"), ("b.js", "1\n"), ("c.md", "1\n")],
        &[
            ("a.js", "1\nnew\n// comment\n2\n"),
            ("b.js", "2\n"),
            ("c.md", "2\n"),
            ("d.js", "1\n"),
            ("e.js", "1\n"),
        ],
        None,
    );
    let head = mapped(&[
        ("a.js", &[(1, false), (2, true), (4, false)]),
        ("d.js", &[(1, false)]),
        ("e.js", &[(90, true)]),
    ]);
    let added = added(&change, &head);
    assert_eq!(added.lines, Ratio { hit: 1, found: 2 });
    assert_eq!(added.unmeasured, [path("b.js")]);
    assert!(added.undecided[0].why.contains("line 90"));
}
