//! Verdicts made by hand: what a person sees most, and what an attacker would like to show.

use std::collections::BTreeMap;

use gainsay::authorship::{Authorship, Signal, SignalKind};
use gainsay::change::{Waiver, WaiverSource};
use gainsay::checks::{Disclosure, Finding, REGISTRY, Rule};
use gainsay::claims::{
    Claim, ClaimKind, CoverageClaim, Covered, Judged, Metric, Part, Percent, Source, Standing,
};
use gainsay::ids::{Fingerprint, RepoPath, Sha};
use gainsay::span::{Location, Side};
use gainsay::undecided::Undecided;
use gainsay::verdict::{Awaited, Matter, Required, Ruling, State, Verdict};
use gainsay::waiver::{Hold, Waived};
use jiff::civil::date;

pub(crate) fn rule(id: &str) -> &'static Rule {
    REGISTRY.iter().map(|check| check.rule()).find(|rule| rule.id == id).unwrap()
}

pub(crate) fn path(text: &str) -> RepoPath {
    text.parse().unwrap()
}

fn sha(digit: &str) -> Sha {
    digit.repeat(40).parse().unwrap()
}

pub(crate) fn bare(ruling: Ruling) -> Verdict {
    Verdict {
        ruling,
        base: sha("b"),
        head: sha("c"),
        text: "1".repeat(32),
        policy: "2".repeat(32),
        ruleset: "0.1.0+01234567".into(),
        author: Authorship::default(),
        claims: Vec::new(),
        findings: Vec::new(),
        undecided: Vec::new(),
        waived: BTreeMap::new(),
        checked: REGISTRY.iter().map(|check| check.rule().id).collect(),
        required: Vec::new(),
        waiting: Vec::new(),
        unjudged: None,
    }
}

fn body(line: usize) -> Source {
    Source { part: Part::Body, line }
}

fn claim(kind: ClaimKind, quote: &str, line: usize, standing: Standing, because: &str) -> (Claim, Judged) {
    (Claim { kind, quote: quote.into(), at: body(line) }, Judged { standing, because: because.into() })
}

const BASE: &str = "{\n  \"jest\": {\n    \"collectCoverageFrom\": [\"src/**/*.js\"]\n  }\n}\n";
const HEAD: &str = "{\n  \"jest\": {\n    \"collectCoverageFrom\": [\n      \"src/math.js\",\n      \"src/format.js\"\n    ]\n  }\n}\n";

fn marked(side: Side, file: &str, source: &str, words: &str) -> Location {
    let at = source.find(words).unwrap();
    Location::bytes(side, &path(file), source, at..at + words.len())
}

/// The story that everything began with, a disclosed matter beside it, and a note.
pub(crate) fn blocked() -> Verdict {
    let mut verdict = bare(Ruling::Blocked);
    verdict.author = Authorship {
        agent: Some("claude-code".into()),
        model: Some("Claude Opus 4.5".into()),
        signals: vec![Signal { kind: SignalKind::Trailer, value: "Co-Authored-By: Claude".into() }],
    };
    let all = vec![Metric::Statements, Metric::Branches, Metric::Functions, Metric::Lines];
    verdict.claims = vec![
        claim(
            ClaimKind::Coverage(CoverageClaim {
                now: Percent { value: 100.0, decimals: 0 },
                before: None,
                metrics: all,
                of: Covered::Unsaid,
                in_words: false,
            }),
            "100% coverage across statements, branches, functions and lines",
            7,
            Standing::Contradicted,
            "the files that base measured stand at 41.2 % of lines, by coverage/lcov.info",
        ),
        claim(
            ClaimKind::TestsAdded { count: Some(3), of: None },
            "Adds 3 tests for the formatter",
            4,
            Standing::Supported,
            "tests/format.test.js has 3 tests that base does not have",
        ),
        claim(
            ClaimKind::TestsPass { passed: None, command: None },
            "All tests pass",
            8,
            Standing::Unproven,
            "no test report was handed in",
        ),
    ];
    let narrowed =
        marked(Side::Head, "package.json", HEAD, "[\n      \"src/math.js\",\n      \"src/format.js\"\n    ]");
    let before = marked(Side::Base, "package.json", BASE, "[\"src/**/*.js\"]");
    let gone = "9 files left the set that coverage measures";
    verdict.findings = vec![
        Finding::new(rule("coverage-narrowed"), narrowed.label("2 files are measured"), gone, "nine files")
            .related(before.label("11 files were measured"))
            .explain(
                "At base, jest measures every file in `src`: 11 of them. At head it measures 2, both at 100 %. The \
                 other 9 no longer count, among them src/billing.js, src/session.js and src/upload.js.\nOver the \
                 11 files, lines stand at 41.2 %.",
            )
            .gainsays(Some(0)),
        Finding::new(
            rule("secret-leaked"),
            Location::lines(Side::Head, &path("src/client.js"), 12, 12).label("a GitHub token"),
            "a GitHub token stands in src/client.js",
            "token",
        )
        .explain("Its checksum is right, so it is a real one. Anyone who can read the repository can use it."),
        Finding::new(
            rule("test-skipped"),
            marked(Side::Head, "tests/upload.test.js", "it.skip('resumes', async () => {\n", "it.skip").label("skipped"),
            "the test \"resumes\" no longer runs",
            "resumes",
        )
        .explain("It ran at base.")
        .note(),
    ];
    verdict.findings[1].disclosed = Some(Disclosure {
        quote: "The token in src/client.js is a placeholder for now.".into(),
        at: body(11),
    });
    verdict.undecided = vec![matter(
        "coverage-narrowed",
        Undecided::new("is made by a function call, which is not resolved")
            .at(&path("packages/ui/jest.config.js")),
    )];
    verdict
}

