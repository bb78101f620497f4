//! Facts about the store, on a database in a temporary folder.

use super::*;

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

#[tokio::test]
async fn a_repeated_delivery_does_nothing_even_after_its_work_is_done() {
    let place = place();
    let store = Store::open(&place.url).await.unwrap();
    assert_eq!(store.accept(&delivery("a"), &[ask(1)], at(0)).await.unwrap(), Accepted::New);
    let job = store.claim(at(0)).await.unwrap().unwrap();
    store.done(&job, &kept(), at(1)).await.unwrap();
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
    store.done(&first, &kept(), at(2)).await.unwrap();
    let second = store.claim(at(2)).await.unwrap().unwrap();
    assert_eq!((second.generation, second.attempt), (4, 1));
    store.done(&second, &kept(), at(3)).await.unwrap();
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
    store.done(&lost, &kept(), at(2)).await.unwrap();
    assert!(store.verdicts(7, PrNumber(1)).await.unwrap().is_empty(), "the lost job's fence is down");
    store.done(&again, &kept(), at(2)).await.unwrap();
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
