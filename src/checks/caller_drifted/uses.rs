//! What one file takes from others and calls, set against what is there at head and was there at base.

use std::sync::Arc;

use crate::change::Change;
use crate::checks::modules::{Found, Target, View, only};
use crate::checks::product;
use crate::checks::sources::Family;
use crate::ids::RepoPath;
use crate::read::symbols::{Call, Definition, Import, Imported, Parameter, Sort, Symbols};
use crate::span::{Location, Side};

use super::changes::{Words, module_name};
use super::fits::{Misfit, misfit, plain};
use super::mocks;

/// How something was left behind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The name is gone from the module.
    Gone,
    /// The module is gone.
    Missing,
    /// The module never had the name that a new import takes.
    Never,
    /// The parameters changed.
    Parameters,
}

/// One place that was left behind.
#[derive(Debug, Clone)]
pub(super) struct Left {
    pub(super) kind: Kind,
    /// The file that has or had the name.
    pub(super) module: RepoPath,
    pub(super) name: String,
    /// What is wrong with a call.
    pub(super) misfit: Option<Misfit>,
    /// Whether the language lets it pass until it runs.
    pub(super) is_lenient: bool,
    pub(super) at: Location,
    pub(super) definition: Option<Location>,
}

/// One file at head with what it was.
pub(super) struct File<'c> {
    head: View<'c>,
    base: View<'c>,
    family: Family,
    path: &'c RepoPath,
    source: &'c str,
    symbols: Arc<Symbols>,
    before: Option<(RepoPath, Arc<Symbols>)>,
    is_changed: bool,
}

impl<'c> File<'c> {
    /// `None` for what can't be read as a whole.
    pub(super) fn read(change: &'c Change, family: Family, path: &'c RepoPath) -> Option<Self> {
        let (head, base) = (View { change, side: Side::Head }, View { change, side: Side::Base });
        let changed = change.files.on(Side::Head, path);
        let base_path = changed.map_or(Some(path.clone()), |file| file.base.clone());
        let before = base_path.and_then(|path| base.symbols(&path).map(|symbols| (path, symbols)));
        let (symbols, source) = (head.symbols(path)?, head.text(path)?);
        Some(Self { head, base, family, path, source, symbols, before, is_changed: changed.is_some() })
    }

    /// Everything in it that was left behind, in the order of the text.
    pub(super) fn left(&self, words: &Words) -> Vec<Left> {
        let mut left = Vec::new();
        for import in self.symbols.imports.iter().filter(|import| !import.is_conditional) {
            let before = self.same_at_base(import);
            let is_new = self.is_changed && before.is_none();
            if is_new || self.concerns(import, words) {
                let from = left.len();
                self.import(import, before, &mut left);
                let is_mocked = left.len() > from && mocks::make(&self.symbols, self.source, &import.module);
                left[from..].iter_mut().for_each(|left| left.is_lenient |= is_mocked);
            }
        }
        self.own_calls(words, &mut left);
        if self.is_changed {
            self.own_methods(words, &mut left);
        }
        left
    }

    /// Whether an import may have to do with anything that drifted.
    fn concerns(&self, import: &Import, words: &Words) -> bool {
        let named = match &import.item {
            Imported::Name(name) => words.names.contains(name) || words.modules.contains(name),
            _ => false,
        };
        let parts = import.module.split(['/', '.']).filter(|part| !part.is_empty());
        let last = parts.clone().next_back().unwrap_or_default();
        let file = import.module.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
        let members = import.local.as_deref().is_some_and(|local| {
            let called = |call: &Call| {
                let (first, last) = (call.callee.first(), call.callee.last());
                call.callee.len() > 1
                    && first.is_some_and(|first| first == local)
                    && last.is_some_and(|last| words.names.contains(last))
            };
            self.symbols.calls.iter().any(called)
        });
        // `from . import a` and `from ".."` name no module of their own.
        named || members || parts.count() == 0 || words.modules.contains(last) || words.modules.contains(file)
    }

    /// The same import at base.
    fn same_at_base(&self, import: &Import) -> Option<(&RepoPath, &Import)> {
        let (path, symbols) = self.before.as_ref()?;
        let same = |i: &&Import| i.module == import.module && i.item == import.item;
        symbols.imports.iter().find(same).map(|import| (path, import))
    }

    fn place(&self, range: &std::ops::Range<usize>) -> Location {
        Location::bytes(Side::Head, self.path, self.source, range.clone())
    }

