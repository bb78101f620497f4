//! Odd repositories and bad arguments: a clear message or an honest answer, never a panic.

use std::path::Path;
use std::process::{Command, Output};

use crate::fixture::git;

/// Runs the real program in a scrubbed environment.
pub(crate) fn gainsay(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command.args(args).env_clear().env("NO_COLOR", "1");
    command.output().unwrap()
}

pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn check(repo: &Path, base: &str, head: &str, more: &[&str]) -> Ran {
    let mut args = vec!["check", "--repo", repo.to_str().unwrap(), "--base", base, "--head", head];
    args.extend(more);
    ran(&args)
}

fn ran(args: &[&str]) -> Ran {
    let output = gainsay(args);
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(!err.contains("panicked"), "{args:?}: {err}");
    Ran { code: output.status.code().unwrap(), out: String::from_utf8(output.stdout).unwrap(), err }
}

/// A bare repository out of a fast-import stream.
pub(crate) fn repo(stream: &[u8]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "-q", "--bare", "-b", "base"], b"");
    git(dir.path(), &["fast-import", "--quiet"], stream);
    dir
}

/// A commit of a fast-import stream: each change is a mode, a path and a content; the mode `D` deletes.
pub(crate) fn commit(
    branch: &str,
    mark: usize,
    parents: &[usize],
    changes: &[(&str, &[u8], &[u8])],
) -> Vec<u8> {
    let mut stream = format!(
        "commit refs/heads/{branch}\nmark :{mark}\n\
         author R <r@example.com> 1700000000 +0000\ncommitter R <r@example.com> 1700000000 +0000\n\
         data 4\nword\n"
    )
    .into_bytes();
    for (i, parent) in parents.iter().enumerate() {
        let word = if i == 0 { "from" } else { "merge" };
        stream.extend(format!("{word} :{parent}\n").into_bytes());
    }
    for (mode, path, bytes) in changes {
        if *mode == "D" {
            stream.extend([b"D ", *path, b"\n"].concat());
            continue;
        }
        if *mode == "160000" {
            stream.extend(format!("M 160000 {} ", String::from_utf8_lossy(bytes)).into_bytes());
            stream.extend(*path);
            stream.push(b'\n');
            continue;
        }
        stream.extend(format!("M {mode} inline \"").into_bytes());
        for byte in *path {
            stream.extend(format!("\\{byte:03o}").into_bytes());
        }
        stream.extend(format!("\"\ndata {}\n", bytes.len()).into_bytes());
        stream.extend(*bytes);
        stream.push(b'\n');
    }
    stream
}

/// One commit `base` with a plain file, and one `head` on it with these changes.
fn two(changes: &[(&str, &[u8], &[u8])]) -> tempfile::TempDir {
    let mut stream = commit("base", 1, &[], &[("100644", b"a.txt", b"one\n")]);
    stream.extend(commit("head", 2, &[1], changes));
    repo(&stream)
}

#[test]
fn a_folder_that_is_no_repository_is_named_with_the_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let ran = check(dir.path(), "main", "HEAD", &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is not a git repository; pass --repo"), "{}", ran.err);
    assert_eq!(ran.out, "");
}

#[test]
fn an_unknown_revision_is_named() {
    let repo = two(&[("100644", b"a.txt", b"two\n")]);
    for (base, head, named) in
        [("nowhere", "head", "nowhere"), ("base", "0123abc", "0123abc"), ("base", "", "\"\"")]
    {
        let ran = check(repo.path(), base, head, &[]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains("has no commit") && ran.err.contains(named), "{}", ran.err);
    }
}

#[test]
fn a_repository_without_commits_is_no_panic() {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "-q", "-b", "main"], b"");
    assert_eq!(check(dir.path(), "main", "HEAD", &[]).code, 2);
}

