//! The merge queue: what pull requests that passed alone come to together.

use std::time::Duration;

use gainsay::change::{Approval, Change, CheckResult, Outlook, Person, ReviewState};
use gainsay::github::{App, Group, Installation};
use gainsay::ids::PrNumber;
use gainsay::pipeline::{self, consider, consider_group};
use gainsay::policy::Policy;
use gainsay::verdict::{Ruling, State};

use crate::server::{measured, story};
use crate::world::{APP_ID, INSTALLATION, REPO, World, key, quick};

fn github(world: &World) -> Installation {
    let patience = quick(Duration::from_secs(30));
    App::new(&world.url(), APP_ID, &key::private().into(), patience)
        .unwrap()
        .installation(INSTALLATION)
        .unwrap()
}

async fn pull(github: &Installation, number: u64) -> Change {
    let repo = REPO.parse().unwrap();
    let pull = github.pull(&repo, PrNumber(number)).await.unwrap();
    github.change(&repo, &pull, &pipeline::needs()).await.unwrap()
}

async fn group(github: &Installation, head: &str) -> Group {
    let (repo, head) = (REPO.parse().unwrap(), head.parse().unwrap());
    let queued = github.queued(&repo, &head).await.unwrap().unwrap();
    assert_eq!(queued.branch, "main");
    github.group(&repo, &queued, &pipeline::needs()).await.unwrap()
}

fn with<'a>(files: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = files.iter().filter(|(path, _)| !more.iter().any(|(other, _)| other == path));
    kept.chain(more).copied().collect()
}

/// Only what lies in `src` and in `lib` is measured.
const BY_FOLDER: &str = r#"{"name": "app", "jest": {"collectCoverageFrom": ["{src,lib}/**/*.js"]}}"#;
const SRC_ONLY: &str = r#"{"name": "app", "jest": {"collectCoverageFrom": ["src/**/*.js"]}}"#;

#[tokio::test]
async fn two_that_pass_alone_and_clash_together_are_caught() {
    let world = World::start().await;
    let base = story(BY_FOLDER);
    // The one stops measuring a folder that holds nothing, the other moves a file there.
    let rewrites = world.pull("Tidy the coverage settings", "", &base, &story(SRC_ONLY));
    let moved = with(&base, &[("lib/half.js", "export const half = (a) => (a ? 1 : 2);\n")]);
    let moved: Vec<_> = moved.into_iter().filter(|(path, _)| *path != "src/half.js").collect();
    let moves = world.pull("Move half to lib", "", &base, &moved);
    let (github, policy) = (github(&world), Policy::default());
    for number in [rewrites, moves] {
        let verdict = consider(&pull(&github, number).await, &policy);
        assert_eq!(verdict.ruling, Ruling::Pass, "{number}: {:?}", verdict.findings);
    }
    let head = world.queue(&[rewrites, moves]);
    let group = group(&github, &head).await;
    assert_eq!(group.members, [PrNumber(rewrites), PrNumber(moves)]);
    assert_eq!(group.change.head_sha.as_str(), head);
    let verdict = consider_group(&group.change, &policy);
    assert_eq!(verdict.ruling, Ruling::Blocked);
    let [finding] = &verdict.findings[..] else { panic!("{:?}", verdict.findings) };
    assert_eq!(finding.rule.id, "coverage-narrowed");
    world.unqueue(&head);
    let queued = github.queued(&REPO.parse().unwrap(), &head.parse().unwrap()).await.unwrap();
    assert_eq!(queued, None, "what waits no longer needs no verdict");
}

#[tokio::test]
async fn two_that_pass_alone_and_have_nothing_to_do_with_each_other_pass_together() {
    let world = World::start().await;
    let base = measured();
    let boast = "Adds a test. All 900 tests pass and coverage is 100 %.";
    let tests = with(&base, &[("test/half.test.js", "test('half', () => expect(half(1)).toBe(1));\n")]);
    let tests = world.pull("Test half", boast, &base, &tests);
    let docs = world.pull("Explain half", "", &base, &with(&base, &[("docs/half.md", "Half of it.\n")]));
    let group = group(&github(&world), &world.queue(&[tests, docs])).await;
    let verdict = consider_group(&group.change, &Policy::default());
    assert_eq!(verdict.ruling, Ruling::Pass, "{:?}", verdict.findings);
    assert!(verdict.claims.is_empty(), "the words were judged with their pull request: {:?}", verdict.claims);
    let files: Vec<&str> = group.change.files.iter().map(|file| file.path().as_str()).collect();
    assert_eq!(files, ["docs/half.md", "test/half.test.js"]);
}

#[tokio::test]
async fn what_a_member_admits_is_admitted_of_the_group() {
    let world = World::start().await;
    let ignored = "/* istanbul ignore next */\n";
    let names: Vec<String> = (0..30).map(|n| format!("src/f{n}.js")).collect();
    let body: String =
        (0..4).map(|n| format!("export function f{n}(a) {{\n  return a + {n};\n}}\n")).collect();
    let pragmas = body.replace("export", &format!("{ignored}export"));
    let side = |text: &'static str| -> Vec<(&str, &str)> {
        names.iter().map(|name| (name.as_str(), text)).collect()
    };
    let (before, after) = (side(body.leak()), side(pragmas.leak()));
    let config = [("package.json", SRC_ONLY)];
    let (before, after) = (with(&config, &before), with(&config, &after));
    let admitting = "Excludes the generated functions from coverage with istanbul ignore comments.";
    let (github, policy) = (github(&world), Policy::default());
    let mut rulings = Vec::new();
    for body in [admitting, ""] {
        let number = world.pull("Mark the functions", body, &before, &after);
        let alone = consider(&pull(&github, number).await, &policy).ruling;
        let group = group(&github, &world.queue(&[number])).await;
        let together = consider_group(&group.change, &policy).ruling;
        assert_eq!(alone, together, "{body:?}");
        rulings.push(alone);
    }
    assert_eq!(rulings, [Ruling::Pass, Ruling::Blocked]);
}

#[tokio::test]
async fn a_group_needs_its_own_evidence_and_nobodys_approval() {
    let world = World::start().await;
    let number = world.pull("Change a", "", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    let mut change = group(&github(&world), &world.queue(&[number])).await.change;
    let policy = "[evidence]\nrequire = [\"check:e2e\", \"approval:human\"]\n";
    let policy = Policy::parse("gainsay.toml", policy).unwrap();
    change.evidence.outlook = Outlook::Open;
    change.evidence.approvals = vec![Approval {
        person: Person { login: "kim".into(), id: Some(5), ..Person::default() },
        is_bot: false,
        permission: gainsay::change::Permission::Write,
        sha: None,
        state: ReviewState::ChangesRequested,
    }];
    let verdict = consider_group(&change, &policy);
    let states: Vec<(&str, State)> =
        verdict.required.iter().map(|r| (r.evidence.as_str(), r.state)).collect();
    assert_eq!((states, verdict.ruling), (vec![("check:e2e", State::Awaited)], Ruling::Undecided));
    let check = CheckResult {
        name: "e2e".into(),
        conclusion: Some("success".into()),
        head_sha: Some(change.head_sha.clone()),
        ..CheckResult::default()
    };
    change.evidence.checks = vec![check];
    assert_eq!(consider_group(&change, &policy).ruling, Ruling::Pass);
}
