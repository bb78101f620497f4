//! What the API's answers become: the change that the checks see must not depend on the door.

use std::collections::BTreeMap;
use std::time::Duration;

use gainsay::change::{Additions, Change, Content, History, Kind, Landed, Status};
use gainsay::github::{App, GithubError};
use gainsay::ids::PrNumber;
use gainsay::verdict::Verdict;

use crate::fixture::{self, Fixture};
use crate::server_evidence::{Blobs, archive};
use crate::world::{APP_ID, Files, INSTALLATION, REPO, World, files, key, quick};

fn app(world: &World) -> App {
    App::new(&world.url(), APP_ID, &key::private().into(), quick(Duration::from_secs(30))).unwrap()
}

async fn change(world: &World, number: u64) -> Result<Change, GithubError> {
    change_by(&app(world), number).await
}

async fn change_by(app: &App, number: u64) -> Result<Change, GithubError> {
    let github = app.installation(INSTALLATION).unwrap();
    let repo = REPO.parse().unwrap();
    let pull = github.pull(&repo, PrNumber(number)).await.unwrap();
    github.change(&repo, &pull, &fixture::everything()).await
}

fn set_head(world: &World, number: u64, head: &str) {
    world.with(|known| known.pulls.get_mut(&number).unwrap().head = head.to_owned());
}

/// Path and line of everything that each commit added.
fn added(change: &Change) -> Vec<(String, Vec<String>)> {
    let lines = |commit: &gainsay::change::Commit| match &commit.additions {
        Additions::NotLoaded => panic!("not loaded"),
        Additions::Loaded(files) => files
            .iter()
            .flat_map(|file| {
                file.lines.as_ref().unwrap().iter().map(|(n, line)| format!("{}:{n}:{line}", file.path))
            })
            .collect(),
    };
    change.commits.iter().map(|c| (c.message.lines().next().unwrap().to_owned(), lines(c))).collect()
}

#[tokio::test]
async fn each_commit_has_the_lines_it_added_and_a_merge_only_its_own() {
    let world = World::start().await;
    let base = [("a.txt", "1\n2\n")];
    let number = world.pull("First", "", &base, &[("a.txt", "1\n2\n3\n")]);
    let (first, main) = (world.head(number), world.with(|known| known.branches["main"].clone()));
    let theirs = world.commit(&[&main], "On main", files(&[("a.txt", "1\n2\n"), ("main.txt", "m\n")]));
    let merged = files(&[("a.txt", "1\n2\n3\n"), ("main.txt", "m\n"), ("typed.txt", "in the merge\n")]);
    let merge = world.commit(&[&first, &theirs], "Merge main", merged.clone());
    let mut last = merged;
    last.insert("a.txt".into(), b"0\n1\n2\n3\n".to_vec());
    let last = world.commit(&[&merge], "Last", last);
    world.with(|known| known.pulls.get_mut(&number).unwrap().base = theirs.clone());
    set_head(&world, number, &last);
    let change = change(&world, number).await.unwrap();
    let expected = [
        ("First", vec!["a.txt:3:3"]),
        ("Merge main", vec!["typed.txt:1:in the merge"]),
        ("Last", vec!["a.txt:1:0"]),
    ];
    let expected =
        expected.map(|(m, lines)| (m.to_owned(), lines.into_iter().map(str::to_owned).collect::<Vec<_>>()));
    assert_eq!(added(&change), expected);
    assert_eq!(change.base_sha.as_str(), theirs);
    assert_eq!(change.commits[0].author.login, "robin");
    assert_eq!(change.commits[0].author.email, "robin@example.com");
}

