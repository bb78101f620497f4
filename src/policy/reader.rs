//! The policy's text, key by key: what is unknown or of the wrong sort is an error with its line.

use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};
use toml::Spanned;
use toml::de::DeValue;

use super::{PolicyError, REVERTS, RulePolicy};
use crate::change::History;
use crate::checks::{Level, REGISTRY, Rule};
use crate::span::line_of;

pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    pub(super) fn error(&self, at: usize, problem: String) -> PolicyError {
        PolicyError { file: self.file.to_owned(), line: line_of(self.text, at), problem }
    }

    pub(super) fn unknown(&self, at: usize, what: &str, found: &str, known: &[&str]) -> PolicyError {
        let near = known
            .iter()
            .map(|k| (strsim::jaro_winkler(k, found), k))
            .filter(|(score, _)| *score > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = match near {
            Some((_, near)) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        self.error(at, format!("unknown {what} `{found}`; {hint}"))
    }

    pub(super) fn str<'v>(&self, value: &'v Value<'_>, key: &str) -> Result<&'v str, PolicyError> {
        let text = value.get_ref().as_str();
        text.ok_or_else(|| self.error(value.span().start, format!("`{key}` must be a string")))
    }

    pub(super) fn choice<T: Copy>(
        &self,
        value: &Value<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Result<T, PolicyError> {
        let text = self.str(value, key)?;
        let known: Vec<&str> = choices.iter().map(|c| c.0).collect();
        let found = choices.iter().find(|c| c.0 == text).map(|c| c.1);
        found.ok_or_else(|| self.unknown(value.span().start, &format!("value of `{key}`"), text, &known))
    }

    pub(super) fn globs(&self, value: &Value<'_>) -> Result<GlobSet, PolicyError> {
        let list = value.get_ref().as_array();
        let list = list.ok_or_else(|| self.error(value.span().start, "`ignore` must be a list".into()))?;
        let mut set = GlobSetBuilder::new();
        for item in list {
            let glob = Glob::new(self.str(item, "ignore")?);
            set.add(glob.map_err(|e| self.error(item.span().start, e.to_string()))?);
        }
        set.build().map_err(|e| self.error(value.span().start, e.to_string()))
    }

    pub(super) fn rules(&self, value: &Value<'_>) -> Result<BTreeMap<&'static str, RulePolicy>, PolicyError> {
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| self.error(value.span().start, "`rules` must be a table".into()))?;
        let known: Vec<&'static str> = REGISTRY.iter().map(|check| check.rule().id).collect();
        let mut rules = BTreeMap::new();
        for (key, value) in table {
            let id = known.iter().find(|id| **id == key.get_ref().as_ref());
            let id = id.ok_or_else(|| self.unknown(key.span().start, "rule", key.get_ref(), &known))?;
            rules.insert(*id, self.rule(id, value)?);
        }
        Ok(rules)
    }

    fn rule(&self, id: &str, value: &Value<'_>) -> Result<RulePolicy, PolicyError> {
        let level = |value: &Value<'_>| {
            let levels = [("block", Some(Level::Block)), ("note", Some(Level::Note)), ("off", None)];
            self.choice(value, "level", &levels)
        };
        let own = REGISTRY.iter().map(|check| check.rule()).find(|rule| rule.id == id).map(Rule::level);
        let mut policy = RulePolicy { level: own, ignore: GlobSet::empty(), days: None };
        let Some(table) = value.get_ref().as_table() else {
            policy.level = level(value)?;
            return Ok(policy);
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "level" => policy.level = level(value)?,
                "ignore" => policy.ignore = self.globs(value)?,
                "days" if id == REVERTS => policy.days = Some(self.days(value)?),
                other if id == REVERTS => {
                    return Err(self.unknown(key.span().start, "key", other, &["days", "level", "ignore"]));
                }
                other => return Err(self.unknown(key.span().start, "key", other, &["level", "ignore"])),
            }
        }
        Ok(policy)
    }

    fn days(&self, value: &Value<'_>) -> Result<u32, PolicyError> {
        let days = value.get_ref().as_integer().and_then(|n| n.as_str().parse().ok());
        let days = days.filter(|days| (1..=History::MAX_DAYS).contains(days));
        let problem = || format!("`days` must be a whole number from 1 to {}", History::MAX_DAYS);
        days.ok_or_else(|| self.error(value.span().start, problem()))
    }
}
