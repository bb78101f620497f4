//! The text says what the evidence refutes.

use std::collections::{BTreeSet, HashSet};

use crate::change::Change;
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::{
    self, Claim, ClaimKind, Claims, Covered, Dependency, Part, Source, Standing, Subject, Unread, Weighed,
};
use crate::ids::{Fingerprint, RepoPath};
use crate::read::coverage_report;
use crate::span::{Location, Side};
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
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let weighed = claims::weigh_with_places(change, claims);
        let mut said = HashSet::new();
        let fallen: Vec<_> = claims
            .list
            .iter()
            .zip(weighed)
            .enumerate()
            .filter(|(_, (_, weighed))| weighed.judged.standing == Standing::Contradicted)
            .collect();
        let told: BTreeSet<_> = fallen
            .iter()
            .filter(|(_, (claim, _))| !is_run(claim))
            .map(|(_, (claim, _))| sentence(claim))
            .collect();
        for (id, (claim, weighed)) in fallen {
            // "`npm test` passes" falls as a whole: what the command was to show says more than that it ran.
            if is_run(claim) && told.contains(&sentence(claim)) {
                continue;
            }
            // A body that repeats its commit's message says one thing, not two.
            if said.insert(words(claim)) {
                let finding = finding(change, claim, weighed);
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

fn finding(change: &Change, claim: &Claim, weighed: Weighed) -> Option<Finding> {
    let because = weighed.judged.because;
    let matter = format!("{} {because}", words(claim));
    let stands_in = weighed.place.is_none();
    let place = weighed.place.or_else(|| somewhere(change))?;
    let explanation =
        format!("{} says \"{}\", but {because}.", part(&claim.at.part), claim.quote.trim_end_matches('.'));
    let mut finding = Finding::new(&RULE, place, headline(&claim.kind), &matter).explain(explanation);
    if stands_in {
        // Another file may stand in for the words after the next push; the matter is the same.
        let words_path: RepoPath = "the pull request's words".parse().expect("the words are a sound path");
        finding.fingerprint = Fingerprint::of(RULE.id, &words_path, &matter);
    }
    Some(finding)
}

/// Evidence from outside the tree has no file: the change's first one stands for it, or any at all.
fn somewhere(change: &Change) -> Option<Location> {
    let changed = change.files.first().map(|file| {
        let side = if file.head.is_some() { Side::Head } else { Side::Base };
        Location::file(side, file.path())
    });
    changed.or_else(|| change.head.paths().next().map(|path| Location::file(Side::Head, path)))
}

fn headline(kind: &ClaimKind) -> String {
    let named = |subject: &Subject| match subject {
        Subject::File(name) | Subject::Symbol(name) => format!("`{name}`"),
    };
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
        ClaimKind::TestsPass { .. } => "the tests are said to pass, and some failed or never ran".to_owned(),
        ClaimKind::TestsAdded { .. } => "tests are said to be added, and the change holds none".to_owned(),
        ClaimKind::DocsOnly => "only documentation is said to change, and code changed".to_owned(),
        ClaimKind::Added(subject) => format!("{} is said to be added, and is not there", named(subject)),
        ClaimKind::Removed(subject) => {
            format!("{} is said to be removed, and is still there", named(subject))
        }
        ClaimKind::Renamed { from, to } => {
            format!("{} is said to be renamed to {}, and is not", named(from), named(to))
        }
        ClaimKind::NoNewDependencies => "no dependency is said to be new, and one is".to_owned(),
        ClaimKind::LintPasses => "the linter is said to pass, and it failed".to_owned(),
        ClaimKind::TypesPass => "the types are said to check, and they don't".to_owned(),
        ClaimKind::Builds => "it is said to build, and the build failed".to_owned(),
        ClaimKind::Ran(command) => format!("`{command}` is said to have succeeded, and it failed"),
        ClaimKind::TestsOnly => "only tests are said to change, and code changed".to_owned(),
        ClaimKind::Size(_) => "the change is said to be of another size than it is".to_owned(),
        ClaimKind::Changed(subject) => format!("{} is said to be changed, and is as it was", named(subject)),
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
        ClaimKind::VerifiedByHand
        | ClaimKind::NoBreakingChange
        | ClaimKind::BackwardCompatible
        | ClaimKind::BehaviourUnchanged
        | ClaimKind::Fixes(_)
        | ClaimKind::Faster => "the evidence says otherwise".to_owned(),
    }
}

fn part(part: &Part) -> String {
    match part {
        Part::Title => "the title".to_owned(),
        Part::Body => "the body".to_owned(),
        Part::Commit(sha) => format!("commit {}", sha.short()),
    }
}

fn words(claim: &Claim) -> String {
    let quote = claim.quote.to_lowercase();
    let words: Vec<&str> = quote.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    format!("{:?} {}", claim.kind, words.join(" "))
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
