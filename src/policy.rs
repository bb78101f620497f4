//! The policy: what a repository's own people decided, read from the base branch and never from head.

pub mod approval;
mod demands;
mod evidence;
mod reader;
mod required;
mod waiting;
mod waivers;

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobSet;
use sha2::{Digest, Sha256};
use toml::de::DeTable;

use crate::authorship::Authorship;
use crate::change::{Change, Recent, Waiver};
use crate::checks::{Finding, Level, REGISTRY, Report, Rule};
use crate::claims::{Claim, Judged};
use crate::ids::{Fingerprint, RepoPath};
use crate::verdict::{Awaited, Matter, Ruling, Verdict};
use crate::vocabularies;
use crate::waiver::{self, Waived};

pub use demands::{Demands, Requirement, Sort};
pub use evidence::EvidencePolicy;
use reader::Reader;

/// Where a policy may stand, in the order in which they are looked for.
pub const PATHS: [&str; 2] = [".github/gainsay.toml", "gainsay.toml"];

/// Whose pull requests are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Every pull request.
    Everyone,
    /// Only those with a proving signal of an agent.
    Agents,
}

/// What an undecided matter that the pull request changed does to the merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUndecided {
    /// The ruling is undecided, which holds the merge until a person looks.
    Hold,
    /// It is shown and holds nothing.
    Show,
}

/// When the verdict is shown in a comment on the pull request, beside the check run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CommentPolicy {
    /// Never.
    #[default]
    Never,
    /// From the first verdict on that holds the merge.
    Blocked,
    /// From the first verdict on.
    Always,
}

/// What policy says of one rule.
#[derive(Debug, Clone)]
pub struct RulePolicy {
    /// The heaviest level of its findings; `None` switches it off, which the verdict shows by leaving it out of the
    /// checked rules. A rule whose own level is a note blocks where this says so.
    pub level: Option<Level>,
    /// Paths of which it says nothing.
    pub ignore: GlobSet,
    /// Of `patch-reverts`: how many days before the base work counts as recent.
    pub days: Option<u32>,
}

/// The rule that looks at recent work.
const REVERTS: &str = "patch-reverts";

/// The policy in force.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whose pull requests are judged.
    pub subject: Subject,
    /// What undecided does.
    pub undecided: OnUndecided,
    /// Paths that no rule judges.
    pub ignore: GlobSet,
    /// Rules with words of their own.
    pub rules: BTreeMap<&'static str, RulePolicy>,
    /// What counts as evidence, and which must be there before a merge.
    pub evidence: EvidencePolicy,
    /// Whether the verdict is shown in a comment too.
    pub comment: CommentPolicy,
    /// What is accepted in every pull request.
    pub waivers: Vec<Waiver>,
    /// A hash of the policy's text; of the empty text where there is none.
    pub hash: String,
}

/// A policy that can't be obeyed: the file, the line, what is wrong and what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct PolicyError {
    /// The policy file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and the remedy.
    pub problem: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            subject: Subject::Everyone,
            undecided: OnUndecided::Hold,
            ignore: GlobSet::empty(),
            rules: BTreeMap::new(),
            evidence: EvidencePolicy::default(),
            comment: CommentPolicy::Never,
            waivers: Vec::new(),
            hash: hash_of(""),
        }
    }
}

