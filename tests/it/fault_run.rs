//! Everything goes wrong at once: the real server is killed, GitHub fails, deliveries come twice, late, in another order
//! or not at all, the database is locked or restarted. In the end every head has one completed check run with the
//! right ruling, and nothing is left open.
//!
//! `cargo test` runs it small; `script/fault-run` in full.

mod fleet;
mod office;
mod random;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;

use self::fleet::{Database, Fleet};
use self::office::Office;
pub(crate) use self::random::Random;
use crate::world::chaos::Chaos;
use crate::world::{INSTALLATION, REPO, REPO_ID, RunState, World, pull_event};

/// How much goes wrong.
struct Plan {
    pulls: u64,
    kills: usize,
    /// How often the database is locked or restarted.
    outages: usize,
    /// Of a hundred requests to GitHub, how many fail.
    faults: u64,
    seed: u64,
}

impl Plan {
    /// What the environment asks for, or little.
    fn read() -> Self {
        let number = |name: &str, default: u64| {
            std::env::var(name)
                .map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value}")))
        };
        Self {
            pulls: number("GAINSAY_FAULT_PULLS", 16),
            kills: number("GAINSAY_FAULT_KILLS", 5) as usize,
            outages: number("GAINSAY_FAULT_OUTAGES", 1) as usize,
            faults: number("GAINSAY_FAULT_PERCENT", 5),
            seed: number("GAINSAY_FAULT_SEED", 1),
        }
    }
}

/// Servers that leave all check runs as they are for so long have nothing more to do. They make no more than eighty
/// things a minute.
const PATIENCE: Duration = Duration::from_secs(150);

/// A pull request of the run: whether each head that it had is sound, the newest last.
struct Story {
    number: u64,
    heads: Vec<(String, bool)>,
}

const BASE: &[(&str, &str)] = &[("src/a.js", "export const a = 1;\n")];
const SOUND: &[(&str, &str)] = &[("src/a.js", "export const a = 2;\n")];
const BROKEN: &[(&str, &str)] =
    &[("src/a.js", "<<<<<<< ours\nexport const a = 2;\n=======\nexport const a = 3;\n>>>>>>> theirs\n")];

fn files(sound: bool) -> &'static [(&'static str, &'static str)] {
    if sound { SOUND } else { BROKEN }
}

/// Pull requests are opened and pushed to, amid noise, while the servers fall and rise.
async fn act(plan: &Plan, world: &World, fleet: &mut Fleet, office: &mut Office) -> Vec<Story> {
    let mut random = Random::new(plan.seed);
    let mut stories: Vec<Story> = Vec::new();
    let steps = plan.pulls as usize * 3;
    for step in 0..steps {
        // What is left to do is spread over what is left of the steps.
        let due = |done: usize, all: usize| all * (step + 1) > done * steps;
        if due(stories.len(), plan.pulls as usize) {
            let sound = random.chance(50);
            let number = world.pull(&format!("Change {step}"), "", BASE, files(sound));
            office.send("pull_request", pull_event("opened", number));
            stories.push(Story { number, heads: vec![(world.head(number), sound)] });
        } else if random.chance(60) {
            let at = random.below(stories.len());
            let (number, sound) = (stories[at].number, random.chance(50));
            let head = world.push(number, &format!("More {step}"), files(sound));
            office.send("pull_request", pull_event("synchronize", number));
            stories[at].heads.push((head, sound));
        } else {
            let at = random.below(stories.len());
            let (head, _) = stories[at].heads.last().unwrap().clone();
            office.send("status", noise(&head));
        }
        office.deliver(world, fleet, &mut random).await;
        if due(fleet.kills, plan.kills) {
            fleet.kill_one(&mut random).await;
        }
        if due(fleet.outages, plan.outages) {
            fleet.outage(&mut random).await;
        }
    }
    office.deliver_all(world, fleet, &mut random).await;
    while fleet.kills < plan.kills {
        fleet.kill_one(&mut random).await;
    }
    stories
}

/// A status that some service sets on a commit.
fn noise(head: &str) -> serde_json::Value {
    json!({
        "sha": head, "state": "success", "context": "lint",
        "repository": {"id": REPO_ID, "full_name": REPO}, "installation": {"id": INSTALLATION},
    })
}

/// What is not as it should be yet.
fn amiss(world: &World, stories: &[Story]) -> Vec<String> {
    let runs = world.with(|known| known.runs.clone());
    let mut by_head: BTreeMap<&str, Vec<&RunState>> = BTreeMap::new();
    for run in &runs {
        by_head.entry(&run.head).or_default().push(run);
    }
    let mut amiss = Vec::new();
    for story in stories {
        let newest = story.heads.len() - 1;
        for (at, (head, sound)) in story.heads.iter().enumerate() {
            let runs = by_head.get(head.as_str()).map(Vec::as_slice).unwrap_or_default();
            let right = if *sound { "success" } else { "failure" };
            let fine = match runs {
                // A head that was pushed over before anything was begun on it needs none.
                [] => at < newest,
                [run] => {
                    let conclusion = run.conclusion.as_deref().unwrap_or("none");
                    let ended = conclusion == right || at < newest && conclusion == "cancelled";
                    run.status == "completed" && run.completions == 1 && ended
                }
                _ => false,
            };
            if !fine {
                let number = story.number;
                amiss.push(format!(
                    "#{number} head {at} of {newest} should be {right}, but has {}",
                    told(runs)
                ));
            }
        }
    }
    amiss
}

fn told(runs: &[&RunState]) -> String {
    let one = |run: &&RunState| {
        format!(
            "{} {} {:?} {} ({}x) {:?}",
            run.id, run.external_id, run.conclusion, run.status, run.completions, run.title
        )
    };
    if runs.is_empty() { "no check run".into() } else { runs.iter().map(one).collect::<Vec<_>>().join("; ") }
}

async fn run(database: Database, replicas: usize) {
    let (plan, began) = (Plan::read(), Instant::now());
    let world = World::start().await;
    world.with(|known| known.chaos = Some(Chaos::new(plan.seed, plan.faults)));
    let mut fleet = Fleet::start(&world, database, replicas).await;
    let mut office = Office::default();
    let stories = act(&plan, &world, &mut fleet, &mut office).await;
    // GitHub recovers, and each server starts once more: what was lost on the way is found by itself.
    let met = world.with(|known| known.chaos.take().unwrap().met);
    fleet.restart().await;
    let mut progress = (0, Instant::now());
    while !amiss(&world, &stories).is_empty() && progress.1.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let requests = world.with(|known| known.runs.iter().map(|run| 1 + run.completions).sum());
        if requests != progress.0 {
            progress = (requests, Instant::now());
        }
    }
    // What is right must stay so: late work must not spoil it.
    fleet.rest().await;
    let left = amiss(&world, &stories);
    let heads: usize = stories.iter().map(|story| story.heads.len()).sum();
    let runs = world.with(|known| known.runs.len());
    println!(
        "{} pull requests, {heads} heads, {runs} check runs; {replicas} servers, {} kills, {} outages of the database; \
         {office}; GitHub failed {} times {met:?}; {:.0} s",
        stories.len(),
        fleet.kills,
        fleet.outages,
        met.values().sum::<usize>(),
        began.elapsed().as_secs_f64()
    );
    assert!(left.is_empty(), "{} heads of {heads} are not right: {left:#?}\n{}", left.len(), fleet.said());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_on_sqlite_ends_with_one_right_check_run_on_every_head() {
    run(Database::sqlite(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_on_postgres_end_with_one_right_check_run_on_every_head() {
    run(Database::postgres(), 3).await;
}
