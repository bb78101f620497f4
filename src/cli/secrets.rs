//! `gainsay secrets`: scans files and folders for credentials.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use ignore::{DirEntry, WalkBuilder, WalkState};
use serde::Serialize;

use crate::cli::{Exit, ListFormat};
use crate::read::secrets::{Grade, Hit, Identity, SecretRule, Setting, Verified, redact, scan_stream};

/// Further places of a value are in the JSON list.
const MAX_PLACES: usize = 10;

const NOTES: &str = "In folders hidden files and those that git ignores are read too: a .env is both, and you named \
                     the folder. The folder .git and symbolic links are left out. Values are never printed. Columns \
                     count characters from 1; end_column is the first one behind the value, on its first line.\n\n\
                     Ends with 1 if a credential of level block was found, otherwise with 2 if something could not \
                     be read (standard error names it), otherwise with 0.";

#[derive(Debug, clap::Args)]
#[command(after_help = NOTES)]
pub(super) struct Args {
    /// A file or folder; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print the list
    #[arg(long, value_enum, default_value = "terminal")]
    format: ListFormat,
}

/// A place of a credential.
#[derive(Debug, Serialize)]
struct Found {
    path: String,
    line: usize,
    column: usize,
    end_column: usize,
    rule: &'static str,
    level: Grade,
    /// The same wherever this value stands.
    fingerprint: String,
    verified: Verified,
    #[serde(skip)]
    kind: &'static SecretRule,
    #[serde(skip)]
    identity: Identity,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut list = List::default();
    for path in &args.paths {
        if path != Path::new("-") && std::fs::symlink_metadata(path).is_err() {
            bail!("there is no {}", path.display());
        }
        list.search(path);
    }
    let List { found, unread } = list.sorted();
    print(&found, args.format, out)?;
    for (_, why) in &unread {
        writeln!(anstream::stderr(), "error: {why}").context("could not write to standard error")?;
    }
    Ok(match found.iter().map(|f| f.level).max() {
        Some(Grade::Block) => Exit::Blocked,
        _ if !unread.is_empty() => Exit::Usage,
        _ => Exit::Pass,
    })
}

/// What the search came upon, in any order.
#[derive(Debug, Default)]
struct List {
    found: Vec<Found>,
    unread: Vec<(PathBuf, String)>,
}

impl List {
    fn search(&mut self, path: &Path) {
        let mut scratch = Vec::new();
        if path == Path::new("-") {
            let stdin = Ok(io::stdin().lock());
            self.read(path, &Setting::default(), stdin, &mut scratch);
        } else if path.is_dir() {
            self.walk(&Named::new(path));
        } else {
            self.read(path, &Named::new(path).setting(path), File::open(path), &mut scratch);
        }
    }

    /// A folder, on all cores.
    fn walk(&mut self, root: &Named<'_>) {
        let all = Mutex::new(std::mem::take(self));
        let mut walk = WalkBuilder::new(root.path);
        walk.standard_filters(false).follow_links(false);
        walk.filter_entry(|entry| entry.file_name() != ".git");
        walk.threads(std::thread::available_parallelism().map_or(1, usize::from)).build_parallel().run(
            || {
                let mut worker = Worker { list: List::default(), scratch: Vec::new(), root, all: &all };
                Box::new(move |entry| {
                    worker.visit(entry);
                    WalkState::Continue
                })
            },
        );
        *self = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    }

    fn read(&mut self, path: &Path, setting: &Setting, file: io::Result<impl Read>, scratch: &mut Vec<u8>) {
        let shown = || redact(&path.to_string_lossy()).into_owned();
        let mut hits = Vec::new();
        let searched = file.and_then(|file| scan_stream(setting, file, scratch, |hit| hits.push(hit)));
        // The public half of a pair adds nothing to the other half.
        let halves: BTreeSet<&str> = hits.iter().filter_map(|hit| hit.secret.rule.half()).collect();
        let telling = hits.iter().filter(|hit| !halves.contains(hit.secret.rule.id.as_str()));
        self.found.extend(telling.map(|hit| Found::new(shown(), hit)));
        if let Err(e) = searched {
            let what = if path == Path::new("-") { "standard input".to_owned() } else { shown() };
            self.unread.push((path.to_owned(), format!("could not read {what}: {e}")));
        }
    }