fn matter(rule: &'static str, undecided: Undecided) -> Matter {
    let fingerprint = Fingerprint::over(&[rule, &undecided.why]);
    Matter { rule, undecided, fingerprint }
}

fn waived(
    fingerprint: &Fingerprint,
    source: WaiverSource,
    reason: &str,
    hold: Hold,
) -> (Fingerprint, Waived) {
    let dated = hold != Hold::Holds || source == WaiverSource::Comment;
    let at =
        (!matches!(source, WaiverSource::Policy { .. })).then(|| "2026-11-21T10:00:00Z".parse().unwrap());
    let waiver = Waiver {
        fingerprint: fingerprint.clone(),
        reason: reason.into(),
        by: at.map(|_| "robin".to_owned()),
        source,
        at,
        until: dated.then(|| date(2026, 12, 31)),
    };
    (fingerprint.clone(), Waived { waiver, hold })
}

/// All that blocked was accepted: in a comment and in the policy. A note's waiver has lapsed.
pub(crate) fn accepted() -> Verdict {
    let mut verdict = blocked();
    verdict.ruling = Ruling::Pass;
    let policy = WaiverSource::Policy { file: ".github/gainsay.toml".into(), line: 7 };
    let prints: Vec<Fingerprint> = verdict.findings.iter().map(|f| f.fingerprint.clone()).collect();
    verdict.waived = BTreeMap::from([
        waived(&prints[0], WaiverSource::Comment, "The rest is generated, see OPS-12.", Hold::Holds),
        waived(&prints[1], policy, "a key of the documentation's sandbox", Hold::Holds),
        waived(&prints[2], WaiverSource::Comment, "for the release", Hold::Lapsed),
    ]);
    verdict
}

/// One block was accepted and one waiver has lapsed.
pub(crate) fn half_accepted() -> Verdict {
    let mut verdict = blocked();
    let prints: Vec<Fingerprint> = verdict.findings.iter().map(|f| f.fingerprint.clone()).collect();
    verdict.waived = BTreeMap::from([
        waived(&prints[0], WaiverSource::Button, "accepted with the button on the check run", Hold::Holds),
        waived(&prints[1], WaiverSource::Comment, "rotated next week", Hold::Lapsed),
    ]);
    verdict
}

/// A person looked at what could not be judged.
pub(crate) fn undecided_accepted() -> Verdict {
    let mut verdict = undecided();
    verdict.ruling = Ruling::Pass;
    let fingerprint = verdict.undecided[0].fingerprint.clone();
    verdict.waived =
        BTreeMap::from([waived(&fingerprint, WaiverSource::Comment, "read it: the same files", Hold::Holds)]);
    verdict
}

/// An honest change.
pub(crate) fn passed() -> Verdict {
    let mut verdict = bare(Ruling::Pass);
    verdict.claims = vec![
        claim(
            ClaimKind::DocsOnly,
            "Only documentation changes",
            1,
            Standing::Supported,
            "all 2 changed files are documentation",
        ),
        claim(
            ClaimKind::TestsPass { passed: Some(212), command: None },
            "212 tests pass",
            3,
            Standing::Supported,
            "junit.xml counts 212 passed, 0 failed",
        ),
    ];
    verdict
}

