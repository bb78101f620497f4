//! How many requests run side by side, and how fast an installation makes things: GitHub's secondary limits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Requests of an App side by side: GitHub allows a hundred, and there may be three replicas.
const AT_ONCE: usize = 32;
/// The time over which GitHub counts what is made.
const WINDOW: Duration = Duration::from_secs(60);

/// What all requests of an App pass.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    places: Arc<Semaphore>,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Waits for a place, which is given back when it is dropped.
    pub(super) async fn enter(&self) -> OwnedSemaphorePermit {
        let place = self.places.clone().acquire_owned().await;
        place.expect("the semaphore is never closed")
    }
}

/// The moments at which an installation made something.
#[derive(Debug)]
pub(super) struct Pace {
    most: usize,
    made: Mutex<VecDeque<Instant>>,
}

impl Pace {
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), made: Mutex::default() }
    }

    /// Waits until there were fewer than the most within the last minute. Who comes first goes first.
    pub(super) async fn wait(&self) {
        let mut made = self.made.lock().await;
        while let Some(free) = free_at(&mut made, self.most, Instant::now()) {
            tokio::time::sleep_until(free).await;
        }
        made.push_back(Instant::now());
    }
}

/// When there will be room, if there is none now. What is past counting is forgotten.
fn free_at(made: &mut VecDeque<Instant>, most: usize, now: Instant) -> Option<Instant> {
    while made.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
        made.pop_front();
    }
    let first = made.front().filter(|_| made.len() >= most)?;
    Some(*first + WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_sees_more_than_the_most_and_a_burst_is_not_slowed() {
        let (mut made, start) = (VecDeque::new(), Instant::now());
        let (mut now, mut at) = (start, Vec::new());
        for _ in 0..7 {
            while let Some(free) = free_at(&mut made, 3, now) {
                now = free;
            }
            made.push_back(now);
            at.push((now - start).as_secs());
        }
        assert_eq!(at, [0, 0, 0, 60, 60, 60, 120]);
    }

    #[tokio::test]
    async fn a_place_is_given_back() {
        let gate = Gate::new();
        let all: Vec<_> = (0..AT_ONCE).map(|_| gate.places.clone().try_acquire_owned().unwrap()).collect();
        assert!(tokio::time::timeout(Duration::from_millis(1), gate.enter()).await.is_err());
        drop(all);
        drop(gate.enter().await);
    }
}
