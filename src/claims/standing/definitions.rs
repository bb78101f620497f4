//! Where the changed files define a name, by their syntax: the same definition before and after, a copy under another
//! name, a use that nothing answers.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::symbols::{self, Definition, Imported, Sort, Symbols};
use crate::read::syntax::Language;
use crate::span::{Location, Side};

/// Words above a definition that tell why it is kept, and how many lines above it they are looked for.
const KEPT: [&str; 5] = ["deprecat", "alias", "compat", "legacy", "keep"];
const KEPT_WITHIN: usize = 8;
/// A shorter copy may be there by chance.
const MIN_COPIED: usize = 60;

/// By the number of the changed file and its side; nothing where it can't be read.
type Read = HashMap<(usize, Side), Option<Rc<Symbols>>>;

/// The names of the changed files, each read when it is first asked for.
#[derive(Default)]
pub(super) struct Sources {
    read: RefCell<Read>,
}

impl Sources {
    fn read(&self, at: (usize, Side), language: Language, text: &str) -> Option<Rc<Symbols>> {
        let mut read = self.read.borrow_mut();
        read.entry(at).or_insert_with(|| symbols::read(language, text).ok().map(Rc::new)).clone()
    }
}

/// A changed file that holds one of the names.
struct File<'c> {
    /// Its path at head, or at base where it is gone.
    path: &'c RepoPath,
    language: Language,
    sides: [Option<(&'c str, Rc<Symbols>)>; 2],
}

/// The changed files that hold some names.
pub(super) struct Definitions<'c> {
    files: Vec<File<'c>>,
    /// Set where a changed file holds one of them and its syntax is not known, or could not be read in whole.
    pub(super) is_partial: bool,
}

/// What a definition is, and in what: one at base and one at head that share it are one.
type Role<'d> = (Sort, &'d [String]);

fn role(definition: &Definition) -> Role<'_> {
    (definition.sort, &definition.scope)
}

impl<'c> Definitions<'c> {
    /// Reads the changed files that hold one of these names as bytes.
    pub(super) fn of(change: &'c Change, sources: &Sources, names: &[&str]) -> Self {
        let mut found = Self { files: Vec::new(), is_partial: false };
        for (at, file) in change.files.iter().enumerate() {
            let holds = |side: Side| {
                let path = file.on(side)?;
                let bytes = change.tree(side).read(path).ok()??;
                let found = names.iter().any(|n| memchr::memmem::find(bytes, n.as_bytes()).is_some());
                found.then_some(())?;
                change.text(side, path).ok()?
            };
            let texts = [holds(Side::Base), holds(Side::Head)];
            if texts == [None, None] {
                continue;
            }
            let Some(language) = symbols::language(file.path()) else {
                found.is_partial |= !super::paths::is_documentation(file.path());
                continue;
            };
            let mut read = |side: Side| {
                let text = texts[side as usize]?;
                let symbols = sources.read((at, side), language, text);
                found.is_partial |= symbols.as_ref().is_none_or(|symbols| !symbols.is_sound);
                Some((text, symbols?))
            };
            let sides = [read(Side::Base), read(Side::Head)];
            found.files.push(File { path: file.path(), language, sides });
        }
        found
    }

    fn on(&self, side: Side) -> impl Iterator<Item = (&File<'c>, &'c str, &Symbols)> {
        self.files.iter().filter_map(move |file| {
            let (text, symbols) = file.sides[side as usize].as_ref()?;
            Some((file, *text, symbols.as_ref()))
        })
    }

    /// Whether a side defines the name.
    pub(super) fn defines(&self, side: Side, name: &str) -> bool {
        self.on(side).any(|(_, _, symbols)| symbols.definitions.iter().any(|d| d.name == name))
    }

    /// Where head still defines the name, if it does so wherever base did: the same files, roles and number.
    pub(super) fn unmoved(&self, name: &str) -> Option<Location> {
        self.kept(name, |_, _| true)
    }

