//! Facts about what payloads mean.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::store::{Ask, Delivery, Intake, Store};

const HEAD: &str = "2222222222222222222222222222222222222222";

fn read_json(name: &str, payload: &Value) -> Result<Event, String> {
    read(name, payload.to_string().as_bytes(), 5)
}

/// A payload of the repository 9 as the installation 3 sees it.
fn payload(mut own: Value) -> Value {
    own["repository"] = json!({"id": 9, "full_name": "octo/app"});
    own["installation"] = json!({"id": 3});
    own
}

fn heard(name: &str, own: Value) -> Option<Heard> {
    match read_json(name, &payload(own)).unwrap() {
        Event::Heard(heard) => Some(heard),
        Event::Nothing => None,
        Event::Ping => panic!("{name} is no ping"),
    }
}

async fn intake_of(name: &str, own: Value) -> Intake {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let delivery = Delivery { id: "d".into(), event: name.into() };
    let heard = heard(name, own).unwrap();
    intake(&heard, delivery, &store, Timestamp::UNIX_EPOCH, SignedDuration::from_secs(10)).await.unwrap()
}

fn pull(action: &str) -> Value {
    json!({"action": action, "number": 4, "pull_request": {"number": 4, "body": null, "head": {"repo": null}}})
}

fn these(heard: &Heard) -> Vec<(&[Subject], Urgency, Start)> {
    let these = |want: &'_ Want| match &want.whom {
        Whom::These(_) => {}
        other => panic!("{other:?}"),
    };
    heard.wants.iter().for_each(these);
    let subjects = |want: &'_ Want| (want.urgency, want.start);
    heard
        .wants
        .iter()
        .map(|want| {
            let Whom::These(list) = &want.whom else { unreachable!("looked at above") };
            let (urgency, start) = subjects(want);
            (list.as_slice(), urgency, start)
        })
        .collect()
}

#[test]
fn what_happens_to_a_pull_request_has_its_urgency() {
    let four = [Subject::Pull(PrNumber(4))];
    let urgencies = [
        ("opened", Urgency::Push),
        ("reopened", Urgency::Push),
        ("synchronize", Urgency::Push),
        ("ready_for_review", Urgency::Push),
        ("edited", Urgency::Loud),
        ("converted_to_draft", Urgency::Quiet),
    ];
    for (action, urgency) in urgencies {
        let heard = heard("pull_request", pull(action)).unwrap();
        assert_eq!(these(&heard), [(&four[..], urgency, Start::Now)], "{action}");
        assert_eq!(heard.wants[0].place.installation, 3);
    }
    let closed = heard("pull_request", pull("closed")).unwrap();
    assert_eq!((closed.wants.len(), closed.closed), (0, vec![(9, four[0].clone())]));
    for action in ["labeled", "assigned", "review_requested", "an_action_of_the_future"] {
        assert_eq!(heard("pull_request", pull(action)), None, "{action}");
    }
}

#[test]
fn what_happens_to_a_closed_pull_request_is_nothing_until_it_is_opened_again() {
    for action in ["edited", "converted_to_draft", "ready_for_review", "reopened", "closed"] {
        let mut late = pull(action);
        late["pull_request"]["state"] = "closed".into();
        assert_eq!(
            heard("pull_request", late).is_some(),
            ["reopened", "closed"].contains(&action),
            "{action}"
        );
    }
}

#[test]
fn an_edit_counts_where_it_touches_what_is_judged_or_does_not_tell() {
    for (changes, counts) in [
        (json!({"title": {"from": "a"}}), true),
        (json!({"body": {"from": "a"}}), true),
        (json!({"base": {"ref": {"from": "main"}, "sha": {"from": HEAD}}}), true),
        (Value::Null, true),
        (json!({}), false),
        (json!({"milestone": {}}), false),
    ] {
        let mut edited = pull("edited");
        edited["changes"] = changes.clone();
        assert_eq!(heard("pull_request", edited).is_some(), counts, "{changes}");
    }
}

#[test]
fn only_what_is_heard_is_asked_of_its_payload() {
    assert_eq!(read_json("star", &json!({})), Ok(Event::Nothing));
    assert_eq!(read_json("an_event_of_the_future", &json!([])), Ok(Event::Nothing));
    assert_eq!(read_json("ping", &json!({"zen": "…"})), Ok(Event::Ping));
    assert_eq!(read_json("pull_request", &json!({"action": "labeled"})), Ok(Event::Nothing));
    assert!(read("star", b"{", 5).unwrap_err().starts_with("the body is not JSON"));
    assert!(read_json("pull_request", &json!({})).unwrap_err().starts_with("the payload lacks"));
    let mut opened = payload(pull("opened"));
    opened.as_object_mut().unwrap().remove("installation");
    assert!(read_json("pull_request", &opened).unwrap_err().contains("names no installation"));
    opened.as_object_mut().unwrap().remove("pull_request");
    assert!(read_json("pull_request", &opened).is_err());
    assert!(is_heard("push", None) && is_heard("pull_request", Some("opened")));
    assert!(
        !is_heard("pull_request", None)
            && !is_heard("pull_request", Some("labeled"))
            && !is_heard("star", None)
    );
}

