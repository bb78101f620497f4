//! Every credential that a change brings, with all its places; what base already holds is left out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::change::{AddedLines, Additions, Change, Kind};
use crate::claims::{Part, Source};
use crate::ids::{RepoPath, Sha};
use crate::read::secrets::{self, Grade, Identity, Secret, SecretRule, Setting, Verified};
use crate::undecided::Undecided;

/// Further values are counted, not told: nobody reads so many findings.
const MAX_LEAKS: usize = 200;

/// Further places of one value are counted, not kept.
const MAX_PLACES: usize = 100;

/// Lines further apart are as far as lines need to be.
const MAX_GAP: usize = 8;

/// Where a credential stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In a file at head, on these lines.
    Head(RepoPath, usize, usize),
    /// In a file of a commit, on these lines of it.
    Commit(RepoPath, usize, usize, Sha),
    /// In the name of a file.
    Name(RepoPath),
    /// In the pull request's text.
    Words(Source),
    /// In the branch's name.
    Branch,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(..) => f.write_str("a file at head"),
            Self::Commit(.., sha) => write!(f, "commit {}", sha.short()),
            Self::Name(_) => f.write_str("a file's name"),
            Self::Branch => f.write_str("the branch's name"),
            Self::Words(source) => match &source.part {
                Part::Title => f.write_str("the pull request's title"),
                Part::Body => write!(f, "line {} of the pull request's body", source.line),
                Part::Commit(sha) => write!(f, "the message of commit {}", sha.short()),
            },
        }
    }
}

/// One value with its places.
#[derive(Debug)]
pub(super) struct Leak {
    pub(super) rule: &'static SecretRule,
    pub(super) identity: Identity,
    pub(super) verified: Verified,
    /// The heaviest of its places.
    pub(super) level: Grade,
    /// The weight of an ordinary place.
    pub(super) ordinary: Grade,
    /// Whether a changed file held it at base: then it is not this change that leaked it.
    pub(super) held: bool,
    /// Sorted, head first.
    pub(super) places: Vec<Place>,
    /// How many more places there are.
    pub(super) further: usize,
}

impl Leak {
    /// Whether a commit's place is in a file that holds it at head too.
    fn is_at_head_in(&self, place: &Place) -> bool {
        let Place::Commit(path, ..) = place else { return false };
        self.places.iter().any(|known| matches!(known, Place::Head(head, ..) if head == path))
    }

    /// Whether a file at head still holds it.
    pub(super) fn at_head(&self) -> bool {
        self.places.iter().any(|place| matches!(place, Place::Head(..) | Place::Name(_)))
    }
}

/// The collection while it grows.
pub(super) struct Leaks<'a> {
    change: &'a Change,
    held: Held<'a>,
    found: BTreeMap<Identity, Leak>,
    halves: BTreeSet<Identity>,
    beyond: BTreeSet<Identity>,
    undecided: Vec<Undecided>,
}

/// What the changed files held at base.
struct Held<'a> {
    texts: Vec<Cow<'a, [u8]>>,
    identities: BTreeSet<Identity>,
}

impl Held<'_> {
    /// The half of a pair may stand at base without the other half that would give it away there.
    fn has(&self, secret: &Secret, value: &[u8]) -> bool {
        self.identities.contains(&secret.identity)
            || self.texts.iter().any(|text| memchr::memmem::find(text, value).is_some())
    }
}

impl<'a> Leaks<'a> {
    pub(super) fn new(change: &'a Change) -> Self {
        let paths = change.files.iter().filter_map(|file| file.base.as_ref());
        // What base holds and can't be read only makes this check stricter; head and the commits report it.
        let texts: Vec<&[u8]> = paths.filter_map(|path| change.base.read(path).ok().flatten()).collect();
        let texts: Vec<Cow<'a, [u8]>> = texts.into_iter().map(decoded).collect();
        let identities = texts.iter().flat_map(|text| secrets::scan(text)).map(|s| s.identity).collect();
        Self {
            change,
            held: Held { texts, identities },
            found: BTreeMap::new(),
            halves: BTreeSet::new(),
            beyond: BTreeSet::new(),
            undecided: Vec::new(),
        }
    }

    /// The changed files as they are at head.
    pub(super) fn read_head(&mut self) {
        for path in self.change.files.iter().filter_map(|file| file.head.as_ref()) {
            if self.change.head.entry(path).is_some_and(|entry| entry.kind != Kind::File) {
                continue;
            }
            match self.change.head.read(path) {
                Ok(bytes) => self.take(Some(path), bytes.unwrap_or_default(), |from, to| {
                    Place::Head(path.clone(), from, to)
                }),
                Err(undecided) => self.unread(path, undecided),
            }
        }
    }

    /// What each commit added.
    pub(super) fn read_commits(&mut self) {
        for commit in &self.change.commits {
            let Additions::Loaded(files) = &commit.additions else {
                let why = format!("the lines that commit {} added were not loaded", commit.sha.short());
                self.undecided.push(Undecided::new(why).decisive());
                continue;
            };
            for file in files {
                match &file.lines {
                    Ok(lines) => self.added(file, lines, &commit.sha),
                    Err(undecided) => self.unread(&file.path, undecided.clone()),
                }
            }
        }
    }

