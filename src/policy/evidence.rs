//! `[evidence]` of a policy: what check runs measure, and which files of a workflow's artifacts are reports.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::PolicyError;
use super::demands::Demands;
use super::reader::{Reader, Value};
use crate::change::{CheckKind, CheckKinds};

/// Where tools put their reports when nobody tells them otherwise.
const REPORTS: [&str; 14] = [
    "**/junit*.xml",
    "**/*junit.xml",
    "**/TEST-*.xml",
    "**/*.trx",
    "**/*.tap",
    "**/{test-results,test-reports,surefire-reports}/**/*.xml",
    "**/{test-results,test-report,test-output,results}.{xml,json,jsonl}",
    "**/coverage*.{xml,json,info,out,txt}",
    "**/*lcov*.info",
    "**/lcov.info",
    "**/cobertura*.xml",
    "**/jacoco*.xml",
    "**/clover.xml",
    "**/.resultset.json",
];

/// What a policy says of evidence.
#[derive(Debug, Clone)]
pub struct EvidencePolicy {
    /// What each check run measures, by its name.
    pub checks: CheckKinds,
    /// The files of workflow artifacts that are read as reports.
    pub reports: GlobSet,
    /// Whether the policy itself names them.
    pub names_reports: bool,
    /// What must be there before a merge.
    pub demands: Demands,
}

impl Default for EvidencePolicy {
    fn default() -> Self {
        let mut set = GlobSetBuilder::new();
        for glob in REPORTS {
            let glob = GlobBuilder::new(glob).case_insensitive(true).build();
            set.add(glob.expect("a literal glob is sound"));
        }
        let reports = set.build().expect("the literal globs fit one set");
        Self { checks: CheckKinds::default(), reports, names_reports: false, demands: Demands::default() }
    }
}

impl Reader<'_> {
    /// Reads the table `evidence`.
    pub(super) fn evidence(&self, value: &Value<'_>) -> Result<EvidencePolicy, PolicyError> {
        let table = value.get_ref().as_table();
        let table =
            table.ok_or_else(|| self.error(value.span().start, "`evidence` must be a table".into()))?;
        let mut policy = EvidencePolicy::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "checks" => policy.checks = self.check_kinds(value)?,
                "reports" => {
                    let mut set = GlobSetBuilder::new();
                    for (text, at) in self.strings(value, "reports")? {
                        set.add(Glob::new(text).map_err(|e| self.error(at, e.to_string()))?);
                    }
                    policy.reports =
                        set.build().map_err(|e| self.error(value.span().start, e.to_string()))?;
                    policy.names_reports = true;
                }
                "require" => policy.demands.require = self.requirements(value)?,
                "deadline" => policy.demands.deadline = self.duration(value)?,
                other => {
                    let known = ["checks", "reports", "require", "deadline"];
                    return Err(self.unknown(key.span().start, "key", other, &known));
                }
            }
        }
        Ok(policy)
    }

    fn check_kinds(&self, value: &Value<'_>) -> Result<CheckKinds, PolicyError> {
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| self.error(value.span().start, "`checks` must be a table".into()))?;
        let mut kinds = CheckKinds::default();
        for (key, value) in table {
            let known = CheckKind::NAMES.map(|(name, _)| name);
            let kind = CheckKind::NAMES.iter().find(|(name, _)| *name == key.get_ref().as_ref());
            let Some((name, kind)) = kind else {
                return Err(self.unknown(key.span().start, "kind of check", key.get_ref(), &known));
            };
            for (pattern, at) in self.strings(value, name)? {
                kinds.add(pattern, *kind).map_err(|why| self.error(at, why))?;
            }
        }
        Ok(kinds)
    }

    fn strings<'v>(&self, value: &'v Value<'_>, key: &str) -> Result<Vec<(&'v str, usize)>, PolicyError> {
        let list = value.get_ref().as_array();
        let list = list.ok_or_else(|| self.error(value.span().start, format!("`{key}` must be a list")))?;
        list.iter().map(|item| Ok((self.str(item, key)?, item.span().start))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Policy;
    use super::*;

    #[test]
    fn names_of_checks_get_their_kinds_and_reports_their_globs() {
        let text = "[evidence]\nreports = [\"out/*.xml\"]\n[evidence.checks]\ntests = [\"verify*\"]\nother = [\"test drive\"]\n";
        let evidence = Policy::parse("gainsay.toml", text).unwrap().evidence;
        assert_eq!(evidence.checks.of("verify (linux)"), CheckKind::Tests);
        assert_eq!(evidence.checks.of("test drive"), CheckKind::Other);
        assert!(evidence.reports.is_match("out/a.xml") && !evidence.reports.is_match("junit.xml"));
        let usual = EvidencePolicy::default().reports;
        for path in
            ["junit.xml", "a/TEST-Shop.xml", "a/b.trx", "target/surefire-reports/x.xml", "coverage/lcov.info"]
        {
            assert!(usual.is_match(path), "{path}");
        }
        assert!(!usual.is_match("pom.xml") && !usual.is_match("package.json"));
    }

    #[test]
    fn what_is_misspelt_there_is_an_error() {
        let problem = |text: &str| Policy::parse("gainsay.toml", text).unwrap_err().to_string();
        assert_eq!(
            problem("[evidence]\nreport = []\n"),
            "gainsay.toml:2: unknown key `report`; did you mean `reports`?"
        );
        assert_eq!(
            problem("[evidence.checks]\ntest = [\"a\"]\n"),
            "gainsay.toml:2: unknown kind of check `test`; did you mean `tests`?"
        );
        assert!(problem("[evidence]\nreports = [\"a[\"]\n").starts_with("gainsay.toml:2: "));
        assert!(problem("evidence = 3\n").ends_with("`evidence` must be a table"));
    }
}
