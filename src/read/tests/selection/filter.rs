//! Which tests of the selected files a run takes: by name, by mark, or by being named themselves.

use regex::Regex;

use crate::read::tests::{Cases, Test};
use crate::undecided::Undecided;

/// Deeper nested expressions are not evaluated.
const MAX_DEPTH: usize = 32;

/// What a run asks of each test.
#[derive(Debug, Clone)]
pub enum Filter {
    /// Nothing.
    All,
    /// That its full name, joined by blanks, matches.
    Named(Regex),
    /// What pytest's options ask.
    Pytest(Box<Pytest>),
    /// The features that are switched on; `None` where a command switches on all.
    Features(Option<Vec<String>>),
    /// By names and groups, as most runners can.
    Names(Box<Names>),
    /// An expression over properties (`dotnet test --filter`) or predicates (cargo-nextest).
    Asked(Box<Asked>),
}

/// Names and groups that are asked for or left out.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// What the name must match.
    pub(super) only: Option<Regex>,
    /// What it must not match.
    pub(super) not: Option<Regex>,
    /// Whether the outermost name alone is looked at, as Go does.
    pub(super) first: bool,
    /// Whether tests that ask for Go's short mode are left out.
    pub(super) short: bool,
    /// Groups of which a test must have one; empty where all do.
    pub(super) groups: Vec<String>,
    /// Groups of which it must have none.
    pub(super) not_groups: Vec<String>,
}

/// An expression whose words a runner gives their meaning.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The expression.
    pub(super) expression: Expression,
    /// Whether a word holds of a test.
    pub(super) holds: fn(&str, &Test) -> bool,
}

impl Names {
    fn takes(&self, test: &Test) -> bool {
        let name =
            if self.first { test.name.first().cloned().unwrap_or_default() } else { test.name.join(" ") };
        let has = |groups: &[String]| groups.iter().any(|group| test.tags.contains(group));
        // The names of a table's rows are not looked at.
        self.only
            .as_ref()
            .is_none_or(|regex| regex.is_match(&name) || test.cases != Cases::One && !self.first)
            && !self.not.as_ref().is_some_and(|regex| regex.is_match(&name))
            && !(self.short && test.calls.contains("testing.Short"))
            && (self.groups.is_empty() || has(&self.groups))
            && !has(&self.not_groups)
    }
}

/// Pytest's `-k`, `-m` and `--deselect`.
#[derive(Debug, Clone, Default)]
pub struct Pytest {
    /// `-k`.
    pub(super) keyword: Option<Expression>,
    /// `-m`.
    pub(super) mark: Option<Expression>,
    /// Node ids, seen from the root of the tree.
    pub(super) deselected: Vec<String>,
    /// Modules that nothing in the tree says will be installed, without which a test is not collected.
    pub(super) absent: Vec<String>,
    /// Node ids that alone are run, where the command names some of a file.
    pub(super) only: Vec<String>,
}

impl Filter {
    /// A filter by a regular expression.
    pub(in crate::read) fn named(pattern: &str) -> Result<Self, Undecided> {
        let unread = || {
            Undecided::new(format!("selects tests by the regular expression {pattern:?}, which is not read"))
        };
        Ok(Self::Named(Regex::new(pattern).map_err(|_| unread())?))
    }

    /// Whether every test passes it.
    pub fn asks_nothing(&self) -> bool {
        match self {
            Self::All | Self::Features(None) => true,
            Self::Pytest(asked) => {
                asked.keyword.is_none()
                    && asked.mark.is_none()
                    && asked.deselected.is_empty()
                    && asked.absent.is_empty()
                    && asked.only.is_empty()
            }
            Self::Names(names) => {
                names.only.is_none()
                    && names.not.is_none()
                    && !names.short
                    && names.groups.is_empty()
                    && names.not_groups.is_empty()
            }
            _ => false,
        }
    }

