//! Who may work on what, and for how long; whose turn it is.

use super::*;

on_both![
    a_job_of_a_killed_process_is_due_again_and_what_it_left_behind_is_known,
    a_lease_that_is_renewed_is_not_taken_over_and_one_that_ended_is,
    who_lost_a_job_can_neither_settle_nor_bury_nor_delay_it,
    a_try_counts_from_its_start_and_not_from_the_claim,
    a_job_that_is_released_is_due_at_once_and_its_try_does_not_count,
    two_processes_never_hold_one_pull_request,
    a_noisy_repository_keeps_no_other_waiting,
    what_was_tried_lets_what_was_not_go_first_but_not_for_ever,
    the_queue_is_counted,
    a_mark_moves_only_from_where_it_was_read,
    a_merge_group_is_work_beside_pull_requests_and_leaves_no_verdict,
    what_is_closed_is_not_judged_but_where_a_check_run_was_begun,
    an_installation_that_is_gone_has_no_work,
    deliveries_that_come_together_are_each_stored_once,
];

async fn a_job_of_a_killed_process_is_due_again_and_what_it_left_behind_is_known(place: Place) {
    let store = place.open().await;
    let mut lost = claimed(&store).await;
    store.start(&mut lost).await.unwrap();
    store.opened(&lost, &sha("b"), None).await.unwrap();
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.claim(at(1)).await.unwrap(), None);
    let reclaimed = store.reclaim().await.unwrap();
    let later = if store.is_shared() { at(31) } else { at(1) };
    assert_eq!(reclaimed, u64::from(!store.is_shared()), "another process may be alive");
    let again = store.claim(later).await.unwrap().unwrap();
    assert_eq!((again.attempt, &again.open), (1, &Some(Open { head: sha("b"), run: None })));
    store.done(&lost, &settled(), at(2)).await.unwrap();
    assert!(store.verdicts(7, PrNumber(1)).await.unwrap().is_empty(), "the lost job's fence is down");
    store.done(&again, &settled(), at(2)).await.unwrap();
    assert_eq!(store.verdicts(7, PrNumber(1)).await.unwrap().len(), 1);
}

async fn a_lease_that_is_renewed_is_not_taken_over_and_one_that_ended_is(place: Place) {
    let store = place.open().await;
    let job = claimed(&store).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(30)), "the end of the lease");
    store.renew(std::slice::from_ref(&job), at(20)).await.unwrap();
    assert_eq!(store.claim(at(49)).await.unwrap(), None);
    assert!(store.holds(&job).await.unwrap());
    let other = store.claim(at(50)).await.unwrap().unwrap();
    assert!(!store.holds(&job).await.unwrap() && store.holds(&other).await.unwrap());
}

async fn who_lost_a_job_can_neither_settle_nor_bury_nor_delay_it(place: Place) {
    let store = place.open().await;
    let lost = claimed(&store).await;
    let holder = store.claim(at(40)).await.unwrap().unwrap();
    store.fail(&lost, "late", at(9_000)).await.unwrap();
    store.bury(&lost, "late", at(41)).await.unwrap();
    store.opened(&lost, &sha("c"), Some(5)).await.unwrap();
    store.renew(std::slice::from_ref(&lost), at(9_000)).await.unwrap();
    store.release(std::slice::from_ref(&lost)).await.unwrap();
    store.done(&lost, &settled(), at(42)).await.unwrap();
    assert!(store.holds(&holder).await.unwrap());
    let next = store.claim(at(80)).await.unwrap().unwrap();
    assert_eq!((next.open, next.generation), (None, 1));
}

async fn a_try_counts_from_its_start_and_not_from_the_claim(place: Place) {
    let store = place.open().await;
    let first = claimed(&store).await;
    assert_eq!(first.attempt, 0);
    let mut second = store.claim(at(40)).await.unwrap().unwrap();
    assert_eq!(second.attempt, 0, "a process that is killed while it waits has tried nothing");
    store.start(&mut second).await.unwrap();
    assert_eq!(second.attempt, 1);
    assert_eq!(store.claim(at(80)).await.unwrap().unwrap().attempt, 1, "what kills a process is counted");
}

