//! The files that a run serves and instruments.

use std::collections::BTreeSet;

use crate::ids::RepoPath;
use crate::read::coverage::settings::{texts, truth, untold};
use crate::read::coverage::survey::{Survey, place};
use crate::read::glob::{Dialect, Glob};
use crate::read::json::{CONDITION, Value};
use crate::undecided::Undecided;

/// What counts without a test that asks for it, and what counts only with one.
pub(super) struct Files {
    pub(super) matching: BTreeSet<RepoPath>,
    pub(super) loaded: BTreeSet<RepoPath>,
}

/// A pattern of `files`.
struct Served {
    glob: Glob,
    /// Whether the page loads what it matches.
    included: bool,
}

impl Files {
    pub(super) fn of(
        survey: &Survey<'_>,
        base: &str,
        settings: &Value,
        reporter: &Value,
    ) -> Result<Self, Undecided> {
        let mut found = Self { matching: BTreeSet::new(), loaded: BTreeSet::new() };
        let instrumented = instrumented(base, settings)?;
        if instrumented.is_empty() {
            return Ok(found);
        }
        let served = served(base, settings)?;
        let exclude = texts(settings, "exclude")?.unwrap_or_default();
        let exclude =
            exclude.iter().filter_map(|pattern| glob(base, pattern)).collect::<Result<Vec<_>, _>>()?;
        let all = truth(reporter, "includeAllSources")?.unwrap_or(false);
        let any = |globs: &[Glob], path: &RepoPath| globs.iter().any(|glob| glob.is_match(path.as_str()));
        for path in &survey.files {
            if !any(&instrumented, path) || any(&exclude, path) {
                continue;
            }
            // The first pattern that matches a file decides how it is served.
            let Some(served) = served.iter().find(|served| served.glob.is_match(path.as_str())) else {
                continue;
            };
            let set = if served.included || all { &mut found.matching } else { &mut found.loaded };
            set.insert((*path).clone());
        }
        Ok(found)
    }

    pub(super) fn all(&self) -> BTreeSet<RepoPath> {
        self.matching.union(&self.loaded).cloned().collect()
    }
}

/// The patterns whose files pass through the preprocessor of `karma-coverage`.
fn instrumented(base: &str, settings: &Value) -> Result<Vec<Glob>, Undecided> {
    let preprocessors = match settings.get("preprocessors") {
        Some(Value::Object(object)) => object,
        Some(Value::Unknown(expression)) => return Err(untold("preprocessors", &expression)),
        Some(Value::Either(_)) => return Err(untold("preprocessors", CONDITION)),
        _ => return Ok(Vec::new()),
    };
    if let Some(unknown) = preprocessors.unknown() {
        return Err(untold("preprocessors", &unknown.texts().err().unwrap_or_default()));
    }
    let mut found = Vec::new();
    for pattern in preprocessors.keys() {
        let named = preprocessors.get(pattern).unwrap_or(Value::Null);
        let named = named.texts().map_err(|expression| untold("preprocessors", &expression))?;
        if named.iter().any(|name| name == "coverage") {
            found.extend(glob(base, pattern).transpose()?);
        }
    }
    Ok(found)
}

fn served(base: &str, settings: &Value) -> Result<Vec<Served>, Undecided> {
    let items = match settings.get("files") {
        Some(Value::List(items)) => items,
        Some(Value::Unknown(expression)) => return Err(untold("files", &expression)),
        Some(Value::Either(_)) => return Err(untold("files", CONDITION)),
        _ => return Ok(Vec::new()),
    };
    let mut found = Vec::new();
    for item in &items {
        let (pattern, included) = match item {
            Value::Object(_) => {
                let pattern = item.get("pattern").unwrap_or(Value::Null);
                (pattern, truth(item, "included")?.unwrap_or(true))
            }
            other => (other.clone(), true),
        };
        let pattern = pattern.texts().map_err(|expression| untold("files", &expression))?;
        for pattern in pattern {
            found.extend(glob(base, &pattern).transpose()?.map(|glob| Served { glob, included }));
        }
    }
    Ok(found)
}

/// A pattern from the base folder on; `None` where it speaks of what is outside of the repository.
fn glob(base: &str, pattern: &str) -> Option<Result<Glob, Undecided>> {
    place(base, pattern).map(|pattern| Glob::new(&pattern, Dialect::Minimatch))
}
