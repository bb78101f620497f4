//! `[[waivers]]` of a policy: what a repository's own people accepted for every pull request. `jiff` reads the days.

use jiff::civil::Date;

use super::PolicyError;
use super::reader::{Reader, Value};
use crate::change::{Waiver, WaiverSource};
use crate::ids::Fingerprint;
use crate::span::line_of;

const KEYS: [&str; 4] = ["fingerprint", "reason", "by", "until"];

impl Reader<'_> {
    /// Reads the list `waivers`.
    pub(super) fn waivers(&self, value: &Value<'_>) -> Result<Vec<Waiver>, PolicyError> {
        let list = value.get_ref().as_array();
        let problem = "`waivers` must be a list of tables, each under `[[waivers]]`";
        let list = list.ok_or_else(|| self.error(value.span().start, problem.into()))?;
        list.iter().map(|item| self.waiver(item)).collect()
    }

    fn waiver(&self, value: &Value<'_>) -> Result<Waiver, PolicyError> {
        let at = value.span().start;
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| self.error(at, "a waiver must be a table".into()))?;
        let (mut fingerprint, mut reason, mut by, mut until) = (None, None, None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "fingerprint" => fingerprint = Some((self.fingerprint(value)?, value.span().start)),
                "reason" => reason = Some(self.words(value, "reason")?),
                "by" => by = Some(self.words(value, "by")?),
                "until" => until = Some(self.day(value)?),
                other => return Err(self.unknown(key.span().start, "key", other, &KEYS)),
            }
        }
        let lacks = |key: &str| self.error(at, format!("a waiver needs `{key}`"));
        let (fingerprint, at) = fingerprint.ok_or_else(|| lacks("fingerprint"))?;
        Ok(Waiver {
            fingerprint,
            reason: reason.ok_or_else(|| lacks("reason"))?,
            by,
            source: WaiverSource::Policy { file: self.file.to_owned(), line: line_of(self.text, at) },
            at: None,
            until,
        })
    }

    fn fingerprint(&self, value: &Value<'_>) -> Result<Fingerprint, PolicyError> {
        let text = self.str(value, "fingerprint")?;
        text.parse().map_err(|e: crate::ids::Malformed| self.error(value.span().start, e.to_string()))
    }

    fn words(&self, value: &Value<'_>, key: &str) -> Result<String, PolicyError> {
        let text = self.str(value, key)?.trim();
        match text.is_empty() {
            false => Ok(text.to_owned()),
            true => Err(self.error(value.span().start, format!("`{key}` must not be empty"))),
        }
    }

    fn day(&self, value: &Value<'_>) -> Result<Date, PolicyError> {
        let value_text = match (value.get_ref().as_str(), value.get_ref().as_datetime()) {
            (Some(text), _) => Some(text.to_owned()),
            (None, Some(day)) if day.time.is_none() => Some(day.to_string()),
            _ => None,
        };
        let day = value_text.and_then(|text| text.parse::<Date>().ok().filter(|day| day.to_string() == text));
        let problem = "`until` must be a day such as 2026-12-31";
        day.ok_or_else(|| self.error(value.span().start, problem.into()))
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    fn problem(text: &str) -> String {
        Policy::parse("gainsay.toml", text).unwrap_err().to_string()
    }

    const SOUND: &str = "[[waivers]]\nfingerprint = \"14b695a33f348377\"\nreason = \"a prototype\"\n";

    #[test]
    fn a_waiver_names_its_line_and_its_day_may_be_a_date_or_a_text() {
        for until in ["until = 2026-12-31", "until = \"2026-12-31\""] {
            let policy = Policy::parse("gainsay.toml", &format!("{SOUND}by = \"robin\"\n{until}\n")).unwrap();
            let waiver = &policy.waivers[0];
            assert_eq!(waiver.until.unwrap().to_string(), "2026-12-31");
            assert_eq!((waiver.by.as_deref(), waiver.reason.as_str()), (Some("robin"), "a prototype"));
            let source = crate::change::WaiverSource::Policy { file: "gainsay.toml".into(), line: 2 };
            assert_eq!(waiver.source, source);
        }
    }

    #[test]
    fn what_is_missing_or_misspelt_is_an_error_with_its_line() {
        assert_eq!(
            problem(&format!("{SOUND}untill = 2026-12-31\n")),
            "gainsay.toml:4: unknown key `untill`; did you mean `until`?"
        );
        assert_eq!(
            problem("# ours\n[[waivers]]\nreason = \"x\"\n"),
            "gainsay.toml:2: a waiver needs `fingerprint`"
        );
        assert_eq!(
            problem("[[waivers]]\nfingerprint = \"14b695a33f348377\"\n"),
            "gainsay.toml:1: a waiver needs `reason`"
        );
        assert!(problem("waivers = 1\n").starts_with("gainsay.toml:1: `waivers` must be a list"));
        assert!(problem("waivers = [1]\n").ends_with("a waiver must be a table"));
        let with = |line: &str| problem(&format!("{SOUND}{line}\n"));
        for line in ["until = 2026-02-30", "until = \"soon\"", "until = 3", "until = 2026-12-31T10:00:00Z"] {
            assert!(with(line).starts_with("gainsay.toml:4: "), "{line}: {}", with(line));
        }
        assert_eq!(with("by = \" \""), "gainsay.toml:4: `by` must not be empty");
        let blank = SOUND.replace("a prototype", " ");
        assert_eq!(problem(&blank), "gainsay.toml:3: `reason` must not be empty");
        let short = SOUND.replace("14b695a33f348377", "14b695a3");
        assert!(problem(&short).starts_with("gainsay.toml:2: \"14b695a3\" is not a fingerprint"));
    }
}