/// A configuration that the change made unreadable.
pub(crate) fn undecided() -> Verdict {
    let mut verdict = bare(Ruling::Undecided);
    let why = "the coverage settings are now computed by a function call, which can't be resolved; write them out or let a person approve";
    verdict.undecided = vec![
        matter("coverage-narrowed", Undecided::new(why).at(&path("vitest.config.ts")).decisive()),
        matter(
            "patch-broken",
            Undecided::new("has 9000000 bytes; files over 8388608 bytes are not read")
                .at(&path("dist/bundle.js")),
        ),
    ];
    verdict
}

fn required(evidence: &str, state: State, because: &str) -> Required {
    Required { evidence: evidence.into(), state, because: because.into() }
}

fn awaited(evidence: &str, because: &str) -> Awaited {
    Awaited { evidence: evidence.into(), because: because.into() }
}

/// Evidence is awaited: some that policy requires, and a run that a claim is set against.
pub(crate) fn waiting() -> Verdict {
    let mut verdict = passed();
    verdict.ruling = Ruling::Undecided;
    let approval = "no person with write access who wrote none of it has approved this commit";
    verdict.required = vec![
        required("check:e2e", State::Met, "`e2e` succeeded on this commit"),
        required("approval:human", State::Awaited, approval),
    ];
    verdict.waiting = vec![
        awaited("approval:human", approval),
        awaited("check:unit tests", "`unit tests` is still running"),
    ];
    verdict
}

/// The deadline passed, and nothing but missing evidence blocks.
pub(crate) fn lacking() -> Verdict {
    let mut verdict = passed();
    verdict.ruling = Ruling::Blocked;
    verdict.required = vec![
        required("check:e2e", State::Missing, "this commit has no check run or status called `e2e`"),
        required(
            "deployment:preview",
            State::Refused,
            "the deployment of this commit to `Preview` ended as failure",
        ),
        required("approval:human", State::Unseen, "only the App can see it, and asks for it on GitHub"),
    ];
    verdict
}

/// Every text of others holds `evil`.
pub(crate) fn hostile(evil: &str, mark: (usize, usize)) -> Verdict {
    let mut verdict = bare(Ruling::Blocked);
    let file: RepoPath = evil.replace(['\0', '/'], "_").parse().unwrap_or_else(|_| path("x"));
    verdict.author.agent = Some(evil.to_owned());
    verdict.claims = vec![claim(ClaimKind::DocsOnly, evil, 1, Standing::Contradicted, evil)];
    let place = |side| {
        let mut at = Location::file(side, &file).label(evil);
        at.excerpt = Some(gainsay::span::Excerpt { first_line: mark.0 % 50, text: evil.to_owned(), mark });
        at
    };
    let finding = |at: Location| Finding::new(rule("coverage-narrowed"), at, evil, evil).explain(evil);
    verdict.findings = vec![
        finding(place(Side::Head)).related(place(Side::Base)).related(place(Side::Head)).gainsays(Some(0)),
        finding(Location::lines(Side::Base, &file, mark.0, mark.1).label(evil))
            .related(Location::file(Side::Head, &file).label(evil)),
        finding(place(Side::Base)).gainsays(Some(7)).note(),
    ];
    verdict.required = vec![required(evil, State::Missing, evil), required(evil, State::Met, evil)];
    verdict.waiting = vec![awaited(&format!("check:{evil}"), evil)];
    verdict.findings[0].disclosed = Some(Disclosure { quote: evil.to_owned(), at: body(0) });
    verdict.undecided = vec![
        matter("patch-broken", Undecided::new(evil).at(&file)),
        matter("policy", Undecided::new(evil).decisive()),
    ];
    let policy = WaiverSource::Policy { file: evil.to_owned(), line: mark.0 };
    verdict.waived = BTreeMap::from([
        waived(&verdict.findings[1].fingerprint, WaiverSource::Comment, evil, Hold::Lapsed),
        waived(&verdict.undecided[0].fingerprint, WaiverSource::Comment, evil, Hold::Holds),
        waived(&verdict.undecided[1].fingerprint, policy, evil, Hold::Lapsed),
    ]);
    for waived in verdict.waived.values_mut() {
        waived.waiver.by = Some(evil.to_owned());
    }
    verdict
}