#[tokio::test]
async fn a_difference_too_long_for_a_patch_is_made_from_the_blobs() {
    let world = World::start().await;
    let long: String = (0..5_000).map(|n| format!("line {n}\n")).collect();
    let longer = format!("{}{long}", "new\n".repeat(6_000));
    let number =
        world.pull("Long", "", &[("long.txt", &long)], &[("long.txt", &longer), ("new.txt", &longer)]);
    let change = change(&world, number).await.unwrap();
    let lines = &added(&change)[0].1;
    assert_eq!(lines.len(), 6_000 + 11_000);
    assert_eq!(lines[0], "long.txt:1:new");
    assert!(lines[6_000..].iter().all(|line| line.starts_with("new.txt:")));
}

#[tokio::test]
async fn hundreds_of_commits_and_files_are_all_there() {
    let world = World::start().await;
    let number = world.pull("Start", "", &[("a.txt", "0\n")], &[("a.txt", "1\n")]);
    let mut tree: Files =
        (0..450).map(|n| (format!("f/{n:03}.txt"), format!("{n}\n").into_bytes())).collect();
    let mut head = world.head(number);
    for n in 0..260 {
        tree.insert("a.txt".into(), format!("{n}\n").into_bytes());
        head = world.commit(&[&head], &format!("Commit {n}"), tree.clone());
    }
    set_head(&world, number, &head);
    let change = change(&world, number).await.unwrap();
    assert_eq!((change.commits.len(), change.files.len()), (261, 451));
    assert_eq!(change.commits[260].message, "Commit 259");
    let loaded = |content: &Content| matches!(content, Content::Loaded(_));
    assert!(change.head.entries().all(|(_, entry)| loaded(&entry.content)));
    assert_eq!(added(&change)[1].1.len(), 451);
}

#[tokio::test]
async fn over_a_thousand_commits_are_refused_as_a_whole() {
    let world = World::start().await;
    let number = world.pull("Start", "", &[("a.txt", "0\n")], &[("a.txt", "1\n")]);
    let mut head = world.head(number);
    for n in 0..1_000 {
        head = world.commit(&[&head], &format!("Commit {n}"), files(&[("a.txt", &n.to_string())]));
    }
    set_head(&world, number, &head);
    assert!(matches!(change(&world, number).await, Err(GithubError::Incomplete { .. })));
}

#[tokio::test]
async fn odd_names_and_odd_bytes_come_through() {
    let world = World::start().await;
    let number = world.pull("Odd", "", &[("keep.txt", "k\n")], &[]);
    let odd: Files = [
        ("keep.txt".to_owned(), b"k\n".to_vec()),
        ("a folder/ä #?%.txt".to_owned(), b"one\r\ntwo".to_vec()),
        ("binary.bin".to_owned(), vec![0, 159, 146, 150]),
        ("empty.txt".to_owned(), Vec::new()),
        ("huge.txt".to_owned(), vec![b'x'; 9 * 1024 * 1024]),
    ]
    .into();
    let main = world.with(|known| known.branches["main"].clone());
    let head = world.commit(&[&main], "Odd", odd);
    set_head(&world, number, &head);
    let change = change(&world, number).await.unwrap();
    let status: BTreeMap<&str, Status> = change.files.iter().map(|f| (f.path().as_str(), f.status)).collect();
    assert_eq!(status.len(), 4);
    let content = |path: &str| change.head.entry(&path.parse().unwrap()).unwrap().content.clone();
    assert_eq!(content("a folder/ä #?%.txt"), Content::Loaded((*b"one\r\ntwo").into()));
    assert_eq!(content("empty.txt"), Content::Loaded((*b"").into()));
    assert_eq!(content("huge.txt"), Content::TooLarge(9 * 1024 * 1024));
    assert!(change.text(gainsay::span::Side::Head, &"binary.bin".parse().unwrap()).is_err());
    let Additions::Loaded(files) = &change.commits[0].additions else { panic!() };
    let lines: BTreeMap<&str, bool> = files.iter().map(|f| (f.path.as_str(), f.lines.is_ok())).collect();
    assert_eq!(lines.get("a folder/ä #?%.txt"), Some(&true));
    assert_ne!(lines.get("huge.txt"), Some(&true), "what is not read is never said to be read");
}

