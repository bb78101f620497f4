//! A library crate on one side: its modules by their paths, and what a path comes to.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;

use crate::checks::modules::View;
use crate::ids::{RepoPath, Sha, folder};
use crate::read::json::Value;
use crate::read::public::rust::{self, Body, File, Item, Kind, Method, Use};

use super::super::packages::Package;

/// Longer chains of imports and paths are not followed.
const MAX_HOPS: usize = 8;

/// The path of a module from the root of its crate.
pub(super) type Module = Vec<String>;

/// What a public path comes to.
pub(super) enum Looked {
    /// The item, the only one of its name.
    Here(RepoPath, Box<Item>),
    /// Something that is not followed further.
    Somewhere,
    /// Nothing.
    No,
    /// Not to be told.
    Unknown,
}

/// Parsed files by blob: base and head share what did not change.
#[derive(Default)]
struct Parsed(Mutex<HashMap<Sha, Option<Arc<File>>>>);

/// A library crate.
pub(super) struct Crate<'c> {
    view: View<'c>,
    root: RepoPath,
    parsed: Arc<Parsed>,
    /// The names that were asked for, and whether each may stand for another type.
    aliases: RefCell<HashMap<String, bool>>,
}

/// The items of one module.
struct Place {
    path: RepoPath,
    file: Arc<File>,
    /// The modules with braces around it.
    inline: Vec<String>,
    is_public: bool,
}

impl<'c> Crate<'c> {
    /// `None` where the library's root is not at its usual place, or exports macros alone.
    pub(super) fn of(view: View<'c>, package: &Package) -> Option<Self> {
        let lib = package.values.get("lib");
        let set = |key: &str| lib.as_ref().and_then(|lib| lib.get(key));
        let is_elsewhere = set("path").is_some_and(|path| path.as_text() != Some("src/lib.rs"));
        if is_elsewhere || set("proc-macro") == Some(Value::Bool(true)) {
            return None;
        }
        let root =
            RepoPath::join(package.dir(), "src/lib.rs").ok().filter(|root| view.tree().contains(root))?;
        let parsed = view.change.head.lasting(Parsed::default);
        Some(Self { view, root, parsed, aliases: RefCell::default() })
    }