async fn a_job_that_is_released_is_due_at_once_and_its_try_does_not_count(place: Place) {
    let store = place.open().await;
    let job = claimed(&store).await;
    store.start(&mut job.clone()).await.unwrap();
    store.release(std::slice::from_ref(&job)).await.unwrap();
    assert_eq!(store.claim(at(0)).await.unwrap().unwrap().attempt, 0);
}

async fn two_processes_never_hold_one_pull_request(place: Place) {
    let store = place.open().await;
    let asks: Vec<Ask> = (1..=40).map(ask).collect();
    tell(&store, "many", &asks, at(0)).await;
    let mut processes = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = place.open().await;
        processes.spawn(async move {
            let mut held = Vec::new();
            while let Some(job) = store.claim(at(1)).await.unwrap() {
                held.push(job.ask.subject);
            }
            held
        });
    }
    let mut held: Vec<Subject> = processes.join_all().await.into_iter().flatten().collect();
    held.sort();
    assert_eq!(held, (1..=40).map(|n| Subject::Pull(PrNumber(n))).collect::<Vec<_>>());
}

/// The repositories of the next claims, in their order.
async fn turns(store: &Store, count: usize) -> Vec<u64> {
    let mut turns = Vec::new();
    for _ in 0..count {
        turns.push(store.claim(at(500)).await.unwrap().unwrap().ask.repo_id);
    }
    turns
}

async fn a_noisy_repository_keeps_no_other_waiting(place: Place) {
    let store = place.open().await;
    let noisy: Vec<Ask> = (1..=50).map(ask).collect();
    tell(&store, "noise", &noisy, at(0)).await;
    assert_eq!(turns(&store, 2).await, [7, 7]);
    let beside = Ask { repo_id: 8, ..ask(1) };
    let elsewhere = Ask { repo_id: 9, installation: 4, ..ask(1) };
    let second = Ask { repo_id: 9, installation: 4, ..ask(2) };
    tell(&store, "late", &[beside, elsewhere, second], at(400)).await;
    assert_eq!(
        turns(&store, 5).await,
        [9, 8, 9, 7, 7],
        "each installation in turn, and in it each repository"
    );
}

async fn what_was_tried_lets_what_was_not_go_first_but_not_for_ever(place: Place) {
    let store = place.open().await;
    let mut deadly = claimed(&store).await;
    store.start(&mut deadly).await.unwrap();
    tell(&store, "soon", &[ask(2)], at(20)).await;
    tell(&store, "late", &[ask(3)], at(31)).await;
    let mut order = Vec::new();
    while let Some(job) = store.claim(at(40)).await.unwrap() {
        order.push(job.ask.subject.pull().unwrap().0);
    }
    assert_eq!(order, [2, 1, 3]);
}

async fn the_queue_is_counted(place: Place) {
    let store = place.open().await;
    assert_eq!(store.queue(at(0)).await.unwrap(), Queue::default());
    tell(&store, "d", &[ask(1), ask(2), ask(3), ask(4)], at(5)).await;
    let failed = store.claim(at(6)).await.unwrap().unwrap();
    store.fail(&failed, "later", at(100)).await.unwrap();
    let buried = store.claim(at(6)).await.unwrap().unwrap();
    store.bury(&buried, "never", at(6)).await.unwrap();
    store.claim(at(6)).await.unwrap().unwrap();
    let expected = Queue { due: 1, waiting: 1, running: 1, dead: 1, oldest: Some(at(5)) };
    assert_eq!(store.queue(at(7)).await.unwrap(), expected);
}

async fn a_mark_moves_only_from_where_it_was_read(place: Place) {
    let store = place.open().await;
    assert_eq!(store.mark("deliveries").await.unwrap(), None);
    assert!(store.set_mark("deliveries", None, at(5)).await.unwrap());
    assert!(!store.set_mark("deliveries", None, at(6)).await.unwrap(), "another was first");
    assert!(!store.set_mark("deliveries", Some(at(4)), at(6)).await.unwrap());
    assert!(store.set_mark("deliveries", Some(at(5)), at(7)).await.unwrap());
    assert_eq!(store.mark("deliveries").await.unwrap(), Some(at(7)));
    assert_eq!(store.mark("another").await.unwrap(), None);
}