#[tokio::test]
async fn very_many_files_come_out_of_the_archive_and_what_it_lacks_by_themselves() {
    let world = World::start().await;
    let name = |n: usize| format!("src/part{n}.js");
    let mut tree: Files = (0..300).map(|n| (name(n), format!("part({n});\n").into_bytes())).collect();
    let base = world.commit(&[], "Parts", tree.clone());
    tree.insert(name(7), b"part(7, 8);\n".to_vec());
    let head = world.commit(&[&base], "Repair a part", tree);
    let number = world.pull("Repair a part", "", &[], &[]);
    world.with(|known| known.pulls.get_mut(&number).unwrap().base = base.clone());
    set_head(&world, number, &head);
    // As `export-ignore` and `export-subst` leave an archive: one file is not in it, another reads otherwise.
    let parts: Vec<(String, String)> =
        (0..299).map(|n| (format!("octo-app-1/{}", name(n)), format!("part({n});\n"))).collect();
    let mut files: Vec<(&str, &str)> =
        parts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files[3].1 = "part($Id$);\n";
    let blobs = Blobs::of(archive(&files)).await;
    world.with(|known| drop(known.zipballs.insert(base, blobs.address.clone())));
    let change = change(&world, number).await.unwrap();
    for (tree, seven) in [(&change.base, "part(7);\n"), (&change.head, "part(7, 8);\n")] {
        let text = |n: usize| tree.text(&name(n).parse().unwrap()).unwrap().unwrap().to_owned();
        assert_eq!((text(7), text(3), text(299)), (seven.into(), "part(3);\n".into(), "part(299);\n".into()));
    }
    let asked =
        world.with(|known| known.requests.iter().filter(|request| request.contains("/git/blobs/")).count());
    assert_eq!(asked, 3, "the changed file's head, the one that was rewritten and the one that was left out");
    assert!(!blobs.seen.lock().unwrap().contains(&"authorization".to_owned()));
}

#[tokio::test]
async fn history_follows_first_parents_and_ends_where_it_is_old() {
    let world = World::start().await;
    let text = |lines: &[&str]| files(&[("a.txt", &(lines.join("\n") + "\n")), ("b.txt", "b\n")]);
    let commit = |parents: &[&str], message: &str, date: &str, lines: &[&str]| {
        let sha = world.commit(parents, message, text(lines));
        world.set_date(&sha, date);
        sha
    };
    let first = commit(&[], "First", "2024-01-01T00:00:00Z", &["one"]);
    let old = commit(&[&first], "Old", "2024-01-02T00:00:00Z", &["one", "old"]);
    let side = commit(&[&old], "Side", "2024-02-20T00:00:00Z", &["one", "old", "side"]);
    let aside = world.commit(&[&old], "Aside", files(&[("a.txt", "one\nold\n"), ("b.txt", "aside\n")]));
    world.set_date(&aside, "2024-02-20T00:00:00Z");
    let merge = commit(
        &[&aside, &side],
        "Merge pull request #7 from octo/side",
        "2024-02-21T00:00:00Z",
        &["one", "old", "side"],
    );
    let base = commit(&[&merge], "Edit (#8)", "2024-02-23T12:00:00Z", &["One", "old", "side"]);
    let head = commit(&[&base], "Head", "2024-02-24T00:00:00Z", &["head"]);
    let number = world.pull("Head", "", &[], &[]);
    world.with(|known| known.pulls.get_mut(&number).unwrap().base = base.clone());
    set_head(&world, number, &head);
    let change = change(&world, number).await.unwrap();
    let told: Vec<_> = change
        .history
        .commits()
        .iter()
        .map(|landed| {
            let edit = landed.files[0].hunks[0].clone();
            (landed.number().map(|n| n.0), landed.days(), edit.removed, edit.added)
        })
        .collect();
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    // What the merge brought counts as the merge's; `b.txt` is no file of the pull request; the oldest are too old.
    assert_eq!(
        told,
        [(Some(8), 0, lines(&["one"]), lines(&["One"])), (Some(7), 2, lines(&[]), lines(&["side"]))]
    );
}

