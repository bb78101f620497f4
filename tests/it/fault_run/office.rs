//! The post office: deliveries are held back, sent in another order, sent twice, or lost. GitHub lists all of them.

use std::fmt;

use serde_json::Value;

use super::fleet::Fleet;
use super::random::Random;
use crate::http;
use crate::world::{SECRET, Sent, World, sign};

/// What is on its way.
#[derive(Default)]
pub(super) struct Office {
    next: u64,
    held: Vec<Sent>,
    sent: usize,
    repeated: usize,
    lost: usize,
    refused: usize,
}

impl fmt::Display for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { next, sent, repeated, lost, refused, .. } = self;
        write!(
            f,
            "{next} deliveries: {sent} sent, {repeated} of them repeats, {lost} lost on the way, {refused} not taken"
        )
    }
}

impl Office {
    /// Takes a delivery in to send it some time.
    pub(super) fn send(&mut self, event: &str, payload: Value) {
        self.next += 1;
        self.held.push(Sent {
            id: self.next,
            guid: format!("guid-{}", self.next),
            event: event.to_owned(),
            payload,
            at: jiff::Timestamp::now(),
            status: 0,
        });
    }

    /// Sends some of what is held, in any order.
    pub(super) async fn deliver(&mut self, world: &World, fleet: &Fleet, random: &mut Random) {
        while self.held.len() > 6 || !self.held.is_empty() && random.chance(60) {
            let delivery = self.held.swap_remove(random.below(self.held.len()));
            self.one(world, fleet, random, delivery).await;
        }
    }

    /// Sends the rest.
    pub(super) async fn deliver_all(&mut self, world: &World, fleet: &Fleet, random: &mut Random) {
        while let Some(delivery) = self.held.pop() {
            self.one(world, fleet, random, delivery).await;
        }
    }

    async fn one(&mut self, world: &World, fleet: &Fleet, random: &mut Random, mut delivery: Sent) {
        if random.chance(8) {
            self.lost += 1;
        } else {
            delivery.status = self.post(fleet, random, &delivery).await;
            if random.chance(15) {
                self.repeated += 1;
                self.post(fleet, random, &delivery).await;
            }
        }
        world.with(|known| known.sent.push(delivery));
    }

    /// The answer's status; 0 where there was none.
    async fn post(&mut self, fleet: &Fleet, random: &mut Random, delivery: &Sent) -> u16 {
        self.sent += 1;
        let (to, event, guid) = (fleet.any(random), delivery.event.clone(), delivery.guid.clone());
        let body = delivery.payload.to_string();
        let send = move || {
            let signature = sign(SECRET, body.as_bytes());
            let headers = [
                ("content-type", "application/json"),
                ("x-github-event", event.as_str()),
                ("x-github-delivery", guid.as_str()),
                ("x-hub-signature-256", signature.as_str()),
            ];
            // A server that is killed may cut its answer off: that is a failure too.
            let answer =
                std::panic::catch_unwind(|| http::request(to, "POST", "/webhook", &headers, body.as_bytes()));
            answer.ok().and_then(Result::ok).map_or(0, |answer| answer.status)
        };
        let status = tokio::task::spawn_blocking(send).await.unwrap();
        self.refused += usize::from(status != 202);
        status
    }
}