    /// Whether the run takes the test; a name that is computed may match.
    pub fn takes(&self, test: &Test) -> bool {
        match self {
            Self::All => true,
            Self::Named(regex) => test.cases != Cases::One || regex.is_match(&test.name.join(" ")),
            Self::Pytest(asked) => asked.takes(test),
            Self::Features(None) => true,
            Self::Features(Some(on)) => {
                let wanted = test.tags.iter().filter_map(|tag| tag.strip_prefix("feature="));
                wanted.into_iter().all(|feature| on.iter().any(|known| known == feature))
            }
            Self::Names(names) => names.takes(test),
            Self::Asked(asked) => asked.expression.holds(&|word| (asked.holds)(word, test)),
        }
    }
}

impl Pytest {
    fn takes(&self, test: &Test) -> bool {
        let id = format!("{}::{}", test.path, test.name.join("::"));
        let is_under = |named: &String| {
            let rest = id.strip_prefix(named.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with('/'))
        };
        let needs = |module: &String| test.tags.iter().any(|tag| tag.strip_prefix("import=") == Some(module));
        if self.deselected.iter().any(is_under) || self.absent.iter().any(needs) {
            return false;
        }
        let of_file: Vec<&String> =
            self.only.iter().filter(|named| named.split("::").next() == Some(test.path.as_str())).collect();
        if !of_file.is_empty() && !of_file.into_iter().any(is_under) {
            return false;
        }
        let mut words: Vec<String> =
            test.name.iter().chain(&test.tags).map(|word| word.to_lowercase()).collect();
        words.push(test.path.name().to_lowercase());
        let open = test.cases != Cases::One;
        let by_keyword = |word: &str| {
            let word = word.to_lowercase();
            words.iter().any(|known| known.contains(&word))
        };
        let by_mark = |word: &str| test.tags.contains(word);
        // A table's own ids may match what its name does not.
        self.keyword.as_ref().is_none_or(|e| e.holds(&by_keyword) || open && !e.negates())
            && self.mark.as_ref().is_none_or(|e| e.holds(&by_mark))
    }
}

/// A boolean expression of pytest: words with `not`, `and`, `or` and brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Word(String),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Expression {
    /// Reads an expression; nothing where it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        Self::of_words(&spaced.split_whitespace().collect::<Vec<_>>())
    }

    /// The same for words that were told apart before: `not`, `and`, `or`, brackets, and any other.
    pub(super) fn of_words(words: &[&str]) -> Option<Self> {
        let mut at = 0;
        let found = either(words, &mut at, 0)?;
        (at == words.len()).then_some(found)
    }

    fn holds(&self, known: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Word(word) => known(word),
            Self::Not(inner) => !inner.holds(known),
            Self::And(all) => all.iter().all(|part| part.holds(known)),
            Self::Or(all) => all.iter().any(|part| part.holds(known)),
        }
    }

    fn negates(&self) -> bool {
        matches!(self, Self::Not(_)) || matches!(self, Self::And(all) if all.iter().any(Self::negates))
    }
}

fn either(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let mut all = vec![both(words, at, depth)?];
    while words.get(*at) == Some(&"or") {
        *at += 1;
        all.push(both(words, at, depth)?);
    }
    Some(if all.len() == 1 { all.remove(0) } else { Expression::Or(all) })
}

fn both(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let mut all = vec![single(words, at, depth)?];
    while words.get(*at) == Some(&"and") {
        *at += 1;
        all.push(single(words, at, depth)?);
    }
    Some(if all.len() == 1 { all.remove(0) } else { Expression::And(all) })
}

fn single(words: &[&str], at: &mut usize, depth: usize) -> Option<Expression> {
    let word = *words.get(*at)?;
    *at += 1;
    if depth > MAX_DEPTH {
        return None;
    }
    match word {
        "not" => Some(Expression::Not(Box::new(single(words, at, depth + 1)?))),
        "(" => {
            let inner = either(words, at, depth + 1)?;
            (words.get(*at) == Some(&")")).then(|| *at += 1)?;
            Some(inner)
        }
        ")" | "and" | "or" => None,
        word => Some(Expression::Word(word.to_owned())),
    }
}
