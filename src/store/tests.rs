//! Facts about the store: each is held on SQLite, in a file of its own, and on PostgreSQL, in a database of its own.

#[path = "../../tests/support/postgres.rs"]
mod postgres;

mod commands;
mod leases;
mod shared_heads;
mod sweeps;

use std::sync::LazyLock;

use jiff::Timestamp;

use super::*;
use crate::claims::Standing;
use crate::ids::{PrNumber, Sha};
use crate::report::check::Outcome;

/// One server for all tests; it goes with their process.
static SERVER: LazyLock<postgres::Server> = LazyLock::new(postgres::Server::start);

/// A database that nobody else has.
struct Place {
    _dir: Option<tempfile::TempDir>,
    url: String,
}

impl Place {
    fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/gainsay.db", dir.path().display());
        Self { _dir: Some(dir), url }
    }

    fn postgres() -> Self {
        Self { _dir: None, url: SERVER.database() }
    }

    async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }
}

/// Holds facts on both databases: each becomes a test on each of them.
macro_rules! on_both {
    ($($fact:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $fact() { super::$fact(crate::store::tests::Place::sqlite()).await })*
        }
        mod on_postgres {
            $(#[tokio::test] async fn $fact() { super::$fact(crate::store::tests::Place::postgres()).await })*
        }
    };
}
use on_both;

on_both![
    a_repeated_delivery_does_nothing_even_after_its_work_is_done,
    events_during_a_job_make_one_more_job_and_not_several,
    a_failed_job_waits_until_its_time_unless_a_new_event_comes,
    a_buried_job_rests_until_a_new_event,
    a_verdict_that_waits_is_due_again_at_its_time_with_its_check_run_still_open,
    a_burst_of_nudges_is_one_job_that_is_not_put_off_by_the_last_of_them,
    a_person_who_asks_amid_nudges_is_not_answered_in_silence,
    a_nudge_hastens_no_retry_and_wakes_nothing_that_was_given_up,
    a_head_keeps_the_time_at_which_it_was_first_seen_and_maps_to_its_pull_requests,
    claims_are_kept_with_their_verdict_and_found_by_repository_and_time,
];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn ask(number: u64) -> Ask {
    Ask {
        repo_id: 7,
        subject: Subject::Pull(PrNumber(number)),
        repo: "octo/app".parse().unwrap(),
        installation: 3,
        urgency: Urgency::Loud,
        due: at(0),
    }
}

fn delivery(id: &str) -> Delivery {
    Delivery { id: id.to_owned(), event: "pull_request".to_owned() }
}

/// Takes a delivery in that asks for these, from now on.
async fn tell(store: &Store, id: &str, asks: &[Ask], now: Timestamp) -> Accepted {
    let asks = asks.iter().map(|ask| Ask { due: now, ..ask.clone() }).collect();
    store.accept(&Intake::asking(delivery(id), asks), now).await.unwrap()
}

/// Takes a delivery in that asks for the first pull request quietly.
async fn nudge(store: &Store, id: &str, now: Timestamp, due: Timestamp) -> Accepted {
    let ask = Ask { urgency: Urgency::Quiet, due, ..ask(1) };
    store.accept(&Intake::asking(delivery(id), vec![ask]), now).await.unwrap()
}

fn sha(digit: &str) -> Sha {
    digit.repeat(40).parse().unwrap()
}

fn shown(outcome: Outcome) -> Shown {
    Shown { head: sha("a"), digest: "x".into(), own: outcome, outcome }
}

fn kept() -> Kept {
    Kept { head: "a".repeat(40).parse().unwrap(), outcome: "success".into(), json: "{}".into() }
}

fn settled() -> Settlement {
    Settlement {
        kept: Some(kept()),
        author: (None, None),
        claims: Vec::new(),
        shown: shown(Outcome::Success),
        wake: None,
    }
}

fn waiting() -> Settlement {
    Settlement { shown: shown(Outcome::Waiting), wake: Some(at(3_600)), ..settled() }
}

async fn a_repeated_delivery_does_nothing_even_after_its_work_is_done(place: Place) {
    let store = place.open().await;
    assert_eq!(tell(&store, "a", &[ask(1)], at(0)).await, Accepted::New);
    let job = store.claim(at(0)).await.unwrap().unwrap();
    store.done(&job, &settled(), at(1)).await.unwrap();
    assert_eq!(tell(&store, "a", &[ask(1)], at(2)).await, Accepted::Known);
    assert_eq!(store.claim(at(3)).await.unwrap(), None);
    assert_eq!(store.verdicts(7, PrNumber(1)).await.unwrap(), [kept()]);
    assert_eq!(store.pulls_with_head(7, &"a".repeat(40)).await.unwrap(), [PrNumber(1)]);
}

