//! A new function exists already: the same syntax under another name, elsewhere in the tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::change::{Change, Content, FileChange, Kind, LineDiff};
use crate::checks::{Check, Examination, Finding, Needs, Rule, Wanted, product};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::alike::functions::{self, Function};
use crate::read::alike::search;
use crate::read::alike::tokens::Tokens;
use crate::read::symbols;
use crate::read::syntax;
use crate::read::syntax::sources::Family;
use crate::span::{Lines, Location, Side};
use crate::undecided::Undecided;

mod spared;

static RULE: Rule = Rule::new("built-twice", include_str!("../../rules/built-twice.md"));

/// From here on two functions are the same one.
const ALIKE: f64 = 0.85;
/// Shorter functions are alike by chance.
const MIN_TOKENS: usize = 50;
/// So many notes a change.
const MAX_NOTES: usize = 4;
/// So many files are parsed, those that hold the most first.
const MAX_PARSED: usize = 60;
/// Longer files are not looked through.
const MAX_TEXT: usize = 300_000;
/// What stands in more places is a convention, not a thing built twice.
const MAX_PLACES: usize = 2;

/// `built-twice`; its page tells the rest.
pub(super) struct BuiltTwice;

impl Check for BuiltTwice {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed(symbols::FILES);
        needs.later(|change| {
            let families = New::of(change).families();
            let mut wanted = Wanted::default();
            if !families.is_empty() {
                let paths = change.head.entries().filter(|(path, entry)| {
                    entry.kind == Kind::File && family(path).is_some_and(|family| families.contains(&family))
                });
                wanted.head.extend(paths.map(|(path, _)| path.clone()));
            }
            wanted
        });
    }

    fn run(&self, change: &Change, _claims: &Claims) -> Examination {
        let new = New::of(change);
        let mut examination = Examination::default();
        if !new.wanted.is_empty() {
            examination.findings = new.findings(change);
            examination.undecided.extend(change.head.truncated.clone().map(Undecided::new));
        }
        examination
    }
}

/// The family of a product file that people write; `None` for all others.
fn family(path: &RepoPath) -> Option<Family> {
    let family = Family::of(path)?;
    let is_product =
        product::kind(path).is_none() && !product::is_material(path) && path.extension() != "pyi";
    is_product.then_some(family)
}

/// The code that a change brings.
struct New<'c> {
    files: Vec<(&'c FileChange, &'c RepoPath, &'c str, LineDiff)>,
    wanted: search::Wanted,
}

impl<'c> New<'c> {
    fn of(change: &'c Change) -> Self {
        let mut new = Self { files: Vec::new(), wanted: search::Wanted::default() };
        let mut tokens = Tokens::default();
        for file in &change.files {
            let Some((path, family)) = file.head.as_ref().and_then(|path| Some((path, family(path)?))) else {
                continue;
            };
            let Ok(Some(text)) = change.text(Side::Head, path) else { continue };
            let Ok(diff) = change.diff(file) else { continue };
            let adds_much = diff.hunks.iter().any(|hunk| hunk.head.len() >= 4);
            if !adds_much || text.len() > MAX_TEXT || product::is_machine_made(text) {
                continue;
            }
            tokens.lex(family, text);
            let lines = Lines::of(text);
            new.wanted.add(new.files.len(), &tokens, |at| diff.is_added(lines.at(at)));
            new.files.push((file, path, text, diff));
        }
        new
    }

