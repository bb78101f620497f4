//! Several pull requests whose head is one commit: each must show the worst of their verdicts.

use super::*;

on_both![
    whoever_shows_better_than_the_worst_is_asked_again,
    a_verdict_that_recovers_frees_the_others,
    a_closed_pull_request_no_longer_holds_the_others,
    one_that_was_given_up_counts_as_the_worst,
    other_repositories_and_other_commits_have_no_part_in_it,
];

/// Judges a pull request to an outcome of its own; shown is the worst of what is known, as the shell does it.
async fn judge(store: &Store, number: u64, own: Outcome, now: i64) -> Outcome {
    tell(store, &format!("{number} {own:?} {now}"), &[ask(number)], at(now)).await;
    settle(store, own, now).await.1
}

/// Does the next job.
async fn settle(store: &Store, own: Outcome, now: i64) -> (u64, Outcome) {
    let job = store.claim(at(now)).await.unwrap().unwrap();
    let siblings = store.siblings(&job, &sha("a")).await.unwrap();
    let outcome = siblings.iter().map(|sibling| sibling.own).max().unwrap_or(own).max(own);
    let shown = Shown { own, outcome, ..shown(own) };
    store.done(&job, &Settlement { shown, ..settled() }, at(now)).await.unwrap();
    (job.ask.subject.pull().unwrap().0, outcome)
}

async fn whoever_shows_better_than_the_worst_is_asked_again(place: Place) {
    let store = place.open().await;
    assert_eq!(judge(&store, 1, Outcome::Success, 0).await, Outcome::Success);
    assert_eq!(judge(&store, 2, Outcome::Failure, 1).await, Outcome::Failure);
    let again = store.claim(at(2)).await.unwrap().unwrap();
    assert_eq!((again.ask.subject.pull(), again.ask.urgency), (Some(PrNumber(1)), Urgency::Quiet));
    store.release(&[again]).await.unwrap();
    assert_eq!(settle(&store, Outcome::Success, 2).await, (1, Outcome::Failure));
    assert_eq!(store.claim(at(3)).await.unwrap(), None, "and then there is rest");
}

async fn a_verdict_that_recovers_frees_the_others(place: Place) {
    let store = place.open().await;
    judge(&store, 1, Outcome::Failure, 0).await;
    assert_eq!(judge(&store, 2, Outcome::Success, 1).await, Outcome::Failure);
    assert_eq!(store.claim(at(2)).await.unwrap(), None);
    assert_eq!(judge(&store, 1, Outcome::Success, 3).await, Outcome::Success);
    assert_eq!(settle(&store, Outcome::Success, 4).await, (2, Outcome::Success));
    assert_eq!(store.claim(at(5)).await.unwrap(), None);
}

async fn a_closed_pull_request_no_longer_holds_the_others(place: Place) {
    let store = place.open().await;
    judge(&store, 1, Outcome::Failure, 0).await;
    judge(&store, 2, Outcome::Success, 1).await;
    let closed = vec![(7, Subject::Pull(PrNumber(1)))];
    store.accept(&Intake { closed, ..Intake::asking(delivery("c"), vec![]) }, at(2)).await.unwrap();
    assert_eq!(settle(&store, Outcome::Success, 3).await, (2, Outcome::Success));
    assert_eq!(store.claim(at(4)).await.unwrap(), None);
}

async fn one_that_was_given_up_counts_as_the_worst(place: Place) {
    let store = place.open().await;
    judge(&store, 2, Outcome::Success, 0).await;
    tell(&store, "one", &[ask(1)], at(1)).await;
    let job = store.claim(at(1)).await.unwrap().unwrap();
    store.seen(&job, &sha("a"), "main", at(1)).await.unwrap();
    store.bury(&job, "no access", at(2)).await.unwrap();
    assert_eq!(settle(&store, Outcome::Success, 3).await, (2, Outcome::Failure));
    assert_eq!(store.claim(at(4)).await.unwrap(), None);
}

async fn other_repositories_and_other_commits_have_no_part_in_it(place: Place) {
    let store = place.open().await;
    judge(&store, 1, Outcome::Success, 0).await;
    for (n, repo_id, head) in [(1, 8, "a"), (2, 7, "b")] {
        let ask = Ask { repo_id, ..ask(2) };
        tell(&store, &format!("{n}"), &[ask], at(n)).await;
        let job = store.claim(at(n)).await.unwrap().unwrap();
        assert_eq!(store.siblings(&job, &sha(head)).await.unwrap(), []);
        let shown = Shown { head: sha(head), ..shown(Outcome::Failure) };
        store.done(&job, &Settlement { shown, ..settled() }, at(n)).await.unwrap();
    }
    assert_eq!(store.claim(at(9)).await.unwrap(), None);
}
