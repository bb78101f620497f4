//! Blocks of code that a text shows as the change, against the files that they were to change.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::checks::{Finding, Wanted, refuted};
use crate::claims::{self, Claims, Shown, Subject};
use crate::ids::RepoPath;
use crate::read::hunks::{self, Hunk, Mark};
use crate::span::{Location, Side};

use super::RULE;
use super::trees::unique;

/// A longer block is a listing.
const MAX_LINES: usize = 300;
/// More text than this is not searched.
const MAX_BYTES: usize = 24 * 1024 * 1024;
/// The marks of fences that hold a difference.
const DIFFERENCES: [&str; 3] = ["diff", "patch", "udiff"];
/// Marks of fences that hold no code of a file.
const OTHERS: [&str; 9] =
    ["mermaid", "markdown", "md", "http", "suggestion", "gherkin", "csv", "dot", "plantuml"];

/// The files that shown blocks name and that the change may not touch.
pub(super) fn named(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    for shown in &claims::read(change).shown {
        let mut names = named_by(shown);
        if is_difference(shown) {
            names.extend(hunks::read(&shown.text).into_iter().filter_map(|hunk| hunk.file));
        }
        let paths: BTreeSet<&RepoPath> = names.iter().filter_map(|name| unique(&change.head, name)).collect();
        wanted.head.extend(paths.iter().map(|p| (*p).clone()));
        wanted.base.extend(paths.iter().filter(|p| change.base.contains(p)).map(|p| (*p).clone()));
    }
    wanted
}

/// The findings: one for each block of which some part is not there.
pub(super) fn findings(change: &Change, claims: &Claims) -> Vec<Finding> {
    let wanted = |shown: &&Shown| shown.is_presented() && shown.text.lines().count() <= MAX_LINES;
    let mut blocks = claims.shown.iter().filter(wanted).peekable();
    if blocks.peek().is_none() || change.files.is_empty() {
        return Vec::new();
    }
    let Some(heads) = Heads::of(change) else { return Vec::new() };
    blocks
        .filter_map(
            |shown| if is_difference(shown) { difference(&heads, shown) } else { code(&heads, shown) },
        )
        .collect()
}

fn is_difference(shown: &Shown) -> bool {
    let mark = shown.mark.split([' ', ',', '{', ':']).next().unwrap_or_default();
    DIFFERENCES.iter().any(|m| m.eq_ignore_ascii_case(mark))
}

/// The file names, marked as code, in the words before a block, and in its mark.
fn named_by(shown: &Shown) -> Vec<String> {
    let in_words = shown.lead.split('`').skip(1).step_by(2).map(|code| format!("`{code}`"));
    let in_mark = shown.mark.split([' ', '=', '"', '\'', ':']).skip(1).map(|word| format!("`{word}`"));
    let files = in_words.chain(in_mark).filter_map(|code| match claims::named(&code)? {
        Subject::File(name) => Some(name),
        Subject::Symbol(_) => None,
    });
    files.collect()
}

/// The changed files at head, without white space and with one kind of quote.
struct Heads<'c> {
    change: &'c Change,
    squeezed: Vec<String>,
}

impl<'c> Heads<'c> {
    /// Nothing where they are too many to be searched, or one of them can't be.
    fn of(change: &'c Change) -> Option<Self> {
        let (mut squeezed, mut bytes) = (Vec::new(), 0);
        for path in change.files.iter().filter_map(|file| file.head.as_ref()) {
            match change.text(Side::Head, path) {
                Ok(text) => {
                    let text = text.unwrap_or_default();
                    bytes += text.len();
                    squeezed.push(squeeze(text));
                }
                Err(_) if change.head.read(path).is_ok() => {}
                Err(_) => return None,
            }
            if bytes > MAX_BYTES {
                return None;
            }
        }
        Some(Self { change, squeezed })
    }

    /// Whether a line stands in a changed file or in this one, in whatever layout.
    fn hold(&self, line: &str, file: &File) -> bool {
        let line = squeeze(line);
        let line = line.trim_end_matches([',', ';']);
        file.squeezed.contains(line) || self.squeezed.iter().any(|text| text.contains(line))
    }

    fn file(&self, path: &RepoPath) -> Option<File> {
        let text = self.change.text(Side::Head, path).ok()??;
        let before = match self.change.files.on(Side::Head, path) {
            Some(changed) => self.change.text(Side::Base, changed.base.as_ref()?).ok()??,
            None => text,
        };
        Some(File {
            path: path.clone(),
            lines: lines(text),
            base: lines(before).into_iter().map(|(_, line)| line).collect(),
            squeezed: squeeze(text),
        })
    }
}

/// A file that a block may speak of.
struct File {
    path: RepoPath,
    /// The lines of head that hold something, squeezed, with their numbers.
    lines: Vec<(usize, String)>,
    /// The lines of base that hold something, squeezed.
    base: Vec<String>,
    squeezed: String,
}

