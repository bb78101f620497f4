//! SimpleCov's filters in their two generations.
//!
//! Up to 0.22 a filter sees the path from the root with a slash in front, and a text matches anywhere in it. Since 1.0
//! the slash is gone and a text matches whole names.

use regex::Regex;

use super::values::Argument;
use crate::read::coverage::settings::untold;
use crate::read::coverage::{expression, shell_glob};
use crate::undecided::Undecided;

/// Which of the two a project uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generation {
    Old,
    New,
}

/// A filter.
pub(super) enum Filter {
    Text(String),
    Regex(Regex),
}

impl Filter {
    /// The filters of an argument: a text, an expression, or a list of them.
    pub(super) fn of(argument: &Argument, generation: Generation) -> Result<Vec<Self>, Undecided> {
        Ok(match argument {
            Argument::Text(text) if generation == Generation::Old => vec![Self::Text(text.clone())],
            Argument::Text(text) => vec![Self::Regex(expression::compile(&segments(text))?)],
            Argument::Regex(text, flags) => {
                let regex = if flags.contains('x') {
                    return Err(untold("add_filter", text));
                } else if flags.contains('i') {
                    expression::any_case(text)?
                } else {
                    expression::compile(text)?
                };
                vec![Self::Regex(regex)]
            }
            Argument::List(items) => {
                let all =
                    items.iter().map(|item| Self::of(item, generation)).collect::<Result<Vec<_>, _>>()?;
                all.into_iter().flatten().collect()
            }
            other => return Err(untold("add_filter", &other.shown())),
        })
    }

    /// Whether it takes out a path, seen from the root.
    pub(super) fn matches(&self, path: &str, generation: Generation) -> bool {
        let seen = if generation == Generation::Old { format!("/{path}") } else { path.to_owned() };
        match self {
            Self::Text(text) => seen.contains(text.as_str()),
            Self::Regex(regex) => regex.is_match(&seen),
        }
    }
}

/// The expression that a text stands for since 1.0.
fn segments(text: &str) -> String {
    let bare = text.strip_prefix('/').unwrap_or(text);
    let quoted = regex::escape(bare);
    if bare.ends_with('/') {
        format!("(?:^|/){quoted}")
    } else if bare.contains('.') && !bare.contains('/') {
        format!("(?:^|/)[^/]*{quoted}(?:[/.]|$)")
    } else {
        format!("(?:^|/){quoted}(?:[/.]|$)")
    }
}

/// The files that a pattern names, as expressions over paths from the root.
pub(super) fn files(pattern: &Argument, key: &str) -> Result<Vec<Regex>, Undecided> {
    match pattern {
        Argument::Text(text) => {
            let bare = text.strip_prefix("./").unwrap_or(text);
            let unread = || untold(key, text);
            let patterns = shell_glob::braces(bare).ok_or_else(unread)?;
            patterns.iter().map(|pattern| shell_glob::regex(pattern, true).ok_or_else(unread)).collect()
        }
        Argument::List(items) => {
            let all = items.iter().map(|item| files(item, key)).collect::<Result<Vec<_>, _>>()?;
            Ok(all.into_iter().flatten().collect())
        }
        Argument::Nil => Ok(Vec::new()),
        Argument::Regex(text, flags) if flags.is_empty() => Ok(vec![expression::compile(text)?]),
        other => Err(untold(key, &other.shown())),
    }
}