    fn import(&self, import: &Import, before: Option<(&RepoPath, &Import)>, left: &mut Vec<Left>) {
        let (target, found) = self.head.follow(self.path, import);
        let was = before.map(|(path, import)| self.base.follow(path, import));
        match (target, found) {
            (Target::Missing, _) => {
                // What a build writes, or an installation brings, is there again when it is needed.
                if let Some((Target::File(module), _)) = was
                    && product::kind(&module) != Some(product::Kind::NotWritten)
                {
                    let (kind, name) = (Kind::Missing, module_name(&module).to_owned());
                    left.push(self.lost(kind, module, name, &import.range, None));
                }
            }
            (Target::File(module), Found::No) => {
                let name = match &import.item {
                    Imported::Name(name) => name.clone(),
                    _ => "default".to_owned(),
                };
                match (was, before) {
                    (Some((Target::File(old), there)), _) if there.is_there() => {
                        left.push(self.gone(old, name, &import.range, &there));
                    }
                    (None, None) if self.is_certain(import, &module) => {
                        left.push(self.lost(Kind::Never, module, name, &import.range, None));
                    }
                    _ => {}
                }
            }
            (Target::File(_), Found::Here(module, definition)) => {
                let old = match was {
                    Some((_, Found::Here(path, old))) => Some((path, *old)),
                    _ => None,
                };
                if let Some(local) = import.local.as_deref().filter(|local| self.is_free(local)) {
                    for call in self.symbols.calls.iter().filter(|call| call.callee == [local]) {
                        left.extend(self.call(call, &module, &definition, old.clone()));
                    }
                }
            }
            (Target::File(_), Found::Module(module)) => {
                let old = match was {
                    Some((_, Found::Module(path))) => Some(path),
                    _ => None,
                };
                self.members(import, &module, old, left);
            }
            _ => {}
        }
    }

    /// A name that a new import takes is judged only where nothing but this tree can be meant.
    fn is_certain(&self, import: &Import, module: &RepoPath) -> bool {
        let own = module.as_str().split('/').next() == self.path.as_str().split('/').next();
        let relative = import.module.starts_with('.');
        // What a package lacks may be a module that the build puts there.
        if module.name() == "__init__.py" {
            return false;
        }
        product::kind(module) != Some(product::Kind::NotWritten) && (relative || own)
    }

    fn lost(
        &self,
        kind: Kind,
        module: RepoPath,
        name: String,
        range: &std::ops::Range<usize>,
        definition: Option<Location>,
    ) -> Left {
        Left { kind, module, name, misfit: None, is_lenient: false, at: self.place(range), definition }
    }

    /// A name that went, by the file that defined it rather than by those that hand it on.
    fn gone(&self, module: RepoPath, name: String, range: &std::ops::Range<usize>, was: &Found) -> Left {
        let (module, name) = match was {
            Found::Here(path, definition) => (path.clone(), definition.name.clone()),
            _ => (module, name),
        };
        self.lost(Kind::Gone, module, name, range, self.definition_at_base(was))
    }

    fn definition_at_base(&self, found: &Found) -> Option<Location> {
        let Found::Here(path, definition) = found else { return None };
        let source = self.base.text(path)?;
        Some(Location::bytes(Side::Base, path, source, definition.name_range.clone()))
    }

    /// Whether a name means the import everywhere in the file: nothing else has it.
    fn is_free(&self, name: &str) -> bool {
        let defined = |d: &Definition| d.name == name && !matches!(d.sort, Sort::Method | Sort::Member);
        !self.symbols.bindings.iter().any(|binding| binding.name == name)
            && !self.symbols.definitions.iter().any(defined)
            && self.symbols.imports.iter().filter(|i| i.local.as_deref() == Some(name)).count() < 2
    }