    /// The families in which something is looked for.
    fn families(&self) -> Vec<Family> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let mut families: Vec<Family> = self.files.iter().filter_map(|(_, path, ..)| family(path)).collect();
        families.sort_unstable();
        families.dedup();
        families
    }

    fn findings(&self, change: &Change) -> Vec<Finding> {
        let families = self.families();
        let pool: Vec<(&RepoPath, Family, Cow<'_, str>)> = change
            .head
            .entries()
            .filter(|(_, entry)| matches!(&entry.content, Content::Loaded(bytes) if (search::MIN_TEXT..MAX_TEXT).contains(&bytes.len())))
            .filter_map(|(path, _)| {
                let family = family(path).filter(|family| families.contains(family))?;
                Some((path, family, old_lines(change, path)?))
            })
            .collect();
        let texts: Vec<(Family, &str)> =
            pool.iter().map(|(_, family, text)| (*family, text.as_ref())).collect();
        let hits = self.wanted.search(&texts);
        let mut parsed = Parsed { change, functions: BTreeMap::new() };
        let mut found: Vec<Pair> = Vec::new();
        for hit in hits {
            let (file, path, text, diff) = &self.files[hit.source];
            let old_path = pool[hit.file].0;
            let Ok(Some(old_text)) = change.text(Side::Head, old_path) else { continue };
            if parsed.functions.len() > MAX_PARSED {
                break;
            }
            if spared::are_variants(path, old_path) {
                continue;
            }
            let before = parsed.names(Side::Base, file.base.as_ref());
            let new: Vec<Function> = parsed
                .of(Side::Head, path, text)
                .iter()
                .filter(|f| is_new(f, text, diff) && spared::has_content(f, MIN_TOKENS))
                .filter(|f| !before.contains(&(f.class.clone(), f.name.clone())))
                .cloned()
                .collect();
            let old_file = change.files.on(Side::Head, old_path);
            let was = old_file.map(|file| parsed.names(Side::Base, file.base.as_ref()));
            for old in parsed.of(Side::Head, old_path, old_text) {
                // What came with this change is no older than the rest of it.
                if was.as_ref().is_some_and(|names| !names.contains(&(old.class.clone(), old.name.clone()))) {
                    continue;
                }
                for new in &new {
                    let size = new.tokens as f64 / old.tokens.max(1) as f64;
                    if !(0.8..=1.25).contains(&size) || spared::are_siblings(new, old) {
                        continue;
                    }
                    let likeness = new.likeness(old);
                    if likeness >= ALIKE && spared::shares_literals(new, old) {
                        found.push(Pair {
                            likeness,
                            source: hit.source,
                            new: new.clone(),
                            old_path: old_path.clone(),
                            old: old.clone(),
                        });
                    }
                }
            }
        }
        self.told(change, &mut parsed, found)
    }

    /// At most a handful, the most alike and the longest first.
    fn told(&self, change: &Change, parsed: &mut Parsed<'_>, mut found: Vec<Pair>) -> Vec<Finding> {
        found.sort_by(|a, b| {
            let size = |pair: &Pair| pair.new.tokens;
            b.likeness
                .total_cmp(&a.likeness)
                .then(size(b).cmp(&size(a)))
                .then_with(|| a.place().cmp(&b.place()))
        });
        let mut findings = Vec::new();
        let mut told: Vec<(usize, usize)> = Vec::new();
        for pair in &found {
            let place = (pair.source, pair.new.range.start);
            let places = found.iter().filter(|p| (p.source, p.new.range.start) == place).count();
            let (_, path, ..) = self.files[pair.source];
            // Many functions of one file that are all in one other file are a copy of that file.
            let copied =
                found.iter().filter(|p| p.source == pair.source && p.old_path == pair.old_path).count();
            let is_copy = copied > 2 || spared::is_copied_folder(change, path, &pair.old_path);
            if places > MAX_PLACES
                || is_copy
                || told.contains(&place)
                || parsed.went_from_elsewhere(&pair.new)
            {
                continue;
            }
            told.push(place);
            findings.push(self.finding(change, pair));
            if findings.len() == MAX_NOTES {
                break;
            }
        }
        findings
    }

    fn finding(&self, change: &Change, pair: &Pair) -> Finding {
        let (_, path, text, _) = &self.files[pair.source];
        let (new, old) = (&pair.new.name, &pair.old.name);
        let old_text = change.text(Side::Head, &pair.old_path).ok().flatten().unwrap_or_default();
        let percent = (pair.likeness * 100.0).floor();
        let headline = format!("new function `{new}` is built like `{old}` of `{}`", pair.old_path);
        let at = Location::bytes(Side::Head, path, text, head_of(text, &pair.new));
        let there = Location::bytes(Side::Head, &pair.old_path, old_text, head_of(old_text, &pair.old));
        let matter = format!("{new} {} {old}", pair.old_path);
        Finding::new(&RULE, at.label("new here"), headline, &matter)
            .explain(format!(
                "{} tokens of syntax, {percent} % of it the same but for local names and literals, and the older one \
                 stays where it is. Two of one thing drift apart with the next fix: use the one that is there, or \
                 move it to where both can use it.",
                pair.new.tokens
            ))
            .related(there.label("exists already"))
            .note()
    }
}

