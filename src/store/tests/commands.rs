//! Commands, waivers and the comment with the verdict.

use crate::change::Person;
use crate::ids::PrNumber;
use crate::store::tests::{Place, at, delivery, on_both};
use crate::store::{Command, CommandAnswer, Intake, KeptWaiver, Sticky, Store};

on_both![
    a_command_is_kept_once_whichever_delivery_brings_it,
    a_command_is_decided_once_with_what_it_accepts,
    what_is_accepted_twice_is_accepted_as_it_was_said_last,
    waivers_are_found_by_any_name_of_their_repository,
    the_comment_with_the_verdict_is_remembered,
];

const PULL: PrNumber = PrNumber(4);

fn command(key: &str) -> Command {
    Command {
        key: key.to_owned(),
        repo_id: 7,
        number: PULL,
        by: Person { login: "casey".into(), id: Some(501), ..Person::default() },
        is_bot: false,
        words: "/gainsay recheck\0 – ü".to_owned(),
        comment: Some(9),
        at: at(1),
    }
}

fn waiver(reason: &str, seconds: i64) -> KeptWaiver {
    KeptWaiver {
        fingerprint: "14b695a33f348377".parse().unwrap(),
        repo: "octo/app".parse().unwrap(),
        rule: "test-skipped".into(),
        headline: "the test no longer runs".into(),
        by: command("").by,
        reason: reason.to_owned(),
        at: at(seconds),
        until: "2026-12-31".parse().ok(),
        comment: None,
    }
}

async fn accept(store: &Store, id: &str, commands: Vec<Command>) {
    let intake = Intake { commands, ..Intake::asking(delivery(id), Vec::new()) };
    store.accept(&intake, at(1)).await.unwrap();
}

async fn a_command_is_kept_once_whichever_delivery_brings_it(place: Place) {
    let store = place.open().await;
    accept(&store, "one", vec![command("comment:1"), command("comment:2")]).await;
    accept(&store, "two", vec![Command { words: "other".into(), ..command("comment:1") }]).await;
    accept(&store, "two", vec![command("comment:3")]).await;
    let open = store.commands(7, PULL).await.unwrap();
    let keys: Vec<&str> = open.iter().map(|open| open.command.key.as_str()).collect();
    assert_eq!(keys, ["comment:1", "comment:2"]);
    let kept = Command { words: "/gainsay recheck – ü".to_owned(), ..command("comment:1") };
    assert_eq!((&open[0].command, &open[0].answer, open[0].tries), (&kept, &None, 0));
    assert_eq!(store.commands(8, PULL).await.unwrap(), []);
}

async fn a_command_is_decided_once_with_what_it_accepts(place: Place) {
    let store = place.open().await;
    let one = command("comment:1");
    accept(&store, "one", vec![one.clone()]).await;
    let yes = CommandAnswer { reaction: Some(true), reply: None };
    assert!(store.decide(&one, &yes, &[waiver("because", 1)]).await.unwrap());
    let no = CommandAnswer { reaction: Some(false), reply: Some("no".into()) };
    assert!(!store.decide(&one, &no, &[waiver("another time", 2)]).await.unwrap());
    let open = store.commands(7, PULL).await.unwrap().pop().unwrap();
    assert_eq!(open.answer, Some(yes));
    assert_eq!(store.waivers(7, PULL).await.unwrap(), [waiver("because", 1)]);
    store.begin_answer("comment:1").await.unwrap();
    assert_eq!(store.commands(7, PULL).await.unwrap()[0].tries, 1);
    store.answered("comment:1").await.unwrap();
    assert_eq!(store.commands(7, PULL).await.unwrap(), []);
    let two = command("comment:2");
    accept(&store, "two", vec![two.clone()]).await;
    assert!(store.decide(&two, &no, &[]).await.unwrap());
    assert_eq!(store.replies(7, PULL, &two.by).await.unwrap(), 1);
    let renamed = Person { login: "kc".into(), ..two.by };
    assert_eq!(store.replies(7, PULL, &renamed).await.unwrap(), 1);
    let other = Person { login: "lee".into(), id: None, ..Person::default() };
    assert_eq!(store.replies(7, PULL, &other).await.unwrap(), 0);
}

async fn what_is_accepted_twice_is_accepted_as_it_was_said_last(place: Place) {
    let store = place.open().await;
    for (key, waiver) in [("a", waiver("first", 1)), ("b", KeptWaiver { until: None, ..waiver("last", 2) })] {
        accept(&store, key, vec![command(key)]).await;
        store.decide(&command(key), &CommandAnswer::default(), &[waiver]).await.unwrap();
    }
    let kept = store.waivers(7, PULL).await.unwrap();
    assert_eq!(kept, [KeptWaiver { until: None, ..waiver("last", 2) }]);
}

async fn waivers_are_found_by_any_name_of_their_repository(place: Place) {
    let store = place.open().await;
    let renamed = KeptWaiver {
        repo: "octo/renamed".parse().unwrap(),
        fingerprint: "24b695a33f348377".parse().unwrap(),
        ..waiver("second", 2)
    };
    for (key, waiver) in [("a", waiver("first", 1)), ("b", renamed)] {
        accept(&store, key, vec![command(key)]).await;
        store.decide(&command(key), &CommandAnswer::default(), &[waiver]).await.unwrap();
    }
    for name in ["octo/app", "Octo/Renamed"] {
        let found = store.waivers_of(&name.parse().unwrap()).await.unwrap();
        let reasons: Vec<&str> = found.iter().map(|(_, waiver)| waiver.reason.as_str()).collect();
        assert_eq!(reasons, ["first", "second"], "{name}");
    }
    assert_eq!(store.waivers_of(&"octo/other".parse().unwrap()).await.unwrap(), []);
}

async fn the_comment_with_the_verdict_is_remembered(place: Place) {
    let store = place.open().await;
    assert_eq!(store.sticky(7, PULL).await.unwrap(), None);
    for comment in [None, Some(12)] {
        let sticky = Sticky { comment, shown: "digest".into() };
        store.set_sticky(7, PULL, &sticky).await.unwrap();
        assert_eq!(store.sticky(7, PULL).await.unwrap(), Some(sticky));
    }
}