fn run(action: &str, app: u64, external: &str) -> Value {
    json!({"action": action, "sender": {"login": "robin", "id": 77, "type": "User"},
           "requested_action": {"identifier": "accept:1a2b3c4d5e6f"},
           "check_run": {"id": 8, "name": "gainsay", "head_sha": HEAD, "external_id": external, "app": {"id": app},
                         "pull_requests": []}})
}

#[test]
fn a_forks_check_run_is_mapped_by_its_mark_and_anothers_is_none_of_ours() {
    let whom =
        |external: &str| heard("check_run", run("rerequested", 5, external)).unwrap().wants.pop().unwrap();
    let marked = whom("gainsay:9:4:2");
    assert_eq!((marked.whom, marked.urgency), (Whom::These(vec![Subject::Pull(PrNumber(4))]), Urgency::Loud));
    assert_eq!(whom("gainsay:9:0:2").whom, Whom::These(vec![Subject::Group(HEAD.parse().unwrap())]));
    for unmarked in ["", "gainsay:8:4:2"] {
        let judged = Whom::Judged { head: HEAD.into(), listed: Vec::new() };
        assert_eq!(whom(unmarked).whom, judged, "{unmarked}");
    }
    for action in ["rerequested", "requested_action"] {
        assert_eq!(heard("check_run", run(action, 6, "gainsay:9:4:2")), None, "another App's");
    }
    assert_eq!(
        heard("check_run", run("completed", 5, "gainsay:9:4:2")),
        None,
        "our own verdict is no evidence"
    );
    let evidence = heard("check_run", run("completed", 6, "")).unwrap().wants.pop().unwrap();
    assert_eq!((evidence.urgency, evidence.start), (Urgency::Quiet, Start::Soon));
}

#[tokio::test]
async fn a_button_is_an_order_of_who_pressed_it() {
    let intake = intake_of("check_run", run("requested_action", 5, "gainsay:9:4:2")).await;
    let [command] = &intake.commands[..] else { panic!("{intake:?}") };
    assert_eq!(command.key, "action:8:accept:1a2b3c4d5e6f:77");
    assert_eq!((command.words.as_str(), command.number), ("/gainsay accept 1a2b3c4d5e6f", PrNumber(4)));
    assert_eq!((command.by.login.as_str(), command.by.id, command.is_bot), ("robin", Some(77), false));
    assert_eq!(intake.asks[0].urgency, Urgency::Push);
    let mut recheck = run("requested_action", 5, "gainsay:9:4:2");
    recheck["requested_action"]["identifier"] = "recheck".into();
    let intake = intake_of("check_run", recheck).await;
    assert_eq!(
        (intake.commands[0].words.as_str(), intake.asks[0].urgency),
        ("/gainsay recheck", Urgency::Push)
    );
    for lack in ["sender", "requested_action"] {
        let mut lacking = run("requested_action", 5, "gainsay:9:4:2");
        lacking[lack] = Value::Null;
        assert_eq!(heard("check_run", lacking), None, "{lack}");
    }
}

fn suite(action: &str, app: u64, pulls: Value) -> Value {
    json!({"action": action, "check_suite": {"head_sha": HEAD, "app": {"id": app}, "pull_requests": pulls}})
}

#[test]
fn a_suite_that_is_requested_is_a_push_where_it_lists_pull_requests_into_this_repository() {
    let pulls =
        json!([{"number": 4, "base": {"repo": {"id": 9}}}, {"number": 7, "base": {"repo": {"id": 10}}}]);
    let listed = heard("check_suite", suite("requested", 5, pulls.clone())).unwrap();
    assert_eq!(these(&listed), [(&[Subject::Pull(PrNumber(4))][..], Urgency::Push, Start::Now)]);
    for nothing in [json!([]), Value::Null, json!([{"number": 7, "base": {"repo": {"id": 10}}}])] {
        assert_eq!(heard("check_suite", suite("requested", 5, nothing)), None);
    }
    assert_eq!(heard("check_suite", suite("requested", 6, pulls.clone())), None, "another App's");
    assert_eq!(heard("check_suite", suite("completed", 5, pulls.clone())), None, "our own");
    let again = heard("check_suite", suite("rerequested", 5, pulls.clone())).unwrap();
    assert_eq!(again.wants[0].urgency, Urgency::Loud);
    let evidence = heard("check_suite", suite("completed", 6, pulls)).unwrap();
    assert_eq!(evidence.wants[0].whom, Whom::At { head: HEAD.into(), listed: vec![PrNumber(4)] });
    let workflow = json!({"action": "completed", "workflow_run": {"head_sha": HEAD, "pull_requests": []}});
    assert_eq!(heard("workflow_run", workflow).unwrap().wants[0].start, Start::Soon);
}

