//! Accepting a finding on GitHub: who may, what it leads to, how long it holds, and what everybody is answered.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gainsay::ids::PrNumber;
use serde_json::Value;

use crate::server::{Scene, scene};
use crate::world::comments::{CASEY, CommentState, Who};
use crate::world::{Fault, INSTALLATION, Known, REPO, REPO_ID, RunState, Start};

const BASE: &[(&str, &str)] = &[("a.js", "export const a = 1;\n")];
const MARKERS: &str = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n";

fn head(text: &str) -> Vec<(&'static str, String)> {
    vec![("a.js", "export const a = 1;\n".to_owned()), ("notes.txt", text.to_owned())]
}

fn borrowed<'f>(files: &'f [(&'static str, String)]) -> Vec<(&'f str, &'f str)> {
    files.iter().map(|(path, text)| (*path, text.as_str())).collect()
}

/// A blocked pull request, its check run and the fingerprint of what blocks.
struct Blocked {
    scene: Scene,
    number: u64,
    head: String,
    run: RunState,
    print: String,
    deliveries: AtomicUsize,
}

async fn blocked() -> Blocked {
    blocked_under("").await
}

async fn blocked_under(policy: &str) -> Blocked {
    blocked_by(policy, "Add notes").await
}

/// `title` is the message of the one commit too.
async fn blocked_by(policy: &str, title: &str) -> Blocked {
    let scene = scene(Start::default()).await;
    let mut base = BASE.to_vec();
    base.extend((!policy.is_empty()).then_some((".github/gainsay.toml", policy)));
    let files = head(MARKERS);
    let mut files = borrowed(&files);
    files.extend((!policy.is_empty()).then_some((".github/gainsay.toml", policy)));
    let number = scene.world.pull(title, "", &base, &files);
    let head = scene.world.head(number);
    scene.gainsay.tell("first", "opened", number).await;
    let run = scene.world.completed(&head).await;
    assert_eq!(run.conclusion.as_deref(), Some("failure"), "{}", run.summary);
    let print = run.actions[0].clone();
    Blocked { scene, number, head, run, print, deliveries: AtomicUsize::new(0) }
}

/// The verdict that is kept, once that many are: a check run is shown a moment before.
async fn kept(scene: &Scene, number: u64, count: usize) -> Value {
    let verdicts = async {
        loop {
            let verdicts = scene.gainsay.store.verdicts(REPO_ID, PrNumber(number)).await.unwrap();
            if verdicts.len() >= count {
                return verdicts;
            }
            tokio::task::yield_now().await;
        }
    };
    let verdicts = tokio::time::timeout(Duration::from_secs(20), verdicts).await.expect("a kept verdict");
    serde_json::from_str(&verdicts.last().unwrap().json).unwrap()
}

impl Blocked {
    fn delivery(&self) -> String {
        format!("c{}", self.deliveries.fetch_add(1, Ordering::SeqCst))
    }

    /// Someone comments, and the server hears of it; returns the comment's number.
    async fn says(&self, who: Who, words: &str) -> u64 {
        let id = self.scene.world.comment(self.number, who, words);
        self.hear(who, id, words).await;
        id
    }

    async fn hear(&self, who: Who, id: u64, words: &str) {
        let delivery = self.delivery();
        let status =
            self.scene.gainsay.tell_comment(&delivery, "created", self.number, who, (id, words)).await;
        assert_eq!(status, 202);
    }

    async fn presses(&self, who: Who, identifier: &str) {
        self.scene.world.comment(self.number, who, "I looked at it.");
        let delivery = self.delivery();
        assert_eq!(self.scene.gainsay.tell_button(&delivery, who, &self.run, identifier).await, 202);
    }

    /// Waits until all that came before is done: another pull request is judged after it.
    async fn settled(&self) {
        let main = self.scene.world.with(|known| known.branches["main"].clone());
        let other = self.scene.world.pull("Another", "", BASE, &[("a.js", "export const a = 3;\n")]);
        self.scene.world.with(|known| known.branches.insert("main".into(), main));
        self.scene.gainsay.tell(&self.delivery(), "opened", other).await;
        self.scene.world.completed(&self.scene.world.head(other)).await;
        let store = &self.scene.gainsay.store;
        let answered = async {
            while !store.commands(REPO_ID, PrNumber(self.number)).await.unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), answered).await.expect("every command is answered");
    }

    fn replies(&self) -> Vec<CommentState> {
        self.scene.world.our_comments(self.number)
    }

    /// The pull request's check run on a head, once it has that many.
    async fn run(&self, head: &str, count: usize) -> RunState {
        self.scene.world.completions(head, count).await.pop().unwrap()
    }

    async fn push(&self, text: &str) -> String {
        let files = head(text);
        let pushed = self.scene.world.push(self.number, "More", &borrowed(&files));
        self.scene.gainsay.tell(&self.delivery(), "synchronize", self.number).await;
        pushed
    }
}