    fn append(&mut self, other: &mut Self) {
        self.found.append(&mut other.found);
        self.unread.append(&mut other.unread);
    }

    /// In the order of paths and places, each value with its fingerprint.
    fn sorted(mut self) -> Self {
        let mut marks: BTreeMap<(&str, Identity), String> = BTreeMap::new();
        for found in &mut self.found {
            let mark = marks.entry((found.rule, found.identity));
            let mark = mark.or_insert_with(|| found.identity.mark(found.kind)[..16].to_owned());
            found.fingerprint.clone_from(mark);
        }
        let place = |f: &Found| (PathBuf::from(&f.path), f.line, f.column);
        self.found.sort_by_cached_key(place);
        self.unread.sort();
        self
    }
}

/// One thread of a walk.
struct Worker<'w> {
    list: List,
    scratch: Vec<u8>,
    root: &'w Named<'w>,
    all: &'w Mutex<List>,
}

impl Worker<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                let path = entry.path();
                self.list.read(path, &self.root.setting(path), File::open(path), &mut self.scratch);
            }
            Ok(_) => {}
            Err(e) => self.list.unread.push((self.root.path.to_owned(), e.to_string())),
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.list);
    }
}

/// A file or folder that was named, and where from.
struct Named<'p> {
    path: &'p Path,
    here: Option<PathBuf>,
}

impl<'p> Named<'p> {
    fn new(path: &'p Path) -> Self {
        Self { path, here: std::env::current_dir().ok() }
    }

    /// A file's surroundings by its path as far as it was not the machine's but the user's choice: what leads to the
    /// working folder, or to the folder that was named, says nothing of the file.
    fn setting(&self, path: &Path) -> Setting {
        let inside = self.here.as_ref().and_then(|here| path.strip_prefix(here).ok());
        let path = match (path.is_absolute(), inside) {
            (_, Some(inside)) => inside,
            (false, _) => path,
            (true, None) if path == self.path => path.file_name().map_or(path, Path::new),
            (true, None) => path.strip_prefix(self.path).unwrap_or(path),
        };
        let parts = path.components().filter_map(|part| match part {
            std::path::Component::Normal(part) => Some(part.to_string_lossy()),
            _ => None,
        });
        Setting::new(&parts.collect::<Vec<_>>().join("/"))
    }
}

impl Found {
    fn new(path: String, hit: &Hit) -> Self {
        let Hit { secret, line, column, end_column } = hit;
        let rule = secret.rule;
        Self {
            path,
            line: *line,
            column: *column,
            end_column: *end_column,
            rule: &rule.id,
            level: secret.level,
            fingerprint: String::new(),
            verified: secret.verified,
            kind: rule,
            identity: secret.identity,
        }
    }
}

fn print(found: &[Found], format: ListFormat, out: &mut dyn Write) -> anyhow::Result<()> {
    let text = match format {
        ListFormat::Json => serde_json::to_string_pretty(found)? + "\n",
        ListFormat::Terminal if found.is_empty() => "no credentials found\n".to_owned(),
        ListFormat::Terminal => by_value(found),
    };
    out.write_all(text.as_bytes()).context("could not write the output")
}