async fn events_during_a_job_make_one_more_job_and_not_several(place: Place) {
    let store = place.open().await;
    tell(&store, "a", &[ask(1)], at(0)).await;
    let first = store.claim(at(0)).await.unwrap().unwrap();
    for id in ["b", "c", "d"] {
        tell(&store, id, &[ask(1)], at(1)).await;
    }
    assert_eq!(store.claim(at(1)).await.unwrap(), None, "one job at a time for a pull request");
    store.done(&first, &settled(), at(2)).await.unwrap();
    let second = store.claim(at(2)).await.unwrap().unwrap();
    assert_eq!((second.generation, second.attempt), (4, 0));
    store.done(&second, &settled(), at(3)).await.unwrap();
    assert_eq!(store.claim(at(9)).await.unwrap(), None);
}

async fn a_failed_job_waits_until_its_time_unless_a_new_event_comes(place: Place) {
    let store = place.open().await;
    tell(&store, "a", &[ask(1)], at(0)).await;
    let mut job = store.claim(at(0)).await.unwrap().unwrap();
    store.start(&mut job).await.unwrap();
    store.fail(&job, "GitHub answered 502", at(60)).await.unwrap();
    assert_eq!(store.claim(at(59)).await.unwrap(), None);
    assert_eq!(store.next_due().await.unwrap(), Some(at(60)));
    tell(&store, "b", &[ask(1)], at(10)).await;
    let job = store.claim(at(10)).await.unwrap().unwrap();
    assert_eq!((job.generation, job.attempt), (2, 0));
    tell(&store, "c", &[ask(1)], at(11)).await;
    store.fail(&job, "GitHub answered 502", at(99)).await.unwrap();
    assert_eq!(store.claim(at(11)).await.unwrap().unwrap().generation, 3, "the event's time counts");
}

async fn a_buried_job_rests_until_a_new_event(place: Place) {
    let store = place.open().await;
    tell(&store, "a", &[ask(1), ask(2)], at(0)).await;
    let job = store.claim(at(0)).await.unwrap().unwrap();
    store.bury(&job, "no access", at(1)).await.unwrap();
    assert_eq!(
        store.claim(at(1)).await.unwrap().unwrap().ask.subject,
        Subject::Pull(PrNumber(2)),
        "others go on"
    );
    assert_eq!(store.claim(at(20)).await.unwrap(), None);
    tell(&store, "b", &[ask(1)], at(21)).await;
    assert_eq!(store.claim(at(21)).await.unwrap().unwrap().generation, 2);
}

#[tokio::test]
async fn an_address_that_is_no_database_is_refused_with_its_reason() {
    let error = Store::open("sqlite:///nowhere/at/all/gainsay.db").await.unwrap_err();
    assert!(error.to_string().starts_with("the database could not be opened: "), "{error}");
}

/// A job that was asked for loudly and is claimed.
async fn claimed(store: &Store) -> Job {
    tell(store, "loud", &[ask(1)], at(0)).await;
    store.claim(at(0)).await.unwrap().unwrap()
}

async fn a_verdict_that_waits_is_due_again_at_its_time_with_its_check_run_still_open(place: Place) {
    let store = place.open().await;
    let job = claimed(&store).await;
    assert_eq!(job.ask.urgency, Urgency::Loud);
    let head: Sha = "a".repeat(40).parse().unwrap();
    store.opened(&job, &head, Some(7)).await.unwrap();
    store.done(&job, &waiting(), at(1)).await.unwrap();
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(3_600)), "the timer outlives the process");
    assert_eq!(store.claim(at(3_599)).await.unwrap(), None);
    let again = store.claim(at(3_600)).await.unwrap().unwrap();
    assert_eq!(again.ask.urgency, Urgency::Quiet);
    assert_eq!((again.attempt, &again.open), (0, &Some(Open { head: head.clone(), run: Some(7) })));
    assert_eq!(again.shown, Some((head, "x".to_owned())));
    store.done(&again, &settled(), at(3_601)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);
}

async fn a_burst_of_nudges_is_one_job_that_is_not_put_off_by_the_last_of_them(place: Place) {
    let store = place.open().await;
    let job = claimed(&store).await;
    store.done(&job, &waiting(), at(1)).await.unwrap();
    for n in 0..20 {
        let id = format!("n{n}");
        assert_eq!(nudge(&store, &id, at(10 + n), at(20 + n)).await, Accepted::New);
        assert_eq!(nudge(&store, &id, at(10 + n), at(20 + n)).await, Accepted::Known);
    }
    assert_eq!(store.next_due().await.unwrap(), Some(at(20)));
    let quiet = store.claim(at(20)).await.unwrap().unwrap();
    assert_eq!(quiet.ask.urgency, Urgency::Quiet);
    store.done(&quiet, &settled(), at(21)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);
}