async fn a_merge_group_is_work_beside_pull_requests_and_leaves_no_verdict(place: Place) {
    let store = place.open().await;
    let group = |digit| Ask { subject: Subject::Group(sha(digit)), ..ask(1) };
    tell(&store, "d", &[group("c"), group("d"), ask(1)], at(0)).await;
    let mut subjects = Vec::new();
    while let Some(job) = store.claim(at(0)).await.unwrap() {
        store.done(&job, &settled(), at(1)).await.unwrap();
        subjects.push(job.ask.subject);
    }
    subjects.sort();
    let expected = [Subject::Pull(PrNumber(1)), Subject::Group(sha("c")), Subject::Group(sha("d"))];
    assert_eq!(subjects, expected);
    assert_eq!(store.pulls_with_head(7, sha("a").as_str()).await.unwrap(), [PrNumber(1)]);
}

async fn what_is_closed_is_not_judged_but_where_a_check_run_was_begun(place: Place) {
    let store = place.open().await;
    let close = |id: &str, number| Intake {
        closed: vec![(7, Subject::Pull(PrNumber(number)))],
        ..Intake::asking(delivery(id), Vec::new())
    };
    tell(&store, "d", &[ask(1)], at(0)).await;
    store.accept(&close("e", 1), at(1)).await.unwrap();
    assert_eq!(store.claim(at(2)).await.unwrap(), None);
    nudge(&store, "f", at(3), at(3)).await;
    assert_eq!(store.claim(at(4)).await.unwrap(), None, "a check that ends later changes nothing");
    tell(&store, "reopened", &[ask(1)], at(5)).await;
    let job = store.claim(at(5)).await.unwrap().unwrap();
    store.opened(&job, &sha("a"), Some(3)).await.unwrap();
    store.fail(&job, "GitHub is down", at(60)).await.unwrap();
    store.accept(&close("g", 1), at(7)).await.unwrap();
    assert!(store.claim(at(60)).await.unwrap().is_some(), "the check run is ended first");
    assert_eq!(store.accept(&close("h", 99), at(8)).await.unwrap(), Accepted::New, "one that was never seen");
}

async fn an_installation_that_is_gone_has_no_work(place: Place) {
    let store = place.open().await;
    let other = |number| Ask { installation: 4, repo_id: 8, ..ask(number) };
    tell(&store, "d", &[ask(1), other(1)], at(0)).await;
    store.forget_installation(3).await.unwrap();
    assert_eq!(store.claim(at(1)).await.unwrap().unwrap().ask.installation, 4);
    assert_eq!(store.claim(at(1)).await.unwrap(), None);
    tell(&store, "e", &[other(2)], at(1)).await;
    store.forget_repository(4, 7).await.unwrap();
    assert_eq!(store.queue(at(2)).await.unwrap().due, 1, "another repository's work stays");
    store.forget_repository(4, 8).await.unwrap();
    assert_eq!(store.queue(at(2)).await.unwrap().due, 0);
}

async fn deliveries_that_come_together_are_each_stored_once(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let mut senders = tokio::task::JoinSet::new();
    for n in 0..120 {
        let store = if n % 2 == 0 { one.clone() } else { two.clone() };
        // Each delivery comes twice, by different ways, and each pull request in several of them.
        senders.spawn(async move {
            tell(&store, &format!("d{}", n / 2), &[ask(n % 5), ask(9 - n % 5)], at(0)).await
        });
    }
    let new = senders.join_all().await.into_iter().filter(|accepted| *accepted == Accepted::New).count();
    assert_eq!(new, 60);
    let ids: Vec<String> = (0..70).map(|n| format!("d{n}")).collect();
    assert_eq!(one.known_deliveries(&ids).await.unwrap().len(), 60);
    assert_eq!(one.forget_deliveries(at(1)).await.unwrap(), 60);
    assert!(one.known_deliveries(&ids).await.unwrap().is_empty());
}
