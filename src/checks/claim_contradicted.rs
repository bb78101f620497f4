//! The text says what the evidence refutes.

use std::collections::{BTreeSet, HashSet};

use crate::change::Change;
use crate::checks::refuted::{self, part, words};
use crate::checks::{Check, Examination, Needs, Rule, Wanted};
use crate::claims::{self, Claim, ClaimKind, Claims, Covered, Dependency, Part, Source, Standing, Unread};
use crate::read::coverage_report;
use crate::span::Side;
use crate::undecided::Undecided;

static RULE: Rule = Rule::new("claim-contradicted", include_str!("../../rules/claim-contradicted.md"));

/// `claim-contradicted`; its page tells the rest.
pub(super) struct ClaimContradicted;

impl Check for ClaimContradicted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed("**");
        for glob in claims::files_at_base() {
            needs.side(Side::Base, glob);
        }
        coverage_report::NEEDS.into_iter().for_each(|glob| needs.both(glob));
        needs.side(Side::Head, ".github/workflows/*.{yml,yaml}");
        needs.check_results();
        needs.later(|change| Wanted { head: claims::inventoried(change), ..Wanted::default() });
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let mut said = HashSet::new();
        // What was done to files and symbols is told by `patch-unlanded`.
        let weighed = claims::weigh_those(change, claims, |kind| !kind.is_deed());
        let fallen: Vec<_> = weighed
            .into_iter()
            .filter(|(_, weighed)| weighed.judged.standing == Standing::Contradicted)
            .map(|(id, weighed)| (id, &claims.list[id], weighed))
            .collect();
        let told: BTreeSet<_> = fallen
            .iter()
            .filter(|(_, claim, _)| !is_run(claim))
            .map(|(_, claim, _)| sentence(claim))
            .collect();
        for (id, claim, weighed) in fallen {
            // "`npm test` passes" falls as a whole: what the command was to show says more than that it ran.
            if is_run(claim) && told.contains(&sentence(claim)) {
                continue;
            }
            // A body that repeats its commit's message says one thing, not two.
            if said.insert(words(claim)) {
                let headline = headline(&claim.kind, &weighed.judged.because);
                let finding = refuted::finding(&RULE, change, claim, weighed, headline);
                examination.findings.extend(finding.map(|finding| finding.gainsays(Some(id))));
            }
        }
        examination.undecided.extend(claims.cut.iter().map(cut));
        examination.undecided.extend(claims.unread.iter().map(unread));
        examination.undecided.extend(claims::unread_reports(change));
        let not_counted = change.evidence.stale(&change.head_sha);
        let missing = change.evidence.unread.iter().cloned();
        examination.undecided.extend(not_counted.into_iter().chain(missing).map(Undecided::new));
        examination
    }
}

fn is_run(claim: &Claim) -> bool {
    matches!(claim.kind, ClaimKind::Ran(_))
}

fn sentence(claim: &Claim) -> (&Source, &str) {
    (&claim.at, &claim.quote)
}

fn headline(kind: &ClaimKind, because: &str) -> String {
    match kind {
        ClaimKind::Coverage(claim) => {
            let figure =
                if claim.in_words { "full".to_owned() } else { format!("{} %", claim.now.written()) };
            match &claim.of {
                Covered::Named(names) => {
                    format!(
                        "{figure} coverage of `{}` is claimed, and the report says otherwise",
                        names.join("`, `")
                    )
                }
                Covered::Changed => {
                    format!("{figure} coverage of the changed lines is claimed, and the report says less")
                }
                _ if claim.before.is_some() => {
                    format!("a change of coverage to {figure} is claimed, and the report says otherwise")
                }
                _ => format!("{figure} coverage is claimed, and the report says less"),
            }
        }
        ClaimKind::TestsPass { passed: Some(n), .. } if because.contains("the tree holds") => {
            format!("{n} tests are said to pass, and there are not so many")
        }
        ClaimKind::TestsPass { .. } => "the tests are said to pass, and some failed or never ran".to_owned(),
        ClaimKind::TestsAdded { count: Some(n), .. } if because.contains("way of counting") => {
            format!("{n} tests are said to be added, and the change holds fewer")
        }
        ClaimKind::TestsAdded { of: Some(_), .. } if because.contains("mentions") => {
            "tests of something are said to be added, and none of them mentions it".to_owned()
        }
        ClaimKind::TestsUnchanged => {
            "the existing tests are said to be unchanged, and some changed".to_owned()
        }
        ClaimKind::TestsKept => "no test is said to be gone, and one is".to_owned(),
        ClaimKind::TestsAdded { .. } => "tests are said to be added, and the change holds none".to_owned(),
        ClaimKind::DocsOnly => "only documentation is said to change, and code changed".to_owned(),
        ClaimKind::NoNewDependencies => "no dependency is said to be new, and one is".to_owned(),
        ClaimKind::LintPasses => "the linter is said to pass, and it failed".to_owned(),
        ClaimKind::TypesPass => "the types are said to check, and they don't".to_owned(),
        ClaimKind::Builds => "it is said to build, and the build failed".to_owned(),
        ClaimKind::Ran(command) => format!("`{command}` is said to have succeeded, and it failed"),
        ClaimKind::TestsOnly => "only tests are said to change, and code changed".to_owned(),
        ClaimKind::Size(_) => "the change is said to be of another size than it is".to_owned(),
        ClaimKind::Dependency(Dependency::Added(name)) => {
            format!("the dependency {name} is said to be added, and is not")
        }
        ClaimKind::Dependency(Dependency::Removed(name)) => {
            format!("the dependency {name} is said to be removed, and is still there")
        }
        ClaimKind::Dependency(Dependency::Bumped { name, to, .. }) => {
            format!("{name} is said to be at {to}, and is not")
        }
        ClaimKind::MigrationIncluded => "a migration is said to be included, and none is".to_owned(),
        ClaimKind::Added(_)
        | ClaimKind::Changed(_)
        | ClaimKind::Removed(_)
        | ClaimKind::Renamed { .. }
        | ClaimKind::Replaced { .. }
        | ClaimKind::VerifiedByHand
        | ClaimKind::NoBreakingChange
        | ClaimKind::BackwardCompatible
        | ClaimKind::BehaviourUnchanged
        | ClaimKind::Fixes(_)
        | ClaimKind::Faster => "the evidence says otherwise".to_owned(),
    }
}

fn unread(line: &Unread) -> Undecided {
    let (part, at) = (part(&line.at.part), line.at.line);
    Undecided::new(format!("the line `{}` in {part}, line {at}, {}", line.quote, line.why))
}

fn cut(of: &Part) -> Undecided {
    let why =
        format!("{} is longer than 256 KiB or makes more than 500 claims; the rest was not read", part(of));
    Undecided::new(why)
}
