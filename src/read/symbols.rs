//! The names of a source file: what it defines, imports, calls and mentions, by its syntax tree.

mod gather;
mod go;
mod javascript;
mod javascript_modules;
mod python;
mod ruby;
mod rust;
mod rust_uses;

use std::ops::Range;

use crate::read::syntax::{self, Language};
use crate::undecided::Undecided;

pub use crate::read::syntax::sources::{FILES, language};

/// The names of one file, each list in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Symbols {
    /// What it defines, nested definitions too.
    pub definitions: Vec<Definition>,
    /// What it takes from other modules, re-exports included.
    pub imports: Vec<Import>,
    /// What it says that others may import, where the language says so by name: the exports of JavaScript, the
    /// `__all__` of Python.
    pub exports: Vec<Export>,
    /// The calls of functions, methods and constructors.
    pub calls: Vec<Call>,
    /// Every identifier of the code, those of definitions and imports included; none of strings and comments.
    pub mentions: Vec<Mention>,
    /// Where a name is bound that is neither defined nor imported: parameters, local variables, loops, patterns.
    pub bindings: Vec<Mention>,
    /// Whether it may hold names for others that are not listed: computed exports, `globals()`, macros that write items.
    pub is_open: bool,
    /// Whether the grammar accepts the whole text. Where it does not, what stands near the fault may be missing.
    pub is_sound: bool,
}

/// One definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// What it is.
    pub sort: Sort,
    /// The names of what it stands in, outermost first: modules, classes, `impl` types, functions.
    pub scope: Vec<String>,
    /// Who may use it, as far as the file alone tells.
    pub visibility: Visibility,
    /// The type written beside the name of a variable or constant, or that a cast gives it; empty where there is none.
    /// In `const f: F = (a) => …` it says more about calls than the parameters do.
    pub written_type: String,
    /// The parameters of a function; `None` for all else. A receiver (`self`, `this`, Go's) is not among them.
    pub parameters: Option<Vec<Parameter>>,
    /// Its bytes, with decorators, attributes and `export`, without comments before it.
    pub range: Range<usize>,
    /// The bytes of its name.
    pub name_range: Range<usize>,
    /// The bytes of its body, brackets included, where it has one.
    pub body: Option<Range<usize>>,
    /// Its decorators or attributes as written, without `@` and `#[…]`.
    pub decorators: Vec<String>,
    /// Whether it depends on a condition: a branch around it, a `cfg`, a build constraint of the file.
    pub is_conditional: bool,
}

/// What a definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A function, also one that a constant holds (`const f = () => …`).
    Function,
    /// A function of a class, a type or a trait.
    Method,
    /// A class, struct, record or object type with a body of its own.
    Class,
    /// An enumeration.
    Enum,
    /// An interface or trait.
    Interface,
    /// A name for a type.
    Type,
    /// A field of a class or struct, a member of an interface, a variant of an enumeration.
    Member,
    /// A constant or variable at the top of a file, module or class.
    Variable,
    /// A module or namespace with its body here.
    Module,
    /// A macro.
    Macro,
}

/// Who may use a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visibility {
    /// Everybody: exported, `pub`, capitalised in Go, without a leading underscore at the top of a Python module.
    Public,
    /// Part of the package: `pub(crate)`, `protected`, a lower-case name in Go.
    Restricted,
    /// Only its own file, class or function.
    Private,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; empty for a pattern.
    pub name: String,
    /// Its type as written, without white space at the ends; empty where none is written.
    pub written_type: String,
    /// Whether a call may leave it out.
    pub is_optional: bool,
    /// How a call hands it over.
    pub passing: Passing,
}

/// How a call hands over an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passing {
    /// By its place only.
    Positional,
    /// By its place or its name (Python).
    Either,
    /// By its name only.
    Named,
    /// All further ones by place: `...rest`, `*args`.
    Rest,
    /// All further ones by name: `**kwargs`.
    NamedRest,
}

/// One name taken from another module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module as written: a specifier, a dotted or `::` path without the item.
    pub module: String,
    /// What is taken.
    pub item: Imported,
    /// The name that it has here; `None` where it has none (`import "./side-effect"`, a re-export, a glob).
    pub local: Option<String>,
    /// Whether it stands in a branch: a `try`, an `if` that asks for more than the type checker or the main program.
    pub is_conditional: bool,
    /// Whether it is handed on to those who import this file.
    pub is_reexported: bool,
    /// The bytes of this item, or of the statement where the item has none of its own.
    pub range: Range<usize>,
    /// The bytes of the whole statement.
    pub statement: Range<usize>,
}

/// One name for those who import the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The name that others use; `default` for JavaScript's default export.
    pub name: String,
    /// The name that it has here; empty where it has none.
    pub local: String,
    /// Of a re-export, its place in [`Symbols::imports`].
    pub import: Option<usize>,
    /// Its bytes.
    pub range: Range<usize>,
}

/// What an import takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Imported {
    /// The module itself.
    Module,
    /// One name of it.
    Name(String),
    /// Its default export (JavaScript).
    Default,
    /// All its names.
    All,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The callee a name at a time: `["client", "rest", "list"]`. A part that is no plain name is empty.
    pub callee: Vec<String>,
    /// How many arguments are handed over by place.
    pub positional: usize,
    /// The names of those handed over by name.
    pub named: Vec<String>,
    /// Whether more arguments come out of a spread (`...args`, `*args`, `**kwargs`).
    pub spreads: bool,
    /// Whether the last name is reached from a value or module with a dot, and not a plain name or a `::` path.
    pub is_method: bool,
    /// Whether it is written with `new`.
    pub is_new: bool,
    /// Its bytes.
    pub range: Range<usize>,
}

/// One identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The name.
    pub name: String,
    /// Its bytes.
    pub range: Range<usize>,
}

/// Reads the names of a text. One that the grammar rejects in part is read as far as it goes.
pub fn read(language: Language, text: &str) -> Result<Symbols, Undecided> {
    let tree = syntax::parse(language, text)?;
    let mut gather = gather::Gather::new(text);
    let visit = match language {
        Language::JavaScript | Language::TypeScript | Language::Tsx => javascript::visit,
        Language::Python => python::visit,
        Language::Go => go::visit,
        Language::Ruby => ruby::visit,
        Language::Rust => rust::visit,
    };
    for node in tree.nodes() {
        gather.leave(node.start_byte());
        visit(&mut gather, node);
    }
    Ok(gather.finish(tree.is_sound()))
}

#[cfg(test)]
mod tests;