#[test]
fn statuses_count_when_they_have_ended() {
    assert_eq!(heard("status", json!({"sha": HEAD, "state": "pending"})), None);
    for state in ["success", "failure", "error"] {
        assert!(heard("status", json!({"sha": HEAD, "state": state})).is_some(), "{state}");
    }
    assert!(heard("deployment_status", json!({"action": "created", "deployment": {"sha": HEAD}})).is_some());
}

fn comment(body: &str) -> Value {
    json!({"action": "created", "issue": {"number": 4, "state": "open", "pull_request": {"url": "…"}},
           "comment": {"id": 55, "body": body, "created_at": "2024-05-01T12:00:00Z"},
           "sender": {"login": "robin", "id": 77, "type": "User"}})
}

#[tokio::test]
async fn a_comment_with_an_order_is_kept_whole() {
    let words = "Fine by me.\n  /gainsay accept 1a2b3c4d5e6f generated\n";
    let intake = intake_of("issue_comment", comment(words)).await;
    let [command] = &intake.commands[..] else { panic!("{intake:?}") };
    assert_eq!(
        (command.key.as_str(), command.comment, command.words.as_str()),
        ("comment:55", Some(55), words)
    );
    assert_eq!(command.at.to_string(), "2024-05-01T12:00:00Z");
    assert_eq!(intake.asks[0].urgency, Urgency::Push);
    let recheck = intake_of("issue_comment", comment("/gainsay recheck")).await;
    assert_eq!((recheck.commands.len(), recheck.asks[0].urgency), (1, Urgency::Push));
}

#[test]
fn a_comment_that_orders_nothing_of_us_or_is_a_bots_is_nothing() {
    for body in ["Fine", "see /gainsay accept x", "> /gainsay accept x", "/gainsayer", "", "\u{0}"] {
        assert_eq!(heard("issue_comment", comment(body)), None, "{body:?}");
    }
    let with = |at: &str, value: Value| {
        let mut comment = comment("/gainsay recheck");
        *comment.pointer_mut(at).unwrap() = value;
        heard("issue_comment", comment)
    };
    for bot in [json!({"login": "x[bot]", "id": 1, "type": "Bot"}), json!({"login": "x[bot]"}), Value::Null] {
        assert_eq!(with("/sender", bot.clone()), None, "{bot}");
    }
    assert_eq!(with("/comment/body", Value::Null), None);
    assert_eq!(with("/issue/pull_request", Value::Null), None, "an issue's");
    assert_eq!(with("/action", "edited".into()), None);
    assert_eq!(with("/issue/state", "closed".into()), None);
}

#[test]
fn a_merge_group_is_judged_until_it_is_destroyed() {
    let group = |action: &str| json!({"action": action, "merge_group": {"head_sha": HEAD, "base_ref": "refs/heads/main"}});
    let subject = Subject::Group(HEAD.parse().unwrap());
    let asked = heard("merge_group", group("checks_requested")).unwrap();
    assert_eq!(these(&asked), [(&[subject.clone()][..], Urgency::Push, Start::Now)]);
    assert_eq!(heard("merge_group", group("destroyed")).unwrap().closed, [(9, subject)]);
    let broken = payload(json!({"action": "destroyed", "merge_group": {"head_sha": "main"}}));
    assert!(read_json("merge_group", &broken).is_err());
}

fn push(commits: Value) -> Value {
    json!({"ref": "refs/heads/main", "forced": false, "deleted": false, "commits": commits})
}

fn commit(path: &str) -> Value {
    json!({"added": [], "modified": ["a.js", path], "removed": []})
}