impl Policy {
    /// Reads a policy. Every unknown key, rule or value is an error: a typing slip must not loosen the gate.
    pub fn parse(file: &str, text: &str) -> Result<Self, PolicyError> {
        let reader = Reader { file, text };
        let table = DeTable::parse(text).map_err(|e| {
            let at = e.span().map_or(0, |s| s.start);
            reader.error(at, e.message().to_owned())
        })?;
        let mut policy = Self { hash: hash_of(text), ..Self::default() };
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "subject" => {
                    let choices = [("everyone", Subject::Everyone), ("agents", Subject::Agents)];
                    policy.subject = reader.choice(value, "subject", &choices)?;
                }
                "undecided" => {
                    let choices = [("hold", OnUndecided::Hold), ("show", OnUndecided::Show)];
                    policy.undecided = reader.choice(value, "undecided", &choices)?;
                }
                "comment" => {
                    let choices = [
                        ("never", CommentPolicy::Never),
                        ("blocked", CommentPolicy::Blocked),
                        ("always", CommentPolicy::Always),
                    ];
                    policy.comment = reader.choice(value, "comment", &choices)?;
                }
                "ignore" => policy.ignore = reader.globs(value)?,
                "evidence" => policy.evidence = reader.evidence(value)?,
                "rules" => policy.rules = reader.rules(value)?,
                "waivers" => policy.waivers = reader.waivers(value)?,
                other => {
                    return Err(reader.unknown(
                        key.span().start,
                        "key",
                        other,
                        &["subject", "undecided", "comment", "ignore", "evidence", "rules", "waivers"],
                    ));
                }
            }
        }
        Ok(policy)
    }

    /// Reads the policy that stands at a commit, of which `read` gives the files; the default one where there is none.
    pub fn find<E: From<PolicyError>>(
        mut read: impl FnMut(&RepoPath) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        for path in PATHS {
            let path = path.parse().expect("a constant path is sound");
            if let Some(bytes) = read(&path)? {
                return Ok(Self::decode(&path, &bytes)?);
            }
        }
        Ok(Self::default())
    }

    /// Reads a policy from the bytes of a file.
    pub fn decode(file: &RepoPath, bytes: &[u8]) -> Result<Self, PolicyError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(file.as_str(), text),
            Err(e) => {
                let line = memchr::memchr_iter(b'\n', &bytes[..e.valid_up_to()]).count() + 1;
                Err(PolicyError { file: file.to_string(), line, problem: "is not UTF-8 text".to_owned() })
            }
        }
    }

    /// Turns a report into the verdict: levels, ignored paths, whose pull requests count.
    pub fn judge(
        &self,
        change: &Change,
        author: Authorship,
        claims: Vec<(Claim, Judged)>,
        report: Report,
    ) -> Verdict {
        let mut verdict = Verdict {
            ruling: Ruling::Pass,
            base: change.base_sha.clone(),
            head: change.head_sha.clone(),
            text: hash_of(&format!("{}\0{}", change.pr.title, change.pr.body)),
            policy: self.hash.clone(),
            ruleset: ruleset(),
            author,
            claims,
            findings: Vec::new(),
            undecided: Vec::new(),
            waived: BTreeMap::new(),
            checked: Vec::new(),
            required: Vec::new(),
            waiting: Vec::new(),
            unjudged: None,
        };
        if self.subject == Subject::Agents && verdict.author.agent.is_none() {
            let why = "this repository's policy judges agents' pull requests only, and nothing marks this one as \
                       an agent's";
            verdict.unjudged = Some(why.to_owned());
            verdict.claims.clear();
            return verdict;
        }
        verdict.findings = report.findings.into_iter().filter_map(|finding| self.weigh(finding)).collect();
        verdict.findings.sort_by_key(|f| std::cmp::Reverse(f.level));
        verdict.checked = report.checked.into_iter().filter(|id| self.level(id).is_some()).collect();
        verdict.undecided = report
            .undecided
            .into_iter()
            .filter(|(id, _)| self.level(id).is_some())
            .filter(|(id, u)| u.path.as_ref().is_none_or(|p| !self.ignores(id, p)))
            .map(|(id, undecided)| Matter::of(change, id, undecided))
            .collect();
        verdict.waived = self.waived(change, &verdict);
        verdict.required = self.evidence.demands.weigh(change);
        verdict.waiting = self.waiting(change, &verdict);
        verdict.ruling = self.ruling(&verdict);
        verdict
    }

    /// What was accepted of a verdict's matters, by the pull request's own waivers and by the policy's. A waiver of
    /// something else is no matter of this verdict, and required evidence has no fingerprint: it is there or it is not.
    fn waived(&self, change: &Change, verdict: &Verdict) -> BTreeMap<Fingerprint, Waived> {
        let findings = verdict.findings.iter().map(|finding| &finding.fingerprint);
        let matters = findings.chain(verdict.undecided.iter().map(|matter| &matter.fingerprint));
        let evidence = &change.evidence;
        let waived = |fingerprint: &Fingerprint| {
            let waivers = evidence.waivers.iter().chain(&self.waivers);
            Some((fingerprint.clone(), waiver::of(waivers, fingerprint, evidence.today)?))
        };
        matters.filter_map(waived).collect()
    }

    /// What the verdict waits for. One that blocks already waits for nothing, and for the sake of a claim it waits only
    /// where a contradicted claim would block.
    fn waiting(&self, change: &Change, verdict: &Verdict) -> Vec<Awaited> {
        if verdict.is_blocked() {
            return Vec::new();
        }
        let mut waiting: BTreeSet<Awaited> = waiting::of_requirements(&verdict.required).collect();
        if self.level("claim-contradicted") == Some(Level::Block) {
            waiting.extend(waiting::of_claims(change, &verdict.claims));
        }
        waiting.into_iter().collect()
    }

    /// How long before the base work counts as recent.
    pub fn recent(&self) -> Recent {
        self.rules.get(REVERTS).and_then(|rule| rule.days).map(Recent).unwrap_or_default()
    }

    /// The heaviest level that a rule's findings may have; nothing where it is switched off.
    fn level(&self, id: &str) -> Option<Level> {
        let own = || REGISTRY.iter().map(|check| check.rule()).find(|rule| rule.id == id).map(Rule::level);
        match self.rules.get(id) {
            Some(rule) => rule.level,
            None => Some(own().unwrap_or(Level::Block)),
        }
    }

    fn ignores(&self, id: &str, path: &RepoPath) -> bool {
        let path = path.as_str();
        self.ignore.is_match(path) || self.rules.get(id).is_some_and(|rule| rule.ignore.is_match(path))
    }

    /// A finding at the level that this policy gives it, where it counts at all.
    fn weigh(&self, mut finding: Finding) -> Option<Finding> {
        let ceiling = self.level(finding.rule.id)?;
        if finding.words.is_none() && self.ignores(finding.rule.id, &finding.primary.path) {
            return None;
        }
        // What is a note by its rule is one by nothing else, so a policy may say that it blocks.
        let is_raised = finding.rule.level() == Level::Note && ceiling == Level::Block;
        finding.level = if is_raised { ceiling } else { finding.level.min(ceiling) };
        Some(finding)
    }

    fn ruling(&self, verdict: &Verdict) -> Ruling {
        let blocking = |matter: &Matter| self.level(matter.rule) == Some(Level::Block);
        let held = self.undecided == OnUndecided::Hold && verdict.holding().any(blocking);
        if verdict.is_blocked() {
            Ruling::Blocked
        } else if held || !verdict.waiting.is_empty() {
            Ruling::Undecided
        } else {
            Ruling::Pass
        }
    }
}

