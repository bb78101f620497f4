//! Where values go: which environment variables, files and names reach which calls of a source file.
//!
//! Followed within a function and through one call to a function of the same file, over syntax trees. Branches are
//! read in the order of the text; a later assignment replaces an earlier one.

mod calls;
mod go;
mod javascript;
mod python;
mod ruby;
mod rust;
mod shape;
mod value;
mod walk;

use std::ops::Range;

use crate::ids::RepoPath;
use crate::read::syntax::{self, Language};
use crate::undecided::Undecided;

pub use value::{Maker, Origin, Trace, Value};

/// The files that [`language`] knows, as a glob over whole paths.
pub const FILES: &str = "**/*.{cjs,cts,go,js,jsx,mjs,mts,py,pyi,rb,rs,ts,tsx}";

/// The language of a file whose values can be followed.
pub fn language(path: &RepoPath) -> Option<Language> {
    match path.extension() {
        "rb" => Some(Language::Ruby),
        "rs" => Some(Language::Rust),
        _ => Language::of(path),
    }
}

/// What a value has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The arguments of a call of a function, a method or a macro.
    Call,
    /// The arguments of a constructor.
    Construct,
    /// A literal with named fields, each an argument.
    Record,
    /// A text put together from pieces, each an argument without a name.
    Text,
    /// An environment variable is read; it alone is the argument.
    Read,
}

/// Values of interest that have come somewhere.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// What kind of place.
    pub kind: Kind,
    /// The called function as it is written, a name at a time; a name that is itself called ends in `()`.
    pub path: Vec<String>,
    /// Its bytes.
    pub range: Range<usize>,
    /// What came there.
    pub arguments: Vec<Argument>,
    /// The call through which the values came, where the place is in another function.
    pub through: Option<Range<usize>>,
}

/// One argument or field.
#[derive(Debug, Clone)]
pub struct Argument {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// What it holds.
    pub value: Value,
    /// Its bytes.
    pub range: Range<usize>,
}

/// Follows every origin that `wanted` asks for, and tells where it arrives, in the order of the text.
pub fn trace(
    language: Language,
    text: &str,
    wanted: &dyn Fn(&Origin) -> bool,
) -> Result<Vec<Arrival>, Undecided> {
    let tree = syntax::parse(language, text)?;
    walk::arrivals(&tree, language, text, wanted)
}
