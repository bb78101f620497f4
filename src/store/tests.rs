//! Facts about the store, on a database in a temporary folder.

use super::*;
use crate::claims::Standing;

struct Place {
    _dir: tempfile::TempDir,
    url: String,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/gainsay.db", dir.path().display());
    Place { _dir: dir, url }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn ask(number: u64) -> Ask {
    Ask { repo_id: 7, number: PrNumber(number), repo: "octo/app".parse().unwrap(), installation: 3 }
}

fn delivery(id: &str) -> Delivery {
    Delivery { id: id.to_owned(), event: "pull_request".to_owned() }
}

fn kept() -> Kept {
    Kept { head: "a".repeat(40).parse().unwrap(), outcome: "success".into(), json: "{}".into() }
}

fn settled() -> Settlement {
    Settlement { kept: Some(kept()), author: (None, None), claims: Vec::new(), shown: "x".into(), wake: None }
}

#[tokio::test]
async fn a_repeated_delivery_does_nothing_even_after_its_work_is_done() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    assert_eq!(store.accept(&delivery("a"), &[ask(1)], at(0)).await.unwrap(), Accepted::New);
    let job = store.claim(at(0)).await.unwrap().unwrap();
    store.done(&job, &settled(), at(1)).await.unwrap();
    assert_eq!(store.accept(&delivery("a"), &[ask(1)], at(2)).await.unwrap(), Accepted::Known);
    assert_eq!(store.claim(at(3)).await.unwrap(), None);
    assert_eq!(store.verdicts(7, PrNumber(1)).await.unwrap(), [kept()]);
    assert_eq!(store.pulls_with_head(7, &"a".repeat(40)).await.unwrap(), [PrNumber(1)]);
}

#[tokio::test]
async fn events_during_a_job_make_one_more_job_and_not_several() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    store.accept(&delivery("a"), &[ask(1)], at(0)).await.unwrap();
    let first = store.claim(at(0)).await.unwrap().unwrap();
    for id in ["b", "c", "d"] {
        store.accept(&delivery(id), &[ask(1)], at(1)).await.unwrap();
    }
    assert_eq!(store.claim(at(1)).await.unwrap(), None, "one job at a time for a pull request");
    store.done(&first, &settled(), at(2)).await.unwrap();
    let second = store.claim(at(2)).await.unwrap().unwrap();
    assert_eq!((second.generation, second.attempt), (4, 1));
    store.done(&second, &settled(), at(3)).await.unwrap();
    assert_eq!(store.claim(at(9)).await.unwrap(), None);
}

#[tokio::test]
async fn a_job_of_a_killed_process_is_due_again_and_its_try_counts() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    store.accept(&delivery("a"), &[ask(1)], at(0)).await.unwrap();
    let lost = store.claim(at(0)).await.unwrap().unwrap();
    store.opened(&lost, 99, &"b".repeat(40).parse().unwrap()).await.unwrap();
    store.close().await;
    let store = Store::open(&place.url).await.unwrap();
    assert_eq!(store.claim(at(1)).await.unwrap(), None);
    assert_eq!(store.reclaim().await.unwrap(), 1);
    let again = store.claim(at(1)).await.unwrap().unwrap();
    assert_eq!((again.attempt, again.open.clone()), (2, Some((99, "b".repeat(40).parse().unwrap()))));
    store.done(&lost, &settled(), at(2)).await.unwrap();
    assert!(store.verdicts(7, PrNumber(1)).await.unwrap().is_empty(), "the lost job's fence is down");
    store.done(&again, &settled(), at(2)).await.unwrap();
    assert_eq!(store.verdicts(7, PrNumber(1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_failed_job_waits_until_its_time_unless_a_new_event_comes() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    store.accept(&delivery("a"), &[ask(1)], at(0)).await.unwrap();
    let job = store.claim(at(0)).await.unwrap().unwrap();
    store.fail(&job, "GitHub answered 502", at(60)).await.unwrap();
    assert_eq!(store.claim(at(59)).await.unwrap(), None);
    assert_eq!(store.next_due().await.unwrap(), Some(at(60)));
    store.accept(&delivery("b"), &[ask(1)], at(10)).await.unwrap();
    let job = store.claim(at(10)).await.unwrap().unwrap();
    assert_eq!((job.generation, job.attempt), (2, 1));
    store.accept(&delivery("c"), &[ask(1)], at(11)).await.unwrap();
    store.fail(&job, "GitHub answered 502", at(99)).await.unwrap();
    assert_eq!(store.claim(at(11)).await.unwrap().unwrap().generation, 3, "the event's time counts");
}

#[tokio::test]
async fn a_buried_job_rests_until_a_new_event() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    store.accept(&delivery("a"), &[ask(1), ask(2)], at(0)).await.unwrap();
    let job = store.claim(at(0)).await.unwrap().unwrap();
    store.bury(&job, "no access").await.unwrap();
    assert_eq!(store.claim(at(1)).await.unwrap().unwrap().ask.number, PrNumber(2), "others go on");
    assert_eq!(store.claim(at(500)).await.unwrap(), None);
    store.accept(&delivery("b"), &[ask(1)], at(501)).await.unwrap();
    assert_eq!(store.claim(at(501)).await.unwrap().unwrap().generation, 2);
}

#[tokio::test]
async fn an_address_that_is_no_database_is_refused_with_its_reason() {
    let error = Store::open("sqlite:///nowhere/at/all/gainsay.db").await.unwrap_err();
    assert!(error.to_string().starts_with("the database could not be opened: "), "{error}");
}

/// A job that was asked for loudly and is claimed.
async fn claimed(store: &Store) -> Job {
    store.accept(&delivery("loud"), &[ask(1)], at(0)).await.unwrap();
    store.claim(at(0)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_verdict_that_waits_is_due_again_at_its_time_with_its_check_run_still_open() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    let job = claimed(&store).await;
    assert!(!job.quiet);
    let head: Sha = "a".repeat(40).parse().unwrap();
    store.opened(&job, 7, &head).await.unwrap();
    store.done(&job, &Settlement { wake: Some(at(3_600)), ..settled() }, at(1)).await.unwrap();
    store.close().await;
    let store = Store::open(&place.url).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(3_600)), "the timer outlives the process");
    assert_eq!(store.claim(at(3_599)).await.unwrap(), None);
    let again = store.claim(at(3_600)).await.unwrap().unwrap();
    assert!(again.quiet);
    assert_eq!((again.attempt, again.open.clone(), again.shown.as_deref()), (1, Some((7, head)), Some("x")));
    store.done(&again, &settled(), at(3_601)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);
}