#[tokio::test]
async fn a_person_with_write_access_accepts_and_the_pull_request_merges() {
    let pull = blocked().await;
    assert_eq!(pull.scene.world.merge(pull.number), 405);
    let words = format!("/gainsay accept {} a sample of conflict markers", pull.print);
    let comment = pull.says(CASEY, &words).await;
    let run = pull.run(&pull.head, 2).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"), "{}", run.summary);
    assert!(run.summary.contains("by casey on "), "{}", run.summary);
    assert!(run.summary.contains(": a sample of conflict markers."), "{}", run.summary);
    assert_eq!(run.annotations[0]["annotation_level"], "notice");
    assert_eq!(pull.scene.world.reacted(comment).await, "+1");
    assert_eq!(pull.replies(), []);
    assert_eq!(pull.scene.world.merge(pull.number), 200);
    let verdict = kept(&pull.scene, pull.number, 2).await;
    assert_eq!(verdict["findings"][0]["waived"]["by"], "casey");
}

#[tokio::test]
async fn what_was_accepted_survives_a_push_that_leaves_it_and_dies_when_it_changes() {
    let pull = blocked().await;
    pull.says(CASEY, &format!("/gainsay accept {} a sample", pull.print)).await;
    pull.run(&pull.head, 2).await;
    let moved = pull.push(&format!("Notes\n\n{MARKERS}\nThe end.\n")).await;
    assert_eq!(pull.run(&moved, 1).await.conclusion.as_deref(), Some("success"));
    let changed = pull.push(&MARKERS.replace("\nb\n", "\nanother\n")).await;
    assert_eq!(pull.run(&changed, 1).await.conclusion.as_deref(), Some("failure"));
}

#[tokio::test]
async fn whoever_is_no_other_person_with_write_access_is_refused_with_the_reason() {
    let robin = Who { login: "robin", id: 77, permission: Some("admin") };
    let reader = Who { login: "lee", id: 502, permission: Some("read") };
    let stranger = Who { login: "sam", id: 503, permission: None };
    let pull = blocked().await;
    for (who, because) in [
        (robin, "not by one who opened the pull request"),
        (reader, "not by one who has no write access"),
        (stranger, "not by one who has no write access"),
    ] {
        let words = format!("/gainsay accept {} because I say so", pull.print);
        let comment = pull.says(who, &words).await;
        let mark = format!("<!-- gainsay:answer:{comment} -->");
        let reply = pull.scene.world.said(pull.number, &mark).await;
        assert!(reply.body.contains(because), "{}: {}", who.login, reply.body);
        assert!(!reply.body.contains("because I say so"), "{}", reply.body);
    }
    pull.settled().await;
    assert_eq!(pull.replies().len(), 3);
    let store = &pull.scene.gainsay.store;
    assert_eq!(store.waivers(REPO_ID, PrNumber(pull.number)).await.unwrap(), []);
    assert_eq!(pull.scene.world.merge(pull.number), 405);
}

