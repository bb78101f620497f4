//! A verdict read back from the JSON that was kept of it: as much as people ask about afterwards.

use serde::Deserialize;

use crate::ids::Fingerprint;

/// What a kept verdict holds that has a fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct KeptVerdict {
    /// The findings, blocks first.
    #[serde(default)]
    pub findings: Vec<KeptFinding>,
    /// What could not be judged.
    #[serde(default)]
    pub undecided: Vec<KeptMatter>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptFinding {
    /// Its rule's id.
    pub rule: String,
    /// One line.
    pub headline: String,
    /// The evidence.
    #[serde(default)]
    pub explanation: String,
    /// Where.
    #[serde(flatten)]
    pub at: KeptPlace,
    /// Further places.
    #[serde(default)]
    pub related: Vec<KeptPlace>,
    /// What a person accepts.
    pub fingerprint: Fingerprint,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptPlace {
    /// The file.
    pub path: String,
    /// The first line, counted from 1.
    pub line: usize,
    /// `base` or `head`.
    #[serde(default)]
    pub side: String,
}

/// An undecided matter. One that was kept before they had fingerprints has none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptMatter {
    /// The id of the rule that could not judge it.
    pub rule: String,
    /// The file, where it is one.
    #[serde(default)]
    pub path: Option<String>,
    /// Why.
    pub why: String,
    /// What a person accepts.
    #[serde(default)]
    pub fingerprint: Option<Fingerprint>,
}

/// Something with a fingerprint.
#[derive(Debug, Clone, Copy)]
pub enum Named<'v> {
    /// A finding.
    Finding(&'v KeptFinding),
    /// An undecided matter.
    Matter(&'v KeptMatter),
}

impl KeptVerdict {
    /// Of the JSON of a verdict; empty where there was none, as of a pull request that could not be judged.
    pub fn read(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// Everything that has a fingerprint, with it.
    pub fn named(&self) -> impl Iterator<Item = (&Fingerprint, Named<'_>)> {
        let findings = self.findings.iter().map(|f| (&f.fingerprint, Named::Finding(f)));
        let matters = self.undecided.iter().filter_map(|m| Some((m.fingerprint.as_ref()?, Named::Matter(m))));
        findings.chain(matters)
    }
}

impl Named<'_> {
    /// The rule's id.
    pub fn rule(&self) -> &str {
        match self {
            Self::Finding(finding) => &finding.rule,
            Self::Matter(matter) => &matter.rule,
        }
    }

    /// It in one line.
    pub fn headline(&self) -> String {
        match self {
            Self::Finding(finding) => finding.headline.clone(),
            Self::Matter(matter) => match &matter.path {
                Some(path) => format!("{path}: {}", matter.why),
                None => matter.why.clone(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_of_an_earlier_version_and_none_at_all_are_read() {
        let json = r#"{"schema": 1, "findings": [{"rule": "test-skipped", "headline": "h", "path": "a.js", "line": 3,
            "fingerprint": "14b695a33f348377", "waived": null}], "undecided": [{"rule": "policy", "why": "w"}]}"#;
        let verdict = KeptVerdict::read(json);
        let named: Vec<_> =
            verdict.named().map(|(print, named)| (print.as_str(), named.rule().to_owned())).collect();
        assert_eq!(named, [("14b695a33f348377", "test-skipped".to_owned())]);
        assert_eq!(KeptVerdict::read(""), KeptVerdict::default());
    }
}
