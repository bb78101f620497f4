//! Retries and time limits that were raised: a flaky test is asked more often, or longer, before it may fail.

use std::collections::BTreeMap;

use super::RULE;
use crate::change::{Change, Tree};
use crate::checks::Finding;
use crate::ids::RepoPath;
use crate::read::json::Value;
use crate::read::tests::harness;
use crate::read::xml;
use crate::span::{Location, Side};

/// A time limit that grew by less than this is no news.
const MUCH: f64 = 2.0;

/// Settings of runners: runner, key, whether it is a time limit.
const KEYS: [(&str, &str, bool); 9] = [
    ("vitest", "retry", false),
    ("vitest", "testTimeout", true),
    ("jest", "testTimeout", true),
    ("mocha", "retries", false),
    ("mocha", "timeout", true),
    ("playwright", "retries", false),
    ("playwright", "timeout", true),
    ("cypress", "retries", false),
    ("cypress", "defaultCommandTimeout", true),
];

/// One number: where it is set, and what it is called.
type Figures = BTreeMap<(RepoPath, String), f64>;

pub(super) fn find(change: &Change) -> Vec<Finding> {
    const WORDS: [&str; 4] = ["retr", "imeout", "rerun", "Rerun"];
    let speaks = change.files.iter().any(|file| {
        let is_config = file.head.as_ref().is_some_and(|path| {
            let name = path.name();
            ["config", "mocharc", "package.json", "vitest", "jest", "nextest.toml", "pom.xml"]
                .iter()
                .any(|part| name.contains(part))
        });
        is_config
            && [Side::Base, Side::Head].into_iter().any(|side| {
                let text = file.on(side).and_then(|path| change.text(side, path).ok().flatten());
                text.is_some_and(|text| WORDS.iter().any(|word| text.contains(word)))
            })
    });
    if !speaks {
        return Vec::new();
    }
    let (was, now) = (figures(&change.base), figures(&change.head));
    let mut found = Vec::new();
    for ((path, key), value) in &now {
        let before = was.iter().find(|((at, k), _)| k == key && change.at_head(at).as_ref() == Some(path));
        // A configuration that is new raises nothing.
        let known = was.keys().any(|(at, _)| change.at_head(at).as_ref() == Some(path))
            || change.file(path).is_none_or(|file| file.base.is_some());
        let timed = KEYS.iter().any(|(runner, k, timed)| *timed && *key == format!("{runner} {k}"));
        let raised = match before {
            Some((_, before)) if timed => *value >= before * MUCH && *before > 0.0,
            Some((_, before)) => value > before,
            None => !timed && *value > 0.0,
        };
        if known && raised {
            found.extend(finding(change, path, key, before.map(|(_, v)| *v), *value));
        }
    }
    found
}

fn figures(tree: &Tree) -> Figures {
    let mut found = Figures::new();
    for settings in harness::settings(tree).iter() {
        for (runner, key, _) in KEYS.iter().filter(|(runner, ..)| *runner == settings.runner) {
            let value = match settings.value.get(key) {
                Some(Value::Object(modes)) => modes.get("runMode").and_then(|v| v.as_number()),
                Some(Value::Text(text)) => text.parse().ok(),
                // `CI ? 2 : 0`: the most that a run may be given.
                Some(Value::Either(options)) => options.iter().filter_map(Value::as_number).reduce(f64::max),
                Some(value) => value.as_number(),
                None => None,
            };
            if let Some(value) = value {
                found.insert((settings.at.clone(), format!("{runner} {key}")), value);
            }
        }
    }
    for path in tree.paths() {
        let text = || tree.text(path).ok().flatten();
        match path.name() {
            "nextest.toml" => found.extend(text().into_iter().flat_map(|text| nextest(path, text))),
            "pom.xml" => {
                let reruns = text().filter(|text| text.contains("rerunFailingTestsCount"));
                let document = reruns.and_then(|text| xml::parse(text).ok());
                let value = document.and_then(|document| {
                    let mut nodes = document.descendants();
                    let node = nodes.find(|n| n.tag_name().name() == "rerunFailingTestsCount")?;
                    node.text()?.trim().parse().ok()
                });
                found
                    .extend(value.map(|v| ((path.clone(), "surefire rerunFailingTestsCount".to_owned()), v)));
            }
            _ => {}
        }
    }
    found
}

fn nextest(path: &RepoPath, text: &str) -> Figures {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let profiles = table.get("profile").and_then(|p| p.as_table());
    let figure = |(name, profile): (&String, &toml::Value)| {
        let retries = profile.get("retries")?;
        let count = retries.as_integer().or_else(|| retries.get("count")?.as_integer())?;
        Some(((path.clone(), format!("nextest profile.{name}.retries")), count as f64))
    };
    profiles.map(|profiles| profiles.iter().filter_map(figure).collect()).unwrap_or_default()
}

fn finding(change: &Change, path: &RepoPath, key: &str, before: Option<f64>, now: f64) -> Option<Finding> {
    let text = change.text(Side::Head, path).ok().flatten()?;
    let (runner, name) = key.split_once(' ')?;
    let word = name.rsplit('.').next().unwrap_or(name);
    let start = text.find(word).unwrap_or_default();
    let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    let at = Location::bytes(Side::Head, path, text, start..end).label("raised here");
    let was = before.map_or_else(|| "not set".to_owned(), |value| value.to_string());
    let headline = format!("`{name}` of {runner} was raised from {was} to {now} in `{}`", path.name());
    let what = if word.contains("imeout") { "takes longer to fail" } else { "may fail before it passes" };
    Some(
        Finding::new(&RULE, at, headline, key)
            .explain(format!("A test that does not always pass {what}; what makes it flaky is still there."))
            .note(),
    )
}