/// The version of Gainsay with a hash of every rule's page and vocabulary: two verdicts of one ruleset are comparable.
pub fn ruleset() -> String {
    let pages = REGISTRY.iter().map(|check| check.rule().page);
    let texts: Vec<&str> = pages.chain(vocabularies::all()).collect();
    format!("{}+{}", env!("CARGO_PKG_VERSION"), &hash_of(&texts.join("\0"))[..8])
}

fn hash_of(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        Policy::parse("gainsay.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_names_its_line_and_the_nearest_key() {
        assert_eq!(
            problem("# ours\nsubjekt = \"agents\"\n"),
            "gainsay.toml:2: unknown key `subjekt`; did you mean `subject`?"
        );
    }

    #[test]
    fn an_unknown_value_is_an_error_and_not_the_default() {
        assert!(problem("undecided = \"hide\"").starts_with("gainsay.toml:1: unknown value of `undecided`"));
        assert!(problem("subject = 3").ends_with("`subject` must be a string"));
        assert!(problem("ignore = [\"a[\"]").starts_with("gainsay.toml:1: "));
    }

    #[test]
    fn the_first_policy_file_of_the_base_counts() {
        let at_root = |path: &RepoPath| -> Result<Option<Vec<u8>>, PolicyError> {
            Ok((path.as_str() == "gainsay.toml").then(|| b"subject = \"agents\"".to_vec()))
        };
        assert_eq!(Policy::find(at_root).unwrap().subject, Subject::Agents);
        assert_eq!(Policy::find(|_| Ok::<_, PolicyError>(None)).unwrap().subject, Subject::Everyone);
        let broken = Policy::find(|_| Ok::<_, PolicyError>(Some(b"# \n\xff".to_vec()))).unwrap_err();
        assert_eq!(broken.to_string(), ".github/gainsay.toml:2: is not UTF-8 text");
    }

    #[test]
    fn text_that_is_no_toml_names_its_line() {
        assert!(problem("a = 1\nb = = 2\n").starts_with("gainsay.toml:2: "));
    }
}
