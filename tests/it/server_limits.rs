//! The door before strangers: slow, large and many, each held by limits that the tests make small.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use gainsay::github::{App, Patience};
use gainsay::server::{self, Door, Health, Limits, Secrets, router};
use gainsay::store::Store;
use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::http::{self, Answer};
use crate::world::{SECRET, key, sign};

struct Listening {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

/// Limits under which nothing but what a test makes small comes true.
fn ample() -> Limits {
    let long = Duration::from_secs(60);
    Limits { head: long, body: long, answer: long, farewell: long, ..Limits::default() }
}

async fn listening(limits: Limits) -> Listening {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let door = Door {
        store,
        secret: Secrets::new(SECRET.into(), Some("the old one".into())),
        app_id: 1,
        app: App::new("http://127.0.0.1:9", 1, &key::private().into(), Patience::default()).unwrap(),
        debounce: Duration::ZERO,
        wake: Arc::new(Notify::new()),
        clock: Timestamp::now,
        health: Health::default(),
        limits,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(async move {
        // A test that lets go of the sender does not ask to stop.
        let stop = async {
            if stopped.await.is_err() {
                std::future::pending().await
            }
        };
        server::serve(&listener, router(door), limits, stop).await;
    });
    Listening { address, stop, served }
}

async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(act).await.unwrap()
}

fn open(to: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// What comes until the other side closes.
fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

const HEAD: &str = "POST /webhook HTTP/1.1\r\nhost: x\r\nx-github-event: ping\r\nx-github-delivery: d\r\n";

fn ping(to: SocketAddr, secret: &str) -> Answer {
    let body = br#"{"zen": "Speak like a human."}"#;
    let signature = sign(secret, body);
    let headers =
        [("x-github-event", "ping"), ("x-github-delivery", "d"), ("x-hub-signature-256", signature.as_str())];
    http::request(to, "POST", "/webhook", &headers, body).unwrap()
}

#[tokio::test]
async fn a_head_that_comes_drop_by_drop_is_cut_off() {
    let Listening { address, .. } = listening(Limits { head: Duration::from_millis(100), ..ample() }).await;
    for begun in ["", "POST /webhook HTTP/1.1\r\nhost: x\r\nx-a: "] {
        let answer = blocking(move || rest(open(address, begun))).await;
        assert!(!answer.contains("200"), "{answer}");
    }
    assert_eq!(blocking(move || ping(address, SECRET)).await.status, 200);
}

#[tokio::test]
async fn a_connection_that_asks_nothing_more_is_closed() {
    let Listening { address, .. } = listening(Limits { head: Duration::from_millis(100), ..ample() }).await;
    let answer = blocking(move || rest(open(address, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"))).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "{answer}");
}

#[tokio::test]
async fn a_body_that_comes_drop_by_drop_is_answered_with_408() {
    let Listening { address, .. } = listening(Limits { body: Duration::from_millis(100), ..ample() }).await;
    let begun = format!("{HEAD}content-length: 100\r\n\r\n{{");
    let answer = blocking(move || rest(open(address, &begun))).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_refused_before_it_is_read() {
    let Listening { address, .. } = listening(ample()).await;
    let begun = format!("{HEAD}content-length: {}\r\n\r\n", 25 * 1024 * 1024 + 1);
    let answer = blocking(move || rest(open(address, &begun))).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_refused_and_one_of_just_that_size_is_not() {
    let limits = Limits { payload: 1_000, held: 100_000, ..ample() };
    let Listening { address, .. } = listening(limits).await;
    let part = "x".repeat(600);
    let begun = format!("{HEAD}transfer-encoding: chunked\r\n\r\n258\r\n{part}\r\n258\r\n{part}\r\n");
    let answer = blocking(move || rest(open(address, &begun))).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let exact = format!("{HEAD}content-length: 1000\r\nconnection: close\r\n\r\n{}", "x".repeat(1_000));
    let answer = blocking(move || rest(open(address, &exact))).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn bodies_share_a_bounded_room_and_give_it_back() {
    let limits = Limits { payload: 4_000, held: 5_000, ..ample() };
    let Listening { address, .. } = listening(limits).await;
    let begun = format!("{HEAD}content-length: 4000\r\nconnection: close\r\n\r\n{}", "x".repeat(3_900));
    let first = begun.clone();
    let mut held = blocking(move || open(address, &first)).await;
    // The first body's room is taken once a second one finds too little; which of them that is, the order tells.
    let refused = loop {
        let second = begun.clone() + &"x".repeat(100);
        let answer = blocking(move || rest(open(address, &second))).await;
        if answer.starts_with("HTTP/1.1 503") {
            break answer;
        }
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    };
    assert!(refused.contains("retry-after: 5"), "{refused}");
    let answer = blocking(move || {
        held.write_all("x".repeat(100).as_bytes()).unwrap();
        rest(held)
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let again = begun + &"x".repeat(100);
    let answer = blocking(move || rest(open(address, &again))).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "the room was given back: {answer}");
}

#[tokio::test]
async fn what_is_only_announced_takes_no_room() {
    let limits = Limits { payload: 4_000, held: 5_000, ..ample() };
    let Listening { address, .. } = listening(limits).await;
    let announced: Vec<TcpStream> = blocking(move || {
        (0..20).map(|_| open(address, &format!("{HEAD}content-length: 4000\r\n\r\n"))).collect()
    })
    .await;
    assert_eq!(blocking(move || ping(address, SECRET)).await.status, 200);
    drop(announced);
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_and_finds_a_place_later() {
    let Listening { address, .. } = listening(Limits { connections: 2, ..ample() }).await;
    let held: Vec<TcpStream> = blocking(move || {
        let ask = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
        let mut held: Vec<TcpStream> = (0..2).map(|_| open(address, ask)).collect();
        for stream in &mut held {
            assert!(stream.read(&mut [0; 12]).unwrap() > 0);
        }
        held
    })
    .await;
    let answer = blocking(move || rest(open(address, ""))).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("too many connections\n"), "{answer}");
    drop(held);
    // The server learns of the end by itself; until then it refuses.
    while !blocking(move || {
        rest(open(address, "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
    })
    .await
    .starts_with("HTTP/1.1 200")
    {}
}

#[tokio::test]
async fn a_request_that_is_being_sent_when_the_server_stops_is_still_answered() {
    let Listening { address, stop, served } = listening(ample()).await;
    let body = r#"{"zen": "Speak like a human."}"#;
    let head = format!(
        "{HEAD}x-hub-signature-256: {}\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        sign(SECRET, body.as_bytes()),
        body.len()
    );
    let mut stream = blocking(move || {
        let mut stream = open(address, &head);
        // The server asks for the body: the request is under way.
        let mut told = [0; 25];
        stream.read_exact(&mut told).unwrap();
        assert!(told.starts_with(b"HTTP/1.1 100"));
        stream
    })
    .await;
    stop.send(()).unwrap();
    let answer = blocking(move || {
        stream.write_all(body.as_bytes()).unwrap();
        rest(stream)
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    served.await.unwrap();
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_connection_that_will_not_end_is_cut_at_the_farewell() {
    let limits = Limits { farewell: Duration::from_millis(50), ..ample() };
    let Listening { address, stop, served } = listening(limits).await;
    let begun = format!("{HEAD}content-length: 100\r\nexpect: 100-continue\r\n\r\n");
    let stream = blocking(move || {
        let mut stream = open(address, &begun);
        stream.read_exact(&mut [0; 25]).unwrap();
        stream
    })
    .await;
    stop.send(()).unwrap();
    served.await.unwrap();
    drop(stream);
}

#[tokio::test]
async fn while_the_secret_is_changed_both_are_accepted_and_no_third() {
    let Listening { address, .. } = listening(ample()).await;
    for (secret, status) in [(SECRET, 200), ("the old one", 200), ("another", 401), ("", 401)] {
        assert_eq!(blocking(move || ping(address, secret)).await.status, status, "{secret}");
    }
}