/// Each value once, with its places.
fn by_value(found: &[Found]) -> String {
    let mut values: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
    for place in found {
        values.entry(&place.fingerprint).or_default().push(place);
    }
    let mut text = String::new();
    for first in found {
        let Some(places) = values.remove(first.fingerprint.as_str()) else { continue };
        let level = places.iter().map(|place| place.level).max().unwrap_or(first.level);
        let level = if level == Grade::Block { "block" } else { "note" };
        let Found { path, line, column, kind, rule, .. } = first;
        text += &format!("{level:5}  {path}:{line}:{column}  {} ({rule})\n", kind.name);
        for place in places.iter().skip(1).take(MAX_PLACES) {
            text += &format!("       {}:{}:{}  the same\n", place.path, place.line, place.column);
        }
        if let Some(more @ 1..) = (places.len() - 1).checked_sub(MAX_PLACES) {
            text += &format!("       and {more} more places\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::secrets::template::make;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    fn search(path: &Path) -> List {
        let mut list = List::default();
        list.search(path);
        list.sorted()
    }

    fn printed(found: &[Found], format: ListFormat) -> String {
        let mut out = Vec::new();
        print(found, format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_value_is_told_once_with_its_places_and_never_printed() {
        let token = make("ghp_{an:30}{crc}", "a");
        let line = format!("t = '{token}'\n");
        let dir =
            folder(&[("src/a.py", &line.repeat(9)), ("src/b.py", &line.repeat(9)), ("tests/c.py", &line)]);
        let list = search(dir.path());
        assert_eq!(list.found.len(), 19);
        assert!(list.found.iter().all(|f| f.fingerprint == list.found[0].fingerprint && f.column == 6));
        let text = printed(&list.found, ListFormat::Terminal);
        assert_eq!(text.lines().count(), 12, "{text}");
        assert!(text.starts_with("block  ") && text.ends_with("and 8 more places\n"), "{text}");
        let json = printed(&list.found, ListFormat::Json);
        assert!(!text.contains(&token[4..]) && !json.contains(&token[4..]));
    }

    #[test]
    fn nothing_found_is_said_and_is_an_empty_list_for_programs() {
        assert_eq!(printed(&[], ListFormat::Terminal), "no credentials found\n");
        assert_eq!(printed(&[], ListFormat::Json), "[]\n");
    }

    #[test]
    fn hidden_and_ignored_files_are_read_and_git_is_not() {
        let token = make("ghp_{an:30}{crc}", "a");
        let dir = folder(&[
            (".env", &token),
            ("ignored.txt", &token),
            (".git/config", &token),
            (".gitignore", "*"),
        ]);
        let list = search(dir.path());
        let names: Vec<&str> = list.found.iter().map(|f| f.path.rsplit('/').next().unwrap()).collect();
        assert_eq!((names, list.unread), (vec![".env", "ignored.txt"], vec![]));
    }

    #[test]
    fn a_pair_is_one_finding_and_a_test_path_weighs_less() {
        let pair = make("AKIA{b32:16}\n{b64:40}\n", "a");
        let dir = folder(&[("src/a.py", &pair), ("tests/a.py", &pair)]);
        let found = search(dir.path()).found;
        let told: Vec<(usize, Grade)> = found.iter().map(|f| (f.line, f.level)).collect();
        assert_eq!(told, [(2, Grade::Block), (2, Grade::Note)]);
    }

    #[test]
    fn what_leads_to_the_named_folder_says_nothing_of_its_files() {
        let key = make("sk_live_{an:24}\n", "a");
        let dir = folder(&[("tests/app/src/a.py", &key)]);
        let level = |path: &str| search(&dir.path().join(path)).found[0].level;
        assert_eq!(level("tests/app"), Grade::Block);
        assert_eq!(level("tests/app/src/a.py"), Grade::Block);
        assert_eq!(level(""), Grade::Note);
    }

    #[test]
    fn a_file_that_is_not_there_any_more_is_named_and_the_others_are_searched() {
        let dir = folder(&[("a.py", &make("sk_live_{an:24}", "a"))]);
        std::os::unix::fs::symlink(dir.path().join("gone"), dir.path().join("link")).unwrap();
        let list = search(dir.path());
        assert_eq!((list.found.len(), list.unread.len()), (1, 0));
        assert_eq!(search(&dir.path().join("link")).unread.len(), 1);
    }
}