#[test]
fn histories_without_a_common_commit_say_so() {
    let mut stream = commit("base", 1, &[], &[("100644", b"a", b"1")]);
    stream.extend(commit("head", 2, &[], &[("100644", b"a", b"2")]));
    let ran = check(repo(&stream).path(), "base", "head", &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no commit in common") && ran.err.contains("fetch-depth: 0"), "{}", ran.err);
}

#[test]
fn a_shallow_clone_without_the_base_says_how_to_get_it() {
    let origin = two(&[("100644", b"a.txt", b"two\n")]);
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    git(clone.path(), &["clone", "-q", "--bare", "--depth", "1", "--branch", "head", &url, "."], b"");
    let ran = check(clone.path(), "HEAD~1", "HEAD", &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("fetch"), "{}", ran.err);
}

#[test]
fn a_file_whose_object_is_missing_is_undecided_and_hides_nothing_else() {
    let repo = two(&[
        ("100644", b"a.txt", b"not here any more\n"),
        ("100644", b"b.txt", b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"),
    ]);
    let id = git(repo.path(), &["rev-parse", "head:a.txt"], b"");
    let (folder, name) = id.trim().split_at(2);
    std::fs::remove_file(repo.path().join("objects").join(folder).join(name)).unwrap();
    let ran = check(repo.path(), "base", "head", &["--format", "json"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let verdict: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let paths: Vec<&str> =
        verdict["undecided"].as_array().unwrap().iter().filter_map(|u| u["path"].as_str()).collect();
    assert!(paths.contains(&"a.txt"), "{}", ran.out);
}

#[test]
fn an_empty_range_passes() {
    let repo = two(&[("100644", b"a.txt", b"two\n")]);
    for head in ["head", "base"] {
        let ran = check(repo.path(), "head", head, &["--format", "json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
}

#[test]
fn a_binary_file_passes() {
    let repo = two(&[("100644", b"logo.png", b"\x89PNG\0\0\0\x01\xff\xfe")]);
    assert_eq!(check(repo.path(), "base", "head", &[]).code, 0);
}

#[test]
fn a_file_of_fifty_megabytes_is_undecided_and_said() {
    let line = b"a perfectly ordinary line of a very long text file\n";
    let huge: Vec<u8> = line.iter().copied().cycle().take(50_000_000).collect();
    let repo = two(&[("100644", b"huge.txt", &huge)]);
    let ran = check(repo.path(), "base", "head", &["--format", "json"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("huge.txt") && ran.out.contains("bytes"), "{}", ran.out);
}

#[test]
fn paths_and_contents_that_are_no_utf8_are_read_as_far_as_they_go() {
    let repo = two(&[
        ("100644", b"caf\xe9/\xff.js", b"const a = 1;\n"),
        ("100644", b"latin1.py", b"name = 'caf\xe9'\n"),
        ("100644", b"package.json", b"{\"jest\": \"caf\xe9\"}\n"),
    ]);
    let ran = check(repo.path(), "base", "head", &["--format", "json"]);
    assert!([0, 3].contains(&ran.code), "{}{}", ran.out, ran.err);
    serde_json::from_str::<serde_json::Value>(&ran.out).unwrap();
}

#[test]
fn a_symlink_and_a_submodule_are_neither_followed_nor_fatal() {
    let id = "0123456789012345678901234567890123456789";
    let repo = two(&[
        ("120000", b"package.json", b"/etc/passwd"),
        ("120000", b"loop.js", b"loop.js"),
        ("160000", b"vendor", id.as_bytes()),
    ]);
    let ran = check(repo.path(), "base", "head", &["--format", "json"]);
    assert!([0, 3].contains(&ran.code), "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("root:"), "{}", ran.out);
}

#[test]
fn a_merge_of_the_base_into_the_branch_is_not_the_branchs_own_work() {
    let mut stream = commit("base", 1, &[], &[("100644", b"a.txt", b"one\n")]);
    stream.extend(commit("head", 2, &[1], &[("100644", b"b.txt", b"mine\n")]));
    stream.extend(commit(
        "base",
        3,
        &[1],
        &[("100644", b"c.txt", b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")],
    ));
    stream.extend(commit("head", 4, &[2, 3], &[]));
    let repo = repo(&stream);
    let ran = check(repo.path(), "base", "head", &["--format", "json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("c.txt"), "{}", ran.out);
}

#[test]
fn a_replace_ref_does_not_change_what_is_judged() {
    let repo = two(&[("100644", b"b.txt", b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")]);
    let id = |rev: &str| git(repo.path(), &["rev-parse", rev], b"").trim().to_owned();
    let before = check(repo.path(), "base", "head", &["--format", "json"]);
    git(repo.path(), &["replace", &id("head:b.txt"), &id("head:a.txt")], b"");
    let after = check(repo.path(), "base", "head", &["--format", "json"]);
    assert_eq!(before.code, 1, "{}", before.out);
    assert_eq!(before.out, after.out);
}

#[test]
fn a_policy_that_cannot_be_read_stops_with_its_line() {
    let mut stream = commit(
        "base",
        1,
        &[],
        &[("100644", b"gainsay.toml", b"subject = \"everyone\"\n[rules]\ntest-skiped = \"off\"\n")],
    );
    stream.extend(commit("head", 2, &[1], &[("100644", b"a.txt", b"two\n")]));
    let ran = check(repo(&stream).path(), "base", "head", &[]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.err, "error: gainsay.toml:3: unknown rule `test-skiped`; did you mean `test-skipped`?\n");
}

#[test]
fn a_policy_that_the_change_breaks_holds_the_merge() {
    let repo = two(&[("100644", b".github/gainsay.toml", b"subjekt = \"agents\"\n")]);
    let ran = check(repo.path(), "base", "head", &["--format", "json"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("did you mean `subject`?"), "{}", ran.out);
}

#[test]
fn a_policy_that_is_a_link_is_an_error_and_not_the_default() {
    let mut stream = commit("base", 1, &[], &[("120000", b".github/gainsay.toml", b"../policy.toml")]);
    stream.extend(commit("head", 2, &[1], &[("100644", b"a.txt", b"two\n")]));
    let ran = check(repo(&stream).path(), "base", "head", &[]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains(".github/gainsay.toml") && ran.err.contains("not followed"), "{}", ran.err);
}

#[test]
fn the_policy_of_head_has_no_say() {
    let repo = two(&[
        ("100644", b".github/gainsay.toml", b"[rules]\npatch-residue = \"off\"\n"),
        ("100644", b"b.txt", b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"),
    ]);
    assert_eq!(check(repo.path(), "base", "head", &[]).code, 1);
}

#[test]
fn files_that_the_user_names_and_are_not_there_are_named() {
    let repo = two(&[("100644", b"a.txt", b"two\n")]);
    for option in ["--body", "--junit", "--coverage", "--checks", "--policy"] {
        let ran = check(repo.path(), "base", "head", &[option, "/nowhere/at-all"]);
        assert_eq!(ran.code, 2, "{option}");
        assert!(ran.err.contains("/nowhere/at-all"), "{option}: {}", ran.err);
    }
}

#[test]
fn usage_errors_exit_2_and_help_exits_0() {
    assert_eq!(ran(&["check"]).code, 2);
    assert_eq!(ran(&["explain", "no-such-rule"]).code, 2);
    assert_eq!(ran(&["--help"]).code, 0);
    assert_eq!(ran(&["rules"]).code, 0);
}

#[test]
fn a_verdict_is_the_same_bytes_every_time() {
    let repo = two(&[("100644", b"b.txt", b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")]);
    let json = || check(repo.path(), "base", "head", &["--format", "json"]).out;
    assert_eq!(json(), json());
}
