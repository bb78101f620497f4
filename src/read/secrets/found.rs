//! What was found in a text while it is searched: of two readings of one stretch, the surer one stays.

use std::collections::BTreeMap;
use std::ops::Range;

use super::vocabulary::Shape;
use super::{Outcome, Secret};

/// Everything found so far.
#[derive(Default)]
pub(super) struct Found {
    secrets: Vec<Secret>,
    dismissed: Vec<Range<usize>>,
    /// Behind everything that was taken for a token so far.
    behind: usize,
}

impl Found {
    /// Whether a keyword stands inside a token that was found before.
    pub(super) fn covers(&self, keyword: Range<usize>) -> bool {
        keyword.end <= self.behind
    }

    pub(super) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Secret(secret) => {
                if secret.rule.shape == Shape::Token {
                    self.behind = self.behind.max(secret.range.end);
                }
                self.secrets.push(secret);
            }
            Outcome::Several(secrets) => self.secrets.extend(secrets),
            Outcome::Dismissed(range) => self.dismissed.push(range),
            Outcome::Nothing => {}
        }
    }

    /// The credentials in order and apart, each with the other halves that `partners` finds for it.
    pub(super) fn settle(self, partners: impl Fn(&Secret) -> Vec<Secret>) -> Vec<Secret> {
        let pairs: Vec<Secret> = self.secrets.iter().flat_map(partners).collect();
        let all = [pairs, self.secrets].concat();
        // A vendor's form tells more than a name, and half of a pair more than the same value alone.
        let (mut generic, mut own): (Vec<Secret>, Vec<Secret>) =
            all.into_iter().partition(|s| s.rule.is_generic());
        let order = |s: &Secret| (s.rule.half().is_none(), s.range.start, usize::MAX - s.range.end);
        own.sort_by_key(order);
        generic.sort_by_key(order);
        let mut taken = Ranges::default();
        let mut kept: Vec<Secret> = own.into_iter().filter(|s| taken.take(&s.range)).collect();
        self.dismissed.iter().for_each(|range| {
            taken.take(range);
        });
        kept.extend(generic.into_iter().filter(|s| taken.take(&s.range)));
        kept.sort_by_key(|s| s.range.start);
        kept
    }
}

/// Stretches that lie apart.
#[derive(Default)]
struct Ranges(BTreeMap<usize, usize>);

impl Ranges {
    /// Takes a stretch if none of it is taken.
    fn take(&mut self, range: &Range<usize>) -> bool {
        let before = self.0.range(..range.end).next_back();
        let free = before.is_none_or(|(_, end)| *end <= range.start);
        if free {
            self.0.insert(range.start, range.end);
        }
        free
    }
}