    pub(super) fn text(&self, path: &RepoPath) -> &'c str {
        self.view.text(path).unwrap_or_default()
    }

    /// The declarations of a file; `None` where it can't be read.
    pub(super) fn file(&self, path: &RepoPath) -> Option<Arc<File>> {
        let id = &self.view.tree().entry(path)?.id;
        let known = self.parsed.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(known) = known {
            return known;
        }
        let read = rust::read(self.view.text(path)?).ok().flatten().map(Arc::new);
        self.parsed.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), read.clone());
        read
    }

    /// The path of the module that a file, or a module with braces in it, is.
    pub(super) fn module_of(&self, path: &RepoPath, inline: &[String]) -> Option<Module> {
        let inside = folder::below(self.root.dir(), path.as_str())?.strip_suffix(".rs")?;
        let mut module: Module = inside.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        if *path == self.root {
            module.clear();
        }
        module.extend(inline.iter().cloned());
        let place = self.place(&module)?;
        (place.path == *path && place.inline == inline).then_some(module)
    }

    fn place(&self, module: &[String]) -> Option<Place> {
        let mut place = Place {
            path: self.root.clone(),
            file: self.file(&self.root)?,
            inline: Vec::new(),
            is_public: true,
        };
        for name in module {
            place = self.below(&place, name)?;
        }
        Some(place)
    }

    /// The module of that name in another.
    fn below(&self, place: &Place, name: &str) -> Option<Place> {
        let mut declared = place.named(name).filter_map(|item| match item.kind {
            Kind::Module(body) => Some((body, &item.place)),
            _ => None,
        });
        let (body, own) = declared.next()?;
        if declared.next().is_some() || own.is_conditional {
            return None;
        }
        let is_public = place.is_public && own.is_public && !own.is_hidden;
        let mut inline = place.inline.clone();
        inline.push(name.to_owned());
        match body {
            Body::Elsewhere => None,
            Body::Braces => {
                Some(Place { path: place.path.clone(), file: place.file.clone(), inline, is_public })
            }
            Body::File => {
                let stem = place.path.name().strip_suffix(".rs").unwrap_or_default();
                let is_owner = place.path == self.root || stem == "mod";
                let dir = place.path.dir().to_owned();
                let dir = if is_owner { dir } else { format!("{dir}/{stem}") };
                let dir = [&[dir], inline.as_slice()].concat().join("/");
                let path = [format!("{dir}.rs"), format!("{dir}/mod.rs")]
                    .iter()
                    .filter_map(|path| path.parse::<RepoPath>().ok())
                    .find(|path| self.view.tree().contains(path))?;
                Some(Place { file: self.file(&path)?, path, inline: Vec::new(), is_public })
            }
        }
    }

    /// How many items and imports of a module have a name.
    pub(super) fn count(&self, module: &[String], name: &str) -> usize {
        let Some(place) = self.place(module) else { return 0 };
        place.named(name).count() + place.uses().filter(|taken| taken.local == name).count()
    }

    /// The public paths of a name of a module: its own, and those of imports above it that hand it on.
    pub(super) fn public_paths(&self, module: &[String], name: &str) -> Vec<(Module, String)> {
        let mut found: Vec<(Module, String)> = Vec::new();
        let mut open = vec![(module.to_vec(), name.to_owned(), MAX_HOPS)];
        while let Some((module, name, hops)) = open.pop() {
            let Some(hops) = hops.checked_sub(1) else { continue };
            if self.place(&module).is_some_and(|place| place.is_public) {
                found.push((module.clone(), name.clone()));
            }
            for depth in 0..module.len() {
                let above = &module[..depth];
                let Some(place) = self.place(above) else { continue };
                let handed = place
                    .uses()
                    .filter(|u| u.place.is_public && !u.place.is_conditional && !u.place.is_hidden);
                for taken in handed {
                    let Some(from) = self.meant(&place, above, taken) else { continue };
                    let whole = taken.item.as_ref().map(|item| [from.clone(), vec![item.clone()]].concat());
                    if from == module && taken.item.as_ref().is_none_or(|item| *item == name) {
                        let alias = if taken.item.is_some() { &taken.local } else { &name };
                        open.push((above.to_vec(), alias.clone(), hops));
                    } else if whole.as_ref() == Some(&module) && place.is_public {
                        found.push(([above, std::slice::from_ref(&taken.local)].concat(), name.clone()));
                    }
                }
            }
        }
        found.retain(|(_, name)| !name.is_empty());
        found.sort_by_key(|(module, _)| module.len());
        found.dedup();
        found
    }

    /// The module of this crate that an import takes from.
    fn meant(&self, place: &Place, module: &[String], taken: &Use) -> Option<Module> {
        let mut parts = taken.path.iter().peekable();
        let mut from = module.to_vec();
        match parts.peek().map(|part| part.as_str()) {
            Some("crate") => {
                from.clear();
                parts.next();
            }
            Some("self") => {
                parts.next();
            }
            Some("super") => {}
            // `use name;` takes what stands in the same module.
            None => {}
            Some(first) => {
                place.named(first).find(|item| matches!(item.kind, Kind::Module(_)))?;
            }
        }
        while parts.peek().is_some_and(|part| *part == "super") {
            from.pop()?;
            parts.next();
        }
        from.extend(parts.cloned());
        Some(from)
    }

    /// What a public path comes to.
    pub(super) fn lookup(&self, module: &[String], name: &str) -> Looked {
        self.follow(module, name, MAX_HOPS)
    }

    fn follow(&self, module: &[String], name: &str, hops: usize) -> Looked {
        let Some(left) = hops.checked_sub(1) else { return Looked::Unknown };
        let Some(place) = self.place(module) else { return Looked::Unknown };
        let mut own = place.named(name).filter(|item| item.place.is_public);
        if let Some(first) = own.next() {
            let is_plain = own.next().is_none()
                && !first.place.is_conditional
                && !matches!(first.kind, Kind::Module(_))
                && !place.uses().any(|taken| taken.local == name);
            return match is_plain {
                true => Looked::Here(place.path.clone(), Box::new(first.clone())),
                false => Looked::Somewhere,
            };
        }
        let handed = |taken: &&Use| taken.place.is_public;
        if let Some(taken) = place.uses().filter(handed).find(|taken| taken.local == name) {
            let from = self.meant(&place, module, taken);
            let found = from.zip(taken.item.as_ref()).map(|(from, item)| self.follow(&from, item, left));
            return match found {
                Some(Looked::Here(path, item)) if !taken.place.is_conditional => Looked::Here(path, item),
                // Whoever hands on a missing name is at fault, not whoever takes it from there.
                _ => Looked::Somewhere,
            };
        }
        let mut answer = if place.is_open() { Looked::Unknown } else { Looked::No };
        for taken in place.uses().filter(|taken| taken.place.is_public && taken.item.is_none()) {
            match self.meant(&place, module, taken).map(|from| self.follow(&from, name, left)) {
                Some(Looked::No) => {}
                None | Some(Looked::Unknown) => answer = Looked::Unknown,
                Some(there) => return there,
            }
        }
        answer
    }

    /// The module in which a name of another module is defined.
    pub(super) fn home(&self, module: &[String], name: &str) -> Option<Module> {
        let (mut module, mut name) = (module.to_vec(), name.to_owned());
        for _ in 0..MAX_HOPS {
            let place = self.place(&module)?;
            if place.named(&name).next().is_some() {
                return Some(module);
            }
            let taken = place.uses().find(|taken| taken.local == name)?;
            let from = self.meant(&place, &module, taken)?;
            // Under another name its methods are not told from those of others.
            name = taken.item.clone().filter(|item| *item == name)?;
            module = from;
        }
        None
    }

    /// The sources of the crate that hold all of these texts.
    fn holding(&self, words: &[&str]) -> Vec<&'c RepoPath> {
        let tree = self.view.tree();
        let own = tree.under(self.root.dir()).filter(|path| path.extension() == "rs");
        let holds = |path: &&RepoPath| {
            let text = self.text(path).as_bytes();
            words.iter().all(|word| memmem::find(text, word.as_bytes()).is_some())
        };
        own.filter(holds).collect()
    }

    /// The functions of that name in `impl` blocks of a type.
    pub(super) fn methods(&self, owner: &str, name: &str) -> Vec<(&'c RepoPath, Method)> {
        let files = self.holding(&[owner, &format!("fn {name}")]);
        let of = |path: &'c RepoPath| {
            let file = self.file(path);
            let methods = file.map(|file| file.methods.clone()).unwrap_or_default();
            methods.into_iter().filter(|m| m.owner == owner && m.name == name).map(move |m| (path, m))
        };
        files.into_iter().flat_map(of).collect()
    }

    /// Whether a type may have a method that no `impl` block of it shows: from a macro, a trait, or what it stands for.
    pub(super) fn may_have(&self, home: &RepoPath, owner: &str, name: &str) -> bool {
        let written = self.holding(&[&format!("fn {name}")]).into_iter().any(|path| {
            let asks = |item: &Item| match &item.kind {
                Kind::Trait { methods, .. } => methods.iter().any(|(member, _)| member.name == name),
                _ => false,
            };
            let by_macro = memmem::find(self.text(path).as_bytes(), b"macro_rules!").is_some();
            by_macro
                || self.file(path).is_none_or(|file| !file.open.is_empty() || file.items.iter().any(asks))
        });
        written
            || self.file(home).is_none_or(|file| !file.open.is_empty())
            || !self.methods(owner, "deref").is_empty()
    }

    /// Whether a name is one for another type anywhere in the crate.
    pub(super) fn is_alias(&self, name: &str) -> bool {
        if let Some(known) = self.aliases.borrow().get(name) {
            return *known;
        }
        let written = [format!("type {name}"), format!(" as {name}")];
        let found = written.iter().any(|words| !self.holding(&[words]).is_empty());
        self.aliases.borrow_mut().insert(name.to_owned(), found);
        found
    }
}

impl Place {
    fn named<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p Item> {
        self.file.items.iter().filter(move |item| item.name == name && item.place.module == self.inline)
    }

    fn uses(&self) -> impl Iterator<Item = &Use> {
        self.file.uses.iter().filter(|taken| taken.place.module == self.inline)
    }

    fn is_open(&self) -> bool {
        self.file.open.contains(&self.inline)
    }
}
