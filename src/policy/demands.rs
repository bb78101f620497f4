//! What a policy demands of the evidence: what must be there before a merge, and how long to wait for it. `jiff` reads the durations.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use jiff::SignedDuration;

use super::PolicyError;
use super::reader::{Reader, Value};

/// A longer wait than this is a slip: GitHub itself gives a workflow up before.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What must be there, and when.
#[derive(Debug, Clone)]
pub struct Demands {
    /// What must be there, in the policy's order.
    pub require: Vec<Requirement>,
    /// How long after a head was first seen its evidence may still come.
    pub deadline: SignedDuration,
}

impl Default for Demands {
    fn default() -> Self {
        Self { require: Vec::new(), deadline: SignedDuration::from_mins(60) }
    }
}

/// A piece of evidence that must be there.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// As the policy writes it, such as `check:e2e`.
    pub text: String,
    /// What it means.
    pub sort: Sort,
}

/// What can be required.
#[derive(Debug, Clone)]
pub enum Sort {
    /// Check runs or commit statuses of these names have succeeded.
    Check(Named),
    /// A deployment of this commit to such an environment has succeeded.
    Deployment(Named),
    /// A test report of this commit is there.
    TestReport,
    /// A person who wrote none of it has approved this very commit.
    HumanApproval,
}

/// A name, or a glob over names in which `*` stands for any text.
#[derive(Debug, Clone)]
pub struct Named {
    name: String,
    glob: GlobMatcher,
}

impl Named {
    /// Whether a check run or an environment is meant. GitHub tells environments apart without regard to case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.glob.is_match(name)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Demands {
    /// Whether any requirement is of that sort.
    fn any(&self, sort: fn(&Sort) -> bool) -> bool {
        self.require.iter().any(|requirement| sort(&requirement.sort))
    }

    /// Whether check runs and statuses must be fetched for it.
    pub fn of_checks(&self) -> bool {
        self.any(|sort| matches!(sort, Sort::Check(_)))
    }

    /// Whether deployments must be fetched for it.
    pub fn of_deployments(&self) -> bool {
        self.any(|sort| matches!(sort, Sort::Deployment(_)))
    }

    /// Whether test reports must be fetched for it.
    pub fn of_test_reports(&self) -> bool {
        self.any(|sort| matches!(sort, Sort::TestReport))
    }

    /// Whether reviews must be fetched for it.
    pub fn of_approvals(&self) -> bool {
        self.any(|sort| matches!(sort, Sort::HumanApproval))
    }
}

impl Reader<'_> {
    /// `require`.
    pub(super) fn requirements(&self, value: &Value<'_>) -> Result<Vec<Requirement>, PolicyError> {
        let list = value.get_ref().as_array();
        let list = list.ok_or_else(|| self.error(value.span().start, "`require` must be a list".into()))?;
        let mut all: Vec<Requirement> = Vec::new();
        for item in list {
            let text = self.str(item, "require")?;
            let sort = self.sort(item.span().start, text)?;
            if !all.iter().any(|known| known.text == text) {
                all.push(Requirement { text: text.to_owned(), sort });
            }
        }
        Ok(all)
    }

    fn sort(&self, at: usize, text: &str) -> Result<Sort, PolicyError> {
        let named = |name: &str| {
            if name.trim().is_empty() {
                return Err(self.error(at, format!("`{text}` names nothing")));
            }
            let glob = GlobBuilder::new(name).case_insensitive(true).build();
            let glob = glob.map_err(|e| self.error(at, e.to_string()))?.compile_matcher();
            Ok(Named { name: name.to_owned(), glob })
        };
        match text.split_once(':') {
            Some(("check", name)) => Ok(Sort::Check(named(name)?)),
            Some(("deployment", name)) => Ok(Sort::Deployment(named(name)?)),
            Some(("approval", "human")) => Ok(Sort::HumanApproval),
            None if text == "junit" => Ok(Sort::TestReport),
            _ => {
                let known = ["check:NAME", "deployment:ENVIRONMENT", "junit", "approval:human"];
                Err(self.unknown(at, "evidence", text, &known))
            }
        }
    }

    /// `deadline`.
    pub(super) fn duration(&self, value: &Value<'_>) -> Result<SignedDuration, PolicyError> {
        let text = self.str(value, "deadline")?;
        let wrong = || {
            let problem =
                format!("`deadline` can't be {text:?}; write it as \"60m\" or \"2h\", up to \"168h\"");
            self.error(value.span().start, problem)
        };
        let duration: SignedDuration = text.parse().map_err(|_| wrong())?;
        if duration.is_negative() || duration > LONGEST { Err(wrong()) } else { Ok(duration) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    fn demands(text: &str) -> Result<Demands, String> {
        let policy = Policy::parse("gainsay.toml", &format!("[evidence]\n{text}\n"));
        policy.map(|policy| policy.evidence.demands).map_err(|e| e.to_string())
    }

    #[test]
    fn every_sort_of_evidence_is_read_and_the_default_deadline_is_an_hour() {
        let all = r#"require = ["check:e2e", "deployment:preview", "junit", "approval:human", "junit"]"#;
        let found = demands(all).unwrap();
        let texts: Vec<&str> = found.require.iter().map(|r| r.text.as_str()).collect();
        assert_eq!(texts, ["check:e2e", "deployment:preview", "junit", "approval:human"]);
        assert!(
            found.of_checks() && found.of_deployments() && found.of_test_reports() && found.of_approvals()
        );
        assert_eq!(found.deadline, SignedDuration::from_mins(60));
        assert!(Demands::default().require.is_empty() && !Demands::default().of_checks());
    }

    #[test]
    fn a_name_may_hold_colons_and_globs() {
        let found = demands(r#"require = ["check:ci/circleci: e2e *", "check:a:b"]"#).unwrap();
        let Sort::Check(glob) = &found.require[0].sort else { panic!() };
        assert!(glob.is("ci/circleci: e2e (node 20)") && !glob.is("ci/circleci: unit"));
        let Sort::Check(name) = &found.require[1].sort else { panic!() };
        assert!(name.is("a:b") && name.is("A:B") && !name.is("a"));
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, minutes) in [("90m", 90), ("2h", 120), ("1h 30m", 90), ("45 minutes", 45), ("0s", 0)] {
            let found = demands(&format!("deadline = \"{text}\"")).unwrap();
            assert_eq!(found.deadline, SignedDuration::from_mins(minutes), "{text}");
        }
        for text in ["\"60\"", "\"-5m\"", "\"soon\"", "\"169h\"", "\"\"", "60"] {
            let error = demands(&format!("\ndeadline = {text}")).unwrap_err();
            assert!(error.starts_with("gainsay.toml:3: `deadline`"), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_required_is_an_error_with_its_line() {
        let near = demands("require = [\n  \"approval:humans\"]").unwrap_err();
        assert_eq!(
            near,
            "gainsay.toml:3: unknown evidence `approval:humans`; did you mean `approval:human`?"
        );
        for text in ["approval", "approval:bot", "check:", "deployment: ", "coverage", "check"] {
            assert!(demands(&format!("require = [\"{text}\"]")).is_err(), "{text}");
        }
        assert!(demands("require = \"junit\"").unwrap_err().ends_with("`require` must be a list"));
        assert!(demands("required = []").unwrap_err().ends_with("did you mean `require`?"));
    }
}