impl File {
    /// The lines of head, by number, at which these stand one after another, where they stand so at base too.
    fn untouched(&self, wanted: &[String]) -> Option<(usize, usize)> {
        let (first, rest) = wanted.split_first()?;
        let follows = |window: &[(usize, String)]| window[1..].iter().map(|(_, l)| l).eq(rest);
        let at = self.lines.windows(wanted.len()).find(|w| w[0].1 == *first && follows(w))?;
        let stood = self.base.windows(wanted.len()).any(|w| w == wanted);
        stood.then(|| (at[0].0, at[wanted.len() - 1].0))
    }
}

fn squeeze(text: &str) -> String {
    let one = |c: char| if matches!(c, '"' | '`') { '\'' } else { c };
    text.chars().filter(|c| !c.is_whitespace()).map(one).collect()
}

fn lines(text: &str) -> Vec<(usize, String)> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, squeeze(line)));
    numbered.filter(|(_, line)| !line.is_empty()).collect()
}

/// Whether a line says enough to be looked for.
fn is_telling(line: &str) -> bool {
    line.chars().filter(|c| c.is_alphanumeric()).count() >= 6
}

fn difference(heads: &Heads<'_>, shown: &Shown) -> Option<Finding> {
    let by_words = named_by(shown);
    hunks::read(&shown.text).iter().find_map(|hunk| {
        let names: Vec<&String> = hunk.file.iter().chain(&by_words).collect();
        let head = &heads.change.head;
        let named: Vec<&RepoPath> = names.iter().filter_map(|name| unique(head, name)).collect();
        let changed = || heads.change.files.iter().filter_map(|file| file.head.as_ref()).collect();
        let candidates: Vec<&RepoPath> = match (named.is_empty(), names.is_empty()) {
            (false, _) => named,
            (true, true) => changed(),
            (true, false) => return None,
        };
        candidates.into_iter().find_map(|path| missing(heads, shown, hunk, path))
    })
}

/// The finding where nothing that the hunk adds is in the tree, and what it takes away or stands between is.
fn missing(heads: &Heads<'_>, shown: &Shown, hunk: &Hunk, path: &RepoPath) -> Option<Finding> {
    let telling = |mark| hunk.marked(mark).filter(|line| is_telling(line)).collect::<Vec<_>>();
    let added = telling(Mark::Added);
    let anchored = match telling(Mark::Removed).len() {
        0 => hunk.marked(Mark::Removed).next().is_none() && telling(Mark::Kept).len() > 1,
        _ => true,
    };
    let file = heads.file(path)?;
    if added.is_empty() || !anchored || added.iter().any(|line| heads.hold(line, &file)) {
        return None;
    }
    let old: Vec<String> = hunk.old().map(squeeze).collect();
    let stands = file.untouched(&old)?;
    Some(finding(shown, &file, added[0], stands))
}

fn code(heads: &Heads<'_>, shown: &Shown) -> Option<Finding> {
    let mark = shown.mark.split([' ', ',', '{', ':']).next().unwrap_or_default();
    let elided = shown.text.lines().any(hunks::elides);
    if elided || OTHERS.contains(&mark) {
        return None;
    }
    let names = named_by(shown);
    let path = names.iter().find_map(|name| unique(&heads.change.head, name))?;
    let file = heads.file(path)?;
    let block: Vec<&str> = shown.text.lines().filter(|line| !line.trim().is_empty()).collect();
    let (first, rest) = block.split_first()?;
    let absent = rest.iter().find(|line| is_telling(line) && !heads.hold(line, &file))?;
    // It begins with a line that the file has once, and the stretch below that is as it was.
    let first = squeeze(first);
    let mut starts = file.lines.iter().enumerate().filter(|(_, (_, line))| *line == first).map(|(at, _)| at);
    let (start, None) = (starts.next()?, starts.next()) else { return None };
    let below = &file.lines[start..file.lines.len().min(start + block.len() + 2)];
    let kept = rest.iter().filter(|line| is_telling(line)).map(|line| squeeze(line));
    let last = kept.filter_map(|line| below.iter().rposition(|(_, l)| *l == line)).max()?;
    let stretch: Vec<String> = below[..=last].iter().map(|(_, line)| line.clone()).collect();
    let stands = file.untouched(&stretch)?;
    (is_telling(&first)).then(|| finding(shown, &file, absent, stands))
}

fn finding(shown: &Shown, file: &File, absent: &str, (from, to): (usize, usize)) -> Finding {
    let absent = absent.trim();
    let cut: String = absent.chars().take(120).collect();
    let path = &file.path;
    let place = Location::lines(Side::Head, path, from, to).label("it still reads as at base");
    let explanation = format!(
        "{}, line {}, shows as the change of {path} a line `{}` that no changed file holds, and the lines that it was \
         to change stand there as they stood at base.",
        refuted::part(&shown.at.part),
        shown.at.line,
        cut.replace('`', "'"),
    );
    let headline = format!("the change that the text shows of `{path}` is not in it");
    Finding::new(&RULE, place, headline, &format!("shown {}", squeeze(absent))).explain(explanation)
}