/// The change of a fixture through the API, with the ids, people and words that it has through git: what is left to
/// differ is what the two doors read of trees, files and commits.
async fn through_the_api(fixture: &Fixture, git: &Change, world: &World, app: &App) -> Change {
    let (repo, range) = (fixture.repo(), fixture.range());
    let tree = |sha: &gainsay::ids::Sha| -> Files {
        let tree = repo.tree(sha, |_| true).unwrap();
        let file = |(path, _): (&gainsay::ids::RepoPath, _)| {
            (path.as_str().to_owned(), tree.read(path).unwrap().unwrap().to_vec())
        };
        tree.entries().map(file).collect()
    };
    let number = world.pull("Fixture", "", &[], &[]);
    let mut before: Option<String> = None;
    for commit in fixture.before() {
        let parents: Vec<&str> = before.as_deref().into_iter().collect();
        before = Some(world.commit(&parents, &format!("{} {commit}", fixture.name), tree(&commit)));
    }
    let parents: Vec<&str> = before.as_deref().into_iter().collect();
    let base = world.commit(&parents, &format!("Base of {}", fixture.name), tree(&range.base));
    let mut head = base.clone();
    for commit in &git.commits {
        head = world.commit(&[&head], &format!("{} {}", fixture.name, commit.sha), tree(&commit.sha));
    }
    world.with(|known| known.pulls.get_mut(&number).unwrap().base = base);
    set_head(world, number, &head);
    let mut api = change_by(app, number).await.unwrap();
    assert_eq!(api.commits.len(), git.commits.len(), "{}", fixture.name);
    for (ours, theirs) in api.commits.iter_mut().zip(&git.commits) {
        assert_eq!(ours.effect, theirs.effect, "{}", fixture.name);
        let additions = std::mem::take(&mut ours.additions);
        *ours = gainsay::change::Commit { additions, ..theirs.clone() };
    }
    // Of history too, ids and people are the world's own.
    let (ours, theirs) = (api.history.commits(), git.history.commits());
    assert_eq!(ours.len(), theirs.len(), "{}", fixture.name);
    let landed =
        ours.iter().zip(theirs).map(|(ours, theirs)| Landed { files: ours.files.clone(), ..theirs.clone() });
    api.history = History::Loaded(landed.collect());
    Change {
        pr: git.pr.clone(),
        base_sha: git.base_sha.clone(),
        head_sha: git.head_sha.clone(),
        evidence: git.evidence.clone(),
        ..api
    }
}

/// Whether the world can hold a fixture: it keeps files only, and knows renames only where nothing else changed.
fn fits(git: &Change) -> bool {
    let links = git.base.entries().chain(git.head.entries()).any(|(_, e)| e.kind != Kind::File);
    let renamed = git.files.iter().any(|f| f.status == Status::Renamed);
    !links && !renamed
}

#[test]
fn every_fixture_has_the_same_verdict_through_the_api_as_through_git() {
    let plain = |verdict: &Verdict| gainsay::report::render(verdict, gainsay::report::Format::Terminal);
    fixture::share_out(|mine| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::start().await;
            let app = app(&world);
            for fixture in mine {
                let (git, verdict) = fixture.whole();
                if !fits(git) {
                    continue;
                }
                let api = through_the_api(fixture, git, &world, &app).await;
                assert_eq!((added(&api), &api.files), (added(git), &git.files), "{}", fixture.name);
                let through_api = gainsay::pipeline::consider(&api, &fixture.policy());
                assert_eq!(plain(&through_api), plain(verdict), "{}", fixture.name);
            }
        });
    });
}