async fn a_person_who_asks_amid_nudges_is_not_answered_in_silence(place: Place) {
    let store = place.open().await;
    let job = claimed(&store).await;
    nudge(&store, "n", at(1), at(11)).await;
    tell(&store, "edited", &[ask(1)], at(2)).await;
    nudge(&store, "m", at(3), at(13)).await;
    store.done(&job, &settled(), at(4)).await.unwrap();
    let next = store.claim(at(13)).await.unwrap().unwrap();
    assert_eq!(next.ask.urgency, Urgency::Loud);
    store.done(&next, &settled(), at(14)).await.unwrap();
    nudge(&store, "o", at(15), at(25)).await;
    assert_eq!(store.claim(at(25)).await.unwrap().unwrap().ask.urgency, Urgency::Quiet);
}

async fn a_nudge_hastens_no_retry_and_wakes_nothing_that_was_given_up(place: Place) {
    let store = place.open().await;
    let mut job = claimed(&store).await;
    store.start(&mut job).await.unwrap();
    nudge(&store, "during", at(1), at(2)).await;
    store.fail(&job, "GitHub is down", at(500)).await.unwrap();
    nudge(&store, "after", at(3), at(4)).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(500)));
    let job = store.claim(at(500)).await.unwrap().unwrap();
    assert_eq!((job.attempt, job.ask.urgency), (1, Urgency::Loud), "the first verdict is still owed");
    nudge(&store, "again", at(501), at(502)).await;
    store.bury(&job, "no access", at(1)).await.unwrap();
    nudge(&store, "late", at(600), at(601)).await;
    assert_eq!(store.claim(at(9_999)).await.unwrap(), None);
}

async fn a_head_keeps_the_time_at_which_it_was_first_seen_and_maps_to_its_pull_requests(place: Place) {
    let store = place.open().await;
    let job = claimed(&store).await;
    let [old, new]: [Sha; 2] = ["a", "b"].map(|digit| digit.repeat(40).parse().unwrap());
    assert_eq!(store.seen(&job, &old, "main", at(5)).await.unwrap(), at(5));
    assert_eq!(store.seen(&job, &old, "main", at(90)).await.unwrap(), at(5));
    assert_eq!(store.pulls_at_head(7, old.as_str()).await.unwrap(), [PrNumber(1)]);
    assert_eq!(store.seen(&job, &new, "main", at(99)).await.unwrap(), at(99));
    assert_eq!(store.pulls_at_head(7, old.as_str()).await.unwrap(), []);
    assert_eq!(store.pulls_at_head(8, new.as_str()).await.unwrap(), []);
    assert_eq!(store.pulls_at_base(7, "main").await.unwrap(), [PrNumber(1)]);
    assert_eq!(store.pulls_at_base(7, "next").await.unwrap(), []);
}

fn claim(name: &str, standing: Standing) -> KeptClaim {
    KeptClaim { claim: name.into(), kind: "tests-pass".into(), standing }
}

async fn claims_are_kept_with_their_verdict_and_found_by_repository_and_time(place: Place) {
    let store = place.open().await;
    let author = (Some("claude-code".to_owned()), Some("Claude Opus 4.5".to_owned()));
    for (number, repo, when) in [(1, "octo/app", 10), (2, "octo/app", 99), (3, "octo/other", 99)] {
        let ask = Ask { repo_id: number % 2, repo: repo.parse().unwrap(), ..ask(number) };
        tell(&store, &number.to_string(), &[ask], at(0)).await;
        let job = store.claim(at(when)).await.unwrap().unwrap();
        let claims = vec![claim("one", Standing::Contradicted), claim("two", Standing::Supported)];
        store
            .done(&job, &Settlement { claims, author: author.clone(), ..settled() }, at(when))
            .await
            .unwrap();
    }
    let found = |repo: Option<&str>, since: i64| {
        let (store, repo) = (store.clone(), repo.map(|repo| repo.parse().unwrap()));
        async move {
            let rows = store.claims(repo.as_ref(), at(since)).await.unwrap();
            rows.iter().map(|row| row.pull.1.0).collect::<Vec<_>>()
        }
    };
    assert_eq!(found(None, 0).await, [2, 2, 1, 1, 3, 3]);
    assert_eq!(found(None, 50).await, [2, 2, 3, 3]);
    assert_eq!(
        found(Some("Octo/Other"), 0).await,
        [1, 1, 3, 3],
        "a repository is found by any name that it had"
    );
    assert!(found(Some("octo/none"), 0).await.is_empty());
    let rows = store.claims(None, at(0)).await.unwrap();
    assert_eq!((&rows[0].author, &rows[0].kept), (&author, &claim("one", Standing::Contradicted)));
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made_for_a_reader() {
    let place = Place::sqlite();
    assert!(Store::open_existing(&place.url).await.is_err());
    place.open().await.close().await;
    let reader = Store::open_existing(&place.url).await.unwrap();
    assert_eq!(reader.claims(None, at(0)).await.unwrap(), []);
}
