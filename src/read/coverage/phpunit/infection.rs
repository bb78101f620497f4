//! Infection, which measures by mutants what the tests of the sources notice.

use std::collections::{BTreeMap, BTreeSet};

use super::commands::{self, Tool};
use crate::ids::RepoPath;
use crate::read::coverage::settings::{texts, untold};
use crate::read::coverage::survey::{Survey, below, place};
use crate::read::coverage::{Gate, Mode, Scope, expression};
use crate::read::json::{self, Value};
use crate::undecided::Undecided;

/// What Infection takes without being told, in its order.
const NAMES: [&str; 4] = ["infection.json5", "infection.json", "infection.json5.dist", "infection.json.dist"];

const FLAGS: [(&str, &str); 2] = [("minMsi", "--min-msi"), ("minCoveredMsi", "--min-covered-msi")];

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let named = survey.files.iter().filter(|path| NAMES.contains(&path.name()));
    let dirs: BTreeSet<&str> = named.map(|path| path.dir()).collect();
    let starts = commands::starts(survey);
    let of = |dir: &str| {
        let path = survey.first(dir, &NAMES)?;
        let starts: Vec<_> = starts.iter().filter(|s| s.tool == Tool::Infection && s.dir == dir).collect();
        let mut config = vec![path.clone()];
        let flagged =
            starts.iter().filter(|start| FLAGS.iter().any(|(_, flag)| !start.values(&[flag]).is_empty()));
        for start in flagged {
            if !config.contains(&start.at) {
                config.push(start.at.clone());
            }
        }
        let scope = Scope::new("infection", dir, config);
        let text = survey.tree.text(&path).map(Option::unwrap_or_default);
        Some(match text.and_then(json::parse) {
            Ok(settings) => {
                let flags =
                    |flag: &str| starts.iter().flat_map(|start| start.values(&[flag])).collect::<Vec<_>>();
                scope.measured(measured(survey, dir, &settings)).gated(gates(&settings, flags))
            }
            Err(undecided) => {
                let undecided = undecided.at(&path);
                scope.measured(Err(undecided.clone())).gated(Err(undecided))
            }
        })
    };
    dirs.into_iter().filter_map(of).collect()
}

/// The figures of the configuration; a flag wins over it.
fn gates(settings: &Value, flags: impl Fn(&str) -> Vec<String>) -> Result<BTreeMap<String, Gate>, Undecided> {
    let mut found = BTreeMap::new();
    for (name, flag) in FLAGS {
        let mut figures = Vec::new();
        for figure in flags(flag) {
            figures.push(figure.parse::<f64>().map_err(|_| untold(flag, &figure))?);
        }
        let written = settings.get(name).and_then(|value| value.as_number());
        let figure = figures.into_iter().reduce(f64::max).or(written);
        found.extend(figure.map(|figure| (name.to_owned(), Gate::AtLeast(figure))));
    }
    Ok(found)
}

fn measured(
    survey: &Survey<'_>,
    dir: &str,
    settings: &Value,
) -> Result<(Mode, BTreeSet<RepoPath>), Undecided> {
    let source = settings.get("source").unwrap_or(Value::Null);
    let excluded = texts(&source, "excludes")?.unwrap_or_default();
    let expressions = excluded.iter().filter_map(|text| delimited(text)).map(expression::compile);
    let expressions = expressions.collect::<Result<Vec<_>, _>>()?;
    let literal: Vec<&str> =
        excluded.iter().filter(|text| delimited(text).is_none()).map(String::as_str).collect();
    let mut files = BTreeSet::new();
    for folder in texts(&source, "directories")?.unwrap_or_default() {
        let Some(folder) = place(dir, &folder) else { continue };
        let kept = |path: &&RepoPath| {
            let Some(inside) = below(&folder, path.as_str()) else { return false };
            path.extension() == "php"
                && !inside.split('/').any(|part| part.starts_with('.'))
                && !literal.iter().any(|text| inside.contains(text))
                && !expressions.iter().any(|regex| regex.is_match(inside))
        };
        files.extend(survey.under(&folder).filter(kept).cloned());
    }
    Ok((Mode::Matching, files))
}

/// The inside of an expression between delimiters, as PHP writes it.
fn delimited(text: &str) -> Option<&str> {
    let open = text.chars().next().filter(|c| matches!(c, '/' | '#' | '~' | '@' | '%'))?;
    let inner = text.strip_prefix(open)?;
    let (inner, flags) = inner.rsplit_once(open)?;
    (!inner.is_empty() && flags.chars().all(|c| c.is_ascii_alphabetic())).then_some(inner)
}
