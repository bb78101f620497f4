//! What searching for credentials costs: a tree of over 100 MB on all cores, one small file with the process's start,
//! and texts that are as bad as they come.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use divan::Bencher;
use divan::counter::BytesCount;
use gainsay::read::secrets::{Setting, scan_in, template};

fn main() {
    divan::main();
}

const TREE: u64 = 110 * 1024 * 1024;
const ENOUGH: usize = 8 * 1024 * 1024;

/// This project's own text files, over and over under other folders, in a folder that goes with the value.
struct Tree {
    dir: tempfile::TempDir,
    bytes: u64,
}

impl Tree {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for folder in ["src", "rules", "benches", "tests/it", "tests/fixtures"] {
            collect(&root.join(folder), &mut files);
        }
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let mut bytes = 0;
        for round in 0.. {
            for file in &files {
                let inside = file.strip_prefix(root).expect("the file was found under the root");
                let copy = dir.path().join(format!("copy{round}")).join(inside);
                fs::create_dir_all(copy.parent().expect("the copy lies in a folder"))
                    .expect("it can be made");
                bytes += fs::copy(file, &copy).expect("a file can be copied");
                if bytes >= TREE {
                    return Self { dir, bytes };
                }
            }
        }
        unreachable!("the loop ends once the tree is large enough")
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.is_file() {
            files.push(path);
        }
    }
}

fn gainsay(path: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_gainsay"))
        .args(["secrets", "--format", "json"])
        .arg(path)
        .stdout(Stdio::null())
        .status()
        .expect("the program starts");
    // 1: it found some, among the fixtures.
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
}

#[divan::bench(sample_count = 10)]
fn tree_of_110_mib(bencher: Bencher<'_, '_>) {
    let tree = Tree::new();
    bencher.counter(BytesCount::new(tree.bytes)).bench(|| gainsay(tree.dir.path()));
}

#[divan::bench(sample_count = 50)]
fn one_small_file_with_start(bencher: Bencher<'_, '_>) {
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let file = dir.path().join("app.py");
    fs::write(&file, template::make("import os\nTOKEN = 'ghp_{an:30}{crc}'\n", "bench"))
        .expect("it can be written");
    bencher.bench(|| gainsay(&file));
}

/// A unit of text, repeated: nearly every byte starts or goes on with something that looks like a credential.
#[divan::bench(args = [
    "AKIA", "T3BlbkFJ", "-----BEGIN PRIVATE KEY-----", "password = ", "password=a", "https://a:b@", "token: \"", "eyJ", "Bearer ",
])]
fn nothing_but(bencher: Bencher<'_, '_>, unit: &str) {
    let text = unit.repeat(ENOUGH / unit.len());
    let setting = Setting::new("src/a.py");
    bencher.counter(BytesCount::of_str(&text)).bench(|| scan_in(&setting, text.as_bytes()));
}
