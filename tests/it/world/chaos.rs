//! A GitHub that fails by chance.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};

use super::Fault;
use crate::fault_run::Random;

/// Chance decides which request fails, and how.
pub(crate) struct Chaos {
    random: Random,
    percent: u64,
    /// What happened, and how often.
    pub(crate) met: BTreeMap<&'static str, usize>,
}

impl Chaos {
    pub(crate) fn new(seed: u64, percent: u64) -> Self {
        Self { random: Random::new(seed ^ 0x5eed), percent, met: BTreeMap::new() }
    }

    pub(super) fn strike(&mut self) -> Option<Fault> {
        if !self.random.chance(self.percent) {
            return None;
        }
        let (name, fault) = match self.random.below(100) {
            0..35 => ("502", Fault::BadGateway),
            35..60 => ("502 after the deed", Fault::LostAnswer),
            60..75 => ("403, secondary limit", Fault::SecondaryLimit),
            75..85 => ("429", Fault::TooMany),
            85..99 => ("connection cut", Fault::Cut),
            _ => ("no answer", Fault::Silence),
        };
        *self.met.entry(name).or_default() += 1;
        Some(fault)
    }
}

/// An answer that breaks off.
#[derive(Default)]
pub(super) struct Broken {
    begun: bool,
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, std::io::Error>>> {
        let begun = std::mem::replace(&mut self.begun, true);
        let part = || hyper::body::Frame::data(Bytes::from_static(b"{\"id\": "));
        Poll::Ready(Some(if begun { Err(std::io::Error::other("cut")) } else { Ok(part()) }))
    }
}