    fn added(&mut self, file: &AddedLines, lines: &[(usize, String)], sha: &Sha) {
        let (mut text, mut numbers, mut last) = (String::new(), Vec::new(), None);
        for (number, line) in lines {
            let gap = last.map_or(0, |last: usize| number.saturating_sub(last + 1)).min(MAX_GAP);
            for _ in 0..gap {
                text.push('\n');
                numbers.push(*number);
            }
            text.push_str(line);
            text.push('\n');
            numbers.push(*number);
            last = Some(*number);
        }
        let number = |line: usize| numbers.get(line - 1).copied().unwrap_or(1);
        self.take(Some(&file.path), text.as_bytes(), |from, to| {
            Place::Commit(file.path.clone(), number(from), number(to), sha.clone())
        });
    }

    /// The names of files, at head and on the way there.
    pub(super) fn read_names(&mut self) {
        let mut names: BTreeSet<&RepoPath> =
            self.change.files.iter().filter_map(|f| f.head.as_ref()).collect();
        for commit in &self.change.commits {
            if let Additions::Loaded(files) = &commit.additions {
                names.extend(files.iter().map(|file| &file.path));
            }
        }
        for path in names {
            if !self.change.base.contains(path) {
                self.take(Some(path), path.as_str().as_bytes(), |_, _| Place::Name(path.clone()));
            }
        }
    }

    /// Title, body, commit messages and the branch's name.
    pub(super) fn read_words(&mut self) {
        let pr = &self.change.pr;
        let mut texts = vec![(Part::Title, &pr.title), (Part::Body, &pr.body)];
        let messages = self.change.commits.iter();
        texts.extend(messages.map(|commit| (Part::Commit(commit.sha.clone()), &commit.message)));
        for (part, text) in texts {
            self.take(None, text.as_bytes(), |line, _| Place::Words(Source { part: part.clone(), line }));
        }
        self.take(None, pr.branch.as_bytes(), |_, _| Place::Branch);
    }

    fn take(&mut self, path: Option<&RepoPath>, text: &[u8], place: impl Fn(usize, usize) -> Place) {
        let text = &*decoded(text);
        let setting = path.map(|path| Setting::new(path.as_str())).unwrap_or_default();
        let all = secrets::scan_in(&setting, text);
        let paired: BTreeSet<&str> = all.iter().filter_map(|s| s.rule.half()).collect();
        let (mut line, mut counted) = (1, 0);
        for secret in &all {
            line += memchr::memchr_iter(b'\n', &text[counted..secret.range.start]).count();
            counted = secret.range.start;
            let end_line = line + memchr::memchr_iter(b'\n', &text[secret.range.clone()]).count();
            if paired.contains(secret.rule.id.as_str()) {
                self.halves.insert(secret.identity);
            } else {
                self.keep(secret, &text[secret.range.clone()], place(line, end_line));
            }
        }
    }

    fn keep(&mut self, secret: &Secret, value: &[u8], place: Place) {
        if let Some(leak) = self.found.get_mut(&secret.identity) {
            // Head's file shows its surroundings better than the lines that a commit added to it.
            if !leak.held && !leak.is_at_head_in(&place) {
                leak.level = leak.level.max(secret.level);
            }
            if leak.places.len() < MAX_PLACES {
                leak.places.push(place);
            } else {
                leak.further += 1;
            }
        } else if self.found.len() >= MAX_LEAKS {
            self.beyond.insert(secret.identity);
        } else {
            let held = self.held.has(secret, value);
            // A note of what stood there before would be told again at every change of the file.
            if held && secret.level == Grade::Note {
                return;
            }
            let Secret { rule, identity, verified, level, ordinary, .. } = *secret;
            let level = if held { Grade::Note } else { level };
            let leak =
                Leak { rule, identity, verified, level, ordinary, held, places: vec![place], further: 0 };
            self.found.insert(identity, leak);
        }
    }

    fn unread(&mut self, path: &RepoPath, undecided: Undecided) {
        if self.undecided.iter().any(|known| known.path.as_ref() == Some(path)) {
            return;
        }
        let undecided = undecided.at(path);
        self.undecided.push(if is_media(path) { undecided } else { undecided.decisive() });
    }

    /// The leaks, and what could not be read.
    pub(super) fn finish(mut self) -> (Vec<Leak>, Vec<Undecided>) {
        self.found.retain(|identity, _| !self.halves.contains(identity));
        if !self.beyond.is_empty() {
            let why =
                format!("more than {MAX_LEAKS} credentials; {} others are not listed", self.beyond.len());
            self.undecided.push(Undecided::new(why));
        }
        let sorted = |mut leak: Leak| {
            leak.places.sort();
            leak.places.dedup();
            leak
        };
        (self.found.into_values().map(sorted).collect(), self.undecided)
    }
}

fn decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    secrets::from_utf16(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned)
}

/// Files that hold no text by nature: as binary ones they would not be searched if they were smaller.
fn is_media(path: &RepoPath) -> bool {
    const MEDIA: [&str; 30] = [
        "7z", "avif", "bin", "bmp", "bz2", "dll", "dylib", "exe", "gif", "gz", "ico", "jar", "jpeg", "jpg",
        "m4a", "mov", "mp3", "mp4", "ogg", "onnx", "otf", "pdf", "png", "so", "ttf", "wasm", "webm", "webp",
        "woff2", "zip",
    ];
    MEDIA.contains(&path.extension().to_ascii_lowercase().as_str()) && path.name().contains('.')
}
