//! What one request, one connection and all of them together may cost.

use std::time::Duration;

/// Bounds on strangers: whoever reaches the port may use up to this much of the process, and no more.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; a further one is answered with 503 and closed.
    pub connections: usize,
    /// How long a request's head may take to come, counted from the connection or the last answer.
    pub head: Duration,
    /// How long its body may take to come.
    pub body: Duration,
    /// The longest body, in bytes.
    pub payload: usize,
    /// The bytes of all the bodies that are held at once; a body that goes beyond is answered with 503.
    pub held: usize,
    /// How long an answer may take from the end of the head, the body included.
    pub answer: Duration,
    /// How long open requests may still run when the process is asked to stop.
    pub farewell: Duration,
}

impl Default for Limits {
    /// GitHub sends no payload over 25 MiB and counts a delivery as failed after ten seconds.
    fn default() -> Self {
        Self {
            connections: 512,
            head: Duration::from_secs(5),
            body: Duration::from_secs(8),
            payload: 25 * 1024 * 1024,
            held: 128 * 1024 * 1024,
            answer: Duration::from_secs(9),
            farewell: Duration::from_secs(10),
        }
    }
}