    /// The names taken from a module that is imported as a whole.
    fn members(&self, import: &Import, module: &RepoPath, old: Option<RepoPath>, left: &mut Vec<Left>) {
        let Some(local) = import.local.as_deref() else { return };
        let first = import.module.split('.').next().unwrap_or_default();
        let dotted = self.family == Family::Python && import.item == Imported::Module && local == first;
        let path = if dotted { import.module.as_str() } else { local };
        let path: Vec<String> = path.split('.').map(str::to_owned).collect();
        let free = self.symbols.imports.iter().filter(|i| i.local.as_deref() == Some(local)).count();
        let shadowed = self.symbols.bindings.iter().any(|binding| binding.name == local)
            || self
                .symbols
                .definitions
                .iter()
                .any(|d| d.name == local && !matches!(d.sort, Sort::Method | Sort::Member));
        if shadowed || (free > 1 && !dotted) {
            return;
        }
        let Some(old) = old else { return };
        for call in &self.symbols.calls {
            let rest = call.callee.strip_prefix(path.as_slice());
            let Some([name]) = rest else { continue };
            let item = Imported::Name(name.clone());
            let was = self.base.provides(&old, &item);
            match self.head.provides(module, &item) {
                Found::No if was.is_there() => {
                    left.push(self.gone(old.clone(), name.clone(), &call.range, &was));
                }
                Found::Here(path, definition) => {
                    if let Found::Here(old, before) = was {
                        left.extend(self.call(call, &path, &definition, Some((old, *before))));
                    }
                }
                _ => {}
            }
        }
    }

    /// A call of a definition elsewhere or here.
    fn call(
        &self,
        call: &Call,
        module: &RepoPath,
        now: &Definition,
        old: Option<(RepoPath, Definition)>,
    ) -> Option<Left> {
        let old = old.or_else(|| {
            let changed = self.head.change.files.on(Side::Head, module);
            let path = changed.map_or(Some(module.clone()), |file| file.base.clone())?;
            let symbols = self.base.symbols(&path)?;
            only(&symbols, &now.name).map(|definition| (path, definition.clone()))
        });
        let (old_path, old) = old?;
        let after = parameters(&self.head, module, now)?;
        let before = parameters(&self.base, &old_path, &old)?;
        if misfit(self.family, &before, call).is_some() {
            return None;
        }
        let misfit = misfit(self.family, &after, call)?;
        let is_lenient = self.family == Family::Script && !(is_typed(self.path) && is_typed(module));
        // A test's own helpers leave arguments out as they please.
        let is_ease = matches!(misfit, Misfit::TooMany(_)) || product::kind(module).is_some();
        if is_lenient && is_ease {
            return None;
        }
        let source = self.head.text(module)?;
        let definition = Location::bytes(Side::Head, module, source, now.name_range.clone());
        Some(Left {
            kind: Kind::Parameters,
            module: module.clone(),
            name: now.name.clone(),
            misfit: Some(misfit),
            is_lenient,
            at: self.place(&call.range),
            definition: Some(definition),
        })
    }

    /// Calls by a plain name of what the file itself, or another one of its package, defines or defined.
    fn own_calls(&self, words: &Words, left: &mut Vec<Left>) {
        let drifted = self.symbols.calls.iter().filter(|call| match call.callee.as_slice() {
            [name] => words.names.contains(name),
            _ => false,
        });
        for call in drifted {
            let name = call.callee[0].as_str();
            if self.family == Family::Go {
                self.package_call(call, name, left);
            } else if self.is_changed {
                self.file_call(call, name, left);
            }
        }
    }

    fn file_call(&self, call: &Call, name: &str, left: &mut Vec<Left>) {
        let bound = self.symbols.bindings.iter().any(|binding| binding.name == name)
            || self.symbols.imports.iter().any(|i| i.local.as_deref() == Some(name));
        let Some((path, before)) = self.before.as_ref().filter(|_| !bound) else { return };
        let named = self
            .symbols
            .definitions
            .iter()
            .filter(|d| d.name == name && !matches!(d.sort, Sort::Method | Sort::Member));
        let (now, old) = (only(&self.symbols, name), only(before, name));
        match (now, old, named.count()) {
            (Some(now), Some(old), 1) => {
                left.extend(self.call(call, self.path, now, Some((path.clone(), old.clone()))));
            }
            (None, Some(old), 0) if old.parameters.is_some() && self.is_closed() && !is_built_in(name) => {
                let found = Found::Here(path.clone(), Box::new(old.clone()));
                left.push(self.gone(path.clone(), name.to_owned(), &call.range, &found));
            }
            _ => {}
        }
    }

    /// Whether every name of the file comes from it or its imports by name. Script files may use what others declare
    /// for all.
    fn is_closed(&self) -> bool {
        self.family == Family::Python
            && !self.symbols.is_open
            && !self.symbols.imports.iter().any(|import| import.item == Imported::All)
    }