#[tokio::test]
async fn who_wrote_a_part_of_it_is_refused() {
    let title = "Add notes\n\nCo-authored-by: Casey <501+casey@users.noreply.github.com>";
    let pull = blocked_by("", title).await;
    pull.says(CASEY, &format!("/gainsay accept {} because I say so", pull.print)).await;
    let reply = pull.scene.world.said(pull.number, "Not accepted").await;
    assert!(reply.body.contains("not by one who wrote a part of it"), "{}", reply.body);
}

#[tokio::test]
async fn no_machine_accepts_anything_and_none_is_answered_in_words() {
    let pull = blocked().await;
    let words = format!("/gainsay accept {} the rest is generated\n/gainsay nonsense", pull.print);
    let bot = Who { login: "helper[bot]", id: 601, permission: Some("admin") };
    let ours = Who { login: "gainsay[bot]", id: 602, permission: Some("admin") };
    let agent = Who { login: "devin-ai-integration[bot]", id: 158243242, permission: Some("admin") };
    for who in [bot, ours, agent] {
        pull.says(who, &words).await;
    }
    let account = Who { login: "openhands-agent", id: 603, permission: Some("admin") };
    let comment = pull.says(account, &words).await;
    assert_eq!(pull.scene.world.reacted(comment).await, "-1");
    pull.settled().await;
    assert_eq!(pull.replies(), []);
    assert_eq!(pull.scene.world.merge(pull.number), 405);
    let store = &pull.scene.gainsay.store;
    assert_eq!(store.waivers(REPO_ID, PrNumber(pull.number)).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_wrong_with_a_command_is_said_once_in_one_reply() {
    let pull = blocked().await;
    for (words, said) in [
        (format!("/gainsay accept {}", pull.print), "a reason is missing"),
        (
            "/gainsay accept 0123456789abcdef because".to_owned(),
            "nothing with the fingerprint `0123456789abcdef`",
        ),
        (format!("/gainsay accept {} a sample until 2020-01-01", pull.print), "`2020-01-01` has passed"),
        (format!("/gainsay accept {} a sample until 2026-02-31", pull.print), "must be a day"),
        ("/gainsay accept that one please".to_owned(), "Which finding is meant?"),
        ("/gainsay approve\n/gainsay merge".to_owned(), "No such command"),
    ] {
        let comment = pull.says(CASEY, &words).await;
        let reply = pull.scene.world.said(pull.number, &format!("gainsay:answer:{comment} ")).await;
        assert!(reply.body.contains(said), "{words}: {}", reply.body);
        assert_eq!(reply.body.matches("No such command").count(), usize::from(words.contains("merge")));
        assert_eq!(reply.body.contains(&pull.print), words.contains("0123") || words.contains("that one"));
    }
    assert_eq!(pull.replies().len(), 6);
    assert_eq!(pull.scene.world.merge(pull.number), 405);
}

#[tokio::test]
async fn a_waiver_with_a_day_is_judged_again_when_the_day_is_over() {
    let pull = blocked().await;
    pull.says(CASEY, &format!("/gainsay accept {} a sample until 9000-12-31", pull.print)).await;
    let run = pull.run(&pull.head, 2).await;
    assert!(run.summary.contains("until 9000-12-31: a sample"), "{}", run.summary);
    let over = "9001-01-01T00:00:00Z".parse().ok();
    let timer = async {
        while pull.scene.gainsay.store.next_due().await.unwrap() != over {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), timer).await.expect("a timer for the day after");
}

#[tokio::test]
async fn the_same_comment_again_by_whichever_delivery_does_nothing_twice() {
    let pull = blocked().await;
    let words = "/gainsay nonsense";
    let comment = pull.says(CASEY, words).await;
    pull.scene.world.said(pull.number, "No such command").await;
    pull.settled().await;
    pull.hear(CASEY, comment, words).await;
    let again = pull.scene.gainsay.tell_comment("c0", "created", pull.number, CASEY, (comment, words)).await;
    assert_eq!(again, 202);
    pull.settled().await;
    assert_eq!(pull.replies().len(), 1);
}

#[tokio::test]
async fn an_edited_comment_and_one_on_an_issue_are_no_commands() {
    let pull = blocked().await;
    let words = format!("/gainsay accept {} a sample", pull.print);
    for action in ["edited", "deleted"] {
        let id = pull.scene.world.comment(pull.number, CASEY, &words);
        pull.scene.gainsay.tell_comment(&pull.delivery(), action, pull.number, CASEY, (id, &words)).await;
    }
    pull.says(CASEY, &format!("> {words}\n\nIs that so?")).await;
    pull.settled().await;
    assert_eq!(pull.replies(), []);
    assert_eq!(pull.scene.world.merge(pull.number), 405);
}

#[tokio::test]
async fn a_lost_answer_to_a_reply_leaves_one_reply() {
    let pull = blocked().await;
    pull.scene.world.fail("POST", "/issues/1/comments", Fault::LostAnswer, 1);
    pull.says(CASEY, "/gainsay nonsense").await;
    pull.scene.world.said(pull.number, "No such command").await;
    pull.settled().await;
    assert_eq!(pull.replies().len(), 1);
}

#[tokio::test]
async fn an_answer_that_github_will_not_take_holds_up_no_verdict() {
    let pull = blocked().await;
    pull.scene.world.fail("POST", "/reactions", Fault::BadGateway, 4);
    pull.says(CASEY, &format!("/gainsay accept {} a sample", pull.print)).await;
    assert_eq!(pull.run(&pull.head, 2).await.conclusion.as_deref(), Some("success"));
    let tries = |known: &Known| known.requests.iter().filter(|r| r.contains("/reactions")).count() == 4;
    pull.scene.world.until("four tries", |known| tries(known).then_some(())).await;
    let open = || pull.scene.gainsay.store.commands(REPO_ID, PrNumber(pull.number));
    assert_eq!(open().await.unwrap()[0].tries, 1, "it is kept for later");
}

#[tokio::test]
async fn recheck_makes_another_check_run_for_those_who_may_and_for_nobody_else() {
    let pull = blocked().await;
    let stranger = Who { login: "sam", id: 503, permission: None };
    pull.says(stranger, "/gainsay recheck").await;
    pull.scene.world.said(pull.number, "Only people with write access").await;
    let comment = pull.says(CASEY, "Flaky.\n\n/gainsay recheck").await;
    pull.run(&pull.head, 2).await;
    assert_eq!(pull.scene.world.reacted(comment).await, "+1");
    let robin = Who { login: "robin", id: 77, permission: Some("read") };
    pull.says(robin, "/gainsay recheck").await;
    pull.run(&pull.head, 3).await;
    pull.settled().await;
    let runs = pull.scene.world.with(|k| k.runs.iter().filter(|r| r.head == pull.head).count());
    assert_eq!(runs, 3);
}

#[tokio::test]
async fn explain_tells_the_finding_and_its_rule() {
    let pull = blocked().await;
    pull.says(CASEY, &format!("/gainsay explain {}", &pull.print[..8])).await;
    let reply = pull.scene.world.said(pull.number, "unresolved merge conflict").await;
    for part in ["`notes.txt:1`", "## Limits", &format!("/gainsay accept {}", pull.print)] {
        assert!(reply.body.contains(part), "{part}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_button_accepts_like_a_comment_and_refuses_in_a_comment() {
    let pull = blocked().await;
    assert_eq!(pull.run.actions, [pull.print.clone(), "recheck".to_owned()]);
    let reader = Who { login: "lee", id: 502, permission: Some("read") };
    pull.presses(reader, &pull.print).await;
    let reply = pull.scene.world.said(pull.number, "has no write access").await;
    assert!(reply.body.starts_with("`lee` pressed a button"), "{}", reply.body);
    pull.presses(CASEY, &pull.print).await;
    let run = pull.run(&pull.head, 2).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    assert!(run.summary.contains("with the button on the check run"), "{}", run.summary);
    assert_eq!(run.actions, Vec::<String>::new(), "what passed has no buttons");
    let kept = pull.scene.gainsay.store.waivers(REPO_ID, PrNumber(pull.number)).await.unwrap();
    assert_eq!(kept[0].reason, "accepted with the button on the check run");
}

#[tokio::test]
async fn hostile_words_are_not_echoed() {
    let pull = blocked().await;
    let evil = "@octo ![x](https://evil.example/x.png) <img src=x> closes #1";
    pull.says(CASEY, &format!("/gainsay accept {} {evil}", pull.print)).await;
    let run = pull.run(&pull.head, 2).await;
    for live in ["@octo", "![x]", "[x](", "https://", "<img", " #1"] {
        assert!(!run.summary.contains(live), "{live}: {}", run.summary);
    }
    let comment = pull.says(CASEY, &format!("/gainsay explain {evil}\n/gainsay {evil}")).await;
    let reply = pull.scene.world.said(pull.number, &format!("gainsay:answer:{comment} ")).await;
    for live in ["@octo", "evil.example", "<img", " #1"] {
        assert!(!reply.body.contains(live), "{live}: {}", reply.body);
    }
}

#[tokio::test]
async fn one_comment_shows_the_verdict_where_policy_asks_and_is_updated_in_place() {
    let pull = blocked_under("comment = \"blocked\"\n").await;
    let first = pull.scene.world.said(pull.number, "<!-- gainsay:verdict -->").await;
    assert!(first.body.starts_with("**Blocked: "), "{}", first.body);
    pull.says(CASEY, "/gainsay recheck").await;
    pull.run(&pull.head, 2).await;
    pull.settled().await;
    assert_eq!(pull.replies()[0].edits, 0, "it says the same and is left alone");
    pull.says(CASEY, &format!("/gainsay accept {} a sample", pull.print)).await;
    pull.run(&pull.head, 3).await;
    pull.settled().await;
    let shown = pull.replies();
    assert_eq!((shown.len(), shown[0].edits), (1, 1));
    assert!(shown[0].body.starts_with("**Passed: "), "{}", shown[0].body);
}

#[tokio::test]
async fn a_lost_answer_leaves_one_comment_with_the_verdict_and_a_pass_begins_none() {
    let scene = scene(Start::default()).await;
    let policy = ("gainsay.toml", "comment = \"always\"\n");
    scene.world.fail("POST", "/issues/1/comments", Fault::LostAnswer, 1);
    let always = scene.world.pull("Change a", "", &[BASE[0], policy], &[("a.js", "2\n"), policy]);
    scene.gainsay.tell("d1", "opened", always).await;
    scene.world.said(always, "**Passed").await;
    let blocked = ("gainsay.toml", "comment = \"blocked\"\n");
    let number = scene.world.pull("Change a", "", &[BASE[0], blocked], &[("a.js", "2\n"), blocked]);
    scene.gainsay.tell("d2", "opened", number).await;
    scene.world.completed(&scene.world.head(number)).await;
    scene.gainsay.stop().await;
    assert_eq!(scene.world.our_comments(number), []);
    assert_eq!(scene.world.our_comments(always).len(), 1);
}

#[tokio::test]
async fn what_was_accepted_on_a_pull_request_is_accepted_in_its_merge_group() {
    let pull = blocked().await;
    pull.says(CASEY, &format!("/gainsay accept {} a sample", pull.print)).await;
    pull.run(&pull.head, 2).await;
    let group = pull.scene.world.queue(&[pull.number]);
    let payload = serde_json::json!({
        "action": "checks_requested", "merge_group": {"head_sha": group},
        "repository": {"id": REPO_ID, "full_name": REPO}, "installation": {"id": INSTALLATION},
    });
    let payload = payload.to_string();
    assert_eq!(pull.scene.gainsay.deliver("merge_group", "group", payload.as_bytes()).await, 202);
    let run = pull.run(&group, 1).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"), "{}", run.summary);
}
