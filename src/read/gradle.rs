//! Gradle build scripts, Groovy (`build.gradle`) and Kotlin (`build.gradle.kts`), read without running them.
//!
//! A script is flattened to its [`Item`]s: every assignment and call in the order of its writing, with the blocks that
//! it stands in. Literals, lists, variables, extra properties and the functions that build file trees are evaluated;
//! anything else is [`Value::Unknown`] with its expression, and a statement that is not understood is
//! [`Action::Unread`]. Whoever asks decides whether that bears on the matter.

mod evaluate;
mod flatten;
mod lex;
mod parse;
mod projects;

use std::collections::BTreeMap;

use crate::ids::RepoPath;
use crate::read::json::Value;
use crate::undecided::Undecided;

pub use projects::{Build, FILES, Project, builds};

/// Longer scripts are not read.
const MAX_LENGTH: usize = 512 * 1024;

/// The key under which a file tree holds where it starts, and those of its patterns.
pub const TREE: [&str; 3] = ["from", "include", "exclude"];

/// In which language a script is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `*.gradle`.
    Groovy,
    /// `*.gradle.kts`.
    Kotlin,
}

/// A script ready to be flattened.
#[derive(Debug, Clone)]
pub struct Script {
    path: RepoPath,
    text: String,
    block: parse::Block,
}

/// What a script did: one assignment or call.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The blocks around it, the outermost first.
    pub within: Vec<Frame>,
    /// The script.
    pub at: RepoPath,
    /// Its line, from one.
    pub line: usize,
    /// What it does.
    pub action: Action,
}

/// A block that an item stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// What the block belongs to, with the calls in it joined: `tasks.withType.configureEach`.
    pub name: String,
    /// The texts and expressions that those calls were given, types included.
    pub arguments: Vec<Value>,
    /// Tells two blocks of one name apart.
    pub id: usize,
    /// Whether it can't be told if the block runs.
    pub conditional: bool,
}

/// What an item does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `name = value`, `name.set(value)`.
    Set(String, Value),
    /// `name += value`, `name.add(value)`, `name.addAll(value)`.
    Add(String, Value),
    /// A call, with its arguments in order (`name: value` as an object of one key) and whether a block follows.
    Call(String, Vec<Value>, bool),
    /// A statement that is not understood.
    Unread(String),
}

/// What is known before a script is read, and what it leaves to others.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// `gradle.properties` and extra properties: `ext.x`, `extra["x"]`.
    pub extra: BTreeMap<String, Value>,
}

/// Reads a script. A script that is too long is `Undecided`; what is not understood in it becomes [`Action::Unread`].
pub fn parse(path: &RepoPath, text: &str) -> Result<Script, Undecided> {
    if text.len() > MAX_LENGTH {
        return Err(Undecided::new("is too long for a build script to be read").at(path));
    }
    let language = if path.extension() == "kts" { Language::Kotlin } else { Language::Groovy };
    Ok(Script { path: path.clone(), text: text.to_owned(), block: parse::parse(text, language) })
}

impl Script {
    /// Everything that the script does. Extra properties that it sets are put into `names`.
    pub fn items(&self, names: &mut Names) -> Vec<Item> {
        flatten::items(self, names)
    }
}

impl Frame {
    /// The last word of its name.
    pub fn last(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    /// Whether an argument of it is this text, or names this type.
    pub fn given(&self, word: &str) -> bool {
        self.arguments.iter().any(|value| match value {
            Value::Text(text) => text == word,
            Value::Unknown(text) => {
                text.split("::").next().is_some_and(|t| t.rsplit('.').next() == Some(word))
                    || text.strip_suffix(".class").is_some_and(|t| t.rsplit('.').next() == Some(word))
            }
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests;