#[test]
fn a_push_counts_where_it_may_have_changed_the_policy_of_a_branch() {
    let touched = heard("push", push(json!([commit("b.js"), commit(".github/gainsay.toml")]))).unwrap();
    let [want] = &touched.wants[..] else { panic!() };
    assert_eq!(
        (&want.whom, want.urgency, want.start),
        (&Whom::Into("main".into()), Urgency::Quiet, Start::Spread)
    );
    assert_eq!(heard("push", push(json!([commit("b.js")]))), None);
    assert_eq!(heard("push", push(json!([commit("docs/gainsay.toml")]))), None);
    for hidden in [json!([]), Value::Null, json!([{"added": []}]), json!(vec![commit("b.js"); 2_048])] {
        assert!(heard("push", push(hidden)).is_some(), "a list that may be incomplete");
    }
    let with = |key: &str, value: Value| {
        let mut push = push(json!([commit("gainsay.toml")]));
        push[key] = value;
        heard("push", push)
    };
    assert!(with("forced", true.into()).is_some());
    assert_eq!(with("deleted", true.into()), None);
    assert_eq!(with("ref", "refs/tags/v1".into()), None);
}

#[tokio::test]
async fn many_that_nobody_waits_for_come_one_after_the_other() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let now = Timestamp::UNIX_EPOCH;
    for number in 1..=3 {
        let ask = Ask {
            repo_id: 9,
            subject: Subject::Pull(PrNumber(number)),
            repo: "octo/app".parse().unwrap(),
            installation: 3,
            urgency: Urgency::Push,
            due: now,
        };
        let delivery = Delivery { id: number.to_string(), event: "pull_request".into() };
        store.accept(&Intake::asking(delivery, vec![ask]), now).await.unwrap();
        let job = store.claim(now).await.unwrap().unwrap();
        store.seen(&job, &HEAD.parse().unwrap(), "main", now).await.unwrap();
    }
    let pushed = heard("push", push(json!([]))).unwrap();
    let delivery = Delivery { id: "push".into(), event: "push".into() };
    let taken = intake(&pushed, delivery, &store, now, SignedDuration::from_secs(10)).await.unwrap();
    let due: Vec<i64> = taken.asks.iter().map(|ask| ask.due.as_second()).collect();
    assert_eq!(due, [10, 12, 14]);
}

#[test]
fn installations_and_repositories_come_and_go() {
    let repos = |ids: &[u64]| -> Value {
        ids.iter().map(|id| json!({"id": id, "full_name": format!("octo/r{id}")})).collect()
    };
    let upkeep = |name: &str, own: Value| heard(name, own).unwrap().upkeep;
    let new =
        |id: u64| Upkeep::New { installation: 3, repo_id: id, repo: format!("octo/r{id}").parse().unwrap() };
    let created = json!({"action": "created", "repositories": repos(&[1, 2])});
    assert_eq!(upkeep("installation", created), [new(1), new(2)]);
    let all = [Upkeep::Changed { installation: 3 }, Upkeep::AllNew { installation: 3 }];
    assert_eq!(upkeep("installation", json!({"action": "created"})), all);
    assert_eq!(upkeep("installation", json!({"action": "unsuspend", "repositories": null})), all);
    for action in ["deleted", "suspend"] {
        assert_eq!(upkeep("installation", json!({"action": action})), [Upkeep::Gone { installation: 3 }]);
    }
    let moved =
        json!({"action": "added", "repositories_added": repos(&[4]), "repositories_removed": repos(&[5])});
    let unseen = Upkeep::Unseen { installation: 3, repo_id: 5 };
    assert_eq!(
        upkeep("installation_repositories", moved),
        [Upkeep::Changed { installation: 3 }, unseen, new(4)]
    );
    let renamed = Upkeep::Renamed { repo_id: 9, repo: "octo/app".parse().unwrap() };
    assert_eq!(upkeep("repository", json!({"action": "renamed"})), [renamed]);
    let deleted = Upkeep::Unseen { installation: 3, repo_id: 9 };
    assert_eq!(upkeep("repository", json!({"action": "deleted"})), [deleted]);
    assert_eq!(heard("repository", json!({"action": "publicized"})), None);
}

proptest::proptest! {
    #[test]
    fn no_payload_makes_it_panic(name in 0..HEARD.len(), action in 0_usize..8, keys in proptest::collection::vec("[a-z_]{1,12}", 0..6), text in "\\PC{0,40}", number in proptest::num::u64::ANY) {
        let (name, actions) = HEARD[name];
        let mut own = payload(json!({"action": actions.get(action), "number": number}));
        for key in keys {
            own[key] = json!({"number": number, "id": number, "head_sha": text, "full_name": text, "body": text});
        }
        own["pull_request"] = json!({"number": number});
        let _ = read_json(name, &own);
        let _ = read(name, text.as_bytes(), 5);
    }
}