    fn package_call(&self, call: &Call, name: &str, left: &mut Vec<Left>) {
        let local = self.symbols.bindings.iter().any(|binding| binding.name == name);
        let dots = self.symbols.imports.iter().any(|import| import.item == Imported::All);
        // Test files may belong to a package of their own beside this one.
        let beside = self.path.name().ends_with("_test.go");
        if local || dots {
            return;
        }
        let item = Imported::Name(name.to_owned());
        let was = self.base.provides(self.path, &item);
        match (self.head.provides(self.path, &item), was) {
            (Found::No, Found::Here(old, definition)) if !beside => {
                let found = Found::Here(old.clone(), definition);
                left.push(self.gone(old, name.to_owned(), &call.range, &found));
            }
            (Found::Here(module, now), Found::Here(old, before)) => {
                left.extend(self.call(call, &module, &now, Some((old, *before))));
            }
            _ => {}
        }
    }

    /// `self.method(…)` in the class that defines the method.
    fn own_methods(&self, words: &Words, left: &mut Vec<Left>) {
        let Some((path, before)) = &self.before else { return };
        for call in &self.symbols.calls {
            let [receiver, name] = call.callee.as_slice() else { continue };
            if !matches!(receiver.as_str(), "self" | "this") || !words.names.contains(name) {
                continue;
            }
            let around = self.symbols.definitions.iter().filter(|d| {
                d.body
                    .as_ref()
                    .is_some_and(|body| body.start <= call.range.start && call.range.end <= body.end)
            });
            let Some(scope) = around.max_by_key(|d| d.range.start).filter(|d| d.sort == Sort::Method) else {
                continue;
            };
            let method = |symbols: &Symbols| {
                let mut same =
                    symbols.definitions.iter().filter(|d| d.name == *name && d.scope == scope.scope);
                let first = same.next().filter(|d| d.sort == Sort::Method).cloned();
                first.filter(|_| same.next().is_none())
            };
            if let (Some(now), Some(old)) = (method(&self.symbols), method(before)) {
                left.extend(self.call(call, self.path, &now, Some((path.clone(), old))));
            }
        }
    }
}

/// The parameters that a call meets: of a class those of its constructor.
fn parameters(view: &View<'_>, path: &RepoPath, definition: &Definition) -> Option<Vec<Parameter>> {
    match definition.sort {
        Sort::Function | Sort::Method => plain(definition).map(<[Parameter]>::to_vec),
        Sort::Class if definition.decorators.is_empty() && !definition.is_conditional => {
            let symbols = view.symbols(path)?;
            // Calling an enumeration looks a member up.
            let end = definition.body.as_ref().map_or(definition.range.end, |body| body.start);
            let head = view.text(path)?.get(definition.range.start..end)?;
            if head.contains("Enum") || head.contains("metaclass") {
                return None;
            }
            let inside = |d: &&Definition| d.scope == [definition.name.as_str()];
            let named = |name: &'static str| {
                symbols.definitions.iter().filter(inside).filter(move |d| d.name == name)
            };
            let mut builds = named("__init__").chain(named("constructor"));
            let first = builds.next()?;
            let alone = builds.next().is_none() && named("__new__").next().is_none();
            plain(first).filter(|_| alone).map(<[Parameter]>::to_vec)
        }
        _ => None,
    }
}

fn is_typed(path: &RepoPath) -> bool {
    matches!(path.extension(), "ts" | "tsx" | "mts" | "cts")
}

/// Names that Python has without a definition.
fn is_built_in(name: &str) -> bool {
    const NAMES: [&str; 71] = [
        "abs",
        "aiter",
        "all",
        "anext",
        "any",
        "ascii",
        "bin",
        "bool",
        "breakpoint",
        "bytearray",
        "bytes",
        "callable",
        "chr",
        "classmethod",
        "compile",
        "complex",
        "delattr",
        "dict",
        "dir",
        "divmod",
        "enumerate",
        "eval",
        "exec",
        "exit",
        "filter",
        "float",
        "format",
        "frozenset",
        "getattr",
        "globals",
        "hasattr",
        "hash",
        "help",
        "hex",
        "id",
        "input",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "list",
        "locals",
        "map",
        "max",
        "memoryview",
        "min",
        "next",
        "object",
        "oct",
        "open",
        "ord",
        "pow",
        "print",
        "property",
        "quit",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "setattr",
        "slice",
        "sorted",
        "staticmethod",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "zip",
    ];
    NAMES.contains(&name) || name.starts_with("__") || name == "vars"
}
