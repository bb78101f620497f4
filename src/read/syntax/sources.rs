//! The source files whose syntax is followed across a tree, and the languages that can name each other's.

use crate::ids::RepoPath;

use super::Language;

/// The files that [`language`] knows, as a glob over whole paths.
pub const FILES: &str = "**/*.{cjs,cts,go,js,jsx,mjs,mts,py,pyi,rb,rs,ts,tsx}";

/// The language of a source file.
pub fn language(path: &RepoPath) -> Option<Language> {
    match path.extension() {
        "rb" => Some(Language::Ruby),
        "rs" => Some(Language::Rust),
        _ => Language::of(path),
    }
}

/// Languages whose files can name each other's, and that share comments and quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// JavaScript and TypeScript.
    Script,
    /// Python.
    Python,
    /// Go.
    Go,
    /// Ruby.
    Ruby,
    /// Rust.
    Rust,
}

impl Family {
    /// The family of a source file.
    pub fn of(path: &RepoPath) -> Option<Self> {
        Some(match language(path)? {
            Language::JavaScript | Language::TypeScript | Language::Tsx => Self::Script,
            Language::Python => Self::Python,
            Language::Go => Self::Go,
            Language::Ruby => Self::Ruby,
            Language::Rust => Self::Rust,
        })
    }
}