#[tokio::test]
async fn a_burst_of_nudges_is_one_job_that_is_not_put_off_by_the_last_of_them() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    let job = claimed(&store).await;
    store.done(&job, &Settlement { wake: Some(at(3_600)), ..settled() }, at(1)).await.unwrap();
    for n in 0..20 {
        let nudge = delivery(&format!("n{n}"));
        assert_eq!(store.nudge(&nudge, &[ask(1)], at(10 + n), at(20 + n)).await.unwrap(), Accepted::New);
        assert_eq!(store.nudge(&nudge, &[ask(1)], at(10 + n), at(20 + n)).await.unwrap(), Accepted::Known);
    }
    assert_eq!(store.next_due().await.unwrap(), Some(at(20)));
    let quiet = store.claim(at(20)).await.unwrap().unwrap();
    assert!(quiet.quiet);
    store.done(&quiet, &settled(), at(21)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);
}

#[tokio::test]
async fn a_person_who_asks_amid_nudges_is_not_answered_in_silence() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    let job = claimed(&store).await;
    store.nudge(&delivery("n"), &[ask(1)], at(1), at(11)).await.unwrap();
    store.accept(&delivery("edited"), &[ask(1)], at(2)).await.unwrap();
    store.nudge(&delivery("m"), &[ask(1)], at(3), at(13)).await.unwrap();
    store.done(&job, &settled(), at(4)).await.unwrap();
    let next = store.claim(at(13)).await.unwrap().unwrap();
    assert!(!next.quiet);
    store.done(&next, &settled(), at(14)).await.unwrap();
    store.nudge(&delivery("o"), &[ask(1)], at(15), at(25)).await.unwrap();
    assert!(store.claim(at(25)).await.unwrap().unwrap().quiet);
}

#[tokio::test]
async fn a_nudge_hastens_no_retry_and_wakes_nothing_that_was_given_up() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    let job = claimed(&store).await;
    store.nudge(&delivery("during"), &[ask(1)], at(1), at(2)).await.unwrap();
    store.fail(&job, "GitHub is down", at(500)).await.unwrap();
    store.nudge(&delivery("after"), &[ask(1)], at(3), at(4)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(500)));
    let job = store.claim(at(500)).await.unwrap().unwrap();
    assert_eq!((job.attempt, job.quiet), (2, false), "the first verdict is still owed");
    store.nudge(&delivery("again"), &[ask(1)], at(501), at(502)).await.unwrap();
    store.bury(&job, "no access").await.unwrap();
    store.nudge(&delivery("late"), &[ask(1)], at(600), at(601)).await.unwrap();
    assert_eq!(store.claim(at(9_999)).await.unwrap(), None);
}

#[tokio::test]
async fn a_head_keeps_the_time_at_which_it_was_first_seen_and_maps_to_its_pull_requests() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    let job = claimed(&store).await;
    let [old, new]: [Sha; 2] = ["a", "b"].map(|digit| digit.repeat(40).parse().unwrap());
    assert_eq!(store.seen(&job, &old, at(5)).await.unwrap(), at(5));
    assert_eq!(store.seen(&job, &old, at(90)).await.unwrap(), at(5));
    assert_eq!(store.pulls_at_head(7, old.as_str()).await.unwrap(), [PrNumber(1)]);
    assert_eq!(store.seen(&job, &new, at(99)).await.unwrap(), at(99));
    assert_eq!(store.pulls_at_head(7, old.as_str()).await.unwrap(), []);
    assert_eq!(store.pulls_at_head(8, new.as_str()).await.unwrap(), []);
}

fn claim(name: &str, standing: Standing) -> KeptClaim {
    KeptClaim { claim: name.into(), kind: "tests-pass".into(), standing }
}

#[tokio::test]
async fn claims_are_kept_with_their_verdict_and_found_by_repository_and_time() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    let author = (Some("claude-code".to_owned()), Some("Claude Opus 4.5".to_owned()));
    for (number, repo, when) in [(1, "octo/app", 10), (2, "octo/app", 99), (3, "octo/other", 99)] {
        let ask = Ask { repo_id: number % 2, repo: repo.parse().unwrap(), ..ask(number) };
        store.accept(&delivery(&number.to_string()), &[ask], at(0)).await.unwrap();
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
    let place = place();
    assert!(Store::open_existing(&place.url).await.is_err());
    Store::open(&place.url).await.unwrap().close().await;
    let reader = Store::open_existing(&place.url).await.unwrap();
    assert_eq!(reader.claims(None, at(0)).await.unwrap(), []);
}