    /// The same where each definition reads as it did.
    pub(super) fn untouched(&self, name: &str) -> Option<Location> {
        self.kept(name, |before, now| before == now)
    }

    fn kept(&self, name: &str, alike: impl Fn(&str, &str) -> bool) -> Option<Location> {
        let mut place = None;
        for file in &self.files {
            let roles = |side: Side| {
                let mut roles: BTreeMap<Role<'_>, Vec<&str>> = BTreeMap::new();
                if let Some((text, symbols)) = &file.sides[side as usize] {
                    for definition in symbols.definitions.iter().filter(|d| d.name == name) {
                        roles.entry(role(definition)).or_default().push(&text[definition.range.clone()]);
                    }
                }
                roles
            };
            let (before, now) = (roles(Side::Base), roles(Side::Head));
            let same = before.keys().eq(now.keys())
                && before.values().zip(now.values()).all(|(before, now)| {
                    before.len() == now.len() && before.iter().zip(now).all(|(a, b)| alike(a, b))
                });
            if !same {
                return None;
            }
            if place.is_none() && !now.is_empty() {
                let (text, symbols) = file.sides[Side::Head as usize].as_ref()?;
                let definition = symbols.definitions.iter().find(|d| d.name == name)?;
                place = Some(Location::bytes(Side::Head, file.path, text, definition.name_range.clone()));
            }
        }
        place
    }

    /// The untouched definition of `from` beside one of `to` that is new and the same but for its name. One that says why
    /// it is still there is left alone.
    pub(super) fn copy(&self, from: &str, to: &str) -> Option<Location> {
        self.untouched(from)?;
        if self.defines(Side::Base, to) {
            return None;
        }
        self.on(Side::Head).find_map(|(file, text, symbols)| {
            let named =
                |name: &str| symbols.definitions.iter().filter(move |d| d.name == name).collect::<Vec<_>>();
            let ([old], [new]) = (&named(from)[..], &named(to)[..]) else { return None };
            let plain = |d: &Definition, name: &str| {
                let words = text[d.range.clone()].replace(name, "\u{0}");
                words.split_whitespace().collect::<Vec<_>>().join(" ")
            };
            let body = plain(old, from);
            let before = text[..old.range.start].lines().rev().take(KEPT_WITHIN);
            let kept = before.map(str::to_lowercase).any(|line| KEPT.iter().any(|word| line.contains(word)));
            let same = !kept && role(old) == role(new) && body.len() >= MIN_COPIED && body == plain(new, to);
            same.then(|| Location::bytes(Side::Head, file.path, text, old.name_range.clone()))
        })
    }

    /// A call of the bare name at head in a file that neither defines nor takes it from elsewhere, where no changed file
    /// defines it. Only of languages in which a file says where each of its names is from.
    pub(super) fn unanswered(&self, name: &str) -> Option<Location> {
        // `window.name = …` and their like: whatever is no call may give the name its meaning.
        let only_called = |symbols: &Symbols| {
            let mentions = symbols.mentions.iter().filter(|mention| mention.name == name).count();
            mentions == symbols.calls.iter().filter(|call| call.callee == [name]).count()
        };
        if self.is_partial || !self.on(Side::Head).all(|(_, _, symbols)| only_called(symbols)) {
            return None;
        }
        self.on(Side::Head).find_map(|(file, text, symbols)| {
            let told = matches!(
                file.language,
                Language::JavaScript | Language::TypeScript | Language::Tsx | Language::Python
            );
            let taken = |import: &symbols::Import| {
                import.local.as_deref() == Some(name)
                    || import.item == Imported::All && import.local.is_none()
                    || import.item == Imported::Name(name.to_owned())
            };
            let known = symbols.is_open
                || symbols.imports.iter().any(taken)
                || symbols.bindings.iter().any(|binding| binding.name == name);
            let call = symbols.calls.iter().find(|call| call.callee == [name])?;
            (told && !known).then(|| Location::bytes(Side::Head, file.path, text, call.range.clone()))
        })
    }
}
