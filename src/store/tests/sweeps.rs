//! Facts about sweeps.

use super::*;
use crate::ids::RepoName;

on_both![
    a_sweep_is_taken_by_one_and_comes_back_unless_it_is_done,
    a_sweep_that_is_wanted_again_while_it_runs_is_not_lost,
    what_an_installation_no_longer_sees_is_not_looked_through,
];

fn later(minutes: i64) -> Timestamp {
    at(minutes * 60)
}

async fn a_sweep_is_taken_by_one_and_comes_back_unless_it_is_done(place: Place) {
    let store = place.open().await;
    let repo: RepoName = "octo/app".parse().unwrap();
    assert_eq!(store.take_sweep(at(0)).await.unwrap(), None);
    store.want_sweep(3, Some((7, &repo)), at(0)).await.unwrap();
    store.want_sweep(3, None, at(1)).await.unwrap();
    let first = store.take_sweep(at(2)).await.unwrap().unwrap();
    assert_eq!((first.installation, &first.repo, first.attempt), (3, &Some((7, repo)), 1));
    let all = store.take_sweep(at(2)).await.unwrap().unwrap();
    assert_eq!((all.installation, &all.repo), (3, &None));
    assert_eq!(store.take_sweep(at(2)).await.unwrap(), None, "both are taken");
    store.swept(&all).await.unwrap();
    let again = store.take_sweep(later(6)).await.unwrap().unwrap();
    assert_eq!((again.repo, again.attempt), (first.repo, 2));
    assert_eq!(store.take_sweep(later(6)).await.unwrap(), None);
}

async fn a_sweep_that_is_wanted_again_while_it_runs_is_not_lost(place: Place) {
    let store = place.open().await;
    store.want_sweep(3, None, at(0)).await.unwrap();
    let sweep = store.take_sweep(at(1)).await.unwrap().unwrap();
    store.want_sweep(3, None, at(2)).await.unwrap();
    store.swept(&sweep).await.unwrap();
    assert!(store.take_sweep(at(3)).await.unwrap().is_some());
}

async fn what_an_installation_no_longer_sees_is_not_looked_through(place: Place) {
    let store = place.open().await;
    let repo: RepoName = "octo/app".parse().unwrap();
    for (installation, id) in [(3, 7), (3, 8), (4, 7)] {
        store.want_sweep(installation, Some((id, &repo)), at(0)).await.unwrap();
    }
    store.forget_sweeps(3, Some(7)).await.unwrap();
    store.forget_sweeps(4, None).await.unwrap();
    let left = store.take_sweep(at(1)).await.unwrap().unwrap();
    assert_eq!((left.installation, left.repo.unwrap().0), (3, 8));
    assert_eq!(store.take_sweep(at(1)).await.unwrap(), None);
}