struct Pair {
    likeness: f64,
    source: usize,
    new: Function,
    old_path: RepoPath,
    old: Function,
}

impl Pair {
    fn place(&self) -> (usize, usize, &RepoPath, usize) {
        (self.source, self.new.range.start, &self.old_path, self.old.range.start)
    }
}

/// The functions of the files that were parsed.
struct Parsed<'c> {
    change: &'c Change,
    functions: BTreeMap<(Side, RepoPath), Vec<Function>>,
}

impl Parsed<'_> {
    /// None where the grammar does not accept the file.
    fn of(&mut self, side: Side, path: &RepoPath, text: &str) -> &[Function] {
        self.functions.entry((side, path.clone())).or_insert_with(|| {
            let read = || {
                let language = symbols::language(path)?;
                let tree = syntax::parse(language, text).ok()?;
                Some(functions::of(language, tree.root(), text))
            };
            read().unwrap_or_default()
        })
    }

    /// The class and name of each function of a file.
    fn names(&mut self, side: Side, path: Option<&RepoPath>) -> Vec<(String, String)> {
        let Some(path) = path else { return Vec::new() };
        let Ok(Some(text)) = self.change.text(side, path) else { return Vec::new() };
        self.of(side, path, text).iter().map(|f| (f.class.clone(), f.name.clone())).collect()
    }

    /// Whether a changed file had the function at base and has it no more: it moved.
    fn went_from_elsewhere(&mut self, new: &Function) -> bool {
        let change = self.change;
        change.files.iter().any(|file| {
            let Some(base) = file.base.as_ref().filter(|path| family(path).is_some()) else { return false };
            let Ok(Some(text)) = change.text(Side::Base, base) else { return false };
            if !text.contains(&new.name) {
                return false;
            }
            let after = self.names(Side::Head, file.head.as_ref());
            let is_gone = |f: &Function| !after.contains(&(f.class.clone(), f.name.clone()));
            let was = self.of(Side::Base, base, text);
            was.iter().any(|f| is_gone(f) && f.likeness(new) >= ALIKE)
        })
    }
}

/// Whether nearly every line of a function is new.
fn is_new(function: &Function, text: &str, diff: &LineDiff) -> bool {
    let lines = Lines::of(text);
    let (first, last) = (lines.at(function.range.start), lines.at(function.range.end.saturating_sub(1)));
    let new = (first..=last).filter(|line| diff.is_added(*line)).count();
    diff.is_added(first) && new * 10 >= (last - first + 1) * 9
}

/// A text of head with blank lines for those that are new: what is new is no older than what is looked for.
fn old_lines<'c>(change: &'c Change, path: &RepoPath) -> Option<Cow<'c, str>> {
    let text = change.text(Side::Head, path).ok()??;
    let Some(file) = change.files.on(Side::Head, path) else { return Some(Cow::Borrowed(text)) };
    let diff = change.diff(file).ok()?;
    let lines = text.split_inclusive('\n').enumerate();
    Some(Cow::Owned(lines.map(|(at, line)| if diff.is_added(at + 1) { "\n" } else { line }).collect()))
}

/// The first line of a function.
fn head_of(text: &str, function: &Function) -> std::ops::Range<usize> {
    let whole = &text[function.range.clone()];
    let end = whole.find('\n').unwrap_or(whole.len());
    function.range.start..function.range.start + whole[..end].trim_end().len()
}
